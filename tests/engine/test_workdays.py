"""Working-day arithmetic: the samples of the bureau's law table, and properties of any calendar."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.engine.world.workdays import Calendar, Due, read_calendar
from lifecycle.errors import InvalidError, Location
from lifecycle.exchange.calendar_file import read_calendar_file
from lifecycle.expression.dates import add_months
from lifecycle.frozen import replace
from lifecycle.places import calendars
from lifecycle.workflow.model import Limit, Span

CN = read_calendar(json.loads(read_calendar_file(calendars() / "CN.yaml")), "CN")
DAYS = st.dates(date(2020, 1, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        (date(2026, 1, 8), 10, "workday", date(2026, 1, 22)),  # 挂牌结束 → 结果公布、签出让合同
        (date(2026, 6, 30), 15, "day", date(2026, 7, 15)),  # 竣工验收 → 备案
        (date(2025, 11, 20), 3, "month", date(2026, 2, 20)),  # 领施工许可 → 开工
        (date(2026, 12, 17), 10, "workday", date(2026, 12, 31)),
        (date(2026, 9, 8), 20, "day", date(2026, 9, 28)),  # 公告满 20 日
    ],
)
def test_limits_fall_where_the_state_council_calendar_puts_them(
    start: date, amount: int, unit: str, due: date
) -> None:
    """The legal limits of the handbook fall on the days worked out by hand from the 2025 and 2026
    arrangements.
    """
    assert CN.add(start, amount, unit) == Due(due)  # type: ignore[arg-type]


def test_a_limit_into_an_unannounced_year_is_provisional() -> None:
    """Ten workdays from 2026-12-25 need 2027, whose arrangement is not announced: the day is given
    and marked.
    """
    assert CN.add(date(2026, 12, 25), 10, "workday") == Due(date(2027, 1, 11), provisional=True)


def test_a_working_weekend_counts_and_a_weekday_off_does_not() -> None:
    """2026-02-14 (Saturday) is worked and 2026-02-16 (Monday) is off, as announced for the Spring
    Festival.
    """
    assert CN.is_workday(date(2026, 2, 14))
    assert not CN.is_workday(date(2026, 2, 16))


def test_a_last_day_off_rolls_on() -> None:
    """A limit that ends in the National Day week ends on the first working day after it
    (民法典第203条).
    """
    limit = Limit("x", 10, "day", "民法典第203条", Location("x"))
    assert CN.due(date(2026, 9, 22), limit) == Due(date(2026, 10, 8))


@pytest.mark.parametrize("unit", ["day", "workday", "month"])
def test_nothing_is_counted_from_a_day_that_was_named(unit: Span) -> None:
    """A limit of 0 ends on that very day, a holiday too, and for certain also in a year that is not
    announced; it rolls on only where it says so.
    """
    named = Limit("x", 0, unit, "约定", Location("x"), roll=False)
    assert CN.due(date(2026, 10, 3), named) == Due(date(2026, 10, 3))
    assert CN.due(date(2031, 10, 3), named) == Due(date(2031, 10, 3))
    assert CN.due(date(2026, 10, 3), replace(named, roll=True)) == Due(date(2026, 10, 8))


def test_a_month_without_that_day_ends_on_its_last() -> None:
    """One month from the 31st of January is the last of February."""
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)


@given(DAYS, st.integers(0, 300))
def test_the_nth_workday_has_n_workdays_up_to_it(start: date, amount: int) -> None:
    """Between the start (excluded) and the nth workday (included) lie exactly n workdays."""
    due = CN.add(start, amount, "workday").on
    days = (start + timedelta(days=n) for n in range(1, (due - start).days + 1))
    assert sum(CN.is_workday(day) for day in days) == amount


@given(DAYS, st.integers(0, 400), st.sampled_from(["day", "workday", "month"]))
def test_a_rolled_limit_ends_on_a_workday_and_never_sooner(
    start: date, amount: int, unit: str
) -> None:
    """Rolling moves a limit's end on to a workday, never back."""
    plain = CN.add(start, amount, unit).on  # type: ignore[arg-type]
    rolled = CN.add(start, amount, unit, roll=True).on  # type: ignore[arg-type]
    assert rolled >= plain
    assert CN.is_workday(rolled) or rolled == plain == start


def test_a_day_that_does_not_exist_is_refused() -> None:
    """A calendar file with the 30th of February is refused with its year."""
    with pytest.raises(InvalidError, match="2026"):
        read_calendar({"years": {"2026": {"announced": True, "holidays": ["02-30"]}}}, "x")


def test_years_without_data_are_weekends_only_and_provisional() -> None:
    """A calendar that knows nothing counts weekdays and says that it is provisional."""
    empty = Calendar("x", {})
    assert empty.add(date(2040, 1, 6), 1, "workday") == Due(date(2040, 1, 9), provisional=True)
