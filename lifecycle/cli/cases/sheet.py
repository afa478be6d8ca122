"""The sheet that `show` prints: one case on one screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lifecycle.cli.refusal import gate_json, print_gates
from lifecycle.cli.terminal.output import columns, paint, say
from lifecycle.cli.terminal.table import write_block, write_table
from lifecycle.cli.terminal.text import cut, wrap
from lifecycle.engine.gates import SPANS
from lifecycle.engine.notice import STATES
from lifecycle.engine.owed import owed
from lifecycle.engine.values import show_value
from lifecycle.insight.chronicle import tell, who
from lifecycle.insight.document import case_document
from lifecycle.insight.sight import days_in_state, holder, opinion_status

if TYPE_CHECKING:
    from lifecycle.engine.case import Case, Moment, Officer
    from lifecycle.engine.standing import OpenLimit
    from lifecycle.insight.outlook import Outlook, Way
    from lifecycle.people.directory import Directory
    from lifecycle.workflow.model import Limit, Workflow

LIGHTS = {"green": "绿灯", "yellow": "黄灯", "red": "红灯"}
LONGEST = 40
"""Cells of a fact's value on the sheet; `show --full` gives it whole."""


def light_mark(light: str) -> str:
    """Give a light as officers see it."""
    return paint(f"● {LIGHTS[light]}", light)


def print_sheet(
    directory: Directory,
    workflow: Workflow,
    case: Case,
    outlook: Outlook,
    moment: Moment,
    last: Sequence[Mapping[str, Any]],
    *,
    officer: Officer | None,
    full: bool,
) -> None:
    """Print the whole sheet."""
    say(
        paint(f"{case.number}　{case.title}", "bold"),
        f"　　{workflow.title} 第 {workflow.version} 版",
    )
    _print_stage(directory, workflow, case, outlook, moment)
    _print_ways(directory, workflow, case, outlook, moment, officer=officer)
    _print_opinions(workflow, case, outlook, moment)
    _print_holdings(workflow, case, moment, full=full)
    _print_letters(workflow, case)
    say("最近记录")
    for body in reversed(last):
        intent = body["intent"]
        names = directory.names(intent["occurred_on"], body["office"])
        _flow(f"  {intent['occurred_on']}　", f"{who(body)}　{tell(workflow, body, names)}")


def _print_stage(
    directory: Directory, workflow: Workflow, case: Case, outlook: Outlook, moment: Moment
) -> None:
    state = workflow.states[case.state]
    light = outlook.standing.light(moment.on.isoformat())
    phase = f"（{state.phase}）" if state.phase else ""
    say(
        "环节　",
        paint(f"{state.title}{phase}", "bold"),
        "　",
        "已办结" if state.final else light_mark(light),
    )
    pairs = []
    if state.lead:
        pairs.append(("牵头", str(holder(workflow, case, directory, moment, state.lead))))
    since = f"{case.entered_on}，第 {days_in_state(case, moment) + 1} 天"
    if case.suspension:
        left = workflow.states[case.suspension.state].title
        since += f"　自 {case.suspension.on} 起中止，恢复后回到“{left}”"
    pairs.append(("进入", since))
    main = next((item for item in outlook.limits if item.limit is state.due), None)
    if main is not None:
        pairs.append(("期限", limit_text(main, moment)))
    others = [
        f"{item.limit.title}　{limit_text(item, moment)}"
        for item in outlook.limits
        if item is not main
    ]
    pairs += [("时限" if number == 0 else "", text) for number, text in enumerate(others)]
    write_block(pairs)


def limit_text(item: OpenLimit, moment: Moment) -> str:
    """Write an open limit: its day, whether past, its length, its basis, whether inner or
    provisional.
    """
    due = item.due.on
    late = (moment.on - due).days
    state = (
        f"，已逾期 {late} 日" if late > 0 else "，今天到期" if late == 0 else f"，还有 {-late} 日"
    )
    provisional = "（暂定：该年放假安排未公布）" if item.due.provisional else ""
    return f"{due}{provisional}{state}　{_basis(item.limit)}"


