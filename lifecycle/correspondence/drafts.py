"""Which letters a case's entries draft: a function of the log alone, so they never change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lifecycle.engine.acts import Advance, DraftLetter, read_act
from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import CaseLetter, rule_of
from lifecycle.errors import UnknownError
from lifecycle.frozen import dataclass
from lifecycle.ledger.library import Library
from lifecycle.ledger.reading.chain import CaseStep, follow
from lifecycle.workflow.model import Transition, Workflow

_DRAFTING = (Advance.entry_type, DraftLetter.entry_type)
"""The entries that may draft letters."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """One letter as an entry drafts it, with all that it is made of.

    `made` is what the entry records; `transition` is None for an officer's own.
    """

    letter: CaseLetter
    workflow: Workflow
    before: Case
    after: Case
    body: Mapping[str, Any]
    made: Advance | DraftLetter
    transition: Transition | None
    origin: Drafted | None = None
    """The letter that this one redoes, as it was first drafted: what it tells of the act is told
    from there.
    """

    @property
    def name(self) -> str:
        """Give its name, `seq-template`."""
        return self.letter.name

    @property
    def to(self) -> tuple[str, ...]:
        """Name the roles and parties that it goes to."""
        if self.letter.to:
            return self.letter.to
        rule = rule_of(self.workflow, self.letter)
        return rule.to if rule else ()

    @property
    def told(self) -> Case:
        """Give the case that the letter tells of: as it was after its entry.

        A letter of a return tells of what the return undid, so it has that too.
        """
        act = self.origin or self
        if act.transition is None or not act.transition.undoes:
            return self.after
        assert isinstance(act.made, Advance)
        undone = {**act.before.facts, **act.made.facts}
        facts = {**self.after.facts, **undone} if act is self else {**undone, **self.after.facts}
        return replace(self.after, facts=facts, fired={**act.before.fired, **self.after.fired})

    @property
    def cc(self) -> tuple[str, ...]:
        """Name the roles and parties that get a copy."""
        if self.letter.to:
            return self.letter.cc
        rule = rule_of(self.workflow, self.letter)
        return rule.cc if rule else ()


def drafted_letters(library: Library, case_id: str) -> Iterator[Drafted]:
    """List the letters that a case's entries draft, in their order."""
    earlier: dict[str, Drafted] = {}
    for step in follow(library, library.store.entries(case_id)):
        for drafted in drafted_by(library, step, earlier):
            earlier[drafted.name] = drafted
            yield drafted


def drafted_by(
    library: Library, step: CaseStep, earlier: Mapping[str, Drafted]
) -> Iterator[Drafted]:
    """List the letters that one entry drafts.

    `earlier` are those of the case before it, by name.
    """
    before, after, body = step.before, step.after, step.body
    if before is None or after is None or body["intent"]["type"] not in _DRAFTING:
        return
    fresh = [letter for name, letter in after.letters.items() if name not in before.letters]
    made = read_act(body["intent"]) if fresh else None
    if not isinstance(made, Advance | DraftLetter):
        return
    workflow = library.workflow(after.workflow)
    transition, redone = None, None
    if isinstance(made, Advance):
        transition = workflow.leaving[before.state][made.transition]
    else:
        redone = earlier.get(made.replaces)
    origin = redone.origin or redone if redone else None
    for letter in fresh:
        yield Drafted(letter, workflow, before, after, body, made, transition, origin)


def find_drafted(library: Library, case: Case, name: str) -> Drafted:
    """Find a letter of a case; raises UnknownError."""
    if name in case.letters:
        for drafted in drafted_letters(library, case.id):
            if drafted.name == name:
                return drafted
    raise UnknownError("公文", name, case.letters)
