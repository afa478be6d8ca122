"""The minute in which everybody acts at once on cases that read and move one another: real
processes on a real store, in a file and on a server.

Ten seconds each; `CROWD_SECONDS=60` makes it the whole minute.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from linked_office import LinkedOffice

from lifecycle.engine.acts import Advance, Open
from lifecycle.engine.docket import RefusedError
from lifecycle.engine.entry import recorded_day
from lifecycle.ledger.queries import CaseFilter, list_page
from lifecycle.ledger.register import Request
from lifecycle.office.office import Office

pytestmark = pytest.mark.slow

SECONDS = float(os.environ.get("CROWD_SECONDS", "10"))
LONGEST = 10.0
"""So many seconds nobody waits for an act, however many are about."""
MONEY = 300


@dataclass
class Tally:
    """What became of a worker: how many acts were recorded and how many refused, the longest that
    one took, and whatever else came of them.
    """

    name: str
    done: int = 0
    refused: int = 0
    longest: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Clerk:
    """Somebody who acts in a process of their own, as long as there is time."""

    def __init__(self, name: str, seed: int, office: Office, seconds: float) -> None:
        self.chance = random.Random(seed)
        self.tally = Tally(name)
        self._office = office
        self._over = time.monotonic() + seconds

    @property
    def has_time(self) -> bool:
        """Tell whether the time is not over."""
        return time.monotonic() < self._over

    def numbers(self, workflow: str, state: str) -> list[str]:
        """List the cases of a workflow in a state."""
        wanted = CaseFilter(workflow=workflow, state=state)
        return [row.number for row in list_page(self._office.store, wanted, size=500)]

    def open(self, workflow: str, by: str = "b1", **facts: str) -> str | None:
        """Open a case, and give its number; None where that is refused."""
        return self._do(Request(by), None, Open(facts), workflow)

    def advance(self, number: str, way: str, note: str = "") -> bool:
        """Make a transition; tell whether it was made."""
        return self._do(Request("b1"), number, Advance(way, note)) is not None

    def _do(
        self, request: Request, number: str | None, act: Open | Advance, workflow: str = ""
    ) -> str | None:
        office, start = self._office, time.monotonic()
        try:
            case = office.case(number).id if number else None
            under = office.workflow(workflow) if workflow else None
            made: str = office.register.submit(request, under, case, act).case.number
        except RefusedError:
            self.tally.refused += 1
        except Exception as error:  # noqa: BLE001 - whatever else it is, it should not have come up
            self.tally.wrong.append(repr(error))
        else:
            self.tally.done += 1
            return made
        finally:
            self.tally.longest = max(self.tally.longest, time.monotonic() - start)
        return None


def claim(clerk: Clerk) -> None:
    """Claim of the policy that was opened last, until there is no money; then open another one."""
    while clerk.has_time:
        policies = clerk.numbers("policy", "inforce")
        policy = max(policies, default="") or clerk.open("policy", name="政策", amount=str(MONEY))
        asked = str(clerk.chance.choice((70, 100, 120)))
        made = clerk.open("claim", title="兑现", policy=str(policy), amount=asked)
        if made and not clerk.advance(made, "grant") and clerk.chance.random() < 0.5:
            clerk.open("policy", name="政策", amount=str(MONEY))


def raise_problems(clerk: Clerk) -> None:
    """Raise problems of projects in hand, and solve each a little later."""
    while clerk.has_time:
        begun = clerk.numbers("project", "begun")
        raised = begun and clerk.open(
            "problem", "l1", subject="缺地", project=clerk.chance.choice(begun)
        )
        time.sleep(clerk.chance.random() / 20)
        if raised:
            clerk.advance(raised, "solve")


def build(clerk: Clerk) -> None:
    """Begin projects, and build and end those that there are as soon as that is let through."""
    while clerk.has_time:
        begun, built = clerk.numbers("project", "begun"), clerk.numbers("project", "built")
        if len(begun) < 6:
            clerk.open("project", name="项目", area="龙泉", amount="5000")
        elif clerk.advance(clerk.chance.choice(begun), "build") or built:
            clerk.advance(clerk.chance.choice(built or begun), "finish")


def launch(clerk: Clerk) -> None:
    """Launch one inspection after the other of all projects that have not ended."""
    while clerk.has_time:
        batch = clerk.open("batch", title="督查")
        if batch:
            clerk.advance(batch, "launch")
        time.sleep(0.2)


CLERKS: tuple[Callable[[Clerk], None], ...] = (
    *(claim, claim, claim),
    *(raise_problems, raise_problems),
    *(build, build),
    launch,
)


def work(which: int, url: str, start: Any, told: Any) -> None:
    """Be one of the clerks, in a process of one's own."""
    with closing(Office.open(url)) as office:
        start.wait()
        clerk = Clerk(CLERKS[which].__name__, which, office, SECONDS)
        CLERKS[which](clerk)
    told.put(clerk.tally)


