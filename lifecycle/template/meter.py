"""How much one letter may cost: every turn of every loop, and every character joined, counts
against a budget.

A template has no other way to go on without end: it cannot call, define or include anything
(`grammar`), and what it writes is bounded by `LIMIT`. Importing this module imports Jinja2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from jinja2 import nodes, pass_context
from jinja2.runtime import Context

from lifecycle.errors import InvalidError
from lifecycle.template.compose import BUDGET, SPENT

STEPS, CHARACTERS = 0, 1
"""What is counted: turns of loops (one of a long body counts for several), and characters joined by
`~`, `+`, `join`, whether the letter shows them or not.
"""
LOOP, TEXT, LOOKED = "as loop", "as text", "as group"
"""Filters put around what a loop runs over, what `~` joins and what `in` looks through; no template
can write them.
"""
_LONG_BODY = 50
"""Nodes of a loop's body that count for one step; so many items of a list that `in` looks through
do, too.
"""


class SpentError(InvalidError):
    """One letter would cost too much to write."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "请减少循环的层数或所列的内容；内容确实很多的，作为附件提交")


def spend(context: Context, which: int, amount: float) -> None:
    """Take from the budget of the letter being written, or raise SpentError."""
    left: list[float] = context.parent[SPENT]
    left[which] -= amount
    if left[which] < 0:
        raise SpentError(
            (f"循环超过 {BUDGET[0]} 步", f"拼接的文字超过 {BUDGET[1]} 字")[which] + "，已停止"
        )


@pass_context
def stepped(context: Context, value: Any, weight: float = 1) -> Any:
    """Count the turns over a value before they are taken; what has no length is counted while it
    gives its items.
    """
    try:
        size = len(value)
    except TypeError:
        return _stepped(context, value, weight) if isinstance(value, Iterable) else value
    spend(context, STEPS, size * weight)
    return value


def _stepped(context: Context, items: Iterable[object], weight: float) -> Iterator[object]:
    for item in items:
        spend(context, STEPS, weight)
        yield item


def joining(write: Callable[..., str]) -> Callable[..., str]:
    """Make a filter that gives text count what it gives and, of a list, the items it takes."""

    @pass_context
    def counted(context: Context, value: object, *rest: object, **named: object) -> str:
        if isinstance(value, list | tuple):
            spend(context, STEPS, len(value) / _LONG_BODY)
        text = write(value, *rest, **named)
        spend(context, CHARACTERS, len(text))
        return text

    return counted


def metered(tree: nodes.Template) -> nodes.Template:
    """Put the counting filters into a judged tree: around loops' values, operands of `~` and groups
    of `in`.
    """
    for node in list(tree.find_all(nodes.Node)):
        if isinstance(node, nodes.For):
            weight = (
                1 + sum(1 for part in node.body for _ in part.find_all(nodes.Node)) // _LONG_BODY
            )
            node.iter = _filtered(node.iter, LOOP, weight)
        elif isinstance(node, nodes.Concat):
            node.nodes = [n if _is_text(n) else _filtered(n, TEXT) for n in node.nodes]
        elif isinstance(node, nodes.Operand) and node.op in ("in", "notin"):
            node.expr = _filtered(node.expr, LOOKED, 1 / _LONG_BODY)
        elif isinstance(node, nodes.Test) and node.name == "in" and node.args:
            node.args[0] = _filtered(node.args[0], LOOKED, 1 / _LONG_BODY)
    return tree


def _filtered(node: nodes.Node, name: str, weight: float | None = None) -> nodes.Filter:
    arguments: list[nodes.Expr] = (
        [] if weight is None else [nodes.Const(weight, lineno=node.lineno)]
    )
    return nodes.Filter(cast(nodes.Expr, node), name, arguments, [], None, None, lineno=node.lineno)


def _is_text(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str)
