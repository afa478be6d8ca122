"""What a unit said on an earlier day is recorded with the reason why only now: else whoever is late
with an opinion would not be, by a date. Through every door through which an opinion comes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from paper_office import Paper, fonts
from tiny_office import Tiny

TODAY = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
"""20 October 2026, ten in the morning in Beijing: the founding was on 30 September."""
BEFORE = ("--on", "2026-10-12")
WHY = ("--because", "当日外出踏勘")
TOLD = "意见是 2026-10-12 的，2026-10-20 才录入：须写明为什么补录"
MEND = "加 --because 理由"


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give an office three weeks after its founding, with a second officer of land."""
    made = Tiny(tmp_path, monkeypatch).founded()
    made.do("officer", "add", "land02", "副科长", "--unit", "land", "--role", "land", by="admin")
    made.now = TODAY
    return made


def opened(tiny: Tiny) -> str:
    """Open a case on an earlier day that lacks but its opinions."""
    return tiny.opened("investment=32000", "x_units=wenwu", on="2026-10-08")


def told_late(tiny: Tiny, number: str) -> bool:
    """Tell whether the log says when the last entry was recorded, and why not before."""
    return "（2026-10-20 补录：当日外出踏勘）" in tiny.do("log", number).splitlines()[-1]


def test_ones_own_opinion_of_another_day_needs_the_reason(tiny: Tiny) -> None:
    """Without it nothing is recorded; with it the entry and the log have it, and the audit is
    clean.
    """
    number = opened(tiny)
    sign = ("sign", number, "to_siting", "agree", *BEFORE)
    code, message = tiny.fails(*sign, by="land01")
    assert (code, TOLD in message, MEND in message) == (1, True, True)
    assert tiny.fails(*sign, "--because", " ", by="land01")[0] == 1
    tiny.do(*sign, *WHY, by="land01")
    intent = tiny.asks("log", number)["entries"][-1]["intent"]
    assert intent["occurred_on"] == "2026-10-12"
    assert intent["actor"] == {"id": "land01", "unit": "land", "because": "当日外出踏勘"}
    assert told_late(tiny, number)
    assert tiny.run("audit").exit_code == 0


@pytest.mark.parametrize("why", ["…", "\u200b", "病假\x1b[31m", "长" * 10_001])
def test_a_reason_is_a_text_like_any_other(tiny: Tiny, why: str) -> None:
    """Not what stands in examples, nothing that cannot be seen or that alters a screen, not a
    book; nothing is recorded.
    """
    number = opened(tiny)
    sign = ("sign", number, "to_siting", "agree", *BEFORE)
    code, message = tiny.fails(*sign, "--because", why, by="land01")
    assert (code, message.startswith("补录的理由")) == (1, True), message
    assert len(tiny.asks("log", number)["entries"]) == 1


def test_what_is_said_today_has_no_such_reason(tiny: Tiny) -> None:
    """Of the day itself there is nothing to explain; what is refused all the same says all of
    it.
    """
    number = opened(tiny)
    sign = ("sign", number, "to_siting", "agree")
    for on in ((), ("--on", "2026-10-20")):
        code, message = tiny.fails(*sign, *on, *WHY, by="land01")
        assert (code, message.splitlines()[0]) == (1, "--because 只用于补录以前的日子")
    tiny.do(*sign, by="land01")
    message = tiny.fails("sign", number, "to_siting", "object", *BEFORE, by="wenwu01")[1]
    assert f"办理日 2026-10-12 早于 {number} 上一条记录的 2026-10-20" in message


def test_both_reasons_are_told_at_once(tiny: Tiny) -> None:
    """An objection without its reason, recorded late without one, lacks both."""
    number = opened(tiny)
    message = tiny.fails("sign", number, "to_siting", "object", *BEFORE, by="land01")[1]
    assert (TOLD in message, "须写明不同意的理由" in message) == (True, True)


@pytest.mark.parametrize(
    "words",
    [
        ("sign", "{n}", "to_siting", "agree", *BEFORE),
        ("sign", "{n}", "转入规划选址", "同意", *BEFORE, "--json"),
        ("sign", "{n}", "to_siting", "agree", *BEFORE, "--dry-run"),
        ("sign", "表.csv", "to_siting", "agree", *BEFORE),
        ("sign", "-", "to_siting", "agree", *BEFORE, "--all-or-nothing"),
        ("sign", "{n}", "to_siting", "agree", *BEFORE, "--request-id", "late"),
    ],
    ids=" ".join,
)
def test_no_way_of_signing_is_spared_it(tiny: Tiny, words: tuple[str, ...]) -> None:
    """One by one, in a table, from standard input, as a machine, beforehand, or under an id."""
    number = opened(tiny)
    tiny.write("表.csv", f"编号\n{number}\n")
    given = [word.format(n=number) for word in words]
    refused = tiny.run(*given, by="land01", text=f"{number}\n")
    assert (refused.exit_code, TOLD in refused.output) == (1, True), refused.output
    done = tiny.run(*given, *WHY, by="land01", text=f"{number}\n")
    assert done.exit_code == 0, done.output