def crowd(url: str) -> list[Tally]:
    """Let everybody act for a while; give what became of each."""
    spawn = multiprocessing.get_context("spawn")
    start, told = spawn.Barrier(len(CLERKS)), spawn.Queue()
    clerks = [spawn.Process(target=work, args=(n, url, start, told)) for n in range(len(CLERKS))]
    for clerk in clerks:
        clerk.start()
    tallies = [told.get(timeout=SECONDS + 120) for _ in clerks]
    for clerk in clerks:
        clerk.join(60)
        assert clerk.exitcode == 0
    return tallies


@dataclass
class Log:
    """What the entries say, in their order: what each workflow's cases were opened with, which
    transitions were made (place, case, transition), which place each opening has.
    """

    facts: dict[str, dict[str, dict[str, Any]]]
    opened_at: dict[str, int]
    made: list[tuple[int, str, str]]

    def at(self, way: str) -> Iterator[tuple[int, str]]:
        """Give where and of which cases a transition was made."""
        yield from ((place, number) for place, number, made in self.made if made == way)


def read(office: LinkedOffice) -> Log:
    """Read the entries of the cases."""
    log = Log(defaultdict(dict), {}, [])
    with office.home.outside(office.path) as database:
        numbers = dict(database.execute("SELECT id, number FROM cases").fetchall())
        names = dict(database.execute("SELECT id, workflow FROM cases").fetchall())
        rows = database.execute("SELECT idx, case_id, body FROM entry ORDER BY idx").fetchall()
    for idx, case, raw in rows:
        intent = json.loads(bytes(raw))["intent"]
        if intent["type"] == "case_opened":
            log.facts[names[case]][numbers[case]] = intent["data"]["facts"]
            log.opened_at[numbers[case]] = idx
        elif intent["type"] == "transition_made":
            log.made.append((idx, numbers[case], intent["transition"]))
    return log


def test_a_crowd_of_clerks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    """No policy pays more than it has, no project goes past a problem that is open, each launch
    inspects every project that there is once; nobody waits long, and nothing breaks.
    """
    yesterday = recorded_day((datetime.now(UTC) - timedelta(days=1)).isoformat())
    office = LinkedOffice(tmp_path, monkeypatch, home, "bureau", yesterday)
    tallies = crowd(office.url)
    office.now = datetime.now(UTC)
    for tally in tallies:
        print(tally)
    assert [tally.wrong for tally in tallies] == [[] for _ in tallies]
    assert office.findings() == []
    log = read(office)
    see_money(log)
    see_problems(log)
    see_launches(log)
    for tally in tallies:
        assert tally.done >= SECONDS / 2, tally
        assert tally.longest < LONGEST, tally


def see_money(log: Log) -> None:
    """Add up what each policy has paid: all of it was asked for more than once."""
    paid: dict[str, int] = defaultdict(int)
    for _place, number in log.at("grant"):
        facts = log.facts["claim"][number]
        paid[facts["policy"]] += int(facts["amount"])
    assert max(paid.values()) <= MONEY
    asked: dict[str, int] = defaultdict(int)
    for facts in log.facts["claim"].values():
        asked[facts["policy"]] += int(facts["amount"])
    assert any(total > MONEY for total in asked.values()), "there was a contest"


def see_problems(log: Log) -> None:
    """Look at each project that was built: its problems of before had been solved."""
    solved = {number: place for place, number in log.at("solve")}
    of = defaultdict(list)
    for number, facts in log.facts["problem"].items():
        of[facts["project"]].append(number)
    built = {number: place for place, number in log.at("build")}
    assert any(of[number] for number in built), "there was a contest"
    for project, place in built.items():
        before = [one for one in of[project] if log.opened_at[one] < place]
        assert all(solved.get(one, place) < place for one in before), project


def see_launches(log: Log) -> None:
    """Look at each launch: the projects that there were, each inspected once."""
    ended = {number: place for place, number in log.at("finish")}
    inspected = defaultdict(list)
    for facts in log.facts["inspection"].values():
        inspected[facts["batch"]].append(facts["project"])
    launches = list(log.at("launch"))
    assert any(inspected.values())
    for place, batch in launches:
        there = [
            number
            for number in log.facts["project"]
            if log.opened_at[number] < place < ended.get(number, place + 1)
        ]
        assert sorted(inspected[batch]) == sorted(there)
