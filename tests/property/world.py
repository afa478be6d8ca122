"""An office on SQLite with a clock of its own, in which commands are given in process and nothing
may go wrong but by a refusal that says why.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from seams import Turn, installed

from lifecycle.engine.acts import Act
from lifecycle.engine.case import Case
from lifecycle.engine.docket import RefusedError
from lifecycle.engine.gates.gates import Gate
from lifecycle.errors import LifecycleError
from lifecycle.ledger.record import OFFICE, stored
from lifecycle.ledger.register import Outcome, Request
from lifecycle.office.administration.audit import Audit
from lifecycle.office.administration.init import found, prepare
from lifecycle.office.office import Office
from lifecycle.people.changes import OfficeChange
from lifecycle.workflow.model import Workflow

_FIGURE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|-?[0-9]+([.][0-9]+)?")
ROOT = Path(__file__).parent.parent.parent
DIRECTORY = Path(__file__).parent / "office.yaml"
START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
"""Nine in the morning in Beijing of the day on which the office is founded."""


class BrokenRuleError(AssertionError):
    """A rule that did not hold: its name, and what happened."""

    def __init__(self, rule: str, told: str) -> None:
        super().__init__(f"{rule}: {told}")
        self.rule = rule


@dataclass
class World:
    """One office, at its clock. `seen` is told of every entry once, the office's too, in the order
    of recording; `given` counts the commands, `accepted` those that recorded something.
    """

    office: Office
    turn: Turn
    seen: Callable[[dict[str, Any]], None] = lambda _body: None
    given: int = 0
    accepted: int = 0
    unchanged: int = 0
    cases: list[str] = field(default_factory=list)
    _workflow: Workflow | None = None
    _told: dict[str, int] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """Give the day in Beijing."""
        return (self.turn.now + timedelta(hours=8)).date()

    @property
    def workflow(self) -> Workflow:
        """Give the workflow whose cases these are."""
        if self._workflow is None:
            self._workflow = self.office.workflow("project")
        return self._workflow

    def case(self, case_id: str) -> Case:
        """Read a case."""
        return self.office.register.case(case_id)

    def give(self, work: Callable[[], Any]) -> Any:
        """Do some work of an officer. Gives what came of it, or the error that refused it."""
        self.given += 1
        before = self._entries()
        try:
            came = work()
        except LifecycleError as error:
            _judge_refusal(error)
            if self._entries() != before:
                raise BrokenRuleError("refused", f"written all the same: {error}") from error
            return error
        except Exception as error:
            raise BrokenRuleError("error", f"{type(error).__name__}: {error}") from error
        self.tell()
        if self._entries() != before:
            self.accepted += 1
        return came

    def submit(self, request: Request, case_id: str | None, act: Act) -> Any:
        """Give one act."""
        workflow = self.workflow if case_id is None else None
        came = self.give(lambda: self.office.register.submit(request, workflow, case_id, act))
        if isinstance(came, Outcome):
            self.unchanged += came.unchanged
            if case_id is None and not came.dry_run and came.case.id not in self.cases:
                self.cases.append(came.case.id)
                self.tell()
        return came

    def change(self, request: Request, change: OfficeChange) -> Any:
        """Give one change of the office."""
        return self.give(lambda: self.office.register.change_office(request, change))

    def see(self, rule: str, holds: bool, told: str) -> None:
        """See that a rule holds; raises BrokenRuleError."""
        if not holds:
            raise BrokenRuleError(rule, told)

    def findings(self) -> list[str]:
        """Audit all of it."""
        return [str(finding) for finding in Audit(self.office).findings()]

    def _entries(self) -> int:
        return self.office.store.last_index()

    def tell(self) -> None:
        """Tell of the entries that were added since, the office's before those of cases."""
        for chain in (OFFICE, *self.cases):
            for row in self.office.store.entries(chain, after=self._told.get(chain, 0)):
                body = stored(row.raw)
                self._told[chain] = body["intent"]["seq"]
                self.seen(dict(body))


def _judge_refusal(error: LifecycleError) -> None:
    """See that a refusal says why, in words, and is none that hides an error of the program."""
    told = str(error)
    if not told or "程序内部" in told or "Traceback" in told:
        raise BrokenRuleError("error", f"{type(error).__name__}: {told}")
    if isinstance(error, RefusedError):
        unmet = [gate for gate in error.gates if not gate.met]
        if not unmet or not all(gate.text for gate in unmet):
            raise BrokenRuleError("refused", f"without a reason: {told} {error.gates}")
        for gate in unmet:
            judge_figures(gate)


def judge_figures(gate: Gate) -> None:
    """Rule 16: a condition that is not met tells a figure or a day of those it was judged by."""
    known = gate.inputs.get("with", {}) if gate.kind == "guard" else {}
    figures = [str(value) for value in known.values() if _FIGURE.fullmatch(str(value))]
    if figures and not any(one in gate.text for one in figures):
        raise BrokenRuleError("16", f"{gate.text}: of {known} it tells nothing")


ACROSS = {
    "  reform: 发改\n": "  reform: {title: 发改, delegate: across}\n",
    "  land: 国土\n": "  land: {title: 国土, delegate: across}\n",
    "  finance: 财政\n": "  finance: {title: 财政, delegate: across}\n",
}
"""What the shipped workflow would say where its roles may be delegated across units."""


def definitions_in(folder: Path, *, across: bool) -> Path:
    """Give the shipped definitions; `across`: with roles that may be delegated across units."""
    if not across:
        return ROOT
    made = folder / "definitions"
    if not made.exists():
        made.mkdir(parents=True)
        for name in ("calendars", "notices", "settings"):
            (made / name).symlink_to(ROOT / name)
        shutil.copytree(ROOT / "workflows", made / "workflows")
        file = made / "workflows" / "project.yaml"
        text = file.read_text(encoding="utf-8")
        for old, new in ACROSS.items():
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
    return made


def founded(folder: Path, *, across: bool = False) -> Path:
    """Found the office in a folder, from which worlds are copied; gives its database."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "lifecycle.db"
    turn = Turn(START)
    with installed(turn, definitions_in(folder, across=across)):
        office = Office.open(str(path), clock=lambda: turn.now, create=True)
        found(office, prepare(str(DIRECTORY), None, None))
        office.close()
    return path


@contextmanager
def world(database: Path, folder: Path) -> Iterator[World]:
    """Open a copy of a founded office in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / "lifecycle.db"
    for file in database.parent.iterdir():
        if file.is_file():
            shutil.copy(file, folder / file.name)
    turn = Turn(START + timedelta(hours=1))
    across = (database.parent / "definitions").exists()
    with installed(turn, definitions_in(database.parent, across=across)):
        office = Office.open(str(copy), clock=lambda: turn.now)
        try:
            yield World(office, turn)
        finally:
            office.close()
