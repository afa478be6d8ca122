"""Working-day arithmetic over a calendar that is data.

The first day is not counted and a last day off work rolls on to the next working day
(民法典第201–203条). Years whose arrangement the State Council has not announced are provisional:
weekends and statutory days only, and every result says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from lifecycle.errors import InvalidError
from lifecycle.expression.dates import add_months
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import Limit, Span

DAY = timedelta(days=1)
MOST = 20_000
"""No limit or span exceeds this many days (some 54 years)."""


@dataclass(frozen=True, slots=True)
class Year:
    """One year's days off (`holidays`) and working weekends (`workdays`)."""

    announced: bool
    holidays: frozenset[date]
    workdays: frozenset[date]


@dataclass(frozen=True, slots=True)
class Due:
    """A day that a limit falls on; provisional when a year not yet announced had a say in it."""

    on: date
    provisional: bool = False


@dataclass(frozen=True, eq=False)
class Calendar:
    """The working days of some years; `digest` is the SHA-256 of the data it was read from."""

    digest: str
    years: Mapping[int, Year]
    _known: dict[date, bool] = field(default_factory=dict, repr=False)

    def is_workday(self, day: date) -> bool:
        """Tell whether offices work on that day."""
        known = self._known.get(day)
        if known is None:
            year = self.years.get(day.year)
            known = day.weekday() < 5 if year is None else self._judge(day, year)
            self._known[day] = known
        return known

    @staticmethod
    def _judge(day: date, year: Year) -> bool:
        return day in year.workdays or (day.weekday() < 5 and day not in year.holidays)

    def is_provisional(self, first: date, last: date) -> bool:
        """Tell whether any year between two days has no announced arrangement."""
        return any(
            not (year in self.years and self.years[year].announced)
            for year in range(first.year, last.year + 1)
        )

    def add(self, start: date, amount: int, unit: Span, *, roll: bool = False) -> Due:
        """Count so many days, workdays or months from a day, that day excluded."""
        if not 0 <= amount <= MOST:
            raise InvalidError(f"期限 {amount} 超出可计算的范围（0 至 {MOST}）")
        if unit == "workday" and amount:
            return _workdays_after(self, start, amount)
        day = start + amount * DAY if unit == "day" else add_months(start, amount)
        landed = day
        if roll:
            while not self.is_workday(day):
                day += DAY
        return Due(day, roll and self.is_provisional(landed, day))

    def due(self, start: date, limit: Limit) -> Due:
        """Give the last day of a time limit that starts on a day."""
        return self.add(start, limit.amount, limit.unit, roll=limit.roll)


@lru_cache(maxsize=4096)
def _workdays_after(calendar: Calendar, start: date, amount: int) -> Due:
    """Count so many workdays from a day, that day excluded: one by one, so it is kept."""
    day, left = start, amount
    while left:
        day += DAY
        left -= calendar.is_workday(day)
    return Due(day, calendar.is_provisional(start, day))


def read_calendar(data: Mapping[str, Any], digest: str) -> Calendar:
    """Build a Calendar from `{years: {"2026": {announced, holidays: ["01-01", …], workdays:
    […]}}}`.

    Raises InvalidError on a day that does not exist.
    """
    years = {}
    for name, year in data["years"].items():
        try:
            days = {
                kind: frozenset(date.fromisoformat(f"{name}-{day}") for day in year.get(kind, ()))
                for kind in ("holidays", "workdays")
            }
            years[int(name)] = Year(bool(year["announced"]), days["holidays"], days["workdays"])
        except (ValueError, KeyError) as error:
            raise InvalidError(
                f"日历 {name} 年的数据有误：{error}", "日期写成 MM-DD，并写明 announced"
            ) from error
    return Calendar(digest, years)
