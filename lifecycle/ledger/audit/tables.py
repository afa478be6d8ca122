"""What the tables tell by themselves: the schema, the types of the columns, and rows that belong to
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.ledger.audit.finding import NOBODY, Finding
from lifecycle.ledger.audit.letters import orphans
from lifecycle.ledger.audit.scope import Scope
from lifecycle.ledger.record import OFFICE
from lifecycle.ledger.sqlite.database import schema_differences
from lifecycle.ledger.sqlite.store import Store

_TYPES = {"case_id": "text", "seq": "integer", "eid": "text", "hash": "text", "body": "blob"}
_WRONG_TYPES = " OR ".join(f"typeof({name}) <> '{kind}'" for name, kind in _TYPES.items())
_UNOPENED = f"""
SELECT number FROM cases WHERE id = '{OFFICE}' OR NOT EXISTS
  (SELECT 1 FROM entry WHERE entry.case_id = cases.id AND entry.seq = 1)"""


def check_schema(store: Store) -> Iterator[Finding]:
    """Find tables, indexes and triggers that are not the product's."""
    for message in schema_differences(store.connection, store.path):
        yield Finding("schema", 0, NOBODY, message)


def check_types(scope: Scope) -> Iterator[Finding]:
    """Find entries whose columns hold what SQLite lets in but the product cannot read back."""
    wrong = scope.store.rows(f"SELECT idx, case_id FROM entry WHERE {_WRONG_TYPES}")
    for idx, case_id in wrong:
        yield Finding("form", idx, scope.name_of(case_id), "记录各列的类型不对")


def check_leftovers(scope: Scope, in_log: int, in_chains: int) -> Iterator[Finding]:
    """Find what belongs to nothing: entries of no chain, cases of no entry, letters of no case."""
    if in_chains != in_log:
        yield Finding("lost", 0, NOBODY, f"有 {in_log - in_chains} 条记录不在任何事项的链上")
    for (number,) in scope.store.rows(_UNOPENED):
        yield Finding("lost", 0, str(number), "有事项而无立项记录")
    for message in orphans(scope.store):
        yield Finding("outbox", 0, NOBODY, message)
