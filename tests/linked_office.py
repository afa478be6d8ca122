"""An office with two workflows, of which one links to the other: problems of works."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from foreign_office import directory
from homes import FILES, Home
from tiny_office import Tiny

from lifecycle import places
from lifecycle.engine.entry import BEIJING

DATA = Path(__file__).parent / "data"
PEOPLE = """
zsj 市招商局 bureau: b1 b2
gt 国土局 land: l1
"""


class LinkedOffice(Tiny):
    """Problems block their works; on Monday 7 September 2026."""

    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        home: Home = FILES,
        rules: str = "linked",
        day: str = "2026-09-07",
    ) -> None:
        super().__init__(folder, monkeypatch, home)
        self.rules = folder / "rules"
        (self.rules / "notices").mkdir(parents=True)
        for path in (DATA / rules).glob("*.yaml"):
            (self.rules / path.name).write_text(path.read_text("utf-8"), encoding="utf-8")
        for path in (DATA / rules).glob("*.j2"):
            (self.rules / "notices" / path.name).write_text(path.read_text("utf-8"), "utf-8")
        for path in (DATA / rules / "lists").glob("*.yaml"):
            (self.rules / "lists").mkdir(exist_ok=True)
            (self.rules / "lists" / path.name).write_text(path.read_text("utf-8"), "utf-8")
        monkeypatch.setattr(places, "workflows", lambda: self.rules)
        monkeypatch.setattr(places, "notices", lambda: self.rules / "notices")
        self.at(day)
        self.do(
            "init", "--from", self.write("directory.yaml", directory(PEOPLE, {"bureau", "land"}))
        )

    def at(self, day: str, time: str = "10:00") -> None:
        """Let it be a time of a day in Beijing."""
        self.now = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=BEIJING)

    def put_calendar(self, years: str) -> None:
        """Put a calendar with these years into force: the administrator proposes it, b2 confirms it
        as auditor.
        """
        path = self.write("calendar.yaml", f"name: CN\nyears:\n{years}\n")
        self.do("officer", "grant", "b2", "auditor", by="admin")
        self.do("calendar", "publish", path, by="admin")
        self.do("calendar", "confirm", path, by="b2")

    def works(self, name: str = "剑瓷园", amount: str = "5000") -> str:
        """Open works that have begun, and give the number."""
        facts = ("--set", f"name={name}", "--set", f"amount={amount}")
        number = self.do("open", "works", *facts, by="b1").strip()
        self.do("advance", number, "begin", by="b1")
        return number

    def problem(self, of: str, subject: str = "缺地", cost: str = "10", **more: str) -> str:
        """Open a problem of works, and give its number."""
        facts = {"subject": subject, "project": of, "cost": cost, **more}
        sets = [word for name, value in facts.items() for word in ("--set", f"{name}={value}")]
        return self.do("open", "problem", *sets, by="l1").strip()

    def refusal(self, *words: str, by: str) -> list[str]:
        """Type a command that must be refused; give what it says of each gate that is not met."""
        code, told = self.fails(*words, by=by)
        assert code == 1, told
        gates = [line for line in told.splitlines() if line.startswith("  ✗ ")]
        return [" ".join(gate.removeprefix("  ✗ ").split()) for gate in gates] or [told.strip()]

    def findings(self) -> list[tuple[str, str, str]]:
        """Give what the audit finds: code, case and message."""
        found = self.asks("audit", by="admin")["findings"]
        return [(one["code"], one["case"], one["message"]) for one in found]
