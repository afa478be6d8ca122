"""Taking back a sending that was recorded by mistake (撤销送达登记), before its receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Intent, noted
from lifecycle.engine.acts.letters.letter_act import LetterAct
from lifecycle.engine.case import Case
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.letters.letter_gates import (
    find_addressee,
    find_letter,
    judge_day,
    judge_note,
    judge_unit,
)
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class TakeBackSending(LetterAct):
    """Take back that a letter was handed over for an addressee, with the reason: it is to be sent
    again, if it is still in force.
    """

    letter: str
    addressee: str
    note: str

    entry_type = "sending_taken_back"
    verb = "撤销送达登记"

    def judge(self, docket: Docket) -> Decision:
        """Judge that a clerk or the issuing unit does it, that it was sent, that nobody has
        received it since, and that the reason is given.
        """
        letter = find_letter(docket, self.letter)
        if letter is None:
            return docket.refuse()
        role = "clerk" if "clerk" in docket.officer.held else ""
        if not role:
            judge_unit(docket, letter.unit)
        addressee = find_addressee(docket, letter, self.addressee)
        if addressee is not None:
            if not addressee.sent_on:
                docket.add(Gate("letter", False, {}, f"致 {addressee.name} 的没有登记送达"))
            if addressee.received_on:
                text = f"{addressee.name} 已于 {addressee.received_on} 签收，送达不能撤销"
                docket.add(Gate("relied", False, {}, text))
            judge_day(docket, self.verb, ("送达", addressee.sent_on))
        judge_note(docket, self.note)
        return docket.close(self, role)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the letter not sent."""
        marked = case.letters[self.letter].not_sent(self.addressee)
        return case.beside(entry, letters=case.letters.after(marked))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {"letter": self.letter, "addressee": self.addressee, "note": self.note}
        return {"data": data, "files": [], "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        return cls(**intent["data"])

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        return f"{self.verb} {self.letter} 致 {self.addressee}{noted(self.note)}"
