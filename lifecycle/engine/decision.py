"""`decide`, the only judge: a command on a case is accepted with all it changes, or refused with every reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lifecycle.engine.case import OPEN, Case, Moment, Officer
from lifecycle.engine.command import Advance, Attach, Command, Open, Record, Resolve, Sign, Withdraw
from lifecycle.engine.cosign import Asked, asked, judge_cosign, standing_objections, who_is
from lifecycle.engine.gates import (
    Gate,
    holds,
    judge_counters,
    judge_dwell,
    judge_facts,
    judge_guard,
    judge_materials,
    judge_persons,
    judge_role,
    role_titles,
)
from lifecycle.engine.machine import fire
from lifecycle.engine.noticing import NoticeCommand, decide_notice
from lifecycle.engine.values import Value, check_value
from lifecycle.engine.verdict import Accepted, Decision, Refused
from lifecycle.errors import UnknownError
from lifecycle.workflow.model import Fact, Transition, Workflow


@dataclass(frozen=True, slots=True)
class _Docket:
    """All that a judgement needs, under one name."""

    workflow: Workflow
    case: Case
    officer: Officer
    moment: Moment
    gates: list[Gate] = field(default_factory=list)


def decide(workflow: Workflow, case: Case | None, command: Command, officer: Officer, moment: Moment) -> Decision:
    """Judge a command; total and pure. Raises InvalidError or UnknownError only for input that no case could accept."""
    if isinstance(command, Open) or case is None:
        if not isinstance(command, Open) or case is not None:
            raise UnknownError("事项", "")
        return _decide_open(workflow, command, officer, moment)
    docket = _Docket(workflow, case, officer, moment)
    if isinstance(command, Advance):
        return _decide_advance(docket, command)
    if isinstance(command, NoticeCommand):
        return decide_notice(workflow, case, command, officer, moment)
    if workflow.states[case.state].final:
        title = workflow.states[case.state].title
        return Refused((Gate("state", False, {"state": case.state}, f"本事项已是“{title}”，不再受理任何办理"),))
    if isinstance(command, Record):
        return _decide_record(docket, command)
    if isinstance(command, Attach):
        return _decide_attach(docket, command)
    if isinstance(command, Resolve):
        return _decide_resolve(docket, command)
    return _decide_opinion(docket, command)


def _conclude(docket: _Docket, accepted: Accepted) -> Decision:
    return Refused(tuple(docket.gates)) if any(not gate.met for gate in docket.gates) else accepted


def _decide_open(workflow: Workflow, command: Open, officer: Officer, moment: Moment) -> Decision:
    gate, role = judge_role(workflow, None, officer, moment, workflow.opened_by)
    gates = [gate]
    for name, value in command.facts.items():
        fact = _fact(workflow, name)
        check_value(fact, value)
        gates += _judge_keeper(workflow, fact, officer)
    missing = (f for f in workflow.facts.values() if f.required is True and f.name not in command.facts)
    gates += (Gate("facts", False, {f.name: None}, f"缺 {f.title}", f"--set {f.name}=…", f.basis) for f in missing)
    if any(not gate.met for gate in gates):
        return Refused(tuple(gates))
    return Accepted("case_opened", {"facts": dict(command.facts)}, role, tuple(gates), target=workflow.initial)


def _judge_keeper(workflow: Workflow, fact: Fact, officer: Officer) -> Iterator[Gate]:
    """See that who opens a case may enter a fact: its `by:` holds then too; a role bound to a fact is nobody's yet."""
    if not fact.by or any(holds(workflow, None, officer, role) for role in fact.by):
        return
    text = f"{fact.title} 由 {role_titles(workflow, fact.by)} 填，立项的人不能填"
    yield Gate("role", False, {"fact": fact.name, "by": list(fact.by)}, text, _when_entered(workflow, fact))


def _when_entered(workflow: Workflow, fact: Fact) -> str:
    """Say when the roles of a fact enter it: with the first transition that asks it, else once the case is open."""
    asking = next((t for t in workflow.transitions if fact.name in t.asks), None)
    if asking is None:
        return f"立项时去掉，立项后由其填：lifecycle set 编号 {fact.name}=…"
    return f"立项时去掉，由其办理“{asking.title}”时填：lifecycle advance 编号 {asking.name} --set {fact.name}=…"


def _fact(workflow: Workflow, name: str) -> Fact:
    if name not in workflow.facts:
        raise UnknownError("要素", name, workflow.facts)
    return workflow.facts[name]


