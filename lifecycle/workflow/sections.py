"""The sections of a workflow file but for facts and transitions: roles, parties, panel, materials,
states, lights.
"""

from __future__ import annotations

import re
from typing import cast, get_args

from lifecycle.errors import Location
from lifecycle.expression.expression import Expression
from lifecycle.workflow.model import (
    ENTERED,
    Light,
    LightColour,
    Limit,
    Material,
    Panel,
    Party,
    Role,
    Span,
    State,
)
from lifecycle.workflow.yaml.fields import HINTS, Fields
from lifecycle.workflow.yaml.tree import Node, Scalar

SPANS: tuple[str, ...] = get_args(Span)
SPAN_WORDS = {
    "日": "day",
    "天": "day",
    "自然日": "day",
    "工作日": "workday",
    "个工作日": "workday",
    "月": "month",
    "个月": "month",
}
_KEEP = re.compile(r"permanent|[1-9][0-9]?y")
_STATE_KEYS = ("title", "phase", "lead", "due", "limits", "final", "note", "basis")
_LIMIT_KEYS = ("in", "unit", "basis", "title", "since", "done", "roll", "inner")


def read_roles(top: Fields) -> dict[str, Role]:
    """Read `roles:`: `name: 标题`, or a mapping that names the fact which says who
    holds the role.
    """
    roles: dict[str, Role] = {}
    for name, key, node in top.definitions("roles", "角色"):
        at, what = top.reading.at(key), f"角色 {name} "
        if isinstance(node, Scalar) and not node.empty:
            roles[name] = Role(name, top.check_line(node, f"{what}的标题"), at)
            continue
        fields = Fields(
            top.reading, node, what, at, known=("title", "unit", "units"), required=("title",)
        )
        unit, units = fields.name("unit", "unit"), fields.name("units", "units")
        if fields.has("unit") and fields.has("units"):
            fields.fault(
                "either-or",
                at,
                f"{what}不能同时写 unit 和 units",
                "一个单位用 unit，若干单位用 units",
            )
        roles[name] = Role(name, fields.line("title", name), at, unit, units)
    return roles


def read_parties(top: Fields) -> dict[str, Party]:
    """Read `parties:`, who get letters but stand outside the directory."""
    parties: dict[str, Party] = {}
    for name, key, node in top.definitions("parties", "收文方"):
        at, what = top.reading.at(key), f"收文方 {name} "
        if isinstance(node, Scalar) and not node.empty:
            parties[name] = Party(name, top.check_line(node, f"{what}的标题"), at)
            continue
        fields = Fields(top.reading, node, what, at, known=("title", "fact"), required=("title",))
        parties[name] = Party(name, fields.line("title", name), at, fields.name("fact", "called"))
    return parties


def read_panel(top: Fields) -> Panel | None:
    """Read `panel:`, the “5+x”."""
    fields = top.inner(
        "panel", "panel ", known=("lead", "core", "extra"), required=("lead", "core")
    )
    if fields is None:
        return None
    lead = fields.name("lead", "role") or ""
    return Panel(
        lead, fields.names("core", "role", some=True), fields.name("extra", "role"), fields.at
    )


def read_materials(top: Fields) -> dict[str, Material]:
    """Read `materials:`."""
    materials: dict[str, Material] = {}
    for name, key, node in top.definitions("materials", "材料"):
        at = top.reading.at(key)
        known = ("title", "keep", "max_mb", "by", "note", "basis")
        fields = Fields(top.reading, node, f"材料 {name} ", at, known=known, required=("title",))
        keep = fields.line("keep", "10y")
        if not _KEEP.fullmatch(keep):
            mend = "写 permanent（永久）或年数加 y，例如 30y"
            fields.fault(
                "wrong-keep",
                fields.place("keep"),
                f"材料 {name} 的 keep “{keep}” 不是保管期限",
                mend,
            )
        materials[name] = Material(
            name=name,
            title=fields.line("title", name),
            location=at,
            keep=keep,
            max_mb=fields.integer("max_mb", 100, most=10_000),
            by=fields.names("by", "role", some=True),
            note=fields.text("note"),
            basis=fields.text("basis"),
        )
    return materials


