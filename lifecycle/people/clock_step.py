"""A jump of the clock, as two people let it pass."""

from __future__ import annotations

from lifecycle.frozen import dataclass


@dataclass(frozen=True, slots=True)
class ClockStep:
    """A jump of the clock that an officer announced: the entry's eid, who, what the clock showed,
    and who confirmed.
    """

    id: str
    officer: str
    clock: str
    confirmed_by: str | None = None
