"""A parsed expression turned into closures, one for each node that the language lets in.

Any other node is refused. The same closures serve conditions and letters. No code is generated or
run and no attribute of a Python object is ever looked up, so there is nothing to break out of, and
a condition costs well under a microsecond.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from lifecycle.errors import nearest
from lifecycle.expression import meter, nodes
from lifecycle.expression.faults import Dialect, ExpressionError, MissingName
from lifecycle.expression.language import (
    ABSENT,
    ARITHMETIC,
    COMPARISONS,
    COUNTED,
    DATE_PARTS,
    FILTERS,
    FORMS,
    FUNCTIONS,
    LETTER_FUNCTIONS,
    MOST_LEVELS,
    REFUSED,
    SPACES,
    TESTS,
    Function,
)
from lifecycle.expression.texts import LIMIT, text_of, too_long
from lifecycle.frozen import dataclass

Scope = Mapping[str, Any]
Step = Callable[[Scope], Any]

_COMPARED = {
    "eq": "==",
    "ne": "!=",
    "gt": ">",
    "gteq": ">=",
    "lt": "<",
    "lteq": "<=",
    "in": "in",
    "notin": "not in",
}
"""How Jinja2 names the comparisons."""
_ALLOWED = "可用：比较、and、or、not、加减乘除、in、is defined，以及 " + "、".join(FUNCTIONS)


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression made ready: how to work it out, and which names it mentions.

    `certain` are the names without which it can never be worked out; `equalities` pairs a name with
    the constants it is compared with. `parts` are the names with a dot, such as ("project",
    "investment") or ("claim", "policy", "state").
    """

    run: Step
    names: frozenset[str]
    paths: frozenset[tuple[str, str]]
    parts: frozenset[tuple[str, ...]]
    certain: frozenset[str]
    equalities: tuple[tuple[str, object], ...]


def build(
    tree: nodes.Expr, source: str, dialect: Dialect, own: frozenset[str] = frozenset()
) -> tuple[Compiled, list[ExpressionError]]:
    """Turn a tree into a compiled expression, and list what the language does not let in, the
    outermost first.

    `source` is the text that the tree was parsed from. `own` are names that a template has given
    itself; they mean nothing else there.
    """
    builder = _Builder(source, dialect, own)
    run = builder.step(tree)
    made = Compiled(
        run,
        frozenset(builder.names),
        frozenset(builder.paths),
        frozenset(builder.parts),
        frozenset(builder.certain),
        tuple(builder.equalities),
    )
    return made, builder.faults


def _nothing(scope: Scope) -> Any:
    """Stand for a piece that was refused; an expression with a refused piece is never run."""
    raise ExpressionError("条件不能用")


