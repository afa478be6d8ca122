"""An entry as the kernel sees it: what is needed to fold it into a case, and to tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Self

from lifecycle.frozen import dataclass

BEIJING = timezone(timedelta(hours=8))


@lru_cache(maxsize=64)
def recorded_day(at: str) -> str:
    """Give the bureau's day (Beijing, YYYY-MM-DD) of a time of recording."""
    return datetime.fromisoformat(at).astimezone(BEIJING).date().isoformat()


def is_day(text: str) -> bool:
    """Tell whether a text is a day, as entries have it: YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a case's chain, apart from the act that it records.

    `digest` is the SHA-256 of its bytes, `on` the day it took effect (YYYY-MM-DD), `at` the time of
    recording (UTC). `persons` names everybody whose act it is, `unit` the unit acted for. `source`
    and `target` are states. Of an effect, `cause` names the transition, as WORKFLOW.TRANSITION, of
    the case `cause_number`.
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
    cause: str = ""
    cause_number: str = ""

    @property
    def known_on(self) -> str:
        """Give the day from which others could know of it: its own, or a later one of recording."""
        return max(self.on, recorded_day(self.at))

    @classmethod
    def from_body(cls, body: Mapping[str, Any], digest: str) -> Self:
        """Read an entry from its body, as parsed from its canonical bytes."""
        intent = body["intent"]
        actor, cause = intent["actor"], intent.get("cause")
        cause = cause if isinstance(cause, Mapping) else {}
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
            cause=cause.get("by", ""),
            cause_number=cause.get("number", ""),
        )
