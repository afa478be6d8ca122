"""Are a workflow's links sound? They lead to workflows that there are, can be entered, and are read
where they may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lifecycle.errors import Location, Problem, nearest
from lifecycle.expression.expression import Expression
from lifecycle.expression.faults import ExpressionError, piece
from lifecycle.workflow.model import LINKED, Fact, Workflow
from lifecycle.workflow.reliance import doors_of

MOST_PARTS = 3
"""The fact, a link of the case that it names, and what that one has."""


def check_links(workflow: Workflow, others: Mapping[str, Workflow] | None) -> Iterator[Problem]:
    """See that links lead somewhere, that they can be entered, and that conditions read cases that
    do link here.

    `others` are the workflows that there are, by name; None where they are not at hand.
    """
    for fact in workflow.links:
        if others is not None and fact.workflow not in others and fact.workflow != workflow.name:
            yield _unknown(fact, others)
        if not _can_enter(workflow, fact):
            message = f"要素 {fact.name} 关联别的事项，但立项和流转都不填它"
            mend = f"写进 opening 的 asks，或某个流转的 asks：[{fact.name}]"
            yield Problem("no-door", fact.location, message, mend)
    for expression, location in _expressions(workflow):
        yield from _check_linked(workflow, expression, location, others)
        yield from _check_depth(workflow, expression, location)
    for light in workflow.lights:
        if light.when is not None and _reads_others(workflow, light.when):
            message = f"亮灯“{light.title}”的条件读别的事项"
            mend = "亮灯只看本事项：别的事项变了，它不会跟着变"
            yield Problem("linked-light", light.location, message, mend)


def _unknown(fact: Fact, others: Mapping[str, Workflow]) -> Problem:
    near = nearest(fact.workflow, others)
    mend = f"是否为 “{near}”？否则" if near else ""
    message = f"要素 {fact.name} 关联未知的流程 “{fact.workflow}”"
    return Problem("unknown-workflow", fact.location, message, f"{mend}先发布那个流程")


def _can_enter(workflow: Workflow, fact: Fact) -> bool:
    doors = doors_of(workflow, fact.name)
    asked = workflow.opening.asks if workflow.opening else ()
    return bool(doors.asking or doors.maybe or not asked or fact.name in asked)


def _expressions(workflow: Workflow) -> Iterator[tuple[Expression, Location]]:
    for way in workflow.ways:
        for guard in way.guards:
            yield guard.when, guard.location
        for setting in way.settings:
            yield setting.value, setting.location


def _check_linked(
    workflow: Workflow,
    expression: Expression,
    location: Location,
    others: Mapping[str, Workflow] | None,
) -> Iterator[Problem]:
    """See that what a condition calls `linked.WORKFLOW` are cases that link here."""
    try:
        names = sorted(name for space, name in expression.paths if space == LINKED)
    except ExpressionError:
        return  # told elsewhere
    for name in names if others is not None else ():
        known = {**others, workflow.name: workflow} if others else {workflow.name: workflow}
        at = expression.source.find(f"{LINKED}.{name}")
        place = piece(expression.source, location, max(at, 0), len(name) + len(LINKED) + 1)
        if name not in known:
            near = nearest(name, known)
            mend = f"是否为 “{near}”？否则" if near else ""
            message = f"条件读未知的流程 “{name}” 的事项"
            mend += "先发布那个流程；它还要用到本流程的，发布它以后再发布一次本流程"
            yield Problem("unknown-workflow", place, message, mend, warning=True)
        elif not any(workflow.is_a(fact.workflow) for fact in known[name].links):
            message = f"流程 {name} 没有关联到 {workflow.name} 的要素，linked.{name} 总是空的"
            mend = f"在流程 {name} 里写一个 type: case、workflow: {workflow.name} 的要素"
            yield Problem("never-linked", place, message, mend)


def _check_depth(
    workflow: Workflow, expression: Expression, location: Location
) -> Iterator[Problem]:
    """See that no condition reads further than two links."""
    links = {fact.name for fact in workflow.links}
    try:
        deep = sorted(".".join(parts) for parts in expression.parts if len(parts) > MOST_PARTS)
    except ExpressionError:
        return  # told elsewhere
    for path in deep:
        if path.partition(".")[0] in links:
            place = piece(expression.source, location, expression.source.find(path), len(path))
            message = f"“{path}” 隔了两层以上的关联，读不到"
            yield Problem("deep-link", place, message, "至多两层，例如 claim.policy.state")


def _reads_others(workflow: Workflow, expression: Expression) -> bool:
    links = {fact.name for fact in workflow.links}
    try:
        return bool(links & expression.names) or LINKED in expression.names
    except ExpressionError:
        return False
