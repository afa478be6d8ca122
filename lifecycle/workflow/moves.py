"""The transitions of a workflow file: where each leads from and to, who makes it, and the gates it
needs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import cast, get_args

from lifecycle.errors import Location
from lifecycle.expression.expression import Expression
from lifecycle.workflow.model import (
    OPENING,
    PREVIOUS,
    Cosign,
    Counter,
    Dwell,
    Guard,
    Kind,
    NoticeRule,
    Quorum,
    Reply,
    State,
    Transition,
)
from lifecycle.workflow.sections import limit_of, places_of, read_limit, read_since, read_span
from lifecycle.workflow.yaml.fields import Fields
from lifecycle.workflow.yaml.tree import Mapping as Mapped
from lifecycle.workflow.yaml.tree import Node, Scalar

_KINDS: tuple[str, ...] = get_args(Kind)
_KIND_WORDS = {
    "流转": "forward",
    "退回": "return",
    "撤回": "withdraw",
    "中止": "suspend",
    "恢复": "resume",
    "终止": "terminate",
}
_KEYS = (
    "name",
    "title",
    "kind",
    "from",
    "to",
    "by",
    "asks",
    "needs",
    "not_by",
    "reason",
    "locks",
    "unlocks",
    "notices",
    "note",
    "basis",
)
_NEEDS = ("facts", "materials", "cosign", "guards", "dwell", "counter")
_SHARE = re.compile(r"([1-9][0-9]?)/([1-9][0-9]?)")


def read_transitions(top: Fields, states: Mapping[str, State]) -> tuple[Transition, ...]:
    """Read `transitions:`; `all`, a phase and `all_but` are written out as the states they stand
    for.
    """
    return tuple(
        _read_transition(top, node, at, states) for node, at in places_of(top, "transitions")
    )


def _read_transition(
    top: Fields, node: Node, at: Location, states: Mapping[str, State]
) -> Transition:
    named = node.pairs.get("name") if isinstance(node, Mapped) else None
    name = named[1].value if named and isinstance(named[1], Scalar) else ""
    if named:
        at = top.reading.at(
            named[1] if isinstance(named[1], Scalar) and not named[1].empty else named[0]
        )
    fields = Fields(
        top.reading,
        node,
        f"流转 {name} " if name else "流转",
        at,
        known=_KEYS,
        required=("name", "title", "from", "by"),
    )
    scalar = fields.scalar("name")
    if scalar:
        fields.ident(scalar, "流转")
    kind = cast(Kind, fields.choice("kind", _KINDS, "forward", _KIND_WORDS))
    fields.choice("reason", ("required",), "required", {"true": "required"})
    transition = Transition(
        name=name,
        title=fields.line("title", name),
        kind=kind,
        sources=_read_sources(fields, states),
        to=_read_target(fields, kind),
        by=fields.names("by", "role", some=True),
        location=at,
        asks=fields.names("asks", "fact"),
        not_by=_read_not_by(fields),
        reason=fields.has("reason"),
        locks=fields.names("locks", "item"),
        unlocks=fields.names("unlocks", "item"),
        notices=_read_notices(fields),
        note=fields.text("note"),
        basis=fields.text("basis"),
    )
    needs = fields.inner("needs", f"{fields.owner}的 needs ", known=_NEEDS)
    return _with_needs(transition, needs) if needs else transition


def _read_not_by(fields: Fields) -> tuple[str, ...]:
    """Read who is excluded; the opening is no transition, so it is not looked up as one."""
    before = len(fields.reading.uses)
    names = fields.names("not_by", "transition", some=True)
    fields.reading.uses[before:] = [
        use for use in fields.reading.uses[before:] if use.name != OPENING
    ]
    return names


def _read_sources(fields: Fields, states: Mapping[str, State]) -> tuple[str, ...]:
    open_states = tuple(name for name, state in states.items() if not state.final)
    node, said = fields.node("from"), f"{fields.owner}出自"
    if not isinstance(node, Mapped):
        if (
            fields.has("from")
            and isinstance(node, Scalar)
            and node.value == "all"
            and "all" not in states
        ):
            return open_states
        return fields.names("from", "state", said, some=True)
    inner = Fields(
        fields.reading,
        node,
        f"{fields.owner}的 from ",
        fields.place("from"),
        known=("phase", "all_but"),
    )
    if len(node.pairs) != 1:
        inner.fault(
            "either-or",
            inner.at,
            f"{fields.owner}的 from 要写 phase 或 all_but，只写其一",
            "例如 from: {all_but: [siting]}",
        )
    left = _read_phases(inner, states) if inner.has("phase") else open_states
    but = inner.names("all_but", "state", f"{fields.owner}的 all_but 写了")
    found = tuple(name for name in left if name not in but)
    if not found and (inner.items("phase") or inner.items("all_but")):
        inner.fault(
            "no-source",
            inner.at,
            f"{fields.owner}的 from 没有剩下任何环节",
            "终结环节不算在内：改写 phase 或 all_but",
        )
    return found


def _read_phases(inner: Fields, states: Mapping[str, State]) -> tuple[str, ...]:
    """Give the open states of the phases named; a misspelt phase stands for the one it is nearest
    to.
    """
    phases = dict.fromkeys(state.phase for state in states.values() if state.phase)
    wanted: set[str | None] = set()
    for scalar in inner.scalars("phase"):
        near = None if scalar.value in phases else inner.reading.likeliest(scalar.value, phases)
        if scalar.value not in phases:
            mend = (
                f"是否为 “{near}”？" if near else ""
            ) + f"已有的阶段：{'、'.join(phases) or '无'}"
            inner.fault(
                "unknown-phase",
                scalar,
                f"{inner.owner}写了没有环节属于它的阶段 “{scalar.value}”",
                mend,
            )
        wanted.add(near or scalar.value)
    return tuple(
        name for name, state in states.items() if state.phase in wanted and not state.final
    )


def _read_target(fields: Fields, kind: Kind) -> str | None:
    """Read where a transition leads: a record nowhere, a resume possibly back, all others to a
    state.
    """
    if kind == "record":
        if fields.has("to"):
            message = f"{fields.owner}是记录（record），不改变环节，不能写 to"
            fields.fault(
                "misplaced-key", fields.place("to"), message, "删去 to，或把 kind 改为别的种类"
            )
        return None
    scalar = fields.scalar("to")
    if scalar is None:
        if fields.pairs and not fields.has("to"):
            fields.fault(
                "missing-key",
                fields.at,
                f"{fields.owner}缺少 to",
                "补上 to: 去往的环节；不改变环节的写 kind: record",
            )
        return None
    if scalar.value != PREVIOUS:
        return fields.name("to", "state", f"{fields.owner}去往")
    if kind != "resume":
        mend = "写明去往的环节；只有恢复（kind: resume）可以写 previous"
        fields.fault(
            "misplaced-previous", scalar, f"{fields.owner}不是恢复，不能去往 previous", mend
        )
    return PREVIOUS


def _read_notices(fields: Fields) -> tuple[NoticeRule, ...]:
    rules = []
    for node, at in places_of(fields, "notices"):
        what = f"{fields.owner}的公文"
        known = ("template", "to", "cc", "reply")
        inner = Fields(fields.reading, node, what, at, known=known, required=("template", "to"))
        template = inner.line("template")
        said = f"{what} {template} 的 "
        to = inner.names("to", "recipient", f"{said}to 写了", some=True)
        cc = inner.names("cc", "recipient", f"{said}cc 写了")
        rules.append(
            NoticeRule(template, to, cc, inner.place("template"), _read_reply(inner, said))
        )
    return tuple(rules)


def _read_reply(notice: Fields, said: str) -> Reply | None:
    known = ("in", "unit", "basis", "roll", "inner", "cosign")
    fields = notice.inner("reply", f"{said}reply ", known=known, required=("in", "unit", "basis"))
    if fields is None:
        return None
    cosign = (
        fields.name("cosign", "transition", f"{said}reply 写了") if fields.has("cosign") else None
    )
    return Reply(limit_of(fields, "复函"), cosign)


def _with_needs(transition: Transition, needs: Fields) -> Transition:
    facts, materials = needs.names("facts", "fact"), needs.names("materials", "material")
    return replace(
        transition,
        facts=facts,
        materials=materials,
        cosign=_read_cosign(needs, (*facts, *materials)),
        guards=tuple(_read_guard(needs, node, at) for node, at in places_of(needs, "guards")),
        dwells=tuple(
            _read_dwell(needs, node, at) for node, at in places_of(needs, "dwell", single=True)
        ),
        counters=tuple(
            _read_counter(needs, node, at) for node, at in places_of(needs, "counter", single=True)
        ),
    )


def _read_cosign(needs: Fields, covers: tuple[str, ...]) -> Cosign | None:
    what = needs.owner.removesuffix("needs ") + "cosign "
    known = ("roles", "quorum", "within", "covers", "basis")
    fields = needs.inner("cosign", what, known=known, required=("roles",))
    if fields is None:
        return None
    return Cosign(
        roles=fields.names("roles", "role", some=True),
        location=fields.at,
        quorum=_read_quorum(fields),
        within=read_limit(fields, "within", "会签", ("in", "unit", "basis", "roll", "inner")),
        covers=fields.names("covers", "item") if fields.has("covers") else covers,
        basis=fields.text("basis"),
    )


def _read_quorum(fields: Fields) -> Quorum:
    if not isinstance(fields.node("quorum"), Mapped):
        kind = fields.choice("quorum", ("all", "any"), "all")
        return Quorum("any" if kind == "any" else "all")
    inner = fields.inner("quorum", f"{fields.owner}的 quorum ", known=("at_least", "share"))
    if inner is None or len(inner.pairs) != 1:
        mend = "例如 {at_least: 3} 或 {share: 2/3}"
        fields.fault(
            "either-or",
            fields.place("quorum"),
            f"{fields.owner}的 quorum 要写 at_least 或 share，只写其一",
            mend,
        )
        return Quorum()
    if inner.has("at_least"):
        return Quorum("at_least", inner.integer("at_least", 1, most=1000))
    text = inner.text("share")
    match = _SHARE.fullmatch(text)
    if text and (match is None or int(match[1]) > int(match[2])):
        mend = "写成不大于一的分数，例如 2/3"
        inner.fault(
            "wrong-number", inner.place("share"), f"{fields.owner}的 share “{text}” 不是份额", mend
        )
    return Quorum("share", int(match[1]), int(match[2])) if match else Quorum()


def _read_guard(needs: Fields, node: Node, at: Location) -> Guard:
    what = needs.owner.removesuffix("needs ") + "条件"
    fields = Fields(
        needs.reading, node, what, at, known=("when", "else", "basis"), required=("when", "else")
    )
    return Guard(
        Expression(fields.text("when")),
        fields.text("else"),
        fields.place("when"),
        fields.text("basis"),
    )


def _read_dwell(needs: Fields, node: Node, at: Location) -> Dwell:
    what = needs.owner.removesuffix("needs ") + "dwell "
    known = ("at_least", "unit", "since", "clear_days", "basis", "inner")
    fields = Fields(
        needs.reading, node, what, at, known=known, required=("at_least", "unit", "basis")
    )
    return Dwell(
        amount=fields.integer("at_least", 1, most=10_000),
        unit=read_span(fields),
        basis=fields.line("basis"),
        location=fields.place("at_least"),
        since=read_since(fields),
        clear_days=fields.flag("clear_days"),
        inner=fields.flag("inner"),
    )


def _read_counter(needs: Fields, node: Node, at: Location) -> Counter:
    what = needs.owner.removesuffix("needs ") + "counter "
    fields = Fields(
        needs.reading, node, what, at, known=("of", "at_most", "basis"), required=("of", "at_most")
    )
    of = fields.name("of", "transition") or ""
    return Counter(of, fields.integer("at_most", 1), fields.text("basis"), fields.place("of"))
