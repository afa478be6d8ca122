"""The rows kept beside the log for what waits for somebody: who is asked for what, by role, unit
and day.

They say who is asked, never whether gates hold: that is judged for the page that somebody looks at.
They are computed from the cases and compared with them by the audit.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from heapq import merge
from typing import NamedTuple

from lifecycle.engine.case import Case
from lifecycle.engine.clock.by_clock import may_fall
from lifecycle.engine.clock.standing import (
    OwnDays,
    limits_of_others,
    next_limit,
    urging_due,
)
from lifecycle.engine.corrections.consequences import waiting_proposals
from lifecycle.engine.gates.asking import asked_seats, due_of_seat
from lifecycle.engine.gates.awaited import ONWARD, awaited_items, awaited_records
from lifecycle.engine.gates.gates import confirmers_of, resolvers_of
from lifecycle.engine.gates.quorum import blocking_objections, lasting_objections
from lifecycle.engine.gates.renewals import due_of_renewal, is_settleable, renewals_waiting
from lifecycle.engine.gates.seats import Seat, held_for
from lifecycle.engine.letters.letter_steps import may_change_what_is_replaced, to_replace
from lifecycle.engine.world.workdays import Calendar
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import Ask, Store
from lifecycle.workflow.model import CLOCK, Transition, Workflow

NO_DAY = "9999-12-31"
"""The day due of what has none: it comes last."""
LETTER = "@letter"
"""In place of a role, for what a letter asks of the unit that issued it: no role is called so."""
REPLACE = "replace"
"""The kind of row for a letter that may have to be replaced."""
_CHUNK = 200


class TaskRow(NamedTuple):
    """One thing that a case asks of somebody, as its row has it: of a `unit`, of any that has the
    role (""), or of an officer (`@code`) or who holds a post (`#code`).
    """

    case_id: str
    kind: str
    transition: str
    role: str
    unit: str
    due_on: str
    number: str


def tasks_now(workflow: Workflow, case: Case, calendar: Calendar) -> set[TaskRow]:
    """Give what a case asks after its last entry, under the calendar of that."""
    return moving_tasks(workflow, case, calendar) | replacing_tasks(case)


def replacing_tasks(case: Case) -> set[TaskRow]:
    """Give what a case's letters ask: that some of them be replaced."""
    if case.cancelled:
        return set()
    return {
        TaskRow(case.id, REPLACE, letter.name, LETTER, letter.unit, NO_DAY, case.number)
        for letter in to_replace(case)
    }


def moving_tasks(workflow: Workflow, case: Case, calendar: Calendar) -> set[TaskRow]:
    """Give what a case asks but for its letters: each with its own day, of the state's limits for
    who has to move the case, of the opinion for who owes one; a correction that waits has none.
    """
    limit = next_limit(workflow, case, calendar)
    day = limit.due.on.isoformat() if limit else NO_DAY
    asked: set[_Asked] = set()
    if waiting_proposals(case) and not case.cancelled:
        for role in confirmers_of(workflow, case):
            units = held_for(workflow, case, role)
            asked |= {("confirm", "", role, unit, NO_DAY) for unit in units}
    for renewal in () if case.cancelled else renewals_waiting(workflow, case):
        for seat in renewal.owing:
            due = due_of_renewal(workflow, case, renewal, seat, calendar)
            own = due.on.isoformat() if due else day
            for unit in _sitting(workflow, case, seat):
                asked.add(("renew", str(renewal.correction), seat.role, unit, own))
        if any(is_settleable(workflow, renewal, seat) for seat in renewal.objecting):
            for role in confirmers_of(workflow, case):
                units = held_for(workflow, case, role)
                asked |= {("resolve", str(renewal.correction), role, unit, day) for unit in units}
    if not case.has_ended(workflow):
        asked |= set(_on_the_way(workflow, case, calendar, day))
    return {TaskRow(case.id, *one, case.number) for one in asked}


def clock_rows(workflow: Workflow, case: Case, calendar: Calendar) -> set[TaskRow]:
    """Give what the clock may make of a case, with the days on which that is due, under the
    calendar that is in force.
    """
    return {
        TaskRow(case.id, CLOCK, one.transition.name, CLOCK, "", one.on.isoformat(), case.number)
        for one in may_fall(workflow, case, calendar)
    }


_Asked = tuple[str, str, str, str, str]
"""What is asked: kind, transition, role, unit and the day due."""


def _on_the_way(workflow: Workflow, case: Case, calendar: Calendar, day: str) -> Iterator[_Asked]:
    """List what the way out of the present state asks; an opinion has a day of its own."""
    days = OwnDays.of(workflow, case, calendar)
    for transition in workflow.leaving[case.state].values():
        if transition.cosigns:
            yield from _on_seats(workflow, case, transition, calendar, day)
            yield from _on_objections(workflow, case, transition, day)
        if transition.kind in ONWARD:
            yield from _by_makers(workflow, case, "move", transition, days)
    records = awaited_records(workflow, case)
    for record in records:
        yield from _by_makers(workflow, case, "step", record, days)
    items = [awaited.item for awaited in awaited_items(workflow, case, records)]
    items += [fact for _limit, fact in limits_of_others(workflow, case, calendar)]
    for item in items:
        for role in item.by:
            own = days.day(item.name, leads=role in days.leads) or NO_DAY
            for unit in held_for(workflow, case, role):
                yield "item", item.name, role, unit, own
    yield from _on_urging(workflow, case, calendar)
    for lead in days.leads:
        for unit in held_for(workflow, case, lead):
            yield "lead", "", lead, unit, day


