"""The names that an expression sees: the facts, materials, dates and counts of a case, and the date
functions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

from lifecycle.engine.case import Case
from lifecycle.engine.values import Value, typed
from lifecycle.engine.world.moment import Moment
from lifecycle.engine.world.others import NO_OTHERS, CaseRecord
from lifecycle.engine.world.workdays import Calendar
from lifecycle.workflow.model import LINKED, SINCE_WHEN, Fact, Workflow

if TYPE_CHECKING:
    from lifecycle.expression.expression import Expression

_BUILT_IN: dict[str, Callable[[Case, Moment, Expression], object]] = {
    "sha256": lambda case, _moment, expression: {
        name: case.materials[name].sha256
        for name in _named(expression, "sha256")
        if name in case.materials
    },
    "count": lambda case, _moment, expression: _counts(case, expression),
    "last": lambda case, _moment, expression: _days(case, expression),
    "order": lambda case, _moment, expression: _places(case, expression),
    "entered_on": lambda case, _moment, _expression: date.fromisoformat(case.entered_on),
    "opened_on": lambda case, _moment, _expression: date.fromisoformat(case.opened_on),
    # Of a step that a version before made, what its state was called there.
    "state": lambda case, _moment, _expression: case.state.partition(SINCE_WHEN)[0],
    "today": lambda _case, moment, _expression: moment.on,
    "linked": lambda _case, moment, expression: {
        name: moment.others.linked(name)
        for name in _named(expression, LINKED)
        if moment.others is not None
    },
    "workdays_after": lambda _case, moment, _expression: workdays_after(moment.calendar),
}


def history_of(case: Case, expression: Expression) -> dict[str, Mapping[str, object]]:
    """Supply what an expression reads of the transitions that a case has made."""
    return {
        "count": _counts(case, expression),
        "last": _days(case, expression),
        "order": _places(case, expression),
    }


def _counts(case: Case, expression: Expression) -> dict[str, int]:
    made = case.fired
    names = _named(expression, "count")
    return {name: made[name].count if name in made else 0 for name in names}


def _days(case: Case, expression: Expression) -> dict[str, date]:
    made = case.fired
    names = _named(expression, "last")
    return {name: date.fromisoformat(made[name].on) for name in names if name in made}


def _places(case: Case, expression: Expression) -> dict[str, int]:
    made = case.fired
    names = _named(expression, "order")
    return {name: made[name].seq if name in made else 0 for name in names}


def _named(expression: Expression, space: str) -> list[str]:
    return sorted(name for among, name in expression.paths if among == space)


def workdays_after(calendar: Calendar) -> Callable[[date, int], date]:
    """Give the function of this name that conditions and letters call."""
    return lambda day, n: calendar.add(day, int(n), "workday").on


def scope_of(
    workflow: Workflow,
    case: Case,
    expression: Expression,
    facts: Mapping[str, Value],
    moment: Moment,
) -> dict[str, object]:
    """Supply the names that an expression uses, and no others; what is not known is left out."""
    scope: dict[str, object] = {}
    for name in expression.names:
        if name in workflow.facts:
            value = facts.get(name, case.facts.get(name))
            seen = _seen(workflow.facts[name], value, moment) if value is not None else None
            if seen is not None:
                scope[name] = seen
        elif name in workflow.collections:
            found = (moment.others or NO_OTHERS).collected.get(name)
            if found is not None and not found.lacks:
                scope[name] = list(found.members)
        elif name in _BUILT_IN:
            scope[name] = _BUILT_IN[name](case, moment, expression)
    return scope


def _seen(fact: Fact, value: Value, moment: Moment) -> object:
    """Give a fact's value as an expression sees it; None for a link to a case that is not at
    hand.
    """
    if not fact.is_link:
        return typed(fact, value)
    others = moment.others or NO_OTHERS
    case = others.cases.get(str(value))
    return CaseRecord(case, others) if case is not None else None


def _digest(rows: list[object]) -> dict[str, object]:
    """Name the rows of a table by their number and SHA-256: an entry that reads a table need not
    repeat it.
    """
    text = json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {"rows": len(rows), "sha256": sha256(text.encode()).hexdigest()}


def plain(value: object) -> object:
    """Give a value of a guard's scope as JSON has it."""
    if isinstance(value, CaseRecord):
        return value.case.number
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        items = [plain(v) for v in value]
        return _digest(items) if any(isinstance(v, dict) for v in value) else items
    return value if isinstance(value, (str, bool, int)) else str(value)
