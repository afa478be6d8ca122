"""Running cases taken in when the ledger begins (存量接管): until a day that is set once, each lot
proposed by one person and confirmed by another.
"""

from __future__ import annotations

import re
from typing import Any, Self

from lifecycle.engine.entry import recorded_day
from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass, replace
from lifecycle.people.changes.change import OfficeChange, OfficeDocket, OfficeEntry, wire
from lifecycle.people.changes.wire import Intent, data_of, text, texts
from lifecycle.people.decided import Declaration, confirmed
from lifecycle.people.directory import Directory

MOST_ROWS = 500
"""So many cases are proposed at once at most: an entry stays small."""
_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class LimitTakeOver(OfficeChange):
    """Set the last day on which running cases may be taken in; once, and for ever."""

    last: str

    entry_type = "take_over_limited"

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator sets it, that it is not set yet and not past."""
        role, directory = docket.administrator(), docket.directory
        docket.check_days(self.last)
        if directory.take_over_until:
            message = f"接管的截止日已定为 {directory.take_over_until}，不能再定"
            raise InvalidError(message, "截止以后的，按正常立项办理")
        if self.last < docket.on.isoformat():
            raise InvalidError(f"截止日 {self.last} 已过", "写今天或以后的日子")
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office with the day."""
        return replace(directory, take_over_until=self.last)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return wire({"until": self.last})

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        return cls(text(data_of(intent), "until"))


@dataclass(frozen=True, slots=True)
class ProposeTakeOver(OfficeChange):
    """Propose to take in running cases under a workflow: its name and SHA-256, and the digest of
    what is declared of each.
    """

    name: str
    workflow: str
    rows: tuple[str, ...]

    entry_type = "take_over_proposed"

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator proposes it, in time, and no case twice."""
        role = docket.administrator()
        _see_in_time(docket)
        if docket.directory.document("workflow", self.name) != self.workflow:
            raise InvalidError(f"流程 {self.name} 刚发布了别的版本", "按现行的一版重新提出")
        if not 0 < len(self.rows) <= MOST_ROWS:
            raise InvalidError(f"一次提出 1 至 {MOST_ROWS} 件", "多的分几个文件")
        if not all(map(_DIGEST.fullmatch, self.rows)):
            raise InvalidError("接管的内容没有写成 SHA-256")
        known = {row for one in docket.directory.declarations if one.confirmed for row in one.rows}
        twice = [
            n for n, row in enumerate(self.rows, 1) if row in known or row in self.rows[: n - 1]
        ]
        if twice:
            told = "、".join(map(str, twice[:5]))
            raise InvalidError(f"第 {told} 件与别的一件、或已接管的一件完全相同", "删去重复的")
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office with the proposal: no case is taken in yet."""
        one = Declaration(entry.eid, entry.seq, entry.actor, self.name, self.workflow, self.rows)
        return replace(directory, declarations=(*directory.declarations, one))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {"name": self.name, "workflow": self.workflow, "rows": list(self.rows)}
        return wire(data)

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = data_of(intent)
        return cls(text(data, "name"), text(data, "workflow"), texts(data, "rows"))


@dataclass(frozen=True, slots=True)
class ConfirmTakeOver(OfficeChange):
    """Confirm what was proposed, named by the eid of that entry: each case follows at once."""

    proposal: str

    entry_type = "take_over_confirmed"

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator or auditor confirms, in time, what somebody else proposed
        last under that workflow, which is still in force.
        """
        role = docket.second_person("接管")
        _see_in_time(docket)
        directory, asker = docket.directory, docket.asker()
        found = [one for one in directory.declarations if one.id == self.proposal]
        if not found or found[0].confirmed:
            raise InvalidError(
                "没有待确认的接管", "管理员先提出：lifecycle takeover propose 流程 文件"
            )
        meant = found[0]
        last = [one for one in directory.declarations if one.name == meant.name][-1]
        if meant is not last or directory.document("workflow", meant.name) != meant.workflow:
            raise InvalidError(
                "提出以后又提出了别的，或流程又发布了新版，这一份不能再确认", "重新提出"
            )
        if meant.officer == asker.id:
            raise InvalidError(
                f"接管由 {asker.id} 提出，不能由同一人确认", "请另一名管理员或审计员确认"
            )
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office in which it is decided."""
        found = confirmed(directory.declarations, self.proposal, entry.seq, entry.actor)
        return replace(directory, declarations=found)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return wire({"proposal": self.proposal})

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        return cls(text(data_of(intent), "proposal"))


def _see_in_time(docket: OfficeDocket) -> None:
    """Refuse what comes after the last day, or where none is set."""
    until = docket.directory.take_over_until
    if not until:
        raise InvalidError(
            "还没有定接管的截止日", "管理员先定：lifecycle takeover until 2026-12-31"
        )
    if recorded_day(docket.at) > until:
        raise InvalidError(f"接管的截止日 {until} 已过", "按正常立项办理")
