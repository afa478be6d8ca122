"""How a database is kept, and what may be unsafe about it."""

from __future__ import annotations

from pathlib import Path

from lifecycle.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Unsafe:
    """Something about the database that is not safe, and the command that mends it."""

    code: str
    message: str
    mend: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes: of the database, of the log beside it, of the materials, and free on the disk.

    `materials_count` is how many materials and frozen letters there are.
    """

    database: int
    log: int
    materials: int
    materials_count: int
    free: int


@dataclass(frozen=True, slots=True)
class FileHealth:
    """How a database is kept.

    `wal_bug_fixed`: its SQLite can keep a write-ahead log without losing what was committed
    (sqlite.org/wal.html). `network` is the network file system that it lies on, "" for none;
    `readonly`: this account cannot write. `modes` are those of the files that there are, as `ls`
    writes them.
    """

    path: Path
    library: str
    version: str
    wal_bug_fixed: bool
    journal_mode: str
    synchronous: int
    readonly: bool
    network: str
    sizes: Sizes
    modes: tuple[tuple[str, str], ...]
    findings: tuple[Unsafe, ...]


@dataclass(frozen=True, slots=True)
class OpenTransaction:
    """Somebody's transaction: the server's process, the login, and for how many seconds."""

    pid: int
    login: str
    state: str
    seconds: int


@dataclass(frozen=True, slots=True)
class ServerHealth:
    """How a database on a server is kept.

    `settings` are the server's own, by name; `login` is who is connected, `role` what it works as;
    sizes in bytes, with their indexes.
    """

    name: str
    settings: dict[str, str]
    standby: bool
    login: str
    role: str
    above: bool
    database: int
    entries: int
    materials: int
    materials_count: int
    transactions: tuple[OpenTransaction, ...]
    findings: tuple[Unsafe, ...]
