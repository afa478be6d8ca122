"""The open cases of one version of a workflow taken over into another: proposed by an
administrator, done once somebody else has confirmed it.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Self

from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass, replace
from lifecycle.people.changes.change import OfficeChange, OfficeDocket, OfficeEntry, wire
from lifecycle.people.changes.wire import Intent, data_of, file_of, number, text
from lifecycle.people.decided import Migration, confirmed
from lifecycle.people.directory import Directory

KIND = "map"


@dataclass(frozen=True, slots=True)
class ProposeMigration(OfficeChange):
    """Propose to take the open cases of one version over into the one in force: the workflow's
    name, the SHA-256 of both versions, and the map between them by length and SHA-256.
    """

    name: str
    before: str
    after: str
    size: int
    digest: str

    entry_type = "migration_proposed"

    @property
    def kind(self) -> str:
        """Give the kind of definition that the map is."""
        return KIND

    @classmethod
    def of(cls, name: str, before: str, after: str, body: bytes) -> Self:
        """Give the proposal with a map's bytes."""
        return cls(name, before, after, len(body), sha256(body).hexdigest())

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator proposes it, from a version that was published into the one
        in force; the map has been read.
        """
        role, directory = docket.administrator(), docket.directory
        known = {
            d.digest for d in directory.documents if (d.kind, d.name) == ("workflow", self.name)
        }
        if self.before not in known or self.after != directory.document("workflow", self.name):
            message = f"要把流程 {self.name} 发布过的一版迁到现行的一版"
            raise InvalidError(message, "先发布新版；版本用 lifecycle workflow list 查看")
        if self.before == self.after:
            raise InvalidError("两版是同一版，不用迁")
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office with the proposal: no case is taken over yet."""
        one = Migration(
            entry.eid, entry.seq, entry.actor, self.name, self.before, self.after, self.digest
        )
        return replace(directory, migrations=(*directory.migrations, one))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        file = {"name": f"{KIND}/{self.name}", "size": self.size, "sha256": self.digest}
        data = {"name": self.name, "before": self.before, "after": self.after}
        return {"data": data, "files": [file]}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data, file = data_of(intent), file_of(intent)
        return cls(
            text(data, "name"),
            text(data, "before"),
            text(data, "after"),
            number(file, "size"),
            text(file, "sha256"),
        )


@dataclass(frozen=True, slots=True)
class ConfirmMigration(OfficeChange):
    """Confirm a taking over, named by the eid of the entry that proposed it: every open case of the
    version before follows it at once.
    """

    proposal: str

    entry_type = "migration_confirmed"

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator or auditor confirms what somebody else proposed last, while
        the version that it leads to is in force.
        """
        role = docket.second_person("迁移")
        directory, asker = docket.directory, docket.asker()
        meant = next((one for one in directory.migrations if one.id == self.proposal), None)
        if meant is None or meant != directory.migration(meant.name):
            mend = "管理员先提出：lifecycle workflow migrate 流程 --from 版本"
            raise InvalidError("没有待确认的迁移，或又提出、发布了别的", mend)
        if meant.officer == asker.id:
            message = f"迁移由 {asker.id} 提出，不能由同一人确认"
            mend = f"请另一名管理员或审计员运行：lifecycle workflow confirm {meant.name}"
            raise InvalidError(message, mend)
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office in which it is decided."""
        found = confirmed(directory.migrations, self.proposal, entry.seq, entry.actor)
        return replace(directory, migrations=found)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return wire({"proposal": self.proposal})

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        return cls(text(data_of(intent), "proposal"))
