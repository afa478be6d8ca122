"""What conditions can do with values: compare, reckon, filter; nothing that could grow without
bound.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from lifecycle.expression.expression import ExpressionError, Scope, Step

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gteq": operator.ge,
    "lt": operator.lt,
    "lteq": operator.le,
    "in": lambda item, group: item in group,
    "notin": lambda item, group: item not in group,
}
FILTERS: dict[str, Callable[[Any], Any]] = {
    "length": len,
    "count": len,
    "sum": sum,
    "min": min,
    "max": max,
    "lower": lambda text: str(text).lower(),
    "upper": lambda text: str(text).upper(),
}


def _numbers(sign: str, work: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Make an operation that takes numbers only: 'x' * 10**9 and '%999999999d' % 1 would fill the
    memory.
    """

    def run(left: Any, right: Any) -> Any:
        if not isinstance(left, int | Decimal) or not isinstance(right, int | Decimal):
            raise ExpressionError(f"“{sign}” 的两边应为数")
        return work(left, right)

    return run


def _divide(left: Any, right: Any) -> Any:
    return Decimal(left) / Decimal(right)


def _subtract(left: Any, right: Any) -> Any:
    difference = left - right
    if isinstance(difference, timedelta):
        raise ExpressionError("日期不能直接相减", mend="相隔的日数写 days_between(先, 后)")
    return difference


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": _subtract,
    "*": _numbers("*", operator.mul),
    "/": _numbers("/", _divide),
    "//": _numbers("//", operator.floordiv),
    "%": _numbers("%", operator.mod),
}


def chain(first: Step, rest: list[tuple[Callable[[Any, Any], Any], Step]]) -> Step:
    """Compare one after the other, as in 0 < a <= b; stop at the first comparison that fails."""
    if len(rest) == 1:
        work, second = rest[0]
        return lambda scope: work(first(scope), second(scope))

    def run(scope: Scope) -> Any:
        left = first(scope)
        for work, step in rest:
            right = step(scope)
            if not work(left, right):
                return False
            left = right
        return True

    return run
