"""The rows kept beside the log for what waits for somebody: who is asked for what, by role, unit
and day.

They say who is asked, never whether gates hold: that is judged for the page that somebody looks at.
They are computed from the cases and compared with them by the audit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from heapq import merge
from typing import NamedTuple

from lifecycle.engine.case import Case, Moment
from lifecycle.engine.consequences import waiting_proposals
from lifecycle.engine.gates.asking import is_up
from lifecycle.engine.gates.cosign import seats_of
from lifecycle.engine.gates.gates import leads_of
from lifecycle.engine.workdays import Calendar
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import Store
from lifecycle.workflow.model import Transition, Workflow

NO_DAY = "9999-12-31"
"""The day due of what has none: it comes last."""
_CHUNK = 200


class TaskRow(NamedTuple):
    """One thing that a case asks of somebody, as its row has it."""

    case_id: str
    kind: str
    transition: str
    role: str
    unit: str
    due_on: str
    number: str


def tasks_now(
    workflow: Workflow, case: Case, calendar: Calendar, due_on: str | None
) -> set[TaskRow]:
    """Give what a case asks after its last entry, under the calendar of that; `due_on` is its next
    day due.
    """
    moment = Moment(date.fromisoformat(case.last_on), calendar)
    state = workflow.states[case.state]
    asked: set[tuple[str, str, str, str]] = set()
    if waiting_proposals(case):
        leads = leads_of(workflow, case)
        asked |= {
            ("confirm", "", role, unit) for role in leads for unit in _units(workflow, case, role)
        }
    if not state.final:
        asked |= _asked_on_the_way(workflow, case, moment)
    return {TaskRow(case.id, *one, due_on or NO_DAY, case.number) for one in asked}


def _asked_on_the_way(
    workflow: Workflow, case: Case, moment: Moment
) -> set[tuple[str, str, str, str]]:
    """Give what the way out of the present state asks, as (kind, transition, role, unit)."""
    state = workflow.states[case.state]
    asked = {
        asked
        for transition in workflow.leaving[case.state].values()
        for asked in _asked(workflow, case, transition, moment)
    }
    if state.lead:
        asked |= {("lead", "", state.lead, unit) for unit in _units(workflow, case, state.lead)}
    return asked


def _asked(
    workflow: Workflow, case: Case, transition: Transition, moment: Moment
) -> Iterator[tuple[str, str, str, str]]:
    """List what a transition asks, as (kind, transition, role, unit)."""
    if transition.cosign and is_up(workflow, case, transition, moment):
        for seat in seats_of(workflow, case, transition):
            if seat.opinion is None or seat.stale:
                yield "sign", transition.name, seat.role, seat.unit
    if transition.kind in ("forward", "resume"):
        for role in transition.by:
            for unit in _units(workflow, case, role):
                yield "move", transition.name, role, unit


def _units(workflow: Workflow, case: Case, role: str) -> tuple[str, ...]:
    """Name the units that hold a role in a case; "" stands for any that has it."""
    bound = workflow.roles[role].bound
    return case.bound_units(bound) if bound else ("",)


def put_tasks(store: Store, case_id: str, wanted: set[TaskRow]) -> None:
    """Bring a case's rows up to date; within a transaction. Only what changes is written."""
    kept = kept_tasks(store, case_id)
    for row in kept - wanted:
        key = row._asdict()
        del key["due_on"], key["number"]
        store.put(text.DROP_TASK, **key)
    for row in wanted - kept:
        store.put(text.ADD_TASK, **row._asdict())


def kept_tasks(store: Store, case_id: str) -> set[TaskRow]:
    """Read the rows of a case."""
    return {TaskRow(*row) for row in store.rows(text.TASKS_OF_CASE, case_id=case_id)}


def cases_asking(store: Store, parts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Stream the ids of the cases that ask something of one of these (role, unit), each once, in
    the order of their days due and their numbers.
    """
    last = ""
    for _due_on, _number, case_id in merge(*(_stream(store, *part) for part in parts)):
        if case_id != last:
            yield case_id
        last = case_id


def _stream(store: Store, role: str, unit: str) -> Iterator[tuple[str, str, str]]:
    place: dict[str, str] = {"due_on": "", "number": ""}
    while rows := store.rows(text.TASKS_FOR, role=role, unit=unit, most=_CHUNK, **place):
        yield from rows
        place = {"due_on": rows[-1][0], "number": rows[-1][1]}
