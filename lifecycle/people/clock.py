"""The office's clock: how far recording times may lie apart, and who confirms that a jump is no
error.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from lifecycle.engine.entry import BEIJING, recorded_day
from lifecycle.frozen import dataclass
from lifecycle.people.clock_step import ClockStep

if TYPE_CHECKING:
    from lifecycle.people.directory import Directory

MOST_DAYS = 3650
"""The longest that two neighbouring entries may be let lie apart."""


@dataclass(frozen=True, slots=True)
class ClockRules:
    """How many days two neighbouring entries may lie apart, and by how many minutes two machines'
    clocks may differ.
    """

    most_days: int
    skew_minutes: int


@cache
def shipped_rules() -> ClockRules:
    """Give the shipped rules of the clock."""
    from lifecycle import places
    from lifecycle.workflow.yaml.file import YamlFile

    keys = ("most_days", "skew_minutes")
    file = YamlFile(places.settings() / "clock.yaml", known=keys, required=keys)
    rules = ClockRules(
        file.top.integer("most_days", most=MOST_DAYS), file.top.integer("skew_minutes", most=1440)
    )
    file.end()
    return rules


def most_days(pinned: int) -> int:
    """Give the bound that an office was founded with.

    The shipped one where it was founded without, or with what no founding may have.
    """
    return pinned if 0 < pinned <= MOST_DAYS else shipped_rules().most_days


def gap(before: str, after: str) -> timedelta:
    """Give the time between two recording times."""
    return datetime.fromisoformat(after) - datetime.fromisoformat(before)


def seconds_between(before: str, after: str) -> str:
    """Write the time between two recording times in seconds, as short as it can be told apart from
    none: `3`, `0.25`.
    """
    told = f"{gap(before, after).total_seconds():.6f}"
    return told.rstrip("0").rstrip(".")


def in_beijing(at: str) -> str:
    """Write a recording time as officers read it."""
    return datetime.fromisoformat(at).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def open_step(directory: Directory, at: str) -> ClockStep | None:
    """Give the jump that was announced on the day of a time and is not confirmed yet."""
    step = directory.clock_steps[-1] if directory.clock_steps else None
    if (
        step is None
        or step.confirmed_by is not None
        or recorded_day(step.clock) != recorded_day(at)
    ):
        return None
    return step


def may_confirm(directory: Directory, announcer: str, at: str) -> list[str]:
    """Name those who may confirm what an officer announced: the other administrators and auditors
    in office.
    """
    day = datetime.fromisoformat(at).astimezone(BEIJING).date()
    others = [
        person.code
        for person in directory.people.values()
        if person.code != announcer and person.serves(day.isoformat(), directory.seq)
    ]
    return [
        code for code in others if {"admin", "auditor"} & directory.officer(code, day).held.keys()
    ]
