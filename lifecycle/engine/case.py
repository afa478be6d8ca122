"""A case as the entries so far make it, and the officer and the day that a command comes with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Self

from lifecycle.engine.case_letter import CaseLetter, Letters
from lifecycle.engine.entry import Entry
from lifecycle.engine.values import Value
from lifecycle.engine.workdays import Calendar
from lifecycle.frozen import dataclass

OPEN = "open"
"""The name under which the opening of a case counts among its transitions (for `not_by`)."""


@dataclass(frozen=True, slots=True)
class File:
    """One material's file: its name, size in bytes, SHA-256, and the seq and day it was
    attached.
    """

    name: str
    size: int
    sha256: str
    seq: int = 0
    on: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Give the file as an entry names it."""
        return {"name": self.name, "size": self.size, "sha256": self.sha256}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read it as an entry names it."""
        return cls(data["name"], data["size"], data["sha256"])


@dataclass(frozen=True, slots=True)
class Opinion:
    """One unit's verdict on a transition: agree, conditional, object.

    `resolved`: how the lead settled it. `unit` is the seat's, empty where a role has but one;
    `by_unit` is the unit whose officer spoke.
    """

    transition: str
    role: str
    unit: str
    verdict: str
    note: str
    persons: tuple[str, ...]
    on: str
    seq: int
    by_unit: str = ""
    resolved: str | None = None

    @property
    def key(self) -> str:
        """Name its place among a case's opinions."""
        return opinion_key(self.transition, self.role, self.unit)


@dataclass(frozen=True, slots=True)
class Fired:
    """How often a transition was made, and when, by whom and at which seq it last was."""

    count: int
    on: str
    seq: int
    persons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suspension:
    """From where and since when a case is suspended, and when it had entered the state it left."""

    state: str
    on: str
    entered_on: str


@dataclass(frozen=True, slots=True)
class Case:
    """One run of a workflow after `seq` entries.

    `head` is the hash of the last. Days are YYYY-MM-DD.
    """

    id: str
    number: str
    workflow: str
    title: str
    state: str
    seq: int
    head: str
    opened_on: str
    entered_on: str
    last_on: str
    last_at: str
    facts: Mapping[str, Value]
    changed: Mapping[str, int]
    materials: Mapping[str, File]
    opinions: Mapping[str, Opinion]
    fired: Mapping[str, Fired]
    locked: tuple[str, ...] = ()
    cleared: int = 0
    suspension: Suspension | None = None
    letters: Letters = field(default_factory=Letters)

    def after(self, entry: Entry, **change: Any) -> Case:
        """Give the case after an entry that changes this of it."""
        return replace(
            self, seq=entry.seq, head=entry.digest, last_on=entry.on, last_at=entry.at, **change
        )

    def bound_units(self, name: str | None) -> tuple[str, ...]:
        """Name the units that a fact of type unit, or list of unit, holds.

        None when it is not known.
        """
        value = self.facts.get(name) if name else None
        if value is None:
            return ()
        return tuple(value) if isinstance(value, list) else (str(value),)


def opinion_key(transition: str, role: str, unit: str) -> str:
    """Name the place of one opinion among a case's opinions."""
    return f"{transition}/{role}/{unit}"


def dump_case(case: Case) -> dict[str, Any]:
    """Give a case without its letters as plain values for canonical JSON.

    The same case always gives the same bytes. Letters are kept one by one: see `dump_case_letter`.
    """
    data = _plain(case)
    del data["letters"]
    for name in ("materials", "opinions", "fired"):
        data[name] = {key: _plain(item) for key, item in data[name].items()}
    data["suspension"] = _plain(case.suspension) if case.suspension else None
    return data


def _plain(item: Any) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__slots__}


def load_case(data: Mapping[str, Any], letters: Mapping[str, CaseLetter]) -> Case:
    """Rebuild a case from `dump_case`'s values, as they come back out of JSON, and its letters."""
    return Case(
        **{
            **data,
            "materials": {name: File(**item) for name, item in data["materials"].items()},
            "opinions": {
                k: Opinion(**{**item, "persons": tuple(item["persons"])})
                for k, item in data["opinions"].items()
            },
            "fired": {
                name: Fired(**{**item, "persons": tuple(item["persons"])})
                for name, item in data["fired"].items()
            },
            "locked": tuple(data["locked"]),
            "suspension": Suspension(**data["suspension"]) if data["suspension"] else None,
            "letters": Letters(letters),
        }
    )


_NO_NAMES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Officer:
    """Who acts: `held` maps each role held on that day to the grants relied on (entry ids): the one
    of that day and, for what is recorded later, the one at recording.

    Acting for somebody, `principal` is who, `delegation` the entries that allow it; unit and roles
    are the principal's. `away` says that the one who acts is of another unit. What somebody else
    had done is recorded with `done_by`, and `because` says why they do not record it themselves;
    unit and roles are theirs.
    """

    id: str
    title: str
    unit: str
    held: Mapping[str, tuple[str, ...]]
    principal: str | None = None
    delegation: tuple[str, ...] = ()
    away: bool = False
    done_by: str | None = None
    because: str = ""

    @property
    def persons(self) -> tuple[str, ...]:
        """Name everybody whose act this is."""
        return tuple(name for name in (self.id, self.principal, self.done_by) if name)


@dataclass(frozen=True, slots=True)
class Moment:
    """The day a command takes effect, the calendar that counts its days, and the units' names for
    officers to read.

    `staff` maps each unit in which somebody is in office to the roles that they hold; None where
    nobody asks.
    """

    on: date
    calendar: Calendar
    names: Mapping[str, str] = field(default_factory=lambda: _NO_NAMES)
    staff: Mapping[str, frozenset[str]] | None = None
