"""What depends on the day is worked out when somebody looks: lights whose condition reads `today`,
and the day by which each department owes its opinion.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from tiny_office import NOW, Tiny

WORKFLOW = """
workflow: watch
title: 值守
version: 1
basis: 测试
number: ZS-{serial:03}
subject: name
opened_by: bureau
roles: {bureau: 市招商局}
facts:
  name: {title: 名称, type: text, required: true}
  until_on: {title: 截止日, type: date, future: yes}
states:
  going: {title: 在办, lead: bureau}
  done: {title: 办结, final: true}
transitions:
  - {name: finish, title: 办结, from: going, to: done, by: bureau}
lights:
  - {light: yellow, title: 临近截止, when: "today >= days_after(until_on, -3)", basis: 测试}
  - {light: red, title: 已过截止, when: "today > until_on and today < days_after(until_on, 5)", basis: 测试}
"""  # noqa: E501


def at_ten(day: int) -> datetime:
    """Give ten in the morning in Beijing on a day of September."""
    return NOW.replace(day=day)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, home: Home) -> Iterator[Tiny]:
    """Make an office with lights that change by themselves: one case due on the 10th and one that
    says no day, both opened on the 1st; nothing is recorded after.
    """
    with pytest.MonkeyPatch.context() as patch:
        tiny = Tiny(tmp_path_factory.mktemp("watched"), patch, home)
        tiny.now = at_ten(1)
        tiny.founded()
        tiny.write("watch.yaml", WORKFLOW)
        tiny.do("workflow", "publish", "watch.yaml", by="admin")
        facts = ("--set", "name=甲", "--set", "until_on=2026-09-10")
        tiny.do("open", "watch", *facts, by="bureau01")
        tiny.do("open", "watch", "--set", "name=乙", by="bureau01")
        yield tiny


@pytest.fixture
def tiny(watched: Tiny, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give it, its folder the present one."""
    monkeypatch.chdir(watched.folder)
    return watched


DAYS = [(6, "green"), (7, "yellow"), (10, "yellow"), (11, "red"), (14, "red"), (15, "yellow")]


@pytest.mark.parametrize(("day", "light"), DAYS)
@pytest.mark.parametrize("back", [False, True], ids=["today", "looking back"])
def test_b9_a_light_that_reads_today_is_right(tiny: Tiny, day: int, light: str, back: bool) -> None:
    """B9: such a light is that of the day in show, list, search and board, be it today or a day
    looked back at, though nothing was recorded since; it goes out again too.
    """
    tiny.now = at_ten(30 if back else day)
    on = ("--on", f"2026-09-{day:02}") if back else ()
    assert tiny.asks("show", "ZS-001", *on)["light"] == light
    assert [row["light"] for row in tiny.asks("list", *on)["cases"]] == [light, "green"]
    (found,) = tiny.asks("board", *on)["workflows"]
    lights = {"green": 1, "yellow": 0, "red": 0}
    lights[light] += 1
    assert found["states"][0]["lights"] == lights
    if not back:
        assert tiny.asks("search", "甲")["cases"][0]["light"] == light


# ── The day by which a department owes its opinion ──


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Tiny:
    """Give an office with one case, opened on the 1st: opinions are owed by the 8th, the state's
    own limit is the 15th.
    """
    tiny = Tiny(tmp_path, monkeypatch, home)
    tiny.now = at_ten(1)
    tiny.founded()
    sets = ("name=剑瓷", "owner_unit=owner", "x_units=wenwu")
    words = [word for one in sets for word in ("--set", one)]
    tiny.do("open", "visit", *words, by="bureau01")
    return tiny


def looked(tiny: Tiny) -> dict[str, Any]:
    """Look at the case in every way that has days."""
    (task,) = tiny.asks("todo", by="wenwu01")["tasks"]
    (row,) = tiny.asks("list")["cases"]
    (board,) = tiny.asks("board")["workflows"]
    shown = tiny.asks("show", "剑瓷")
    return {
        "todo": (task["due_on"], task["group"]),
        "list": (row["due_on"], row["overdue"], row["light"]),
        "overdue": len(tiny.asks("list", "--overdue")["cases"]),
        "board": board["states"][0]["lights"],
        "show": (shown["due_on"], shown["light"]),
        "opinions": {(one["status"], one["due_on"]) for one in shown["opinions"]},
    }


