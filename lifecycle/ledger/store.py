"""The store: what the ledger asks of a database, whichever it is; one transaction per command.

Its statements are defined with SQLModel in `lifecycle.ledger.sql` and read here as text: as
SQLModel objects they take several times as long, and importing SQLModel costs a cold command 0.2 s.
"""

from __future__ import annotations

import contextlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle.errors import ConflictError, UnavailableError
from lifecycle.ledger.deeds import Deed, Deeds
from lifecycle.ledger.record import hash_of
from lifecycle.ledger.sql import text
from lifecycle.ledger.sql.statement import Statement

if TYPE_CHECKING:
    from lifecycle.ledger.files import Files
    from lifecycle.ledger.snapshot import ReadSnapshot

_MEND_DEFINITION = (
    "先运行 lifecycle audit，看是哪一条发布的、影响哪些记录；"
    "再从备份恢复：lifecycle restore 备份文件 --db 新位置"
)


class EntryRow(NamedTuple):
    """An entry as it is stored: its chain, its place there, its global index, and its bytes."""

    case: str
    seq: int
    idx: int
    hash: str
    raw: bytes
    eid: str


END_OF_LOG = (1 << 62) - 1
"""A place in the log after every entry."""


class LogRow(NamedTuple):
    """An entry as the log has it, in the order of recording."""

    idx: int
    case: str
    seq: int
    raw: bytes


class LostDefinitionError(UnavailableError):
    """A definition that entries rely on is not in the database as it was published."""

    def __init__(self, digest: str, message: str, mend: str = "") -> None:
        super().__init__(message, mend)
        self.digest = digest


Ask = tuple[Statement, Mapping[str, Any]]
"""A statement that reads, and the values that it binds."""


def overtaken() -> ConflictError:
    """Say that somebody else was first."""
    return ConflictError("该事项刚被他人办理", "先用 lifecycle show 查看最新情况")


