"""The tree of an expression: what its text says, as plain data.

A class is named, and its fields are, as the node of Jinja2 that it was made from
(`lifecycle.expression.syntax`). It can be kept and read back without Jinja2
(`lifecycle.workflow.compiled`), and the closures are made from it (`lifecycle.expression.builder`).
`offset` is where a node begins in the text, counted from 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of an expression."""

    @property
    def kind(self) -> str:
        """Name the kind of node, as Jinja2 does."""
        return type(self).__name__

    def values(self) -> Iterator[Expr]:
        """Give the pieces directly inside it that have a value of their own."""
        for field in fields(self):
            found = getattr(self, field.name)
            inside = found if isinstance(found, tuple) else (found,)
            yield from (part for part in inside if isinstance(part, Expr))


@dataclass(frozen=True, slots=True)
class Expr(Node):
    """A piece that has a value of its own."""

    offset: int


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Const(Expr):
    """A constant: a text, a number, true, false or none."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Name(Expr):
    """A name."""

    name: str


@dataclass(frozen=True, slots=True)
class Getattr(Expr):
    """`node.attr`."""

    node: Expr
    attr: str


@dataclass(frozen=True, slots=True)
class Getitem(Expr):
    """`node[arg]`."""

    node: Expr
    arg: Expr


@dataclass(frozen=True, slots=True)
class Neg(Expr):
    """`-node`."""

    node: Expr


@dataclass(frozen=True, slots=True)
class Pos(Expr):
    """`+node`."""

    node: Expr


@dataclass(frozen=True, slots=True)
class Not(Expr):
    """`not node`."""

    node: Expr


@dataclass(frozen=True, slots=True)
class BinExpr(Expr):
    """Arithmetic, or `and` and `or`; `operator` is its sign."""

    operator: ClassVar[str]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Add(BinExpr):
    """`left + right`."""

    operator = "+"


@dataclass(frozen=True, slots=True)
class Sub(BinExpr):
    """`left - right`."""

    operator = "-"


@dataclass(frozen=True, slots=True)
class Mul(BinExpr):
    """`left * right`."""

    operator = "*"


@dataclass(frozen=True, slots=True)
class Div(BinExpr):
    """`left / right`."""

    operator = "/"


@dataclass(frozen=True, slots=True)
class FloorDiv(BinExpr):
    """`left // right`."""

    operator = "//"


@dataclass(frozen=True, slots=True)
class Mod(BinExpr):
    """`left % right`."""

    operator = "%"


@dataclass(frozen=True, slots=True)
class And(BinExpr):
    """`left and right`."""

    operator = "and"


@dataclass(frozen=True, slots=True)
class Or(BinExpr):
    """`left or right`."""

    operator = "or"


@dataclass(frozen=True, slots=True)
class Concat(Expr):
    """`a ~ b ~ …`."""

    nodes: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class List(Expr):
    """`[a, b]`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Tuple(Expr):
    """`(a, b)`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class CondExpr(Expr):
    """`expr1 if test else expr2`."""

    test: Expr
    expr1: Expr
    expr2: Expr | None


@dataclass(frozen=True, slots=True)
class Operand(Node):
    """One comparison of a chain: its operator, as Jinja2 names it, and the right side."""

    op: str
    expr: Expr


@dataclass(frozen=True, slots=True)
class Compare(Expr):
    """`expr < a <= b`."""

    expr: Expr
    ops: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Keyword(Node):
    """`key=value` among what a word is given; no word takes one."""

    key: str


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """`node(args)`."""

    node: Expr
    args: tuple[Expr, ...]
    kwargs: tuple[Keyword, ...]
    dyn_args: Expr | None
    dyn_kwargs: Expr | None


@dataclass(frozen=True, slots=True)
class Worded(Expr):
    """A filter or a test."""

    node: Expr | None
    name: str
    args: tuple[Expr, ...]
    kwargs: tuple[Keyword, ...]
    dyn_args: Expr | None
    dyn_kwargs: Expr | None


@dataclass(frozen=True, slots=True)
class Filter(Worded):
    """`node | name(args)`."""


@dataclass(frozen=True, slots=True)
class Test(Worded):
    """`node is name(args)`."""

    __test__ = False  # pytest takes a class of this name for a test


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
    )
}
"""The kinds of nodes that are let in, by name."""
