"""Which SQLite a process works with, and which journals are safe in it."""

from __future__ import annotations

from functools import cache

from lifecycle.ledger.sqlite.connection import SqliteLibrary

FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""The first version in which two connections can no longer lose what was committed to a
write-ahead log, and the older lines that were mended too (sqlite.org/wal.html, “The WAL-Reset
Bug”: 3.7.0 to 3.51.2).
"""


@cache
def library() -> SqliteLibrary:
    """Choose the library, once for all connections of the process.

    That of `apsw` where its SQLite is mended, else Python's own.
    """
    try:
        from lifecycle.ledger.sqlite.by_apsw import ApswLibrary
    except ImportError:
        pass
    else:
        if is_fixed(ApswLibrary.version):
            return ApswLibrary()
    from lifecycle.ledger.sqlite.by_sqlite3 import StandardLibrary

    return StandardLibrary()


def is_fixed(version: str) -> bool:
    """Tell whether the WAL-reset bug is mended in a version of SQLite."""
    numbers = tuple(int(part) for part in version.split("."))
    newest, *older = FIXED
    return numbers >= newest or any(numbers[:2] == line[:2] and numbers >= line for line in older)


def safe_journals(found: SqliteLibrary, *, on_network: bool) -> tuple[str, ...]:
    """Give the journals that lose nothing with a library, the best first.

    A write-ahead log needs a library without the bug, and memory that all processes share: that
    network file systems do not have. A rollback journal needs neither.
    """
    return ("wal", "truncate") if is_fixed(found.version) and not on_network else ("truncate",)
