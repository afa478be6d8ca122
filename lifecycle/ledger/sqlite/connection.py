"""What the store asks of a connection, whichever library it is of, and the one error that all give.

Two SQLite libraries on one file in one process drop each other's locks (sqlite.org,
howtocorrupt.html §2.2.1), so a process has one: `driver.py` chooses it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

Values = Mapping[str, Any] | Sequence[Any]


class SqliteError(Exception):
    """What SQLite says; `name` is its extended result code, such as SQLITE_BUSY_SNAPSHOT."""

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


class Connection(Protocol):
    """One open database, without transactions of its own making.

    Every method raises SqliteError.
    """

    @property
    def readonly(self) -> bool:
        """Tell whether nothing can be written by this connection."""
        ...

    @property
    def in_transaction(self) -> bool:
        """Tell whether a transaction is under way."""
        ...

    def rows(self, words: str, values: Values = ()) -> list[Any]:
        """Run a statement and give all its rows."""
        ...

    def run(self, words: str, values: Values = ()) -> int:
        """Run a statement that writes; give how many rows it wrote."""
        ...

    def copy_to(self, target: Path) -> None:
        """Write the database as it is at one moment into a file that is empty."""
        ...

    def close(self) -> None:
        """Close the database."""
        ...


class SqliteLibrary(Protocol):
    """A library through which databases are opened."""

    @property
    def name(self) -> str:
        """Give the name of the Python package."""
        ...

    @property
    def version(self) -> str:
        """Give SQLite's version in it."""
        ...

    def open(self, path: Path, mode: str) -> Connection:
        """Open a database that there is: `rw`, `ro`, or `immutable`, which takes no locks."""
        ...


def located(path: Path, mode: str) -> str:
    """Give the URI by which SQLite opens a file."""
    query = "mode=ro&immutable=1" if mode == "immutable" else f"mode={mode}"
    return f"{path.absolute().as_uri()}?{query}"
