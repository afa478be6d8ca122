"""Where a case stands: its open time limits, the next day due, and from when its light is yellow or
red.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import wraps
from typing import Any

from lifecycle.engine.case import Case
from lifecycle.engine.clock.rounds import counted_since, is_done, present_round
from lifecycle.engine.gates.asking import due_of_seat, places_of
from lifecycle.engine.gates.renewals import due_of_renewal, renewals_waiting
from lifecycle.engine.gates.seats import Seat, seats_of
from lifecycle.engine.world.clocks import due_of
from lifecycle.engine.world.moment import Moment
from lifecycle.engine.world.scope import scope_of
from lifecycle.engine.world.workdays import Calendar, Due
from lifecycle.expression.faults import ExpressionError, MissingName
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import Fact, Light, Limit, Transition, Workflow


@dataclass(frozen=True, slots=True)
class OpenLimit:
    """A time limit that runs: of which state, since when, and until when."""

    limit: Limit
    since: str
    due: Due
    state: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the board and the lists need of a case.

    Days are YYYY-MM-DD. A light lasts until the case's next entry, but one whose condition reads
    `today` (see `lights_read_today`). `due_on` is the next day due, of a limit of the state or of
    an opinion that was asked, and `provisional` is that day's.
    """

    due_on: str | None = None
    provisional: bool = False
    yellow_on: str | None = None
    red_on: str | None = None

    def light(self, on: str) -> str:
        """Give the colour on a day: green, yellow or red."""
        if self.red_on is not None and self.red_on <= on:
            return "red"
        return "yellow" if self.yellow_on is not None and self.yellow_on <= on else "green"


_Worked = Callable[[Workflow, Case, Calendar], Iterator[OpenLimit]]
_Kept = Callable[[Workflow, Case, Calendar], tuple[OpenLimit, ...]]


def of_last_case(work: _Worked) -> _Kept:
    """Keep what was worked out of the case that was asked about last: the rows beside the log and
    the answer to the officer ask the same several times.
    """
    last: tuple[Any, ...] = (None, None, None, ())

    @wraps(work)
    def kept(workflow: Workflow, case: Case, calendar: Calendar) -> tuple[OpenLimit, ...]:
        nonlocal last
        of_workflow, of_case, of_calendar, limits = last
        if of_workflow is workflow and of_case is case and of_calendar is calendar:
            found: tuple[OpenLimit, ...] = limits
            return found
        found = tuple(work(workflow, case, calendar))
        last = (workflow, case, calendar, found)
        return found

    return kept


def open_limits(workflow: Workflow, case: Case, calendar: Calendar) -> Iterator[OpenLimit]:
    """List the limits of the case's state whose present round has begun and is not done."""
    return begun_limits(workflow, case, calendar, done=False)


def begun_limits(
    workflow: Workflow, case: Case, calendar: Calendar, *, done: bool = True
) -> Iterator[OpenLimit]:
    """List the limits of the case's state whose present round has begun, also those that are
    `done`.
    """
    state = workflow.states[case.state]
    for limit in ((state.due,) if state.due else ()) + state.limits:
        now = present_round(workflow, case, limit)
        if now is not None and (done or not is_done(workflow, case, limit, now)):
            since = counted_since(case, limit, now)
            yield OpenLimit(limit, since, due_of(case, since, limit, calendar), case.state)


@of_last_case
def running_limits(workflow: Workflow, case: Case, calendar: Calendar) -> Iterator[OpenLimit]:
    """List the limits that run: those of the case's state and, while it is suspended, those of the
    states it left that do not stop.
    """
    yield from open_limits(workflow, case, calendar)
    for left in places_of(case)[1:]:
        found = open_limits(workflow, left, calendar)
        yield from (item for item in found if not item.limit.pauses)


def next_limit(workflow: Workflow, case: Case, calendar: Calendar) -> OpenLimit | None:
    """Give the next of the limits that run for whoever has to move the case."""
    limits = running_limits(workflow, case, calendar)
    mine = (item for item in limits if not _is_others(workflow, item))
    return min(mine, key=lambda item: item.due.on, default=None)


def limits_of_others(
    workflow: Workflow, case: Case, calendar: Calendar
) -> Iterator[tuple[OpenLimit, Fact]]:
    """Give the limits that run for others than who leads, each with a fact that ends it and that
    only they supply.
    """
    for item in running_limits(workflow, case, calendar):
        if _is_others(workflow, item):
            for name in item.limit.done:
                yield item, workflow.facts[name]


def _is_others(workflow: Workflow, item: OpenLimit) -> bool:
    """Tell whether a limit ends by nothing but facts that others than who leads its state
    supply.
    """
    lead = workflow.states[item.state].lead
    facts = [workflow.facts.get(name) for name in item.limit.done]
    return bool(facts) and all(fact and fact.by and lead not in fact.by for fact in facts)


def urging_due(
    workflow: Workflow, case: Case, calendar: Calendar
) -> Iterator[tuple[Transition, OpenLimit]]:
    """Give the records that urge, each with the next limit that it was not made for: the first of
    those that had not passed when it was last made. It is due once that has passed.
    """
    urging = [way for way in workflow.leaving[case.state].values() if way.urges]
    if not urging:
        return
    limits = sorted(running_limits(workflow, case, calendar), key=lambda item: item.due.on)
    for way in urging:
        made = case.fired.get(way.name)
        since = made.on if made is not None else ""
        later = (item for item in limits if item.due.on.isoformat() >= since)
        urged = next((item for item in later if not _ends_by(workflow, item, way.by)), None)
        if urged is not None:
            yield way, urged


