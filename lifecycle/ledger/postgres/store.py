"""The ledger on a PostgreSQL server."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg

from lifecycle.errors import InvalidError, UnavailableError, UncertainError
from lifecycle.frozen import dataclass
from lifecycle.ledger.postgres import schema
from lifecycle.ledger.postgres.connection import (
    Address,
    Answered,
    Batch,
    PostgresConnection,
    address_of,
    is_lost,
    refused_entry,
    server_errors,
    told,
)
from lifecycle.ledger.postgres.files import AddingStore, TableFiles
from lifecycle.ledger.record import new_eid
from lifecycle.ledger.sql.statement import Statement
from lifecycle.ledger.store import Ask, overtaken
from lifecycle.places import data_folder

_TURN: Batch = (("BEGIN", {}), (f"SELECT pg_advisory_xact_lock({schema.LOCK})", {}))
"""A transaction that waits for its turn among the writers."""
_NOTHING = "，未写入任何内容"
"""What became of a transaction that was not committed."""


@dataclass(frozen=True, slots=True)
class Put:
    """A statement that is put by; with `must` it has to write one row."""

    words: str
    values: dict[str, Any]
    must: bool


class PostgresStore(AddingStore):
    """One connection to a PostgreSQL database, which holds the materials too.

    Writers take turns at an advisory lock: the log is in the order of committing, its indexes and
    the letters' numbers have no gaps, just as in a file.
    """

    def __init__(self, connection: PostgresConnection, database: str, *, readonly: bool) -> None:
        super().__init__()
        self.database = database
        self.readonly = readonly
        self.url = connection.address.url
        self.name = connection.address.name
        self.place = data_folder() / database
        self.files = TableFiles(self)
        self.connection = connection
        self._within = False
        self._pending: list[Put] = []
        self._foreseen: dict[tuple[str, str], list[Any]] = {}
        self._outcome = ""

    @classmethod
    def named(cls, url: str) -> str:
        """Say which database a URL names, without a password."""
        return address_of(url).name

    @classmethod
    def holds_ledger(cls, url: str) -> bool:
        """Tell whether there is a ledger in a database."""
        address = address_of(url)
        with (
            contextlib.closing(_connected(address, readonly=False)) as connection,
            server_errors(address.name),
        ):
            return schema.look(connection)[0]

    @classmethod
    def open(cls, url: str, *, create: bool = False, readonly: bool = False) -> PostgresStore:
        """Open a database on a server, or make the ledger in it.

        Refuses one without a ledger, of another schema, and a server with unsafe settings.
        """
        return cls.at(address_of(url), create=create, readonly=readonly)

    @classmethod
    def at(cls, address: Address, *, create: bool = False, readonly: bool = False) -> PostgresStore:
        """Open the database at an address."""
        connection = _connected(address, readonly=readonly)
        try:
            with server_errors(address.name):
                there, database, standby = schema.look(connection)
                if not there:
                    if not create:
                        raise UnavailableError(
                            f"库里还没有台账（{address.name}）",
                            "先建立：lifecycle init，或看示例：lifecycle demo",
                        )
                    schema.make(connection, database, f"lifecycle/{new_eid()}")
                schema.enter(connection, database)
                schema.verify(connection)
        except BaseException:
            connection.close()
            raise
        return cls(connection, database, readonly=readonly or standby)

    @classmethod
    def open_replica(cls, url: str) -> PostgresStore:
        """Open a database into which another is to be copied: empty, or not completed before.

        Raises InvalidError where it holds a ledger.
        """
        address = address_of(url)
        connection = _connected(address, readonly=False)
        try:
            with server_errors(address.name):
                there, database, _standby = schema.look(connection)
                if not there:
                    schema.make(connection, database, None)
                schema.enter(connection, database)
                if schema.is_complete(connection):
                    raise InvalidError(
                        f"{address.name} 里已有台账，不会覆盖", "请另用一个库：createdb 新库名"
                    )
        except BaseException:
            connection.close()
            raise
        return cls(connection, database, readonly=False)

    def complete(self, origin: str) -> None:
        """Make a replica a database like any other; within the transaction that completes it."""
        self._flush()
        schema.complete(self.connection, self.database, origin)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    @property
    def in_transaction(self) -> bool:
        """Tell whether a transaction is under way."""
        return self._within

    @contextlib.contextmanager
    def writing(self, *foreseen: Ask) -> Iterator[None]:
        """Run one transaction, with the writers queueing on an advisory lock."""
        if self._within:
            yield
            return
        with self._transaction(_TURN, *foreseen):
            yield

    @contextlib.contextmanager
    def apart(self) -> Iterator[None]:
        """Do a part of a transaction that is undone alone."""
        if not self._within:
            yield
            return
        kept = len(self._appended)
        with server_errors(self.name, self._outcome):
            self._flush(("SAVEPOINT apart", {}))
            try:
                yield
                self._flush(("RELEASE SAVEPOINT apart", {}))
            except BaseException:
                self._undo_apart(kept)
                raise

    def _undo_apart(self, kept: int) -> None:
        """Undo what was written since the savepoint, unless the server has undone it all."""
        self._pending.clear()
        self._foreseen.clear()
        self._forget(kept)
        if self.connection.lost or self.connection.idle:
            return
        with contextlib.suppress(psycopg.Error):
            self.connection.rows("ROLLBACK TO SAVEPOINT apart", {})
            self.connection.rows("RELEASE SAVEPOINT apart", {})

    @contextlib.contextmanager
    def adding(self) -> Iterator[None]:
        """Run a transaction that only adds what nobody reads yet, without waiting for a turn."""
        if self._within:
            yield
            return
        with self._transaction((("BEGIN", {}),)):
            yield

    @contextlib.contextmanager
    def _transaction(self, begin: Batch, *foreseen: Ask) -> Iterator[None]:
        asked = [(statement.postgresql, dict(values)) for statement, values in foreseen]
        with server_errors(self.name, _NOTHING):
            answers = self._begin((*begin, *asked))[len(begin) :]
            keys = [_key(*one) for one in asked]
            self._foreseen = dict(zip(keys, [answer.rows for answer in answers], strict=True))
            self._appended.clear()
            self._numbers.clear()
            self._pending.clear()
            self._within, self._outcome = True, _NOTHING
            try:
                yield
                self._flush()
            except BaseException:
                self._undo()
                raise
            self._commit()

    def _begin(self, batch: Batch) -> list[Answered]:
        """Begin a transaction, on a new connection where the old one was lost meanwhile."""
        try:
            return self.connection.together(batch)
        except psycopg.Error as error:
            if not is_lost(error) and not self.connection.lost:
                self._undo()
                raise
            self._renew()
            return self.connection.together(batch)

    def _undo(self) -> None:
        self._within, self._outcome = False, ""
        self._pending.clear()
        self._foreseen.clear()
        if self.connection.lost or self.connection.idle:
            return
        with contextlib.suppress(psycopg.Error):
            self.connection.rows("ROLLBACK", {})

    def _renew(self) -> None:
        """Connect anew, to whichever server now takes writes."""
        self.connection.close()
        fresh = PostgresStore.at(self.connection.address, readonly=self.readonly)
        self.connection = fresh.connection

    def _commit(self) -> None:
        """Commit, and note what is recorded by it, also where a signal ends the command at this
        very moment.
        """
        self._outcome = ""  # from here on it is for reading back to say
        try:
            self.connection.rows("COMMIT", {})
        except psycopg.Error as error:
            self._within = False
            if not self._holds(error):
                raise
        except BaseException:
            self._within = False
            if not self.connection.lost and not self.connection.idle:
                self._undo()
                raise
            self._note()
            raise
        self._within = False
        self._note()

    def _holds(self, error: psycopg.Error) -> bool:
        """Find out what a commit did whose answer did not come.

        Raises UncertainError where that cannot be known. The lost connection's transaction holds
        its turn until it has ended one way or the other, so whoever gets a turn of his own sees
        what came of it.
        """
        if not self._appended:
            return False
        try:
            self._renew()
            self.connection.together(_TURN)
            found = [self._has(eid, digest) for eid, (_c, _s, digest) in self._appended.items()]
            self.connection.rows("COMMIT", {})
        except (psycopg.Error, UnavailableError) as unknown:
            raise UncertainError(f"{self.name}：{error}", self._appended) from unknown
        if any(found) and not all(found):
            raise UncertainError(f"{self.name}：{error}", self._appended) from error
        return all(found)

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Read several things as they are at one moment."""
        begin: Batch = (
            ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", {}),
            # whoever reads holds nobody up, and may think long between two questions
            ("SET LOCAL idle_in_transaction_session_timeout TO 0", {}),
        )
        with server_errors(self.name):
            self._begin(begin)
            self._within = True
            try:
                yield
            finally:
                self._undo()

    def rows(self, statement: Statement, **values: Any) -> list[Any]:
        """Give all rows of a statement that yields few."""
        if not statement.postgresql:
            return []
        known = self._foreseen.pop(_key(statement.postgresql, values), None)
        if known is not None:
            return known
        with server_errors(self.name, self._outcome):
            if self._pending:
                return self._flush((statement.postgresql, values))
            try:
                return self.connection.rows(statement.postgresql, values)
            except UnicodeEncodeError:
                return []  # half a character, as a wrong encoding gives it, is in no row
            except psycopg.Error as error:
                if any(isinstance(value, str) and "\0" in value for value in values.values()):
                    return []  # nor is a NUL, which the server takes in no text
                if self._within or not is_lost(error):
                    raise
                self._renew()
                return self.connection.rows(statement.postgresql, values)

    def run(self, statement: Statement, **values: Any) -> int:
        """Run a statement that writes, within a transaction; give how many rows it wrote."""
        self._foreseen.clear()
        self._flush()
        return self.connection.run(statement.postgresql, values)

    def put(self, statement: Statement, **values: Any) -> None:
        """Put a statement by, to be sent with the next one that is asked for an answer."""
        self._foreseen.clear()
        self._pending.append(Put(statement.postgresql, values, must=False))

    def put_next(self, statement: Statement, **values: Any) -> None:
        """Put a statement by that has to write one row."""
        self._foreseen.clear()
        self._pending.append(Put(statement.postgresql, values, must=True))

    def _flush(self, *asked: tuple[str, dict[str, Any]]) -> list[Any]:
        """Send what was put by, and what is asked; give the rows of the last."""
        pending, self._pending = self._pending, []
        batch = [(put.words, put.values) for put in pending]
        answers = self.connection.together([*batch, *asked])
        for put, answer in zip(pending, answers, strict=False):
            if put.must and answer.count != 1:
                raise overtaken()
        return answers[-1].rows if answers else []

    def schema_differences(self) -> list[str]:
        """Say in which tables, indexes, functions, triggers and rights the schema is not the
        product's.
        """
        with server_errors(self.name):
            return schema.differences(self.connection, self.database)


def _key(words: str, values: Mapping[str, Any]) -> tuple[str, str]:
    return words, repr(sorted(values.items()))


def _connected(address: Address, *, readonly: bool) -> PostgresConnection:
    """Connect; where no server takes writes, to one that can be read."""
    try:
        return PostgresConnection(address, readonly=readonly)
    except psycopg.OperationalError as error:
        refused = refused_entry(error, address.name)
        if readonly or "只读" not in refused.message:
            raise refused from error
    except psycopg.Error as error:
        raise told(error, address.name) from error
    try:
        return PostgresConnection(address, readonly=True)
    except psycopg.OperationalError as error:
        raise refused_entry(error, address.name) from error
