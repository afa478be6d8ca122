"""What is due of a case by its clock at a moment of recording: as the register makes it before
anything else is recorded, and as an audit sees whether that was done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from lifecycle.engine.acts import Act, Advance, Open
from lifecycle.engine.case import Case
from lifecycle.engine.clock.by_clock import (
    Falling,
    day_with_others,
    falling,
    looks_at_others,
    the_clock,
)
from lifecycle.engine.decide import decide
from lifecycle.engine.docket import Accepted, PlannedEffect, Refused
from lifecycle.engine.world.moment import Moment, Officer, acting_for_cause
from lifecycle.engine.world.workdays import Calendar
from lifecycle.frozen import dataclass, replace
from lifecycle.ledger.across.others import LAST_DAY, OtherCases
from lifecycle.ledger.library import Library
from lifecycle.ledger.record import CAUSE
from lifecycle.ledger.rows.case_rows import read_case
from lifecycle.ledger.rows.task_rows import cases_due, clock_rows, kept_tasks, put_tasks
from lifecycle.workflow.model import CLOCK, Workflow

BY_CLOCK: Mapping[str, Any] = MappingProxyType({"by": CLOCK})
"""What an entry of the clock names as its cause."""
_MOST_LATER = 5
"""So often the day of what is due moves on to that of a case that it moves."""


@dataclass(frozen=True, slots=True)
class DueStep:
    """What the clock makes of a case: the act of the day that it is due, as it was decided."""

    workflow: Workflow
    act: Advance
    officer: Officer
    moment: Moment
    decision: Accepted
    due_on: str


def is_by_clock(intent: Mapping[str, Any]) -> bool:
    """Tell whether an entry says that the clock made it."""
    cause = intent.get(CAUSE)
    return isinstance(cause, Mapping) and cause.get("by") == CLOCK


@dataclass(frozen=True, slots=True)
class Then:
    """A moment of recording: `today` is its day, `calendar` the one in force; `moment` gives how a
    day is judged, `others` reads the cases beside, `numbered` gives one of them by its number,
    `opened` the workflow in force of a name.
    """

    today: date
    calendar: Calendar
    moment: Callable[[date], Moment]
    others: OtherCases
    numbered: Callable[[str], tuple[Workflow, Case]]
    opened: Callable[[str], Workflow]

    def seen(self, workflow: Workflow, case: Case | None, act: Act, on: date) -> Moment:
        """Give the moment of an act of a day, with the cases that it may read."""
        read = self.others.for_act(workflow, case, act, on.isoformat())
        return replace(self.moment(on), others=read)


def first_due(
    then: Then, workflow: Workflow, case: Case, upto: date | None = None
) -> DueStep | None:
    """Give what is due of a case first, up to a day; None where nothing is.

    What other cases keep from being made on its day is due as soon as they do no more: on the day
    of recording, once all days before are done with (no `upto`).
    """
    if case.state not in workflow.timed:
        return None
    found = [
        one for one in falling(workflow, case, then.calendar) if one.on <= (upto or then.today)
    ]
    for one in found:
        step = _decided(then, workflow, case, one)
        if step is not None:
            return step
    for one in found if upto is None else ():
        if one.on < then.today and looks_at_others(workflow, one.transition):
            step = _decided(then, workflow, case, replace(one, on=then.today))
            if step is not None:
                return step
    return None


def _decided(then: Then, workflow: Workflow, case: Case, one: Falling) -> DueStep | None:
    """Decide one transition of the clock on its day, and whether what it does to other cases may be
    done, each by itself.
    """
    act, on = Advance(one.transition.name), one.on
    for _ in range(_MOST_LATER):
        moment = then.seen(workflow, case, act, on)
        day = day_with_others(case, one.on, moment)
        if day == on:
            break
        on = day
    officer = the_clock(workflow, case, moment)
    decision = decide(workflow, case, act, officer, moment)
    by = f"{workflow.name}.{one.transition.name}"
    if isinstance(decision, Refused) or not all(
        _may_be_done(then, effect, acting_for_cause(officer, by), moment)
        for effect in decision.effects
    ):
        return None
    return DueStep(workflow, act, officer, moment, decision, one.due.on.isoformat())


def _may_be_done(then: Then, effect: PlannedEffect, officer: Officer, moment: Moment) -> bool:
    act: Act = Open(effect.facts)
    case = None
    if effect.number:
        workflow, case = then.numbered(effect.number)
        act = Advance(effect.made, "", effect.facts)
    else:
        workflow = then.opened(effect.workflow)
    read = then.others.for_act(workflow, case, act, moment.on.isoformat())
    decision = decide(workflow, case, act, officer, replace(moment, others=read))
    return not isinstance(decision, Refused)


def refile(library: Library, calendar: Calendar) -> None:
    """Write anew on which days something falls due, now that another calendar is in force; within
    a transaction.
    """
    store = library.store
    for case_id in dict.fromkeys(one.case_id for one in cases_due(store, LAST_DAY)):
        found = store.case(case_id)
        if found is not None:  # what is opened every period stands for no case
            case = read_case(store, found[1])
            due = clock_rows(library.workflow(case.workflow), case, calendar)
            others = {row for row in kept_tasks(store, case_id) if row.kind != CLOCK}
            put_tasks(store, case_id, others | due)
