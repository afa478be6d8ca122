"""The cases B2 and B9 through other doors: a light that reads `today` is that of the day on which
somebody looks, whatever was recorded and however; a unit's own day is the same wherever it is told.
"""

from __future__ import annotations

import csv
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
  word: {title: 情况, type: text}
states:
  going: {title: 在办, lead: bureau}
  paused: {title: 中止, lead: bureau}
  done: {title: 办结, final: true}
transitions:
  - {name: note, title: 登记, kind: record, from: going, by: bureau}
  - {name: again, title: 退回重办, kind: return, from: going, to: going, by: bureau, reason: required}
  - {name: pause, title: 中止, kind: suspend, from: going, to: paused, by: bureau}
  - {name: go_on, title: 恢复, kind: resume, from: paused, to: previous, by: bureau}
  - {name: finish, title: 办结, from: going, to: done, by: bureau}
lights:
  - {light: yellow, title: 临近截止, when: "today >= days_after(until_on, -3)", basis: 测试}
  - {light: red, title: 已过截止, when: "today > until_on", basis: 测试}
"""  # noqa: E501
CASE = "ZS-001"


def on_the(tiny: Tiny, day: int) -> None:
    """Let it be ten in the morning on a day of September."""
    tiny.now = NOW.replace(day=day)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Tiny:
    """Give an office with one case due on the 10th, opened on the 1st, in each home."""
    made = Tiny(tmp_path, monkeypatch, home)
    on_the(made, 1)
    made.founded()
    made.write("watch.yaml", WORKFLOW)
    made.do("workflow", "publish", "watch.yaml", by="admin")
    made.do("open", "watch", "--set", "name=甲", "--set", "until_on=2026-09-10", by="bureau01")
    return made


def lights(tiny: Tiny, *on: str) -> set[str]:
    """Give the colours that show, list and board tell of the case."""
    (row,) = tiny.asks("list", *on)["cases"]
    (board,) = tiny.asks("board", *on)["workflows"]
    kept = [state["lights"] for state in board["states"] if state["lights"]]
    there = {light for found in kept for light, count in found.items() if count}
    return {tiny.asks("show", CASE, *on)["light"], row["light"]} | there


def recorded_late(tiny: Tiny) -> None:
    tiny.do("set", CASE, "word=巡查", "--on", "2026-09-02", by="bureau01")


def in_bulk(tiny: Tiny) -> None:
    tiny.do("set", "-", "word=巡查", by="bureau01", text=f"{CASE}\n")


def by_a_deputy(tiny: Tiny) -> None:
    tiny.do("officer", "delegate", "bureau02", "--until", "2026-12-31", by="bureau01")
    tiny.do("advance", CASE, "note", "--for", "bureau01", by="bureau02")


def taken_back(tiny: Tiny) -> None:
    tiny.do("advance", CASE, "note", by="bureau01")
    tiny.do("take-back", CASE, "note", "--note", "误记", by="bureau01")


def returned(tiny: Tiny) -> None:
    tiny.do("advance", CASE, "again", "--note", "重办", by="bureau01")


def paused_and_resumed(tiny: Tiny) -> None:
    tiny.do("advance", CASE, "pause", by="bureau01")
    tiny.do("advance", CASE, "go_on", by="bureau01")


@pytest.mark.parametrize(
    "act", [recorded_late, in_bulk, by_a_deputy, taken_back, returned, paused_and_resumed]
)
def test_b9_no_entry_keeps_a_light_as_it_was(watched: Tiny, act: Any) -> None:
    """B9: what is recorded on the 5th, when it is green, does not keep it green on the 8th, nor
    yellow on the 11th; looked back at, each day has its own.
    """
    on_the(watched, 5)
    act(watched)
    assert lights(watched) == {"green"}
    on_the(watched, 8)
    assert lights(watched) == {"yellow"}
    on_the(watched, 11)
    assert lights(watched) == {"red"}
    for day, light in (("05", "green"), ("08", "yellow"), ("11", "red")):
        assert lights(watched, "--on", f"2026-09-{day}") == {light}
    assert watched.run("audit").exit_code == 0


def test_b9_a_corrected_date_changes_the_light_of_today_only(watched: Tiny) -> None:
    """B9: a date that is entered anew moves the light from then on; as recorded before, it is what
    it was.
    """
    on_the(watched, 11)
    watched.do("set", CASE, "until_on=2026-09-20", by="bureau01")
    assert lights(watched) == {"green"}
    assert lights(watched, "--on", "2026-09-10") == {"yellow"}
    on_the(watched, 21)
    assert lights(watched) == {"red"}


def test_b9_what_is_exported_and_filtered_is_of_the_day(watched: Tiny) -> None:
    """B9: a file of the list, and a suspended case, have the light of the day, too."""
    on_the(watched, 6)
    watched.do("advance", CASE, "pause", by="bureau01")
    on_the(watched, 12)
    assert lights(watched) == {"red"}
    watched.do("list", "--csv", "表.csv")
    with (watched.folder / "表.csv").open(encoding="utf-8-sig", newline="") as file:
        head, row = csv.reader(file)
    assert dict(zip(head, row, strict=True))["灯"].startswith("红")


# ── B2: a unit's own day, wherever it is told ──


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give an office with one case, opened on the 1st: opinions are owed by the 8th."""
    made = Tiny(tmp_path, monkeypatch)
    on_the(made, 1)
    made.founded()
    sets = ("name=剑瓷", "owner_unit=owner", "x_units=wenwu")
    words = [word for one in sets for word in ("--set", one)]
    made.do("open", "visit", *words, by="bureau01")
    return made


