"""When a time limit of a case falls due: its days, less those on which the case was suspended; and
when the answer to a letter does, which counts from its receipt.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import Addressee
from lifecycle.engine.world.workdays import DAY, Calendar, Due
from lifecycle.workflow.model import Dwell, Limit, Span


def due_of(case: Case, since: str, limit: Limit, calendar: Calendar) -> Due:
    """Give the last day of a limit that began on a day.

    An inner limit stops while the case is suspended, a statutory one only where it says so: the
    days from the suspension to the resumption, that one excluded, are added in the limit's own
    unit, to months as days after their count. What was overdue when the case was suspended stays
    so.
    """
    start = date.fromisoformat(since)
    due = calendar.due(start, limit)
    if not limit.pauses:
        return due
    first, extra = start + DAY if limit.amount else start, 0
    for stopped, resumed in _stops_after(case, start):
        if stopped > due.on:
            break
        extra += _units(calendar, max(stopped, first), resumed, limit.unit)
        due = _extended(calendar, start, limit, extra)
    return due


def due_after_receipt(
    case: Case, addressee: Addressee, limit: Limit, calendar: Calendar
) -> Due | None:
    """Give the last day of a limit that runs from an addressee's receipt of a letter; None while it
    was neither sent nor received.

    The receipt counts as given the workday after sending: nobody gains time by not noting it.
    """
    since = addressee.received_on
    provisional = False
    if addressee.sent_on:
        given = calendar.add(date.fromisoformat(addressee.sent_on), 1, "workday")
        if not since or given.on.isoformat() < since:
            since, provisional = given.on.isoformat(), given.provisional
    if not since:
        return None
    due = due_of(case, since, limit, calendar)
    return Due(due.on, due.provisional or provisional)


def earliest_of(case: Case, since: str, dwell: Dwell, calendar: Calendar) -> Due:
    """Give the first day on which a least time is over; it stops only where it says so."""
    start = date.fromisoformat(since)
    over = calendar.add(start, dwell.amount, dwell.unit)
    extra = 0
    for stopped, resumed in _stops_after(case, start) if dwell.stops else ():
        if stopped > over.on:
            break
        extra += _units(calendar, max(stopped, start + DAY), resumed, dwell.unit)
        over = _added(calendar, start, dwell.amount, dwell.unit, extra)
    return Due(over.on + DAY, over.provisional) if dwell.clear_days else over


def _stops_after(case: Case, start: date) -> Iterator[tuple[date, date]]:
    """List from when until when the case was suspended, as far as that was after a day."""
    for stopped, resumed in case.stops:
        until = date.fromisoformat(resumed)
        if until > start:
            yield date.fromisoformat(stopped), until


def _units(calendar: Calendar, first: date, until: date, unit: Span) -> int:
    """Count the days, or the workdays, from one day up to another, that one excluded."""
    days = (first + n * DAY for n in range((until - first).days))
    return sum(unit != "workday" or calendar.is_workday(day) for day in days)


def _extended(calendar: Calendar, start: date, limit: Limit, extra: int) -> Due:
    reached = _added(calendar, start, limit.amount, limit.unit, extra)
    if limit.unit == "workday" or not limit.roll:
        return reached
    rolled = calendar.add(reached.on, 0, "day", roll=True)
    return Due(rolled.on, reached.provisional or rolled.provisional)


def _added(calendar: Calendar, start: date, amount: int, unit: Span, extra: int) -> Due:
    """Count a span and so many more units; to months they are days."""
    if unit == "month":
        counted = calendar.add(start, amount, "month")
        return calendar.add(counted.on, extra, "day")
    return calendar.add(start, amount + extra, unit)
