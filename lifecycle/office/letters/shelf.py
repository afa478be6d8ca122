"""Where the letters lie that ask something of somebody: as they now are, or as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from lifecycle.engine.case_letter import ISSUED
from lifecycle.ledger.reading.as_of import case_as_of
from lifecycle.ledger.rows.letter_rows import (
    drafts_of,
    kept_letter,
    unanswered_of,
    unfrozen_of,
    waiting_for,
)
from lifecycle.ledger.rows.task_rows import letters_to_replace

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.engine.case_letter import CaseLetter
    from lifecycle.ledger.reading.as_of import LetterThen, Moved, Past
    from lifecycle.office.office import Office
    from lifecycle.office.view import View

Named = tuple[str, str]
"""A letter by its case's id and its name."""
Lying = tuple["Case", "CaseLetter"]
ALL = 10**9


class Shelf:
    """The letters as they now are."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def drafts(self, unit: str, state: str, most: int) -> Iterator[Lying]:
        """Give a unit's letters in a state of drafting, the oldest first, so many at most."""
        return self._read(drafts_of(self._office.store, unit, state, most=most))

    def unfrozen(self, unit: str) -> Iterator[Lying]:
        """Give a unit's letters that were signed off and whose forms are not frozen yet."""
        return self._read(unfrozen_of(self._office.store, unit))

    def to_replace(self, unit: str) -> Iterator[Lying]:
        """Give a unit's issued letters that may have to be replaced."""
        return self._read(letters_to_replace(self._office.store, unit))

    def waiting(self, unit: str) -> Iterator[Lying]:
        """Give the letters that a unit has not received or not answered."""
        return self._read(waiting_for(self._office.store, unit))

    def unanswered(self, unit: str | None) -> Iterator[Lying]:
        """Give the letters in force, of one unit or all, that somebody has not received or not
        answered.
        """
        return self._read(unanswered_of(self._office.store, unit))

    def _read(self, named: Iterable[Named]) -> Iterator[Lying]:
        for case_id, name in named:
            case = self._office.register.case(case_id)
            yield case, kept_letter(case, name)


class PastShelf(Shelf):
    """The letters as they were: those of cases that have moved since are told by `moved`."""

    def __init__(self, view: View, moved: Moved) -> None:
        super().__init__(view.office)
        self._view = view
        self._moved = moved
        self._folded: dict[str, Past | None] = {}

    def drafts(self, unit: str, state: str, most: int) -> Iterator[Lying]:
        """Give a unit's letters that were in a state of drafting, so many at most."""
        kept = drafts_of(self._office.store, unit, state, most=ALL)
        found = self._then(kept, lambda one: (one.unit, one.state) == (unit, state))
        return islice(found, most)

    def unfrozen(self, unit: str) -> Iterator[Lying]:
        """Give a unit's letters that were signed off and whose forms were not frozen yet."""
        kept = unfrozen_of(self._office.store, unit)
        return self._then(
            kept, lambda one: (one.unit, one.state, one.frozen) == (unit, ISSUED, False)
        )

    def to_replace(self, unit: str) -> Iterator[Lying]:
        """Give a unit's issued letters that may have had to be replaced."""
        kept = letters_to_replace(self._office.store, unit)
        return self._then(kept, lambda one: one.replace and one.unit == unit)

    def waiting(self, unit: str) -> Iterator[Lying]:
        """Give the letters that a unit had not received or not answered."""
        kept = waiting_for(self._office.store, unit)
        return self._then(kept, lambda one: f",{unit}," in one.waiting)

    def unanswered(self, unit: str | None) -> Iterator[Lying]:
        """Give the letters in force, of one unit or all, that somebody had not received or not
        answered.
        """
        kept = unanswered_of(self._office.store, unit)
        return self._then(kept, lambda one: bool(one.waiting) and unit in (None, one.unit))

    def _then(self, kept: Iterable[Named], wanted: Callable[[LetterThen], bool]) -> Iterator[Lying]:
        """Give the letters of cases that have not moved since, and of the others those wanted."""
        yield from self._read(one for one in kept if one[0] not in self._moved.ids)
        for one in filter(wanted, self._moved.letters):
            past = self._past(one.case_id)
            if past is not None:
                yield past.case, kept_letter(past.case, one.name)

    def _past(self, case_id: str) -> Past | None:
        """Give a case as it was; one with many letters is folded once."""
        if case_id not in self._folded:
            library = self._office.library
            self._folded[case_id] = case_as_of(library, case_id, self._view.as_of)
        return self._folded[case_id]
