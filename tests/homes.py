"""Where the offices of a test live: each in a file, or each in a database of a server.

The tests that state the ledger's contract run in both, by the fixture `home`.
"""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from outside import outside
from postgres_server import Server
from psycopg import sql

from lifecycle.ledger.folder import folder_of, place_of
from lifecycle.ledger.postgres import schema
from lifecycle.places import data_folder


class Home(ABC):
    """Keeps the databases of offices, each named by the path that it has where it is a file."""

    in_files: bool

    @abstractmethod
    def url(self, path: Path) -> str:
        """Give the URL of an office's database."""

    @abstractmethod
    def place(self, path: Path) -> Path:
        """Give the path beside which this machine keeps what belongs to an office."""

    @abstractmethod
    def outside(self, path: Path) -> AbstractContextManager[Any]:
        """Open a database as somebody who goes round the product, and may do everything; `?`
        stands for a value.
        """

    @abstractmethod
    def copy(self, path: Path, to: Path) -> None:
        """Copy a database as it stands, damage and all, and its materials with it."""

    @abstractmethod
    def kept(self, path: Path) -> dict[str, bytes]:
        """Give the materials of an office by their SHA-256."""

    @abstractmethod
    def put(self, path: Path, digest: str, body: bytes | None) -> None:
        """Put something in the place of a material, or take it away."""

    def spoil(self, path: Path, digest: str = "") -> None:
        """Alter the last byte of a material: the one that sorts first unless another is named."""
        kept = self.kept(path)
        digest = digest or min(kept)
        self.put(path, digest, kept[digest][:-1] + b"!")


class FileHome(Home):
    """Keeps each office in a file, its materials in a folder beside it."""

    in_files = True

    def url(self, path: Path) -> str:
        """Give the path, which is a URL too."""
        return str(path)

    def place(self, path: Path) -> Path:
        """Give the path itself."""
        return path

    def outside(self, path: Path) -> AbstractContextManager[Any]:
        """Open the file."""
        return outside(path)

    def copy(self, path: Path, to: Path) -> None:
        """Copy the file and the folder."""
        if path.exists():
            shutil.copy(path, to)
        if folder_of(path).exists():
            shutil.copytree(folder_of(path), folder_of(to))

    def kept(self, path: Path) -> dict[str, bytes]:
        """Read the folder."""
        return {kept.name: kept.read_bytes() for kept in folder_of(path).glob("??/*")}

    def put(self, path: Path, digest: str, body: bytes | None) -> None:
        """Write into the folder."""
        place = place_of(path, digest)
        if body is None:
            place.unlink()
        else:
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(body)


class ServerHome(Home):
    """Keeps each office in a database of a server, its materials with it."""

    in_files = False

    def __init__(self, server: Server) -> None:
        self.server = server
        self.databases: dict[Path, str] = {}

    def url(self, path: Path) -> str:
        """Give the URL of the office's database, which is made, empty, when first asked for."""
        if path not in self.databases:
            self.databases[path] = self.server.new_database()
        return self.server.url(self.databases[path])

    def place(self, path: Path) -> Path:
        """Give a path in the user's own folder."""
        self.url(path)
        return data_folder() / self.databases[path]

    @contextmanager
    def outside(self, path: Path) -> Iterator[Outside]:
        """Connect as the server's administrator."""
        self.url(path)
        with closing(self.server.connect(self.databases[path])) as connection:
            connection.execute("SET search_path TO lifecycle")
            yield Outside(connection)

    def copy(self, path: Path, to: Path) -> None:
        """Copy the database, and give the copy to roles of its own."""
        self.url(path)
        old, new = self.databases[path], self.server.new_database(self.databases[path])
        self.databases[to] = new
        with closing(self.server.connect(new)) as connection:
            roles = [(schema.owner_of(old), schema.owner_of(new))]
            roles.append((schema.office_of(old), schema.office_of(new)))
            for before, after in roles:
                names = {"old": sql.Identifier(before), "new": sql.Identifier(after)}
                connection.execute(sql.SQL("CREATE ROLE {new}").format(**names))
                reassign = sql.SQL("REASSIGN OWNED BY {old} TO {new}; DROP OWNED BY {old}")
                connection.execute(reassign.format(**names))
            connection.execute("SET search_path TO lifecycle")
            connection.execute(schema.grants(schema.office_of(new)))

    def kept(self, path: Path) -> dict[str, bytes]:
        """Read the table."""
        kept: dict[str, bytes] = {}
        with self.outside(path) as database:
            for digest, part in database.execute(
                "SELECT sha256, body FROM file_part ORDER BY sha256, part"
            ):
                kept[digest] = kept.get(digest, b"") + part
        return kept

    def put(self, path: Path, digest: str, body: bytes | None) -> None:
        """Write into the table."""
        with self.outside(path) as database:
            database.execute("DELETE FROM file_part WHERE sha256 = ?", (digest,))
            if body is not None:
                database.execute("INSERT INTO file_part VALUES (?, 0, ?)", (digest, body))

    def clear(self) -> None:
        """Remove all databases."""
        for name in self.databases.values():
            self.server.drop(name)
        self.databases.clear()


class Outside:
    """A connection to a server that is spoken to as to a file, `?` for values."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def execute(self, words: str, values: Sequence[Any] = ()) -> psycopg.Cursor[Any]:
        """Run one statement."""
        cursor = self.connection.cursor(binary=True)
        given = words.replace("%", "%%").replace("?", "%s")
        return cursor.execute(given.encode(), values)


FILES = FileHome()

IN_A_FILE = pytest.mark.parametrize("home", ["file"], indirect=True)
"""Marks a test that is about the file."""
ON_A_SERVER = pytest.mark.parametrize("home", ["server"], indirect=True)
"""Marks a test that is about the server."""
