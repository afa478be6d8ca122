"""What is told when the server, or the way to it, goes away in the middle of a command is what the
database holds.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from homes import ServerHome
from ledger_office import Bureau
from postgres_proxy import Cut, Proxy, on_the_way
from postgres_server import Server, running

from lifecycle.ledger.opening import open_store
from lifecycle.ledger.postgres import connection
from lifecycle.ledger.postgres.schema import LOCK
from lifecycle.ledger.postgres.store import PostgresStore
from lifecycle.ledger.sql import text

NOTHING = "未写入任何内容"
UNKNOWN = "不知道是否已写入"


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server_home: ServerHome) -> Bureau:
    """Give an office on a server, with one case."""
    made = Bureau(tmp_path, monkeypatch, server_home).founded()
    made.opened(name="剑瓷", on="2026-09-01")
    return made


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    """Give a way to the server that can be cut."""
    with on_the_way(server) as made:
        yield made


SET = ("set", "剑瓷", "area=3", "--on", "2026-09-02", "--as", "bureau01")


def through(bureau: Bureau, proxy: Proxy, *words: str) -> Result:
    """Run a command over the way that may be cut."""
    assert isinstance(bureau.home, ServerHome)
    return bureau.run(*words, "--db", proxy.url(bureau.home.databases[bureau.path]))


def entries(bureau: Bureau) -> int:
    """Count the entries of the case."""
    with bureau.sql() as database:
        ((count,),) = database.execute(
            "SELECT count(*) FROM entry WHERE case_id <> 'office'"
        ).fetchall()
    return int(count)


def test_a_way_cut_before_the_commit_leaves_nothing(bureau: Bureau, proxy: Proxy) -> None:
    """The server never had the COMMIT: exit 3, nothing written, and it is said so."""
    proxy.cut = Cut(b"COMMIT")
    result = through(bureau, proxy, *SET)
    assert proxy.cut.done
    assert (result.exit_code, NOTHING in result.stderr, UNKNOWN in result.stderr) == (
        3,
        True,
        False,
    ), result.output
    assert entries(bureau) == 1
    assert bureau.findings() == []


def test_an_answer_lost_after_the_commit_is_read_back(bureau: Bureau, proxy: Proxy) -> None:
    """The server committed and its answer was lost: it is found there, and told as done."""
    proxy.cut = Cut(b"COMMIT", answered=True)
    result = through(bureau, proxy, *SET)
    assert proxy.cut.done
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    assert entries(bureau) == 2
    assert bureau.findings() == []


@pytest.mark.parametrize("answered", [False, True])
def test_what_cannot_be_read_back_is_not_known(
    bureau: Bureau, proxy: Proxy, *, answered: bool
) -> None:
    """Where the server stays away after the COMMIT, nobody says that it was written, or not; the
    same request sent again has one effect.
    """
    proxy.cut = Cut(b"COMMIT", answered=answered, for_good=True)
    result = through(bureau, proxy, *SET)
    assert (result.exit_code, UNKNOWN in result.stderr, NOTHING in result.stderr) == (
        3,
        True,
        False,
    ), result.output
    assert entries(bureau) == (2 if answered else 1)
    found = re.search(r"--request-id (\S+)", result.stderr)
    assert found is not None
    asked = bureau.run("log", "--request-id", found[1])
    assert asked.exit_code == (0 if answered else 1), asked.output
    bureau.do(*SET, "--request-id", found[1])
    assert entries(bureau) == 2
    assert bureau.findings() == []


def cut_everywhere(bureau: Bureau, proxy: Proxy, *, answered: bool, step: int) -> set[int]:
    """Cut the way at one message after the other of the same command; give the exit codes."""
    codes: set[int] = set()
    for nth in range(1, 500, step):
        before = entries(bureau)
        proxy.cut = Cut(nth=nth, answered=answered)
        # Another value each time: the same again would write nothing.
        result = through(bureau, proxy, "set", "剑瓷", f"area={nth + 3}", *SET[3:])
        if not proxy.cut.done:
            assert result.exit_code == 0
            return codes
        codes.add(result.exit_code)
        made = entries(bureau) - before
        assert "Traceback" not in result.output
        assert "程序内部出错" not in result.output
        if result.exit_code == 0:
            assert made == 1, result.output
        else:
            assert (result.exit_code, made) == (3, 0), result.output
            assert UNKNOWN not in result.stderr, result.output
    raise AssertionError("the command has no end")


@pytest.mark.parametrize("answered", [False, True])
def test_a_way_cut_anywhere_is_told_truly(bureau: Bureau, proxy: Proxy, *, answered: bool) -> None:
    """At whichever message the way is cut, exit 0 means one entry more, and exit 3 none; what only
    reads is tried again.
    """
    assert cut_everywhere(bureau, proxy, answered=answered, step=1) == {0, 3}
    assert bureau.findings() == []


def test_a_killed_transaction_is_told(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """An administrator who ends the transaction of a command in its turn: exit 3, nothing
    written.
    """
    append = PostgresStore.append

    def killed(self: PostgresStore, *args: Any) -> None:
        append(self, *args)
        with bureau.sql() as database:
            database.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'lifecycle' AND datname = current_database()"
            )

    with monkeypatch.context() as patch:
        patch.setattr(PostgresStore, "append", killed)
        result = bureau.run(*SET)
    assert result.exit_code == 3
    assert result.stderr.startswith("数据库服务器断开了连接")
    assert NOTHING in result.stderr
    assert entries(bureau) == 1
    bureau.do(*SET)
    assert bureau.findings() == []


def test_a_turn_held_too_long_is_told(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody else holds the writers' lock, the officer is told after the wait: exit 3,
    nothing written; reading goes on.
    """
    options = [one.replace(f"{connection.WAIT_S}s", "300ms") for one in connection.OPTIONS]
    monkeypatch.setattr(connection, "OPTIONS", options)
    with bureau.sql() as database:
        database.execute(f"SELECT pg_advisory_lock({LOCK})")
        code, message = bureau.fails(*SET)
        assert bureau.run("show", "剑瓷").exit_code == 0
    assert code == 3
    assert message.startswith(f"数据库正忙，等候 30 秒仍未轮到，{NOTHING}（")
    bureau.do(*SET)
    assert bureau.findings() == []


