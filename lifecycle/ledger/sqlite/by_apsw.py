"""SQLite through `apsw`, whose wheel carries a library in which the WAL-reset bug is mended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw

from lifecycle.ledger.sqlite.connection import Connection, SqliteError, Values, located


class ApswLibrary:
    """The library in the wheel."""

    name = "apsw"
    version = apsw.sqlite_lib_version()

    def open(self, path: Path, mode: str) -> Connection:
        """Open a database that there is."""
        return ApswConnection(located(path, mode))


class ApswConnection:
    """One open database."""

    def __init__(self, uri: str) -> None:
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI
        try:
            self._raw = apsw.Connection(uri, flags=flags)
        except apsw.Error as error:
            raise _told(error) from error

    @property
    def readonly(self) -> bool:
        """Tell whether nothing can be written by this connection."""
        return self._raw.readonly("main")

    @property
    def in_transaction(self) -> bool:
        """Tell whether a transaction is under way."""
        return self._raw.in_transaction

    def rows(self, words: str, values: Values = ()) -> list[Any]:
        """Run a statement and give all its rows."""
        try:
            return self._raw.execute(words, values).fetchall()
        except apsw.Error as error:
            raise _told(error) from error

    def run(self, words: str, values: Values = ()) -> int:
        """Run a statement that writes; give how many rows it wrote."""
        try:
            self._raw.execute(words, values)
            return self._raw.changes()
        except apsw.Error as error:
            raise _told(error) from error

    def copy_to(self, target: Path) -> None:
        """Write the database as it is at one moment into a file that is empty."""
        replica = ApswConnection(located(target, "rw"))
        try:
            with replica._raw.backup("main", self._raw, "main") as backup:
                backup.step()
            replica.run("PRAGMA journal_mode = delete")
        except apsw.Error as error:
            raise _told(error) from error
        finally:
            replica.close()

    def close(self) -> None:
        """Close the database."""
        try:
            self._raw.close()
        except apsw.Error as error:
            raise _told(error) from error


def _told(error: apsw.Error) -> SqliteError:
    names: Any = apsw.mapping_extended_result_codes
    plain: Any = apsw.mapping_result_codes
    code = getattr(error, "extendedresult", -1)
    return SqliteError(str(error), str(names.get(code) or plain.get(code & 0xFF) or ""))
