"""A database read as it lies there, without locks: nothing is believed that was read while somebody
wrote.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lifecycle.beside import JOURNAL, WRITE_AHEAD, beside
from lifecycle.errors import UnavailableError
from lifecycle.frozen import dataclass
from lifecycle.ledger.sqlite.connection import Connection, SqliteLibrary, Values

_SETTLED_NS = 50_000_000
"""How old a file's time must be, so that a later change of the file surely has another: file
systems count it in ticks of a few milliseconds.
"""


@dataclass(frozen=True, slots=True)
class Lying:
    """How a database lies there: its size in bytes, when it was last changed, and which file it
    is.
    """

    size: int
    changed_ns: int
    device: int
    file: int


def lying(path: Path) -> Lying | None:
    """See how a database lies there by itself; None where it does not: there is no such file, or a
    journal beside it holds what it lacks.
    """
    try:
        found = path.stat()
        if not path.is_file() or any(_holds_something(path, end) for end in (JOURNAL, WRITE_AHEAD)):
            return None
    except OSError:
        return None
    return Lying(found.st_size, found.st_mtime_ns, found.st_dev, found.st_ino)


def lies_still(path: Path) -> Lying | None:
    """See how a database lies there, so that every later change shows; None as for `lying`."""
    found = lying(path)
    if found is None or abs(time.time_ns() - found.changed_ns) > _SETTLED_NS:
        return found
    time.sleep(2 * _SETTLED_NS / 1e9)
    return lying(path)


def _holds_something(path: Path, suffix: str) -> bool:
    journal = beside(path, suffix)
    return journal.exists() and journal.stat().st_size > 0


class StillConnection:
    """A connection that takes no locks.

    After everything that is read, be it rows or an error, it sees whether the file is as it was
    when it was opened. Raises UnavailableError where it is not: what was read may be of two times.
    """

    def __init__(self, library: SqliteLibrary, path: Path, found: Lying) -> None:
        self._path = path
        self._found = found
        self._opened: Connection = library.open(path, "immutable")

    @property
    def readonly(self) -> bool:
        """Tell that nothing can be written."""
        return True

    @property
    def in_transaction(self) -> bool:
        """Tell whether a transaction is under way."""
        return self._opened.in_transaction

    def rows(self, words: str, values: Values = ()) -> list[Any]:
        """Run a statement and give all its rows."""
        with self._unchanged():
            return self._opened.rows(words, values)

    def run(self, words: str, values: Values = ()) -> int:
        """Run a statement that gives no rows, such as BEGIN."""
        with self._unchanged():
            return self._opened.run(words, values)

    def copy_to(self, target: Path) -> None:
        """Write the database as it lies there into a file that is empty."""
        with self._unchanged():
            self._opened.copy_to(target)

    def close(self) -> None:
        """Close the database."""
        self._opened.close()

    @contextmanager
    def _unchanged(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self._see_unchanged(error)
            raise
        self._see_unchanged(None)

    def _see_unchanged(self, error: Exception | None) -> None:
        if lying(self._path) != self._found:
            raise being_written() from error


def being_written() -> UnavailableError:
    """Say that this account cannot read while another writes."""
    return UnavailableError(
        "数据库正被别的账户写入，本账户只能读，这次没有读全",
        "请稍后再试；要随时能读，请用服务或备份",
    )
