"""A process that is killed at any write or sync leaves all of its act or nothing, and the same
command again completes it once.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ledger_office import Bureau
from outside import outside
from paper_office import Paper
from strace import CALLS, injection, no_strace
from test_commit import CLI

SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(no_strace()), reason=no_strace()),
]


def run(folder: Path, *words: str, kill: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command on the office in a folder, killed at its nth write or sync."""
    wrapped: tuple[str, ...] = ()
    if kill:
        log = str(folder.with_suffix(".trace"))
        wrapped = ("strace", "-f", "-qq", "-o", log, *injection(CALLS, "SIGKILL", kill))
    env = {
        "LIFECYCLE_DB": str(folder / "office.db"),
        "LC_ALL": "C.UTF-8",
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "PYTHONPATH": str(CLI.parent),
    }
    command = [*wrapped, sys.executable, str(CLI), *words]
    return subprocess.run(command, env=env, text=True, capture_output=True, check=False, cwd=folder)


def entries(folder: Path) -> list[str]:
    """List the types of the entries that the database holds, as somebody else reads them."""
    with outside(folder / "office.db") as database:
        rows = database.execute("SELECT body FROM entry ORDER BY idx").fetchall()
    return [json.loads(raw)["intent"]["type"] for (raw,) in rows]


def see_killed_everywhere(made: Path, scratch: Path, *words: str, step: int = 1) -> int:
    """Kill a command at each of its writes and syncs in turn, or at each so manieth, on a copy of
    an office each time; repeat it, and hold what there is then against what one run alone makes.
    Gives the number of the last one.
    """
    whole = scratch / "whole"
    shutil.copytree(made, whole)
    before = entries(whole)
    done = run(whole, *words, "--request-id", "k-1")
    assert done.returncode == 0, done.stderr
    after = entries(whole)
    for kill in range(1, 500, step):
        folder = scratch / f"kill-{kill}"
        shutil.copytree(made, folder)
        ended = run(folder, *words, "--request-id", "k-1", kill=kill)
        if ended.returncode == 0:
            return kill - step
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        found = entries(folder)
        # A letter's issue is two entries, its forms being fixed by the second: the first may stand
        # alone, and the same command goes on from there.
        assert found == after[: len(found)], (kill, found)
        if ended.stdout:  # what was acknowledged is there
            assert len(found) > len(before)
        again = run(folder, *words, "--request-id", "k-1")
        assert again.returncode == 0, (kill, again.stderr)
        assert entries(folder) == after, kill
        if kill % 5 == 1:
            audit = run(folder, "audit")
            assert audit.returncode == 0, (kill, audit.stdout)
        shutil.rmtree(folder)
    raise AssertionError("the command has no end")


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paper:
    """Give an office an hour ago by the machine's clock, in a folder of its own."""
    folder = tmp_path / "made"
    folder.mkdir()
    made = Paper(folder, monkeypatch)
    made.now = datetime.now(UTC) - timedelta(hours=1)
    made.founded()
    return made


def ask(paper: Paper) -> tuple[str, ...]:
    """Have a transition that drafts a letter before one."""
    number = paper.opened(
        "investment=32000", "owner_unit=owner", "x_units=wenwu", on=str(paper.now.date())
    )
    return ("advance", number, "ask", "--as", "bureau01")


def issue(paper: Paper) -> tuple[str, ...]:
    """Have a letter reviewed, to be signed off."""
    words = ask(paper)
    paper.do(*words[:3], by="bureau01")
    paper.do("notice", "approve", words[1], "2-consultation", by="bureau03")
    return ("notice", "issue", words[1], "2-consultation", "--as", "bureau04")


def attach(paper: Paper) -> tuple[str, ...]:
    """Have a file to attach."""
    words = ask(paper)
    paper.write("报告.pdf", "选址论证" * 5000)
    return ("attach", words[1], "report", "报告.pdf", "--as", "bureau01")


@pytest.mark.parametrize("prepare", [ask, issue, attach])
def test_an_act_is_whole_or_not_there(
    paper: Paper, tmp_path: Path, prepare: Callable[[Paper], tuple[str, ...]]
) -> None:
    """An advance, a letter's issue with its frozen forms, a file attached: at each write and sync
    of theirs.
    """
    words = prepare(paper)
    assert isinstance(paper, Bureau)
    # An issue has some 120 places, most of them alike: the blocks of its five forms.
    kills = see_killed_everywhere(
        paper.folder, tmp_path, *words, step=3 if words[0] == "notice" else 1
    )
    print(f"{words[0]}：{kills} 处")
    assert kills >= 5


def test_an_upgrade_is_whole_or_not_there(tmp_path: Path) -> None:
    """A killed upgrade leaves the old database or the new; the next one completes it, the log is
    what it was.
    """
    made = tmp_path / "made"
    made.mkdir()
    with tarfile.open(SCHEMAS / "schema-3.tar.gz") as archive:
        archive.extractall(made, filter="data")
    kept = next(path for path in made.iterdir() if path.suffix == ".db")
    for path in list(made.iterdir()):
        path.rename(made / path.name.replace(kept.name, "office.db"))
    before = entries(made)
    for kill in range(1, 2000, 7):
        folder = tmp_path / f"kill-{kill}"
        shutil.copytree(made, folder)
        ended = run(folder, "upgrade", kill=kill)
        if ended.returncode == 0:
            assert kill > 20
            break
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        again = run(folder, "upgrade")
        assert again.returncode == 0, (kill, again.stderr)
        assert entries(folder) == before
        audit = run(folder, "audit")
        assert audit.returncode == 0, (kill, audit.stdout)
        shutil.rmtree(folder)
    else:
        raise AssertionError("the upgrade has no end")


def test_a_copy_is_whole_or_opens_for_nobody(paper: Paper, tmp_path: Path) -> None:
    """A copy to another file, killed at every so manieth of its writes and syncs, opens for nobody
    until the same command has completed it, or is complete; the original is as it was.
    """
    run(paper.folder, *issue(paper), "--request-id", "k-1")
    before = entries(paper.folder)
    checkpoint = audited(paper.folder)
    for kill in range(1, 2000, 14):
        folder = tmp_path / f"kill-{kill}"
        folder.mkdir()
        to = str(folder / "office.db")
        ended = run(paper.folder, "db", "copy", str(paper.path), to, kill=kill)
        if ended.returncode == 0:
            assert kill > 20
            break
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        assert ended.stdout == ""
        opens = run(folder, "list").returncode == 0
        again = run(paper.folder, "db", "copy", str(paper.path), to)
        if opens:  # killed when all was done but to say so
            assert (again.returncode, "不是没有抄完的副本，不会覆盖" in again.stderr) == (1, True)
        else:
            assert again.returncode == 0, (kill, again.stderr)
        assert (entries(folder), audited(folder)) == (before, checkpoint), kill
        shutil.rmtree(folder)
    else:
        raise AssertionError("the copy has no end")
    assert audited(paper.folder) == checkpoint


def audited(folder: Path) -> str:
    """Audit an office that must be in order; give its checkpoint."""
    audit = run(folder, "audit")
    assert audit.returncode == 0, audit.stdout
    return audit.stdout.split("检查点：")[1].split()[0]
