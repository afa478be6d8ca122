"""A ledger copied to a server and back is the same ledger; stopped anywhere, the copy goes on; what
is damaged or not empty is refused, and nobody opens half a copy.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from homes import FILES, Home, ServerHome
from ledger_office import Bureau, copied, elsewhere, forged
from paper_office import Paper
from postgres_server import Server

from lifecycle.ledger.copies import copying
from lifecycle.ledger.copies.copying import copy
from lifecycle.ledger.folder import folder_of
from lifecycle.ledger.opening import open_replica, open_store
from lifecycle.ledger.postgres.store import PostgresStore
from lifecycle.ledger.record import hash_of
from lifecycle.ledger.sqlite.store import SqliteStore
from lifecycle.ledger.store import Store

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    """Make an office in a file: cases, refusals, materials, letters issued, sent and answered."""
    with pytest.MonkeyPatch.context() as patch:
        paper = Paper(tmp_path_factory.mktemp("office"), patch, FILES)
        yield written(paper)


def written(paper: Paper) -> Paper:
    """Give an office something of everything."""
    paper.founded()
    number = paper.asked()
    paper.issued(number)
    letter = "2-consultation"
    paper.do("notice", "sent", number, letter, "--unit", "land", "--by", "专人", by="bureau01")
    paper.do("notice", "receipt", number, letter, by="land01")
    paper.asked("温泉康养")
    assert paper.run("advance", number, "to_siting", by="land01").exit_code == 1
    paper.write("报告.pdf", "选址论证\0\xff")
    paper.do("attach", number, "report", "报告.pdf", by="planning01")
    large = paper.folder / paper.write("大.pdf", bytes(range(256)) * 10_000)
    with closing(open_store(paper.url)) as store:
        store.files.keep_file(large, most_bytes=1 << 30)  # in three parts
    return paper


@pytest.fixture
def paper(pristine: Paper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paper:
    """Give a copy that may be written to, and stand in its folder."""
    found = copied(pristine, tmp_path / "office")
    assert isinstance(found, Paper)
    monkeypatch.chdir(found.folder)
    return found


@pytest.fixture
def target(server: Server) -> Iterator[str]:
    """Give the URL of an empty database on a server."""
    database = server.new_database()
    yield server.url(database)
    server.drop(database)


ASKED = (
    ("list",),
    ("board",),
    ("replay",),
    ("log", "KC-2026-001"),
    ("log", "KC-2026-002"),
    ("notice", "list"),
    ("notice", "outbox"),
    ("workflow", "list"),
    ("officer", "list"),
    ("unit", "list"),
    *(("todo", "--as", code) for code in ("bureau01", "land01", "planning01", "clerk01")),
    *(("show", number, "--as", "bureau01") for number in ("KC-2026-001", "KC-2026-002")),
)


def told(paper: Bureau, url: str) -> dict[tuple[str, ...], Any]:
    """Ask an office for everything that it shows."""
    answers = {}
    for words in ASKED:
        result = paper.run(*words, "--json", "--db", url)
        assert result.exit_code == 0, (words, result.output)
        answers[words] = result.stdout
    return answers


def audited(paper: Bureau, url: str) -> str:
    """Audit an office that must be in order; give its checkpoint."""
    result = paper.run("audit", "--db", url)
    assert result.exit_code == 0, result.output
    return result.stdout.split("检查点：\n")[1].split()[0]


def materials(url: str) -> dict[str, bytes]:
    """Read all materials by their names."""
    with closing(open_store(url, readonly=True)) as store:
        return {digest: b"".join(store.files.chunks(digest)) for digest in store.files.digests()}


def test_there_and_back_is_the_same_ledger(paper: Paper, target: str) -> None:
    """From a file to a server and back to a file: the same checkpoint, the same answers to every
    question, the same materials byte for byte; and work goes on in each.
    """
    before, checkpoint = told(paper, paper.url), audited(paper, paper.url)
    kept = materials(paper.url)
    assert len(kept) == 7
    assert all(hashlib.sha256(body).hexdigest() == digest for digest, body in kept.items())
    back = str(paper.folder / "back.db")
    for source, to in ((paper.url, target), (target, back)):
        said = paper.do("db", "copy", source, to)
        assert f"检查点　{checkpoint}\n" in said
        assert f"材料 {len(kept)} 件，逐条核对相同" in said
        assert audited(paper, to) == checkpoint
        assert told(paper, to) == before
        assert materials(to) == kept
    for url in (target, back):
        paper.do("open", "visit", "--set", "name=接着办", "--db", url, by="bureau01")
        assert audited(paper, url).startswith(str(int(checkpoint.split(":")[0]) + 1))
    assert audited(paper, paper.url) == checkpoint
    assert (paper.folder / "back.db").stat().st_mode & 0o777 == 0o600


def test_what_became_of_sendings_is_copied(paper: Paper, target: str) -> None:
    """Attempts, the time of the next and the last error of a sending stand in no entry, and are
    copied too.
    """
    with paper.sql() as database:
        database.execute(
            "UPDATE outbox SET attempts = 3, next_at = '2026-10-01T00:00:00Z', error = '拒收'"
            " WHERE state = 'pending'"
        )
        wanted = database.execute("SELECT * FROM outbox ORDER BY id").fetchall()
    paper.do("db", "copy", paper.url, target)
    back = elsewhere(paper, paper.folder / "back")
    back.folder.mkdir()
    paper.do("db", "copy", target, back.url)
    with back.sql() as database:
        assert database.execute("SELECT * FROM outbox ORDER BY id").fetchall() == wanted


# Stopped and gone on with.


class StopError(Exception):
    """Ends a copy."""


def stopping(monkeypatch: pytest.MonkeyPatch, after: int) -> list[int]:
    """Stop a copy at the nth of what it does: a transaction, an entry, a file, a comparison."""
    done = [0]

    def counted(owner: Any, name: str) -> None:
        work = getattr(owner, name)

        def once(*args: Any, **given: Any) -> Any:
            done[0] += 1
            if done[0] == after:
                raise StopError
            return work(*args, **given)

        monkeypatch.setattr(owner, name, once)

    for name in ("_put_some", "_compared", "_copy_definitions", "_copy_books", "_refold"):
        counted(copying, name)
    for kind in (SqliteStore, PostgresStore):
        for name in ("put", "complete"):
            counted(kind, name)
    counted(copying._KeptFile, "read")
    return done


def directions(paper: Paper, target: str) -> Iterator[tuple[str, str]]:
    """Give source and target: from the file to the server, and from there to another file."""
    yield paper.url, target
    yield target, str(paper.folder / "back.db")


def test_a_copy_stopped_anywhere_goes_on(
    paper: Paper, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a copy is doing when it ends, nobody can open what there is, and the same command
    completes it.
    """
    monkeypatch.setattr(copying, "_CHUNK", 7)
    checkpoint = audited(paper, paper.url)
    for source, to in directions(paper, target):
        for after in range(1, 900, 2):
            with monkeypatch.context() as patch, closing(open_store(source)) as opened:
                done = stopping(patch, after)
                try:
                    with closing(open_replica(to)) as replica:
                        copy(opened, replica, lambda *_: None)
                except StopError:
                    pass
            if done[0] < after:
                break
            code, message = paper.fails("list", "--db", to)
            assert (code, "是没有抄完的副本（" in message or "是没有抄完的副本\n" in message) == (
                3,
                True,
            ), message
        else:
            raise AssertionError("the copy has no end")
        assert after > 15
        assert audited(paper, to) == checkpoint


