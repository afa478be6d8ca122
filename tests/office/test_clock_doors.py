"""Other doors to what falls due: several cases at once, effects, other cases that keep something,
records that feed themselves, periods that cannot be opened.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from linked_office import LinkedOffice

from lifecycle.ledger import register

HEAD = """workflow: {name}
title: {name}
version: 1
basis: 内部承诺
number: {upper}-{{year}}-{{serial:03}}
subject: name
roles: {{bureau: 市招商局, land: 国土}}
"""
NAME = "  name: {title: 名称, type: text, required: true}\n"
AFTER = "after: {in: %d, unit: day, basis: 内部承诺}"
LEAD = f"""opened_by: bureau
facts:
{NAME}
states:
  held: {{title: 占用, lead: bureau}}
  free: {{title: 释放}}
  gone: {{title: 失效, final: true}}
transitions:
  - {{name: release, title: 释放, from: held, to: free, by: clock, {AFTER % 5}}}
  - {{name: close, title: 谈成, from: held, to: gone, by: bureau}}
  - {{name: drop, title: 失效, from: free, to: gone, by: bureau}}
  - {{name: rest, title: 停, kind: record, from: held, by: [use.both]}}
"""
USE = f"""opened_by: bureau
facts:
{NAME}
  lead: {{title: 线索, type: case, workflow: lead, required: true}}
states:
  open: {{title: 待用, lead: bureau}}
  won: {{title: 用上, final: true}}
transitions:
  - {{name: look, title: 看, kind: record, from: open, by: bureau}}
  - name: win
    title: 用上
    from: open
    to: won
    by: clock
    {AFTER % 7}
    needs: {{guards: [{{when: lead.state == 'STATE', else: 线索不对}}]}}
"""


def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **flows: str) -> LinkedOffice:
    """Give an office with some workflows, on Monday 7 September 2026."""
    rules = tmp_path / "given"
    rules.mkdir()
    for name, text in flows.items():
        head = HEAD.format(name=name, upper=name.upper())
        (rules / f"{name}.yaml").write_text(head + text, "utf-8")
    home = tmp_path / "office"
    home.mkdir()
    return LinkedOffice(home, monkeypatch, rules=str(rules))


def opened(there: LinkedOffice, workflow: str, **facts: str) -> str:
    """Open a case, and give its number."""
    given = {"name": "甲", **facts}
    words = [word for name, value in given.items() for word in ("--set", f"{name}={value}")]
    return there.do("open", workflow, *words, by="b1").strip()


def made(there: LinkedOffice, number: str) -> list[tuple[str, str, str]]:
    """List by whom, on which day, which transitions of a case were made."""
    intents: list[dict[str, Any]] = [one["intent"] for one in there.asks("log", number)["entries"]]
    return [(i["actor"]["id"], i["occurred_on"], i["transition"]) for i in intents[1:]]


@pytest.mark.parametrize("slept", [True, False])
def test_cases_fall_due_in_the_order_of_their_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, slept: bool
) -> None:
    """What reads a case that fell due before sees it so, whether the clock slept or not."""
    there = office(tmp_path, monkeypatch, lead=LEAD, use=USE.replace("STATE", "held"))
    lead = opened(there, "lead")
    use = opened(there, "use", lead=lead)
    for day in () if slept else range(8, 21):
        there.at(f"2026-09-{day:02}")
        there.do("tick")
    there.at("2026-09-21")
    there.do("tick")
    assert made(there, lead) == [("clock", "2026-09-12", "release")]
    assert made(there, use) == []
    assert there.findings() == []


def test_what_another_case_kept_is_made_when_it_does_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the day on which that is seen; until then it is told as waiting."""
    there = office(tmp_path, monkeypatch, lead=LEAD, use=USE.replace("STATE", "gone"))
    lead = opened(there, "lead")
    use = opened(there, "use", lead=lead)
    there.at("2026-09-18")
    assert len(there.asks("tick")["waiting"]) == 1
    there.do("advance", lead, "drop", by="b1")
    there.at("2026-09-19")
    there.do("tick")
    assert made(there, use) == [("clock", "2026-09-19", "win")]
    assert there.findings() == []
    assert there.asks("replay", use)["ok"] is True


def test_a_case_is_as_another_ones_clock_has_left_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is due elsewhere and moves a case is made before any act on that, as `show` has it."""
    site = f"""opened_by: bureau
facts:
{NAME}
states:
  free: {{title: 可用, lead: bureau}}
  barred: {{title: 停用, lead: bureau}}
  sold: {{title: 售出, final: true}}
transitions:
  - {{name: bar, title: 停用, from: free, to: barred, by: ban.strike}}
  - {{name: sell, title: 售出, from: [free], to: sold, by: bureau}}
  - {{name: back, title: 复用, kind: return, from: barred, to: free, by: bureau}}
"""
    ban = f"""opened_by: bureau
facts:
{NAME}
  site: {{title: 地块, type: case, workflow: site, required: true}}
states:
  open: {{title: 公示, lead: bureau}}
  done: {{title: 生效, final: true}}
transitions:
  - name: strike
    title: 生效
    from: open
    to: done
    by: clock
    {AFTER % 3}
    does: {{on: site, transition: bar}}
