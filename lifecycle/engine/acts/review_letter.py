"""Finding a draft in order (核稿)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from lifecycle.engine.acts.act import Intent
from lifecycle.engine.acts.letter_act import LetterAct
from lifecycle.engine.case import Case
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.entry import Entry
from lifecycle.engine.letter_gates import (
    find_letter,
    judge_duty,
    judge_hands,
    judge_stage,
    moved_to,
)
from lifecycle.engine.notice import CHECKED, DRAFT
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class ReviewLetter(LetterAct):
    """Find a draft in order.

    `letter` is the SHA-256 of what was read, `writer` tells how it was written.
    """

    notice: str
    letter: str
    writer: int

    entry_type = "notice_checked"
    verb = "核稿"

    def judge(self, docket: Docket) -> Decision:
        """Judge that a reviewer of the issuing unit does it who did not draft it.

        A letter may be reviewed once more, where its wording has changed with the software.
        """
        notice = find_letter(docket, self.notice)
        if notice is None:
            return docket.refuse()
        role = judge_duty(docket, notice, "checker")
        judge_hands(docket, notice, self.verb)
        judge_stage(docket, notice, DRAFT, CHECKED)
        return docket.close(self, role)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the letter reviewed; whoever once reviewed it does not sign it off."""
        notice = case.notices[self.notice]
        reviewers = tuple(dict.fromkeys((*notice.checked_by, *entry.persons)))
        found = replace(notice, state=CHECKED, checked_by=reviewers, digest=self.letter)
        return case.after(entry, notices=moved_to(case.notices, found))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {"notice": self.notice, "letter": self.letter, "writer": self.writer}
        return {"data": data, "files": [], "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = intent["data"]
        return cls(data["notice"], data["letter"], data["writer"])

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        return f"{self.verb} {self.notice}"
