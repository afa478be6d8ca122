"""Materials in a folder beside the database's file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from lifecycle.beside import MATERIALS, beside
from lifecycle.errors import InvalidError, UnavailableError, os_reason
from lifecycle.ledger.files import CHUNK, Files, LostFileError, Readable
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

_DIGEST = re.compile("[0-9a-f]{64}")


def folder_of(database: Path) -> Path:
    """Name the folder in which a database's materials lie."""
    return beside(database, MATERIALS)


def place_of(database: Path, digest: str) -> Path:
    """Name the file of a material."""
    return folder_of(database) / digest[:2] / digest


class FolderFiles(Files):
    """The files of a folder beside a database, each under the start of its SHA-256."""

    def __init__(self, database: Path) -> None:
        self.database = database

    def keep(self, source: Readable, most_bytes: int) -> tuple[int, str]:
        """Copy a stream into the folder; give its size and SHA-256. What is empty is not kept."""
        folder = folder_of(self.database)
        mode = mode_beside(self.database)
        # A name of its own for each upload: threads of one process share the pid.
        draft = folder / f".{new_eid()}.new"
        try:
            if not folder.exists():
                create_folder(folder, folder_mode(mode))
                sync_folder(folder.parent)
            size, digest = _copy(source, draft, mode, most_bytes)
            if size:  # even where it is there already: so an upload heals a damaged copy
                target = place_of(self.database, digest)
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

    def chunks(self, digest: str) -> Iterator[bytes]:
        """Stream a kept file."""
        try:
            with place_of(self.database, digest).open("rb") as handle:
                while chunk := handle.read(CHUNK):
                    yield chunk
        except FileNotFoundError:
            raise
        except OSError as error:
            raise LostFileError(f"文件读不了：{os_reason(error)}", "请检查权限与磁盘") from error

    def digests(self) -> Iterator[str]:
        """Stream the SHA-256 of all that is kept, in their order."""
        found = folder_of(self.database).glob("[0-9a-f][0-9a-f]/*")
        yield from sorted(path.name for path in found if _DIGEST.fullmatch(path.name))


def _barrier(folder: Path) -> Barrier | None:
    """Find which folder of the materials this account may not write."""
    shelves = (
        sorted(folder.glob("[0-9a-f][0-9a-f]")) if os.access(folder, os.R_OK | os.X_OK) else []
    )
    return next(filter(None, (barrier_to(place / "new") for place in (folder, *shelves))), None)


def _copy(handle: Readable, draft: Path, mode: int, most_bytes: int) -> tuple[int, str]:
    size, digest = 0, sha256()
    with os.fdopen(create_file(draft, mode), "wb") as out:
        while chunk := handle.read(CHUNK):
            size += len(chunk)
            if size > most_bytes:
                raise InvalidError(f"文件超过 {most_bytes >> 20} MB", "请压缩或分册后再传")
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return size, digest.hexdigest()
