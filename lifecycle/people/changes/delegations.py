"""Delegations: who may act for whom, made and revoked by an administrator or by the principal."""

from __future__ import annotations

from typing import Any, Self

from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass
from lifecycle.people.appointments import Appointed
from lifecycle.people.changes.change import DatedChange, OfficeDocket, OfficeEntry, wire
from lifecycle.people.changes.grants import Revocation, find_grant
from lifecycle.people.changes.wire import Intent, data_of, given, optional_text, text, texts
from lifecycle.people.directory import Directory


@dataclass(frozen=True, slots=True)
class Delegate(DatedChange):
    """Let an officer act for `principal` in some roles (none: in all), until a day."""

    officer: str
    principal: str
    roles: tuple[str, ...]
    since: str | None = None
    until: str | None = None

    entry_type = "delegation_made"

    @property
    def appointed(self) -> Appointed:
        """Say that the officer may act for the principal from then on."""
        return Appointed("委托", self.officer, self.since)

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator or the principal delegates to another person, and until
        when.
        """
        role = _authority(docket, self.principal)
        docket.person(self.officer)
        docket.person(self.principal)
        if self.principal == self.officer:
            raise InvalidError("不能委托给自己")
        if not self.until:
            raise InvalidError("委托须有截止日", "加 --until 日期")
        docket.check_days(self.since, self.until)
        docket.check_beginning(self.appointed)
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office with the delegation."""
        if self.principal not in directory.people:
            return directory
        span = entry.span(self.since, self.until)
        return directory.with_grant(entry.eid, self.officer, self.roles, span, self.principal)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {
            "officer": self.officer,
            "principal": self.principal,
            "roles": list(self.roles),
        }
        return wire(data | given(since=self.since, until=self.until))

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = data_of(intent)
        return cls(
            officer=text(data, "officer"),
            principal=text(data, "principal"),
            roles=texts(data, "roles"),
            since=optional_text(data, "since"),
            until=optional_text(data, "until"),
        )


@dataclass(frozen=True, slots=True)
class RevokeDelegation(Revocation):
    """Revoke a delegation."""

    entry_type = "delegation_revoked"

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator or the principal revokes a delegation that stands."""
        known = docket.directory.grant(self.grant)
        role = _authority(docket, known.principal if known is not None else None)
        find_grant(docket.directory, self.grant, delegated=True)
        docket.check_days(self.since)
        return role


def _authority(docket: OfficeDocket, principal: str | None) -> str:
    """Give the role on which a change of a principal's delegation rests; raises InvalidError."""
    if not docket.is_held("admin") and principal == docket.asker().id:
        return "self"
    return docket.administrator()
