"""Backup and restore: consistent while officers work, checked before anything is put back, never
over what is there.
"""

from __future__ import annotations

import io
import json
import tarfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from ledger_office import Bureau


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """Give an office with a history."""
    return Bureau(tmp_path, monkeypatch).walked()


def test_what_is_restored_is_what_was_backed_up(bureau: Bureau) -> None:
    """A restored office has every entry and every material: the audit is clean and its checkpoint
    the same.
    """
    before = bureau.checkpoint()
    assert bureau.do("backup", "备份.tar").startswith("已备份到 备份.tar：2 个文件，")
    bureau.opened(name="备份之后", on="2026-09-29")
    told = bureau.do("restore", "备份.tar", "--db", "sqlite:///新/office.db")
    assert told == "已恢复到 新/office.db：2 个文件。请接着运行 lifecycle audit\n"
    bureau.path = bureau.folder / "新" / "office.db"
    assert bureau.checkpoint() == before
    assert bureau.opened(name="接着办", on="2026-09-29") == "KC-2026-004"
    assert {p.name for p in bureau.path.parent.iterdir()} == {
        "office.db",
        "office.db.files",
        "office.db.queue",
    }


def test_a_backup_is_of_one_moment_while_officers_work(bureau: Bureau) -> None:
    """Entries made during the backup are in it whole or not at all."""
    stop = threading.Event()
    count = [0]

    def work() -> None:
        while not stop.is_set():
            bureau.do(
                "set",
                "KC-2026-003",
                f"area={count[0] % 500 + 1}",
                "--on",
                "2026-09-29",
                by="bureau01",
            )
            count[0] += 1

    writer = threading.Thread(target=work)
    writer.start()
    try:
        for number in range(5):
            while writer.is_alive() and count[0] <= number:
                time.sleep(0.001)
            bureau.do("backup", f"{number}.tar")
    finally:
        stop.set()
        writer.join()
    assert count[0] >= 5
    for number in range(5):
        bureau.do("restore", f"{number}.tar", "--db", f"r{number}/office.db")
        bureau.path = bureau.folder / f"r{number}" / "office.db"
        assert bureau.findings() == []


def test_nothing_is_overwritten(bureau: Bureau) -> None:
    """Neither a file that is there nor a database that is there is written over."""
    bureau.do("backup", "备份.tar")
    assert bureau.fails("backup", "备份.tar") == (
        1,
        "备份.tar 已存在，不会覆盖\n  改法：请换一个文件名\n",
    )
    code, message = bureau.fails("restore", "备份.tar")
    assert (code, "已存在，不会覆盖" in message) == (1, True)
    assert bureau.fails("backup", "没有/备份.tar")[0] == 1
    bureau.path.rename(bureau.folder / "moved.db")
    assert bureau.fails("restore", "备份.tar")[0] == 1, "the materials are still there"


@pytest.mark.parametrize("link", ["neu.db", "neu.db.files"])
@pytest.mark.parametrize("aim", ["aim", "missing"])
def test_nothing_is_put_where_a_link_leads(bureau: Bureau, link: str, aim: str) -> None:
    """A link is no place for a backup, a restored database, its materials, a new database, an
    export or a report, whether it leads to a file or nowhere; where it leads stays as it was.
    """
    bureau.do("backup", "备份.tar")
    (bureau.folder / "aim").write_bytes(b"theirs")
    (bureau.folder / link).symlink_to(bureau.folder / aim)
    told = f"{link} 是符号链接，不会写到它所指的地方\n"
    mend = "  改法：请用 --db 指定一个新的位置，或先移走原来的\n"
    assert bureau.fails("restore", "备份.tar", "--db", "neu.db") == (1, told + mend)
    for command in (
        ("backup", link),
        ("list", "--csv", link),
        ("audit", "--report", link),
        *((("init",),) if link == "neu.db" and aim == "missing" else ()),
    ):
        given = (*command, "--db", link) if command == ("init",) else command
        code, message = bureau.fails(*given)
        assert (code, message.startswith(told)) == (1, True), message
    assert (bureau.folder / "aim").read_bytes() == b"theirs"
    assert not (bureau.folder / "missing").exists()
    assert (bureau.folder / link).is_symlink()


def test_a_journal_left_behind_is_not_played_into_what_is_restored(bureau: Bureau) -> None:
    """SQLite would roll another database's journal back into the restored one; it is refused
    instead.
    """
    bureau.do("backup", "备份.tar")
    bureau.write("新.db-journal", b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\0" * 600)
    code, message = bureau.fails("restore", "备份.tar", "--db", "新.db")
    assert (code, "新.db-journal" in message) == (1, True)


def _cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def _flip(raw: bytes) -> bytes:
    place = raw.index(b"SQLite format 3") + 5000
    return raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]


def _repacked(change: Callable[[dict[str, bytes]], object]) -> Callable[[bytes], bytes]:
    def damage(raw: bytes) -> bytes:
        with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
            files = {m.name: (tar.extractfile(m) or io.BytesIO()).read() for m in tar.getmembers()}
        change(files)
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as tar:
            for name, body in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(body)
                tar.addfile(info, io.BytesIO(body))
        return out.getvalue()

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        _cut,
        _flip,
        lambda _raw: b"",
        lambda _raw: b"not a tar" * 200,
        _repacked(lambda files: files.pop("MANIFEST.json")),
        _repacked(
            lambda files: files.pop(next(name for name in files if name.startswith("files/")))
        ),
        _repacked(lambda files: files.update({"files/aa/extra": b"x"})),
        _repacked(lambda files: files.update({"MANIFEST.json": b"[]"})),
        _repacked(lambda files: files.update({"MANIFEST.json": json.dumps({}).encode()})),
        _repacked(lambda files: files.update({"../escape": b"x"})),
    ],
    ids=[
        "cut",
        "flip",
        "empty",
        "junk",
        "no list",
        "file gone",
        "file more",
        "list wrong",
        "list empty",
        "escape",
    ],
)
def test_a_damaged_backup_is_not_restored(bureau: Bureau, damage: Callable[[bytes], bytes]) -> None:
    """What does not agree with its own list is refused, and nothing is left behind."""
    bureau.do("backup", "备份.tar")
    path = bureau.folder / "备份.tar"
    path.write_bytes(damage(path.read_bytes()))
    code, message = bureau.fails("restore", "备份.tar", "--db", "新/office.db")
    assert code == 1
    assert "请换一份备份" in message
    assert list((bureau.folder / "新").iterdir()) == []
    assert not (bureau.folder / "escape").exists()


def test_a_missing_backup_is_told(bureau: Bureau) -> None:
    """A name that no file bears is told as that."""
    assert bureau.fails("restore", "没有.tar", "--db", "新.db") == (
        1,
        "备份文件 没有.tar 不存在\n  改法：请核对路径\n",
    )