"""
    there = office(tmp_path, monkeypatch, site=site, ban=ban)
    number = opened(there, "site")
    opened(there, "ban", site=number)
    there.at("2026-09-14")
    assert there.asks("show", number)["state"] == "barred"
    assert "现为“停用”" in there.refusal("advance", number, "sell", "--dry-run", by="b1")[0]
    assert "现为“停用”" in there.refusal("advance", number, "sell", by="b1")[0]
    assert made(there, number) == [("clock", "2026-09-10", "bar")]
    assert there.findings() == []


def test_effects_that_exclude_each_other_are_no_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each could be done alone, both cannot: it is not made, told as waiting, and nobody is to
    blame.
    """
    use = USE.replace("STATE", "held").replace(
        "needs: {guards: [{when: lead.state == 'held', else: 线索不对}]}",
        "does: [{on: lead, transition: end}, {on: lead, transition: rest}]",
    )
    lead = LEAD.replace("use.both", "use.win")
    lead += "  - {name: end, title: 结, from: held, to: gone, by: use.win}\n"
    lead = lead.replace(f"{AFTER % 5}", f"{AFTER % 500}")
    there = office(tmp_path, monkeypatch, lead=lead, use=use)
    use_of = opened(there, "use", lead=opened(there, "lead"))
    there.at("2026-09-21")
    assert [one["lacks"] for one in there.asks("tick")["waiting"]] == [["带动的事项办不成"]]
    there.do("advance", use_of, "look", by="b1")
    assert there.findings() == []


@pytest.mark.parametrize("first", ["in: 0", "in: 7"])
def test_a_record_that_feeds_itself_is_made_once_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """It ends, however long the clock slept, and goes on tomorrow."""
    loop = f"""opened_by: bureau
facts:
{NAME}
  since: {{title: 起, type: date}}
states:
  open: {{title: 开, lead: bureau}}
  done: {{title: 完, final: true}}
transitions:
  - {{name: start, title: 起, kind: record, from: open, by: bureau, sets: {{since: opened_on}}}}
  - name: urge
    title: 催
    kind: record
    from: open
    by: clock
    after: {{{first}, unit: day, since: since, basis: 内部承诺}}
    sets: {{since: opened_on}}
  - {{name: end, title: 完, from: open, to: done, by: bureau}}
"""
    there = office(tmp_path, monkeypatch, loop=loop)
    number = opened(there, "loop")
    there.do("advance", number, "start", by="b1")
    there.at("2026-09-16")
    there.do("tick")
    days = [on for who, on, _name in made(there, number) if who == "clock"]
    assert days == sorted(set(days))
    assert days[-1] == "2026-09-16"
    assert there.findings() == []


REVIEW = f"""opening:
  by: [clock, bureau]
  needs: {{guards: [{{when: same|count == 0, else: 同期已有}}]}}
every:
  quarter: {{in: 5, unit: workday, opens: review, facts: {{name: before.code}}, basis: 内部承诺}}
facts:
{NAME}
collections:
  same: {{title: 同期的, over: review, where: name == this.name}}
states:
  open: {{title: 评议中, lead: bureau}}
  done: {{title: 完, final: true}}
transitions:
  - {{name: end, title: 完, from: open, to: done, by: bureau}}
"""


def test_a_period_that_cannot_be_opened_is_told_and_no_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An officer was first; `tick` says what stands in the way."""
    there = office(tmp_path, monkeypatch, review=REVIEW)
    number = opened(there, "review", name="2026Q3")
    there.at("2026-10-20")
    (one,) = there.asks("tick")["waiting"]
    assert (one["title"], one["due_on"]) == ("2026年第四季度", "2026-10-13")
    assert "同期已有" in one["lacks"][0]
    there.do("advance", number, "end", by="b1")
    assert there.findings() == []


def test_a_calendar_put_right_later_judges_nothing_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was due is judged by the calendar of then."""
    there = office(tmp_path, monkeypatch, review=REVIEW)
    number = opened(there, "review", name="另")
    there.at("2026-10-12")
    opened(there, "review", name="又")
    there.at("2026-10-13")
    there.do("advance", number, "end", by="b1")
    year = '  "2026": {announced: true, basis: 试, holidays: [10-01], workdays: []}'
    there.put_calendar(year)
    assert there.findings() == []


def test_a_time_longer_than_its_period_loses_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new version between leaves out no period, nor does the first publication."""
    monthly = REVIEW.replace("quarter: {in: 5, unit: workday", "month: {in: 40, unit: day")
    there = office(tmp_path, monkeypatch, review=monthly.replace("before.code", "period.code"))
    there.at("2026-10-05")
    path = there.rules / "review.yaml"
    path.write_text(path.read_text("utf-8").replace("version: 1", "version: 2"), "utf-8")
    there.do("workflow", "publish", "rules/review.yaml", by="admin")
    there.at("2026-11-20")
    there.do("tick")
    found = [(one["title"], one["entered_on"]) for one in there.asks("list")["cases"]]
    assert found == [
        ("2026-08", "2026-09-09"),
        ("2026-09", "2026-10-10"),
        ("2026-10", "2026-11-09"),
    ]
    assert there.findings() == []


def test_the_name_of_a_period_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary entry that bears it is found."""
    there = office(tmp_path, monkeypatch, review=REVIEW)
    with monkeypatch.context() as patch:
        patch.setattr(register, "_see_own_name", lambda _name: None)
        words = ("--set", "name=另", "--request-id", "every:review.quarter:2026Q4")
        there.do("open", "review", *words, by="b1")
    told = "记录号是按期自动立项的，记录却不是"
    assert ("due", "REVIEW-2026-001", told) in there.findings()
