"""The seats of a transition's co-sign: whose opinions it needs, and which of them still count."""

from __future__ import annotations

from functools import lru_cache

from lifecycle.engine.case import Case, Opinion, opinion_key
from lifecycle.engine.values import naming
from lifecycle.engine.world.moment import Moment
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import Cosign, Fact, Material, Transition, Workflow
from lifecycle.workflow.reliance import MOST_TRANSITIONS, reads_of, required_by


@dataclass(frozen=True, slots=True)
class Seat:
    """One place at a co-sign: whose opinion is asked, under which role, what stands, and whether
    that has gone stale.
    """

    role: str
    unit: str
    opinion: Opinion | None
    stale: bool

    @property
    def is_open(self) -> bool:
        """Tell whether no opinion of it counts."""
        return self.opinion is None or self.stale


def typed(role: str, unit: str) -> str:
    """Give a seat as a command names it: `role`, or `role/unit`."""
    return f"{role}/{unit}" if unit else role


def seats_of(workflow: Workflow, case: Case, transition: Transition) -> tuple[Seat, ...]:
    """List who is asked to co-sign a transition, with the opinion that stands and whether it has
    gone stale.
    """
    if not transition.cosigns:
        return ()
    found = []
    for cosign in transition.cosigns:
        floor = floor_of(workflow, case, transition, cosign)
        # An objection that only counts is outvoted at most: unlike one that blocks it may go stale.
        blocks = cosign.objection == "blocks"
        for role in cosign.roles:
            for unit in units_for(workflow, case, role):
                opinion = case.opinions.get(opinion_key(transition.name, role, unit))
                # Who is named for a role in somebody's place has not spoken yet.
                since = max(floor, case.changed.get(workflow.roles[role].named or "", 0))
                lasts = opinion is not None and opinion.objects and blocks
                old = opinion is not None and opinion.seq < since and not lasts
                found.append(Seat(role, unit, opinion, old))
    return tuple(found)


def units_for(workflow: Workflow, case: Case, role: str) -> tuple[str, ...]:
    """Name the units that hold a role in a case; "" stands for any that has it."""
    bound = workflow.roles[role].bound
    return case.bound_units(bound) if bound else ("",)


def held_for(workflow: Workflow, case: Case, role: str) -> tuple[str, ...]:
    """Say in whom a role is held in a case: units, "" for any that has the role, or the officer
    (`@code`) or post (`#code`) that the case names; none while it names nobody.
    """
    rule = workflow.roles[role]
    if rule.named is None:
        return units_for(workflow, case, role)
    who = case.facts.get(rule.named)
    return () if who is None else (naming("post" if rule.post else "officer", str(who)),)


def is_vacant(workflow: Workflow, case: Case, role: str) -> bool:
    """Tell whether a role is held by whom the case names, and the case names nobody yet."""
    rule = workflow.roles[role]
    if rule.named is not None:
        return rule.named not in case.facts
    return rule.bound is not None and not case.bound_units(rule.bound)


def speaks_for(seat: Seat, moment: Moment) -> str:
    """Name the unit whose seat it is: the one that the case names, or the only one in which
    somebody holds the role on that day; "" where there are several, none, or nobody asks.
    """
    if seat.unit or moment.staff is None:
        return seat.unit
    units = [unit for unit, roles in moment.staff.items() if seat.role in roles]
    return units[0] if len(units) == 1 else ""


def floor_of(workflow: Workflow, case: Case, transition: Transition, cosign: Cosign) -> int:
    """Give the seq from which opinions count: after the last return, the last time it was made, and
    any change of what they cover.
    """
    fired = case.fired.get(transition.name)
    changes = (
        case.changed.get(name, 0) for name in covered(workflow, case.state, transition, cosign)
    )
    return max((case.cleared, fired.seq if fired else 0, *changes))


def covered(
    workflow: Workflow, state: str, transition: Transition, cosign: Cosign
) -> tuple[str, ...]:
    """Name the facts and materials that an opinion covers: what was shown to the signer. That is
    what the case is about and all that the transition reads, but what comes with the transition
    itself, unless the workflow says that it is less.
    """
    return cosign.covers if cosign.less else _shown(workflow, state, transition.name)


def lacked_by(workflow: Workflow, case: Case, opinion: Opinion) -> tuple[str, ...]:
    """Name the facts and materials that an opinion is to cover and that are not there yet: once one
    is entered, it has to be given anew. None for what lasts whatever is entered.
    """
    transition = workflow.leaving[case.state].get(opinion.transition)
    cosign = transition.cosign_of(opinion.role) if transition else None
    if transition is None or cosign is None:
        return ()
    if opinion.objects and cosign.objection == "blocks":
        return ()
    names = covered(workflow, case.state, transition, cosign)
    return tuple(name for name in names if name not in case.facts and name not in case.materials)


def not_there_yet(
    workflow: Workflow, case: Case, transition: Transition, role: str
) -> tuple[str, ...]:
    """Name the facts and materials that a role's opinion covers, that the transition demands and
    that are not there yet: what cannot be shown. Not those that the role itself supplies.
    """
    names = _wanted(workflow, case.state, transition.name, role)
    return tuple(name for name in names if name not in case.facts and name not in case.materials)


def rests_on(workflow: Workflow, case: Case, transition: Transition, role: str) -> tuple[str, ...]:
    """Name what has to be there before a role can be asked: what cannot be shown is not asked.
    Where the workflow itself says when it asks (`asked`, `order`), nothing has to.
    """
    cosign = transition.cosign_of(role)
    if cosign is None or cosign.asked or transition.before(cosign):
        return ()
    return not_there_yet(workflow, case, transition, role)


@lru_cache(maxsize=MOST_TRANSITIONS)
def _wanted(workflow: Workflow, state: str, name: str, role: str) -> tuple[str, ...]:
    former = workflow.former.get(state)
    if former is not None:
        return _wanted(former.workflow, former.state, former.ways[name].name, role)
    transition = workflow.leaving[state][name]
    cosign = transition.cosign_of(role)
    if cosign is None:
        return ()
    demanded = {*transition.facts, *transition.materials, *required_by(workflow, state, name)}
    lead = workflow.states[state].lead
    items: dict[str, Fact | Material] = {**workflow.facts, **workflow.materials}
    return tuple(
        item
        for item in covered(workflow, state, transition, cosign)
        if item in demanded and role not in (items[item].by or (lead,))
    )


@lru_cache(maxsize=MOST_TRANSITIONS)
def _shown(workflow: Workflow, state: str, name: str) -> tuple[str, ...]:
    former = workflow.former.get(state)
    if former is not None:
        return _shown(former.workflow, former.state, former.ways[name].name)
    transition = workflow.leaving[state][name]
    reads = reads_of(workflow, state, name)
    with_it = {*transition.asks, *transition.may}
    named = dict.fromkeys((*workflow.identity, *reads.facts, *reads.materials))
    return tuple(name for name in named if name not in with_it)
