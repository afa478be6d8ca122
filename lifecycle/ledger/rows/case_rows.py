"""The row kept beside the log for each case: computed from the case, and checked against it by the
audit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lifecycle.engine.case import Case, Recorders
from lifecycle.engine.case_letter import Letters
from lifecycle.engine.clock.standing import stand
from lifecycle.engine.entry import Entry
from lifecycle.engine.visibility import viewers_of
from lifecycle.engine.world.workdays import Calendar
from lifecycle.frozen import replace
from lifecycle.ledger.record import stored
from lifecycle.ledger.rows.letter_rows import StoredLetters
from lifecycle.ledger.rows.step_rows import stored_steps
from lifecycle.ledger.snapshot import ReadSnapshot, read_snapshot, write_snapshot
from lifecycle.ledger.store import Store
from lifecycle.workflow.model import Workflow

CASE_COLUMNS = (
    "id",
    "number",
    "workflow",
    "digest",
    "title",
    "state",
    "phase",
    "lead",
    "final",
    "units",
    "viewers",
    "opened_on",
    "entered_on",
    "last_on",
    "due_on",
    "yellow_on",
    "red_on",
    "seq",
    "head",
    "snapshot",
)
"""The columns of a case's row, in the table's order."""
NO_STATE = ""
"""The state in the row of a case whose opening was cancelled."""


class StoredRecorders(Mapping[int, tuple[str, ...]]):
    """Who made each of the first entries of a case, read from the log when it is asked for."""

    __slots__ = ("_case", "_count", "_store")

    def __init__(self, store: Store, case: str, count: int) -> None:
        self._store = store
        self._case = case
        self._count = count

    def __getitem__(self, seq: int) -> tuple[str, ...]:
        row = next(self._store.entries(self._case, after=seq - 1, chunk=1), None)
        if row is None or not 1 <= seq <= self._count:
            raise KeyError(seq)
        body = stored(row.raw)
        return Entry.from_body(body, row.hash).persons

    def __iter__(self) -> Iterator[int]:
        return iter(range(1, self._count + 1))

    def __len__(self) -> int:
        return self._count


def read_case(store: Store, snapshot: bytes) -> Case:
    """Read a case's snapshot, its letters and steps to be read when they are asked for.

    The one read last is kept: a command reads its case when it is named and when it is judged.
    Raises UnavailableError where it is damaged.
    """
    last = store.last_read
    if last is None or last.raw != snapshot:
        last = store.last_read = read_snapshot(snapshot)
    case = last.case
    return replace(
        case,
        letters=Letters(StoredLetters(store, case.id)),
        steps=stored_steps(store, case.id, case.seq),
        recorders=Recorders(StoredRecorders(store, case.id, case.seq)),
    )


def case_row(
    workflow: Workflow, case: Case, calendar: Calendar, read: ReadSnapshot | None = None
) -> dict[str, Any]:
    """Give the columns of a case's row, under the calendar of its last entry; `read` is the
    snapshot that was read last, of whatever case.
    """
    return undated_row(workflow, case, read) | _days(workflow, case, calendar)


def undated_row(workflow: Workflow, case: Case, read: ReadSnapshot | None = None) -> dict[str, Any]:
    """Give the columns of a case's row that no calendar is needed for."""
    return _columns(workflow, case) | {"snapshot": write_snapshot(case, read)}


def listed_columns(workflow: Workflow, case: Case, calendar: Calendar) -> dict[str, Any]:
    """Give what lists read of a case's row: its columns but for the snapshot."""
    return _columns(workflow, case) | _days(workflow, case, calendar)


def _days(workflow: Workflow, case: Case, calendar: Calendar) -> dict[str, Any]:
    standing = stand(workflow, case, calendar)
    return {"due_on": standing.due_on, "yellow_on": standing.yellow_on, "red_on": standing.red_on}


def _columns(workflow: Workflow, case: Case) -> dict[str, Any]:
    """Give the columns that no calendar is needed for.

    A case whose opening was cancelled stands in no state: lists leave it out.
    """
    state = workflow.states[case.state]
    units = [
        unit
        for fact in workflow.facts.values()
        if fact.type == "unit" or (fact.type == "list" and fact.of == "unit")
        for unit in case.bound_units(fact.name)
    ]
    return {
        "id": case.id,
        "number": case.number,
        "workflow": workflow.name,
        "digest": case.workflow,
        "title": case.title,
        "state": NO_STATE if case.cancelled else case.state,
        "phase": None if case.cancelled else state.phase,
        "lead": None if case.cancelled else state.lead,
        "final": case.has_ended(workflow),
        "units": _listed(units) if units else "",
        "viewers": _listed(f"{role}/{unit}" for role, unit in viewers_of(workflow, case))
        if workflow.visible
        else "",
        "opened_on": case.opened_on,
        "entered_on": case.entered_on,
        "last_on": case.last_on,
        "seq": case.seq,
        "head": case.head,
    }


def _listed(words: Iterable[str]) -> str:
    """Write words so that each is found between commas."""
    return f",{','.join(sorted(set(words)))},"
