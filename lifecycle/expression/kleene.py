"""A condition that may be undecided: a row that lacks something may still be out by what else it
has (Kleene's three-valued logic).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from lifecycle.expression import nodes
from lifecycle.expression.builder import build
from lifecycle.expression.expression import Expression
from lifecycle.expression.faults import CONDITION, EXPLAINED, ExpressionError, MissingName

Decide = Callable[[Mapping[str, Any]], bool | None]


def decided(expression: Expression, scope: Mapping[str, Any]) -> bool | None:
    """Tell whether a condition holds; None where what is missing might decide it, or what cannot
    be computed with these values.
    """
    return deciding(expression)(scope)


@lru_cache(maxsize=1024)
def deciding(expression: Expression) -> Decide:
    """Give a condition made ready to be decided many times."""
    return _made(expression.source, expression.tree)


def _made(source: str, node: nodes.Expr) -> Decide:
    if isinstance(node, nodes.Not):
        return _negated(_made(source, node.node))
    if isinstance(node, nodes.And | nodes.Or):
        both = (_made(source, node.left), _made(source, node.right))
        return _joined(*both, ends=isinstance(node, nodes.Or))
    run = build(node, source, CONDITION)[0].run

    def leaf(scope: Mapping[str, Any]) -> bool | None:
        try:
            return bool(run(scope))
        except (MissingName, ExpressionError, *EXPLAINED):
            return None

    return leaf


def _negated(of: Decide) -> Decide:
    def run(scope: Mapping[str, Any]) -> bool | None:
        found = of(scope)
        return None if found is None else not found

    return run


def _joined(left: Decide, right: Decide, *, ends: bool) -> Decide:
    """Join two by `or` (`ends`: true decides alone) or `and` (false does)."""

    def run(scope: Mapping[str, Any]) -> bool | None:
        first = left(scope)
        if first is ends:
            return ends
        second = right(scope)
        if second is ends:
            return ends
        return None if first is None or second is None else not ends

    return run
