"""A chain folded: from its rows to steps, each an entry with the state before and after it.

`fold` is the one loop over a chain. What an entry does to the state is the business of the function
that it is given: `follow` takes a case's entries for granted, `replay` and `office_replay` judge
them again, and the audit looks at what surrounds them as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from lifecycle.engine.case import Case
from lifecycle.engine.evolve import evolve
from lifecycle.frozen import dataclass
from lifecycle.ledger.library import Library
from lifecycle.ledger.record import OFFICE, stored
from lifecycle.ledger.store import EntryRow

Problem = tuple[str, str]
"""What is wrong with an entry: a code of the audit, and the message."""
State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Step(Generic[State]):
    """One entry of a chain: its row, its body (empty: it cannot be read), the state before and
    after it, and what is wrong with it.

    `before` is None at the beginning of a case, `after` is None where the chain cannot be followed.
    """

    row: EntryRow
    body: Mapping[str, Any]
    before: State | None
    after: State | None
    problems: tuple[Problem, ...] = ()


CaseStep = Step[Case]
"""One entry of a case."""


class Followable(Protocol):
    """What a chain is folded into: a step, or what somebody makes of one."""

    @property
    def after(self) -> Any:
        """Give the state to go on from; None where there is none."""


Taken = TypeVar("Taken", bound=Followable)


def fold(
    rows: Iterable[EntryRow], take: Callable[[Any, EntryRow], Taken], state: Any = None
) -> Iterator[Taken]:
    """Follow a chain from a state on: what `take` gives for each row is yielded, and its `after` is
    told to the next.

    Ends with the first that has none; the rows after that one are left in `rows`.
    """
    for row in rows:
        taken = take(state, row)
        yield taken
        if taken.after is None:
            return
        state = taken.after


def follow(library: Library, rows: Iterable[EntryRow]) -> Iterator[CaseStep]:
    """Follow a case's chain without judging it.

    Raises UnavailableError where an entry is damaged.
    """
    return fold(rows, partial(_take, library))


def _take(library: Library, case: Case | None, row: EntryRow) -> CaseStep:
    body = stored(row.raw)
    workflow = library.workflow(body["intent"]["workflow"])
    return Step(row, body, case, evolve(workflow, case, body, row.hash))


def by_case(rows: Iterable[EntryRow]) -> Iterator[tuple[str, Iterator[EntryRow]]]:
    """Split the rows of all chains into (case, its rows).

    They are to be taken before the next case.
    """
    for case_id, chain in groupby(rows, key=attrgetter("case")):
        if case_id != OFFICE:
            yield case_id, chain
