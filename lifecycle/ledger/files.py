"""Materials, kept by their SHA-256; written whole or not at all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Protocol

from lifecycle.engine.case import File
from lifecycle.errors import InvalidError, UnavailableError
from lifecycle.infile import open_file

CHUNK = 1 << 20


class LostFileError(UnavailableError):
    """A kept file is gone, was altered or cannot be read: the database itself is at hand."""


class Readable(Protocol):
    """What can be read part by part."""

    def read(self, most: int, /) -> bytes:
        """Give the next bytes, `most` or fewer; none at the end."""
        ...


class Files(ABC):
    """The materials and frozen letters of one database."""

    @abstractmethod
    def keep(self, source: Readable, most_bytes: int) -> tuple[int, str]:
        """Keep a stream, durably; give its size and SHA-256. What is empty is not kept.

        Raises InvalidError where it has more than `most_bytes`.
        """

    @abstractmethod
    def chunks(self, digest: str) -> Iterator[bytes]:
        """Stream a kept file.

        Raises FileNotFoundError where it is not there, LostFileError where it cannot be read.
        """

    @abstractmethod
    def digests(self) -> Iterator[str]:
        """Stream the SHA-256 of all that is kept, in their order."""

    def keep_file(self, source: Path, *, most_bytes: int) -> File:
        """Keep a file, streaming.

        Raises InvalidError if it is missing, empty or too large.
        """
        with open_file(source) as handle:
            size, digest = self.keep(handle, most_bytes)
        if not size:
            raise InvalidError(f"文件 {source} 是空的", "请换一个文件")
        return File(_safe_name(source.name), size, digest)

    def keep_bytes(self, body: bytes, name: str) -> File:
        """Keep bytes under their SHA-256."""
        size, digest = self.keep(BytesIO(body), len(body))
        return File(_safe_name(name), size, digest)

    def check(self, digest: str, size: int) -> str | None:
        """Say what is wrong with a kept material, None if it is intact.

        Raises UnavailableError where it cannot be read.
        """
        found, hashed = 0, sha256()
        try:
            for chunk in self.chunks(digest):
                found += len(chunk)
                hashed.update(chunk)
        except FileNotFoundError:
            return "文件不见了"
        if hashed.hexdigest() != digest:
            return "文件内容被改动"
        return None if found == size else "文件大小与记录不符"

    def read(self, digest: str, size: int) -> bytes:
        """Give a kept file's bytes.

        Raises LostFileError where it is gone, altered or cannot be read.
        """
        wrong = self.check(digest, size)
        if wrong:
            raise LostFileError(
                f"保存的文件 {digest[:12]}… {wrong}", "请运行 lifecycle audit，并从备份恢复"
            )
        return b"".join(self.chunks(digest))


def _safe_name(name: str) -> str:
    """Give a file's name as it is recorded: NFC, no characters that cannot be seen, at most 200
    characters.
    """
    import unicodedata

    text = unicodedata.normalize("NFC", name)
    return "".join("_" if unicodedata.category(c)[0] == "C" else c for c in text)[:200]
