"""The workers of the service: processes, each with one command at a time.

Processes and not threads, for what a command goes by belongs to a process (streams, environment),
one that hangs can be ended, a fault in a library ends one command only, and they use every core.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from lifecycle.service.limits import MEGABYTE, Limits
from lifecycle.service.worker import Answer, Question, work

_CONTEXT = multiprocessing.get_context("forkserver")


class LostError(Exception):
    """A worker ended in the middle of a command: whether it was done is not known."""


class SlowError(LostError):
    """A command took too long and was ended."""


class Worker:
    """One worker and the pipe to it. It is started when first needed, and anew when it is worn."""

    def __init__(self, url: str, database: Path, scratch: Path, limits: Limits) -> None:
        self._args = (url, str(database), str(scratch), limits.answer_mb * MEGABYTE)
        self._limits = limits
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._asked = 0

    def start(self) -> None:
        """Start the process."""
        ours, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=work, args=(theirs, *self._args))
        self._process.start()
        theirs.close()
        self._pipe, self._asked = ours, 0

    def ask(self, question: Question) -> Answer:
        """Have a command done. Raises SlowError, LostError."""
        if self._process is None or not self._process.is_alive():
            self.end()
            self.start()
        assert self._pipe is not None
        self._asked += 1
        try:
            self._pipe.send(question)
            if not self._pipe.poll(self._limits.command_seconds):
                self.end(kill=True)
                raise SlowError
            answer = self._pipe.recv()
        except (EOFError, OSError) as error:
            self.end(kill=True)
            raise LostError from error
        if self._asked >= self._limits.recycle_requests or self._memory() > self._limits.recycle_mb:
            self.end()
        assert isinstance(answer, Answer)
        return answer

    def end(self, *, kill: bool = False) -> None:
        """End the process: at once, or when it has done what it is doing."""
        process, self._process = self._process, None
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if process is not None:
            if kill:
                process.kill()
            process.join()
            process.close()

    def _memory(self) -> int:
        """Tell how many MB the process holds of its own; 0 where the system does not tell."""
        try:
            pid = self._process.pid if self._process else 0
            fields = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
        except OSError:
            return 0
        own = (line.split()[1] for line in fields if line.startswith("Private_"))
        return sum(map(int, own)) >> 10


class Pool:
    """All workers. Questions are answered in the order of asking."""

    def __init__(self, url: str, database: Path, scratch: Path, limits: Limits) -> None:
        self._workers = [Worker(url, database, scratch, limits) for _ in range(limits.workers)]
        self._threads = ThreadPoolExecutor(limits.workers, thread_name_prefix="worker")
        self._free: asyncio.Queue[Worker] = asyncio.Queue()
        self._most = limits.waiting
        self.waiting = 0

    def start(self) -> None:
        """Start every worker, so that the first callers need not wait."""
        _CONTEXT.set_forkserver_preload(["lifecycle.service.preload"])
        for worker in self._workers:
            worker.start()
            self._free.put_nowait(worker)

    @property
    def full(self) -> bool:
        """Tell whether so many wait that another is to come back later."""
        return self.waiting >= self._most

    async def ask(self, question: Question) -> Answer:
        """Have a command done by the worker that is free first. Raises SlowError, LostError."""
        self.waiting += 1
        try:
            worker = await self._free.get()
        finally:
            self.waiting -= 1
        ask: Callable[[Question], Answer] = worker.ask
        try:
            asked = asyncio.get_running_loop().run_in_executor(self._threads, ask, question)
            answer = await asked
        except LostError:
            self._free.put_nowait(worker)
            raise
        self._free.put_nowait(worker)
        return answer

    def end(self) -> None:
        """End every worker; one that is still busy was waited for long enough."""
        free = set()
        while not self._free.empty():
            free.add(self._free.get_nowait())
        for worker in self._workers:
            worker.end(kill=worker not in free)
        self._threads.shutdown()
