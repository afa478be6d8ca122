"""Officers: a new one, and one who leaves."""

from __future__ import annotations

from typing import Any, Self

from lifecycle.errors import InvalidError, UnknownError
from lifecycle.frozen import dataclass, replace
from lifecycle.people.appointments import Appointed
from lifecycle.people.changes.change import DatedChange, OfficeDocket, OfficeEntry, wire
from lifecycle.people.changes.wire import Intent, data_of, given, optional_text, text, texts
from lifecycle.people.codes import is_code
from lifecycle.people.directory import Directory, Person
from lifecycle.workflow.model import CLOCK


@dataclass(frozen=True, slots=True)
class AddOfficer(DatedChange):
    """Add an officer of a unit, with a post's title and the roles granted at once."""

    officer: str
    title: str
    unit: str
    roles: tuple[str, ...] = ()
    since: str | None = None

    entry_type = "officer_added"
    gives_roles = True
    over_jump = "appoints"

    @property
    def appointed(self) -> Appointed:
        """Say that the officer is in office from then on."""
        return Appointed("任职", self.officer, self.since)

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator adds them, under a code that nobody has had, to a unit."""
        role = docket.administrator()
        directory = docket.directory
        if self.officer in directory.people:
            raise InvalidError(f"经办人 {self.officer} 已有", "代码不可重复使用")
        check_code(self.officer, self.title)
        if self.unit not in directory.units:
            raise UnknownError("单位", self.unit, directory.units)
        if docket.is_sealed(self.roles):
            mend = "先登记经办人，不写这个角色；再 lifecycle officer grant，由另一人确认"
            raise InvalidError("其中有须两人授权的角色，不能在登记时授予", mend)
        docket.check_days(self.since)
        docket.check_beginning(self.appointed)
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office with the officer and their roles."""
        person = Person(self.officer, self.title, self.unit, entry.span(self.since))
        return with_officer(directory, person, self.roles, entry.eid)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {
            "officer": self.officer,
            "title": self.title,
            "unit": self.unit,
            "roles": list(self.roles),
        }
        return wire(data | given(since=self.since))

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = data_of(intent)
        return cls(
            officer=text(data, "officer"),
            title=text(data, "title"),
            unit=text(data, "unit"),
            roles=texts(data, "roles"),
            since=optional_text(data, "since"),
        )


@dataclass(frozen=True, slots=True)
class NoteLeave(DatedChange):
    """Note that an officer has left."""

    officer: str
    since: str | None = None

    entry_type = "officer_left"

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator notes it, once, and that another administrator stays."""
        role = docket.administrator()
        if docket.person(self.officer).left:
            raise InvalidError(f"经办人 {self.officer} 已登记离任")
        check_last_administrator(docket.directory, self.officer)
        docket.check_days(self.since)
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office from which the officer has gone."""
        person = directory.people.get(self.officer)
        if person is None:
            return directory
        gone = replace(person, left=entry.span(self.since))
        return replace(directory, people={**directory.people, gone.code: gone})

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return wire({"officer": self.officer} | given(since=self.since))

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = data_of(intent)
        return cls(text(data, "officer"), optional_text(data, "since"))


def check_code(officer: str, title: str) -> None:
    """Judge the code of a new officer and the title of the post; raises InvalidError."""
    if officer == CLOCK:
        message = "经办人代码不能是 clock：到期自动办理的，记在这个代码下"
        raise InvalidError(message, "换一个代码")
    if not is_code(officer) or not title:
        message = f"经办人代码“{officer}”不合规"
        raise InvalidError(message, "用字母、数字、点、横线，最多 40 个，并写明职务")


def check_last_administrator(directory: Directory, officer: str) -> None:
    """Refuse to take its only administrator from an office; raises InvalidError."""
    if directory.administrators() == {officer}:
        message = f"{officer} 是唯一的管理员，不能离任或撤权"
        raise InvalidError(message, "先授予另一人 admin 角色：lifecycle officer grant")


def with_officer(
    directory: Directory, person: Person, roles: tuple[str, ...], eid: str
) -> Directory:
    """Give an office with an officer of a unit that is there, and the roles granted by the entry
    `eid`.
    """
    if person.unit not in directory.units:
        return directory
    after = replace(directory, people={**directory.people, person.code: person})
    return after.with_grant(eid, person.code, roles, person.span) if roles else after
