"""Whether a unit that is named to fill a role has somebody who can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.moment import Moment
from lifecycle.engine.values import Value
from lifecycle.workflow.model import Role, Workflow


def judge_staffing(
    workflow: Workflow, facts: Mapping[str, Value], moment: Moment
) -> Iterator[Gate]:
    """Give an unmet gate for each unit, named to fill a role, in which nobody could act.

    Asked when the unit is named: later it would only show when nothing goes on.
    """
    if moment.staff is None:
        return
    for role in workflow.roles.values():
        value = facts.get(role.bound) if role.bound else None
        if value is None:
            continue
        for unit in value if isinstance(value, list) else [str(value)]:
            if not _can_act(role, unit, moment.staff):
                yield _nobody(role, unit, moment)


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
