"""Recording the receipt of a letter by an addressee (签收)."""

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
    judge_out,
    judge_unit,
)
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class ReceiveLetter(LetterAct):
    """Record the receipt of a letter by an addressee."""

    letter: str
    addressee: str
    note: str = ""

    entry_type = "letter_received"
    verb = "签收"

    def judge(self, docket: Docket) -> Decision:
        """Judge that the addressee itself does it, once.

        For a party outside the directory the unit that wrote to it.
        """
        letter = find_letter(docket, self.letter)
        addressee = find_addressee(docket, letter, self.addressee) if letter else None
        if letter is None or addressee is None:
            return docket.refuse()
        judge_unit(docket, addressee.unit or letter.unit)
        judge_out(docket, letter)
        judge_day(docket, self.verb, ("签发", letter.issued_on), ("送达", addressee.sent_on))
        if addressee.received_on:
            text = f"{addressee.name} 已于 {addressee.received_on} 签收"
            docket.add(Gate("letter", False, {}, text))
        return docket.close(self)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the day of receipt noted, unless one was noted before."""
        marked = case.letters[self.letter].marked(self.addressee, received_on=entry.on)
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
        return f"{self.verb} {self.letter}　{self.addressee}{noted(self.note)}"
