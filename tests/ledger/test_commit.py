"""What is told after a failing disk or a lost answer is what the database holds; a retry never acts
twice (B7).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from answers import answered
from ledger_office import Bureau
from outside import outside
from strace import no_strace

from lifecycle.errors import UncertainError
from lifecycle.ledger.sqlite import driver
from lifecycle.ledger.sqlite import store as store_module
from lifecycle.ledger.sqlite.by_apsw import ApswLibrary
from lifecycle.ledger.sqlite.by_sqlite3 import StandardLibrary
from lifecycle.ledger.sqlite.connection import SqliteError, SqliteLibrary

CLI = Path(__file__).resolve().parents[2] / "cli.py"
SYNCS = "fsync,fdatasync"
OPENING = ("open", "visit", "--set", "name=盐泉小镇", "--on", "2026-09-01", "--as", "bureau01")


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """Give an office with one case, recorded an hour ago by the machine's clock: real processes go
    on from there.
    """
    made = Bureau(tmp_path, monkeypatch)
    made.now = datetime.now(UTC) - timedelta(hours=1)
    made.founded().opened(name="剑瓷", on="2026-09-01")
    return made


def called(
    bureau: Bureau, *words: str, wrapped: tuple[str, ...] = (), **how: Any
) -> subprocess.CompletedProcess[str]:
    """Run a command line as a process of its own."""
    env = {**os.environ, "LIFECYCLE_DB": str(bureau.path), "LC_ALL": "C.UTF-8"}
    env["PYTHONPATH"] = str(CLI.parent)
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
    program = [str(CLI)] if driver.library().name == "apsw" else ["-c", STANDARD]
    command = [*wrapped, sys.executable, *program, *words]
    return subprocess.run(command, env=env, text=True, check=False, cwd=bureau.folder, **how)


def rules(bureau: Bureau) -> tuple[str, ...]:
    """Give the words that publish another version of the office's workflow."""
    text = (bureau.rules / "workflows" / "visit.yaml").read_text(encoding="utf-8")
    found = re.search(r"^version: (\d+)", text, re.MULTILINE)
    assert found is not None
    newer = text.replace(found[0], f"version: {int(found[1]) + 1}")
    (bureau.folder / "visit.yaml").write_text(newer, encoding="utf-8")
    return ("workflow", "publish", "visit.yaml", "--as", "admin")


def failing(
    bureau: Bureau, which: int | str, *words: str, error: str = "EIO"
) -> subprocess.CompletedProcess[str]:
    """Run a command whose nth sync fails, or several."""
    log = bureau.folder / "strace.log"
    inject = f"inject=fdatasync:error={error}:when={which}"  # SQLite's own
    wrapped = ("strace", "-f", "-qq", "-o", str(log), "-e", f"trace={SYNCS}", "-e", inject)
    return called(bureau, *words, wrapped=wrapped)


def injected(bureau: Bureau) -> bool:
    """Tell whether the last run came as far as the sync that was to fail."""
    return "(INJECTED)" in (bureau.folder / "strace.log").read_text(encoding="utf-8")


def recorded(bureau: Bureau, eid: str) -> bool:
    """Tell whether an entry stands in the database, as a process that knows nothing of the others
    sees it.
    """
    with outside(bureau.path) as database:
        return database.execute("SELECT 1 FROM entry WHERE eid = ?", (eid,)).fetchone() is not None


@dataclass(frozen=True)
class Journal:
    """How a library syncs a command, by number: which syncs may fail, and what then comes of it.

    `ends` is what comes of each sync that fails. `last` is the last one that the commit itself
    waits for, and `recorded` whether the act is for good where it fails; from `hopeless` on, no
    sync succeeds any more.
    """

    library: Callable[[], SqliteLibrary]
    ends: str
    last: str
    hopeless: int
    recorded: bool


