"""Published definitions: workflows, templates, calendars and issuing rules."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Self

from lifecycle.errors import InvalidError, UnknownError
from lifecycle.frozen import dataclass, replace
from lifecycle.people.changes.change import OfficeChange, OfficeDocket, OfficeEntry
from lifecycle.people.changes.wire import Intent, data_of, file_of, number, text, texts
from lifecycle.people.directory import Directory, Document
from lifecycle.people.kinds import KINDS


@dataclass(frozen=True, slots=True)
class PublishDefinition(OfficeChange):
    """Put a definition into force: its kind, its name, and its bytes by length and SHA-256.

    `variant_of` names the workflows that a workflow was made from, the nearest first: who reads the
    cases of these reads its own, too.
    """

    kind: str
    name: str
    size: int
    digest: str
    variant_of: tuple[str, ...] = ()

    entry_type = "definition_published"

    @classmethod
    def of(cls, kind: str, name: str, body: bytes, variant_of: tuple[str, ...] = ()) -> Self:
        """Give the publication of a definition's bytes."""
        return cls(kind, name, len(body), sha256(body).hexdigest(), variant_of)

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator publishes it, and its kind; its bytes have been read.

        Only the office's first calendar is in force at once: the days of all open cases hang on it.
        """
        role = docket.administrator()
        if self.kind not in KINDS:
            raise UnknownError("定义种类", self.kind, KINDS)
        if self.kind == "calendar" and docket.directory.has_calendar:
            raise InvalidError(
                "已有现行的日历，新的须由一人提出、另一人确认，不能一人发布",
                "管理员 lifecycle calendar publish 提出，另一名管理员或审计员 "
                "lifecycle calendar confirm 确认",
            )
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office in which it is in force."""
        document = Document(self.kind, self.name, self.digest, entry.seq, self.variant_of)
        return replace(directory, documents=(*directory.documents, document))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        file = {"name": f"{self.kind}/{self.name}", "size": self.size, "sha256": self.digest}
        family = {"variant_of": list(self.variant_of)} if self.variant_of else {}
        return {"data": {"kind": self.kind, "name": self.name, **family}, "files": [file]}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data, file = data_of(intent), file_of(intent)
        return cls(
            text(data, "kind"),
            text(data, "name"),
            number(file, "size"),
            text(file, "sha256"),
            texts(data, "variant_of") if "variant_of" in data else (),
        )
