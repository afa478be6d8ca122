"""The transitions of a workflow file: where each leads from and to, who makes it, and the gates it
needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, cast

from lifecycle.errors import Location
from lifecycle.expression.expression import Expression
from lifecycle.workflow.language import OneWord, Patterned
from lifecycle.workflow.model import (
    CLOCK,
    OPENING,
    PREVIOUS,
    Cosign,
    Counter,
    Dwell,
    Effect,
    Every,
    Guard,
    Kind,
    NoticeRule,
    PeriodKind,
    Quorum,
    Reply,
    SameEdition,
    Setting,
    State,
    Transition,
)
from lifecycle.workflow.reading.form_fields import CAUSE, FormFields
from lifecycle.workflow.reading.sections import limit_of, read_limit, read_since, read_span
from lifecycle.workflow.yaml.tree import Mapping as Mapped
from lifecycle.workflow.yaml.tree import Node, Scalar


def read_transitions(top: FormFields, states: Mapping[str, State]) -> tuple[Transition, ...]:
    """Read `transitions:`; `all`, a phase and `all_but` are written out as the states they stand
    for.
    """
    return tuple(_read_transition(top, node, at, states) for node, at in top.placed("transitions"))


def read_opening(top: FormFields, initial: str) -> Transition | None:
    """Read `opening:` as a transition that leaves no state and leads to the first."""
    fields = top.inside("opening")
    if fields is None:
        return None
    needs = fields.inside("needs")
    by, causes = _read_makers(fields)
    return Transition(
        name=OPENING,
        title="立项",
        kind="forward",
        sources=(),
        to=initial,
        by=by,
        causes=causes,
        location=fields.at,
        asks=fields.many("asks"),
        guards=_read_guards(needs) if needs else (),
        sets=_read_settings(fields, "sets"),
    )


def read_every(top: FormFields) -> tuple[Every, ...]:
    """Read `every:`, what is opened once in every period."""
    fields = top.inside("every")
    if fields is None:
        return ()
    kinds: tuple[PeriodKind, ...] = ("month", "quarter", "year")
    found = ((kind, fields.inside(kind)) for kind in kinds)
    return tuple(_read_periodic(kind, inner) for kind, inner in found if inner is not None)


def _read_periodic(kind: PeriodKind, fields: FormFields) -> Every:
    return Every(
        period=kind,
        after=read_limit(fields),
        opens=_read_foreign(fields, "opens"),
        facts=_read_settings(fields, "facts"),
        location=fields.at,
    )


def _read_makers(fields: FormFields) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read who makes a transition: the roles, and the transitions of other workflows of which it
    may be an effect, or the clock.
    """
    names = fields.many("by")
    caused = tuple(name for name in names if name == CLOCK or CAUSE.fullmatch(name))
    return tuple(name for name in names if name not in caused), caused


def _read_settings(fields: FormFields, key: str) -> tuple[Setting, ...]:
    return tuple(
        Setting(name, Expression(scalar.value), fields.reading.at(scalar))
        for name, scalar in fields.computed(key)
    )


def _read_effect(fields: FormFields) -> Effect:
    if fields.has("on") == fields.has("open"):
        mend = "带动已有的事项写 on 和 transition，新立的写 open"
        fields.fault("either-or", fields.at, f"{fields.owner}要写 on 或 open，只写其一", mend)
    for key, goes_with in (("transition", "on"), ("each", "open")):
        if fields.has(key) and not fields.has(goes_with):
            message = f"{fields.owner}的 {key} 只与 {goes_with} 一起写"
            fields.fault("misplaced-key", fields.place(key), message, f"补上 {goes_with}，或删去")
    if fields.has("on") and not fields.has("transition"):
        mend = "补上 transition: 在那一件上办理的流转"
        fields.fault("missing-key", fields.at, f"{fields.owner}缺少 transition", mend)
    return Effect(
        location=fields.at,
        on=fields.one("on") or "",
        transition=_read_foreign(fields, "transition"),
        opens=_read_foreign(fields, "open"),
        each=fields.one("each") or "",
        facts=_read_settings(fields, "facts"),
    )


def _read_foreign(fields: FormFields, key: str) -> str:
    """Read the name of a workflow, or of something in one."""
    if not fields.has(key):
        return ""
    name = fields.matched(key)
    if name is None:
        message = f"{fields.owner}的 {key} “{fields.written(key)}” 不是标识"
        mend = f"写{fields.way(key, Patterned).looks}"
        fields.fault("wrong-name", fields.place(key), message, mend)
    return name or ""


