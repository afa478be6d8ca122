"""The queue of writers: a lock file beside the database, because SQLite's own waiting lets some
starve.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

from lifecycle.beside import QUEUE, beside
from lifecycle.errors import UnavailableError
from lifecycle.sharing import create_file, mode_beside

WAIT_S = 30


def open_queue(path: Path) -> int | None:
    """Open the lock file beside a database.

    None where that cannot be done, as on a read-only disk.
    """
    lock = beside(path, QUEUE)
    try:
        with contextlib.suppress(FileExistsError):
            return create_file(lock, mode_beside(path))
        return os.open(lock, os.O_RDWR)
    except OSError:
        return None


@contextlib.contextmanager
def turn(queue: int | None) -> Iterator[None]:
    """Wait for one's turn among the writers; raises UnavailableError when it does not come."""
    try:
        import fcntl
    except ImportError:
        queue = None
    if queue is None:
        yield
        return
    with _patience():
        fcntl.flock(queue, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(queue, fcntl.LOCK_UN)


@contextlib.contextmanager
def _patience() -> Iterator[None]:
    """End a wait in the kernel after WAIT_S, so that a stopped process holds nobody up for ever.

    Only a timer can: polling would lose the order of those who wait. Python delivers signals to the
    main thread, which is where commands run; other threads wait on.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def give_up(_signal: int, _frame: object) -> None:
        raise UnavailableError(
            f"前面的办理 {WAIT_S} 秒仍未完成，没有轮到",
            "请稍后重试；若一直如此，请管理员查看有无停住的进程",
        )

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, WAIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
