"""Every case folded again from its entries: for an upgrade that changes what is kept beside the
log.
"""

from __future__ import annotations

import sqlite3
from itertools import groupby
from pathlib import Path

from lifecycle.engine.case import Case
from lifecycle.engine.evolve import evolve
from lifecycle.ledger.case_rows import case_row
from lifecycle.ledger.letter_rows import put_notices
from lifecycle.ledger.library import Library
from lifecycle.ledger.record import OFFICE, stored
from lifecycle.ledger.sqlite.store import Store


def refold(path: Path, connection: sqlite3.Connection) -> None:
    """Write the rows of all cases and letters anew from the entries; within a transaction."""
    library = Library(Store(path, connection, None))
    store = library.store
    for case_id, rows in groupby(
        store.all_entries(upto=store.last_index()), key=lambda row: row[0]
    ):
        if case_id == OFFICE:
            continue
        case: Case | None = None
        for _case, _seq, _idx, digest, raw, _eid in rows:
            body = stored(raw)
            workflow = library.workflow(body["intent"]["workflow"])
            case = evolve(workflow, case, body, digest)
        if case is not None:
            row = case_row(workflow, case, library.calendar(body["calendar"]))
            sets = ", ".join(f"{name} = :{name}" for name in row if name != "id")
            connection.execute(f"UPDATE cases SET {sets} WHERE id = :id", row)
            put_notices(store, workflow, None, case)
