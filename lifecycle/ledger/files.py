"""Materials, kept by their SHA-256 in a folder beside the database; written whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from lifecycle.beside import MATERIALS, beside
from lifecycle.engine.case import File
from lifecycle.errors import InvalidError, UnavailableError, os_reason
from lifecycle.infile import open_file
from lifecycle.ledger.record import new_eid
from lifecycle.outfile import sync_folder
from lifecycle.sharing import (
    Barrier,
    barrier_to,
    create_file,
    create_folder,
    folder_mode,
    mode_beside,
)

_CHUNK = 1 << 20


class LostFileError(UnavailableError):
    """A kept file is gone, was altered or cannot be read: the database itself is at hand."""


def folder_of(database: Path) -> Path:
    """Name the folder in which a database's materials lie."""
    return beside(database, MATERIALS)


def place_of(database: Path, digest: str) -> Path:
    """Name the file of a material."""
    return folder_of(database) / digest[:2] / digest


def keep_file(database: Path, source: Path, *, most_bytes: int) -> File:
    """Copy a file into the materials, streaming.

    Raises InvalidError if it is missing, empty or too large.
    """
    with open_file(source) as handle:
        size, digest = _keep(database, handle, most_bytes)
    if not size:
        raise InvalidError(f"文件 {source} 是空的", "请换一个文件")
    return File(_safe_name(source.name), size, digest)


def keep_bytes(database: Path, body: bytes, name: str) -> File:
    """Keep bytes among the materials, durably, under their SHA-256."""
    size, digest = _keep(database, BytesIO(body), len(body))
    return File(_safe_name(name), size, digest)


def _keep(database: Path, source: BinaryIO, most_bytes: int) -> tuple[int, str]:
    """Copy a stream into the materials; give its size and SHA-256. What is empty is not kept."""
    folder = folder_of(database)
    mode = mode_beside(database)
    # A name of its own for each upload: threads of one process share the pid.
    draft = folder / f".{new_eid()}.new"
    try:
        if not folder.exists():
            create_folder(folder, folder_mode(mode))
            sync_folder(folder.parent)
        size, digest = _copy(source, draft, mode, most_bytes)
        if size:  # even where it is there already: so an upload heals a damaged copy
            target = place_of(database, digest)
            create_folder(target.parent, folder_mode(mode))
            draft.replace(target)
            sync_folder(target.parent)
            sync_folder(folder)
    except OSError as error:
        barrier = _barrier(folder) if isinstance(error, PermissionError) else None
        why, mend = (
            (barrier.message, barrier.mend)
            if barrier
            else (os_reason(error), "请检查磁盘空间与权限")
        )
        raise UnavailableError(f"文件未能保存：{why}", mend) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    return size, digest


def _barrier(folder: Path) -> Barrier | None:
    """Find which folder of the materials this account may not write."""
    shelves = (
        sorted(folder.glob("[0-9a-f][0-9a-f]")) if os.access(folder, os.R_OK | os.X_OK) else []
    )
    return next(filter(None, (barrier_to(place / "new") for place in (folder, *shelves))), None)


def _copy(handle: BinaryIO, draft: Path, mode: int, most_bytes: int) -> tuple[int, str]:
    size, digest = 0, sha256()
    with os.fdopen(create_file(draft, mode), "wb") as out:
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
    """Give a file's name as it is recorded: NFC, no characters that cannot be seen, at most 200
    characters.
    """
    import unicodedata

    text = unicodedata.normalize("NFC", name)
    return "".join("_" if unicodedata.category(c)[0] == "C" else c for c in text)[:200]


def check_file(database: Path, digest: str, size: int) -> str | None:
    """Say what is wrong with a kept material, None if it is intact.

    Raises UnavailableError where it cannot be read.
    """
    try:
        with place_of(database, digest).open("rb") as handle:
            found, hashed = 0, sha256()
            while chunk := handle.read(_CHUNK):
                found += len(chunk)
                hashed.update(chunk)
    except FileNotFoundError:
        return "文件不见了"
    except OSError as error:
        raise LostFileError(f"文件读不了：{os_reason(error)}", "请检查权限与磁盘") from error
    if hashed.hexdigest() != digest:
        return "文件内容被改动"
    return None if found == size else "文件大小与记录不符"


def read_file(database: Path, digest: str, size: int) -> bytes:
    """Give a kept file's bytes.

    Raises LostFileError where it is gone, altered or cannot be read.
    """
    wrong = check_file(database, digest, size)
    if wrong:
        raise LostFileError(
            f"保存的文件 {digest[:12]}… {wrong}", "请运行 lifecycle audit，并从备份恢复"
        )
    return place_of(database, digest).read_bytes()
