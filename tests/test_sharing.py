"""Several officers on one file: the modes of all that a ledger makes, and what one is told whom a
mode keeps out.
"""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger_office import Bureau

import lifecycle
from lifecycle.errors import UnavailableError
from lifecycle.ledger.sqlite.database import copy_database, make
from lifecycle.ledger.sqlite.store import SqliteStore
from lifecycle.outfile import write_file
from lifecycle.sharing import barrier_to, folder_mode

ROOT = Path(lifecycle.__file__).parent.parent
GROUP, FIRST, SECOND, OUTSIDER = 41000, 41001, 41002, 41003
"""A group of two officers, and an account outside it; each has a first group of its own, as Debian
makes them.
"""
MANUAL = "设法见手册“多人共用一个库”（docs/handbook.md）"


@pytest.fixture(params=[0o000, 0o077], ids=["umask 000", "umask 077"])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run with the widest and with the narrowest umask."""
    before = os.umask(request.param)
    try:
        yield
    finally:
        os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    """Give the mode of everything in a folder, materials by `files` and `shelf`."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = "shelf" if len(path.name) == 2 else path.name
        found["material" if len(name) == 64 else name] = f"{stat.S_IMODE(path.stat().st_mode):o}"
    return found


def worked(bureau: Bureau, folder: Path) -> dict[str, str]:
    """Found an office in a folder, work in it, back it up and restore it; give the modes of what
    there is then.
    """
    bureau.path = folder / "office.db"
    bureau.walked()
    bureau.do("backup", f"{folder}/a.tar")
    found = modes(folder)
    bureau.do("restore", f"{folder}/a.tar", "--db", f"{folder}/b.db")
    restored = {name: mode for name, mode in modes(folder).items() if name.startswith("b.db")}
    return found | restored


@pytest.mark.usefixtures("umask")
def test_a_ledger_is_private_where_nothing_else_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C12: whatever the umask, files are 0600 and folders 0700, also those above the database that
    had to be made.
    """
    bureau = Bureau(tmp_path, monkeypatch)
    assert worked(bureau, tmp_path / "新" / "办") == {
        "a.tar": "600",
        "office.db": "600",
        "office.db.files": "700",
        "office.db.queue": "600",
        "shelf": "700",
        "material": "600",
        "b.db": "600",
        "b.db.files": "700",
    }
    assert {
        path.name: f"{stat.S_IMODE(path.stat().st_mode):o}" for path in (tmp_path / "新").iterdir()
    } == {"办": "700"}


@pytest.mark.usefixtures("umask")
def test_a_ledger_is_its_groups_in_a_folder_set_up_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C12: whatever the umask, in a setgid folder that its group may write, files are 0660 and
    folders 2770.
    """
    folder = tmp_path / "share"
    folder.mkdir()
    folder.chmod(0o2770)
    bureau = Bureau(tmp_path, monkeypatch)
    assert worked(bureau, folder) == {
        "a.tar": "660",
        "office.db": "660",
        "office.db.files": "2770",
        "office.db.queue": "660",
        "shelf": "2770",
        "material": "660",
        "b.db": "660",
        "b.db.files": "2770",
    }


def test_folders_follow_their_files() -> None:
    """Who may read a file may enter its folder; a group that may write hands itself on."""
    assert [f"{folder_mode(mode):o}" for mode in (0o600, 0o640, 0o660, 0o644)] == [
        "700",
        "750",
        "2770",
        "755",
    ]


@pytest.mark.usefixtures("umask")
def test_a_copy_before_an_upgrade_is_as_private_as_its_database(tmp_path: Path) -> None:
    """C12: a copy is made with the mode asked for, and never over a file that is there."""
    make(tmp_path / "a.db")
    store = SqliteStore.open(str(tmp_path / "a.db"))
    copy_database(store.connection, tmp_path / "copy", 0o660)
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o660
    with pytest.raises(FileExistsError):
        copy_database(store.connection, tmp_path / "copy", 0o660)
    store.close()


def test_an_export_is_as_open_as_the_umask_or_its_predecessor(tmp_path: Path) -> None:
    """What an officer exports is theirs: by the umask at first, then as they set it; the group's in
    a shared folder.
    """
    before = os.umask(0o027)
    try:
        write_file(tmp_path / "a.csv", b"1", "清单")
        first = stat.S_IMODE((tmp_path / "a.csv").stat().st_mode)
        (tmp_path / "a.csv").chmod(0o604)
        write_file(tmp_path / "a.csv", b"2", "清单")
        second = stat.S_IMODE((tmp_path / "a.csv").stat().st_mode)
        tmp_path.chmod(0o2770)
        write_file(tmp_path / "b.csv", b"1", "清单")
        third = stat.S_IMODE((tmp_path / "b.csv").stat().st_mode)
    finally:
        os.umask(before)
    assert (first, second, third) == (0o640, 0o604, 0o660)


