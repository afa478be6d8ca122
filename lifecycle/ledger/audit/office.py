"""The audit's pass over the office's own chain: units, officers, grants, published definitions, and
the state kept for it.

It learns the office as replayed, and which definitions are damaged.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from lifecycle.engine.entry import recorded_day
from lifecycle.errors import UnavailableError
from lifecycle.ledger.audit.damage import Damage
from lifecycle.ledger.audit.definitions import damage_of, miscompiled, unpublished
from lifecycle.ledger.audit.finding import Finding
from lifecycle.ledger.audit.log import LogSeen
from lifecycle.ledger.audit.scope import Scope
from lifecycle.ledger.library import Library
from lifecycle.ledger.reading.chain import Problem, Step, fold
from lifecycle.ledger.reading.office_replay import replay_office_entry
from lifecycle.ledger.record import OFFICE, canonical
from lifecycle.ledger.rows.compiled_rows import kept_digests
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import EntryRow
from lifecycle.people.changes import (
    OfficeChange,
    PublishDefinition,
    WithDefinition,
    read_change,
)
from lifecycle.people.directory import Directory, dump_directory


@dataclass(frozen=True, slots=True)
class EarlyAppointment:
    """Authority that began before it was recorded: the entry's place among the office's, what it
    is, since when and when it was recorded; `founding`: with the office itself.
    """

    seq: int
    kind: str
    officer: str
    since: str
    recorded: str
    founding: bool


@dataclass(frozen=True, slots=True)
class OfficeSeen:
    """What the pass learned: the office as replayed, and the damaged definitions by digest.

    `early` are the appointments that began before they were recorded. `torn` says that the
    chain cannot be followed to its end, `entries` how many of the scope were looked at,
    `stopped` what stopped the pass before the end.
    """

    directory: Directory = field(default_factory=Directory)
    broken: Mapping[str, Damage] = field(default_factory=dict)
    torn: bool = False
    early: tuple[EarlyAppointment, ...] = ()
    entries: int = 0
    stopped: UnavailableError | None = None
    _in_force: dict[tuple[str, str, int], str | None] = field(
        default_factory=dict, init=False, compare=False
    )

    def in_force(self, kind: str, name: str, seq: int) -> str | None:
        """Give the SHA-256 of the definition in force after so many office entries."""
        key = (kind, name, seq)
        if key not in self._in_force:
            self._in_force[key] = self.directory.document(kind, name, seq)
        return self._in_force[key]


def check_office(scope: Scope, log: LogSeen) -> Generator[Finding, None, OfficeSeen]:
    """Replay the office's chain and compare the state kept for it."""
    store = scope.store
    with store.reading():
        rows = list(store.entries(OFFICE))
        stored = store.office()
        kept = store.rows(text.DEFINITIONS)
        compiled = kept_digests(store)
    office = yield from _follow(scope, OfficeSeen(), rows)
    if office.torn or office.stopped:
        return office
    directory = office.directory
    if stored != (directory.seq, directory.head, canonical(dump_directory(directory))):
        newer = [row.idx for row in rows if row.idx > scope.upto]
        last = [0, *log.office_at, *newer][-1]
        yield Finding("state", last, OFFICE, "存储的单位、人员与授权状态和回放结果不一致")
    yield from unpublished(kept, directory)
    yield from miscompiled(store, compiled, directory)
    return office


def follow_office(scope: Scope, office: OfficeSeen) -> Generator[Finding, None, OfficeSeen]:
    """Go on to the office's present end: officers may have been appointed since the audit began.

    Gives the office as it then is; raises UnavailableError.
    """
    if office.torn:
        return office
    rows = list(scope.store.entries(OFFICE, after=office.directory.seq))
    office = yield from _follow(scope, office, rows)
    if office.stopped:
        raise office.stopped
    return office


def _follow(
    scope: Scope, office: OfficeSeen, rows: Iterable[EntryRow]
) -> Generator[Finding, None, OfficeSeen]:
    """Judge entries again and move the office on by them.

    Give it as far as it could be followed.
    """
    left = _ticked(scope, rows)
    try:
        for step in fold(left, partial(replay_office_entry, scope.library), office.directory):
            row = step.row
            office = replace(office, entries=office.entries + (row.idx <= scope.upto))
            for code, message in (*step.problems, *_misplaced(scope, step)):
                yield Finding(code, row.idx, OFFICE, message)
            if step.after is None:
                message = "本条以后的人员与授权无法核对，依据它们的记录也无法核对权限"
                yield Finding("unread", row.idx, OFFICE, message)
                unseen = sum(1 for row in left if row.idx <= scope.upto)
                return replace(office, torn=True, entries=office.entries + unseen)
            change = read_change(step.body["intent"])
            early = office.early + _early(step, change)
            broken = _with_definition(scope.library, office.broken, row.idx, change)
            if message := _untold_family(scope.library, broken, change):
                yield Finding("illegal", row.idx, OFFICE, message)
            office = replace(office, directory=step.after, early=early, broken=broken)
    except UnavailableError as error:
        return replace(office, stopped=error)
    return office


def _early(step: Step[Directory], change: OfficeChange) -> tuple[EarlyAppointment, ...]:
    """Say which authority an entry gave from an earlier day."""
    intent, recorded = step.body["intent"], step.body["recorded_at"]
    appointed, on = change.appointed, intent["occurred_on"]
    if appointed is None or not appointed.is_early(on, recorded):
        return ()
    day = recorded_day(recorded)
    founding = step.after is not None and day == step.after.founded_on
    since = appointed.begins(on)
    what, whom = appointed.what, appointed.whom
    return (EarlyAppointment(intent["seq"], what, whom, since, day, founding),)


def _ticked(scope: Scope, rows: Iterable[EntryRow]) -> Iterator[EntryRow]:
    """Pass rows on, and count those of the scope for the progress."""
    for row in rows:
        if row.idx <= scope.upto:
            scope.tick()
        yield row


def _misplaced(scope: Scope, step: Step[Directory]) -> Iterator[Problem]:
    """See whether an entry stands where it says that it does."""
    if step.after is None:
        return
    intent, row = step.body["intent"], step.row
    if (intent["case"], intent["seq"], intent["eid"]) != (OFFICE, row.seq, row.eid):
        yield "chain", "记录所在的位置与其内容不符"
    if intent["log"] != scope.origin:
        yield "chain", "记录属于另一本台账，或台账的来源被改动"


def _with_definition(
    library: Library, broken: Mapping[str, Damage], idx: int, change: OfficeChange
) -> Mapping[str, Damage]:
    """Give the damaged definitions after an entry, which may have published one more."""
    if not isinstance(change, WithDefinition):
        return broken
    damage = damage_of(library, idx, change, broken.get(change.digest))
    return {**broken, change.digest: damage} if damage else broken


def _untold_family(library: Library, broken: Mapping[str, Damage], change: OfficeChange) -> str:
    """Say that a publication does not tell of what its workflow is a variant; "" where it does.

    Who reads the cases of a workflow finds those of its variants by this.
    """
    if not isinstance(change, PublishDefinition) or change.digest in broken:
        return ""
    told = library.workflow(change.digest).variant_of if change.kind == "workflow" else ()
    if change.variant_of == told:
        return ""
    return f"发布 {change.name} 的记录写的 variant_of 与流程原文不符"
