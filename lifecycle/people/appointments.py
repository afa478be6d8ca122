"""How long before its recording an appointment may begin: later it would give authority to what was
done without.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from lifecycle.engine.entry import recorded_day
from lifecycle.engine.world.workdays import Calendar
from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass

if TYPE_CHECKING:
    from lifecycle.people.directory import Directory

WEEKDAYS = Calendar("", {})
"""Monday to Friday: for an office that has no calendar yet."""


@dataclass(frozen=True, slots=True)
class Appointed:
    """Authority that a change gives: what officers call it, to which officer or unit, since which
    day (None: that of its entry).
    """

    what: str
    whom: str
    since: str | None

    def begins(self, on: str) -> str:
        """Give the day from which it holds; `on` is that of its entry."""
        return on if self.since is None else self.since

    def is_early(self, on: str, at: str) -> bool:
        """Tell whether it holds from a day before that of its recording."""
        return self.begins(on) < recorded_day(at)


@cache
def shipped_early_workdays() -> int:
    """Give the shipped bound, in workdays."""
    from lifecycle import places
    from lifecycle.workflow.yaml.file import YamlFile

    keys = ("early_workdays",)
    file = YamlFile(places.settings() / "people.yaml", known=keys, required=keys)
    most = file.top.integer("early_workdays", most=250)
    file.end()
    return most


def check_beginning(
    directory: Directory, appointed: Appointed, on: str, *, at: str, calendar: Calendar
) -> None:
    """Refuse an appointment that begins too long before its recording.

    On the day of the founding any may be recorded: the directory is older than the ledger. An
    office founded without a bound has none.
    """
    bound = directory.early_workdays
    if bound is None or not appointed.is_early(on, at):
        return
    today = recorded_day(at)
    if today == directory.founded_on:
        return
    since = date.fromisoformat(appointed.begins(on))
    latest = calendar.add(since, bound, "workday").on.isoformat()
    if latest < today:
        raise InvalidError(
            f"{appointed.what}从 {since} 起生效，须在 {latest} 以前登记：今天是 {today}，"
            f"最多早于登记 {bound} 个工作日",
            "写近一些的生效日；以前的事由当时有权的人办的，用 --done-by 补录",
        )