def test_a_deputy_says_why_too(tiny: Tiny) -> None:
    """Whoever signs for another; and who records what another had said, as ever."""
    tiny.now = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)
    tiny.do("officer", "delegate", "land02", "--until", "2026-12-31", by="land01")
    tiny.now = TODAY
    number = opened(tiny)
    sign = ("sign", number, "to_siting", "agree", *BEFORE)
    assert TOLD in tiny.fails(*sign, "--for", "land01", by="land02")[1]
    assert "没有说明为什么由别人补录" in tiny.fails(*sign, "--done-by", "land01", by="land02")[1]
    tiny.do(*sign, "--for", "land01", *WHY, by="land02")
    actor = tiny.asks("log", number)["entries"][-1]["intent"]["actor"]
    assert (actor["for"], actor["because"]) == ("land01", "当日外出踏勘")
    assert tiny.run("audit").exit_code == 0


def test_what_withdraws_or_settles_an_opinion_is_one(tiny: Tiny) -> None:
    """An objection that is settled, and an opinion that is withdrawn, on an earlier day."""
    number = opened(tiny)
    tiny.do("sign", number, "to_siting", "object", "--note", "权属", *BEFORE, *WHY, by="land01")
    settle = ("resolve", number, "to_siting", "land", "--note", "已理清", *BEFORE)
    assert TOLD in tiny.fails(*settle, by="bureau01")[1]
    tiny.do(*settle, *WHY, by="bureau01")
    withdraw = ("withdraw", number, "to_siting", *BEFORE)
    message = tiny.fails(*withdraw, by="land01")[1]
    assert (TOLD in message, "须写明撤回的理由" in message) == (True, True)
    tiny.do(*withdraw, "--note", "再议", *WHY, by="land01")
    assert told_late(tiny, number)
    assert tiny.run("audit").exit_code == 0


def test_what_is_said_anew_on_a_correction_is_one(tiny: Tiny) -> None:
    """Agreeing late on what was corrected needs the reason, and so does settling an objection to
    it.
    """
    number = tiny.ready()
    for words, by in (
        (("advance", number, "to_siting"), "bureau01"),
        (("correct", number, "investment=31000", "--note", "算错"), "bureau01"),
        (("confirm", number), "bureau02"),
    ):
        tiny.do(*words, by=by)
    (correction,) = {task["command"].split()[3] for task in tiny.asks("todo", by="land01")["tasks"]}
    tiny.now = datetime(2026, 10, 30, 2, 0, tzinfo=UTC)
    late = ("--on", "2026-10-22")
    sign = ("sign", number, correction, "object", "--note", "不妥", *late)
    assert "须写明为什么补录" in tiny.fails(*sign, by="land01")[1]
    tiny.do(*sign, *WHY, by="land01")
    settle = ("resolve", number, correction, "land", "--note", "已说明", *late)
    assert "须写明为什么补录" in tiny.fails(*settle, by="bureau02")[1]
    tiny.do(*settle, *WHY, by="bureau02")
    assert tiny.run("audit").exit_code == 0


def test_what_is_done_late_is_no_opinion(tiny: Tiny) -> None:
    """Facts, files and asks of an earlier day are recorded as before, with a reason or without; an
    ask counts from its recording all the same.
    """
    number = opened(tiny)
    tiny.do("set", number, "investment=31000", *BEFORE, by="bureau01")
    report = tiny.write("报告.pdf", "选址论证")
    tiny.do("attach", number, "report", report, *BEFORE, *WHY, by="planning01")
    assert told_late(tiny, number)
    assert tiny.run("audit").exit_code == 0


def test_an_answer_that_carries_an_opinion_needs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A letter is answered late without a word of why; the opinion in the answer is not."""
    fonts()
    paper = Paper(tmp_path, monkeypatch).founded()
    number = paper.opened("investment=32000", "owner_unit=owner", "x_units=wenwu", on="2026-09-30")
    report = paper.write("报告.pdf", "选址论证")
    paper.do("attach", number, "report", report, by="planning01")
    paper.do("advance", number, "ask", by="bureau01")
    paper.issued(number, "consultation")
    paper.now = datetime(2026, 10, 9, 2, 0, tzinfo=UTC)
    file, late = paper.write("复函.txt", "同意"), ("--on", "2026-10-08")
    reply = ("notice", "reply", number, "1号", "--file", file, *late)
    message = paper.fails(*reply[:4], "同意", *reply[4:], by="land01")[1]
    assert "意见是 2026-10-08 的，2026-10-09 才录入" in message
    paper.do(*reply, by="wenwu01")
    paper.do(*reply[:4], "同意", *reply[4:], *WHY, by="land01")
    assert paper.findings() == []
