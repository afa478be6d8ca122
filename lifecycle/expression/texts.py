"""How values are written: dates as 2026年8月1日, numbers plainly, lists joined by 、."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from lifecycle.errors import InvalidError
from lifecycle.expression.faults import EmptyError

LIMIT = 200_000
"""The most characters that one text may have."""
MOST_PLACES = 12
MOST_BITS = 512
"""Bits of a whole number.

No amount of money needs more, and `{% set a = a * a %}` doubles them at every line.
"""


def rounded(number: int | Decimal, places: int | Decimal = 0) -> Decimal:
    """Round half up to so many decimal places, as rates are written."""
    if not 0 <= places <= MOST_PLACES:
        raise InvalidError(f"四舍五入的位数 {places} 不对", f"写 0 至 {MOST_PLACES}")
    return Decimal(number).quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP)


def chinese_date(value: date) -> str:
    """Write a date as 2026年8月1日 (GB/T 9704—2012 7.3.5.4: Arabic digits, no leading zeros)."""
    return f"{value.year}年{value.month}月{value.day}日"


def plain_number(value: Decimal) -> str:
    """Write a decimal without exponent, trailing zeros or a negative zero."""
    if abs(value.adjusted()) > MOST_BITS:
        raise InvalidError("算出的数太大或太小，无法写入公文", "请检查该行的式子")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def text_of(value: object) -> str:
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
        return joined(value, "、")
    if value is None:
        raise EmptyError
    if isinstance(value, Mapping) and "number" in value:  # another case
        return text_of(value["number"])
    raise InvalidError("有一处要写的内容不是文字、数、日期或列表", "请在模板里写明要用其中的哪一项")


def texts_of(items: Iterable[object], write: Callable[[object], str]) -> list[str]:
    """Write each item, refusing what is too long before it fills the memory."""
    texts = []
    size = 0
    for text in map(write, items):
        size += len(text) + 1
        if size > LIMIT:
            raise too_long()
        texts.append(text)
    return texts


def too_long() -> InvalidError:
    """Give the error for a text longer than `LIMIT`."""
    return InvalidError(f"一项内容超过 {LIMIT} 字，无法写入公文", "请缩短该项内容，或作为附件提交")


def joined(items: Iterable[object], separator: str = "") -> str:
    """Join the items as they are written."""
    texts = texts_of(items, text_of)
    if len(separator) * len(texts) > LIMIT:
        raise too_long()
    return separator.join(texts)


def joined_cn(value: Iterable[object]) -> str:
    """Join the items by 、; a text is one item."""
    return joined((value,) if isinstance(value, str) else value, "、")


def date_cn(value: object) -> str:
    """Write a date, or its YYYY-MM-DD, as 2026年8月1日."""
    if isinstance(value, date):
        return chinese_date(value)
    text = text_of(value)
    try:
        return chinese_date(date.fromisoformat(text))
    except ValueError:
        raise InvalidError(f"“{text[:20]}”不是日期，不能用 date_cn") from None


def money(value: object) -> str:
    """Write an amount plainly, as official letters do: 126000, without separators.

    The unit is the template's.
    """
    if isinstance(value, bool):
        raise InvalidError("是、否不是金额，不能用 money")
    text = text_of(value)
    try:
        number = Decimal(text)
    except ArithmeticError:
        raise InvalidError(f"“{text[:20]}”不是金额，不能用 money") from None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise InvalidError(f"“{text[:20]}”不是金额，不能用 money")
    return plain_number(number)
