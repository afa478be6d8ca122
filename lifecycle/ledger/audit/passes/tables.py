"""What the tables tell by themselves: the schema, the types of the columns, and rows that belong to
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.errors import LifecycleError
from lifecycle.ledger.across.every import EVERY, are_readable, every_rows
from lifecycle.ledger.audit.finding import NOBODY, UNLIKE, Finding
from lifecycle.ledger.audit.scope import Scope
from lifecycle.ledger.rows.case_rows import read_case
from lifecycle.ledger.rows.search_rows import is_kept, kept_search
from lifecycle.ledger.rows.task_rows import kept_tasks
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
    yield from _check_every(scope)
    yield from _check_grams(scope)


def _check_every(scope: Scope) -> Iterator[Finding]:
    """Compare the rows of what is to be opened next with those that follow from the log."""
    library = scope.library
    with scope.store.reading():
        directory = library.directory()
        kept = kept_tasks(scope.store, EVERY)
        known = directory.seq and are_readable(library, directory)
        if known and kept != every_rows(library, directory):
            yield Finding("state", 0, NOBODY, "存储的按期立项与回放结果不一致")


def _check_grams(scope: Scope) -> Iterator[Finding]:
    """Find pairs of characters kept for search that no searched text of their block has.

    Where a searched text is not that of its case, that has been told, and pairs follow from it.
    """
    rows = scope.store.rows(text.GRAMS_TOO_MANY)
    if not rows or scope.store.row(text.CASES_NOT_SEARCHED) is not None:
        return
    searched = scope.store.rows(text.SEARCHED_CASES)
    if all(_is_text_sound(scope, case_id) for (case_id,) in searched):
        for gram, block in rows:
            message = f"检索用字“{gram}”不在第 {block} 组的检索文字中"
            yield Finding("state", 0, NOBODY, message)


def _is_text_sound(scope: Scope, case_id: str) -> bool:
    found, kept = scope.store.case(case_id), kept_search(scope.store, case_id)
    if found is None or kept is None:
        return False
    try:
        case = read_case(scope.store, found[1])
        return is_kept(kept, scope.library.workflow(case.workflow), case)
    except (LifecycleError, *UNLIKE):
        return False
