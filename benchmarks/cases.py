"""Cases that read and move one another: conditions over a thousand, one act that does a thousand
others, an audit that reads as the judge did, and the rules published as a set.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

from benchmarks.bare import Call, in_wal, recorder, repeat
from benchmarks.measure import compared, note, paired, peak_memory, say, timed
from benchmarks.offices import COMMAND, ME, ROOT, Clock, example, found, way
from benchmarks.offices import opened as opened_shuttle
from lifecycle.engine.acts import Advance, Open
from lifecycle.ledger.register import Request
from lifecycle.office.administration.audit import Audit
from lifecycle.office.administration.publication import put_into_force
from lifecycle.office.office import Office

LOOK = Request("bureau01", dry_run=True)
STEPS = 20
SPOKES = 20
"""Cases that link to one, where there are many of these."""
READING, PLAIN = ("look", "linked", "collected"), ("note", "plain", "plain")
"""What is done to cases, once reading others and once not: to those that link to another, to that,
and to every tenth of these.
"""


def bench_cases(*, quick: bool) -> None:
    """Print what reading and moving many cases costs beside the same without."""
    many = 50 if quick else 1_000
    with tempfile.TemporaryDirectory() as name:
        _bench_gates(Path(name), many, 2 if quick else 9)
    with tempfile.TemporaryDirectory() as name:
        _bench_effects(Path(name), many, 1 if quick else 2)
    with tempfile.TemporaryDirectory() as name:
        _bench_plain(Path(name), 2 if quick else 9)
    _bench_audit(5 if quick else 20, 2)
    for hubs in (5, 10) if quick else (10, 40):
        code = f"from benchmarks import cases; cases.audit_alone({hubs})"
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as name:
        _bench_publishing(Path(name), 1 if quick else 3)


def hub_office(folder: Path) -> Office:
    """Make an office in a folder, with cases that link to others, and these."""
    office = Office.open(f"sqlite:///{folder / 'bench.db'}", clock=Clock(), create=True)
    found(office)
    for name in ("hub", "spoke"):
        text = (ROOT / "benchmarks" / f"{name}.yaml").read_bytes()
        put_into_force(office, Request("admin"), "workflow", name, text)
    return office


def opened(office: Office, spokes: int) -> tuple[str, list[str]]:
    """Open a case, and so many that link to it, in one transaction; give their ids."""
    submit = office.register.submit
    with office.store.writing():
        hub = submit(ME, office.workflow("hub"), None, Open({"name": "基准统筹"})).case
        facts = {"name": "基准下属", "hub": hub.number, "amount": "5"}
        workflow = office.workflow("spoke")
        return hub.id, [submit(ME, workflow, None, Open(facts)).case.id for _ in range(spokes)]


def _bench_gates(folder: Path, many: int, rounds: int) -> None:
    """Time the judgement of a condition over many cases, and its statement bare."""
    office = hub_office(folder)
    hub, _spokes = opened(office, many)
    noted, bare = recorder(office), in_wal(folder / "bench.db")
    for name, what in (("linked", "关联"), ("collected", "汇集")):
        judge = partial(office.register.submit, LOOK, None, hub, Advance(name))
        judge()
        noted.taken()
        judge()
        statements = [call for call in noted.taken() if _is_of_values(call)]
        assert len(statements) == 1, statements
        floor = partial(timed, partial(repeat, bare, statements))
        ours, raw = paired(partial(timed, judge), floor, rounds)
        say(f"一个条件看{what}的各件", f"{many} 件", ours, raw, "≤ 3 ×")
    bare.close()
    office.close()


def _is_of_values(call: Call) -> bool:
    """Tell whether a statement reads the values of many cases."""
    return "FROM fact_value JOIN" in call[1]


def _bench_effects(folder: Path, many: int, rounds: int) -> None:
    """Time one act that does as many others, and these alone without a sync each."""
    office = hub_office(folder)
    hub, spokes = opened(office, many)
    submit = office.register.submit

    def alone() -> None:
        with office.store.writing():
            for spoke in spokes:
                submit(ME, None, spoke, Advance("note"))

    ours, floor = paired(
        partial(timed, lambda: submit(ME, None, hub, Advance("sweep"))),
        partial(timed, alone),
        rounds,
    )
    say("一并带动（底线：各自办理，一次提交）", f"{many} 件", ours, floor, "≤ 2 ×")
    office.close()


def _bench_plain(folder: Path, rounds: int) -> None:
    """Time a record that reads nothing in a case that names another one, and one under a workflow
    that knows of no other cases.
    """
    office = hub_office(folder)
    _hub, (spoke,) = opened(office, 1)
    shuttle, turns = opened_shuttle(office, 20), count(19)

    def linked() -> None:
        for _ in range(STEPS):
            office.register.submit(ME, None, spoke, Advance("note"))

    def alone() -> None:
        for _ in range(STEPS):
            office.register.submit(ME, None, shuttle, Advance(way(next(turns)), "例行"))

    linked()
    ours, floor = paired(partial(timed, linked), partial(timed, alone), rounds)
    say("办理一步，不看别的（底线：没有关联）", f"{STEPS} 步", ours, floor, "≤ 1.1 ×")
    office.close()


def history(folder: Path, hubs: int, ways: tuple[str, str, str]) -> tuple[Office, int, int]:
    """Make a ledger of so many cases with those that link to them, in which each is worked on ten
    times; give how many entries it has, and how many of these were made by the ways that are named.
    """
    of_spoke, of_hub, of_tenth = ways
    office = hub_office(folder)
    submit, named = office.register.submit, 0
    for turn in range(hubs):
        hub, spokes = opened(office, SPOKES)
        work = [(spoke, "note") for spoke in spokes for _ in range(9)]
        special = [*((spoke, of_spoke) for spoke in spokes), (hub, of_hub)]
        special += [(hub, of_tenth)] if turn % 10 == 0 else []
        named += len(special)
        with office.store.writing():
            for case_id, way in (*work, *special):
                submit(ME, None, case_id, Advance(way))
    return office, office.store.last_index(), named


def _bench_audit(hubs: int, rounds: int) -> None:
    """Time an audit of a ledger in which cases read others, and of one in which none does."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        reading, entries, read = history(Path(one), hubs, READING)
        plain, _entries, _none = history(Path(other), hubs, PLAIN)
        sides = [partial(timed, partial(_audited, office)) for office in (reading, plain)]
        ours, floor = compared(sides, rounds)
        size = f"{entries} 条"
        say(f"审计（{read} 条看别的事项；底线：都不看）", size, ours, floor, "≤ 1.5 ×")
        reading.close()
        plain.close()


