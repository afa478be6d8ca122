"""The section `facts:` of a workflow file: typed fields, and which keys go with which type."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import cast, get_args

from lifecycle.workflow.model import Fact, FactType
from lifecycle.workflow.yaml.fields import Fields
from lifecycle.workflow.yaml.tree import Node, Scalar

_TYPES: tuple[str, ...] = get_args(FactType)
_TYPE_WORDS = {
    "string": "text",
    "str": "text",
    "int": "integer",
    "number": "decimal",
    "float": "decimal",
    "bool": "yesno",
    "boolean": "yesno",
    "enum": "choice",
    "文字": "text",
    "整数": "integer",
    "小数": "decimal",
    "金额": "money",
    "日期": "date",
    "选项": "choice",
    "是否": "yesno",
    "清单": "list",
    "单位": "unit",
}
_OF = ("text", "decimal", "money", "date", "choice", "unit")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMERIC = ("integer", "decimal", "money")
_BELONGS = {
    "unit": _NUMERIC,
    "min": (*_NUMERIC, "date"),
    "max": (*_NUMERIC, "date"),
    "pattern": ("text",),
    "choices": ("choice",),
}
_FACT_KEYS = (
    "title",
    "type",
    "unit",
    "min",
    "max",
    "pattern",
    "choices",
    "of",
    "required",
    "by",
    "note",
    "basis",
)


def read_facts(top: Fields) -> dict[str, Fact]:
    """Read `facts:`."""
    return {
        name: _read_fact(top, name, key, node)
        for name, key, node in top.definitions("facts", "要素")
    }


def _read_fact(top: Fields, name: str, key: Scalar, node: Node) -> Fact:
    reading, at, what = top.reading, top.reading.at(key), f"要素 {name} "
    fields = Fields(reading, node, what, at, known=_FACT_KEYS, required=("title", "type"))
    before = len(reading.problems)
    kind = cast(FactType, fields.choice("type", _TYPES, "text", _TYPE_WORDS))
    of = cast(FactType, fields.choice("of", _OF, "text", _TYPE_WORDS))
    if fields.node("type") is None or len(reading.problems) > before:
        reading.vague.add(name)
    else:
        _judge_keys(fields, kind, of)
    base = of if kind == "list" else kind
    least, most = _bound(fields, "min", base), _bound(fields, "max", base)
    if least is not None and most is not None and type(least) is type(most) and least > most:  # type: ignore[operator]
        fields.fault(
            "wrong-bounds",
            fields.place("max"),
            f"{what}的 min {least} 大于 max {most}",
            "对调两数，或改正其一",
        )
    required = fields.text("required", "false")
    if required not in ("true", "false"):
        fields.name("required", "state")
    return Fact(
        name=name,
        title=fields.line("title", name),
        type=kind,
        location=at,
        unit=fields.line("unit") or None,
        min=least,
        max=most,
        pattern=_read_pattern(fields),
        choices=_read_choices(fields),
        of=of,
        required=required == "true" or (required != "false" and required),
        by=fields.names("by", "role", some=True),
        note=fields.text("note"),
        basis=fields.text("basis"),
    )


def _judge_keys(fields: Fields, kind: str, of: str) -> None:
    """See that the keys fit the type: a unit for money, choices for a choice, and nowhere else."""
    base = of if kind == "list" else kind
    if kind != "list" and fields.has("of"):
        fields.fault(
            "misplaced-key",
            fields.place("of"),
            f"{fields.owner}的类型是 {kind}，不能写 of",
            "删去 of，或把类型改为 list",
        )
    for key, kinds in _BELONGS.items():
        if fields.has(key) and base not in kinds:
            message = f"{fields.owner}的类型是 {base}，不能写 {key}"
            fields.fault(
                "misplaced-key",
                fields.place(key),
                message,
                f"删去 {key}；它只用于 {'、'.join(kinds)}",
            )
    for key, wanted in (("unit", "money"), ("choices", "choice")):
        if base == wanted and not fields.has(key):
            hint = "unit: 万元" if key == "unit" else "choices: [第一项, 第二项]"
            fields.fault(
                "missing-key",
                fields.at,
                f"{fields.owner}的类型是 {wanted}，缺少 {key}",
                f"补上 {hint}",
            )


def _bound(fields: Fields, key: str, kind: str) -> Decimal | str | None:
    if kind != "date":
        number = fields.number(key)
        if number is not None and kind == "integer" and number != number.to_integral_value():
            fields.fault(
                "wrong-number",
                fields.place(key),
                f"{fields.owner}的 {key} “{number}” 应为整数",
                "去掉小数部分",
            )
        return number
    text = fields.text(key)
    try:
        if text and not _DATE.fullmatch(text):
            raise ValueError(text)
        if text:
            date.fromisoformat(text)
    except ValueError:
        mend = "写成 2026-08-01 的样子"
        fields.fault(
            "wrong-date", fields.place(key), f"{fields.owner}的 {key} “{text}” 不是有效日期", mend
        )
        return None
    return text or None


def _read_pattern(fields: Fields) -> str | None:
    text = fields.text("pattern")
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        place = (
            f"（第 {error.pos + 1} 个字符处）"
            if isinstance(error, re.error) and error.pos is not None
            else ""
        )
        mend = "检查括号是否配对；字面的 . ( ) [ ] * + ? 前要加反斜线"
        fields.fault(
            "wrong-pattern",
            fields.place("pattern"),
            f"{fields.owner}的 pattern 不是合法的正则表达式{place}",
            mend,
        )
    return text or None


def _read_choices(fields: Fields) -> tuple[str, ...]:
    choices: dict[str, None] = {}
    for scalar in fields.scalars("choices"):
        text = fields.check_line(scalar, f"{fields.owner}的选项")
        if text in choices:
            fields.fault(
                "repeated", scalar, f"{fields.owner}的 choices 重复写了 “{text}”", "删去重复的一处"
            )
        choices[text] = None
    if fields.node("choices") is not None and not fields.items("choices"):
        fields.fault(
            "empty-value",
            fields.place("choices"),
            f"{fields.owner}的 choices 是空的列表",
            "至少写一项",
        )
    return tuple(choices)
