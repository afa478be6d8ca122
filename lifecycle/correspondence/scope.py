"""The names that a letter's template may use, and who a letter goes to, as things stood at its
entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from lifecycle.engine.case import Case, Moment
from lifecycle.engine.cosign import seats_of, who_is
from lifecycle.engine.gates import SPANS, VERDICTS
from lifecycle.engine.notice import Addressee, rule_of
from lifecycle.engine.scope import workdays_after
from lifecycle.engine.standing import OpenLimit, open_limits
from lifecycle.engine.values import typed
from lifecycle.engine.workdays import Due
from lifecycle.ledger.library import Library
from lifecycle.people.directory import Directory
from lifecycle.workflow.model import Workflow

if TYPE_CHECKING:
    from lifecycle.correspondence.drafts import Sending

REPLY_DUE = "\ue000"
"""Stands in a draft for the day by which an answer is due: it counts from signing off, so it is
known only then.
"""


def letter_scope(library: Library, directory: Directory, sending: Sending) -> dict[str, object]:
    """Give the names that a template may use, as the case was at that entry."""
    workflow, case, intent = sending.workflow, sending.after, sending.body["intent"]
    on, seq = intent["occurred_on"], sending.body["office"]
    names = directory.names(on, seq)
    moment = library.moment(on, sending.body["calendar"], names)
    limits = sorted(open_limits(workflow, case, moment.calendar), key=lambda item: item.due.on)
    due = limits[0] if limits else None
    to = [a.name for a in addressees(directory, sending, moment) if not a.copy]
    rule = rule_of(workflow, sending.notice)
    act = sending.origin or sending
    return {
        **_facts(workflow, case, names),
        "to": to,
        "cc": [a.name for a in addressees(directory, sending, moment) if a.copy],
        "issuer": names.get(intent["actor"]["unit"], intent["actor"]["unit"]),
        "contact": directory.people[intent["actor"]["id"]].title,
        "case_number": case.number,
        "case_title": case.title,
        "stage": workflow.states[act.before.state].title,
        "next_stage": workflow.states[act.after.state].title,
        "on": date.fromisoformat(act.body["intent"]["occurred_on"]),
        "note": intent["data"]["note"] or act.body["intent"]["data"]["note"] or None,
        "due_on": due.due.on if due else None,
        "due_text": due_text(due.due, due.limit.amount, due.limit.unit) if due else None,
        "limits": [_limit(item) for item in limits],
        "reply_due_text": REPLY_DUE if rule and rule.reply else None,
        "materials": [workflow.materials[name].title for name in case.materials],
        "opinions": _opinions(act, moment),
        "last": {name: date.fromisoformat(fired.on) for name, fired in case.fired.items()},
        "count": {
            name: case.fired[name].count if name in case.fired else 0 for name in workflow.titles
        },
        **_reminded(sending, moment),
        "workdays_after": workdays_after(moment.calendar),
    }


def due_text(due: Due, amount: int, unit: str) -> str:
    """Write a limit's day, or its length where the day is provisional and must not be printed as
    certain.
    """
    if due.provisional:
        return f"{amount}{SPANS[unit]}内"
    return f"{due.on.year}年{due.on.month}月{due.on.day}日前"


def _limit(item: OpenLimit) -> dict[str, object]:
    limit = item.limit
    return {
        "title": limit.title,
        "due_text": due_text(item.due, limit.amount, limit.unit),
        "basis": limit.basis,
        "inner": limit.inner,
    }


def _reminded(sending: Sending, moment: Moment) -> dict[str, object]:
    """Give what a reminder says of the letter that it is about."""
    about = sending.after.notices.get(sending.notice.about)
    if about is None:
        return {}
    rule = rule_of(sending.workflow, about)
    issued = date.fromisoformat(about.issued_on)
    replying = sending.notice.debt == "reply" and rule is not None and rule.reply is not None
    late = (
        (moment.on - moment.calendar.due(issued, rule.reply.limit).on).days
        if replying and rule and rule.reply
        else 0
    )
    return {
        "letter_title": about.title,
        "letter_number": about.number,
        "letter_date": issued,
        "overdue_days": max(0, late),
    }


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
    if sending.transition is None:
        return []
    return [
        {
            "unit": who_is(sending.workflow, moment, seat.role, seat.unit),
            "verdict": VERDICTS[seat.opinion.verdict]
            + ("（已处理）" if seat.opinion.resolved is not None else ""),
            "note": seat.opinion.note,
        }
        for seat in seats_of(sending.workflow, sending.before, sending.transition)
        if seat.opinion and not seat.stale
    ]


def addressees(directory: Directory, sending: Sending, moment: Moment) -> list[Addressee]:
    """List who gets a letter, each once, main recipients first: units by role on that day, or
    outside parties.

    The issuer itself is left out, unless there is nobody else.
    """
    issuer = sending.notice.unit
    reminded = _reminded_units(sending)
    named = [Addressee(moment.names.get(unit, unit), unit) for unit in reminded]
    main = named or _resolved(directory, sending, moment, sending.to)
    main = [a for a in main if a.unit != issuer] or main
    taken = {a.name for a in main}
    copies = [
        a
        for a in _resolved(directory, sending, moment, sending.cc)
        if a.unit != issuer and a.name not in taken
    ]
    return [*main, *(Addressee(a.name, a.unit, copy=True) for a in copies)]


def _reminded_units(sending: Sending) -> list[str]:
    return list(sending.notice.units)


def _resolved(
    directory: Directory, sending: Sending, moment: Moment, named: tuple[str, ...]
) -> list[Addressee]:
    workflow, case, seq = sending.workflow, sending.after, sending.body["office"]
    found: dict[str, Addressee] = {}
    for name in named:
        if name in workflow.parties:
            party = workflow.parties[name]
            text = str(case.facts.get(party.fact, party.title)) if party.fact else party.title
            own = next((unit for unit, title in moment.names.items() if title == text), "")
            found.setdefault(
                text, Addressee(text, own)
            )  # a party may be a unit too, such as the owner's company
            continue
        role = workflow.roles[name]
        units = (
            case.bound_units(role.bound)
            if role.bound
            else directory.units_with(name, moment.on.isoformat(), seq)
        )
        for unit in units:
            title = moment.names.get(unit, unit)
            found.setdefault(title, Addressee(title, unit))
        if not units and not role.bound:
            found.setdefault(role.title, Addressee(role.title))
    return list(found.values())
