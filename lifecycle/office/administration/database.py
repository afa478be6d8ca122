"""The database as a whole: backup, restore and upgrade."""

from __future__ import annotations

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

    database: Path
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
    from lifecycle.ledger.backup import back_up as write_backup

    files = write_backup(office.store, target)
    return BackedUp(files, target.stat().st_size)


def restore(source: Path, url: str | None) -> Restored:
    """Put a backup back, every file compared with its checksum first; nothing is overwritten."""
    from lifecycle.ledger.backup import restore as put_back
    from lifecycle.ledger.sqlite.database import database_file

    database = database_file(url)
    return Restored(database, put_back(source, database))


def upgrade(url: str | None) -> Upgraded:
    """Bring an older database to this version's schema; a copy of it is kept."""
    from lifecycle.ledger.refold import refold
    from lifecycle.ledger.sqlite.database import SCHEMA, database_file
    from lifecycle.ledger.sqlite.database import upgrade as bring_up

    before, copy = bring_up(database_file(url), refold)
    return Upgraded(before, SCHEMA, copy)
