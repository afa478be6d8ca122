"""Collections as a judgement may read them: which cases there are, and what was read of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Self

from lifecycle.engine.case import Case
from lifecycle.engine.values import Value, check_value, typed
from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import Fact, Missing, Workflow

_STATE, _SUSPENDED = "@state", "@suspended"
_NUMERIC = ("integer", "decimal", "money")
MOST_NAMED = 3
"""As many cases are named one by one."""


class CollectedCase(Mapping[str, object]):
    """One case of a collection, with what is needed of it. Where what is missing counts as zero, a
    figure that it lacks is 0; where that is skipped, `skips` says that figures leave it out.
    """

    __slots__ = ("_zero", "known", "number", "skips", "title", "workflow")

    def __init__(
        self,
        workflow: Workflow,
        number: str,
        title: str,
        known: Mapping[str, object],
        zero: frozenset[str],
        *,
        skips: bool,
    ) -> None:
        self.workflow = workflow
        self.number = number
        self.title = title
        self.known = known
        self._zero = zero
        self.skips = skips

    @classmethod
    def of(
        cls,
        workflow: Workflow,
        number: str,
        title: str,
        raw: Mapping[str, Value],
        missing: Missing,
    ) -> Self:
        """Give a case from its values as recorded."""
        state = str(raw[_STATE])
        known: dict[str, object] = {
            "number": number,
            "title": str(raw.get(workflow.subject, title)),
            "state": state,
            "final": workflow.states[state].final,
            "suspended": raw.get(_SUSPENDED) is True,
        }
        facts = workflow.facts
        for name, value in raw.items():
            if name in facts and name not in known:
                known[name] = _seen(facts[name], value)
        zero = _numeric(workflow) if missing == "zero" else frozenset[str]()
        title = str(known["title"])
        return cls(workflow, number, title, known, zero, skips=missing == "skip")

    def __getitem__(self, name: str) -> object:
        try:
            return self.known[name]
        except KeyError:
            if name in self._zero:
                return Decimal(0)
            raise

    def seen(self, names: Iterable[str]) -> dict[str, object]:
        """Give what it has of some names."""
        found = {name: self.known[name] for name in names if name in self.known}
        if self._zero:
            found |= {n: Decimal(0) for n in names if n in self._zero and n not in found}
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)

    def __contains__(self, name: object) -> bool:
        return name in self.known or name in self._zero


class ThisCase(Mapping[str, object]):
    """The case that reads a collection, as the collection's condition sees it; `raw` are its facts
    as recorded.
    """

    __slots__ = ("_known", "raw")

    def __init__(self, workflow: Workflow, case: Case | None, facts: Mapping[str, Value]) -> None:
        self.raw = facts
        self._known: dict[str, object] = {"state": workflow.initial}
        if case is not None:
            self._known = {"number": case.number, "title": case.title, "state": case.state}
        for name, value in facts.items():
            fact = workflow.facts.get(name)
            if fact is not None and _fits(fact, value):
                self._known[name] = _seen(fact, value)

    def __getitem__(self, name: str) -> object:
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def _seen(fact: Fact, value: Value) -> object:
    """Give a value as a collection's condition sees it: a link by its number."""
    return str(value) if fact.is_link else typed(fact, value)


@lru_cache(maxsize=256)
def _numeric(workflow: Workflow) -> frozenset[str]:
    """Name the facts that count as zero where they are missing."""
    return frozenset(name for name, fact in workflow.facts.items() if fact.type in _NUMERIC)


def _fits(fact: Fact, value: Value) -> bool:
    """Tell whether a fact can have a value; one that it cannot is refused where it is judged."""
    try:
        check_value(fact, value)
    except InvalidError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Collected:
    """Many cases as they were read, such as a collection: its title, the members, those of which it
    cannot be told, how many cases were looked at, and the digest of what was read of them. `lacks`
    names a fact of the reading case that is missing.
    """

    title: str
    members: tuple[CollectedCase, ...] = ()
    undecided: tuple[CollectedCase, ...] = ()
    read: int = 0
    digest: str = ""
    lacks: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Give what an entry records of it."""
        return {
            "count": len(self.members),
            "read": self.read,
            "sha256": self.digest,
            "undecided": len(self.undecided),
        }

    def told_undecided(self) -> str:
        """Say of which cases it cannot be told whether they belong to it."""
        named = "、".join(f"{one.number} {one.title}" for one in self.undecided[:MOST_NAMED])
        more = f"等 {len(self.undecided)} 件" if len(self.undecided) > MOST_NAMED else ""
        there = f"{self.title} {len(self.members)} 件"
        return f"{there}，另有 {named}{more}缺要素或算不出，定不了算不算"
