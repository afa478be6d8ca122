"""The office and every case folded again from their entries: for an upgrade that changes what is
kept beside the log, and for a copy that has only the log.
"""

from __future__ import annotations

from collections import deque

from lifecycle.ledger.chain import CaseStep, by_case, follow
from lifecycle.ledger.library import Library
from lifecycle.ledger.record import OFFICE, canonical, stored
from lifecycle.ledger.rows.rows import rewrite_rows
from lifecycle.ledger.store import Store
from lifecycle.people.directory import Directory, dump_directory, evolve_directory


def refold(store: Store) -> None:
    """Write the rows of office, cases, letters and tasks anew from the entries.

    Within a transaction.
    """
    library = Library(store)
    _write_office(store)
    for _case_id, rows in by_case(store.all_entries(upto=store.last_index())):
        (last,) = deque(follow(library, rows), maxlen=1)
        _write(library, last)
    library.keep_compiled()


def _write_office(store: Store) -> None:
    """Write the row of the office as its last entry leaves it."""
    directory = Directory()
    for row in store.entries(OFFICE):
        directory = evolve_directory(directory, stored(row.raw), row.hash)
    if directory.seq:
        state = canonical(dump_directory(directory))
        store.put_office(directory.seq, directory.head, state)


def _write(library: Library, last: CaseStep) -> None:
    """Write the rows of a case as its last entry leaves it."""
    case = last.after
    assert case is not None  # what is followed without judging always goes on
    workflow = library.workflow(last.body["intent"]["workflow"])
    calendar = library.calendar(last.body["calendar"])
    rewrite_rows(library.store, workflow, case, calendar)
