"""The cases B1 to B5 and B9 through every other door: nobody is late who was not asked, what is
done is done, suspended days do not count, and a day in the past is told as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tiny_office import TINY, Tiny

from lifecycle import places

UNASKED = ("quorum: all, asked: entering,", "quorum: all,")


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give a small office whose day is 2026-09-30; entering the first state asks."""
    return Tiny(tmp_path, monkeypatch).founded()


@pytest.fixture
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give one in which nobody is asked unless by somebody."""
    text = (TINY / "workflows" / "visit.yaml").read_text(encoding="utf-8")
    assert UNASKED[0] in text
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "visit.yaml").write_text(text.replace(*UNASKED), encoding="utf-8")
    made = Tiny(tmp_path, monkeypatch)
    monkeypatch.setattr(places, "workflows", lambda: rules)
    return made.founded()


def opened(tiny: Tiny) -> str:
    """Open a case today that lacks but its opinions."""
    facts = ("investment=32000", "owner_unit=owner", "x_units=wenwu")
    number = tiny.opened(*facts, on="2026-09-30")
    tiny.do("attach", number, "report", tiny.write("报告.pdf", "选址论证"), by="planning01")
    return number


def days_pass(tiny: Tiny, days: int) -> None:
    """Let days go by."""
    tiny.now = tiny.now + timedelta(days=days)


def owed(tiny: Tiny, officer: str) -> list[tuple[str, str | None]]:
    """Give what an officer is asked to sign: its kind of lateness and its day."""
    return [
        (task["group"], task["due_on"])
        for task in tiny.asks("todo", by=officer)["tasks"]
        if task["kind"] == "sign"
    ]


def told_late(tiny: Tiny, number: str) -> str:
    """Give all that a case's page and judgement say."""
    return tiny.do("show", number) + tiny.do("why", number, "to_siting", by="bureau01")


# ── B1: asked, then the clock ──


def added(tiny: Tiny, number: str) -> None:
    tiny.do("set", number, "x_units=wenwu、xiao", by="bureau01")


def changed(tiny: Tiny, number: str) -> None:
    tiny.do("set", number, "investment=33000", by="bureau01")


def paused(tiny: Tiny, number: str) -> None:
    tiny.do("advance", number, "suspend", "--note", "暂缓", by="bureau01")
    days_pass(tiny, 5)
    tiny.do("advance", number, "go_on", by="bureau01")


def signed_and_withdrawn(tiny: Tiny, number: str) -> None:
    tiny.do("sign", number, "to_siting", "agree", by="land01")
    tiny.do("withdraw", number, "to_siting", "--note", "再议", by="land01")


def renamed(tiny: Tiny, _number: str) -> None:
    tiny.do("unit", "change", "land", "--title", "市自然资源和规划局", by="admin")


@pytest.mark.parametrize("act", [added, changed, paused, signed_and_withdrawn, renamed])
def test_b1_who_was_not_asked_is_not_late(quiet: Tiny, act: Callable[[Tiny, str], None]) -> None:
    """B1: whatever is done to the case, and however long it lies, a unit that nobody asked owes
    nothing; once asked, in bulk, it owes from that day.
    """
    number = opened(quiet)
    days_pass(quiet, 30)
    act(quiet, number)
    days_pass(quiet, 30)
    assert "逾期未反馈" not in told_late(quiet, number)
    assert owed(quiet, "land01") == []
    quiet.write("表.csv", f"编号\n{number}\n")
    quiet.do("ask", "表.csv", "to_siting", by="bureau01")
    [(group, due_on)] = owed(quiet, "land01")
    assert (group, str(due_on) > quiet.now.date().isoformat()) == ("week", True)


