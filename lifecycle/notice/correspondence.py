"""Which letters an entry sends, and what they say: a function of the log alone, so they never change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lifecycle.engine.case import Case, Moment
from lifecycle.engine.cosign import asked, who_is
from lifecycle.engine.evolution import evolve
from lifecycle.engine.gates import SPANS, VERDICTS
from lifecycle.engine.standing import OpenLimit, open_limits
from lifecycle.engine.values import typed
from lifecycle.errors import UnavailableError
from lifecycle.ledger.library import Library
from lifecycle.ledger.record import stored
from lifecycle.notice.letter import Letter, compose
from lifecycle.notice.template import read_template
from lifecycle.people.directory import Directory
from lifecycle.workflow.model import NoticeRule, Transition, Workflow


@dataclass(frozen=True, slots=True)
class Sending:
    """One letter that one entry sends, with all that it is made of. `name` is `seq-template` within its case."""

    name: str
    workflow: Workflow
    before: Case
    after: Case
    body: Mapping[str, Any]
    transition: Transition
    rule: NoticeRule


def sendings(library: Library, case_id: str) -> Iterator[Sending]:
    """List the letters that a case's entries send, in their order."""
    case: Case | None = None
    for _idx, _seq, digest, raw in library.store.entries(case_id):
        body = stored(raw)
        workflow = library.workflow(body["intent"]["workflow"])
        after = evolve(workflow, case, body, digest)
        if case is not None and body["intent"]["type"] == "transition_made":
            transition = workflow.leaving[case.state][body["intent"]["transition"]]
            for rule, name in zip(transition.notices, _names(after.seq, transition), strict=True):
                yield Sending(name, workflow, case, after, body, transition, rule)
        case = after


def _names(seq: int, transition: Transition) -> list[str]:
    """Name the letters of an entry; the second of one template ends in -2, and so on."""
    names: list[str] = []
    for rule in transition.notices:
        name = f"{seq}-{rule.template}"
        times = sum(known == name or known.startswith(f"{name}-") for known in names)
        names.append(f"{name}-{times + 1}" if times else name)
    return names


def write_letter(library: Library, directory: Directory, sending: Sending) -> Letter:
    """Write a letter with the template, the units' names and the calendar that were in force at its entry."""
    seq = sending.body["office"]
    digest = directory.document("template", sending.rule.template, seq)
    if digest is None:
        raise UnavailableError(
            f"公文模板 {sending.rule.template} 当时尚未发布", "请管理员先发布：lifecycle notice publish"
        )
    template = read_template(
        sending.rule.template, library.store.definition(digest), f"template:{sending.rule.template}"
    )
    on = date.fromisoformat(sending.body["intent"]["occurred_on"])
    return compose(template, letter_scope(library, directory, sending), on=on)


def letter_scope(library: Library, directory: Directory, sending: Sending) -> dict[str, object]:
    """Give the names that a template may use, as the case was at that entry."""
    workflow, case, intent = sending.workflow, sending.after, sending.body["intent"]
    on, seq = intent["occurred_on"], sending.body["office"]
    names = directory.names(on, seq)
    moment = library.moment(on, sending.body["calendar"], names)
    due = min(open_limits(workflow, case, moment.calendar), key=lambda item: item.due.on, default=None)
    unit = intent["actor"]["unit"]
    issuer = names.get(unit, unit)
    addressed = recipients(directory, sending, moment, sending.rule.to)
    to = [name for name in addressed if name != issuer] or addressed
    return {
        **_facts(workflow, case, names),
        "to": to,
        "cc": [name for name in recipients(directory, sending, moment, sending.rule.cc) if name not in (issuer, *to)],
        "issuer": issuer,
        "contact": directory.people[intent["actor"]["id"]].title,
        "case_number": case.number,
        "case_title": case.title,
        "stage": workflow.states[sending.before.state].title,
        "next_stage": workflow.states[case.state].title,
        "on": moment.on,
        "note": intent["data"]["note"] or None,
        "due_on": due.due.on if due else None,
        "due_text": _due_text(due) if due else None,
        "materials": [workflow.materials[name].title for name in case.materials],
        "opinions": _opinions(sending, moment),
        "last": {name: date.fromisoformat(fired.on) for name, fired in case.fired.items()},
        "count": {name: case.fired[name].count if name in case.fired else 0 for name in workflow.titles},
    }


def _due_text(item: OpenLimit) -> str:
    """Write a limit's day, or its length where the day is provisional and must not be printed as certain."""
    day = item.due.on
    if item.due.provisional:
        return f"{item.limit.amount}{SPANS[item.limit.unit]}内"
    return f"{day.year}年{day.month}月{day.day}日前"


def _facts(workflow: Workflow, case: Case, names: Mapping[str, str]) -> dict[str, object]:
    """Give the facts as letters see them: units by name."""
    facts: dict[str, object] = {}
    for name, value in case.facts.items():
        fact = workflow.facts[name]
        if "unit" not in (fact.type, fact.of):
            facts[name] = typed(fact, value)
        elif isinstance(value, list):
            facts[name] = [names.get(code, code) for code in value]
        else:
            facts[name] = names.get(str(value), str(value))
    return facts


def _opinions(sending: Sending, moment: Moment) -> list[dict[str, str]]:
    """List the opinions that the transition was made on; those gone stale are not among them."""
    return [
        {
            "unit": who_is(sending.workflow, moment, seat.role, seat.unit),
            "verdict": VERDICTS[seat.opinion.verdict] + ("（已处理）" if seat.opinion.resolved is not None else ""),
            "note": seat.opinion.note,
        }
        for seat in asked(sending.workflow, sending.before, sending.transition)
        if seat.opinion and not seat.stale
    ]


def recipients(directory: Directory, sending: Sending, moment: Moment, named: tuple[str, ...]) -> list[str]:
    """Name those to whom a letter goes: units by role on that day, or parties outside the directory."""
    workflow, case, seq = sending.workflow, sending.after, sending.body["office"]
    found: list[str] = []
    for name in named:
        if name in workflow.parties:
            party = workflow.parties[name]
            found.append(str(case.facts.get(party.fact, party.title)) if party.fact else party.title)
            continue
        role = workflow.roles[name]
        units = case.bound_units(role.bound) if role.bound else directory.units_with(name, moment.on.isoformat(), seq)
        found += [moment.names.get(unit, unit) for unit in units] or ([] if role.bound else [role.title])
    return list(dict.fromkeys(found))
