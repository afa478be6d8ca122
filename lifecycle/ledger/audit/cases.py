"""The audit's pass over the chains of the cases: each replayed under the rules and roles of its
time, and compared with the state kept for it.

It learns how much was looked at, and what could not be judged for a damaged definition.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain

from lifecycle.engine.acts import Migrate, Open
from lifecycle.errors import UnavailableError
from lifecycle.ledger.across.others import PastCases
from lifecycle.ledger.audit.bare import BareCase, check_bare_state
from lifecycle.ledger.audit.damage import Damage, Resting, Tallies, resting_case
from lifecycle.ledger.audit.entries import Known, Trail, is_left_behind, look_at, skim
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
from lifecycle.workflow.migration import BETWEEN


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
    ruleless = _damaged_rules(known.office, first)
    if ruleless:
        bare = BareCase(known.office.broken[ruleless].name)
        yield from skim(known, trail, bare.noting(rows), ruleless)
        yield from check_bare_state(known, trail, bare)
        yield resting_case(ruleless, "states", trail.name)
        return known.office
    lost = False
    stopped: list[EntryRow] = []
    bare = BareCase("")
    if known.office.broken:
        rows = bare.noting(rows)
    for inspected in fold(_followed(known.office, rows, stopped), partial(look_at, known), trail):
        yield from inspected.found
        lost = inspected.after is None
        trail = inspected.after or trail
    if lost or trail.last is None:
        yield from skim(known, trail, chain(stopped, rows))
        return known.office
    if stopped:
        ruleless = _damaged_rules(known.office, stopped[0])
        yield from skim(known, trail, chain(stopped, rows), ruleless)
        bare.wanted["workflow"] = known.office.broken[ruleless].name
        yield from check_bare_state(known, trail, bare)
        yield resting_case(ruleless, "states", trail.name)
        return known.office
    last, case = trail.last, trail.case
    if case is not None and trail.judged:
        upto = known.scope.upto + 1
        for code, told in check_read_when_due(known.basis, known.readers, case, last.row.idx, upto):
            yield Finding(code, last.row.idx, trail.name, told)
        if is_left_behind(known, case, trail.office):
            message = "已决定把在办事项迁到新版流程，本事项没有迁"
            yield Finding("illegal", last.row.idx, trail.name, message)
    return (yield from check_state(known, trail, last))


def _followed(
    office: OfficeSeen, rows: Iterable[EntryRow], stopped: list[EntryRow]
) -> Iterator[EntryRow]:
    """Give the entries up to one that takes the case over into what is damaged; that is `stopped`
    at.
    """
    for row in rows:
        if _damaged_rules(office, row):
            stopped.append(row)
            return
        yield row


def _damaged_rules(office: OfficeSeen, row: EntryRow) -> str:
    """Give the SHA-256 of what is damaged among the workflows, and the maps between them, that an
    entry opens a case under or takes it over into; "" where it does neither, or nothing is.
    """
    if not office.broken:
        return ""
    try:
        intent = read(row.raw)["intent"]
        if intent["type"] not in (Open.entry_type, Migrate.entry_type):
            return ""
        parts = str(intent["workflow"]).split(BETWEEN)
    except UNREADABLE:
        return ""
    return next((part for part in parts if part in office.broken), "")