def test_b1_b2_one_unit_late_makes_no_other_late(quiet: Tiny) -> None:
    """B1, B2: only land was asked, a late recording asks on the day it is recorded; each to-do has
    its own day, and the case's own limit does not stand before it.
    """
    number = opened(quiet)
    days_pass(quiet, 12)
    ask = ("ask", number, "to_siting", "--to", "国土", "--on", "2026-09-30")
    quiet.do(*ask, by="bureau01")
    assert owed(quiet, "land01") == [("week", "2026-10-19")]
    days_pass(quiet, 8)
    assert (owed(quiet, "land01"), owed(quiet, "wenwu01")) == ([("overdue", "2026-10-19")], [])
    assert [row["number"] for row in quiet.asks("list", "--overdue")["cases"]] == [number]
    told = told_late(quiet, number)
    assert "缺 国土 的同意意见（逾期未反馈，限 2026-10-19" in told
    assert "缺 市文物局 的同意意见" in told


def test_b2_who_speaks_anew_sees_its_own_day(tiny: Tiny) -> None:
    """B2: after a correction in a later state, the day by which a unit speaks anew is in its to-do,
    on the list of what is late, and on the board.
    """
    number = tiny.ready()
    tiny.do("advance", number, "to_siting", by="bureau02")
    tiny.do("correct", number, "investment=33000", "--note", "漏计", by="bureau01")
    tiny.do("confirm", number, by="bureau02")
    assert owed(tiny, "wenwu01") == [("later", "2026-10-13")]
    days_pass(tiny, 14)
    assert owed(tiny, "wenwu01") == [("overdue", "2026-10-13")]
    [row] = tiny.asks("list", "--overdue")["cases"]
    assert (row["number"], row["due_on"], row["light"]) == (number, "2026-10-13", "yellow")
    [board] = tiny.asks("board")["workflows"]
    lights = {one["state"]: one["lights"] for one in board["states"]}
    assert lights["siting"] == {"green": 0, "yellow": 1, "red": 0}


# ── B3: dates, and what is done ──


@pytest.mark.parametrize("day", ["2026-10-01", "2199-01-01"])
@pytest.mark.parametrize("door", ["set", "table", "stdin", "open", "correct", "late"])
def test_b3_no_door_takes_a_day_to_come(tiny: Tiny, door: str, day: str) -> None:
    """B3: a fact that does not lie in the future is refused a day after that of the act, also where
    the act is of an earlier day.
    """
    number = opened(tiny)
    tiny.write("表.csv", f"编号,公告日\n{number},{day}\n")
    value = f"announced_on={day}"
    late = ("set", number, "announced_on=2026-09-30", "--on", "2026-09-29")
    words = {
        "set": ("set", number, value),
        "table": ("set", "表.csv"),
        "stdin": ("set", "-", value),
        "open": ("open", "visit", "--set", "name=乙", "--set", value),
        "correct": ("correct", number, value, "--note", "填错"),
        "late": late,
    }[door]
    answer = tiny.run(*words, by="bureau01", text=f"{number}\n")
    assert answer.exit_code == 1, answer.output
    assert "announced_on" not in tiny.asks("show", number)["facts"]


# ── B4: suspended days do not count ──


@pytest.mark.parametrize("door", ["once", "bulk", "late", "twice"])
def test_b4_suspended_days_do_not_count_however_it_was_suspended(tiny: Tiny, door: str) -> None:
    """B4: from 8 to 15 October six workdays do not count: in bulk, recorded late, or in two
    parts.
    """
    number = opened(tiny)
    suspend, resume = ("suspend", "--note", "暂缓"), ("go_on",)
    tiny.write("表.csv", f"编号\n{number}\n")
    what = "表.csv" if door == "bulk" else number
    if door == "late":
        days_pass(tiny, 20)
        tiny.do("advance", number, *suspend, "--on", "2026-10-08", by="bureau01")
        tiny.do("advance", number, *resume, "--on", "2026-10-15", by="bureau01")
    else:
        days_pass(tiny, 8)
        tiny.do("advance", what, *suspend, by="bureau01")
        days_pass(tiny, 4)
        if door == "twice":
            tiny.do("advance", what, *resume, by="bureau01")
            tiny.do("advance", what, *suspend, by="bureau01")
        days_pass(tiny, 3)
        tiny.do("advance", what, *resume, by="bureau01")
    shown = tiny.asks("show", number)
    assert [(one["title"], one["due_on"]) for one in shown["limits"]] == [
        ("考察导入", "2026-10-28")
    ]


# ── B5: a day in the past as it was ──