class _Builder:
    """Builds the closure of each node and notes the names and faults met on the way."""

    def __init__(self, source: str, dialect: Dialect, own: frozenset[str]) -> None:
        self.source = source
        self.dialect = dialect
        self.functions = FUNCTIONS if not dialect.records else {**FUNCTIONS, **LETTER_FUNCTIONS}
        self.own = own
        self.names: set[str] = set()
        self.paths: set[tuple[str, str]] = set()
        self.parts: set[tuple[str, ...]] = set()
        self.certain: set[str] = set()
        self.equalities: list[tuple[str, object]] = []
        self.faults: list[ExpressionError] = []
        self._sure = True
        self._level = 0

    def step(self, node: nodes.Expr) -> Step:
        """Give the closure that works a node out."""
        kind = node.kind
        if kind in REFUSED:
            sign, mend = REFUSED[kind]
            return self._refuse(node, f"{self.dialect.inside}不能用 “{sign}”", mend, sign)
        if kind not in FORMS:
            return self._refuse(node, f"{self.dialect.inside}不能用这种写法", _ALLOWED)
        if self._level >= MOST_LEVELS or isinstance(node, nodes.Other):
            message = f"{self.dialect.subject}过于复杂"
            return self._refuse(node, message, f"拆成几个{self.dialect.subject}分别写")
        self._level += 1
        made = MAKERS[kind](self, node)
        self._level -= 1
        return made

    def _refuse(self, node: nodes.Expr, message: str, mend: str, word: str = "") -> Step:
        """Note a fault at a word of the node, or at its start."""
        offset = node.offset
        exact = rf"\b{re.escape(word)}\b" if word.isidentifier() else re.escape(word)
        found = re.compile(exact).search(self.source, offset)
        offset = found.start() if found else offset
        self.faults.append(ExpressionError(message, offset, mend, max(1, len(word))))
        if self._level < MOST_LEVELS:
            for child in node.values():
                if not self._is_space(child):
                    self.step(child)  # for the faults inside it
        return _nothing

    @contextmanager
    def _perhaps(self) -> Iterator[None]:
        """Mark what is built inside as not always worked out."""
        sure, self._sure = self._sure, False
        yield
        self._sure = sure

    def _is_space(self, node: nodes.Expr) -> bool:
        return isinstance(node, nodes.Name) and node.name in SPACES and node.name not in self.own

    def const(self, node: nodes.Const) -> Step:
        """Give a constant; a binary float becomes the decimal that was written."""
        value: object = node.value
        if isinstance(value, float):
            number = Decimal(repr(value))
            if not number.is_finite():
                return self._refuse(node, "数字过大", "写得小些")
            value = number
        return lambda scope: value

    def name(self, node: nodes.Name) -> Step:
        """Look a name up."""
        name = node.name
        if name not in self.own and (name in SPACES or name in self.functions):
            mend = f"写成 {name}.名称" if name in SPACES else self._called(name)
            return self._refuse(node, f"{name} 不能单独使用", mend, name)
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
            if group is None:
                raise MissingName(f"{space}.{name}")
            if name in group:
                return group[name]
            if space in COUNTED:
                return 0
            raise MissingName(f"{space}.{name}")

        return run

    def getattr(self, node: nodes.Getattr) -> Step:
        """Look up `space.name`, the year, month or day of a date, a fact of a linked case, or a
        named part.
        """
        attr = node.attr
        if attr.startswith("_"):
            return self._refuse_attr(node)
        if self._is_space(node.node) and isinstance(node.node, nodes.Name):
            return self._path(node.node.name, attr)
        dotted = _dotted(node)
        if dotted:
            self.parts.add(dotted)
        elif attr not in DATE_PARTS and not self.dialect.records:
            return self._refuse_attr(node)
        return _part(self.step(node.node), attr)

    def _refuse_attr(self, node: nodes.Getattr) -> Step:
        mend = f"“.” 只用于 {'、'.join(SPACES)}、关联的事项，以及日期的 .year .month .day"
        if self.dialect.records:
            mend = "请只用要素与内置变量的名称"
        message = f"{self.dialect.inside}不能用 “.{node.attr}”"
        return self._refuse(node, message, mend, "." + node.attr)

    def getitem(self, node: nodes.Getitem) -> Step:
        """Look up `space['name']`, a named part, or an item of a list by its number."""
        index = node.arg.value if isinstance(node.arg, nodes.Const) else None
        part = index if isinstance(index, str) and not index.startswith("_") else None
        if self._is_space(node.node) and isinstance(node.node, nodes.Name):
            name = node.node.name
            if part is not None:
                return self._path(name, part)
            message, mend = f"{name} 后面要写明名称", f"写成 {name}.名称"
            return self._refuse(node.node, message, mend, name)
        if type(index) is int:
            return _item(self.step(node.node), index)
        if part is not None and self.dialect.records:
            return _part(self.step(node.node), part)
        if self.dialect.records:
            mend = "请直接写出名称，如 last['open']，或序号，如 opinions[0]"
            return self._refuse(node, "方括号里只能写名称或序号", mend)
        return self._refuse(node, "方括号里只能写整数", "例如 x_units[0] 是第一项")

    def binary(self, node: nodes.BinExpr) -> Step:
        """Do arithmetic."""
        work = ARITHMETIC[node.operator].work
        assert work is not None
        left, right = self.step(node.left), self.step(node.right)
        if self.dialect.metered and node.operator == "+":
            return _metered_sum(left, right)
        return lambda scope: work(left(scope), right(scope))

    def sign(self, node: nodes.Neg | nodes.Pos) -> Step:
        """Change a number's sign, or keep it."""
        of = self.step(node.node)
        if isinstance(node, nodes.Neg):
            return lambda scope: -of(scope)
        return lambda scope: +of(scope)

    def concat(self, node: nodes.Concat) -> Step:
        """Join values as text."""
        parts = [self.step(part) for part in node.nodes]
        metered = self.dialect.metered

        def run(scope: Scope) -> str:
            text = "".join([text_of(part(scope)) for part in parts])
            if metered:
                meter.spend(scope, meter.CHARACTERS, len(text))
            if len(text) > LIMIT * len(parts):
                raise too_long()
            return text

        return run

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
            return self._refuse(node, "“if” 缺少 else", "写成 甲 if 条件 else 乙", "if")
        with self._perhaps():
            yes, no = self.step(node.expr1), self.step(node.expr2)
        return lambda scope: yes(scope) if test(scope) else no(scope)

    def decided(self, node: nodes.Decided) -> Step:
        """Take what the first row of a decision table gives whose test holds."""
        tests = [self.step(node.tests[0])] if node.tests else []
        with self._perhaps():
            tests += [self.step(test) for test in node.tests[1:]]
            rows = [self.step(row) for row in node.rows]
        last = rows[-1] if len(rows) > len(tests) else None

        def run(scope: Scope) -> Any:
            for test, row in zip(tests, rows, strict=False):
                if test(scope):
                    return row(scope)
            if last is None:
                raise MissingName(node.title)
            return last(scope)

        return run

    def sequence(self, node: nodes.List | nodes.Tuple) -> Step:
        """Make a list."""
        items = [self.step(item) for item in node.items]
        return lambda scope: [item(scope) for item in items]

    def compare(self, node: nodes.Compare) -> Step:
        """Compare, possibly in a chain such as 0 < a <= b."""
        self._note_equalities(node)
        first = self.step(node.expr)
        rest = [self._compared(node.ops[0])]
        with self._perhaps():
            rest += [self._compared(op) for op in node.ops[1:]]
        return _chain(first, rest)

    def _compared(self, op: nodes.Operand) -> tuple[Callable[[Any, Any], Any], Step]:
        work = COMPARISONS[_COMPARED[op.op]].work
        assert work is not None
        group = self.step(op.expr)
        if self.dialect.metered and op.op in ("in", "notin"):
            return work, _looked_through(group)
        return work, group

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
        """Call one of the known functions."""
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        word = self.functions.get(name)
        if word is None:
            at: nodes.Expr = node.node if name else node
            message = f"没有函数 “{name}”" if name else f"{self.dialect.inside}不能用 “(”"
            return self._refuse(at, message, f"可用的函数：{'、'.join(self.functions)}", name)
        if not _fits(node, word, len(node.args)):
            message = f"{name} 要有{_CHINESE[len(word.takes)]}个参数"
            return self._refuse(node.node, message, self._called(name), name)
        self.names.add(name)
        args = [self.step(arg) for arg in node.args]
        run = _typed(name, word, args) if word.work else _supplied(name, args)
        return _counted(run) if self.dialect.metered else run

    def _called(self, name: str) -> str:
        return f"写成 {name}({', '.join('…' * len(self.functions[name].takes))})"

    def test(self, node: nodes.Test) -> Step:
        """Work out `is defined`, `is in` and their like."""
        word = TESTS.get(node.name)
        if word is None:
            near = nearest(node.name, TESTS)
            known = f"可用：{'、'.join(f'is {name}' for name in TESTS)}"
            mend = f"是否为 “{near}”？{known}" if near else known
            return self._refuse(node, f"没有检验 “is {node.name}”", mend, node.name)
        if node.name in ("defined", "undefined") and not isinstance(
            node.node, nodes.Name | nodes.Getattr | nodes.Getitem | nodes.Filter
        ):
            message = f"“is {node.name}” 前面应为名称"
            return self._refuse(node, message, "例如 investment is defined", node.name)
        if not _fits(node, word, 1 + len(node.args or ())):
            message = f"“is {node.name}” 的写法不对"
            return self._refuse(node, message, f"写成 甲 is {node.name}", node.name)
        return self._worded(node.name, word, node)

    def filter(self, node: nodes.Filter) -> Step:
        """Apply one of the filters."""
        if node.name == "safe" and self.dialect.records:
            mend = "公文的文字一律按原样转义；请删去“| safe”"
            return self._refuse(node, f"{self.dialect.inside}不能用 “safe”", mend, "safe")
        word = FILTERS.get(node.name)
        if word is None:
            near = nearest(node.name, FILTERS)
            known = f"可用：{'、'.join(FILTERS)}"
            mend = f"是否为 “{near}”？" if near else known
            message = f"没有过滤器 “{node.name}”"
            return self._refuse(node, message, mend, node.name)
        if node.kwargs or not _fits(node, word, 1 + len(node.args)):
            most = len(word.takes) - 1
            message = f"过滤器 {node.name} " + (
                f"至多有{_CHINESE[most]}个参数" if most else "不带参数"
            )
            mend = "参数直接写值，不写名称" if node.kwargs else "核对括号里的参数"
            return self._refuse(node, message, mend, node.name)
        if node.name in ("default", "d"):
            return self._default(node)
        return self._worded(node.name, word, node)

    def _worded(self, name: str, word: Function, node: nodes.Filter | nodes.Test) -> Step:
        """Give the closure of a filter or test over what stands before it and its arguments."""
        if name in ABSENT:
            work = word.work
            assert work is not None
            of = self._maybe(node.node)
            return lambda scope: work(of(scope))
        steps = [self.step(part) for part in (node.node, *(node.args or ())) if part is not None]
        if self.dialect.metered and word.walks:
            place = 1 if name == "in" else 0
            steps[place] = _looked_through(steps[place])
        run = _typed(name, word, steps)
        return _counted(run) if self.dialect.metered and word.gives == "text" else run

    def _maybe(self, node: nodes.Expr | None) -> Step:
        """Give the closure of what may be missing: it gives None then."""
        assert node is not None
        with self._perhaps():
            of = self.step(node)

        def run(scope: Scope) -> Any:
            try:
                return of(scope)
            except MissingName:
                return None

        return run

    def _default(self, node: nodes.Filter) -> Step:
        """Give another value where one is missing, which is worked out only then."""
        work = FILTERS["default"].work
        assert work is not None
        of = self._maybe(node.node)
        with self._perhaps():
            rest = [self.step(arg) for arg in node.args]
        empty = rest[1] if len(rest) > 1 else None

        def run(scope: Scope) -> Any:
            value = of(scope)
            if value is not None and not (empty is not None and empty(scope) and not value):
                return value
            return work(None, *(arg(scope) for arg in rest[:1]))

        return run


