"""Lists and counts over the cases' rows.

Each list is one statement with room for the conditions that are asked for. Every read is short, so
it never holds a writer up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from lifecycle.frozen import dataclass
from lifecycle.ledger.sql import text
from lifecycle.ledger.sql.statement import Statement
from lifecycle.ledger.store import Store


class ListedCase(NamedTuple):
    """A case as a list has it: the columns of LIST_CASES in their order."""

    number: str
    title: str
    workflow: str
    digest: str
    state: str
    phase: str | None
    lead: str | None
    final: int
    entered_on: str
    last_on: str
    due_on: str | None
    yellow_on: str | None
    red_on: str | None
    snapshot: bytes = b""
    """The whole case; read only where it is asked for."""


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list is asked for.

    None asks for anything. `roles` and `mine`: led by one of them, or naming the unit. `year` is
    that of the opening.
    """

    workflow: str | None = None
    state: str | None = None
    phase: str | None = None
    unit: str | None = None
    overdue_on: str | None = None
    roles: tuple[str, ...] | None = None
    mine: str | None = None
    year: int | None = None


def conditions_of(wanted: CaseFilter) -> tuple[list[Statement], dict[str, Any]]:
    """Give the conditions that a filter sets, and the values that they bind; cases whose opening
    was cancelled are in no list.
    """
    values: dict[str, Any] = {}
    conditions = [text.IN_SOME_STATE]
    for condition, name, value in (
        (text.OF_WORKFLOW, "workflow", wanted.workflow),
        (text.IN_STATE, "state", wanted.state),
        (text.IN_PHASE, "phase", wanted.phase),
        (text.NAMING_UNIT, "unit", wanted.unit),
        (text.DUE_BEFORE, "due_before", wanted.overdue_on),
    ):
        if value is not None:
            conditions.append(condition)
            values[name] = value
    if wanted.roles is not None:
        conditions.append(text.LED_BY_OR_NAMING)
        values |= {"roles": json.dumps(wanted.roles), "mine": wanted.mine}
    if wanted.year is not None:
        conditions.append(text.OPENED_BETWEEN)
        values |= {
            "first_day": f"{wanted.year:04}-01-01",
            "last_day": f"{wanted.year:04}-12-31",
        }
    return conditions, values


def list_page(
    store: Store,
    wanted: CaseFilter,
    *,
    after: str = "",
    size: int = 50,
    skip: int = 0,
    whole: bool = False,
) -> list[ListedCase]:
    """Give one page of cases in the order of their numbers, after a number (keyset paging), `skip`
    of them left out; the `whole` case too where asked.
    """
    conditions, values = conditions_of(wanted)
    statement = text.LIST_CASES_WITH_SNAPSHOT if whole else text.LIST_CASES
    rows = store.rows(statement.filtered(conditions), after=after, most=size, skip=skip, **values)
    return [ListedCase(*row) for row in rows]


def listed_case(store: Store, case_id: str) -> ListedCase | None:
    """Give one case, by its id, as a list has it, the whole case too; None where there is none."""
    row = store.row(text.LISTED_CASE, id=case_id)
    return ListedCase(*row) if row is not None else None


def stream(
    store: Store,
    wanted: CaseFilter,
    *,
    after: str = "",
    whole: bool = False,
    chunk: int = 500,
) -> Iterator[ListedCase]:
    """Stream all cases that are asked for after a number, in the order of their numbers."""
    while page := list_page(store, wanted, after=after, size=chunk, whole=whole):
        yield from page
        after = page[-1].number


def board(store: Store, today: str, wanted: CaseFilter) -> list[tuple[str, str, int, int, int]]:
    """Count cases by workflow and state: (workflow, state, all, yellow, red), in one pass over an
    index.
    """
    conditions, values = conditions_of(wanted)
    rows = store.rows(text.BOARD.filtered(conditions), today=today, **values)
    return [(str(w), str(s), int(n), int(y or 0), int(r or 0)) for w, s, n, y, r in rows]
