"""One trial: random commands on an office of its own, with a witness who reads every entry and
compares what the product says of each case with what follows from the log.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from chance import Chance
from reading import judge_reading
from witness import Record, Witness
from world import BrokenRuleError, World, founded, world

from lifecycle.engine.case import Case
from lifecycle.engine.clock.standing import open_limits, opinions_owed
from lifecycle.engine.corrections.consequences import gates_of_step
from lifecycle.engine.world.moment import Moment
from lifecycle.engine.world.workdays import Calendar
from lifecycle.workflow.model import Limit

SHARED_MEMORY = Path("/dev/shm")
"""Where a machine has it, no disk has to be waited for."""


@dataclass
class Tally:
    """What trials came to: commands given, recorded and without change; entries by type, and
    transitions and stages by name.
    """

    given: int = 0
    accepted: int = 0
    unchanged: int = 0
    types: Counter[str] = field(default_factory=Counter)
    transitions: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)


@contextmanager
def offices(*, across: bool = False) -> Iterator[Path]:
    """Found an office from which trials are copied; gives its database, in a folder that goes
    again. `across`: its roles may be delegated across units.
    """
    parent = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    folder = Path(tempfile.mkdtemp(dir=parent))
    try:
        yield founded(folder / "founded", across=across)
    finally:
        shutil.rmtree(folder)


def run(database: Path, seed: int, commands: int, tally: Tally | None = None) -> None:
    """Give so many random commands, and raise BrokenRuleError where a rule does not hold."""
    folder = database.parent.parent / f"trial-{seed}"
    try:
        with world(database, folder) as there:
            _run(there, seed, commands, tally or Tally())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(there: World, seed: int, commands: int, tally: Tally) -> None:
    office = there.office

    def calendar() -> Calendar:
        return office.register.moment(office.directory, there.today).calendar

    witness = Witness(lambda: there.workflow, calendar)
    touched: dict[str, Record] = {}

    def seen(body: dict[str, Any]) -> None:
        record = witness.add(body)
        intent = body["intent"]
        tally.types[intent["type"]] += 1
        if intent["type"] == "transition_made":
            tally.transitions[intent["transition"]] += 1
        if record is not None:
            tally.states[record.state] += 1
            touched[intent["case"]] = record

    there.seen = seen
    there.tell()
    judge_reading(there.workflow, seed, there.see)
    chance = Chance(there, seed)
    try:
        while there.given < commands:
            chance.draw()
            for case_id, record in touched.items():
                compare(record, there.case(case_id), calendar())
            touched.clear()
    finally:
        tally.given += there.given
        tally.accepted += there.accepted
        tally.unchanged += there.unchanged
    for case_id, record in witness.cases.items():
        hold(record, there.case(case_id), calendar())
    findings = there.findings()
    there.see("a", not findings, "；".join(findings[:3]))


def compare(record: Record, case: Case, calendar: Calendar) -> None:
    """See that a case as it is kept is what follows from its entries: where it stands, its values,
    what was made, its limits, and that nobody is late who was not asked.
    """
    at = f"{case.number} after {case.seq}"
    _same("place", record.state, case.state, at)
    _same("entered", record.entered_on, case.entered_on, at)
    _same("12", record.last_on, case.last_on, at)
    files = {name: file.sha256 for name, file in case.materials.items()}
    _same("values", record.values(), {**case.facts, **files}, at)
    made = {name: (one.count, one.on, one.seq) for name, one in case.fired.items()}
    _same("made", record.fired(), made, at)
    _same("locks", sorted(record.locked()), sorted(case.locked), at)
    if case.has_ended(record.workflow):
        return
    limits = {one.limit.title: one.due.on.isoformat() for one in _limits(record, case, calendar)}
    wanted = record.limits()
    _same("limits", wanted, limits, at)
    _see_asked(record, case, calendar, at)


def _limits(record: Record, case: Case, calendar: Calendar) -> Iterator[Any]:
    return open_limits(record.workflow, case, calendar)


def _same(rule: str, wanted: object, found: object, at: str) -> None:
    if wanted != found:
        if isinstance(wanted, dict) and isinstance(found, dict):
            names = wanted.keys() | found.keys()
            differing = {n for n in names if wanted.get(n) != found.get(n)}
            wanted = {n: wanted.get(n) for n in sorted(differing)}
            found = {n: found.get(n) for n in sorted(differing)}
        raise BrokenRuleError(rule, f"{at}: by the log {wanted}, kept {found}")


def _see_asked(record: Record, case: Case, calendar: Calendar, at: str) -> None:
    """Rule 7: an opinion is owed by those who were asked, and due no earlier than counted from the
    day on which they could know.
    """
    for owed in opinions_owed(record.workflow, case, calendar):
        role, unit = owed.seat.role, owed.seat.unit
        if owed.transition is None:
            days, within = _asked_anew(record, role, unit)
        else:
            days = record.evidence(owed.transition, role, unit)
            cosign = owed.transition.cosign_of(role)
            within = [cosign.within] if cosign and cosign.within else []
        name = owed.transition.name if owed.transition else "a correction"
        if not days:
            raise BrokenRuleError("7", f"{at}: {role}/{unit} was not asked on {name}")
        asked = date.fromisoformat(min(days))
        first = min(calendar.add(asked, one.amount, one.unit).on for one in within)
        if owed.due.on < first:
            raise BrokenRuleError(
                "7", f"{at}: {role}/{unit} asked on {asked}, {name} due {owed.due.on}"
            )


def _asked_anew(record: Record, role: str, unit: str) -> tuple[list[str], list[Limit]]:
    """Give the days on which a seat was asked anew, and the limits of what it had signed."""
    days, within = [], []
    for renewal in record.renewals.values():
        if role not in {one for one, _unit in renewal["seats"]}:
            continue
        days.append(renewal["on"])
        for step in record.steps:
            cosign = step.way.cosign_of(role)
            if step.seq in renewal["steps"] and cosign and cosign.within:
                within.append(cosign.within)
    return days, within


def hold(record: Record, case: Case, calendar: Calendar) -> None:
    """Rule 3: every standing step holds on what it read, as amended, or a correction names it: by
    the witness's way of asking and by the product's own.
    """
    workflow = record.workflow
    for step in record.steps:
        unmet = list(record.unmet(step))
        if unmet and step.seq not in record.unsettled:
            raise BrokenRuleError("3", f"{case.number} step {step.seq} {step.way.name}: {unmet}")
    for made in case.steps:
        gates = gates_of_step(workflow, case, made, Moment(date.fromisoformat(made.on), calendar))
        failing = [gate.text for gate in gates if not gate.met]
        named = str(made.seq) in case.unsettled or record.unsettled.get(made.seq, 0) < 0
        if failing and not named:
            raise BrokenRuleError(
                "3", f"{case.number} step {made.seq} {made.transition}: {failing}"
            )