def _basis(limit: Limit) -> str:
    # A basis that says 内部 or [自] itself needs no second mark.
    inner = "〔内部〕" if limit.inner and "内部" not in limit.basis else ""
    return f"{limit.amount} {SPANS[limit.unit]}，{limit.basis}{inner}"


def _print_ways(
    directory: Directory,
    workflow: Workflow,
    case: Case,
    outlook: Outlook,
    moment: Moment,
    *,
    officer: Officer | None,
) -> None:
    """Print what can be done now and by whom, and for each forward transition what is missing."""
    forward = [way for way in outlook.ways if way.transition.kind in ("forward", "resume")]
    for way in forward:
        by = "、".join(
            str(holder(workflow, case, directory, moment, role)) for role in way.transition.by
        )
        mine = "，您可办" if officer and way.is_mine else ""
        title = f"{way.transition.title}（{way.transition.name}）　由 {by} 办理{mine}"
        if way.missing:
            say(paint("未齐", "yellow"), f"　{title}")
            print_gates(way.missing, indent="      ")
        else:
            say(paint("可办", "green"), f"　{title}")
            asks = "".join(f" --set {name}=…" for name in way.transition.asks)
            say(f"      lifecycle advance {case.number} {way.transition.name}{asks}")
    for lead, missing in (("另可　", False), ("须备　", True)):
        others = [
            way for way in outlook.ways if way not in forward and bool(way.missing) is missing
        ]
        if others:
            hint = f"　（缺什么：lifecycle why {case.number} …）" if missing else ""
            _flow(lead, "、".join(_other(workflow, way) for way in others) + hint)


def _other(workflow: Workflow, way: Way) -> str:
    by = "、".join(workflow.roles[role].title for role in way.transition.by)
    return f"{way.transition.title}（{way.transition.name}，{by}）"


def _print_opinions(workflow: Workflow, case: Case, outlook: Outlook, moment: Moment) -> None:
    if not outlook.seats:
        return
    say("会签")
    rows = []
    for transition, seat in outlook.seats:
        status, text = opinion_status(transition, seat, case, moment)
        colour = {"agree": "green", "object": "red", "overdue": "red", "stale": "yellow"}.get(
            status
        )
        unit = (
            moment.names.get(seat.unit, seat.unit) if seat.unit else workflow.roles[seat.role].title
        )
        opinion = seat.opinion
        told = (opinion.on, opinion.note) if opinion else ("", "")
        rows.append(("", transition.title, unit, paint(text, colour) if colour else text, *told))
    write_table(("", "流转", "单位", "意见", "日期", "说明"), rows)


def _print_letters(workflow: Workflow, case: Case) -> None:
    """Print how many letters stand where, and who still owes an answer."""
    if not case.notices:
        return
    counts = Counter(notice.state for notice in case.notices.values())
    owing = dict.fromkeys(
        a.name for notice in case.notices.values() for a in owed(workflow, case, notice)
    )
    yet = f"；待 {'、'.join(owing)} 复函" if owing else ""
    stand = "、".join(f"{STATES[state]} {counts[state]} 件" for state in STATES if counts[state])
    _flow("公文　", f"{stand}{yet}　lifecycle notice list {case.number}")


