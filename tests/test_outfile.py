"""A file that somebody names: written whole, never over what is not the program's own, nowhere in
the ledger.
"""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from ledger_office import Bureau

import lifecycle
from lifecycle import outfile
from lifecycle.errors import InvalidError, UnavailableError
from lifecycle.outfile import REGISTER, check_place, new_file, write_file

OTHER = "请换一个文件名，或自己先移走原来的"


def refused(target: Path, body: bytes = b"new", kind: str = "清单") -> tuple[str, str]:
    """Give message and mend of a writing that must be refused."""
    with pytest.raises(InvalidError) as error:
        write_file(target, body, kind)
    return error.value.message, error.value.mend


def own(message: str) -> str:
    """Complete the refusal of a file that is not the program's own."""
    return f"{message} 已存在，不是本程序存出的清单，或存出后被改动过，不会覆盖"


def test_the_program_replaces_its_own_export(tmp_path: Path) -> None:
    """C1: what was written there before is replaced, as often as wanted, and nothing else is left
    in the folder.
    """
    target = tmp_path / "清单.csv"
    for body in (b"one", b"two", b"two", b"one"):
        write_file(target, body, "清单")
        assert target.read_bytes() == body
    assert sorted(path.name for path in tmp_path.iterdir()) == [REGISTER, "清单.csv"]


@pytest.mark.parametrize("body", [b"", b"somebody's", "编号,名称\r\n".encode("utf-8-sig")])
def test_a_file_of_somebody_else_is_not_replaced(tmp_path: Path, body: bytes) -> None:
    """C1: an empty file, any file, even a table that looks like ours stays as it is, with what to
    do instead.
    """
    target = tmp_path / "a.csv"
    target.write_bytes(body)
    assert refused(target) == (own(f"{target}"), OTHER)
    assert target.read_bytes() == body
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_an_export_that_was_edited_is_not_replaced(tmp_path: Path) -> None:
    """C1: what an officer changed in an export is not the program's own any more."""
    target = tmp_path / "a.csv"
    write_file(target, b"one", "清单")
    target.write_bytes(b"one, with a remark")
    assert refused(target) == (own(f"{target}"), OTHER)
    assert target.read_bytes() == b"one, with a remark"


def test_an_export_of_another_kind_is_not_replaced(tmp_path: Path) -> None:
    """C1: a report does not replace a table, though both are the program's."""
    target = tmp_path / "a.csv"
    write_file(target, b"table", "清单")
    message = f"{target} 已存在，不是本程序存出的审计报告，或存出后被改动过，不会覆盖"
    assert refused(target, kind="审计报告") == (message, OTHER)
    assert target.read_bytes() == b"table"


def test_the_same_bytes_are_no_change(tmp_path: Path) -> None:
    """What is there already, byte for byte, is left alone, whoever wrote it."""
    target = tmp_path / "a.txt"
    target.write_bytes(b"same")
    before = target.stat()
    write_file(target, b"same", "公文")
    assert target.stat() == before


def test_only_plain_files_are_written(tmp_path: Path) -> None:
    """C1: no device, pipe, folder, and nothing that a symbolic link points to, be it
    there or not.
    """
    device, pipe, folder = Path("/dev/full"), tmp_path / "pipe", tmp_path / "folder"
    os.mkfifo(pipe)
    folder.mkdir()
    (tmp_path / "aim").write_bytes(b"aim")
    (tmp_path / "link").symlink_to(tmp_path / "aim")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    assert refused(device) == ("/dev/full 是设备或管道，不是普通文件", "请换一个文件名")
    assert refused(pipe) == (f"{pipe} 是设备或管道，不是普通文件", "请换一个文件名")
    assert refused(folder) == (f"{folder} 是文件夹，不是文件", "请换一个文件名")
    for name in ("link", "nowhere"):
        assert refused(tmp_path / name) == (
            f"{tmp_path / name} 是符号链接，不会写到它所指的地方",
            OTHER,
        )
    assert (tmp_path / "aim").read_bytes() == b"aim"
    assert not (tmp_path / "missing").exists()


