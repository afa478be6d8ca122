"""The audit finds every alteration, names the entry and the case, and takes no untouched copy for altered."""

from __future__ import annotations

import copy
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_office import Bureau, copy_of

from lifecycle.ledger import audit, audit_cases, audit_log, audit_office, replay
from lifecycle.ledger.finding import CODES, Finding
from lifecycle.ledger.record import hash_of
from lifecycle.ledger.store import Store
from lifecycle.ledger.tree import Checkpoint

Damage = Callable[[Bureau], tuple[int, str]]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Make the history once."""
    with pytest.MonkeyPatch.context() as patch:
        yield Bureau(tmp_path_factory.mktemp("pristine"), patch).walked()


@pytest.fixture
def bureau(pristine: Bureau, tmp_path: Path) -> Bureau:
    """Give a copy of it that may be damaged."""
    return at(pristine, copy_of(pristine.folder, tmp_path / "copy"))


def at(bureau: Bureau, folder: Path) -> Bureau:
    """Give the same office with its database in another folder."""
    other = copy.copy(bureau)
    other.folder, other.path = folder, folder / "office.db"
    return other


def test_an_untouched_copy_is_clean(bureau: Bureau) -> None:
    """No finding and exit code 0 where nothing was altered; the summary says what was looked at."""
    result = bureau.run("audit")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "审计完毕：35 条记录，3 个事项，被拒绝的办理 1 次；没有发现问题"
    assert lines[1] == f"末条序号 35，检查点 {bureau.checkpoint()}"
    assert lines[2].startswith("未提供外部检查点，无法发现整段删除末尾记录")
    assert len(lines) == 3


# One specimen for each kind of finding. Each gives the entry and the case that the audit must name.


def _hash(bureau: Bureau) -> tuple[int, str]:
    idx, _, name = bureau.entry("opinion_signed", 1)
    bureau.forge(idx, lambda body: body["intent"]["data"].update(note="同意。"), column=False)
    return idx, name


def _chain(bureau: Bureau) -> tuple[int, str]:
    idx, case_id, name = bureau.entry("opinion_signed", 1)
    bureau.forge(idx, lambda body: body["intent"]["data"].update(note="同意。"))
    with bureau.sql() as database:
        later = "SELECT min(idx) FROM entry WHERE case_id = ? AND idx > ?"
        return database.execute(later, (case_id, idx)).fetchone()[0], name


def _form(bureau: Bureau) -> tuple[int, str]:
    idx, _, name = bureau.entry("facts_recorded")
    with bureau.sql() as database:
        (raw,) = database.execute("SELECT body FROM entry WHERE idx = ?", (idx,)).fetchone()
        spaced = raw.replace(b'","', b'", "', 1)
        database.execute("UPDATE entry SET body = ?, hash = ? WHERE idx = ?", (spaced, hash_of(spaced), idx))
    return idx, name


def _forged(kind: str, change: Callable[[dict[str, Any]], object], nth: int = 0) -> Damage:
    """Forge an entry and make the whole chain fit together again."""

    def damage(bureau: Bureau) -> tuple[int, str]:
        idx, case_id, name = bureau.entry(kind, nth)
        bureau.forge(idx, change)
        bureau.rechain(case_id)
        return idx, name

    return damage


def _state(bureau: Bureau) -> tuple[int, str]:
    with bureau.sql() as database:
        database.execute("UPDATE cases SET due_on = '2030-01-01' WHERE number = 'KC-2026-003'")
    return bureau.entry("case_opened", 2)[0], "KC-2026-003"


def _definition(bureau: Bureau) -> tuple[int, str]:
    with bureau.sql() as database:
        database.execute("UPDATE definition SET body = replace(body, '3000', '2000') WHERE kind = 'workflow'")
    return bureau.entry("case_opened", 2)[0], "KC-2026-003"


def _material(bureau: Bureau) -> tuple[int, str]:
    (path,) = (bureau.folder / "office.db.files").glob("??/*")
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    idx, _, name = bureau.entry("material_attached")
    return idx, name


def _unread(bureau: Bureau) -> tuple[int, str]:
    (path,) = (bureau.folder / "office.db.files").glob("??/*")
    path.unlink()
    path.mkdir()
    idx, _, name = bureau.entry("material_attached")
    return idx, name


def _number(bureau: Bureau) -> tuple[int, str]:
    return _forged("case_opened", lambda body: body["numbers"].update(case="KC-2026-009"), 2)(bureau)[0], "KC-2026-003"


def _lost(bureau: Bureau) -> tuple[int, str]:
    idx, _, _ = bureau.entry("opinion_signed", 1)
    with bureau.sql() as database:
        database.execute("DELETE FROM entry WHERE idx = ?", (idx,))
    return idx, "-"


def _checkpoint(bureau: Bureau) -> tuple[int, str]:
    _forged("case_opened", lambda body: body["intent"]["data"]["facts"].update(investment="999"), 1)(bureau)
    return 35, "-"


def _schema(bureau: Bureau) -> tuple[int, str]:
    with bureau.sql() as database:
        database.execute("CREATE TRIGGER quiet AFTER INSERT ON entry BEGIN DELETE FROM refusal; END")
    return 0, "-"


SPECIMENS: dict[str, Damage] = {
    "hash": _hash,
    "chain": _chain,
    "form": _form,
    "illegal": _forged("transition_made", lambda body: body["intent"].update(to="done")),
    "authority": _forged("facts_recorded", lambda body: body["intent"]["actor"].update(id="wenwu01", unit="wenwu")),
    "gates": _forged("transition_made", lambda body: body["gates"][1][1].update(investment="40000")),
    "time": _forged("facts_recorded", lambda body: body["intent"].update(occurred_on="2026-12-01")),
    "state": _state,
    "definition": _definition,
    "material": _material,
    "number": _number,
    "lost": _lost,
    "checkpoint": _checkpoint,
    "schema": _schema,
    "unread": _unread,
}


def test_every_code_has_a_specimen() -> None:
    """No kind of finding is untried."""
    assert set(SPECIMENS) == set(CODES)


@pytest.mark.parametrize("code", SPECIMENS)
def test_each_specimen_is_found(bureau: Bureau, code: str) -> None:
    """Each damage is found as what it is, at its entry and case; the command prints it and exits 1 (3: not checked)."""
    since = bureau.checkpoint()
    idx, name = SPECIMENS[code](bureau)
    found = bureau.findings(since)
    assert [f for f in found if (f.code, f.idx, f.case) == (code, idx, name)], "\n".join(map(str, found))
    result = bureau.run("audit", "--since", str(since))
    assert f"entry {idx} case {name}: {CODES[code]}（{code}）：" in result.stdout
    assert result.exit_code == (1 if [f for f in found if f.code != "unread"] else 3), result.output


Weak = Callable[..., Any]


def _nothing(*_args: Any, **_kwargs: Any) -> Iterator[Any]:
    return iter(())


WEAKENED: dict[str, list[tuple[Any, str, Weak]]] = {
    "hash": [(replay, "check_link", _nothing)],
    "chain": [(replay, "check_link", _nothing)],
    "form": [(replay, "differences", _nothing), (replay, "check_link", _nothing)],
    "illegal": [(replay, "differences", _nothing)],
    "authority": [(replay, "rejudge", _nothing)],
    "gates": [(replay, "differences", _nothing)],
    "time": [(replay, "check_times", _nothing)],
    "state": [(audit_cases._Chain, "finish", _nothing)],
    "definition": [
        (audit_office, "_check_definition", lambda *_: ""),
        (audit_cases._Chain, "_surroundings", _nothing),
        (
            Store,
            "definition",
            lambda self, digest: self.row(f"SELECT body FROM definition WHERE sha256 = '{digest}'")[0],
        ),
    ],
    "material": [(audit_cases, "check_file", lambda *_: None)],
    "number": [(audit_log._Numbers, "check", _nothing)],
    "lost": [(audit, "check_log", _nothing)],
    "checkpoint": [(audit_log, "_at_checkpoint", _nothing)],
    "schema": [(audit, "schema_differences", lambda *_: [])],
    "unread": [(audit_cases, "check_file", lambda *_: None)],
}


@pytest.mark.parametrize("code", WEAKENED)
def test_a_weakened_audit_misses_its_specimen(bureau: Bureau, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """The specimens prove something: with the one check taken out, its finding is gone."""
    since = bureau.checkpoint()
    idx, name = SPECIMENS[code](bureau)
    for owner, function, weak in WEAKENED[code]:
        monkeypatch.setattr(owner, function, weak)
    assert not [f for f in bureau.findings(since) if (f.code, f.idx, f.case) == (code, idx, name)]


# Any byte anywhere.


def _cells(bureau: Bureau) -> list[tuple[str, str, int, int, str]]:
    """List what may be altered: (table, column, rowid, length, the case to be named)."""
    with bureau.sql() as database:
        numbers = dict(database.execute("SELECT id, number FROM cases"))
        cells = [
            ("entry", "body", idx, size, numbers.get(case_id, "office"))
            for idx, case_id, size in database.execute("SELECT idx, case_id, length(body) FROM entry")
        ]
        for table, name in (("cases", "number"), ("office", "'office'"), ("definition", "'office'")):
            column = "body" if table == "definition" else "snapshot"
            rows = database.execute(f"SELECT rowid, length({column}), {name} FROM {table}")
            cells += [(table, column, rowid, size, case) for rowid, size, case in rows]
    return cells


@settings(max_examples=150)
@given(data=st.data())
def test_any_altered_byte_is_found(pristine: Bureau, data: st.DataObject) -> None:
    """One byte changed in any entry, stored state or published text is found, with the entry and the case."""
    table, column, rowid, size, case = data.draw(st.sampled_from(_cells(pristine)))
    place = data.draw(st.integers(0, size - 1))
    flip = data.draw(st.integers(1, 255))
    with pristine.sql() as database:
        (before,) = database.execute(f"SELECT {column} FROM {table} WHERE rowid = ?", (rowid,)).fetchone()
        after = before[:place] + bytes([before[place] ^ flip]) + before[place + 1 :]
        database.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (after, rowid))
    try:
        found = pristine.findings()
    finally:
        with pristine.sql() as database:
            database.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (before, rowid))
    named = [f for f in found if f.case == case and f.idx > 0 and (table != "entry" or f.idx == rowid)]
    assert named, f"{table} {rowid} at {place}: " + "; ".join(map(str, found))


def test_a_changed_workflow_names_the_cases_that_rely_on_it(bureau: Bureau) -> None:
    """A workflow's text that was altered is named at its publication and at each case that can no longer be judged."""
    _definition(bureau)
    found = [f for f in bureau.findings() if f.code == "definition"]
    assert {f.case for f in found} == {"office", "KC-2026-001", "KC-2026-002", "KC-2026-003"}
    assert all(f.idx for f in found)


