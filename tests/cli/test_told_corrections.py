"""Corrections told with their values wherever they are told, and with what they will bring."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_office import Tiny

CHANGE = "总投资 32000 万元 → 35000 万元"
LOW = "总投资 32000 万元 → 2000 万元"


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give a small office."""
    return Tiny(tmp_path, monkeypatch).founded()


@pytest.fixture
def moved(tiny: Tiny) -> str:
    """Give the number of a case that was moved on by a step that read the investment."""
    number = tiny.ready()
    tiny.do("advance", number, "to_siting", by="bureau02")
    return number


def test_old_and_new_wherever_a_correction_is_told(tiny: Tiny, moved: str) -> None:
    """What is proposed, waits, is confirmed, is declined: each line has both values."""
    proposed = tiny.do("correct", moved, "investment=35000", "--note", "漏计", by="bureau01")
    assert f"提请更正 {CHANGE}：漏计　待牵头单位确认" in proposed
    assert f"确认更正 {CHANGE}：漏计" in tiny.do("todo", by="bureau02")
    whose = "待 市招商局（bureau01 以外的人） 确认，或不同意（decline）"
    assert f"待确认（第 6 笔）：{CHANGE}：漏计；{whose}　lifecycle confirm" in tiny.do(
        "show", moved
    )
    confirmed = tiny.do("confirm", moved, by="bureau02")
    assert f"确认更正 {CHANGE}（第 6 笔）" in confirmed
    assert f"须重新表示意见（{CHANGE}）" in tiny.do("todo", by="wenwu01")
    for command in ("log", "show", "replay"):
        told = tiny.do(command, moved)
        assert f"提请更正 {CHANGE}：漏计　待牵头单位确认" in told
        assert f"确认更正 {CHANGE}（第 6 笔）" in told
    tiny.do("correct", moved, "investment=36000", "--note", "再核", by="bureau01")
    declined = tiny.do("decline", moved, "--note", "无误", by="bureau02")
    assert "不同意更正 总投资 35000 万元 → 36000 万元（第 8 笔）：无误" in declined
    assert "不同意更正 总投资 35000 万元 → 36000 万元（第 8 笔）：无误" in tiny.do("log", moved)


def test_two_files_of_one_name_are_told_apart(tiny: Tiny, moved: str) -> None:
    """A material is told by its files; those of one name with the beginnings of their hashes."""
    tiny.write("报告.pdf", "另一份论证")
    words = ("--material", "report", "--file", "报告.pdf", "--note", "交错")
    told = tiny.do("correct", moved, *words, by="planning01")
    assert "提请更正 选址论证报告 报告.pdf（873ca804） → 报告.pdf（40163094）：交错" in told


def test_of_two_that_wait_one_is_named(tiny: Tiny, moved: str) -> None:
    """Where two wait, both are listed with their numbers, and the command that names one."""
    tiny.do("correct", moved, "investment=35000", "--note", "漏计", by="bureau01")
    tiny.do("correct", moved, "investment=36000", "--note", "写错", by="bureau01")
    for verb in ("confirm", "decline"):
        code, told = tiny.fails(verb, moved, by="bureau02")
        assert code == 1
        assert told == (
            f"{moved} 待确认的更正不止一项：\n"
            f"  第 6 笔　{CHANGE}：漏计\n"
            "  第 7 笔　总投资 32000 万元 → 36000 万元：写错\n"
            f"  改法：写明是第几笔，如：lifecycle {verb} {moved} 6\n"
        )


def test_of_two_for_one_value_the_other_lapses_and_says_so(tiny: Tiny, moved: str) -> None:
    """Whoever confirms one reads which lapsed with it; whoever confirms or declines that one then
    reads with which entry it lapsed, and of the first that it was confirmed.
    """
    for note in ("漏计", "合同另计"):
        tiny.do("correct", moved, "investment=35000", "--note", note, by="bureau01")
    told = tiny.run("confirm", moved, "6", by="bureau02").stderr
    assert told == "提示：第 7 笔更正随之失效：更正的是同一内容；仍要更正的，重新提出\n"
    lapsed = "  ✗ 更正　　第 7 笔更正已随第 8 笔（确认第 6 笔更正）失效"
    assert lapsed in tiny.fails("confirm", moved, "7", by="bureau02")[1].splitlines()
    assert (
        lapsed in tiny.fails("decline", moved, "7", "--note", "重", by="bureau02")[1].splitlines()
    )
    again = tiny.fails("confirm", moved, "6", by="bureau02")[1]
    assert "第 6 笔更正已由第 8 笔确认" in again
    assert "第 2 笔不是待确认的更正" in tiny.fails("confirm", moved, "2", by="bureau02")[1]


