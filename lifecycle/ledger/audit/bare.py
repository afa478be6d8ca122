"""The stored state of a case whose workflow is damaged: what its entries say by themselves, without
any rule, is compared all the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lifecycle.engine.acts import Migrate, read_act
from lifecycle.errors import InvalidError
from lifecycle.ledger.audit.entries import Known, Trail
from lifecycle.ledger.audit.finding import Finding
from lifecycle.ledger.audit.states import stored_row
from lifecycle.ledger.record import UNREADABLE, read
from lifecycle.ledger.store import EntryRow

_IN_SNAPSHOT = ("id", "number", "state", "opened_on", "last_on", "seq", "head")
"""The columns that the stored case repeats under the same name."""


class BareCase:
    """What a case must be stored as by its entries alone: `wanted` by column, `idx` its last entry.

    Number and day of opening come from the first entry, the workflow from that or the one that last
    took the case over, the state from the last one that moved it since, its last day from the last
    that a gate can read, all else from the last. What an unreadable entry would have said is not
    wanted.
    """

    def __init__(self, workflow: str) -> None:
        self.wanted: dict[str, Any] = {"workflow": workflow}
        self.idx = 0
        self.seq = 0

    def noting(self, rows: Iterable[EntryRow]) -> Iterator[EntryRow]:
        """Pass on the rows of the case's chain, and note what they say."""
        for row in rows:
            self.note(row)
            yield row

    def note(self, row: EntryRow) -> None:
        """Note what the chain's next entry says."""
        self.idx, self.seq = row.idx, row.seq
        self.wanted |= {"id": row.case, "seq": row.seq, "head": row.hash}
        try:
            body = read(row.raw)
            intent = body["intent"]
            if row.seq == 1:
                opened = {"digest": intent["workflow"], "opened_on": intent["occurred_on"]}
                self.wanted |= {"number": body["numbers"]["case"], **opened}
            if intent["type"] == Migrate.entry_type:
                self.wanted["digest"] = intent["workflow"]
                self.wanted.pop("state", None)  # what it is called by now says the map
            if intent["to"] is not None:
                self.wanted["state"] = intent["to"]
            if read_act(intent).moves_clock:
                self.wanted["last_on"] = intent["occurred_on"]
        except (*UNREADABLE, InvalidError):
            # This may have been an entry that moved the case.
            self.wanted.pop("state", None)
            self.wanted.pop("last_on", None)


def check_bare_state(known: Known, trail: Trail, bare: BareCase) -> Iterator[Finding]:
    """Compare the row kept for a case with what its entries say by themselves.

    Both are read as of one moment: entries made since the audit began count.
    """
    store = known.scope.store
    with store.reading():
        for row in store.entries(trail.case_id, after=bare.seq):
            bare.note(row)
        found = stored_row(store, trail.case_id)
    if found is None:
        yield Finding("lost", bare.idx, trail.name, "有记录而无事项")
        return
    wrong = wrong_bare_columns(bare.wanted, found)
    if wrong:
        message = f"存储的状态与各条记录不一致：{'、'.join(wrong)}"
        yield Finding("state", bare.idx, trail.name, message)


def wrong_bare_columns(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Name the columns of the stored row that are not as wanted; `snapshot` where the stored case
    itself says otherwise.
    """
    wrong = [name for name, value in wanted.items() if found[name] != value]
    try:
        case = json.loads(found["snapshot"])
        same = case["workflow"] == wanted.get("digest", case["workflow"])
        same = same and all(case[name] == wanted.get(name, case[name]) for name in _IN_SNAPSHOT)
    except UNREADABLE:
        same = False
    return wrong if same else [*wrong, "snapshot"]
