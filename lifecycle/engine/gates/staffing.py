"""Whether who is named to fill a role can: a unit in which somebody may act, a person in office,
a post that somebody holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.values import Value
from lifecycle.engine.world.moment import Moment
from lifecycle.workflow.model import Role, Workflow


def judge_staffing(
    workflow: Workflow, facts: Mapping[str, Value], moment: Moment
) -> Iterator[Gate]:
    """Give an unmet gate for each unit, named to fill a role, in which nobody could act, and for
    each officer or post that could not.

    Asked when they are named: later it would only show when nothing goes on.
    """
    if moment.staff is None:
        return
    yield from _judge_named(workflow, facts, moment)
    yield from _judge_divisions(workflow, facts, moment)
    for role in workflow.roles.values():
        value = facts.get(role.bound) if role.bound else None
        if value is None:
            continue
        for unit in map(str, value if isinstance(value, list) else [value]):
            if not _can_act(role, unit, moment.staff):
                yield _nobody(role, unit, moment)


def _judge_divisions(
    workflow: Workflow, facts: Mapping[str, Value], moment: Moment
) -> Iterator[Gate]:
    """Give an unmet gate for each officer who is named though their division is to act, or its
    leader in charge, and there is none.
    """
    for role in workflow.roles.values():
        who = str(facts.get(role.person or "", ""))
        if who not in moment.people or role.held_by not in ("division", "leader"):
            continue
        inputs = {"role": role.name, "person": who}
        if who not in moment.leaders:
            text = f"{who} 没有登记在哪个处室，{role.title} 没有人担任"
            mend = f"请管理员登记：lifecycle division place {who} 处室"
            yield Gate("person", False, inputs, text, mend)
        elif role.held_by == "leader" and moment.leaders[who] not in moment.people:
            text = f"{who} 所在的处室没有分管领导，{role.title} 没有人担任"
            mend = "请管理员登记：lifecycle division change 处室 --leader 工号"
            yield Gate("person", False, inputs, text, mend)


def _judge_named(workflow: Workflow, facts: Mapping[str, Value], moment: Moment) -> Iterator[Gate]:
    """Give an unmet gate for each officer who is not in office, and for each post that is held by
    nobody who is.
    """
    for name, value in facts.items():
        fact = workflow.facts.get(name)
        if fact is None or fact.type not in ("officer", "post"):
            continue
        who = str(value)
        if fact.type == "officer" and who not in moment.people:
            text = f"{fact.title} {who}：当日没有工号为 {who} 的人在岗"
            mend = "用 lifecycle officer list 查在岗的人"
            yield Gate("person", False, {name: who}, text, mend)
        if fact.type == "post" and moment.posts.get(who, "") not in moment.people:
            text = f"{fact.title} {who}：当日没有人在这个岗位上"
            mend = f"请管理员登记：lifecycle post hold {who} 工号"
            yield Gate("person", False, {name: who}, text, mend)


def _can_act(role: Role, unit: str, staff: Mapping[str, frozenset[str]]) -> bool:
    if role.held_by == "any":
        return unit in staff
    return role.name in staff.get(unit, frozenset())


def _nobody(role: Role, unit: str, moment: Moment) -> Gate:
    name = moment.names.get(unit, unit)
    if role.held_by == "any":
        text = f"{name} 没有在岗的人，不能作 {role.title}"
        mend = f"请管理员登记：lifecycle officer add 工号 职务 --unit {unit}"
    else:
        text = f"{name} 没有能以 {role.title} 身份办理的人，不能作 {role.title}"
        mend = (
            f"请管理员为该单位登记职能（原有的一并写上）并授权："
            f"lifecycle unit change {unit} --function {role.name}；"
            f"lifecycle officer grant 工号 {role.name}"
        )
    return Gate("unit", False, {"role": role.name, "unit": unit}, text, mend)
