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
    that of the opening. `seen_by`: that somebody may see who has one of these parts.
    """

    workflow: str | None = None
    state: str | None = None
    phase: str | None = None
    unit: str | None = None
    overdue_on: str | None = None
    roles: tuple[str, ...] | None = None
    mine: str | None = None
    year: int | None = None
    seen_by: tuple[str, ...] | None = None


def conditions_of(wanted: CaseFilter) -> tuple[list[Statement], dict[str, Any]]:
    """Give the conditions that a filter sets, and the values that they bind; cases whose opening
    was cancelled are in no list.
    """
    conditions, values = _conditions(wanted)
    return [text.IN_SOME_STATE, *conditions], values


def _conditions(wanted: CaseFilter) -> tuple[list[Statement], dict[str, Any]]:
    values: dict[str, Any] = {}
    conditions: list[Statement] = []
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
    if wanted.seen_by is not None:
        conditions.append(text.SEEN_BY)
        values["parts"] = json.dumps(wanted.seen_by)
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


class CaseToDate(NamedTuple):
    """A case as it is kept, and what tells whether it was so on an earlier day: its last entry."""

    listed: ListedCase
    id: str
    units: str
    opened_on: str
    last_entry: bytes


def cases_to_date(
    store: Store, wanted: CaseFilter, opened_by: str | None, *, after: str = "", chunk: int = 500
) -> Iterator[CaseToDate]:
    """Stream the cases of a workflow and of a year, opened by a day, after a number in the order of
    their numbers; those whose opening was cancelled too: on an earlier day it was not.
    """
    lasting = CaseFilter(workflow=wanted.workflow, year=wanted.year)
    conditions, values = _conditions(lasting)
    if opened_by is not None:
        conditions.append(text.OPENED_BY)
        values["opened_by"] = opened_by
    statement = text.CASES_TO_DATE.filtered(conditions)
    while rows := store.rows(statement, after=after, most=chunk, skip=0, **values):
        for row in rows:
            yield CaseToDate(ListedCase(*row[:-4]), *row[-4:])
        after = rows[-1][0]


def fits(wanted: CaseFilter, row: ListedCase, units: str) -> bool:
    """Tell whether a case as a list has it is one that is asked for, the year aside; `units` are
    those that it names, as `,a,b,`.

    The same as the conditions say, for cases as they were on an earlier day.
    """
    late = wanted.overdue_on is None or (
        not row.final and row.due_on is not None and row.due_on < wanted.overdue_on
    )
    mine = wanted.roles is None or row.lead in wanted.roles or f",{wanted.mine}," in units
    return (
        wanted.workflow in (None, row.workflow)
        and wanted.state in (None, row.state)
        and wanted.phase in (None, row.phase)
        and (wanted.unit is None or f",{wanted.unit}," in units)
        and late
        and mine
    )


def board(store: Store, today: str, wanted: CaseFilter) -> list[tuple[str, str, int, int, int]]:
    """Count cases by workflow and state: (workflow, state, all, yellow, red), in one pass over an
    index.
    """
    conditions, values = conditions_of(wanted)
    rows = store.rows(text.BOARD.filtered(conditions), today=today, **values)
    return [(str(w), str(s), int(n), int(y or 0), int(r or 0)) for w, s, n, y, r in rows]


def is_limited(store: Store) -> bool:
    """Tell whether there are cases that not everybody may see."""
    return store.row(text.ANY_LIMITED) is not None


def unseen_in(store: Store, words: str, parts: tuple[str, ...] | None) -> list[str]:
    """Give the numbers in a text of cases that somebody with these parts (`role/unit`) may not see;
    None: they may see all.
    """
    if parts is None or not words:
        return []
    rows = store.rows(text.UNSEEN_IN, text=words, parts=json.dumps(parts))
    return [number for (number,) in rows]
