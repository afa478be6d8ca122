"""What values a piece of an expression can have, told before there is any case; and the comparisons
that can come out one way only, whatever the case.

A name's `Sort` comes from the workflow. `find_faults` gives what is written against it: a text
compared with money, a choice that there is not, a condition that always holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from operator import add, mul, sub
from typing import Any

from lifecycle.errors import nearest
from lifecycle.expression import nodes
from lifecycle.expression.faults import ExpressionError
from lifecycle.expression.language import (
    ARITHMETIC,
    DATE_PARTS,
    FILTERS,
    FUNCTIONS,
    SPACES,
    TESTS,
    TYPES,
    Function,
)
from lifecycle.frozen import dataclass

IMPOSSIBLE, CHOICE, TYPE, CONSTANT, UNKNOWN = (
    "impossible-value",
    "unknown-choice",
    "wrong-expression-type",
    "constant-condition",
    "unknown-in-expression",
)
"""The rules that a faulty comparison breaks, by the names under which they are told."""

_FIGURES = ("sum", "min", "max", "rank", "known")
"""Filters that make a figure of what some cases have under a name."""
_OF_CASES = ("open", "rank", "known")
"""Filters that only some cases have."""
_EQUAL, _IN = ("eq", "ne"), ("in", "notin")
_DIVIDING = ("/", "//", "%")
_RECKONED: dict[type[nodes.Expr], Callable[[Decimal, Decimal], Decimal]] = {
    nodes.Add: add,
    nodes.Sub: sub,
    nodes.Mul: mul,
}
_ALWAYS_TRUE = ("text", "date")
"""Types whose values are never empty, so that one of them alone is no condition."""


@dataclass(frozen=True, slots=True)
class Sort:
    """What values a piece can have.

    `type` is one of `TYPES`. `called` is how a fault names it; "" for what needs no name. `options`
    are all the texts that there are, where they are known; `pattern` is what a text must match, and
    `written` says in Chinese what that is. `past`: a date that is never later than today. `of` are
    the items of a list. `inside` gives the sorts of what a linked case has, None for what it has
    not; `has` names it.
    """

    type: str
    called: str = ""
    options: tuple[str, ...] = ()
    pattern: str = ""
    written: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    whole: bool = False
    past: bool = False
    of: Sort | None = None
    inside: Callable[[str], Sort | None] | None = None
    has: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Name its type in Chinese."""
        return "一个事项" if self.inside is not None else TYPES[self.type].title


ANY = Sort("any")
NUMBER, TEXT, DATE, YESNO = Sort("number"), Sort("text"), Sort("date"), Sort("yesno")

Names = Callable[[str, str], Sort | None]
"""Gives the sort of a name, or of one within a space (`count`, `relist`); None if not known."""


@dataclass(frozen=True, slots=True)
class SortFault:
    """A fault with the rule that it breaks."""

    rule: str
    error: ExpressionError


def sort_with_faults(tree: nodes.Expr, source: str, names: Names) -> tuple[Sort, list[SortFault]]:
    """Give what values an expression has, and every piece of it that its sorts forbid."""
    reader = _SortReader(source, names)
    sort = reader.sort(tree)
    return sort, reader.faults


def find_faults(tree: nodes.Expr, source: str, names: Names) -> list[SortFault]:
    """Give every piece of a condition that its sorts forbid, or that can come out one way only."""
    reader = _SortReader(source, names)
    reader.truth(tree)
    if not reader.faults and not reader.named:
        reader.fault(CONSTANT, tree, "条件里没有要素，结果永远一样", "写明看哪个要素，或删去该条件")
    return reader.faults


def constant(node: nodes.Expr) -> tuple[bool, object]:
    """Tell whether a piece is a constant, and which."""
    if isinstance(node, nodes.Const):
        value = node.value
        return True, Decimal(repr(value)) if isinstance(value, float) else value
    if isinstance(node, nodes.Neg):
        known, number = constant(node.node)
        if known and isinstance(number, int | Decimal) and not isinstance(number, bool):
            return True, -number
    return False, None


