"""What waits for an officer, the most urgent first, streamed: no more cases are judged than are
shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lifecycle.engine.case import Moment
from lifecycle.frozen import dataclass
from lifecycle.insight.outlook import Task, tasks_of
from lifecycle.ledger.library import Library
from lifecycle.ledger.rows.case_rows import read_case
from lifecycle.ledger.rows.task_rows import cases_asking


@dataclass(frozen=True, slots=True)
class Waiting:
    """One task and, where it is somebody else's by delegation, whose."""

    task: Task
    principal: str | None


def inbox(
    library: Library, moment: Moment, code: str, common: Iterable[str] = ()
) -> Iterator[Waiting]:
    """Stream what waits for an officer, and for those who delegated to them, in the order of the
    days due.

    The rows of the store say which cases ask something of their roles; what it is, and whether it
    can be done, is judged for each as it comes. `common` are the roles that anyone in office in a
    case's unit holds.
    """
    shared = tuple(common)
    acting = library.directory().acting(code, moment.on)
    officers = [officer for officer in acting if officer.held or shared]
    parts = {
        (role, unit)
        for officer in officers
        for role in (*officer.held, *shared)
        for unit in ("", officer.unit)
    }
    for case_id in cases_asking(library.store, parts):
        found = library.store.case(case_id)
        if found is None:
            continue  # a row of no case, which the audit tells of
        workflow, case = library.workflow(found[0]), read_case(library.store, found[1])
        for officer in officers:
            for task in tasks_of(workflow, case, officer, moment):
                yield Waiting(task, officer.principal)
