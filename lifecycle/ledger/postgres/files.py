"""Materials in the database: in parts, so that none need be held in memory whole."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from hashlib import sha256
from tempfile import SpooledTemporaryFile

from lifecycle.errors import InvalidError
from lifecycle.ledger.files import CHUNK, Files, LostFileError, Readable
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import Store


class AddingStore(Store):
    """A store that can add rows without taking a turn."""

    @abstractmethod
    def adding(self) -> AbstractContextManager[None]:
        """Add rows that nobody waits for, in a transaction of its own unless there is one."""


class TableFiles(Files):
    """The files of a database: rows of `file_part`, which nobody may alter or remove.

    So they are copied to standbys and into backups together with the entries that name them.
    """

    def __init__(self, store: AddingStore) -> None:
        self._store = store

    def keep(self, source: Readable, most_bytes: int) -> tuple[int, str]:
        """Keep a stream; outside a transaction in one of its own, without taking a turn."""
        with SpooledTemporaryFile(max_size=8 * CHUNK) as whole:
            size, hashed = 0, sha256()
            while chunk := source.read(CHUNK):
                size += len(chunk)
                if size > most_bytes:
                    raise InvalidError(f"文件超过 {most_bytes >> 20} MB", "请压缩或分册后再传")
                hashed.update(chunk)
                whole.write(chunk)
            digest = hashed.hexdigest()
            whole.seek(0, os.SEEK_SET)
            if not size:
                return size, digest
            if not self._store.rows(text.FILE_PART, sha256=digest, part=0):
                with self._store.adding():
                    for part, chunk in enumerate(iter(lambda: whole.read(CHUNK), b"")):
                        self._store.put(text.PUT_FILE_PART, sha256=digest, part=part, body=chunk)
            elif self.check(digest, size):
                # nobody may replace it, so that nothing can rest on it
                raise LostFileError(
                    f"库里已有这份文件（{digest[:12]}…），但内容被改动",
                    "请运行 lifecycle audit，并请管理员从备份恢复",
                )
        return size, digest

    def chunks(self, digest: str) -> Iterator[bytes]:
        """Stream a kept file, up to where it is whole: whoever may add parts could add more."""
        part, hashed = 0, sha256()
        while found := self._store.row(text.FILE_PART, sha256=digest, part=part):
            yield found[0]
            part += 1
            hashed.update(found[0])
            if hashed.hexdigest() == digest:
                return
        if not part:
            raise FileNotFoundError(digest)

    def digests(self) -> Iterator[str]:
        """Stream the SHA-256 of all that is kept, in their order."""
        after = ""
        while rows := self._store.rows(text.FILES_KEPT, after=after, most=1000):
            yield from (str(digest) for (digest,) in rows)
            after = rows[-1][0]
