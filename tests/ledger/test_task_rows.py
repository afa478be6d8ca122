"""What waits for somebody is read from rows, and is what looking at every case would find."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from homes import Home
from ledger_office import Bureau, copied

from lifecycle.insight.outlook import tasks_of
from lifecycle.insight.waiting import parts_of, waiting_tasks
from lifecycle.ledger.reading.as_of import read_now
from lifecycle.ledger.rows.task_rows import NO_DAY, cases_asking
from lifecycle.office.office import Office

Found = list[tuple[str, str, str | None, str | None]]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory, home: Home) -> Iterator[Bureau]:
    """Make the history once: cases before, in and after every kind of opinion and move."""
    with pytest.MonkeyPatch.context() as patch:
        yield Bureau(tmp_path_factory.mktemp("pristine"), patch, home).walked()


@pytest.fixture
def bureau(pristine: Bureau, tmp_path: Path) -> Bureau:
    """Give a copy of it that may be damaged."""
    return copied(pristine, tmp_path / "copy")


def by_rows(office: Office, code: str) -> Found:
    """Tell what waits."""
    moment = office.moment()
    acting = office.directory.acting(code, moment.on)
    parts = parts_of(acting)
    asking = cases_asking(office.store, parts)
    read = partial(read_now, office.library, parts=parts)
    return [
        (one.task.case.number, one.task.kind, one.task.due_on, one.principal)
        for one in waiting_tasks(asking, read, acting, lambda _workflow, _case: moment)
    ]


def by_looking(office: Office, code: str, numbers: list[str]) -> Found:
    """Tell what looking at every case gives, in the order of days due and numbers."""
    moment, directory = office.moment(), office.directory
    principals = (None, *directory.principals(code, moment.on))
    officers = [directory.officer(code, moment.on, principal=one) for one in principals]
    found: Found = []
    for number in numbers:
        case = office.case(number)
        for officer in officers:
            if officer.held:
                tasks = tasks_of(office.workflow_of(case), case, officer, moment)
                found += [(number, task.kind, task.due_on, officer.principal) for task in tasks]
    return sorted(found, key=lambda one: (one[2] or NO_DAY, one[0]))


def test_the_rows_name_every_case_that_asks_something(bureau: Bureau) -> None:
    """For every officer, also by delegation, what waits is what judging all cases would find,
    in its order.
    """
    with closing(bureau.office()) as office:
        found = {
            code: (by_rows(office, code), by_looking(office, code, bureau.numbers()))
            for code in office.directory.people
        }
    assert {code: rows for code, (rows, looked) in found.items() if rows != looked} == {}
    assert sum(bool(rows) for rows, _looked in found.values()) >= 4


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM task WHERE {row} = (SELECT min({row}) FROM task)",
        "UPDATE task SET unit = 'nobody' WHERE {row} = (SELECT min({row}) FROM task)",
        "UPDATE task SET due_on = '2000-01-01' WHERE {row} = (SELECT min({row}) FROM task)",
    ],
)
def test_an_altered_row_is_one_finding(bureau: Bureau, statement: str) -> None:
    """Whoever hides a task, gives it to somebody else or moves its day is found out."""
    with bureau.sql() as database:
        database.execute(statement.format(row="rowid" if bureau.home.in_files else "ctid"))
    assert [(f.code, f.message) for f in bureau.findings()] == [
        ("state", "存储的待办与回放结果不一致")
    ]


def test_a_row_of_no_case_is_found_and_stops_nobody(bureau: Bureau) -> None:
    """A task of a case that there is not is a finding, and the waiting_tasks goes on."""
    with bureau.sql() as database:
        database.execute(
            "INSERT INTO task VALUES ('nocase', 'lead', '', 'bureau', '', '2000-01-01', 'X-1')"
        )
    with closing(bureau.office()) as office:
        assert by_rows(office, "bureau01") == by_looking(office, "bureau01", bureau.numbers())
    assert "task X-1 不属于任何事项" in [f.message for f in bureau.findings()]
