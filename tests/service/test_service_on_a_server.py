"""The service over a database on a server: many callers at once, a server that goes away and comes
back.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from homes import ServerHome
from postgres_server import NO_SERVER, Server, programs, running
from serving import ME, Served, serving


@pytest.fixture(scope="module")
def own() -> Iterator[Server]:
    """Run a server that may be stopped."""
    if programs() is None:
        pytest.skip(NO_SERVER)
    with running() as server:
        yield server


@pytest.fixture
def served(own: Server, tmp_path: Path) -> Iterator[Served]:
    """Serve an office that lives there, with one case."""
    home = ServerHome(own)
    with serving(tmp_path, home) as made:
        made.do("open", "visit", "--set", "name=剑瓷文化体验街区", "--set", "investment=32000")
        yield made
    home.clear()


def test_callers_work_on_a_server_by_their_accounts(served: Served) -> None:
    """Many callers at once record, each entry by the account that called; materials go into the
    database and come out of it byte for byte; the audit is clean; nothing but the service's own
    name of the database is told.
    """
    report = b"\0\xff" * 100_000
    (served.desk / "报告.pdf").write_bytes(report)
    wrong: list[subprocess.CompletedProcess[str]] = []

    def work(number: int) -> None:
        for turn in range(4):
            done = served.call("set", "剑瓷", f"area={number * 10 + turn + 1}")
            if done.returncode:
                wrong.append(done)

    callers = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert wrong == []
    served.tiny.now = datetime.now(UTC)
    served.tiny.do("officer", "grant", "bureau01", "planning", by="admin")
    served.do("attach", "剑瓷", "report", "报告.pdf")
    assert report in served.tiny.home.kept(served.tiny.path).values()
    entries = served.asks("log", "剑瓷")["entries"]
    assert len(entries) == 26
    assert {(entry["authority"]["auth"], entry["authority"]["account"]) for entry in entries} == {
        ("local", ME)
    }
    refused = served.call("sign", "剑瓷", "to_siting", "agree", "--as", "land01")
    assert refused.returncode == 1
    assert "登记为 bureau01，不能以 land01 的身份办理" in refused.stderr
    audit = served.asks("audit")
    assert (audit["ok"], audit["findings"]) == (True, [])
    assert "库 postgresql://root@/office_" in served.log.read_text("utf-8")


def test_a_server_that_was_restarted_is_found_again(served: Served, own: Server) -> None:
    """Workers that hold a connection connect anew by themselves; while the server is away callers
    are told so, exit 3, and nothing hangs.
    """
    for how in ("fast", "immediate"):
        served.do("set", "剑瓷", "area=7")
        own.stop(how)
        for words in (("show", "剑瓷"), ("set", "剑瓷", "area=8")):
            away = served.call(*words)
            assert away.returncode == 3, away
            assert away.stderr.startswith(("连不上数据库服务器（", "数据库服务器断开了连接"))
        own.start()
        for area in range(1, 5):  # more than there are workers
            served.do("set", "剑瓷", f"area={area}")
    assert served.asks("audit")["findings"] == []


def test_a_killed_service_leaves_no_half(served: Served, own: Server) -> None:
    """Killed under load, it leaves whole entries and no turn that anybody waits for."""
    words = ("set", "剑瓷", "area=3")
    callers = [threading.Thread(target=served.call, args=words) for _ in range(8)]
    for caller in callers:
        caller.start()
    served.kill()
    for caller in callers:
        caller.join()
    served.start()
    served.do(*words)
    assert served.asks("audit")["findings"] == []
