"""A chain is folded in one place: each entry is told the state before it, and a fold ends where
nothing follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from homes import Home
from ledger_office import Bureau

from lifecycle.engine.case import dump_case
from lifecycle.ledger.reading.chain import Step, by_case, fold, follow
from lifecycle.ledger.record import OFFICE
from lifecycle.ledger.store import EntryRow
from lifecycle.office.office import Office


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory, home: Home) -> Iterator[Bureau]:
    """Make an office with a history of three cases."""
    with pytest.MonkeyPatch.context() as patch:
        yield Bureau(tmp_path_factory.mktemp("chain"), patch, home).walked()


@pytest.fixture(scope="module")
def office(bureau: Bureau) -> Iterator[Office]:
    """Open it."""
    with closing(Office.open(bureau.url)) as opened:
        yield opened


def test_each_step_begins_where_the_one_before_ended(office: Office) -> None:
    """The first entry of a case has nothing before it; the last leaves the case as it is stored."""
    case = office.case("KC-2026-001")
    steps = list(follow(office.library, office.store.entries(case.id)))
    assert [step.row.seq for step in steps] == list(range(1, case.seq + 1))
    assert steps[0].before is None
    assert [step.before for step in steps[1:]] == [step.after for step in steps[:-1]]
    last = steps[-1].after
    assert last is not None
    assert dump_case(last) == dump_case(case)


def test_a_fold_leaves_what_it_could_not_follow(office: Office) -> None:
    """It ends with the first entry that gives no state to go on from; the rows after it are left to
    somebody else.
    """

    def count(seen: int, row: EntryRow) -> Step[int]:
        after = seen + 1 if row.seq < 3 else None
        return Step(row, {}, seen, after)

    rows = office.store.entries(office.case("KC-2026-001").id)
    steps = list(fold(rows, count, 0))
    assert [(step.before, step.after) for step in steps] == [(0, 1), (1, 2), (2, None)]
    assert next(rows).seq == 4


def test_the_chains_are_those_of_the_cases(bureau: Bureau, office: Office) -> None:
    """Every case comes once with all its entries; the office's own chain is none of them."""
    store = office.store
    chains = {
        case_id: [row.seq for row in rows]
        for case_id, rows in by_case(store.all_entries(upto=store.last_index()))
    }
    with bureau.sql() as database:
        last = database.execute("SELECT id, seq FROM cases").fetchall()
    wanted = {id_: list(range(1, seq + 1)) for id_, seq in last}
    assert chains == wanted
    assert OFFICE not in chains


def test_a_fold_keeps_one_step(office: Office) -> None:
    """A fold is lazy: it asks for a row only when the step before it was taken."""
    asked = []

    def rows() -> Iterator[EntryRow]:
        for row in office.store.entries(office.case("KC-2026-001").id):
            asked.append(row.seq)
            yield row

    steps = follow(office.library, rows())
    next(steps)
    assert asked == [1]