def owed(tiny: Tiny, officer: str, *on: str) -> list[tuple[str, str | None]]:
    """Give how late an officer is with opinions, and their days."""
    tasks = tiny.asks("todo", *on, by=officer)["tasks"]
    return [(task["group"], task["due_on"]) for task in tasks if task["kind"] == "sign"]


LATE = ("overdue", "2026-09-08")


def test_b2_a_deputy_sees_the_day_of_the_unit(asked: Tiny) -> None:
    """B2: by delegation the task has the unit's day, until either of them has signed."""
    asked.do("officer", "delegate", "planning01", "--until", "2026-12-31", by="land01")
    on_the(asked, 9)
    assert owed(asked, "planning01") == [LATE]
    asked.do("sign", "剑瓷", "to_siting", "agree", "--for", "land01", by="planning01")
    assert (owed(asked, "planning01"), owed(asked, "land01")) == ([], [])


def test_b2_what_is_withdrawn_is_owed_by_the_same_day(asked: Tiny) -> None:
    """B2: an opinion that is withdrawn after its day is late at once, in to-do, list, light and
    export.
    """
    asked.do("sign", "剑瓷", "to_siting", "agree", by="land01")
    on_the(asked, 9)
    assert owed(asked, "land01") == []
    asked.do("withdraw", "剑瓷", "to_siting", "--note", "再议", by="land01")
    assert (owed(asked, "land01"), owed(asked, "wenwu01")) == ([LATE], [LATE])
    (row,) = asked.asks("list", "--overdue")["cases"]
    assert (row["due_on"], row["light"]) == ("2026-09-08", "yellow")
    asked.do("list", "--overdue", "--csv", "逾期.csv")
    assert "2026-09-08" in (asked.folder / "逾期.csv").read_text("utf-8-sig")


def test_b2_what_is_said_late_was_late_before(asked: Tiny) -> None:
    """B2: an opinion of the 7th that is recorded on the 10th is on time from then on; as it was
    recorded on the 9th, the unit was late.
    """
    on_the(asked, 10)
    late = ("--on", "2026-09-07", "--because", "外出")
    asked.do("sign", "剑瓷", "to_siting", "agree", *late, by="land01")
    assert (owed(asked, "land01"), owed(asked, "wenwu01")) == ([], [LATE])
    then = ("--on", "2026-09-09", "--as-recorded-at", "2026-09-09 18:00")
    assert owed(asked, "land01", *then) == [LATE]