def _ends_by(workflow: Workflow, item: OpenLimit, roles: tuple[str, ...]) -> bool:
    """Tell whether only those of some roles end a limit, by facts or transitions of theirs."""
    doers: set[str] = set()
    for name in item.limit.done:
        fact, way = workflow.facts.get(name), workflow.leaving[item.state].get(name)
        doers |= {*(fact.by if fact else ()), *(way.by if way else ())}
    return bool(doers) and doers <= set(roles)


@dataclass(frozen=True, slots=True)
class OwnDays:
    """By when who does something: what ends a limit (`named`), by that one; else who leads, by the
    next that runs for them; and nobody else by any.
    """

    next: Due | None
    leads: tuple[str, ...]
    named: Mapping[str, Due]

    @classmethod
    def of(cls, workflow: Workflow, case: Case, calendar: Calendar) -> OwnDays:
        """Work out the days of a case."""
        limit = next_limit(workflow, case, calendar)
        named: dict[str, Due] = {}
        for item in running_limits(workflow, case, calendar):
            for name in item.limit.done:
                named[name] = min(item.due, named.get(name, item.due), key=lambda due: due.on)
        leads = leads_now(workflow, case, calendar)
        return cls(limit.due if limit else None, leads, named)

    def day(self, name: str, *, leads: bool) -> str | None:
        """Give the day of what bears a name, for somebody who leads or not."""
        due = self.named.get(name) or (self.next if leads else None)
        return due.on.isoformat() if due else None


def leads_now(workflow: Workflow, case: Case, calendar: Calendar) -> tuple[str, ...]:
    """Name the roles that lead where a limit may run: the state's, and those of the states that a
    suspended case left and whose limits run on.
    """
    items = running_limits(workflow, case, calendar) if case.suspensions else ()
    states = (case.state, *(item.state for item in items))
    leads = (workflow.states[state].lead for state in states)
    return tuple(dict.fromkeys(lead for lead in leads if lead))


@dataclass(frozen=True, slots=True)
class OwedOpinion:
    """An opinion that was asked and not given: on what (None: on a correction), whose, and until
    when.
    """

    transition: Transition | None
    seat: Seat
    due: Due


def opinions_owed(workflow: Workflow, case: Case, calendar: Calendar) -> Iterator[OwedOpinion]:
    """List the opinions that are asked within a time and not given."""
    for transition in workflow.leaving[case.state].values():
        for seat in seats_of(workflow, case, transition):
            due = due_of_seat(workflow, case, transition, seat, calendar)
            if due is not None:
                yield OwedOpinion(transition, seat, due)
    for renewal in renewals_waiting(workflow, case):
        for seat in renewal.owing:
            due = due_of_renewal(workflow, case, renewal, seat, calendar)
            if due is not None:
                yield OwedOpinion(None, seat, due)


def lights_read_today(workflow: Workflow) -> bool:
    """Tell whether a light may come on or go out though nothing is recorded, by a condition that
    reads `today`: then it is worked out when somebody looks.
    """
    return any(light.when and "today" in light.when.names for light in workflow.lights)


def stand(
    workflow: Workflow, case: Case, calendar: Calendar, today: date | None = None
) -> Standing:
    """Work out where a case stands after its last entry.

    The conditions of lights are read on the day `today`, else on that of the last entry.
    """
    if case.has_ended(workflow):
        return Standing()
    first = _first_due(workflow, case, calendar)
    moment = Moment(today or date.fromisoformat(case.last_on), calendar)
    since: dict[str, list[str]] = {"yellow": [], "red": []}
    for light in workflow.lights:
        day = _lit_on(workflow, case, moment, light, first)
        if day is not None:
            since[light.light].append(day)
    return Standing(
        first.on.isoformat() if first else None,
        first.provisional if first else False,
        min(since["yellow"], default=None),
        min(since["red"], default=None),
    )


def lit_by(workflow: Workflow, case: Case, moment: Moment) -> Iterator[Light]:
    """Give the rules by which a case's light has its colour on a day: none for green."""
    if case.has_ended(workflow):
        return
    on = moment.on.isoformat()
    colour = stand(workflow, case, moment.calendar, moment.on).light(on)
    first = _first_due(workflow, case, moment.calendar)
    for light in workflow.lights:
        day = _lit_on(workflow, case, moment, light, first)
        if light.light == colour and day is not None and day <= on:
            yield light


def _first_due(workflow: Workflow, case: Case, calendar: Calendar) -> Due | None:
    """Give the next day due, of a limit or of an opinion that was asked."""
    limits = (item.due for item in running_limits(workflow, case, calendar))
    opinions = (item.due for item in opinions_owed(workflow, case, calendar))
    return min((*limits, *opinions), key=lambda due: due.on, default=None)


def _lit_on(
    workflow: Workflow, case: Case, moment: Moment, light: Light, first: Due | None
) -> str | None:
    """Give the day from which a light is on; None where it is not and no day lights it."""
    if light.when is not None:
        return case.last_on if _holds(workflow, case, moment, light) else None
    if first is None or light.overdue is None:
        return None
    return moment.calendar.add(first.on, light.overdue, light.unit).on.isoformat()


def _holds(workflow: Workflow, case: Case, moment: Moment, light: Light) -> bool:
    if light.when is None:
        return False
    try:
        return bool(light.when.evaluate(scope_of(workflow, case, light.when, {}, moment)))
    except (MissingName, ExpressionError, ArithmeticError):
        return False
