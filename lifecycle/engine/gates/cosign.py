"""The co-sign of a transition: who is asked, what stands, and whether enough agree.

Silence is never consent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lifecycle.engine.case import Case, Moment, Opinion, opinion_key
from lifecycle.engine.clocks import due_of
from lifecycle.engine.gates.gates import Gate
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import Cosign, Transition, Workflow


@dataclass(frozen=True, slots=True)
class Seat:
    """One place at a co-sign: whose opinion is asked, under which role, what stands, and whether
    that still counts.
    """

    role: str
    unit: str
    opinion: Opinion | None
    stale: bool


def seats_of(workflow: Workflow, case: Case, transition: Transition) -> tuple[Seat, ...]:
    """List who is asked to co-sign a transition, with the opinion that stands and whether it has
    gone stale.
    """
    if transition.cosign is None:
        return ()
    floor = floor_of(case, transition)
    found = []
    for role in transition.cosign.roles:
        bound = workflow.roles[role].bound
        for unit in case.bound_units(bound) if bound else ("",):
            opinion = case.opinions.get(opinion_key(transition.name, role, unit))
            found.append(Seat(role, unit, opinion, opinion is not None and opinion.seq < floor))
    return tuple(found)


def floor_of(case: Case, transition: Transition) -> int:
    """Give the seq from which opinions count: after the last return, the last time it was made, and
    any change.
    """
    fired = case.fired.get(transition.name)
    covers = transition.cosign.covers if transition.cosign else ()
    return max(
        (case.cleared, fired.seq if fired else 0, *(case.changed.get(name, 0) for name in covers))
    )


def standing_objections(case: Case, transition: Transition) -> list[Opinion]:
    """List the objections that nobody has withdrawn or resolved since the last return or the last
    time it was made.

    Neither a change to what an objection covered nor taking its unit off the panel removes it.
    """
    fired = case.fired.get(transition.name)
    floor = max(case.cleared, fired.seq if fired else 0)
    return [
        opinion
        for opinion in case.opinions.values()
        if opinion.transition == transition.name
        and opinion.verdict == "object"
        and opinion.resolved is None
        and opinion.seq > floor
    ]


def unseated(workflow: Workflow, case: Case, cosign: Cosign) -> Iterator[str]:
    """Name the roles asked whose unit the case does not name yet.

    Only the panel's extra role may have none.
    """
    extra = workflow.panel.extra if workflow.panel else None
    for role in cosign.roles:
        bound = workflow.roles[role].bound
        if bound and role != extra and not case.bound_units(bound):
            yield role


def who_is(workflow: Workflow, moment: Moment, role: str, unit: str) -> str:
    """Name for an officer whoever is asked under a role."""
    if unit:
        return moment.names.get(unit, unit)
    return workflow.roles[role].title if role in workflow.roles else role


def judge_cosign(
    workflow: Workflow, case: Case, transition: Transition, moment: Moment
) -> Iterator[Gate]:
    """Judge the co-sign: enough agreement, and no objection standing.

    Silence never counts as consent.
    """
    cosign = transition.cosign
    if cosign is None:
        return
    seats = seats_of(workflow, case, transition)
    fresh = [a.opinion for a in seats if a.opinion and not a.stale]
    objections = standing_objections(case, transition)
    needed = cosign.quorum.needed(len(seats))
    # A resolved objection has been heard, which is all that "all" asks for; it is no agreement
    # where some must agree.
    agreed = sum(
        o.verdict != "object" or (o.resolved is not None and cosign.quorum.kind == "all")
        for o in fresh
    )
    inputs = {
        "needed": needed,
        "opinions": [[o.role, o.unit, o.verdict, o.seq, o.resolved] for o in fresh],
    }
    for objection in objections:
        name = who_is(workflow, moment, objection.role, objection.unit)
        who = objection.role + (f"/{objection.unit}" if objection.unit else "")
        mend = (
            f"由其撤回，或由牵头单位说明处理：lifecycle resolve {case.number} "
            f"{transition.name} "
            f"{who} --note …"
        )
        yield Gate("cosign", False, inputs, f"{name} 不同意：{objection.note}", mend, cosign.basis)
    lacking = list(unseated(workflow, case, cosign))
    for role in lacking:
        fact = workflow.facts[str(workflow.roles[role].bound)]
        mend = f"lifecycle set {case.number} {fact.name}=…"
        yield Gate(
            "cosign",
            False,
            inputs,
            f"{workflow.roles[role].title} 尚未确定，无从会签",
            mend,
            cosign.basis,
        )
    if agreed < needed:
        text = _missing_text(workflow, case, cosign, moment, seats, needed - agreed)
        if text:  # where only objections stand between, they have said so
            mend = f"lifecycle sign {case.number} {transition.name} agree --as …"
            given, wanted = f"已同意 {agreed} 家", f"须 {needed} 家同意"
            yield Gate("cosign", False, inputs, text, mend, cosign.basis, given, wanted)
    elif not objections and not lacking:
        names = "、".join(
            who_is(workflow, moment, o.role, o.unit)
            + ("（不同意，已处理）" if o.verdict == "object" else "")
            for o in fresh
        )
        text = f"{names or '无须会签的单位'} 已会签"
        given, wanted = f"已同意 {agreed} 家", f"须 {needed} 家同意"
        yield Gate("cosign", True, inputs, text, "", cosign.basis, given, wanted)


def _missing_text(
    workflow: Workflow,
    case: Case,
    cosign: Cosign,
    moment: Moment,
    seats: tuple[Seat, ...],
    short: int,
) -> str:
    late = overdue_since(case, cosign, moment)
    silent = [who_is(workflow, moment, a.role, a.unit) for a in seats if a.opinion is None]
    stale = [who_is(workflow, moment, a.role, a.unit) for a in seats if a.stale]
    parts = []
    if silent:
        parts.append(
            f"缺 {'、'.join(silent)} 的同意意见"
            + (f"（逾期未反馈，限 {late}；不视为同意）" if late else "")
        )
    if stale:
        parts.append(f"{'、'.join(stale)} 的意见已失效（其后有退回或内容变更），须重新会签")
    if cosign.quorum.kind != "all":
        parts.append(f"还需 {short} 家同意")
    return "；".join(parts)


def overdue_since(case: Case, cosign: Cosign, moment: Moment) -> date | None:
    """Give the day by which opinions were due, once it has passed."""
    if cosign.within is None:
        return None
    due = due_of(case, case.entered_on, cosign.within, moment.calendar).on
    return due if moment.on > due else None
