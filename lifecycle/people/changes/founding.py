"""The founding of an office: its first unit and its first administrator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lifecycle.engine.entry import recorded_day
from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass, replace
from lifecycle.people.changes.change import DatedChange, OfficeDocket, OfficeEntry, wire
from lifecycle.people.changes.officers import check_code, with_officer
from lifecycle.people.changes.units import check_unit, with_unit
from lifecycle.people.changes.wire import (
    Intent,
    data_of,
    given,
    optional_number,
    optional_text,
    text,
    texts,
)
from lifecycle.people.clock import MOST_DAYS
from lifecycle.people.directory import Directory, Person

_MOST_EARLY = 250


@dataclass(frozen=True, slots=True)
class FoundOffice(DatedChange):
    """Found an office with its first unit and its administrator, who has a `title` there.

    `clock_days` and `early_workdays` are the bounds that it keeps; older offices have none.
    """

    unit: str
    unit_title: str
    functions: tuple[str, ...]
    officer: str
    title: str
    roles: tuple[str, ...]
    since: str | None = None
    clock_days: int | None = None
    early_workdays: int | None = None

    entry_type = "office_founded"

    @property
    def founder(self) -> Mapping[str, str]:
        """Give the administrator as the entry's `actor`."""
        return {"id": self.officer, "unit": self.unit}

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that there is no office yet, its codes and names, and its bounds."""
        directory = docket.directory
        if directory.seq:
            raise InvalidError("本单位已经建立，不能重复建立")
        check_unit(directory, self.unit, self.unit_title, new=True)
        check_code(self.officer, self.title)
        docket.check_days(self.since)
        self._check_bounds()
        return "admin"

    def _check_bounds(self) -> None:
        days, early = self.clock_days or 0, self.early_workdays or 0
        if not 0 <= days <= MOST_DAYS:
            message = f"时钟的最大间隔“{days}”不对"
            raise InvalidError(message, f"写 1 至 {MOST_DAYS} 的整数（天）")
        if not 0 <= early <= _MOST_EARLY:
            message = f"授权可早于登记的工作日数“{early}”不对"
            raise InvalidError(message, f"写 0 至 {_MOST_EARLY} 的整数")

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office with its unit and its administrator."""
        span = entry.span(self.since)
        founded = with_unit(directory, self.unit, self.unit_title, self.functions, span)
        person = Person(self.officer, self.title, self.unit, span)
        return replace(
            with_officer(founded, person, self.roles, entry.eid),
            clock_days=self.clock_days or 0,
            early_workdays=self.early_workdays,
            founded_on=recorded_day(entry.at),
        )

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {
            "unit": self.unit,
            "unit_title": self.unit_title,
            "functions": list(self.functions),
            "officer": self.officer,
            "title": self.title,
            "roles": list(self.roles),
        }
        bounds = given(clock_days=self.clock_days, early_workdays=self.early_workdays)
        return wire(data | bounds | given(since=self.since))

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = data_of(intent)
        return cls(
            unit=text(data, "unit"),
            unit_title=text(data, "unit_title"),
            functions=texts(data, "functions"),
            officer=text(data, "officer"),
            title=text(data, "title"),
            roles=texts(data, "roles"),
            since=optional_text(data, "since"),
            clock_days=optional_number(data, "clock_days"),
            early_workdays=optional_number(data, "early_workdays"),
        )
