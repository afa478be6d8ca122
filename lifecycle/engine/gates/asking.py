"""When a seat was asked for its opinion, and by when that is due. Nobody is late who was not asked.

An ask belongs to a round of the transition: since its state was entered, since it was last made, or
since a return. What cannot be shown yet is not asked: until all is there that an opinion covers and
the transition demands, an ask rests; it counts from the day on which that is complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from lifecycle.engine.case import Asked, AskingLetter, Case, opinion_key
from lifecycle.engine.case_letter import Addressee, CaseLetter, asked_about, rule_of
from lifecycle.engine.editions import transition_of
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.quorum import has_turn, is_turn
from lifecycle.engine.gates.renewals import has_seat, renewals_waiting
from lifecycle.engine.gates.seats import Seat, not_there_yet, rests_on, seats_of
from lifecycle.engine.values import Value
from lifecycle.engine.world.clocks import due_after_receipt, due_of
from lifecycle.engine.world.workdays import Calendar, Due
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import ENTERING, Transition, Workflow


def asked_of(case: Case, transition: Transition, seat: Seat) -> Asked | None:
    """Say when a seat was asked in this round, None where it was not: by an officer, by a letter,
    by being added to others; else by the state's being entered, or by the transition that asks.
    """
    kept = case.asked.get(opinion_key(transition.name, seat.role, seat.unit))
    if kept is not None and kept.seq >= round_of(case, transition):
        return kept
    cosign = transition.cosign_of(seat.role)
    asked = cosign.asked if cosign else ""
    if asked == ENTERING:
        entered = case.entered.get(case.state, 1)
        return Asked(case.entered_on, entered) if entered >= round_of(case, transition) else None
    if asked not in case.fired:
        return None
    since = round_of(case, transition)
    by_entering = since == case.entered.get(case.state)
    made = (
        step
        for step in case.steps.of(asked)
        if step.seq > since or (by_entering and step.seq == since)
    )
    first = next(made, None)  # made again in the same round, it asks nobody anew
    return Asked(first.on, first.seq) if first else None


def round_of(case: Case, transition: Transition) -> int:
    """Give the seq of the entry with which the present round of a transition began."""
    made = case.fired.get(transition.name)
    return max(case.cleared, made.seq if made else 0, case.entered.get(case.state, 0))


def unasked(workflow: Workflow, case: Case, transition: Transition) -> list[Seat]:
    """List the seats without an opinion that counts whom nobody has asked yet, though it is their
    turn.
    """
    return [
        seat
        for seat in seats_of(workflow, case, transition)
        if seat.is_open
        and asked_of(case, transition, seat) is None
        and has_turn(workflow, case, transition, seat.role)
    ]


def asked_seats(workflow: Workflow, case: Case, transition: Transition) -> list[Seat]:
    """List the seats that were asked, and can be, and whose opinion is still owed."""
    return [
        seat
        for seat in seats_of(workflow, case, transition)
        if seat.is_open and asked_now(workflow, case, transition, seat) is not None
    ]


@dataclass(frozen=True, slots=True)
class AskedTooSoon:
    """A seat that is asked though some of what it would speak on (`names`) is not there yet; the
    ask `rests` until it is, unless the workflow itself said when to ask.
    """

    transition: Transition
    seat: Seat
    names: tuple[str, ...]
    rests: bool


def asked_too_soon(workflow: Workflow, case: Case) -> Iterator[AskedTooSoon]:
    """List the seats that the last entry of a case asked too soon."""
    for transition in workflow.leaving[case.state].values():
        for seat in seats_of(workflow, case, transition) if transition.cosigns else ():
            asked = asked_of(case, transition, seat) if seat.is_open else None
            if asked is not None and asked.seq == case.seq:
                names = not_there_yet(workflow, case, transition, seat.role)
                if names:
                    rests = bool(rests_on(workflow, case, transition, seat.role))
                    yield AskedTooSoon(transition, seat, names, rests)


def not_shown_by(workflow: Workflow, case: Case, letter: CaseLetter) -> tuple[str, ...]:
    """Name what those would speak on whose opinions a letter asks, and that is not there yet."""
    transition = transition_asked_by(workflow, case, letter)
    if transition is None:
        return ()
    names = (
        name
        for seat in seats_asked_by(workflow, case, letter)
        if seat.is_open
        for name in not_there_yet(workflow, case, transition, seat.role)
    )
    return tuple(dict.fromkeys(names))


def asked_now(workflow: Workflow, case: Case, transition: Transition, seat: Seat) -> Asked | None:
    """Say when a seat was asked in this round; None where it was not, or where the ask rests since
    what it would speak on is not there yet.
    """
    asked = asked_of(case, transition, seat)
    if asked is None or rests_on(workflow, case, transition, seat.role):
        return None
    return asked


@dataclass(frozen=True, slots=True)
class DroppedSeat:
    """A seat that was asked, or has spoken, and that a change would take away."""

    transition: Transition
    seat: Seat


def seats_dropped(workflow: Workflow, before: Case, after: Case) -> list[DroppedSeat]:
    """List the seats that are asked or have spoken before a change and are none after it: at the
    ways out of the present state and, where the case is suspended, out of that which it left; those
    that have spoken on a step that stands; and those that speak anew after a correction, while
    somebody still has to.
    """
    found = list(_dropped_from_steps(workflow, before, after))
    for old, new in zip(places_of(before), places_of(after), strict=True):
        for transition in workflow.leaving[old.state].values():
            found += [
                DroppedSeat(transition, seat)
                for seat in _gone(workflow, old, new, transition)
                if seat.opinion or asked_of(old, transition, seat)
            ]
    for renewal in renewals_waiting(workflow, before):
        step = renewal.steps[0]
        transition = transition_of(workflow, step)
        found += [
            DroppedSeat(transition, seat)
            for seat in renewal.seats
            if has_seat(workflow, before, seat) and not has_seat(workflow, after, seat)
        ]
    return list(
        {(one.transition.name, one.seat.role, one.seat.unit): one for one in found}.values()
    )


def _dropped_from_steps(workflow: Workflow, before: Case, after: Case) -> Iterator[DroppedSeat]:
    bound = {role.bound for role in workflow.roles.values() if role.bound}
    if all(before.facts.get(name) == after.facts.get(name) for name in bound):
        return
    cosigned = (t.name for t in workflow.transitions if t.cosigns)
    steps = before.steps.of(*dict.fromkeys(cosigned))
    for source, name in dict.fromkeys((step.source, step.transition) for step in steps):
        transition = workflow.leaving[source][name]
        old, new = replace(before, state=source), replace(after, state=source)
        for seat in _gone(workflow, old, new, transition):
            if seat.opinion:
                yield DroppedSeat(transition, seat)


def _gone(workflow: Workflow, old: Case, new: Case, transition: Transition) -> list[Seat]:
    """List the seats of a transition that a case has no more."""
    there = {(seat.role, seat.unit) for seat in seats_of(workflow, new, transition)}
    return [s for s in seats_of(workflow, old, transition) if (s.role, s.unit) not in there]


def seats_dropped_by(
    workflow: Workflow, case: Case, name: str, value: Value | None
) -> list[DroppedSeat]:
    """List the seats that would go if a fact had another value, or none."""
    others = {known: held for known, held in case.facts.items() if known != name}
    facts = others if value is None else {**others, name: value}
    return seats_dropped(workflow, case, replace(case, facts=facts))


def places_of(case: Case) -> list[Case]:
    """Give the case where it is, and where it was suspended from."""
    left = [replace(case, state=s.state, entered_on=s.entered_on) for s in case.suspensions]
    return [case, *left]


def due_of_seat(
    workflow: Workflow, case: Case, transition: Transition, seat: Seat, calendar: Calendar
) -> Due | None:
    """Give the day by which an asked seat owes its opinion: the earliest of the co-sign's `within`,
    from the day on which it was asked, and of the times to answer of the letters that asked it,
    from their receipt. None where it is not asked, has spoken, or there is no limit yet.
    """
    if not seat.is_open:
        return None
    return min(_dues(workflow, case, transition, seat, calendar), key=_day, default=None)


def _day(due: Due) -> date:
    return due.on


def _dues(
    workflow: Workflow, case: Case, transition: Transition, seat: Seat, calendar: Calendar
) -> Iterator[Due]:
    asked = asked_now(workflow, case, transition, seat)
    if asked is None:
        return
    within = due_within(case, transition, seat, asked.on, calendar)
    if within is not None:
        yield within
    for letter, addressee in letters_asking(workflow, case, transition, seat):
        rule = rule_of(workflow, letter)
        if rule is not None and rule.reply is not None:
            due = due_after_receipt(case, addressee, rule.reply.limit, calendar)
            if due is not None:
                yield due


def due_within(
    case: Case, transition: Transition, seat: Seat, asked_on: str, calendar: Calendar
) -> Due | None:
    """Give the day by which a seat asked on a day owes its opinion by the co-sign's `within`; None
    where that has none.
    """
    cosign = transition.cosign_of(seat.role)
    within = cosign.within if cosign else None
    return due_of(case, asked_on, within, calendar) if within is not None else None


def letters_asking(
    workflow: Workflow, case: Case, transition: Transition, seat: Seat
) -> Iterator[tuple[CaseLetter, Addressee]]:
    """List the letters in force that ask a seat in this round for what it still owes, each with the
    addressee that answers for the seat. One issued before it was asked anew asks it no more.
    """
    asked = asked_now(workflow, case, transition, seat)
    if asked is None:
        return
    for name, unit in case.asking.get(opinion_key(transition.name, seat.role, seat.unit), ()):
        letter = case.letters[name]
        if letter.in_force and letter.issued_seq >= asked.seq:
            for addressee in letter.addressed:
                if unit and addressee.unit == unit and not addressee.copy:
                    yield letter, addressee


def transition_asked_by(workflow: Workflow, case: Case, letter: CaseLetter) -> Transition | None:
    """Give the transition out of the case's state on which the answers to a letter are opinions;
    None where there is none.
    """
    asks = asked_about(workflow, letter)
    return workflow.leaving[case.state].get(asks) if asks else None


def seats_asked_by(workflow: Workflow, case: Case, letter: CaseLetter) -> list[Seat]:
    """List the seats that the issue of a letter asks: those of its main recipients whose turn it
    is, at the co-sign that its answers are opinions on.
    """
    rule, transition = rule_of(workflow, letter), transition_asked_by(workflow, case, letter)
    if rule is None or transition is None:
        return []
    roles = letter.to or rule.to
    return [
        seat
        for seat in seats_of(workflow, case, transition)
        if seat.role in roles and has_turn(workflow, case, transition, seat.role)
    ]


def with_letter(
    case: Case, transition: Transition, seats: Iterable[tuple[Seat, str]], entry: Entry, name: str
) -> dict[str, Any]:
    """Give what changes of a case by an entry that issues a letter, by its name, which asks these
    seats, each with the unit to which the letter goes for it.
    """
    seats = list(seats)
    asking = {**case.asking}
    for seat, unit in seats:
        key = opinion_key(transition.name, seat.role, seat.unit)
        former = (one for one in asking.get(key, ()) if case.letters[one.letter].in_force)
        asking[key] = (*former, AskingLetter(name, unit))
    asked = with_asked(case, transition, (seat for seat, _unit in seats), entry)
    return {"asked": asked, "asking": asking}


def with_asked(
    case: Case, transition: Transition, seats: Iterable[Seat], entry: Entry
) -> Mapping[str, Asked]:
    """Give the asks of a case with those seats asked by an entry that were not asked yet."""
    return {**case.asked, **_asks(case, transition, seats, entry)}


def _asks(
    case: Case, transition: Transition, seats: Iterable[Seat], entry: Entry
) -> dict[str, Asked]:
    """Give the asks by an entry of those seats that were not asked yet, and no others."""
    waiting = (seat for seat in seats if asked_of(case, transition, seat) is None)
    return _asked_by(transition, waiting, entry)


def _asked_by(transition: Transition, seats: Iterable[Seat], entry: Entry) -> dict[str, Asked]:
    """Give the asks of some seats by an entry: on the day from which they could know of it."""
    asked = Asked(entry.known_on, entry.seq)
    return {opinion_key(transition.name, seat.role, seat.unit): asked for seat in seats}


def follow_seats(workflow: Workflow, before: Case | None, after: Case, entry: Entry) -> Case:
    """Give the case after an entry with the seats asked that it concerns: anew, whose opinion went
    stale by it; too, who came to others that were asked.

    An entry that moves the case, or makes the transition itself, begins another round instead; so
    does a return to where the case is, which asks those whom entering it asks. Whom an entry asks
    that was recorded later than its day, it asks on the day of recording: before, they could not
    know. So does the entry that takes a case in which came to its state before.
    """
    same_place = before is not None and before.state == after.state
    returned = before is not None and before.cleared != after.cleared
    late = entry.known_on > (after.entered_on if before is None else entry.on)
    changed = (
        before is None
        or before.changed is not after.changed
        or before.opinions is not after.opinions  # an objection goes stale once it is resolved
    )
    if not (late or (same_place and (changed or returned))):
        return after
    asked = {**after.asked}
    for transition in workflow.leaving[after.state].values():
        if not transition.cosigns:
            continue
        seats = seats_of(workflow, after, transition)
        if same_place and returned:
            asked |= _asks(after, transition, _on_entering(transition, seats), entry)
        if before is not None and same_place:
            asked |= _asked_by_change(workflow, before, after, transition, entry)
        if late:
            asked |= _asked_late(after, transition, seats, entry)
    if before is not None and same_place:
        asked |= _asked_where_left(workflow, before, after, entry)
    return after if asked == after.asked else replace(after, asked=asked)


def _asked_where_left(
    workflow: Workflow, before: Case, after: Case, entry: Entry
) -> dict[str, Asked]:
    """Give the asks by an entry, while the case is suspended, at the ways out of the states that it
    left and goes back to; what leads out of the present state, too, is told there.
    """
    asked: dict[str, Asked] = {}
    for old, new in list(zip(places_of(before), places_of(after), strict=False))[1:]:
        for name, transition in workflow.leaving[new.state].items():
            if transition.cosigns and name not in workflow.leaving[after.state]:
                asked |= _asked_by_change(workflow, old, new, transition, entry)
    return asked


def _asked_by_change(
    workflow: Workflow, before: Case, after: Case, transition: Transition, entry: Entry
) -> dict[str, Asked]:
    """Give the asks of those whose opinion went stale by an entry, or who came to others, and of
    those whose asks rested until it supplied what they speak on; where a record was taken back, of
    all whose opinion is owed again: since it was made, none was.
    """
    was, now = round_of(before, transition), round_of(after, transition)
    if now < was:
        return _asked_by(transition, asked_seats(workflow, after, transition), entry)
    if now > was:
        return {}
    old = {(s.role, s.unit): s for s in seats_of(workflow, before, transition)}
    others = [
        transition.cosign_of(seat.role)
        for seat in old.values()
        if asked_of(before, transition, seat)
    ]
    asked = []
    for seat in seats_of(workflow, after, transition):
        known = old.get((seat.role, seat.unit))
        stale = known is not None and seat.stale and not known.stale
        came = known is None and transition.cosign_of(seat.role) in others
        if stale or came or _is_complete(workflow, before, after, transition, seat):
            asked.append(seat)
    return _asked_by(transition, asked, entry)


def _is_complete(
    workflow: Workflow, before: Case, after: Case, transition: Transition, seat: Seat
) -> bool:
    """Tell whether a seat's ask rested until an entry supplied the last of what it speaks on."""
    return (
        seat.is_open
        and asked_of(before, transition, seat) is not None
        and bool(rests_on(workflow, before, transition, seat.role))
        and not rests_on(workflow, after, transition, seat.role)
    )


