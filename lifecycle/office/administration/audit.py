"""The audit of everything: findings as they come, then what was looked at and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle.correspondence.press import PaperJudge
from lifecycle.errors import UnavailableError
from lifecycle.ledger.audit.audit import Auditor
from lifecycle.ledger.audit.finding import Finding
from lifecycle.ledger.audit.office import EarlyAppointment
from lifecycle.ledger.audit.passes.corrections import NotedCorrection
from lifecycle.ledger.library import Library
from lifecycle.ledger.tree import Checkpoint, read_checkpoint

if TYPE_CHECKING:
    from lifecycle.ledger.audit.damage import Damage
    from lifecycle.office.office import Office

__all__ = ["Audit", "Audited", "Checkpoint", "Damaged", "Finding", "read_checkpoint"]


@dataclass(frozen=True, slots=True)
class Damaged:
    """A published definition that is damaged (`entry` published it), and how much rests on it."""

    kind: str
    name: str
    sha256: str
    entry: int
    unjudged_entries: int
    unjudged_letters: int
    uncompared_states: int
    uncompared_due_dates: int


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit looked at, and how it ended.

    `entries` are those of the log, `read` those found on the chains so far; `log` names the log.
    Of `local` entries the kernel named the account that called, the others' officers are declared.
    `taken_in` counts running cases that came in as two persons declared them, `begun` series of
    numbers that go on from paper as two persons declared; `early` are
    appointments that began before they were recorded, `corrections` those to look at
    one by one, though nothing is wrong: slips of the pen, and what stands on a document. `found`
    counts what is wrong, `unread` what could not be checked, `unprinted` letters that another
    version or other fonts printed. `error` is what broke the audit off; then there is no checkpoint
    to trust.
    """

    entries: int
    read: int
    cases: int
    refusals: int
    local: int
    early: tuple[EarlyAppointment, ...]
    taken_in: int
    begun: int
    corrections: tuple[NotedCorrection, ...]
    last_index: int
    log: str
    checkpoint: Checkpoint
    since: Checkpoint | None
    found: int
    unread: int
    unprinted: int
    unjudged_entries: int
    unjudged_letters: int
    damaged: tuple[Damaged, ...]
    error: UnavailableError | None

    @property
    def complete(self) -> bool:
        """Tell whether everything could be checked."""
        return self.error is None and not self.unread and not self.damaged

    @property
    def clean(self) -> bool:
        """Tell whether nothing is wrong and nothing is left in doubt by the database."""
        return self.error is None and not self.found and not self.unread


class Audit:
    """One audit; `report` is told (done, of) as it goes on, `since` is a checkpoint of an earlier
    one.
    """

    def __init__(
        self,
        office: Office,
        since: Checkpoint | None = None,
        report: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> None:
        office.viewer.check_sees_all()
        library = Library(office.store, unaided=True)
        self._auditor = Auditor(
            library, office.register.clock(), report, since, PaperJudge(library)
        )
        self._found = 0
        self._unread = 0
        self._error: UnavailableError | None = None

    def findings(self) -> Iterator[Finding]:
        """Yield every finding as it comes.

        Raises UnavailableError where the database cannot be read on; the result says so too.
        """
        try:
            for finding in self._auditor.run():
                if finding.code == "unread":
                    self._unread += 1
                else:
                    self._found += 1
                yield finding
        except UnavailableError as error:
            self._error = error
            raise

    def result(self) -> Audited:
        """Give what was looked at by now."""
        auditor = self._auditor
        return Audited(
            entries=auditor.tree.size,
            read=auditor.entries,
            cases=auditor.cases,
            refusals=auditor.refusals,
            local=auditor.local,
            early=auditor.early,
            taken_in=auditor.taken_in,
            begun=auditor.begun,
            corrections=auditor.corrections,
            last_index=auditor.upto,
            log=auditor.origin,
            checkpoint=auditor.checkpoint,
            since=auditor.since,
            found=self._found,
            unread=self._unread,
            unprinted=auditor.letters.unprinted if auditor.letters else 0,
            unjudged_entries=auditor.unjudged.count,
            unjudged_letters=auditor.unjudged_letters.count,
            damaged=tuple(map(_damaged, auditor.broken.values())),
            error=self._error,
        )


def _damaged(damage: Damage) -> Damaged:
    return Damaged(
        kind=damage.kind,
        name=damage.name,
        sha256=damage.digest,
        entry=damage.idx,
        unjudged_entries=damage.entries.count,
        unjudged_letters=damage.letters.count,
        uncompared_states=damage.states.count,
        uncompared_due_dates=damage.days.count,
    )
