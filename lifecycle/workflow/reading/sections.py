"""The sections of a workflow file but for facts and transitions: roles, parties, panel, materials,
states, lights.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Literal, cast

from lifecycle.expression.expression import Expression
from lifecycle.frozen import replace
from lifecycle.workflow.language import Patterned
from lifecycle.workflow.model import (
    ENTERED,
    Collection,
    DecisionTable,
    Light,
    LightColour,
    Limit,
    Material,
    Missing,
    Panel,
    Party,
    Role,
    Span,
    State,
    TableRow,
)
from lifecycle.workflow.reading.form_fields import FormFields
from lifecycle.workflow.yaml.tree import Scalar


def read_roles(top: FormFields) -> dict[str, Role]:
    """Read `roles:`: `name: 标题`, or a mapping that names the fact which says who
    holds the role.
    """
    roles: dict[str, Role] = {}
    for name, key, node in top.defined("roles"):
        at, what = top.reading.at(key), f"角色 {name} "
        if isinstance(node, Scalar) and not node.empty:
            roles[name] = Role(name, top.check_line(node, f"{what}的标题"), at)
            continue
        fields = top.entry("roles", key, node, what)
        unit, units = fields.one("unit"), fields.one("units")
        written = [key for key in ("unit", "units", "person", "post") if fields.has(key)]
        if len(written) > 1:
            fields.fault(
                "either-or",
                at,
                f"{what}不能同时写 {' 和 '.join(written)}",
                "只留一个：一个单位 unit，若干单位 units，一个人 person，一个岗位 post",
            )
        held_by, delegate = fields.word("held_by"), fields.word("delegate")
        if held_by == "any" and not (unit or units):
            fields.fault(
                "idle-held-by",
                at,
                f"{what}写了 held_by: any，却没有写承担单位",
                "补上 unit 或 units；由固定单位担任的角色，要逐人授权",
            )
        if held_by in ("division", "leader") and not fields.has("person"):
            fields.fault(
                "idle-held-by",
                at,
                f"{what}写了 held_by: {held_by}，却没有写是谁的处室",
                "补上 person：写着经办人的要素",
            )
        roles[name] = Role(
            name=name,
            title=fields.line("title", name),
            location=at,
            unit=unit,
            units=units,
            person=fields.one("person"),
            post=fields.one("post"),
            held_by=cast(Literal["grant", "any", "division", "leader"], held_by),
            delegate=cast(Literal["unit", "across"], delegate),
            sealing=_read_sealing(
                fields, ungranted=held_by == "any" or not {"person", "post"}.isdisjoint(written)
            ),
        )
    return roles


def _read_sealing(fields: FormFields, *, ungranted: bool) -> bool:
    """Read whether two persons grant a role; one that nobody is granted cannot be so."""
    sealing = fields.flag("sealing")
    if sealing and ungranted:
        message = f"{fields.owner}写了 sealing，却不用授权就可以办"
        mend = "删去 sealing；要两人授权的，角色不写 held_by: any、person、post"
        fields.fault("idle-sealing", fields.place("sealing"), message, mend)
    return sealing


def read_parties(top: FormFields) -> dict[str, Party]:
    """Read `parties:`, who get letters but stand outside the directory."""
    parties: dict[str, Party] = {}
    for name, key, node in top.defined("parties"):
        at, what = top.reading.at(key), f"收文方 {name} "
        if isinstance(node, Scalar) and not node.empty:
            parties[name] = Party(name, top.check_line(node, f"{what}的标题"), at)
            continue
        fields = top.entry("parties", key, node, what)
        parties[name] = Party(name, fields.line("title", name), at, fields.one("fact"))
    return parties


def read_panel(top: FormFields) -> Panel | None:
    """Read `panel:`, the “5+x”."""
    fields = top.inside("panel", "panel ")
    if fields is None:
        return None
    lead = fields.one("lead") or ""
    return Panel(lead, fields.many("core"), fields.one("extra"), fields.at)


def read_collections(top: FormFields) -> dict[str, Collection]:
    """Read `collections:`."""
    collections: dict[str, Collection] = {}
    for name, key, node in top.defined("collections"):
        fields = top.entry("collections", key, node, f"汇集 {name} ")
        over = fields.matched("over") if fields.has("over") else ""
        if over is None:
            message = f"汇集 {name} 的 over “{fields.written('over')}” 不是流程的标识"
            mend = "写流程文件里 workflow: 后面的标识"
            fields.fault("wrong-name", fields.place("over"), message, mend)
        collections[name] = Collection(
            name=name,
            title=fields.line("title", name),
            over=over or "",
            where=Expression(fields.text("where")),
            location=fields.place("where"),
            at=fields.one("at") or "",
            missing=cast(Missing, fields.word("missing")),
        )
    return collections


def read_tables(top: FormFields) -> dict[str, DecisionTable]:
    """Read `tables:`."""
    tables: dict[str, DecisionTable] = {}
    for name, key, node in top.defined("tables"):
        fields = top.entry("tables", key, node, f"判定表 {name} ")
        rows = [
            TableRow(
                when=Expression(row.text("when")) if row.has("when") else None,
                then=row.text("then"),
                location=row.place("when") if row.has("when") else row.at,
            )
            for row in fields.each("rows", f"判定表 {name} 的一行")
        ]
        tables[name] = DecisionTable(
            name, fields.line("title", name), _as_numbers(rows), fields.at, fields.text("basis")
        )
    return tables


def _as_numbers(rows: list[TableRow]) -> tuple[TableRow, ...]:
    """Give rows of which each gives a number as rows of numbers."""
    try:
        numbers = [Decimal(str(row.then)) for row in rows]
    except InvalidOperation:
        return tuple(rows)
    if not all(number.is_finite() for number in numbers):
        return tuple(rows)
    return tuple(replace(row, then=number) for row, number in zip(rows, numbers, strict=True))


def read_materials(top: FormFields) -> dict[str, Material]:
    """Read `materials:`."""
    materials: dict[str, Material] = {}
    for name, key, node in top.defined("materials"):
        fields = top.entry("materials", key, node, f"材料 {name} ")
        keep = fields.matched("keep")
        if keep is None:
            message = f"材料 {name} 的 keep “{fields.written('keep')}” 不是保管期限"
            mend = f"写 {fields.way('keep', Patterned).looks}"
            fields.fault("wrong-keep", fields.place("keep"), message, mend)
        materials[name] = Material(
            name=name,
            title=fields.line("title", name),
            location=fields.at,
            keep=keep or "",
            max_mb=fields.count("max_mb"),
            renews=fields.flag("renews"),
            by=fields.many("by"),
            visible=fields.many("visible"),
            note=fields.text("note"),
            basis=fields.text("basis"),
        )
    return materials


def read_states(top: FormFields) -> dict[str, State]:
    """Read `states:`, in the order written."""
    states: dict[str, State] = {}
    for name, key, node in top.defined("states"):
        what = f"环节 {name} "
        fields = top.entry("states", key, node, what)
        title = fields.line("title", name)
        states[name] = State(
            name=name,
            title=title,
            location=fields.at,
            phase=fields.line("phase") or None,
            lead=fields.one("lead"),
            due=limit_of(fields.inside("due"), title),
            limits=tuple(map(read_limit, fields.each("limits", f"{what}的期限"))),
            final=fields.flag("final"),
            note=fields.text("note"),
            basis=fields.text("basis"),
        )
    return states


def limit_of(fields: FormFields | None, title: str) -> Limit | None:
    """Read a time limit if there is one; the title is what it is called if it says nothing else."""
    return read_limit(fields, title) if fields else None


def read_limit(fields: FormFields, title: str = "") -> Limit:
    """Read a time limit; where its form has no `title`, `since`, `done`, `roll`, `inner` or
    `stops`, it takes the usual: what has no `roll` does not wait for a working day.
    """
    known = fields.form.by_name
    amount = fields.count("in")
    return Limit(
        title=fields.line("title", title) if "title" in known else title,
        amount=amount,
        unit=read_span(fields),
        basis=fields.line("basis"),
        location=fields.at,
        since=read_since(fields) if "since" in known else ENTERED,
        done=fields.many("done") if "done" in known else (),
        roll="roll" in known and _read_roll(fields, amount),
        inner="inner" in known and fields.flag("inner"),
        stops="stops" in known and fields.flag("stops"),
    )


def _read_roll(fields: FormFields, amount: int) -> bool:
    """Tell whether the last day rolls on to a workday; a day that was named, from which nothing is
    counted, does so only where that is written.
    """
    return fields.word("roll") == "next_workday" and (amount > 0 or fields.has("roll"))


def read_span(fields: FormFields) -> Span:
    """Read the unit of a time limit."""
    return cast(Span, fields.word("unit"))


def read_since(fields: FormFields) -> str:
    """Read from when a time counts: from entering the state, or from the day that a fact holds."""
    return fields.one("since") or ENTERED


def read_lights(top: FormFields) -> tuple[Light, ...]:
    """Read `lights:`: overdue by so much, or a condition."""
    return tuple(map(_read_light, top.each("lights", "灯")))


def _read_light(fields: FormFields) -> Light:
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
                "missing-key",
                fields.place("overdue"),
                f"灯缺少 {key}",
                f"补上 {fields.form.hints[key]}",
            )
    when = fields.text("when")
    return Light(
        light=cast(LightColour, fields.word("light")),
        title=fields.line("title"),
        location=fields.place("when") if when else fields.place("title"),
        overdue=fields.count("overdue") if fields.has("overdue") else None,
        unit=read_span(fields),
        when=Expression(when) if when else None,
        basis=fields.text("basis"),
    )
