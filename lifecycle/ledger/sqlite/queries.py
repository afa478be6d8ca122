"""Lists and counts over the cases' rows, through SQLModel.

Every read is short, so it never holds a writer up.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, and_, create_engine, false, literal, tuple_
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, case, col, func, or_, select

from lifecycle.frozen import dataclass
from lifecycle.ledger.sqlite.database import database_errors
from lifecycle.ledger.sqlite.store import Store
from lifecycle.ledger.sqlite.tables import CaseRow

LISTED = (
    CaseRow.number,
    CaseRow.title,
    CaseRow.workflow,
    CaseRow.digest,
    CaseRow.state,
    CaseRow.phase,
    CaseRow.lead,
    CaseRow.final,
    CaseRow.entered_on,
    CaseRow.last_on,
    CaseRow.due_on,
    CaseRow.yellow_on,
    CaseRow.red_on,
)
"""The columns of a list, in order."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's part in the cases of a workflow version in a state; with `unit`, in those only
    that name the unit.
    """

    digest: str
    state: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is asked for.

    None asks for anything. `roles` and `mine`: led by one of them, or naming the unit. `year` is
    that of the opening; `seats` asks for cases in which one of these seats is taken.
    """

    workflow: str | None = None
    state: str | None = None
    phase: str | None = None
    unit: str | None = None
    overdue_on: str | None = None
    open_only: bool = False
    roles: tuple[str, ...] | None = None
    mine: str | None = None
    year: int | None = None
    seats: tuple[Seat, ...] | None = None


@lru_cache(maxsize=4)
def engine_of(store: Store) -> Engine:
    """Give SQLAlchemy's engine over a store's own connection."""
    return create_engine("sqlite://", creator=lambda: store.connection, poolclass=StaticPool)


def _conditions(wanted: Filter) -> list[Any]:
    conditions: list[Any] = []
    for column, value in (
        (CaseRow.workflow, wanted.workflow),
        (CaseRow.state, wanted.state),
        (CaseRow.phase, wanted.phase),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.unit is not None:
        conditions.append(col(CaseRow.units).contains(f",{wanted.unit},", autoescape=True))
    if wanted.overdue_on is not None:
        conditions += [col(CaseRow.final).is_(False), col(CaseRow.due_on) < wanted.overdue_on]
    if wanted.open_only:
        conditions.append(col(CaseRow.final).is_(False))
    if wanted.roles is not None:
        named = col(CaseRow.units).contains(f",{wanted.mine},", autoescape=True)
        conditions.append(or_(col(CaseRow.lead).in_(wanted.roles), named))
    if wanted.year is not None:
        conditions.append(
            col(CaseRow.opened_on).between(f"{wanted.year:04}-01-01", f"{wanted.year:04}-12-31")
        )
    if wanted.seats is not None:
        conditions.append(or_(false(), *_seat_conditions(wanted.seats)))
    return conditions


def _seat_conditions(seats: tuple[Seat, ...]) -> Iterator[Any]:
    """Write one condition per workflow version and unit: a statement has room for few hundred."""
    states: dict[tuple[str, str | None], set[str]] = {}
    for seat in seats:
        states.setdefault((seat.digest, seat.unit), set()).add(seat.state)
    for (digest, unit), among in states.items():
        named = [col(CaseRow.units).contains(f",{unit},", autoescape=True)] if unit else []
        yield and_(col(CaseRow.digest) == digest, col(CaseRow.state).in_(sorted(among)), *named)


def list_page(
    store: Store,
    wanted: Filter,
    *,
    after: str = "",
    size: int = 50,
    skip: int = 0,
    columns: tuple[Any, ...] = LISTED,
) -> list[Any]:
    """Give one page of cases in the order of their numbers, after a number (keyset paging), `skip`
    of them left out.
    """
    statement = select(*columns).where(col(CaseRow.number) > after, *_conditions(wanted))
    with database_errors(store.path), Session(engine_of(store)) as session:
        return list(
            session.exec(statement.order_by(col(CaseRow.number)).limit(size).offset(skip)).all()
        )


def stream(
    store: Store,
    wanted: Filter,
    *,
    after: str = "",
    columns: tuple[Any, ...] = LISTED,
    chunk: int = 500,
) -> Iterator[Any]:
    """Stream all cases that are asked for after a number, in the order of their numbers.

    `columns` hold the number.
    """
    while page := list_page(store, wanted, after=after, size=chunk, columns=columns):
        yield from page
        after = page[-1].number


def stream_by_due(store: Store, wanted: Filter, *, chunk: int = 200) -> Iterator[tuple[str, bytes]]:
    """Stream workflow digest and snapshot in the order of the days due.

    What has no limit comes last.
    """
    dated = tuple_(col(CaseRow.due_on), col(CaseRow.number))
    yield from _in_order(store, wanted, dated, col(CaseRow.due_on).is_not(None), chunk)
    undated = tuple_(literal(""), col(CaseRow.number))
    yield from _in_order(store, wanted, undated, col(CaseRow.due_on).is_(None), chunk)


def _in_order(
    store: Store, wanted: Filter, place: Any, part: Any, chunk: int
) -> Iterator[tuple[str, bytes]]:
    after: tuple[str, str] = ("", "")
    columns: Any = (CaseRow.due_on, CaseRow.number, CaseRow.digest, CaseRow.snapshot)
    while True:
        statement = select(*columns).where(part, place > after, *_conditions(wanted))
        with database_errors(store.path), Session(engine_of(store)) as session:
            ordered = statement.order_by(col(CaseRow.due_on), col(CaseRow.number)).limit(chunk)
            page = list(session.exec(ordered).all())
        yield from ((row[2], row[3]) for row in page)
        if len(page) < chunk:
            return
        after = page[-1][0] or "", page[-1][1]


def count_cases(store: Store, wanted: Filter) -> int:
    """Count the cases that are asked for."""
    with database_errors(store.path), Session(engine_of(store)) as session:
        return int(
            session.exec(
                select(func.count()).select_from(CaseRow).where(*_conditions(wanted))
            ).one()
        )


def board(store: Store, today: str, wanted: Filter) -> list[tuple[str, str, int, int, int]]:
    """Count cases by workflow and state: (workflow, state, all, yellow, red), in one pass over an
    index.
    """
    red = func.coalesce(col(CaseRow.red_on) <= today, False)
    yellow = func.coalesce(col(CaseRow.yellow_on) <= today, False)
    lights = func.sum(case((red, 0), (yellow, 1), else_=0)), func.sum(case((red, 1), else_=0))
    columns: Any = (CaseRow.workflow, CaseRow.state, func.count(), *lights)
    statement = select(*columns).where(*_conditions(wanted))
    with database_errors(store.path), Session(engine_of(store)) as session:
        rows = session.exec(statement.group_by(col(CaseRow.workflow), col(CaseRow.state))).all()
    return [(str(w), str(s), int(n), int(y or 0), int(r or 0)) for w, s, n, y, r in rows]
