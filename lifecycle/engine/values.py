"""Typed facts: an officer's text to the canonical value that is recorded, and that to the value
that guards see.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lifecycle.errors import InvalidError, nearest
from lifecycle.workflow.model import Fact, FactType

Entered = str | tuple[str, ...]
"""A fact as an officer enters it: one text, or the items of a list, each taken as it is."""

Row = dict[str, str | int | bool]
"""A row of a table as recorded, by the names of its columns; what is not filled is not there."""
Value = str | int | bool | list[str] | list[Row]
"""A fact as recorded: decimals and money as plain strings, dates as YYYY-MM-DD, units by code."""
MOST_TABLE_BYTES = 28 * 1024
"""A table is no larger in canonical JSON, so that its old and its new rows fit into the one entry
that corrects it.
"""

NO_UNIT = "无"
"""What an officer writes for a list of units that is empty: no unit is called so."""
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
_SEPARATORS = "、，,；;"
"""What may stand between the items of a list on one line."""
_COMMAS = "，,"
_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
"""A number with a comma before every three digits."""


_SIGNS_OF_MORE = ("…", "……", "...")
"""What stands in examples for what is to be typed."""


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
    """Give the text in NFC.

    Refuse control characters, marks that turn the reading order, and over-long text.
    """
    if len(text) > MOST_TEXT:
        raise InvalidError(
            f"{what}太长：{len(text)} 字，最多 {MOST_TEXT} 字",
            "较长的内容请作为材料上传（lifecycle attach）",
        )
    text = unicodedata.normalize("NFC", text.strip())
    for place, char in enumerate(text, 1):
        if (
            unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
            and char != "\n"
        ):
            raise InvalidError(
                f"{what}第 {place} 个字符 U+{ord(char):04X} 是不可见的控制字符",
                "请删去该字符后重试",
            )
    return text


def typed_text(text: str, what: str) -> str:
    """Give a text that an officer typed, as `clean_text`: not the “…” of an example."""
    if text.strip() in _SIGNS_OF_MORE:
        raise InvalidError(f"{what}写的是“{text.strip()}”，那是示意的省略号", "写实际的内容")
    return clean_text(text, what)


def parse_fact(fact: Fact, entered: Entered) -> Value:
    """Read what an officer entered as a fact's canonical value.

    Raises InvalidError that says what is wrong. A list keeps the order and equal items; of units
    each counts once, and there may be none (无).
    """
    if fact.of == "unit" and isinstance(entered, str) and entered.strip() == NO_UNIT:
        return []
    if fact.type == "list":
        items = [str(_parse_one(fact, fact.of, item)) for item in _items(fact, entered)]
        value: Value = list(dict.fromkeys(items)) if fact.of == "unit" else items
    elif isinstance(entered, str):
        value = _parse_one(fact, fact.type, _filled(fact, entered))
    else:
        raise InvalidError(
            f"{fact.title}（{fact.name}）只有一个值，这里写了 {len(entered)} 个",
            "只留一个；清单才可以写几项",
        )
    check_value(fact, value)
    return value


def _filled(fact: Fact, text: str) -> str:
    text = typed_text(text, fact.title)
    if not text:
        mend = f"没有单位的，写 {NO_UNIT}" if fact.of == "unit" else ""
        raise InvalidError(f"{fact.title}（{fact.name}）不能为空", mend)
    return text


def _items(fact: Fact, entered: Entered) -> Iterator[str]:
    """Give the items of a list: those entered one by one as they are, those in one text line by
    line.
    """
    if not isinstance(entered, str):
        yield from (_filled(fact, item) for item in entered)
        return
    parts = [part for line in _filled(fact, entered).split("\n") for part in _split(fact, line)]
    for place, part in enumerate(parts, 1):
        item = part.strip()
        if not item:
            raise InvalidError(
                f"{fact.title}（{fact.name}）的第{place}项是空的", "补上这一项，或删去多余的分隔符"
            )
        if fact.of in ("decimal", "money"):
            _judge_reading(fact, _plain(fact, item))
        yield item


def _split(fact: Fact, line: str) -> list[str]:
    """Split a line at the separators that no item of the list can contain.

    A text can contain any of them, so a line is one item; unless a pattern says what an item is,
    and the line is none while its parts all are.
    """
    if line.strip() in fact.choices:
        return [line]
    parts = _cut(line, _separators(fact))
    if fact.of == "text" and (
        _fits(fact, line) or not all(_fits(fact, part) for part in parts if part.strip())
    ):
        return [line]
    return parts


def _separators(fact: Fact) -> str:
    """Give the separators that may part the items: a comma can group a number's digits, a choice
    can have its own.
    """
    inside = _COMMAS if fact.of in ("decimal", "money") else "".join(fact.choices)
    return "".join(sign for sign in _SEPARATORS if sign not in inside)


def _cut(line: str, separators: str) -> list[str]:
    return re.split(f"[{separators}]", line) if separators else [line]


def _fits(fact: Fact, text: str) -> bool:
    """Tell whether a text may be an item; where there is no pattern, any may."""
    return fact.pattern is None or re.fullmatch(fact.pattern, text.strip()) is not None


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
    plain = _plain(fact, text)
    if "," in plain:
        _judge_commas(fact, plain)
        plain = plain.replace(",", "")
    if fact.type == "list" and re.match(r"-?0[0-9]", plain):
        message = f"{fact.title}的一项“{text}”以 0 开头，像是一个数在千分位逗号处断开了"
        raise InvalidError(message, "去掉千分位逗号，例如 35000")
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


def _plain(fact: Fact, text: str) -> str:
    """Give a number's text in half-width characters, without the unit of its fact."""
    plain = unicodedata.normalize("NFKC", text).replace("_", "").strip()
    unit = unicodedata.normalize("NFKC", fact.unit or "")
    return plain.removesuffix(unit).strip()