def _dotted(node: nodes.Expr) -> tuple[str, ...]:
    """Give the names that a chain of dots joins; () where it does not begin with a name."""
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.Getattr):
        before = _dotted(node.node)
        return (*before, node.attr) if before else ()
    return ()


def _chain(first: Step, rest: list[tuple[Callable[[Any, Any], Any], Step]]) -> Step:
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


def _part(of: Step, name: str) -> Step:
    """Look up the year, month or day of a date, or what a record has under a name."""

    def run(scope: Scope) -> Any:
        value = of(scope)
        if isinstance(value, date) and name in DATE_PARTS:
            return getattr(value, name)
        if not isinstance(value, Mapping):
            only = "日期" if name in DATE_PARTS else "有名称的各项"
            raise ExpressionError(f"“.{name}” 只用于{only}", length=0)
        if name not in value:
            raise MissingName(name)
        return value[name]

    return run


def _item(of: Step, number: int) -> Step:
    """Look up an item of a list by its number, from 0."""

    def run(scope: Scope) -> Any:
        items = of(scope)
        if not isinstance(items, list | tuple):
            raise ExpressionError("方括号只用于列表", length=0)
        if number >= len(items):
            raise MissingName(f"列表的第 {number + 1} 项")
        return items[number]

    return run


def _typed(name: str, word: Function, steps: list[Step]) -> Step:
    """Do a word's work on values of the types that it takes; anything else is refused by name."""
    work = word.work
    assert work is not None
    classes = [word.classes(place) for place in range(len(steps))]
    if len(steps) == 1:
        (only,), (fitting,) = steps, classes

        def one(scope: Scope) -> Any:
            value = only(scope)
            if not isinstance(value, fitting):
                raise _unfitting(name, word, 0, value)
            return work(value)

        return one

    def run(scope: Scope) -> Any:
        values = [step(scope) for step in steps]
        for place, value in enumerate(values):
            if not isinstance(value, classes[place]):
                raise _unfitting(name, word, place, value)
        return work(*values)

    return run


