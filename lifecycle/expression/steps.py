"""A parsed expression turned into closures, one for each node of a short whitelist; any other node
is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from jinja2 import nodes

from lifecycle.expression.expression import (
    FUNCTIONS,
    SPACES,
    ExpressionError,
    MissingName,
    Scope,
    Step,
)
from lifecycle.expression.operations import ARITHMETIC, COMPARISONS, FILTERS, chain

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LEVELS = 64
_ALLOWED = "可用：比较、and、or、not、加减乘除、in、is defined，以及 " + "、".join(FUNCTIONS)
_SIGNS: dict[type[nodes.Node], str] = {
    nodes.Pow: "**",
    nodes.Concat: "~",
    nodes.Dict: "{",
    nodes.Slice: ":",
    nodes.Call: "(",
}


class Builder:
    """Builds the closure of each node and notes the names met on the way."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.names: set[str] = set()
        self.paths: set[tuple[str, str]] = set()
        self.certain: set[str] = set()
        self.equalities: list[tuple[str, object]] = []
        self._sure = True
        self._level = 0

    def step(self, node: nodes.Node) -> Step:
        """Give the closure that works a node out; raises ExpressionError where the node is not let
        in.
        """
        make = _MAKERS.get(type(node))
        if make is None:
            raise self._refuse(node)
        self._level += 1
        if self._level > MOST_LEVELS:
            raise ExpressionError("条件过于复杂", mend="拆成几个条件分别写")
        made = make(self, node)
        self._level -= 1
        return made

    @contextmanager
    def _perhaps(self) -> Iterator[None]:
        """Mark what is built inside as not always worked out."""
        sure, self._sure = self._sure, False
        yield
        self._sure = sure

    def _offset(self, word: str) -> int:
        found = re.search(
            rf"\b{re.escape(word)}\b" if word.isidentifier() else re.escape(word), self.source
        )
        return found.start() if found else 0

    def _refuse(self, node: nodes.Node) -> ExpressionError:
        sign = _SIGNS.get(type(node), "")
        what = f" “{sign}”" if sign else "这种写法"
        return ExpressionError(f"条件中不能用{what}", self._offset(sign), _ALLOWED)

    def const(self, node: nodes.Const) -> Step:
        """Give a constant; a binary float becomes the decimal that was written."""
        value = node.value
        if isinstance(value, float):
            value = Decimal(repr(value))
            if not value.is_finite():
                raise ExpressionError("数字过大")
        return lambda scope: value

    def name(self, node: nodes.Name) -> Step:
        """Look a name up."""
        name = node.name
        if name in SPACES or name in FUNCTIONS:
            mend = f"写成 {name}.名称" if name in SPACES else f"写成 {name}(…, …)"
            raise ExpressionError(f"{name} 不能单独使用", self._offset(name), mend)
        self.names.add(name)
        if self._sure:
            self.certain.add(name)

        def run(scope: Scope) -> Any:
            try:
                return scope[name]
            except KeyError:
                raise MissingName(name) from None

        return run

    def _path(self, space: str, name: str) -> Step:
        self.names.add(space)
        self.paths.add((space, name))

        def run(scope: Scope) -> Any:
            group = scope.get(space)
            if group is not None and name in group:
                return group[name]
            if space in ("count", "order"):
                return 0  # a transition never made was made no times, and comes before all others
            raise MissingName(f"{space}.{name}")

        return run

    def getattr(self, node: nodes.Getattr) -> Step:
        """Look up `space.name`, or the year, month or day of a date."""
        if isinstance(node.node, nodes.Name) and node.node.name in SPACES:
            return self._path(node.node.name, node.attr)
        if node.attr not in ("year", "month", "day"):
            mend = f"“.” 只用于 {'、'.join(SPACES)}，以及日期的 .year .month .day"
            raise ExpressionError(
                f"条件中不能用 “.{node.attr}”", self._offset("." + node.attr), mend
            )
        of, attr = self.step(node.node), node.attr

        def run(scope: Scope) -> Any:
            day = of(scope)
            if not isinstance(day, date):
                raise ExpressionError(f"“.{attr}” 只用于日期")
            return getattr(day, attr)

        return run

    def getitem(self, node: nodes.Getitem) -> Step:
        """Look up `space['name']`, or an item of a list by its number."""
        index = node.arg
        if isinstance(node.node, nodes.Name) and node.node.name in SPACES:
            if isinstance(index, nodes.Const) and isinstance(index.value, str):
                return self._path(node.node.name, index.value)
            name = node.node.name
            raise ExpressionError(f"{name} 后面要写明名称", self._offset(name), f"写成 {name}.名称")
        if not isinstance(index, nodes.Const) or type(index.value) is not int:
            raise ExpressionError(
                "方括号里只能写整数", self._offset("["), "例如 x_units[0] 是第一项"
            )
        of, number = self.step(node.node), index.value

        def run(scope: Scope) -> Any:
            items = of(scope)
            if not isinstance(items, list | tuple):
                raise ExpressionError("方括号只用于列表")
            if number >= len(items):
                raise MissingName(f"列表的第 {number + 1} 项")
            return items[number]

        return run

    def binary(self, node: nodes.BinExpr) -> Step:
        """Do arithmetic."""
        work, left, right = ARITHMETIC[node.operator], self.step(node.left), self.step(node.right)
        return lambda scope: work(left(scope), right(scope))

    def negative(self, node: nodes.Neg) -> Step:
        """Change a number's sign."""
        of = self.step(node.node)
        return lambda scope: -of(scope)

    def both(self, node: nodes.And) -> Step:
        """Work out `and`: the right side only if the left holds."""
        left = self.step(node.left)
        with self._perhaps():
            right = self.step(node.right)
        return lambda scope: left(scope) and right(scope)

    def either(self, node: nodes.Or) -> Step:
        """Work out `or`: the right side only if the left does not hold."""
        left = self.step(node.left)
        with self._perhaps():
            right = self.step(node.right)
        return lambda scope: left(scope) or right(scope)

    def negation(self, node: nodes.Not) -> Step:
        """Work out `not`."""
        of = self.step(node.node)
        return lambda scope: not of(scope)

    def condition(self, node: nodes.CondExpr) -> Step:
        """Work out `a if test else b`."""
        test = self.step(node.test)
        if node.expr2 is None:
            raise ExpressionError("“if” 缺少 else", self._offset("if"), "写成 甲 if 条件 else 乙")
        with self._perhaps():
            yes, no = self.step(node.expr1), self.step(node.expr2)
        return lambda scope: yes(scope) if test(scope) else no(scope)

    def sequence(self, node: nodes.List | nodes.Tuple) -> Step:
        """Make a list."""
        items = [self.step(item) for item in node.items]
        return lambda scope: [item(scope) for item in items]

    def compare(self, node: nodes.Compare) -> Step:
        """Compare, possibly in a chain such as 0 < a <= b."""
        self._note_equalities(node)
        first = self.step(node.expr)
        rest = [(COMPARISONS[node.ops[0].op], self.step(node.ops[0].expr))]
        with self._perhaps():
            rest += [(COMPARISONS[op.op], self.step(op.expr)) for op in node.ops[1:]]
        return chain(first, rest)

    def _note_equalities(self, node: nodes.Compare) -> None:
        left = node.expr
        for op in node.ops:
            right = op.expr
            for name, other in ((left, right), (right, left)):
                if (
                    isinstance(name, nodes.Name)
                    and op.op in ("eq", "ne")
                    and isinstance(other, nodes.Const)
                ):
                    self.equalities.append((name.name, other.value))
            if (
                isinstance(left, nodes.Name)
                and op.op in ("in", "notin")
                and isinstance(right, nodes.List | nodes.Tuple)
            ):
                self.equalities += [
                    (left.name, item.value) for item in right.items if isinstance(item, nodes.Const)
                ]
            left = right

    def call(self, node: nodes.Call) -> Step:
        """Call one of the known functions, which the scope supplies."""
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if name not in FUNCTIONS:
            message = f"没有函数 “{name}”" if name else "条件中不能用 “(”"
            raise ExpressionError(
                message, self._offset(name or "("), f"可用的函数：{'、'.join(FUNCTIONS)}"
            )
        if len(node.args) != 2 or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise ExpressionError(f"{name} 要有两个参数", self._offset(name), f"写成 {name}(…, …)")
        self.names.add(name)
        first, second = self.step(node.args[0]), self.step(node.args[1])

        def run(scope: Scope) -> Any:
            if name not in scope:
                raise MissingName(name)
            return scope[name](first(scope), second(scope))

        return run

    def test(self, node: nodes.Test) -> Step:
        """Work out `is defined`, `is undefined` and `is in`."""
        if node.name == "in" and len(node.args or ()) == 1:
            item, group = self.step(node.node), self.step(node.args[0])
            return lambda scope: item(scope) in group(scope)
        if node.name not in ("defined", "undefined"):
            raise ExpressionError(
                f"没有检验 “is {node.name}”",
                self._offset(node.name),
                "可用：is defined、is undefined",
            )
        if not isinstance(node.node, nodes.Name | nodes.Getattr | nodes.Getitem):
            raise ExpressionError(
                f"“is {node.name}” 前面应为名称",
                self._offset(node.name),
                "例如 investment is defined",
            )
        with self._perhaps():
            of = self.step(node.node)
        wanted = node.name == "defined"

        def run(scope: Scope) -> bool:
            try:
                of(scope)
            except MissingName:
                return not wanted
            return wanted

        return run

    def filter(self, node: nodes.Filter) -> Step:
        """Apply one of the few filters."""
        if node.node is None or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise self._refuse(node)
        of = self.step(node.node)
        if (
            node.name == "join"
            and len(node.args) <= 1
            and all(isinstance(arg, nodes.Const) for arg in node.args)
        ):
            glue = "".join(str(arg.value) for arg in node.args if isinstance(arg, nodes.Const))
            return lambda scope: glue.join(map(str, of(scope)))
        work = FILTERS.get(node.name)
        if work is None or node.args:
            message = (
                f"没有过滤器 “{node.name}”" if work is None else f"过滤器 {node.name} 不带参数"
            )
            raise ExpressionError(
                message, self._offset(node.name), f"可用：{'、'.join((*FILTERS, 'join'))}"
            )
        return lambda scope: work(of(scope))


_MAKERS: dict[type[nodes.Node], Callable[[Builder, Any], Step]] = {
    nodes.Const: Builder.const,
    nodes.Name: Builder.name,
    nodes.Getattr: Builder.getattr,
    nodes.Getitem: Builder.getitem,
    nodes.Neg: Builder.negative,
    nodes.And: Builder.both,
    nodes.Or: Builder.either,
    nodes.Not: Builder.negation,
    nodes.CondExpr: Builder.condition,
    nodes.List: Builder.sequence,
    nodes.Tuple: Builder.sequence,
    nodes.Compare: Builder.compare,
    nodes.Call: Builder.call,
    nodes.Test: Builder.test,
    nodes.Filter: Builder.filter,
    **dict.fromkeys(
        (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod), Builder.binary
    ),
}
