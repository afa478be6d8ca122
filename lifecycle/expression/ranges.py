"""For which values of its one name a condition holds, where it compares that name with constants.

The constants cut the values into pieces; within a piece the condition comes out one way, so trying
one value of each tells of all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from lifecycle.expression import nodes
from lifecycle.expression.expression import Expression
from lifecycle.expression.language import SPACES
from lifecycle.expression.sorts import Sort, constant
from lifecycle.frozen import dataclass

Named = tuple[str, str]
"""A name as conditions write it: its space (`count`, or "") and what it is called there."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a name's values: one of them to try, and the piece as officers read it."""

    sample: object
    told: str


def subject_of(expression: Expression) -> Named | None:
    """Give the one name that a condition compares with constants; None if it does anything else."""
    found = set(_subjects(expression.tree))
    return found.pop() if len(found) == 1 and None not in found else None


def _subjects(node: nodes.Expr) -> Iterator[Named | None]:
    """Give each name that is compared, None for whatever else there is."""
    if isinstance(node, nodes.And | nodes.Or):
        yield from _subjects(node.left)
        yield from _subjects(node.right)
    elif isinstance(node, nodes.Not):
        yield from _subjects(node.node)
    elif isinstance(node, nodes.Compare):
        for piece in (node.expr, *(operand.expr for operand in node.ops)):
            if not _is_constant(piece):
                yield _named(piece)
    else:
        yield _named(node)


def _is_constant(node: nodes.Expr) -> bool:
    if isinstance(node, nodes.List | nodes.Tuple):
        return all(constant(item)[0] for item in node.items)
    return constant(node)[0]


def _named(node: nodes.Expr) -> Named | None:
    if isinstance(node, nodes.Name):
        return "", node.name
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        space = node.node.name
        return (space, node.attr) if space in SPACES else None
    return None


def constants_of(expression: Expression) -> list[object]:
    """List the constants that a condition compares with."""
    return list(_constants(expression.tree))


def _constants(node: nodes.Expr) -> Iterator[object]:
    known, value = constant(node)
    if known:
        yield value
        return
    for part in node.values():
        yield from _constants(part)
    if isinstance(node, nodes.Compare):
        for operand in node.ops:
            yield from _constants(operand.expr)


def pieces_of(sort: Sort, constants: Sequence[object]) -> list[Piece]:
    """Cut the values of a sort at the constants, in their order; none where it cannot be cut."""
    if sort.type == "yesno":
        return [Piece(True, "为是"), Piece(False, "为否")]
    if sort.options:
        return [Piece(option, f"为“{option}”") for option in sort.options]
    if sort.type == "number":
        found = (Decimal(c) for c in constants if isinstance(c, int | Decimal))
        return list(_stretches(sort, sorted(set(found))))
    if sort.type == "text":
        texts = dict.fromkeys(c for c in constants if isinstance(c, str))
        return [*(Piece(text, f"为“{text}”") for text in texts), Piece("\0", "为其他")]
    return []


def _stretches(sort: Sort, cuts: list[Decimal]) -> Iterator[Piece]:
    """Give each number at which is cut, and the stretches between them, from the least on."""
    ends: list[Decimal | None] = [None, *cuts, None]
    for low, high in pairwise(ends):
        between = _between(sort, low, high)
        if between is not None:
            yield Piece(between, _told(low, high))
        if high is not None and _may_be(sort, high):
            yield Piece(high, f"恰为 {high}")


def _between(sort: Sort, low: Decimal | None, high: Decimal | None) -> Decimal | None:
    """Give a number of the sort within a stretch, its ends excluded; None where there is none."""
    step = Decimal(1)
    if low is None or high is None:
        sample = high - step if high is not None else (low or Decimal(0)) + step
        if sort.least is not None and sample < sort.least and high is not None:
            sample = sort.least if sort.whole else (sort.least + high) / 2
        if sort.most is not None and sample > sort.most and low is not None:
            sample = sort.most if sort.whole else (low + sort.most) / 2
    else:
        sample = low + step if sort.whole else (low + high) / 2
    inside = (low is None or sample > low) and (high is None or sample < high)
    return sample if inside and _may_be(sort, sample) else None


def _may_be(sort: Sort, number: Decimal) -> bool:
    if sort.whole and number != number.to_integral_value():
        return False
    return (sort.least is None or number >= sort.least) and (
        sort.most is None or number <= sort.most
    )


def _told(low: Decimal | None, high: Decimal | None) -> str:
    if low is None:
        return f"小于 {high}"
    return f"大于 {low}" if high is None else f"大于 {low}、小于 {high}"


def holds_for(expression: Expression, subject: Named, value: object) -> bool:
    """Work a condition out for one value of its name."""
    space, name = subject
    scope: Mapping[str, Any] = {space: {name: value}} if space else {name: value}
    return bool(expression.evaluate(scope))
