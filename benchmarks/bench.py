"""Side by side with the floor – the same work done raw – in the same run: ratios, no verdicts.

`python benchmarks/bench.py [--big]` prints one line per measurement: what, size, ours, floor,
ratio, the aim.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.letters import bench_letter, bench_paper
from benchmarks.measure import paired, say, timed
from benchmarks.servers import bench_servers
from lifecycle.engine.acts import Advance, Open
from lifecycle.ledger.record import canonical, hash_of
from lifecycle.ledger.register import Request
from lifecycle.ledger.replay import replay_all
from lifecycle.ledger.sqlite.connection import Connection
from lifecycle.ledger.sqlite.database import connect
from lifecycle.office.administration.audit import Audit
from lifecycle.office.administration.publication import put_into_force
from lifecycle.office.cases.cases import advance
from lifecycle.office.office import Office
from lifecycle.workflow.reader import read_workflow

FLOW = (Path(__file__).parent / "shuttle.yaml").read_bytes()
CALENDAR = canonical(
    {"name": "CN", "years": {"2026": {"announced": True, "holidays": ["10-01"], "workdays": []}}}
)
FACTS = {
    "name": "基准项目",
    "investment": "32000",
    "area": "龙泉市",
    "investor": "某某文创发展有限公司",
    "land": "42.5",
}
ME = Request("bureau01")


class Clock:
    """A clock that moves on by a millisecond at every look, so that a million entries fit into a
    day.
    """

    def __init__(self) -> None:
        self.at = datetime(2026, 9, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at


def found(office: Office) -> None:
    """Found the office of the measurements: one unit, one officer, one workflow."""
    office.register.change_office(
        Request("admin"),
        "office_founded",
        {
            "unit": "zsj",
            "unit_title": "市招商局",
            "functions": ["bureau"],
            "officer": "admin",
            "title": "管理员",
            "roles": ["admin"],
        },
    )
    admin = Request("admin")
    office.register.change_office(
        admin,
        "officer_added",
        {"officer": "bureau01", "title": "经办人", "unit": "zsj", "roles": ["bureau"]},
    )
    put_into_force(office, admin, "calendar", "CN", CALENDAR)
    put_into_force(office, admin, "workflow", "shuttle", FLOW)


def build(folder: Path, cases: int, entries_each: int) -> Office:
    """Make an office with so many cases of so many entries each, in one transaction per case."""
    office = Office.open(f"sqlite:///{folder / 'bench.db'}", clock=Clock(), create=True)
    found(office)
    workflow = office.workflow("shuttle")
    for _ in range(cases):
        with office.store.writing():
            case = office.register.submit(ME, workflow, None, Open(FACTS)).case
            for number in range(entries_each - 1):
                office.register.submit(
                    ME, None, case.id, Advance("back" if number % 2 else "go", "例行")
                )
    return office


def bench_advance(folder: Path, cases: int) -> None:
    """Time a durable advance through Office against its bare statements, at the end of a log."""
    office = build(folder, cases, 20)
    steps = 150
    case = office.register.submit(ME, office.workflow("shuttle"), None, Open(FACTS)).case
    turn = iter(range(10**9))
    raw = bare_connection(office)
    body, row = (
        raw.rows("SELECT body FROM entry ORDER BY idx DESC LIMIT 1")[0][0],
        raw.rows("SELECT * FROM cases LIMIT 1")[0],
    )

    def ours() -> float:
        def work() -> None:
            for _ in range(steps):
                way = "back" if next(turn) % 2 else "go"
                advance(office, ME, case, way, note="例行")

        return timed(work) / steps

    def floor() -> float:
        def work() -> None:
            for _ in range(steps):
                bare_advance(raw, row, body, next(turn))

        return timed(work) / steps

    say("办理一步（持久）", f"{cases * 20}", *paired(ours, floor, 7), aim="≤ 2 ×")
    office.close()


def bench_midlife(folder: Path) -> None:
    """Time an advance of a real case in mid-life – the one of the worked example that has come
    farthest – against its bare statements, with the letters it has and with two hundred more.
    """
    command = [sys.executable, str(Path(__file__).parent.parent / "cli.py")]
    subprocess.run([*command, "demo", "--into", str(folder)], capture_output=True, check=True)
    office = Office.open(f"sqlite:///{folder / 'lifecycle.db'}")
    number = "LS-F-2023-001"
    (case_id,) = office.store.connection.rows("SELECT id FROM cases WHERE number = ?", (number,))[0]
    case = office.register.case(case_id)
    raw = bare_connection(office)
    body = raw.rows(
        "SELECT body FROM entry WHERE case_id = ? ORDER BY seq DESC LIMIT 1", (case_id,)
    )[0][0]
    row = raw.rows("SELECT * FROM cases WHERE id = ?", (case_id,))[0]
    turn = iter(range(10**9))
    steps = 20

    def ours() -> float:
        return per(
            lambda: [advance(office, ME, case, "remind", note="例行") for _ in range(steps)], steps
        )

    def floor() -> float:
        return per(lambda: [bare_advance(raw, row, body, next(turn)) for _ in range(steps)], steps)

    rounds = 5
    for more in (0, 200 - (rounds + 1) * steps):
        for _ in range(more):
            advance(office, ME, case, "remind", note="例行")
        letters = len(office.register.case(case_id).letters)
        found = paired(ours, floor, rounds)
        say(
            f"办理一步（{len(case.facts)} 个要素）",
            f"{letters} 件公文",
            *found,
            aim="增长 ≤ 1.2 ×",
        )
    office.close()


def bare_connection(office: Office) -> Connection:
    """Open a copy of a database by the same library with the same settings, for the raw
    statements.
    """
    copy = office.store.path.with_suffix(".raw")
    copy.touch()
    office.store.connection.copy_to(copy)
    return connect(copy)


def bare_advance(raw: Connection, row: tuple[object, ...], body: bytes, turn: int) -> None:
    """Do what one advance does to the database, and nothing else."""
    raw.run("BEGIN IMMEDIATE")
    raw.rows("SELECT seq, head, snapshot FROM office WHERE id = 1")
    raw.rows("SELECT digest, snapshot FROM cases WHERE id = ?", (row[0],))
    raw.run(
        "INSERT INTO entry (case_id, seq, eid, hash, body) VALUES (?, ?, ?, ?, ?)",
        (row[0], 10**6 + turn, f"bare-{turn}", row[17], body),
    )
    raw.run(
        "UPDATE cases SET state = ?, entered_on = ?, last_on = ?, due_on = ?, seq = ?, head = ?, "
        "snapshot = ?"
        " WHERE id = ?",
        (row[5], row[11], row[12], row[13], turn, row[17], row[18], row[0]),
    )
    raw.run("COMMIT")


def per(work: Callable[[], object], count: int) -> float:
    """Time a piece of work, in seconds for each of so many."""
    return timed(work) / count


def bench_replay(folder: Path, cases: int) -> None:
    """Time replay with full re-judging against reading, hashing and parsing alone; per entry."""
    office = build(folder, cases, 20)
    raw = connect(folder / "bench.db", readonly=True)

    def floor() -> None:
        for (body,) in raw.rows("SELECT body FROM entry ORDER BY idx"):
            sha256(body).hexdigest()
            json.loads(body)

    def ours() -> None:
        for _case, steps in replay_all(office.library, office.directory):
            assert not any(step.problems for step in steps)

    def audit() -> None:
        assert not list(Audit(office).findings())

    entries = cases * 20
    rounds = 5 if cases < 2000 else 3
    for what, work, aim in (("回放并重新判定（每条）", ours, "≤ 9 ×"), ("审计（每条）", audit, "")):
        say(
            what,
            f"{entries}",
            *paired(partial(per, work, entries), partial(per, floor, entries), rounds),
            aim=aim,
        )
    office.close()


def bench_start(folder: Path) -> None:
    """Time whole processes: `--help`, `show`, `advance --dry-run` against `python -c pass`."""
    office = build(folder, 3, 2)
    number = office.store.connection.rows("SELECT number FROM cases")[0][0]
    office.close()
    environment = {
        **os.environ,
        "LIFECYCLE_DB": f"sqlite:///{folder / 'bench.db'}",
        "LIFECYCLE_OFFICER": "bureau01",
        "NO_COLOR": "1",
    }
    command = [sys.executable, str(Path(__file__).parent.parent / "cli.py")]

    def run(*words: str) -> Callable[[], float]:
        return lambda: timed(
            lambda: subprocess.run(words, env=environment, capture_output=True, check=True)
        )

    for words, aim in (
        (["--help"], "≤ 8 ×"),
        (["show", number], "≤ 30 ×"),
        (["advance", number, "back", "--note", "x", "--dry-run"], "≤ 30 ×"),
    ):
        say(
            f"冷启动 {words[0]}",
            "",
            *paired(run(*command, *words), run(sys.executable, "-c", "pass"), 11),
            aim=aim,
        )


def bench_lists(folder: Path, cases: int) -> None:
    """Time one page of `list` and the board against the raw queries."""
    from lifecycle.ledger.queries import CaseFilter, ListedCase, board, list_page

    office = build(folder, 100, 1)
    multiply_cases(office, cases)
    raw = connect(folder / "bench.db", readonly=True)
    columns = ", ".join(ListedCase._fields[:-1])
    page = f"SELECT {columns} FROM cases WHERE number > ? ORDER BY number LIMIT 50"
    yellow = "sum(CASE WHEN red_on <= ?1 THEN 0 WHEN yellow_on <= ?1 THEN 1 ELSE 0 END)"
    red = "sum(CASE WHEN red_on <= ?1 THEN 1 ELSE 0 END)"
    counts = f"SELECT workflow, state, count(*), {yellow}, {red} FROM cases GROUP BY 1, 2"
    found = paired(
        lambda: timed(lambda: [list_page(office.store, CaseFilter()) for _ in range(20)]) / 20,
        lambda: timed(lambda: [raw.rows(page, ("",)) for _ in range(20)]) / 20,
        7,
    )
    say("列表一页（50 件）", f"{cases}", *found, aim="≤ 5 ×")
    found = paired(
        lambda: timed(lambda: board(office.store, "2026-09-30", CaseFilter())),
        lambda: timed(lambda: raw.rows(counts, ("2026-09-30",))),
        7,
    )
    say("进度板", f"{cases}", *found, aim="")
    office.close()


def multiply_cases(office: Office, cases: int) -> None:
    """Copy case rows under new numbers until there are so many; only lists read them."""
    rows = office.store.connection.rows("SELECT * FROM cases")
    with office.store.writing():
        for number in range(len(rows), cases):
            row = list(rows[number % len(rows)])
            row[0], row[1] = f"copy-{number}", f"JZ-2026-{number:07}"
            office.store.connection.run(
                f"INSERT INTO cases VALUES ({','.join('?' * len(row))})", row
            )


def bench_memory(cases: int) -> None:
    """Audit in a process of its own and print its peak memory."""
    code = (
        f"import sys; sys.path.insert(0, {sys.path[0]!r}); from benchmarks import bench; "
        f"bench.audit_alone({cases})"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def audit_alone(cases: int) -> None:
    """Build and audit in one process each; the peak printed is the auditing one's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.fork() == 0:
            build(folder, cases, 20).close()
            os._exit(0)
        os.wait()
        office = Office.open(f"sqlite:///{folder / 'bench.db'}")
        start = time.perf_counter()
        findings = sum(1 for _ in Audit(office).findings())
        took = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"审计 {cases * 20} 条：{took:.1f} 秒，问题 {findings}，内存峰值 {peak:.0f} MB",
            flush=True,
        )


