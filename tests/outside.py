"""The database opened as by somebody who goes round the product."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from lifecycle.ledger.sqlite import driver


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