def _number(node: nodes.Expr) -> Decimal | None:
    """Give the number that a piece always is: one that is written, or reckoned from such; None for
    any other.
    """
    known, value = constant(node)
    if known:
        is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        return Decimal(value) if is_number else None  # type: ignore[arg-type]
    if isinstance(node, nodes.Neg | nodes.Pos):
        inner = _number(node.node)
        return -inner if inner is not None and isinstance(node, nodes.Neg) else inner
    reckoned = _RECKONED.get(type(node))
    if reckoned is None or not isinstance(node, nodes.BinExpr):
        return None
    left, right = _number(node.left), _number(node.right)
    return reckoned(left, right) if left is not None and right is not None else None


def span(node: nodes.Expr, source: str) -> tuple[int, int]:
    """Give where a piece begins and ends in the text that it was read from."""
    first, last = node.offset, node.offset + 1
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        return first + 1, max(first + 2, first + 1 + len(node.value))
    word = re.compile(r"[\w.]+").match(source, first)
    if word and isinstance(node, nodes.Const | nodes.Name):
        last = word.end()
    if isinstance(node, nodes.Getattr):
        last = source.find(node.attr, first) + len(node.attr)
    for part in _parts(node):
        begin, end = span(part, source)
        quoted = isinstance(part, nodes.Const) and isinstance(part.value, str)
        first, last = min(first, begin - quoted), max(last, end + quoted)
    return first, last


def _parts(node: nodes.Expr) -> Iterator[nodes.Expr]:
    yield from node.values()
    if isinstance(node, nodes.Compare):
        yield from (operand.expr for operand in node.ops)


