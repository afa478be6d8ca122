"""Recording that a letter was handed over for an addressee (送达)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Intent
from lifecycle.engine.acts.letters.letter_act import LetterAct
from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import ISSUED, SUPERSEDED, VOID
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.letters.letter_gates import (
    find_addressee,
    find_letter,
    judge_day,
    judge_frozen,
    judge_stage,
    judge_unit,
)
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import Workflow

WAYS = {"mail": "邮件", "folder": "交换文件夹", "webhook": "接口"}
"""What officers call the channels by which letters go."""


@dataclass(frozen=True, slots=True)
class SendLetter(LetterAct):
    """Record that a letter was handed over for an addressee: by which channel, where to, under
    which id.
    """

    letter: str
    addressee: str
    channel: str
    address: str
    sending: str
    answer: str = ""

    entry_type = "letter_sent"
    verb = "登记送达"

    def judge(self, docket: Docket) -> Decision:
        """Judge that a clerk or the issuing unit does it, once for each addressee.

        A letter voided while it was on its way was sent all the same: the record says what
        happened.
        """
        letter = find_letter(docket, self.letter)
        if letter is None:
            return docket.refuse()
        role = "clerk" if "clerk" in docket.officer.held else ""
        if not role:
            judge_unit(docket, letter.unit)
        judge_stage(docket, letter, ISSUED, SUPERSEDED, VOID)
        judge_frozen(docket, letter)
        judge_day(docket, "送达", ("签发", letter.issued_on))
        addressee = find_addressee(docket, letter, self.addressee)
        if addressee is not None and addressee.sent_on:
            text = f"{addressee.name} 已于 {addressee.sent_on} 送达，不重复登记"
            docket.add(Gate("letter", False, {}, text))
        return docket.close(self, role)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the day of sending noted, unless one was noted before."""
        marked = case.letters[self.letter].marked(self.addressee, sent_on=entry.on)
        return case.beside(entry, letters=case.letters.after(marked))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {
            "letter": self.letter,
            "addressee": self.addressee,
            "channel": self.channel,
            "address": self.address,
            "sending": self.sending,
            "answer": self.answer,
        }
        return {"data": data, "files": [], "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        return cls(**intent["data"])

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        way = WAYS.get(self.channel, self.channel)
        return f"送出 {self.letter} 致 {self.addressee}（{way} {self.address}）"
