"""Typed facts: an officer's text to the canonical value that is recorded, and that to the value that guards see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from lifecycle.errors import InvalidError, nearest
from lifecycle.workflow.model import Fact, FactType

Value = str | int | bool | list[str]
"""A fact as recorded: decimals and money as plain strings, dates as YYYY-MM-DD, units by code."""

MOST_TEXT = 10_000
MOST_INTEGER = 2**53 - 1
"""What every JSON reader reads exactly (RFC 8259 §6), as the entries' canonical form promises."""
_YES = {
    "是": True,
    "有": True,
    "true": True,
    "yes": True,
    "y": True,
    "否": False,
    "无": False,
    "false": False,
    "no": False,
    "n": False,
}
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_PLAIN = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")


def parse_date(text: str, what: str = "日期") -> date:
    """Read a day written 2026-08-01, 2026/8/1 or 2026年8月1日."""
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        if match:
            return date(*map(int, match.groups()))
    except ValueError:
        pass
    raise InvalidError(f"{what}“{text}”不是有效日期", "请写成 2026-08-01 的样子")


def clean_text(text: str, what: str) -> str:
    """Give the text in NFC; refuse control characters, marks that turn the reading order, and over-long text."""
    if len(text) > MOST_TEXT:
        raise InvalidError(
            f"{what}太长：{len(text)} 字，最多 {MOST_TEXT} 字", "较长的内容请作为材料上传（lifecycle attach）"
        )
    text = unicodedata.normalize("NFC", text.strip())
    for place, char in enumerate(text, 1):
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and char != "\n":
            raise InvalidError(f"{what}第 {place} 个字符 U+{ord(char):04X} 是不可见的控制字符", "请删去该字符后重试")
    return text


def parse_fact(fact: Fact, text: str) -> Value:
    """Read an officer's text as a fact's canonical value; raises InvalidError that says what is wrong and the mend."""
    text = clean_text(text, fact.title)
    if not text:
        raise InvalidError(f"{fact.title}（{fact.name}）不能为空")
    if fact.type == "list":
        items = [item.strip() for item in re.split(r"[,，、;；\n]", text) if item.strip()]
        value: Value = list(dict.fromkeys(str(_parse_one(fact, fact.of, item)) for item in items))
    else:
        value = _parse_one(fact, fact.type, text)
    check_value(fact, value)
    return value


def _parse_one(fact: Fact, kind: FactType, text: str) -> str | int | bool:
    if kind in ("integer", "decimal", "money"):
        return _parse_number(fact, kind, text)
    if kind == "date":
        return parse_date(text, fact.title).isoformat()
    if kind == "yesno":
        if text.lower() not in _YES:
            raise InvalidError(f"{fact.title}应填“是”或“否”，不能是“{text}”")
        return _YES[text.lower()]
    return text


def _parse_number(fact: Fact, kind: FactType, text: str) -> str | int:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace("_", "").strip()
    if fact.unit and plain.endswith(unicodedata.normalize("NFKC", fact.unit)):
        plain = plain[: -len(unicodedata.normalize("NFKC", fact.unit))].strip()
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or len(plain) > 30 or abs(number.adjusted()) > 20:
        unit = f"，单位是{fact.unit}，只填数字" if fact.unit else ""
        raise InvalidError(f"{fact.title}“{text}”不是数", f"例如 {fact.name}=32000{unit}")
    if kind == "integer":
        if number != number.to_integral_value():
            raise InvalidError(f"{fact.title}“{text}”应为整数")
        return int(number)
    return plain_decimal(number)


def plain_decimal(number: Decimal) -> str:
    """Write a decimal without exponent or trailing zeros."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def check_value(fact: Fact, value: object) -> None:
    """Refuse a canonical value that a fact cannot have: type, choice, pattern, least and most."""
    if fact.type == "list":
        if not isinstance(value, list):
            raise InvalidError(f"{fact.title}应为清单")
        if len(set(map(str, value))) != len(value):
            raise InvalidError(f"{fact.title}中有重复的项")
        for item in value:
            _check_one(fact, fact.of, item)
    else:
        _check_one(fact, fact.type, value)


def _check_one(fact: Fact, kind: FactType, value: object) -> None:
    wanted: Mapping[str, type] = {"integer": int, "yesno": bool}
    if type(value) is not wanted.get(kind, str):
        raise InvalidError(f"{fact.title}的值“{value}”类型不对")
    if kind == "integer" and abs(int(str(value))) > MOST_INTEGER:
        raise InvalidError(f"{fact.title} {value} 太大")
    if kind == "date" and not _is_day(str(value)):
        raise InvalidError(f"{fact.title}“{value}”不是有效日期", "请写成 2026-08-01 的样子，年份在 1900 至 2199 之间")
    if kind == "text" and clean_text(str(value), fact.title) != value:
        raise InvalidError(f"{fact.title}的写法不规范")
    if kind in ("decimal", "money") and not _PLAIN.fullmatch(str(value)):
        raise InvalidError(f"{fact.title}“{value}”不是规范写法的数")
    if fact.choices and str(value) not in fact.choices:
        near = nearest(str(value), fact.choices)
        raise InvalidError(
            f"{fact.title}不能是“{value}”",
            f"可选：{'、'.join(fact.choices)}" + (f"（是否为“{near}”？）" if near else ""),
        )
    if fact.pattern and not re.fullmatch(fact.pattern, str(value)):
        raise InvalidError(f"{fact.title}“{value}”不合规定的写法", fact.note or f"应符合 {fact.pattern}")
    if kind in ("integer", "decimal", "money", "date"):
        _check_range(fact, kind, value)


def _is_day(text: str) -> bool:
    """Tell whether a text is a day as recorded, of a year that time limits can be counted from."""
    try:
        return date.fromisoformat(text).isoformat() == text and 1900 <= int(text[:4]) <= 2199
    except ValueError:
        return False


def _check_range(fact: Fact, kind: FactType, value: object) -> None:
    for bound, sign, word in ((fact.min, 1, "小于"), (fact.max, -1, "大于")):
        if bound is not None and _compare(kind, value, bound) == -sign:
            unit = f" {fact.unit}" if fact.unit else " "
            raise InvalidError(f"{fact.title} {value}{unit}不能{word} {bound}{unit}".rstrip())


def _compare(kind: FactType, value: object, bound: object) -> int:
    """Give -1, 0 or 1 as a value is less than, equal to or more than a bound; days compare as they are written."""
    if kind == "date":
        return (str(value) > str(bound)) - (str(value) < str(bound))
    return int(Decimal(str(value)).compare(Decimal(str(bound))))


def type_value(kind: FactType, value: object) -> object:
    """Give a canonical value as guards and letters see it: Decimal, date, int, bool, str or list."""
    if kind in ("decimal", "money"):
        return Decimal(str(value))
    if kind == "date":
        return date.fromisoformat(str(value))
    if kind == "integer":
        return int(str(value))
    return value


def typed(fact: Fact, value: Value) -> object:
    """Give a fact's canonical value as guards and letters see it; the items of a list likewise."""
    if fact.type == "list" and isinstance(value, list):
        return [type_value(fact.of, item) for item in value]
    return type_value(fact.type, value)


def show_value(fact: Fact, value: Value, names: Mapping[str, str]) -> str:
    """Write a canonical value for an officer: with its unit, units of the directory by name."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(names.get(item, item) for item in value) or "（无）"
    if fact.type == "unit":
        return names.get(str(value), str(value))
    return f"{value} {fact.unit}" if fact.unit else str(value)
