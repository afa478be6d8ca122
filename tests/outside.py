"""The database opened as by somebody who goes round the product."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from lifecycle.ledger.sqlite import driver
from lifecycle.ledger.sqlite.connection import Connection
from lifecycle.ledger.sqlite.store import SqliteStore
from lifecycle.ledger.store import Store


@contextmanager
def outside(path: Path) -> Iterator[Any]:
    """Open a database by the library that this process has: two on one file drop each other's
    locks.

    What is changed is committed at the end, or at once. Rows come by `execute`, as in both.
    """
    if driver.library().name == "apsw":
        database: Any = apsw.Connection(str(path))
    else:
        database = sqlite3.connect(path)
    try:
        yield database
        if driver.library().name != "apsw":
            database.commit()
    finally:
        database.close()


def raw(store: Store) -> Connection:
    """Give the connection under an office that is kept in a file."""
    assert isinstance(store, SqliteStore)
    return store.connection
