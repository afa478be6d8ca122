"""The SQLite that a process works with: one of two libraries, the same to the store, with a journal
that is safe in it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from answers import answered
from ledger_office import Bureau
from outside import outside

from lifecycle.errors import UnavailableError
from lifecycle.ledger.sqlite import database, disk, driver
from lifecycle.ledger.sqlite.by_apsw import ApswLibrary
from lifecycle.ledger.sqlite.by_sqlite3 import StandardLibrary
from lifecycle.ledger.sqlite.connection import Connection, SqliteError, SqliteLibrary
from lifecycle.ledger.sqlite.database import copy_database, make
from lifecycle.ledger.sqlite.store import SqliteStore

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=[ApswLibrary, StandardLibrary], ids=["apsw", "sqlite3"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> SqliteLibrary:
    """Give each library, as the one that the process has chosen."""
    chosen: SqliteLibrary = request.param()
    monkeypatch.setattr(driver, "library", lambda: chosen)
    return chosen


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """Give an office just founded."""
    return Bureau(tmp_path, monkeypatch).founded()


@pytest.mark.parametrize(
    ("version", "fixed"),
    [
        ("3.40.1", False),
        ("3.44.5", False),
        ("3.44.6", True),
        ("3.45.0", False),
        ("3.50.6", False),
        ("3.50.7", True),
        ("3.51.0", False),
        ("3.51.2", False),
        ("3.51.3", True),
        ("3.52.0", True),
        ("4.0", True),
    ],
)
def test_where_the_bug_is_mended(version: str, fixed: bool) -> None:
    """sqlite.org names 3.51.3, and of the older lines 3.50.7 and 3.44.6."""
    assert driver.is_fixed(version) is fixed


def test_an_older_apsw_is_not_worked_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the wheel's SQLite has the bug, the standard library serves as well."""
    assert driver.library.__wrapped__().name == "apsw"
    monkeypatch.setattr(ApswLibrary, "version", "3.50.4")
    assert driver.library.__wrapped__().name == "sqlite3"


def test_a_write_ahead_log_needs_a_mended_library_and_a_disk_of_this_machine() -> None:
    """Anywhere else a rollback journal does."""

    class Old(StandardLibrary):
        version = "3.40.1"

    assert driver.safe_journals(Old(), on_network=False) == ("truncate",)
    assert driver.safe_journals(ApswLibrary(), on_network=False) == ("wal", "truncate")
    assert driver.safe_journals(ApswLibrary(), on_network=True) == ("truncate",)


# Both libraries do what the store asks of a connection.


def opened(library: SqliteLibrary, path: Path) -> Connection:
    """Open a database with one empty table."""
    path.touch()
    connection = library.open(path, "rw")
    connection.run("CREATE TABLE t (x PRIMARY KEY, y)")
    return connection


def test_rows_and_counts_are_the_same(library: SqliteLibrary, tmp_path: Path) -> None:
    """Values are bound by name or place; what is written is counted; one transaction is one."""
    with closing(opened(library, tmp_path / "a.db")) as connection:
        assert connection.run("INSERT INTO t VALUES (:x, :y)", {"x": 1, "y": b"\0", "z": 3}) == 1
        connection.run("BEGIN IMMEDIATE")
        assert connection.in_transaction
        assert connection.run("INSERT INTO t VALUES (?, ?)", ("二", None)) == 1
        assert connection.run("UPDATE t SET y = 'z'") == 2
        assert connection.rows("UPDATE t SET y = 7 WHERE x = 1 RETURNING y") == [(7,)]
        connection.run("ROLLBACK")
        assert not connection.in_transaction
        assert connection.rows("SELECT x, y FROM t") == [(1, b"\0")]


