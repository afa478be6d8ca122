"""A calendar beyond the office's first: proposed by an administrator, in force once somebody else
has confirmed it.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Self

from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass, replace
from lifecycle.people.changes.change import OfficeChange, OfficeDocket, OfficeEntry, wire
from lifecycle.people.changes.wire import Intent, data_of, file_of, number, text
from lifecycle.people.directory import CalendarProposal, Directory, Document

KIND = "calendar"
_AGAIN = "管理员先提出：lifecycle calendar publish 文件 --as 管理员"


@dataclass(frozen=True, slots=True)
class ProposeCalendar(OfficeChange):
    """Propose a calendar: its name, and its bytes by length and SHA-256."""

    name: str
    size: int
    digest: str

    entry_type = "calendar_proposed"

    @property
    def kind(self) -> str:
        """Give the kind of definition that it is."""
        return KIND

    @classmethod
    def of(cls, name: str, body: bytes) -> Self:
        """Give the proposal of a calendar's bytes."""
        return cls(name, len(body), sha256(body).hexdigest())

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator proposes it; its bytes have been read."""
        return docket.administrator()

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office with the proposal: nothing is counted by it yet."""
        proposal = CalendarProposal(entry.eid, entry.seq, entry.actor, self.name, self.digest)
        return replace(directory, proposals=(*directory.proposals, proposal))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        file = {"name": f"{KIND}/{self.name}", "size": self.size, "sha256": self.digest}
        return {"data": {"name": self.name}, "files": [file]}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data, file = data_of(intent), file_of(intent)
        return cls(text(data, "name"), number(file, "size"), text(file, "sha256"))


@dataclass(frozen=True, slots=True)
class ConfirmCalendar(OfficeChange):
    """Confirm a calendar, named by the eid of the entry that proposed it: it is in force then."""

    proposal: str

    entry_type = "calendar_confirmed"

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator or auditor confirms what somebody else proposed, and nothing
        was proposed or published since.
        """
        role = docket.second_person("日历")
        directory, asker = docket.directory, docket.asker()
        proposal = directory.proposal(self.proposal)
        if proposal is None or proposal.confirmed_by is not None:
            raise InvalidError("没有待确认的日历", _AGAIN)
        if proposal.officer == asker.id:
            message = f"日历由 {asker.id} 提出，不能由同一人确认"
            raise InvalidError(
                message, "请另一名管理员或审计员运行：lifecycle calendar confirm 文件"
            )
        if proposal != directory.open_proposal:
            message = f"{proposal.officer} 提出以后，又提出或发布了别的日历，这一份不能再确认"
            raise InvalidError(message, "用 lifecycle calendar list 查看待确认的")
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office in which the calendar is in force."""
        meant = directory.proposal(self.proposal)
        if meant is None:
            return directory
        proposals = (
            replace(one, confirmed_by=entry.actor) if one.id == meant.id else one
            for one in directory.proposals
        )
        document = Document(KIND, meant.name, meant.digest, entry.seq)
        documents = (*directory.documents, document)
        return replace(directory, proposals=tuple(proposals), documents=documents)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return wire({"proposal": self.proposal})

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        return cls(text(data_of(intent), "proposal"))
