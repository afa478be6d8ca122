"""PostgreSQL: durable advances by several processes, beside bare psycopg that makes the same calls.

The calls are those that two advances there and back made, with other ids and the next sequence
number: whatever of ours stands above them is Python.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from benchmarks.measure import Times, note, paired, say, timed
from benchmarks.offices import FACTS, ME, build, build_at, found, now
from lifecycle.engine.acts import Advance, Open
from lifecycle.ledger.postgres import schema
from lifecycle.ledger.postgres.connection import PostgresConnection, address_of
from lifecycle.ledger.replay import replay_all
from lifecycle.office.office import Office

SECONDS = 3.0
Calls = list[list[tuple[str, dict[str, Any]]]]
"""The statements of one advance, by the batches in which they are sent."""


def bench_servers(*, quick: bool) -> None:
    """Print the time of an advance with one, eight and 32 processes at work, ours and bare."""
    from postgres_server import programs, running

    if programs() is None:
        note("PostgreSQL 没有测：本机没有服务器")
        return
    with running() as server:
        for clients in (1, 4) if quick else (1, 8, 32):
            rates = {}
            for name, work in (("bare", _bare), ("ours", _ours)):
                database = server.new_database()
                url = server.url(database)
                office = Office.open(url, clock=now, create=True)
                found(office)
                office.close()
                rates[name] = _together(work, url, FACTS, clients)
                server.drop(database)
            ours, bare = rates["ours"], rates["bare"]
            times = Times(1 / ours, 1 / ours), Times(1 / bare, 1 / bare)
            say(f"PostgreSQL 办理一步，{clients} 个进程", "", *times, "≤ 1.43 ×（吞吐 ≥ 0.7）")
        database = server.new_database()
        _bench_replay(server.url(database), 10 if quick else 500, 2 if quick else 5)
        server.drop(database)


def _bench_replay(url: str, cases: int, rounds: int) -> None:
    """Time a replay from the server beside one from a file."""
    with tempfile.TemporaryDirectory() as name:
        offices = build_at(url, cases, 20), build(Path(name), cases, 20)

        def replayed(office: Office) -> float:
            return timed(lambda: _replay(office)) / (cases * 20)

        there, here = (partial(replayed, office) for office in offices)
        size = f"{cases * 20} 条"
        say("回放（底线：从文件）", size, *paired(there, here, rounds), "≤ 1.3 ×")
        for office in offices:
            office.close()


def _replay(office: Office) -> None:
    for _case, steps in replay_all(office.library, office.directory):
        assert not any(step.problems for step in steps)


def _together(work: Callable[..., None], url: str, facts: dict[str, str], clients: int) -> float:
    """Give how many advances a second that many processes make together."""
    done: Any = multiprocessing.Queue()
    start = multiprocessing.Barrier(clients)
    workers = [
        multiprocessing.Process(target=work, args=(url, facts, done, start)) for _ in range(clients)
    ]
    for worker in workers:
        worker.start()
    made = sum(done.get() for _ in workers)
    for worker in workers:
        worker.join()
    return float(made) / SECONDS


def _case_of(office: Office, facts: dict[str, str]) -> str:
    workflow = office.workflow("shuttle")
    return office.register.submit(ME, workflow, None, Open(facts)).case.id


def _step(office: Office, case: str, number: int) -> None:
    way = "back" if number % 2 else "go"
    office.register.submit(ME, None, case, Advance(way, "例行"))


def _ours(url: str, facts: dict[str, str], done: Any, start: Any) -> None:
    office = Office.open(url, clock=now)
    case = _case_of(office, facts)
    for number in range(4):
        _step(office, case, number)
    start.wait()
    made, end = 0, time.monotonic() + SECONDS
    while time.monotonic() < end:
        _step(office, case, made)
        made += 1
    done.put(made)
    office.close()


def _bare(url: str, facts: dict[str, str], done: Any, start: Any) -> None:
    office = Office.open(url, clock=now)
    case = _case_of(office, facts)
    for number in range(4):
        _step(office, case, number)
    ways = [_recorded(office, case, number) for number in (0, 1)]
    office.close()
    connection = PostgresConnection(address_of(url))
    schema.enter(connection, url.split("@/", 1)[1].split("?", 1)[0])
    seq = 1 + 4 + 2
    start.wait()
    made, end = 0, time.monotonic() + SECONDS
    while time.monotonic() < end:
        seq += 1
        _repeat(connection, ways[made % 2], seq)
        made += 1
    done.put(made)
    connection.close()


def _recorded(office: Office, case: str, number: int) -> Calls:
    """Make an advance and give the calls of its transaction."""
    calls: Calls = []
    kept = {name: getattr(PostgresConnection, name) for name in ("together", "rows", "run")}

    def together(self: PostgresConnection, batch: Any) -> Any:
        calls.append([(words, dict(values)) for words, values in batch])
        return kept["together"](self, batch)

    def single(name: str) -> Callable[..., Any]:
        def sent(self: PostgresConnection, words: str, values: dict[str, Any]) -> Any:
            calls.append([(words, dict(values))])
            return kept[name](self, words, values)

        return sent

    PostgresConnection.together = together  # type: ignore[method-assign]
    PostgresConnection.rows = single("rows")  # type: ignore[method-assign]
    PostgresConnection.run = single("run")  # type: ignore[method-assign]
    try:
        _step(office, case, number)
    finally:
        for name, method in kept.items():
            setattr(PostgresConnection, name, method)
    return calls


def _repeat(connection: PostgresConnection, calls: Calls, seq: int) -> None:
    """Make the calls of an advance again, as the next entry of its case."""
    eid = str(uuid4())
    for batch in calls:
        sent = [(words, _as_next(values, eid, seq)) for words, values in batch]
        if len(sent) > 1:
            connection.together(sent)
        elif sent:  # nothing may be left to be asked together
            connection.rows(*sent[0])


def _as_next(values: dict[str, Any], eid: str, seq: int) -> dict[str, Any]:
    if "seq" not in values:
        return values
    return {**values, "seq": seq} | ({"eid": eid} if "eid" in values else {})
