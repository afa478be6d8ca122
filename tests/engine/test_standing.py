"""Time limits: when they begin, what ends them, and which day a list goes by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import small

from lifecycle.engine.case import Case, Edition, Fired, PastEdition
from lifecycle.engine.clock.standing import open_limits, running_limits, stand
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.engine.world.workdays import Calendar
from lifecycle.insight.outlook import tasks_of
from lifecycle.ledger.rows.task_rows import tasks_now
from lifecycle.workflow.reader import read_workflow

PROJECT = read_workflow(
    (Path(__file__).parents[2] / "workflows" / "project.yaml").read_bytes(), "project.yaml"
)
CALENDAR = Calendar("0" * 64, {})


def case_in(state: str, **facts: tuple[str, int]) -> Case:
    """Make a case in a state since 1 June 2026, entered with entry 45, with facts as (value, number
    of the entry that set it).
    """
    return Case(
        id="c",
        number="LS-F-2026-001",
        workflow=PROJECT.digest,
        title="甲",
        state=state,
        seq=99,
        head="",
        opened_on="2026-01-05",
        entered_on="2026-06-01",
        last_on="2026-06-01",
        last_at="",
        facts={name: value for name, (value, _) in facts.items()},
        changed={name: n for name, (_, n) in facts.items()},
        materials={},
        opinions={},
        fired={},
        editions={name: Edition(1, 1, n) for name, (_, n) in facts.items()},
        entered={state: 45},
    )


def titles(case: Case) -> set[str]:
    """Name the limits that are open."""
    return {item.limit.title for item in open_limits(PROJECT, case, CALENDAR)}


def test_a_limit_begins_with_its_first_day() -> None:
    """A limit that counts from a fact is not open before the fact is known."""
    assert titles(case_in("listing")) == set()
    dealt = case_in("listing", deal_on=("2026-08-03", 50))
    assert titles(dealt) == {"公布出让结果", "退还未竞得人保证金", "签订出让合同"}
    assert stand(PROJECT, dealt, CALENDAR).due_on == "2026-08-10"


def test_works_may_begin_before_they_are_due() -> None:
    """What was due on a day and done before it is done: an early start leaves no limit open."""
    waiting = {"start_due_on": ("2026-08-31", 40)}
    assert titles(case_in("construction", **waiting)) == {"约定开工"}
    begun = case_in("construction", **waiting, started_on=("2026-08-20", 60))
    assert titles(begun) == set()


@pytest.mark.parametrize(
    ("state", "fact", "title"),
    [
        ("intent", "loi_valid_to", "意向书有效期届满"),
        ("construction", "start_due_on", "约定开工"),
        ("construction", "new_start_due_on", "延期后开工"),
    ],
)
def test_a_day_that_was_agreed_is_the_last_day(state: str, fact: str, title: str) -> None:
    """In project.yaml a letter of intent is valid up to and on its day, works begin in time on the
    day agreed, be it a holiday.
    """
    saturday = "2026-08-15"
    found = open_limits(PROJECT, case_in(state, **{fact: (saturday, 60)}), CALENDAR)
    assert {item.limit.title: item.due.on for item in found}[title] == date(2026, 8, 15)


def test_an_earlier_round_ends_no_limit() -> None:
    """The result of a first deal does not meet the limit that the second deal begins."""
    deal = {"deal_on": ("2026-08-03", 50)}
    assert "公布出让结果" in titles(case_in("listing", **deal, result_on=("2026-05-08", 30)))
    assert "公布出让结果" not in titles(case_in("listing", **deal, result_on=("2026-08-06", 55)))


@pytest.mark.parametrize(("seq", "open_"), [(44, True), (45, True), (46, False)])
def test_a_transition_ends_a_limit_of_its_stay(seq: int, open_: bool) -> None:
    """A limit that counts from entering the state is ended by a transition of this stay: not by an
    earlier one, be it of the same day, nor by the one that led here.
    """
    made = Fired(1, "2026-06-01", seq, ("bureau01",))
    case = replace(case_in("intent"), fired={"sign_loi": made})
    found = [item.limit for item in open_limits(PROJECT, case, CALENDAR)]
    assert (PROJECT.states["intent"].due in found) is open_


def entered_twice(name: str, by: str, first: str, second: str) -> Case:
    """Make a case in 建设 for which a transition entered a fact twice since it is there."""
    case = case_in("construction", **{name: (second, 60)})
    before = PastEdition(Edition(1, 2, 50, by), first)
    editions = {name: Edition(2, 2, 60, by)}
    return replace(case, past={name: (before,)}, editions=editions)


@pytest.mark.parametrize(
    ("name", "by", "title", "since"),
    [
        ("permit_on", "record_permit", "领证后开工", "2026-06-10"),
        ("new_start_due_on", "extend", "延期后开工", "2026-09-10"),
        ("land_start_due_on", "supplement", "动工开发（满一年未动工为闲置）", "2026-09-10"),
    ],
)
def test_what_is_approved_prolongs_and_what_is_registered_does_not(
    name: str, by: str, title: str, since: str
) -> None:
    """In project.yaml a permit registered again does not restart 建筑法 9; an extension that was
    approved, and a supplementary agreement, count from the new day.
    """
    case = entered_twice(name, by, "2026-06-10", "2026-09-10")
    found = {item.limit.title: item.since for item in open_limits(PROJECT, case, CALENDAR)}
    assert found[title] == since


def test_a_stop_of_works_is_reported_within_the_month() -> None:
    """建筑法 10: the month from stopping the works is done by the report, made while they stand
    still; what was reported before does not count.
    """
    stopped = case_in("stopped")
    assert titles(stopped) == {"停工"}
    for seq, left in ((44, {"停工"}), (46, set[str]())):
        report = Fired(1, "2026-06-01", seq, ("owner001",))
        assert titles(replace(stopped, fired={"report_stop": report})) == left


def test_verification_counts_from_its_acceptance() -> None:
    """规划核实 is not due before the application for it was accepted."""
    assert titles(case_in("acceptance")) == set()
    accepted = {"accepted_for_verification_on": ("2026-06-03", 50)}
    assert titles(case_in("acceptance", **accepted)) == {"规划核实"}
    verified = case_in("acceptance", **accepted, planning_verified_on=("2026-06-20", 60))
    assert titles(verified) == set()


def test_a_final_state_has_no_limits() -> None:
    """A closed case is due on no day and has no light."""
    standing = stand(PROJECT, case_in("completed"), CALENDAR)
    assert (standing.due_on, standing.light(date(2030, 1, 1).isoformat())) == (None, "green")


# ── While a case is suspended ──

STATUTORY = """lead: LEAD, limits: [
      {title: 法定, in: 3, unit: day, roll: none, basis: 某法},
      {title: 停得, in: 2, unit: day, roll: none, stops: true, basis: 某法},
      {title: 自定, in: 1, unit: day, roll: none, inner: true, basis: 内部承诺}],"""


def suspended(lead: str = "bureau") -> small.Desk:
    """Give a case with statutory limits that is suspended on the day on which it was opened."""
    text = small.TEXT.replace("lead: bureau, due: {in: 10", f"{STATUTORY} due: {{in: 10")
    made = small.Desk(text=text.replace("LEAD", lead))
    made.do(small.BUREAU, small.Advance("pause", "暂缓"))
    return made


def limits(made: small.Desk) -> dict[str, tuple[str, str]]:
    """Map the limits that run to the states they are of and their days."""
    assert made.case is not None
    found = running_limits(made.workflow, made.case, CALENDAR)
    return {item.limit.title: (item.state, item.due.on.isoformat()) for item in found}


def test_a_statutory_limit_of_the_state_left_is_told() -> None:
    """Rule 10: what does not stop while the case is suspended runs, and every view that goes by
    days says so: the next day due, the list of what is overdue, the lead's to-do.
    """
    made = suspended()
    assert made.case is not None
    assert limits(made) == {"法定": ("first", "2026-03-05")}
    assert stand(made.workflow, made.case, CALENDAR).due_on == "2026-03-05"
    days = {row.due_on for row in tasks_now(made.workflow, made.case, CALENDAR)}
    assert days == {"2026-03-05"}
    made.do(small.BUREAU, small.Advance("resume"))
    assert set(limits(made)) == {"法定", "停得", "自定", "甲环节"}


def test_the_lead_of_the_state_left_is_told_that_it_is_overdue() -> None:
    """Though another makes the case go on, and the suspended state has no lead."""
    made = suspended("land")
    assert made.case is not None
    rows = tasks_now(made.workflow, made.case, CALENDAR)
    assert ("lead", "land", "2026-03-05") in {(row.kind, row.role, row.due_on) for row in rows}
    for days, told in ((3, []), (4, ["甲环节 已逾期（限 2026-03-05）"])):
        made.on = small.START + timedelta(days=days)
        found = tasks_of(made.workflow, made.case, small.LAND, Moment(made.on, CALENDAR))
        assert [task.text for task in found] == told
    others = tasks_of(made.workflow, made.case, small.FINANCE, Moment(made.on, CALENDAR))
    assert list(others) == []


OWN = """
workflow: own
title: 各有期限
version: 1
basis: 测试
number: GY-{year}-{serial:03}
subject: name
opened_by: bureau
roles: {bureau: 招商局, land: 国土, finance: 财政}
facts:
  name: {title: 名称, type: text, required: true}
  paid_on: {title: 付清日, type: date, by: [land]}
