"""Backup and restore: one tar file with a consistent copy of the database, the materials and a
manifest of SHA-256.
"""

from __future__ import annotations

import json
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import file_digest
from pathlib import Path

from lifecycle.errors import InvalidError, UnavailableError, os_reason
from lifecycle.ledger.copies.copying import copy as copy_ledger
from lifecycle.ledger.folder import folder_of
from lifecycle.ledger.opening import open_replica, open_store
from lifecycle.ledger.sqlite.database import (
    copy_database,
    database_errors,
    refuse_journal,
    refuse_link,
)
from lifecycle.ledger.sqlite.store import SqliteStore
from lifecycle.ledger.store import Store
from lifecycle.outfile import check_place, new_file, sync_file, sync_folder
from lifecycle.sharing import barrier_to, file_mode, folder_mode, make_folders

_DATABASE, _FILES, _MANIFEST = "lifecycle.db", "files", "MANIFEST.json"
_MEMBER = re.compile(r"lifecycle\.db|MANIFEST\.json|files/[0-9a-f]{2}/[0-9a-f]{64}")


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return file_digest(handle, "sha256").hexdigest()


@contextmanager
def _disk_errors(what: str, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        barrier = barrier_to(path) if isinstance(error, PermissionError) else None
        why, mend = (
            (barrier.message, barrier.mend)
            if barrier
            else (os_reason(error), "请检查路径、权限与磁盘空间")
        )
        raise UnavailableError(f"{what}未完成：{why}（{path}）", mend) from error


def back_up(store: Store, target: Path) -> int:
    """Write a backup while officers go on working.

    Give the number of files in it. Raises if the target exists. The database is copied first:
    materials are kept before the entry that names them, so none can be missing. A backup holds an
    SQLite file whichever database it is of.
    """
    with (
        new_file(target, "备份", once=True, ours=True) as draft,
        tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder,
    ):
        copy = Path(folder) / _DATABASE
        kept = _copied(store, copy)
        members = [(_DATABASE, copy)]
        materials = (
            (f"{_FILES}/{p.relative_to(kept).as_posix()}", p)
            for p in sorted(kept.glob("[0-9a-f][0-9a-f]/*"))
        )
        members += [(name, path) for name, path in materials if _MEMBER.fullmatch(name)]
        manifest = Path(folder) / _MANIFEST
        manifest.write_text(
            json.dumps({name: _sha256(path) for name, path in members}, indent=1), encoding="utf-8"
        )
        with tarfile.open(draft, "w", dereference=True) as tar:
            for name, path in [(_MANIFEST, manifest), *members]:
                tar.add(path, name, recursive=False)
    return len(members)


def _copied(store: Store, copy: Path) -> Path:
    """Copy a database into a file; give the folder in which the materials are."""
    if isinstance(store, SqliteStore):
        with database_errors(store.path):
            copy_database(store.connection, copy, 0o600)
        return folder_of(store.path)
    draft = copy.with_name("replica.db")
    with closing(SqliteStore.open_replica(str(draft))) as replica:
        copy_ledger(store, replica, lambda *_: None)
        with database_errors(draft):
            copy_database(replica.connection, copy, 0o600)
    return folder_of(draft)


def restore(source: Path, database: Path) -> int:
    """Restore a backup where there is no database yet, once every file's SHA-256 agrees.

    Give the number of files.
    """
    for path in (database, folder_of(database)):
        refuse_link(path)
    if database.exists() or folder_of(database).exists():
        raise InvalidError(
            f"{database} 或它的材料文件夹已存在，不会覆盖",
            "请用 --db 指定一个新的位置，或先移走原库",
        )
    check_place(database)
    refuse_journal(database)
    if not source.is_file():
        raise InvalidError(f"备份文件 {source} 不存在", "请核对路径")
    with _disk_errors("恢复", database):
        make_folders(database.parent)
        with tempfile.TemporaryDirectory(dir=database.parent, prefix=".restore-") as folder:
            room = Path(folder)
            names = _unpack(source, room)
            _open_to_group(room, file_mode(database.parent))
            for name in names:
                sync_file(room / name)
            if (room / _FILES).exists():
                for shelf in (room / _FILES).iterdir():
                    sync_folder(shelf)
                sync_folder(room / _FILES)
                (room / _FILES).replace(folder_of(database))
            (room / _DATABASE).replace(database)
        sync_folder(database.parent)
    return len(names)


def restore_to_server(source: Path, url: str) -> int:
    """Restore a backup into an empty database on a server; give the number of files."""
    with tempfile.TemporaryDirectory(prefix="lifecycle-restore-") as folder:
        database = Path(folder) / _DATABASE
        count = restore(source, database)
        with (
            closing(open_store(str(database), readonly=True)) as restored,
            closing(open_replica(url)) as replica,
        ):
            copy_ledger(restored, replica, lambda *_: None)
    return count


def _open_to_group(room: Path, mode: int) -> None:
    """Give what was unpacked the modes of a new ledger's files, so that a group that shares the
    folder can work.
    """
    for path in (room / _DATABASE, *sorted((room / _FILES).rglob("*")), room / _FILES):
        if path.exists():
            path.chmod(folder_mode(mode) if path.is_dir() else mode)


def _unpack_one(tar: tarfile.TarFile, member: tarfile.TarInfo, room: Path) -> None:
    """Unpack one plain file by a name such as a backup has.

    Anything else – links, `..` – is a ValueError. The standard library's filter for this is missing
    before Python 3.11.4 (PEP 706).
    """
    content = tar.extractfile(member) if _MEMBER.fullmatch(member.name) and member.isreg() else None
    if content is None:
        raise ValueError(member.name)
    target = room / member.name
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("xb") as out:
        shutil.copyfileobj(content, out)


def _unpack(source: Path, room: Path) -> list[str]:
    """Unpack a backup and compare it with its manifest; give the names in it."""
    try:
        with tarfile.open(source) as tar:
            for member in tar:
                _unpack_one(tar, member, room)
        manifest = json.loads((room / _MANIFEST).read_text(encoding="utf-8"))
        listed = {str(name): str(digest) for name, digest in manifest.items()}
    except (tarfile.TarError, EOFError, ValueError, AttributeError, FileNotFoundError) as error:
        raise InvalidError(f"{source} 不是备份文件，或已损坏", "请换一份备份") from error
    found = {p.relative_to(room).as_posix() for p in room.rglob("*") if p.is_file()} - {_MANIFEST}
    wrong = [
        n
        for n in sorted(found | set(listed))
        if n not in found or listed.get(n) != _sha256(room / n)
    ]
    if wrong or _DATABASE not in found:
        raise InvalidError(
            f"备份已损坏：{'、'.join(wrong[:5]) or _DATABASE} 与清单不符", "请换一份备份"
        )
    return sorted(found)