def _read_guards(needs: FormFields) -> tuple[Guard, ...]:
    return tuple(map(_read_guard, needs.each("guards", f"{needs.owner}条件")))


def _read_transition(
    top: FormFields, node: Node, at: Location, states: Mapping[str, State]
) -> Transition:
    named = node.pairs.get("name") if isinstance(node, Mapped) else None
    name = named[1].value if named and isinstance(named[1], Scalar) else ""
    if named:
        at = top.reading.at(
            named[1] if isinstance(named[1], Scalar) and not named[1].empty else named[0]
        )
    what = f"流转 {name} " if name else "流转"
    fields = FormFields(top.reading, node, what, at, "transition")
    scalar = fields.scalar("name")
    if scalar:
        fields.ident(scalar, "流转")
    kind = cast(Kind, fields.word("kind"))
    fields.word("reason")
    stands, until = _read_stands(fields)
    by, causes = _read_makers(fields)
    transition = Transition(
        name=name,
        title=fields.line("title", name),
        kind=kind,
        sources=_read_sources(fields, states),
        to=_read_target(fields, kind),
        by=by,
        causes=causes,
        location=at,
        asks=fields.many("asks"),
        may=fields.many("may"),
        renews=fields.many("renews"),
        prolongs=fields.flag("prolongs"),
        urges=fields.flag("urges"),
        not_by=fields.many("not_by"),
        reason=fields.has("reason") or kind == "reopen",
        locks=fields.many("locks"),
        unlocks=fields.many("unlocks"),
        stands=stands,
        until=until,
        notices=_read_notices(fields),
        sets=_read_settings(fields, "sets"),
        after=limit_of(fields.inside("after"), fields.line("title", name)),
        does=tuple(map(_read_effect, fields.each("does", f"{what}的带动"))),
        note=fields.text("note"),
        basis=fields.text("basis"),
    )
    needs = fields.inside("needs")
    return _with_needs(transition, needs) if needs else transition


def _read_sources(fields: FormFields, states: Mapping[str, State]) -> tuple[str, ...]:
    open_states = tuple(name for name, state in states.items() if not state.final)
    node = fields.node("from")
    if not isinstance(node, Mapped):
        if isinstance(node, Scalar) and node.value in fields.way("from", OneWord).names:
            return open_states
        return fields.many("from", f"{fields.owner}出自")
    inner = FormFields(
        fields.reading, node, f"{fields.owner}的 from ", fields.place("from"), "source"
    )
    if len(node.pairs) != 1:
        inner.fault(
            "either-or",
            inner.at,
            f"{fields.owner}的 from 要写 phase 或 all_but，只写其一",
            "例如 from: {all_but: [siting]}",
        )
    left = _read_phases(inner, states) if inner.has("phase") else open_states
    but = inner.many("all_but", f"{fields.owner}的 all_but 写了")
    found = tuple(name for name in left if name not in but)
    if not found and (inner.items("phase") or inner.items("all_but")):
        inner.fault(
            "no-source",
            inner.at,
            f"{fields.owner}的 from 没有剩下任何环节",
            "终结环节不算在内：改写 phase 或 all_but",
        )
    return found


def _read_phases(inner: FormFields, states: Mapping[str, State]) -> tuple[str, ...]:
    """Give the open states of the phases named.

    A misspelt phase stands for the one it is nearest to.
    """
    phases = dict.fromkeys(state.phase for state in states.values() if state.phase)
    wanted: set[str | None] = set()
    for scalar in inner.texts("phase"):
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


def _read_target(fields: FormFields, kind: Kind) -> str | None:
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
        return fields.one("to", f"{fields.owner}去往")
    if kind != "resume":
        mend = "写明去往的环节；只有恢复（kind: resume）可以写 previous"
        fields.fault(
            "misplaced-previous", scalar, f"{fields.owner}不是恢复，不能去往 previous", mend
        )
    return PREVIOUS


def _read_stands(fields: FormFields) -> tuple[bool, tuple[str, ...]]:
    """Read whether a step stands through every return, or until which transitions it does."""
    if not isinstance(fields.node("stands"), Mapped):
        return fields.flag("stands"), ()
    inner = fields.inside("stands")
    return False, inner.many("until") if inner else ()