def test_errors_have_sqlites_own_names(library: SqliteLibrary, tmp_path: Path) -> None:
    """What went wrong is told by SQLite's code and words, whichever library says it."""
    path = tmp_path / "a.db"
    with (
        closing(opened(library, path)) as connection,
        closing(library.open(path, "rw")) as other,
        closing(library.open(path, "ro")) as reader,
    ):
        other.rows("PRAGMA busy_timeout = 0")
        connection.run("INSERT INTO t VALUES (1, 1)")
        told = {}
        for name, who, words in (
            ("same", connection, "INSERT INTO t VALUES (1, 2)"),
            ("no table", connection, "SELECT * FROM u"),
            ("begin", connection, "BEGIN IMMEDIATE"),
            ("busy", other, "BEGIN IMMEDIATE"),
            ("end", connection, "COMMIT"),
            ("reader", reader, "DELETE FROM t"),
        ):
            try:
                who.run(words)
            except SqliteError as error:
                told[name] = (error.name, str(error))
    with pytest.raises(SqliteError) as missing:
        library.open(tmp_path / "none.db", "rw").rows("SELECT 1")
    assert (missing.value.name, str(missing.value)) == (
        "SQLITE_CANTOPEN",
        "unable to open database file",
    )
    assert told == {
        "same": ("SQLITE_CONSTRAINT_PRIMARYKEY", "UNIQUE constraint failed: t.x"),
        "no table": ("SQLITE_ERROR", "no such table: u"),
        "busy": ("SQLITE_BUSY", "database is locked"),
        "reader": ("SQLITE_READONLY", "attempt to write a readonly database"),
    }


def test_a_copy_is_of_one_moment_and_one_file(library: SqliteLibrary, tmp_path: Path) -> None:
    """A copy made amid another's transaction holds what was committed, and can be read where
    nothing can be written.
    """
    make(tmp_path / "a.db")
    with closing(SqliteStore.open(str(tmp_path / "a.db"))) as store:
        (journal,) = store.connection.rows("PRAGMA journal_mode")[0]
        with closing(SqliteStore.open(str(tmp_path / "a.db"))) as other:
            other.connection.run("BEGIN IMMEDIATE")
            other.connection.run("INSERT INTO meta VALUES ('x', 'y')")
            copy_database(store.connection, tmp_path / "copy", 0o600)
            other.connection.run("COMMIT")
    assert journal == driver.safe_journals(library, on_network=False)[0]
    with closing(library.open(tmp_path / "copy", "immutable")) as copy:
        assert copy.rows("PRAGMA journal_mode") == [("delete",)]
        assert [key for (key,) in copy.rows("SELECT key FROM meta")] == ["log"]
    assert [path.name for path in tmp_path.glob("copy*")] == ["copy"]


def test_an_office_works_by_either(library: SqliteLibrary, bureau: Bureau) -> None:
    """Journals are changed at opening to what the library can do safely; the audit is clean."""
    number = bureau.opened(name="甲")
    bureau.do("set", number, "area=3", "--on", "2026-09-02", by="bureau01")
    bureau.do("backup", str(bureau.folder / "a.tar"))
    assert bureau.findings() == []
    with closing(SqliteStore.open(str(bureau.path))) as store:
        found = store.connection.rows("PRAGMA journal_mode")
    assert found == [(driver.safe_journals(library, on_network=False)[0],)]


