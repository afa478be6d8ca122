"""Whether the step that a letter tells of still stands, and whether the case has gone on from where
it led: what was not issued by then is void, replaced, or issued belated with the reason; what was
issued before its step was undone, or before something that it may print was corrected, is to be
replaced or voided.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import UNISSUED, VOID, CaseLetter, rule_of
from lifecycle.engine.editions import transition_of
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import PREVIOUS, Transition, Workflow

LAPSES = {
    "undone": "所属流转已退回",
    "redrafted": "所属流转退回后重拟",
    "finished": "所属环节已办结",
    "outlived": "所属流转已退回，须替代或作废",
}
"""What officers call the ways in which a letter is out of time."""
STAYING = ("record", "suspend")
"""The kinds of transitions after which the case is where it was, or comes back there."""


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
    anew after the return is not undone by it: it goes out late, but for the day of the return.
    """
    if letter.state not in UNISSUED or not letter.transition:
        return None
    if not _stands(case, letter):
        if not _is_anew(case, letter):
            return Lapse("undone")
        returned = case.steps.at(case.cleared)
        return None if returned is not None and on <= returned.on else Lapse("redrafted")
    left_on = _left_on(workflow, case, letter)
    return Lapse("finished", left_on) if left_on and left_on < on else None


def lapse_as_recorded(
    workflow: Workflow, case: Case, letter: CaseLetter, on: str, text: str
) -> Lapse | None:
    """Tell why a letter is out of time on a day, as an entry records it (`text`, "" for none yet).

    Earlier versions took the first return or resumption for the end of the stage, and what was
    drafted anew on the very day of the return for late: where that is what was recorded, it stands.
    """
    lapse = lapse_of(workflow, case, letter, on)
    redrafted = Lapse("redrafted")
    if text == redrafted.text and not _stands(case, letter) and _is_anew(case, letter):
        return redrafted
    if not (text and letter.transition) or (lapse is not None and lapse.kind != "finished"):
        return lapse
    later = case.steps.after(letter.step)
    moves = (step.on for step in later if transition_of(workflow, step).kind not in STAYING)
    former = Lapse("finished", next(moves, ""))
    is_out = _state_led_to(workflow, case, letter) not in _places(case)
    return former if is_out and former.text == text and former.on < on else lapse


def outlived(case: Case, letter: CaseLetter) -> Lapse | None:
    """Tell whether a letter in force tells of a step that was undone since it was issued; one that
    was drafted anew after the return tells of what there was then.
    """
    if not letter.in_force or not letter.transition or _is_anew(case, letter):
        return None
    return None if _stands(case, letter) else Lapse("outlived")


def corrected_since(case: Case, letter: CaseLetter) -> tuple[str, ...]:
    """Name the facts and materials that were corrected since a letter in force was drafted: it may
    print them as they were. Which of them it does print only its template says.
    """
    if not letter.in_force:
        return ()
    amended = case.editions.items()
    return tuple(sorted(name for name, edition in amended if edition.amended > letter.seq))


def to_replace(case: Case) -> Iterator[CaseLetter]:
    """List the letters in force that may have to be replaced or voided, but for those that are
    being replaced already. A case's letters are looked at only where something was undone in it or
    corrected.
    """
    if not case.cleared and not any(edition.amended for edition in case.editions.values()):
        return
    letters = list(case.letters.values())
    replaced = {letter.replaces for letter in letters if letter.state != VOID}
    for letter in letters:
        gone = outlived(case, letter) is not None or corrected_since(case, letter)
        if gone and letter.name not in replaced:
            yield letter


def is_finished(workflow: Workflow, case: Case, letter: CaseLetter, on: str) -> bool:
    """Tell whether the case left, before a day, the state to which a letter's step led, and the
    step stands: then the letter has done its service.
    """
    if not letter.transition or not _stands(case, letter):
        return False
    left_on = _left_on(workflow, case, letter)
    return "" < left_on < on


