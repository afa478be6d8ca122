"""How much one letter may cost: every turn of every loop, and every character joined, counts
against a budget, which stands in the scope under `SPENT`.

A template has no other way to go on without end: it cannot define or include anything, and what it
writes is bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lifecycle.errors import InvalidError
from lifecycle.expression.texts import LIMIT

SPENT = "\x07"
"""The name under which a letter's names hold what it may still spend; no template can write it."""
BUDGET = (100_000, 10 * LIMIT)
"""Turns that the loops of one letter may take together, and characters that it may join."""
STEPS, CHARACTERS = 0, 1
"""What is counted: turns of loops (one of a long body counts for several), and characters joined by
`~`, `+`, `join`, whether the letter shows them or not.
"""
MANY = 50
"""So many items of a list that a word goes through, or nodes of a loop's body, count for one
step.
"""


class SpentError(InvalidError):
    """One letter would cost too much to write."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "请减少循环的层数或所列的内容；内容确实很多的，作为附件提交")


def spend(scope: Mapping[str, Any], which: int, amount: float) -> None:
    """Take from the budget of the letter being written, or raise SpentError."""
    left: list[float] = scope[SPENT]
    left[which] -= amount
    if left[which] < 0:
        said = (f"循环超过 {BUDGET[STEPS]} 步", f"拼接的文字超过 {BUDGET[CHARACTERS]} 字")
        raise SpentError(said[which] + "，已停止")


def stepped(scope: Mapping[str, Any], value: Any, weight: float = 1) -> Any:
    """Count the turns over a value before they are taken.

    What has no length is counted while it gives its items.
    """
    try:
        size = len(value)
    except TypeError:
        return _stepped(scope, value, weight) if isinstance(value, Iterable) else value
    spend(scope, STEPS, size * weight)
    return value


def _stepped(scope: Mapping[str, Any], items: Iterable[object], weight: float) -> Iterator[object]:
    for item in items:
        spend(scope, STEPS, weight)
        yield item