class _SortReader:
    """Reads a tree once and notes what is wrong with it."""

    def __init__(self, source: str, names: Names) -> None:
        self.source = source
        self.names = names
        self.faults: list[SortFault] = []
        self.named = False

    def fault(self, rule: str, node: nodes.Expr, message: str, mend: str) -> None:
        """Note a fault at a piece."""
        first, last = span(node, self.source)
        self.faults.append(SortFault(rule, ExpressionError(message, first, mend, last - first)))

    def truth(self, node: nodes.Expr) -> None:
        """Read a piece of which only matters whether it holds."""
        if isinstance(node, nodes.And | nodes.Or):
            self.truth(node.left)
            self.truth(node.right)
            return
        if isinstance(node, nodes.Not):
            self.truth(node.node)
            return
        sort = self.sort(node)
        if isinstance(node, nodes.Const):
            self.fault(CONSTANT, node, "条件里有一处永远一样的常数", "删去这一处，或写明看哪个要素")
        elif sort.type in _ALWAYS_TRUE:
            message = f"{sort.called or '这里'}是{sort.title}，单独写永远成立"
            self.fault(CONSTANT, node, message, "写成比较；看有没有填，写 … is defined")

    def sort(self, node: nodes.Expr) -> Sort:
        """Give the sort of a piece, noting what is wrong inside it."""
        made = _READERS.get(type(node))
        if made is not None:
            return made(self, node)
        for part in node.values():
            self.sort(part)
        return ANY

    def const(self, node: nodes.Const) -> Sort:
        """Read a constant."""
        value = node.value
        if isinstance(value, bool):
            return YESNO
        if isinstance(value, int | float):
            return NUMBER
        return TEXT if isinstance(value, str) else ANY

    def name(self, node: nodes.Name) -> Sort:
        """Read a name."""
        self.named = True
        return self.names("", node.name) or ANY

    def getattr(self, node: nodes.Getattr) -> Sort:
        """Read `space.name`, or a part of a date."""
        if isinstance(node.node, nodes.Name) and node.node.name in SPACES:
            self.named = True
            return self.names(node.node.name, node.attr) or ANY
        of = self.sort(node.node)
        if of.inside is not None:
            return self._inside(node, of)
        if of.type not in ("date", "any", "record") or (
            of.type == "date" and node.attr not in DATE_PARTS
        ):
            only = "日期" if node.attr in DATE_PARTS else "关联的事项"
            message = f"“.{node.attr}” 只用于{only}，{_called(of)}是{of.title}"
            self.fault(TYPE, node, message, "核对要素的类型")
        return Sort("number", whole=True) if node.attr in DATE_PARTS else ANY

    def _inside(self, node: nodes.Getattr, of: Sort) -> Sort:
        """Read what a linked case has."""
        assert of.inside is not None
        found = of.inside(node.attr)
        if found is None:
            near = nearest(node.attr, of.has)
            mend = f"是否为 “{near}”？" if near else f"可用：{'、'.join(of.has)}"
            self.fault(UNKNOWN, node, f"{_called(of)}没有 “{node.attr}”", mend)
        return found or ANY

    def getitem(self, node: nodes.Getitem) -> Sort:
        """Read `space[name]`, or an item of a list."""
        if isinstance(node.node, nodes.Name) and node.node.name in SPACES:
            self.named = True
            name = node.arg.value if isinstance(node.arg, nodes.Const) else None
            return (self.names(node.node.name, name) if isinstance(name, str) else None) or ANY
        of = self.sort(node.node)
        if of.type not in ("list", "any"):
            message = f"方括号只用于列表，{_called(of)}是{of.title}"
            self.fault(TYPE, node, message, "核对要素的类型")
        return of.of or ANY

    def sign(self, node: nodes.Neg | nodes.Pos) -> Sort:
        """Read a sign before a number."""
        self._wanted(node.node, "number", "正负号后面")
        return NUMBER

    def logic(self, node: nodes.And | nodes.Or | nodes.Not) -> Sort:
        """Read `and`, `or`, `not`."""
        self.truth(node)
        return YESNO

    def either(self, node: nodes.CondExpr) -> Sort:
        """Read `a if test else b`."""
        self.truth(node.test)
        first = self.sort(node.expr1)
        second = self.sort(node.expr2) if node.expr2 else ANY
        return self._alike(node, (first, second), "if 和 else 的两个值")

    def decided(self, node: nodes.Decided) -> Sort:
        """Read a decision table: its rows are judged where they are written."""
        self.named = True
        values = [row.value for row in node.rows if isinstance(row, nodes.Const)]
        if all(isinstance(value, str) for value in values):
            options = tuple(dict.fromkeys(str(value) for value in values))
            return Sort("text", f"判定表 {node.name} ", options=options)
        return Sort("number", f"判定表 {node.name} ")

    def sequence(self, node: nodes.List | nodes.Tuple) -> Sort:
        """Read a list."""
        sorts = [self.sort(item) for item in node.items]
        return Sort("list", of=self._alike(node, sorts, "列表的各项") if sorts else ANY)

    def _alike(self, node: nodes.Expr, sorts: Sequence[Sort], what: str) -> Sort:
        """See that pieces, of which one is taken, are of one type; give that."""
        types = {sort.type for sort in sorts}
        if "any" in types:
            return ANY
        if len(types) > 1:
            named = "、".join(dict.fromkeys(sort.title for sort in sorts))
            self.fault(TYPE, node, f"{what}类型不同：{named}", "写成同一类型")
            return ANY
        inner = [sort.of for sort in sorts if sort.of]
        return Sort(types.pop(), of=inner[0] if inner else None)

    def concat(self, node: nodes.Concat) -> Sort:
        """Read texts joined by `~`."""
        for part in node.nodes:
            self.sort(part)
        return TEXT

    def arithmetic(self, node: nodes.BinExpr) -> Sort:
        """Read arithmetic."""
        sign = node.operator
        left, right = self.sort(node.left), self.sort(node.right)
        if sign in _DIVIDING and right.type == "number" and _number(node.right) == 0:
            message = f"“{sign}” 的除数永远是 0，无法计算"
            self.fault(TYPE, node.right, message, "改正除数，或写明用哪个要素除")
        if "any" in (left.type, right.type):
            return NUMBER if sign in "*//%" else ANY
        alike = {"+": ("number", "text", "list"), "-": ("number", "date")}.get(sign, ("number",))
        if left.type != right.type or left.type not in alike:
            message = (
                f"{_called(left)}是{left.title}，{_called(right)}是{right.title}，不能用 “{sign}”"
            )
            mend = "若干日以后写 days_after(日期, 数)" if "date" in (left.type, right.type) else ""
            self.fault(TYPE, node, message, mend or f"“{sign}”：{ARITHMETIC[sign].explains}")
            return ANY
        return NUMBER if sign == "-" else Sort(left.type)

    def call(self, node: nodes.Call) -> Sort:
        """Read a function."""
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        word = FUNCTIONS.get(name)
        if word is None:
            return ANY
        self._taken(name, word, node.args)
        return Sort(word.gives)

    def filter(self, node: nodes.Filter) -> Sort:
        """Read a filter."""
        word = FILTERS.get(node.name)
        before = self.sort(node.node) if node.node else ANY
        if word is None:
            return ANY
        if node.name in ("default", "d"):
            others = [self.sort(arg) for arg in node.args[:1]]
            return self._alike(node, (before, *others), "原来的值和缺时用的值")
        inside = (node.node, *node.args) if node.node else node.args
        given = self._taken(node.name, word, inside, before)
        if node.name == "open" and before.of and before.of.inside:
            self._ending(node, before.of)
        if node.name in _FIGURES and before.of and before.of.inside and node.args:
            return self._figure(node, before, given[1:])
        if node.name in _OF_CASES and before.of and before.of.inside is None:
            message = f"{node.name} 只用于若干事项，{_called(before)}不是"
            self.fault(
                TYPE, node, message, f"写成 linked.流程|{node.name}，或汇集的名称|{node.name}"
            )
        if node.name == "sum" and before.of and before.of.type not in ("number", "any"):
            message = f"sum 只加数，{_called(before)}的各项是{before.of.title}"
            self.fault(TYPE, node, message, f"sum：{word.explains}")
        if word.gives == "any":
            return TEXT if before.type == "text" else before.of or ANY
        if node.name == "open":
            return before
        counted = word.gives == "number" and word.takes[0] != "list"
        return Sort("number", least=Decimal(0), whole=True) if counted else Sort(word.gives)

    def _ending(self, node: nodes.Filter, row: Sort) -> None:
        """See that what is asked whether it has ended can end: a case, not a row of a table."""
        assert row.inside is not None
        if row.inside("final") is None:
            message = f"open 只用于若干事项，{_called(row)}没有终结不终结"
            self.fault(TYPE, node, message, "去掉 |open")

    def _figure(self, node: nodes.Filter, rows: Sort, given: Sequence[Sort]) -> Sort:
        """Read what is made of what some cases have under a name: their sum, a rank among them."""
        row = rows.of
        assert row is not None
        assert row.inside is not None
        known, name = constant(node.args[0])
        if not known or not isinstance(name, str):
            mend = f"例如 {node.name}('amount'{', amount' if node.name == 'rank' else ''})"
            self.fault(TYPE, node, f"{node.name} 的括号里写要素的名称，加引号", mend)
            return ANY
        found = row.inside(name)
        if found is None:
            near = nearest(name, row.has)
            mend = f"是否为 “{near}”？" if near else f"可用：{'、'.join(row.has)}"
            self.fault(UNKNOWN, node.args[0], f"{_called(row)}没有 “{name}”", mend)
        elif node.name == "sum" and found.type not in ("number", "any"):
            message = f"sum 只加数，{_called(found)}是{found.title}"
            self.fault(TYPE, node.args[0], message, "换一个数的要素")
        elif node.name == "rank" and len(given) > 1:
            self._ranked(node, found, given[1])
        if node.name == "known":
            return rows
        if node.name == "rank":
            return Sort("number", least=Decimal(1), whole=True)
        return NUMBER if node.name == "sum" else found or ANY

    def _ranked(self, node: nodes.Filter, found: Sort, own: Sort) -> None:
        """See that what is ranked has an order, and that the value is of its type."""
        if found.type not in ("number", "date", "any"):
            message = f"rank 只排数和日期，{_called(found)}是{found.title}"
            self.fault(TYPE, node.args[0], message, "换一个数或日期的要素")
        elif own.type in ("number", "date") and found.type not in (own.type, "any"):
            message = f"rank 拿{found.title}排名，{_called(own)}是{own.title}"
            self.fault(TYPE, node.args[1], message, "两处用同类的值")

    def test(self, node: nodes.Test) -> Sort:
        """Read `is …`."""
        before = self.sort(node.node) if node.node else ANY
        if node.name == "in" and node.node is not None and node.args:
            self._member(node.node, before, node.args[0])
        elif node.name in TESTS:
            for arg in node.args or ():
                self.sort(arg)
        if node.name in ("true", "false") and before.type not in ("yesno", "any"):
            message = f"{_called(before)}是{before.title}，永远不是是、否"
            self.fault(
                IMPOSSIBLE, node.node or node, message, "只有“是否”类的要素可以写 is true、is false"
            )
        return YESNO

    def _taken(
        self, name: str, word: Function, args: tuple[nodes.Expr, ...], first: Sort | None = None
    ) -> list[Sort]:
        """See that a word is given what it takes, and give the sorts of that; `first` is the sort
        of what was read already.
        """
        given = []
        for place, arg in enumerate(args[: len(word.takes)]):
            sort = first if first is not None and place == 0 else self.sort(arg)
            given.append(sort)
            fitting = (*word.takes[place].split("|"), "any")
            if sort.type not in fitting and "any" not in word.takes[place]:
                message = f"{name} 要{word.wanted(place)}，{_called(sort)}是{sort.title}"
                self.fault(TYPE, arg, message, f"{name}：{word.explains}")
        return given

    def _wanted(self, node: nodes.Expr, kind: str, where: str) -> None:
        sort = self.sort(node)
        if sort.type not in (kind, "any"):
            message = f"{where}应为{TYPES[kind].title}，{_called(sort)}是{sort.title}"
            self.fault(TYPE, node, message, "核对要素的类型")

    def compare(self, node: nodes.Compare) -> Sort:
        """Read a comparison, possibly a chain."""
        left, left_sort = node.expr, self.sort(node.expr)
        for operand in node.ops:
            right = operand.expr
            if operand.op in _IN:
                self._member(left, left_sort, right)
                right_sort = ANY
            else:
                right_sort = self.sort(right)
                self._pair(operand.op, (left, left_sort), (right, right_sort))
            left, left_sort = right, right_sort
        return YESNO

    def _pair(self, op: str, left: tuple[nodes.Expr, Sort], right: tuple[nodes.Expr, Sort]) -> None:
        """See that a comparison of two pieces can come out either way."""
        if _same(left[0], right[0]):
            self.fault(CONSTANT, right[0], "两边一样，比较的结果永远一样", "改正其中一边")
            return
        constants = [piece for piece, _ in (left, right) if constant(piece)[0]]
        if len(constants) == 2:
            message = "两边都是常数，比较的结果永远一样"
            self.fault(CONSTANT, constants[0], message, "写明看哪个要素，或删去该条件")
        elif not constants:
            self._kinds(op, left, right)
        elif constants[0] is right[0]:
            self._against(op, left[1], right[0])
        else:
            self._against(_TURNED.get(op, op), right[1], left[0])

    def _against(self, op: str, sort: Sort, piece: nodes.Expr) -> None:
        """See that something of a sort, compared with a constant, can come out either way."""
        value = constant(piece)[1]
        if op in _EQUAL:
            self._never(sort, value, piece)
        else:
            self._ordered(op, sort, value, piece)

    def _kinds(
        self, op: str, left: tuple[nodes.Expr, Sort], right: tuple[nodes.Expr, Sort]
    ) -> None:
        """See that two pieces, neither a constant, are of one type."""
        first, second = left[1], right[1]
        if "any" in (first.type, second.type):
            return
        if first.type != second.type:
            what = f"{_called(first)}是{first.title}，{_called(second)}是{second.title}"
            if op in _EQUAL:
                self.fault(IMPOSSIBLE, right[0], f"{what}，永远不会相等", "核对两边的要素")
            else:
                self.fault(TYPE, right[0], f"{what}，不能比较", "核对两边的要素")
        elif first.type == "list" and op not in _EQUAL:
            self.fault(TYPE, right[0], "列表不能比大小", "比项数写 清单|length")
        elif "today" in (_name_of(left[0]), _name_of(right[0])):
            if _name_of(left[0]) == "today":
                self._never_future(_TURNED.get(op, op), second, right[0])
            else:
                self._never_future(op, first, left[0])
        elif first.options and second.options and not set(first.options) & set(second.options):
            message = f"{_called(first)}与{_called(second)}没有一个相同的选项，永远不会相等"
            self.fault(IMPOSSIBLE, right[0], message, "核对两边的要素")

    def _never_future(self, op: str, sort: Sort, piece: nodes.Expr) -> None:
        """See that a date compared with today can lie on either side of it."""
        if sort.past and op in ("lteq", "gt"):
            always = "永远成立" if op == "lteq" else "永远不成立"
            message = f"{_called(sort)}不能填将来的日子，与今天这样比较{always}"
            self.fault(CONSTANT, piece, message, "删去该条件；可以填将来的，给该要素写 future: yes")

    def _member(self, item: nodes.Expr, sort: Sort, group: nodes.Expr) -> None:
        """See that what is looked for can be in a group."""
        if isinstance(group, nodes.List | nodes.Tuple):
            for one in group.items:
                known, value = constant(one)
                if known and not constant(item)[0]:
                    self._never(sort, value, one)
                elif known:
                    self.fault(CONSTANT, one, "两边都是常数", "写明看哪个要素，或删去该条件")
                else:
                    self._kinds("eq", (item, sort), (one, self.sort(one)))
            return
        within = self.sort(group)
        known, value = constant(item)
        if within.type == "list":
            if known:
                self._never(within.of or ANY, value, item)
            elif within.of:
                self._kinds("eq", (item, sort), (group, within.of))
        elif within.type == "text" and sort.type not in ("text", "any"):
            message = f"{_called(sort)}是{sort.title}，永远不在文字里"
            self.fault(IMPOSSIBLE, item, message, "核对两边的要素")
        elif within.type not in ("text", "record", "any"):
            message = f"in 的右边应为列表，{_called(within)}是{within.title}"
            self.fault(TYPE, group, message, "写成 … in ['甲', '乙']，或核对要素的类型")

    def _never(self, sort: Sort, value: object, piece: nodes.Expr) -> None:
        """See that something of a sort can equal a constant."""
        found = refusal(sort, value)
        if found is not None:
            self.fault(found[0], piece, found[1], found[2])

    def _ordered(self, op: str, sort: Sort, value: object, piece: nodes.Expr) -> None:
        """See that something of a sort can lie on either side of a constant."""
        given = _sort_of_constant(value)
        if sort.type not in (given.type, "any"):
            message = f"{_called(sort)}是{sort.title}，不能与{given.title} {_shown(value)} 比大小"
            self.fault(TYPE, piece, message, _mend(sort))
            return
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            return
        outcome = _outcome(op, sort, Decimal(value))
        if outcome is not None:
            always = "永远成立" if outcome else "永远不成立"
            message = f"{_called(sort)}{_bounds(sort)}，这样比较{always}"
            self.fault(CONSTANT, piece, message, "改正数目，或删去该条件")