# Whole rows.


def test_a_deleted_case_is_found(bureau: Bureau) -> None:
    """A case of which every trace was removed leaves a gap in the indexes and in the numbers."""
    with bureau.sql() as database:
        (case_id,) = database.execute("SELECT id FROM cases WHERE number = 'KC-2026-002'").fetchone()
        database.execute("DELETE FROM entry WHERE case_id = ?", (case_id,))
        database.execute("DELETE FROM cases WHERE id = ?", (case_id,))
    codes = {f.code for f in bureau.findings()}
    assert codes >= {"lost", "number"}


def test_two_entries_swapped_are_found(bureau: Bureau) -> None:
    """Entries of two cases whose places in the log were exchanged show in the order of the times."""
    first, second = bureau.entry("case_opened", 0)[0], bureau.entry("case_opened", 1)[0]
    with bureau.sql() as database:
        for old, new in ((first, -1), (second, first), (-1, second)):
            database.execute("UPDATE entry SET idx = ? WHERE idx = ?", (new, old))
    assert {f.code for f in bureau.findings()} >= {"time", "number"}


def test_a_forged_grant_is_found(bureau: Bureau) -> None:
    """A grant rewritten in the office's chain, made to fit together again, shows in the state kept for the office."""
    bureau.forge(bureau.entry("role_granted")[0], lambda body: body["intent"]["data"].update(officer="land01"))
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
    damage = _forged("facts_recorded", lambda body: body["intent"].update(workflow="0" * 64))
    idx, name = damage(bureau)
    assert [f for f in bureau.findings() if (f.code, f.idx, f.case) == ("definition", idx, name)]


