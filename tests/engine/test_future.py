"""A date lies on or before the day of the act that enters it, unless its fact may lie in the
future: by whatever door it comes.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_office import Tiny

WORKFLOW = """
workflow: works
title: 工程登记
version: 1
basis: 测试
number: GC-{serial:03}
subject: name
opened_by: bureau
roles: {bureau: 市招商局}
facts:
  name: {title: 名称, type: text, required: true}
  started_on: {title: 开工日, type: date}
  surveyed_on: {title: 勘察日, type: date}
  finish_due_on: {title: 约定竣工日, type: date, future: yes}
  paid_on: {title: 各期付款日, type: list, of: date}
  dues_on: {title: 各期约定付款日, type: list, of: date, future: true}
states:
  going: {title: 在办, lead: bureau}
  done: {title: 办结, final: true}
transitions:
  - {name: start, title: 开工, kind: record, from: going, by: bureau, may: [started_on]}
  - {name: finish, title: 办结, from: going, to: done, by: bureau}
"""
TODAY, TOMORROW = "2026-09-30", "2026-10-01"
"""The office's clock stands still."""


@pytest.fixture
def works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """An office with a workflow that has dates of both kinds, and one case of it, GC-001."""
    tiny = Tiny(tmp_path, monkeypatch).founded()
    tiny.write("works.yaml", WORKFLOW)
    tiny.do("workflow", "publish", "works.yaml", by="admin")
    tiny.do("open", "works", "--set", "name=甲", "--on", "2026-09-01", by="bureau01")
    return tiny


DOORS = [
    ("open", "works", "--set", "name=乙", "--set", f"surveyed_on={TOMORROW}"),
    ("set", "GC-001", f"surveyed_on={TOMORROW}"),
    ("set", "GC-001", f"各期付款日={TODAY}、{TOMORROW}"),
    ("advance", "GC-001", "start", "--set", f"started_on={TOMORROW}"),
    ("advance", "GC-001", "start", "--set", f"started_on={TOMORROW}", "--dry-run"),
]


@pytest.mark.parametrize("door", DOORS, ids=" ".join)
def test_b3_what_has_not_happened_cannot_be_entered(works: Tiny, door: tuple[str, ...]) -> None:
    """B3: tomorrow as the day on which something was done is refused, with the latest day that may
    be entered; nothing is recorded.
    """
    before = works.asks("show", "GC-001")["case"]
    code, message = works.fails(*door, by="bureau01")
    assert code == 1
    assert f"{TOMORROW}，最迟 {TODAY}（不能填办理之日以后的日子）" in message
    assert works.asks("show", "GC-001")["case"] == before


def test_b3_a_correction_is_no_way_around(works: Tiny) -> None:
    """B3: the day is refused in a correction, and by machines, with the same words."""
    works.do("advance", "GC-001", "start", "--set", f"started_on={TODAY}", by="bureau01")
    wrong = ("correct", "GC-001", f"started_on={TOMORROW}", "--note", "写错")
    assert f"开工日 {TOMORROW}，最迟 {TODAY}" in works.fails(*wrong, by="bureau01")[1]
    error = works.asks(*wrong, by="bureau01")["error"]
    assert error["kind"] == "refused"
    gate = next(gate for gate in error["details"]["gates"] if not gate["met"])
    assert gate["text"].startswith(f"开工日 {TOMORROW}，最迟 {TODAY}")
    assert (gate["given"], gate["wanted"]) == (f"开工日 {TOMORROW}", f"最迟 {TODAY}")


def test_a_faulty_date_is_not_told_to_be_there(works: Tiny) -> None:
    """The refusal of a transition says once of a date that it may not be, and not that it was
    given.
    """
    wrong = ("advance", "GC-001", "start", "--set", f"started_on={TOMORROW}")
    told = works.fails(*wrong, by="bureau01")[1]
    assert told.count("开工日") == 1


def test_b3_nor_is_acting_for_another(works: Tiny) -> None:
    """B3: who acts by delegation is judged by the same day."""
    works.do("officer", "delegate", "bureau02", "--until", "2026-12-31", "--as", "bureau01")
    wrong = ("set", "GC-001", f"surveyed_on={TOMORROW}", "--for", "bureau01")
    assert f"最迟 {TODAY}" in works.fails(*wrong, by="bureau02")[1]


@pytest.mark.parametrize("door", DOORS[:4], ids=" ".join)
def test_today_can_be_entered(works: Tiny, door: tuple[str, ...]) -> None:
    """The day of the act itself is not in its future."""
    works.do(*(part.replace(TOMORROW, TODAY) for part in door), by="bureau01")


def test_the_day_of_the_act_counts(works: Tiny) -> None:
    """What is recorded late lies before the day on which it happened, not before today."""
    late = ("set", "GC-001", f"surveyed_on={TODAY}", "--on", "2026-09-10")
    assert "最迟 2026-09-10" in works.fails(*late, by="bureau01")[1]


def test_what_was_agreed_may_lie_ahead(works: Tiny) -> None:
    """A fact that says `future: yes` takes any day, alone or in a list."""
    works.do(
        "set",
        "GC-001",
        f"finish_due_on={TOMORROW}",
        "各期约定付款日=2027-01-01、2028-01-01",
        by="bureau01",
    )
    facts = works.asks("show", "GC-001")["facts"]
    assert facts["finish_due_on"] == TOMORROW
    assert facts["dues_on"] == ["2027-01-01", "2028-01-01"]


def test_each_line_of_a_table_is_judged_so(works: Tiny) -> None:
    """A table is no way around: its line is refused with the same words, the others are done."""
    works.do("open", "works", "--set", "name=乙", by="bureau01")
    for title, verb in (("勘察日", ("set", "a.csv")), ("开工日", ("advance", "a.csv", "start"))):
        works.write("a.csv", f"编号,{title}\nGC-001,{TOMORROW}\nGC-002,{TODAY}\n")
        told = works.do_not(*verb, by="bureau01")
        assert f"{title} {TOMORROW}，最迟 {TODAY}" in told
        assert "已办理 1 件，未办理 1 件" in told


def test_an_audit_holds_entries_to_it(works: Tiny) -> None:
    """What the rule allows is judged again without a finding."""
    works.do("set", "GC-001", f"surveyed_on={TODAY}", f"finish_due_on={TOMORROW}", by="bureau01")
    assert works.asks("audit")["findings"] == []
