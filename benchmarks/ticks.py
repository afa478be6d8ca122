"""What falls due by itself: a tick that makes a hundred things among very many open cases."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from benchmarks.bare import copy_of, in_wal, recorder, repeat
from benchmarks.measure import Times, note, say, timed
from benchmarks.offices import ME, Clock
from benchmarks.offices import found as found_office
from lifecycle.engine.acts import Open
from lifecycle.ledger.register import Request
from lifecycle.office.administration.publication import put_into_force
from lifecycle.office.cases.due import tick
from lifecycle.office.office import Office

FLOW = (Path(__file__).parent / "waiting.yaml").read_bytes()
DUE = 100
"""Cases that are due on one day, and as many that are due two a day."""
DAYS = DUE // 2


def bench_ticks(*, quick: bool) -> None:
    """Print what a tick takes that makes a hundred things, and one that finds nothing due."""
    for cases in (400, 1_000) if quick else (1_000, 100_000):
        with tempfile.TemporaryDirectory() as name:
            _bench_size(Path(name), cases)


def _bench_size(folder: Path, cases: int) -> None:
    clock = Clock()
    office = Office.open(f"sqlite:///{folder / 'bench.db'}", clock=clock, create=True)
    found_office(office)
    put_into_force(office, Request("admin"), "workflow", "waiting", FLOW)
    first = clock.at.date() + timedelta(days=10)
    last = first + timedelta(days=DAYS)
    with office.store.writing():
        for _ in range(DUE):
            _open(office, first.isoformat())
        for turn in range(DUE):
            _open(office, (first + timedelta(days=turn // 2 + 1)).isoformat())
        _open(office, "2199-01-01")
    _multiply_last(office, cases - 2 * DUE)
    for what, days in (("同一天到期", 11), (f"{DAYS} 天里到期", DAYS)):
        clock.at += timedelta(days=days)
        _bench_tick(office, f"自动办理 {DUE} 项（{what}）", cases)
    idle = timed(lambda: tick(office))
    note(f"自动办理（没有到期的），{cases} 件：{idle * 1000:.1f} 毫秒")
    assert office.register.today() > last
    office.close()


def _bench_tick(office: Office, what: str, cases: int) -> None:
    """Time one tick, and its statements bare on a copy."""
    bare = in_wal(copy_of(office, "bare.db"))
    noted = recorder(office)
    made: list[int] = []
    took = timed(lambda: made.append(len(tick(office).made)))
    assert made == [DUE], made
    calls = noted.taken()
    floor = timed(lambda: repeat(bare, calls))
    bare.close()
    say(what, f"{cases} 件", Times(took, took), Times(floor, floor), "≤ 2 秒")


def _open(office: Office, valid_to: str) -> str:
    facts = {"name": "等候项目", "valid_to": valid_to}
    return office.register.submit(ME, office.workflow("waiting"), None, Open(facts)).case.id


def _multiply_last(office: Office, copies: int) -> None:
    """Copy the rows of the case opened last under new numbers: all that a tick reads of a case that
    is not due yet.
    """
    connection = office.store.connection  # type: ignore[attr-defined]
    row = list(connection.rows("SELECT * FROM cases ORDER BY number DESC LIMIT 1")[0])
    words = "SELECT kind, transition, role, unit, due_on FROM task WHERE case_id = ?"
    asked = connection.rows(words, (row[0],))
    held = ", ".join("?" * len(row))
    with office.store.writing():
        for turn in range(copies):
            row[0], row[1] = f"copy-{turn}", f"DQ-2027-{turn:06}"
            connection.run(f"INSERT INTO cases VALUES ({held})", row)
            for task in asked:
                connection.run(
                    "INSERT INTO task (case_id, number, kind, transition, role, unit, due_on)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (row[0], row[1], *task),
                )
