"""No power cut loses what was acknowledged: every disk state that the syncs of a run permit is
opened, and compared with the acknowledgements.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from powercut import CALLS, states
from strace import no_strace

from lifecycle.ledger.sqlite import driver
from lifecycle.ledger.sqlite.by_apsw import ApswLibrary
from lifecycle.ledger.sqlite.by_sqlite3 import StandardLibrary
from lifecycle.ledger.sqlite.connection import SqliteError
from lifecycle.ledger.sqlite.database import make

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import os, sys
path, library, weaker = sys.argv[1:]
if library == "sqlite3":
    sys.modules["apsw"] = None
from lifecycle.ledger.sqlite.store import SqliteStore
for session in range(2):
    store = SqliteStore.open(path)
    store.connection.rows("PRAGMA wal_autocheckpoint = 24")
    if weaker:
        store.connection.rows(weaker)
    for number in range(3):
        with store.writing():
            eid = f"{session}-{number}"
            store.append("c", session * 100 + number, eid, b"x" * (number % 3 * 3000 + 50), "h")
            store.put_office(number + 1, eid, b"y" * 5000)
        os.write(1, b"ack")
    store.close()
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(no_strace()), reason=no_strace()),
]


def lost(folder: Path, library: str, weaker: str = "") -> tuple[int, int, int]:
    """Cut the power at every moment of a run; give how many states there were, in how many of them
    something acknowledged was missing or the office not as its last entry left it, and how many
    could not be opened.
    """
    path = folder / "office" / "a.db"
    path.parent.mkdir()
    make(path)
    trace = folder / "trace"
    traced = ("strace", "-f", "-xx", "-s", "70000", "-o", str(trace), "-e", f"trace={CALLS}")
    begun = {"a.db": path.read_bytes()}
    command = [*traced, sys.executable, "-c", RUN, str(path), library, weaker]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout) == (0, "ack" * 6), done.stderr
    seen: set[tuple[object, int]] = set()
    missing = unreadable = 0
    after = folder / "after"
    after.mkdir()
    for state, acks in states(trace, path.parent, begun):
        if (hash(state), acks) in seen:
            continue
        seen.add((hash(state), acks))
        for left in after.iterdir():
            left.unlink()
        for name, raw in state:
            (after / name).write_bytes(raw)
        try:
            with closing(driver.library().open(after / "a.db", "rw")) as database:
                database.rows("PRAGMA synchronous = OFF")
                eids = [eid for (eid,) in database.rows("SELECT eid FROM entry ORDER BY idx")]
                heads = [head for (head,) in database.rows("SELECT head FROM office")]
                sound = database.rows("PRAGMA quick_check(1)") == [("ok",)]
        except SqliteError:
            unreadable += 1
            continue
        missing += len(eids) < acks or heads != eids[-1:] or not sound
    return len(seen), missing, unreadable


@pytest.mark.parametrize(
    ("library", "journal"),
    [(ApswLibrary, "wal"), (StandardLibrary, "truncate")],
    ids=["apsw", "sqlite3"],
)
def test_no_power_cut_loses_what_was_acknowledged(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    library: type[ApswLibrary | StandardLibrary],
    journal: str,
) -> None:
    """In every state there is every act that was acknowledged, and none of it is half done."""
    chosen = library()
    monkeypatch.setattr(driver, "library", lambda: chosen)
    if driver.safe_journals(chosen, on_network=False)[0] != journal:
        pytest.skip(f"{chosen.name} {chosen.version} has another journal")
    count, missing, unreadable = lost(tmp_path, chosen.name)
    print(f"{chosen.name} {chosen.version} {journal}：{count} 种磁盘状态，丢失 {missing}")
    assert count > 300
    assert (missing, unreadable) == (0, 0)


@pytest.mark.parametrize(
    ("library", "weaker"),
    [(ApswLibrary, "PRAGMA synchronous = NORMAL"), (StandardLibrary, "PRAGMA synchronous = OFF")],
    ids=["log synced at checkpoints only", "nothing synced"],
)
def test_weaker_settings_do_lose(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    library: type[ApswLibrary | StandardLibrary],
    weaker: str,
) -> None:
    """The same cuts find what is lost where less is synced: the states are not too kind."""
    chosen = library()
    monkeypatch.setattr(driver, "library", lambda: chosen)
    count, missing, unreadable = lost(tmp_path, chosen.name, weaker)
    print(f"{chosen.name} {weaker}：{count} 种磁盘状态，丢失 {missing}，打不开 {unreadable}")
    assert missing + unreadable > 0
