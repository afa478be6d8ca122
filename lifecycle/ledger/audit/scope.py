"""What an audit covers, read once before it begins: every pass is told the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lifecycle.ledger.audit.finding import NOBODY
from lifecycle.ledger.library import Library
from lifecycle.ledger.reading.chain import CaseStep, Problem
from lifecycle.ledger.record import OFFICE
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import Store
from lifecycle.ledger.tree import Checkpoint
from lifecycle.people.directory import Directory

TICK = 200
"""Progress is reported every so many entries."""
Report = Callable[[int, int], None]
"""Is told (done, of) as the work goes on."""


class JudgeOfLetters(Protocol):
    """Judges entries about letters.

    Writing and printing letters is the business of rooms above this one.
    """

    unprinted: int

    def look(self, directory: Directory, step: CaseStep) -> Iterator[Problem]:
        """Yield (code, message) for what is wrong with an entry.

        Told of every entry of a case that is judged, in their order.
        """


@dataclass(frozen=True, slots=True)
class Scope:
    """The entries up to `upto`, and what they are held against.

    `now` is the time by the auditor's clock, `since` a checkpoint of an earlier audit. `origin` is
    the log's own id, `series` the last number that the database has for each series, `refusals` how
    many attempts were refused. `tick` is called for each entry looked at: once in the log, once in
    its chain.
    """

    library: Library
    now: datetime
    since: Checkpoint | None
    letters: JudgeOfLetters | None
    upto: int
    origin: str
    series: Mapping[str, int]
    refusals: int
    tick: Callable[[], None]

    @property
    def store(self) -> Store:
        """Give the store that is audited."""
        return self.library.store

    def name_of(self, case_id: str) -> str:
        """Give what officers call a case: its number, or its id where it has none."""
        if case_id == OFFICE:
            return OFFICE
        found = self.store.row(text.NUMBER_OF_CASE, id=case_id)
        return str(found[0] if found else case_id or NOBODY)


def read_scope(
    library: Library,
    now: datetime,
    *,
    since: Checkpoint | None,
    letters: JudgeOfLetters | None,
    report: Report,
) -> Scope:
    """Read the scope as it is at one moment: an audit goes up to the last entry there was when it
    began.
    """
    store = library.store
    with store.reading():
        upto = store.last_index()
        origin = store.meta("log")
        series = dict(store.rows(text.LAST_NUMBERS))
        refusals = store.row(text.COUNT_REFUSALS)[0]
    tick = _ticker(report, 2 * upto)
    return Scope(library, now, since, letters, upto, origin, series, refusals, tick)


def _ticker(report: Report, of: int) -> Callable[[], None]:
    """Make the function that counts the entries looked at, and reports now and then."""
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if done % TICK == 0:
            report(done, of)

    return tick
