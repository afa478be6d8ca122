"""The states as a graph: what cannot be reached, what cannot end, and transitions that go where
their kind does not.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.errors import Problem, nearest
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import OPENING, PREVIOUS, Transition, Workflow

MOST_GUESSES = 100


@dataclass(frozen=True, slots=True)
class GraphWay:
    """A transition with the known states that it leaves and those that it can lead to."""

    transition: Transition
    sources: tuple[str, ...]
    targets: tuple[str, ...]


def check_graph(workflow: Workflow) -> Iterator[Problem]:
    """Give every fault of the graph of states and of the kinds of transitions."""
    ways = ways_of(workflow)
    edges = edges_of(workflow, ways)
    order = {name: place for place, name in enumerate(workflow.states)}
    suspended = {way.targets[0] for way in ways if way.transition.kind == "suspend" and way.targets}
    made: dict[str, set[str]] = {}
    for way in ways:
        made.setdefault(way.transition.name, set()).update(way.targets)
    yield from _check_reach(workflow, edges)
    yield from _check_twice(workflow)
    for way in ways:
        yield from _check_exits(workflow, way.transition)
        yield from _check_reopen(workflow, way.transition)
        yield from _check_kind(way.transition, order, suspended)
        yield from _check_not_by(way, made, edges)


def ways_of(workflow: Workflow) -> tuple[GraphWay, ...]:
    """Give each transition its known states.

    A misspelt state stands for the nearest, so that one slip is one fault. A record stays where it
    is; a resume to `previous` may lead to every state from which it was suspended.
    """
    mentioned = dict.fromkeys(
        name for t in workflow.transitions for name in (*t.sources, t.to or PREVIOUS)
    )
    unknown = [name for name in mentioned if name not in workflow.states and name != PREVIOUS]
    meant: dict[str, str | None] = {
        name: nearest(name, workflow.states) for name in unknown[:MOST_GUESSES]
    }
    meant |= {name: name for name in workflow.states}
    sources = [
        tuple(m for name in t.sources if (m := meant.get(name))) for t in workflow.transitions
    ]
    suspended: dict[str, dict[str, None]] = {}
    for transition, left in zip(workflow.transitions, sources, strict=True):
        target = meant.get(transition.to or "")
        if transition.kind == "suspend" and target:
            suspended.setdefault(target, {}).update(dict.fromkeys(left))
    ways = []
    for transition, left in zip(workflow.transitions, sources, strict=True):
        target = meant.get(transition.to or "")
        if transition.kind == "record":
            targets = left
        elif transition.to == PREVIOUS:
            targets = tuple(
                dict.fromkeys(state for name in left for state in suspended.get(name, ()))
            )
        else:
            targets = (target,) if target else ()
        ways.append(GraphWay(transition, left, targets))
    return tuple(ways)


def edges_of(workflow: Workflow, ways: tuple[GraphWay, ...]) -> dict[str, set[str]]:
    """Map each state to the states that one transition leads to."""
    edges: dict[str, set[str]] = {name: set() for name in workflow.states}
    for way in ways:
        for source in way.sources:
            edges[source].update((source,) if way.transition.kind == "record" else way.targets)
    return edges


def reachable(edges: dict[str, set[str]], starts: set[str]) -> set[str]:
    """Give all states that some path leads to from the starts, these included."""
    found, waiting = set(starts), list(starts)
    while waiting:
        new = edges[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def passed_through(initial: str, edges: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    """Map each state to itself and those that every path to it from the first passes through; a
    state that no path leads to has only itself.
    """
    reached = reachable(edges, {initial})
    before: dict[str, set[str]] = {name: set() for name in edges}
    for source in reached:
        for target in edges[source]:
            before[target].add(source)
    found = {name: set(reached) for name in reached}
    found[initial] = {initial}
    changed = True
    while changed:
        changed = False
        for name in reached - {initial}:
            now = set.intersection(*(found[source] for source in before[name])) | {name}
            if now != found[name]:
                found[name], changed = now, True
    return {name: frozenset(found.get(name, {name})) for name in edges}


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
            yield Problem(
                "unreachable", state.location, message, f"补一条去往 {name} 的流转，或删去该环节"
            )
        if finals and name not in ending:
            message = f"环节 {name} 到不了任何终结环节"
            yield Problem(
                "dead-end",
                state.location,
                message,
                "补一条离开它的流转；若它就是终点，补上 final: true",
            )
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
                message = (
                    f"环节 {source} 有两条同名的流转 “{transition.name}”，另一条在第 {line} 行"
                )
                yield Problem(
                    "same-transition",
                    transition.location,
                    message,
                    "改名，或从其中一条的 from 去掉该环节",
                )
                break


def _check_exits(workflow: Workflow, transition: Transition) -> Iterator[Problem]:
    for source in transition.sources:
        final = source in workflow.states and workflow.states[source].final
        if final and not transition.reopens:
            message = f"流转 {transition.name} 离开终结环节 “{source}”"
            mend = f"从 from 去掉 {source}，或删去它的 final: true；终结以后再办的写 kind: reopen"
            yield Problem("final-exit", transition.location, message, mend)


def _check_reopen(workflow: Workflow, transition: Transition) -> Iterator[Problem]:
    """See that a case is reopened where it has ended, to go on, and by what a final state can
    have: nobody signs or attaches anything there.
    """
    if not transition.reopens:
        return
    name, place, to = transition.name, transition.location, transition.to
    for source in transition.sources:
        if source in workflow.states and not workflow.states[source].final:
            message = f"流转 {name} 是重新办理，却出自没有终结的环节 “{source}”"
            mend = f"从 from 去掉 {source}，或改写为退回（kind: return）"
            yield Problem("reopen-open", place, message, mend)
    if to in workflow.states and workflow.states[to].final:
        message = f"流转 {name} 是重新办理，却去往终结环节 “{to}”"
        yield Problem("reopen-final", place, message, "改正 to：写要再办的环节")
    if transition.cosigns:
        message = f"流转 {name} 是重新办理，终结环节里没有人能会签"
        mend = "删去 cosign：重新办理由另一人办；要听意见的，回到环节以后再会签"
        yield Problem("reopen-cosign", place, message, mend)
    for item in transition.fresh:
        message = f"流转 {name} 是重新办理，终结环节里传不了新的 “{item}”"
        yield Problem("reopen-fresh", place, message, "从 fresh 删去，改由回到环节以后的流转要求")


def _check_kind(
    transition: Transition, order: dict[str, int], suspended: set[str]
) -> Iterator[Problem]:
    name, to, place = transition.name, transition.to, transition.location
    if transition.kind == "return" and to in order:
        later = [s for s in transition.sources if s in order and order[to] > order[s]]
        if later:
            message = f"流转 {name} 是退回，却从 {later[0]} 去往排在后面的环节 “{to}”"
            yield Problem(
                "return-forward", place, message, "改正 to 或 from，或把 kind 改为 forward"
            )
    if transition.kind == "suspend" and to in transition.sources:
        message = f"流转 {name} 从 “{to}” 中止到它自己，恢复时不知回到何处"
        yield Problem(
            "suspend-self", place, message, f"写 from: {{all_but: [{to}]}}，或从 from 去掉 {to}"
        )
    if transition.kind == "resume":
        for source in transition.sources:
            if source in order and source not in suspended:
                message = f"流转 {name} 是恢复，但没有中止（kind: suspend）去往环节 “{source}”"
                yield Problem("resume-nothing", place, message, "补一条中止的流转，或改正 from")


def _check_not_by(
    way: GraphWay, made: dict[str, set[str]], edges: dict[str, set[str]]
) -> Iterator[Problem]:
    """See that what is excluded can come first.

    A transition may exclude its own maker only if it can be made again.
    """
    name = way.transition.name
    for other in way.transition.not_by:
        if other == OPENING or other not in made or not way.sources:
            continue
        if reachable(edges, made[other]).isdisjoint(way.sources):
            what = "只能办一次" if other == name else f"之前不会有 {other}"
            message = f"流转 {name} 的 not_by 写了 “{other}”，但{what}，回避不起作用"
            yield Problem(
                "idle-not-by", way.transition.location, message, "改写为在它之前办理的流转，或删去"
            )
