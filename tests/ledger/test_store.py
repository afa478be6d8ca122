"""One transaction is all or nothing, whatever fails; a command sent twice counts once; materials
are kept whole.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from homes import IN_A_FILE, Home
from ledger_office import Bureau
from outside import outside as opened_outside

from lifecycle.errors import ConflictError
from lifecycle.ledger.folder import FolderFiles, place_of
from lifecycle.ledger.opening import open_store
from lifecycle.ledger.record import hash_of
from lifecycle.ledger.sqlite import database, driver, queue
from lifecycle.ledger.store import Store

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Bureau:
    """Give an office just founded."""
    return Bureau(tmp_path, monkeypatch, home).founded()


@pytest.fixture
def store(bureau: Bureau) -> Iterator[Store]:
    """Give its store."""
    with closing(open_store(bureau.url)) as opened:
        yield opened


# Writing.


@contextmanager
def unprivileged(bureau: Bureau) -> Iterator[None]:
    """Take the right to write in the office's folder away, also from a superuser."""
    parents = [
        folder
        for folder in bureau.folder.parents
        if folder.stat().st_uid == os.getuid() and folder != Path("/")
    ]
    modes = {
        path: path.stat().st_mode for path in (*parents, *bureau.folder.iterdir(), bureau.folder)
    }
    for path in modes:
        path.chmod(0o755 if path in parents else 0o555 if path.is_dir() else 0o444)
    root = os.getuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for path, mode in modes.items():
            path.chmod(mode)


@IN_A_FILE
def test_a_read_only_database_can_be_read(bureau: Bureau) -> None:
    """Where nothing can be written, looking still works and writing says why not."""
    number = bureau.opened()
    shown = bureau.do("show", number)
    bureau.do("set", number, "area=3", "--dry-run", by="bureau01")
    with unprivileged(bureau):
        assert bureau.do("show", number) == shown
        code, message = bureau.fails("set", number, "area=3", by="bureau01")
    assert code == 3
    assert message.startswith("数据库不能写入：账户 ")
    assert bureau.findings() == []