def _print_holdings(workflow: Workflow, case: Case, moment: Moment, *, full: bool) -> None:
    """Print materials and facts; on one screen they flow, in full each has its line."""
    locked = set(case.locked)
    files = [
        f"{workflow.materials[name].title}（{file.name}，"
        f"{file.on}{'，已锁定' if name in locked else ''}"
        f"）"
        for name, file in case.materials.items()
    ]
    known = [(name, fact) for name, fact in workflow.facts.items() if name in case.facts]
    facts = [(name, show_value(fact, case.facts[name], moment.names)) for name, fact in known]
    if full:
        say("材料")
        for file in files:
            say(f"  {file}")
        say("要素")
        write_block(
            [(workflow.facts[name].title, f"{text}　{name}") for name, text in facts], indent="  "
        )
        return
    if files:
        _flow("材料　", "、".join(files))
    lock = {True: "〔锁〕", False: ""}
    short = (
        f"{workflow.facts[name].title} {cut(text, LONGEST)}{lock[name in locked]}"
        for name, text in facts
    )
    _flow("要素　", "；".join(short))


def _flow(lead: str, text: str) -> None:
    """Print a paragraph with a hanging indent; into a file or pipe it is one line."""
    width = columns()
    if width is None:
        say(lead + text)
    else:
        say(wrap(text.replace("\n", " "), width, first=lead, rest="　　　"))


def sheet_json(
    directory: Directory,
    workflow: Workflow,
    case: Case,
    outlook: Outlook,
    moment: Moment,
    last: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Give the sheet for machines."""
    state = workflow.states[case.state]

    def held(role: str) -> dict[str, Any]:
        found = holder(workflow, case, directory, moment, role)
        return {"role": role, "title": found.title, "units": list(found.units)}

    return {
        "number": case.number,
        "id": case.id,
        "title": case.title,
        "workflow": {
            "name": workflow.name,
            "title": workflow.title,
            "version": workflow.version,
            "digest": workflow.digest,
        },
        "state": case.state,
        "stage": state.title,
        "phase": state.phase,
        "final": state.final,
        "light": outlook.standing.light(moment.on.isoformat()),
        "lead": held(state.lead) if state.lead else None,
        "opened_on": case.opened_on,
        "entered_on": case.entered_on,
        "last_on": case.last_on,
        "due_on": outlook.standing.due_on,
        "provisional": outlook.standing.provisional,
        "suspended": {"state": case.suspension.state, "on": case.suspension.on}
        if case.suspension
        else None,
        "seq": case.seq,
        "head": case.head,
        "limits": [_limit_json(item) for item in outlook.limits],
        "transitions": [_way_json(way, held) for way in outlook.ways],
        "opinions": list(_opinions_json(case, outlook, moment)),
        "materials": {
            name: {
                "title": workflow.materials[name].title,
                "file": f.name,
                "size": f.size,
                "sha256": f.sha256,
                "on": f.on,
            }
            for name, f in case.materials.items()
        },
        "facts": dict(case.facts),
        "locked": list(case.locked),
        "entries": list(last),
        "case": case_document(workflow, case),
    }


def _limit_json(item: OpenLimit) -> dict[str, Any]:
    limit = item.limit
    return {
        "title": limit.title,
        "since": item.since,
        "due_on": item.due.on.isoformat(),
        "provisional": item.due.provisional,
        "amount": limit.amount,
        "unit": limit.unit,
        "basis": limit.basis,
        "inner": limit.inner,
    }


def _way_json(way: Way, held: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": way.transition.name,
        "title": way.transition.title,
        "kind": way.transition.kind,
        "to": way.transition.to,
        "by": [held(role) for role in way.transition.by],
        "mine": way.is_mine,
        "ready": not way.missing,
        "gates": [gate_json(gate) for gate in way.gates],
    }


def _opinions_json(case: Case, outlook: Outlook, moment: Moment) -> Iterator[dict[str, Any]]:
    for transition, seat in outlook.seats:
        status, _text = opinion_status(transition, seat, case, moment)
        said = seat.opinion
        yield {
            "transition": transition.name,
            "role": seat.role,
            "unit": seat.unit or None,
            "status": status,
            "verdict": said.verdict if said else None,
            "note": said.note if said else None,
            "persons": list(said.persons) if said else [],
            "on": said.on if said else None,
            "resolved": said.resolved if said else None,
        }
