"""The transitions of a case that stand are kept beside the log, and are what the entries say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger_office import Bureau, copied

from lifecycle.ledger.reading.chain import follow
from lifecycle.ledger.rows.step_rows import kept_steps, step_kept
from lifecycle.ledger.sql import text
from lifecycle.ledger.sqlite.store import SqliteStore


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Make an office with a case that was walked to its end and one that was returned."""
    with pytest.MonkeyPatch.context() as patch:
        yield Bureau(tmp_path_factory.mktemp("pristine"), patch).walked()


@pytest.fixture
def bureau(pristine: Bureau, tmp_path: Path) -> Bureau:
    """Give a copy of it that may be damaged."""
    return copied(pristine, tmp_path / "copy")


def test_kept_is_what_the_entries_make(bureau: Bureau) -> None:
    """Of every case the rows are the steps that its entries leave standing."""
    office = bureau.office()
    with bureau.sql() as database:
        cases = [case_id for (case_id,) in database.execute("SELECT id FROM cases")]
    found = 0
    for case_id in cases:
        *_steps, last = follow(office.library, office.store.entries(case_id))
        assert last.after is not None
        kept = kept_steps(office.store, case_id)
        assert kept == [step_kept(step) for step in last.after.steps]
        assert office.register.case(case_id).steps == last.after.steps
        found += len(kept)
    assert found > 3


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM step WHERE seq = (SELECT max(seq) FROM step)",
        "UPDATE step SET transition = 'other' WHERE seq = (SELECT max(seq) FROM step)",
        "UPDATE step SET body = '[]' WHERE seq = (SELECT max(seq) FROM step)",
        "UPDATE step SET seq = 999 WHERE seq = (SELECT max(seq) FROM step)",
    ],
)
def test_altered_steps_are_found(bureau: Bureau, damage: str) -> None:
    """A step dropped, renamed, emptied or moved is one finding, of its case."""
    with bureau.sql() as database:
        database.execute(damage)
    (finding,) = bureau.findings()
    assert (finding.code, finding.message) == ("state", "存储的办理步骤与回放结果不一致")


def test_a_step_of_no_case_is_found(bureau: Bureau) -> None:
    """A step of a case that there is not is a finding."""
    with bureau.sql() as database:
        database.execute("INSERT INTO step VALUES ('nocase', 1, 'go', '[]')")
    assert [f.message for f in bureau.findings()] == ["step go 不属于任何事项"]


def test_an_upgrade_writes_the_rows_anew(bureau: Bureau) -> None:
    """Folding the log again gives the very steps that were written entry by entry."""
    with bureau.sql() as database:
        before = sorted(database.execute("SELECT * FROM step"))
        database.execute("PRAGMA user_version = 6")
        for table in ("step", "link"):
            database.execute(f"DROP TABLE {table}")
    bureau.asks("upgrade")
    with bureau.sql() as database:
        assert sorted(database.execute("SELECT * FROM step")) == before
    assert bureau.findings() == []


def test_a_command_reads_no_more_steps_than_it_looks_at(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To set, to sign and to make a transition, the steps of a case are not read one and all."""
    read: list[object] = []
    rows = SqliteStore.rows

    def watched(store: SqliteStore, statement: object, **values: object) -> object:
        read.append(statement)
        return rows(store, statement, **values)  # type: ignore[arg-type]

    number = bureau.ready()
    monkeypatch.setattr(SqliteStore, "rows", watched)
    bureau.do("set", number, "area=3", by="bureau01")
    bureau.do("advance", number, "to_siting", by="bureau01")
    assert text.LAST_BODY in read
    assert text.STEPS_OF_CASE not in read
