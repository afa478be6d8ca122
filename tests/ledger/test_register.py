"""Recording: many writers at once lose nothing, fork nothing, count nothing twice; refusals are
counted only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import transitions
from homes import Home
from ledger_office import Bureau, with_letters
from tiny_office import NOW

from lifecycle.engine.acts import SetFacts
from lifecycle.engine.docket import RefusedError
from lifecycle.errors import ConflictError
from lifecycle.expression import builder
from lifecycle.ledger import register
from lifecycle.ledger.postgres.store import PostgresStore
from lifecycle.ledger.register import Register, Request
from lifecycle.ledger.rows import compiled_rows
from lifecycle.ledger.sql import text
from lifecycle.ledger.sqlite.store import SqliteStore
from lifecycle.office.cases import cases
from lifecycle.workflow import compiled

ROOT = Path(__file__).parents[2]
WORKER = """
import sys, time
from datetime import timedelta
from datetime import datetime, UTC
from lifecycle.office.office import Office
from lifecycle.ledger.register import Request
from lifecycle.office.cases import cases as act

path, worker, seconds, start, base = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
clock = lambda: datetime.fromisoformat(base) + timedelta(seconds=time.time() - start)
office = Office.open(path, clock=clock)
me = Request("bureau01" if worker % 2 else "bureau02")
cases = [office.case(f"KC-2026-00{n}") for n in range(1, 5)]
end, turn = time.time() + seconds, 0
while time.time() < end:
    turn += 1
    began = time.perf_counter()
    if turn % 5 == 0:
        done = act.open_case(office, me, office.workflow("visit"), {"name": f"{worker}-{turn}"})
    else:
        done = act.advance(office, me, cases[(worker + turn) % 4], "note_visit", texts={"people": str(turn % 500 + 1)})
    took = time.perf_counter() - began
    print(done.entry.eid, done.number, f"{took:.4f}", flush=True)
"""  # noqa: E501


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Bureau:
    """Give an office with four cases."""
    made = Bureau(tmp_path, monkeypatch, home).founded()
    for name in ("一", "二", "三", "四"):
        made.opened(name=name, on="2026-09-30")
    return made


def start(bureau: Bureau, workers: int, seconds: float) -> list[subprocess.Popen[str]]:
    """Start workers that record as fast as they can; their clocks agree."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    base = (NOW + timedelta(hours=1)).isoformat()
    common = [str(seconds), repr(time.time()), base]
    return [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, bureau.url, str(worker), *common],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for worker in range(workers)
    ]


def check(bureau: Bureau, acknowledged: list[list[str]]) -> None:
    """Check that every acknowledgement is recorded once, in whole chains, under numbers without
    gap.
    """
    with bureau.sql() as database:
        recorded = {row[0] for row in database.execute("SELECT eid FROM entry")}
        numbers = [row[0] for row in database.execute("SELECT number FROM cases ORDER BY number")]
    eids = [line[0] for line in acknowledged]
    assert len(eids) == len(set(eids))
    assert set(eids) <= recorded
    bureau.now += timedelta(hours=2)  # the workers' clocks are ahead of it
    assert sorted(int(number[8:]) for number in numbers) == list(range(1, len(numbers) + 1))
    assert bureau.findings() == []


def contend(bureau: Bureau, seconds: float) -> None:
    """Let eight processes record for some seconds and check what came of it."""
    lines: list[list[str]] = []
    for worker in start(bureau, 8, seconds):
        printed, told = worker.communicate()
        assert (worker.returncode, told) == (0, "")
        own = [line.split() for line in printed.splitlines()]
        assert own, "nobody starves"
        lines += own
    with bureau.sql() as database:
        (visits,) = database.execute(
            "SELECT count(*) FROM entry WHERE case_id <> 'office'"
        ).fetchone()
    assert visits == len(lines) + 4, "nothing is recorded that was not acknowledged"
    check(bureau, lines)


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Callable[[], object]]]:
    """Give a list of what others do, each once: between a decision and the turn to record it."""
    others: list[Callable[[], object]] = []
    judge_ahead = Register._judge_ahead

    def hooked(self: Register, *args: Any) -> Any:
        judged = judge_ahead(self, *args)
        while others:
            others.pop()()
        return judged

    monkeypatch.setattr(Register, "_judge_ahead", hooked)
    yield others
    assert others == [], "the hook was reached"


