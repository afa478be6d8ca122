"""Opinions given anew: a correction changed what they covered, and what rests on the steps that
were signed waits until each unit has spoken once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lifecycle.engine.case import Case, Opinion, Renewal
from lifecycle.engine.editions import transition_of
from lifecycle.engine.gates.quorum import count_seats
from lifecycle.engine.gates.seats import Seat, units_for
from lifecycle.engine.steps import MadeStep
from lifecycle.engine.world.clocks import due_of
from lifecycle.engine.world.workdays import Calendar, Due
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Cosign, Transition, Workflow


@dataclass(frozen=True, slots=True)
class OpenRenewal:
    """A correction after which opinions have to be given anew: the standing steps that were signed,
    each seat with what it said since, and those whose objection stands in the way.
    """

    renewal: Renewal
    steps: tuple[MadeStep, ...]
    seats: tuple[Seat, ...]
    objecting: tuple[Seat, ...]

    @property
    def correction(self) -> int:
        """Give the seq of the entry that confirmed the correction."""
        return self.renewal.correction

    @property
    def owing(self) -> tuple[Seat, ...]:
        """List the seats that have not spoken since."""
        return tuple(seat for seat in self.seats if seat.opinion is None)


def renewals_of(workflow: Workflow, case: Case) -> Iterator[OpenRenewal]:
    """Give the corrections after which opinions have to be given anew, be they given or not, as far
    as a step that was signed stands, in order.
    """
    if not case.renewals:
        return
    for renewal in case.renewals.values():
        steps = tuple(filter(None, map(case.steps.at, renewal.steps)))
        if steps:
            seats = tuple(_seats(workflow, case, renewal))
            against = tuple(_objecting(workflow, case, steps, seats))
            yield OpenRenewal(renewal, steps, seats, against)


def keep_objections(workflow: Workflow, before: Case, after: Case) -> Case:
    """Give the case after an entry with the objections kept that were said anew on steps which the
    entry undid: each then stands on the transition itself, as if it had been said there, unless its
    unit has spoken there since.
    """
    if not before.renewals or before.steps is after.steps:
        return after
    opinions = dict(after.opinions)
    for renewal in before.renewals.values():
        for step in filter(None, map(before.steps.at, renewal.steps)):
            if after.steps.at(step.seq) is None:
                opinions |= _objections_to(workflow, before, renewal, step)
    return after if opinions == after.opinions else replace(after, opinions=opinions)


def _objections_to(
    workflow: Workflow, case: Case, renewal: Renewal, step: MadeStep
) -> dict[str, Opinion]:
    """Give, by the place of each among a case's opinions, the objections said last to a step."""
    found = {}
    for place in _places(renewal):
        said = _said_last(case, renewal, place)
        if said is None or not said.objects:
            continue
        objection = replace(said, transition=step.transition)
        known = case.opinions.get(objection.key)
        asked = transition_of(workflow, step).cosign_of(said.role) is not None
        if asked and (known is None or known.seq < said.seq):
            found[objection.key] = objection
    return found


def _places(renewal: Renewal) -> Iterable[str]:
    """Name the places that were asked to speak anew, or have."""
    return dict.fromkeys((*(place_of(*seat) for seat in renewal.seats), *renewal.said))


def renewals_waiting(workflow: Workflow, case: Case) -> list[OpenRenewal]:
    """List those of them on which somebody has not spoken, or objects."""
    return [one for one in renewals_of(workflow, case) if one.owing or one.objecting]


def place_of(role: str, unit: str) -> str:
    """Name the place of a seat's opinion among those said anew."""
    return f"{role}/{unit}"


def _seats(workflow: Workflow, case: Case, renewal: Renewal) -> Iterator[Seat]:
    """Give the seats that speak anew: those that had spoken or, where the case names another unit
    by now, that one; and those whose objection stands though they have no seat any more.

    Who spoke on a later correction has seen this one, too. What was said last counts, be it on an
    earlier one.
    """
    there = set()
    for role in dict.fromkeys(role for role, _unit in renewal.seats):
        now = units_for(workflow, case, role)
        then = {unit for other, unit in renewal.seats if other == role}
        for unit in [unit for unit in now if unit in then] or now:
            there.add(place_of(role, unit))
            yield Seat(role, unit, _said_last(case, renewal, place_of(role, unit)), stale=False)
    for place in _places(renewal):
        said = _said_last(case, renewal, place)
        if place not in there and said is not None and said.objects:
            yield Seat(said.role, said.unit, said, stale=False)


