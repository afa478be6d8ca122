"""The bare statements of advances: recorded as one office makes them, repeated on copies of its
database that nothing of ours stands above.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lifecycle.ledger.sqlite import driver
from lifecycle.ledger.sqlite.connection import Connection
from lifecycle.ledger.sqlite.database import connect
from lifecycle.ledger.sqlite.store import SqliteStore
from lifecycle.office.office import Office

Call = tuple[str, str, Any]
"""A method of a connection, a statement, its values."""


class Recorder:
    """A connection that notes what is asked of it."""

    def __init__(self, connection: Connection) -> None:
        self.calls: list[Call] = []
        self._connection = connection

    def rows(self, words: str, values: Any = ()) -> list[Any]:
        """Run a statement and give all its rows."""
        self.calls.append(("rows", words, values))
        return self._connection.rows(words, values)

    def run(self, words: str, values: Any = ()) -> int:
        """Run a statement that writes."""
        self.calls.append(("run", words, values))
        return self._connection.run(words, values)

    def __getattr__(self, name: str) -> Any:
        """Do anything else as the connection does."""
        return getattr(self._connection, name)

    def taken(self) -> list[Call]:
        """Give what was noted since the last time."""
        calls, self.calls = self.calls, []
        return calls


def recorder(office: Office) -> Recorder:
    """Put a recorder in front of an office's connection."""
    store = office.store
    assert isinstance(store, SqliteStore)
    noting = Recorder(store.connection)
    store.connection = noting
    return noting


def repeat(connection: Connection, calls: list[Call]) -> None:
    """Do what was noted."""
    for name, words, values in calls:
        getattr(connection, name)(words, values)


def copy_of(office: Office, name: str) -> Path:
    """Copy an office's database as it is; give the copy."""
    store = office.store
    assert isinstance(store, SqliteStore)
    copy = store.path.with_name(name)
    copy.touch(0o600)
    store.connection.copy_to(copy)
    return copy


def in_wal(path: Path) -> Connection:
    """Open a database with the settings of the product: WAL and FULL."""
    return connect(path)


def in_rollback(path: Path) -> Connection:
    """Open a database with a rollback journal and FULL, the safe choice of older libraries."""
    connection = driver.library().open(path, "rw")
    connection.rows("PRAGMA journal_mode = truncate")
    connection.rows("PRAGMA synchronous = full")
    return connection