JOURNALS = {
    # Log, its folder, log: committed; at closing log and database.
    "wal": Journal(ApswLibrary, "refused opened refused opened opened", "3", 3, recorded=False),
    # Journal, its folder, journal, database: committed; journal.
    "truncate": Journal(
        StandardLibrary, "refused opened refused refused opened", "5", 4, recorded=True
    ),
}
STANDARD = "import sys; sys.modules['apsw'] = None; from lifecycle.cli import main; main()"


@pytest.fixture(params=JOURNALS)
def journal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """Give each journal; this process goes by the same library as those that it starts."""
    found = JOURNALS[request.param]
    library = found.library()
    safe = driver.safe_journals(library, on_network=False)
    if safe[0] != request.param:
        pytest.skip(f"{library.name} {library.version} has another journal")
    monkeypatch.setattr(driver, "library", lambda: library)
    return found


needs_strace = pytest.mark.skipif(bool(no_strace()), reason=no_strace())


@needs_strace
def test_whichever_sync_fails_the_truth_is_told(journal: Journal, bureau: Bureau) -> None:
    """B7: whichever sync of an opening fails, what is told is what is there; sent again, it counts
    once.
    """
    ends = []
    wanted = journal.ends.split()
    for nth in range(1, len(wanted) + 2):
        eid = f"try-{nth}"
        done = failing(bureau, nth, *OPENING, "--request-id", eid)
        if not injected(bureau):
            break
        there = recorded(bureau, eid)
        told = "未写入任何内容" if "未写入任何内容" in done.stderr else "已立项"
        ends.append((done.returncode, there, told))
        again = called(bureau, *OPENING, "--request-id", eid)
        assert (again.returncode, recorded(bureau, eid)) == (0, True), again.stderr
    means = {"refused": (3, False, "未写入任何内容"), "opened": (0, True, "已立项")}
    assert ends == [means[end] for end in wanted], "SQLite takes the folder's sync for a help only"
    assert bureau.numbers() == [f"KC-2026-{n:03}" for n in range(1, len(wanted) + 3)], (
        "one case for each id, and the one there was"
    )
    bureau.now = datetime.now(UTC)
    assert bureau.findings() == []


@needs_strace
def test_every_kind_of_act_is_read_back(journal: Journal, bureau: Bureau) -> None:
    """B7: acts on cases and office, publications and bulks whose commit failed are told as recorded
    where they are there for good, and as not where they are not; sent again, they count once.
    """
    (bureau.folder / "two.csv").write_text(
        "case,area\nKC-2026-001,4\nKC-2026-001,5\n", encoding="utf-8"
    )
    acts = {
        "KC-2026-001 第 2 条（记录号 a）": (
            "set",
            "剑瓷",
            "area=3",
            "--on",
            "2026-09-02",
            "--as",
            "bureau01",
        ),
        "单位记录 第 19 条（记录号 b）": ("unit", "add", "water", "市水利局", "--as", "admin"),
        "单位记录 第 20 条（记录号 c）": ("officer", "revoke", "planning01", "--as", "admin"),
        "单位记录 第 22 条（记录号 d）": rules(
            bureau
        ),  # after the legal grounds, which it had not yet
        "末条是 KC-2026-001 第 4 条（记录号 e:2）": (
            "set",
            "two.csv",
            "--all-or-nothing",
            "--as",
            "bureau01",
        ),
    }
    for request, (told, words) in zip("abcde", acts.items(), strict=True):
        done = failing(bureau, journal.last, *words, "--request-id", request)
        if journal.recorded:
            assert (done.returncode, told in done.stderr) == (0, True), done.stderr
            assert "读回核对" in done.stderr
            assert "不要重办" in done.stderr
        else:
            assert (done.returncode, "未写入任何内容" in done.stderr) == (3, True), done.stderr
        again = called(bureau, *words, "--request-id", request)
        assert again.returncode == 0, again.stderr
    with bureau.sql() as database:
        assert database.execute("SELECT count(*) FROM entry").fetchone() == (26,)
    bureau.now = datetime.now(UTC)
    assert bureau.findings() == []