def test_a_cancelled_statement_is_told(bureau: Bureau) -> None:
    """An administrator who cancels what waits: exit 3, nothing written."""

    def cancel() -> None:
        words = (
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND application_name = 'lifecycle' AND datname = current_database()"
        )
        with bureau.sql() as other:
            while not other.execute(words).fetchall():
                time.sleep(0.01)

    with bureau.sql() as database:
        database.execute(f"SELECT pg_advisory_lock({LOCK})")
        canceller = threading.Thread(target=cancel)
        canceller.start()
        code, message = bureau.fails(*SET)
        canceller.join()
    assert code == 3
    assert message.startswith(f"这次办理被数据库管理员中止了，{NOTHING}（")


def test_a_writer_that_stops_in_its_turn_does_not_hold_others_for_ever(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server ends a transaction in which nothing is asked for too long: the others go on, and
    whoever comes back is told that nothing was written.
    """
    short = [one.replace("=120s", "=200ms") for one in connection.OPTIONS]
    append = PostgresStore.append

    def sleepy(self: PostgresStore, *args: Any) -> None:
        append(self, *args)
        self.row(text.LAST_INDEX)
        self.connection.rows("SELECT 1", {})  # alone: see connection.OPTIONS
        time.sleep(0.6)

    with monkeypatch.context() as patch:
        patch.setattr(connection, "OPTIONS", short)
        patch.setattr(PostgresStore, "append", sleepy)
        code, message = bureau.fails(*SET)
    assert code == 3
    assert NOTHING in message
    assert message.startswith(("这次办理中途停顿太久", "数据库服务器断开了连接"))
    bureau.do(*SET)
    assert entries(bureau) == 2


def test_a_store_left_open_lives_through_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a service holds open connects by itself after the server was restarted, to read and to
    write; while it is away, commands say so.
    """
    with running() as server:
        bureau = Bureau(tmp_path, monkeypatch, ServerHome(server)).founded()
        bureau.opened(name="剑瓷", on="2026-09-01")
        with closing(open_store(bureau.url)) as store, closing(open_store(bureau.url)) as other:
            assert store.last_index() == other.last_index()
            for how in ("fast", "immediate"):
                server.stop(how)
                code, message = bureau.fails("show", "剑瓷")
                assert (code, message.startswith("连不上数据库服务器（")) == (3, True), message
                server.start()
                before = store.last_index()
                with other.writing():
                    other.put(text.PUT_LAST_NUMBER, name=how, last=1)
                assert store.last_index() == before
                assert other.peek_number(how) == 2
        bureau.do(*SET)
        assert [f.code for f in bureau.findings()] == ["number", "number"]
