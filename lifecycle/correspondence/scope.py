"""The names that a letter's template may use, and who a letter goes to, as things stood at its
entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial

from lifecycle.correspondence.citing import Citing
from lifecycle.correspondence.drafts import Drafted
from lifecycle.correspondence.letter_names import LetterNames, Reminded
from lifecycle.correspondence.linked_names import LinkedInLetter, LinkedReading, named
from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import Addressee, rule_of
from lifecycle.engine.clock.standing import OpenLimit, open_limits
from lifecycle.engine.gates.cosign import who_is
from lifecycle.engine.gates.gates import SPANS, VERDICTS
from lifecycle.engine.gates.seats import seats_of
from lifecycle.engine.letters.owed import due_of_answer
from lifecycle.engine.values import typed
from lifecycle.engine.world.moment import Moment
from lifecycle.engine.world.scope import workdays_after
from lifecycle.engine.world.workdays import Due
from lifecycle.ledger.library import Library
from lifecycle.people.directory import Directory
from lifecycle.workflow.model import Role, Workflow

CITE = "cite"
"""The function by which letters cite."""
REPLY_DUE = "\ue000"
"""Stands in a draft for the time by which an answer is due: that is known only at signing off."""


def letter_scope(library: Library, directory: Directory, drafted: Drafted) -> dict[str, object]:
    """Give the names that a template may use, as the case was at that entry."""
    workflow, case, intent = drafted.workflow, drafted.after, drafted.body["intent"]
    on, seq = intent["occurred_on"], drafted.body["office"]
    names = directory.titles(on, seq)
    moment = library.moment(on, drafted.body["calendar"], names)
    limits = _limits(drafted, moment)
    due = limits[0] if limits else None
    to = [a.name for a in addressees(directory, drafted, moment) if not a.copy]
    rule = rule_of(workflow, drafted.letter)
    act = drafted.origin or drafted
    told = drafted.told
    reading = LinkedReading(library, directory, drafted, names)
    words = LetterNames(
        to=to,
        cc=[a.name for a in addressees(directory, drafted, moment) if a.copy],
        issuer=names.get(intent["actor"]["unit"], intent["actor"]["unit"]),
        case_number=case.number,
        case_title=case.title,
        stage=workflow.states[act.before.state].title,
        next_stage=workflow.states[act.after.state].title,
        on=date.fromisoformat(act.body["intent"]["occurred_on"]),
        note=drafted.made.note or act.made.note or None,
        contact=directory.contact(intent["actor"], on, seq),
        division=directory.division_title(intent["actor"]["id"], on, seq),
        due_on=due.due.on if due else None,
        due_text=due_text(due.due, due.limit.amount, due.limit.unit) if due else None,
        materials=[workflow.materials[name].title for name in case.materials],
        opinions=_opinions(act, moment),
        last={name: date.fromisoformat(fired.on) for name, fired in told.fired.items()},
        count={
            name: told.fired[name].count if name in told.fired else 0 for name in workflow.titles
        },
        linked=LinkedInLetter(reading),
        limits=[_limit(item) for item in limits],
        reply_due_text=REPLY_DUE if rule and rule.reply else None,
        reminded=_reminded(drafted, moment),
    )
    return {
        **_facts(workflow, told, names, reading),
        **words.scope(),
        "workdays_after": workdays_after(moment.calendar),
        CITE: Citing(words.on, partial(library.bases, directory, seq)),
    }


def _limits(drafted: Drafted, moment: Moment) -> list[OpenLimit]:
    """List the limits of the state that a letter speaks of, the next one first.

    What redoes the letter of a transition speaks of the state to which that led: once the case has
    left it, its limits do not count any more, and those of where the case is now are not its own.
    """
    act = drafted.origin or drafted
    if act.transition is not None and drafted.after.state != act.after.state:
        return []
    limits = open_limits(drafted.workflow, drafted.after, moment.calendar)
    return sorted(limits, key=lambda item: item.due.on)


def due_text(due: Due, amount: int, unit: str) -> str:
    """Write a limit's day, or its length where the day is provisional and must not be printed as
    certain.
    """
    if due.provisional:
        return f"{amount}{SPANS[unit]}内" if amount else "当日"
    return f"{due.on.year}年{due.on.month}月{due.on.day}日前"


def _limit(item: OpenLimit) -> dict[str, str | bool]:
    limit = item.limit
    return {
        "title": limit.title,
        "due_text": due_text(item.due, limit.amount, limit.unit),
        "basis": limit.basis,
        "inner": limit.inner,
    }


def _reminded(drafted: Drafted, moment: Moment) -> Reminded | None:
    """Give what a reminder says of the letter that it is about."""
    about = drafted.after.letters.get(drafted.letter.about)
    if about is None:
        return None
    issued = date.fromisoformat(about.issued_on)
    calendar = moment.calendar
    dues = [
        due_of_answer(drafted.workflow, drafted.after, about, one, calendar)
        for one in about.addressed
        if one.unit in drafted.letter.units and drafted.letter.debt == "reply"
    ]
    late = max(((moment.on - due.on).days for due in dues if due is not None), default=0)
    return Reminded(
        letter_title=about.title,
        letter_number=about.number,
        letter_date=issued,
        overdue_days=max(0, late),
    )


def _facts(
    workflow: Workflow, case: Case, names: Mapping[str, str], reading: LinkedReading
) -> dict[str, object]:
    """Give the facts as letters see them: units by name, and the cases to which some lead."""
    facts: dict[str, object] = {}
    for name, value in case.facts.items():
        fact = workflow.facts[name]
        if fact.is_link:
            facts[name] = reading.case(str(value))
        else:
            facts[name] = named(fact, typed(fact, value), names)
    return facts


def _opinions(drafted: Drafted, moment: Moment) -> list[dict[str, str]]:
    """List the opinions that the transition was made on; those gone stale are not among them."""
    if drafted.transition is None:
        return []
    return [
        {
            "unit": who_is(drafted.workflow, moment, seat.role, seat.unit),
            "verdict": VERDICTS[seat.opinion.verdict]
            + ("（已处理）" if seat.opinion.resolved is not None else ""),
            "note": seat.opinion.note,
        }
        for seat in seats_of(drafted.workflow, drafted.before, drafted.transition)
        if seat.opinion and not seat.stale
    ]


def addressees(directory: Directory, drafted: Drafted, moment: Moment) -> list[Addressee]:
    """List who gets a letter, each once, main recipients first: units by role on that day, or
    outside parties.

    The issuer itself is left out, unless there is nobody else.
    """
    issuer = drafted.letter.unit
    chosen = [Addressee(moment.names.get(unit, unit), unit) for unit in drafted.letter.units]
    main = chosen or _resolved(directory, drafted, moment, drafted.to)
    main = [a for a in main if a.unit != issuer] or main
    taken = {a.name for a in main}
    copies = [
        a
        for a in _resolved(directory, drafted, moment, drafted.cc)
        if a.unit != issuer and a.name not in taken
    ]
    return [*main, *(Addressee(a.name, a.unit, copy=True) for a in copies)]


def _resolved(
    directory: Directory, drafted: Drafted, moment: Moment, named: tuple[str, ...]
) -> list[Addressee]:
    workflow, case, seq = drafted.workflow, drafted.told, drafted.body["office"]
    found: dict[str, Addressee] = {}
    for name in named:
        if name in workflow.parties:
            party = workflow.parties[name]
            text = str(case.facts.get(party.fact, party.title)) if party.fact else party.title
            own = next((code for code in directory.units if moment.names.get(code) == text), "")
            found.setdefault(
                text, Addressee(text, own)
            )  # a party may be a unit too, such as the owner's company
            continue
        role = workflow.roles[name]
        units = _units_holding(directory, role, case, moment, seq)
        for unit in units:
            title = moment.names.get(unit, unit)
            found.setdefault(title, Addressee(title, unit))
        if not units and not role.binding:
            found.setdefault(role.title, Addressee(role.title))
    return list(found.values())


def _units_holding(
    directory: Directory, role: Role, case: Case, moment: Moment, seq: int
) -> tuple[str, ...]:
    """Name the units that a letter to a role goes to; to a person or a post, through their unit."""
    if role.named is not None:
        unit = directory.seat_of(role, str(case.facts.get(role.named, "")))
        return (unit,) if unit else ()
    if role.bound:
        return case.bound_units(role.bound)
    return directory.units_with(role.name, moment.on.isoformat(), seq)