def bench_as_of(cases: int) -> None:
    """Look back in a process of its own and print its times and its peak memory."""
    code = (
        f"import sys; sys.path.insert(0, {sys.path[0]!r}); from benchmarks import bench; "
        f"bench.look_back_alone({cases})"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


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
    from lifecycle.office.cases.lists import CaseList, Wanted, boards
    from lifecycle.office.todo import todo
    from lifecycle.office.view import view_of

    with tempfile.TemporaryDirectory() as name:
        folder, clock = Path(name), Clock()
        if os.fork() == 0:
            build_over_days(folder, cases, clock)
            os._exit(0)
        os.wait()
        clock.at += timedelta(days=200)
        office = Office.open(f"sqlite:///{folder / 'bench.db'}", clock=clock)
        for when, day in (("全部变过", date(2026, 10, 20)), ("无一变过", date(2026, 12, 31))):
            view = view_of(office, day)
            looks: dict[str, Callable[[], object]] = {
                "清单全部": lambda view=view: sum(1 for _ in CaseList(view, Wanted()).stream()),
                "清单一页": lambda view=view: CaseList(view, Wanted()).page(),
                "进度板": lambda view=view: boards(view),
                "待办一页": lambda view=view: todo(view, "bureau01"),
            }
            times = "，".join(f"{what} {timed(look):.2f} 秒" for what, look in looks.items())
            print(f"截至某日 {cases} 件（{when}）：{times}", flush=True)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"截至某日 {cases} 件：内存峰值 {peak:.0f} MB", flush=True)


def main() -> None:
    """Run every measurement at two sizes ten times apart."""
    assert hash_of(FLOW) == read_workflow(FLOW, "shuttle.yaml").digest
    print(f"{'项目':<28}{'规模':>6}{'本系统':>12}{'底线':>13}{'倍数':>8}   目标")
    for measure, sizes in (
        (bench_advance, (50, 500)),
        (bench_replay, (50, 500)),
        (bench_lists, (10_000, 100_000)),
    ):
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                measure(Path(folder), size)
    with tempfile.TemporaryDirectory() as folder:
        bench_midlife(Path(folder))
    bench_servers(found, FACTS)
    bench_letter()
    bench_paper()
    with tempfile.TemporaryDirectory() as folder:
        bench_start(Path(folder))
    for cases in (1_000, 10_000):
        bench_as_of(cases)
    for cases in (5_000, 50_000) if "--big" in sys.argv else (500, 5_000):
        bench_memory(cases)


if __name__ == "__main__":
    main()
