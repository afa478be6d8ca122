"""A command that asks for what is so already writes nothing and says so, whichever way it comes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_office import Tiny


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Found a small office."""
    return Tiny(tmp_path, monkeypatch).founded()


def entries(tiny: Tiny, number: str) -> int:
    """Count the entries of a case."""
    return len(tiny.asks("log", number)["entries"])


def test_nothing_is_recorded_and_one_line_says_so(tiny: Tiny) -> None:
    """Set, attach, ask and sign again: exit code 0, “没有变化”, and no entry; under --json too."""
    number = tiny.ready()
    tiny.write("再传.pdf", "选址论证")
    before = entries(tiny, number)
    told = f"{number}　剑瓷文化体验街区　没有变化\n"
    assert tiny.do("set", number, "investment=32000", by="bureau01") == told
    assert tiny.do("set", number, "investment=32000", "--dry-run", by="bureau01") == told
    assert tiny.do("attach", number, "report", "报告.pdf", by="planning01") == told
    assert tiny.do("ask", number, "to_siting", by="bureau01") == told
    assert tiny.do("sign", number, "to_siting", "agree", by="land01") == told
    on = ("--on", "2026-09-04")
    assert tiny.do("sign", number, "to_siting", "agree", *on, by="land01") == told
    answer = tiny.asks("set", number, "investment=32000", "--request-id", "r-1", by="bureau01")
    assert (answer["ok"], answer["entry"], answer["unchanged"]) == (True, None, True)
    assert (answer["dry_run"], answer["number"], answer["seq"]) == (False, number, before)
    assert entries(tiny, number) == before
    assert "没有写入" in tiny.run("log", "--request-id", "r-1").stdout
    tiny.do("attach", number, "report", "再传.pdf", by="planning01")
    assert entries(tiny, number) == before + 1
    assert tiny.asks("audit")["ok"]


def test_who_may_not_is_refused_though_nothing_would_change(tiny: Tiny) -> None:
    """The judge comes first: what is so already is no reason to be let in."""
    number = tiny.ready()
    refused = tiny.fails("set", number, "investment=32000", by="wenwu01")
    assert refused[0] == 1
    assert "不具备该角色" in refused[1]


def test_a_bulk_counts_them_apart(tiny: Tiny) -> None:
    """They are neither done nor failed, and undo nothing of an all-or-nothing bulk."""
    first = tiny.opened("investment=100")
    second = tiny.opened("investment=200", name="乙")
    table = tiny.write("bulk.csv", f"编号,investment\n{first},100\n{second},300\n")
    assert tiny.do("set", table, "--all-or-nothing", by="bureau01").splitlines() == [
        f"✓ bulk.csv:2　{first}　剑瓷文化体验街区　没有变化",
        f"✓ bulk.csv:3　{second}　乙　填报 总投资 200 万元 → 300 万元",
        "已办理 1 件，没有变化 1 件，未办理 0 件",
    ]
    answer = tiny.asks("set", table, by="bureau01")
    counts = {key: answer[key] for key in ("total", "done", "unchanged", "failed")}
    assert counts == {"total": 2, "done": 0, "unchanged": 2, "failed": 0}
    assert answer["ok"]


def test_an_opinion_is_withdrawn_with_the_reason(tiny: Tiny) -> None:
    """All that is wrong is told at once; what was recorded without one is still judged as it was
    (see the entries of older versions that the tests of the record replay).
    """
    number = tiny.ready()
    assert tiny.fails("withdraw", number, "to_siting", by="land01")[1] == (
        f"不能办理：{number} 剑瓷文化体验街区　撤回对下列流转的意见：转入规划选址\n"
        "  ✗ 理由　　须写明撤回的理由　　加 --note 理由\n"
        "  ✓ 角色　　国土\n"
        "依据：workflows/visit.yaml　接待办法 第3条\n"
    )
    tiny.do("withdraw", number, "to_siting", "--note", "须再核", by="land01")
    _code, text = tiny.fails("withdraw", number, "to_siting", by="land01")
    assert "贵单位尚无意见可撤回" in text
    assert "须写明撤回的理由" in text
