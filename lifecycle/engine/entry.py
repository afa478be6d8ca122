"""An entry as the kernel sees it: what is needed to fold it into a case, and to tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lifecycle.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a case's chain, apart from the act that it records.

    `digest` is the SHA-256 of its bytes, `on` the day it took effect (YYYY-MM-DD), `at` the time of
    recording (UTC). `persons` names everybody whose act it is, `unit` the unit acted for. `source`
    and `target` are states.
    """

    case: str
    seq: int
    digest: str
    workflow: str
    on: str
    at: str
    persons: tuple[str, ...]
    unit: str
    source: str | None
    target: str | None
    numbers: Mapping[str, str]

    @classmethod
    def from_body(cls, body: Mapping[str, Any], digest: str) -> Self:
        """Read an entry from its body, as parsed from its canonical bytes."""
        intent = body["intent"]
        actor = intent["actor"]
        persons = tuple(actor[key] for key in ("id", "for", "done_by") if key in actor)
        return cls(
            case=intent["case"],
            seq=intent["seq"],
            digest=digest,
            workflow=intent["workflow"],
            on=intent["occurred_on"],
            at=body["recorded_at"],
            persons=persons,
            unit=actor["unit"],
            source=intent["from"],
            target=intent["to"],
            numbers=body["numbers"],
        )