@needs_strace
def test_what_cannot_be_told_is_not_told(journal: Journal, bureau: Bureau) -> None:
    """B7: while the disk goes on failing, nothing is claimed; the two commands named find out and
    mend.
    """
    log = bureau.folder / "strace.log"
    inject = f"inject=fdatasync:error=EIO:when={journal.hopeless}+"
    also = ("-e", "inject=fsync:error=EIO")
    traced = ("strace", "-f", "-qq", "-o", str(log), "-e", f"trace={SYNCS}", "-e", inject, *also)
    done = called(bureau, *OPENING, wrapped=traced)
    found = re.search(r"查明用 (lifecycle log --request-id (\S+))\n", done.stderr)
    assert found is not None, done.stderr
    eid = found[2]
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr == (
        f"不知道是否已写入（{bureau.path}：disk I/O error）；查明用 lifecycle log --request-id "
        f"{eid}\n"
        f"  改法：也可以加上 --request-id {eid} 重发同一指令：只生效一次，不会重复\n"
    )
    asked = called(bureau, *found[1].split()[1:])
    assert (asked.returncode, asked.stdout) == (1, f"{eid}：没有写入，台账里没有这条记录\n")
    assert called(bureau, *OPENING, "--request-id", eid).stdout == "KC-2026-002\n"
    asked = called(bureau, *found[1].split()[1:])
    told = f"{eid}：已写入，KC-2026-002 第 1 条，2026-09-01，bureau01，立项 KC-2026-002\n"
    assert (asked.returncode, asked.stdout) == (0, told)
    bureau.now = datetime.now(UTC)
    assert bureau.findings() == []


# Once committed it is done, whatever becomes of the answer.


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="没有 /dev/full")
@pytest.mark.parametrize("extra", [(), ("--json",)], ids=["text", "json"])
def test_an_answer_that_finds_no_room_is_not_taken_for_a_refusal(
    bureau: Bureau, extra: tuple[str, ...]
) -> None:
    """B7: with output to a full disk the act is told as recorded, with number and id, and a retry
    changes nothing.
    """
    words = (
        "set",
        "剑瓷",
        "area=3",
        "--on",
        "2026-09-02",
        "--as",
        "bureau01",
        "--request-id",
        "one",
        *extra,
    )
    with Path("/dev/full").open("wb") as full:
        done = called(bureau, *words, stdout=full)
    assert done.returncode == 3
    assert done.stderr == (
        "答复没能全部输出：输出的地方已满\n"
        "  已记入台账：KC-2026-001 第 2 条（记录号 one）。这是办成了的，不要重办；"
        "查看：lifecycle log --request-id one\n"
    )
    assert "已写入，KC-2026-001 第 2 条" in called(bureau, "log", "--request-id", "one").stdout
    with Path("/dev/full").open("wb") as full:
        again = called(bureau, *words, stdout=full)
    assert (again.returncode, again.stderr) == (3, done.stderr), "sent again, it is told the same"
    assert called(bureau, *words).returncode == 0
    assert answered(called(bureau, "show", "剑瓷", "--json").stdout)["seq"] == 2


@pytest.mark.skipif(os.name == "nt", reason="no /dev/full there")
def test_a_bulk_goes_on_when_nobody_hears_it(bureau: Bureau) -> None:
    """B7: the lines of a table are all done though the first answer found no room; how many is
    told.
    """
    bureau.write("表.csv", "编号,area\nKC-2026-001,5\nKC-2026-002,6\n")
    assert called(bureau, *OPENING).returncode == 0
    with Path("/dev/full").open("wb") as full:
        done = called(bureau, "set", "表.csv", "--as", "bureau01", stdout=full)
    assert done.returncode == 3
    assert "已记入台账 2 条，末条是 KC-2026-002 第 2 条" in done.stderr
    areas = [
        answered(called(bureau, "show", number, "--json").stdout)["case"]["facts"]["area"]
        for number in ("KC-2026-001", "KC-2026-002")
    ]
    assert areas == ["5", "6"]


