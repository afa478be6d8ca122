"""A command line given at a time, and what it answered and recorded."""

from __future__ import annotations

import os
import shlex
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from answers import answered
from click.testing import CliRunner, Result
from seams import DATABASE, Turn, installed

from lifecycle.cli.root import root


def digest(data: str | bytes) -> str:
    """Give the first sixteen hex digits of a SHA-256."""
    return sha256(data.encode() if isinstance(data, str) else data).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Step:
    """A command line: how many seconds after the one before, the files written first, and what it
    reads.
    """

    argv: tuple[str, ...]
    seconds: int = 1
    files: Mapping[str, str] = field(default_factory=dict)
    stdin: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give the step as a line of a commands file."""
        line: dict[str, Any] = {"s": self.seconds, "argv": list(self.argv)}
        if self.files:
            line["files"] = dict(self.files)
        if self.stdin is not None:
            line["stdin"] = self.stdin
        return line

    @classmethod
    def from_dict(cls, line: Mapping[str, Any]) -> Step:
        """Read a step from a line of a commands file."""
        return cls(tuple(line["argv"]), line["s"], line.get("files", {}), line.get("stdin"))


@dataclass(frozen=True, slots=True)
class Played:
    """What a command did: its exit code, what it printed, and the last index of the log
    after it.
    """

    number: int
    step: Step
    code: int
    out: str
    err: str
    last: int

    @property
    def accepted(self) -> bool:
        """Tell whether the command did what it was given for."""
        return self.code == 0

    def surface(self) -> dict[str, Any]:
        """Give the line that is kept of what was printed: its digests, and how it begins for
        whoever reads a diff.
        """
        said = (self.out or self.err).replace("\n", "⏎")
        return {
            "k": "command",
            "n": self.number,
            "argv": shlex.join(self.step.argv),
            "exit": self.code,
            "out": digest(self.out) if self.out else "",
            "err": digest(self.err) if self.err else "",
            "said": said[:120],
        }


class Player:
    """Gives commands one after another in a folder of its own, which is the working directory
    meanwhile.
    """

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.played: list[Played] = []
        self.result: Result
        self.after_each: Callable[[], None] = lambda: None

    def play(self, step: Step) -> Played:
        """Give the next command."""
        self.turn.next(step.seconds)
        for name, text in step.files.items():
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.result = result = self.give(*step.argv, stdin=step.stdin)
        here = str(Path.cwd())
        out, err = (text.replace(here, "‹folder›") for text in (result.stdout, result.stderr))
        played = Played(self.turn.number, step, result.exit_code, out, err, last_index())
        self.played.append(played)
        self.after_each()
        return played

    def asks(self, *argv: str) -> Any:
        """Ask for a JSON document; that is no part of the recording. None where the
        command fails.
        """
        result = self.give(*argv, "--json")
        return answered(result.stdout) if result.stdout.startswith("{") else None

    def give(self, *argv: str, stdin: str | None = None) -> Result:
        """Run a command line in this process; an error that the product does not catch is
        raised.
        """
        return CliRunner().invoke(
            root,
            argv,
            prog_name="lifecycle",
            input=stdin,
            catch_exceptions=False,
            obj=self.turn.session(),
        )


def last_index() -> int:
    """Give the index of the log's last entry, 0 where there is no log."""
    if not Path(DATABASE).exists():
        return 0
    with reading() as database:
        return int(database.execute("SELECT coalesce(max(idx), 0) FROM entry").fetchone()[0])


@contextmanager
def reading() -> Iterator[sqlite3.Connection]:
    """Open the database beside the product, to read only."""
    database = sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def stage(folder: Path, start: str, definitions: Path) -> Iterator[Player]:
    """Make a folder the working directory, with a copy of the definitions in it, and give the
    player there.
    """
    import shutil

    shutil.copytree(definitions, folder / "definitions", dirs_exist_ok=True)
    turn = Turn(datetime.fromisoformat(start).replace(tzinfo=UTC))
    before = Path.cwd()
    os.chdir(folder)
    try:
        with installed(turn, Path("definitions")):
            yield Player(turn)
    finally:
        os.chdir(before)
