"""A small office for tests of the command line: one workflow, six units, a clock that
stands still.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from answers import answered
from click.testing import CliRunner, Result
from homes import FILES, Home

from lifecycle import places
from lifecycle.cli.root import root
from lifecycle.office.office import Office
from lifecycle.office.session import Session

TINY = Path(__file__).parent / "data" / "tiny"
NOW = datetime(2026, 9, 30, 2, 0, tzinfo=UTC)
"""30 September 2026, ten in the morning in Beijing."""


class Tiny:
    """An office's database and how to call commands on it; `home` is where it is kept."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, home: Home = FILES) -> None:
        self.home = home
        self.folder = folder
        self.path = folder / "office.db"
        self.now = NOW
        monkeypatch.setattr(places, "workflows", lambda: TINY / "workflows")
        monkeypatch.setattr(places, "notices", lambda: TINY / "notices")
        monkeypatch.chdir(folder)

    @property
    def url(self) -> str:
        """Give the URL of its database."""
        return self.home.url(self.path)

    def run(self, *args: str, by: str = "", text: str | None = None) -> Result:
        """Run a command line as an officer; `text` is what it reads on standard input."""
        extra = ["--as", by] if by else []
        env = {"LIFECYCLE_DB": self.url}
        return CliRunner().invoke(
            root,
            [*args, *extra],
            prog_name="lifecycle",
            env=env,
            input=text,
            obj=Session(clock=lambda: self.now),
        )

    def office(self) -> Office:
        """Open the office itself, at the same clock; whoever asks closes it."""
        return Office.open(self.url, clock=lambda: self.now)

    def do(self, *args: str, by: str = "", text: str | None = None) -> str:
        """Run a command line that must succeed, and give what it prints."""
        result = self.run(*args, by=by, text=text)
        assert result.exit_code == 0, result.output
        return result.stdout

    def fails(self, *args: str, by: str = "", text: str | None = None) -> tuple[int, str]:
        """Run a command line that must not succeed; give its exit code and message."""
        result = self.run(*args, by=by, text=text)
        assert result.exit_code != 0, result.output
        assert result.stdout == "", "messages go to standard error"
        return result.exit_code, result.stderr

    def do_not(self, *args: str, by: str = "", text: str | None = None) -> str:
        """Run a bulk of which some lines cannot be done, and give what it prints."""
        result = self.run(*args, by=by, text=text)
        assert (result.exit_code, result.stderr) == (1, ""), result.output
        return result.stdout

    def asks(self, *args: str, by: str = "", text: str | None = None) -> Any:
        """Run a command line with --json and give its one document."""
        result = self.run(*args, "--json", by=by, text=text)
        assert result.stdout.count("\n") == 1
        return answered(result.stdout)

    def founded(self) -> Tiny:
        """Found the office."""
        self.do("init", "--from", str(TINY / "directory.yaml"))
        return self

    def rest_until(self, time: datetime) -> None:
        """Leave the office unused until a time; where that is long, two people confirm
        its clock.
        """
        known = {officer["officer"] for officer in self.asks("officer", "list")["officers"]}
        if "watch01" not in known:
            self.do(
                "officer",
                "add",
                "watch01",
                "审计员",
                "--unit",
                "bureau",
                "--role",
                "auditor",
                by="admin",
            )
        self.now = time
        if self.asks("clock", "show")["jumped"]:
            self.do("clock", "announce", by="admin")
            self.do("clock", "confirm", by="watch01")

    def opened(self, *facts: str, name: str = "剑瓷文化体验街区", on: str = "2026-09-01") -> str:
        """Open a case and give its number."""
        sets = [part for fact in (f"name={name}", *facts) for part in ("--set", fact)]
        return self.do("open", "visit", *sets, "--on", on, by="bureau01").strip()

    def write(self, name: str, content: str | bytes | Sequence[str]) -> str:
        """Write a file and give its name."""
        body = (
            content
            if isinstance(content, bytes)
            else (content if isinstance(content, str) else "\n".join(content))
        )
        if isinstance(body, str):
            body = body.encode()
        (self.folder / name).write_bytes(body)
        return name

    def ready(self) -> str:
        """Open a case for which all is there to go to siting, and give its number."""
        number = self.opened("investment=32000", "owner_unit=owner", "x_units=wenwu")
        self.write("报告.pdf", "选址论证")
        self.do("attach", number, "report", "报告.pdf", "--on", "2026-09-02", by="planning01")
        for code in ("land01", "wenwu01"):
            late = ("--on", "2026-09-03", "--because", "当时未及录入")
            self.do("sign", number, "to_siting", "agree", *late, by=code)
        return number