class Store(ABC):
    """One open database.

    Every method raises UnavailableError when the database cannot be used. `deeds` is told of every
    entry that is committed. `url` opens it in another process; `name` is how people are told which
    database it is; `place` is the path beside which this machine keeps what belongs to it; `files`
    are the materials. `last_read` is the snapshot that was read last.
    """

    url: str
    name: str
    place: Path
    files: Files

    def __init__(self) -> None:
        self.deeds = Deeds()
        self._appended: dict[str, tuple[str, int, str]] = {}
        self._numbers: dict[str, str] = {}
        self._definitions: dict[str, bytes] = {}
        self.last_read: ReadSnapshot | None = None

    @abstractmethod
    def close(self) -> None:
        """Close the database."""

    @property
    @abstractmethod
    def in_transaction(self) -> bool:
        """Tell whether a transaction is under way."""

    @abstractmethod
    def writing(self, *foreseen: Ask) -> contextlib.AbstractContextManager[None]:
        """Run one transaction, all of it or nothing; within another it is part of that one.

        Writers take turns, in the order in which they came. `foreseen` is what will surely be read
        first, each once: a server is asked for it along with the turn.
        """

    @abstractmethod
    def apart(self) -> contextlib.AbstractContextManager[None]:
        """Do a part of a transaction: where it raises, all that it has written is undone, and what
        was written before it stays. Outside of a transaction it changes nothing.
        """

    @abstractmethod
    def reading(self) -> contextlib.AbstractContextManager[None]:
        """Read several things as they are at one moment.

        For short reads, since it may make writers wait.
        """

    @abstractmethod
    def rows(self, statement: Statement, **values: Any) -> list[Any]:
        """Give all rows of a statement that yields few; none where it asks for a text that no
        database can hold.
        """

    @abstractmethod
    def run(self, statement: Statement, **values: Any) -> int:
        """Run a statement that writes, within a transaction; give how many rows it wrote."""

    def put(self, statement: Statement, **values: Any) -> None:
        """Run a statement that writes, within a transaction.

        Nobody waits for what it did, so that a store may send it together with others: what is
        wrong with it may be told only by what comes later, at the latest by the commit.
        """
        self.run(statement, **values)

    def put_next(self, statement: Statement, **values: Any) -> None:
        """Run a statement like `put` that writes one row, unless somebody else was first.

        Raises ConflictError then, at the latest with the commit.
        """
        if self.run(statement, **values) != 1:
            raise overtaken()

    @abstractmethod
    def complete(self, origin: str) -> None:
        """Make a replica a database like any other, with the log's origin; within the transaction
        that completes it.
        """

    @abstractmethod
    def schema_differences(self) -> list[str]:
        """Say in which tables, indexes, triggers … the schema is not the product's."""

    def _forget(self, kept: int) -> None:
        """Forget all entries of the transaction but the first so many, since they were undone."""
        while len(self._appended) > kept:
            self._appended.popitem()

    def _note(self) -> None:
        """Note the entries of the transaction as recorded."""
        for eid, (case_id, seq, _digest) in self._appended.items():
            self.deeds.add(Deed(eid, seq, self._numbers.get(case_id, "")))
        self._appended.clear()

    def _has(self, eid: str, digest: str) -> bool:
        """Tell whether an entry stands in the database with the bytes that were given for it."""
        found = self.row(text.ENTRY, eid=eid)
        return found is not None and hash_of(found[0]) == digest

    def row(self, statement: Statement, **values: Any) -> Any:
        """Give the first row of a statement, or None."""
        found = self.rows(statement, **values)
        return found[0] if found else None

    def meta(self, key: str) -> str:
        """Give one fact about the database itself."""
        found = self.row(text.META, key=key)
        if found is None:
            raise UnavailableError(
                f"数据库不完整（{self.name}：缺 {key}）", "请从备份恢复：lifecycle restore 备份文件"
            )
        return str(found[0])

    def office_head(self) -> str | None:
        """Give the hash of the office's last entry, None where there is no office yet."""
        found = self.row(text.OFFICE_HEAD)
        return str(found[0]) if found else None

    def office(self) -> tuple[int, str, bytes] | None:
        """Give the office's seq, hash and snapshot."""
        found: tuple[int, str, bytes] | None = self.row(text.OFFICE)
        return found

    def case(self, case_id: str) -> tuple[str, bytes] | None:
        """Give a case's workflow digest and snapshot, by its id: never by number, since ids may be
        the client's.
        """
        found: tuple[str, bytes] | None = self.row(text.CASE, id=case_id)
        return found

    def case_place(self, case_id: str) -> tuple[int, str] | None:
        """Give how far a case has come: its last sequence number and hash."""
        found: tuple[int, str] | None = self.row(text.PLACE_OF_CASE, id=case_id)
        return found

    def numbered(self, number: str) -> tuple[str, bytes] | None:
        """Give a case's workflow digest and snapshot, by its number."""
        found: tuple[str, bytes] | None = self.row(text.CASE_NUMBERED, number=number)
        return found

    def some_names(self, most: int = 500) -> list[str]:
        """List numbers and titles of the latest cases: what a mistyped name may have meant."""
        rows = self.rows(text.LATEST_CASES, most=most)
        return [name for row in rows for name in row]

    def entry(self, eid: str) -> tuple[bytes, str] | None:
        """Give the bytes and hash of the entry with an eid."""
        found: tuple[bytes, str] | None = self.row(text.ENTRY, eid=eid)
        return found

    def definition(self, digest: str) -> bytes:
        """Give the bytes of a published definition.

        Raises LostDefinitionError where they are gone or altered.
        """
        if digest not in self._definitions:
            found = self.row(text.DEFINITION, sha256=digest)
            if found is None or hash_of(found[0]) != digest:
                what = "不见了" if found is None else "的内容被改动"
                named = f"已发布的{self._published_as(digest)}（{digest[:12]}…）"
                raise LostDefinitionError(digest, f"{named}{what}", _MEND_DEFINITION)
            self._definitions[digest] = found[0]
        return self._definitions[digest]

    def _published_as(self, digest: str) -> str:
        """Say which definition a SHA-256 is, such as 流程 visit: as the office published it, or as
        the database has it.
        """
        from lifecycle.people.kinds import KINDS

        rows = [row[1:] for row in self.rows(text.DEFINITIONS) if row[0] == digest]
        with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
            documents = json.loads((self.office() or (0, "", b"{}"))[2])["documents"]
            rows = [(d["kind"], d["name"]) for d in documents if d["digest"] == digest] + rows
        kind, name = rows[0] if rows else ("", "")
        return f"{KINDS.get(kind, '定义')} {name}".strip()

    def put_definition(self, digest: str, kind: str, name: str, body: bytes) -> None:
        """Keep a definition's bytes; within a transaction."""
        self.put(text.PUT_DEFINITION, sha256=digest, kind=kind, name=name, body=body)

    def append(self, case_id: str, seq: int, eid: str, raw: bytes, digest: str) -> None:
        """Append an entry; within a transaction."""
        self.put(text.APPEND_ENTRY, case_id=case_id, seq=seq, eid=eid, hash=digest, body=raw)
        self._appended[eid] = (case_id, seq, digest)

    def put_office(self, seq: int, head: str, snapshot: bytes) -> None:
        """Keep the office's state; within a transaction."""
        self.put(text.PUT_OFFICE, seq=seq, head=head, snapshot=snapshot)

    def put_case(self, row: Mapping[str, Any]) -> None:
        """Keep a case's state; within a transaction.

        Raises ConflictError if somebody else was first.
        """
        self._numbers[row["id"]] = row["number"]
        if row["seq"] == 1:
            self.put(text.ADD_CASE, **row)
        else:
            self.put_next(text.MOVE_CASE, **row)

    def next_number(self, series: str) -> int:
        """Take the next number of a series.

        Within a transaction, so that an abort gives it back.
        """
        ((taken,),) = self.rows(text.NEXT_NUMBER, name=series)
        return int(taken)

    def peek_number(self, series: str) -> int:
        """Give the number that a series would give next, without taking it."""
        found = self.row(text.LAST_NUMBER, name=series)
        return int(found[0]) + 1 if found else 1

    def put_refusal(self, refusal: Mapping[str, str]) -> None:
        """Count a refused attempt: at, officer, case_id, asked_for, gates (those not met)."""
        with self.writing():
            self.put(text.PUT_REFUSAL, **refusal)

    def entries(self, case_id: str, *, after: int = 0, chunk: int = 500) -> Iterator[EntryRow]:
        """Stream a chain in short reads that never hold writers up."""
        while rows := self.rows(text.ENTRIES_OF_CASE, case_id=case_id, after=after, most=chunk):
            yield from map(EntryRow._make, rows)
            after = rows[-1][1]

    def all_entries(self, *, upto: int, chunk: int = 1000) -> Iterator[EntryRow]:
        """Stream every chain, one after the other, up to a global index."""
        case_id, seq = "", 0
        while rows := self.rows(text.ENTRIES_BY_CHAIN, case_id=case_id, seq=seq, most=chunk):
            yield from (EntryRow._make(row) for row in rows if row[2] <= upto)
            case_id, seq = rows[-1][:2]

    def log(self, *, upto: int, chunk: int = 1000) -> Iterator[LogRow]:
        """Stream the whole log in the order of recording, up to a global index."""
        after = -(2**63)
        while rows := self.rows(text.ENTRIES_BY_TIME, after=after, upto=upto, most=chunk):
            yield from map(LogRow._make, rows)
            after = rows[-1][0]

    def last_body(self) -> bytes | None:
        """Give the bytes of the entry recorded last."""
        found = self.row(text.LAST_BODY)
        return found[0] if found else None

    def last_index(self) -> int:
        """Give the global index of the last entry, 0 if none."""
        return int(self.row(text.LAST_INDEX)[0])
