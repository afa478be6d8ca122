"""Declaring a letter void (作废)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Intent, noted
from lifecycle.engine.acts.letters.letter_act import LetterAct
from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import DRAFT, ISSUED, REVIEWED, VOID
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.entry import Entry
from lifecycle.engine.letters.letter_gates import (
    find_letter,
    judge_day,
    judge_duty,
    judge_note,
    judge_stage,
    judge_unit,
)
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class VoidLetter(LetterAct):
    """Declare a letter void, with the reason; a number taken stays taken."""

    letter: str
    note: str

    entry_type = "letter_voided"
    verb = "作废"

    def judge(self, docket: Docket) -> Decision:
        """Judge that the issuing unit does it – a signer of it once the letter has a number – and
        says why.
        """
        letter = find_letter(docket, self.letter)
        if letter is None:
            return docket.refuse()
        role = ""
        if letter.number:
            role = judge_duty(docket, letter, "signer")
        else:
            judge_unit(docket, letter.unit)
        judge_stage(docket, letter, DRAFT, REVIEWED, ISSUED)
        judge_day(docket, self.verb, ("拟稿", letter.on), ("签发", letter.issued_on))
        judge_note(docket, self.note)
        return docket.close(self, role)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the letter void."""
        void = replace(case.letters[self.letter], state=VOID)
        return case.beside(entry, letters=case.letters.after(void))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return {"data": {"letter": self.letter, "note": self.note}, "files": [], "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        return cls(intent["data"]["letter"], intent["data"]["note"])

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        return f"{self.verb} {self.letter}{noted(self.note)}"
