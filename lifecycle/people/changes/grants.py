"""Roles granted to an officer, and revoked."""

from __future__ import annotations

from typing import Any, Self

from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass
from lifecycle.people.appointments import Appointed
from lifecycle.people.changes.change import DatedChange, OfficeDocket, OfficeEntry, wire
from lifecycle.people.changes.officers import check_last_administrator
from lifecycle.people.changes.wire import (
    Intent,
    data_of,
    given,
    optional_text,
    text,
    texts,
    yes_or_none,
)
from lifecycle.people.directory import Directory, Grant


@dataclass(frozen=True, slots=True)
class GrantRoles(DatedChange):
    """Grant roles to an officer, from a day on and perhaps until another. One role that two persons
    grant is `proposed` only: it holds once somebody else confirms it.
    """

    officer: str
    roles: tuple[str, ...]
    since: str | None = None
    until: str | None = None
    proposed: bool = False

    entry_type = "role_granted"
    gives_roles = True
    over_jump = "appoints"

    @property
    def appointed(self) -> Appointed:
        """Say that the officer has the roles from then on."""
        return Appointed("授权", self.officer, self.since)

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator grants some role to somebody who has not left."""
        role = docket.administrator()
        if docket.person(self.officer).left:
            message = f"经办人 {self.officer} 已登记离任，不能授权"
            raise InvalidError(message, "请另行登记经办人")
        if not self.roles:
            raise InvalidError("未写明授予什么角色")
        sealed = docket.is_sealed(self.roles)
        if sealed and len(self.roles) > 1:
            raise InvalidError("须两人授权的角色要单独授予", "一次只写这一个角色")
        if sealed is not None and sealed is not self.proposed:
            wanted = "须两人授权，只能先提出" if sealed else "不须两人授权，不能只提出"
            raise InvalidError(f"{'、'.join(self.roles)} {wanted}", "请重试")
        docket.check_days(self.since, self.until)
        docket.check_beginning(self.appointed)
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office with the grant."""
        span = entry.span(self.since, self.until)
        who = entry.actor if self.proposed else ""
        return directory.with_grant(entry.eid, self.officer, self.roles, span, proposed_by=who)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {"officer": self.officer, "roles": list(self.roles)}
        dated = given(since=self.since, until=self.until)
        return wire(data | dated | ({"proposed": True} if self.proposed else {}))

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = data_of(intent)
        since, until = optional_text(data, "since"), optional_text(data, "until")
        proposed = yes_or_none(data, "proposed")
        return cls(text(data, "officer"), texts(data, "roles"), since, until, proposed)


@dataclass(frozen=True, slots=True)
class ConfirmGrant(DatedChange):
    """Confirm a grant that somebody else proposed, named by the eid of its entry: it holds then."""

    grant: str

    entry_type = "grant_confirmed"

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator or auditor confirms what waits: neither who proposed it nor
        who gets it.
        """
        role = docket.second_person("授权")
        grant, asker = docket.directory.grant(self.grant), docket.asker()
        if grant is None or not grant.waits:
            raise InvalidError("没有待确认的这项授权", "用 lifecycle officer list 查看")
        if asker.id in (grant.proposed_by, grant.officer):
            whose = "提出" if asker.id == grant.proposed_by else "得到"
            message = f"授权由 {asker.id} {whose}，不能由同一人确认"
            raise InvalidError(message, "请另一名管理员或审计员确认")
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office in which it holds."""
        return directory.with_confirmed(self.grant, entry.seq)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return wire({"grant": self.grant})

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        return cls(text(data_of(intent), "grant"))


@dataclass(frozen=True, slots=True)
class Revocation(DatedChange):
    """Revoke a grant or a delegation, named by the eid of its entry."""

    grant: str
    since: str | None = None

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office without it."""
        return directory.without_grant(self.grant, entry.span(self.since))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return wire({"grant": self.grant} | given(since=self.since))

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = data_of(intent)
        return cls(text(data, "grant"), optional_text(data, "since"))


@dataclass(frozen=True, slots=True)
class RevokeRoles(Revocation):
    """Revoke a grant of roles."""

    entry_type = "role_revoked"

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator revokes a grant that stands, and one administrator stays."""
        role = docket.administrator()
        grant = find_grant(docket.directory, self.grant, delegated=False)
        if "admin" in grant.roles:
            check_last_administrator(docket.directory, grant.officer)
        docket.check_days(self.since)
        return role


def find_grant(directory: Directory, eid: str, *, delegated: bool) -> Grant:
    """Give a grant or delegation that stands; raises InvalidError where there is none."""
    grant = directory.grant(eid)
    if grant is None or grant.revoked is not None or (grant.principal is not None) != delegated:
        raise InvalidError("该授权不存在或已撤销", "用 lifecycle officer list 查看")
    return grant
