"""Backup and restore: one tar file with a consistent copy of the database, the materials and a manifest of SHA-256."""

from __future__ import annotations

import json
import os
import sqlite3
import tarfile
import tempfile
from hashlib import file_digest
from pathlib import Path

from lifecycle.errors import InvalidError, UnavailableError
from lifecycle.ledger.database import database_errors, sync_folder
from lifecycle.ledger.files import folder_of
from lifecycle.ledger.store import Store

_DATABASE, _FILES, _MANIFEST = "lifecycle.db", "files", "MANIFEST.json"


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return file_digest(handle, "sha256").hexdigest()


def back_up(store: Store, target: Path) -> int:
    """Write a backup while officers go on working; give the number of files in it. Raises if the target exists."""
    if target.exists():
        raise InvalidError(f"{target} 已存在", "请换一个文件名")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            copy = Path(folder) / _DATABASE
            with database_errors(store.path):
                replica = sqlite3.connect(copy)
                store.connection.backup(replica)
                replica.close()
            members = [(_DATABASE, copy)]
            kept = folder_of(store.path)
            members += [(f"{_FILES}/{p.relative_to(kept)}", p) for p in sorted(kept.glob("[0-9a-f][0-9a-f]/*"))]
            manifest = Path(folder) / _MANIFEST
            manifest.write_text(json.dumps({name: _sha256(path) for name, path in members}, indent=1), encoding="utf-8")
            draft = Path(folder) / "draft.tar"
            with tarfile.open(draft, "w") as tar:
                for name, path in [(_MANIFEST, manifest), *members]:
                    tar.add(path, name, recursive=False)
            with draft.open("rb") as handle:
                os.fsync(handle.fileno())
            draft.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise UnavailableError(f"备份未完成：{error.strerror}（{target}）", "请检查路径、权限与磁盘空间") from error
    return len(members)


def restore(source: Path, database: Path) -> int:
    """Restore a backup to a database that does not exist yet, if every file's SHA-256 agrees; give their number."""
    if database.exists() or folder_of(database).exists():
        raise InvalidError(f"{database} 已存在，不会覆盖", "请用 --db 指定一个新的位置，或先移走原库")
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=database.parent) as folder:
            room = Path(folder)
            with tarfile.open(source) as tar:
                tar.extractall(room, filter="data")
            manifest = json.loads((room / _MANIFEST).read_text(encoding="utf-8"))
            found = {str(p.relative_to(room)) for p in room.rglob("*") if p.is_file()} - {_MANIFEST}
            wrong = [
                name
                for name in sorted(found | set(manifest))
                if name not in found or manifest.get(name) != _sha256(room / name)
            ]
            if wrong:
                raise InvalidError(f"备份已损坏：{'、'.join(wrong[:5])} 与清单不符", "请换一份备份")
            if (room / _FILES).exists():
                (room / _FILES).replace(folder_of(database))
            (room / _DATABASE).replace(database)
        sync_folder(database.parent)
    except (tarfile.TarError, ValueError, KeyError) as error:
        raise InvalidError(f"{source} 不是备份文件，或已损坏", "请换一份备份") from error
    except OSError as error:
        raise UnavailableError(f"恢复未完成：{error.strerror}（{source}）", "请检查路径、权限与磁盘空间") from error
    return len(manifest)
