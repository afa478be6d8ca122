"""What is opened once in every period: which periods are due by which version of a workflow, the
entry that each has, and the rows by which the register finds the next.

A period is due by a version of a workflow if its day comes after the day on which that was
published and not after the one on which the next was. Its entry bears a name that only one entry
can have, so that none is opened twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from hashlib import sha256
from operator import itemgetter
from typing import Any

from lifecycle.engine.acts import Open
from lifecycle.engine.clock.by_clock import the_clock
from lifecycle.engine.clock.periods import Period, facts_in, periods_from
from lifecycle.engine.decide import decide
from lifecycle.engine.docket import Accepted, Refused
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.engine.world.workdays import Calendar
from lifecycle.errors import LifecycleError
from lifecycle.frozen import dataclass
from lifecycle.ledger.across.due import Then
from lifecycle.ledger.library import Library
from lifecycle.ledger.record import OFFICE, day_of
from lifecycle.ledger.rows.task_rows import TaskRow, put_tasks
from lifecycle.ledger.store import LostDefinitionError
from lifecycle.people.directory import Directory, Document
from lifecycle.workflow.model import CLOCK, Every, Workflow

EVERY = "every"
"""What stands for a case in the rows of what is opened every period."""
NAMED = "every:"
"""How the names of these entries begin; nobody's own request is called so."""
_MOST_NAME = 64


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a workflow that opens something every period: the day on which it was published,
    and that on which the next one was (None: it is in force).
    """

    workflow: Workflow
    since: date
    until: date | None

    def covers(self, day: date) -> bool:
        """Tell whether something of a day is due by this version."""
        return self.since < day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class PeriodDue:
    """A period in which something is to be opened, by which version of a workflow."""

    version: Version
    every: Every
    period: Period

    @property
    def name(self) -> str:
        """Name what it is: WORKFLOW.PERIOD."""
        return f"{self.version.workflow.name}.{self.every.period}"

    @property
    def eid(self) -> str:
        """Name its entry."""
        text = f"{NAMED}{self.name}:{self.period.code}"
        return text if len(text) <= _MOST_NAME else NAMED + sha256(text.encode()).hexdigest()[:40]

    @property
    def cause(self) -> dict[str, Any]:
        """Give what its entry names as its cause."""
        return {"by": CLOCK, "every": self.name, "period": self.period.code}


def versions_of(library: Library, directory: Directory, office: int | None = None) -> list[Version]:
    """List the versions of workflows that open something every period, those published among so
    many entries of the office (None: all); one whose definition is damaged opens nothing.
    """
    last = directory.seq if office is None else office
    published = [d for d in directory.documents if d.kind == "workflow" and d.seq <= last]
    found = []
    for place, document in enumerate(published):
        workflow = _readable(library, document)
        if workflow is not None and workflow.every:
            later = (d.seq for d in published[place + 1 :] if d.name == document.name)
            ended = next(later, None)
            until = _day_of(library, ended) if ended is not None else None
            found.append(Version(workflow, _day_of(library, document.seq), until))
    return found


def are_readable(library: Library, directory: Directory) -> bool:
    """Tell whether no definition of a workflow is damaged."""
    published = (d for d in directory.documents if d.kind == "workflow")
    return all(_readable(library, document) is not None for document in published)


def _readable(library: Library, document: Document) -> Workflow | None:
    try:
        return library.workflow(document.digest)
    except LostDefinitionError:
        return None


def _day_of(library: Library, seq: int) -> date:
    row = next(library.store.entries(OFFICE, after=seq - 1, chunk=1))
    return date.fromisoformat(day_of(row.raw))


def periods_due(version: Version, calendar: Calendar, today: date) -> Iterator[PeriodDue]:
    """Give the periods due by a version up to a day, of each kind in their order."""
    for every in version.workflow.every:
        for period in _periods(version, every):
            day = period.due(every, calendar)
            if day > today or (version.until is not None and day > version.until):
                break
            if version.covers(day):
                yield PeriodDue(version, every, period)


def _periods(version: Version, every: Every) -> Iterator[Period]:
    """Give the periods whose day may come after a version was published, the first one first: those
    that began long before it among them, where the time is longer than a period.
    """
    days = every.after.amount * (31 if every.after.unit == "month" else 3)
    return periods_from(every.period, version.since - timedelta(days + 31))


@dataclass(frozen=True, slots=True)
class DueOpening:
    """What the clock opens in a period, as it was decided under the workflow in force."""

    due: PeriodDue
    workflow: Workflow
    officer: Officer
    moment: Moment
    decision: Accepted


def first_opening(
    then: Then, library: Library, versions: list[Version], upto: date | None = None
) -> DueOpening | None:
    """Give what is to be opened first, up to a day; None where nothing is, or cannot be."""
    for due, on in waiting_periods(then, library, versions, upto):
        found = decide_opening(then, due, on)
        if isinstance(found, DueOpening):
            return found
    return None


def waiting_periods(
    then: Then, library: Library, versions: list[Version], upto: date | None = None
) -> list[tuple[PeriodDue, date]]:
    """List the periods that are due and have no entry yet, the first day first."""
    waiting = [
        (due, due.period.due(due.every, then.calendar))
        for version in versions
        for due in periods_due(version, then.calendar, upto or then.today)
        if library.store.entry(due.eid) is None
    ]
    return sorted(waiting, key=itemgetter(1))


def decide_opening(then: Then, due: PeriodDue, on: date) -> DueOpening | tuple[str, ...]:
    """Decide an opening on its day; else give what stands in the way, in words."""
    try:
        workflow = then.opened(due.every.opens)
        act = Open(facts_in(due.every, workflow, due.period, on))
    except LifecycleError as error:
        return (error.message,)
    moment = then.seen(workflow, None, act, on)
    officer = the_clock(workflow, None, moment)
    decision = decide(workflow, None, act, officer, moment)
    if isinstance(decision, Refused):
        return tuple(gate.text for gate in decision.gates if not gate.met)
    return DueOpening(due, workflow, officer, moment, decision)


def every_rows(library: Library, directory: Directory) -> set[TaskRow]:
    """Give the rows of what is to be opened next, each with its day."""
    calendar = library.calendar_of(directory) or Calendar("", {})
    rows: dict[str, date] = {}
    for version in versions_of(library, directory):
        for every in version.workflow.every:
            due = _next(library, version, every, calendar)
            if due is not None:
                day = due.period.due(every, calendar)
                rows[due.name] = min(day, rows.get(due.name, day))
    return {
        TaskRow(EVERY, EVERY, name, CLOCK, "", day.isoformat(), "") for name, day in rows.items()
    }


def _next(library: Library, version: Version, every: Every, calendar: Calendar) -> PeriodDue | None:
    for period in _periods(version, every):
        due, day = PeriodDue(version, every, period), period.due(every, calendar)
        if version.until is not None and day > version.until:
            return None
        if version.covers(day) and library.store.entry(due.eid) is None:
            return due
    return None


def put_every(library: Library, directory: Directory) -> None:
    """Bring these rows up to date; within a transaction."""
    put_tasks(library.store, EVERY, every_rows(library, directory))


def due_named(
    versions: list[Version], cause: Mapping[str, Any], calendar: Calendar, on: str
) -> PeriodDue | None:
    """Find the period that an entry names as its cause, as due on its day; None where there is no
    such.
    """
    day = date.fromisoformat(on)
    for version in versions:
        for due in periods_due(version, calendar, day):
            if due.cause == dict(cause) and due.period.due(due.every, calendar) == day:
                return due
    return None
