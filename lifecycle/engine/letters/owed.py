"""Who has not answered a letter, and who still owes the answer."""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import Addressee, CaseLetter, rule_of
from lifecycle.engine.letters.letter_steps import outlived
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
