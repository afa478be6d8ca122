"""Other cases as a judgement may read them: those to which a case links, and those that link to it.

They come in as values, read by the office in the transaction that records the act. What is read of
one is what its entries made of it that were recorded before this one, and that are of a day not
after this act's; the last of these is its pin.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from itertools import chain
from types import MappingProxyType
from typing import Any

from lifecycle.engine.case import Case
from lifecycle.engine.values import Value, typed
from lifecycle.engine.world.collected import Collected, CollectedCase
from lifecycle.expression.expression import Expression
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import LINKED, Workflow

MOST_PINS = 20
"""As many pins stand in an entry one by one; of more, their number and the digest of them all. Of
more cases than this that link to one, no more is read than is needed, and the digest is of that.
"""


@dataclass(frozen=True, slots=True)
class OtherCase:
    """Another case as it stood, under the workflow that governed it; `seq` and `head` are those of
    its last entry that a gate can read, `last_on` is the day of that.
    """

    number: str
    workflow: Workflow
    title: str
    state: str
    facts: Mapping[str, Value]
    suspended: bool
    cancelled: bool
    seq: int
    head: str
    last_on: str

    @classmethod
    def of(cls, workflow: Workflow, case: Case) -> OtherCase:
        """Give a case as others read it."""
        seq, head = case.readable
        return cls(
            case.number,
            workflow,
            case.title,
            case.state,
            case.facts,
            bool(case.suspensions),
            case.cancelled,
            seq,
            head,
            case.last_on,
        )

    @property
    def final(self) -> bool:
        """Tell whether it has ended."""
        return self.cancelled or self.workflow.states[self.state].final

    @property
    def pin(self) -> tuple[str, int, str]:
        """Name the entry that it was read at."""
        return self.number, self.seq, self.head


@dataclass(frozen=True, slots=True)
class Others:
    """The cases that a judgement may read: by number, by workflow those that link to its own
    (`linking`; where they are very many, `many`), and by name the collections of its workflow.

    `proposed` are, by their seqs, the same for the corrections that wait. Of a correction,
    `corrected` are the collections as the case reads them once it is made, and `then`, by the seqs
    of the steps that have read what it corrects, the cases as these steps read them. `titles` are
    those of the workflows. What effects reach is known as it is now, whatever its day: by number
    the cases (`moved`), by name the workflows in force under which they open others (`opened`).
    """

    cases: Mapping[str, OtherCase] = field(default_factory=dict)
    linking: Mapping[str, tuple[OtherCase, ...]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    collected: Mapping[str, Collected] = field(default_factory=dict)
    many: Mapping[str, Collected] = field(default_factory=dict)
    corrected: Mapping[str, Collected] = field(default_factory=dict)
    then: Mapping[int, Others] = field(default_factory=dict)
    proposed: Mapping[int, Others] = field(default_factory=dict)
    moved: Mapping[str, OtherCase] = field(default_factory=dict)
    opened: Mapping[str, Workflow] = field(default_factory=dict)

    def title_of(self, name: str) -> str | None:
        """Give the title of a fact of the cases that may be read; None where none has it."""
        return next((w.facts[name].title for w in self._workflows() if name in w.facts), None)

    def _workflows(self) -> Iterator[Workflow]:
        """Give the workflows of the cases that may be read, each at least once."""
        many = (*self.collected.values(), *self.many.values())
        cases = chain(self.cases.values(), *self.linking.values())
        yield from (case.workflow for case in cases)
        yield from (case.workflow for one in many for case in one.members)

    def once_corrected(self) -> Others:
        """Give the cases as they are read once a correction is made."""
        then = {seq: others.once_corrected() for seq, others in self.then.items()}
        return replace(self, collected=self.corrected or self.collected, then=then)

    def linked(self, name: str) -> list[CaseRecord | CollectedCase]:
        """List the cases of a workflow that link to the case, as an expression sees them."""
        if name in self.many:
            return list(self.many[name].members)
        return [CaseRecord(one, self) for one in self.linking.get(name, ())]


NO_OTHERS = Others()
_PARTS: Mapping[str, Any] = MappingProxyType(
    {
        "number": lambda case: case.number,
        "title": lambda case: case.title,
        "state": lambda case: case.state,
        "final": lambda case: case.final,
        "suspended": lambda case: case.suspended,
    }
)


class CaseRecord(Mapping[str, object]):
    """Another case as an expression sees it: its facts, typed, and what every case has; a link of
    it leads on.
    """

    __slots__ = ("_others", "case")

    def __init__(self, case: OtherCase, others: Others) -> None:
        self.case = case
        self._others = others

    def __getitem__(self, name: str) -> object:
        if name in _PARTS:
            return _PARTS[name](self.case)
        fact = self.case.workflow.facts[name]
        value = self.case.facts[name]
        if not fact.is_link:
            return typed(fact, value)
        return CaseRecord(self._others.cases[str(value)], self._others)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*_PARTS, *self.case.facts)))

    def __len__(self) -> int:
        return len(list(self))


def pins_in(value: object, rest: tuple[str, ...] = ()) -> Iterator[tuple[str, int, str]]:
    """Give the pins of the cases that are read on the way along names from a value on."""
    if not isinstance(value, CaseRecord):
        return
    yield value.case.pin
    if rest and rest[0] in value:
        yield from pins_in(value[rest[0]], rest[1:])


def pins_of(expression: Expression, scope: Mapping[str, object]) -> list[tuple[str, int, str]]:
    """List the pins of all cases that a condition reads, in the order of their numbers."""
    found: set[tuple[str, int, str]] = set()
    for name, *rest in expression.parts:
        found.update(pins_in(scope.get(name), tuple(rest)))
    linked = scope.get(LINKED)
    if isinstance(linked, Mapping):
        rows = (row for rows in linked.values() for row in rows)
        found.update(row.case.pin for row in rows if isinstance(row, CaseRecord))
    return sorted(found)


def recorded_pins(pins: Iterable[tuple[str, int, str]]) -> Any:
    """Give pins as an entry records them: an entry stays small, whatever it has read."""
    listed = [list(pin) for pin in pins]
    if len(listed) <= MOST_PINS:
        return listed
    text = "\n".join(" ".join(map(str, pin)) for pin in listed)
    return {"count": len(listed), "sha256": hashlib.sha256(text.encode()).hexdigest()}


def read_along(value: object, rest: tuple[str, ...]) -> object:
    """Give what stands at the end of names from a value on; None where something is missing."""
    for name in rest:
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = value[name]
    return value
