"""Replay and audit: entries a second in one and in two processes, and the memory of an audit."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path

from benchmarks.bare import in_wal
from benchmarks.measure import compared, note, peak_memory, say, timed
from benchmarks.offices import ROOT, build
from lifecycle.ledger.replay import replay_all, replay_case
from lifecycle.office.administration.audit import Audit
from lifecycle.office.office import Office

EACH = 20
"""Entries of a case."""


def bench_replays(*, quick: bool, big: bool) -> None:
    """Print what an entry takes in replay and audit, and an audit's memory at two sizes."""
    for cases in (10, 50) if quick else (50, 5_000):
        with tempfile.TemporaryDirectory() as name:
            _bench_entries(Path(name), cases, 2 if quick or cases > 1000 else 5)
    sizes = (50, 100) if quick else (500, 5_000)
    for cases in (5_000, 50_000) if big else sizes:
        code = f"from benchmarks import replays; replays.audit_alone({cases})"
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def _bench_entries(folder: Path, cases: int, rounds: int) -> None:
    """Time replay with full re-judging, alone and by two processes, and the audit, beside reading,
    hashing and parsing alone.
    """
    office = build(folder, cases, EACH)
    path = folder / "bench.db"
    entries = cases * EACH

    def floor() -> None:
        raw = in_wal(path)
        for (body,) in raw.rows("SELECT body FROM entry ORDER BY idx"):
            sha256(body).hexdigest()
            json.loads(body)
        raw.close()

    def ours() -> None:
        for _case, steps in replay_all(office.library, office.directory):
            assert not any(step.problems for step in steps)

    def audit() -> None:
        assert not list(Audit(office).findings())

    def per(work: Callable[[], None]) -> float:
        return timed(work) / entries

    context = multiprocessing.get_context("forkserver")
    with context.Pool(2) as pool:
        ids = [case_id for (case_id,) in in_wal(path).rows("SELECT id FROM cases ORDER BY id")]
        halves = [ids[::2], ids[1::2]]

        def two() -> None:
            pool.starmap(_replayed, [(str(path), half) for half in halves])

        sides = [partial(per, work) for work in (ours, two, audit, floor)]
        one, both, audited, bare = compared(sides, rounds)
    size = f"{entries} 条"
    aim = f"≥ 12 000 条/秒（{1 / one.median:.0f}）"
    say("回放并重新判定（每条）", size, one, bare, aim, "9.3 ×（8 000–8 700 条/秒）")
    say("　　两个进程（底线：一个进程）", size, both, one, "≤ 0.56 ×", "0.56 ×（试验）")
    say("审计（每条）", size, audited, bare, "", "12 ×（199–312 µs）")
    office.close()


def _replayed(path: str, ids: list[str]) -> None:
    """Replay some cases in a process of its own."""
    office = Office.open(f"sqlite:///{path}")
    for case_id in ids:
        steps = replay_case(office.library, office.directory, case_id)
        assert not any(step.problems for step in steps)
    office.close()


def audit_alone(cases: int) -> None:
    """Build in one process and audit in another; print the peak of the one that audits."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.fork() == 0:
            build(folder, cases, EACH).close()
            os._exit(0)
        os.wait()
        office = Office.open(f"sqlite:///{folder / 'bench.db'}")
        start = time.perf_counter()
        findings = sum(1 for _ in Audit(office).findings())
        took = time.perf_counter() - start
        note(
            f"审计 {cases * EACH} 条：{took:.1f} 秒，问题 {findings}，"
            f"内存峰值 {peak_memory():.0f} MB（VmHWM）；目标：不随条数增长；此前 66 MB"
        )
