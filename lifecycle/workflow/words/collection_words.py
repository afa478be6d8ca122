"""Are a workflow's collections sound? They are of workflows that there are, their conditions can be
decided, and no light reads them.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.errors import Problem, nearest
from lifecycle.expression.faults import ExpressionError
from lifecycle.expression.language import FUNCTIONS
from lifecycle.expression.sorts import Names, Sort, find_faults
from lifecycle.workflow.conditions import CASE_PARTS, Others, sort_of, sort_of_part
from lifecycle.workflow.model import THIS, Collection, Workflow
from lifecycle.workflow.reliance import names_in


def check_collections(workflow: Workflow, others: Others | None) -> Iterator[Problem]:
    """See that each collection is of a workflow that there is, that its condition goes together
    with that one's facts, and that no light reads it.
    """
    for collection in workflow.collections.values():
        yield from _check_one(workflow, collection, others)
    for light in workflow.lights:
        if light.when is not None and workflow.collections.keys() & names_in(light.when):
            message = f"亮灯“{light.title}”的条件读汇集"
            mend = "亮灯只看本事项：别的事项变了，它不会跟着变"
            yield Problem("linked-light", light.location, message, mend)


def _check_one(
    workflow: Workflow, collection: Collection, others: Others | None
) -> Iterator[Problem]:
    where, place = collection.where, collection.location
    try:
        names = where.names
    except ExpressionError as error:
        yield error.problem("wrong-expression", where.source, place)
        return
    if others is None:
        return
    known = {**others, workflow.name: workflow}
    over = known.get(collection.over)
    if over is None:
        near = nearest(collection.over, known)
        mend = f"是否为 “{near}”？否则先发布那个流程" if near else "先发布那个流程"
        message = f"汇集 {collection.name} 读未知的流程 “{collection.over}”"
        yield Problem("unknown-workflow", place, message, mend)
        return
    there = (*over.facts, *CASE_PARTS, "today", THIS, *FUNCTIONS)
    for name in sorted(names - set(there)):
        near = nearest(name, there)
        mend = f"是否为 “{near}”？" if near else f"本事项的要素写 this.{name}"
        message = f"汇集 {collection.name} 的条件里，{over.title} 没有 “{name}”"
        yield Problem("unknown-in-expression", place, message, mend)
        return
    for fault in find_faults(where.tree, where.source, _sorts(workflow, over, known)):
        yield fault.error.problem(fault.rule, where.source, place)


def _sorts(workflow: Workflow, over: Workflow, known: Others) -> Names:
    """Give what values the names of a collection's condition can have."""

    def sort(space: str, name: str) -> Sort | None:
        if space:
            return None
        if name == THIS:
            return sort_of_this(workflow)
        if name == "today":
            return sort_of(over, "", name)
        return _sort_of_link(over, name) or sort_of_part(over, name, known)

    return sort


def _sort_of_link(workflow: Workflow, name: str) -> Sort | None:
    """Give the sort of a link where cases are read by their values only: the other's number."""
    fact = workflow.facts.get(name)
    return Sort("text", f"要素 {name} ") if fact is not None and fact.is_link else None


def sort_of_this(workflow: Workflow) -> Sort:
    """Give the sort of a workflow's own case, as `this` has it."""
    has = (*workflow.facts, "number", "title", "state")
    return Sort("record", "this ", inside=lambda part: _of_this(workflow, part), has=has)


def _of_this(workflow: Workflow, part: str) -> Sort | None:
    if part in ("number", "title", "state"):
        return Sort("text", f"this.{part} ")
    if part not in workflow.facts:
        return None
    return _sort_of_link(workflow, part) or sort_of(workflow, "", part)
