"""The sheet that `show` prints: one case with all that it has (on one screen: screen.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lifecycle.cli.cases.as_of import amended_json, as_of_json, print_amended, print_as_of
from lifecycle.cli.terminal.output import paint, say
from lifecycle.cli.terminal.paragraph import flow
from lifecycle.cli.terminal.refusal import gate_json, print_gates
from lifecycle.cli.terminal.table import write_block, write_table
from lifecycle.cli.terminal.text import cut

if TYPE_CHECKING:
    from datetime import date

    from lifecycle.office.cases.cases import Gate
    from lifecycle.office.cases.show import (
        Holder,
        LetterCount,
        Sheet,
        ShownLimit,
        ShownLink,
        ShownMaterial,
        ShownOpinion,
        ShownWay,
    )
    from lifecycle.office.view import View

LIGHTS = {"green": "绿灯", "yellow": "黄灯", "red": "红灯"}
OPINION_COLOURS = {"agree": "green", "object": "red", "overdue": "red", "stale": "yellow"}
LONGEST = 40
"""Cells of a fact's value on the sheet; `show --full` gives it whole."""

MOST_LINKS = 5
"""As many cases of one workflow that name this one are told by name."""


def print_sheet(sheet: Sheet, view: View, *, asked: bool, full: bool) -> None:
    """Print the whole sheet; `asked`: an officer looks, who is told what is theirs to do; `full`:
    materials and facts line by line, no value cut.
    """
    _print_head(sheet, view)
    _print_ways(sheet, asked=asked, past=bool(view.as_of))
    print_corrections(sheet)
    _print_opinions(sheet.opinions)
    if full:
        _print_holdings_in_full(sheet)
    else:
        _print_holdings(sheet)
    print_links(sheet)
    print_amended(sheet.amended)
    print_letters(sheet)
    say(f"最近记录（{_known_by(sheet)}）")
    for entry in sheet.last:
        told_in_flow(f"  {entry.on}　", f"{entry.who}　{entry.sentence}")


def _print_head(sheet: Sheet, view: View) -> None:
    print_as_of(view)
    version = f"{sheet.workflow.title} 第 {sheet.workflow.version} 版"
    void = "（已撤销，编号作废）" if sheet.cancelled else ""
    title = paint(f"{sheet.number}　{sheet.title}{void}", "bold")
    flow("　　", version, sign=title, rest="　　　")
    _print_stage(sheet)


def _known_by(sheet: Sheet) -> str:
    """Say how it is known who made the last entries."""
    known = {entry.account != "" for entry in sheet.last}
    if known == {True}:
        return "经办人由机器账户核实"
    return "经办人部分由机器账户核实，其余自报" if True in known else "经办人自报身份"


def _print_stage(sheet: Sheet) -> None:
    print_light(sheet)
    if not sheet.cancelled:
        write_block([*since_pairs(sheet), *limit_pairs(sheet, limits_of(sheet))])


def print_light(sheet: Sheet) -> None:
    """Print the stage and its light; of a cancelled case that it is one."""
    phase = f"（{sheet.phase}）" if sheet.phase else ""
    ended = "编号作废" if sheet.cancelled else "已办结"
    light = ended if sheet.final else paint(f"● {LIGHTS[sheet.light]}", sheet.light)
    why = f"（{'、'.join(sheet.lit_by)}）" if sheet.lit_by else ""
    say("环节　", paint(f"{sheet.stage}{phase}", "bold"), "　", light, why)
    if sheet.declared:
        told_in_flow("接管　", sheet.declared)
    if sheet.cancelled:
        told = f"{sheet.last_on} 撤销。编号 {sheet.number} 不再使用，不能再办任何事；"
        told_in_flow("　　　", f"{told}清单、待办、各项统计都不列，记录仍可查看")


def since_pairs(sheet: Sheet) -> list[tuple[str, str]]:
    """Say who leads, and since when the case has been in its state."""
    led = [("牵头", str(sheet.lead))] if sheet.lead else []
    return [*led, ("进入", _since(sheet))]


def limits_of(sheet: Sheet) -> list[ShownLimit]:
    """List the open limits, the state's own first."""
    return sorted(sheet.limits, key=lambda limit: not limit.main)


