"""Whether enough of those asked at a co-sign agree, and whether enough still can.

All seats count, asked or not; those of one unit count as one, unless the workflow parts them, and
it has spoken once it has at all of them. Agreement on conditions is agreement; silence never is.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.engine.case import Case, Opinion
from lifecycle.engine.gates.seats import Seat, floor_of, is_vacant, seats_of
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import Cosign, Transition, Workflow


@dataclass(frozen=True, slots=True)
class OpinionCount:
    """One co-sign counted: who agrees, who does not, who has not spoken, and how many must agree.

    `must` are the seats that have to agree in any case. `curable` are those of `against` whose
    objection is as good as agreement once the lead has resolved it.
    """

    cosign: Cosign
    needed: int
    seats: tuple[Seat, ...]
    agreed: tuple[Seat, ...]
    against: tuple[Seat, ...]
    silent: tuple[Seat, ...]
    must: tuple[Seat, ...]
    curable: tuple[Seat, ...]

    @property
    def short(self) -> int:
        """Count how many more have to agree, whoever they are."""
        return max(0, self.needed - self.voices(self.agreed))

    @property
    def lacking(self) -> tuple[Seat, ...]:
        """List the seats that have to agree in any case and do not."""
        return tuple(seat for seat in self.must if seat not in self.agreed)

    @property
    def is_enough(self) -> bool:
        """Tell whether it has passed, but for objections that block."""
        return not self.short and not self.lacking

    @property
    def is_lost(self) -> bool:
        """Tell whether it cannot pass unless somebody changes their opinion: those who agree and
        those who may yet are too few, or one who has to agree is against it.
        """
        possible = self.voices((*self.agreed, *self.silent, *self.curable))
        return possible < self.needed or any(seat in self.against for seat in self.must)

    @property
    def base(self) -> int:
        """Count all voices: those who have spoken and those who have not."""
        return len(_voices(self.cosign, self.seats))

    def voices(self, seats: tuple[Seat, ...]) -> int:
        """Count the voices of which no seat is missing among some."""
        others = tuple(seat for seat in self.seats if seat not in seats)
        return len(_voices(self.cosign, seats) - _voices(self.cosign, others))


def _voices(cosign: Cosign, seats: tuple[Seat, ...]) -> set[object]:
    """Give whose voices there are at some seats: units, and seats of which no unit is known yet."""
    if cosign.by_role:
        return set(seats)
    return {(seat.opinion and seat.opinion.by_unit) or seat.unit or seat for seat in seats}


def count_of(
    workflow: Workflow, case: Case, transition: Transition, cosign: Cosign
) -> OpinionCount:
    """Count a co-sign of a transition."""
    seats = seats_of(workflow, case, transition)
    return count_seats(cosign, tuple(seat for seat in seats if seat.role in cosign.roles))


def count_seats(cosign: Cosign, seats: tuple[Seat, ...]) -> OpinionCount:
    """Count what stands at the seats of a co-sign."""
    return OpinionCount(
        cosign=cosign,
        needed=cosign.quorum.needed(len(_voices(cosign, seats))),
        seats=seats,
        agreed=tuple(seat for seat in seats if _agrees(cosign, seat)),
        against=tuple(seat for seat in seats if not (seat.is_open or _agrees(cosign, seat))),
        silent=tuple(seat for seat in seats if seat.is_open),
        must=tuple(seat for seat in seats if seat.role in cosign.must),
        curable=tuple(seat for seat in seats if _is_curable(cosign, seat)),
    )


def _agrees(cosign: Cosign, seat: Seat) -> bool:
    opinion = seat.opinion
    if opinion is None or seat.stale:
        return False
    return opinion.verdict != "object" or (opinion.resolved is not None and _heard(cosign, seat))


def _heard(cosign: Cosign, seat: Seat) -> bool:
    """Tell whether a resolved objection does for agreement: it has been heard, which is all that
    "all" asks for where objections block. Where some must agree it is none.
    """
    blocks = cosign.objection == "blocks"
    return cosign.quorum.kind == "all" and blocks and seat.role not in cosign.must


def _is_curable(cosign: Cosign, seat: Seat) -> bool:
    objects = seat.opinion is not None and seat.opinion.objects and not seat.stale
    return objects and _heard(cosign, seat)


def standing_objections(case: Case, transition: Transition) -> list[Opinion]:
    """List the objections that nobody has withdrawn or resolved.

    Nothing else removes one: no change to what it covered, no return, nor taking its unit off the
    panel.
    """
    return [
        opinion
        for opinion in case.opinions.values()
        if opinion.transition == transition.name and opinion.objects
    ]


def blocking_objections(case: Case, transition: Transition, cosign: Cosign) -> list[Opinion]:
    """List the standing objections that block by themselves, whatever the count.

    One of a role that is asked no more is told at the first co-sign.
    """
    if cosign.objection == "counts":
        return []
    first = transition.cosigns[0]
    return [
        opinion
        for opinion in standing_objections(case, transition)
        if (transition.cosign_of(opinion.role) or first) is cosign
    ]


def lasting_objections(workflow: Workflow, case: Case, transition: Transition) -> list[Opinion]:
    """List the objections that block and are older than what they would be said on now: since then
    the case was returned or what they cover has changed.
    """
    found = []
    for cosign in transition.cosigns:
        floor = floor_of(workflow, case, transition, cosign)
        blocking = blocking_objections(case, transition, cosign)
        found += [objection for objection in blocking if objection.seq < floor]
    return found


def unseated(workflow: Workflow, case: Case, cosign: Cosign) -> Iterator[str]:
    """Name the roles asked of whom the case does not say yet who holds them.

    Only the panel's extra role may have none, and where it must agree not even that.
    """
    extra = workflow.panel.extra if workflow.panel else None
    for role in cosign.roles:
        free = role == extra and role not in cosign.must
        if not free and is_vacant(workflow, case, role):
            yield role


def is_met(workflow: Workflow, case: Case, transition: Transition, cosign: Cosign) -> bool:
    """Tell whether a co-sign has passed."""
    return (
        count_of(workflow, case, transition, cosign).is_enough
        and not blocking_objections(case, transition, cosign)
        and not any(unseated(workflow, case, cosign))
    )


def is_turn(workflow: Workflow, case: Case, transition: Transition, cosign: Cosign) -> bool:
    """Tell whether all co-signs before one have passed."""
    before = transition.before(cosign)
    return all(is_met(workflow, case, transition, earlier) for earlier in before)


def has_turn(workflow: Workflow, case: Case, transition: Transition, role: str) -> bool:
    """Tell whether it is the turn of a role to be asked and to sign."""
    cosign = transition.cosign_of(role)
    return cosign is None or is_turn(workflow, case, transition, cosign)
