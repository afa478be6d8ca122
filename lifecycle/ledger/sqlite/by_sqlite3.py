"""SQLite through the standard library, which has the operating system's or Python's own."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

from lifecycle.ledger.sqlite.connection import Connection, SqliteError, Values, located


class StandardLibrary:
    """The library that Python was built with."""

    name = "sqlite3"
    version = sqlite3.sqlite_version

    def open(self, path: Path, mode: str) -> Connection:
        """Open a database that there is."""
        return StandardConnection(path, mode)


class StandardConnection:
    """One open database."""

    def __init__(self, path: Path, mode: str) -> None:
        self._path, self._writable = path, mode == "rw"
        try:
            self._raw = sqlite3.connect(
                located(path, mode), uri=True, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise _told(error) from error

    @property
    def readonly(self) -> bool:
        """Tell whether nothing can be written by this connection.

        SQLite opens what this account may not write to read only; the library does not tell.
        """
        return not (self._writable and _may_write(self._path))

    @property
    def in_transaction(self) -> bool:
        """Tell whether a transaction is under way."""
        return self._raw.in_transaction

    def rows(self, words: str, values: Values = ()) -> list[Any]:
        """Run a statement and give all its rows."""
        try:
            return self._raw.execute(words, values).fetchall()
        except sqlite3.Error as error:
            raise _told(error) from error

    def run(self, words: str, values: Values = ()) -> int:
        """Run a statement that writes; give how many rows it wrote."""
        try:
            return self._raw.execute(words, values).rowcount
        except sqlite3.Error as error:
            raise _told(error) from error

    def copy_to(self, target: Path) -> None:
        """Write the database as it is at one moment into a file that is empty."""
        replica = StandardConnection(target, "rw")
        try:
            self._raw.backup(replica._raw)
            replica.run("PRAGMA journal_mode = delete")
        except sqlite3.Error as error:
            raise _told(error) from error
        finally:
            replica.close()

    def close(self) -> None:
        """Close the database."""
        try:
            self._raw.close()
        except sqlite3.Error as error:
            raise _told(error) from error


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _told(error: sqlite3.Error) -> SqliteError:
    return SqliteError(str(error), getattr(error, "sqlite_errorname", ""))
