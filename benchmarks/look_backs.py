"""Lists, the board and the to-do list as of an earlier day: all cases changed since, or none."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from benchmarks.measure import note, peak_memory, timed
from benchmarks.offices import FACTS, ME, ROOT, Clock, found
from lifecycle.engine.acts import Advance, Open
from lifecycle.office.cases.lists import CaseList, Wanted, boards
from lifecycle.office.office import Office
from lifecycle.office.todo import todo
from lifecycle.office.view import View, view_of


def bench_look_backs(*, quick: bool) -> None:
    """Look back in processes of their own and print their times and their peak memory."""
    for cases in (60, 120) if quick else (1_000, 10_000):
        code = f"from benchmarks import look_backs; look_backs.look_back_alone({cases})"
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def build_over_days(folder: Path, cases: int, clock: Clock) -> None:
    """Make cases of eight entries each, opened over sixty days from the first of September, an
    entry a week.
    """
    office = Office.open(f"sqlite:///{folder / 'bench.db'}", clock=clock, create=True)
    found(office)
    workflow = office.workflow("shuttle")
    ids: list[str] = []
    for day in range(60 + 7 * 8):
        with office.store.writing():
            for number, case_id in enumerate(ids):
                weeks, rest = divmod(day - number * 60 // cases, 7)
                if rest == 0 and 1 <= weeks < 8:
                    way = "go" if weeks % 2 else "back"
                    office.register.submit(ME, None, case_id, Advance(way, "例行"))
            while len(ids) < cases and len(ids) * 60 // cases <= day:
                ids.append(office.register.submit(ME, workflow, None, Open(FACTS)).case.id)
        clock.at += timedelta(days=1)
    office.close()


def look_back_alone(cases: int) -> None:
    """Build and look back in one process each; the peak printed is that of the one that looks."""
    with tempfile.TemporaryDirectory() as name:
        folder, clock = Path(name), Clock()
        if os.fork() == 0:
            build_over_days(folder, cases, clock)
            os._exit(0)
        os.wait()
        clock.at += timedelta(days=200)
        office = Office.open(f"sqlite:///{folder / 'bench.db'}", clock=clock)
        for when, day in (("全部变过", date(2026, 10, 20)), ("无一变过", date(2026, 12, 31))):
            looks = _looks(view_of(office, day))
            times = "，".join(f"{what} {timed(look):.2f} 秒" for what, look in looks.items())
            note(f"截至某日 {cases} 件（{when}）：{times}")
        note(f"截至某日 {cases} 件：内存峰值 {peak_memory():.0f} MB（VmHWM）")


def _looks(view: View) -> dict[str, Callable[[], object]]:
    return {
        "清单全部": lambda: sum(1 for _ in CaseList(view, Wanted()).stream()),
        "清单一页": lambda: CaseList(view, Wanted()).page(),
        "进度板": lambda: boards(view),
        "待办一页": lambda: todo(view, "bureau01"),
    }
