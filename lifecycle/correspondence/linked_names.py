"""Other cases as a letter names them: those to which its own links, and those that link to it, as
they stood when the letter was drafted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from lifecycle.correspondence.drafts import Drafted
from lifecycle.engine.values import naming
from lifecycle.engine.world.others import CaseRecord, Others
from lifecycle.ledger.across.others import OtherCases, PastCases
from lifecycle.ledger.library import Library
from lifecycle.people.directory import Directory
from lifecycle.workflow.letter_variables import STAGE
from lifecycle.workflow.model import Fact


class CaseInLetter(Mapping[str, object]):
    """Another case: what a condition may read of it, units by name, and the title of its state."""

    __slots__ = ("_names", "_record")

    def __init__(self, record: CaseRecord, names: Mapping[str, str]) -> None:
        self._record = record
        self._names = names

    def __getitem__(self, name: str) -> object:
        case = self._record.case
        if name == STAGE:
            return case.workflow.states[case.state].title
        value = self._record[name]
        if isinstance(value, CaseRecord):
            return CaseInLetter(value, self._names)
        fact = case.workflow.facts.get(name)
        return value if fact is None else named(fact, value, self._names)

    def __iter__(self) -> Iterator[str]:
        return iter((*self._record, STAGE))

    def __len__(self) -> int:
        return len(self._record) + 1


class LinkedInLetter(Mapping[str, list[CaseInLetter]]):
    """The cases that link to a letter's own, by workflow; they are read once they are asked for."""

    def __init__(self, reading: LinkedReading) -> None:
        self._reading = reading
        self._found: dict[str, list[CaseInLetter]] = {}

    def __getitem__(self, name: str) -> list[CaseInLetter]:
        if name not in self._found:
            self._found[name] = self._reading.linked(name)
        return self._found[name]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class LinkedReading:
    """Reads the other cases of which one letter tells."""

    def __init__(
        self, library: Library, directory: Directory, drafted: Drafted, names: Mapping[str, str]
    ) -> None:
        self._library = library
        self._directory = directory
        self._drafted = drafted
        self._names = names

    @cached_property
    def _cases(self) -> OtherCases:
        """Give the cases as they stood before the entry that drafted the letter."""
        library, letter = self._library, self._drafted.letter
        case_id = self._drafted.after.id
        row = next(library.store.entries(case_id, after=letter.seq - 1, chunk=1))
        return OtherCases(library, PastCases(library), self._directory, row.idx)

    @property
    def _on(self) -> str:
        on: str = self._drafted.body["intent"]["occurred_on"]
        return on

    @cached_property
    def _others(self) -> Others:
        drafted = self._drafted
        return self._cases.read(drafted.workflow, drafted.told, {}, self._on, ())

    def case(self, number: str) -> object:
        """Give the case of a number; what could not be read is its number alone."""
        found = self._others.cases.get(number)
        if found is None:
            return number
        return CaseInLetter(CaseRecord(found, self._others), self._names)

    def linked(self, name: str) -> list[CaseInLetter]:
        """List the cases of a workflow that link to the letter's own, by their numbers."""
        others = self._cases.linked_of(name, self._drafted.told, self._on)
        return [CaseInLetter(CaseRecord(one, others), self._names) for one in others.linking[name]]


def named(fact: Fact, value: object, names: Mapping[str, str]) -> object:
    """Give a value as letters show it: units, officers and posts by name."""
    if fact.type in ("officer", "post"):
        return names.get(naming(fact.type, str(value)), value)
    if fact.is_table and isinstance(value, list):
        columns = {column.name: column for column in fact.columns}
        return [{k: named(columns[k], cell, names) for k, cell in row.items()} for row in value]
    if "unit" not in (fact.type, fact.of):
        return value
    if isinstance(value, list):
        return [names.get(str(code), code) for code in value]
    return names.get(str(value), value)
