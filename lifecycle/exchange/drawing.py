"""What a picture of a workflow shows (`Graph`), whatever the format it is drawn in.

A transition that leaves many states would hide all others under its arrows, so it is drawn once,
from a group's name.
"""

from __future__ import annotations

from dataclasses import dataclass

from lifecycle.workflow.model import PREVIOUS, Kind, State, Transition, Workflow
from lifecycle.workflow.reliance import target_of

MANY = 3
"""A transition from more states than this is drawn from a group."""
COLOURS: dict[Kind, str] = {
    "forward": "#1f4e79",
    "return": "#b45f06",
    "withdraw": "#666666",
    "suspend": "#6a3d9a",
    "resume": "#6a3d9a",
    "terminate": "#a61c1c",
    "reopen": "#008080",
    "record": "#38761d",
}
KINDS: dict[Kind, str] = {
    "forward": "推进",
    "return": "退回",
    "withdraw": "撤回",
    "suspend": "中止",
    "resume": "恢复",
    "terminate": "终止",
    "reopen": "重新办理",
    "record": "记录",
}
_SPANS = {"day": "日", "workday": "个工作日", "month": "个月"}


@dataclass(frozen=True, slots=True)
class Arrow:
    """One or more transitions of a kind from one state (or a group of states) to one state."""

    source: str
    target: str
    kind: Kind
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """What is drawn: arrows between states, arrows from groups, and what is done within a state."""

    arrows: tuple[Arrow, ...]
    grouped: tuple[Arrow, ...]
    inside: dict[str, tuple[str, ...]]
    everywhere: tuple[tuple[str, str], ...]
    """What may be recorded in a whole group of states, as (group, title)."""


def graph_of(workflow: Workflow) -> Graph:
    """Sort a workflow's transitions into what is drawn how."""
    arrows: dict[tuple[str, str, Kind], list[str]] = {}
    grouped: dict[tuple[str, str, Kind], list[str]] = {}
    inside: dict[str, list[str]] = {}
    everywhere = []
    for transition in workflow.transitions:
        many = len(transition.sources) > MANY
        for source in [group_title(workflow, transition.sources)] if many else transition.sources:
            target = transition.to
            if target is None or target in (PREVIOUS, source):
                text = _titled(workflow, transition)
                text += "（回到原环节）" if target == PREVIOUS else ""
                if many:
                    everywhere.append((source, text))
                else:
                    inside.setdefault(source, []).append(text)
            else:
                (grouped if many else arrows).setdefault(
                    (source, target, transition.kind), []
                ).append(_titled(workflow, transition))
    return Graph(
        _joined(arrows),
        _joined(grouped),
        {state: tuple(titles) for state, titles in inside.items()},
        tuple(everywhere),
    )


def _joined(found: dict[tuple[str, str, Kind], list[str]]) -> tuple[Arrow, ...]:
    return tuple(Arrow(*key, tuple(dict.fromkeys(titles))) for key, titles in found.items())


def _titled(workflow: Workflow, transition: Transition) -> str:
    """Give a transition's title, with when it makes itself and what it does to other cases."""
    reached = [
        effect.opens or f"{target_of(workflow, effect)}.{effect.transition}"
        for effect in transition.does
    ]
    after = transition.after
    timed = f"（满 {after.amount}{_SPANS[after.unit]}自动）" if after else ""
    return transition.title + timed + (f"（带动 {'、'.join(reached)}）" if reached else "")


def group_title(workflow: Workflow, sources: tuple[str, ...]) -> str:
    """Name a group of states as briefly as is exact: any, those of a phase, all but a few, or one
    by one.
    """
    chosen = set(sources)
    running = [state for state in workflow.states.values() if not state.final]
    if chosen.issuperset(state.name for state in running):
        return "任一环节"
    for phase in dict.fromkeys(state.phase for state in running if state.phase):
        if chosen == {state.name for state in running if state.phase == phase}:
            return f"{phase}各环节"
    rest = [state.title for state in running if state.name not in chosen]
    if len(rest) <= MANY:
        return f"除{'、'.join(rest)}外各环节"
    return "、".join(workflow.states[name].title for name in sources)


def caption(workflow: Workflow, state: State) -> str:
    """Say who leads a state and how long it may take."""
    parts = []
    if state.lead:
        parts.append(f"{workflow.roles[state.lead].title}牵头")
    if state.due:
        limit = f"限{state.due.amount}{_SPANS[state.due.unit]}"
        parts.append(limit if state.due.amount else "限当日")
    return "，".join(parts) or ("终点" if state.final else "")