def _said_last(case: Case, renewal: Renewal, place: str) -> Opinion | None:
    """Give what a seat said last on a correction or on a later one."""
    said = [
        one.said[place]
        for one in case.renewals.values()
        if one.correction >= renewal.correction and place in one.said
    ]
    return max(said, key=lambda opinion: opinion.seq, default=None)


def _objecting(
    workflow: Workflow, case: Case, steps: Iterable[MadeStep], seats: tuple[Seat, ...]
) -> Iterator[Seat]:
    """Give the seats whose objection stands in the way: where objections only count, none is that
    was outvoted.
    """
    transitions = _transitions(workflow, steps)
    for seat in seats:
        if seat.opinion is None or not seat.opinion.objects:
            continue
        sat = [c for c in (t.cosign_of(seat.role) for t in transitions) if c is not None]
        if not sat or not all(_outvotes(workflow, case, cosign, seats) for cosign in sat):
            yield seat


def _outvotes(workflow: Workflow, case: Case, cosign: Cosign, seats: tuple[Seat, ...]) -> bool:
    """Tell whether a co-sign at which objections only count has passed, by what was said anew."""
    if cosign.objection != "counts":
        return False
    spoken = {(seat.role, seat.unit): seat for seat in seats}
    asked = (
        spoken.get((role, unit), Seat(role, unit, None, stale=False))
        for role in cosign.roles
        for unit in units_for(workflow, case, role)
    )
    return count_seats(cosign, tuple(asked)).is_enough


def is_settleable(workflow: Workflow, renewal: OpenRenewal, seat: Seat) -> bool:
    """Tell whether the lead's word does for a seat's objection: not where objections count."""
    sat = (t.cosign_of(seat.role) for t in _transitions(workflow, renewal.steps))
    words = [cosign.objection for cosign in sat if cosign is not None]
    return not words or "blocks" in words


def parted_roles(workflow: Workflow, renewal: OpenRenewal) -> frozenset[str]:
    """Name the roles that spoke each by itself, where a unit has several of them."""
    return frozenset(
        role
        for transition in _transitions(workflow, renewal.steps)
        for cosign in transition.cosigns
        if cosign.by_role
        for role in cosign.roles
    )


def has_seat(workflow: Workflow, case: Case, seat: Seat) -> bool:
    """Tell whether the case still names the unit that a seat is of."""
    bound = workflow.roles[seat.role].bound
    return bound is None or seat.unit in case.bound_units(bound)


def due_of_renewal(
    workflow: Workflow, case: Case, open_renewal: OpenRenewal, seat: Seat, calendar: Calendar
) -> Due | None:
    """Give the day by which a seat has to speak anew: by the shortest limit of the co-signs at
    which it sat; None where none of them has one.
    """
    cosigns = (
        transition.cosign_of(seat.role) for transition in _transitions(workflow, open_renewal.steps)
    )
    limits = (cosign.within for cosign in cosigns if cosign is not None)
    dues = (due_of(case, open_renewal.renewal.on, within, calendar) for within in limits if within)
    return min(dues, key=lambda due: due.on, default=None)


def spoken_for(workflow: Workflow, case: Case, step: MadeStep) -> tuple[tuple[str, str], ...]:
    """List the seats, as (role, unit), whose opinions a standing step rests on. Where a later round
    has taken the place of these opinions, all seats.
    """
    transition = transition_of(workflow, step)
    roles = [role for cosign in transition.cosigns for role in cosign.roles]
    made = case.steps.of(step.transition)
    before = max((one.seq for one in made if one.seq < step.seq), default=0)
    said = {
        (opinion.role, opinion.unit)
        for opinion in case.opinions.values()
        if opinion.transition == step.transition and before < opinion.seq < step.seq
    }
    if said:
        return tuple(sorted(said, key=lambda seat: (roles.index(seat[0]), seat[1])))
    return tuple((role, unit) for role in roles for unit in units_for(workflow, case, role))


def _transitions(workflow: Workflow, steps: Iterable[MadeStep]) -> list[Transition]:
    return [transition_of(workflow, step) for step in steps]
