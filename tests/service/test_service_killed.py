"""A service that is killed at any write or sync of a command: nothing that a client was told as
done is lost, nothing is half done, and the same command again completes it once.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from outside import outside
from paper_office import Paper
from serving import COMMAND, ME, Served
from strace import CALLS, no_strace, stopped, struck

NOBODY_KNOWS = ("服务在办理中出错，不知道办了没有", "服务没有答复就断开了，不知道办了没有")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(no_strace()), reason=no_strace()),
]
Command = tuple[str, ...]


class Office:
    """A served office with one worker, and the commands of one officer that are to be tried."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.served = Served(folder, patch, office=Paper)
        self.log = folder / "strace"
        paper = self.served.tiny
        assert isinstance(paper, Paper)
        self.paper = paper
        paper.now = datetime.now(UTC) - timedelta(hours=2)
        paper.founded()
        self.number = paper.opened(
            "investment=32000", "owner_unit=owner", "x_units=wenwu", on=str(paper.now.date())
        )

    def advances(self, count: int) -> list[Command]:
        """Give so many transitions that each draft a letter."""
        self.paper.do("officer", "account", "bureau01", ME, by="admin")
        return [("advance", self.number, "ask")] * count

    def issues(self, count: int) -> list[Command]:
        """Give so many letters, drafted and reviewed, to be issued."""
        letters = []
        for _ in range(count):
            made = self.paper.asks("advance", self.number, "ask", by="bureau01")
            letters.append(f"{made['seq']}-consultation")
            self.paper.do("notice", "approve", self.number, letters[-1], by="bureau03")
        self.paper.do("officer", "account", "bureau04", ME, by="admin")
        return [("notice", "issue", self.number, letter) for letter in letters]

    def entries(self) -> list[str]:
        """List the types of the entries of the case, as somebody else reads them."""
        with outside(self.paper.path) as database:
            rows = database.execute("SELECT body FROM entry ORDER BY idx").fetchall()
        return [json.loads(raw)["intent"]["type"] for (raw,) in rows]

    def worker(self) -> int:
        """Give the process of the one worker, which has done something and waits."""
        self.served.do("list")
        (pid,) = self.served.workers()
        return pid

    def see_clean(self) -> None:
        """Audit the file itself."""
        audit = self.served.on_the_file("audit")
        assert audit.returncode == 0, audit.stdout

    def see_done_once(self, words: Command, before: list[str], whole: list[str]) -> None:
        """Send a command again that may have been done, and see that it has had one effect. What
        was done of it is the beginning of the whole.
        """
        made = self.entries()[len(before) :]
        assert made == whole[: len(made)]
        again = self.served.call(*words)
        assert again.returncode == 0, again.stderr
        assert self.entries() == before + whole


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Give an office that is not yet served."""
    with pytest.MonkeyPatch.context() as patch:
        made = Office(tmp_path, patch)
        try:
            yield made
        finally:
            made.served.end()


def named(words: Command, kill: int) -> Command:
    """Give a command an id of its own."""
    return (*words, "--request-id", f"k-{kill}")


PREPARED: list[tuple[Callable[[Office, int], list[Command]], int]] = [
    (Office.advances, 1),
    (Office.issues, 6),  # some 120 places, most of them alike: the blocks of its five forms
]


@pytest.mark.parametrize(("prepare", "step"), PREPARED, ids=["advance", "issue"])
def test_a_worker_that_is_killed_leaves_all_or_nothing(
    office: Office, prepare: Callable[[Office, int], list[Command]], step: int
) -> None:
    """Killed at each of its writes and syncs, as by the system for lack of memory: the client is
    told that nobody knows, the service goes on with a new worker, and the same command is done
    once.
    """
    commands = prepare(office, 40)
    office.served.start({"workers": 1})
    before = office.entries()
    office.served.do(*commands.pop())
    whole = office.entries()[len(before) :]
    kill = 1
    for kill, words in zip(range(1, 500, step), commands, strict=False):
        before = office.entries()
        with struck(office.worker(), office.log, CALLS, "SIGKILL", kill):
            done = office.served.call(*named(words, kill))
        if done.returncode == 0:
            assert office.entries() == before + whole
            break
        assert (done.returncode, done.stdout) == (3, ""), (kill, done.stderr)
        assert done.stderr.startswith(NOBODY_KNOWS), (kill, done.stderr)
        office.see_done_once(named(words, kill), before, whole)
    else:
        raise AssertionError("the command has no end")
    print(f"{words[0]}：{kill} 处")
    assert kill > 5
    office.see_clean()


@contextmanager
def asked(office: Office, words: Command) -> Iterator[subprocess.Popen[str]]:
    """Have a client ask while something else is done."""
    client = subprocess.Popen(
        [*COMMAND, *words],
        env={**os.environ, "LIFECYCLE_DB": office.served.url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=office.served.desk,
    )
    try:
        yield client
    finally:
        client.kill()
        client.wait(60)


@pytest.mark.parametrize(
    ("prepare", "step"), [(Office.advances, 4), (Office.issues, 20)], ids=["advance", "issue"]
)
def test_a_service_that_is_killed_leaves_all_or_nothing(
    office: Office, prepare: Callable[[Office, int], list[Command]], step: int
) -> None:
    """All its processes are killed together when the worker has made so many of its writes and
    syncs: the client is told that nobody knows; after a restart the same command is done once.
    """
    commands = prepare(office, 20)
    office.served.start({"workers": 1})
    before = office.entries()
    office.served.do(*commands.pop())
    whole = office.entries()[len(before) :]
    kill = 1
    for kill, words in zip(range(1, 500, step), commands, strict=False):
        before = office.entries()
        pid = office.worker()
        with (
            struck(pid, office.log, CALLS, "SIGSTOP", kill),
            asked(office, named(words, kill)) as client,
        ):
            while client.poll() is None and not stopped(office.log):
                time.sleep(0.005)
            office.served.kill()
            out, err = client.communicate(timeout=60)
        if client.returncode == 0:  # what was acknowledged is there
            assert office.entries() == before + whole
        else:
            assert (client.returncode, out) == (3, ""), (kill, err)
            assert err.startswith(NOBODY_KNOWS[1]), (kill, err)
        office.see_clean()
        office.served.start({"workers": 1})
        office.see_done_once(named(words, kill), before, whole)
        if client.returncode == 0:
            break
    else:
        raise AssertionError("the command has no end")
    print(f"{words[0]}：{kill} 处")
    assert kill > 5
    office.see_clean()


@pytest.mark.parametrize("call", ["write", "sendto"])
def test_a_service_killed_at_the_door_loses_nothing(office: Office, call: str) -> None:
    """Its own process is killed where it hands the command on and logs it (write), and where it
    answers it (sendto), in whichever of its threads comes first to so many of these; the worker
    ends when it has done what it was doing, which the next service need not wait for. The same
    command is done once.
    """
    commands = office.advances(20)
    office.served.start({"workers": 1})
    before = office.entries()
    office.served.do(*commands.pop())
    whole = office.entries()[len(before) :]
    kill = 1
    for kill, words in zip(range(1, 20), commands, strict=False):
        before = office.entries()
        worker = office.worker()
        assert office.served.process is not None
        door = office.served.process.pid
        with struck(door, office.log, call, "SIGKILL", kill, threads=True):
            done = office.served.call(*named(words, kill))
            killed = ended(office.served.process)
        if done.returncode == 0:
            assert office.entries() == before + whole
        else:
            assert (done.returncode, done.stdout) == (3, ""), (kill, done.stderr)
            assert done.stderr.startswith(NOBODY_KNOWS[1]), (kill, done.stderr)
        if not killed:
            break
        office.served.start({"workers": 1})
        office.see_done_once(named(words, kill), before, whole)
        end = time.monotonic() + 30
        while Path(f"/proc/{worker}").exists():
            assert time.monotonic() < end, "the worker of a killed service does not end"
            time.sleep(0.01)
        assert office.entries() == before + whole
    else:
        raise AssertionError("the command has no end")
    print(f"{call}：{kill - 1} 处")
    assert kill > 1
    office.see_clean()


def ended(process: subprocess.Popen[str]) -> bool:
    """Tell whether a process ends within a second: the last thing that a service does is to log."""
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        return False
    return True
