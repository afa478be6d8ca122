"""Who has not answered a letter, who still owes the answer, and by when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lifecycle.engine.case import AskingLetter, Case, opinion_key
from lifecycle.engine.case_letter import UNISSUED, Addressee, CaseLetter, rule_of
from lifecycle.engine.gates.asking import due_of_seat, transition_asked_by
from lifecycle.engine.gates.seats import Seat, seats_of
from lifecycle.engine.letters.letter_steps import outlived
from lifecycle.engine.world.clocks import due_after_receipt
from lifecycle.engine.world.workdays import Calendar, Due
from lifecycle.workflow.model import Workflow


def spoken_since(case: Case, letter: CaseLetter, asks: str | None) -> set[str]:
    """Name the units that gave an opinion, on what a letter asks about, since it was issued."""
    return {
        opinion.by_unit
        for opinion in case.opinions.values()
        if opinion.transition == asks and opinion.seq > letter.issued_seq
    }


def owed(workflow: Workflow, case: Case, letter: CaseLetter) -> Iterator[Addressee]:
    """List who still owes an answer: who has not answered a letter whose step stands. Once a return
    undid the step, nobody asks for the answer any more; one that comes all the same is recorded.
    """
    if outlived(case, letter) is None:
        yield from unanswered(workflow, case, letter)


def unanswered(workflow: Workflow, case: Case, letter: CaseLetter) -> Iterator[Addressee]:
    """List who has not answered: main recipients within the directory of a letter in force that
    asks for an answer, whether or not its step was undone since.

    An opinion on the transition that the letter asks about, signed since it was issued, is an
    answer too; and none is owed once that transition cannot be made from here, or the case has
    ended.
    """
    rule = rule_of(workflow, letter)
    if rule is None or rule.reply is None or not letter.in_force or case.has_ended(workflow):
        return
    asks = rule.reply.cosign
    if asks is not None and asks not in workflow.leaving[case.state]:
        return
    spoken = spoken_since(case, letter, asks)
    for addressee in letter.addressed:
        if (
            addressee.unit
            and not addressee.copy
            and not addressee.replied_on
            and addressee.unit not in spoken
        ):
            yield addressee


def sent_before(workflow: Workflow, case: Case, letter: CaseLetter) -> Iterator[CaseLetter]:
    """List what the same transition drafted at the same place when it was made before, and what is
    not done with, its step standing: what is not signed off, and what somebody owes an answer on.
    A draft says the same once more, unless each time was about something else.
    """
    if not letter.transition or letter.state not in UNISSUED:
        return
    for other in case.letters.values():
        if (
            (other.source, other.transition, other.index)
            == (letter.source, letter.transition, letter.index)
            and other.step < letter.step
            and other.name != letter.replaces
            and case.steps.at(other.step) is not None
            and (other.state in UNISSUED or any(owed(workflow, case, other)))
        ):
            yield other


def due_of_answer(
    workflow: Workflow, case: Case, letter: CaseLetter, addressee: Addressee, calendar: Calendar
) -> Due | None:
    """Give the day by which an addressee owes its answer to a letter: where it is asked for an
    opinion that it still owes, that of its seat; else the day that the paper names, or so long
    after the receipt as the letter leaves time. None while it has no day.
    """
    rule = rule_of(workflow, letter)
    if rule is None or rule.reply is None:
        return None
    transition = transition_asked_by(workflow, case, letter)
    seats = _seats_of_addressee(workflow, case, letter, addressee)
    if transition is not None and seats:
        dues = [due_of_seat(workflow, case, transition, seat, calendar) for seat in seats]
        return min(filter(None, dues), key=lambda due: due.on, default=None)
    if not addressee.handed_over:
        return None
    if letter.answer_on:
        return Due(date.fromisoformat(letter.answer_on))
    return due_after_receipt(case, addressee, rule.reply.limit, calendar)


def _seats_of_addressee(
    workflow: Workflow, case: Case, letter: CaseLetter, addressee: Addressee
) -> list[Seat]:
    """List the seats whose opinion a letter asked of an addressee and that is still owed."""
    transition = transition_asked_by(workflow, case, letter)
    if transition is None:
        return []
    mine = AskingLetter(letter.name, addressee.unit)
    return [
        seat
        for seat in seats_of(workflow, case, transition)
        if seat.is_open
        and mine in case.asking.get(opinion_key(transition.name, seat.role, seat.unit), ())
    ]