def _unfitting(name: str, word: Function, place: int, value: object) -> Exception:
    """Give the error for a value of the wrong type; a None is told by whoever knows its name."""
    if value is None:
        return TypeError(name)
    which = f"第{_CHINESE[place + 1]}项" if len(word.takes) > 1 else ""
    return ExpressionError(
        f"{name} 的{which}应为{word.wanted(place)}".replace("的应", "应"), length=0
    )


def _supplied(name: str, args: list[Step]) -> Step:
    """Call a function that comes with the scope."""

    def run(scope: Scope) -> Any:
        if name not in scope:
            raise MissingName(name)
        return scope[name](*[arg(scope) for arg in args])

    return run


def _looked_through(group: Step) -> Step:
    """Count the items that a word will go through."""

    def run(scope: Scope) -> Any:
        return meter.stepped(scope, group(scope), 1 / meter.MANY)

    return run


def _counted(of: Step) -> Step:
    """Count the characters of what is given, if it is text."""

    def run(scope: Scope) -> Any:
        value = of(scope)
        if isinstance(value, str):
            meter.spend(scope, meter.CHARACTERS, len(value))
        return value

    return run


def _metered_sum(left: Step, right: Step) -> Step:
    """Add numbers, or join texts or lists within the budget."""

    def run(scope: Scope) -> Any:
        first, second = left(scope), right(scope)
        if isinstance(first, str | list | tuple) and isinstance(second, str | list | tuple):
            size = len(first) + len(second)
            meter.spend(scope, meter.CHARACTERS, size)
            if size > LIMIT:
                raise too_long()
        return first + second

    return run


_CHINESE = ("零", "一", "两", "三", "四")


def _fits(node: nodes.Call | nodes.Filter | nodes.Test, word: Function, given: int) -> bool:
    """Tell whether a word is given as many values as it takes, each by itself."""
    plain = not (node.kwargs or node.dyn_args or node.dyn_kwargs)
    return plain and word.needed <= given <= len(word.takes)


MAKERS: dict[str, Callable[[_Builder, Any], Step]] = {
    "Const": _Builder.const,
    "Name": _Builder.name,
    "Getattr": _Builder.getattr,
    "Getitem": _Builder.getitem,
    "Neg": _Builder.sign,
    "Pos": _Builder.sign,
    "Concat": _Builder.concat,
    "And": _Builder.both,
    "Or": _Builder.either,
    "Not": _Builder.negation,
    "CondExpr": _Builder.condition,
    "List": _Builder.sequence,
    "Tuple": _Builder.sequence,
    "Compare": _Builder.compare,
    "Decided": _Builder.decided,
    "Call": _Builder.call,
    "Test": _Builder.test,
    "Filter": _Builder.filter,
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "FloorDiv", "Mod"), _Builder.binary),
}
