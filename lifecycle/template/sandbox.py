"""The Jinja2 environment of the letters: sandboxed, strict, with a short white list and Chinese
ways of printing.

Importing this module imports Jinja2; only `grammar` and `template` do so, and only when a template
is read or rendered.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar

from jinja2 import StrictUndefined
from jinja2 import Undefined as JinjaUndefined
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from lifecycle.errors import InvalidError
from lifecycle.template import meter
from lifecycle.template.template import BREAK, KEPT, LIMIT

_NEWLINES = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]"
)


_MOST_BITS = 512
"""Bits of a whole number; no amount of money needs more, and `{% set a = a * a %}` doubles them at
every line.
"""


class Missing(StrictUndefined):
    """A name that the case cannot supply: whatever is done with it but asking `is defined` raises
    its name.
    """

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name or self._undefined_hint or "")


class EmptyError(InvalidError):
    """A name that is there but holds None was to be written; it may be tested, and counts as not
    defined.
    """

    def __init__(self) -> None:
        super().__init__(
            "有一处要写的内容为空", "请先填写该内容，或在模板里用 {% if … is defined %} 判断"
        )


def cleaned(value: str) -> str:
    """Drop control, invisible and direction-changing characters and lone surrogates; write line
    breaks as `BREAK`.

    A direction mark could show a reader another amount than the one signed; see Unicode Technical
    Report 36, 2.5.
    """
    if len(value) > LIMIT:
        raise _too_long()
    return _DROPPED.sub("", _NEWLINES.sub("\n", value).replace("\t", " ")).replace("\n", BREAK)


def chinese_date(value: date) -> str:
    """Write a date as 2026年8月1日 (GB/T 9704—2012 7.3.5.4: Arabic digits, no leading zeros)."""
    return f"{value.year}年{value.month}月{value.day}日"


def plain_number(value: Decimal) -> str:
    """Write a decimal without exponent, trailing zeros or a negative zero."""
    if abs(value.adjusted()) > _MOST_BITS:
        raise InvalidError("算出的数太大或太小，无法写入公文", "请检查该行的式子")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def stringify(value: object) -> str:
    """Write one value as a letter shows it; lists are joined by 、."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, float):
        return plain_number(Decimal(repr(value)))
    if isinstance(value, date):
        return chinese_date(value)
    if isinstance(value, list | tuple):
        return "、".join(_texts(value, stringify))
    if isinstance(value, JinjaUndefined):
        return str(value)
    if value is None:
        raise EmptyError
    raise InvalidError("有一处要写的内容不是文字、数、日期或列表", "请在模板里写明要用其中的哪一项")


def printed(value: object) -> str:
    """Write the value of one `{{ … }}`, cleaned, with a 、 inside the item of a list marked as not
    separating.
    """
    if type(value) is str:
        return value if value.isprintable() and len(value) <= LIMIT else cleaned(value)
    if isinstance(value, list | tuple):
        items = _texts(value, printed)
        text = "、".join(items)
        return (
            text
            if text.count("、") < len(items)
            else "、".join(item.replace("、", KEPT) for item in items)
        )
    return cleaned(value) if isinstance(value, str) else stringify(value)


def _texts(items: Iterable[object], write: Callable[[object], str]) -> list[str]:
    """Write each item, refusing what no letter can hold before it fills the memory."""
    texts = []
    size = 0
    for text in map(write, items):
        size += len(text) + 1
        if size > LIMIT:
            raise _too_long()
        texts.append(text)
    return texts


def _too_long() -> InvalidError:
    return InvalidError(f"一项内容超过 {LIMIT} 字，无法写入公文", "请缩短该项内容，或作为附件提交")


def date_cn(value: object) -> str:
    """Write a date, or its YYYY-MM-DD, as 2026年8月1日."""
    if isinstance(value, date):
        return chinese_date(value)
    text = stringify(value)
    try:
        return chinese_date(date.fromisoformat(text))
    except ValueError:
        raise InvalidError(f"“{text[:20]}”不是日期，不能用 date_cn") from None


def money(value: object) -> str:
    """Write an amount plainly, as official letters do: 126000, without separators; the unit is the
    template's.
    """
    if isinstance(value, bool):
        raise InvalidError("是、否不是金额，不能用 money")
    text = stringify(value)
    try:
        number = Decimal(text)
    except ArithmeticError:
        raise InvalidError(f"“{text[:20]}”不是金额，不能用 money") from None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise InvalidError(f"“{text[:20]}”不是金额，不能用 money")
    return plain_number(number)


