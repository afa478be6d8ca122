"""The states as a graph: what cannot be reached, what cannot end, and transitions that go where their kind does not."""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.errors import Problem, nearest
from lifecycle.workflow.model import PREVIOUS, Transition, Workflow

OPENING = "open"


def check_graph(workflow: Workflow) -> Iterator[Problem]:
    """Give every fault of the graph of states and of the kinds of transitions."""
    edges = edges_of(workflow)
    yield from _check_reach(workflow, edges)
    yield from _check_twice(workflow)
    for transition in workflow.transitions:
        yield from _check_exits(workflow, transition)
        yield from _check_kind(workflow, transition)
        yield from _check_not_by(workflow, transition, edges)


def known_state(workflow: Workflow, name: str) -> str | None:
    """Give the state meant: a misspelt name stands for the nearest, so that one slip does not make ten faults."""
    return name if name in workflow.states else nearest(name, workflow.states)


def sources_of(workflow: Workflow, transition: Transition) -> list[str]:
    """Give the known states that a transition leaves."""
    found = (known_state(workflow, name) for name in transition.sources)
    return [name for name in found if name is not None]


def targets_of(workflow: Workflow, transition: Transition) -> list[str]:
    """Give the known states that a transition can lead to; a record stays, a resume may go back where it came from."""
    if transition.kind == "record":
        return sources_of(workflow, transition)
    if transition.to == PREVIOUS:
        return suspended(workflow, transition)
    target = known_state(workflow, transition.to) if transition.to else None
    return [target] if target else []


def suspended(workflow: Workflow, resume: Transition) -> list[str]:
    """Give the states from which some suspension leads to where this resume starts."""
    starts = set(sources_of(workflow, resume))
    found: dict[str, None] = {}
    for transition in workflow.transitions:
        if transition.kind == "suspend" and transition.to and known_state(workflow, transition.to) in starts:
            found |= dict.fromkeys(sources_of(workflow, transition))
    return list(found)


def edges_of(workflow: Workflow) -> dict[str, set[str]]:
    """Map each state to the states that one transition leads to."""
    edges: dict[str, set[str]] = {name: set() for name in workflow.states}
    for transition in workflow.transitions:
        targets = targets_of(workflow, transition)
        for source in sources_of(workflow, transition):
            edges[source] |= {source} if transition.kind == "record" else set(targets)
    return edges


def reachable(edges: dict[str, set[str]], starts: set[str]) -> set[str]:
    """Give all states that some path leads to from the starts, these included."""
    found, waiting = set(starts), list(starts)
    while waiting:
        new = edges[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def _check_reach(workflow: Workflow, edges: dict[str, set[str]]) -> Iterator[Problem]:
    finals = {name for name, state in workflow.states.items() if state.final}
    reached = reachable(edges, {workflow.initial})
    back: dict[str, set[str]] = {name: set() for name in edges}
    for source, targets in edges.items():
        for target in targets:
            back[target].add(source)
    ending = reachable(back, finals)
    for name, state in workflow.states.items():
        if name not in reached:
            message = f"环节 {name} 到达不了：从起始环节 {workflow.initial} 没有流转通到它"
            yield Problem("unreachable", state.location, message, f"补一条去往 {name} 的流转，或删去该环节")
        if finals and name not in ending:
            message = f"环节 {name} 到不了任何终结环节"
            yield Problem("dead-end", state.location, message, "补一条离开它的流转；若它就是终点，补上 final: true")
    if not finals:
        mend = "给表示办结或终止的环节补上 final: true"
        yield Problem("no-final", workflow.location, "流程没有终结环节", mend)


def _check_twice(workflow: Workflow) -> Iterator[Problem]:
    first: dict[tuple[str, str], Transition] = {}
    for transition in workflow.transitions:
        for source in transition.sources:
            earlier = first.setdefault((source, transition.name), transition)
            if earlier is not transition and transition.name:
                line = earlier.location.line
                message = f"环节 {source} 有两条同名的流转 “{transition.name}”，另一条在第 {line} 行"
                yield Problem("same-transition", transition.location, message, "改名，或从其中一条的 from 去掉该环节")
                break


def _check_exits(workflow: Workflow, transition: Transition) -> Iterator[Problem]:
    for source in transition.sources:
        if source in workflow.states and workflow.states[source].final:
            message = f"流转 {transition.name} 离开终结环节 “{source}”"
            yield Problem("final-exit", transition.location, message, f"从 from 去掉 {source}，或删去它的 final: true")


def _check_kind(workflow: Workflow, transition: Transition) -> Iterator[Problem]:
    order = list(workflow.states)
    name, to = transition.name, transition.to
    if transition.kind == "return" and to in workflow.states:
        later = [s for s in transition.sources if s in workflow.states and order.index(to) > order.index(s)]
        if later:
            message = f"流转 {name} 是退回，却从 {later[0]} 去往排在后面的环节 “{to}”"
            yield Problem("return-forward", transition.location, message, "改正 to 或 from，或把 kind 改为 forward")
    if transition.kind == "suspend" and to in transition.sources:
        message = f"流转 {name} 从 “{to}” 中止到它自己，恢复时不知回到何处"
        yield Problem(
            "suspend-self", transition.location, message, f"写 from: {{all_but: [{to}]}}，或从 from 去掉 {to}"
        )
    if transition.kind == "resume":
        into = {known_state(workflow, t.to) for t in workflow.transitions if t.kind == "suspend" and t.to}
        for source in transition.sources:
            if source in workflow.states and source not in into:
                message = f"流转 {name} 是恢复，但没有中止（kind: suspend）去往环节 “{source}”"
                yield Problem("resume-nothing", transition.location, message, "补一条中止的流转，或改正 from")


def _check_not_by(workflow: Workflow, transition: Transition, edges: dict[str, set[str]]) -> Iterator[Problem]:
    """See that what is excluded can come first; a transition may exclude its own maker only if it can be made again."""
    sources = set(sources_of(workflow, transition))
    for other in transition.not_by:
        earlier = [t for t in workflow.transitions if t.name == other]
        if other == OPENING or not earlier or not sources:
            continue
        after = {target for t in earlier for target in targets_of(workflow, t)}
        if not reachable(edges, after) & sources:
            what = "只能办一次" if other == transition.name else f"之前不会有 {other}"
            message = f"流转 {transition.name} 的 not_by 写了 “{other}”，但{what}，回避不起作用"
            yield Problem("idle-not-by", transition.location, message, "改写为在它之前办理的流转，或删去")