def test_a_document_is_asked_for_before_somebody_confirms(tiny: Tiny, moved: str) -> None:
    """Where a step no longer holds and no return leads past it, the proposal, the to-do, the sheet
    and the dry run of the confirmation say that a document is needed.
    """
    tiny.do("advance", moved, "close", "--note", "不办了", by="bureau01")
    dry = tiny.do("correct", moved, "investment=2000", "--note", "错", "--dry-run", by="bureau01")
    need = "“转入规划选址”（第 5 笔）的条件不再成立，又没有退回可办：确认须凭文件"
    assert need in dry
    assert "办后待 市招商局 的另一人确认，才生效" in dry
    assert need in tiny.do("correct", moved, "investment=2000", "--note", "错", by="bureau01")
    assert need in tiny.do("show", moved)
    assert need in tiny.do("todo", by="bureau02")
    tiny.write("决定.pdf", "决定")
    on_paper = ("confirm", moved, "--note", "议定", "--file", "决定.pdf")
    assert need in tiny.do(*on_paper, "--dry-run", by="bureau02")
    assert tiny.fails("confirm", moved, by="bureau02")[1].startswith(
        f"不能办理：{moved} 剑瓷文化体验街区　确认更正 总投资\n"
        "  ✗ 理由　　“转入规划选址”（第 5 笔）更正后条件不再成立，又没有退回可办，须凭文件补正\n"
    )
    done = tiny.do(*on_paper, by="bureau02")
    assert f"确认更正 {LOW}（第 7 笔）（凭 决定.pdf）：议定" in done
    assert need not in done


def test_a_return_is_announced_before_somebody_confirms(tiny: Tiny, moved: str) -> None:
    """Where a return leads past it, it is named before; and after, as what is to be done."""
    step = "“转入规划选址”（第 5 笔）的条件不再成立"
    need = f"{step}：确认后须先退回重办，才能往下办（退回补正（send_back））"
    assert f"  ! {need}\n" in tiny.do(
        "correct", moved, "investment=2000", "--note", "错", by="bureau01"
    )
    assert need in tiny.do("show", moved)
    assert need in tiny.do("todo", by="bureau02")
    assert need in tiny.do("confirm", moved, "--dry-run", by="bureau02")
    assert tiny.asks("confirm", moved, by="bureau02")["needs"] == [
        f"{step}，须先退回重办，才能往下办（退回补正（send_back））"
    ]


def test_only_what_is_judged_otherwise_is_listed(tiny: Tiny, moved: str) -> None:
    """Places that only use what is corrected are counted, machines get them all; a slip leaves the
    opinions standing and says nothing of them.
    """
    words = ("correct", moved, "investment=35000", "--note", "漏计")
    told = tiny.do(*words, by="bureau01")
    assert told == (
        f"已办理：{moved}　剑瓷文化体验街区　提请更正 {CHANGE}：漏计　待牵头单位确认\n"
        "  · “转入规划选址”（第 5 笔）的会签以 总投资 为据，须重新会签\n"
        "  · 另有 1 处只是用到，判定不变\n"
        f"  待 市招商局 的另一人确认　lifecycle confirm {moved} 6\n"
    )
    slip = tiny.asks(*words, "--slip", by="bureau01")
    assert slip["changes"] == [
        "“转入规划选址”（第 5 笔）须有 总投资",
        "“转入规划选址”（第 5 笔）的会签以 总投资 为据，须重新会签",
    ]
    tiny.do("decline", moved, "7", "--note", "另提", by="bureau01")
    told = tiny.do(*words, "--slip", by="bureau01")
    assert "须重新会签" not in told
    assert "  · 有 2 处只是用到，判定不变\n" in told