def read_states(top: Fields) -> dict[str, State]:
    """Read `states:`, in the order written."""
    states: dict[str, State] = {}
    for name, key, node in top.definitions("states", "环节"):
        at, what = top.reading.at(key), f"环节 {name} "
        fields = Fields(top.reading, node, what, at, known=_STATE_KEYS, required=("title",))
        title = fields.line("title", name)
        states[name] = State(
            name=name,
            title=title,
            location=at,
            phase=fields.line("phase") or None,
            lead=fields.name("lead", "role"),
            due=read_limit(fields, "due", title),
            limits=tuple(
                limit_of(
                    Fields(
                        fields.reading,
                        item,
                        f"{what}的期限",
                        limit_at,
                        known=_LIMIT_KEYS,
                        required=_titled,
                    )
                )
                for item, limit_at in places_of(fields, "limits")
            ),
            final=fields.flag("final"),
            note=fields.text("note"),
            basis=fields.text("basis"),
        )
    return states


_titled = ("title", "in", "unit", "basis")


def places_of(fields: Fields, key: str, *, single: bool = False) -> list[tuple[Node, Location]]:
    """Give the items of a list, each with the place that a fault of the whole item points at."""
    alone = fields.place(key)
    items = fields.items(key, single=single)
    return [
        (item, alone if item is fields.node(key) else fields.reading.at(item)) for item in items
    ]


def read_limit(
    fields: Fields, key: str, title: str, known: tuple[str, ...] = _LIMIT_KEYS
) -> Limit | None:
    """Read a single time limit under a key, with the title it has if it gives none itself."""
    inner = fields.inner(
        key, f"{fields.owner}的 {key} ", known=known, required=("in", "unit", "basis")
    )
    return limit_of(inner, title) if inner else None


def limit_of(fields: Fields, title: str = "") -> Limit:
    """Read a time limit: it must name its unit and its basis."""
    return Limit(
        title=fields.line("title", title),
        amount=fields.integer("in", 1, most=10_000),
        unit=read_span(fields),
        basis=fields.line("basis"),
        location=fields.at,
        since=read_since(fields),
        done=fields.names("done", "done"),
        roll=fields.choice("roll", ("next_workday", "none"), "next_workday") == "next_workday",
        inner=fields.flag("inner"),
    )


def read_span(fields: Fields) -> Span:
    """Read the unit of a time limit."""
    return cast(Span, fields.choice("unit", SPANS, "day", SPAN_WORDS))


def read_since(fields: Fields) -> str:
    """Read from when a time counts: from entering the state, or from the day that a fact holds."""
    if fields.text("since", ENTERED) == ENTERED:
        return ENTERED
    return fields.name("since", "date") or ENTERED


def read_lights(top: Fields) -> tuple[Light, ...]:
    """Read `lights:`: overdue by so much, or a condition."""
    return tuple(_read_light(top, node, at) for node, at in places_of(top, "lights"))


def _read_light(top: Fields, node: Node, at: Location) -> Light:
    known = ("light", "title", "overdue", "unit", "when", "basis")
    fields = Fields(top.reading, node, "灯", at, known=known, required=("light", "title"))
    if fields.pairs and fields.has("overdue") == fields.has("when"):
        fields.fault(
            "either-or",
            fields.place("title"),
            "灯要写 overdue 或 when，只写其一",
            "逾期多久用 overdue，按条件用 when",
        )
    for key in ("unit", "basis"):
        if fields.has("overdue") and not fields.has(key):
            fields.fault(
                "missing-key", fields.place("overdue"), f"灯缺少 {key}", f"补上 {HINTS[key]}"
            )
    when = fields.text("when")
    return Light(
        light=cast(
            LightColour,
            fields.choice("light", ("yellow", "red"), "yellow", {"黄": "yellow", "红": "red"}),
        ),
        title=fields.line("title"),
        location=fields.place("when") if when else fields.place("title"),
        overdue=fields.integer("overdue", least=0, most=10_000) if fields.has("overdue") else None,
        unit=read_span(fields),
        when=Expression(when) if when else None,
        basis=fields.text("basis"),
    )
