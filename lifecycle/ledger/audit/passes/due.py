"""What was due of a case by itself and was not made before other cases read it.

The register makes everything that is due before it records an act that may read other cases. So no
such act stands in the log between the day on which something fell due and the entry that made it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date

from lifecycle.engine.case import Case
from lifecycle.engine.clock.by_clock import falling
from lifecycle.engine.entry import recorded_day
from lifecycle.errors import LifecycleError
from lifecycle.ledger.across.due import first_due
from lifecycle.ledger.across.every import (
    DueOpening,
    PeriodDue,
    are_readable,
    decide_opening,
    periods_due,
    versions_of,
)
from lifecycle.ledger.across.others import PastCases
from lifecycle.ledger.audit.finding import NOBODY, Finding
from lifecycle.ledger.audit.scope import Scope
from lifecycle.ledger.library import Library
from lifecycle.ledger.reading.chain import Problem
from lifecycle.ledger.record import OFFICE, UNREADABLE, hash_of, read, recorded_at
from lifecycle.ledger.replay import Basis
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import EntryRow, LogRow, LostDefinitionError
from lifecycle.people.directory import Directory

_WORKFLOW = b'"workflow":"'
_CAUSED = b'"cause":{'


class Readers:
    """Follows through the log the acts that may read other cases: those on cases of a workflow that
    does. None are kept where no workflow has anything made by the clock.
    """

    def __init__(self, scope: Scope) -> None:
        self._library = scope.library
        self._reading: dict[str, bool] = {}
        self._timed = _has_timed(scope.library)
        self.at = array("q")

    def see(self, row: LogRow) -> None:
        """Note the next entry, if it is one: what somebody did, no effect of that, and not what the
        clock made.
        """
        if self._timed and row.case != OFFICE and _CAUSED not in row.raw:
            start = row.raw.rfind(_WORKFLOW) + len(_WORKFLOW)
            if self._reads(row.raw[start : start + 64].decode("ascii", "replace")):
                self.at.append(row.idx)

    def _reads(self, digest: str) -> bool:
        if digest not in self._reading:
            try:
                self._reading[digest] = self._library.workflow(digest).reads_others
            except LostDefinitionError:
                self._reading[digest] = False  # told of the definition itself
        return self._reading[digest]


def _has_timed(library: Library) -> bool:
    """Tell whether any workflow that was published has something made or opened by the clock."""
    for digest, kind, _name in library.store.rows(text.DEFINITIONS):
        try:
            if kind == "workflow":
                workflow = library.workflow(digest)
                if workflow.timed or workflow.every:
                    return True
        except LostDefinitionError:
            continue
    return False


def check_read_when_due(
    basis: Basis, readers: array[int], case: Case, after: int, upto: int
) -> Iterator[Problem]:
    """Look at the acts that may have read a case between two of its entries, by their places in the
    log: what was due by the first of these should have been made.
    """
    library = basis.library
    workflow = library.workflow(case.workflow)
    if case.state not in workflow.timed:
        return
    calendar = library.calendar_of(basis.directory)
    for one in falling(workflow, case, calendar) if calendar else ():
        row = _first_since(library, readers, after, upto, one.on.isoformat())
        if row is None:
            continue
        try:
            due = first_due(basis.then(read(row.raw), row), workflow, case)
        except UNREADABLE:
            continue  # told of that entry itself
        if due is not None and due.decision.effects:
            continue  # whether these can all be done together, only the register has tried
        told = (case.id, due.act.transition, due.due_on) if due else None
        if due and told and told not in basis.overdue:
            basis.overdue.add(told)
            title = workflow.titles[due.act.transition]
            yield (
                "due",
                f"“{title}”{due.due_on} 已到期，第 {row.idx} 号记录以前应先自动办理，记录里没有",
            )


def check_periods(scope: Scope, readers: array[int], directory: Directory) -> Iterator[Finding]:
    """Look at the acts that may read other cases: what was to be opened by the day of one of them
    was opened before it, unless it could not be.
    """
    library = scope.library
    last = library.store.last_body()
    calendar = library.calendar_of(directory)
    if last is None or calendar is None or not are_readable(library, directory):
        return  # what is damaged has been told
    today = date.fromisoformat(recorded_day(recorded_at(last)))
    basis = Basis(library, directory, past=PastCases(library))
    for version in versions_of(library, directory):
        for due in periods_due(version, calendar, today):
            row = _first_since(library, readers, 0, scope.upto + 1, due.period.begin.isoformat())
            opened = library.store.row(text.PLACE_OF_ENTRY, eid=due.eid)
            upto = opened[0] if opened is not None else scope.upto + 1
            while row is not None and row.idx < upto:
                wrong = _missing_before(basis, row, due)
                if wrong is None:
                    break
                if wrong:
                    yield Finding("due", row.idx, NOBODY, wrong)
                    break
                row = _first_since(library, readers, row.idx, scope.upto + 1, "")


def _missing_before(basis: Basis, row: EntryRow, due: PeriodDue) -> str | None:
    """Say what was to be opened before an act and was not: by the calendar and the versions of
    then. "" where it was not due yet, None where it could not be.
    """
    try:
        body = read(row.raw)
        then = basis.then(body, row)
    except (LifecycleError, *UNREADABLE):
        return ""  # told of that entry itself
    day = due.period.due(due.every, then.calendar)
    versions = versions_of(basis.library, basis.directory, body["office"])
    known = any(
        one.cause == due.cause and one.period.due(one.every, then.calendar) == day
        for version in versions
        for one in periods_due(version, then.calendar, then.today)
    )
    if not known:
        return ""
    if not isinstance(decide_opening(then, due, day), DueOpening):
        return None
    label = f"{due.period.label}的 {due.every.opens}"
    return f"{label}{day} 应自动立项，第 {row.idx} 号记录以前没有立"


def _first_since(
    library: Library, readers: array[int], after: int, upto: int, day: str
) -> EntryRow | None:
    """Give the first of some entries, between two places in the log, that was recorded on a day or
    later.
    """
    low, high = bisect_right(readers, after), len(readers)
    while low < high:
        middle = (low + high) // 2
        row = _row_at(library, readers[middle])
        if row is not None and recorded_day(recorded_at(row.raw)) >= day:
            high = middle
        else:
            low = middle + 1
    if low == len(readers) or readers[low] >= upto:
        return None
    return _row_at(library, readers[low])


def _row_at(library: Library, idx: int) -> EntryRow | None:
    found = library.store.row(text.ENTRIES_BY_TIME, after=idx - 1, upto=idx, most=1)
    if found is None:
        return None
    _idx, case, seq, raw = found
    return EntryRow(case, seq, idx, hash_of(raw), raw, "")
