"""What waits for an officer, the most urgent first, streamed: no more cases are judged than are
shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.engine.case import Moment, Officer
from lifecycle.frozen import dataclass
from lifecycle.insight.outlook import Task, tasks_of
from lifecycle.ledger.case_rows import read_case
from lifecycle.ledger.library import Library
from lifecycle.ledger.sqlite.queries import Filter, Seat, stream_by_due
from lifecycle.people.directory import Directory
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class Waiting:
    """One task and, where it is somebody else's by delegation, whose."""

    task: Task
    principal: str | None


def inbox(library: Library, moment: Moment, code: str) -> Iterator[Waiting]:
    """Stream what waits for an officer, and for those who delegated to them, in the order of the
    days due.
    """
    directory = library.directory()
    own = directory.officer(code, moment.on)
    behalf = [
        directory.officer(code, moment.on, principal=p)
        for p in directory.principals(code, moment.on)
    ]
    officers = [officer for officer in (own, *behalf) if officer.held]
    wanted = Filter(open_only=True, seats=tuple(_seats(library, directory, officers)))
    for digest, snapshot in stream_by_due(library.store, wanted):
        workflow, case = library.workflow(digest), read_case(library.store, snapshot)
        for officer in officers:
            for task in tasks_of(workflow, case, officer, moment):
                yield Waiting(task, officer.principal)


def _seats(library: Library, directory: Directory, officers: list[Officer]) -> Iterator[Seat]:
    """List the states of all published workflows in which these officers' roles have a part."""
    for document in directory.documents:
        if document.kind != "workflow":
            continue
        workflow = library.workflow(document.digest)
        for state in workflow.states:
            parts = _parts(workflow, state)
            for officer in officers:
                held = parts & officer.held.keys()
                if held:
                    bound = all(workflow.roles[role].bound for role in held)
                    yield Seat(document.digest, state, officer.unit if bound else None)


def _parts(workflow: Workflow, state: str) -> set[str]:
    """Name the roles that act in a state: its lead, those who may leave it, and those who are asked
    to co-sign.
    """
    lead = workflow.states[state].lead
    parts = {lead} if lead else set()
    for transition in workflow.leaving[state].values():
        if transition.kind in ("forward", "resume"):
            parts.update(transition.by)
        if transition.cosign:
            parts.update(transition.cosign.roles)
    return parts
