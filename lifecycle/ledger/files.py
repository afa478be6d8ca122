"""Materials, kept by their SHA-256 in a folder beside the database; written whole or not at all."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from lifecycle.engine.case import File
from lifecycle.errors import InvalidError, UnavailableError
from lifecycle.ledger.database import sync_folder
from lifecycle.ledger.record import new_eid

_CHUNK = 1 << 20


class LostFileError(UnavailableError):
    """A kept file is gone, was altered or cannot be read: the database itself is at hand."""


def folder_of(database: Path) -> Path:
    """Name the folder in which a database's materials lie."""
    return database.with_name(database.name + ".files")


def place_of(database: Path, digest: str) -> Path:
    """Name the file of a material."""
    return folder_of(database) / digest[:2] / digest


def keep_file(database: Path, source: Path, *, most_bytes: int) -> File:
    """Copy a file into the materials, streaming; raises InvalidError if it is missing, empty or too large."""
    try:
        handle = source.open("rb")
    except FileNotFoundError as error:
        raise InvalidError(f"文件 {source} 不存在", "请核对路径") from error
    except OSError as error:
        raise InvalidError(f"文件 {source} 读不了：{error.strerror}", "请核对是否为文件、有无权限") from error
    with handle:
        # A name of its own for each upload: threads of one process share the pid.
        draft = folder_of(database) / f".{new_eid()}.new"
        try:
            if not draft.parent.exists():
                draft.parent.mkdir(parents=True, exist_ok=True)
                sync_folder(database.parent)
            size, digest = _copy(handle, draft, most_bytes)
            target = place_of(database, digest)
            if size:  # even where it is there already: so an upload heals a damaged copy
                target.parent.mkdir(exist_ok=True)
                draft.replace(target)
                sync_folder(target.parent)
                sync_folder(folder_of(database))
        except OSError as error:
            raise UnavailableError(f"材料未能保存：{error.strerror}", "请检查磁盘空间与权限") from error
        finally:
            draft.unlink(missing_ok=True)
    if not size:
        raise InvalidError(f"文件 {source} 是空的", "请换一个文件")
    return File(_safe_name(source.name), size, digest)


def _copy(handle: BinaryIO, draft: Path, most_bytes: int) -> tuple[int, str]:
    size, digest = 0, sha256()
    with draft.open("wb") as out:
        while chunk := handle.read(_CHUNK):
            size += len(chunk)
            if size > most_bytes:
                raise InvalidError(f"文件超过 {most_bytes >> 20} MB", "请压缩或分册后再传")
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return size, digest.hexdigest()


def _safe_name(name: str) -> str:
    """Give a file's name as it is recorded: NFC, no characters that cannot be seen, at most 200 characters."""
    import unicodedata

    text = unicodedata.normalize("NFC", name)
    return "".join("_" if unicodedata.category(c)[0] == "C" else c for c in text)[:200]


def check_file(database: Path, digest: str, size: int) -> str | None:
    """Say what is wrong with a kept material, None if it is intact; raises UnavailableError where it cannot be read."""
    try:
        with place_of(database, digest).open("rb") as handle:
            found, hashed = 0, sha256()
            while chunk := handle.read(_CHUNK):
                found += len(chunk)
                hashed.update(chunk)
    except FileNotFoundError:
        return "文件不见了"
    except OSError as error:
        raise LostFileError(f"文件读不了：{error.strerror}", "请检查权限与磁盘") from error
    if hashed.hexdigest() != digest:
        return "文件内容被改动"
    return None if found == size else "文件大小与记录不符"


def read_file(database: Path, digest: str, size: int) -> bytes:
    """Give a kept file's bytes; raises LostFileError where it is gone, altered or cannot be read."""
    wrong = check_file(database, digest, size)
    if wrong:
        raise LostFileError(f"保存的文件 {digest[:12]}… {wrong}", "请运行 lifecycle audit，并从备份恢复")
    return place_of(database, digest).read_bytes()


def keep_bytes(database: Path, body: bytes, name: str) -> File:
    """Keep bytes among the materials, durably, under their SHA-256."""
    draft = folder_of(database) / f".{new_eid()}.bytes"
    try:
        if not draft.parent.exists():
            draft.parent.mkdir(parents=True, exist_ok=True)
            sync_folder(database.parent)
        draft.write_bytes(body)
        kept = keep_file(database, draft, most_bytes=len(body))
    except OSError as error:
        raise UnavailableError(f"文件未能保存：{error.strerror}", "请检查磁盘空间与权限") from error
    finally:
        draft.unlink(missing_ok=True)
    return File(_safe_name(name), kept.size, kept.sha256)
