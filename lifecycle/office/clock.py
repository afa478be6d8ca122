"""The time by which an office goes: the machine's, unless a session hands in another clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from lifecycle.engine.entry import BEIJING

__all__ = ["BEIJING", "Clock", "now", "today"]

Clock = Callable[[], datetime]
"""Gives the time, aware of its zone."""


def now() -> datetime:
    """Give the time of the machine's clock."""
    return datetime.now(UTC)


def today(clock: Clock) -> date:
    """Give the bureau's date (Beijing time)."""
    return clock().astimezone(BEIJING).date()
