"""Units: a new one, and a change of its name or functions."""

from __future__ import annotations

from typing import Any, Self

from lifecycle.errors import InvalidError, UnknownError
from lifecycle.frozen import dataclass, replace
from lifecycle.people.appointments import Appointed
from lifecycle.people.changes.change import DatedChange, OfficeDocket, OfficeEntry, wire
from lifecycle.people.changes.wire import (
    Intent,
    data_of,
    given,
    misshapen,
    optional_text,
    text,
    text_or_null,
    texts,
)
from lifecycle.people.codes import is_code
from lifecycle.people.directory import Directory, Span, Unit

_FUNCTIONS = "单位职能"


@dataclass(frozen=True, slots=True)
class AddUnit(DatedChange):
    """Add a unit with its name and its functions, which are roles."""

    unit: str
    title: str
    functions: tuple[str, ...]
    since: str | None = None

    entry_type = "unit_added"

    @property
    def appointed(self) -> Appointed:
        """Say that the unit has functions from then on."""
        return Appointed(_FUNCTIONS, self.unit, self.since)

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator adds it, and that its code and its name are nobody's."""
        role = docket.administrator()
        check_unit(docket.directory, self.unit, self.title, new=True)
        docket.check_days(self.since)
        docket.check_beginning(self.appointed)
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office with the unit."""
        span = entry.span(self.since)
        return with_unit(directory, self.unit, self.title, self.functions, span)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {"unit": self.unit, "title": self.title, "functions": list(self.functions)}
        return wire(data | given(since=self.since))

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = data_of(intent)
        since = optional_text(data, "since")
        return cls(text(data, "unit"), text(data, "title"), texts(data, "functions"), since)


@dataclass(frozen=True, slots=True)
class ChangeUnit(DatedChange):
    """Change a unit's name or its functions; what is None stays as it is."""

    unit: str
    title: str | None
    functions: tuple[str, ...] | None
    since: str | None = None

    entry_type = "unit_changed"

    @property
    def appointed(self) -> Appointed | None:
        """Say that the unit has other functions; a rename gives nobody any authority."""
        if self.functions is None:
            return None
        return Appointed(_FUNCTIONS, self.unit, self.since)

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator changes a unit that is there, to a name that is nobody's."""
        role = docket.administrator()
        check_unit(docket.directory, self.unit, self.title, new=False)
        docket.check_days(self.since)
        docket.check_beginning(self.appointed)
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office with the unit as it then is."""
        if self.unit not in directory.units:
            return directory
        span = entry.span(self.since)
        return with_unit(directory, self.unit, self.title, self.functions, span)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        functions = None if self.functions is None else list(self.functions)
        data = {"unit": self.unit, "title": self.title, "functions": functions}
        return wire(data | given(since=self.since))

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = data_of(intent)
        if "functions" not in data:
            misshapen("functions")
        functions = None if data["functions"] is None else texts(data, "functions")
        title, since = text_or_null(data, "title"), optional_text(data, "since")
        return cls(text(data, "unit"), title, functions, since)


def check_unit(directory: Directory, code: str, title: str | None, *, new: bool) -> None:
    """Judge a unit's code and its name; raises InvalidError or UnknownError."""
    if new and code in directory.units:
        raise InvalidError(f"单位 {code} 已有", "改名或改职能请用 lifecycle unit change")
    if not new and code not in directory.units:
        raise UnknownError("单位", code, directory.units)
    others = [unit for unit in directory.units.values() if unit.code != code]
    same = [unit.code for unit in others if unit.titles[-1][0] == title]
    if same:
        message = f"单位名称“{title}”已是 {same[0]} 的名称"
        raise InvalidError(message, "两个单位不能同名，公文要靠名称分清")
    if not is_code(code) or title == "":
        message = f"单位代码“{code}”不合规"
        raise InvalidError(message, "用字母、数字、点、横线，最多 40 个，并写明名称")


def with_unit(
    directory: Directory,
    code: str,
    title: str | None,
    functions: tuple[str, ...] | None,
    span: Span,
) -> Directory:
    """Give an office in which a unit has a name and functions from a day on; None: as before."""
    unit = directory.units.get(code, Unit(code, (), ()))
    if title is not None:
        unit = replace(unit, titles=(*unit.titles, (title, span)))
    if functions is not None:
        unit = replace(unit, functions=(*unit.functions, (functions, span)))
    return replace(directory, units={**directory.units, code: unit})
