"""What the tables tell by themselves: the schema, the types of the columns, and rows that belong to
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.ledger.audit.finding import NOBODY, Finding
from lifecycle.ledger.audit.scope import Scope
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import Store


def check_schema(store: Store) -> Iterator[Finding]:
    """Find tables, indexes and triggers that are not the product's."""
    for message in store.schema_differences():
        yield Finding("schema", 0, NOBODY, message)


def check_types(scope: Scope) -> Iterator[Finding]:
    """Find entries whose columns hold what SQLite lets in but the product cannot read back."""
    for idx, case_id in scope.store.rows(text.WRONG_TYPES):
        yield Finding("form", idx, scope.name_of(case_id), "记录各列的类型不对")


def check_leftovers(scope: Scope, in_log: int, in_chains: int) -> Iterator[Finding]:
    """Find what belongs to nothing: entries of no chain, cases of no entry, rows of no case."""
    if in_chains != in_log:
        yield Finding("lost", 0, NOBODY, f"有 {in_log - in_chains} 条记录不在任何事项的链上")
    for (number,) in scope.store.rows(text.CASES_NEVER_OPENED):
        yield Finding("lost", 0, str(number), "有事项而无立项记录")
    for table, name in scope.store.rows(text.ROWS_OF_NO_CASE):
        code = "outbox" if table == "outbox" else "state"
        yield Finding(code, 0, NOBODY, f"{table} {name} 不属于任何事项")