def _judge_commas(fact: Fact, text: str) -> None:
    """Refuse commas that do not group the digits of one number by threes."""
    if re.fullmatch(r"[-0-9.,]+", text) is None:
        return  # no number in any case, which is what there is to say
    if not _GROUPED.fullmatch(text):
        several = "；几个数之间用顿号" if fact.type == "list" else ""
        message = f"{fact.title}“{text}”中的逗号不是每三位一个的千分位"
        raise InvalidError(message, f"千分位写作 32,000，小数点写作 2.6{several}")


def _judge_reading(fact: Fact, text: str) -> None:
    """Refuse an item of a list whose commas might group digits as well as stand between numbers."""
    apart = re.sub(r",(?!0)", "、", text)
    if _GROUPED.fullmatch(text) and apart != text:
        one, several = text.replace(",", ""), apart.replace(",", "")
        message = f"{fact.title}“{text}”分不清是一个数还是几个数"
        raise InvalidError(message, f"一个数写作 {one}，几个数用顿号隔开，例如 {several}")


def plain_decimal(number: Decimal) -> str:
    """Write a decimal without exponent or trailing zeros."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def check_value(fact: Fact, value: object) -> None:
    """Refuse a canonical value that a fact cannot have: type, choice, pattern, least and most."""
    if fact.is_table:
        check_rows(fact, value)
    elif fact.type == "list":
        if not isinstance(value, list):
            raise InvalidError(f"{fact.title}应为清单")
        if fact.of == "unit" and len(set(map(str, value))) != len(value):
            raise InvalidError(f"{fact.title}中有重复的单位")
        for item in value:
            _check_one(fact, fact.of, item)
    else:
        _check_one(fact, fact.type, value)


def check_rows(fact: Fact, value: object) -> None:
    """Refuse what is no table of a fact: the number of rows, their columns, what is in them, and
    the size of it all.
    """
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise InvalidError(f"{fact.title}应为表格")
    check_count(fact, len(value))
    known = {column.name: column for column in fact.columns}
    for place, row in enumerate(value, 1):
        lacking = (one for one in fact.columns if one.required and one.name not in row)
        for column in lacking:
            raise InvalidError(f"{fact.title}第 {place} 行缺 {column.title}", "补上这一格")
        for name, cell in row.items():
            if name not in known:
                raise InvalidError(f"{fact.title}没有 {name} 这一列")
            _check_one(known[name], known[name].type, cell)
    size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    if size > MOST_TABLE_BYTES:
        message = f"{fact.title}太大：{len(value)} 行共 {size} 字节，最多 {MOST_TABLE_BYTES}"
        mend = "表里只写要点，长文作为材料上传（lifecycle attach）；行数多的，每行另立一个事项"
        raise InvalidError(message, mend)


def check_count(fact: Fact, count: int, *, more: bool = False) -> None:
    """Refuse a table with too few or too many rows; `more`: there are more than were counted."""
    if count > fact.max_rows:
        counted = f"{fact.max_rows} 行以上" if more else f"{count} 行"
        message = f"{fact.title}（{fact.name}）有 {counted}，最多 {fact.max_rows} 行"
        raise InvalidError(message, "只填要办的各行；行数本来就多的，每行另立一个事项")
    if count < fact.min_rows:
        message = f"{fact.title}（{fact.name}）只有 {count} 行，至少 {fact.min_rows} 行"
        raise InvalidError(message, "补上各行，一次填写整张表")


def _check_one(fact: Fact, kind: FactType, value: object) -> None:
    wanted: Mapping[str, type] = {"integer": int, "yesno": bool}
    if type(value) is not wanted.get(kind, str):
        raise InvalidError(f"{fact.title}的值“{value}”类型不对")
    if kind == "integer" and abs(int(str(value))) > MOST_INTEGER:
        raise InvalidError(f"{fact.title} {value} 太大")
    if kind == "date" and not _is_day(str(value)):
        raise InvalidError(
            f"{fact.title}“{value}”不是有效日期",
            "请写成 2026-08-01 的样子，年份在 1900 至 2199 之间",
        )
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
        raise InvalidError(
            f"{fact.title}“{value}”不合规定的写法", fact.note or f"应符合 {fact.pattern}"
        )
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
    """Give -1, 0 or 1 as a value is less than, equal to or more than a bound.

    Days compare as they are written.
    """
    if kind == "date":
        return (str(value) > str(bound)) - (str(value) < str(bound))
    return int(Decimal(str(value)).compare(Decimal(str(bound))))


def is_typed(fact: Fact | None, value: Value) -> bool:
    """Tell whether a value is one of a fact's type at all, so that conditions can look at it."""
    if fact is None:
        return False
    try:
        typed(fact, value)
    except (ValueError, TypeError, ArithmeticError):
        return False
    return True


