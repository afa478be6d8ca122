"""`doctor`: how the database is kept, and the command that mends what is not safe."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ledger_office import Bureau

from lifecycle.ledger.sqlite import driver, health
from lifecycle.ledger.sqlite.by_sqlite3 import StandardLibrary


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """Give an office with one case and one material."""
    made = Bureau(tmp_path, monkeypatch).founded()
    made.opened(name="甲")
    made.write("a.pdf", b"%PDF-1.4 x")
    return made


class Usage(NamedTuple):
    """What a disk says of itself."""

    total: int
    used: int
    free: int


def codes(answer: Any) -> list[str]:
    """Give the codes of what was found."""
    return [finding["code"] for finding in answer["findings"]]


def test_a_well_kept_database_is_told_as_it_is(bureau: Bureau) -> None:
    """Library, settings, sizes and modes are those that there are; exit 0."""
    answer = bureau.asks("doctor")
    found = driver.library()
    assert answer["sqlite"] == {
        "library": found.name,
        "version": found.version,
        "wal_bug_fixed": driver.is_fixed(found.version),
        "journal_mode": driver.safe_journals(found, on_network=False)[0],
        "synchronous": 2,
    }
    assert (answer["ok"], answer["findings"]) == (True, [])
    assert (answer["readonly"], answer["network"]) == (False, None)
    assert answer["bytes"]["database"] == bureau.path.stat().st_size
    assert answer["modes"][0] == {"file": bureau.path.name, "mode": "-rw-------"}
    assert "没有发现问题\n" in bureau.do("doctor")


def test_a_library_with_the_bug_is_told(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the log would not be safe, it says so, and that a rollback journal is used: safe."""

    class Old(StandardLibrary):
        version = "3.40.1"

    monkeypatch.setattr(driver, "library", Old)
    answer = bureau.asks("doctor")
    assert (answer["ok"], answer["sqlite"]["wal_bug_fixed"]) == (True, False)
    assert answer["sqlite"]["journal_mode"] == "truncate"
    assert "有 WAL 缺陷，因此不用预写日志" in bureau.do("doctor")


@pytest.mark.skipif(os.name == "nt", reason="no modes there")
def test_what_others_can_read_is_mended_by_the_command_given(bureau: Bureau) -> None:
    """A database open to all is found; the command that is told closes it."""
    bureau.path.chmod(0o644)
    result = bureau.run("doctor")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    (mend,) = [line.split("改法：")[1] for line in lines if line.startswith("  改法：")]
    assert mend.startswith("chmod -R go= ")
    subprocess.run(mend, shell=True, check=True, cwd=bureau.folder)
    assert bureau.asks("doctor")["findings"] == []


@pytest.mark.skipif(os.name == "nt", reason="no modes there")
def test_what_the_group_of_a_shared_folder_cannot_use_is_found(bureau: Bureau) -> None:
    """In a folder that a group shares, a file closed to it keeps its officers out."""
    folder = bureau.path.absolute().parent
    folder.chmod(0o2770)
    answer = bureau.asks("doctor")
    assert (answer["ok"], codes(answer)) == (False, ["mode"])
    assert "该组用不了" in answer["findings"][0]["message"]
    folder.chmod(0o777)
    answer = bureau.asks("doctor")
    assert [finding["mend"] for finding in answer["findings"]] == [f"chmod o-w {folder}"]


def test_a_disk_without_room_is_found(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """There must be room for one more copy, which an upgrade makes."""
    size = bureau.path.stat().st_size
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(size, size, size - 1))
    answer = bureau.asks("doctor")
    assert codes(answer) == ["space"]


def test_a_network_drive_is_found(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database on a network drive is told with the way off it."""
    monkeypatch.setattr(health, "network_of", lambda _path: "nfs4")
    answer = bureau.asks("doctor")
    assert (answer["network"], codes(answer)) == ("nfs4", ["network"])
    assert "lifecycle backup" in answer["findings"][0]["mend"]


def test_a_schema_that_is_not_ours_is_found(bureau: Bureau) -> None:
    """What is too much in the database is named."""
    with bureau.sql() as opened:
        opened.execute("CREATE TABLE extra (x)")
    answer = bureau.asks("doctor")
    assert [finding["message"] for finding in answer["findings"]] == ["多出表 extra"]


def test_what_cannot_be_examined_is_not_called_sound(bureau: Bureau) -> None:
    """A database that cannot be opened is exit 3."""
    bureau.path.write_bytes(b"PK\3\4" * 500)
    code, message = bureau.fails("doctor")
    assert (code, "数据库已损坏，或不是本系统的数据库" in message) == (3, True)
