"""Divisions of a unit (处室): a new one, its name and who is in charge of it (分管领导), and who is
in it.
"""

from __future__ import annotations

from typing import Any, Self

from lifecycle.errors import InvalidError, UnknownError
from lifecycle.frozen import dataclass, replace
from lifecycle.people.appointments import Appointed
from lifecycle.people.changes.change import DatedChange, OfficeDocket, OfficeEntry, wire
from lifecycle.people.changes.wire import Intent, data_of, given, optional_text, text
from lifecycle.people.codes import is_code
from lifecycle.people.directory import Directory, Division


@dataclass(frozen=True, slots=True)
class AddDivision(DatedChange):
    """Add a division of a unit."""

    division: str
    title: str
    unit: str
    since: str | None = None

    entry_type = "division_added"

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator adds it to a unit, under a code that is new and a name that
        no other division of the unit has.
        """
        role = docket.administrator()
        directory = docket.directory
        if self.division in directory.divisions:
            mend = "改名、换分管领导请用 lifecycle division change"
            raise InvalidError(f"处室 {self.division} 已有", mend)
        if not is_code(self.division) or not self.title:
            message = f"处室代码“{self.division}”不合规"
            raise InvalidError(message, "用字母、数字、点、横线，最多 40 个，并写明名称")
        if self.unit not in directory.units:
            raise UnknownError("单位", self.unit, directory.units)
        _see_own_name(directory, self.unit, self.division, self.title)
        docket.check_days(self.since)
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office with the division, of which nobody is in charge yet."""
        if self.unit not in directory.units:
            return directory
        titles = ((self.title, entry.span(self.since)),)
        made = Division(self.division, self.unit, titles)
        return replace(directory, divisions={**directory.divisions, made.code: made})

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {"division": self.division, "title": self.title, "unit": self.unit}
        return wire(data | given(since=self.since))

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = data_of(intent)
        since = optional_text(data, "since")
        return cls(text(data, "division"), text(data, "title"), text(data, "unit"), since)


@dataclass(frozen=True, slots=True)
class ChangeDivision(DatedChange):
    """Change a division's name, or who is in charge of it ("": nobody); what is None stays."""

    division: str
    title: str | None
    leader: str | None
    since: str | None = None

    entry_type = "division_changed"

    @property
    def appointed(self) -> Appointed | None:
        """Say that the officer is in charge from then on; a new name gives no authority."""
        return Appointed("分管", self.leader, self.since) if self.leader else None

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator changes a division that is there, and that who is put in
        charge is of its unit and has not left.
        """
        role = docket.administrator()
        directory = docket.directory
        if self.division not in directory.divisions:
            raise UnknownError("处室", self.division, directory.divisions)
        division = directory.divisions[self.division]
        if self.title is None and self.leader is None:
            raise InvalidError("没有写要改什么", "写名称或分管领导")
        if self.title == "":
            raise InvalidError("处室名称不能是空的")
        if self.title is not None:
            _see_own_name(directory, division.unit, division.code, self.title)
        if self.leader:
            _see_of_unit(docket, self.leader, division, "分管领导")
        docket.check_days(self.since)
        docket.check_beginning(self.appointed)
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office with the division as it then is."""
        division, span = directory.divisions.get(self.division), entry.span(self.since)
        if division is None or (self.leader and self.leader not in directory.people):
            return directory
        if self.title is not None:
            division = replace(division, titles=(*division.titles, (self.title, span)))
        if self.leader is not None:
            division = replace(division, leaders=(*division.leaders, (self.leader, span)))
        return replace(directory, divisions={**directory.divisions, division.code: division})

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        changed = given(title=self.title, leader=self.leader, since=self.since)
        return wire({"division": self.division} | changed)

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = data_of(intent)
        title, leader = optional_text(data, "title"), optional_text(data, "leader")
        return cls(text(data, "division"), title, leader, optional_text(data, "since"))


@dataclass(frozen=True, slots=True)
class PlaceOfficer(DatedChange):
    """Say in which division an officer is from a day on; "": in none."""

    officer: str
    division: str
    since: str | None = None

    entry_type = "officer_placed"

    @property
    def appointed(self) -> Appointed | None:
        """Say that the officer is in the division from then on."""
        return Appointed("处室", self.officer, self.since) if self.division else None

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator places somebody who has not left, in a division of their
        unit.
        """
        role = docket.administrator()
        directory = docket.directory
        person = docket.person(self.officer)
        if self.division:
            if self.division not in directory.divisions:
                raise UnknownError("处室", self.division, directory.divisions)
            _see_of_unit(docket, self.officer, directory.divisions[self.division], "处室的人")
        docket.check_days(self.since)
        docket.check_beginning(self.appointed)
        on = self.since or docket.on.isoformat()
        if person.division(on, directory.seq) == self.division:
            now = f"已在 {self.division}" if self.division else "不在任何处室"
            raise InvalidError(f"{self.officer} 在 {on} {now}", "用 lifecycle division list 查看")
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office with the officer in the division."""
        person = directory.people.get(self.officer)
        if person is None or (self.division and self.division not in directory.divisions):
            return directory
        placed = replace(
            person, divisions=(*person.divisions, (self.division, entry.span(self.since)))
        )
        return replace(directory, people={**directory.people, placed.code: placed})

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return wire({"officer": self.officer, "division": self.division} | given(since=self.since))

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = data_of(intent)
        return cls(text(data, "officer"), text(data, "division"), optional_text(data, "since"))


def _see_own_name(directory: Directory, unit: str, code: str, title: str) -> None:
    """Refuse a name that another division of the unit has."""
    others = (one for one in directory.divisions.values() if one.unit == unit and one.code != code)
    same = next((one.code for one in others if one.titles[-1][0] == title), None)
    if same is not None:
        raise InvalidError(f"处室名称“{title}”已是本单位 {same} 的名称", "换一个名称")


def _see_of_unit(docket: OfficeDocket, officer: str, division: Division, what: str) -> None:
    """Refuse somebody who has left, or is of another unit than a division."""
    person = docket.person(officer)
    if person.left:
        raise InvalidError(f"经办人 {officer} 已登记离任，不能作{what}", "请写在岗的人")
    if person.unit != division.unit:
        message = f"{officer} 是 {person.unit} 的人，{division.code} 是 {division.unit} 的处室"
        raise InvalidError(message, "写同一单位的人")
