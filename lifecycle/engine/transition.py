"""The judge of a transition: which one is meant, and every gate of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lifecycle.engine.case import Case
from lifecycle.engine.clock.by_clock import judge_due
from lifecycle.engine.docket import Docket
from lifecycle.engine.gates.awaited import ONWARD
from lifecycle.engine.gates.cosign import judge_cosign, judge_makers
from lifecycle.engine.gates.gates import (
    ABOUT_COMMAND,
    Gate,
    command_of,
    judge_asked,
    judge_counters,
    judge_editions,
    judge_maker,
    judge_persons,
    judge_second_person,
    judge_supplies,
    judge_values,
    unknown,
)
from lifecycle.engine.gates.settled import judge_settled
from lifecycle.engine.values import Value
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.workflow.model import CLOCK, OPENING, Transition, Workflow

MOST_WAYS = 8
"""So many of the ways out of a state are named."""


Can = Callable[[Transition], bool]
"""Tells whether the asker can now do to a transition what they wanted to do."""


def find_transition(docket: Docket, name: str, can: Can, verb: str) -> Transition | Gate:
    """Give the transition of that name that leaves the case's state, or the unmet gate that says
    why there is none, and what the asker can do now: those of which `can` is true, as `verb`.
    """
    workflow, case = docket.workflow, docket.case
    transition = workflow.leaving[case.state].get(name)
    if transition is not None:
        return transition
    others = [t for t in workflow.transitions if t.name == name]
    if not others:
        named = (word for t in workflow.transitions for word in (t.name, t.title))
        return unknown("state", "流转", name, tuple(dict.fromkeys(named)))
    here = workflow.states[case.state]
    sources = "、".join(dict.fromkeys(workflow.states[s].title for t in others for s in t.sources))
    made = case.steps.last_of(name)
    text = f"现为“{here.title}”，{others[0].title} 须在“{sources}”办理"
    name_of_last, last = max(case.fired.items(), key=lambda item: item[1].seq)
    if made is not None and made.seq != last.seq:
        text += f"；它已由 {'、'.join(made.persons)} 于 {made.on} 办理（第 {made.seq} 笔）"
    done = "立项" if name_of_last == OPENING else workflow.titles.get(name_of_last, name_of_last)
    text += f"；上一步“{done}”由 {'、'.join(last.persons)} 于 {last.on} 办理"
    inputs = {"state": case.state}
    return Gate("state", False, inputs, text, _what_can_be_done(docket, can, verb))


def is_open_to(docket: Docket, transition: Transition) -> bool:
    """Tell whether the officer can make a transition now, with what comes with the command."""
    gates, _role = judge_transition(
        docket.workflow,
        docket.case,
        transition,
        docket.officer,
        docket.moment,
        note="",
        facts={},
    )
    return all(
        gate.met or gate.kind in ABOUT_COMMAND or gate.act == transition.name for gate in gates
    )


def _what_can_be_done(docket: Docket, can: Can, verb: str) -> str:
    """Say what the officer can do in a case's state: the ways on first, and not too many; of whom
    nobody in particular asks, what leaves it.
    """
    case = docket.case
    leaving = docket.workflow.leaving[case.state].values()
    ways = sorted(leaving, key=lambda way: way.kind not in ONWARD)
    if not ways:
        return "本环节没有流转：已终结"
    show = f"lifecycle show {case.number}"
    if docket.officer.unit:
        ways = [way for way in ways if can(way)]
        if not ways:
            return f"本环节没有您现在能{verb}的流转：{show}"
        told = "、".join(f"{way.title}（{way.name}）" for way in ways[:MOST_WAYS])
        more = f"等 {len(ways)} 项：{show}" if len(ways) > MOST_WAYS else ""
        return f"您现在能{verb}的：{told}{more}"
    named = "、".join(f"{way.title}（{way.name}）" for way in ways[:MOST_WAYS])
    more = f"等 {len(ways)} 项：lifecycle show {case.number}" if len(ways) > MOST_WAYS else ""
    return f"本环节的流转：{named}{more}"


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
    role_gate, role = judge_maker(workflow, case, transition, officer, moment)
    gates = [role_gate, *judge_persons(workflow, case, transition, officer)]
    gates += judge_makers(workflow, case, transition, officer, moment)
    gates += judge_second_person(workflow, case, transition, officer)
    if transition.reason:
        mend = "" if note else command_of(case, transition)
        gates.append(Gate("reason", bool(note), {}, "已说明理由" if note else "须说明理由", mend))
    gates += judge_asked(workflow, case, transition, facts, moment)
    gates += judge_supplies(workflow, case, transition, facts, moment)
    gates += judge_editions(workflow, case, transition)
    gates += judge_cosign(workflow, case, transition, moment)
    gates += judge_values(workflow, case, transition, facts, moment)
    gates += judge_counters(workflow, case, transition)
    if transition.after is not None and (officer.cause == CLOCK or not transition.by):
        gates.append(judge_due(case, transition, moment))
    gates += judge_settled(workflow, case, transition, officer, moment)
    return tuple(gates), role