# Two accounts of one group, really.


class Machine:
    """A machine with a shared folder and accounts that run the program there, each with the
    narrowest umask.
    """

    def __init__(self, folder: Path, python: str) -> None:
        self.folder = folder
        self.share = folder / "share"
        self.python = python

    def set_up(self, occasion: str) -> None:
        """Type what the handbook says about sharing a ledger, for a folder and a group of this
        machine.
        """
        text = (ROOT / "docs" / "handbook.md").read_text(encoding="utf-8")
        block = text.split(f"\n# {occasion}", 1)[1].split("```", 1)[0]
        commands = [
            line
            for line in block.splitlines()
            if line.startswith(("mkdir", "chgrp", "chmod", "find"))
        ]
        assert commands
        for line in commands:
            typed = line.replace("/srv/lifecycle", str(self.share)).replace("zhaoshang", str(GROUP))
            subprocess.run(shlex.split(typed), check=True)

    def run(self, uid: int, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the program as an account."""
        home = self.folder / str(uid)
        environment = {
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "LIFECYCLE_DB": str(self.share / "office.db"),
            "PYTHONPATH": os.pathsep.join((str(ROOT), *sys.path[1:])),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return subprocess.run(
            [
                self.python,
                "-c",
                "import sys; from lifecycle.cli import main; sys.exit(main())",
                *words,
            ],
            user=uid,
            group=uid,
            extra_groups=[GROUP] if uid != OUTSIDER else [],
            umask=0o077,
            cwd=home,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def does(self, uid: int, *words: str) -> str:
        """Run the program as an account; it must succeed."""
        done = self.run(uid, *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fails(self, uid: int, *words: str) -> tuple[int, str]:
        """Run the program as an account; it must not succeed."""
        done = self.run(uid, *words)
        assert done.returncode != 0, done.stdout
        return done.returncode, done.stderr


def _python_for_all() -> str | None:
    """Find a Python of this version that other accounts may run: this one may lie in a private
    home.
    """
    system = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, system):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            try:
                subprocess.run(
                    [python, "-c", "import click, apsw"],
                    user=OUTSIDER,
                    group=OUTSIDER,
                    extra_groups=[],
                    cwd=folder,
                    env={"PYTHONPATH": os.pathsep.join((str(ROOT), *sys.path[1:]))},
                    check=True,
                    capture_output=True,
                )
            except (OSError, subprocess.CalledProcessError):
                continue
            return python
    return None


@pytest.fixture
def machine() -> Iterator[Machine]:
    """Give a machine whose shared folder is set up as the handbook says."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root can run the program as two other accounts")
    python = _python_for_all()
    if python is None:
        pytest.skip("no Python of this version with its packages that other accounts may run")
    folder = Path(tempfile.mkdtemp(prefix="lifecycle-"))
    try:
        folder.chmod(0o755)
        for uid in (FIRST, SECOND, OUTSIDER):
            (folder / str(uid)).mkdir()
            os.chown(folder / str(uid), uid, uid)
        made = Machine(folder, python)
        made.set_up("第一次")
        yield made
    finally:
        shutil.rmtree(folder)


FACTS = (
    "--set",
    "项目名称=瓯江茶旅",
    "--set",
    "属地=景宁县",
    "--set",
    "项目类型=茶旅",
    "--set",
    "投资方=某公司",
)
MORE = ("--set", "总投资=26000万元", "--set", "x_units=市林业局")


def test_two_accounts_of_a_group_work_on_one_file(machine: Machine) -> None:
    """C12: one founds, the other opens a case, both attach, export and back up, by turns; the audit
    is clean.
    """
    machine.does(FIRST, "init", "--from", str(ROOT / "demo" / "office.yaml"))
    number = machine.does(SECOND, "open", "project", *FACTS, *MORE, "--as", "bureau01").strip()
    for uid, material in ((FIRST, "考察报告"), (SECOND, "产业准入意见"), (FIRST, "产业准入意见")):
        paper = machine.folder / str(uid) / "a.txt"
        paper.write_text(f"{uid} {material}", encoding="utf-8")
        os.chown(paper, uid, uid)
        machine.does(uid, "attach", number, material, str(paper), "--as", "bureau01")
        machine.does(uid, "list", "--csv", str(machine.share / "清单.csv"))
        machine.does(uid, "backup", str(machine.share / f"{uid}-{material}.tar"))
    assert "没有发现问题" in machine.does(SECOND, "audit")
    everything = list(machine.share.rglob("*"))
    assert {path.stat().st_gid for path in everything} == {GROUP}
    assert {path.stat().st_uid for path in everything} == {FIRST, SECOND}
    assert {stat.S_IMODE(path.stat().st_mode) for path in everything if path.is_dir()} == {0o2770}
    assert {stat.S_IMODE(path.stat().st_mode) for path in everything if path.is_file()} == {0o660}


