"""A throw-away office in which scenarios are played: founded once, and as it was after each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lifecycle import places
from lifecycle.errors import UnknownError
from lifecycle.exchange.calendar_file import read_calendar_file
from lifecycle.ledger.queries import CaseFilter, list_page
from lifecycle.ledger.record import CALENDAR
from lifecycle.ledger.register import Request
from lifecycle.ledger.rows.case_rows import read_case
from lifecycle.office.administration.publication import put_into_force
from lifecycle.office.clock import BEIJING
from lifecycle.office.office import Office
from lifecycle.people.changes import FoundOffice
from lifecycle.workflow.naming import find_role

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.office.administration.publication import Definition
    from lifecycle.people.changes import OfficeChange
    from lifecycle.workflow.model import Workflow

_MORNING = time(9)
_MOST_CASES = 500


class TrialClock:
    """The clock of a scenario: nine in the morning of the day that is played."""

    def __init__(self, day: date) -> None:
        self.day = day

    def __call__(self) -> datetime:
        """Give the time."""
        return datetime.combine(self.day, _MORNING, BEIJING)


class TrialOffice:
    """An office in a folder of its own, with its clock; `workflows` are those in force there."""

    def __init__(self, office: Office, clock: TrialClock, folder: Path) -> None:
        self.office = office
        self.clock = clock
        self.folder = folder
        self.workflows: dict[str, Workflow] = {one.name: one for one in office.workflows()}
        self._drafts: dict[bytes, Path] = {}

    def undone(self) -> AbstractContextManager[None]:
        """Do several steps as if for good, and undo them all."""
        return self.office.register.undone()

    def officer(self, name: str) -> str:
        """Give the code of an officer who is meant: a code, or the first who holds a role."""
        directory, on = self.office.directory, self.clock.day
        if name in directory.people:
            return name
        for workflow in self.workflows.values():
            if name in workflow.roles or name in (r.title for r in workflow.roles.values()):
                role = find_role(workflow, name)
                for code in directory.people:
                    if role in directory.officer(code, on).held:
                        return code
        return directory.officer_code(name)

    def case(self, number: str) -> Case:
        """Give a case by its number, whoever may see it."""
        found = self.office.store.numbered(number)
        if found is None:
            raise UnknownError("事项", number)
        return read_case(self.office.store, found[1])

    def cases(self) -> Iterator[Case]:
        """Give all cases that there are by now."""
        for row in list_page(self.office.store, CaseFilter(), size=_MOST_CASES):
            yield self.case(row.number)

    def workflow_of(self, case: Case) -> Workflow:
        """Give the workflow that governs a case."""
        return self.office.workflow_of(case)

    def file(self, title: str, body: bytes) -> Path:
        """Write a material's bytes to a file that can be attached."""
        if body not in self._drafts:
            path = self.folder / f"{len(self._drafts)}-{title.replace('/', '_')}.txt"
            path.write_bytes(body)
            self._drafts[body] = path
        return self._drafts[body]


@contextmanager
def founded(
    changes: Sequence[OfficeChange], definitions: Sequence[Definition], start: date
) -> Iterator[TrialOffice]:
    """Found an office with definitions in force, in a folder that goes with it."""
    with TemporaryDirectory(prefix="lifecycle-scenario-") as name:
        folder, clock = Path(name), TrialClock(start)
        office = Office.open(str(folder / "scenario.db"), clock=clock, create=True)
        try:
            _found(office, changes, definitions)
            yield TrialOffice(office, clock, folder)
        finally:
            office.close()


def _found(
    office: Office, changes: Sequence[OfficeChange], definitions: Sequence[Definition]
) -> None:
    first, *others = changes
    assert isinstance(first, FoundOffice), "an office begins with its founding"
    request = Request(first.officer)
    calendar = read_calendar_file(places.calendars() / f"{CALENDAR}.yaml")
    with office.together():
        office.register.change_office(request, first)
        for kind, name, body in (("calendar", CALENDAR, calendar), *definitions):
            put_into_force(office, request, kind, name, body)
        for change in others:
            office.register.change_office(request, change)