def join(value: Iterable[object], separator: str = "") -> str:
    """Join the items as printed."""
    texts = _texts(value, stringify)
    if len(separator) * len(texts) > LIMIT:
        raise _too_long()
    return separator.join(texts)


def join_cn(value: Iterable[object]) -> str:
    """Join the items by 、."""
    return join((value,) if isinstance(value, str) else value, "、")


def default(value: object, instead: object = "", boolean: bool = False) -> object:
    """Give another value where one is missing or empty of any."""
    if _absent(value) or (boolean and not value):
        return instead
    return value


def first(value: Iterable[object]) -> object:
    """Give the first item, or None."""
    return next(iter(value), None)


def last(value: Iterable[object]) -> object:
    """Give the last item, or None."""
    return (
        next(reversed(value), None)
        if isinstance(value, Sequence)
        else next(iter(deque(value, maxlen=1)), None)
    )


def _absent(value: object) -> bool:
    return value is None or isinstance(value, JinjaUndefined)


FILTERS: dict[str, Any] = {
    "date_cn": date_cn,
    "money": money,
    "join_cn": join_cn,
    "default": default,
    "d": default,
    "length": len,
    "count": len,
    "first": first,
    "last": last,
    "join": join,
}
TESTS: dict[str, Any] = {
    "defined": lambda value: not _absent(value),
    "undefined": _absent,
    "none": _absent,
    "true": lambda value: value is True,
    "false": lambda value: value is False,
    "in": lambda value, group: value in group,
    **{name: lambda left, right: left == right for name in ("eq", "==", "equalto")},
    **{name: lambda left, right: left != right for name in ("ne", "!=")},
    **{name: lambda left, right: left < right for name in ("lt", "<", "lessthan")},
    **{name: lambda left, right: left <= right for name in ("le", "<=")},
    **{name: lambda left, right: left > right for name in ("gt", ">", "greaterthan")},
    **{name: lambda left, right: left >= right for name in ("ge", ">=")},
}


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's immutable sandbox, with arithmetic that is exact and cannot fill the memory."""

    intercepted_binops: ClassVar[frozenset[str]] = frozenset(("+", "-", "*", "/", "//", "%", "**"))  # type: ignore[misc]

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Compute on numbers (and join texts or lists by +); refuse `'x' * 10 ** 9` and
        its like.
        """
        if isinstance(left, float):
            left = Decimal(repr(left))
        if isinstance(right, float):
            right = Decimal(repr(right))
        if operator == "+" and not _number(left) and isinstance(left, str | list | tuple | date):
            if not isinstance(left, date):
                size = len(left) + len(right)
                meter.spend(context, meter.CHARACTERS, size)
                if size > LIMIT:
                    raise SecurityError("too long")
            return left + right
        if operator == "-" and isinstance(left, date) and isinstance(right, date):
            return (left - right).days
        for operand in (left, right):
            if _absent(operand):
                stringify(operand)
            if not _number(operand):
                raise SecurityError("not a number")
        if operator == "/":
            left = Decimal(left)
        if operator == "**" or _bits(left) + _bits(right) > _MOST_BITS:
            raise SecurityError("too large")
        return super().call_binop(context, operator, left, right)


def _number(value: object) -> bool:
    return isinstance(value, int | Decimal)


def _bits(value: int | Decimal) -> int:
    return value.bit_length() if isinstance(value, int) else 0


@cache
def environment() -> Sandbox:
    """Give the one environment of all letters: no loader, no globals, no autoescape (the letter is
    plain text).
    """
    made = Sandbox(undefined=Missing, finalize=printed, autoescape=False)
    made.globals.clear()
    made.filters.clear()
    made.filters.update(FILTERS)
    made.filters.update({name: meter.joining(FILTERS[name]) for name in ("join", "join_cn")})
    made.filters.update(
        {
            meter.LOOP: meter.stepped,
            meter.LOOKED: meter.stepped,
            meter.TEXT: meter.joining(stringify),
        }
    )
    made.tests.clear()
    made.tests.update(TESTS)
    return made
