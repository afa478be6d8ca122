"""What a command is handed from outside: the clock it goes by and its way into an office."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from tiny_office import NOW, Tiny

from lifecycle.cli.root import root
from lifecycle.office.clock import Clock
from lifecycle.office.office import Office
from lifecycle.office.session import Session


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give a founded office."""
    return Tiny(tmp_path, monkeypatch).founded()


def test_a_command_goes_by_the_clock_it_is_handed(tiny: Tiny) -> None:
    """What is recorded bears the time of the session's clock, to the microsecond."""
    number = tiny.opened()
    tiny.now = datetime(2026, 9, 30, 3, 4, 5, 678901, tzinfo=UTC)
    tiny.do("set", number, "investment=32000", by="bureau01")
    last = tiny.asks("log", number)["entries"][-1]
    assert (last["recorded_at"], last["intent"]["occurred_on"]) == (
        "2026-09-30T03:04:05.678901Z",
        "2026-09-30",
    )


def test_a_command_opens_the_office_by_the_way_it_is_handed(tiny: Tiny) -> None:
    """The opener is asked for the database named, with the session's clock, and once for a command;
    the session knows what was recorded.
    """
    number = tiny.opened()
    asked: list[tuple[str | None, datetime, bool]] = []

    def opener(url: str | None, *, clock: Clock, create: bool) -> Office:
        asked.append((url, clock(), create))
        return Office.open(str(tiny.path), clock=clock, create=create)

    session = Session(clock=lambda: NOW, opener=opener)
    words = ["set", number, "investment=32000", "--as", "bureau01", "--db", "elsewhere"]
    result = CliRunner().invoke(root, words, prog_name="lifecycle", obj=session)
    assert result.exit_code == 0, result.output
    assert asked == [("elsewhere", NOW, False)]
    assert session.deeds.count == 1
    assert str(session.deeds.last).startswith(f"{number} 第 2 条")


def test_the_library_opens_an_office_itself(tiny: Tiny) -> None:
    """`Office.open(url, clock=…)` is the way in for programs: names are found as officers write
    them.
    """
    number = tiny.opened()
    office = Office.open(str(tiny.path), clock=lambda: NOW)
    found = (office.case("剑瓷").number, office.workflow("visit").name, str(office.day(None)))
    office.close()
    assert found == (number, "visit", "2026-09-30")
