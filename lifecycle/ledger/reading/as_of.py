"""Cases as of a day: as what had happened by then makes them, or what was known by a time, or both.

An entry counts whose act's day is not after the one, and that was not recorded after the other.
The values of facts and materials are as the corrections known by then have amended them, whatever
the corrections' own day.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from heapq import merge
from typing import NamedTuple

from lifecycle.engine.case import Case
from lifecycle.engine.corrections.amendments import Amendment, amendments_of, with_amendments
from lifecycle.engine.entry import recorded_day
from lifecycle.engine.letters.letter_steps import to_replace
from lifecycle.frozen import dataclass
from lifecycle.ledger.library import Library
from lifecycle.ledger.queries import CaseFilter, CaseToDate, ListedCase, cases_to_date
from lifecycle.ledger.reading.chain import CaseStep, follow
from lifecycle.ledger.record import OFFICE, day_of, may_correct, recorded_at, stored
from lifecycle.ledger.rows.case_rows import listed_columns, read_case
from lifecycle.ledger.rows.letter_rows import waiting_units
from lifecycle.ledger.rows.task_rows import (
    Asking,
    Part,
    cases_asking,
    days_asked,
    kept_tasks,
    tasks_now,
)
from lifecycle.ledger.store import EntryRow, Store
from lifecycle.people.directory import Directory
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class AsOf:
    """Which entries count: of acts up to a day (`on`, YYYY-MM-DD), and recorded up to a time (`at`,
    UTC, as entries have it). What is None bounds nothing; without either it is as it now is.
    """

    on: str | None = None
    at: str | None = None

    def __bool__(self) -> bool:
        return self.on is not None or self.at is not None

    def knows(self, raw: bytes) -> bool:
        """Tell whether an entry was recorded by then."""
        return self.at is None or recorded_at(raw) <= self.at

    def counts(self, raw: bytes) -> bool:
        """Tell whether an entry was recorded by then, and what it records had happened."""
        return self.knows(raw) and (self.on is None or day_of(raw) <= self.on)

    def counted(self, rows: Iterable[EntryRow]) -> Iterator[EntryRow]:
        """Pass on the rows that count."""
        return (row for row in rows if self.counts(row.raw))


NOW = AsOf()
"""Everything counts."""


@dataclass(frozen=True, slots=True)
class Past:
    """A case as it was, under the workflow that governed it then.

    Its values are as `amended` says that they were amended later; `calendar` is that of its last
    entry, by its SHA-256.
    """

    workflow: Workflow
    case: Case
    calendar: str
    amended: tuple[Amendment, ...]


def case_as_of(library: Library, case_id: str, as_of: AsOf) -> Past | None:
    """Give a case as it was, folded from the entries that count; None where it was not open yet."""
    known = [row for row in library.store.entries(case_id) if as_of.knows(row.raw)]
    last = deque(follow(library, as_of.counted(known)), maxlen=1)
    if not last or last[0].after is None:
        return None
    workflow = library.workflow(last[0].body["intent"]["workflow"])
    later = amendments_later(known, as_of, lambda rows: follow(library, rows))
    case, amended = with_amendments(workflow, last[0].after, later)
    return Past(workflow, case, last[0].body["calendar"], amended)


def amendments_later(
    known: Iterable[EntryRow],
    as_of: AsOf,
    folded: Callable[[Iterable[EntryRow]], Iterator[CaseStep]],
) -> list[Amendment]:
    """List, of a case's entries that are known, what those amended that do not count themselves.

    The chain is only folded where there is such a correction.
    """
    rows = [row for row in known if as_of.knows(row.raw)]
    if not any(may_correct(row.raw) and not as_of.counts(row.raw) for row in rows):
        return []
    return [
        amendment
        for step in folded(rows)
        if step.after is not None and not as_of.counts(step.row.raw)
        for amendment in amendments_of(step.before, step.after)
    ]


def directory_at(store: Store, at: str) -> Directory:
    """Give the office as it was known at a time: its units, officers and grants."""
    from lifecycle.people.evolve import evolve_directory

    directory = Directory()
    for row in store.entries(OFFICE):
        if recorded_at(row.raw) > at:
            break
        directory = evolve_directory(directory, stored(row.raw), row.hash)
    return directory


# ── Many cases ──


@dataclass(frozen=True, slots=True)
class CaseThen:
    """One of many cases as it was: what lists read of it, the units that it names (`,a,b,`), and
    the case itself where it has moved since; None where it still stands as it is kept.
    """

    row: ListedCase
    units: str
    past: Past | None

    def case(self, store: Store) -> Case:
        """Give the whole case."""
        if self.past is not None:
            return self.past.case
        found = store.numbered(self.row.number)
        assert found is not None, "a case that is listed is kept"
        return read_case(store, found[1])


def cases_as_of(
    library: Library, as_of: AsOf, wanted: CaseFilter, after: str = ""
) -> Iterator[CaseThen]:
    """Stream the cases that there were then after a number, in the order of their numbers; none
    whose opening was cancelled by then.

    Of the filter only what never changes in a case is looked at: workflow and year. Most cases have
    not moved since a day not long ago, and are read as they are kept.
    """
    for kept in cases_to_date(library.store, wanted, as_of.on, after=after):
        if _stands(kept, as_of):
            if kept.listed.state:
                yield CaseThen(kept.listed, kept.units, None)
            continue
        past = case_as_of(library, kept.id, as_of)
        if past is not None and not past.case.cancelled:
            yield _then(library, past)


def _stands(kept: CaseToDate, as_of: AsOf) -> bool:
    """Tell whether a case is as it was then: if its last entry counts and was recorded by that
    day, all its entries do. None has a day after that of its recording, and the times of the log do
    not go back; their days may.
    """
    last = kept.last_entry
    return as_of.counts(last) and (as_of.on is None or recorded_day(recorded_at(last)) <= as_of.on)


def _then(library: Library, past: Past) -> CaseThen:
    columns = listed_columns(past.workflow, past.case, library.calendar(past.calendar))
    row = ListedCase(**{name: columns[name] for name in ListedCase._fields if name in columns})
    return CaseThen(row, columns["units"], past)


# ── What was waiting for whom ──


class LetterThen(NamedTuple):
    """A letter of a case that has moved since, as it was: `frozen` says whether its forms were,
    `waiting` which units owed something on it (`,a,b,`), `replace` whether it was to be replaced.
    """

    on: str
    number: str
    seq: int
    case_id: str
    name: str
    unit: str
    state: str
    frozen: bool
    waiting: str
    replace: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """What the cases that have moved since asked of some officers then: by which days, and by which
    letters; `ids` are all such cases, and those opened since.
    """

    ids: frozenset[str]
    asking: tuple[Asking, ...]
    letters: tuple[LetterThen, ...]


def moved_since(
    library: Library, as_of: AsOf, parts: Collection[Part], units: Collection[str]
) -> Moved:
    """Look through the cases that have moved since then for what they asked of these roles and
    units.
    """
    ids, asking, letters = set[str](), list[Asking](), list[LetterThen]()
    for kept in cases_to_date(library.store, CaseFilter(), None):
        if _stands(kept, as_of):
            continue
        ids.add(kept.id)
        if as_of.on is not None and kept.opened_on > as_of.on:
            continue
        past = case_as_of(library, kept.id, as_of)
        if past is not None:
            number = past.case.number
            asking += [Asking(day, number, kept.id) for day in _days(library, past, parts)]
            letters += _letters(past, units)
    return Moved(frozenset(ids), tuple(sorted(asking)), tuple(sorted(letters)))


def _days(library: Library, past: Past, parts: Collection[Part]) -> list[str]:
    calendar = library.calendar(past.calendar)
    return days_asked(tasks_now(past.workflow, past.case, calendar), parts)


def _letters(past: Past, units: Collection[str]) -> Iterator[LetterThen]:
    """List the letters of a case that these units wrote or owed something on."""
    case = past.case
    to_be_replaced = {letter.name for letter in to_replace(case)}
    for letter in case.letters.values():
        waiting = waiting_units(past.workflow, case, letter)
        if letter.unit in units or any(f",{unit}," in waiting for unit in units):
            yield LetterThen(
                on=letter.issued_on or letter.on,
                number=case.number,
                seq=letter.seq,
                case_id=case.id,
                name=letter.name,
                unit=letter.unit,
                state=letter.state,
                frozen=bool(letter.forms),
                waiting=waiting,
                replace=letter.name in to_be_replaced,
            )


def asking_then(store: Store, moved: Moved, parts: Iterable[Part]) -> Iterator[Asking]:
    """Stream what was asked then, in the order in which `todo` lists: by the cases that have moved
    since, and by those that are as they were.
    """
    kept = (one for one in cases_asking(store, parts) if one.case_id not in moved.ids)
    return merge(kept, moved.asking)


def read_then(
    library: Library, as_of: AsOf, moved: Moved, case_id: str, parts: Collection[Part]
) -> tuple[Workflow, Case, list[str]] | None:
    """Give a case as it was with its workflow, and the days by which it asked something of these
    parts; None where it was not there.
    """
    if case_id not in moved.ids:
        return read_now(library, case_id, parts)
    past = case_as_of(library, case_id, as_of)
    return (past.workflow, past.case, _days(library, past, parts)) if past else None


def read_now(
    library: Library, case_id: str, parts: Collection[Part]
) -> tuple[Workflow, Case, list[str]] | None:
    """Give a case as it now is with its workflow, and the days by which it asks something of these
    parts; None for a row of no case, which the audit tells of.
    """
    found = library.store.case(case_id)
    if found is None:
        return None
    days = days_asked(kept_tasks(library.store, case_id), parts)
    return library.workflow(found[0]), read_case(library.store, found[1]), days
