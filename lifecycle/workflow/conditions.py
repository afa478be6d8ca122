"""Are a workflow's conditions sound? They parse, their names are known, and their values go
together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from lifecycle.errors import Location, Problem, nearest
from lifecycle.expression.dates import add_days
from lifecycle.expression.expression import Expression
from lifecycle.expression.faults import ExpressionError, MissingName, piece
from lifecycle.expression.language import FUNCTIONS, SPACES, VARIABLES
from lifecycle.workflow.model import Workflow

_SECTIONS = {
    "sha256": ("材料", "materials"),
    "count": ("流转", "transitions"),
    "last": ("流转", "transitions"),
    "order": ("流转", "transitions"),
}


def _expressions(workflow: Workflow) -> Iterator[tuple[Expression, Location]]:
    for transition in workflow.transitions:
        for guard in transition.guards:
            if guard.when.source:
                yield guard.when, guard.location
    for light in workflow.lights:
        if light.when:
            yield light.when, light.location


def check_conditions(workflow: Workflow, vague: frozenset[str]) -> Iterator[Problem]:
    """See that conditions parse, that their names are known, and that their values go together."""
    known = (*workflow.facts, *VARIABLES, *FUNCTIONS, *SPACES)
    spaces: dict[str, Mapping[str, object]] = {
        "sha256": workflow.materials,
        "count": workflow.titles,
        "last": workflow.titles,
        "order": workflow.titles,
    }
    sample = _sample(workflow)
    for expression, location in _expressions(workflow):
        try:
            compiled = expression.compiled
        except ExpressionError as error:
            yield error.problem("wrong-expression", expression.source, location)
            continue
        unknown = [
            (name, name, known, "名称", "facts") for name in compiled.names if name not in known
        ]
        for space, name in compiled.paths:
            if name not in spaces[space]:
                label, section = _SECTIONS[space]
                unknown.append((f"{space}.{name}", name, tuple(spaces[space]), label, section))
        for written, name, choices, label, section in unknown:
            near = nearest(name, choices)
            mend = (
                f"是否为 “{near}”？" if near else ""
            ) + f"{'否则' if near else ''}请在 {section}: 下补充定义。"
            found = re.search(rf"\b{re.escape(written)}\b", expression.source)
            place = piece(expression.source, location, found.start() if found else 0, len(written))
            yield Problem(
                "unknown-in-expression", place, f"条件中有未定义的{label} “{written}”", mend
            )
        if not unknown and not vague & compiled.names:
            yield from _check_values(workflow, expression, location, sample)


def _check_values(
    workflow: Workflow, expression: Expression, location: Location, sample: dict[str, object]
) -> Iterator[Problem]:
    """Try a condition on sample values of the right types, and see that choices are compared with
    real choices.
    """
    for name, value in expression.compiled.equalities:
        fact = workflow.facts.get(name)
        if fact and fact.type == "choice" and value not in fact.choices:
            near = nearest(str(value), fact.choices)
            mend = (f"是否为 “{near}”？" if near else "") + f"可选：{'、'.join(fact.choices)}"
            message = f"条件把要素 {name} 与它没有的选项 “{value}” 相比"
            yield Problem(
                "unknown-choice",
                piece(
                    expression.source, location, expression.source.find(str(value)), len(str(value))
                ),
                message,
                mend,
            )
    try:
        expression.evaluate(sample)
    except MissingName:
        pass
    except ExpressionError as error:
        if isinstance(error.__cause__, TypeError | None):
            mend = error.mend or "核对各要素的类型"
            yield Problem("wrong-expression-type", location, error.message, mend)


def _sample(workflow: Workflow) -> dict[str, object]:
    day = date(2026, 1, 5)
    values: dict[str, object] = {
        "integer": 1,
        "decimal": Decimal(1),
        "money": Decimal(1),
        "date": day,
        "yesno": True,
    }
    scope: dict[str, object] = dict.fromkeys(("today", "entered_on", "opened_on"), day)
    for name, fact in workflow.facts.items():
        text = fact.choices[0] if fact.choices else "文字"
        scope[name] = (
            [values.get(fact.of, text)] if fact.type == "list" else values.get(fact.type, text)
        )
    scope |= {name: add_days for name, word in FUNCTIONS.items() if word.work is None}
    made = dict.fromkeys(workflow.titles, day)
    files = dict.fromkeys(workflow.materials, "0" * 64)
    return scope | {
        "state": workflow.initial,
        "count": dict.fromkeys(made, 1),
        "order": dict.fromkeys(made, 1),
        "last": made,
        "sha256": files,
    }