materials:
  report: {title: 报告, keep: 10y, by: [finance]}
states:
  first:
    title: 甲环节
    lead: bureau
    due: {in: 10, unit: day, basis: 测试, roll: none}
    limits: [{title: 付清, in: 5, unit: day, done: paid_on, basis: 测试, roll: none}]
  done: {title: 办结, final: true}
transitions:
  - {name: go, title: 办结, from: first, to: done, by: bureau, needs: {materials: [report]}}
"""


def test_each_is_told_by_when_they_do_what_is_theirs() -> None:
    """What ends a limit is due on the day of that for whoever supplies it; the state's limit is the
    lead's; who is waited for without a limit of their own is late with nothing.
    """
    made = small.Desk(text=OWN, first={"name": "某事"})
    assert made.case is not None
    made.on = small.START + timedelta(days=7)
    fifth, tenth = ((small.START + timedelta(days=n)).isoformat() for n in (5, 10))
    moment = Moment(made.on, CALENDAR)

    def told(who: Officer) -> list[tuple[str, str | None]]:
        assert made.case is not None
        return [(t.text, t.due_on) for t in tasks_of(made.workflow, made.case, who, moment)]

    assert told(small.LAND) == [("填 付清日（期限“付清”）", fifth)]
    assert told(small.FINANCE) == [("交 报告（办结 要用）", None)]
    ((text, due),) = told(small.BUREAU)
    assert (text.startswith("办结 尚不能办"), due) == (True, tenth)
    rows = {(r.role, r.kind): r.due_on for r in tasks_now(made.workflow, made.case, CALENDAR)}
    assert rows == {
        ("land", "item"): fifth,
        ("finance", "item"): "9999-12-31",
        ("bureau", "move"): tenth,
        ("bureau", "lead"): tenth,
    }
    assert stand(made.workflow, made.case, CALENDAR).due_on == fifth
