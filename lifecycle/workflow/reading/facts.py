"""The section `facts:` of a workflow file: typed fields, and which keys go with which type."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import cast

from lifecycle.workflow.model import Fact, FactType
from lifecycle.workflow.reading.form_fields import FormFields
from lifecycle.workflow.yaml.fields import FLAGS
from lifecycle.workflow.yaml.tree import Mapping, Node, Scalar

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_facts(top: FormFields) -> dict[str, Fact]:
    """Read `facts:`."""
    return {name: _read_fact(top, name, key, node) for name, key, node in top.defined("facts")}


def _read_fact(top: FormFields, name: str, key: Scalar, node: Node) -> Fact:
    reading, what = top.reading, f"要素 {name} "
    fields = top.entry("facts", key, node, what)
    before = len(reading.problems)
    kind = cast(FactType, fields.word("type"))
    of = cast(FactType, fields.word("of"))
    if fields.node("type") is None or len(reading.problems) > before:
        reading.vague.add(name)
    else:
        _judge_keys(fields, kind, of)
    base = of if kind == "list" else kind
    least, most = _read_bounds(fields, base)
    listed = _read_listed(fields)
    return Fact(
        name=name,
        title=fields.line("title", name),
        type=kind,
        location=fields.at,
        unit=fields.line("unit") or None,
        min=least,
        max=most,
        pattern=_read_pattern(fields),
        choices=() if listed is not None else _read_choices(fields),
        of=of,
        future=fields.flag("future"),
        required=_read_required(fields),
        renews=fields.flag("renews"),
        by=fields.many("by"),
        search=fields.flag("search"),
        visible=fields.many("visible"),
        workflow=_read_workflow(fields),
        note=fields.text("note"),
        basis=fields.text("basis"),
        listed=listed or "",
        columns=_read_columns(fields),
        min_rows=fields.count("min_rows"),
        max_rows=fields.count("max_rows") if kind == "table" else 0,
    )


def _read_columns(fields: FormFields) -> tuple[Fact, ...]:
    """Read the columns of a table; one without any is a fault."""
    columns = tuple(_read_column(fields, *found) for found in fields.defined("columns"))
    if fields.node("columns") is not None and not columns:
        message = f"{fields.owner}的 columns 里一列也没有"
        fields.fault("empty-value", fields.place("columns"), message, "至少写一列")
    least, most = fields.count("min_rows"), fields.count("max_rows")
    if least > most:
        message = f"{fields.owner}的 min_rows {least} 大于 max_rows {most}"
        fields.fault("wrong-bounds", fields.place("min_rows"), message, "对调两数，或改正其一")
    return columns


def _read_column(table: FormFields, name: str, key: Scalar, node: Node) -> Fact:
    fields = table.entry("columns", key, node, f"{table.owner}的列 {name} ")
    kind = cast(FactType, fields.word("type"))
    if fields.node("type") is not None:
        _judge_fitting(fields, kind)
    least, most = _read_bounds(fields, kind)
    listed = _read_listed(fields)
    return Fact(
        name=name,
        title=fields.line("title", name),
        type=kind,
        location=fields.at,
        unit=fields.line("unit") or None,
        min=least,
        max=most,
        pattern=_read_pattern(fields),
        choices=() if listed is not None else _read_choices(fields),
        future=fields.flag("future"),
        required=fields.flag("required"),
        note=fields.text("note"),
        listed=listed or "",
    )


def _read_bounds(
    fields: FormFields, kind: str
) -> tuple[Decimal | str | None, Decimal | str | None]:
    """Read the least and the most, which must not be the other way round."""
    least, most = _bound(fields, "min", kind), _bound(fields, "max", kind)
    if least is not None and most is not None and type(least) is type(most) and least > most:  # type: ignore[operator]
        fields.fault(
            "wrong-bounds",
            fields.place("max"),
            f"{fields.owner}的 min {least} 大于 max {most}",
            "对调两数，或改正其一",
        )
    return least, most


def _judge_keys(fields: FormFields, kind: str, of: str) -> None:
    """See that the keys fit the type: a unit for money, choices for a choice, and nowhere else."""
    base = of if kind == "list" else kind
    if kind != "list" and fields.has("of"):
        fields.fault(
            "misplaced-key",
            fields.place("of"),
            f"{fields.owner}的类型是 {kind}，不能写 of",
            "删去 of，或把类型改为 list",
        )
    _judge_fitting(fields, base)


def _judge_fitting(fields: FormFields, base: str) -> None:
    """See that the keys fit a type, and that those are there which it needs."""
    for key in fields.form.keys:
        if key.types and fields.has(key.name) and base not in key.types:
            message = f"{fields.owner}的类型是 {base}，不能写 {key.name}"
            mend = f"删去 {key.name}；它只用于 {'、'.join(key.types)}"
            fields.fault("misplaced-key", fields.place(key.name), message, mend)
    for key in fields.form.keys:
        if base in key.needed_by and not fields.has(key.name):
            message = f"{fields.owner}的类型是 {base}，缺少 {key.name}"
            mend = f"补上 {key.example.splitlines()[-1]}"
            fields.fault("missing-key", fields.at, message, mend)


def _read_workflow(fields: FormFields) -> str:
    """Read of which workflow the cases are that a link names."""
    name = fields.matched("workflow") if fields.has("workflow") else ""
    if name is None:
        text = fields.written("workflow")
        message = f"{fields.owner}的 workflow “{text}” 不是流程的标识"
        fields.fault(
            "wrong-name", fields.place("workflow"), message, "写流程文件里 workflow: 后面的标识"
        )
    return name or ""


def _read_required(fields: FormFields) -> bool | str:
    """Read from when a fact is required: true for the opening, or the state's name."""
    scalar = fields.scalar("required")
    if scalar is not None and scalar.value not in FLAGS:
        return fields.one("required") or False
    return fields.flag("required")


def _bound(fields: FormFields, key: str, kind: str) -> Decimal | str | None:
    if kind != "date":
        number = fields.bound(key)
        if number is not None and kind == "integer" and number != number.to_integral_value():
            fields.fault(
                "wrong-number",
                fields.place(key),
                f"{fields.owner}的 {key} “{number}” 应为整数",
                "去掉小数部分",
            )
        return number
    scalar = fields.scalar(key)
    text = scalar.value if scalar else ""
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


def _read_pattern(fields: FormFields) -> str | None:
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


def _read_listed(fields: FormFields) -> str | None:
    """Read which shared list has the choices; None where they are written here."""
    if not isinstance(fields.node("choices"), Mapping):
        return None
    listed = fields.inside("choices")
    if listed is None or not listed.has("list"):
        return ""
    name = listed.matched("list")
    if name is None:
        text = listed.written("list")
        message = f"{listed.owner}的 list “{text}” 不是选项表的标识"
        mend = "写选项表文件里 list: 后面的标识"
        listed.fault("wrong-name", listed.place("list"), message, mend)
    return name or ""


def _read_choices(fields: FormFields) -> tuple[str, ...]:
    choices: dict[str, None] = {}
    for scalar in fields.texts("choices"):
        text = fields.check_line(scalar, f"{fields.owner}的选项")
        if text in choices:
            fields.fault(
                "repeated", scalar, f"{fields.owner}的 choices 重复写了 “{text}”", "删去重复的一处"
            )
        choices[text] = None
    return tuple(choices)