def keepers(workflow: Workflow, case: Case, by: tuple[str, ...]) -> tuple[str, ...]:
    """Name the roles that may set a fact: its own, else the panel's and the state's lead and those who move it on."""
    if by:
        return by
    state = workflow.states[case.state]
    leads = (workflow.panel.lead if workflow.panel else None, state.lead)
    moving = (role for t in workflow.leaving[case.state].values() for role in t.by)
    return tuple(dict.fromkeys((*(lead for lead in leads if lead), *moving)))


def _judge_lock(docket: _Docket, name: str, title: str) -> None:
    if name in docket.case.locked:
        docket.gates.append(
            Gate("lock", False, {"name": name}, f"{title} 已锁定，不能更改", "须先办理解除锁定的流转（退回）")
        )


def _decide_record(docket: _Docket, command: Record) -> Decision:
    role = ""
    if not command.facts:
        docket.gates.append(Gate("facts", False, {}, "没有写要填什么"))
    for name, value in command.facts.items():
        fact = _fact(docket.workflow, name)
        check_value(fact, value)
        roles = keepers(docket.workflow, docket.case, fact.by)
        gate, held = judge_role(docket.workflow, docket.case, docket.officer, docket.moment, roles)
        if held:
            role = role or held
        if gate not in docket.gates:
            docket.gates.append(gate)
        _judge_lock(docket, name, fact.title)
    return _conclude(docket, Accepted("facts_recorded", {"facts": dict(command.facts)}, role, tuple(docket.gates)))


def _decide_attach(docket: _Docket, command: Attach) -> Decision:
    if command.material not in docket.workflow.materials:
        raise UnknownError("材料", command.material, docket.workflow.materials)
    material = docket.workflow.materials[command.material]
    roles = material.by or tuple(docket.workflow.roles)
    gate, role = judge_role(docket.workflow, docket.case, docket.officer, docket.moment, roles)
    docket.gates.append(gate)
    _judge_lock(docket, material.name, material.title)
    if not 0 < command.file.size <= material.max_mb * 2**20:
        text = f"{material.title} 的文件 {command.file.size} 字节" + (
            "，是空的" if not command.file.size else f"，超过 {material.max_mb} MB"
        )
        docket.gates.append(Gate("materials", False, {"size": command.file.size}, text, "请换一个文件"))
    file = {"name": command.file.name, "size": command.file.size, "sha256": command.file.sha256}
    data = {"material": material.name}
    return _conclude(docket, Accepted("material_attached", data, role, tuple(docket.gates), files=(file,)))


def find_transition(workflow: Workflow, case: Case, name: str) -> Transition | Gate:
    """Give the transition of that name that leaves the case's state, or the unmet gate that says why there is none."""
    transition = workflow.leaving[case.state].get(name)
    if transition is not None:
        return transition
    others = [t for t in workflow.transitions if t.name == name]
    if not others:
        raise UnknownError("流转", name, (*workflow.titles, *workflow.titles.values()))
    here = workflow.states[case.state]
    sources = "、".join(dict.fromkeys(workflow.states[s].title for t in others for s in t.sources))
    can = "、".join(f"{t.title}（{t.name}）" for t in workflow.leaving[case.state].values()) or "无，已办结"
    name_of_last, last = max(case.fired.items(), key=lambda item: item[1].seq)
    done = "立项" if name_of_last == OPEN else workflow.titles.get(name_of_last, name_of_last)
    text = f"现为“{here.title}”，{others[0].title} 须在“{sources}”办理"
    text += f"；上一步“{done}”由 {'、'.join(last.persons)} 于 {last.on} 办理"
    return Gate("state", False, {"state": case.state}, text, f"现在可办：{can}")


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
    if transition.reason:
        mend = "" if note else f"lifecycle advance {case.number} {transition.name} --note 理由"
        gates.append(Gate("reason", bool(note), {}, "已说明理由" if note else "须说明理由", mend))
    gates += judge_facts(workflow, case, transition, facts, moment)
    gates += judge_materials(workflow, case, transition)
    gates += judge_cosign(workflow, case, transition, moment)
    gates += (judge_guard(workflow, case, guard, facts, moment) for guard in transition.guards)
    gates += (judge_dwell(workflow, case, dwell, facts, moment) for dwell in transition.dwells)
    gates += judge_counters(workflow, case, transition)
    return tuple(gates), role