def limit_pairs(sheet: Sheet, limits: Sequence[ShownLimit]) -> list[tuple[str, str]]:
    """Write open limits, each with its head."""
    pairs: list[tuple[str, str]] = []
    for limit in limits:
        head = "期限" if limit.main else "时限"
        is_first = head not in (name for name, _text in pairs)
        pairs.append((head if is_first else "", _limit_text(limit, sheet.on)))
    return pairs


def _since(sheet: Sheet) -> str:
    since = f"{sheet.entered_on}，第 {sheet.days + 1} 天"
    if sheet.suspended is None:
        return since
    return f"{since}　自 {sheet.suspended.on} 起中止，恢复后回到“{sheet.suspended.title}”"


def _limit_text(limit: ShownLimit, today: date) -> str:
    """Write an open limit: its day first, so that days stand below each other, whether past, its
    title unless it is the state's own, its length, its basis, whether inner or provisional.
    """
    late = (today - limit.due_on).days
    if late > 0:
        left = f"已逾期 {late} 日"
    elif late == 0:
        left = "今天到期"
    else:
        left = f"还有 {-late} 日"
    provisional = "（暂定：该年放假安排未公布）" if limit.provisional else ""
    # A basis that says 内部 or [自] itself needs no second mark.
    inner = "〔内部〕" if limit.inner and "内部" not in limit.basis else ""
    length = f"{limit.amount} {limit.span}" if limit.amount else "当日"
    basis = f"{length}，{limit.basis}{inner}"
    title = "" if limit.main else f"{limit.title}："
    ends = "；或 ".join(f"{text}　{command}" for text, command in limit.ends)
    ended = f"\n以此办结：{ends}" if ends else ""
    return f"{limit.due_on}{provisional}，{left}　{title}{basis}{ended}"


def _print_ways(sheet: Sheet, *, asked: bool, past: bool) -> None:
    """Print what can be done now and by whom, and for each forward transition what is missing;
    where a `past` day is looked at no command is given that would be typed now.
    """
    forward, alone, others = ways_of(sheet)
    for way in forward:
        print_way(way, asked=asked, past=past)
    for way in alone:
        print_due(way)
    open_ways = [other_way(way) for way in others if not way.missing]
    if open_ways:
        told_in_flow("另可　", "、".join(open_ways))
    lacking = [other_way(way) for way in others if way.missing]
    if lacking:
        told_in_flow("须备　", "、".join(lacking), f"（缺什么：lifecycle why {sheet.number} …）")


def ways_of(sheet: Sheet) -> tuple[list[ShownWay], list[ShownWay], list[ShownWay]]:
    """Part the ways out: those that lead on, those that only make themselves, the others."""
    alone = [way for way in sheet.ways if not way.by and not way.causes]
    made = [way for way in sheet.ways if way not in alone]
    forward = [way for way in made if way.kind in ("forward", "resume")]
    return forward, alone, [way for way in made if way not in forward]


def print_way(
    way: ShownWay, *, asked: bool, past: bool, gates: Sequence[Gate] | None = None
) -> None:
    """Print a way on: whose it is, and what it lacks (only these `gates`), or the command that
    makes it.
    """
    by = "、".join(map(str, way.by)) or "、".join(way.causes)
    also = f"，或 {_day_due(way)}自动办理" if way.due_on else ""
    mine = "，您可办" if asked and way.mine else ""
    if asked and way.barred:
        mine = f"；您须回避（{'；'.join(way.barred)}）"
    title = f"{way.title}（{way.name}）　{'由' if way.by else '随'} {by} 办理{also}{mine}"
    if way.missing:
        flow("　", title, sign=paint("未齐", "yellow"))
        print_gates(way.missing if gates is None else gates, indent="      ")
    else:
        flow("　", title, sign=paint("可办", "green"))
        if past or not way.by:
            return
        say(f"      {way.command}")


def print_due(way: ShownWay) -> None:
    """Print what makes itself: when, and what it lacks."""
    title = f"{way.title}（{way.name}）　{_day_due(way)}自动办理"
    lacking = [gate for gate in way.missing if gate.kind != "due"]
    flow("　", title, sign=paint("到期", "yellow" if lacking else "green"))
    if lacking:
        print_gates(lacking, indent="      ")


def _day_due(way: ShownWay) -> str:
    if way.due_on is None:
        return "起算日填报以后"
    return f"{way.due_on} {'（暂定）' if way.provisional else ''}到期"