def test_an_entry_that_relies_on_an_older_office_is_found(bureau: Bureau) -> None:
    """Nobody acts on a role that had been revoked by relying on the office as it was before."""
    damage = _forged("facts_recorded", lambda body: body.update(office=body["office"] - 1))
    idx, name = damage(bureau)
    assert [f for f in bureau.findings() if (f.code, f.idx, f.case) == ("authority", idx, name)]


def test_an_unpublished_definition_is_found(bureau: Bureau) -> None:
    """A text that nobody published cannot lie among the published ones."""
    with bureau.sql() as database:
        database.execute("INSERT INTO definition VALUES (?, 'template', 'x', x'00')", (hash_of(b"\0"),))
    assert [f.code for f in bureau.findings()] == ["definition"]


def test_a_case_without_its_row_is_found(bureau: Bureau) -> None:
    """Entries without a row, and a row without entries, are both found."""
    with bureau.sql() as database:
        database.execute("DELETE FROM cases WHERE number = 'KC-2026-003'")
    assert "有记录而无事项" in "".join(map(str, bureau.findings()))


def test_a_text_in_place_of_bytes_is_found(bureau: Bureau) -> None:
    """SQLite would store a text where bytes belong; the audit does not take the one for the other."""
    with bureau.sql() as database:
        database.execute("UPDATE entry SET body = CAST(body AS TEXT) WHERE idx = 30")
    assert [(f.code, f.idx) for f in bureau.findings()] == [("form", 30)]