@pytest.mark.skipif(os.name == "nt", reason="no /dev/full there")
def test_a_backup_whose_answer_finds_no_room_is_not_called_undone(bureau: Bureau) -> None:
    """B7: what is no entry is not called undone either, when only its answer could not be
    written.
    """
    with Path("/dev/full").open("wb") as full:
        done = called(bureau, "backup", "备份.tar", stdout=full)
    assert (done.returncode, done.stderr) == (
        3,
        "答复没能全部输出：输出的地方已满\n  改法：命令可能已经办成：先查看，不要急着重办\n",
    )
    assert (bureau.folder / "备份.tar").stat().st_size > 0


@pytest.mark.skipif(os.name == "nt", reason="no SIGPIPE there")
def test_a_reader_that_has_gone_leaves_the_act_done(bureau: Bureau) -> None:
    """B7: behind a closed pipe, and with standard output closed, it is told that the act is
    recorded.
    """
    read, write = os.pipe()
    os.close(read)
    words = ("unit", "add", "water", "市水利局", "--as", "admin", "--request-id", "one")
    done = called(bureau, *words, stdout=write)
    os.close(write)
    kept = (
        "  已记入台账：单位记录 第 19 条（记录号 one）。这是办成了的，不要重办；查看："
        "lifecycle "
        "log --request-id one\n"
    )
    assert (done.returncode, done.stderr) == (141, "答复没能全部输出：读取的一方已关闭\n" + kept)
    closed = ("sh", "-c", 'exec "$@" >&-', "sh")
    done = called(bureau, *OPENING, "--request-id", "two", wrapped=closed)
    assert done.returncode == 3
    assert (
        "答复没能全部输出：输出已关闭\n  已记入台账：KC-2026-002 第 1 条（记录号 two）"
        in done.stderr
    )
    assert called(bureau, "log", "--request-id", "one").stdout == (
        "one：已写入，单位记录第 19 条，unit_added，admin\n"
    )


def test_a_lookup_of_a_record_says_whether_it_is_there(bureau: Bureau) -> None:
    """B7: `log --request-id` finds an entry by its id, also for a machine; without id or case it
    says what to write.
    """
    assert bureau.fails("log") == (
        2,
        "没有写查哪个事项\n  改法：写事项编号；或写 --request-id 记录号，查一条记录有没有写入\n",
    )
    gone = bureau.asks("log", "--request-id", "nobody")
    assert gone == {"ok": False, "request_id": "nobody", "entry": None}
    bureau.do("set", "剑瓷", "area=3", "--on", "2026-09-02", "--request-id", "one", by="bureau01")
    there = bureau.asks("log", "--request-id", "one")
    assert (there["ok"], there["entry"]["intent"]["data"]) == (True, {"facts": {"area": "3"}})


def test_a_bulk_counts_what_is_in_doubt_apart(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B7: a line of a bulk of which nobody knows is counted neither as done nor as not done."""
    office = bureau.office()
    with closing(office):
        store_class = type(office.store)

        def in_doubt(self: store_module.SqliteStore, error: SqliteError) -> bool:
            raise UncertainError("disk I/O error", self._appended)

        def failed(self: store_module.SqliteStore) -> None:
            self._holds(SqliteError("disk I/O error", "SQLITE_IOERR"))

        monkeypatch.setattr(store_class, "_holds", in_doubt)
        monkeypatch.setattr(store_class, "_commit", failed)
        result = bureau.run(
            "set", "-", "area=3", "--request-id", "b", by="bureau01", text="剑瓷\n剑瓷\n"
        )
    assert result.exit_code == 3
    lines = result.stdout.splitlines()
    assert lines[-1] == "已办理 0 件，未办理 0 件，1 件不知道是否已写入，1 件未轮到"
    assert "加 --request-id b 重发整个指令是安全的" in lines[0]
