"""calendars/CN.yaml says of every day what its two sources say."""

from __future__ import annotations

import runpy
from datetime import date
from typing import Any

import chinese_calendar
import holidays
import pytest
import yaml

from lifecycle import places

BUILD = runpy.run_path(str(places.calendars() / "build.py"))


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    """Read the file as data."""
    return dict(yaml.safe_load((places.calendars() / "CN.yaml").read_text("utf-8")))


def working(data: dict[str, Any], day: date) -> bool:
    """Judge a day by the file alone."""
    year = data["years"][str(day.year)]
    name = f"{day:%m-%d}"
    return name in year["workdays"] or (day.weekday() < 5 and name not in year["holidays"])


@pytest.mark.parametrize("year", range(2004, 2027))
def test_announced_years_follow_the_state_council_day_by_day(
    data: dict[str, Any], year: int
) -> None:
    """Every day of an announced year is a working day exactly where chinesecalendar says so."""
    assert data["years"][str(year)]["announced"] is True
    for day in BUILD["days"](year):
        assert working(data, day) == chinese_calendar.is_workday(day), day


@pytest.mark.parametrize("year", range(2027, 2037))
def test_years_to_come_have_weekends_and_statutory_days_off(
    data: dict[str, Any], year: int
) -> None:
    """A year not announced is marked so; it works on every weekday that is no statutory day, and on
    no weekend.
    """
    assert data["years"][str(year)]["announced"] is False
    statutory = holidays.country_holidays("CN", years=year)
    for day in BUILD["days"](year):
        assert working(data, day) == (day.weekday() < 5 and day not in statutory), day


def test_file_is_what_the_build_makes() -> None:
    """Nobody has edited the file by hand, and it covers no other year."""
    assert (places.calendars() / "CN.yaml").read_text("utf-8") == BUILD["build"]()


def test_lists_hold_only_what_differs_from_the_week(data: dict[str, Any]) -> None:
    """Days off are weekdays and working days weekends: nothing is said twice."""
    for name, year in data["years"].items():
        assert all(date.fromisoformat(f"{name}-{day}").weekday() < 5 for day in year["holidays"])
        assert all(date.fromisoformat(f"{name}-{day}").weekday() >= 5 for day in year["workdays"])
