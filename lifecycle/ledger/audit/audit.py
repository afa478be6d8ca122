"""The audit: the log in its order, the office's chain, every case and its stored state, all judged
again, streaming.

It trusts nothing that the database says about itself. What it cannot see without help – that the
end of the log was cut off – it sees with a checkpoint noted down from an earlier audit.

The audit is a row of passes. Each is a generator: it yields its findings, and what it has learned
is the value that it returns, which the next ones are told (`Auditor.run` is the whole of it).

To add a finding: write its check where it belongs, and its specimen in
tests/ledger/test_audit.py (of letters: tests/correspondence/test_letter_audit.py), with the
weakened audit that misses it; of what one case says of another, its row in the table of
tests/ledger/test_forgery_table.py. Only a new kind of finding also needs its code in
`finding.CODES`. The check belongs

* in `numbers`, `times` or `log`, if it is about the log in the order of recording;
* in `office`, if it is about an entry of the office, in `definitions`, if about what was published;
* in `entries`, if it is about one entry of a case: a function in SURROUNDINGS or CONTENTS there;
* in `states`, `letters` or `values`, if it is about what is kept beside the log for a case;
* in `due`, if it is about what the clock had to make before others read it;
* in `seen`, if it is about what an officer could not know of another case;
* in `tables`, if rows tell it by themselves;
* in correspondence (`LetterJudge`), if a letter must be written or printed for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from lifecycle.errors import UnavailableError
from lifecycle.ledger.audit.cases import check_cases
from lifecycle.ledger.audit.damage import Damage, Tally
from lifecycle.ledger.audit.finding import Finding
from lifecycle.ledger.audit.log import check_log
from lifecycle.ledger.audit.office import EarlyAppointment, check_office
from lifecycle.ledger.audit.passes.corrections import NotedCorrection
from lifecycle.ledger.audit.passes.declared import check_declared
from lifecycle.ledger.audit.passes.due import check_periods
from lifecycle.ledger.audit.passes.tables import check_leftovers, check_schema, check_types
from lifecycle.ledger.audit.scope import JudgeOfLetters, Report, read_scope
from lifecycle.ledger.library import Library
from lifecycle.ledger.record import OFFICE
from lifecycle.ledger.tree import Checkpoint, Tree


@dataclass(slots=True)
class Auditor:
    """One audit of a store, up to the last entry there was when it began.

    Memory does not grow with the cases' entries. `now` is the time by the auditor's clock: an entry
    of a later time is a finding. `report` is told (done, of) as the work goes on; `since` is a
    checkpoint of an earlier audit. The other fields are what `run` found out, pass by pass, for
    whoever tells of the audit afterwards: no pass reads them. `broken` are the damaged definitions
    by digest, `unjudged` what could not be judged because of them; `local` counts the entries that
    name the account that called, `taken_in` the running cases that were taken in, `begun` the
    series of numbers that go on from paper; `early` are
    appointments that began before they were recorded, `corrections` those to look at one by one.
    """

    library: Library
    now: datetime
    report: Report = lambda _done, _of: None
    since: Checkpoint | None = None
    letters: JudgeOfLetters | None = None
    entries: int = 0
    cases: int = 0
    refusals: int = 0
    local: int = 0
    taken_in: int = 0
    begun: int = 0
    tree: Tree = field(default_factory=Tree)
    upto: int = 0
    origin: str = ""
    broken: dict[str, Damage] = field(default_factory=dict)
    early: tuple[EarlyAppointment, ...] = ()
    corrections: tuple[NotedCorrection, ...] = ()
    unjudged: Tally = field(default_factory=Tally)
    unjudged_letters: Tally = field(default_factory=Tally)

    @property
    def checkpoint(self) -> Checkpoint:
        """Give what to note down: with it a later audit sees whether these entries are still what
        they were.
        """
        return self.tree.checkpoint()

    def run(self) -> Iterator[Finding]:
        """Yield every finding. Raises UnavailableError where the database cannot be read on."""
        yield from check_schema(self.library.store)
        scope = read_scope(
            self.library, self.now, since=self.since, letters=self.letters, report=self.report
        )
        self.upto, self.origin, self.refusals = scope.upto, scope.origin, scope.refusals
        yield from check_types(scope)

        log = yield from check_log(scope)
        self.tree, self.local, self.corrections = log.tree, log.local, log.corrections
        _go_on(log.stopped)

        office = yield from check_office(scope, log)
        self.entries = office.entries
        self.broken, self.early = dict(office.broken), office.early
        _go_on(office.stopped)

        yield from check_periods(scope, log.readers, office.directory)
        yield from check_declared(log.declared, office.directory, log.office_at, office.torn)
        self.taken_in = len(log.declared)
        self.begun = len(office.directory.starts())

        cases = yield from check_cases(scope, log, office)
        self.cases = cases.cases
        self.entries += cases.entries
        self.broken = {damage.digest: damage for damage in cases.damages}
        self.unjudged, self.unjudged_letters = cases.tallies.entries, cases.tallies.letters
        for damage in cases.damages:
            yield Finding("definition", damage.idx, OFFICE, str(damage))
        _go_on(cases.stopped)

        yield from check_leftovers(scope, self.tree.size, self.entries)


def _go_on(stopped: UnavailableError | None) -> None:
    """Stop the audit where a pass was stopped before its end."""
    if stopped is not None:
        raise stopped
