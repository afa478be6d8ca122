"""Numbers under fire: 32 writers, ten series, random kills – each series runs 1..n, each number
accounted for.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import time
from collections import defaultdict
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from homes import Home
from paper_office import ISSUING, Paper, fonts

from lifecycle.engine.docket import RefusedError
from lifecycle.errors import ConflictError
from lifecycle.ledger.register import Request
from lifecycle.ledger.rows.letter_rows import drafts_of, unfrozen_of
from lifecycle.letter.fonts import Fonts
from lifecycle.office.letters.letters import freeze, issue, number, review
from lifecycle.office.office import Office

SERIES = 10
CASES = 64
WRITERS = 32


def _work(path: str, seed: int, seconds: float) -> None:
    """Check and sign off whatever draft comes to hand, sometimes giving up in the middle of the
    transaction.
    """
    chance = random.Random(seed)
    over = time.monotonic() + seconds
    with closing(Office.open(path)) as office:
        units = [f"u{n}" for n in range(SERIES)]
        while time.monotonic() < over:
            unit = chance.choice(units)
            drafts = [
                d
                for state in ("checked", "draft")
                for d in drafts_of(office.store, unit, state, most=50)
            ]
            if not drafts:
                time.sleep(0.02)
                continue
            case_id, name = chance.choice(drafts)
            _issue(office, unit, case_id, name, give_up=chance.random() < 0.2)


def _issue(office: Office, unit: str, case_id: str, name: str, *, give_up: bool) -> None:
    try:
        case = office.register.case(case_id)
        if case.letters[name].state == "draft":
            review(office, Request(f"{unit}-check"), case.number, name)
            case = office.register.case(case_id)
        if give_up:
            with office.register.together():
                number(office, Request(f"{unit}-sign"), case, name, Fonts.find())
                raise InterruptedError
        issue(office, Request(f"{unit}-sign"), case.number, name)
    except (RefusedError, ConflictError, InterruptedError):
        # somebody else was first, or this one thought better of it: no number may be lost by that
        pass


def build(paper: Paper) -> None:
    """Make ten units, each with a drafter, a checker, a signer and a series of its own, and drafts
    for each.
    """
    units = [f"u{n}" for n in range(SERIES)]
    codes = "".join(f"  {unit}: {{code: 代{n}}}\n" for n, unit in enumerate(units))
    (paper.rules / "notices" / "issuing.yaml").write_text(
        ISSUING.replace("  land:", f"{codes}  land:"), "utf-8"
    )
    paper.now = datetime.now(UTC) - timedelta(days=1)  # the writers go by the machine's clock
    paper.founded()
    for unit in units:
        paper.do("unit", "add", unit, f"第{unit}局", "--function", "bureau", by="admin")
        for code, roles in (
            (unit, ["bureau"]),
            (f"{unit}-check", ["reviewer"]),
            (f"{unit}-sign", ["signer"]),
        ):
            given = [part for role in roles for part in ("--role", role)]
            paper.do("officer", "add", code, "岗位", "--unit", unit, *given, by="admin")
    for n in range(CASES):
        sets = ("--set", "investment=32000", "--set", "owner_unit=owner", "--set", "x_units=wenwu")
        number = paper.do("open", "visit", "--set", f"name=项目{n}", *sets, by="bureau01").strip()
        for unit in units:
            paper.do("advance", number, "ask", by=unit)


def contend(paper: Paper, seconds: float, writers: int) -> int:
    """Let writers loose and kill one in three at a random moment; give how many were killed."""
    chance = random.Random(11)
    spawn = multiprocessing.get_context("spawn")
    workers = [
        spawn.Process(target=_work, args=(paper.url, seed, seconds)) for seed in range(writers)
    ]
    for worker in workers:
        worker.start()
    killed = 0
    for worker in chance.sample(workers, writers // 3):
        time.sleep(seconds / (writers // 3 + 1))
        if worker.is_alive():
            worker.kill()
            killed += 1
    for worker in workers:
        worker.join(seconds + 120)
        assert worker.exitcode in (0, -9), "it ended as it should, or was killed"
    return killed


def account(paper: Paper) -> dict[str, list[int]]:
    """Read each series' numbers from the entries, in the order of recording."""
    found: dict[str, list[int]] = defaultdict(list)
    with paper.sql() as database:
        for (raw,) in database.execute("SELECT body FROM entry ORDER BY idx"):
            body = json.loads(raw)
            if body["intent"]["type"] == "letter_issued":
                before, after = body["intent"]["data"]["series"].split("{serial}")
                found[before].append(
                    int(body["numbers"]["letter"].removeprefix(before).removesuffix(after))
                )
    return found


def check(paper: Paper, *, at_least: int) -> None:
    """Every series runs 1..n in the order of recording, the audit is clean, and what was cut off
    can be completed.
    """
    numbers = account(paper)
    assert all(taken == list(range(1, len(taken) + 1)) for taken in numbers.values()), numbers
    assert sum(map(len, numbers.values())) >= at_least
    paper.now = datetime.now(UTC)
    assert paper.findings() == []
    with closing(paper.office()) as office:
        for n in range(SERIES):
            for case_id, name in unfrozen_of(office.store, f"u{n}"):
                freeze(office, Request(f"u{n}-sign"), office.register.case(case_id).number, name)
    assert paper.findings() == []


def test_four_writers_leave_no_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    """Four processes for a few seconds, one of them killed: no gap, no number twice."""
    fonts()
    monkeypatch.setattr("test_numbers.CASES", 6)
    paper = Paper(tmp_path, monkeypatch, home)
    paper.now = datetime.now(UTC) - timedelta(hours=2)
    build(paper)
    contend(paper, 3, 4)
    check(paper, at_least=1)


@pytest.mark.slow
def test_32_writers_and_ten_series_with_random_kills(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    """32 processes, ten series, aborts and SIGKILLs for 45 seconds: every series is 1..n, each
    number accounted for.
    """
    fonts()
    paper = Paper(tmp_path, monkeypatch, home)
    paper.now = datetime.now(UTC) - timedelta(hours=8)
    build(paper)
    killed = contend(paper, 45, WRITERS)
    assert killed >= 8
    check(paper, at_least=100)
    assert len(account(paper)) == SERIES
    print(f"{sum(map(len, account(paper).values()))} 个文号，{SERIES} 个系列，被杀 {killed} 个进程")
