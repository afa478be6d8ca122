"""Pages of `todo`, `list`, a search and the board, beside indexed SQL for the same rows."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks.bare import in_wal
from benchmarks.measure import paired, say, timed
from benchmarks.offices import build
from lifecycle.ledger.queries import CaseFilter, ListedCase, list_page
from lifecycle.ledger.queries import board as count_board
from lifecycle.ledger.record import canonical
from lifecycle.ledger.register import Request
from lifecycle.ledger.rows.search_rows import SearchText, normalised
from lifecycle.ledger.sql import text
from lifecycle.office.cases.search import search
from lifecycle.office.office import Office
from lifecycle.office.todo import todo
from lifecycle.office.view import view_of
from lifecycle.people.changes import AddOfficer

PLACES = ["瓯江", "云和", "剑池", "青瓷", "畲乡", "古堰", "松阳", "廊桥", "石门", "仙都"]
TRADES = ["茶旅", "木玩", "康养", "文创", "温泉", "民宿", "研学", "露营", "非遗", "夜游"]
COLUMNS = ", ".join(f"cases.{name}" for name in ListedCase._fields[:-1])
TODO = """
SELECT task.due_on, task.number, task.kind, task.transition, cases.title, cases.state
FROM task JOIN cases ON cases.id = task.case_id
WHERE task.role = :role AND task.unit = '' ORDER BY task.due_on, task.number LIMIT 50
"""
LIST = f"SELECT {COLUMNS} FROM cases WHERE number > '' ORDER BY number LIMIT 50"
SEARCH = f"""
WITH found AS (
  SELECT block FROM search_gram WHERE gram IN ('瓯江', '江茶', '茶旅')
  GROUP BY block HAVING count(*) = 3
)
SELECT {COLUMNS}, count(*) OVER ()
FROM search_text JOIN cases ON cases.id = search_text.case_id
WHERE search_text.place / 128 IN (SELECT block FROM found)
  AND instr(search_text.title, '瓯江茶旅') ORDER BY cases.number DESC LIMIT 50
"""
COUNTS = """
SELECT workflow, state, count(*),
  sum(CASE WHEN red_on <= :day THEN 0 WHEN yellow_on <= :day THEN 1 ELSE 0 END),
  sum(CASE WHEN red_on <= :day THEN 1 ELSE 0 END)
FROM cases GROUP BY 1, 2
"""


class Page(NamedTuple):
    """One page: how it is shown, and the SQL for the same rows."""

    what: str
    ours: Callable[[], object]
    words: str
    values: dict[str, str] = {}  # noqa: RUF012 - never written to
    aim: str = "≤ 5 ×，不随件数增长"
    before: str = ""


def bench_pages(*, quick: bool) -> None:
    """Print what a page takes at two sizes ten times apart."""
    for cases in (200, 400) if quick else (10_000, 100_000):
        with tempfile.TemporaryDirectory() as name:
            _bench_size(Path(name), cases, 2 if quick else 9)


def _bench_size(folder: Path, cases: int, rounds: int) -> None:
    office = build(folder, 1, 1)
    office.register.change_office(
        Request("admin"),
        AddOfficer("idle01", "没有待办", "zsj", ("clerk",)),
    )
    multiply_cases(office, cases)
    raw = in_wal(folder / "bench.db")
    view = view_of(office)
    day = view.moment.on.isoformat()
    clerk = {"role": "clerk"}
    pages: tuple[Page, ...] = (
        Page(
            "待办首页", lambda: todo(view, "bureau01"), TODO, {"role": "bureau"}, before="1 000 ×"
        ),
        Page("待办首页（没有待办的人）", lambda: todo(view, "idle01"), TODO, clerk, "比有待办的省"),
        Page(
            "列表一页（50 件）", lambda: list_page(office.store, CaseFilter()), LIST, before="5 ×"
        ),
        Page("检索“瓯江茶旅”首页", lambda: search(office, ["瓯江茶旅"]), SEARCH),
        Page(
            "进度板",
            lambda: count_board(office.store, day, CaseFilter()),
            COUNTS,
            {"day": day},
            aim="",
            before="1.8 ×",
        ),
    )
    for page in pages:
        floor = partial(raw.rows, page.words, page.values)
        times = paired(partial(_each, page.ours), partial(_each, floor), rounds)
        say(page.what, f"{cases} 件", *times, aim=page.aim, before=page.before)
    raw.close()
    office.close()


def _each(work: Callable[[], object]) -> float:
    return timed(lambda: [work() for _ in range(5)]) / 5


def multiply_cases(office: Office, cases: int) -> None:
    """Copy the rows of the one case under new numbers and titles until there are so many cases:
    what lists, to-do and search read.
    """
    connection = office.store.connection  # type: ignore[attr-defined]
    row = list(connection.rows("SELECT * FROM cases")[0])
    snapshot = json.loads(row[-1])
    asked = connection.rows("SELECT kind, transition, role, unit, due_on FROM task")
    held = ", ".join("?" * len(row))
    with office.store.writing():
        for turn in range(1, cases):
            place, trade = PLACES[turn % 10], TRADES[turn // 10 % 10]
            title = f"{place}{trade}第{turn}号项目"
            row[0], row[1], row[4] = f"copy-{turn}", f"JZ-2026-{turn + 1:07}", title
            row[-1] = canonical(snapshot | {"id": row[0], "number": row[1], "title": title})
            connection.run(f"INSERT INTO cases VALUES ({held})", row)
            for task in asked:
                connection.run(
                    "INSERT INTO task (case_id, number, kind, transition, role, unit, due_on)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (row[0], row[1], *task),
                )
            searched = SearchText(normalised(row[1]) + "\n", normalised(title) + "\n", "")
            office.store.run(text.ADD_SEARCH_TEXT, case_id=row[0], **searched._asdict())
            grams = canonical(sorted(searched.grams)).decode()
            office.store.run(text.ADD_GRAMS, case_id=row[0], grams=grams)