def _audited(office: Office) -> None:
    assert not list(Audit(office).findings())


def audit_alone(hubs: int) -> None:
    """Build in one process and audit in another; print the peak of the one that audits."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.fork() == 0:
            history(folder, hubs, READING)[0].close()
            os._exit(0)
        os.wait()
        office = Office.open(f"sqlite:///{folder / 'bench.db'}", clock=Clock())
        start = time.perf_counter()
        _audited(office)
        took, entries = time.perf_counter() - start, office.store.last_index()
        note(
            f"审计 {entries} 条（有看别的事项的）：{took:.1f} 秒，内存峰值 {peak_memory():.0f} MB"
            "（VmHWM）；目标：不随条数增长"
        )


def _bench_publishing(folder: Path, rounds: int) -> None:
    """Time the command that publishes the next version of every shipped workflow at once."""
    database = example(folder)
    took, worked = [], []
    for turn in range(rounds):
        files = list(_next_versions(folder, turn + 1))
        words = [*COMMAND, "workflow", "publish", *files, "--as", "admin", "--db", str(database)]
        run = partial(subprocess.run, words, check=True, capture_output=True)
        before = os.times()
        took.append(timed(run))
        worked.append(os.times().children_user - before.children_user)
    note(
        f"一次发布全部 {len(files)} 个流程（整个进程）：最小 {min(took):.2f} 秒，"
        f"其中处理器 {min(worked):.2f} 秒；目标 ≤ 3 秒"
    )


def _next_versions(folder: Path, more: int) -> Iterator[str]:
    for path in sorted((ROOT / "workflows").glob("*.yaml")):
        text = path.read_text("utf-8")
        version = re.search(r"^version: (\d+)$", text, re.MULTILINE)
        assert version is not None, path
        number = int(version[1]) + more
        copy = folder / path.name
        copy.write_text(text.replace(version[0], f"version: {number}", 1), "utf-8")
        yield str(copy)