_TURNED = {"gt": "lt", "gteq": "lteq", "lt": "gt", "lteq": "gteq"}
"""What a comparison becomes when its sides change places."""


def refusal(sort: Sort, value: object) -> tuple[str, str, str] | None:
    """Say why something of a sort never equals a constant: the rule, the fault and the mend.

    None where it may.
    """
    given = _sort_of_constant(value)
    if value is None:
        return CONSTANT, "没有填的要素不与 none 相比，结果永远一样", "没有填写 … is not defined"
    if sort.type == "any":
        return None
    if sort.type != given.type:
        message = f"{_called(sort)}是{sort.title}，永远不等于{given.title} {_shown(value)}"
        return IMPOSSIBLE, message, _mend(sort)
    if sort.options and value not in sort.options:
        near = nearest(str(value), sort.options)
        mend = (f"是否为 “{near}”？" if near else "") + f"可选：{'、'.join(sort.options)}"
        return CHOICE, f"条件把{_called(sort)}与它没有的选项 “{value}” 相比", mend
    if sort.pattern and not re.fullmatch(sort.pattern, str(value)):
        message = f"条件把{_called(sort)}与它不会有的值 “{value}” 相比"
        return IMPOSSIBLE, message, sort.written or f"应符合 {sort.pattern}"
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = Decimal(value)
        fits = _outcome("gteq", replace(sort, most=None), number) is not False
        low = sort.least is not None and number < sort.least
        high = sort.most is not None and number > sort.most
        broken = sort.whole and number != number.to_integral_value()
        if not fits or low or high or broken:
            said = _bounds(sort) or ("是整数" if sort.whole else "")
            message = f"{_called(sort)}{said}，永远不等于 {_shown(value)}"
            return IMPOSSIBLE, message, "改正数目，或删去该条件"
    return None