def _on_urging(workflow: Workflow, case: Case, calendar: Calendar) -> Iterator[_Asked]:
    """List who urges, and from which day on: once that is over."""
    for way, item in urging_due(workflow, case, calendar):
        for role in way.by:
            for unit in held_for(workflow, case, role):
                yield "urge", way.name, role, unit, item.due.on.isoformat()


def _sitting(workflow: Workflow, case: Case, seat: Seat) -> tuple[str, ...]:
    """Say who is asked at a seat, as a row's `unit` has it."""
    named = workflow.roles[seat.role].named is not None
    return held_for(workflow, case, seat.role) if named else (seat.unit,)


def _on_seats(
    workflow: Workflow, case: Case, transition: Transition, calendar: Calendar, day: str
) -> Iterator[_Asked]:
    """List whose opinions are asked and owed."""
    for seat in asked_seats(workflow, case, transition):
        due = due_of_seat(workflow, case, transition, seat, calendar)
        own = due.on.isoformat() if due else day
        for unit in _sitting(workflow, case, seat):
            yield "sign", transition.name, seat.role, unit, own


def _by_makers(
    workflow: Workflow, case: Case, kind: str, transition: Transition, days: OwnDays
) -> Iterator[_Asked]:
    for role in transition.by:
        own = days.day(transition.name, leads=role in days.leads) or NO_DAY
        for unit in held_for(workflow, case, role):
            yield kind, transition.name, role, unit, own


def _on_objections(
    workflow: Workflow, case: Case, transition: Transition, day: str
) -> Iterator[_Asked]:
    """List what objections that block ask: of the lead, to settle them; of their units, where
    things have changed since, to think again.
    """
    for objection in lasting_objections(workflow, case, transition):
        yield "sign", transition.name, objection.role, objection.unit, day
    if any(blocking_objections(case, transition, cosign) for cosign in transition.cosigns):
        for role in resolvers_of(workflow, case, transition):
            for unit in held_for(workflow, case, role):
                yield "resolve", transition.name, role, unit, day


def follow_tasks(
    store: Store, workflow: Workflow, before: Case | None, after: Case, calendar: Calendar
) -> None:
    """Bring the rows up to a case that an entry has moved on; within a transaction. The calendar is
    the one in force.

    A case may have thousands of letters: they are looked at only if others may have to be replaced
    than before.
    """
    kept = kept_tasks(store, after.id)
    if before is None or after.cancelled or may_change_what_is_replaced(before, after):
        replacing = replacing_tasks(after)
    else:
        replacing = {row for row in kept if row.kind == REPLACE}
    moving = moving_tasks(workflow, after, calendar)
    _bring(store, kept, moving | replacing | clock_rows(workflow, after, calendar))


def put_tasks(store: Store, case_id: str, wanted: set[TaskRow]) -> None:
    """Bring a case's rows up to date; within a transaction."""
    _bring(store, kept_tasks(store, case_id), wanted)


def _bring(store: Store, kept: set[TaskRow], wanted: set[TaskRow]) -> None:
    """Write only what changes."""
    for row in kept - wanted:
        key = row._asdict()
        del key["due_on"], key["number"]
        store.put(text.DROP_TASK, **key)
    for row in wanted - kept:
        store.put(text.ADD_TASK, **row._asdict())


def kept_tasks(store: Store, case_id: str) -> set[TaskRow]:
    """Read the rows of a case."""
    return {TaskRow(*row) for row in store.rows(text.TASKS_OF_CASE, case_id=case_id)}


def letters_to_replace(store: Store, unit: str) -> Iterator[tuple[str, str]]:
    """List a unit's issued letters that may have to be replaced, as (case id, name)."""
    for asking in cases_asking(store, [(LETTER, unit)]):
        for row in sorted(kept_tasks(store, asking.case_id)):
            if (row.kind, row.unit) == (REPLACE, unit):
                yield asking.case_id, row.transition


class Asking(NamedTuple):
    """That a case asks something of somebody by a day; in the order in which `todo` lists."""

    due_on: str
    number: str
    case_id: str


class MayBeDue(NamedTuple):
    """That the clock may make something of a case on a day."""

    due_on: str
    case_id: str


def cases_due(store: Store, day: str) -> list[MayBeDue]:
    """List the cases of which the clock may make something by a day, the first day first."""
    statement, values = whose_clock(day)
    rows = map(MayBeDue._make, store.rows(statement, **values))
    return list(dict.fromkeys(rows))


def whose_clock(day: str) -> Ask:
    """Give what `cases_due` asks of a store."""
    return text.CASES_DUE, {"role": CLOCK, "unit": "", "day": day}


Part = tuple[str, str]
"""Of whom something is asked: a role, and the `unit` of a row."""


def cases_asking(store: Store, parts: Iterable[Part]) -> Iterator[Asking]:
    """Stream the cases that ask something of one of these, once for each day by which they do, in
    the order of the days and of the cases' numbers.
    """
    last = None
    for asking in merge(*(_stream(store, *part) for part in parts)):
        if asking != last:
            yield asking
        last = asking


def days_asked(rows: Iterable[TaskRow], parts: Container[Part]) -> list[str]:
    """List the days by which a case asks something of one of these, the earliest first."""
    return sorted({row.due_on for row in rows if (row.role, row.unit) in parts})


def _stream(store: Store, role: str, unit: str) -> Iterator[Asking]:
    place: dict[str, str] = {"due_on": "", "number": ""}
    while rows := store.rows(text.TASKS_FOR, role=role, unit=unit, most=_CHUNK, **place):
        yield from map(Asking._make, rows)
        place = {"due_on": rows[-1][0], "number": rows[-1][1]}