def outside(bureau: Bureau, script: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    env = {**os.environ, "LIFECYCLE_DB": str(bureau.path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script, *args]
    return subprocess.run(
        command, env=env, capture_output=True, text=True, check=False, cwd=bureau.folder
    )


@IN_A_FILE
def test_a_lock_held_by_another_process_is_told(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When somebody else's tool holds the database, the officer is told after the wait: exit 3,
    nothing written.
    """
    monkeypatch.setattr(database, "WAIT_MS", 200)
    number = bureau.opened()
    with opened_outside(bureau.path) as other:
        other.execute("BEGIN IMMEDIATE")
        code, message = bureau.fails("set", number, "area=3", by="bureau01")
        assert code == 3
        assert message.startswith("数据库正忙，等候 30 秒仍未轮到")
    bureau.do("set", number, "area=3", by="bureau01")
    assert bureau.findings() == []


@IN_A_FILE
def test_a_stopped_writer_does_not_hold_others_for_ever(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that stopped in its turn is not waited for without end."""
    monkeypatch.setattr(queue, "WAIT_S", 0.3)
    number = bureau.opened()
    holder = (
        "import fcntl, os, sys, time\nhandle = os.open(sys.argv[1], os.O_RDWR)\n"
        "fcntl.flock(handle, fcntl.LOCK_EX); print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", holder, str(bureau.path) + ".queue"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            code, message = bureau.fails("set", number, "area=3", by="bureau01")
        finally:
            process.kill()
    assert code == 3
    assert "秒仍未完成，没有轮到" in message
    assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL
    bureau.do("set", number, "area=3", by="bureau01")


def test_a_full_disk_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full the command exits 3 and the database is what it was before; then it
    works again.
    """
    bureau = Bureau(tmp_path, monkeypatch)
    bureau.now = datetime.now(UTC) - timedelta(hours=1)  # the process goes by the machine's clock
    number = bureau.founded().opened()
    text = "长" * 9000
    script = (
        "import resource, signal, sys\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))\n"
        "from lifecycle.cli import main; sys.argv = ['lifecycle', *sys.argv[1:]]; main()"
    )
    before = bureau.checkpoint()
    result = outside(bureau, script, "set", number, f"tags={text}", "--as", "bureau01")
    assert result.returncode == 3, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert any(word in result.stderr for word in ("磁盘已满", "磁盘读写出错"))
    assert bureau.checkpoint() == before
    bureau.do("set", number, f"tags={text}", by="bureau01")
    assert bureau.findings(before) == []


def test_what_is_in_the_log_is_recorded_though_the_database_has_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit needs room in the log only; what is then told as done is there for the next."""
    bureau = Bureau(tmp_path, monkeypatch)
    bureau.now = datetime.now(UTC) - timedelta(hours=1)  # the process goes by the machine's clock
    number = bureau.founded().opened()
    size = bureau.path.stat().st_size
    if driver.safe_journals(driver.library(), on_network=False)[0] != "wal":
        pytest.skip("no SQLite here in which a write-ahead log is safe")
    script = (
        "import resource, signal, sys\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n"
        "from lifecycle.cli import main; sys.argv = ['lifecycle', *sys.argv[1:]]; main()"
    )
    result = outside(bureau, script, "set", number, f"tags={'长' * 9000}", "--as", "bureau01")
    assert result.returncode == 0, result.stdout + result.stderr
    assert bureau.path.with_name(bureau.path.name + "-wal").stat().st_size > 27_000
    bureau.now = datetime.now(UTC)
    assert bureau.asks("show", number)["seq"] == 2
    assert bureau.findings() == []
    assert not bureau.path.with_name(bureau.path.name + "-wal").exists()


@IN_A_FILE
def test_a_full_disk_keeps_half_a_material_from_counting(bureau: Bureau) -> None:
    """An upload that does not fit is told, leaves no entry and no half file."""
    number = bureau.opened()
    bureau.write("大.pdf", b"x" * 900_000)
    script = (
        "import resource, signal, sys\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500000, 500000))\n"
        "from lifecycle.cli import main; sys.argv = ['lifecycle', *sys.argv[1:]]; main()"
    )
    result = outside(bureau, script, "attach", number, "report", "大.pdf", "--as", "planning01")
    assert result.returncode == 3
    assert result.stderr.startswith("文件未能保存：")
    assert list((bureau.folder / "office.db.files").iterdir()) == []
    assert bureau.findings() == []


def test_a_transaction_is_all_or_nothing(store: Store) -> None:
    """An error within a transaction, of whatever kind, leaves nothing behind."""

    def write(*entries: tuple[int, str], stop: bool = False) -> None:
        with store.writing():
            for seq, eid in entries:
                store.append("c", seq, eid, b"{}", hash_of(b"{}"))
            if stop:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write((1, "e"), stop=True)
    assert store.entry("e") is None
    write((1, "e"))
    with pytest.raises(ConflictError, match="同一时刻已有另一条记录"):
        write((2, "e2"), (1, "e3"))
    assert store.entry("e2") is None


def test_a_part_of_a_transaction_is_undone_alone(store: Store) -> None:
    """What an error undoes within a part, also one that the database itself tells, leaves the rest
    of the transaction to be done; and only what is done counts as recorded.
    """

    def write(*entries: tuple[int, str], stop: bool = False) -> None:
        with store.apart():
            for seq, eid in entries:
                store.append("c", seq, eid, b"{}", hash_of(b"{}"))
            if stop:
                raise KeyboardInterrupt

    before = store.deeds.count
    with store.writing():
        write((1, "e"))
        with pytest.raises(KeyboardInterrupt):
            write((2, "e2"), (3, "e3"), stop=True)
        with pytest.raises(ConflictError, match="同一时刻已有另一条记录"):
            write((2, "e4"), (1, "e5"))
        write((2, "e6"))
    assert [eid for eid in ("e", "e2", "e3", "e4", "e5", "e6") if store.entry(eid)] == ["e", "e6"]
    assert store.deeds.count == before + 2


def test_a_reading_sees_one_moment(bureau: Bureau, store: Store) -> None:
    """What is read together belongs together; a writer waits so long."""
    number = bureau.opened()
    done = []
    with store.reading():
        first = store.last_index()
        writer = threading.Thread(
            target=lambda: done.append(bureau.run("set", number, "area=3", by="bureau01"))
        )
        writer.start()
        time.sleep(0.2)
        assert store.last_index() == first
    writer.join()
    assert done[0].exit_code == 0
    assert store.last_index() == first + 1


# Repeating a command.


def test_a_request_id_counts_once(bureau: Bureau) -> None:
    """The same command sent twice has one effect and the same answer; another one under its id is
    refused.
    """
    number = bureau.opened()
    args = ("set", number, "area=3", "--on", "2026-09-02", "--request-id", "r-1")
    first = bureau.asks(*args, by="bureau01")
    again = bureau.asks(*args, by="bureau01")
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert first["entry"] == again["entry"]
    assert bureau.fails("set", number, "area=4", "--request-id", "r-1", by="bureau01")[0] == 1
    code, message = bureau.fails("set", number, "area=3", "--request-id", "r-1", by="bureau02")
    assert (code, "已用于另一条指令" in message) == (1, True)
    assert len(bureau.asks("log", number)["entries"]) == 2


def test_a_request_id_covers_a_publication(bureau: Bureau) -> None:
    """A publication sent again under its id with other bytes is refused."""
    letter = (bureau.rules / "notices" / "closing.j2").read_text(encoding="utf-8")
    bureau.write("closing.j2", letter.replace("终止。", "终止办理。"))
    bureau.do("notice", "publish", "closing.j2", "--request-id", "p-1", by="admin")
    assert "与现行的相同" in bureau.do(
        "notice", "publish", "closing.j2", "--request-id", "p-1", by="admin"
    )
    bureau.write("closing.j2", letter.replace("终止。", "不再办理。"))
    assert (
        bureau.fails("notice", "publish", "closing.j2", "--request-id", "p-1", by="admin")[0] == 1
    )


@pytest.mark.parametrize("text", ["", "a b", "中文", "x" * 65])
def test_a_request_id_has_a_form(bureau: Bureau, text: str) -> None:
    """An id that could not be an entry's is refused."""
    number = bureau.opened()
    code, message = bureau.fails("set", number, "area=3", f"--request-id={text}", by="bureau01")
    assert code == 1
    assert "--request-id" in message


def test_a_clock_set_back_stops_the_recording(bureau: Bureau) -> None:
    """The log's order is that of its times, so nothing is recorded before the last
    entry: exit 3.
    """
    number = bureau.opened()
    bureau.now = bureau.now.replace(hour=0)
    code, message = bureau.fails("set", number, "area=3", "--on", "2026-09-02", by="bureau01")
    assert code == 3
    assert "系统时钟" in message


@pytest.mark.parametrize("name", ["\udcff", "a\0b", "\0"])
def test_a_name_that_no_database_can_hold_names_nothing(bureau: Bureau, name: str) -> None:
    """Half a character, as a wrong encoding gives it, and a NUL are told like any other name that
    nothing bears.
    """
    number = bureau.opened()
    for command in (("show", name), ("log", name), ("why", name, "to_siting"), ("replay", name)):
        code, message = bureau.fails(*command, by="bureau01")
        assert (code, message.startswith("没有事项“")) == (1, True), message
    found = bureau.run("log", "--request-id", name)
    assert (found.exit_code, "没有写入" in found.stdout) == (1, True), found.output
    assert bureau.run("set", number, f"name={name}", by="bureau01").exit_code == 1
    assert bureau.findings() == []


# Materials.


def test_an_upload_heals_a_damaged_copy(tmp_path: Path) -> None:
    """A material is kept by its content: the same file uploaded again replaces a damaged copy."""
    source = tmp_path / "a.pdf"
    source.write_bytes(b"content")
    file = FolderFiles(tmp_path / "x.db").keep_file(source, most_bytes=1 << 20)
    place_of(tmp_path / "x.db", file.sha256).write_bytes(b"damaged")
    assert FolderFiles(tmp_path / "x.db").check(file.sha256, file.size) == "文件内容被改动"
    FolderFiles(tmp_path / "x.db").keep_file(source, most_bytes=1 << 20)
    assert FolderFiles(tmp_path / "x.db").check(file.sha256, file.size) is None


def test_uploads_of_one_process_do_not_mix(tmp_path: Path) -> None:
    """Threads of one process upload at once, each its own file."""
    files = []
    for number in range(8):
        (tmp_path / f"{number}.bin").write_bytes(bytes([number]) * 3_000_000)

    def upload(number: int) -> None:
        files.append(
            FolderFiles(tmp_path / "x.db").keep_file(tmp_path / f"{number}.bin", most_bytes=1 << 30)
        )

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({file.sha256 for file in files}) == 8
    assert all(
        FolderFiles(tmp_path / "x.db").check(file.sha256, file.size) is None for file in files
    )