KILLED = """
import os, signal, sys
from lifecycle.cli import main
from lifecycle.ledger.copies import copying
left = int(sys.argv.pop(1))
copying._CHUNK = 7
def counted(owner, name):
    work = getattr(owner, name)
    def once(*args, **given):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return work(*args, **given)
    setattr(owner, name, once)
from lifecycle.ledger.postgres.connection import PostgresConnection
from lifecycle.ledger.sqlite.by_apsw import ApswConnection
for kind in (PostgresConnection, ApswConnection):
    for name in ("rows", "run"):
        counted(kind, name)
counted(PostgresConnection, "together")
main()
"""


def killed(paper: Paper, source: str, to: str, left: int) -> int:
    """Copy in a process that is killed when it asks a database for the nth time; give its exit
    code.
    """
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(left), "db", "copy", source, to],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=paper.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


def see_killed(paper: Paper, target: str, step: int) -> None:
    """Kill copies, further and further on, and complete them."""
    checkpoint = audited(paper, paper.url)
    for source, to in directions(paper, target):
        kills = 0
        for left in range(3, 5000, step):
            code = killed(paper, source, to, left)
            if code == 0:
                break
            assert code == -signal.SIGKILL
            kills += 1
            opened = paper.run("list", "--db", to).exit_code
            if opened == 0:  # killed when all was done but to say so
                break
            assert opened == 3
        else:
            raise AssertionError("the copy has no end")
        assert kills >= 3
        assert audited(paper, to) == checkpoint
        assert told(paper, to) == told(paper, paper.url)


def test_a_killed_copy_goes_on(paper: Paper, target: str) -> None:
    """A process killed in the middle leaves what the same command completes."""
    see_killed(paper, target, 40)


@pytest.mark.slow
def test_a_copy_killed_at_every_point_goes_on(paper: Paper, target: str) -> None:
    """So it does wherever it is killed."""
    see_killed(paper, target, 3)


