"""`replay`, `audit`, `backup`, `restore` and `upgrade` as officers and auditors meet them."""

from __future__ import annotations

import sys
from io import StringIO
from pathlib import Path

import pytest
from ledger_office import Bureau

from lifecycle.cli.terminal.output import Bar, progress
from lifecycle.ledger.sqlite.database import SCHEMA


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """Give an office with a history."""
    return Bureau(tmp_path, monkeypatch).walked()


def test_replay_tells_entry_by_entry(bureau: Bureau) -> None:
    """One case: a line for each entry, the state it comes to, and that it is the stored one."""
    assert bureau.do("replay", "温泉") == (
        "KC-2026-002 温泉康养　考察接待流程 第 1 版　回放 2 条\n"
        "✓    1  2026-09-02  bureau01　立项 KC-2026-002\n"
        "✓    2  2026-09-21  bureau01　终止　考察导入 → 终止：资金未落实\n"
        "回放至第 2 条：终止（closed），自 2026-09-21 起；要素 2 项，材料 0 份，意见 0 件\n"
        "✓ 与存储的状态一致\n"
    )


def test_replay_of_all_gives_a_line_each(bureau: Bureau) -> None:
    """All cases: a line for each, and a summary; the same number for machines."""
    assert bureau.do("replay") == (
        "✓ KC-2026-001　剑瓷文化体验街区　办结　13 条\n"
        "✓ KC-2026-002　温泉康养　终止　2 条\n"
        "✓ KC-2026-003　总部基地　考察导入　1 条\n"
        "共回放 3 个事项、16 条记录：没有问题\n"
    )
    answer = bureau.asks("replay")
    assert (answer["ok"], answer["entries"], len(answer["cases"])) == (True, 16, 3)
    assert bureau.do("replay", "--at", "2026-09-03").endswith(
        "共回放 2 个事项、5 条记录：没有问题\n"
    )


def test_replay_shows_what_is_wrong(bureau: Bureau) -> None:
    """A problem stands under its entry, and the exit code is 1."""
    idx, _, _ = bureau.entry("transition_made", 3)
    bureau.forge(idx, lambda body: body["intent"]["data"].update(note="资金到位"), column=False)
    result = bureau.run("replay", "KC-2026-001")
    assert result.exit_code == 1
    assert "✗   13  " in result.stdout
    assert "        改写（hash）：记录的内容与其哈希不符\n" in result.stdout
    result = bureau.run("replay")
    assert result.exit_code == 1
    assert result.stdout.endswith("共回放 3 个事项、16 条记录：1 个有问题\n")


def test_replay_sees_a_stored_state_that_is_not_the_replayed(bureau: Bureau) -> None:
    """A state that was altered beside the log is told by a replay of the case."""
    with bureau.sql() as database:
        database.execute(
            "UPDATE cases SET snapshot = CAST(replace(snapshot, '温泉', '冷泉') AS BLOB) WHERE "
            "number = 'KC-2026-002'"
        )
    result = bureau.run("replay", "KC-2026-002")
    assert result.exit_code == 1
    assert result.stdout.endswith("✗ 与存储的状态不一致；请运行 lifecycle audit\n")


def test_replay_of_an_entry_that_cannot_be_read(bureau: Bureau) -> None:
    """An entry that is no longer JSON ends the replay with a message, not a traceback."""
    with bureau.sql() as database:
        database.execute(
            "UPDATE entry SET body = x'00' WHERE idx = ?", (bureau.entry("facts_recorded")[0],)
        )
    result = bureau.run("replay", "KC-2026-001")
    assert result.exit_code == 1
    assert "记录读不出来" in result.stdout
    assert bureau.run("replay", "--json", "KC-2026-001").exit_code == 1
    assert bureau.run("log", "KC-2026-001").exit_code == 3


def test_replay_needs_a_case_that_is_there(bureau: Bureau) -> None:
    """An unknown case and an unreadable workflow file are told."""
    assert bureau.fails("replay", "没有")[0] == 1
    assert bureau.fails("replay", "--under", "没有.yaml") == (
        1,
        "没有文件 没有.yaml\n  改法：请核对文件名和所在目录\n",
    )
    bureau.write("bad.yaml", "workflow: x\n")
    code, message = bureau.fails("replay", "--under", "bad.yaml")
    assert code == 1
    assert message.startswith("bad.yaml:1:11: 错误：流程缺少 title")


def test_audit_for_machines(bureau: Bureau) -> None:
    """--json gives one document: what was looked at, the checkpoint, and no findings."""
    answer = bureau.asks("audit")
    assert answer == {
        "ok": True,
        "complete": True,
        "unprinted_letters": 0,
        "error": None,
        "entries": 36,
        "cases": 3,
        "refused_attempts": 1,
        "taken_in": 0,
        "numbers_begun": 0,
        "early": [],
        "corrections": [],
        "auth": {"declared": 36, "local": 0},
        "last_index": 36,
        "log": answer["log"],
        "checkpoint": str(bureau.checkpoint()),
        "since": None,
        "unjudged": {"entries": 0, "letters": 0, "definitions": []},
        "findings": [],
    }


def test_audit_that_cannot_go_on_is_not_clean(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that fails in the middle ends the audit with exit 3; what was found until then is
    shown.
    """
    from lifecycle.errors import UnavailableError
    from lifecycle.ledger.sqlite.store import SqliteStore

    with bureau.sql() as database:
        database.execute("DELETE FROM entry WHERE idx = 30")

    def fail(*_args: object, **_kwargs: object) -> None:
        raise UnavailableError("磁盘读写出错", "请检查磁盘后重试")

    monkeypatch.setattr(SqliteStore, "all_entries", fail)
    result = bureau.run("audit")
    assert result.exit_code == 3
    assert "entry 30 case -: 缺失（lost）：序号 30 的记录不见了\n" in result.stdout
    assert "未能核对完：磁盘读写出错" in result.stdout
    assert "没有发现问题" not in result.stdout
    answer = bureau.asks("audit")
    assert (answer["ok"], answer["complete"], answer["checkpoint"]) == (False, False, None)


def test_nothing_is_changed_by_looking(bureau: Bureau) -> None:
    """Replay and audit leave the database as it was, byte for byte."""
    before = bureau.path.read_bytes()
    bureau.do("audit")
    bureau.do("replay")
    bureau.do("notice", "list")
    assert bureau.path.read_bytes() == before


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_shows_how_far_it_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal long work draws a bar, ten times a second at most, and takes it away; elsewhere
    nothing.
    """
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    bar = Bar("审计")
    for done in (50, 51):
        bar.show(done, 100)
    assert terminal.getvalue().strip() == "审计 ██████████░░░░░░░░░░  50% 50/100"
    bar.clear()
    assert terminal.getvalue().endswith("\r" + " " * 60 + "\r")
    monkeypatch.setattr(sys, "stderr", StringIO())
    assert list(progress([1, 2], title="办理")) == [1, 2]


def test_backup_for_machines(bureau: Bureau) -> None:
    """--json of backup, restore and upgrade says what was written."""
    answer = bureau.asks("backup", "b.tar")
    assert answer == {
        "ok": True,
        "file": "b.tar",
        "files": 2,
        "bytes": Path("b.tar").stat().st_size,
    }
    assert bureau.asks("restore", "b.tar", "--db", "n.db") == {
        "ok": True,
        "database": "n.db",
        "files": 2,
    }
    assert bureau.do("upgrade") == f"已是本版本的版式（{SCHEMA}），无须升级\n"