def test_a_database_and_what_belongs_to_it_is_no_target(tmp_path: Path) -> None:
    """C1: the database, the names it uses, all in its materials' folder are refused, also by way of
    a link.
    """
    database = tmp_path / "a.db"
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("CREATE TABLE t (x)")
    shelf = tmp_path / "a.db.files" / "ab"
    shelf.mkdir(parents=True)
    (tmp_path / "way").symlink_to(shelf)
    assert refused(database) == (f"{database} 是数据库，不会覆盖", "请换一个文件名")
    for name in (
        "a.db-journal",
        "a.db-wal",
        "a.db-shm",
        "a.db.queue",
        "a.db.files",
        "a.db.v1",
        "a.db.12.new",
        "a.db.delivery.yaml",
        "a.db.DELIVERY.YAML",
    ):
        told = f"{tmp_path / name} 是数据库 a.db 自己用的文件名"
        assert refused(tmp_path / name) == (told, "请换一个文件名")
    for target in (shelf / "x.csv", shelf.parent / "x.csv", tmp_path / "way" / "x.csv"):
        told = f"{target} 在台账的材料文件夹 a.db.files 里，不能写到这里"
        assert refused(target) == (told, "请换一个文件夹")
    database.unlink()
    with pytest.raises(InvalidError, match="材料文件夹"):
        check_place(shelf / "x.csv")
    assert (
        refused(tmp_path / REGISTER)[0] == f"{tmp_path / REGISTER} 是存出文件的登记，不能写到这里"
    )


def test_a_failed_writing_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is told as that; the earlier export stands and no draft is left."""
    target = tmp_path / "a.csv"
    write_file(target, b"one", "清单")

    def full(_path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(outfile, "sync_file", full)
    with pytest.raises(UnavailableError) as error:
        write_file(target, b"two", "清单")
    assert error.value.message == f"清单 {target} 存不了：磁盘已满"
    assert target.read_bytes() == b"one"
    assert sorted(path.name for path in tmp_path.iterdir()) == [REGISTER, "a.csv"]


def overtaken(target: Path, act: Callable[[], object]) -> str:
    """Give the refusal of a writing during which somebody else does something to the target."""

    def write() -> None:
        with new_file(target, "清单") as draft:
            draft.write_bytes(b"ours")
            act()

    with pytest.raises(InvalidError) as error:
        write()
    return error.value.message


def test_who_comes_second_replaces_nothing(tmp_path: Path) -> None:
    """A file that somebody makes or changes while ours is written stays."""
    target = tmp_path / "a.csv"
    theirs = tmp_path / "theirs"
    told = overtaken(target, lambda: target.write_bytes(b"theirs"))
    assert (told, target.read_bytes()) == (f"{target} 刚刚被别人建立，没有覆盖", b"theirs")
    target.unlink()
    write_file(target, b"ours", "清单")
    theirs.write_bytes(b"theirs")
    told = overtaken(target, lambda: theirs.replace(target))
    assert (told, target.read_bytes()) == (f"{target} 刚刚被别人改动，没有覆盖", b"theirs")


def test_a_file_system_without_links_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On FAT a new file is put in place without a hard link, and still over nothing."""

    def none(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    one, other = tmp_path / "a.csv", tmp_path / "b.csv"
    write_file(one, b"one", "清单")
    assert one.read_bytes() == b"one"
    told = overtaken(other, lambda: other.write_bytes(b"theirs"))
    assert (told, other.read_bytes()) == (f"{other} 刚刚被别人建立，没有覆盖", b"theirs")


def test_a_register_that_is_not_ours_is_told(tmp_path: Path) -> None:
    """A file that bears the register's name by chance is neither read as one nor written to."""
    (tmp_path / REGISTER).write_bytes(b"mine")
    assert refused(tmp_path / "a.csv") == (
        f"{tmp_path / REGISTER} 不是本程序的登记文件",
        "请先移走该文件",
    )
    assert (tmp_path / REGISTER).read_bytes() == b"mine"


# Every command that writes what somebody names.


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """Give an office with a history."""
    return Bureau(tmp_path, monkeypatch).walked()


COMMANDS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "csv": lambda file: ("list", "--csv", file),
    "xlsx": lambda file: ("list", "--xlsx", file),
    "txt": lambda file: ("audit", "--report", file),
    "json": lambda file: ("audit", "--report", file),
    "svg": lambda file: ("workflow", "graph", "visit", "-o", file),
    "mmd": lambda file: ("workflow", "graph", "visit", "-o", file),
    "dot": lambda file: ("workflow", "graph", "visit", "-o", file),
    "tar": lambda file: ("backup", file),
}


