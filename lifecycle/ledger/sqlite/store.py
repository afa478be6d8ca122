"""The ledger in one SQLite file, with settings that survive a power cut."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lifecycle.errors import InvalidError, UnavailableError, UncertainError, os_reason
from lifecycle.ledger.folder import FolderFiles, folder_of
from lifecycle.ledger.sql import text
from lifecycle.ledger.sql.statement import Statement
from lifecycle.ledger.sqlite.connection import Connection, SqliteError
from lifecycle.ledger.sqlite.database import (
    APPLICATION,
    OF_THE_DATABASE,
    UNFINISHED,
    connect,
    database_errors,
    database_path,
    make,
    moved_away,
    schema_differences,
    settle,
    told_error,
    verify,
)
from lifecycle.ledger.sqlite.queue import open_queue, turn
from lifecycle.ledger.store import Ask, Store
from lifecycle.sharing import barrier_to


class SqliteStore(Store):
    """One open SQLite database; its materials lie in a folder beside it."""

    def __init__(self, path: Path, connection: Connection, queue: int | None) -> None:
        super().__init__()
        self.path = path
        self.url = f"sqlite:///{path.absolute()}"
        self.name = str(path)
        self.place = path
        self.files = FolderFiles(path)
        self.connection = connection
        self._queue = queue
        self._checked_schema: int | None = None
        self._file = _identity_of(path)

    @classmethod
    def open(cls, url: str, *, create: bool = False, readonly: bool = False) -> SqliteStore:
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

    @classmethod
    def open_replica(cls, url: str) -> SqliteStore:
        """Open a file into which another database is to be copied: new, or not completed before.

        Raises InvalidError for any other file.
        """
        path = database_path(url)
        if _size_of(path) is None:
            if folder_of(path).exists():
                raise InvalidError(f"{folder_of(path)} 已存在，不会覆盖", "请另选一个位置")
            make(path, unfinished=True)
        with database_errors(path):
            connection = connect(path)
            if connection.rows("PRAGMA application_id")[0][0] != UNFINISHED:
                connection.close()
                raise InvalidError(f"{path} 已存在，不是没有抄完的副本，不会覆盖", "请另选一个位置")
        return cls(path, connection, open_queue(path))

    def complete(self, origin: str) -> None:
        """Make a replica a database like any other; within the transaction that completes it."""
        self.put(text.PUT_META, key="log", value=origin)
        self.connection.rows(f"PRAGMA application_id = {APPLICATION}")

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
    def writing(self, *_foreseen: Ask) -> Iterator[None]:
        """Run one transaction, with the writers queueing on a file lock."""
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

    @contextlib.contextmanager
    def apart(self) -> Iterator[None]:
        """Do a part of a transaction that is undone alone."""
        if not self.in_transaction:
            yield
            return
        kept = len(self._appended)
        with database_errors(self.path):
            self.connection.run("SAVEPOINT apart")
            try:
                yield
            except BaseException:
                if self.connection.in_transaction:  # a failing disk may have ended it all
                    self.connection.run("ROLLBACK TO apart")
                    self.connection.run("RELEASE apart")
                    self._forget(kept)
                raise
            self.connection.run("RELEASE apart")

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

    def rows(self, statement: Statement, **values: Any) -> list[Any]:
        """Give all rows of a statement that yields few."""
        try:
            return self.connection.rows(statement.sqlite, values)
        except UnicodeEncodeError:
            return []  # half a character, as a wrong encoding gives it, is in no row
        except OF_THE_DATABASE as error:
            raise told_error(self.path, error) from error

    def run(self, statement: Statement, **values: Any) -> int:
        """Run a statement that writes, within a transaction; give how many rows it wrote."""
        return self.connection.run(statement.sqlite, values)

    def schema_differences(self) -> list[str]:
        """Say in which tables, indexes, triggers and views the schema is not the product's."""
        return schema_differences(self.connection, self.path)


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
