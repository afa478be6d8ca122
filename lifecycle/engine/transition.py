"""The judge of a transition: which one is meant, and every gate of it."""

from __future__ import annotations

from collections.abc import Mapping

from lifecycle.engine.case import Case, Moment, Officer
from lifecycle.engine.gates.cosign import judge_cosign, judge_makers
from lifecycle.engine.gates.gates import (
    Gate,
    command_of,
    judge_asked,
    judge_counters,
    judge_dwell,
    judge_editions,
    judge_guard,
    judge_materials,
    judge_needed,
    judge_persons,
    judge_role,
    judge_second_person,
    unknown,
)
from lifecycle.engine.gates.settled import judge_settled
from lifecycle.engine.values import Value
from lifecycle.workflow.model import OPENING, Transition, Workflow


def find_transition(workflow: Workflow, case: Case, name: str) -> Transition | Gate:
    """Give the transition of that name that leaves the case's state, or the unmet gate that says
    why there is none.
    """
    transition = workflow.leaving[case.state].get(name)
    if transition is not None:
        return transition
    others = [t for t in workflow.transitions if t.name == name]
    if not others:
        named = (word for t in workflow.transitions for word in (t.name, t.title))
        return unknown("state", "流转", name, tuple(dict.fromkeys(named)))
    here = workflow.states[case.state]
    sources = "、".join(dict.fromkeys(workflow.states[s].title for t in others for s in t.sources))
    can = "、".join(f"{t.title}（{t.name}）" for t in workflow.leaving[case.state].values())
    name_of_last, last = max(case.fired.items(), key=lambda item: item[1].seq)
    done = "立项" if name_of_last == OPENING else workflow.titles.get(name_of_last, name_of_last)
    text = f"现为“{here.title}”，{others[0].title} 须在“{sources}”办理"
    text += f"；上一步“{done}”由 {'、'.join(last.persons)} 于 {last.on} 办理"
    return Gate("state", False, {"state": case.state}, text, f"现在可办：{can or '无，已终结'}")


def judge_ended(workflow: Workflow, case: Case) -> Gate:
    """Make the unmet gate that says that a case has ended."""
    title = workflow.states[case.state].title
    text = f"本事项已是“{title}”，不再受理任何办理"
    ways = (way for way in workflow.leaving[case.state].values() if way.reopens)
    mend = "；".join(f"确须再办的，先办“{way.title}”：{command_of(case, way)}" for way in ways)
    return Gate("state", False, {"state": case.state}, text, mend)


def judge_transition(
    workflow: Workflow,
    case: Case,
    transition: Transition,
    officer: Officer,
    moment: Moment,
    *,
    note: str,
    facts: Mapping[str, Value],
) -> tuple[tuple[Gate, ...], str]:
    """Judge every gate of a transition; also give the role relied on, empty if none."""
    role_gate, role = judge_role(workflow, case, officer, moment, transition.by)
    gates = [role_gate, *judge_persons(workflow, case, transition, officer)]
    gates += judge_makers(workflow, case, transition, officer, moment)
    gates += judge_second_person(workflow, case, transition, officer)
    if transition.reason:
        mend = "" if note else command_of(case, transition)
        gates.append(Gate("reason", bool(note), {}, "已说明理由" if note else "须说明理由", mend))
    gates += judge_asked(workflow, case, transition, facts, moment)
    gates += judge_needed(workflow, case, transition, facts, moment)
    gates += judge_materials(workflow, case, transition)
    gates += judge_editions(workflow, case, transition)
    gates += judge_cosign(workflow, case, transition, moment)
    gates += (
        judge_guard(workflow, case, transition, guard, facts, moment) for guard in transition.guards
    )
    gates += (
        judge_dwell(workflow, case, transition, dwell, facts, moment) for dwell in transition.dwells
    )
    gates += judge_counters(workflow, case, transition)
    gates += judge_settled(workflow, case, transition, officer, moment)
    return tuple(gates), role
