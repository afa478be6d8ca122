"""The workers of the service: processes, each with one command at a time.

Processes and not threads, for what a command goes by belongs to a process (streams, environment),
one that hangs can be ended, a fault in a library ends one command only, and they use every core.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections import Counter, deque
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


class Turns:
    """Whose turn it is at a free worker: each account has a queue of its own, the queues are served
    in rotation, and no account holds every worker, so that one who asks much delays nobody else by
    more than the command that is being done.
    """

    def __init__(self, workers: int) -> None:
        self._share = max(1, workers - 1)
        self._free: deque[Worker] = deque()
        self._queues: dict[str, deque[asyncio.Future[Worker]]] = {}
        self._held: Counter[str] = Counter()

    @property
    def free(self) -> tuple[Worker, ...]:
        """Give the workers that do nothing."""
        return tuple(self._free)

    def waiting(self, account: str | None = None) -> int:
        """Tell how many wait, in all or of one account."""
        if account is None:
            return sum(map(len, self._queues.values()))
        return len(self._queues.get(account, ()))

    def add(self, worker: Worker) -> None:
        """Take in a worker that nobody has had yet."""
        self._free.append(worker)
        self._assign()

    async def take(self, account: str) -> Worker:
        """Wait for a worker for an account."""
        turn: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(account, deque()).append(turn)
        self._assign()
        try:
            return await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # given and called off in the same moment
                self.give_back(account, turn.result())
            raise

    def give_back(self, account: str, worker: Worker) -> None:
        """Take back the worker that an account has had."""
        self._held[account] -= 1
        if not self._held[account]:
            del self._held[account]
        self._step_back(account)
        self.add(worker)

    def _assign(self) -> None:
        """Give free workers to those whose turn it is."""
        while self._free:
            account = self._next()
            if account is None:
                return
            turn = self._queues[account].popleft()
            self._step_back(account)
            if not turn.cancelled():
                self._held[account] += 1
                turn.set_result(self._free.popleft())

    def _step_back(self, account: str) -> None:
        """Put the queue of an account that was served behind all others; an empty one goes."""
        queue = self._queues.pop(account, None)
        if queue:
            self._queues[account] = queue

    def _next(self) -> str | None:
        """Name the account whose turn it is; None where each that waits has its share."""
        for account in self._queues:
            if self._held[account] < self._share:
                return account
        return None


class Pool:
    """All workers, and the queues at them."""

    def __init__(self, url: str, database: Path, scratch: Path, limits: Limits) -> None:
        self._workers = [Worker(url, database, scratch, limits) for _ in range(limits.workers)]
        self._threads = ThreadPoolExecutor(limits.workers, thread_name_prefix="worker")
        self._turns = Turns(limits.workers)
        self._limits = limits

    def start(self) -> None:
        """Start every worker, so that the first callers need not wait."""
        _CONTEXT.set_forkserver_preload(["lifecycle.service.preload"])
        for worker in self._workers:
            worker.start()
            self._turns.add(worker)

    def full(self, account: str) -> bool:
        """Tell whether so many wait, in all or of an account, that another is to come back later.

        An account has no more waiting than it may have connections: those who hung up count too.
        """
        waiting = self._turns.waiting
        return waiting() >= self._limits.waiting or waiting(account) >= self._limits.per_account

    async def ask(self, question: Question) -> Answer:
        """Have a command done by a worker when it is the account's turn.

        Raises SlowError, LostError.
        """
        worker = await self._turns.take(question.account)
        ask: Callable[[Question], Answer] = worker.ask
        try:
            asked = asyncio.get_running_loop().run_in_executor(self._threads, ask, question)
            answer = await asked
        except LostError:
            self._turns.give_back(question.account, worker)
            raise
        self._turns.give_back(question.account, worker)
        return answer

    def end(self) -> None:
        """End every worker; one that is still busy was waited for long enough."""
        free = self._turns.free
        for worker in self._workers:
            worker.end(kill=worker not in free)
        self._threads.shutdown()
