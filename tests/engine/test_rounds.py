"""Time limits run in rounds: what opens one, what prolongs it, and what is done and stays so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import BUREAU, CALENDAR, LAND, START, Advance, Desk, SetFacts

from lifecycle.engine.acts import ConfirmCorrection, Correct
from lifecycle.engine.case import Case, dump_case, load_case
from lifecycle.engine.clock.standing import open_limits
from lifecycle.workflow.reader import read_workflow

TEXT = """
workflow: works
title: 工程
version: 1
number: G-{serial}
subject: name
opened_by: bureau
roles: {bureau: 招商局, land: 国土}
facts:
  name: {title: 名称, type: text, required: true}
  permit_on: {title: 领证日, type: date}
  start_due_on: {title: 约定开工日, type: date, future: yes}
  started_on: {title: 开工日, type: date}
  filed_as: {title: 备案号, type: text}
  contract_on: {title: 合同日, type: date}
  paid_on: {title: 付款日, type: date}
states:
  before: {title: 前期}
  building:
    title: 建设
    due: {in: 5, unit: day, done: report, roll: none, basis: 内部承诺}
    limits:
      - {title: 领证后开工, in: 90, unit: day, since: permit_on, done: started_on, roll: none, basis: 建筑法第9条}
      - {title: 约定开工, in: 1, unit: day, since: start_due_on, done: started_on, roll: none, basis: 协议}
      - {title: 备案, in: 15, unit: day, since: permit_on, done: filed_as, roll: none, basis: 条例}
      - {title: 付款, in: 30, unit: day, since: contract_on, done: paid_on, roll: none, basis: 合同}
  paused: {title: 中止}
  done: {title: 办结, final: true}
transitions:
  - {name: build, title: 转入建设, from: before, to: building, by: bureau}
  - {name: back, title: 退回, kind: return, from: building, to: before, by: bureau}
  - {name: again, title: 重来, kind: return, from: building, to: building, by: bureau}
  - {name: permit, title: 登记许可, kind: record, from: [before, building], by: bureau, stands: true, asks: [permit_on]}
  - {name: agree, title: 约定, kind: record, from: [before, building], by: bureau, asks: [start_due_on]}
  - {name: extend, title: 延期, kind: record, from: building, by: bureau, stands: true, asks: [start_due_on], renews: [start_due_on], prolongs: true}
  - {name: start, title: 开工, kind: record, from: [before, building], by: bureau, asks: [started_on]}
  - {name: file, title: 备案, kind: record, from: building, by: bureau, asks: [filed_as]}
  - {name: look, title: 查看, kind: record, from: building, by: bureau, needs: {facts: [contract_on]}}
  - {name: report, title: 报告, kind: record, from: [before, building], by: bureau, stands: true}
  - {name: pause, title: 中止, kind: suspend, from: building, to: paused, by: bureau}
  - {name: resume, title: 恢复, kind: resume, from: paused, to: previous, by: bureau}
  - {name: finish, title: 办结, from: building, to: done, by: bureau}
