"""A durable advance through the office, beside its bare statements in both journals and a peer."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from benchmarks.bare import copy_of, in_rollback, in_wal, recorder, repeat
from benchmarks.measure import Side, Times, compared, note, say, timed
from benchmarks.offices import ME, MIDLIFE, Clock, build, example, now, opened, way
from benchmarks.peers import NoPeerError, Peer, install
from lifecycle.ledger.sqlite.connection import Connection
from lifecycle.office.cases.cases import advance
from lifecycle.office.office import Office

AIM = "比裸语句多 ≤ 400 µs"
STEPS = 20
"""Advances in each timing."""


def bench_advances(*, quick: bool) -> None:
    """Print what an advance costs: the toy case in short and long logs and in a long case, beside
    the peer; a case of the worked example with few and with many letters.
    """
    rounds = 2 if quick else 9
    small, large = (5, 20) if quick else (50, 5_000)
    long_case = 100 if quick else 2_000
    for cases in (small, large):
        with tempfile.TemporaryDirectory() as name:
            _bench_log(Path(name), cases, rounds)
    with tempfile.TemporaryDirectory() as name:
        _bench_long_case(Path(name), long_case, rounds)
    with tempfile.TemporaryDirectory() as name:
        _bench_peer(Path(name), rounds)
    with tempfile.TemporaryDirectory() as name:
        _bench_midlife(Path(name), 20 if quick else 200, 2 if quick else 5)


class Sides:
    """An office, and two copies of its database on which its statements are repeated bare.

    A third copy is worked on by a second office, whose statements are those that are repeated.
    """

    def __init__(
        self, office: Office, step: Callable[[Office, int], object], clock: Callable[[], datetime]
    ) -> None:
        self._office = office
        self._step = step
        self._twin = Office.open(f"sqlite:///{copy_of(office, 'twin.db')}", clock=clock)
        self._noted = recorder(self._twin)
        self._bare = [
            in_wal(copy_of(office, "wal.db")),
            in_rollback(copy_of(office, "rollback.db")),
        ]
        self._turns = [0, 0, 0]

    def times(self, rounds: int) -> list[Times]:
        """Time an advance of ours, and its statements in WAL and in a rollback journal."""
        statements = {}
        for turn in range((rounds + 1) * STEPS):
            self._noted.taken()
            self._step(self._twin, turn)
            statements[turn] = self._noted.taken()

        def ours() -> float:
            return self._timed(0, partial(self._step, self._office))

        def bare(which: int, connection: Connection) -> float:
            return self._timed(which, lambda turn: repeat(connection, statements[turn]))

        sides: list[Side] = [ours]
        sides += [partial(bare, which, one) for which, one in enumerate(self._bare, 1)]
        return compared(sides, rounds)

    def _timed(self, which: int, step: Callable[[int], object]) -> float:
        first = self._turns[which]
        self._turns[which] += STEPS
        return timed(lambda: [step(turn) for turn in range(first, first + STEPS)]) / STEPS

    def end(self) -> None:
        """Close everything but the office."""
        self._twin.close()
        for connection in self._bare:
            connection.close()


def _told(what: str, size: str, times: list[Times], aim: str, before: tuple[str, str]) -> None:
    ours, wal, rollback = times
    more = (ours.median - wal.median) * 1e6
    say(what, size, ours, wal, f"{aim}（多 {more:.0f} µs）", before[0])
    say("　　底线：回滚日志", size, ours, rollback, "", before[1])


def _bench_log(folder: Path, cases: int, rounds: int) -> None:
    """Time it in a case of twenty entries, at the end of a log of so many such cases."""
    clock = Clock()
    office = build(folder, cases, 20, clock)
    case = opened(office, 20)

    def step(where: Office, turn: int) -> None:
        advance(where, ME, where.register.case(case), way(turn + 19), note="例行")

    sides = Sides(office, step, clock)
    before = ("7 ×（1290 µs）", "1.9 ×")
    _told("办理一步（玩具流程）", f"{cases * 20} 条", sides.times(rounds), AIM, before)
    sides.end()
    office.close()


def _bench_long_case(folder: Path, entries: int, rounds: int) -> None:
    """Time it in a case of many entries, beside one of twenty in the same office."""
    office = build(folder, 1, 20)
    short, long = opened(office, 20), opened(office, entries)
    turns = {short: 19, long: entries - 1}

    def step(case_id: str) -> float:
        case = office.register.case(case_id)

        def work() -> None:
            for _ in range(STEPS):
                advance(office, ME, case, way(turns[case_id]), note="例行")
                turns[case_id] += 1

        return timed(work) / STEPS

    ours, floor = compared([partial(step, long), partial(step, short)], rounds)
    say("办理一步（底线：20 条的事项）", f"事项 {entries} 条", ours, floor, "增长 ≤ 1.2 ×")
    office.close()


def _bench_peer(folder: Path, rounds: int) -> None:
    """Time it beside the peer, each at the twentieth event of its own case."""
    try:
        install()
    except NoPeerError as error:
        note(f"办理一步（对照 eventsourcing）没有测：{error}")
        return
    office = build(folder, 50, 20)

    def ours() -> float:
        case = office.register.case(opened(office, 20))
        ways = [way(turn + 19) for turn in range(STEPS)]
        work = [partial(advance, office, ME, case, name, note="例行") for name in ways]
        return timed(lambda: [one() for one in work]) / STEPS

    peers = [Peer(folder, cached=cached) for cached in (False, True)]
    sides: list[Side] = [ours, *(partial(peer.time, STEPS) for peer in peers)]
    mine, shipped, cached = compared(sides, rounds)
    size = "事项 20 条"
    say("办理一步（对照 eventsourcing 原样）", size, mine, shipped, "< 1 ×", "1.5 ×（876 µs）")
    say("办理一步（对照 eventsourcing 缓存）", size, mine, cached, "", "2.2 ×（598 µs）")
    for peer in peers:
        peer.end()
    office.close()


def _bench_midlife(folder: Path, more: int, rounds: int) -> None:
    """Time it in the case of the worked example that has come farthest, with the letters that it
    has, and with many more: each time on a copy, so that both are of the size that is printed.
    """
    office = Office.open(f"sqlite:///{example(folder)}")
    case_id = office.case(MIDLIFE).id

    def step(where: Office, _turn: int = 0) -> None:
        advance(where, ME, where.register.case(case_id), "remind", note="例行")

    for count in (0, more):
        for _ in range(count):
            step(office)
        measured = Office.open(f"sqlite:///{copy_of(office, f'measured-{count}.db')}")
        case = measured.register.case(case_id)
        sides = Sides(measured, step, now)
        times = sides.times(rounds)
        size = f"{len(case.letters)} 件公文"
        aim = f"{AIM}，增长 ≤ 1.2 ×"
        _told(f"办理一步（项目，{len(case.facts)} 个要素）", size, times, aim, ("13 ×", "5.1 ×"))
        sides.end()
        measured.close()
    office.close()
