"""Taking back a receipt that was recorded by mistake (撤销签收), before it was answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Intent, noted
from lifecycle.engine.acts.letters.letter_act import LetterAct
from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import Addressee, CaseLetter, asked_about
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
from lifecycle.engine.letters.owed import spoken_since
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class TakeBackReceipt(LetterAct):
    """Take back the receipt of a letter by an addressee, with the reason."""

    letter: str
    addressee: str
    note: str

    entry_type = "receipt_taken_back"
    verb = "撤销签收"

    def judge(self, docket: Docket) -> Decision:
        """Judge that the unit does it which recorded the receipt, that there is one, that neither
        an answer nor an opinion rests on it, and that the reason is given.
        """
        letter = find_letter(docket, self.letter)
        addressee = find_addressee(docket, letter, self.addressee) if letter else None
        if letter is None or addressee is None:
            return docket.refuse()
        judge_unit(docket, addressee.unit or letter.unit)
        if not addressee.received_on:
            docket.add(Gate("letter", False, {}, f"{addressee.name} 没有签收"))
        if addressee.replied_on:
            text = f"{addressee.name} 已于 {addressee.replied_on} 复函，签收不能撤销"
            docket.add(Gate("relied", False, {}, text))
        elif _has_spoken(docket, letter, addressee):
            text = f"{addressee.name} 已就所征求的事项会签，签收不能撤销"
            docket.add(Gate("relied", False, {}, text, "先撤回意见：lifecycle withdraw"))
        judge_day(docket, self.verb, ("签收", addressee.received_on))
        judge_note(docket, self.note)
        return docket.close(self)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the letter not received."""
        marked = case.letters[self.letter].not_received(self.addressee)
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


def _has_spoken(docket: Docket, letter: CaseLetter, addressee: Addressee) -> bool:
    """Tell whether the addressee gave its opinion on what the letter asks, since it was issued."""
    asks = asked_about(docket.workflow, letter)
    return addressee.unit in spoken_since(docket.case, letter, asks)
