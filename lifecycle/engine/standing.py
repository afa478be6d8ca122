"""Where a case stands: its open time limits, the next day due, and from when its light is yellow or
red.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lifecycle.engine.case import Case, Moment
from lifecycle.engine.clocks import due_of
from lifecycle.engine.gates.asking import due_of_seat
from lifecycle.engine.gates.seats import Seat, seats_of
from lifecycle.engine.scope import scope_of
from lifecycle.engine.workdays import Calendar, Due
from lifecycle.expression.faults import ExpressionError, MissingName
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import ENTERED, Light, Limit, Transition, Workflow


@dataclass(frozen=True, slots=True)
class OpenLimit:
    """A time limit that runs: since when, and until when."""

    limit: Limit
    since: str
    due: Due


@dataclass(frozen=True, slots=True)
class Standing:
    """What the board and the lists need of a case.

    Days are YYYY-MM-DD. A light lasts until the case's next entry. `due_on` is the next day due, of
    a limit of the state or of an opinion that was asked; `limit_on` the next of the state's limits.
    """

    due_on: str | None = None
    provisional: bool = False
    yellow_on: str | None = None
    red_on: str | None = None
    limit_on: str | None = None

    def light(self, on: str) -> str:
        """Give the colour on a day: green, yellow or red."""
        if self.red_on is not None and self.red_on <= on:
            return "red"
        return "yellow" if self.yellow_on is not None and self.yellow_on <= on else "green"


def open_limits(workflow: Workflow, case: Case, calendar: Calendar) -> Iterator[OpenLimit]:
    """List the limits of the case's state that have begun and are not met."""
    state = workflow.states[case.state]
    for limit in ((state.due,) if state.due else ()) + state.limits:
        since = case.entered_on if limit.since == ENTERED else case.facts.get(limit.since)
        if since is not None and not _is_met(case, limit, str(since)):
            yield OpenLimit(limit, str(since), due_of(case, str(since), limit, calendar))


def next_limit(workflow: Workflow, case: Case, calendar: Calendar) -> Due | None:
    """Give the next of the state's own limits: the day of whoever has to move the case."""
    limits = (item.due for item in open_limits(workflow, case, calendar))
    return min(limits, key=lambda due: due.on, default=None)


@dataclass(frozen=True, slots=True)
class OwedOpinion:
    """An opinion that was asked and not given: on what, whose, and until when."""

    transition: Transition
    seat: Seat
    due: Due


def opinions_owed(workflow: Workflow, case: Case, calendar: Calendar) -> Iterator[OwedOpinion]:
    """List the opinions that are asked within a time and not given."""
    for transition in workflow.leaving[case.state].values():
        if transition.cosign is None or transition.cosign.within is None:
            continue
        for seat in seats_of(workflow, case, transition):
            due = due_of_seat(case, transition, seat, calendar)
            if due is not None:
                yield OwedOpinion(transition, seat, due)


def _is_met(case: Case, limit: Limit, since: str) -> bool:
    """Tell whether something that ends a limit was done on or after its first day, or recorded
    after it.

    What was done in an earlier round counts for neither.
    """
    return any(_is_done(case, name, since, case.changed.get(limit.since)) for name in limit.done)


def _is_done(case: Case, name: str, since: str, known: int | None) -> bool:
    fired = case.fired.get(name)
    if fired is not None:
        return fired.on >= since or (known is not None and fired.seq >= known)
    value = case.facts.get(name)
    if value is None or not isinstance(value, str) or len(value) != 10:
        return value is not None
    return value >= since or (known is not None and case.changed[name] >= known)


def stand(workflow: Workflow, case: Case, calendar: Calendar) -> Standing:
    """Work out where a case stands after its last entry."""
    if case.has_ended(workflow):
        return Standing()
    limit = next_limit(workflow, case, calendar)
    opinions = [item.due for item in opinions_owed(workflow, case, calendar)]
    first = min((*filter(None, [limit]), *opinions), key=lambda due: due.on, default=None)
    since = {
        "yellow": _light_days(workflow, case, calendar, "yellow", first),
        "red": _light_days(workflow, case, calendar, "red", first),
    }
    return Standing(
        first.on.isoformat() if first else None,
        first.provisional if first else False,
        min(since["yellow"], default=None),
        min(since["red"], default=None),
        limit.on.isoformat() if limit else None,
    )


def _light_days(
    workflow: Workflow, case: Case, calendar: Calendar, colour: str, first: Due | None
) -> list[str]:
    days = []
    for light in workflow.lights:
        if light.light != colour:
            continue
        if light.when is not None:
            if _holds(workflow, case, calendar, light):
                days.append(case.last_on)
        elif first is not None and light.overdue is not None:
            days.append(calendar.add(first.on, light.overdue, light.unit).on.isoformat())
    return days


def _holds(workflow: Workflow, case: Case, calendar: Calendar, light: Light) -> bool:
    if light.when is None:
        return False
    moment = Moment(date.fromisoformat(case.last_on), calendar)
    try:
        return bool(light.when.evaluate(scope_of(workflow, case, light.when, {}, moment)))
    except (MissingName, ExpressionError, ArithmeticError):
        return False
