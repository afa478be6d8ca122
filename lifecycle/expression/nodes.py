"""The tree of an expression: what its text says, as plain data.

A class is named, and its fields are, as the node of Jinja2 that it was made from
(`lifecycle.expression.syntax`). It can be kept and read back without Jinja2
(`lifecycle.workflow.compiled`), and the closures are made from it (`lifecycle.expression.builder`).
`offset` is where a node begins in the text, counted from 0.

These are no dataclasses: making thirty of them would cost every command as much as starting Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import get_annotations
from typing import Any, ClassVar


class Node:
    """A piece of an expression; its fields are given in their order."""

    fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        """Name the fields: those of the class that it extends, then its own."""
        cls.fields += tuple(name for name in get_annotations(cls) if name != "operator")

    def __init__(self, *values: Any) -> None:
        """Make a node; raises ValueError where there are too many or too few values."""
        self.__dict__.update(zip(self.fields, values, strict=True))

    def __eq__(self, other: object) -> bool:
        """Tell whether another node says the same, at the same place."""
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        """Give the same number for equal nodes."""
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        """Write the node as it is made."""
        return f"{type(self).__name__}({', '.join(map(repr, vars(self).values()))})"

    @property
    def kind(self) -> str:
        """Name the kind of node, as Jinja2 does."""
        return type(self).__name__

    def values(self) -> Iterator[Expr]:
        """Give the pieces directly inside it that have a value of their own."""
        for found in vars(self).values():
            inside = found if isinstance(found, tuple) else (found,)
            yield from (part for part in inside if isinstance(part, Expr))


class Expr(Node):
    """A piece that has a value of its own."""

    offset: int


class Other(Expr):
    """A node of a kind that no expression may have, or one that stands too deep to be read.

    `name` is its kind; `inside` are the expressions directly inside it.
    """

    name: str
    inside: tuple[Expr, ...]

    @property
    def kind(self) -> str:
        """Name the kind of node, as Jinja2 does."""
        return self.name


class Const(Expr):
    """A constant: a text, a number, true, false or none."""

    value: str | int | float | bool | None


class Name(Expr):
    """A name."""

    name: str


class Getattr(Expr):
    """`node.attr`."""

    node: Expr
    attr: str


class Getitem(Expr):
    """`node[arg]`."""

    node: Expr
    arg: Expr


class Neg(Expr):
    """`-node`."""

    node: Expr


class Pos(Expr):
    """`+node`."""

    node: Expr


class Not(Expr):
    """`not node`."""

    node: Expr


class BinExpr(Expr):
    """Arithmetic, or `and` and `or`; `operator` is its sign."""

    operator: ClassVar[str]
    left: Expr
    right: Expr


class Add(BinExpr):
    """`left + right`."""

    operator = "+"


class Sub(BinExpr):
    """`left - right`."""

    operator = "-"


class Mul(BinExpr):
    """`left * right`."""

    operator = "*"


class Div(BinExpr):
    """`left / right`."""

    operator = "/"


class FloorDiv(BinExpr):
    """`left // right`."""

    operator = "//"


class Mod(BinExpr):
    """`left % right`."""

    operator = "%"


class And(BinExpr):
    """`left and right`."""

    operator = "and"


class Or(BinExpr):
    """`left or right`."""

    operator = "or"


class Concat(Expr):
    """`a ~ b ~ …`."""

    nodes: tuple[Expr, ...]


class List(Expr):
    """`[a, b]`."""

    items: tuple[Expr, ...]


class Tuple(Expr):
    """`(a, b)`."""

    items: tuple[Expr, ...]


class CondExpr(Expr):
    """`expr1 if test else expr2`."""

    test: Expr
    expr1: Expr
    expr2: Expr | None


class Operand(Node):
    """One comparison of a chain: its operator, as Jinja2 names it, and the right side."""

    op: str
    expr: Expr


class Compare(Expr):
    """`expr < a <= b`."""

    expr: Expr
    ops: tuple[Operand, ...]


class Keyword(Node):
    """`key=value` among what a word is given; no word takes one."""

    key: str


class Call(Expr):
    """`node(args)`."""

    node: Expr
    args: tuple[Expr, ...]
    kwargs: tuple[Keyword, ...]
    dyn_args: Expr | None
    dyn_kwargs: Expr | None


class Worded(Expr):
    """A filter or a test."""

    node: Expr | None
    name: str
    args: tuple[Expr, ...]
    kwargs: tuple[Keyword, ...]
    dyn_args: Expr | None
    dyn_kwargs: Expr | None


class Filter(Worded):
    """`node | name(args)`."""


class Test(Worded):
    """`node is name(args)`."""

    __test__ = False  # pytest takes a class of this name for a test


class Decided(Expr):
    """`tables.name`: what the first row of a decision table gives whose test holds; of `rows` each
    but a last one has a test. It is put in where the table is known
    (`lifecycle.workflow.words.decision_tables`).
    """

    name: str
    title: str
    tests: tuple[Expr, ...]
    rows: tuple[Expr, ...]


KINDS: dict[str, type[Node]] = {
    made.__name__: made
    for made in (
        Const,
        Name,
        Getattr,
        Getitem,
        Neg,
        Pos,
        Not,
        Add,
        Sub,
        Mul,
        Div,
        FloorDiv,
        Mod,
        And,
        Or,
        Concat,
        List,
        Tuple,
        CondExpr,
        Operand,
        Compare,
        Keyword,
        Call,
        Filter,
        Test,
        Decided,
    )
}
"""The kinds of nodes that are let in, by name."""