def test_b2_an_opinion_is_due_by_its_own_day(asked: Tiny) -> None:
    """B2: on the day at the limit it is due today and nothing is late; on the day after it is
    overdue in todo, list, board, show and for machines, though the state's own limit is a week off.
    """
    asked.now = at_ten(8)
    assert looked(asked) == {
        "todo": ("2026-09-08", "today"),
        "list": ("2026-09-08", False, "green"),
        "overdue": 0,
        "board": {"green": 1, "yellow": 0, "red": 0},
        "show": ("2026-09-08", "green"),
        "opinions": {("awaited", "2026-09-08")},
    }
    assert "待反馈（限 2026-09-08）" in asked.do("show", "剑瓷")
    assert asked.do("todo", by="wenwu01").startswith("今天到期\n")
    asked.now = at_ten(9)
    assert looked(asked) == {
        "todo": ("2026-09-08", "overdue"),
        "list": ("2026-09-08", True, "yellow"),
        "overdue": 1,
        "board": {"green": 0, "yellow": 1, "red": 0},
        "show": ("2026-09-08", "yellow"),
        "opinions": {("overdue", "2026-09-08")},
    }
    assert "逾期未反馈（限 2026-09-08）" in asked.do("show", "剑瓷")


def test_b2_the_limit_of_others_is_not_that_of_who_has_spoken(asked: Tiny) -> None:
    """Who has spoken owes nothing; the case is late until the last has, then its own limit runs."""
    asked.now = at_ten(9)
    asked.do("sign", "剑瓷", "to_siting", "agree", by="wenwu01")
    assert asked.asks("todo", by="wenwu01")["tasks"] == []
    assert asked.asks("list")["cases"][0]["overdue"] is True
    asked.do("sign", "剑瓷", "to_siting", "agree", by="land01")
    (row,) = asked.asks("list")["cases"]
    assert (row["due_on"], row["overdue"], row["light"]) == ("2026-09-15", False, "green")


def test_b2_each_task_stands_under_its_own_day(asked: Tiny) -> None:
    """A case that asks by several days comes once for each: the opinion first, and what is due
    later after what others ask before that; each heading is printed once, each task once.
    """
    asked.do("officer", "grant", "bureau01", "land", by="admin")
    asked.do("unit", "change", "bureau", "--function", "bureau", "--function", "land", by="admin")
    asked.now = at_ten(4)
    asked.do("open", "visit", "--set", "name=温泉", by="bureau02")
    asked.now = at_ten(9)
    tasks = asked.asks("todo", by="bureau01")["tasks"]
    assert [(t["number"], t["kind"], t["due_on"], t["group"]) for t in tasks] == [
        ("KC-2026-001", "sign", "2026-09-08", "overdue"),
        ("KC-2026-002", "sign", "2026-09-11", "week"),
        ("KC-2026-001", "supply", "2026-09-15", "week"),
        ("KC-2026-002", "supply", "2026-09-18", "later"),
    ]
    told = asked.do("todo", by="bureau01")
    assert [told.count(head) for head in ("已逾期\n", "七日内到期", "七日以后到期")] == [1, 1, 1]


def test_a_provisional_limit_is_called_so_though_an_opinion_is_due_before(tiny: Tiny) -> None:
    """The day that is told after an entry is that of the limit, and so is whether it is
    provisional: the day of an opinion, asked for and certain, has no say in it.
    """
    tiny.rest_until(datetime(2026, 12, 21, 2, 0, tzinfo=UTC))
    sets = ("name=剑瓷", "owner_unit=owner", "x_units=wenwu")
    words = [word for one in sets for word in ("--set", one)]
    tiny.do("open", "visit", *words, by="bureau01")
    shown = tiny.asks("show", "剑瓷")
    assert (shown["due_on"], shown["provisional"]) == ("2026-12-28", False)
    (limit,) = shown["limits"]
    assert (limit["due_on"], limit["provisional"]) == ("2027-01-05", True)
    told = tiny.do("advance", "剑瓷", "note_visit", "--set", "people=3", by="bureau01")
    assert "，限 2027-01-05 前（暂定）\n" in told
