"""The names that the program uses beside a database, all in one list.

Whoever needs such a name makes it here, and whoever writes files elsewhere (`outfile`) refuses all
of them.
"""

from __future__ import annotations

import re
from pathlib import Path

JOURNAL, WRITE_AHEAD, SHARED_MEMORY = "-journal", "-wal", "-shm"
"""SQLite's own."""
QUEUE = ".queue"
"""The lock at which writers queue."""
MATERIALS = ".files"
"""The folder of the materials."""
CHANNELS = ".delivery.yaml"
"""Who is reached how."""
UPGRADED = ".v{number}"
"""The copy that is kept when a database of an older schema is upgraded, by that schema."""
DRAFT = ".{number}.new"
"""What a process, by its id, has not finished writing."""
SUFFIXES = (
    JOURNAL,
    WRITE_AHEAD,
    SHARED_MEMORY,
    QUEUE,
    MATERIALS,
    CHANNELS,
    UPGRADED,
    DRAFT,
)

_ANY = "|".join(re.escape(suffix).replace(r"\{number\}", r"\d+") for suffix in SUFFIXES)
_BESIDE = re.compile(f"(.+?)({_ANY})", re.IGNORECASE)


def beside(database: Path, suffix: str, number: int = 0) -> Path:
    """Give the path of what stands beside a database (or beside such a file) under a suffix."""
    return database.with_name(database.name + suffix.format(number=number))


def database_beside(path: Path) -> Path | None:
    """Give the path of the database to which a name would belong; None where it is no such name."""
    found = _BESIDE.fullmatch(path.name)
    return path.with_name(found[1]) if found else None