# The end of the log.


def cut_tail(bureau: Bureau) -> None:
    """Take the last entry away as if it had never been: the office had one administrator fewer, nothing else."""
    with bureau.sql() as database:
        idx, case_id = database.execute("SELECT idx, case_id FROM entry ORDER BY idx DESC LIMIT 1").fetchone()
        database.execute("DELETE FROM entry WHERE idx = ?", (idx,))
        last = database.execute("SELECT max(seq) FROM entry WHERE case_id = ?", (case_id,)).fetchone()[0]
        assert last == 1
        columns = [row[1] for row in database.execute("PRAGMA table_info(cases)")]
        old = json.loads((bureau.folder / "row.json").read_text(encoding="utf-8"))
        values = [bytes.fromhex(old[c]) if c == "snapshot" else old[c] for c in columns]
        database.execute(f"UPDATE cases SET {', '.join(f'{c} = ?' for c in columns)} WHERE id = ?", (*values, case_id))


def test_a_cut_end_is_found_by_a_checkpoint_only(pristine: Bureau, tmp_path: Path, bureau: Bureau) -> None:
    """Removing the newest entry and putting the state back leaves no trace inside; the checkpoint shows it."""
    number = bureau.opened("investment=1", name="尾部", on="2026-09-25")
    with bureau.sql() as database:
        database.row_factory = sqlite3.Row
        row = dict(database.execute("SELECT * FROM cases WHERE number = ?", (number,)).fetchone())
    row["snapshot"] = row["snapshot"].hex()
    (bureau.folder / "row.json").write_text(json.dumps(row), encoding="utf-8")
    bureau.do("set", number, "area=3", "--on", "2026-09-26", by="bureau01")
    before = bureau.checkpoint()
    cut_tail(bureau)
    assert bureau.findings() == []
    assert bureau.findings(before) == [Finding("checkpoint", 36, "-", "检查点时有 37 条记录，现缺 1 条")]
    assert bureau.run("audit", "--since", str(before)).exit_code == 1


