"""Where requests lie while they are received and done: how much there may be, and what a service
that was killed left behind.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from lifecycle.service.limits import MEGABYTE, Limits

INLINE = 1 << 16
"""So many bytes go through the pipe between service and worker; more lie in a file."""
PREFIX = "lifecycle-service-"
LOCK = "lock"
"""The file of a folder that its service and each of its workers hold a shared lock on; in it, the
socket of the service.
"""
_SHARE = 2
"""An account may have so many of the largest requests at once."""


class Room:
    """How much lies in the scratch folder: a bound in all, and one for each account."""

    def __init__(self, limits: Limits) -> None:
        self._most = limits.scratch_mb * MEGABYTE
        self._share = limits.request_mb * MEGABYTE * _SHARE
        self._held: Counter[str] = Counter()

    @contextmanager
    def place_for(self, account: str, size: int) -> Iterator[bool]:
        """Hold room for a request of so many bytes; tells whether there is any. A small one is held
        in memory and needs none.
        """
        if size <= INLINE:
            yield True
            return
        if self._held.total() + size > self._most or self._held[account] + size > self._share:
            yield False
            return
        self._held[account] += size
        try:
            yield True
        finally:
            self._held[account] -= size
            if not self._held[account]:
                del self._held[account]


@contextmanager
def scratch_folder(socket: Path) -> Iterator[Path]:
    """Make a folder for a service; what a killed one of the same socket left behind is removed."""
    where = str(socket.absolute())
    prefix = f"{PREFIX}{sha256(where.encode()).hexdigest()[:12]}-"
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        _sweep(left, where)
    with tempfile.TemporaryDirectory(prefix=prefix) as made:
        folder = Path(made)
        (folder / LOCK).touch(0o600)
        with in_use(folder):
            (folder / LOCK).write_text(where, "utf-8")  # only now may anybody sweep it
            yield folder


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """Say that a folder is in use, until the process ends if need be."""
    with (folder / LOCK).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def _sweep(folder: Path, where: str) -> None:
    """Remove a folder that is provably of a service of this socket and account that is no more: the
    lock in it names the socket and nobody holds it.
    """
    with suppress(OSError):
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            return
        with (folder / LOCK).open("r", encoding="utf-8", errors="replace") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if lock.read() == where:
                shutil.rmtree(folder, ignore_errors=True)
