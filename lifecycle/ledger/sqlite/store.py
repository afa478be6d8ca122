"""The SQLite store: one transaction per command, with settings that survive a power cut.

Its statements are defined with SQLModel in `lifecycle.ledger.sql` and read here as text: as
SQLModel objects they take several times as long, and importing SQLModel costs a cold command 0.2 s.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from lifecycle.errors import ConflictError, UnavailableError, UncertainError, os_reason
from lifecycle.ledger.deeds import Deed, Deeds
from lifecycle.ledger.record import hash_of
from lifecycle.ledger.sql import text
from lifecycle.ledger.sql.statement import Statement
from lifecycle.ledger.sqlite.connection import Connection, SqliteError
from lifecycle.ledger.sqlite.database import (
    connect,
    database_errors,
    database_path,
    make,
    moved_away,
    schema_differences,
    settle,
    verify,
)
from lifecycle.ledger.sqlite.queue import open_queue, turn
from lifecycle.sharing import barrier_to

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


class Store:
    """One open SQLite database.

    Every method raises UnavailableError when the database cannot be used. `deeds` is told of every
    entry that is committed.
    """

    def __init__(self, path: Path, connection: Connection, queue: int | None) -> None:
        self.path = path
        self.connection = connection
        self.deeds = Deeds()
        self._queue = queue
        self._appended: dict[str, tuple[str, int, str]] = {}
        self._numbers: dict[str, str] = {}
        self._definitions: dict[str, bytes] = {}
        self._checked_schema: int | None = None
        self._file = _identity_of(path)

    @classmethod
    def open(cls, url: str, *, create: bool = False, readonly: bool = False) -> Store:
        """Open a database, or create it.

        Refuses one that is missing, not ours, newer, older or unsafe.
        """
        path = database_path(url)
        size = _size_of(path)
        if size is None:
            if not create:
                raise UnavailableError(
                    f"没有数据库 {path}", "先建库：lifecycle init，或看示例：lifecycle demo"
                )
            make(path)
        elif size == 0:
            raise UnavailableError(
                f"数据库 {path} 是空文件", "请从备份恢复，或删去后重新 lifecycle init"
            )
        with database_errors(path):
            connection = connect(path, readonly=readonly)
            try:
                verify(connection, path)
            except BaseException:
                connection.close()
                raise
        return cls(path, connection, open_queue(path) if not readonly else None)

    def close(self) -> None:
        """Close the database."""
        self.connection.close()
        if self._queue is not None:
            os.close(self._queue)

    @property
    def in_transaction(self) -> bool:
        """Tell whether a transaction is under way."""
        return self.connection.in_transaction

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Run one transaction, all of it or nothing; within another it is part of that one.

        Writers queue on a file lock, so that none starves.
        """
        if self.in_transaction:
            yield
            return
        with database_errors(self.path, "，未写入任何内容"), turn(self._queue):
            self.connection.run("BEGIN IMMEDIATE")
            self._appended.clear()
            self._numbers.clear()
            try:
                self._check_file()
                self._check_schema()
                yield
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.run("ROLLBACK")
                raise
            self._commit()

    def _check_file(self) -> None:
        """Refuse to record where the file was moved away: SQLite goes on writing to it, and to a
        log beside its old name.
        """
        if _identity_of(self.path) != self._file:
            raise moved_away(self.path)

    def _check_schema(self) -> None:
        """Refuse to record where the schema is not the product's: a trigger could rewrite entries.

        Looked at again only when somebody changed the schema.
        """
        (version,) = self.connection.rows("PRAGMA schema_version")[0]
        if version == self._checked_schema:
            return
        found = schema_differences(self.connection, self.path)
        if found:
            what = f"数据库的结构被改动，不在其中记录（{self.path}：{'；'.join(found)}）"
            raise UnavailableError(what, "请管理员运行 lifecycle audit 查明，从备份恢复")
        self._checked_schema = version

    def _commit(self) -> None:
        """Commit, and note what is recorded by it, also where a signal ends the command at this
        very moment.
        """
        try:
            self.connection.run("COMMIT")
        except SqliteError as error:
            with contextlib.suppress(
                SqliteError
            ):  # a busy disk leaves it open, a failing one may not
                self.connection.run("ROLLBACK")
            if not self._holds(error):
                raise
            self.deeds.trouble = str(error)
        except BaseException:
            if self.connection.in_transaction:
                self.connection.run("ROLLBACK")
                raise
            self._note()
            raise
        self._note()

    def _note(self) -> None:
        """Note the entries of the transaction as recorded."""
        for eid, (case_id, seq, _digest) in self._appended.items():
            self.deeds.add(Deed(eid, seq, self._numbers.get(case_id, "")))
        self._appended.clear()

    def _holds(self, error: SqliteError) -> bool:
        """Find out what a failed COMMIT did, for its error does not tell.

        Raises UncertainError where nothing does. SQLite may report a failure after the very act
        that commits (the journal is cut off, its last sync fails), so the entries are looked for on
        a fresh connection. Nothing but entries is worth the question.
        """
        if not self._appended:
            return False
        try:
            found = self._read_back()
        except SqliteError:
            found = None
        if found is not None and not any(found):
            return False
        if found is None or not all(found):
            raise UncertainError(f"{self.path}：{error}", self._appended) from error
        return True

    def _read_back(self) -> list[bool] | None:
        """Look for each entry of the transaction on a fresh connection.

        None where the database is not sound.
        """
        self.connection.close()
        self.connection = connect(self.path)
        settle(self.connection, self.path)
        if self.connection.rows("PRAGMA quick_check(1)")[0][0] != "ok":
            return None
        return [self._has(eid, digest) for eid, (_case_id, _seq, digest) in self._appended.items()]

    def _has(self, eid: str, digest: str) -> bool:
        """Tell whether an entry stands in the database with the bytes that were given for it."""
        found = self.connection.rows(text.ENTRY.sqlite, {"eid": eid})
        return bool(found) and hash_of(found[0][0]) == digest

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Read several things as they are at one moment.

        For short reads, since it makes writers wait.
        """
        with database_errors(self.path):
            self.connection.run("BEGIN")
            try:
                yield
            finally:
                if self.connection.in_transaction:
                    self.connection.run("ROLLBACK")

    def row(self, statement: Statement, **values: Any) -> Any:
        """Give the first row of a statement, or None."""
        found = self.rows(statement, **values)
        return found[0] if found else None

    def rows(self, statement: Statement, **values: Any) -> list[Any]:
        """Give all rows of a statement that yields few."""
        with database_errors(self.path):
            return self.connection.rows(statement.sqlite, values)

    def run(self, statement: Statement, **values: Any) -> int:
        """Run a statement that writes, within a transaction; give how many rows it wrote."""
        return self.connection.run(statement.sqlite, values)

    def meta(self, key: str) -> str:
        """Give one fact about the database itself."""
        found = self.row(text.META, key=key)
        if found is None:
            raise UnavailableError(
                f"数据库不完整（{self.path}：缺 {key}）", "请从备份恢复：lifecycle restore 备份文件"
            )
        return str(found[0])

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
        from lifecycle.people.change import KINDS

        rows = [row[1:] for row in self.rows(text.DEFINITIONS) if row[0] == digest]
        with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
            documents = json.loads((self.office() or (0, "", b"{}"))[2])["documents"]
            rows = [(d["kind"], d["name"]) for d in documents if d["digest"] == digest] + rows
        kind, name = rows[0] if rows else ("", "")
        return f"{KINDS.get(kind, '定义')} {name}".strip()

    def put_definition(self, digest: str, kind: str, name: str, body: bytes) -> None:
        """Keep a definition's bytes; within a transaction."""
        self.run(text.PUT_DEFINITION, sha256=digest, kind=kind, name=name, body=body)

    def append(self, case_id: str, seq: int, eid: str, raw: bytes, digest: str) -> None:
        """Append an entry; within a transaction."""
        self.run(text.APPEND_ENTRY, case_id=case_id, seq=seq, eid=eid, hash=digest, body=raw)
        self._appended[eid] = (case_id, seq, digest)

    def put_office(self, seq: int, head: str, snapshot: bytes) -> None:
        """Keep the office's state; within a transaction."""
        self.run(text.PUT_OFFICE, seq=seq, head=head, snapshot=snapshot)

    def put_case(self, row: Mapping[str, Any]) -> None:
        """Keep a case's state; within a transaction.

        Raises ConflictError if somebody else was first.
        """
        self._numbers[row["id"]] = row["number"]
        if row["seq"] == 1:
            self.run(text.ADD_CASE, **row)
        elif self.run(text.MOVE_CASE, **row) != 1:
            raise ConflictError("该事项刚被他人办理", "先用 lifecycle show 查看最新情况")

    def next_number(self, series: str) -> int:
        """Take the next number of a series.

        Within a transaction, so that an abort gives it back.
        """
        ((taken,),) = self.connection.rows(text.NEXT_NUMBER.sqlite, {"name": series})
        return int(taken)

    def peek_number(self, series: str) -> int:
        """Give the number that a series would give next, without taking it."""
        found = self.row(text.LAST_NUMBER, name=series)
        return int(found[0]) + 1 if found else 1

    def put_refusal(self, refusal: Mapping[str, str]) -> None:
        """Count a refused attempt: at, officer, case_id, asked_for, gates (those not met)."""
        with self.writing():
            self.run(text.PUT_REFUSAL, **refusal)

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


def _identity_of(path: Path) -> tuple[int, int] | None:
    """Tell a file from any other that has its name, now or later; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _size_of(path: Path) -> int | None:
    """Give the size of a database's file, None if there is none.

    Raises UnavailableError where that is hidden.
    """
    try:
        return path.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        barrier = barrier_to(path)
        why, mend = (
            (barrier.message, barrier.mend)
            if barrier
            else (os_reason(error), "请核对 --db 或 LIFECYCLE_DB")
        )
        raise UnavailableError(f"数据库 {path} 用不了：{why}", mend) from error
