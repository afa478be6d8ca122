"""The co-sign of a transition: who is asked, what stands, and whether enough agree.

Silence is never consent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from lifecycle.engine.case import Case, Moment, Officer, Opinion
from lifecycle.engine.gates.asking import asked_of, due_of_seat, unasked
from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.gates.seats import Seat, floor_of, seats_of
from lifecycle.workflow.model import Cosign, Transition, Workflow


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


def judge_makers(
    workflow: Workflow, case: Case, transition: Transition, officer: Officer, moment: Moment
) -> Iterator[Gate]:
    """Judge that nobody makes a transition whose signature it rests on, unless the workflow lets
    them; and nobody who settled an objection to it.
    """
    if transition.cosign is None:
        return
    floor = floor_of(workflow, case, transition)
    settled = {
        person
        for opinion in case.opinions.values()
        if opinion.transition == transition.name and opinion.seq >= floor
        for person in opinion.resolved_by
    }
    same = sorted(settled & set(officer.persons))
    # An office founded before this rule did otherwise, and is judged as it was then.
    if same and moment.staff is not None:
        text = f"{'、'.join(same)} 处理过 {transition.title} 的不同意见，不能再由其办理"
        yield Gate("not_by", False, {"settled": same}, text, "请同单位的另一位经办人办理")
    valid = [s.opinion for s in seats_of(workflow, case, transition) if s.opinion and not s.stale]
    signed = {person for opinion in valid for person in opinion.persons}
    same = sorted(signed & set(officer.persons))
    if same and not transition.cosign.signers_may_make:
        text = f"{'、'.join(same)} 已在 {transition.title} 上会签，不能再由其办理"
        yield Gate("not_by", False, {"signed": same}, text, "请同单位的另一位经办人办理")


def judge_voice(what: str, seats: Iterable[Seat], seat: Seat, officer: Officer) -> Iterator[Gate]:
    """Judge that one person speaks for one unit only, among the seats that sign what is called
    so.
    """
    for other in seats:
        opinion = other.opinion
        if opinion is None or other.stale or opinion.by_unit == officer.unit:
            continue
        same = sorted(set(opinion.persons) & set(officer.persons))
        if same and (other.role, other.unit) != (seat.role, seat.unit):
            text = f"{'、'.join(same)} 已代表别的单位会签 {what}，一人只能代表一个单位"
            yield Gate("not_by", False, {"signed": same}, text, "请本单位的另一位经办人会签")


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
        text = _missing_text(workflow, case, transition, moment, needed - agreed)
        if text:  # where only objections stand between, they have said so
            verb = "ask" if unasked(workflow, case, transition) else "sign"
            rest = "" if verb == "ask" else " agree --as …"
            mend = f"lifecycle {verb} {case.number} {transition.name}{rest}"
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
    workflow: Workflow, case: Case, transition: Transition, moment: Moment, short: int
) -> str:
    """Say whose opinions are missing: who is asked, who is late since when, who was not asked."""
    seats = seats_of(workflow, case, transition)
    silent: dict[str, list[str]] = {}
    for seat in seats:
        if seat.opinion is None:
            name = who_is(workflow, moment, seat.role, seat.unit)
            silent.setdefault(_why_silent(case, transition, seat, moment), []).append(name)
    parts = [f"缺 {'、'.join(silent[why])} 的同意意见{why}" for why in sorted(silent)]
    stale = [who_is(workflow, moment, seat.role, seat.unit) for seat in seats if seat.stale]
    if stale:
        parts.append(f"{'、'.join(stale)} 的意见已失效（其后有退回或内容变更），须重新会签")
    if transition.cosign and transition.cosign.quorum.kind != "all":
        parts.append(f"还需 {short} 家同意")
    return "；".join(parts)


def _why_silent(case: Case, transition: Transition, seat: Seat, moment: Moment) -> str:
    """Say in brackets why a seat has said nothing, "" for one that has time left."""
    if asked_of(case, transition, seat) is None:
        return "（尚未送会签）"
    late = overdue_since(case, transition, seat, moment)
    return f"（逾期未反馈，限 {late}；不视为同意）" if late else ""


def overdue_since(case: Case, transition: Transition, seat: Seat, moment: Moment) -> date | None:
    """Give the day by which an asked seat owed its opinion, once it has passed."""
    due = due_of_seat(case, transition, seat, moment.calendar)
    return due.on if due is not None and moment.on > due.on else None
