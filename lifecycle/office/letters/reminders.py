"""Receipts and answers that are overdue, and the letters that remind of them: each unit of each
letter once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import (
    UNISSUED,
    Addressee,
    CaseLetter,
    asked_about,
)
from lifecycle.engine.letters.letter_steps import outlived
from lifecycle.engine.letters.owed import due_of_answer, owed, spoken_since
from lifecycle.engine.world.moment import Moment
from lifecycle.engine.world.workdays import Due
from lifecycle.errors import InvalidError, LifecycleError
from lifecycle.frozen import dataclass
from lifecycle.office.letters.shelf import Shelf
from lifecycle.workflow.model import Workflow

if TYPE_CHECKING:
    from lifecycle.correspondence.rules.issuing_rules import Issuing
    from lifecycle.ledger.register import Outcome, Request
    from lifecycle.office.office import Office


@dataclass(frozen=True, slots=True)
class Debt:
    """What an addressee owes on a letter: `receipt` or `reply`, and by when (YYYY-MM-DD), "" while
    it was not handed over, or where nobody can be late with it any more.
    """

    kind: str
    addressee: Addressee
    due_on: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Late:
    """A letter on which units owe a `debt` (receipt, reply) since before `due_on` and were not
    reminded of it yet.
    """

    case: Case
    letter: CaseLetter
    debt: str
    units: tuple[str, ...]
    names: tuple[str, ...]
    due_on: str


@dataclass(frozen=True, slots=True)
class Reminder:
    """What came of a reminder that was due: the name of the letter drafted (None: a dry run), or
    why there is none.
    """

    late: Late
    drafted: str | None = None
    error: LifecycleError | None = None


def debts(
    workflow: Workflow, case: Case, letter: CaseLetter, *, moment: Moment, rules: Issuing | None
) -> Iterator[Debt]:
    """List what a letter's addressees owe: an answer where it asks for one, else the receipt. The
    time for the receipt runs from the day on which it was handed over; until then it has no day,
    nor has the answer, but for the opinion of a seat, which counts from when that was asked. Who
    has answered, be it by signing what the letter asks about, owes no receipt. Where the letter's
    step was undone since, the answer is not owed, and nobody is late with the receipt.
    """
    if not letter.in_force or not letter.forms:
        return
    gone = outlived(case, letter) is not None
    answers = {a.name for a in owed(workflow, case, letter)}
    asks = asked_about(workflow, letter)
    spoken = spoken_since(case, letter, asks) if asks else set()
    for addressee in letter.addressed:
        if not addressee.unit:
            continue
        if addressee.name in answers:
            due = due_of_answer(workflow, case, letter, addressee, moment.calendar)
            yield _debt("reply", addressee, due)
        has_it = addressee.has_it or addressee.unit in spoken
        if not has_it and rules is not None and rules.receipt is not None:
            since = addressee.handed_over
            due = moment.calendar.due(date.fromisoformat(since), rules.receipt) if since else None
            receipt = _debt("receipt", addressee, due)
            yield replace(receipt, due_on="", provisional=False) if gone else receipt


def _debt(kind: str, addressee: Addressee, due: Due | None) -> Debt:
    if due is None:
        return Debt(kind, addressee, "", False)
    return Debt(kind, addressee, due.on.isoformat(), due.provisional)


def overdue(
    office: Office, moment: Moment, unanswered: Iterable[tuple[Case, CaseLetter]], rules: Issuing
) -> Iterator[Late]:
    """List, of letters to which somebody owes something, those on which somebody is overdue on a
    day and was not reminded yet.
    """
    today = moment.on.isoformat()
    for case, letter in unanswered:
        if letter.about:  # nobody is reminded of a reminder
            continue
        workflow = office.workflow_of(case)
        asked = {
            (n.debt, unit)
            for n in case.letters.values()
            if n.about == letter.name and n.state in UNISSUED
            for unit in n.units
        }
        owing = list(debts(workflow, case, letter, moment=moment, rules=rules))
        for kind in ("reply", "receipt"):
            late = [
                debt
                for debt in owing
                if debt.kind == kind
                and debt.addressee.handed_over
                and "" < debt.due_on < today
                and kind not in debt.addressee.urged
                and (kind, debt.addressee.unit) not in asked
                # Who is reminded of the answer need not be told that the receipt is owed too.
                and not (
                    kind == "receipt"
                    and any(d.kind == "reply" and d.addressee is debt.addressee for d in owing)
                )
            ]
            if late:
                units = tuple(debt.addressee.unit for debt in late)
                names = tuple(debt.addressee.name for debt in late)
                yield Late(case, letter, kind, units, names, min(debt.due_on for debt in late))


def urge(office: Office, request: Request, case: str | None = None) -> Iterator[Reminder]:
    """Draft the reminders that are due of an officer's unit, or on one case only, one by one.

    One that cannot be drafted does not keep the others.
    """
    # Not at the top: who only lists what is overdue is spared the reading of rules and drafting.
    from lifecycle.correspondence.signing_off import rules_in_force

    only = office.case(case).id if case else None
    moment = office.moment(request.on)
    officer = office.acting(request, moment.on)
    rules = rules_in_force(office.library, office.directory)
    unanswered = (
        (found, letter)
        for found, letter in Shelf(office).unanswered(officer.unit)
        if only in (None, found.id) and office.viewer.sees(office.workflow_of(found), found)
    )
    # All are found first: each reminder changes what is overdue.
    for count, late in enumerate(list(overdue(office, moment, unanswered, rules)), 1):
        own_id = f"{request.request_id}:{count}" if request.request_id else None
        try:
            outcome = _remind(office, replace(request, request_id=own_id), late)
        except LifecycleError as error:
            yield Reminder(late, error=error)
            continue
        drafted = None if request.dry_run else list(outcome.case.letters)[-1]
        yield Reminder(late, drafted)


def _remind(office: Office, request: Request, late: Late) -> Outcome:
    """Draft the reminder that the issuing rules name, to the units that are overdue."""
    from lifecycle.correspondence.signing_off import rules_in_force
    from lifecycle.engine.acts import DraftLetter
    from lifecycle.office.letters.letters import draft_letter

    template = rules_in_force(office.library, office.directory).urge
    if not template:
        raise InvalidError(
            "发文规则没有写催办用的模板",
            "在 notices/issuing.yaml 写 urge: {template: reply-reminder}",
        )
    act = DraftLetter(template, about=late.letter.name, units=late.units, debt=late.debt)
    return draft_letter(office, request, late.case, act)