def other_way(way: ShownWay) -> str:
    by = "、".join(holder.title for holder in way.by) or f"随 {'、'.join(way.causes)}"
    return f"{way.title}（{way.name}，{by}）"


def _print_opinions(opinions: Sequence[ShownOpinion]) -> None:
    if not opinions:
        return
    say("会签")
    idle = _idle(opinions)
    rows = [
        ("", one.title, one.holder, _opinion(one), one.on or "", one.note or "")
        for one in opinions
        if one.transition not in idle
    ]
    if rows:
        write_table(("", "流转", "单位", "意见", "日期", "说明"), rows)
    if idle:
        told = "；".join(f"{title}（{'、'.join(whose)}）" for title, whose in idle.values())
        flow("  ", f"尚未送会签：{told}", rest="　　　")


def _idle(opinions: Sequence[ShownOpinion]) -> dict[str, tuple[str, list[str]]]:
    """Give, by transition, the title and the units of those of which nobody was asked anything and
    on which nobody has spoken.
    """
    found: dict[str, tuple[str, list[str]]] = {}
    for one in opinions:
        found.setdefault(one.transition, (one.title, []))[1].append(one.holder)
    alive = {one.transition for one in opinions if one.status != "unasked"}
    return {name: told for name, told in found.items() if name not in alive}


def _opinion(opinion: ShownOpinion) -> str:
    colour = OPINION_COLOURS.get(opinion.status)
    return paint(opinion.text, colour) if colour else opinion.text


def print_corrections(sheet: Sheet) -> None:
    """Print the corrections that wait, and what they upset."""
    for one in sheet.corrections:
        told_in_flow("更正　", one.text, one.command)


def print_letters(sheet: Sheet) -> None:
    """Print how many letters stand where, which are out of time, and who still owes an answer."""
    if not sheet.letters:
        return
    owing = f"；待 {'、'.join(sheet.owing)} 复函" if sheet.owing else ""
    late = f"；未签发的里 {_counted(sheet.lapsed)}" if sheet.lapsed else ""
    gone = f"；已签发的里 {_counted(sheet.outlived)}" if sheet.outlived else ""
    stand = f"{_counted(sheet.letters)}{late}{gone}{owing}"
    told_in_flow("公文　", stand, f"lifecycle notice list {sheet.number}")


def _counted(letters: Sequence[LetterCount]) -> str:
    return "、".join(f"{one.state} {one.count} 件" for one in letters)


def print_links(sheet: Sheet) -> None:
    """Print the cases that this one names, and those that name it: the open ones first, of many the
    first few.
    """
    told = [f"{link.kind} {_link(link)}" for link in sheet.links]
    kinds: dict[str, list[ShownLink]] = {}
    for link in sheet.linked:
        kinds.setdefault(link.kind, []).append(link)
    for kind, links in kinds.items():
        links.sort(key=lambda link: link.final)
        more = f"等 {len(links)} 件" if len(links) > MOST_LINKS else ""
        told.append(f"{kind} {'、'.join(map(_link, links[:MOST_LINKS]))}{more}")
    if told:
        told_in_flow("关联　", "；".join(told))


def _link(link: ShownLink) -> str:
    return f"{link.number} {link.title}（{link.stage}）"


def _print_holdings(sheet: Sheet) -> None:
    """Print materials and facts so that they fit on one screen: they flow."""
    if sheet.materials:
        told_in_flow("材料　", "、".join(map(_material, sheet.materials)))
    told_in_flow("要素　", told_facts(sheet))
    _print_tables(sheet)


def told_facts(sheet: Sheet) -> str:
    return "；".join(
        f"{fact.title} {cut(fact.text, LONGEST)}{'〔锁〕' if fact.locked else ''}"
        for fact in sheet.facts
    )


def _print_holdings_in_full(sheet: Sheet) -> None:
    """Print materials and facts, each in its line."""
    say("材料")
    for material in sheet.materials:
        say(f"  {_material(material)}")
    say("要素")
    texts = ((one, f"{len(one.rows)} 行，见下" if one.rows else one.text) for one in sheet.facts)
    write_block([(one.title, f"{text}　{one.name}") for one, text in texts], indent="  ")
    _print_tables(sheet)


