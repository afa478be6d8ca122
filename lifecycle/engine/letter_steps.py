"""Whether the step that a letter tells of still stands, and whether the case has gone on from where
it led: what was not issued by then is void, replaced, or issued belated with the reason; what was
issued before its step was undone is to be replaced or voided.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import UNISSUED, CaseLetter
from lifecycle.engine.editions import transition_of
from lifecycle.engine.steps import MadeStep
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import PREVIOUS, Workflow

LAPSES = {
    "undone": "所属流转已退回",
    "redrafted": "所属流转退回后重拟",
    "finished": "所属环节已办结",
    "outlived": "所属流转已退回，须替代或作废",
}
"""What officers call the ways in which a letter is out of time."""


@dataclass(frozen=True, slots=True)
class Lapse:
    """Why a letter is out of time. A draft: its step does not stand any more (`undone`, or
    `redrafted` since then), or the case left the state that the step led to on a day (`finished`,
    `on`). One that is issued: its step was undone since (`outlived`).
    """

    kind: Literal["undone", "redrafted", "finished", "outlived"]
    on: str = ""

    @property
    def title(self) -> str:
        """Give the kind in Chinese."""
        return LAPSES[self.kind]

    @property
    def text(self) -> str:
        """Say it to an officer, with the day."""
        return f"所属环节已于 {self.on} 办结" if self.on else self.title


def lapse_of(workflow: Workflow, case: Case, letter: CaseLetter, on: str) -> Lapse | None:
    """Tell why a letter that is not issued is out of time on a day; None where it is not, or tells
    of no step.

    On the day on which the case goes on, letters of the step may still go out. What was drafted
    anew after the return is not undone by it: it goes out late.
    """
    if letter.state not in UNISSUED or not letter.transition:
        return None
    if not _stands(case, letter):
        return Lapse("redrafted" if _is_anew(case, letter) else "undone")
    left_on = _left_on(workflow, case, letter)
    return Lapse("finished", left_on) if left_on and left_on < on else None


def outlived(case: Case, letter: CaseLetter) -> Lapse | None:
    """Tell whether a letter in force tells of a step that was undone since it was issued; one that
    was drafted anew after the return tells of what there was then.
    """
    if not letter.in_force or not letter.transition or _is_anew(case, letter):
        return None
    return None if _stands(case, letter) else Lapse("outlived")


def _stands(case: Case, letter: CaseLetter) -> bool:
    """Tell whether the step that a letter tells of stands."""
    return case.steps.at(letter.step) is not None


def _is_anew(case: Case, letter: CaseLetter) -> bool:
    """Tell whether a letter was drafted once more since the case last returned."""
    return bool(letter.first) and letter.seq > case.cleared


def _left_on(workflow: Workflow, case: Case, letter: CaseLetter) -> str:
    """Give the day on which the case left the state to which a letter's step led; "" while it is
    there, be it suspended.
    """
    later = case.steps.after(letter.step)
    transition = workflow.leaving[letter.source][letter.transition]
    there = transition.to or letter.source
    if there == PREVIOUS:
        there = later[0].source if later else case.state
    if there in (case.state, *(one.state for one in case.suspensions)):
        return ""
    return next((step.on for step in _moves(workflow, later)), "")


def _moves(workflow: Workflow, steps: list[MadeStep]) -> Iterator[MadeStep]:
    """List the steps that left the state they were made from; a suspension comes back."""
    for step in steps:
        if transition_of(workflow, step).kind not in ("record", "suspend"):
            yield step