def test_a_checkpoint_holds_while_the_log_grows(bureau: Bureau) -> None:
    """What is added after a checkpoint does not break it."""
    before = bureau.checkpoint()
    bureau.opened(name="新增", on="2026-09-25")
    assert bureau.findings(before) == []
    assert "已与第 35 条的检查点核对" in bureau.do("audit", "--since", str(before))


def test_a_checkpoint_shows_a_rewrite_that_fits_together(bureau: Bureau) -> None:
    """A forger who re-chains and rebuilds the state is caught by the checkpoint."""
    before = bureau.checkpoint()
    _checkpoint(bureau)
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


@settings(max_examples=60)
@given(data=st.data())
def test_a_damaged_file_never_passes_or_crashes(pristine: Bureau, tmp_path: Path, data: st.DataObject) -> None:
    """Bytes overwritten anywhere in the file: found, or not to be checked, or without effect; never a traceback."""
    raw = pristine.path.read_bytes()
    place = data.draw(st.integers(0, len(raw) - 1))
    junk = data.draw(st.binary(min_size=1, max_size=64))
    damaged = at(pristine, tmp_path)
    damaged.path.write_bytes(raw[:place] + junk + raw[place + len(junk) :])
    result = damaged.run("audit")
    assert result.exit_code in (0, 1, 3)
    assert "程序内部出错" not in result.output
    if result.exit_code == 0:
        assert _content(damaged.path) == _content(pristine.path)


def _content(path: Path) -> list[Any]:
    with closing(sqlite3.connect(path)) as database:
        tables = ("entry", "cases", "office", "definition", "series")
        return [database.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in tables]


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_file_cut_short_is_not_clean(bureau: Bureau, kept: float) -> None:
    """A database cut short is found or not to be checked."""
    raw = bureau.path.read_bytes()
    bureau.path.write_bytes(raw[: int(len(raw) * kept)])
    result = bureau.run("audit")
    assert result.exit_code in (1, 3)
    assert "程序内部出错" not in result.output


def test_a_torn_office_chain_is_told_once(bureau: Bureau) -> None:
    """Where the office cannot be followed, its later entries and the roles in cases are told as not checked."""
    idx, _, _ = bureau.entry("officer_added", 0)
    with bureau.sql() as database:
        database.execute("UPDATE entry SET body = x'7b7d' WHERE idx = ?", (idx,))
    found = bureau.findings()
    assert [f.code for f in found if f.case == "office"] == ["hash", "form", "unread"]
    assert [f.code for f in found if f.case == "KC-2026-003"] == ["unread"]


def test_the_office_is_judged_too(bureau: Bureau) -> None:
    """An office entry by somebody who was no administrator is found."""
    bureau.forge(bureau.entry("role_granted")[0], lambda body: body["intent"]["actor"].update(id="land01", unit="land"))
    bureau.rechain("office")
    assert [f for f in bureau.findings() if f.code == "authority" and f.case == "office"]


# What the command says.


def test_a_report_is_written_as_text_or_json(bureau: Bureau) -> None:
    """--report keeps what was printed, or the document that --json gives."""
    _state(bureau)
    printed = bureau.run("audit", "--report", "审计.txt")
    assert printed.exit_code == 1
    text = Path("审计.txt").read_text(encoding="utf-8")
    assert text == printed.stdout
    bureau.run("audit", "--report", "审计.json")
    document = json.loads(Path("审计.json").read_text(encoding="utf-8"))
    assert document == bureau.asks("audit")
    assert (document["ok"], document["complete"], document["entries"]) == (False, True, 35)
    assert document["findings"][0]["code"] == "state"


def test_a_report_needs_its_folder(bureau: Bureau) -> None:
    """A report that cannot be written is told before the work begins."""
    assert bureau.fails("audit", "--report", "无/审计.txt") == (1, "文件夹 无 不存在\n  改法：请先建好文件夹\n")
