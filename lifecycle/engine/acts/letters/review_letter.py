"""Finding a draft in order (核稿)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Intent
from lifecycle.engine.acts.letters.letter_act import LetterAct
from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import DRAFT, REVIEWED
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.entry import Entry
from lifecycle.engine.letters.letter_gates import (
    find_letter,
    judge_day,
    judge_duty,
    judge_hands,
    judge_stage,
)
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class ReviewLetter(LetterAct):
    """Find a draft in order.

    `digest` is the SHA-256 of what was read, `writer` tells how it was written.
    """

    letter: str
    digest: str
    writer: int

    entry_type = "letter_reviewed"
    verb = "核稿"

    def judge(self, docket: Docket) -> Decision:
        """Judge that a reviewer of the issuing unit does it who did not draft it.

        A letter may be reviewed once more, where its wording has changed with the software.
        """
        letter = find_letter(docket, self.letter)
        if letter is None:
            return docket.refuse()
        role = judge_duty(docket, letter, "reviewer")
        judge_hands(docket, letter, self.verb)
        judge_stage(docket, letter, DRAFT, REVIEWED)
        judge_day(docket, self.verb, ("拟稿", letter.on))
        return docket.close(self, role)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the letter reviewed; whoever once reviewed it does not sign it off."""
        letter = case.letters[self.letter]
        reviewers = tuple(dict.fromkeys((*letter.reviewed_by, *entry.persons)))
        found = replace(letter, state=REVIEWED, reviewed_by=reviewers, digest=self.digest)
        return case.beside(entry, letters=case.letters.after(found))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {"letter": self.letter, "digest": self.digest, "writer": self.writer}
        return {"data": data, "files": [], "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = intent["data"]
        return cls(data["letter"], data["digest"], data["writer"])

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        return f"{self.verb} {self.letter}"
