"""Fixing the bytes of every form of an issued letter (固定版式)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Intent
from lifecycle.engine.acts.letters.letter_act import LetterAct
from lifecycle.engine.case import Case, File
from lifecycle.engine.case_letter import ISSUED
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.letters.letter_gates import find_letter, judge_day, judge_stage, judge_unit
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Workflow

FORMS = ("text", "html", "pdf", "docx", "markdown")
"""The forms that are frozen with a letter, in their order."""


@dataclass(frozen=True, slots=True)
class FreezeLetter(LetterAct):
    """Fix the bytes of every form of an issued letter: `forms` names them in the order
    of `files`.
    """

    letter: str
    forms: tuple[str, ...]
    files: tuple[File, ...]
    made_with: Mapping[str, str]

    entry_type = "letter_frozen"
    verb = "固定版式"

    def judge(self, docket: Docket) -> Decision:
        """Judge that the issuing unit does it, once, and that no form is left out."""
        letter = find_letter(docket, self.letter)
        if letter is None:
            return docket.refuse()
        judge_unit(docket, letter.unit)
        judge_stage(docket, letter, ISSUED)
        judge_day(docket, self.verb, ("签发", letter.issued_on))
        if letter.forms:
            docket.add(Gate("letter", False, {}, "版式文件已固定，不能更换"))
        if self.forms != FORMS or len(self.files) != len(FORMS):
            docket.add(Gate("letter", False, {}, "公文的版式文件不齐", f"须有 {'、'.join(FORMS)}"))
        return docket.close(self)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the letter's forms fixed."""
        forms = {form: file.sha256 for form, file in zip(self.forms, self.files, strict=True)}
        frozen = replace(case.letters[self.letter], forms=forms)
        return case.beside(entry, letters=case.letters.after(frozen))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {
            "letter": self.letter,
            "forms": list(self.forms),
            "made_with": dict(self.made_with),
        }
        return {"data": data, "files": [file.to_dict() for file in self.files], "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = intent["data"]
        files = tuple(File.from_dict(file) for file in intent["files"])
        return cls(data["letter"], tuple(data["forms"]), files, data["made_with"])

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        return f"{self.verb} {self.letter}"
