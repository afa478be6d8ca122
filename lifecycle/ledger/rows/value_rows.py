"""The rows kept beside the log for the values of facts over time, and for the state of each case:
an edition for each change. Collections read many cases from them, as they stood on a day.

They are computed from the cases' entries and compared with them by the audit.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from lifecycle.engine.case import Case, moved_facts
from lifecycle.engine.values import Value
from lifecycle.ledger.record import canonical
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import Store


class FactValue(NamedTuple):
    """What an entry changed a fact to: its `seq` in the case, the act's day, and the value in
    canonical JSON; None where the fact was cleared.
    """

    seq: int
    on_day: str
    value: str | None


STATE, SUSPENDED = "@state", "@suspended"
"""Under these names stand the state of a case (none once its opening is cancelled) and whether it
is suspended; no fact is called so.
"""


def editions(before: Case | None, after: Case) -> dict[str, FactValue]:
    """Give the edition of each fact, and of the case's state, that its last entry has made."""
    return {
        name: FactValue(after.seq, after.last_on, _written(value))
        for name, value in (moved_facts(before, after) | _moved_state(before, after)).items()
    }


def _moved_state(before: Case | None, after: Case) -> dict[str, Value | None]:
    found: dict[str, Value | None] = {}
    if before is None or (before.state, before.cancelled) != (after.state, after.cancelled):
        found[STATE] = None if after.cancelled else after.state
    suspended = bool(after.suspensions)
    if before is None or bool(before.suspensions) != suspended:
        found[SUSPENDED] = suspended
    return found


def _written(value: Value | None) -> str | None:
    return None if value is None else canonical(value).decode()


def put_values(store: Store, before: Case | None, after: Case) -> None:
    """Keep the editions that the last entry of a case has made; within a transaction."""
    moved = {fact: edition.value for fact, edition in editions(before, after).items()}
    if moved:
        entry = {"case_id": after.id, "seq": after.seq, "on_day": after.last_on}
        store.run(text.ADD_FACT_VALUES, moved=json.dumps(moved, ensure_ascii=False), **entry)


def forget_values(store: Store) -> None:
    """Remove all editions, to be written anew; within a transaction."""
    store.run(text.FORGET_FACT_VALUES)


def kept_edition(store: Store, case_id: str, fact: str, number: int) -> FactValue | None:
    """Read one edition of a fact; None where it is not kept."""
    found = store.row(text.FACT_VALUE, case_id=case_id, fact=fact, edition=number)
    return FactValue(*found) if found is not None else None


def kept_editions(store: Store, case_id: str) -> list[tuple[str, int]]:
    """List which editions are kept of a case, as (fact, edition)."""
    return store.rows(text.EDITIONS_OF_CASE, case_id=case_id)


def value_on(store: Store, case_id: str, fact: str, day: str, upto_index: int) -> Value | None:
    """Give a fact's value on a day, as it was known when the log had come to a global index: of the
    entries up to there, the last of the latest day that is not after `day`.

    None where it was not known then, or had been cleared.
    """
    found = store.row(text.VALUE_ON, case_id=case_id, fact=fact, on_day=day, upto=upto_index)
    if found is None or found[0] is None:
        return None
    value: Value = json.loads(found[0])
    return value