def test_without_apsw_a_database_goes_back_to_a_rollback_journal(bureau: Bureau) -> None:
    """A process that has only a library with the bug takes the log away before it works; one that
    has a better gives it back.
    """
    bureau.opened(name="甲")
    script = (
        "import sys; sys.modules['apsw'] = None\n"
        "from lifecycle.ledger.sqlite import driver\n"
        "from lifecycle.ledger.sqlite.by_sqlite3 import StandardLibrary\n"
        "StandardLibrary.version = '3.40.1'\n"
        "from lifecycle.ledger.sqlite.store import SqliteStore\n"
        "store = SqliteStore.open(sys.argv[1])\n"
        "print(driver.library().name, *store.connection.rows('PRAGMA journal_mode')[0])\n"
        "store.close()\n"
    )
    command = [sys.executable, "-c", script, str(bureau.path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout, done.stderr) == ("sqlite3 truncate\n", "")
    with closing(SqliteStore.open(str(bureau.path))) as store:
        assert store.connection.rows("PRAGMA journal_mode") == [("wal",)]
        # Now somebody works with the log: it cannot be taken away, and nothing is done without it.
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert "journal_mode 应为 truncate，实为 wal" in done.stderr
    assert bureau.findings() == []


def test_on_a_network_drive_there_is_no_write_ahead_log(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The memory that a log needs is shared on one machine only; a rollback journal is used."""
    bureau.opened(name="甲")
    monkeypatch.setattr(database, "network_of", lambda path: "nfs4")
    with closing(SqliteStore.open(str(bureau.path))) as store:
        assert store.connection.rows("PRAGMA journal_mode") == [("truncate",)]
    assert bureau.findings() == []


def test_a_network_drive_is_known_by_its_mount(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel's list of mounts tells which file system a device without a disk is."""
    device = tmp_path.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        f"36 35 0:99 / /other rw - nfs4 server:/other rw\n"
        f"37 35 {number} / /srv rw,noatime shared:1 - cifs //server/office rw\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(disk, "_MOUNTS", mounts)
    monkeypatch.setattr(os, "major", lambda device: 0)
    monkeypatch.setattr(os, "minor", lambda device: 0)
    mounts.write_text(mounts.read_text().replace(number, "0:0"), encoding="utf-8")
    assert disk.network_of(tmp_path) == "cifs"
    mounts.write_text(mounts.read_text().replace("cifs", "tmpfs"), encoding="utf-8")
    assert disk.network_of(tmp_path) == ""


# The log beside the database.


def names(bureau: Bureau) -> list[str]:
    """List what stands beside the database."""
    return sorted(path.name for path in bureau.path.parent.glob(f"{bureau.path.name}-*"))


def test_the_last_to_close_leaves_one_file(bureau: Bureau) -> None:
    """After work the database is whole in itself: whoever copies the one file has all of it."""
    bureau.opened(name="甲")
    assert names(bureau) == []
    with closing(SqliteStore.open(str(bureau.path))) as store:
        bureau.do("set", "甲", "area=3", by="bureau01")
        assert store.last_index() > 0
        assert names(bureau) == [f"{bureau.path.name}-shm", f"{bureau.path.name}-wal"]
    assert names(bureau) == []


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
def test_what_a_killed_process_committed_is_there(bureau: Bureau) -> None:
    """The log of a process that was killed after its commit is read by the next one."""
    number = bureau.opened(name="甲")
    script = (
        "import os, signal, sys\nfrom lifecycle.cli.root import root\n"
        "from lifecycle.ledger.sqlite.store import SqliteStore\n"
        "SqliteStore.close = lambda self: os.kill(os.getpid(), signal.SIGKILL)\n"
        "root.main(sys.argv[1:], prog_name='lifecycle')\n"
    )
    env = {**os.environ, "LIFECYCLE_DB": str(bureau.path), "LIFECYCLE_OFFICER": "bureau01"}
    command = [sys.executable, "-c", script, "set", number, "area=3", "--on", "2026-09-02"]
    done = subprocess.run(command, capture_output=True, env=env, cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert names(bureau) == [f"{bureau.path.name}-shm", f"{bureau.path.name}-wal"]
    assert answered(bureau.do("show", number, "--json"))["seq"] == 2
    assert names(bureau) == []


def test_a_database_is_not_put_where_a_log_lies(bureau: Bureau) -> None:
    """SQLite would play another database's log into the new one."""
    left = bureau.folder / "new.db-wal"
    left.write_bytes(b"x" * 32)
    code, message = bureau.fails("init", "--db", str(bureau.folder / "new.db"))
    assert (code, "new.db-wal 是别的数据库留下的" in message) == (1, True)


def test_a_journal_changed_while_it_is_open_is_no_matter(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that others have open with a rollback journal is worked with as it is."""
    bureau.opened(name="甲")
    monkeypatch.setattr(database, "_CHANGE_MS", 10)
    with outside(bureau.path) as other:
        other.execute("PRAGMA journal_mode = truncate")
        other.execute("BEGIN")
        assert other.execute("SELECT count(*) FROM cases").fetchone() == (1,)
        with closing(SqliteStore.open(str(bureau.path))) as store:
            assert store.connection.rows("PRAGMA journal_mode") == [("truncate",)]
        other.execute("ROLLBACK")
    with closing(SqliteStore.open(str(bureau.path))) as store:
        assert store.connection.rows("PRAGMA journal_mode") == [("wal",)]


def test_a_database_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    """A folder in the database's place is named."""
    (tmp_path / "a.db").mkdir()
    (tmp_path / "a.db" / "x").touch()
    with pytest.raises(UnavailableError, match="数据库打不开"):
        SqliteStore.open(str(tmp_path / "a.db"))
