"""What a forger does who rewrites whole rows, cuts the log's end or damages the file; and what
shows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from homes import IN_A_FILE, Home
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_office import Bureau, copied, elsewhere, forged
from outside import outside

from lifecycle.ledger.audit.finding import Finding
from lifecycle.ledger.record import hash_of
from lifecycle.ledger.rows.case_rows import CASE_COLUMNS
from lifecycle.ledger.tree import Checkpoint


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory, home: Home) -> Iterator[Bureau]:
    """Make the history once."""
    with pytest.MonkeyPatch.context() as patch:
        yield Bureau(tmp_path_factory.mktemp("pristine"), patch, home).walked()


@pytest.fixture
def bureau(pristine: Bureau, tmp_path: Path) -> Bureau:
    """Give a copy of it that may be damaged."""
    return copied(pristine, tmp_path / "copy")


def test_a_deleted_case_is_found(bureau: Bureau) -> None:
    """A case of which every trace was removed leaves a gap in the indexes and in the numbers."""
    with bureau.sql() as database:
        (case_id,) = database.execute(
            "SELECT id FROM cases WHERE number = 'KC-2026-002'"
        ).fetchone()
        database.execute("DELETE FROM entry WHERE case_id = ?", (case_id,))
        database.execute("DELETE FROM cases WHERE id = ?", (case_id,))
    codes = {f.code for f in bureau.findings()}
    assert codes >= {"lost", "number"}


def test_two_entries_swapped_are_found(bureau: Bureau) -> None:
    """Entries of two cases whose places in the log were exchanged show in the order of
    the times.
    """
    first, second = bureau.entry("case_opened", 0)[0], bureau.entry("case_opened", 1)[0]
    with bureau.sql() as database:
        for old, new in ((first, -1), (second, first), (-1, second)):
            database.execute("UPDATE entry SET idx = ? WHERE idx = ?", (new, old))
    assert {f.code for f in bureau.findings()} >= {"time", "number"}


def test_a_forged_grant_is_found(bureau: Bureau) -> None:
    """A grant rewritten in the office's chain, made to fit together again, shows in the state kept
    for the office.
    """
    bureau.forge(
        bureau.entry("role_granted")[0],
        lambda body: body["intent"]["data"].update(officer="land01"),
    )
    bureau.rechain("office")
    found = bureau.findings()
    assert [f for f in found if f.code == "state" and f.case == "office"], found


def test_a_grant_taken_away_shows_in_the_acts_that_relied_on_it(bureau: Bureau) -> None:
    """Whoever acted on a grant that the chain no longer holds acted without authority."""
    idx, _, _ = bureau.entry("officer_added", 0)
    bureau.forge(idx, lambda body: body["intent"]["data"].update(roles=[]))
    bureau.rechain("office")
    found = [f for f in bureau.findings() if f.code == "authority"]
    assert found
    assert found[0].case.startswith("KC-2026-00")


def test_an_entry_judged_by_another_workflow_is_found(bureau: Bureau) -> None:
    """A case cannot be moved to other rules by writing their digest into an entry."""
    damage = forged("facts_recorded", lambda body: body["intent"].update(workflow="0" * 64))
    idx, name = damage(bureau)
    assert [f for f in bureau.findings() if (f.code, f.idx, f.case) == ("definition", idx, name)]


def test_an_entry_that_relies_on_an_older_office_is_found(bureau: Bureau) -> None:
    """Nobody acts on a role that had been revoked by relying on the office as it was before."""
    damage = forged("facts_recorded", lambda body: body.update(office=body["office"] - 1))
    idx, name = damage(bureau)
    assert [f for f in bureau.findings() if (f.code, f.idx, f.case) == ("authority", idx, name)]


def test_an_unpublished_definition_is_found(bureau: Bureau) -> None:
    """A text that nobody published cannot lie among the published ones."""
    with bureau.sql() as database:
        database.execute(
            "INSERT INTO definition VALUES (?, 'template', 'x', ?)", (hash_of(b"\0"), b"\0")
        )
    assert [f.code for f in bureau.findings()] == ["definition"]


def test_a_case_without_its_row_is_found(bureau: Bureau) -> None:
    """Entries without a row, and a row without entries, are both found."""
    with bureau.sql() as database:
        database.execute("DELETE FROM cases WHERE number = 'KC-2026-003'")
    assert "有记录而无事项" in "".join(map(str, bureau.findings()))


@IN_A_FILE
def test_a_text_in_place_of_bytes_is_found(bureau: Bureau) -> None:
    """SQLite would store a text where bytes belong; the audit does not take the one for
    the other.
    """
    with bureau.sql() as database:
        database.execute("UPDATE entry SET body = CAST(body AS TEXT) WHERE idx = 30")
    assert [(f.code, f.idx) for f in bureau.findings()] == [("form", 30)]


# The end of the log.


def cut_tail(bureau: Bureau) -> None:
    """Take the last entry away as if it had never been: the office had one administrator fewer,
    nothing else.
    """
    with bureau.sql() as database:
        idx, case_id = database.execute(
            "SELECT idx, case_id FROM entry ORDER BY idx DESC LIMIT 1"
        ).fetchone()
        database.execute("DELETE FROM entry WHERE idx = ?", (idx,))
        last = database.execute(
            "SELECT max(seq) FROM entry WHERE case_id = ?", (case_id,)
        ).fetchone()[0]
        assert last == 1
        columns = CASE_COLUMNS
        old = json.loads((bureau.folder / "row.json").read_text(encoding="utf-8"))
        values = [bytes.fromhex(old[c]) if c == "snapshot" else old[c] for c in columns]
        database.execute(
            f"UPDATE cases SET {', '.join(f'{c} = ?' for c in columns)} WHERE id = ?",
            (*values, case_id),
        )
        database.execute("DELETE FROM fact_value WHERE case_id = ? AND seq > ?", (case_id, last))


def test_a_cut_end_is_found_by_a_checkpoint_only(
    pristine: Bureau, tmp_path: Path, bureau: Bureau
) -> None:
    """Removing the newest entry and putting the state back leaves no trace inside; the checkpoint
    shows it.
    """
    number = bureau.opened("investment=1", name="尾部", on="2026-09-25")
    with bureau.sql() as database:
        found = database.execute(
            f"SELECT {', '.join(CASE_COLUMNS)} FROM cases WHERE number = ?", (number,)
        ).fetchone()
    row = dict(zip(CASE_COLUMNS, found, strict=True))
    row["snapshot"] = row["snapshot"].hex()
    (bureau.folder / "row.json").write_text(json.dumps(row), encoding="utf-8")
    bureau.do("set", number, "area=3", "--on", "2026-09-26", by="bureau01")
    before = bureau.checkpoint()
    cut_tail(bureau)
    assert bureau.findings() == []
    assert bureau.findings(before) == [
        Finding("checkpoint", 37, "-", "检查点时有 38 条记录，现缺 1 条")
    ]
    assert bureau.run("audit", "--since", str(before)).exit_code == 1


def test_a_checkpoint_holds_while_the_log_grows(bureau: Bureau) -> None:
    """What is added after a checkpoint does not break it."""
    before = bureau.checkpoint()
    bureau.opened(name="新增", on="2026-09-25")
    assert bureau.findings(before) == []
    assert "已与第 36 条的检查点核对" in bureau.do("audit", "--since", str(before))


def test_a_checkpoint_shows_a_rewrite_that_fits_together(bureau: Bureau) -> None:
    """A forger who re-chains and rebuilds the state is caught by the checkpoint."""
    before = bureau.checkpoint()
    forged("case_opened", lambda body: body["intent"]["data"]["facts"].update(investment="999"), 1)(
        bureau
    )
    assert "checkpoint" in {f.code for f in bureau.findings(before)}
    other = Checkpoint(before.size, "0" * 64)
    assert "checkpoint" in {f.code for f in bureau.findings(other)}


@pytest.mark.parametrize("text", ["", "35", "35:xyz", "35:" + "0" * 63, "-1:" + "0" * 64])
def test_a_checkpoint_written_wrongly_is_refused(bureau: Bureau, text: str) -> None:
    """What is no checkpoint is told, not taken for none."""
    code, message = bureau.fails("audit", f"--since={text or ' '}")
    assert code == 1
    assert "检查点" in message


# Damage to the file itself.


@IN_A_FILE
@settings(max_examples=60)
@given(data=st.data())
def test_a_damaged_file_never_passes_or_crashes(
    pristine: Bureau, tmp_path: Path, data: st.DataObject
) -> None:
    """Bytes overwritten anywhere in the file: found, or not to be checked, or without effect; never
    a traceback.
    """
    raw = pristine.path.read_bytes()
    place = data.draw(st.integers(0, len(raw) - 1))
    junk = data.draw(st.binary(min_size=1, max_size=64))
    damaged = elsewhere(pristine, tmp_path)
    damaged.path.write_bytes(raw[:place] + junk + raw[place + len(junk) :])
    result = damaged.run("audit")
    assert result.exit_code in (0, 1, 3)
    assert "程序内部出错" not in result.output
    if result.exit_code == 0:
        assert _content(damaged.path) == _content(pristine.path)


def _content(path: Path) -> list[Any]:
    with outside(path) as database:
        tables = ("entry", "cases", "office", "definition", "series")
        return [
            database.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in tables
        ]


@IN_A_FILE
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_file_cut_short_is_not_clean(bureau: Bureau, kept: float) -> None:
    """A database cut short is found or not to be checked."""
    raw = bureau.path.read_bytes()
    bureau.path.write_bytes(raw[: int(len(raw) * kept)])
    result = bureau.run("audit")
    assert result.exit_code in (1, 3)
    assert "程序内部出错" not in result.output


def test_a_torn_office_chain_is_told_once(bureau: Bureau) -> None:
    """Where the office cannot be followed, its later entries and the roles in cases are told as not
    checked.
    """
    idx, _, _ = bureau.entry("officer_added", 0)
    with bureau.sql() as database:
        database.execute("UPDATE entry SET body = ? WHERE idx = ?", (b"{}", idx))
    found = bureau.findings()
    assert [f.code for f in found if f.case == "office"] == ["hash", "form", "unread"]
    assert [f.code for f in found if f.case == "KC-2026-003"] == ["unread"]


def test_the_office_is_judged_too(bureau: Bureau) -> None:
    """An office entry by somebody who was no administrator is found."""
    bureau.forge(
        bureau.entry("role_granted")[0],
        lambda body: body["intent"]["actor"].update(id="land01", unit="land"),
    )
    bureau.rechain("office")
    assert [f for f in bureau.findings() if f.code == "authority" and f.case == "office"]


@pytest.mark.parametrize("key", ["name", "sha256"])
def test_a_publication_of_nothing_is_told(bureau: Bureau, key: str) -> None:
    """A published definition whose name or hash is no text is a finding and stops no audit."""
    idx, _, _ = bureau.entry("definition_published", 1)

    def change(body: dict[str, Any]) -> None:
        body["intent"]["files"][0].update({key: {}})
        body["intent"]["data"].update({key: {}} if key == "name" else {})

    bureau.forge(idx, change)
    bureau.rechain("office")
    result = bureau.run("audit")
    assert result.exit_code == 1
    assert f"entry {idx} case office: 形式（form）：记录的字段不对" in result.stdout
