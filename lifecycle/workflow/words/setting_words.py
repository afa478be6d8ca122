"""Can what a workflow sets be computed? It is of its fact's type, and nobody types it."""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.errors import Problem
from lifecycle.expression.faults import ExpressionError
from lifecycle.expression.language import TYPES
from lifecycle.expression.sorts import Names, Sort, sort_with_faults
from lifecycle.workflow.conditions import Others, known_names, sort_of, unknown_in
from lifecycle.workflow.model import Fact, Setting, Transition, Workflow

COMPUTED_AS = {
    "integer": "number",
    "decimal": "number",
    "money": "number",
    "date": "date",
    "yesno": "yesno",
    "text": "text",
    "choice": "text",
    "unit": "text",
    "officer": "text",
    "post": "text",
}
"""The type of expression that computes a fact of a type; other facts cannot be computed."""


def check_settings(
    workflow: Workflow, vague: frozenset[str], others: Others | None
) -> Iterator[Problem]:
    """See that what transitions set can be computed, is of the right type, and is typed nowhere."""
    for way in workflow.ways:
        for setting in way.sets:
            fact = workflow.facts.get(setting.fact)
            if fact is None or fact.name in vague:
                continue  # told elsewhere
            yield from _check_typed(workflow, way, fact)
            if fact.type not in COMPUTED_AS:
                message = f"要素 {fact.name} 的类型是 {fact.type}，不能自动填写"
                mend = f"可以自动填写的类型：{'、'.join(COMPUTED_AS)}"
                yield Problem("wrong-setting", setting.location, message, mend)
            else:
                yield from _check_value(workflow, fact, setting, vague, others)


def _check_typed(workflow: Workflow, way: Transition, fact: Fact) -> Iterator[Problem]:
    for other in workflow.ways:
        if fact.name in (*other.asks, *other.may):
            message = f"要素 {fact.name} 由“{way.title}”自动填写，“{other.title}”却要人填"
            mend = f"从“{other.title}”的 asks、may 里删去 {fact.name}，或不写 sets"
            yield Problem("typed-setting", other.location, message, mend)


def _check_value(
    workflow: Workflow,
    fact: Fact,
    setting: Setting,
    vague: frozenset[str],
    others: Others | None,
) -> Iterator[Problem]:
    def names(space: str, name: str) -> Sort | None:
        return sort_of(workflow, space, name, others)

    sort, problems = sort_computed(workflow, setting, names, vague)
    yield from problems
    wanted = COMPUTED_AS[fact.type]
    if sort is not None and sort.type not in (wanted, "any"):
        message = f"要素 {fact.name} 要{TYPES[wanted].title}，这里算出的是{sort.title}"
        yield Problem("wrong-setting", setting.location, message, "改正式子，或改要素的类型")


def sort_computed(
    workflow: Workflow,
    setting: Setting,
    names: Names,
    vague: frozenset[str],
    also: tuple[str, ...] = (),
) -> tuple[Sort | None, list[Problem]]:
    """Give the sort of what a setting computes, None where it cannot be told, and what is wrong
    with it; `also` are names that are known here only.
    """
    expression, location = setting.value, setting.location
    try:
        mentioned = expression.names
    except ExpressionError as error:
        return None, [error.problem("wrong-expression", expression.source, location)]
    spaces = known_names(workflow, sets=True)
    unknown = list(unknown_in(workflow, expression, location, spaces, also))
    if unknown or vague & mentioned:
        return None, unknown
    sort, faults = sort_with_faults(expression.tree, expression.source, names)
    told = [fault.error.problem(fault.rule, expression.source, location) for fault in faults]
    return (None if told else sort), told
