"""Several processes that record into one file: how many entries a second, how long they wait, who
gets how much; and how long a command that has just been started holds the others up.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.bare import in_wal
from benchmarks.measure import note
from benchmarks.offices import ME, ROOT, build, now, opened, way
from lifecycle.ledger.sqlite.connection import SqliteError
from lifecycle.office.cases.cases import advance
from lifecycle.office.office import Office

Step = Callable[[int], None]
BEFORE = {
    "ours": {1: "682 /秒", 8: "483 /秒", 32: "336 /秒，p99 1.1 秒，份额 52–55"},
    "bare": {1: "1 360 /秒", 8: "1 351 /秒", 32: "1 193 /秒，p99 0.5 秒，份额 61–623"},
}
HELD = """
import sys, time
from contextlib import contextmanager
from lifecycle.ledger.sqlite import store
queue = store.turn
@contextmanager
def turn(lock):
    with queue(lock):
        start = time.perf_counter()
        yield
        print(time.perf_counter() - start, file=sys.stderr)
store.turn = turn
from lifecycle.cli import main
main()
"""


def bench_writers(*, quick: bool) -> None:
    """Print throughput, 99th percentile and shares with one, eight and 32 processes, ours and
    bare.
    """
    seconds = 1.0 if quick else 5.0
    one = 0.0
    for count in (1, 8) if quick else (1, 8, 32):
        for name, work in (("bare", _bare), ("ours", _ours)):
            with tempfile.TemporaryDirectory() as folder:
                build(Path(folder), 1, 2).close()
                waits = _together(work, Path(folder) / "bench.db", count, seconds)
            rate = sum(map(len, waits)) / seconds
            if (count, name) == (1, "ours"):
                one = rate
            _told(name, count, waits, rate, one)
    _bench_held(5 if quick else 15)


def _told(name: str, count: int, waits: list[list[float]], rate: float, one: float) -> None:
    taken = sorted(wait for mine in waits for wait in mine)
    last = taken[len(taken) * 99 // 100] * 1000
    shares = sorted(map(len, waits))
    aim = ""
    if name == "ours":
        most = max(shares) / max(1, min(shares))
        aim = (
            f"　吞吐为一个进程的 {rate / one:.2f}（目标 ≥ 0.7），p99 目标 ≤ 150 ms，"
            f"份额之比 {most:.2f}（目标 ≤ 1.5）"
        )
    who = "本系统" if name == "ours" else "底线（一条 INSERT、一条 UPDATE）"
    note(
        f"{count} 个进程写一个库，{who}：{rate:.0f} /秒，p99 {last:.1f} ms，"
        f"份额 {shares[0]}–{shares[-1]}{aim}；此前 {BEFORE[name][count]}"
    )


def _together(
    work: Callable[[Path], Step], path: Path, count: int, seconds: float
) -> list[list[float]]:
    """Have so many processes work for some seconds; give how long each step of each took."""
    context = multiprocessing.get_context("spawn")
    done: Any = context.Queue()
    start: Any = context.Barrier(count)
    args = (work, path, start, done, seconds)
    workers = [context.Process(target=_run, args=args) for _ in range(count)]
    for worker in workers:
        worker.start()
    waits = [done.get() for _ in workers]
    for worker in workers:
        worker.join()
    return waits


def _run(work: Callable[[Path], Step], path: Path, start: Any, done: Any, seconds: float) -> None:
    step = work(path)
    start.wait()
    waits: list[float] = []
    end = time.monotonic() + seconds
    while (began := time.monotonic()) < end:
        step(len(waits))
        waits.append(time.monotonic() - began)
    done.put(waits)


def _ours(path: Path) -> Step:
    """Open the office; give an advance in a case of this process's own."""
    office = Office.open(f"sqlite:///{path}", clock=now)
    case = office.register.case(opened(office))

    def step(turn: int) -> None:
        advance(office, ME, case, way(turn), note="例行")

    step(0)
    step(1)
    return step


def _bare(path: Path) -> Step:
    """Open the database; give a commit of an entry of about the same size and of the case's row,
    with SQLite's own waiting.
    """
    connection = in_wal(path)
    (case_id, head, snapshot) = connection.rows("SELECT id, head, snapshot FROM cases LIMIT 1")[0]
    body = connection.rows("SELECT body FROM entry ORDER BY idx DESC LIMIT 1")[0][0]
    own = f"{case_id}-{os.getpid()}"

    def step(turn: int) -> None:
        while True:
            try:
                connection.run("BEGIN IMMEDIATE")
                break
            except SqliteError as error:
                if error.name != "SQLITE_BUSY":
                    raise
        connection.run(
            "INSERT INTO entry (case_id, seq, eid, hash, body) VALUES (?, ?, ?, ?, ?)",
            (own, turn + 1, f"{own}-{turn}", head, body),
        )
        connection.run("UPDATE cases SET snapshot = ? WHERE id = ?", (snapshot, case_id))
        connection.run("COMMIT")

    return step


def _bench_held(rounds: int) -> None:
    """Print for how long a command that has just been started holds the queue."""
    with tempfile.TemporaryDirectory() as folder:
        office = build(Path(folder), 1, 2)
        number = office.register.case(opened(office, 2)).number
        office.close()
        environment = {
            **os.environ,
            "LIFECYCLE_DB": str(Path(folder) / "bench.db"),
            "LIFECYCLE_OFFICER": "bureau01",
            "PYTHONPATH": str(ROOT),
        }
        held = []
        for turn in range(rounds):
            words = ["advance", number, way(turn + 1), "--note", "例行"]
            done = subprocess.run(
                [sys.executable, "-c", HELD, *words],
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            )
            held.append(max(map(float, done.stderr.split())))
    least, median = min(held) * 1000, statistics.median(held) * 1000
    note(
        f"新起的命令占着队伍：最小 {least:.1f} ms，中位 {median:.1f} ms；目标 ≤ 3 ms；此前 29–34 ms"
    )
