"""Periods of the calendar: months, quarters, years, and when what is opened in each is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lifecycle.engine.outcomes.computing import recorded_value
from lifecycle.engine.values import Value
from lifecycle.engine.world.workdays import DAY, Calendar
from lifecycle.errors import InvalidError
from lifecycle.expression.dates import add_months
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import BEFORE, PERIOD, Every, PeriodKind, Workflow

_MONTHS: dict[PeriodKind, int] = {"month": 1, "quarter": 3, "year": 12}
_QUARTERS = "一二三四"


@dataclass(frozen=True, slots=True)
class Period:
    """A month, a quarter or a year, by its first day."""

    kind: PeriodKind
    begin: date

    @property
    def end(self) -> date:
        """Give its last day."""
        return add_months(self.begin, _MONTHS[self.kind]) - DAY

    @property
    def code(self) -> str:
        """Name it for machines: 2026-07, 2026Q3, 2026."""
        year, month = self.begin.year, self.begin.month
        if self.kind == "month":
            return f"{year}-{month:02}"
        return f"{year}Q{(month + 2) // 3}" if self.kind == "quarter" else str(year)

    @property
    def label(self) -> str:
        """Name it for officers."""
        year, month = self.begin.year, self.begin.month
        if self.kind == "month":
            return f"{year}年{month}月"
        quarter = f"第{_QUARTERS[(month - 1) // 3]}季度" if self.kind == "quarter" else ""
        return f"{year}年{quarter}"

    @property
    def next(self) -> Period:
        """Give the period after it."""
        return Period(self.kind, add_months(self.begin, _MONTHS[self.kind]))

    @property
    def before(self) -> Period:
        """Give the period before it."""
        return period_of(self.kind, self.begin - DAY)

    @property
    def parts(self) -> dict[str, object]:
        """Give it as an expression sees it."""
        return {"label": self.label, "code": self.code, "begin": self.begin, "end": self.end}

    def due(self, every: Every, calendar: Calendar) -> date:
        """Give the day on which what is opened in it is due."""
        return calendar.add(self.begin - DAY, every.after.amount, every.after.unit).on


def period_of(kind: PeriodKind, day: date) -> Period:
    """Give the period in which a day is."""
    months = _MONTHS[kind]
    first = (day.month - 1) // months * months + 1
    return Period(kind, date(day.year, first, 1))


def periods_from(kind: PeriodKind, day: date) -> Iterator[Period]:
    """Give the period in which a day is, and all that follow."""
    period = period_of(kind, day)
    while True:
        yield period
        period = period.next


def facts_in(every: Every, target: Workflow, period: Period, on: date) -> dict[str, Value]:
    """Compute what the case opened in a period is given. Raises InvalidError, ExpressionError."""
    scope = {PERIOD: period.parts, BEFORE: period.before.parts, "today": on}
    found: dict[str, Value] = {}
    for setting in every.facts:
        fact = target.facts.get(setting.fact)
        if fact is None:
            raise InvalidError(f"流程 {target.title} 没有要素 {setting.fact}")
        value = recorded_value(fact, setting.value.evaluate(scope))
        if value is None:
            raise InvalidError(f"{fact.title} 算不出：没有值")
        found[setting.fact] = value
    return found