def test_a_private_ledger_is_opened_to_a_group(machine: Machine) -> None:
    """C12: what the handbook says to do with a ledger that was founded privately lets the second
    account work.
    """
    machine.share.chmod(0o755)
    os.chown(machine.share, FIRST, FIRST)
    machine.does(FIRST, "init", "--from", str(ROOT / "demo" / "office.yaml"))
    number = machine.does(FIRST, "open", "project", *FACTS, *MORE, "--as", "bureau01").strip()
    paper = machine.folder / str(SECOND) / "a.txt"
    paper.write_text("考察报告", encoding="utf-8")
    os.chown(paper, SECOND, SECOND)
    words = ("attach", number, "考察报告", str(paper), "--as", "bureau01")
    told = (
        f"账户 {SECOND} 不能读 {machine.share / 'office.db'}（属主 {FIRST}，组 {FIRST}，"
        f"权限 "
        f"-rw-------）"
    )
    mend = f"请属主 {FIRST} 或管理员给这个账户权限；{MANUAL}"
    assert machine.fails(SECOND, *words) == (3, f"数据库打不开：{told}\n  改法：{mend}\n")
    machine.set_up("原来只有一个账户用的")
    machine.does(SECOND, *words)
    machine.does(FIRST, *words)
    assert "没有发现问题" in machine.does(SECOND, "audit")


def test_who_is_kept_out_is_told_by_what_and_how_to_mend_it(machine: Machine) -> None:
    """C12: not in the group, the group may not write, a private database: each is told as what it
    is, with the mend.
    """
    machine.does(FIRST, "init", "--from", str(ROOT / "demo" / "office.yaml"))
    share, database = machine.share, machine.share / "office.db"
    opening = ("open", "project", *FACTS, *MORE, "--as", "bureau01")
    told = f"账户 {OUTSIDER} 进不了文件夹 {share}（属主 root，组 {GROUP}，权限 drwxrws---）"
    mend = f"请管理员运行：usermod -aG {GROUP} {OUTSIDER}，该账户重新登录后再办"
    assert machine.fails(OUTSIDER, *opening) == (
        3,
        f"数据库 {database} 用不了：{told}\n  改法：{mend}\n",
    )
    database.chmod(0o640)
    told = f"账户 {SECOND} 不能写 {database}（属主 {FIRST}，组 {GROUP}，权限 -rw-r-----）"
    mend = f"请属主 {FIRST} 或管理员运行：chmod g+rw {database}；{MANUAL}"
    assert machine.fails(SECOND, *opening) == (3, f"数据库不能写入：{told}\n  改法：{mend}\n")
    database.chmod(0o600)
    told = f"账户 {SECOND} 不能读 {database}（属主 {FIRST}，组 {GROUP}，权限 -rw-------）"
    assert machine.fails(SECOND, *opening) == (3, f"数据库打不开：{told}\n  改法：{mend}\n")
    database.chmod(0o660)
    share.chmod(0o755)
    told = f"账户 {OUTSIDER} 不能读 {database}（属主 {FIRST}，组 {GROUP}，权限 -rw-rw----）"
    mend = f"请管理员运行：usermod -aG {GROUP} {OUTSIDER}，该账户重新登录后再办"
    assert machine.fails(OUTSIDER, *opening) == (3, f"数据库打不开：{told}\n  改法：{mend}\n")
    told = (
        f"账户 {SECOND} 不能在这个文件夹里新建文件：{share}（属主 root，组 {GROUP}，"
        f"权限 "
        f"drwxr-xr-x）"
    )
    mend = f"请属主 root 或管理员运行：chmod g+rwxs {share}；{MANUAL}"
    code, message = machine.fails(SECOND, "backup", str(share / "a.tar"))
    assert (code, message) == (3, f"备份 {share / 'a.tar'} 存不了：{told}\n  改法：{mend}\n")


def test_nothing_is_found_where_nothing_is_in_the_way(tmp_path: Path) -> None:
    """A file that may be read and written, and one that may be made, have no barrier."""
    (tmp_path / "a").write_bytes(b"a")
    assert (barrier_to(tmp_path / "a"), barrier_to(tmp_path / "b")) == (None, None)


def test_a_database_that_was_moved_away_is_told_as_that(tmp_path: Path) -> None:
    """C11: a database moved while it is open is not called read-only."""
    make(tmp_path / "a.db")
    store = SqliteStore.open(str(tmp_path / "a.db"))
    (tmp_path / "a.db").rename(tmp_path / "b.db")
    with pytest.raises(UnavailableError) as error, store.writing():
        store.next_number("x")
    store.close()
    assert (
        error.value.message
        == f"数据库文件刚刚被移走或换掉了，未写入任何内容（{tmp_path / 'a.db'}）"
    )
