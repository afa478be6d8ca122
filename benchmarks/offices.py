"""The offices in which things are measured: the toy one, and the worked example."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lifecycle.engine.acts import Advance, Open
from lifecycle.ledger.record import canonical
from lifecycle.ledger.register import Request
from lifecycle.office.administration.publication import put_into_force
from lifecycle.office.office import Office
from lifecycle.people.changes import AddOfficer, FoundOffice

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, str(ROOT / "cli.py"))
FLOW = (Path(__file__).parent / "shuttle.yaml").read_bytes()
CALENDAR = canonical(
    {"name": "CN", "years": {"2026": {"announced": True, "holidays": ["10-01"], "workdays": []}}}
)
FACTS = {
    "name": "基准项目",
    "investment": "32000",
    "area": "龙泉市",
    "investor": "某某文创发展有限公司",
    "land": "42.5",
}
ME = Request("bureau01")
MIDLIFE = "LS-F-2023-001"
"""The case of the worked example that has come farthest."""


class Clock:
    """A clock that moves on by a millisecond at every look, so that a million entries fit into a
    day.
    """

    def __init__(self) -> None:
        self.at = datetime(2026, 9, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Give the time."""
        self.at += timedelta(milliseconds=1)
        return self.at


def now() -> datetime:
    """Give the machine's time, where several processes work on one office."""
    return datetime.now(UTC)


def way(turn: int) -> str:
    """Name the transition that is next on the way there and back."""
    return "back" if turn % 2 else "go"


def found(office: Office) -> None:
    """Found the toy office: one unit, two officers, one workflow."""
    admin = Request("admin")
    office.register.change_office(
        admin,
        FoundOffice("zsj", "市招商局", ("bureau",), "admin", "管理员", ("admin",)),
    )
    office.register.change_office(
        admin,
        AddOfficer("bureau01", "经办人", "zsj", ("bureau",)),
    )
    put_into_force(office, admin, "calendar", "CN", CALENDAR)
    put_into_force(office, admin, "workflow", "shuttle", FLOW)


def opened(office: Office, entries: int = 1) -> str:
    """Open a toy case and bring it to so many entries, in one transaction; give its id."""
    with office.store.writing():
        case = office.register.submit(ME, office.workflow("shuttle"), None, Open(FACTS)).case
        for turn in range(entries - 1):
            office.register.submit(ME, None, case.id, Advance(way(turn), "例行"))
    return case.id


def build(folder: Path, cases: int, entries_each: int, clock: Clock | None = None) -> Office:
    """Make a toy office in a folder, with so many cases of so many entries each."""
    return build_at(f"sqlite:///{folder / 'bench.db'}", cases, entries_each, clock)


def build_at(url: str, cases: int, entries_each: int, clock: Clock | None = None) -> Office:
    """Make a toy office in a database."""
    office = Office.open(url, clock=clock or Clock(), create=True)
    found(office)
    for _ in range(cases):
        opened(office, entries_each)
    return office


def example(folder: Path) -> Path:
    """Make the worked example in a folder; give its database."""
    environment = {name: value for name, value in os.environ.items() if name != "LIFECYCLE_DB"}
    words = [*COMMAND, "demo", "--into", str(folder)]
    subprocess.run(words, env=environment, capture_output=True, check=True)
    return folder / "lifecycle.db"