def _asked_late(
    case: Case, transition: Transition, seats: Iterable[Seat], entry: Entry
) -> dict[str, Asked]:
    """Give the asks that follow from an entry without a word, on the day of its recording."""
    found = ((seat, asked_of(case, transition, seat)) for seat in seats)
    late = (seat for seat, asked in found if asked is not None and asked.seq == entry.seq)
    return _asked_by(transition, late, entry)


def _on_entering(transition: Transition, seats: Iterable[Seat]) -> list[Seat]:
    """List the seats that the state's being entered asks."""
    by_itself = [cosign for cosign in transition.cosigns if cosign.asked == ENTERING]
    return [seat for seat in seats if transition.cosign_of(seat.role) in by_itself]


def follow_turns(workflow: Workflow, case: Case, entry: Entry) -> Case:
    """Give the case after an entry with those seats asked whose turn came by it, where co-signs
    come one after another, and those no longer asked whose turn it is not any more.
    """
    asked = case.asked
    for transition in workflow.ordered.get(case.state, ()):
        seats = seats_of(workflow, case, transition)
        for cosign in transition.cosigns:
            if not transition.before(cosign):
                continue
            if is_turn(workflow, case, transition, cosign):
                mine = [seat for seat in seats if seat.is_open and seat.role in cosign.roles]
                asked = {**asked, **_asks(case, transition, mine, entry)}
            else:
                places = tuple(opinion_key(transition.name, role, "") for role in cosign.roles)
                asked = {key: ask for key, ask in asked.items() if not key.startswith(places)}
    return case if asked == case.asked else replace(case, asked=asked)
