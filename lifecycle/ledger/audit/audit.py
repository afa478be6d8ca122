"""The audit: the log in its order, the office's chain, every case and its stored state, all judged
again, streaming.

It trusts nothing that the database says about itself. What it cannot see without help – that the
end of the log was cut off – it sees with a checkpoint noted down from an earlier audit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from lifecycle.engine.case import Case
from lifecycle.errors import UnavailableError
from lifecycle.ledger.audit.cases import check_cases
from lifecycle.ledger.audit.damage import Damage, Tally
from lifecycle.ledger.audit.finding import NOBODY, Finding
from lifecycle.ledger.audit.letters import orphans
from lifecycle.ledger.audit.log import check_log
from lifecycle.ledger.audit.office import check_office
from lifecycle.ledger.library import Library
from lifecycle.ledger.record import OFFICE
from lifecycle.ledger.sqlite.database import schema_differences
from lifecycle.ledger.tree import Checkpoint, Tree
from lifecycle.people.directory import Directory


class LetterJudge(Protocol):
    """Judges entries about letters; writing and printing letters is the business of rooms above
    this one.
    """

    unprinted: int

    def look(
        self, directory: Directory, before: Case | None, after: Case, body: Mapping[str, Any]
    ) -> Iterator[tuple[str, str]]:
        """Yield (code, message) for what is wrong with an entry, told with the case before and
        after it.
        """


TICK = 200
"""Progress is reported every so many entries."""


@dataclass(slots=True)
class Auditor:
    """One audit of a store, up to the last entry there was when it began; memory does not grow with
    the cases' entries.

    `now` is the time by the auditor's clock: an entry of a later time is a finding. `report` is
    told (done, of) as the work goes on; `since` is a checkpoint of an earlier audit. What the
    checks learn from each other is kept here: `office_at` the indexes of the office's entries,
    `directory` the office as replayed, `broken` the damaged definitions by digest, `unjudged` what
    could not be judged because of them, `torn` whether the office's chain cannot be followed to its
    end.
    """

    library: Library
    now: datetime
    report: Callable[[int, int], None] = lambda _done, _of: None
    since: Checkpoint | None = None
    letters: LetterJudge | None = None
    entries: int = 0
    cases: int = 0
    refusals: int = 0
    tree: Tree = field(default_factory=Tree)
    upto: int = 0
    origin: str = ""
    series: dict[str, int] = field(default_factory=dict)
    office_at: list[int] = field(default_factory=list)
    directory: Directory = field(default_factory=Directory)
    broken: dict[str, Damage] = field(default_factory=dict)
    unjudged: Tally = field(default_factory=Tally)
    unjudged_letters: Tally = field(default_factory=Tally)
    torn: bool = False
    _ticks: int = 0
    _in_force: dict[tuple[str, str, int], str | None] = field(default_factory=dict)

    @property
    def checkpoint(self) -> Checkpoint:
        """Give what to note down: with it a later audit sees whether these entries are still what
        they were.
        """
        return self.tree.checkpoint()

    def run(self) -> Iterator[Finding]:
        """Yield every finding. Raises UnavailableError where the database cannot be read on."""
        store = self.library.store
        for message in schema_differences(store.connection, store.path):
            yield Finding("schema", 0, NOBODY, message)
        with store.reading():
            self.upto = store.last_index()
            self.origin = store.meta("log")
            self.series = dict(store.rows("SELECT name, last FROM series"))
            self.refusals = store.row("SELECT count(*) FROM refusal")[0]
        yield from self._wrong_types()
        yield from check_log(self)
        yield from check_office(self)
        try:
            yield from check_cases(self)
        except UnavailableError:
            yield from self._damaged()
            raise
        yield from self._damaged()
        if self.entries != self.tree.size:
            missed = self.tree.size - self.entries
            yield Finding("lost", 0, NOBODY, f"有 {missed} 条记录不在任何事项的链上")
        yield from self._rows_without_entries()
        for message in orphans(store):
            yield Finding("outbox", 0, NOBODY, message)

    def _damaged(self) -> Iterator[Finding]:
        """Give one finding for each damaged definition, once it is known what rests on it."""
        for damage in self.broken.values():
            yield Finding("definition", damage.idx, OFFICE, str(damage))

    def unjudge(self, damage: Damage, idx: int, case: str, letter: str = "") -> None:
        """Note that an entry, and the letter it is about, cannot be judged for a damaged
        definition.
        """
        damage.entry(idx, case)
        self.unjudged.add(case, str(idx), str(idx))
        if letter:
            damage.letter(case, letter)
            self.unjudged_letters.add(case, letter, letter)

    def _wrong_types(self) -> Iterator[Finding]:
        """Find entries whose columns hold what SQLite lets in but the product cannot read back."""
        wanted = {
            "case_id": "text",
            "seq": "integer",
            "eid": "text",
            "hash": "text",
            "body": "blob",
        }
        wrong = " OR ".join(f"typeof({name}) <> '{kind}'" for name, kind in wanted.items())
        for idx, case_id in self.library.store.rows(
            f"SELECT idx, case_id FROM entry WHERE {wrong}"
        ):
            yield Finding("form", idx, self.name_of(case_id), "记录各列的类型不对")

    def tick(self) -> None:
        """Count one entry looked at; each is looked at twice, in the log and in its chain."""
        self._ticks += 1
        if self._ticks % TICK == 0:
            self.report(self._ticks, 2 * self.upto)

    def in_force(self, kind: str, name: str, seq: int) -> str | None:
        """Give the definition in force after so many office entries."""
        key = (kind, name, seq)
        if key not in self._in_force:
            self._in_force[key] = self.directory.document(kind, name, seq)
        return self._in_force[key]

    def name_of(self, case_id: str) -> str:
        """Give what officers call a case: its number, or its id where it has none."""
        if case_id == OFFICE:
            return OFFICE
        found = self.library.store.row("SELECT number FROM cases WHERE id = ?", case_id)
        return str(found[0] if found else case_id or NOBODY)

    def _rows_without_entries(self) -> Iterator[Finding]:
        opened = "SELECT 1 FROM entry WHERE entry.case_id = cases.id AND entry.seq = 1"
        for (number,) in self.library.store.rows(
            f"SELECT number FROM cases WHERE id = '{OFFICE}' OR NOT EXISTS ({opened})"
        ):
            yield Finding("lost", 0, str(number), "有事项而无立项记录")