def _decide_advance(docket: _Docket, command: Advance) -> Decision:
    workflow, case = docket.workflow, docket.case
    transition = find_transition(workflow, case, command.transition)
    if isinstance(transition, Gate):
        return Refused((transition,))
    for name, value in command.facts.items():
        fact = _fact(workflow, name)
        check_value(fact, value)
        _judge_lock(docket, name, fact.title)
        if name not in transition.asks:
            text = f"{transition.title} 不随办理填报 {fact.title}"
            docket.gates.append(
                Gate("facts", False, {name: value}, text, f"请先办：lifecycle set {case.number} {name}=…")
            )
    gates, role = judge_transition(
        workflow, case, transition, docket.officer, docket.moment, note=command.note, facts=command.facts
    )
    docket.gates.extend(gates)
    if any(not gate.met for gate in docket.gates):
        return Refused(tuple(docket.gates), transition)
    target = fire(workflow, case, transition.name)
    if target is None:
        return Refused((Gate("state", False, {"state": case.state}, "流程图上没有这条路"),), transition)
    data = {"facts": dict(command.facts), "note": command.note}
    return Accepted("transition_made", data, role, tuple(docket.gates), transition.name, case.state, target)


def _own_seat(docket: _Docket, transition: Transition, role: str | None) -> Asked | None:
    """Find the seat among those asked that the officer may speak for."""
    for seat in asked(docket.workflow, docket.case, transition):
        own = seat.unit in ("", docket.officer.unit) and role in (None, seat.role)
        if own and holds(docket.workflow, docket.case, docket.officer, seat.role):
            return seat
    return None


def _decide_opinion(docket: _Docket, command: Sign | Withdraw) -> Decision:
    workflow, case = docket.workflow, docket.case
    transition = find_transition(workflow, case, command.transition)
    if isinstance(transition, Gate):
        return Refused((transition,))
    seat = _own_seat(docket, transition, command.role)
    if seat is None:
        wanted = "、".join(who_is(workflow, docket.moment, s.role, s.unit) for s in asked(workflow, case, transition))
        text = f"{transition.title} 由 {wanted} 会签，您不在其中" if wanted else f"{transition.title} 不须会签"
        return Refused((Gate("role", False, {}, text),), transition)
    docket.gates.append(Gate("role", True, {"role": seat.role}, who_is(workflow, docket.moment, seat.role, seat.unit)))
    data = {"role": seat.role, "unit": seat.unit, "note": command.note}
    if seat.opinion and not seat.stale and seat.opinion.by_unit != docket.officer.unit:
        whose = docket.moment.names.get(seat.opinion.by_unit, seat.opinion.by_unit)
        docket.gates.append(Gate("opinion", False, {}, f"已有 {whose} 的意见，只能由其更改或撤回"))
    if isinstance(command, Withdraw):
        if seat.opinion is None:
            docket.gates.append(Gate("opinion", False, {}, "贵单位尚无意见可撤回"))
        return _conclude(docket, Accepted("opinion_withdrawn", data, seat.role, tuple(docket.gates), transition.name))
    if command.verdict != "agree" and not command.note:
        what = "所附条件" if command.verdict == "conditional" else "不同意的理由"
        docket.gates.append(Gate("reason", False, {}, f"须写明{what}", f"加 --note {what}"))
    data["verdict"] = command.verdict
    return _conclude(docket, Accepted("opinion_signed", data, seat.role, tuple(docket.gates), transition.name))


def _decide_resolve(docket: _Docket, command: Resolve) -> Decision:
    workflow, case = docket.workflow, docket.case
    transition = find_transition(workflow, case, command.transition)
    if isinstance(transition, Gate):
        return Refused((transition,))
    leads = (workflow.panel.lead if workflow.panel else None, workflow.states[case.state].lead)
    roles = tuple(dict.fromkeys(lead for lead in leads if lead)) or transition.by
    gate, role = judge_role(workflow, case, docket.officer, docket.moment, roles)
    docket.gates.append(gate)
    if not any((o.role, o.unit) == (command.role, command.unit) for o in standing_objections(case, transition)):
        whose = who_is(workflow, docket.moment, command.role, command.unit)
        docket.gates.append(Gate("opinion", False, {}, f"{whose} 对 {transition.title} 没有待处理的不同意见"))
    if not command.note:
        docket.gates.append(
            Gate("reason", False, {}, f"须由 {role_titles(workflow, roles)} 写明如何处理", "加 --note 处理情况")
        )
    data = {"role": command.role, "unit": command.unit, "note": command.note}
    return _conclude(docket, Accepted("objection_resolved", data, role, tuple(docket.gates), transition.name))
