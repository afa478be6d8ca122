"""No account keeps another one waiting: queues in rotation, and a worker left for the others."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import LIMITS, Served, question, serving

from lifecycle.service.limits import Limits
from lifecycle.service.pool import Turns, Worker
from lifecycle.wire import PATH

ONE, OTHER = 61_001, 61_002
"""Two accounts, by their numbers: the service takes the number where there is no name."""


def names(workers: int, asked: str, done: int) -> str:
    """Let accounts (a letter each) ask one after the other and the oldest command end each time;
    give whose turn it was.
    """
    given: list[tuple[str, Worker]] = []

    async def ask(turns: Turns, account: str) -> None:
        given.append((account, await turns.take(account)))

    async def run() -> str:
        turns = Turns(workers)
        limits = Limits(**LIMITS)
        for _ in range(workers):
            turns.add(Worker("", Path(), Path(), limits))
        tasks = [asyncio.create_task(ask(turns, account)) for account in asked]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for number in range(done):
            turns.give_back(*given[number])
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        return "".join(account for account, _worker in given)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("workers", "asked", "done", "turns"),
    [
        (1, "aaabc", 4, "abcaa"),
        (2, "aaaa", 0, "a"),
        (2, "aaaa", 3, "aaaa"),
        (2, "aaabb", 4, "ababa"),
        (3, "aaaabc", 0, "aab"),
        (4, "aaaaab", 0, "aaab"),
        (4, "aaaaab", 1, "aaaba"),
        (4, "aaaaaa", 0, "aaa"),
    ],
)
def test_accounts_take_turns(workers: int, asked: str, done: int, turns: str) -> None:
    """Whoever waits is served in rotation of the accounts; one account has all workers but one at
    most, also where nobody else asks.
    """
    assert names(workers, asked, done) == turns


def test_who_is_called_off_holds_nothing() -> None:
    """A turn that is called off while it waits, or just as it comes, leaves the worker free."""

    async def run() -> None:
        turns = Turns(1)
        worker = Worker("", Path(), Path(), Limits(**LIMITS))
        first = asyncio.create_task(turns.take("a"))
        second = asyncio.create_task(turns.take("b"))
        await asyncio.sleep(0)
        assert (turns.waiting(), turns.waiting("a")) == (2, 1)
        first.cancel()
        await asyncio.sleep(0)
        turns.add(worker)
        second.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        assert (turns.free, turns.waiting()) == ((worker,), 0)
        assert await turns.take("a") is worker

    asyncio.run(run())


@pytest.fixture
def shared() -> Iterator[Served]:
    """Serve an office with two workers where every account can reach it."""
    if os.geteuid() != 0:
        pytest.skip("只有 root 能以别的账户连接")
    folder = Path("/var/tmp") / f"lifecycle-turns-{os.getpid()}"
    folder.mkdir(mode=0o755)
    try:
        with serving(folder, workers=2) as made:
            for officer, account in (("planning01", ONE), ("land01", OTHER)):
                made.tiny.do("officer", "account", officer, str(account), by="admin")
            yield made
    finally:
        shutil.rmtree(folder)


def connected_as(served: Served, account: int) -> socket.socket:
    """Connect as an account: the kernel notes who it was at this moment."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(120)
    os.seteuid(account)
    try:
        connection.connect(str(served.socket))
    finally:
        os.seteuid(0)
    return connection


def test_one_officer_blocks_nobody(shared: Served) -> None:
    """While thirty audits of one account wait, another account's question is answered before more
    than a few of them are, and what it prints is its own.
    """
    table = "name\n" + "".join(f"项目{number}\n" for number in range(150))
    (shared.desk / "many.csv").write_text(table, "utf-8")
    shared.do("open", "visit", "--from", "many.csv")
    answered: list[bytes] = []
    connections = [connected_as(shared, ONE) for _ in range(30)]

    def wait(connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            answered.append(stream.readline())

    threads = [threading.Thread(target=wait, args=(one,)) for one in connections]
    for thread, connection in zip(threads, connections, strict=True):
        thread.start()
        connection.sendall(_request("audit"))
    with connected_as(shared, OTHER) as other:
        other.sendall(_request("list", "--json"))
        with other.makefile("rb") as stream:
            whole = stream.read()
        before = len(answered)
    assert whole.startswith(b"HTTP/1.1 200")
    assert b'"exit": 0' in whole
    assert before <= 5
    for thread, connection in zip(threads, connections, strict=True):
        thread.join()
        connection.close()
    assert {line.split()[1] for line in answered} == {b"200"}


def _request(*words: str) -> bytes:
    """Write a whole request of HTTP."""
    body = question(*words)
    first = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    return first.encode() + body