def _print_tables(sheet: Sheet) -> None:
    """Print the facts that are tables, each with its rows below each other."""
    for fact in sheet.facts:
        if fact.rows:
            say(f"{fact.title}（{len(fact.rows)} 行）")
            write_table(fact.heads, fact.rows)


def _material(material: ShownMaterial) -> str:
    locked = "，已锁定" if material.locked else ""
    return f"{material.title}（{material.file}，{material.on}{locked}）"


def told_in_flow(lead: str, text: str, command: str = "") -> None:
    """Print a paragraph of the sheet; all hang alike."""
    flow(lead, text, command=command, rest="　　　")


def sheet_json(sheet: Sheet, document: Mapping[str, object], view: View) -> dict[str, Any]:
    """Give the sheet for machines; `document` is all that the entries make of the case."""
    return {
        "number": sheet.number,
        "id": sheet.id,
        "title": sheet.title,
        "workflow": {
            "name": sheet.workflow.name,
            "title": sheet.workflow.title,
            "version": sheet.workflow.version,
            "digest": sheet.workflow.digest,
        },
        "state": sheet.state,
        "stage": sheet.stage,
        "phase": sheet.phase,
        "final": sheet.final,
        "light": sheet.light,
        "lead": _holder_json(sheet.lead) if sheet.lead else None,
        "opened_on": sheet.opened_on,
        "taken_in": sheet.declared or None,
        "entered_on": sheet.entered_on,
        "last_on": sheet.last_on,
        "due_on": sheet.due_on,
        "provisional": sheet.provisional,
        "suspended": _suspended_json(sheet),
        "seq": sheet.seq,
        "head": sheet.head,
        "limits": [_limit_json(limit) for limit in sheet.limits],
        "transitions": [_way_json(way) for way in sheet.ways],
        "opinions": [_opinion_json(opinion) for opinion in sheet.opinions],
        "materials": {material.name: _material_json(material) for material in sheet.materials},
        "facts": dict(sheet.values),
        "locked": list(sheet.locked),
        "links": [{"fact": link.name, **_link_json(link)} for link in sheet.links],
        "linked": [{"workflow": link.name, **_link_json(link)} for link in sheet.linked],
        "entries": list(sheet.bodies),
        "case": document,
        **as_of_json(view),
        **({"amended": amended_json(sheet.amended)} if view.asked else {}),
    }


def _link_json(link: ShownLink) -> dict[str, Any]:
    return {
        "number": link.number,
        "title": link.title,
        "state": link.state,
        "final": link.final,
    }


def _holder_json(holder: Holder) -> dict[str, Any]:
    return {"role": holder.role, "title": holder.title, "units": list(holder.units)}


def _suspended_json(sheet: Sheet) -> dict[str, Any] | None:
    found = sheet.suspended
    return {"state": found.state, "on": found.on} if found else None


def _limit_json(limit: ShownLimit) -> dict[str, Any]:
    return {
        "title": limit.title,
        "since": limit.since,
        "due_on": limit.due_on.isoformat(),
        "provisional": limit.provisional,
        "amount": limit.amount,
        "unit": limit.unit,
        "basis": limit.basis,
        "inner": limit.inner,
        "ends": [{"text": text, "command": command} for text, command in limit.ends],
    }


def _way_json(way: ShownWay) -> dict[str, Any]:
    return {
        "name": way.name,
        "title": way.title,
        "kind": way.kind,
        "to": way.to,
        "by": [_holder_json(holder) for holder in way.by],
        "causes": list(way.causes),
        "due_on": way.due_on,
        "mine": way.mine,
        "ready": not way.missing,
        "gates": [gate_json(gate) for gate in way.gates],
    }


def _opinion_json(opinion: ShownOpinion) -> dict[str, Any]:
    return {
        "transition": opinion.transition,
        "role": opinion.role,
        "unit": opinion.unit,
        "status": opinion.status,
        "verdict": opinion.verdict,
        "note": opinion.note,
        "persons": list(opinion.persons),
        "on": opinion.on,
        "resolved": opinion.resolved,
        "due_on": opinion.due_on,
    }


def _material_json(material: ShownMaterial) -> dict[str, Any]:
    return {
        "title": material.title,
        "file": material.file,
        "size": material.size,
        "sha256": material.sha256,
        "on": material.on,
    }