def closing_act(bureau: Bureau, number: str) -> None:
    """End a case."""
    bureau.do("advance", number, "close", "--note", "资金未落实", by="bureau02")


def test_a_decision_on_a_case_that_has_moved_on_is_made_again(
    bureau: Bureau, between: list[Callable[[], object]]
) -> None:
    """Somebody ends the case after an advance was accepted and before it is recorded: the advance
    is refused, for what it found then.
    """
    between.append(lambda: closing_act(bureau, "KC-2026-001"))
    code, told = bureau.fails(
        "advance", "KC-2026-001", "note_visit", "--set", "people=3", by="bureau01"
    )
    assert (code, "现为“终止”" in told) == (1, True), told
    assert bureau.findings() == []


def test_a_decision_still_right_is_recorded_after_what_came_between(
    bureau: Bureau, between: list[Callable[[], object]]
) -> None:
    """A note made meanwhile does no harm: the advance is judged again and follows it."""
    note = ("advance", "KC-2026-001", "note_visit")
    between.append(lambda: bureau.do(*note, "--set", "people=2", by="bureau02"))
    bureau.do(*note, "--set", "people=3", by="bureau01")
    office = bureau.office()
    with closing(office.store):
        case = office.case("KC-2026-001")
    assert (case.seq, case.facts["people"]) == (3, 3)
    assert bureau.findings() == []


def test_a_decision_on_an_office_that_has_changed_is_made_again(
    bureau: Bureau, between: list[Callable[[], object]]
) -> None:
    """Whoever leaves the office between decision and record is refused."""
    between.append(lambda: bureau.do("officer", "leave", "bureau02", by="admin"))
    code, told = bureau.fails(
        "advance", "KC-2026-001", "note_visit", "--set", "people=3", by="bureau02"
    )
    assert (code, "bureau02" in told) == (1, True), told
    assert bureau.findings() == []


def test_a_decision_of_yesterday_is_made_again(
    bureau: Bureau, between: list[Callable[[], object]]
) -> None:
    """Midnight passes while a command waits for its turn: its day is the new one."""

    def sleep() -> None:
        bureau.now += timedelta(days=1)

    between.append(sleep)
    bureau.do("advance", "KC-2026-001", "note_visit", "--set", "people=3", by="bureau01")
    office = bureau.office()
    with closing(office.store):
        assert office.case("KC-2026-001").last_on == "2026-10-01"
    assert bureau.findings() == []


@pytest.mark.parametrize(
    "meanwhile",
    [("officer", "leave", "bureau02"), ()],
    ids=["office", "day"],
)
def test_a_register_that_does_not_look_records_what_is_stale(
    bureau: Bureau,
    between: list[Callable[[], object]],
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: tuple[str, ...],
) -> None:
    """Without the look under the lock, the stale decision is recorded and the audit finds it."""

    def go_on() -> None:
        if meanwhile:
            bureau.do(*meanwhile, by="admin")
        else:
            bureau.now += timedelta(days=1)

    monkeypatch.setattr(Register, "_stands", lambda *_args: True)
    between.append(go_on)
    bureau.do("advance", "KC-2026-001", "note_visit", "--set", "people=3", by="bureau02")
    office = bureau.office()
    with closing(office.store):
        stale = office.case("KC-2026-001").last_on == "2026-09-30"
    assert stale
    if meanwhile:
        assert bureau.findings() != []


