"""How long before its recording an appointment may begin: later it would give authority to what was
done without.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from lifecycle.engine.entry import recorded_day
from lifecycle.engine.workdays import Calendar
from lifecycle.errors import InvalidError

if TYPE_CHECKING:
    from lifecycle.people.directory import Directory

APPOINTMENTS = {
    "unit_added": "单位职能",
    "unit_changed": "单位职能",
    "officer_added": "任职",
    "role_granted": "授权",
    "delegation_made": "委托",
}
"""What gives authority, and what officers call it."""
WEEKDAYS = Calendar("", {})
"""Monday to Friday: for an office that has no calendar yet."""


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


def begins_early(kind: str, data: Mapping[str, Any], on: str, at: str) -> bool:
    """Tell whether an entry gives authority from a day before that of its recording."""
    if kind not in APPOINTMENTS or (kind == "unit_changed" and data["functions"] is None):
        return False  # a rename gives nobody any authority
    return str(data.get("since", on)) < recorded_day(at)


def check_beginning(
    directory: Directory,
    kind: str,
    data: Mapping[str, Any],
    on: date,
    *,
    at: str,
    calendar: Calendar,
) -> None:
    """Refuse an appointment that begins too long before its recording.

    On the day of the founding any may be recorded: the directory is older than the ledger. An
    office founded without a bound has none.
    """
    bound = directory.early_workdays
    if bound is None or not begins_early(kind, data, on.isoformat(), at):
        return
    today = recorded_day(at)
    if today == directory.founded_on:
        return
    since = date.fromisoformat(data.get("since", on.isoformat()))
    latest = calendar.add(since, bound, "workday").on.isoformat()
    if latest < today:
        raise InvalidError(
            f"{APPOINTMENTS[kind]}从 {since} 起生效，须在 {latest} 以前登记：今天是 {today}，"
            f"最多早于登记 {bound} 个工作日",
            "写近一些的生效日；以前的事由当时有权的人办的，用 --done-by 补录",
        )