def of_undone_steps(
    workflow: Workflow, case: Case, transition: Transition
) -> Iterator[tuple[int, CaseLetter]]:
    """List, before a transition is made, the letters of what a return undid of it, by the place of
    each among its notices: those that it drafts now take their place. Of those in force each place
    has one at most, the last that is not being replaced already.
    """
    if not case.cleared or not transition.notices:
        return  # a case's letters are looked at only where something was undone in it
    letters = list(case.letters.values())
    taken = {one.replaces for one in letters if one.state != VOID}
    in_force: dict[int, CaseLetter] = {}
    for letter in letters:
        if _stands(case, letter) or not _is_sent_by(workflow, case, letter, transition):
            continue
        if letter.state in UNISSUED:
            yield letter.index, letter
        elif letter.in_force and letter.name not in taken:
            in_force[letter.index] = letter
    yield from in_force.items()


def _is_sent_by(workflow: Workflow, case: Case, letter: CaseLetter, transition: Transition) -> bool:
    """Tell whether a letter is one that a transition out of the case's state sends, too."""
    if letter.transition != transition.name or workflow.present(letter.source) != case.state:
        return False
    rule, place = rule_of(workflow, letter), transition.notices[letter.index : letter.index + 1]
    return rule is not None and [rule.template] == [one.template for one in place]


def may_change_what_is_replaced(before: Case, after: Case) -> bool:
    """Tell whether `to_replace` may list other letters after an entry than before: something was
    undone or corrected, or a letter came into force, went out of it, or takes another's place.
    """
    if after.cleared != before.cleared or after.steps.undone:
        return True
    if _amendments(after) != _amendments(before):
        return True
    return any(
        _weight(before.letters.get(name)) != _weight(letter)
        for name, letter in after.letters.changed.items()
    )


def _amendments(case: Case) -> dict[str, int]:
    """Map what was corrected to the entry that last did so."""
    return {name: one.amended for name, one in case.editions.items() if one.amended}


def _weight(letter: CaseLetter | None) -> tuple[bool, str]:
    """Say what of a letter decides on what is to be replaced: whether it is in force, and what it
    takes the place of.
    """
    if letter is None or letter.state == VOID:
        return False, ""
    return letter.in_force, letter.replaces


def _stands(case: Case, letter: CaseLetter) -> bool:
    """Tell whether the step that a letter tells of stands."""
    return case.steps.at(letter.step) is not None


def _is_anew(case: Case, letter: CaseLetter) -> bool:
    """Tell whether a letter was drafted once more since the case last returned."""
    return bool(letter.first) and letter.seq > case.cleared


def _left_on(workflow: Workflow, case: Case, letter: CaseLetter) -> str:
    """Give the day on which the case left the state to which a letter's step led; "" while it is
    there, be it suspended.

    That of the first step that led on from there; where none stands, of the first return. What is
    suspended there and ends without coming back leaves it, too.
    """
    there = _state_led_to(workflow, case, letter)
    if there in _places(case):
        return ""
    held: tuple[str, ...] = ()
    returns = []
    for step in case.steps.after(letter.step):
        kind = transition_of(workflow, step).kind
        source = workflow.present(step.source)
        if kind == "suspend":
            held = (*held, source)
        elif kind == "resume" and source != there:
            held = held[:-1]
        elif kind == "return":
            returns.append(step)
            held = ()
        elif kind != "record":
            if there in (source, *held):
                return step.on
            held = ()
    from_there = [step.on for step in returns if workflow.present(step.source) == there]
    return next(iter((*from_there, *(step.on for step in returns))), "")


def _state_led_to(workflow: Workflow, case: Case, letter: CaseLetter) -> str:
    """Name the state to which a letter's step led."""
    transition = workflow.leaving[letter.source][letter.transition]
    there = transition.to or workflow.present(letter.source)
    if there != PREVIOUS:
        return there
    later = case.steps.after(letter.step)
    return workflow.present(later[0].source) if later else case.state


def _places(case: Case) -> tuple[str, ...]:
    """Name the states that a case is in: its own, and those in which it is suspended."""
    return (case.state, *(one.state for one in case.suspensions))
