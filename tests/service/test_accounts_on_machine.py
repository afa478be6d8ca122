"""Two real operating-system accounts work through one service; neither is the other, and neither
gets at the file.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import Home
from serving import COMMAND, Served, serving

import lifecycle

NAMES = ("lcytesta", "lcytestb")


def able() -> str:
    """Say why accounts cannot be made here; "" where they can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "只有 root 能建账户"
    if not (shutil.which("useradd") and shutil.which("userdel") and shutil.which("runuser")):
        return "没有 useradd、userdel 或 runuser"
    return ""


pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(able()), reason=able())]


@pytest.fixture
def accounts() -> Iterator[tuple[str, str]]:
    """Make two accounts for the time of a test."""
    for name in NAMES:
        subprocess.run(["userdel", name], capture_output=True, check=False)
        subprocess.run(["useradd", "--no-create-home", name], check=True)
    yield NAMES
    for name in NAMES:
        subprocess.run(["userdel", name], capture_output=True, check=False)


@pytest.fixture
def served(accounts: tuple[str, str], home: Home) -> Iterator[Served]:
    """Serve an office in a folder that every account can reach; bureau01 and land01 have theirs."""
    folder = Path("/var/tmp") / f"lifecycle-test-{os.getpid()}"
    folder.mkdir(mode=0o755)
    try:
        with serving(folder, home) as made:
            for officer, account in zip(("planning01", "land01"), accounts, strict=True):
                made.tiny.do("officer", "account", officer, account, by="admin")
            yield made
    finally:
        shutil.rmtree(folder)


def as_account(
    served: Served, account: str, *words: str, db: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command as an account, in a folder of its own."""
    home = served.folder / account
    if not home.exists():
        home.mkdir()
        shutil.chown(home, account)
    # What the tests run by may lie where other accounts cannot go: its modules are handed on.
    package = served.folder / "package"
    if not package.exists():
        package.mkdir()
        shutil.copytree(Path(lifecycle.__file__).parent, package / "lifecycle")
    python = _python(account)
    assert python is not None
    return subprocess.run(
        ["runuser", "-u", account, "--", python, *COMMAND[1:], *words],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(package),
            "LIFECYCLE_DB": db or served.url,
        },
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )


def _python(account: str) -> str | None:
    """Find a Python that an account can run the client with; None where there is none."""
    there = (str(Path(sys.executable).resolve()), "/usr/bin/python3", "/usr/local/bin/python3")
    test = "import sys; sys.exit(sys.version_info < (3, 11))"
    for python in there:
        words = ["runuser", "-u", account, "--", python, "-c", test]
        if subprocess.run(words, capture_output=True, check=False).returncode == 0:
            return python
    return None


def test_two_accounts_are_two_officers(served: Served, accounts: tuple[str, str]) -> None:
    """Each account acts as its own officer; one that says it is the other is refused; neither can
    open the database or the materials; what they sent and got lies in their own folders under their
    own names; the audit is clean.
    """
    first, second = accounts
    if _python(first) is None:
        pytest.skip("其他账户用不了这里的 Python")
    number = served.do("open", "visit", "--set", "name=剑瓷", "--set", "investment=9").strip()
    (served.folder / first).mkdir()
    report = served.folder / first / "报告.pdf"
    report.write_text("选址论证", "utf-8")
    report.chmod(0o600)
    for place in (served.folder / first, report):
        shutil.chown(place, first)

    attached = as_account(served, first, "attach", number, "report", "报告.pdf")
    assert attached.returncode == 0, attached.stderr
    signed = as_account(served, second, "sign", number, "to_siting", "agree")
    assert signed.returncode == 0, signed.stderr
    bodies = served.asks("log", number)["entries"][1:]
    assert [(b["intent"]["actor"]["id"], b["authority"]["account"]) for b in bodies] == [
        ("planning01", first),
        ("land01", second),
    ]

    other = as_account(served, first, "sign", number, "to_siting", "agree", "--as", "land01")
    assert other.returncode == 1
    assert f"账户 {first} 登记为 planning01，不能以 land01 的身份办理" in other.stderr
    stolen = as_account(served, second, "attach", number, "report", str(report))
    assert (stolen.returncode, "没有权限" in stolen.stderr) == (3, True)

    listed = as_account(served, second, "list", "--csv", "表.csv")
    assert listed.returncode == 0, listed.stderr
    assert (served.folder / second / "表.csv").owner() == second

    files = served.tiny.path.with_name(served.tiny.path.name + ".files")
    for place in (served.tiny.path, files) if served.tiny.home.in_files else ():
        reading = subprocess.run(
            ["runuser", "-u", first, "--", "ls", "-l", str(place)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (reading.returncode != 0, "Permission denied" in reading.stderr) == (True, True)
    assert served.asks("audit")["findings"] == []
    for place in (served.socket, served.run):  # no way through either
        mode = place.stat().st_mode
        place.chmod(0o700)
        barred = as_account(served, first, "list")
        assert (barred.returncode, barred.stderr.splitlines()[0]) == (
            3,
            f"没有权限连接服务 {served.socket}",
        )
        place.chmod(mode)