"""  # noqa: E501


def day(days: int) -> str:
    """Give the day so many days after the case was opened."""
    return (START + timedelta(days=days)).isoformat()


class Works(Desk):
    """A case of these works."""

    def __init__(self) -> None:
        super().__init__(text=TEXT, first={"name": "某工程"})

    def make(self, transition: str, on: int | None = None, **facts: str) -> None:
        """Make a transition, on a day counted from the opening."""
        self.on = START + timedelta(days=on) if on is not None else self.on
        self.do(BUREAU, Advance(transition, "", facts))

    def correct_day(self, name: str, value: str) -> None:
        """Correct a fact; where that waits for another person of the lead, have it confirmed."""
        case = self.do(BUREAU, Correct({name: value}, note="填错"))
        for seq in case.proposals:
            self.do(SECOND, ConfirmCorrection(int(seq)))

    def due(self) -> dict[str, str]:
        """Give the last days of the limits that run, by their titles; without that of the stage."""
        found = self.limits()
        found.pop("建设", None)
        return found

    def limits(self) -> dict[str, str]:
        """Give the last days of all limits that run, by their titles."""
        assert self.case is not None
        found = open_limits(self.workflow, self.case, CALENDAR)
        return {item.limit.title: item.due.on.isoformat() for item in found}


SECOND = type(BUREAU)("b2", "b2", "u0", {"bureau": ("grant-b2",)})


def test_a_permit_registered_again_restarts_nothing() -> None:
    """Registering a permit every quarter leaves the ninety days of 建筑法 9 where they began."""
    works = Works()
    works.make("build", 0)
    works.make("permit", 1, permit_on=day(1))
    for quarter in (80, 160, 240):
        works.make("permit", quarter, permit_on=day(quarter))
        assert works.due() == {"领证后开工": day(91), "备案": day(16)}


def test_an_edition_after_the_round_is_done_opens_another() -> None:
    """Filed for the first permit, the second one wants filing anew, of its own day; what was not
    done for the first is still due as it was.
    """
    works = Works()
    works.make("build", 0)
    works.make("permit", 1, permit_on=day(1))
    works.make("file", 5, filed_as="B-1")
    assert works.due() == {"领证后开工": day(91)}
    works.make("permit", 40, permit_on=day(40))
    assert works.due() == {"领证后开工": day(91), "备案": day(55)}
    works.make("permit", 50, permit_on=day(50))
    works.make("file", 51, filed_as="B-1")
    assert works.due() == {"领证后开工": day(91)}


def test_a_transition_that_prolongs_moves_the_limit() -> None:
    """An extension counts from its own day though the round is not done; another transition that
    enters the same fact does not.
    """
    works = Works()
    works.make("build", 0)
    works.make("agree", 1, start_due_on=day(30))
    works.make("agree", 2, start_due_on=day(300))
    assert works.due() == {"约定开工": day(31)}
    works.make("extend", 20, start_due_on=day(360))
    assert works.due() == {"约定开工": day(361)}
    works.make("extend", 70, start_due_on=day(390))
    assert works.due() == {"约定开工": day(391)}


def test_what_prolongs_leads_to_a_later_day() -> None:
    """An extension to the day agreed, or to one before it, extends nothing; where no day is agreed
    yet any does, and what does not prolong is free.
    """
    works = Works()
    works.make("build", 0)
    works.make("extend", 1, start_due_on=day(30))
    works.on = START + timedelta(days=2)
    for days, refused in ((29, ["facts"]), (30, ["facts"]), (31, [])):
        assert works.unmet(BUREAU, Advance("extend", "", {"start_due_on": day(days)})) == refused
        assert works.unmet(BUREAU, Advance("agree", "", {"start_due_on": day(days)})) == []
    decision = works.ask(BUREAU, Advance("extend", "", {"start_due_on": day(29)}))
    [gate] = [gate for gate in decision.gates if not gate.met]
    assert gate.text == f"约定开工日 {day(29)}，须晚于 {day(30)}（延期只延长期限）"
    assert gate.mend == "lifecycle advance XS-2026-001 extend --set start_due_on=…"


def test_what_prolongs_may_register_other_days_too() -> None:
    """Later is asked of a day to come and of one that a limit counts from, not of any other."""
    text = TEXT.replace("renews: [start_due_on]", "may: [contract_on, approved_on]")
    text = text.replace("  paid_on:", "  approved_on: {title: 批准日, type: date}\n  paid_on:")
    works = Works()
    works.workflow = read_workflow(text, "small.yaml")
    works.make("build", 0)
    for days in (1, 2):
        works.make("extend", days, start_due_on=day(days + 30), approved_on=day(0))
    works.on = START + timedelta(days=3)
    facts = {"start_due_on": day(40), "contract_on": day(3)}
    works.do(BUREAU, Advance("extend", "", facts))
    assert works.unmet(BUREAU, Advance("extend", "", {**facts, "start_due_on": day(41)})) == [
        "facts"
    ]


def test_b3_done_is_done() -> None:
    """B3: works registered, then the agreed start corrected to a later day, or prolonged: no limit
    runs again.
    """
    works = Works()
    works.make("build", 0)
    works.make("agree", 1, start_due_on=day(30))
    works.make("start", 20, started_on=day(20))
    assert works.due() == {}
    works.correct_day("start_due_on", day(60))
    assert works.due() == {}
    works.make("extend", 21, start_due_on=day(90))
    assert works.due() == {}


def test_a_correction_moves_the_present_round() -> None:
    """A limit is computed from the amended day, and a correction opens no round."""
    works = Works()
    works.make("build", 0)
    works.make("permit", 3, permit_on=day(3))
    works.correct_day("permit_on", day(2))
    assert works.due() == {"领证后开工": day(92), "备案": day(17)}


def test_b3_a_date_before_its_stage() -> None:
    """B3: what happened before the state was entered is done if the limit had begun by then, and if
    it is recorded only now.
    """
    works = Works()
    works.make("permit", 1, permit_on=day(1))
    works.make("start", 4, started_on=day(3))
    works.make("build", 5)
    assert works.due() == {"备案": day(16)}
    late = Works()
    late.make("build", 5)
    late.make("permit", 6, permit_on=day(6))
    late.make("start", 7, started_on=day(2))
    assert late.due() == {"备案": day(21)}


def test_what_counts_from_entering_is_done_in_this_stay() -> None:
    """A report of the day on which the state was entered ends its limit if it came after."""
    works = Works()
    works.make("report", 3)
    works.make("build", 3)
    assert works.limits() == {"建设": day(8)}
    works.make("report", 3)
    assert works.limits() == {}
    works.make("back", 4)
    works.make("build", 6)
    assert works.limits() == {"建设": day(11)}


def test_b3_ten_characters_are_no_date() -> None:
    """B3: a text by which a limit is done is done when it is entered, whatever it looks like."""
    works = Works()
    works.make("build", 0)
    works.make("file", 1, filed_as="2199-01-01")
    works.make("permit", 2, permit_on=day(2))
    assert works.due() == {"领证后开工": day(92), "备案": day(17)}
    works.make("file", 3, filed_as="1999-01-01")
    assert works.due() == {"领证后开工": day(92)}


def test_b3_nothing_is_done_in_time_to_come() -> None:
    """B3: a date to come is refused, so it ends no limit."""
    works = Works()
    works.make("build", 0)
    assert works.unmet(BUREAU, Advance("start", "", {"started_on": "2199-01-01"})) == ["facts"]


def test_what_was_typed_over_before_entering_opened_no_round() -> None:
    """The limit counts from what was in hand when the state was entered."""
    works = Works()
    works.do(BUREAU, SetFacts({"contract_on": day(-30)}))
    works.do(BUREAU, SetFacts({"contract_on": day(0)}))
    works.make("build", 1)
    assert works.due() == {"付款": day(30)}


def test_what_no_step_has_read_may_be_typed_anew() -> None:
    """A day that is set by itself, and that no step has read, is put right by setting it: the limit
    moves, and what was done stays done.
    """
    works = Works()
    works.make("build", 0)
    works.do(BUREAU, SetFacts({"contract_on": day(-10)}))
    works.do(BUREAU, SetFacts({"contract_on": day(-1)}))
    assert works.due() == {"付款": day(29)}
    works.do(BUREAU, SetFacts({"paid_on": day(-2)}))
    works.do(BUREAU, SetFacts({"contract_on": day(0)}))
    assert works.due() == {}


def test_what_a_return_frees_opens_a_round() -> None:
    """Where a return undid whoever had read the contract, another one wants another payment."""
    works = Works()
    works.make("build", 0)
    works.do(BUREAU, SetFacts({"contract_on": day(-9), "paid_on": day(-5)}))
    works.make("look", 1)
    works.make("again", 2)
    assert works.due() == {}
    works.do(BUREAU, SetFacts({"contract_on": day(2)}))
    assert works.due() == {"付款": day(32)}


def test_a_return_takes_the_round_with_it() -> None:
    """A round begun by an edition that a return undoes is gone, and so is what was done."""
    works = Works()
    works.make("agree", 0, start_due_on=day(10))
    works.make("build", 1)
    works.make("start", 2, started_on=day(2))
    works.make("agree", 3, start_due_on=day(50))
    assert works.due() == {"约定开工": day(51)}
    works.make("again", 4)
    assert works.due() == {"约定开工": day(11)}


def test_nothing_is_overdue_on_the_day_of_a_return() -> None:
    """An agreed day that a return undid is not counted from when the state is entered again."""
    works = Works()
    works.make("build", 0)
    works.make("agree", 1, start_due_on=day(10))
    works.make("back", 40)
    works.make("build", 41)
    assert works.due() == {}
    works.make("agree", 42, start_due_on=day(60))
    assert works.due() == {"约定开工": day(61)}


def test_a_suspension_opens_no_round() -> None:
    """What was typed over before a suspension stays typed over after it."""
    works = Works()
    works.make("build", 0)
    works.make("permit", 1, permit_on=day(1))
    works.make("permit", 5, permit_on=day(5))
    works.make("pause", 6)
    works.make("resume", 30)
    works.make("permit", 31, permit_on=day(31))
    assert works.due() == {"领证后开工": day(91), "备案": day(16)}


def test_the_round_is_told_from_the_stored_case() -> None:
    """Nothing but what is kept of a case is needed to tell its rounds."""
    works = Works()
    works.make("build", 0)
    works.make("permit", 1, permit_on=day(1))
    works.make("permit", 5, permit_on=day(5))
    assert works.case is not None
    before = works.due()
    works.case = load_case(dump_case(works.case), works.case.letters, works.case.steps)
    assert works.due() == before


STEPS = st.lists(
    st.sampled_from(("permit", "start", "pause", "resume", "report", "file")), max_size=25
)


@given(steps=STEPS)
def test_repeating_never_moves_a_limit_that_is_not_done(steps: list[str]) -> None:
    """Whatever else is done in between, until the works are begun the first permit counts; once
    they are begun nothing but a further permit makes the limit run.
    """
    works = Works()
    works.make("build", 0)
    first, begun = "", False
    for n, step in enumerate(steps, 1):
        assert isinstance(works.case, Case)
        facts = {"permit": "permit_on", "start": "started_on"}.get(step)
        given_facts = {facts: day(n)} if facts else {}
        given_facts |= {"filed_as": str(n)} if step == "file" else {}
        works.on = START + timedelta(days=n)
        if works.unmet(BUREAU, Advance(step, "", given_facts)):
            continue
        works.make(step, n, **given_facts)
        if step == "permit" and (not first or begun):
            first, begun = day(n), False
        begun = begun or (step == "start" and first != "") or (step == "start" and not first)
        running = works.due().get("领证后开工")
        if works.case.state == "paused":
            continue
        if not first or begun:
            assert running is None
        else:
            assert running == (date.fromisoformat(first) + timedelta(days=90)).isoformat()


@pytest.mark.parametrize(("days", "late"), [(90, False), (91, True)])
def test_the_last_day_is_in_time(days: int, late: bool) -> None:
    """On the ninetieth day after the permit the limit is not past, on the next it is."""
    works = Works()
    works.make("build", 0)
    works.make("permit", 1, permit_on=day(1))
    works.make("permit", 1 + days, permit_on=day(1 + days))
    assert (works.due()["领证后开工"] < works.on.isoformat()) is late
    assert works.unmet(LAND, Advance("permit", "", {"permit_on": day(1)})) == ["role"]
