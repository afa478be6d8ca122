"""The audit finds every alteration, names the entry and the case, and takes no untouched copy for
altered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homes import IN_A_FILE, ON_A_SERVER, Home
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_office import Bureau, Damage, copied, forged

from lifecycle.ledger import replay
from lifecycle.ledger.audit import definitions, entries, log, states
from lifecycle.ledger.audit.finding import CODES
from lifecycle.ledger.audit.passes.numbers import Numbers
from lifecycle.ledger.audit.passes.times import Times
from lifecycle.ledger.files import Files
from lifecycle.ledger.postgres.store import PostgresStore
from lifecycle.ledger.record import hash_of, stamp_text
from lifecycle.ledger.sql.text import DEFINITION_AS_STORED
from lifecycle.ledger.sqlite.store import SqliteStore
from lifecycle.ledger.store import Store


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory, home: Home) -> Iterator[Bureau]:
    """Make the history once."""
    with pytest.MonkeyPatch.context() as patch:
        yield Bureau(tmp_path_factory.mktemp("pristine"), patch, home).walked()


@pytest.fixture
def bureau(pristine: Bureau, tmp_path: Path) -> Bureau:
    """Give a copy of it that may be damaged."""
    return copied(pristine, tmp_path / "copy")


def test_an_untouched_copy_is_clean(bureau: Bureau) -> None:
    """No finding and exit code 0 where nothing was altered; the summary says what was looked at."""
    result = bureau.run("audit")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "审计完毕：36 条记录，3 个事项，被拒绝的办理 1 次；没有发现问题"
    assert lines[1] == "经办人身份都是自报（declared），36 条；台账不能证明办理的是本人"
    assert lines[2] == "建库当天登记、自更早的日子起生效的职能、任职和授权 13 条"
    assert lines[3:5] == ["末条序号 36，检查点：", str(bureau.checkpoint())]
    assert lines[5].startswith("未提供外部检查点，无法发现整段删除末尾记录")
    assert len(lines) == 6


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
        database.execute(
            "UPDATE entry SET body = ?, hash = ? WHERE idx = ?", (spaced, hash_of(spaced), idx)
        )
    return idx, name


def _state(bureau: Bureau) -> tuple[int, str]:
    with bureau.sql() as database:
        database.execute("UPDATE cases SET due_on = '2030-01-01' WHERE number = 'KC-2026-003'")
    return bureau.entry("case_opened", 2)[0], "KC-2026-003"


def _definition(bureau: Bureau) -> tuple[int, str]:
    with bureau.sql() as database:
        found = "SELECT sha256, body FROM definition WHERE kind = 'workflow'"
        for digest, body in database.execute(found).fetchall():
            other = body.replace(b"3000", b"2000")
            database.execute("UPDATE definition SET body = ? WHERE sha256 = ?", (other, digest))
    published = (bureau.entry("definition_published", n)[0] for n in range(9))
    return next(
        idx for idx in published if bureau.body(idx)["intent"]["data"]["kind"] == "workflow"
    ), "office"


def _material(bureau: Bureau) -> tuple[int, str]:
    bureau.home.spoil(bureau.path)
    idx, _, name = bureau.entry("material_attached")
    return idx, name


def _unread(bureau: Bureau) -> tuple[int, str]:
    if bureau.home.in_files:
        (path,) = (bureau.folder / "office.db.files").glob("??/*")
        path.unlink()
        path.mkdir()
    else:
        with bureau.sql() as database:
            database.execute("ALTER TABLE file_part RENAME TO elsewhere")
    idx, _, name = bureau.entry("material_attached")
    return idx, name


def _number(bureau: Bureau) -> tuple[int, str]:
    return forged("case_opened", lambda body: body["numbers"].update(case="KC-2026-009"), 2)(
        bureau
    )[0], "KC-2026-003"


def _lost(bureau: Bureau) -> tuple[int, str]:
    idx, _, _ = bureau.entry("opinion_signed", 1)
    with bureau.sql() as database:
        database.execute("DELETE FROM entry WHERE idx = ?", (idx,))
    return idx, "-"


def _checkpoint(bureau: Bureau) -> tuple[int, str]:
    forged("case_opened", lambda body: body["intent"]["data"]["facts"].update(investment="999"), 1)(
        bureau
    )
    return 36, "-"


def _schema(bureau: Bureau) -> tuple[int, str]:
    with bureau.sql() as database:
        if bureau.home.in_files:
            quiet = "CREATE TRIGGER quiet AFTER INSERT ON entry BEGIN DELETE FROM refusal; END"
        else:
            quiet = "CREATE RULE quiet AS ON INSERT TO entry DO ALSO DELETE FROM refusal"
        database.execute(quiet)
    return 0, "-"


def _dated(body: dict[str, Any], at: str) -> None:
    """Write another recording time into an entry."""
    body["recorded_at"] = body["intent"]["signed_at"] = at


def _future(bureau: Bureau) -> tuple[int, str]:
    """Date the last entry twenty minutes after the auditor's clock: no jump, and yet
    not possible.
    """
    idx, case_id, name = bureau.entry("transition_made", 4)
    assert idx == 36
    late = bureau.now + timedelta(minutes=20)
    bureau.forge(idx, lambda body: _dated(body, stamp_text(late)))
    bureau.rechain(case_id)
    return idx, name


SPECIMENS: dict[str, Damage] = {
    "hash": _hash,
    "chain": _chain,
    "form": _form,
    "illegal": forged("transition_made", lambda body: body["intent"].update(to="done")),
    "authority": forged(
        "facts_recorded", lambda body: body["intent"]["actor"].update(id="wenwu01", unit="wenwu")
    ),
    "gates": forged("transition_made", lambda body: body["gates"][1][1].update(investment="40000")),
    "time": forged("facts_recorded", lambda body: body["intent"].update(occurred_on="2026-12-01")),
    "state": _state,
    "definition": _definition,
    "material": _material,
    "number": _number,
    "lost": _lost,
    "clock": forged("case_opened", lambda body: _dated(body, "2027-01-01T02:00:00.000000Z"), 2),
    "future": _future,
    "checkpoint": _checkpoint,
    "schema": _schema,
    "unread": _unread,
}


def test_every_code_has_a_specimen() -> None:
    """No kind of finding is untried."""
    assert set(SPECIMENS) == set(CODES) - {"letter", "outbox", "cause", "due"}, (
        "others stand in test_letter_audit.py, test_effects.py, test_by_clock.py"
    )


@pytest.mark.parametrize("code", SPECIMENS)
def test_each_specimen_is_found(bureau: Bureau, code: str) -> None:
    """Each damage is found as what it is, at its entry and case; the command prints it and exits 1
    (3: not checked).
    """
    since = bureau.checkpoint()
    idx, name = SPECIMENS[code](bureau)
    found = bureau.findings(since)
    assert [f for f in found if (f.code, f.idx, f.case) == (code, idx, name)], "\n".join(
        map(str, found)
    )
    result = bureau.run("audit", "--since", str(since))
    assert f"entry {idx} case {name}: {CODES[code]}（{code}）：" in result.stdout
    assert result.exit_code == (1 if [f for f in found if f.code != "unread"] else 3), result.output


def test_a_publication_that_lies_about_its_variants_is_found(bureau: Bureau) -> None:
    """Who reads the cases of a workflow finds its variants by what their publications say: one that
    says what the workflow does not is found.
    """
    published = (bureau.entry("definition_published", n) for n in range(9))
    idx, case_id, name = next(
        entry
        for entry in published
        if bureau.body(entry[0])["intent"]["data"]["kind"] == "workflow"
    )
    bureau.forge(idx, lambda body: body["intent"]["data"].update(variant_of=["other"]))
    bureau.rechain(case_id)
    found = [(f.code, f.idx, f.case, f.message) for f in bureau.findings() if f.code == "illegal"]
    message = "发布 visit 的记录写的 variant_of 与流程原文不符"
    assert found == [("illegal", idx, name, message)]


Weak = Callable[..., Any] | tuple[()]
"""What stands in for a check, or for a list of them."""


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
    "state": [(states, "wrong_columns", lambda *_: [])],
    "definition": [
        (definitions, "wrong_with", lambda *_: ""),
        (entries, "SURROUNDINGS", ()),
        (
            Store,
            "definition",
            lambda self, digest: self.row(DEFINITION_AS_STORED, sha256=digest)[0],
        ),
    ],
    "material": [(Files, "check", lambda *_: None)],
    "number": [(Numbers, "check_case", _nothing)],
    "lost": [(log.Indexes, "check", _nothing)],
    "clock": [(Times, "_jumped", lambda *_: False)],
    "future": [(Times, "ahead", _nothing)],
    "checkpoint": [(log, "_at_checkpoint", _nothing)],
    "schema": [
        (store, "schema_differences", lambda *_: []) for store in (SqliteStore, PostgresStore)
    ],
    "unread": [(Files, "check", lambda *_: None)],
}


@pytest.mark.parametrize("code", WEAKENED)
def test_a_weakened_audit_misses_its_specimen(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """The specimens prove something: with the one check taken out, its finding is gone."""
    since = bureau.checkpoint()
    idx, name = SPECIMENS[code](bureau)
    for owner, function, weak in WEAKENED[code]:
        monkeypatch.setattr(owner, function, weak)
    assert not [f for f in bureau.findings(since) if (f.code, f.idx, f.case) == (code, idx, name)]


# Any byte anywhere.


KEYS = {"entry": "idx", "cases": "id", "office": "id", "definition": "sha256"}


def _cells(bureau: Bureau) -> list[tuple[str, str, Any, int, str]]:
    """List what may be altered: (table, column, the row's key, length, the case to be named)."""
    with bureau.sql() as database:
        numbers = dict(database.execute("SELECT id, number FROM cases"))
        cells = [
            ("entry", "body", idx, size, numbers.get(case_id, "office"))
            for idx, case_id, size in database.execute(
                "SELECT idx, case_id, length(body) FROM entry"
            )
        ]
        for table, name in (
            ("cases", "number"),
            ("office", "'office'"),
            ("definition", "'office'"),
        ):
            column = "body" if table == "definition" else "snapshot"
            rows = database.execute(f"SELECT {KEYS[table]}, length({column}), {name} FROM {table}")
            cells += [(table, column, key, size, case) for key, size, case in rows]
    return sorted(cells, key=str)


@IN_A_FILE
@settings(max_examples=150)
@given(data=st.data())
def test_any_altered_byte_is_found(pristine: Bureau, data: st.DataObject) -> None:
    """One byte changed in any entry, stored state or published text is found, with the entry and
    the case.
    """
    _see_a_byte_found(pristine, data)


@ON_A_SERVER
@settings(max_examples=30)
@given(data=st.data())
def test_any_altered_byte_on_a_server_is_found(pristine: Bureau, data: st.DataObject) -> None:
    """So it is where the server's administrator changes it."""
    _see_a_byte_found(pristine, data)


def _see_a_byte_found(pristine: Bureau, data: st.DataObject) -> None:
    """Change a byte, audit, and put it back."""
    table, column, key, size, case = data.draw(st.sampled_from(_cells(pristine)))
    place = data.draw(st.integers(0, size - 1))
    flip = data.draw(st.integers(1, 255))
    with pristine.sql() as database:
        (before,) = database.execute(
            f"SELECT {column} FROM {table} WHERE {KEYS[table]} = ?", (key,)
        ).fetchone()
        after = before[:place] + bytes([before[place] ^ flip]) + before[place + 1 :]
        database.execute(f"UPDATE {table} SET {column} = ? WHERE {KEYS[table]} = ?", (after, key))
    try:
        found = pristine.findings()
    finally:
        with pristine.sql() as database:
            database.execute(
                f"UPDATE {table} SET {column} = ? WHERE {KEYS[table]} = ?", (before, key)
            )
    named = [
        f for f in found if f.case == case and f.idx > 0 and (table != "entry" or f.idx == key)
    ]
    assert named, f"{table} {key} at {place}: " + "; ".join(map(str, found))


def test_a_changed_workflow_is_one_finding_that_counts_what_relies_on_it(bureau: Bureau) -> None:
    """C3: a workflow's text that was altered is named once, at its publication, with what can no
    longer be judged.
    """
    idx, _ = _definition(bureau)
    (found,) = bureau.findings()
    assert (found.code, found.idx, found.case) == ("definition", idx, "office")
    assert "流程 visit（" in found.message
    with bureau.sql() as database:
        (resting,) = database.execute(
            "SELECT count(*) FROM entry WHERE case_id <> 'office'"
        ).fetchone()
    assert f"因此未能完全核对 记录 {resting} 条：" in found.message


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
    assert (document["ok"], document["complete"], document["entries"]) == (False, True, 36)
    assert document["findings"][0]["code"] == "state"


def test_a_report_needs_its_folder(bureau: Bureau) -> None:
    """A report that cannot be written is told before the work begins."""
    assert bureau.fails("audit", "--report", "无/审计.txt") == (
        1,
        "文件夹 无 不存在\n  改法：请先建好文件夹\n",
    )
