"""Whether a database is kept safely: its SQLite, its settings, its disk, its files' modes."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from lifecycle.beside import JOURNAL, QUEUE, SHARED_MEMORY, WRITE_AHEAD, beside
from lifecycle.ledger.folder import folder_of
from lifecycle.ledger.health import FileHealth, Sizes, Unsafe
from lifecycle.ledger.sqlite import driver
from lifecycle.ledger.sqlite.database import database_errors, schema_differences
from lifecycle.ledger.sqlite.disk import network_of
from lifecycle.ledger.sqlite.store import SqliteStore
from lifecycle.sharing import MANUAL, file_mode, folder_mode, is_shared


def health_of(store: SqliteStore) -> FileHealth:
    """See how an open database is kept; raises UnavailableError where that cannot be seen."""
    path, found = store.path, driver.library()
    with database_errors(path):
        (journal,) = store.connection.rows("PRAGMA journal_mode")[0]
        (synchronous,) = store.connection.rows("PRAGMA synchronous")[0]
        differences = schema_differences(store.connection, path)
    sizes, network = _sizes(path), network_of(path)
    findings = [Unsafe("schema", what, "lifecycle audit") for what in differences]
    findings += _disk_findings(path, sizes, network)
    findings += _mode_findings(path)
    return FileHealth(
        path=path,
        library=found.name,
        version=found.version,
        wal_bug_fixed=driver.is_fixed(found.version),
        journal_mode=journal,
        synchronous=synchronous,
        readonly=store.connection.readonly,
        network=network,
        sizes=sizes,
        modes=tuple((file.name, stat.filemode(file.stat().st_mode)) for file in _files(path)),
        findings=tuple(findings),
    )


def _files(path: Path) -> list[Path]:
    """List the files of a database that there are, its materials' folder among them."""
    kept = [beside(path, end) for end in (JOURNAL, WRITE_AHEAD, SHARED_MEMORY, QUEUE)]
    return [file for file in (path, *kept, folder_of(path)) if file.exists()]


def _sizes(path: Path) -> Sizes:
    log = path.with_name(path.name + "-wal")
    materials = [file.stat().st_size for file in _materials(path) if file.is_file()]
    return Sizes(
        database=path.stat().st_size,
        log=log.stat().st_size if log.exists() else 0,
        materials=sum(materials),
        materials_count=len(materials),
        free=shutil.disk_usage(path.parent).free,
    )


def _materials(path: Path) -> Iterator[Path]:
    yield from sorted(folder_of(path).rglob("*"))


def _disk_findings(path: Path, sizes: Sizes, network: str) -> Iterator[Unsafe]:
    """Find what is wrong with where a database lies.

    An upgrade keeps a copy of the database beside it, so the room for one is the least there must
    be.
    """
    if network:
        what = f"数据库在网络磁盘（{network}）上：文件锁和落盘都不可靠"
        mend = "lifecycle backup 备份.tar；再在本机磁盘上：lifecycle restore 备份.tar --db 新位置"
        yield Unsafe("network", what, mend)
    if sizes.free < sizes.database + sizes.log:
        what = f"磁盘只剩 {sizes.free} 字节，不够再放一份数据库（{sizes.database} 字节）"
        yield Unsafe("space", what, f"清理 {path.parent} 所在的磁盘，或换到更大的磁盘")


def _mode_findings(path: Path) -> Iterator[Unsafe]:
    """Find files that others than the owner and, in a shared folder, the group can read or
    change, and files of a shared folder that the group cannot.
    """
    if os.name == "nt":
        return
    folder = path.parent
    if folder.stat().st_mode & stat.S_IWOTH and not folder.stat().st_mode & stat.S_ISVTX:
        what = f"任何账户都可以换掉 {folder} 里的文件"
        yield Unsafe("mode", what, f"chmod o-w {folder}")
    wanted = file_mode(folder)
    open_to, closed_to = 0, 0
    for file in (*_files(path), *_materials(path)):
        mode = stat.S_IMODE(file.stat().st_mode)
        due = folder_mode(wanted) if file.is_dir() else wanted
        open_to += bool(mode & 0o077 & ~due)
        closed_to += bool(due & 0o070 & ~mode)
    names = f"{path}*"
    if open_to:
        what = f"{open_to} 个文件或文件夹对不该用它们的账户开放（{names}）"
        given = "o=" if is_shared(folder) else "go="
        yield Unsafe("mode", what, f"chmod -R {given} {names}")
    if closed_to:
        what = f"文件夹由一个组共用，但有 {closed_to} 个文件或文件夹该组用不了（{names}）"
        yield Unsafe("mode", what, f"chmod -R g+rwX {names}；{MANUAL}")