def _read_notices(fields: FormFields) -> tuple[NoticeRule, ...]:
    what = f"{fields.owner}的公文"
    return tuple(_read_notice(inner, what) for inner in fields.each("notices", what))


def _read_notice(fields: FormFields, what: str) -> NoticeRule:
    template = fields.line("template")
    said = f"{what} {template} 的 "
    to = fields.many("to", f"{said}to 写了")
    cc = fields.many("cc", f"{said}cc 写了")
    return NoticeRule(template, to, cc, fields.place("template"), _read_reply(fields, said))


def _read_reply(letter: FormFields, said: str) -> Reply | None:
    fields = letter.inside("reply", f"{said}reply ")
    if fields is None:
        return None
    return Reply(read_limit(fields, "复函"), fields.one("cosign", f"{said}reply 写了"))


def _with_needs(transition: Transition, needs: FormFields) -> Transition:
    facts, materials = needs.many("facts"), needs.many("materials")
    what = needs.owner.removesuffix("needs ")
    return replace(
        transition,
        facts=facts,
        materials=materials,
        fresh=needs.many("fresh"),
        read_by=tuple(map(_read_same, needs.each("read_by", f"{what}read_by "))),
        cosigns=_read_cosigns(needs, what, (*facts, *materials)),
        order=needs.many("order", f"{what}order 写了"),
        guards=tuple(map(_read_guard, needs.each("guards", f"{what}条件"))),
        dwells=tuple(map(_read_dwell, needs.each("dwell", f"{what}dwell "))),
        counters=tuple(map(_read_counter, needs.each("counter", f"{what}counter "))),
    )


def _read_cosigns(needs: FormFields, what: str, covers: tuple[str, ...]) -> tuple[Cosign, ...]:
    owner = f"{what}cosign "
    return tuple(_read_cosign(fields, covers) for fields in needs.each("cosign", owner))


def _read_cosign(fields: FormFields, covers: tuple[str, ...]) -> Cosign:
    name = fields.scalar("name")
    return Cosign(
        roles=fields.many("roles"),
        location=fields.at,
        quorum=_read_quorum(fields),
        within=limit_of(fields.inside("within"), "会签"),
        covers=fields.many("covers") if fields.has("covers") else covers,
        basis=fields.text("basis"),
        less=fields.has("covers"),
        signers_may_make=fields.word("signers") == "may_make",
        by_role=fields.word("seats") == "by_role",
        asked=fields.one("asked", f"{fields.owner}的 asked 写了") or "",
        objection=cast(Literal["blocks", "counts"], fields.word("objection")),
        must=fields.many("must"),
        name=fields.ident(name, "会签") if name else "",
    )


def _read_quorum(fields: FormFields) -> Quorum:
    if not isinstance(fields.node("quorum"), Mapped):
        return Quorum(cast(Literal["all", "any", "majority"], fields.word("quorum")))
    inner = fields.inside("quorum")
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
        return Quorum("at_least", inner.count("at_least"))
    number, _, of = (inner.matched("share") or "").partition("/")
    if number and int(number) <= int(of):
        return Quorum("share", int(number), int(of))
    if inner.node("share") is not None:
        message = f"{fields.owner}的 share “{inner.written('share')}” 不是份额"
        mend = f"写成{inner.way('share', Patterned).looks}"
        inner.fault("wrong-number", inner.place("share"), message, mend)
    return Quorum()


def _read_guard(fields: FormFields) -> Guard:
    return Guard(
        Expression(fields.text("when")),
        fields.text("else"),
        fields.place("when"),
        fields.text("basis"),
    )


def _read_dwell(fields: FormFields) -> Dwell:
    return Dwell(
        amount=fields.count("at_least"),
        unit=read_span(fields),
        basis=fields.line("basis"),
        location=fields.place("at_least"),
        since=read_since(fields),
        clear_days=fields.flag("clear_days"),
        inner=fields.flag("inner"),
        stops=fields.flag("stops"),
    )


def _read_same(fields: FormFields) -> SameEdition:
    return SameEdition(fields.many("items"), fields.one("step") or "", fields.place("step"))


def _read_counter(fields: FormFields) -> Counter:
    return Counter(
        fields.one("of") or "",
        fields.count("at_most"),
        fields.text("basis"),
        fields.place("of"),
        fields.flag("inner"),
    )