def test_the_log_tells_what_was_entered(tiny: Tiny) -> None:
    """Facts are told with their values, and with those that were there before."""
    number = tiny.opened("investment=32000")
    first = tiny.do("set", number, "area=42", "x_units=wenwu", by="bureau01")
    assert "填报 用地面积 42 亩；x 部门名单 市文物局" in first
    second = tiny.do("set", number, "investment=33000", "tags=茶旅", by="bureau01")
    assert "填报 总投资 32000 万元 → 33000 万元；标签 茶旅" in second
    log = tiny.do("log", number)
    assert "填报 用地面积 42 亩；x 部门名单 市文物局" in log
    assert "填报 总投资 32000 万元 → 33000 万元；标签 茶旅" in log
    assert "立项" not in tiny.do("log", number, "--after", "2")
    assert "填报 总投资 32000 万元 → 33000 万元" in tiny.do("log", number, "--after", "2")


def test_whoever_goes_on_learns_that_a_correction_waits(tiny: Tiny, moved: str) -> None:
    """Who would make the next step reads in `todo`, `show` and `why` that a correction waits, of
    what, for whose word, and by which command that is given; who gives it has that as a task. Once
    it is settled nobody is told.
    """
    tiny.do("correct", moved, "investment=35000", "--note", "漏计", by="bureau01")
    waits = f"第 6 笔更正（{CHANGE}）待 市招商局（bureau01 以外的人） 确认或不同意"
    command = f"lifecycle confirm {moved} 6"
    assert f"；{waits}：{command}\n" in tiny.do("todo", by="planning01")
    assert f"  ! 更正　　{waits}　{command}\n" in tiny.do("why", moved, by="planning01")
    assert command in tiny.do("show", moved, by="planning01")
    assert tiny.asks("why", moved, by="planning01")["pending"] == [
        {
            "seq": 6,
            "change": CHANGE,
            "note": "漏计",
            "whose": "市招商局（bureau01 以外的人）",
            "confirm": command,
            "decline": f"lifecycle decline {moved} 6 --note …",
        }
    ]
    assert tiny.do("todo", by="bureau02").count("笔更正") == 0
    tiny.do("decline", moved, "--note", "无误", by="bureau02")
    assert "更正" not in tiny.do("todo", by="planning01")
    assert "更正" not in tiny.do("why", moved, by="planning01")


def test_the_same_correction_proposed_again_says_what_became_of_it(tiny: Tiny, moved: str) -> None:
    """While it waits nothing changes, and whose word it waits for is told; once it was declined it
    is recorded anew, and by which entry it was declined, and why, is told.
    """
    again = ("correct", moved, "investment=35000", "--note", "漏计")
    tiny.do(*again, by="bureau01")
    assert tiny.do(*again, by="bureau01") == (
        f"{moved}　剑瓷文化体验街区　没有变化：同样的更正已提请（第 6 笔），"
        f"待 市招商局 的另一人确认　lifecycle confirm {moved} 6\n"
    )
    answer = tiny.asks(*again, by="bureau01")
    assert (answer["unchanged"], answer["proposal"], answer["entry"]) == (True, 6, None)
    tiny.do("decline", moved, "--note", "原数无误", by="bureau02")
    declined = "同样的更正提请过（第 6 笔），已由第 7 笔决定不予更正：原数无误"
    answer = tiny.asks(*again, by="bureau01")
    assert (answer["proposal"], answer["hints"]) == (
        8,
        [{"kind": "declined", "message": declined}],
    )


def test_a_correction_that_waits_has_no_day(tiny: Tiny, moved: str) -> None:
    """No rule says by when it is confirmed: it is not overdue with the state, and stands among what
    has no day, after what has one.
    """
    tiny.do("correct", moved, "investment=35000", "--note", "漏计", by="bureau01")
    tiny.opened(name="乙", on="2026-09-01")
    tasks = tiny.asks("todo", by="bureau02")["tasks"]
    found = [(one["kind"], one["group"], one["due_on"]) for one in tasks]
    assert found[-1] == ("confirm", "none", None)
    assert [kind for kind, group, _day in found if group == "overdue"] == ["supply"]
    assert tiny.asks("audit", by="bureau02")["findings"] == []