def test_nothing_slow_is_done_in_the_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    """By the time a command has its turn, its workflow is read, its machine is built and its
    conditions are made ready: none of that is done while others wait.
    """
    bureau = Bureau(tmp_path, monkeypatch, home)
    rules = bureau.rules / "workflows" / "visit.yaml"
    lights = "lights:\n  - {light: red, title: 大项目, when: investment > 90000, basis: 内部承诺}\n"
    rules.write_text(rules.read_text("utf-8").replace("lights:\n", lights), "utf-8")
    bureau.founded().opened(name="一", on="2026-09-30")
    slow = [
        (compiled_rows, "load_compiled"),
        (transitions, "Machine"),
        (builder, "build"),
    ]
    inside: list[str] = []
    waiting = [0]
    kind = SqliteStore if home.in_files else PostgresStore
    writing = kind.writing

    @contextmanager
    def watched(self: Any, *foreseen: Any) -> Iterator[None]:
        with writing(self, *foreseen):
            waiting[0] += 1
            yield
            waiting[0] -= 1

    def told(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def told_work(*args: Any, **kwargs: Any) -> Any:
            inside.append(f"{name} {'within' if waiting[0] else 'before'} the queue")
            return work(*args, **kwargs)

        return told_work

    monkeypatch.setattr(kind, "writing", watched)
    # As in a process of its own, nothing is at hand from the commands before.
    compiled._loaded.cache_clear()
    for module, name in slow:
        monkeypatch.setattr(module, name, told(name, getattr(module, name)))
    bureau.do("set", "KC-2026-001", "investment=5000", by="bureau01")
    bureau.do("advance", "KC-2026-001", "close", "--note", "资金未落实", by="bureau01")
    assert set(inside) == {
        "load_compiled before the queue",
        "Machine before the queue",
        "build before the queue",
    }


def test_eight_processes_fork_nothing(bureau: Bureau) -> None:
    """Eight processes on the same cases: no fork, no lost acknowledgement, no double number, nobody
    starves.
    """
    contend(bureau, 3)


@pytest.mark.slow
def test_eight_processes_for_a_minute(bureau: Bureau) -> None:
    """The same for 60 seconds."""
    contend(bureau, 60)


def test_a_killed_writer_loses_no_acknowledgement(bureau: Bureau) -> None:
    """Processes killed at any moment leave every acknowledged entry, nothing half done, and do not
    stop the others.
    """
    workers = start(bureau, 4, 4)
    time.sleep(2.5)
    for worker in workers[:2]:
        worker.kill()
    lines: list[list[str]] = []
    for worker in workers:
        printed, _told = worker.communicate()
        whole = printed[: printed.rfind("\n") + 1]
        lines += [line.split() for line in whole.splitlines()]
    assert len(lines) > 20
    check(bureau, lines)


def test_eight_threads_fork_nothing(bureau: Bureau) -> None:
    """Eight threads, each with the office opened anew, advance one case: every request is one
    entry.
    """
    done: list[int] = []
    errors: list[BaseException] = []
    ticks = threading.Lock()

    def now() -> datetime:
        with ticks:
            return bureau.now

    def work(worker: int) -> None:
        try:
            with closing(bureau.office()) as office:
                office.register.clock = now
                for turn in range(15):
                    case = office.case("KC-2026-001")
                    request = Request("bureau01", request_id=f"{worker}-{turn}")
                    people = {"people": str(turn + 1)}
                    cases.advance(office, request, case, "note_visit", texts=people)
                    done.append(worker)
        except BaseException as error:  # noqa: BLE001 - whatever a thread dies of is to be seen
            errors.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(done) == 120
    assert bureau.asks("show", "KC-2026-001")["case"]["seq"] == 121
    assert bureau.findings() == []


def test_of_two_who_advance_at_once_one_is_told_who_was_first(bureau: Bureau) -> None:
    """Whoever comes second is refused, and told what was done, by whom and when."""
    number = bureau.ready()
    bureau.do("advance", number, "to_siting", "--on", "2026-09-30", by="bureau01")
    code, message = bureau.fails("advance", number, "to_siting", by="bureau02")
    assert code == 1
    assert "现为“规划选址”" in message
    assert "上一步“转入规划选址”由 bureau01 于 2026-09-30 办理" in message


def test_a_refused_attempt_is_counted_and_changes_nothing(bureau: Bureau) -> None:
    """A refusal leaves no entry; the attempt is counted; a dry run counts nothing."""
    before = bureau.checkpoint()
    for extra in ([], ["--dry-run"]):
        assert bureau.run("advance", "KC-2026-001", "to_siting", *extra, by="land01").exit_code == 1
    assert bureau.checkpoint() == before
    with bureau.sql() as database:
        rows = database.execute("SELECT officer, asked_for, gates FROM refusal").fetchall()
    assert [row[:2] for row in rows] == [("land01", "KC-2026-001 一　考察导入 → 规划选址")]
    assert rows[0][2].split(",")[0] == "role"


def test_a_dry_run_of_many_tells_what_the_real_thing_does(bureau: Bureau) -> None:
    """Each line is judged as the lines before it would have left the ledger, of a line refused
    nothing stays; afterwards there is no entry, no number is taken and no refusal counted.
    """
    number, other = bureau.ready(), "KC-2026-001"
    before = bureau.checkpoint()
    twice = bureau.write("t.csv", f"编号\n{number}\n{number}\n")
    areas = bureau.write("u.csv", f"编号,用地面积\n{other},7\n{other},多\n{other},7\n")
    told = []
    for extra in (("--dry-run",), ()):
        set_, advanced = (
            bureau.asks(*words, *extra, by="bureau01")
            for words in (("set", areas), ("advance", twice, "to_siting"))
        )
        told.append([_told(set_), _told(advanced)])
        if extra:
            assert bureau.checkpoint() == before
            with bureau.sql() as database:
                assert database.execute("SELECT count(*) FROM refusal").fetchall()[0][0] == 0
    assert told[0] == told[1] == [["done", "failed", "unchanged"], ["done", "failed"]]
    assert bureau.findings() == []


def _told(answer: Any) -> list[str]:
    """Say what became of each line."""
    return [
        "unchanged" if line.get("unchanged") else "done" if line["ok"] else "failed"
        for line in answer["results"]
    ]


def test_a_dry_run_of_many_openings_takes_no_number(bureau: Bureau) -> None:
    """Nor does it give one out."""
    table = bureau.write("t.csv", "项目名称\n甲\n乙\n")
    found = bureau.asks("open", "visit", "--from", table, "--dry-run", by="bureau01")
    assert [(line["ok"], line["number"]) for line in found["results"]] == [(True, None)] * 2
    assert bureau.opened(name="丙", on="2026-09-30") == "KC-2026-005"


def test_a_group_that_fails_leaves_nothing_but_its_refusals(bureau: Bureau) -> None:
    """Commands done together are undone together; what was refused among them stays counted."""
    before = bureau.checkpoint()
    with closing(bureau.office()) as office:

        def both() -> None:
            with office.together():
                case = office.case("KC-2026-001")
                cases.set_facts(office, Request("bureau01"), case, {"area": "3"})
                cases.advance(office, Request("land01"), case, "to_siting")

        with pytest.raises(RefusedError):
            both()
        assert office.store.row(text.COUNT_REFUSALS)[0] == 1
    assert bureau.checkpoint() == before


def test_what_is_undone_was_never_there(bureau: Bureau) -> None:
    """In such a block each command sees what those before it did; behind it nothing is left, no
    number is taken and no refusal counted; an inner block undoes what was done in it only.
    """
    before = bureau.checkpoint()
    with closing(bureau.office()) as office:
        me, found = Request("bureau01"), []
        with office.register.undone():
            case = office.case("KC-2026-001")
            cases.set_facts(office, me, case, {"area": "3"})
            with office.register.undone():
                opened = cases.open_case(office, me, office.workflow("visit"), {"name": "戊"})
                cases.set_facts(office, me, office.case("KC-2026-001"), {"area": "4"})
                with pytest.raises(RefusedError):
                    cases.advance(office, Request("land01"), office.case("戊"), "to_siting")
                found += [opened.number, office.case("KC-2026-001").facts["area"]]
            found.append(office.case("KC-2026-001").facts["area"])
        assert found == ["KC-2026-005", "4", "3"]
        assert office.store.row(text.COUNT_REFUSALS)[0] == 0
        assert "area" not in office.case("KC-2026-001").facts
    assert bureau.checkpoint() == before
    assert bureau.opened(name="己", on="2026-09-30") == "KC-2026-005"


def test_numbers_have_no_gap_after_a_refusal(bureau: Bureau) -> None:
    """A case that could not be opened takes no number."""
    assert bureau.run("open", "visit", "--set", "kind=文旅", by="bureau01").exit_code == 1
    assert bureau.opened(name="五", on="2026-09-30") == "KC-2026-005"


def test_each_year_counts_anew(bureau: Bureau) -> None:
    """Numbers count by year; a pattern without a year goes on counting."""
    bureau.rest_until(datetime(2027, 1, 4, 2, tzinfo=UTC))
    assert bureau.opened(name="新年", on="2027-01-04") == "KC-2027-001"
    text = (
        with_letters()
        .replace("KC-{year}-{serial:03}", "KC{serial:03}")
        .replace("version: 1", "version: 2")
    )
    bureau.write("visit.yaml", text)
    bureau.do("workflow", "publish", "visit.yaml", by="admin")
    assert bureau.opened(name="无年", on="2027-01-04") == "KC001"
    bureau.rest_until(datetime(2028, 1, 4, 2, tzinfo=UTC))
    assert bureau.opened(name="次年", on="2028-01-04") == "KC002"
    assert bureau.findings() == []


def test_two_workflows_may_number_alike(bureau: Bureau) -> None:
    """Workflows with one pattern share its series, so that no number comes twice."""
    text = (
        with_letters()
        .replace("workflow: visit", "workflow: second")
        .replace("{serial:03}", "{serial:04}")
    )
    bureau.write("second.yaml", text.replace("考察接待流程", "第二流程"))
    bureau.do("workflow", "publish", "second.yaml", by="admin")
    made = bureau.do(
        "open", "second", "--set", "name=六", "--on", "2026-09-30", by="bureau01"
    ).strip()
    assert (made, bureau.opened(name="七", on="2026-09-30")) == ("KC-2026-0005", "KC-2026-006")
    assert bureau.findings() == []


def test_a_workflow_published_in_between_is_told(bureau: Bureau) -> None:
    """Opening under a version that was replaced a moment ago is a conflict, not a case under old
    rules.
    """
    with closing(bureau.office()) as office:
        old = office.workflow("visit")
        bureau.write("visit.yaml", with_letters().replace("version: 1", "version: 2"))
        bureau.do("workflow", "publish", "visit.yaml", by="admin")
        with pytest.raises(ConflictError, match="刚发布了新版本"):
            cases.open_case(office, Request("bureau01"), old, {"name": "旧"})


def test_an_entry_has_a_limit(bureau: Bureau) -> None:
    """What does not fit into an entry of 64 KB is refused with what to do instead, and nothing is
    recorded.
    """
    before = bureau.checkpoint()
    rare = "\U00020000" * 9990
    code, message = bureau.fails(
        "set", "KC-2026-001", f"name={rare}", f"tags={rare}", by="bureau01"
    )
    assert code == 1
    assert "一次办理的内容太多" in message
    assert "请分几次填报" in message
    assert bureau.checkpoint() == before


def test_a_repeated_request_reads_what_is_kept(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to a request sent again is the case as its entry left it: as it is kept while that
    entry is the last, without a look at the others; once more were recorded, as they give it.
    """
    number = bureau.opened(name="再三")
    request = Request("bureau01", request_id="again")
    with closing(bureau.office()) as office:
        case = office.case(number)
        act = SetFacts({"area": "3"})
        first = office.register.submit(request, None, case.id, act)
        with monkeypatch.context() as patch:
            patch.setattr(register, "follow", no_folding)
            again = office.register.submit(request, None, case.id, act)
        assert (again.case, again.body, again.repeated) == (first.case, first.body, True)
        office.register.submit(Request("bureau01"), None, case.id, SetFacts({"area": "4"}))
        late = office.register.submit(request, None, case.id, act)
        assert (late.case, late.body, late.repeated) == (first.case, first.body, True)


def no_folding(*_args: object) -> Iterator[Any]:
    """Stand for a fold that should not be."""
    raise AssertionError("the chain was folded")
