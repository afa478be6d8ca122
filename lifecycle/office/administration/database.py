"""The database as a whole: backup, restore and upgrade."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifecycle.office.office import Office


@dataclass(frozen=True, slots=True)
class BackedUp:
    """How many files a backup holds, and how many bytes it has."""

    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Restored:
    """The database that was put back, and how many files."""

    database: str
    files: int


@dataclass(frozen=True, slots=True)
class Upgraded:
    """From which schema to which.

    `copy` is the database as it was, None where nothing was to be done.
    """

    before: int
    after: int
    copy: Path | None


def back_up(office: Office, target: Path) -> BackedUp:
    """Write database, materials and their checksums into one file, as they were at one moment."""
    from lifecycle.ledger.copies.backup import back_up as write_backup

    files = write_backup(office.store, target)
    return BackedUp(files, target.stat().st_size)


def restore(source: Path, url: str | None) -> Restored:
    """Put a backup back, every file compared with its checksum first; nothing is overwritten."""
    from lifecycle.ledger.copies.backup import restore as put_back
    from lifecycle.ledger.copies.backup import restore_to_server
    from lifecycle.ledger.opening import default_url, is_server, name_of
    from lifecycle.ledger.sqlite.database import database_path

    named = url or default_url()
    if is_server(named):
        return Restored(name_of(named), restore_to_server(source, named))
    database = database_path(named)
    return Restored(str(database), put_back(source, database))


def upgrade(url: str | None) -> Upgraded:
    """Bring an older database to this version's schema; a copy of it is kept."""
    from lifecycle.ledger.copies.refold import refold
    from lifecycle.ledger.opening import default_url, is_server, open_store
    from lifecycle.ledger.sqlite.database import SCHEMA, database_path
    from lifecycle.ledger.sqlite.database import upgrade as bring_up
    from lifecycle.ledger.sqlite.store import SqliteStore

    named = url or default_url()
    if is_server(named):
        open_store(named).close()  # refuses one of another schema
        return Upgraded(SCHEMA, SCHEMA, None)
    before, copy = bring_up(
        database_path(named), lambda path, raw: refold(SqliteStore(path, raw, None))
    )
    return Upgraded(before, SCHEMA, copy)


@dataclass(frozen=True, slots=True)
class CopiedDatabase:
    """What was copied, from where to where, and the checkpoint that both now have."""

    source: str
    target: str
    entries: int
    files: int
    checkpoint: str


def copy(source: str, target: str, tell: Callable[[str, int, int], None]) -> CopiedDatabase:
    """Copy a whole ledger into another database; `tell` is told how far it has come."""
    from lifecycle.ledger.copies.copying import copy as copy_ledger
    from lifecycle.ledger.opening import open_replica, open_store

    with (
        closing(open_store(source, readonly=True)) as opened,
        closing(open_replica(target)) as replica,
    ):
        made = copy_ledger(opened, replica, tell)
        return CopiedDatabase(opened.name, replica.name, made.entries, made.files, made.checkpoint)