# What is refused.


def test_a_target_that_holds_something_is_refused(
    paper: Paper, target: str, server: Server
) -> None:
    """Neither a ledger nor anything else is written over: exit 1, with what to do."""
    paper.do("db", "copy", paper.url, target)
    code, message = paper.fails("db", "copy", paper.url, target)
    assert code == 1
    assert "里已有台账，不会覆盖\n  改法：请另用一个库：createdb 新库名" in message
    other = paper.folder / "other.db"
    other.write_bytes(b"theirs")
    assert paper.run("db", "copy", paper.url, str(other)).exit_code in (1, 3)
    assert other.read_bytes() == b"theirs"
    paper.do("db", "copy", target, "back.db")
    code, message = paper.fails("db", "copy", target, "back.db")
    assert (code, "back.db 已存在，不是没有抄完的副本，不会覆盖" in message) == (1, True)
    code, message = paper.fails("db", "copy", paper.url, paper.url)
    assert (code, "已存在，不是没有抄完的副本，不会覆盖" in message) == (1, True)
    folder_of(paper.folder / "third.db").mkdir()
    code, message = paper.fails("db", "copy", target, "third.db")
    assert (code, "third.db.files 已存在，不会覆盖" in message) == (1, True)
    assert not (paper.folder / "third.db").exists()


def half(source: Store, url: str) -> None:
    """Copy the first entries only."""
    with closing(open_replica(url)) as replica, replica.writing():
        copying._put_some(source, replica, 5)


@pytest.mark.parametrize("on_server", [True, False])
def test_half_a_copy_of_another_ledger_is_refused(
    paper: Paper, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, on_server: bool
) -> None:
    """A copy is not gone on with from another ledger than it was begun from."""
    (tmp_path / "stranger").mkdir()
    with monkeypatch.context() as patch:
        stranger = Bureau(tmp_path / "stranger", patch).founded()
    to = target if on_server else str(paper.folder / "half.db")
    with closing(open_store(stranger.url)) as store:
        half(store, to)
    code, message = paper.fails("db", "copy", paper.url, to)
    assert (code, "里的第 1 条记录和来源的不同，不是它的副本" in message) == (1, True), message
    assert paper.run("list", "--db", to).exit_code == 3


def test_more_than_the_source_has_is_refused(paper: Paper, target: str) -> None:
    """Half a copy that has more entries than the source is not of it."""
    with closing(open_store(paper.url)) as store:
        half(store, target)
    with paper.sql() as database:
        database.execute("DELETE FROM entry WHERE idx > 3")
    code, message = paper.fails("db", "copy", paper.url, target)
    assert (code, "里有 5 条记录，比来源的 3 条还多，不是它的副本" in message) == (1, True), message


DAMAGE = {
    "an entry's bytes": "来源的第 7 条记录缺失或被改动，不能照抄",
    "an entry gone": "来源的第 7 条记录缺失或被改动，不能照抄",
    "an entry's hash": "来源的第 7 条记录缺失或被改动，不能照抄",
    "bytes that are no entry": "台账中有一条记录已损坏",
    "an entry that says nothing": "来源的记录有读不懂的，不能照抄",
    "a definition": "已发布的流程 visit（",
    "a definition gone": "已发布的流程 visit（",
    "a material": "… 被改动，不能照抄",
    "a material emptied": "… 被改动，不能照抄",
}


def damage(paper: Bureau, what: str) -> None:
    """Damage an office."""
    with paper.sql() as database:
        if what == "an entry's bytes":
            database.execute("UPDATE entry SET body = ? WHERE idx = 7", (b"{}",))
        elif what == "an entry gone":
            database.execute("DELETE FROM entry WHERE idx = 7")
        elif what == "an entry's hash":
            database.execute("UPDATE entry SET hash = ? WHERE idx = 7", ("0" * 64,))
        elif what == "bytes that are no entry":
            words = "UPDATE entry SET body = ?, hash = ? WHERE idx = 7"
            database.execute(words, (b"{}", hash_of(b"{}")))
        elif what == "a definition":
            words = "UPDATE definition SET body = ? WHERE kind = 'workflow'"
            database.execute(words, (b"x",))
        elif what == "a definition gone":
            database.execute("DELETE FROM definition WHERE kind = 'workflow'")
    if what == "an entry that says nothing":
        forged("case_opened", lambda body: body["intent"].update(data={}))(paper)
    elif what == "a material":
        paper.home.spoil(paper.path)
    elif what == "a material emptied":
        paper.home.put(paper.path, min(paper.home.kept(paper.path)), b"")


