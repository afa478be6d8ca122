"""The one table of what the expression language has: guards, lights, `--where` and letters know
exactly these words.

A word added here is known everywhere: with its Chinese title, what it takes and gives, and what it
does. Jinja2's parser reads the text; of its tree, only what `FORMS` lists is let in. Numbers are
never binary floats: 0.1 is Decimal("0.1"), and 1 / 3 is a Decimal too. A name that holds None
counts as not defined.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from lifecycle.errors import InvalidError
from lifecycle.expression import dates, texts
from lifecycle.expression.faults import ExpressionError, MissingName
from lifecycle.frozen import dataclass

SPACES = ("sha256", "count", "last", "order", "linked", "officer", "tables")
"""The names that are only used with a dot: `sha256.MATERIAL`, `count.`, `last.` and
`order.TRANSITION`, `linked.WORKFLOW`, and `tables.TABLE`.

`last` is the day a transition was last made; `order` its place among the case's entries, 0 if
never, so that what was made on one day can be told apart too. `linked` are the cases of a workflow
that link to this one; `officer` is who acts, where a value is computed; `tables` are the decision
tables of the workflow.
"""
COUNTED = ("count", "order")
"""The spaces in which what was never made is 0: it was made no times, and comes before all
others.
"""
VARIABLES = ("today", "entered_on", "opened_on", "state")
"""The names that every scope of a condition has besides the facts of the case."""
DATE_PARTS = ("year", "month", "day")
"""What a date has after a dot."""
MOST_CHARS = 1000
MOST_DIGITS = 15
MOST_LEVELS = 64


@dataclass(frozen=True, slots=True)
class Type:
    """A type of values: its Chinese name and the Python classes that have it."""

    title: str
    classes: tuple[type, ...]


TYPES: Mapping[str, Type] = {
    "number": Type("数", (int, Decimal)),
    "text": Type("文字", (str,)),
    "date": Type("日期", (date,)),
    "yesno": Type("是否", (bool,)),
    "list": Type("列表", (list, tuple)),
    "record": Type("一组名称和值", (Mapping,)),
    "any": Type("任何值", (object,)),
}


@dataclass(frozen=True, slots=True)
class NodeKind:
    """A kind of node of Jinja2's tree that is let in: its Chinese title and an example."""

    title: str
    example: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function, filter, test or operator.

    `takes` names the types of what it is given (a filter's first is what stands before the `|`),
    each `a|b` for either; `least` says how many must be given. `work` is None for what only the
    scope can supply (a calendar) and for what the interpreter itself does.
    """

    title: str
    explains: str
    takes: tuple[str, ...]
    gives: str
    work: Callable[..., Any] | None
    least: int = -1
    walks: bool = False
    """Whether it goes through every item of a list, which a letter's budget counts."""
    example: str = ""
    """A condition that uses it, as the manual shows it; for functions only."""

    @property
    def needed(self) -> int:
        """Give how many values must be given."""
        return len(self.takes) if self.least < 0 else self.least

    def classes(self, place: int) -> tuple[type, ...]:
        """Give the Python classes of the value at a place."""
        return tuple(made for name in self.takes[place].split("|") for made in TYPES[name].classes)

    def wanted(self, place: int) -> str:
        """Say in Chinese what belongs at a place."""
        return "或".join(TYPES[name].title for name in self.takes[place].split("|"))


def _numbers(sign: str, work: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Make an operation that takes numbers only: 'x' * 10**9 and '%999999999d' % 1 would fill the
    memory.
    """

    def run(left: Any, right: Any) -> Any:
        if not isinstance(left, int | Decimal) or not isinstance(right, int | Decimal):
            if left is None or right is None:
                raise TypeError
            raise ExpressionError(f"“{sign}” 的两边应为数", length=0)
        return work(left, right)

    return run


def _multiply(left: Any, right: Any) -> Any:
    product = left * right
    if type(product) is int and product.bit_length() > texts.MOST_BITS:
        raise InvalidError("算出的数太大或太小，无法写入公文", "请检查该行的式子")
    return product


def _divide(left: Any, right: Any) -> Any:
    if not right:
        raise ZeroDivisionError
    return Decimal(left) / Decimal(right)


def _subtract(left: Any, right: Any) -> Any:
    difference = left - right
    return difference.days if isinstance(difference, timedelta) else difference


def _contains(item: Any, group: Any) -> bool:
    return item in group


def _lacks(item: Any, group: Any) -> bool:
    return item not in group


def _first(items: Any) -> Any:
    return items[0] if items else None


def _last(items: Any) -> Any:
    return items[-1] if items else None


def _open(rows: Any) -> list[Any]:
    """Give those of some cases that have not ended."""
    return [row for row in rows if not row["final"]]


def _parts(rows: Any, part: str) -> list[Any]:
    """Give what some cases have under a name; what one of them lacks is missing, unless that is
    left out there.
    """
    if not part:
        return list(rows)
    kept = (row for row in rows if not getattr(row, "skips", False) or part in row)
    return [_part_of(row, part) for row in kept]


def _sum(items: Any, part: str = "") -> Any:
    """Add numbers, or what some cases have under a name."""
    return sum(_parts(items, part))


def _min(items: Any, part: str = "") -> Any:
    """Give the least, or that of what some cases have under a name: none of no cases."""
    return min(_parts(items, part), default=None) if part else min(items)


def _max(items: Any, part: str = "") -> Any:
    """Give the greatest, or that of what some cases have under a name: none of no cases."""
    return max(_parts(items, part), default=None) if part else max(items)


def _rank(rows: Any, part: str, value: Any) -> int:
    """Give the place of a value among what some cases have under a name, the greatest first: those
    that are equal share a place, and the next one's counts them all.
    """
    return 1 + sum(1 for one in _parts(rows, part) if one > value)


def _known(rows: Any, part: str) -> list[Any]:
    """Give those of some cases that have something under a name, not merely count as zero."""
    return [row for row in rows if part in getattr(_case(row), "known", row)]


def _part_of(row: Any, part: str) -> Any:
    try:
        return row[part]
    except (KeyError, TypeError):
        return _part_looked_for(row, part)


def _part_looked_for(row: Any, part: str) -> Any:
    if part not in _case(row):
        raise MissingName(part, " ".join(str(row[n]) for n in ("number", "title") if n in row))
    return row[part]


def _case(row: Any) -> Any:
    if not isinstance(row, Mapping):
        raise ExpressionError("写了要素名称的，前面应为若干事项", length=0)
    return row


def _default(value: Any, instead: Any = "", empty: Any = False) -> Any:
    """Give another value where one is missing, or (if `empty`) empty of any."""
    return instead if value is None or (empty and not value) else value


FORMS: Mapping[str, NodeKind] = {
    "Const": NodeKind("常数", "3000、0.5、'文旅'、true、none"),
    "Name": NodeKind("名称", "investment"),
    "Getattr": NodeKind("其中一项", "agreement_on.year、count.relist"),
    "Getitem": NodeKind("列表的一项", "x_units[0]"),
    "List": NodeKind("列表", "['文旅', '康养']"),
    "Tuple": NodeKind("列表", "('文旅', '康养')"),
    "Compare": NodeKind("比较", "0 < a <= b"),
    "And": NodeKind("并且", "a and b"),
    "Or": NodeKind("或者", "a or b"),
    "Not": NodeKind("否定", "not a"),
    "CondExpr": NodeKind("两者之一", "a if c else b"),
    "Add": NodeKind("加、连接", "a + b"),
    "Sub": NodeKind("减、相隔的日数", "a - b"),
    "Mul": NodeKind("乘", "a * b"),
    "Div": NodeKind("除", "a / b"),
    "FloorDiv": NodeKind("整除", "a // b"),
    "Mod": NodeKind("余数", "a % b"),
    "Neg": NodeKind("负", "-a"),
    "Pos": NodeKind("正", "+a"),
    "Concat": NodeKind("连成文字", "a ~ b"),
    "Call": NodeKind("函数", "days_after(a, 20)"),
    "Filter": NodeKind("过滤器", "a | length"),
    "Test": NodeKind("检验", "a is defined"),
    "Decided": NodeKind("判定表", "tables.grade"),
}

REFUSED: Mapping[str, tuple[str, str]] = {
    "Pow": ("**", "只能加减乘除"),
    "Dict": ("{", "不能写字典；请分别写出各种情形"),
    "Slice": (":", "不能截取；请在要素里直接填写所需的内容"),
}
"""Nodes that are no forms but may well be tried: the sign and the mend."""

COMPARISONS: Mapping[str, Function] = {
    "==": Function("等于", "两个值相等", ("any", "any"), "yesno", operator.eq),
    "!=": Function("不等于", "两个值不相等", ("any", "any"), "yesno", operator.ne),
    ">": Function("大于", "同类的值比大小、先后", ("any", "any"), "yesno", operator.gt),
    ">=": Function("不小于", "同类的值比大小、先后", ("any", "any"), "yesno", operator.ge),
    "<": Function("小于", "同类的值比大小、先后", ("any", "any"), "yesno", operator.lt),
    "<=": Function("不大于", "同类的值比大小、先后", ("any", "any"), "yesno", operator.le),
    "in": Function("在其中", "列表里有该值，文字里有该段", ("any", "any"), "yesno", _contains),
    "not in": Function("不在其中", "列表里没有该值", ("any", "any"), "yesno", _lacks),
}

ARITHMETIC: Mapping[str, Function] = {
    "+": Function("加", "数相加；文字相连；列表相连", ("any", "any"), "any", operator.add),
    "-": Function("减", "数相减；两个日期相隔的日数", ("any", "any"), "number", _subtract),
    "*": Function("乘", "数相乘", ("number",) * 2, "number", _numbers("*", _multiply)),
    "/": Function("除", "数相除，得小数", ("number",) * 2, "number", _numbers("/", _divide)),
    "//": Function(
        "整除", "数相除，去尾", ("number",) * 2, "number", _numbers("//", operator.floordiv)
    ),
    "%": Function("余数", "整除后余下的", ("number",) * 2, "number", _numbers("%", operator.mod)),
}

FUNCTIONS: Mapping[str, Function] = {
    "days_after": Function(
        "若干日后",
        "某日以后第几日",
        ("date", "number"),
        "date",
        dates.add_days,
        example="today >= days_after(arrive_on, 1)",
    ),
    "workdays_after": Function(
        "若干个工作日后",
        "某日以后第几个工作日，按公布的日历",
        ("date", "number"),
        "date",
        None,
        example="today <= workdays_after(arrive_on, 10)",
    ),
    "months_after": Function(
        "若干月后",
        "某日以后第几个月的同一天，没有该日的为月末",
        ("date", "number"),
        "date",
        dates.add_months,
        example="today <= months_after(arrive_on, 1)",
    ),
    "round": Function(
        "四舍五入",
        "四舍五入到几位小数，不写是取整",
        ("number", "number"),
        "number",
        texts.rounded,
        1,
        example="round(cost / people, 2) <= 500",
    ),
    "days_between": Function(
        "相隔的日数",
        "从先一日到后一日有几日",
        ("date", "date"),
        "number",
        dates.days_between,
        example="days_between(opened_on, arrive_on) >= 3",
    ),
}
"""Those without `work` come with the scope."""

LETTER_FUNCTIONS: Mapping[str, Function] = {
    "cite": Function(
        "引用依据",
        "写出法规依据，按某一日（不写是办理之日）施行的；写法同 basis",
        ("text", "date"),
        "text",
        None,
        1,
        example="cite('公平竞争审查条例第14条', last.fair_review)",
    ),
}
"""Those that only letters have, besides the others; they come with the scope."""

_ITEMS = "list|text|record"
FILTERS: Mapping[str, Function] = {
    "length": Function("个数", "列表有几项，文字有几个字", (_ITEMS,), "number", len),
    "count": Function("个数", "同 length", (_ITEMS,), "number", len),
    "first": Function("第一项", "列表的第一项，空列表则无", ("list|text",), "any", _first),
    "last": Function("最后一项", "列表的最后一项，空列表则无", ("list|text",), "any", _last),
    "sum": Function(
        "合计",
        "列表中各数之和；若干事项的，括号里写要素的名称",
        ("list", "text"),
        "number",
        _sum,
        1,
        True,
    ),
    "open": Function("未终结的", "若干事项里还没有终结的", ("list",), "list", _open, walks=True),
    "min": Function(
        "最小",
        "列表中最小、最早的；若干事项的，括号里写要素的名称",
        ("list", "text"),
        "any",
        _min,
        1,
        True,
    ),
    "max": Function(
        "最大",
        "列表中最大、最晚的；若干事项的，括号里写要素的名称",
        ("list", "text"),
        "any",
        _max,
        1,
        True,
    ),
    "rank": Function(
        "名次",
        "一个值在若干事项的某个要素里排第几，最大的第一，相同的并列；括号里写要素的名称和那个值",
        ("list", "text", "number|date"),
        "number",
        _rank,
        walks=True,
    ),
    "known": Function(
        "已填的",
        "若干事项里填了某个要素的；括号里写要素的名称",
        ("list", "text"),
        "list",
        _known,
        walks=True,
    ),
    "lower": Function("小写", "字母改为小写", ("text",), "text", str.lower),
    "upper": Function("大写", "字母改为大写", ("text",), "text", str.upper),
    "date_cn": Function("中文日期", "写成 2026年8月1日", ("any",), "text", texts.date_cn),
    "money": Function("金额", "写成不带分隔的数", ("any",), "text", texts.money),
    "join": Function(
        "连接",
        "各项连成文字，中间用所给的文字",
        ("list|text", "text"),
        "text",
        texts.joined,
        1,
        True,
    ),
    "join_cn": Function(
        "顿号连接", "各项用“、”连成文字", ("list|text",), "text", texts.joined_cn, walks=True
    ),
    "default": Function("缺时用", "没有填写的，写另一个值", ("any",) * 3, "any", _default, 1),
    "d": Function("缺时用", "同 default", ("any",) * 3, "any", _default, 1),
}
ABSENT = ("default", "d", "defined", "undefined", "none")
"""The filters and tests that may stand after a name that is missing."""

TESTS: Mapping[str, Function] = {
    "defined": Function("已填", "该名称有值", ("any",), "yesno", lambda value: value is not None),
    "undefined": Function("未填", "该名称没有值", ("any",), "yesno", lambda value: value is None),
    "none": Function("为空", "没有值", ("any",), "yesno", lambda value: value is None),
    "true": Function("为是", "值为是", ("any",), "yesno", lambda value: value is True),
    "false": Function("为否", "值为否", ("any",), "yesno", lambda value: value is False),
    "in": Function("在其中", "同 a in b", ("any", "any"), "yesno", _contains, walks=True),
}
