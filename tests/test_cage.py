"""A template that goes on without end harms nobody: neither in a cage nor in the letter's own
budget.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from letters import DAY, SAMPLES, sample, template

from lifecycle.cage import MOST_BYTES, caged
from lifecycle.errors import InvalidError, LifecycleError, UnavailableError, WorkflowError
from lifecycle.template import compose, read_template
from lifecycle.template.trial import judged, tried

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing can be caged without fork")


def loop_for_ever() -> NoReturn:
    """Use up the processor."""
    while True:
        pass


def allocate_for_ever() -> NoReturn:
    """Use up the memory."""
    held = []
    while True:
        held.append(bytearray(1 << 20))


def sleep_for_ever() -> NoReturn:
    """Use nothing, and never end."""
    while True:
        time.sleep(60)


def fail_oddly() -> NoReturn:
    """Fail as only a bug does."""
    raise KeyError("x")


def refused(function: Callable[..., Any], *args: object, **limits: float) -> LifecycleError:
    """Give the error with which a caged function ends."""
    with pytest.raises(LifecycleError) as caught:
        caged(function, *args, **limits)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    ("function", "limits", "kind", "message"),
    [
        (loop_for_ever, {"cpu_seconds": 0.3}, InvalidError, "模板运行超过时限 0.3 秒，已停止"),
        (allocate_for_ever, {"memory_mb": 64}, InvalidError, "模板要用的内存超过 64 MB，已停止"),
        (
            sleep_for_ever,
            {"wall_seconds": 0.3},
            UnavailableError,
            "模板在 0.3 秒内没有检查完，已停止",
        ),
        (lambda: "x" * MOST_BYTES * 2, {}, InvalidError, "模板写出的内容超过 4 MB，已停止"),
        (
            lambda: os.kill(os.getpid(), signal.SIGSEGV),
            {},
            UnavailableError,
            "模板检查不了：检查进程中断（信号 11）",
        ),
        (lambda: os._exit(7), {}, UnavailableError, "模板检查不了：检查进程中断（内部错误）"),
        (fail_oddly, {}, UnavailableError, "检查时出错（KeyError）"),
        (object, {}, UnavailableError, "检查时出错（TypeError）"),
        (lambda: sys.exit(0), {}, UnavailableError, "模板检查不了：检查进程中断（内部错误）"),
    ],
)
def test_whatever_a_child_does_it_is_ended_and_told(
    function: Callable[[], Any],
    limits: dict[str, float],
    kind: type[LifecycleError],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Endless loops, endless allocation, sleep, floods and crashes are each told in time, in one
    sentence, and leave no child behind.
    """
    children = []
    fork = os.fork

    def recorded() -> int:
        children.append(child := fork())
        return child

    monkeypatch.setattr("os.fork", recorded)
    start = time.monotonic()
    error = refused(function, **limits)
    assert (type(error), error.message) == (kind, message)
    assert time.monotonic() - start < 10
    assert len(children) == 1
    with pytest.raises(ChildProcessError):
        os.waitpid(children[0], os.WNOHANG)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells what is open")
def test_parent_is_unharmed(capfd: pytest.CaptureFixture[str]) -> None:
    """After ten children that were killed, the parent has the same files open, no memory lost and
    nothing printed.
    """

    def files() -> list[str]:
        return sorted(p.name for p in Path("/proc/self/fd").iterdir())

    def held() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1])

    refused(allocate_for_ever, memory_mb=64)
    before, pages = files(), held()
    for _ in range(5):
        refused(allocate_for_ever, memory_mb=64)
        refused(sleep_for_ever, wall_seconds=0.05)
    assert files() == before
    assert held() - pages < (8 << 20) // 4096
    caged(print, "x")
    caged(os.write, 1, b"x")
    assert capfd.readouterr() == ("", "")


def test_open_database_and_threads_are_not_touched(tmp_path: Path) -> None:
    """A child started amid a transaction and running threads leaves both as they are."""
    database = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE t (x)")
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO t VALUES (1)")
    stop = threading.Event()
    threads = [threading.Thread(target=stop.wait) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert caged(lambda: 7) == 7
    found: list[object] = []
    inner = threading.Thread(target=lambda: found.append(caged(lambda: 8)))
    inner.start()
    inner.join()
    stop.set()
    for thread in threads:
        thread.join()
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None, timeout=0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    database.execute("COMMIT")
    assert other.execute("SELECT x FROM t").fetchall() == [(1,)]
    assert found == [8]
    database.close()
    other.close()


def test_child_can_write_no_file(tmp_path: Path) -> None:
    """What runs in a cage can open no file to any effect, and has none of the parent's open."""
    held = (tmp_path / "held").open("w")

    def write(path: Path) -> int:
        return path.write_text("x" * 10)

    assert refused(write, tmp_path / "new").message == "检查时出错（OSError）"
    assert (tmp_path / "new").read_text() == ""
    assert refused(os.write, held.fileno(), b"x").message == "检查时出错（OSError）"
    held.close()


def test_errors_cross_as_they_are() -> None:
    """An error of the family is raised here as it was there: its kind, message, mend and faults."""

    def invalid() -> NoReturn:
        raise InvalidError("甲", "乙")

    def away() -> NoReturn:
        raise UnavailableError("甲", "乙")

    for function, kind in ((invalid, InvalidError), (away, UnavailableError)):
        error = refused(function)
        assert (type(error), error.message, error.mend) == (kind, "甲", "乙")
    source = "文种：函\n标题：{{ a | safe }}\n".encode()
    with pytest.raises(WorkflowError) as here:
        read_template("a", source, "a.j2")
    with pytest.raises(WorkflowError) as there:
        judged("a", source, "a.j2")
    assert there.value.problems == here.value.problems
    assert str(there.value) == str(here.value) == there.value.message


@pytest.mark.parametrize("name", SAMPLES)
def test_caged_letter_is_the_letter(name: str) -> None:
    """A template tried in a cage gives the letter that it gives outside."""
    assert tried(sample(name), SAMPLES[name], on=DAY) == compose(
        sample(name), SAMPLES[name], on=DAY
    )


def test_endless_value_is_stopped_in_the_cage() -> None:
    """Even a value that is endless and says it is not, which no case can hold, is stopped and
    reported.
    """

    class Endless:
        def __len__(self) -> int:
            return 1

        def __iter__(self) -> Iterator[int]:
            while True:
                yield 1

    endless = template("{% for x in a %}{% endfor %}")
    with pytest.raises(InvalidError) as caught:
        tried(endless, {"a": Endless()}, on=DAY)
    assert caught.value.message == "模板 test 运行超过时限 2 秒，已停止"


def test_without_fork_it_runs_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system cannot fork, the function runs in this process."""
    monkeypatch.delattr(os, "fork")
    assert caged(os.getpid) == os.getpid()
