"""The audit's pass over the chains of the cases: each replayed under the rules and roles of its
time, and compared with the state kept for it.

It learns how much was looked at, and what could not be judged for a damaged definition.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from lifecycle.engine.case import Case
from lifecycle.errors import UnavailableError
from lifecycle.ledger.across.others import PastCases
from lifecycle.ledger.audit.bare import BareCase, check_bare_state
from lifecycle.ledger.audit.damage import Damage, Resting, Tallies, resting_case
from lifecycle.ledger.audit.entries import Known, Trail, look_at, skim
from lifecycle.ledger.audit.finding import Finding
from lifecycle.ledger.audit.log import LogSeen
from lifecycle.ledger.audit.office import OfficeSeen
from lifecycle.ledger.audit.passes.due import check_read_when_due
from lifecycle.ledger.audit.scope import Scope
from lifecycle.ledger.audit.states import check_state
from lifecycle.ledger.reading.chain import by_case, fold
from lifecycle.ledger.record import UNREADABLE, read
from lifecycle.ledger.replay import Basis
from lifecycle.ledger.store import EntryRow
from lifecycle.workflow.migration import own_version
from lifecycle.workflow.model import CLOCK


@dataclass(frozen=True, slots=True)
class CasesSeen:
    """What the pass learned: how many cases and entries there were, and what could not be judged.

    `damages` are the damaged definitions with what rests on them, `tallies` counts that for all
    together, `stopped` is what stopped the pass before the end.
    """

    cases: int
    entries: int
    damages: list[Damage]
    tallies: Tallies
    stopped: UnavailableError | None


class _Counter:
    """Counts the cases and the entries that are looked at."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.cases = 0
        self.entries = 0

    def counted(self, rows: Iterable[EntryRow]) -> Iterator[EntryRow]:
        """Pass on the rows of a case."""
        self.cases += 1
        for row in rows:
            self.entries += 1
            self._scope.tick()
            yield row


def check_cases(
    scope: Scope, log: LogSeen, office: OfficeSeen
) -> Generator[Finding, None, CasesSeen]:
    """Replay every case, one after the other."""
    counter, tallies = _Counter(scope), Tallies()
    stopped: UnavailableError | None = None
    past = PastCases(scope.library)
    try:
        for case_id, rows in by_case(scope.store.all_entries(upto=scope.upto)):
            trail = Trail(case_id, scope.name_of(case_id))
            basis = Basis(scope.library, office.directory, past=past)
            known = Known(scope, log.office_at, office, basis, log.readers)
            looking = check_chain(known, trail, counter.counted(rows))
            office = yield from _tallied(looking, tallies)
    except UnavailableError as error:
        stopped = error
    damages = [tallies.counted(damage) for damage in office.broken.values()]
    return CasesSeen(counter.cases, counter.entries, damages, tallies, stopped)


def _tallied(
    looking: Generator[Finding | Resting, None, OfficeSeen], tallies: Tallies
) -> Generator[Finding, None, OfficeSeen]:
    """Pass on what was found, and count what rests on damaged definitions."""
    while True:
        try:
            found = next(looking)
        except StopIteration as end:
            office: OfficeSeen = end.value
            return office
        if isinstance(found, Resting):
            tallies.add(found)
        else:
            yield found


def check_chain(
    known: Known, trail: Trail, rows: Iterator[EntryRow]
) -> Generator[Finding | Resting, None, OfficeSeen]:
    """Follow a case's chain to its end, and compare the state kept for the case.

    Give the office, which may have gone on.
    """
    first = next(rows)
    rows = chain((first,), rows)
    ruleless = _damaged_workflow(known.office, first)
    if ruleless:
        bare = BareCase(known.office.broken[ruleless].name)
        yield from skim(known, trail, bare.noting(rows), ruleless)
        yield from check_bare_state(known, trail, bare)
        yield resting_case(ruleless, "states", trail.name)
        return known.office
    lost = False
    for inspected in fold(rows, partial(look_at, known), trail):
        yield from inspected.found
        lost = inspected.after is None
        trail = inspected.after or trail
    if lost or trail.last is None:
        yield from skim(known, trail, rows)
        return known.office
    last, case = trail.last, trail.case
    if case is not None and trail.judged:
        upto = known.scope.upto + 1
        for code, told in check_read_when_due(known.basis, known.readers, case, last.row.idx, upto):
            yield Finding(code, last.row.idx, trail.name, told)
        if _is_left_behind(known, case, last.body):
            message = "已决定把在办事项迁到新版流程，本事项没有迁"
            yield Finding("illegal", last.row.idx, trail.name, message)
    return (yield from check_state(known, trail, last))


def _is_left_behind(known: Known, case: Case, body: Mapping[str, Any]) -> bool:
    """Tell whether a case should have been taken over into another version after its last entry."""
    own = own_version(case.workflow)
    directory = known.office.directory
    if own not in directory.migrated():
        return False
    if case.has_ended(known.scope.library.workflow(case.workflow)):
        return False
    by_clock = body["intent"]["actor"]["id"] == CLOCK
    return by_clock or own not in directory.migrated(body["office"])


def _damaged_workflow(office: OfficeSeen, first: EntryRow) -> str:
    """Give the SHA-256 of the workflow that a case was opened under where it is damaged, else
    "".
    """
    if not office.broken:
        return ""
    try:
        workflow = read(first.raw)["intent"]["workflow"]
        return workflow if workflow in office.broken else ""
    except UNREADABLE:
        return ""
