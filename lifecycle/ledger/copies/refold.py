"""The office and every case folded again from their entries: for an upgrade that changes what is
kept beside the log, and for a copy that has only the log.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from lifecycle.ledger.across.every import put_every
from lifecycle.ledger.library import Library
from lifecycle.ledger.reading.chain import CaseStep, by_case, follow
from lifecycle.ledger.record import OFFICE, canonical, stored
from lifecycle.ledger.rows.link_rows import put_links
from lifecycle.ledger.rows.rows import forget_rows, rewrite_rows
from lifecycle.ledger.rows.value_rows import put_values
from lifecycle.ledger.store import Store
from lifecycle.people.directory import Directory, dump_directory
from lifecycle.people.evolve import evolve_directory


def refold(store: Store) -> None:
    """Write all rows that are kept beside the log anew from the entries.

    Within a transaction.
    """
    library = Library(store)
    _write_office(store)
    forget_rows(store)
    for _case_id, rows in by_case(store.all_entries(upto=store.last_index())):
        (last,) = deque(_writing_values(library, follow(library, rows)), maxlen=1)
        _write(library, last)
    put_every(library, library.directory())
    library.keep_compiled()


def _write_office(store: Store) -> None:
    """Write the row of the office as its last entry leaves it."""
    directory = Directory()
    for row in store.entries(OFFICE):
        directory = evolve_directory(directory, stored(row.raw), row.hash)
    if directory.seq:
        state = canonical(dump_directory(directory))
        store.put_office(directory.seq, directory.head, state)


def _writing_values(library: Library, steps: Iterator[CaseStep]) -> Iterator[CaseStep]:
    """Pass on the steps of a case, and keep the values of facts that each has changed, and the
    links that these are.
    """
    store = library.store
    for step in steps:
        assert step.after is not None  # what is followed without judging always goes on
        put_values(store, step.before, step.after)
        put_links(store, library.workflow(step.after.workflow), step.before, step.after)
        yield step


def _write(library: Library, last: CaseStep) -> None:
    """Write the rows of a case as its last entry leaves it."""
    case = last.after
    assert case is not None  # what is followed without judging always goes on
    workflow = library.workflow(last.body["intent"]["workflow"])
    calendar = library.calendar(last.body["calendar"])
    in_force = library.calendar_of(library.directory()) or calendar
    rewrite_rows(library.store, workflow, case, calendar, in_force)
