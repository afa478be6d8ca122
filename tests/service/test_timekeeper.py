"""The service makes by itself what falls due."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import pytest
from homes import Home
from linked_office import LinkedOffice

from lifecycle.office.clock import BEIJING, now

SECONDS = 60.0
"""Longer than any machine takes to start a process."""
SCRIPT = """
import sys
from lifecycle.service.timekeeper import Timekeeper
timekeeper = Timekeeper(sys.argv[1], 1)
sys.stdin.read()
timekeeper.end()
"""


@pytest.fixture
def today() -> date:
    """Give today in Beijing: the process goes by the machine's own clock."""
    return now().astimezone(BEIJING).date()


def kept(url: str, told: str, times: int = 1) -> None:
    """Have a timekeeper tell something so many times, and end it; it ends well."""
    command = [sys.executable, "-c", SCRIPT, url]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stderr=pipe, text=True) as process:
        assert process.stderr is not None
        ends = threading.Timer(SECONDS, process.kill)
        ends.start()
        found = (line for line in process.stderr if told in line)
        assert len(list(islice(found, times))) == times
        process.communicate("")
        ends.cancel()
    assert process.returncode == 0


def test_what_is_due_is_made_within_a_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home, today: date
) -> None:
    """Nobody types anything; what was made is told in the service's own log."""
    office = LinkedOffice(tmp_path, monkeypatch, home, "clock", (today - timedelta(9)).isoformat())
    number = office.do("open", "lead", "--set", "name=甲", by="b1").strip()
    until = (today - timedelta(3)).isoformat()
    office.do("advance", number, "hold", "--set", f"valid_to={until}", by="b1")
    kept(office.url, f"到期自动办理：{number} release {today - timedelta(2)}")
    entry = office.asks("log", number)["entries"][-1]
    assert (entry["intent"]["actor"]["id"], entry["intent"]["transition"]) == ("clock", "release")


def test_what_goes_wrong_is_told_and_tried_again(tmp_path: Path) -> None:
    """A database that is not there ends nothing."""
    kept(f"sqlite:///{tmp_path / 'nothing.db'}", "到期的没有自动办理：没有数据库", times=2)