def _outcome(op: str, sort: Sort, value: Decimal) -> bool | None:
    """Say how a comparison with a number comes out by the bounds alone; None where either way."""
    least, most = sort.least, sort.most
    if op in ("lt", "lteq"):
        holds = most is not None and (most < value or (op == "lteq" and most == value))
        fails = least is not None and (least > value or (op == "lt" and least == value))
    else:
        holds = least is not None and (least > value or (op == "gteq" and least == value))
        fails = most is not None and (most < value or (op == "gt" and most == value))
    if holds or fails:
        return holds
    return None


def _name_of(node: nodes.Expr) -> str:
    return node.name if isinstance(node, nodes.Name) else ""


def _same(left: nodes.Expr, right: nodes.Expr) -> bool:
    """Tell whether two pieces say the same, wherever they stand."""
    if type(left) is not type(right) or isinstance(left, nodes.Const):
        return False
    return _bare(left) == _bare(right)


def _bare(value: object) -> object:
    if isinstance(value, nodes.Node):
        kept = ((name, inner) for name, inner in vars(value).items() if name != "offset")
        return type(value).__name__, tuple((name, _bare(inner)) for name, inner in kept)
    return tuple(map(_bare, value)) if isinstance(value, tuple) else value


def _sort_of_constant(value: object) -> Sort:
    if isinstance(value, bool):
        return YESNO
    if isinstance(value, int | Decimal):
        return NUMBER
    return TEXT if isinstance(value, str) else ANY


