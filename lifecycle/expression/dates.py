"""Arithmetic on days that needs no calendar of working days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal


def add_days(start: date, days: int | Decimal) -> date:
    """Give the day so many days on."""
    return start + timedelta(int(days))


def add_months(start: date, months: int | Decimal) -> date:
    """Give the same day so many months on, or the month's last where it has no such day
    (民法典第202条).
    """
    year, month = divmod(start.year * 12 + start.month - 1 + int(months), 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def days_between(first: date, last: date) -> int:
    """Count the days from the first to the last."""
    return (last - first).days
