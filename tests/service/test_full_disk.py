"""A service whose disk is full: nothing is done by halves, and callers are told what is."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import Served, serving
from small_disks import fill, small_disk

pytestmark = pytest.mark.slow


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give services a small temporary folder; its path is short, for Python's sockets lie there."""
    made = Path(tempfile.mkdtemp(prefix="lc-"))
    with small_disk(made, 4):
        monkeypatch.setenv("TMPDIR", str(made))
        monkeypatch.setattr(tempfile, "tempdir", None)
        yield made
    made.rmdir()


def see_clean(served: Served) -> None:
    """Audit the file itself."""
    audit = served.on_the_file("audit")
    assert audit.returncode == 0, audit.stdout


def test_a_file_that_finds_no_room_is_refused(temporary: Path, tmp_path: Path) -> None:
    """Where the temporary folder of the service is full, a large file is refused, as it comes in
    or as it is taken out of the message: nothing is done, and the service goes on.
    """
    with serving(tmp_path) as served:
        served.do("open", "visit", "--set", "name=剑瓷")
        (served.desk / "报告.pdf").write_bytes(b"x" * 300_000)
        for leave in (100_000, 400_000):  # once, but not twice
            filler = fill(temporary, leave=leave)
            done = served.call("attach", "剑瓷", "report", "报告.pdf")
            assert (done.returncode, done.stdout) == (3, "")
            assert done.stderr == (
                "服务放不下送来的文件（磁盘已满），没有办理\n  改法：请管理员检查服务的磁盘\n"
            )
            assert served.call("list").returncode == 0
            filler.unlink()
        served.do("attach", "剑瓷", "report", "报告.pdf")
        see_clean(served)


def test_a_database_that_finds_no_room_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk of the database is full, an act is refused and nothing is written; with room
    again, all goes on, and the same request has one effect.
    """
    (tmp_path / "data").mkdir()
    with small_disk(tmp_path / "data", 8), serving(tmp_path) as served:
        served.do("open", "visit", "--set", "name=剑瓷")
        (served.desk / "报告.pdf").write_bytes(b"x" * 300_000)
        filler = fill(served.data, leave=0)
        attach = ("attach", "剑瓷", "report", "报告.pdf", "--request-id", "full-1")
        done = served.call(*attach)
        assert (done.returncode, done.stdout) == (3, "")
        assert "磁盘已满" in done.stderr
        assert served.asks("show", "剑瓷")["seq"] == 1
        filler.unlink()
        served.do(*attach)
        served.do(*attach)
        assert served.asks("show", "剑瓷")["seq"] == 2
        see_clean(served)


def test_an_answer_that_finds_no_room_says_that_it_was_done(
    temporary: Path, tmp_path: Path
) -> None:
    """Where all is done but what it prints finds no room, the caller is told so, and by which
    number to look it up: not that nobody knows, nor that it was refused.
    """
    with serving(tmp_path) as served:
        lines = "".join(f"项目{number}\n" for number in range(1500))
        (served.desk / "many.csv").write_text(f"name\n{lines}", "utf-8")
        filler = fill(temporary, leave=40_000)
        done = served.call("open", "visit", "--from", "many.csv", "--request-id", "many-1")
        filler.unlink()
        assert (done.returncode, done.stdout) == (3, "")
        assert done.stderr == (
            "命令已经办完（退出码 0），但答复没能送出：磁盘已满\n"
            "  改法：写入的用 lifecycle log --request-id many-1 查看"
            "（成批的各件编号为 many-1:1、many-1:2……），不要重办\n"
        )
        assert served.on_the_file("log", "--request-id", "many-1:1500").returncode == 0
        see_clean(served)
