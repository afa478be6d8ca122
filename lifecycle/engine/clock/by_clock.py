"""What the clock makes of a case by itself: which transitions, on which day, and as whom.

A transition that names the clock in `by` is made on the day on which its time `after` is over;
where the case, or one that it moves, has an entry of a later day, on that day. It is due only where
all its other gates hold. What other cases kept from being made then, and keep no more, is made on
the day of recording. The clock acts for the unit that leads where the case stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lifecycle.engine.case import Case
from lifecycle.engine.clock.rounds import Round, counted_since
from lifecycle.engine.docket import Docket
from lifecycle.engine.editions import edition_of
from lifecycle.engine.gates.cosign import judge_cosign
from lifecycle.engine.gates.gates import Gate, holds_guard, judge_counters, judge_supplies
from lifecycle.engine.gates.seats import units_for
from lifecycle.engine.world.clocks import due_of
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.engine.world.others import NO_OTHERS
from lifecycle.engine.world.workdays import DAY, Calendar, Due
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import CLOCK, ENTERED, Limit, Transition, Workflow
from lifecycle.workflow.reliance import reads_others

_NO_CALENDAR = Calendar("", {})
_OF_DAY = frozenset({"today", "workdays_after"})
"""What a condition reads of the day or the calendar."""


@dataclass(frozen=True, slots=True)
class Falling:
    """A transition that the clock makes, the day on which its time is over, and the day that it is
    then of, as far as its own case says.
    """

    transition: Transition
    due: Due
    on: date


def falling(workflow: Workflow, case: Case, calendar: Calendar) -> list[Falling]:
    """List what the clock makes of a case where it stands, the first day first: the same not twice
    on one day.

    Whether the other gates hold by then is not said.
    """
    last = date.fromisoformat(case.last_on)
    found = []
    for way, limit, term in _timed(workflow, case):
        due = due_of(case, counted_since(case, limit, term), limit, calendar)
        made = case.fired.get(way.name)
        again = date.fromisoformat(made.on) + DAY if made is not None else last
        found.append(Falling(way, due, max(due.on, last, again)))
    return sorted(found, key=lambda one: one.on)


def may_fall(workflow: Workflow, case: Case, calendar: Calendar) -> Iterator[Falling]:
    """Give what the clock may make of a case where it stands; what only another entry of the case
    can make due is left out.
    """
    for one in falling(workflow, case, calendar):
        if not _is_barred(workflow, case, one.transition):
            yield one


def _timed(workflow: Workflow, case: Case) -> Iterator[tuple[Transition, Limit, Round]]:
    """Give what the clock makes where a case stands and has not made in the present round: that
    began with the state or, if it was entered since, with the day that the time counts from.
    """
    if case.cancelled or case.has_ended(workflow):
        return
    for way in workflow.timed.get(case.state, ()):
        term = _term(case, way.after) if way.after else None
        made = case.fired.get(way.name)
        if way.after and term and (made is None or made.seq <= term.seq):
            yield way, way.after, term


def _term(case: Case, limit: Limit) -> Round | None:
    entered = case.entered.get(case.state, 0)
    if limit.since == ENTERED:
        return Round(case.entered_on, entered)
    if limit.since not in case.facts:
        return None
    edition = edition_of(case, limit.since)
    return Round(str(case.facts[limit.since]), max(entered, edition.seq))


def _is_barred(workflow: Workflow, case: Case, way: Transition) -> bool:
    """Tell whether gates do not hold that look at nothing but the case's own entries: no day, no
    calendar, no other case.
    """
    moment = Moment(date.fromisoformat(case.last_on), _NO_CALENDAR)
    gates = [
        *judge_supplies(workflow, case, way, {}, moment),
        *judge_cosign(workflow, case, way, moment),
        *judge_counters(workflow, case, way),
    ]
    if not all(gate.met for gate in gates):
        return True
    return not all(
        holds_guard(workflow, case, guard, {}, moment)
        for guard in way.guards
        if guard.when.names.isdisjoint(_OF_DAY) and not reads_others(workflow, guard.when)
    )


def judge_due(case: Case, transition: Transition, moment: Moment) -> Gate:
    """Judge whether the time of a transition is over on the day of the act."""
    limit = transition.after
    term = _term(case, limit) if limit else None
    if limit is None or term is None:
        return Gate("due", False, {"due_on": None}, "起算日还没有填，不会到期")
    since = counted_since(case, limit, term)
    due = due_of(case, since, limit, moment.calendar)
    day, met = due.on.isoformat(), due.on <= moment.on
    inputs = {"due_on": day, "since": since}
    text = f"{day} {'已到期' if met else '才到期'}"
    return Gate("due", met, inputs, text, "", limit.basis, f"办理日 {moment.on}", f"到期日 {day}")


def judge_its_day(docket: Docket, transition: Transition) -> None:
    """Judge that the clock makes a transition once for each round, and on its very day."""
    case, moment = docket.case, docket.moment
    found = [
        one
        for one in falling(docket.workflow, case, moment.calendar)
        if one.transition is transition
    ]
    if not found:
        docket.add(Gate("due", False, {}, "这一轮没有到期的，或已经办过"))
        return
    day = day_with_others(case, found[0].on, moment)
    kept = moment.on == moment.today > day and looks_at_others(docket.workflow, transition)
    if day != moment.on and not kept:
        text = f"到期办理的日期应为 {day}，不是 {moment.on}"
        docket.add(Gate("due", False, {"day": day.isoformat()}, text))


def looks_at_others(workflow: Workflow, transition: Transition) -> bool:
    """Tell whether other cases may keep a transition from being made, or no more."""
    read = any(reads_others(workflow, one) for one in transition.expressions)
    return read or bool(transition.does)


def day_with_others(case: Case, on: date, moment: Moment) -> date:
    """Give the day of what is due on a day: not before the last entries of the cases it moves."""
    moved = (moment.others or NO_OTHERS).moved.values()
    days = (one.last_on for one in moved if one.number != case.number and not one.final)
    return max((on, *map(date.fromisoformat, days)))


def the_clock(workflow: Workflow, case: Case | None, moment: Moment) -> Officer:
    """Say as whom the clock acts: for the unit that leads where the case stands, or will."""
    unit = _leading_unit(workflow, case, moment)
    return Officer(CLOCK, "时钟", unit, {CLOCK: ()}, cause=CLOCK)


def _leading_unit(workflow: Workflow, case: Case | None, moment: Moment) -> str:
    """Name the unit that leads the state, else the workflow; "" where there is none."""
    panel = (workflow.panel.lead,) if workflow.panel else ()
    lead = workflow.states[case.state if case else workflow.initial].lead
    for role in (*((lead,) if lead else ()), *panel, *workflow.opened_by):
        units = units_for(workflow, case, role) if case else ()
        staff = sorted(moment.staff or {})
        holding = [unit for unit in staff if role in (moment.staff or {})[unit]]
        found = [unit for unit in (*units, *holding) if unit]
        if found:
            return found[0]
    return ""
