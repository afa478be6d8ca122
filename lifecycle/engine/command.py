"""What an officer asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lifecycle.engine.case import File
from lifecycle.engine.values import Value

Verdict = Literal["agree", "conditional", "object"]


@dataclass(frozen=True, slots=True)
class Open:
    """Open a case with these facts."""

    facts: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Record:
    """Set facts of a case."""

    facts: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Attach:
    """Attach a file as a material; a later file of the same material takes the earlier one's place."""

    material: str
    file: File


@dataclass(frozen=True, slots=True)
class Sign:
    """Give one's unit's opinion on a transition; role None means the role through which the officer is asked."""

    transition: str
    verdict: Verdict
    note: str = ""
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take one's unit's opinion on a transition back."""

    transition: str
    note: str = ""
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Resolve:
    """Record, as the lead, how an objection was resolved."""

    transition: str
    role: str
    unit: str
    note: str


@dataclass(frozen=True, slots=True)
class Advance:
    """Make a transition, with the reason and the facts it asks for."""

    transition: str
    note: str = ""
    facts: Mapping[str, Value] = field(default_factory=dict)


Command = Open | Record | Attach | Sign | Withdraw | Resolve | Advance
