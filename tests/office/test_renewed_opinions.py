"""Rule 2 at the desk: after a correction those who had signed are asked, told, and heard again."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_office import Tiny


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give a small office."""
    return Tiny(tmp_path, monkeypatch).founded()


def moved(tiny: Tiny) -> str:
    """Give the number of a case that the land and heritage bureaus had agreed to move on."""
    number = tiny.ready()
    tiny.do("advance", number, "to_siting", by="bureau02")
    return number


def corrected(tiny: Tiny, number: str, *more: str) -> str:
    """Correct the investment as one officer of the lead, confirm it as another."""
    tiny.do("correct", number, "investment=35000", "--note", "漏计", *more, by="bureau01")
    return tiny.do("confirm", number, "--note", "核对属实", by="bureau02")


def test_those_who_had_signed_are_asked_again(tiny: Tiny) -> None:
    """The confirmation says who; their to-do has it with its day and its command; `show` and `why`
    say it to those who want to go on; one signature each, by the number of the correction, and the
    case goes on. The audit is clean.
    """
    number = moved(tiny)
    said = corrected(tiny, number)
    assert said.splitlines()[-1] == (
        "  请重新表示意见：国土、市文物局　lifecycle sign KC-2026-001 7 agree"
    )
    assert tiny.do("todo", by="wenwu01") == (
        "七日以后到期\n"
        "  KC-2026-001 剑瓷文化体验街区　限 2026-10-13\n"
        "    会签　lifecycle sign KC-2026-001 7 agree　　总投资 已更正（第 7 笔），须重新表示意见"
        "（总投资 32000 万元 → 35000 万元）\n"
    )
    missing = "总投资 已更正（第 7 笔），会签过“转入规划选址”的单位须重新表示意见：缺"
    assert f"{missing} 国土、市文物局 的意见" in tiny.do("show", number)
    assert f"{missing} 国土、市文物局 的意见" in tiny.do("why", number, "to_done")
    assert "代 land01：总投资 已更正" in tiny.do("todo", by="planning01")
    tiny.do("sign", number, "7", "agree", "--for", "land01", by="planning01")
    tiny.do("sign", number, "第 7 笔", "object", "--note", "超出控制线", by="wenwu01")
    against = "总投资 已更正（第 7 笔），会签过“转入规划选址”的单位须重新表示意见：市文物局 不同意"
    assert against in tiny.do("why", number, "to_done")
    tiny.do("resolve", number, "7", "市文物局", "--note", "已退出控制线", by="bureau01")
    assert "须重新表示意见" not in tiny.do("why", number, "to_done")
    assert tiny.run("audit").exit_code == 0


def test_it_is_told_what_each_said(tiny: Tiny) -> None:
    """The log tells the opinion with its correction; the same again changes nothing; a number that
    is no such correction is told so.
    """
    number = moved(tiny)
    corrected(tiny, number)
    tiny.do("sign", number, "7", "附条件同意", "--note", "限高", by="land01")
    assert "更正后重新会签（第 7 笔）　国土 附条件同意：限高" in tiny.do("log", number)
    again = tiny.do("sign", number, "7", "附条件同意", "--note", "限高", by="land01")
    assert again == "KC-2026-001　剑瓷文化体验街区　没有变化\n"
    _code, message = tiny.fails("sign", number, "6", "agree", by="land01")
    assert "第 6 笔不是须重新表示意见的更正" in message
    assert "等着重新表示意见的更正：第 7 笔" in message
    _code, message = tiny.fails("sign", number, "7", "agree", by="xiao01")
    assert "第 7 笔更正由 国土、市文物局 重新表示意见，您不在其中" in message


def test_many_are_signed_anew_at_once(tiny: Tiny) -> None:
    """In bulk it goes by the same door."""
    number = moved(tiny)
    corrected(tiny, number)
    tiny.write("会签.csv", ["编号,意见", f"{number},已核"])
    tiny.do("sign", "会签.csv", "7", "agree", by="land01")
    assert tiny.asks("show", number)["case"]["seq"] == 8


def test_a_slip_is_listed_by_the_audit(tiny: Tiny) -> None:
    """A slip of the pen asks nobody again, but whoever audits reads it; so does a machine."""
    number = moved(tiny)
    assert "请重新表示意见" not in corrected(tiny, number, "--slip")
    assert "须重新表示意见" not in tiny.do("why", number, "to_done")
    told = "笔误更正（会签意见仍算数）：KC-2026-001 第 7 笔，bureau02 确认：核对属实"
    assert told in tiny.do("audit").splitlines()
    assert tiny.asks("audit")["corrections"] == [
        {
            "entry": tiny.asks("log", number)["entries"][-1]["idx"],
            "case": "KC-2026-001",
            "seq": 7,
            "kind": "slip",
            "officer": "bureau02",
            "note": "核对属实",
            "document": "",
        }
    ]


def test_a_column_that_is_not_read_is_named(tiny: Tiny) -> None:
    """A table with a verdict for each line, say: what the command would not read is refused, line
    by line, and nothing is signed; columns that only name the case are passed over.
    """
    number = tiny.opened("investment=32000")
    tiny.write("表.csv", ["编号,名称,表态,意见", f"{number},剑瓷,不同意,无"])
    said = tiny.do_not("sign", "表.csv", "to_siting", "agree", by="land01")
    assert said.splitlines()[0] == (
        "✗ 表.csv:2　KC-2026-001　用不上的列：表态　改法：这里不读这些列，请先删去；"
        "可以有的列：编号、note、意见、说明、名称"
    )
    assert tiny.asks("show", number)["case"]["opinions"] == []
    tiny.write("表.csv", ["编号,名称,意见", f"{number},剑瓷,无"])
    tiny.do("sign", "表.csv", "to_siting", "agree", by="land01")


def test_a_panel_may_be_emptied_again(tiny: Tiny) -> None:
    """Once a unit was asked, it leaves by a correction, also the last one: “无” is no unit at all;
    an empty value says so.
    """
    number = tiny.opened("investment=32000", "x_units=wenwu")
    _code, message = tiny.fails("set", number, "x_units=", by="bureau01")
    assert "改法：没有单位的，写 无" in message
    tiny.do("correct", number, "x_units=无", "--note", "与文物无关", by="bureau01")
    tiny.do("confirm", number, by="bureau02")
    assert tiny.asks("show", number)["case"]["facts"]["x_units"] == []
    assert "缺 国土 的同意意见" in tiny.do("why", number, "to_siting")
    assert tiny.run("audit").exit_code == 0
