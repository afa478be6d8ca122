"""What acts about one letter have in common."""

from __future__ import annotations

from lifecycle.engine.acts.act import Act
from lifecycle.engine.case import Case
from lifecycle.engine.letters.letter_gates import RULES
from lifecycle.workflow.model import Transition, Workflow


class LetterAct(Act):
    """An act about a letter of a case, in whatever state the case is, also after its end.

    `letter` names the letter.
    """

    __slots__ = ()

    after_end = True
    letter: str

    @property
    def moves_clock(self) -> bool:
        """Tell that no gate reads it."""
        return False

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return f"{self.verb} {self.letter}"

    def ground(self, workflow: Workflow, transition: Transition | None) -> str:
        """Name the rules by which letters are refused."""
        return RULES
