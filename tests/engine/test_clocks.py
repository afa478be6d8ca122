"""When a limit falls due where the case was suspended in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import BUREAU, CALENDAR, LAND, Advance, Desk

from lifecycle.engine.case import Case
from lifecycle.engine.world.clocks import due_of, earliest_of
from lifecycle.engine.world.workdays import read_calendar
from lifecycle.errors import Location
from lifecycle.workflow.model import Dwell, Limit, Span

AT = Location("a.yaml", 1, 1, 1)
OCTOBER = read_calendar(
    {
        "years": {
            "2026": {
                "announced": True,
                "holidays": [f"10-0{day}" for day in range(1, 8)],
                "workdays": ["10-10"],
            }
        }
    },
    "c" * 64,
)
"""2026: the first week of October off, Saturday the tenth worked."""


def limit(amount: int, unit: Span, *, inner: bool = True, stops: bool = False) -> Limit:
    """Make a limit."""
    return Limit("限", amount, unit, "依据", AT, inner=inner, stops=stops)


def case_with(*stops: tuple[str, str]) -> Case:
    """Give a case that was suspended so."""
    desk = Desk()
    assert desk.case
    return replace(desk.case, stops=stops)


def test_b4_five_workdays_stop_for_six() -> None:
    """B4: entered on 30 September, five workdays, suspended from 8 to 15 October: 21 October, not
    13 October.
    """
    case = case_with(("2026-10-08", "2026-10-15"))
    assert due_of(case_with(), "2026-09-30", limit(5, "workday"), OCTOBER).on == date(2026, 10, 13)
    assert due_of(case, "2026-09-30", limit(5, "workday"), OCTOBER).on == date(2026, 10, 21)


@pytest.mark.parametrize(
    ("stop", "due"),
    [
        (("2026-03-10", "2026-03-20"), "2026-03-22"),  # ten days lie between
        (("2026-03-12", "2026-03-13"), "2026-03-13"),  # on the last day: one day more
        (("2026-03-13", "2026-03-20"), "2026-03-12"),  # overdue already
        (("2026-03-01", "2026-03-04"), "2026-03-13"),  # only the day after the first counts
        (("2026-02-01", "2026-03-02"), "2026-03-12"),  # before it began
    ],
)
def test_days_of_a_suspension_are_added(stop: tuple[str, str], due: str) -> None:
    """From the day of the suspension to the day before the resumption, as far as the limit ran."""
    ten = replace(limit(10, "day"), roll=False)
    assert due_of(case_with(stop), "2026-03-02", ten, CALENDAR).on.isoformat() == due


@pytest.mark.parametrize(
    ("stop", "due"),
    [
        (("2026-03-01", "2026-03-09"), "2026-03-09"),  # the day itself was stopped
        (("2026-03-07", "2026-03-08"), "2026-03-08"),  # from that day on
        (("2026-03-01", "2026-03-07"), "2026-03-07"),  # resumed on it
        (("2026-03-08", "2026-03-09"), "2026-03-07"),  # overdue already
    ],
)
def test_a_day_that_was_named_is_the_last(stop: tuple[str, str], due: str) -> None:
    """A limit of 0 days is over with the day from which it counts; where the case is suspended on
    that day, on the day of the resumption.
    """
    named = replace(limit(0, "day"), roll=False)
    assert due_of(case_with(), "2026-03-07", named, CALENDAR).on == date(2026, 3, 7)
    assert due_of(case_with(stop), "2026-03-07", named, CALENDAR).on.isoformat() == due


def test_months_are_counted_before_the_days_are_added() -> None:
    """One month from 31 January ends on 28 February; three days of suspension make it 3 March."""
    month = replace(limit(1, "month"), roll=False)
    case = case_with(("2026-02-10", "2026-02-13"))
    assert due_of(case, "2026-01-31", month, CALENDAR).on == date(2026, 3, 3)


def test_a_last_day_off_work_rolls_on_after_the_days_are_added() -> None:
    """Ten days from 2 March and nine more end on Saturday 21 March: Monday is the last day."""
    case = case_with(("2026-03-04", "2026-03-13"))
    assert due_of(case, "2026-03-02", limit(10, "day"), CALENDAR).on == date(2026, 3, 23)


def test_a_statutory_limit_goes_on_unless_it_says_that_it_stops() -> None:
    """A limit that is not inner and does not say `stops` runs through a suspension."""
    case = case_with(("2026-03-03", "2026-03-20"))
    bound = limit(10, "day", inner=False)
    assert due_of(case, "2026-03-02", bound, CALENDAR).on == date(2026, 3, 12)
    stopping = limit(10, "day", inner=False, stops=True)
    assert due_of(case, "2026-03-02", stopping, CALENDAR).on == date(2026, 3, 30)


def test_a_least_time_goes_on_unless_it_says_that_it_stops() -> None:
    """Twenty days of a notice pass also while the case is suspended; inner makes no difference."""
    case = case_with(("2026-03-03", "2026-03-13"))
    dwell = Dwell(20, "day", "第8条", AT, inner=True)
    assert earliest_of(case, "2026-03-02", dwell, CALENDAR).on == date(2026, 3, 22)
    assert earliest_of(case, "2026-03-02", replace(dwell, stops=True), CALENDAR).on == date(
        2026, 4, 1
    )
    clear = replace(dwell, stops=True, clear_days=True)
    assert earliest_of(case, "2026-03-02", clear, CALENDAR).on == date(2026, 4, 2)


def test_a_resumption_enters_nothing() -> None:
    """It leads to the state that was left, entered when it was, and notes how long that was."""
    desk = Desk()
    desk.ready()
    desk.do(BUREAU, Advance("go"))
    entered = desk.on.isoformat()
    desk.pass_days(1)
    desk.do(BUREAU, Advance("pause", "等待"))
    desk.pass_days(4)
    case = desk.do(BUREAU, Advance("resume"))
    assert (case.state, case.entered_on, case.suspensions) == ("second", entered, ())
    assert case.stops == ((str(desk.on - timedelta(days=4)), str(desk.on)),)
    assert "state" not in desk.unmet(LAND, Advance("back", "重办"))


@given(
    st.lists(st.integers(0, 60), min_size=2, max_size=6, unique=True),
    st.sampled_from(["day", "workday"]),
    st.integers(1, 30),
)
def test_a_limit_has_as_many_days_left_as_when_it_was_stopped(
    days: list[int], unit: Span, amount: int
) -> None:
    """Whatever the suspensions, the days of the limit's own unit that were not stopped, up to and
    with its last day, are as many as the limit has.
    """
    start = date(2026, 3, 2)
    marks = sorted(start + timedelta(days=day) for day in days)
    stops = [(str(a), str(b)) for a, b in list(pairwise(marks))[::2]]
    bound = replace(limit(amount, unit), roll=False)
    due = due_of(case_with(*stops), str(start), bound, CALENDAR).on
    stopped = {
        a + timedelta(days=n)
        for a, b in ((date.fromisoformat(a), date.fromisoformat(b)) for a, b in stops)
        if a <= due
        for n in range((b - a).days)
    }
    ran = [start + timedelta(days=n + 1) for n in range((due - start).days)]
    counted = [
        day for day in ran if day not in stopped and (unit == "day" or CALENDAR.is_workday(day))
    ]
    assert len(counted) == amount