@pytest.mark.parametrize("suffix", COMMANDS)
def test_no_command_writes_over_what_is_not_its_own(bureau: Bureau, suffix: str) -> None:
    """C1: each command leaves a foreign file, a link and the ledger's files alone, and writes its
    own again.
    """
    command = COMMANDS[suffix]
    for name in ("theirs", "link"):
        (bureau.folder / "aim").write_bytes(b"theirs")
        target = bureau.folder / f"{name}.{suffix}"
        target.symlink_to("aim") if name == "link" else target.write_bytes(b"theirs")
        code, message = bureau.fails(*command(target.name))
        assert (code, target.read_bytes(), message.startswith(target.name)) == (1, b"theirs", True)
    material = next(bureau.path.with_name("office.db.files").glob("??/*"))
    code, message = bureau.fails(*command(f"{material.parent}/x.{suffix}"))
    assert (code, "在台账的材料文件夹 office.db.files 里" in message) == (1, True)
    bureau.do(*command(f"ours.{suffix}"))
    if suffix == "tar":
        told = "ours.tar 已存在，不会覆盖\n  改法：请换一个文件名\n"
        assert bureau.fails(*command("ours.tar")) == (1, told)
    else:
        bureau.do(*command(f"ours.{suffix}"))
    assert bureau.findings() == []


@pytest.mark.parametrize(
    "target", ["office.db", "office.db-wal", "office.db.queue", "/dev/full", "material"]
)
def test_a_report_never_goes_over_the_ledger(bureau: Bureau, target: str) -> None:
    """C1: an audit's report, whose name may be any, leaves database, journal, queue, material and
    devices alone.
    """
    if target == "material":
        target = str(next(bureau.path.with_name("office.db.files").glob("??/*")))
    before = Path(target).read_bytes() if target not in ("/dev/full", "office.db-wal") else b""
    code, message = bureau.fails("audit", "--report", target)
    assert (code, message.split()[0], "\n  改法：请换一个文件" in message) == (1, target, True)
    if target == "office.db-wal":
        assert not Path(target).exists()
    elif target != "/dev/full":
        assert Path(target).read_bytes() == before
    assert bureau.findings() == []


def test_no_office_is_founded_in_another_ones_files(bureau: Bureau) -> None:
    """C1: `init` and `restore` make no database among materials or under a name that another one
    uses.
    """
    bureau.do("backup", "a.tar")
    for words in (("init",), ("restore", "a.tar")):
        for place, told in (
            ("office.db.files/x.db", "材料文件夹"),
            ("office.db-wal", "自己用的文件名"),
        ):
            code, message = bureau.fails(*words, "--db", place)
            assert (code, told in message) == (1, True)
    assert bureau.findings() == []


# No other door.

_WRITES = re.compile(
    r"""\.write_text\(|\.write_bytes\(|(?:\.|\b)open\([^)\n]*["'](?:[wxa]b?\+?|r\+b?)["']|\bos\.open\(|\.save\("""
    r"""|ZipFile\([^)\n]*"w"|tarfile\.open\([^)\n]*"w"|\.replace\((?:path|target|place|copy|database|folder_of)\b"""
    r"""|shutil\.(?:copy|move)|\.rename\(|\.backup\(|NamedTemporaryFile|mkstemp|\bfdopen\("""
)
ALLOWED = {
    "outfile.py": "is the one writer",
    "sharing.py": "creates the empty files that the writer and the ledger fill",
    "ledger/folder.py": "materials: named by their SHA-256, healed by writing them again",
    "ledger/sqlite/database.py": "the database and its copy before an upgrade: SQLite writes them",
    "ledger/sqlite/by_apsw.py": "copies the database into an empty file: SQLite writes it",
    "ledger/sqlite/by_sqlite3.py": "likewise",
    "ledger/sql/compiling.py": "writes text.py: the maker's tool, not an officer's",
    "ledger/sqlite/queue.py": "the lock file: opened, never written",
    "ledger/copies/backup.py": "fills a draft of the writer; unpacks into a folder of its own",
    "exchange/tables.py": "fills the draft that the writer gave",
    "exchange/workbook.py": "fills the draft that the writer gave",
    "letter/docx/package.py": "into memory",
    "letter/images/pictures.py": "into memory",
    "delivery/folder.py": "sendings: whole folders into a channel's folder, never over anything",
    "cli/terminal/locale/msgfmt.py": "compiles the catalogue of messages: the maker's tool, not an "
    "officer's",
    "cli/terminal/failure.py": "the program's own log, appended to; and /dev/null",
    "client.py": "opens what it sends, to read",
    "service/scratch.py": "the lock file of a service's own folder: which socket it is of",
    "service/server.py": "a large request, until a worker has taken it",
    "service/worker.py": "what a caller sent and is to get, in a folder for one command",
    "cage.py": "/dev/null, for a caged process",
    "office/scenarios/trial_office.py": "materials of scenarios, in a folder made for one run",
}


def test_there_is_no_other_writer() -> None:
    """C1: outside of a short list, each with its reason, nothing in the package opens a file to
    write.
    """
    package = Path(lifecycle.__file__).parent
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if any(
            _WRITES.search(line) and not line.lstrip().startswith("def ")
            for line in path.read_text().splitlines()
        )
    }
    assert found == set(ALLOWED)