def type_value(kind: FactType, value: object) -> object:
    """Give a canonical value as guards and letters see it: Decimal, date, int, bool,
    str or list.
    """
    if kind in ("decimal", "money"):
        return Decimal(str(value))
    if kind == "date":
        return date.fromisoformat(str(value))
    if kind == "integer":
        return int(str(value))
    return value


def typed(fact: Fact, value: Value) -> object:
    """Give a fact's canonical value as guards and letters see it; the items of a list likewise."""
    if fact.is_table:
        return [_typed_row(fact, row) for row in (value if isinstance(value, list) else [value])]
    if fact.type == "list" and isinstance(value, list):
        return [type_value(fact.of, item) for item in value]
    return type_value(fact.type, value)


def _typed_row(table: Fact, row: object) -> dict[str, object]:
    """Give a row of a table, cell by cell; raises TypeError for what is none."""
    kinds = {column.name: column.type for column in table.columns}
    if not isinstance(row, dict) or not row.keys() <= kinds.keys():
        raise TypeError(f"no row of {table.name}")
    return {name: type_value(kinds[name], cell) for name, cell in row.items()}


def naming(kind: str, code: str) -> str:
    """Give the name under which `Moment.names` has the title of an officer or a post: no unit's
    code begins like that.
    """
    return f"@{code}" if kind == "officer" else f"#{code}"


def show_value(fact: Fact, value: Value, names: Mapping[str, str]) -> str:
    """Write a canonical value for an officer: with its unit, units of the directory by name,
    officers and posts by title and code.
    """
    if isinstance(value, bool):
        return "是" if value else "否"
    if fact.is_table:
        rows = shown_rows(fact, value, names)
        return f"{len(rows)} 行：{'；'.join(map(shown_row, rows))}" if rows else "（无）"
    if isinstance(value, list):
        return _show_items(fact, list(map(str, value)), names) or "（无）"
    if fact.type == "unit":
        return names.get(str(value), str(value))
    if fact.type in ("officer", "post"):
        title = names.get(naming(fact.type, str(value)))
        return f"{title}（{value}）" if title else str(value)
    return f"{value} {fact.unit}" if fact.unit else str(value)


CELL_SIGN = "|"
"""What stands between the cells of a row on one line."""


def shown_rows(fact: Fact, value: Value, names: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Write the rows of a table for an officer, cell by cell in the order of its columns; a cell
    that is not filled is "".
    """
    rows: Any = value
    return [
        tuple(
            show_value(one, row[one.name], names) if one.name in row else "" for one in fact.columns
        )
        for row in rows
    ]


def shown_row(cells: tuple[str, ...]) -> str:
    """Write the cells of a row on one line; the empty ones at its end are left out."""
    last = max((place for place, cell in enumerate(cells, 1) if cell), default=0)
    return f" {CELL_SIGN} ".join(cells[:last])


def _show_items(fact: Fact, items: list[str], names: Mapping[str, str]) -> str:
    """Write the items of a list.

    Each in quotes if one of them contains what stands between them.
    """
    if fact.of == "unit":
        return "、".join(names.get(item, item) for item in items)
    if any(sign in item for item in items for sign in f"{_SEPARATORS}\n"):
        return "、".join(f"“{item}”" for item in items)
    unit = f" {fact.unit}" if fact.unit and items else ""
    return "、".join(items) + unit
