"""The queue of writers: a lock file beside the database, because SQLite's own waiting lets some starve."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


def open_queue(path: Path) -> int | None:
    """Open the lock file beside a database; None where that cannot be done, as on a read-only disk."""
    try:
        return os.open(path.with_name(path.name + ".queue"), os.O_RDWR | os.O_CREAT, 0o660)
    except OSError:
        return None


@contextlib.contextmanager
def turn(queue: int | None) -> Iterator[None]:
    """Wait for one's turn among the writers; SQLite's own waiting lets some starve."""
    try:
        import fcntl
    except ImportError:
        queue = None
    if queue is None:
        yield
        return
    fcntl.flock(queue, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(queue, fcntl.LOCK_UN)
