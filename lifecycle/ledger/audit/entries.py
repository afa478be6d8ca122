"""The audit of one entry of a case: judged again, and held against what surrounds it.

`look_at` is one step of the fold over a case's chain; once the case cannot be replayed on, `skim`
still looks at the bytes, links and files of the entries that are left.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lifecycle.engine.acts import ACTS, FreezeLetter, Migrate, TakeBackReceipt, TakeBackSending
from lifecycle.engine.acts.letters.letter_act import LetterAct
from lifecycle.engine.case import Case
from lifecycle.errors import UnavailableError
from lifecycle.ledger.audit.damage import Resting, resting_entry
from lifecycle.ledger.audit.finding import MISSHAPEN, UNLIKE, Finding
from lifecycle.ledger.audit.office import OfficeSeen
from lifecycle.ledger.audit.passes.due import check_read_when_due
from lifecycle.ledger.audit.passes.seen import check_seen
from lifecycle.ledger.audit.scope import Scope
from lifecycle.ledger.audit.values import check_values, counted
from lifecycle.ledger.files import LostFileError
from lifecycle.ledger.reading.chain import CaseStep, Problem, Step
from lifecycle.ledger.reading.entry_checks import check_link, unreadable
from lifecycle.ledger.record import CALENDAR, GENESIS, UNREADABLE, pinned_lists, read
from lifecycle.ledger.replay import Basis, replay_entry
from lifecycle.ledger.rows.link_rows import links_ever
from lifecycle.ledger.store import EntryRow, LostDefinitionError
from lifecycle.workflow.migration import own_version
from lifecycle.workflow.model import CLOCK


@dataclass(frozen=True, slots=True)
class Known:
    """What the passes before have learned: `office_at` are the indexes of the office's entries,
    `readers` those of the acts that may read other cases, `basis` is what entries are judged again
    by.
    """

    scope: Scope
    office_at: list[int]
    office: OfficeSeen
    basis: Basis
    readers: array[int] = field(default_factory=lambda: array("q"))


@dataclass(frozen=True, slots=True)
class Trail:
    """A case's chain as far as it was followed: what the case is called, and its last step.

    `judged` says that its entries are still judged: not once they rest on the part of the office's
    chain that cannot be followed. `editions` counts how many values each fact has had, `links` are
    the cases that it has ever named, by which entries first, `office` says how many entries of the
    office the last one knew that was made by hand.
    """

    case_id: str
    name: str
    last: CaseStep | None = None
    judged: bool = True
    editions: Mapping[str, int] = field(default_factory=dict)
    links: Mapping[str, int] = field(default_factory=dict)
    office: int = 0

    @property
    def case(self) -> Case | None:
        """Give the case as replayed so far."""
        return self.last.after if self.last else None

    @property
    def end(self) -> tuple[int, str]:
        """Give the seq and the hash of the last entry."""
        if self.last is None or self.last.after is None:
            return 0, GENESIS
        return self.last.after.seq, self.last.row.hash


@dataclass(frozen=True, slots=True)
class Inspected:
    """One entry looked at: what was found, and the trail after it (None: it ends here)."""

    found: list[Finding | Resting]
    after: Trail | None


def look_at(known: Known, trail: Trail, row: EntryRow) -> Inspected:
    """Judge an entry again, look at what surrounds it, and move the case on by it."""
    sight = _sight(known.office, row)
    found: list[Finding | Resting] = []
    if sight.blank:
        found += resting_entry(sight.blank, trail.name, row.idx, sight.letter)
    if trail.judged and sight.beyond:
        trail = replace(trail, judged=False)
        message = "单位的人员记录有损坏，本条及以后未能核对权限"
        found.append(Finding("unread", row.idx, trail.name, message))
    step = replay_entry(known.basis, trail.case, row, judged=trail.judged and not sight.blank)
    after = _moved(known, trail, step)
    since = trail.last.row.idx if trail.last else 0
    looked = Looked(known, after or trail, step, since, trail.office)
    problems: list[Problem | Resting] = list(step.problems)
    if after is not None:
        problems += _checked(SURROUNDINGS, looked)
    if step.body:
        problems += _checked(CONTENTS, looked)
    found += _findings(problems, row.idx, looked.trail.name)
    return Inspected(found, after)


def skim(
    known: Known, trail: Trail, rows: Iterable[EntryRow], ruleless: str = ""
) -> Iterator[Finding | Resting]:
    """Check the bytes of entries that cannot be replayed and, where the one before was read, their
    links.

    `ruleless` is the SHA-256 of the case's workflow where it is for this that they cannot be: then
    they are the whole chain, and the first is to be linked to nothing.
    """
    seq, head = trail.end
    linked = bool(seq or ruleless)
    for row in rows:
        body: Mapping[str, Any] = {}
        problems: list[Problem | Resting] = []
        try:
            body = read(row.raw)
            problems += check_link(body, row, seq, head) if linked else []
            seq, head, linked = body["intent"]["seq"], row.hash, True
        except UNREADABLE:
            body, linked = {}, False
            problems = list(unreadable(row))
        if ruleless:
            yield from resting_entry(ruleless, trail.name, row.idx, letter_of(body))
        if body:
            step: CaseStep = Step(row, body, None, None)
            problems += _checked(CONTENTS, Looked(known, trail, step))
        yield from _findings(problems, row.idx, trail.name)


_UNTOLD = (TakeBackSending, TakeBackReceipt)
"""Acts about a letter that are not counted with it: they undo a note on its way, no more."""


def letter_of(body: Mapping[str, Any]) -> str:
    """Name the letter that an entry is about, "" if it is about none."""
    try:
        intent = body["intent"]
        kind = ACTS.get(intent["type"])
        if kind is None or not issubclass(kind, LetterAct) or kind in _UNTOLD:
            return ""
        return str(kind.from_dict(intent).letter)
    except UNLIKE:
        return ""


@dataclass(frozen=True, slots=True)
class Sight:
    """How far an entry can be judged.

    `blank` is the SHA-256 of its calendar, or of a list that it chose from, where that is damaged
    ("": none is), `letter` the letter that it is about; `beyond` says that it rests on office
    entries that cannot be followed.
    """

    blank: str = ""
    letter: str = ""
    beyond: bool = False


_CLEAR = Sight()


def _sight(office: OfficeSeen, row: EntryRow) -> Sight:
    if not (office.broken or office.torn):
        return _CLEAR
    try:
        body = read(row.raw)
        blank = next((one for one in _rests_on(body) if one in office.broken), "")
        beyond = office.torn and body["office"] > office.directory.seq
        return Sight(blank, letter_of(body), beyond)
    except UNREADABLE:
        return _CLEAR


def _rests_on(body: Mapping[str, Any]) -> Iterator[str]:
    """Give the SHA-256 of each definition without which an entry cannot be judged again: its
    calendar, and the lists that its facts were chosen from.
    """
    yield body["calendar"]
    yield from (digest for _fact, digest in pinned_lists(body))


def _moved(known: Known, trail: Trail, step: CaseStep) -> Trail | None:
    """Give the trail after a step; a case is called by its number, once that is known."""
    if step.after is None:
        return None
    name = step.after.number if trail.name == trail.case_id else trail.name
    workflow = known.scope.library.workflow(step.after.workflow)
    links = links_ever(trail.links, workflow, step.after)
    editions = counted(trail.editions, step)
    by_clock = step.body["intent"]["actor"]["id"] == CLOCK
    known_then = step.body["office"]  # of a forged entry it may be anything
    office = trail.office if by_clock or not isinstance(known_then, int) else known_then
    return Trail(trail.case_id, name, step, trail.judged, editions, links, office)


def _findings(
    problems: Iterable[Problem | Resting], idx: int, name: str
) -> Iterator[Finding | Resting]:
    """Say of which entry and case the problems are."""
    for problem in problems:
        if isinstance(problem, Resting):
            yield problem
        else:
            code, message = problem
            yield Finding(code, idx, name, message)


# The checks of one entry, each told what was seen of it.


@dataclass(frozen=True, slots=True)
class Looked:
    """What a check of an entry is told: what is known, the trail at it, its step, where in the log
    the entry before it stands, and the office as the last one before it by hand knew it.
    """

    known: Known
    trail: Trail
    step: CaseStep
    since: int = 0
    hand: int = 0


Check = Callable[[Looked], Iterator[Problem | Resting]]


def _checked(checks: tuple[Check, ...], looked: Looked) -> list[Problem | Resting]:
    """Do checks one after the other, until the entry turns out not to be built like one."""
    problems: list[Problem | Resting] = []
    try:
        for check in checks:
            problems += check(looked)
    except UNLIKE:
        problems.append(("form", MISSHAPEN))
    return problems


def _letters(looked: Looked) -> Iterator[Problem | Resting]:
    """Have an entry about a letter judged.

    What a damaged definition or a lost text keeps from it is told.
    """
    known, step = looked.known, looked.step
    judge = known.scope.letters
    if judge is None or step.after is None or not looked.trail.judged:
        return
    name = letter_of(step.body)
    try:
        yield from judge.look(known.office.directory, step)
    except LostDefinitionError as error:
        if error.digest in known.office.broken:
            yield from resting_entry(error.digest, looked.trail.name, step.row.idx, name)
        else:
            yield "definition", error.message
    except LostFileError as error:
        yield "unread", f"{name} 未能核对：{error.message}"


def _values(looked: Looked) -> Iterator[Problem]:
    """Check the values that an entry has given to facts, as they are kept."""
    return check_values(looked.known.scope.store, looked.step, looked.trail.editions)


def _office(looked: Looked) -> Iterator[Problem]:
    """Check what an entry says of the office and the definitions of its time."""
    known, step = looked.known, looked.step
    office, seq = known.office, step.body["office"]
    then = bisect_left(known.office_at, step.row.idx)
    if not office.torn and seq != then:
        yield "authority", f"所依据的人员记录是第 {seq} 条，当时已到第 {then} 条"
        return
    if step.after is None or not looked.trail.judged:
        return
    if step.body["calendar"] != office.in_force("calendar", CALENDAR, seq):
        yield "definition", "所依据的日历不是当时发布的日历"
    workflow = known.scope.library.workflow(step.after.workflow)
    if step.before is None and workflow.digest != office.in_force("workflow", workflow.name, seq):
        yield "definition", "立项所依据的流程不是当时发布的版本"


def _due(looked: Looked) -> Iterator[Problem]:
    """See that nothing read the case before an entry while something was due of it."""
    known, step = looked.known, looked.step
    if step.before is not None and looked.trail.judged:
        upto = step.row.idx
        yield from check_read_when_due(known.basis, known.readers, step.before, looked.since, upto)


def _seen(looked: Looked) -> Iterator[Problem]:
    """See that nobody named a case that they may not see."""
    if looked.trail.judged:
        yield from check_seen(looked.known.basis, looked.step)


def _version(looked: Looked) -> Iterator[Problem]:
    """See that an open case was taken over when that was decided, before anything else was done to
    it; what the clock makes may come between.
    """
    step, before = looked.step, looked.step.before
    if before is None or step.body["intent"]["type"] == Migrate.entry_type:
        return
    if step.body["intent"]["actor"]["id"] == CLOCK:
        return
    if is_left_behind(looked.known, before, looked.hand, step.body["office"]):
        yield "illegal", "已决定把在办事项迁到新版流程，本事项没有迁，仍按旧版办理"


def is_left_behind(known: Known, case: Case, since: int, office: int | None = None) -> bool:
    """Tell whether an open case was not taken over, as was decided after it was last acted on by
    hand (`since`: after so many of the office's entries), by another such (now, if not said).
    """
    decided = known.office.directory.last_migration(own_version(case.workflow), office)
    if decided is None or decided.confirmed <= since:
        return False
    return not case.has_ended(known.scope.library.workflow(case.workflow))


def _place(looked: Looked) -> Iterator[Problem]:
    """Check that an entry stands where it says that it does."""
    intent, row = looked.step.body["intent"], looked.step.row
    if (intent["case"], intent["seq"], intent["eid"]) != (row.case, row.seq, row.eid):
        yield "chain", "记录所在的位置与其内容不符"
    if intent["log"] != looked.known.scope.origin:
        yield "chain", "记录属于另一本台账，或台账的来源被改动"


def _files(looked: Looked) -> Iterator[Problem]:
    """Check the files that an entry names, as they are kept."""
    intent = looked.step.body["intent"]
    for file in intent["files"]:
        try:
            wrong = looked.known.scope.store.files.check(file["sha256"], file["size"])
        except UnavailableError as error:
            yield "unread", f"{file['name']}：{error.message}"
            continue
        if wrong and intent["type"] == FreezeLetter.entry_type:
            yield "letter", f"固定的版式文件 {file['name']}：{wrong}"
        elif wrong:
            yield "material", f"{file['name']}：{wrong}"


SURROUNDINGS: tuple[Check, ...] = (_letters, _office, _values, _due, _seen, _version)
"""The checks of an entry with which the case could be replayed on."""
CONTENTS: tuple[Check, ...] = (_place, _files)
"""The checks of every entry that can be read."""