def _called(sort: Sort) -> str:
    return sort.called or "一边"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"“{value}”" if isinstance(value, str) else str(value)


def _bounds(sort: Sort) -> str:
    parts = []
    if sort.least is not None:
        parts.append(f"不小于 {sort.least}")
    if sort.most is not None:
        parts.append(f"不大于 {sort.most}")
    return "、".join(parts)


def _mend(sort: Sort) -> str:
    """Say how a value of a sort is written in a condition."""
    return {
        "number": "数直接写，不加引号，不带单位和千分位",
        "date": "日期没有常数；比年月日写 .year、.month、.day，或与另一个日期要素比",
        "yesno": "是否直接写要素的标识，否定写 not",
        "list": "看清单里有没有，写 '…' in 清单",
        "text": "文字加引号",
    }.get(sort.type, "核对要素的类型")


_READERS: Mapping[type[nodes.Node], Callable[[_SortReader, Any], Sort]] = {
    nodes.Const: _SortReader.const,
    nodes.Name: _SortReader.name,
    nodes.Getattr: _SortReader.getattr,
    nodes.Getitem: _SortReader.getitem,
    nodes.Neg: _SortReader.sign,
    nodes.Pos: _SortReader.sign,
    nodes.And: _SortReader.logic,
    nodes.Or: _SortReader.logic,
    nodes.Not: _SortReader.logic,
    nodes.CondExpr: _SortReader.either,
    nodes.Decided: _SortReader.decided,
    nodes.List: _SortReader.sequence,
    nodes.Tuple: _SortReader.sequence,
    nodes.Concat: _SortReader.concat,
    nodes.Call: _SortReader.call,
    nodes.Filter: _SortReader.filter,
    nodes.Test: _SortReader.test,
    nodes.Compare: _SortReader.compare,
    nodes.Add: _SortReader.arithmetic,
    nodes.Sub: _SortReader.arithmetic,
    nodes.Mul: _SortReader.arithmetic,
    nodes.Div: _SortReader.arithmetic,
    nodes.FloorDiv: _SortReader.arithmetic,
    nodes.Mod: _SortReader.arithmetic,
}
