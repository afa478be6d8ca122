"""When a seat was asked for its opinion, and by when that is due. Nobody is late who was not asked.

An ask belongs to a round of the transition: since its state was entered, since it was last made, or
since a return.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from lifecycle.engine.case import Asked, Case, opinion_key
from lifecycle.engine.clocks import due_of
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.seats import Seat, seats_of
from lifecycle.engine.workdays import Calendar, Due
from lifecycle.workflow.model import ENTERING, Transition, Workflow


def asked_of(case: Case, transition: Transition, seat: Seat) -> Asked | None:
    """Say when a seat was asked in this round, None where it was not: by an officer, by a letter,
    by being added to others; else by the state's being entered, or by the transition that asks.
    """
    kept = case.asked.get(opinion_key(transition.name, seat.role, seat.unit))
    if kept is not None and kept.seq >= round_of(case, transition):
        return kept
    asked = transition.cosign.asked if transition.cosign else ""
    if asked == ENTERING:
        entered = case.entered.get(case.state, 1)
        return Asked(case.entered_on, entered) if entered >= round_of(case, transition) else None
    made = case.fired.get(asked)
    if made is not None and made.seq > round_of(case, transition):
        return Asked(made.on, made.seq)
    return None


def round_of(case: Case, transition: Transition) -> int:
    """Give the seq of the entry with which the present round of a transition began."""
    made = case.fired.get(transition.name)
    return max(case.cleared, made.seq if made else 0, case.entered.get(case.state, 0))


def unasked(workflow: Workflow, case: Case, transition: Transition) -> list[Seat]:
    """List the seats without an opinion that counts whom nobody has asked yet."""
    return [
        seat
        for seat in seats_of(workflow, case, transition)
        if seat.is_open and asked_of(case, transition, seat) is None
    ]


def asked_seats(workflow: Workflow, case: Case, transition: Transition) -> list[Seat]:
    """List the seats that were asked and whose opinion is still owed."""
    return [
        seat
        for seat in seats_of(workflow, case, transition)
        if seat.is_open and asked_of(case, transition, seat) is not None
    ]


def due_of_seat(case: Case, transition: Transition, seat: Seat, calendar: Calendar) -> Due | None:
    """Give the day by which an asked seat owes its opinion; None where it is not asked, has spoken,
    or there is no limit.
    """
    within = transition.cosign.within if transition.cosign else None
    asked = asked_of(case, transition, seat) if within is not None and seat.is_open else None
    if asked is None or within is None:
        return None
    return due_of(case, asked.on, within, calendar)


def with_asked(
    case: Case, transition: Transition, seats: Iterable[Seat], entry: Entry
) -> Mapping[str, Asked]:
    """Give the asks of a case with those seats asked by an entry that were not asked yet."""
    asked = {**case.asked}
    for seat in seats:
        if asked_of(case, transition, seat) is None:
            key = opinion_key(transition.name, seat.role, seat.unit)
            asked[key] = Asked(entry.on, entry.seq)
    return asked


def follow_seats(workflow: Workflow, before: Case, after: Case, entry: Entry) -> Case:
    """Give the case after an entry with the seats asked that it concerns: anew, whose opinion went
    stale by it; too, who came to others that were asked.

    An entry that moves the case, or makes the transition itself, begins another round instead; so
    does a return to where the case is, which asks those whom entering it asks.
    """
    returned = before.cleared != after.cleared
    if before.state != after.state or (before.changed is after.changed and not returned):
        return after
    asked = {**after.asked}
    for transition in workflow.leaving[after.state].values():
        if transition.cosign is None:
            continue
        if returned and transition.cosign.asked == ENTERING:
            asked |= with_asked(after, transition, seats_of(workflow, after, transition), entry)
        if round_of(before, transition) != round_of(after, transition):
            continue
        old = {(s.role, s.unit): s for s in seats_of(workflow, before, transition)}
        others = any(asked_of(before, transition, seat) for seat in old.values())
        for seat in seats_of(workflow, after, transition):
            known = old.get((seat.role, seat.unit))
            stale = known is not None and seat.stale and not known.stale
            if stale or (known is None and others):
                key = opinion_key(transition.name, seat.role, seat.unit)
                asked[key] = Asked(entry.on, entry.seq)
    return after if asked == after.asked else replace(after, asked=asked)
