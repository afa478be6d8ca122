"""What every change of the office has: a wire form, a judge and a fold; and what judges share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Literal, Self

from lifecycle.engine.entry import is_day
from lifecycle.engine.world.moment import Officer
from lifecycle.engine.world.workdays import Calendar
from lifecycle.errors import InvalidError, UnknownError
from lifecycle.frozen import dataclass
from lifecycle.people.appointments import WEEKDAYS, Appointed, check_beginning
from lifecycle.people.changes.wire import Intent
from lifecycle.people.directory import Directory, Person, Span

ONLY_ADMIN = "请管理员办理"


def is_sealed(
    directory: Directory, on: date, sealing: frozenset[str], roles: tuple[str, ...]
) -> bool:
    """Tell whether two persons grant one of these roles on a day, `sealing` being those that two
    persons grant; on the day of its founding, an office has perhaps one only.
    """
    return on.isoformat() != directory.founded_on and not sealing.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class OfficeDocket:
    """Who asks for a change of which office, on which day, recorded at which time (UTC).

    `officer` is None while there is no office. `calendar` counts workdays, `sealing` are the roles
    that two persons grant, by the workflows in force; either is None where an audit cannot read
    what is in force, so that what needs it is left unjudged. `given` maps each series to the last
    number that it has given; it is None where an audit follows the numbers by itself.
    """

    directory: Directory
    officer: Officer | None
    on: date
    at: str
    calendar: Calendar | None = WEEKDAYS
    sealing: frozenset[str] | None = frozenset()
    given: Mapping[str, int] | None = None

    def is_sealed(self, roles: tuple[str, ...]) -> bool | None:
        """Tell whether two persons grant one of these roles; None where it is not known."""
        if self.sealing is None:
            return None
        return is_sealed(self.directory, self.on, self.sealing, roles)

    def asker(self) -> Officer:
        """Give who asks; raises InvalidError where nobody is named."""
        if self.officer is None:
            raise InvalidError("须指明经办人", "加 --as 代码")
        return self.officer

    def is_held(self, role: str) -> bool:
        """Tell whether the asker holds a role by themselves, not for a principal."""
        asker = self.asker()
        return role in asker.held and not asker.principal

    def administrator(self) -> str:
        """Give the role of administrator, on which a change rests; raises InvalidError."""
        asker = self.asker()
        if self.is_held("admin"):
            return "admin"
        raise InvalidError(f"须由管理员办理；您（{asker.id} {asker.title}）不是管理员", ONLY_ADMIN)

    def second_person(self, what: str) -> str:
        """Give the role on which the confirmation of what somebody else announced rests; raises
        InvalidError.
        """
        for role in ("admin", "auditor"):
            if self.is_held(role):
                return role
        message = f"{self.asker().id} 不是管理员或审计员，不能确认{what}"
        raise InvalidError(message, "请另一名管理员或审计员确认")

    def person(self, code: str) -> Person:
        """Give an officer whom the directory knows; raises UnknownError."""
        if code not in self.directory.people:
            raise UnknownError("经办人", code, self.directory.people)
        return self.directory.people[code]

    def check_days(self, since: str | None, until: str | None = None) -> None:
        """Refuse days that do not exist, or go together in no way; raises InvalidError."""
        for day in (since, until):
            if day is not None and not is_day(day):
                raise InvalidError(f"日期“{day}”无效", "请写成 2026-08-01 的样子")
        first = since or self.on.isoformat()
        if until and until < first:
            raise InvalidError(f"截止日 {until} 早于起始日 {first}")

    def check_beginning(self, appointed: Appointed | None) -> None:
        """Refuse authority that begins too long before its recording; raises InvalidError."""
        if self.calendar is not None and appointed is not None:
            on, at = self.on.isoformat(), self.at
            check_beginning(self.directory, appointed, on, at=at, calendar=self.calendar)


@dataclass(frozen=True, slots=True)
class OfficeEntry:
    """An entry of the office's own chain, apart from the change that it records.

    `on` is the day it took effect, `at` the time of recording (UTC), `actor` who recorded it.
    """

    eid: str
    seq: int
    on: str
    at: str
    actor: str

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Self:
        """Read it from an entry's body."""
        intent = body["intent"]
        return cls(
            eid=intent["eid"],
            seq=intent["seq"],
            on=intent["occurred_on"],
            at=body["recorded_at"],
            actor=intent["actor"]["id"],
        )

    def span(self, since: str | None, until: str | None = None) -> Span:
        """Say from when until when something is so that this entry made known."""
        return Span(self.on if since is None else since, until, self.seq)


class OfficeChange(ABC):
    """A change of the office, frozen and typed: what an administrator asks for and, once accepted,
    what one entry of the office's own chain records.
    """

    __slots__ = ()

    entry_type: ClassVar[str]
    """The `type` of the entries that record it."""
    gives_roles: ClassVar[bool] = False
    """Whether it is told which roles two persons grant."""
    begins_numbers: ClassVar[bool] = False
    """Whether it is told how far each series of numbers has come."""
    over_jump: ClassVar[Literal["stops", "announces", "confirms", "appoints"]] = "stops"
    """What it is for where the clock has jumped past its bound: most wait until that is confirmed;
    some announce or confirm it, or appoint who may confirm.
    """

    @property
    def founder(self) -> Mapping[str, str] | None:
        """Give the `actor` of what founds an office, of which nobody is an officer yet."""
        return None

    @property
    def appointed(self) -> Appointed | None:
        """Say to whom it gives authority, and since when; None where it gives none."""
        return None

    @abstractmethod
    def judge(self, docket: OfficeDocket) -> str:
        """Judge it; give the role that it rests on. Raises InvalidError or UnknownError."""

    @abstractmethod
    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office after the entry that records it.

        Trusts nothing: what a forged entry says of somebody who is not there changes nothing.
        """

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Give the `data` and `files` of the entry that records it.

        The only place that knows the keys, with `from_dict`.
        """

    @classmethod
    @abstractmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read it back from an entry's intent; raises InvalidError for what is not built so."""

    def is_repeated_by(self, recorded: OfficeChange) -> bool:
        """Tell whether a recorded change is this one, sent before under the same request id."""
        return self == recorded


class DatedChange(OfficeChange):
    """A change that says from which day it holds; None: from the day of its entry."""

    __slots__ = ()

    since: str | None


def wire(data: dict[str, Any]) -> dict[str, Any]:
    """Give the wire form of a change that comes with no file."""
    return {"data": data, "files": []}