@pytest.mark.parametrize("what", DAMAGE)
@pytest.mark.parametrize("on_server", [False, True])
def test_a_damaged_source_is_refused(
    paper: Paper, target: str, server: Server, what: str, *, on_server: bool
) -> None:
    """What is damaged is told for what it is: exit 3, and what there is of the copy opens for
    nobody.
    """
    source: Bureau = paper
    to = target
    if on_server:
        home = ServerHome(server)
        source = elsewhere(paper, paper.folder)
        source.home = home
        paper.do("db", "copy", paper.url, source.url)
        to = str(paper.folder / "back.db")
    try:
        damage(source, what)
        code, message = paper.fails("db", "copy", source.url, to)
        assert code == 3
        assert DAMAGE[what] in message
        assert "程序内部出错" not in message
        assert paper.run("list", "--db", to).exit_code == 3
    finally:
        if on_server:
            home.clear()


@pytest.mark.parametrize("home", ["file", "server"], indirect=True)
def test_a_source_may_be_written_to_meanwhile(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    """Officers go on while it is copied: the copy is the ledger as it was at one moment, to its
    last entry, and audits clean.
    """
    (tmp_path / "office").mkdir()
    bureau = Bureau(tmp_path / "office", monkeypatch, home).walked()
    database = server.new_database()
    to = server.url(database) if home.in_files else str(tmp_path / "copy.db")
    stop, wrong = threading.Event(), []
    slowly = copying._put_some
    monkeypatch.setattr(copying, "_CHUNK", 10)

    def unhurried(*args: Any) -> int:
        time.sleep(0.02)
        return slowly(*args)

    def work() -> None:
        count = 0
        while not stop.is_set():
            count += 1
            words = ("set", "KC-2026-003", f"area={count % 500 + 1}", "--on", "2026-09-29")
            result = bureau.run(*words, by="bureau01")
            if result.exit_code:
                wrong.append(result.output)

    monkeypatch.setattr(copying, "_put_some", unhurried)
    writer = threading.Thread(target=work)
    before = int(audited(bureau, bureau.url).split(":")[0])
    writer.start()
    try:
        with (
            closing(open_store(bureau.url, readonly=True)) as source,
            closing(open_replica(to)) as replica,
        ):
            made = copy(source, replica, lambda *_: None)
    finally:
        stop.set()
        writer.join()
    assert wrong == []
    assert made.entries > before
    assert audited(bureau, to) == made.checkpoint
    assert bureau.run("audit", "--since", made.checkpoint).exit_code == 0
    server.drop(database)


# Backups.


def test_a_backup_of_a_server_is_restored_to_either(
    paper: Paper, target: str, server: Server
) -> None:
    """A backup made from a server is the same kind of file: it is restored into a file and into
    another database, and not over one that is there.
    """
    paper.do("db", "copy", paper.url, target)
    checkpoint = audited(paper, target)
    paper.do("backup", "备份.tar", "--db", target)
    paper.do("open", "visit", "--set", "name=备份之后", "--db", target, by="bureau01")
    paper.do("restore", "备份.tar", "--db", "restored.db")
    database = server.new_database()
    other = server.url(database)
    try:
        said = paper.do("restore", "备份.tar", "--db", other)
        assert said.startswith("已恢复到 postgresql://root@/")
        for url in (other, "restored.db"):
            assert audited(paper, url) == checkpoint
            assert materials(url) == materials(target)
        code, message = paper.fails("restore", "备份.tar", "--db", target)
        assert (code, "里已有台账，不会覆盖" in message) == (1, True)
    finally:
        server.drop(database)
    (paper.folder / "备份.tar").write_bytes((paper.folder / "备份.tar").read_bytes()[:5000])
    database = server.new_database()
    try:
        code, message = paper.fails("restore", "备份.tar", "--db", server.url(database))
        assert (code, "请换一份备份" in message) == (1, True)
        assert "库里还没有台账（" in paper.fails("list", "--db", server.url(database))[1]
    finally:
        server.drop(database)


def test_the_same_file_uploaded_by_many_at_once_is_kept_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server_home: ServerHome
) -> None:
    """Officers who attach the same bytes at the same moment all succeed."""
    bureau = Bureau(tmp_path, monkeypatch, server_home).founded()
    (tmp_path / "a.bin").write_bytes(os.urandom(3 << 20))
    wrong: list[BaseException] = []
    together = threading.Barrier(6)

    def upload() -> None:
        try:
            with closing(open_store(bureau.url)) as store:
                together.wait()
                store.files.keep_file(tmp_path / "a.bin", most_bytes=1 << 30)
        except BaseException as error:  # noqa: BLE001 - whatever a thread dies of is to be seen
            wrong.append(error)

    threads = [threading.Thread(target=upload) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    (kept,) = bureau.home.kept(bureau.path).values()
    assert kept == (tmp_path / "a.bin").read_bytes()