def seen(tiny: Tiny, number: str, on: str) -> dict[str, Any]:
    """Give what is told of a case as of a day, the same by the replay."""
    shown: dict[str, Any] = tiny.asks("show", number, "--on", on)
    replayed = tiny.do("replay", number, "--at", on)
    assert shown["stage"] in replayed
    return shown


def test_b5_what_was_taken_back_was_there_on_its_day(tiny: Tiny) -> None:
    """B5: a record, a fact, a file and an opinion that were taken back since are told of the days
    on which they stood, to officers and to conditions.
    """
    number = opened(tiny)
    tiny.do("advance", number, "note_visit", "--set", "people=3", by="bureau01")
    tiny.do("set", number, "kind=文旅", by="bureau01")
    tiny.do("attach", number, "letter", tiny.write("函.pdf", "邀请"), by="bureau01")
    tiny.do("sign", number, "to_siting", "agree", by="wenwu01")
    days_pass(tiny, 3)
    tiny.do("take-back", number, "note_visit", "--note", "误记", by="bureau01")
    tiny.do("clear", number, "kind", "--note", "误填", by="bureau01")
    tiny.do("detach", number, "letter", "--note", "误传", by="bureau01")
    tiny.do("withdraw", number, "to_siting", "--note", "再议", by="wenwu01")
    then, now = seen(tiny, number, "2026-09-30"), tiny.asks("show", number)
    for what in ("people", "kind"):
        assert (what in then["facts"], what in now["facts"]) == (True, False)
    assert [set(one["case"]["materials"]) for one in (then, now)] == [
        {"report", "letter"},
        {"report"},
    ]
    assert [len(one["case"]["opinions"]) for one in (then, now)] == [1, 0]
    for on, found in (("2026-09-30", [number]), ("2026-10-03", [])):
        rows = tiny.asks("list", "--on", on, "--where", "people == 3 and kind == '文旅'")["cases"]
        assert [row["number"] for row in rows] == found


@pytest.mark.parametrize("verb", ["show", "list", "board", "todo"])
def test_b5_no_view_looks_into_the_future(tiny: Tiny, verb: str) -> None:
    """B5: tomorrow is refused by every view; a day before the opening shows nothing of it."""
    number = opened(tiny)
    given = (verb, number) if verb == "show" else (verb,)
    assert tiny.run(*given, "--on", "2026-10-01", by="bureau01").exit_code == 1
    early = tiny.run(*given, "--on", "2026-09-29", by="bureau01")
    assert (early.exit_code, number in early.stdout) == (1 if verb == "show" else 0, False)


@pytest.mark.parametrize("words", [("log", "{n}"), ("search", "剑瓷")], ids=["log", "search"])
def test_b5_what_knows_no_day_takes_none(tiny: Tiny, words: tuple[str, ...]) -> None:
    """B5: what does not look back says so, and where to look, and does not answer with today."""
    number = opened(tiny)
    given = [word.format(n=number) for word in words]
    code, told = tiny.fails(*given, "--on", "2026-09-30", by="bureau01")
    assert (code, "--on 日期" in told) == (2, True)
    assert number in tiny.do(*given, by="bureau01")


def test_b5_a_return_and_the_way_again_are_told_of_their_days(tiny: Tiny) -> None:
    """B5: where the case was on each day, though it has been there twice."""
    number = tiny.ready()
    tiny.do("advance", number, "to_siting", by="bureau02")
    days_pass(tiny, 2)
    tiny.do("advance", number, "send_back", "--note", "重报", by="planning01")
    days_pass(tiny, 2)
    states = {on: seen(tiny, number, on)["state"] for on in ("2026-09-03", "2026-09-30")}
    states |= {on: seen(tiny, number, on)["state"] for on in ("2026-10-02", "2026-10-04")}
    assert states == {
        "2026-09-03": "scouting",
        "2026-09-30": "siting",
        "2026-10-02": "scouting",
        "2026-10-04": "scouting",
    }
    [board] = tiny.asks("board", "--on", "2026-10-01")["workflows"]
    assert {one["state"]: one["count"] for one in board["states"]}["siting"] == 1
