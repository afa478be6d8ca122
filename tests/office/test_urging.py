"""A record that urges (催办) is on the list of whoever makes it once a limit has passed, until it
was made: the officer who has to urge is not the one who is late.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tiny_office import TINY, Tiny

from lifecycle import places

URGE = (
    "  - {name: urge, title: 催办, kind: record, from: [scouting, siting, paused],"
    " by: bureau, reason: required, urges: true}\n"
)
LIMIT = "    limits: [{title: 公告满二十日,"
ARRIVAL = (
    "    limits: [{title: 组织到访, in: 20, unit: workday, done: note_visit, inner: true,"
    " basis: 内部承诺}, {title: 公告满二十日,"
)


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give a small office in which the bureau urges whoever is late, in siting 15 workdays after
    2026-10-09, 29 October (Saturday the 10th is worked), and again five workdays later.
    """
    text = (TINY / "workflows" / "visit.yaml").read_text(encoding="utf-8")
    text = text.replace("lights:\n", URGE + "lights:\n", 1).replace(LIMIT, ARRIVAL, 1)
    text = text.replace(
        "kind: record, from: scouting, by: bureau, asks: [people]}",
        "kind: record, from: [scouting, siting], by: planning, asks: [people]}",
    )
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "visit.yaml").write_text(text, encoding="utf-8")
    made = Tiny(tmp_path, monkeypatch)
    monkeypatch.setattr(places, "workflows", lambda: rules)
    return made.founded()


def sited(tiny: Tiny) -> str:
    """Take a case to siting on 9 October 2026, which is a Friday."""
    number = tiny.ready()
    tiny.now += timedelta(days=9)
    tiny.do("advance", number, "to_siting", by="bureau01")
    return number


def urging(tiny: Tiny, officer: str = "bureau01", *more: str) -> list[tuple[str, str, str]]:
    """Give what an officer is to urge: how late it is, since which day, and in which words."""
    return [
        (task["group"], task["due_on"], task["text"])
        for task in tiny.asks("todo", *more, by=officer)["tasks"]
        if task["transition"] == "urge"
    ]


FIRST = ("overdue", "2026-10-29", "可办 催办（期限“规划选址”已过，限 2026-10-29）")
SECOND = ("overdue", "2026-11-05", "可办 催办（期限“组织到访”已过，限 2026-11-05）")


def test_who_urges_is_told_once_a_limit_has_passed(tiny: Tiny) -> None:
    """Not on its last day, but on the next; and nobody else is told, be they late themselves."""
    number = sited(tiny)
    tiny.now += timedelta(days=20)
    assert (tiny.now.date().isoformat(), urging(tiny)) == ("2026-10-29", [])
    tiny.now += timedelta(days=1)
    assert urging(tiny) == [FIRST]
    assert urging(tiny, "bureau02") == [FIRST]
    assert urging(tiny, "planning01") == []
    (task,) = [t for t in tiny.asks("todo", by="bureau01")["tasks"] if t["transition"] == "urge"]
    assert task["command"] == f"lifecycle advance {number} urge --note …"
    assert tiny.run("audit").exit_code == 0


def test_who_has_urged_urges_again_for_the_next_limit_only(tiny: Tiny) -> None:
    """Made once it is off the list; the next limit that passes puts it there again; taken back,
    it is there as before.
    """
    number = sited(tiny)
    tiny.now += timedelta(days=25)
    assert urging(tiny) == [FIRST]
    tiny.do("advance", number, "urge", "--note", "请尽快选址", by="bureau01")
    assert urging(tiny) == []
    tiny.do("take-back", number, "urge", "--note", "发错", by="bureau01")
    assert urging(tiny) == [FIRST]
    tiny.do("advance", number, "urge", "--note", "请尽快选址", by="bureau01")
    tiny.now += timedelta(days=4)
    assert urging(tiny) == [SECOND]
    tiny.do("advance", number, "urge", "--note", "请尽快组织到访", by="bureau02")
    tiny.now += timedelta(days=40)
    assert urging(tiny) == []
    assert tiny.run("audit").exit_code == 0


def test_what_was_urged_before_its_last_day_is_over_is_urged_again(tiny: Tiny) -> None:
    """Made on the last day of a limit, it was for none that had passed; made on the next, it was
    for this one.
    """
    number = sited(tiny)
    tiny.now += timedelta(days=20)
    tiny.do("advance", number, "urge", "--note", "今天到期", by="bureau01")
    tiny.now += timedelta(days=1)
    assert urging(tiny) == [FIRST]
    tiny.do("advance", number, "urge", "--note", "已经到期", by="bureau01")
    assert urging(tiny) == []
    assert tiny.run("audit").exit_code == 0


def test_what_was_done_or_stands_still_is_not_urged(tiny: Tiny) -> None:
    """Neither a limit that was met, nor one that a suspension stops; and after a return those of
    the stage gone back to.
    """
    number = sited(tiny)
    tiny.now += timedelta(days=5)
    tiny.do("advance", number, "suspend", "--note", "暂缓", by="bureau01")
    tiny.now += timedelta(days=60)
    assert urging(tiny) == []
    tiny.do("advance", number, "go_on", by="bureau01")
    assert urging(tiny) == []
    tiny.do("advance", number, "send_back", "--note", "补正", by="planning01")
    tiny.now += timedelta(days=30)
    assert [(group, told) for group, _day, told in urging(tiny)] == [
        ("overdue", f"可办 催办（期限“考察导入”已过，限 {urging(tiny)[0][1]}）")
    ]


def test_it_is_told_of_a_day_that_was_and_to_a_deputy(tiny: Tiny) -> None:
    """Looked at as of a day on which it was not made yet; and by whoever acts for an officer."""
    number = sited(tiny)
    tiny.do("officer", "delegate", "bureau02", "--until", "2026-12-31", by="bureau01")
    tiny.now += timedelta(days=25)
    assert urging(tiny, "bureau02") == [FIRST]
    tiny.do("advance", number, "urge", "--note", "请尽快选址", "--for", "bureau01", by="bureau02")
    assert urging(tiny) == []
    assert urging(tiny, "bureau01", "--on", "2026-11-02") == [FIRST]
    assert urging(tiny, "bureau01", "--on", "2026-10-29") == []


def test_ones_own_limit_is_not_urged(tiny: Tiny) -> None:
    """What only those who urge can end is their own task, and told as that."""
    text = (tiny.folder / "rules" / "visit.yaml").read_text(encoding="utf-8")
    text = text.replace("by: planning, asks: [people]}", "by: bureau, asks: [people]}")
    tiny.write("own.yaml", text.replace("version: 1", "version: 2"))
    tiny.do("workflow", "publish", "own.yaml", by="admin")
    number = sited(tiny)
    tiny.now += timedelta(days=25)
    tiny.do("advance", number, "urge", "--note", "请尽快选址", by="bureau01")
    tiny.now += timedelta(days=10)
    assert urging(tiny) == []


def test_nobody_urges_after_the_end(tiny: Tiny) -> None:
    """A case that has ended waits for nobody."""
    number = sited(tiny)
    tiny.now += timedelta(days=25)
    assert urging(tiny) == [FIRST]
    tiny.do("advance", number, "close", "--note", "投资方放弃", by="bureau01")
    assert urging(tiny) == []
