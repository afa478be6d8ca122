"""The timekeeper of the service: a process that makes what falls due by itself, again and again.

A process of its own, since the one that takes requests in never opens the database.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from contextlib import closing, suppress
from multiprocessing.connection import Connection

from lifecycle.errors import LifecycleError
from lifecycle.office.cases.due import tick
from lifecycle.office.office import Office

_CONTEXT = multiprocessing.get_context("forkserver")


class Timekeeper:
    """The process, and the pipe whose end it waits for."""

    def __init__(self, url: str, seconds: int) -> None:
        ours, theirs = _CONTEXT.Pipe()
        self._pipe = ours
        self._process = _CONTEXT.Process(target=keep_time, args=(theirs, url, seconds))
        self._process.start()
        theirs.close()

    def end(self) -> None:
        """End it when it has done what it is doing."""
        self._pipe.close()
        self._process.join()
        self._process.close()


def keep_time(stop: Connection, url: str, seconds: int) -> None:
    """Make what is due every so many seconds, until the service closes the pipe."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # a stop waits for what is being done
    os.umask(0o077)
    while True:
        _look(url)
        if stop.poll(seconds):
            return


def _look(url: str) -> None:
    """Make what is due; what goes wrong is told, and tried again the next time."""
    try:
        with closing(Office.open(url)) as office:
            made = tick(office).made
    except LifecycleError as error:
        _log(f"到期的没有自动办理：{error.message}")
        return
    for one in made:
        _log(f"到期自动办理：{one.number} {one.transition} {one.on}")


def _log(text: str) -> None:
    with suppress(OSError):
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
