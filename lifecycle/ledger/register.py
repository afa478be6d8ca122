"""The register: one accepted command becomes one durable entry, in one transaction that no long log
slows down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lifecycle.engine.acts import Act, Advance, IssueLetter, Open, read_act
from lifecycle.engine.case import Case
from lifecycle.engine.decide import decide
from lifecycle.engine.docket import Accepted, Docket, PlannedEffect, Refused, RefusedError
from lifecycle.engine.entry import BEIJING
from lifecycle.engine.evolve import evolve
from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.values import typed_text
from lifecycle.engine.world.moment import Moment, Officer, acting_for_cause
from lifecycle.engine.world.others import NO_OTHERS
from lifecycle.errors import (
    ConflictError,
    InvalidError,
    LifecycleError,
    UnavailableError,
    UncertainError,
    UnknownError,
)
from lifecycle.frozen import dataclass, replace
from lifecycle.ledger.across.causes import Cause
from lifecycle.ledger.across.due import BY_CLOCK, DueStep, Then, first_due, refile
from lifecycle.ledger.across.every import (
    EVERY,
    NAMED,
    DueOpening,
    PeriodDue,
    decide_opening,
    first_opening,
    put_every,
    versions_of,
    waiting_periods,
)
from lifecycle.ledger.across.others import OtherCases, PastCases
from lifecycle.ledger.deeds import Deed
from lifecycle.ledger.library import Library
from lifecycle.ledger.reading.chain import follow
from lifecycle.ledger.record import (
    CALENDAR,
    GENESIS,
    OFFICE,
    Place,
    Stamp,
    actor_of,
    canonical,
    case_entry,
    check_request_id,
    new_eid,
    office_entry,
    recorded_at,
    seal,
    stamp_text,
    stored,
)
from lifecycle.ledger.rows.case_rows import read_case
from lifecycle.ledger.rows.link_rows import named_case
from lifecycle.ledger.rows.rows import put_rows
from lifecycle.ledger.rows.task_rows import MayBeDue, cases_due, whose_clock
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import Ask, Store
from lifecycle.people.clock import (
    gap,
    in_beijing,
    may_confirm,
    most_days,
    open_step,
    seconds_between,
)
from lifecycle.people.directory import Directory, dump_directory
from lifecycle.version import __version__
from lifecycle.workflow.model import CLOCK, Workflow
from lifecycle.workflow.numbers import codes_of, number_of, pattern_of, series_of
from lifecycle.workflow.reliance import reads_of

if TYPE_CHECKING:
    from lifecycle.people.changes import OfficeChange, WithDefinition

SOFTWARE = f"lifecycle {__version__}"


@dataclass(frozen=True, slots=True)
class Request:
    """Who acts, for whom, on which day (None: today), under which request id.

    `dry_run` only looks. `done_by` did what is recorded now; `because` says why it is recorded only
    now, or by another.
    """

    officer: str
    principal: str | None = None
    on: date | None = None
    request_id: str | None = None
    dry_run: bool = False
    done_by: str | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did: the case after it, the entry's body (empty for a dry run), the gates.

    `repeated`: again. `unchanged`: it would have changed nothing, so nothing was recorded.
    `effects` is what it did to other cases.
    """

    case: Case
    body: Mapping[str, Any]
    gates: tuple[Gate, ...]
    repeated: bool = False
    unchanged: bool = False
    dry_run: bool = False
    effects: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class ClockState:
    """What the clock shows, when the last entry was recorded ("": none yet), the bound, who has
    announced a jump.

    `behind` says that the clock is before the last entry, `jumped` that it is too far after it.
    """

    clock: str
    last: str
    most_days: int
    behind: bool
    jumped: bool
    announced_by: str


@dataclass(frozen=True, slots=True)
class _Judged:
    """A command that was accepted, and all that the decision rested on: the case (None for an
    opening), the office, and the day by the clock (`today`). `way` names the transitions of which
    it is an effect, the first one first.
    """

    workflow: Workflow
    case: Case | None
    accepted: Accepted
    officer: Officer
    moment: Moment
    directory: Directory
    today: date
    way: tuple[str, ...] = ()

    @property
    def is_idle(self) -> bool:
        """Tell whether what was accepted would change nothing."""
        act = self.accepted.act
        docket = Docket(self.workflow, self.case, self.officer, self.moment)
        return isinstance(act, Act) and act.is_idle(docket)


MOST_DUE = 50_000
"""So many things fall due at once at most: more are a workflow that feeds itself."""


@dataclass(frozen=True, slots=True)
class _OfDay:
    """Who was in office on a day, under which office (its head), as a moment has it."""

    key: tuple[str, str] = ("", "")
    names: Mapping[str, str] = field(default_factory=dict)
    staff: Mapping[str, frozenset[str]] | None = None
    people: Mapping[str, str] = field(default_factory=dict)
    posts: Mapping[str, str] = field(default_factory=dict)
    leaders: Mapping[str, str] = field(default_factory=dict)


class Register:
    """Appends entries to a store; `clock` gives the time as an aware datetime.

    `account` is the operating-system account that the kernel vouches for: then only the officer
    whose it is may act. "" where officers are declared. `as_told` gives a refusal as whoever asks
    may be told it.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], *, account: str = "") -> None:
        self.store = store
        self.library = Library(store)
        self.clock = clock
        self.account = account
        self._of_day = _OfDay()
        self.as_told: Callable[[RefusedError], RefusedError] = lambda refused: refused
        self._origin = ""
        self._uncounted: list[Mapping[str, str]] = []
        self._rehearsing = False

    @contextmanager
    def together(self) -> Iterator[None]:
        """Do several commands in one transaction: all of them or, when the block raises, none.

        Refused attempts are counted afterwards, so that a rollback does not drop them.
        """
        if not self.store.in_transaction:
            self._make_before()
        try:
            with self.store.writing():
                yield
        except UncertainError:
            self._uncounted.clear()  # the disk fails; a second failure must not hide this one
            raise
        finally:
            while self._uncounted:
                self.store.put_refusal(self._uncounted.pop(0))

    @contextmanager
    def rehearsing(self) -> Iterator[None]:
        """Try several commands out (`dry_run`), each on the ledger as those before it would have
        left it; and undo them all.
        """
        self._rehearsing = True
        try:
            with suppress(_UndoneError), self.store.writing():
                yield
                raise _UndoneError
        finally:
            self._rehearsing = False

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Do several commands as if for good, each on the ledger as those before it left it; and
        undo them all. Within another such block, only what was done in this one. Refused attempts
        are not counted.
        """
        kept = len(self._uncounted)
        try:
            with suppress(_UndoneError), self.store.writing(), self.store.apart():
                yield
                raise _UndoneError
        finally:
            del self._uncounted[kept:]

    def today(self) -> date:
        """Give the bureau's date (Beijing time)."""
        return _day_of(self.clock())

    def moment(self, directory: Directory, on: date) -> Moment:
        """Give the moment of a command: the calendar and the lists in force, and the units' names
        on that day.
        """
        digest = directory.document("calendar", CALENDAR)
        if digest is None:
            raise UnavailableError("尚未发布工作日历", "请管理员运行：lifecycle calendar publish")
        key = (directory.head, on.isoformat())
        if self._of_day.key != key:
            self._of_day = _OfDay(
                key,
                directory.titles(key[1]),
                directory.staff(key[1]),
                directory.people_on(key[1]),
                directory.posts_on(key[1]),
                directory.leaders_on(key[1]),
            )
        there = self._of_day
        return Moment(
            on,
            self.library.calendar(digest),
            there.names,
            there.staff,
            there.people,
            there.posts,
            leaders=there.leaders,
            migrations=directory.migrated(),
            declared=directory.declared(),
            lists=self.library.lists(directory),
        )

    def others(self, directory: Directory) -> OtherCases:
        """Give what reads the other cases that a judgement may read, as they now are."""
        return OtherCases(self.library, PastCases(self.library), directory)

    def submit(
        self, request: Request, workflow: Workflow | None, case_id: str | None, act: Act
    ) -> Outcome:
        """Decide a command and, if it is accepted, record it.

        Raises RefusedError with every gate, and counts it.
        """
        if request.request_id is not None:
            _see_own_name(request.request_id)
        try:
            if request.dry_run:
                with self.as_if_due() as made:
                    if made is None:
                        raise _blind()
                    return self._try_out(request, workflow, case_id, act)
            return self._submit_when_nothing_is_due(request, workflow, case_id, act)
        except RefusedError as refused:
            if not request.dry_run:
                self._count(request, case_id, refused)
            raise self.as_told(refused) from refused

    def _submit_when_nothing_is_due(
        self, request: Request, workflow: Workflow | None, case_id: str | None, act: Act
    ) -> Outcome:
        """Record a command; what is due by itself is made first, in transactions of its own: that
        stands, even if the command is refused.
        """
        if self.store.in_transaction:
            self._make_before()
        try:
            return self._submit(request, workflow, case_id, act)
        except _DueError:
            while self._make_before():
                with suppress(_DueError):
                    return self._submit(request, workflow, case_id, act)
            return self._submit(request, workflow, case_id, act, whatever_is_due=True)

    def _submit(
        self,
        request: Request,
        workflow: Workflow | None,
        case_id: str | None,
        act: Act,
        *,
        whatever_is_due: bool = False,
    ) -> Outcome:
        """Decide a command and record it, in one transaction; raises _DueError where something has
        fallen due that has to be made before.
        """
        judged = self._judge_ahead(request, workflow, case_id, act)
        with self.store.writing(*_confirming(request, judged)):
            repeated = self._repeated(request, workflow, case_id, act)
            if repeated is not None:
                return repeated
            now = self.clock()
            waiting = () if whatever_is_due else self.waiting(now)
            if any(self._due(one.case_id, now) for one in waiting):
                raise _DueError
            if judged is None or not self._stands(judged, now):
                judged = self._judge(request, workflow, case_id, act, now)
            return self._record(request, judged, now)

    def _make_before(self) -> bool:
        """Make what is due by itself before something else is recorded; tell whether anything
        was.
        """
        with self.store.deeds.by_itself():
            return bool(self.make_due())

    def make_due(self) -> list[Outcome]:
        """Make what is due by itself, the first day first, until nothing is: each in a transaction
        of its own, unless there is one. Raises UnavailableError where that does not end.
        """
        made: list[Outcome] = []
        before = -1
        while before < len(made):
            before, day = len(made), ""
            while later := [one.due_on for one in self.waiting(self.clock()) if one.due_on > day]:
                day = later[0]
                while new := self._made_of(day):
                    made += new
                    if len(made) > MOST_DUE:
                        raise _endless(made[-1])
            made += self._made_of(None)
        return made

    def _made_of(self, day: str | None) -> list[Outcome]:
        """Make once of each case what is due of a day; None: whatever is due by now, also what
        could not be made on its day and can be since.
        """
        waiting = [one for one in self.waiting(self.clock()) if day in (None, one.due_on)]
        upto = date.fromisoformat(day) if day else None
        made = (self._make(one.case_id, upto) for one in waiting)
        return [outcome for outcome in made if outcome is not None]

    @contextmanager
    def as_if_due(self) -> Iterator[list[Outcome] | None]:
        """Look at the ledger as if everything were made that is due by itself, and be told what
        that is. Nothing is recorded; where nothing can be (None), it is looked at as it is.
        """
        if not self.waiting(self.clock()):
            yield []
            return
        with suppress(_UndoneError), ExitStack() as turn:
            made: list[Outcome] | None = None
            with suppress(UnavailableError):
                turn.enter_context(self.store.writing())
                made = self.make_due()
            yield made
            raise _UndoneError

    def waiting(self, now: datetime) -> list[MayBeDue]:
        """List the cases of which something may be due at a time, the first day first."""
        return cases_due(self.store, _day_of(now).isoformat())

    def _due(self, case_id: str, now: datetime, upto: date | None = None) -> _Due | None:
        """Decide what is due of a case first, up to a day; None where nothing is."""
        directory, today = self.library.directory(), _day_of(now)
        then = self._then(directory, today)
        if case_id == EVERY:
            versions = versions_of(self.library, directory)
            opening = first_opening(then, self.library, versions, upto)
            if opening is None:
                return None
            return _Due(_as_judged(opening, None, directory, today), opening.due)
        case = self.case(case_id)
        step = first_due(then, self.library.workflow(case.workflow), case, upto)
        return _Due(_as_judged(step, case, directory, today)) if step else None

    def waiting_openings(self) -> list[tuple[PeriodDue, date, tuple[str, ...]]]:
        """List the periods in which what was to be opened cannot be, each with what stands in the
        way.
        """
        directory = self.library.directory()
        then = self._then(directory, self.today())
        found = waiting_periods(then, self.library, versions_of(self.library, directory))
        told = ((due, on, decide_opening(then, due, on)) for due, on in found)
        return [(due, on, lacks) for due, on, lacks in told if not isinstance(lacks, DueOpening)]

    def _then(self, directory: Directory, today: date) -> Then:
        def moment(on: date) -> Moment:
            return replace(self.moment(directory, on), recorded=today)

        def numbered(number: str) -> tuple[Workflow, Case]:
            case = self.case(named_case(self.store, number) or "")
            return self.library.workflow(case.workflow), case

        def opened(name: str) -> Workflow:
            return self.library.workflow(directory.document("workflow", name) or "")

        calendar = self.moment(directory, today).calendar
        return Then(today, calendar, moment, self.others(directory), numbered, opened)

    def _make(self, case_id: str, upto: date | None = None) -> Outcome | None:
        """Make what is due of a case first, up to a day; None where nothing is, or where what it
        would do to other cases cannot be done together.
        """
        with suppress(RefusedError), self.store.writing(), self.store.apart():
            now = self.clock()
            due = self._due(case_id, now, upto)
            if due is not None and due.period is not None:
                request = Request(CLOCK, request_id=due.period.eid)
                outcome = self._record(request, due.judged, now, due.period.cause)
                put_every(self.library, due.judged.directory)
                return outcome
            if due is not None:
                return self._record(Request(CLOCK), due.judged, now, BY_CLOCK)
        return None

    def _try_out(
        self, request: Request, workflow: Workflow | None, case_id: str | None, act: Act
    ) -> Outcome:
        """Say what a command would do, and record nothing. What it would do to other cases is
        judged one after the other, each as the one before has left the ledger: so it is done, and
        undone. In a rehearsal it stays done until that ends.
        """
        now = self.clock()
        stays = self._rehearsing and self.store.in_transaction
        judged = self._judge(request, workflow, case_id, act, now)
        if not judged.accepted.effects and not stays:
            return self._record(request, judged, now)
        done: list[Outcome] = []
        with suppress(_UndoneError), self.store.writing(), self.store.apart():
            real = replace(request, dry_run=False, request_id=None)
            done.append(self._record(real, judged, now))
            if not stays:
                raise _UndoneError
        return replace(done[0], body={}, dry_run=True)

    def _repeated(
        self, request: Request, workflow: Workflow | None, case_id: str | None, act: Act
    ) -> Outcome | None:
        if request.request_id is None:
            return None
        found = self.store.entry(check_request_id(request.request_id))
        if found is None:
            return None
        body = stored(found[0])
        intent = body["intent"]
        actor = tuple(intent["actor"].get(key) for key in ("id", "for", "done_by"))
        same = (
            actor == (request.officer, request.principal, request.done_by)
            and intent["case"] != OFFICE
            and case_id in (None, intent["case"])
        )
        other = (
            workflow is not None and self.library.workflow(intent["workflow"]).name != workflow.name
        )
        if not same or other or not act.is_repeated_by(read_act(intent)):
            raise ConflictError(
                f"--request-id {request.request_id} 已用于另一条指令", "请换一个编号"
            )
        case = self._case_after(intent["case"], intent["seq"], found[1])
        self.store.deeds.add(Deed(intent["eid"], intent["seq"], case.number))
        return Outcome(case, body, (), repeated=True)

    def _case_after(self, case_id: str, seq: int, head: str) -> Case:
        """Give a case as one of its entries left it: as it is kept, where that entry is the last.

        Where others followed, its entries are folded up to that one: opinions, letters and limits
        as they stood then are kept nowhere.
        """
        if self.store.case_place(case_id) == (seq, head):
            return self.case(case_id)
        steps = follow(self.library, self.store.entries(case_id))
        case = next((step.after for step in steps if step.row.seq == seq), None)
        if case is None:
            raise UnavailableError("原记录不能读取", "请运行 lifecycle audit")
        return case

    def _judge_ahead(
        self, request: Request, workflow: Workflow | None, case_id: str | None, act: Act
    ) -> _Judged | None:
        """Judge a command before the writers' queue is taken, for whatever is slow about it: the
        modules, the workflow, its machine and guards are at hand by then.

        Only what is accepted counts, and that only if it stands (`_stands`): anything else, and
        whatever goes wrong, is judged again in its turn. What is read here one by one may change
        between two readings, so that nothing need fit. None within a transaction, where the turn
        has come already.
        """
        if self.store.in_transaction:
            return None
        try:
            judged = self._judge(request, workflow, case_id, act, self.clock())
            here = judged.case.state if judged.case else judged.workflow.initial
            _make_ready(judged.workflow, {here, judged.accepted.target or here})
            if judged.moment.others is not NO_OTHERS and _rests_on_others(judged.accepted):
                return None  # what was read of other cases is read again in its turn
        except (LifecycleError, LookupError, AttributeError, ValueError, TypeError):
            return None
        return judged

    def _stands(self, judged: _Judged, now: datetime) -> bool:
        """Tell whether everything that a decision rested on is still as it was: the office, the
        case, and the day by the clock.

        Asked within the transaction that records it, so nothing stale is ever written.
        """
        case = judged.case
        if self.library.directory().head != judged.directory.head:
            return False
        if case is not None and self.store.case_place(case.id) != (case.seq, case.head):
            return False
        return _day_of(now) == judged.today

    def _judge(
        self,
        request: Request,
        workflow: Workflow | None,
        case_id: str | None,
        act: Act,
        now: datetime,
    ) -> _Judged:
        """Collect what the judge is told and ask it; raises RefusedError with every gate."""
        directory = self.library.directory()
        case = self.case(case_id) if case_id else None
        if workflow is None:
            workflow = self.library.workflow(case.workflow if case else "")
        if case is None and directory.document("workflow", workflow.name) != workflow.digest:
            raise ConflictError(
                f"流程“{workflow.title}”刚发布了新版本，未立项", "请重新立项，按新版本办理"
            )
        self._stamp(now, directory)  # a wrong clock is told before the days that follow from it
        on = self._day(request, now)
        if case is not None and act.moves_clock:
            see_order(case, on)
        if isinstance(act, IssueLetter) and on != _day_of(now):
            raise InvalidError("文号只能在签发当日编排，不能补编或倒签", "去掉 --on，今天签发")
        self._see_account(request, directory)
        today = _day_of(now)
        directory.check_in_office(request.officer, today.isoformat(), directory.seq)
        officer = acting_officer(directory, request, on, today)
        others = self.others(directory).for_act(workflow, case, act, on.isoformat())
        moment = replace(self.moment(directory, on), others=others, recorded=today)
        decision = decide(workflow, case, act, officer, moment)
        lacking = act.lacking(Docket(workflow, case, officer, moment))
        way = decision.transition if isinstance(decision, Refused) else None
        if isinstance(decision, Accepted):
            judged = _Judged(workflow, case, decision, officer, moment, directory, today)
            if not lacking or self._changes_nothing(judged):
                return judged
        gates, ground = (*decision.gates, *lacking), act.ground(workflow, way)
        raise RefusedError(case, _asked_for(workflow, case, act), gates, ground)

    def _record(
        self,
        request: Request,
        judged: _Judged,
        now: datetime,
        cause: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """Record what was accepted, unless it changes nothing, and then its effects; a dry run only
        looks what that would be.
        """
        workflow, case, directory = judged.workflow, judged.case, judged.directory
        accepted, moment = judged.accepted, judged.moment
        if case is not None and self._changes_nothing(judged):
            return Outcome(case, {}, accepted.gates, unchanged=True, dry_run=request.dry_run)
        at = self._stamp(now, directory)
        eid = check_request_id(request.request_id) if request.request_id else new_eid()
        place = Place(
            self._log(),
            case.id if case else eid,
            (case.seq if case else 0) + 1,
            case.head if case else GENESIS,
            directory.seq,
        )
        body = case_entry(
            place,
            Stamp(eid, at, at, SOFTWARE, "" if judged.officer.id == CLOCK else self.account),
            accepted,
            judged.officer,
            moment,
            workflow=workflow.digest,
            cause=cause,
        )
        if case is None:
            assert isinstance(accepted.act, Open), "only an opening has no case yet"
            codes = codes_of(workflow, accepted.act.facts, moment.lists)
            pattern = pattern_of(workflow, moment.on, codes)
            serial = self._serial(request, series_of(pattern))
            body["numbers"] = {"case": number_of(pattern, serial)}
        elif isinstance(accepted.act, IssueLetter):
            series = accepted.act.series
            serial = self._serial(request, series)
            body["numbers"] = {"letter": series.replace("{serial}", str(serial))}
        raw, digest = seal(body)
        after = evolve(workflow, case, body, digest)
        if not request.dry_run:
            self.store.append(place.case, place.seq, eid, raw, digest)
            put_rows(self.store, workflow, case, after, moment.calendar)
            self.library.keep_compiled()
        dry_run = request.dry_run
        outcome = Outcome(after, {} if dry_run else body, accepted.gates, dry_run=dry_run)
        if not accepted.effects:
            return outcome
        return replace(outcome, effects=tuple(self._effects(request, judged, outcome, now)))

    def _effects(
        self, request: Request, judged: _Judged, outcome: Outcome, now: datetime
    ) -> Iterator[Outcome]:
        """Record what an accepted transition does to other cases, one after the other; raises
        RefusedError, in the transition's own name, where one of them is refused.
        """
        intent = outcome.body["intent"]
        by = f"{judged.workflow.name}.{intent['transition']}"
        if by in judged.way:
            title = judged.workflow.titles[intent["transition"]]
            text = f"带动绕了回来：{' → '.join((*judged.way, by))}"
            gate = Gate("does", False, {}, text, f"请管理员改正流程：“{title}”不能带动到它自己")
            asked = _asked_for(judged.workflow, judged.case, read_act(intent))
            raise RefusedError(judged.case, asked, (gate,))
        case, back = outcome.case, 1
        request = replace(request, request_id=None)
        for planned in judged.accepted.effects:
            cause = Cause(case.id, case.number, case.seq, case.head, by, back)
            try:
                made = self._effect(request, judged, planned, cause, now)
            except RefusedError as refused:
                asked = _asked_for(judged.workflow, judged.case, read_act(intent))
                gates = tuple(_of_effect(self.as_told(refused)))
                raise RefusedError(judged.case, asked, gates, refused.basis) from refused
            yield made
            back += _entries(made)

    def _effect(
        self,
        request: Request,
        origin: _Judged,
        planned: PlannedEffect,
        cause: Cause,
        now: datetime,
    ) -> Outcome:
        """Judge and record one effect: an act on the other case by the same people, on the same
        day.
        """
        directory, case = origin.directory, None
        act: Act = Open(planned.facts)
        if planned.number:
            case = self.case(named_case(self.store, planned.number) or "")
            workflow = self.library.workflow(case.workflow)
            note = getattr(origin.accepted.act, "note", "")
            act = Advance(planned.made, note, planned.facts)
        else:
            digest = directory.document("workflow", planned.workflow)
            workflow = self.library.workflow(digest or "")
        on = origin.moment.on.isoformat()
        others = self.others(directory).for_act(workflow, case, act, on)
        moment = replace(origin.moment, others=others)
        officer = acting_for_cause(origin.officer, cause.by)
        decision = decide(workflow, case, act, officer, moment)
        if isinstance(decision, Refused):
            ground = act.ground(workflow, decision.transition)
            raise RefusedError(case, _asked_for(workflow, case, act), decision.gates, ground)
        way = (*origin.way, cause.by)
        judged = _Judged(workflow, case, decision, officer, moment, directory, origin.today, way)
        return self._record(request, judged, now, cause.to_dict())

    def _changes_nothing(self, judged: _Judged) -> bool:
        """Tell whether what was accepted leaves its case as it is and says nothing new."""
        case = judged.case
        return case is not None and judged.is_idle and self._says_the_same(judged, case)

    def _says_the_same(self, judged: _Judged, case: Case) -> bool:
        """Tell whether an act that would change nothing of its case says what the last entry on the
        same matter said, by the same people; where the case keeps all that it says, it does.
        """
        act = judged.accepted.act
        if not isinstance(act, Act) or not act.matter:
            return True
        last = None
        for row in self.store.entries(case.id):
            intent = stored(row.raw)["intent"]
            if intent["type"] == act.entry_type:
                recorded = read_act(intent)
                if all(getattr(act, name) == getattr(recorded, name) for name in act.matter):
                    last = (recorded, intent["actor"])
        return last == (act, actor_of(judged.officer))

    def _serial(self, request: Request, series: str) -> int:
        """Take the next number of a series; a dry run only looks which it would be."""
        return self.store.peek_number(series) if request.dry_run else self.store.next_number(series)

    def clock_state(self) -> ClockState:
        """Say how the clock stands to the last entry."""
        directory, at, last = (
            self.library.directory(),
            stamp_text(self.clock()),
            self.store.last_body(),
        )
        before = recorded_at(last) if last is not None else ""
        bound = most_days(directory.clock_days)
        jumped = before != "" and _apart(before, at) > timedelta(days=bound)
        step = open_step(directory, at)
        return ClockState(
            clock=at,
            last=before,
            most_days=bound,
            behind=at < before,
            jumped=jumped,
            announced_by=step.officer if step and jumped else "",
        )

    def check_clock(self) -> None:
        """Refuse to go on where nothing could be recorded now.

        For what cannot be undone, such as a sending.
        """
        self._stamp(self.clock(), self.library.directory())

    def _stamp(
        self, now: datetime, directory: Directory, change: OfficeChange | None = None
    ) -> str:
        """Give the recording time.

        The log's order is that of its times, so a clock set back stops the recording. So would a
        clock far ahead, once it is right again: nothing is recorded after a jump until two
        confirmed it. While they do, the times stand still: an announcement bears the last certain
        time.
        """
        at, last = stamp_text(now), self.store.last_body()
        before = recorded_at(last) if last is not None else at
        if at < before:
            raise UnavailableError(
                f"系统时钟 {in_beijing(at)} 早于上一条记录的 {in_beijing(before)}（北京时间），"
                f"慢了 {seconds_between(at, before)} 秒，未写入",
                "请校准系统时间后重试；时钟没错的，是以前的时钟快了，见 lifecycle clock show",
            )
        bound = most_days(directory.clock_days)
        over = change.over_jump if change is not None else "stops"
        if over == "announces":
            return before
        apart = _apart(before, at)
        if over == "confirms" or apart <= timedelta(days=bound):
            return at
        if over == "appoints" and self._alone(directory, at):
            return before
        raise UnavailableError(
            f"系统时钟 {in_beijing(at)} 比上一条记录 {in_beijing(before)} 晚了 {apart.days} 天，"
            f"超过 {bound} 天（北京时间），未写入",
            "时钟不对的，校准后重办；时钟没错（久未使用）的，管理员先办 lifecycle clock announce，"
            "另一名管理员或审计员当天再办 lifecycle clock confirm",
        )

    @staticmethod
    def _alone(directory: Directory, at: str) -> bool:
        """Tell whether a jump was announced today and nobody is there to confirm it; then somebody
        is appointed.
        """
        step = open_step(directory, at)
        return step is not None and not may_confirm(directory, step.officer, at)

    def _see_account(self, request: Request, directory: Directory) -> None:
        """Refuse an officer whose the account that calls is not, as the directory now stands."""
        if self.account and directory.holder(self.account) != request.officer:
            raise InvalidError(
                f"您的操作系统账户 {self.account} 没有登记为 {request.officer}，不能以其身份办理",
                "账户登记为谁，就以谁的身份办理；登记有误的请管理员更正：lifecycle officer account",
            )

    def _log(self) -> str:
        if not self._origin:
            self._origin = self.store.meta("log")
        return self._origin

    def case(self, case_id: str) -> Case:
        """Give a case by its id; raises UnknownError."""
        found = self.store.case(case_id)
        if found is None:
            raise UnknownError("事项", case_id)
        return read_case(self.store, found[1])

    def _day(self, request: Request, now: datetime) -> date:
        today = _day_of(now)
        on = request.on or today
        if on > today:
            raise InvalidError(f"办理日 {on} 在今天（{today}）之后", "只能补录已发生的事")
        return on

    def _count(self, request: Request, case_id: str | None, refused: RefusedError) -> None:
        unmet = ",".join(gate.kind for gate in refused.gates if not gate.met)
        refusal = {
            "at": stamp_text(self.clock()),
            "officer": request.officer,
            "case_id": case_id or "",
            "asked_for": refused.asked_for,
            "gates": unmet,
        }
        if self.store.in_transaction:
            self._uncounted.append(refusal)
        else:
            self.store.put_refusal(refusal)

    def count_refusal(self, officer: str, asked_for: str, why: str) -> None:
        """Count an attempt that was refused before it came to an act."""
        refusal = {"officer": officer, "case_id": "", "asked_for": asked_for, "gates": why}
        self.store.put_refusal({"at": stamp_text(self.clock()), **refusal})

    def change_office(
        self, request: Request, change: OfficeChange, *, definition: bytes | None = None
    ) -> Mapping[str, Any]:
        """Judge and record a change to the office.

        `definition` are the bytes that it publishes or proposes. Gives the entry's body.
        """
        # Not at the top: a command on a case is spared all changes of the office.
        from lifecycle.people.changes import OfficeDocket, WithDefinition
        from lifecycle.people.evolve import evolve_directory

        if request.request_id is not None:
            _see_own_name(request.request_id)
        with self.store.writing():
            if request.request_id:
                found = self.store.entry(check_request_id(request.request_id))
                if found:
                    return self._changed_before(request, change, stored(found[0]))
            directory, now = self.library.directory(), self.clock()
            at = self._stamp(now, directory, change)
            on = self._day(request, datetime.fromisoformat(at))
            self._see_account(request, directory)
            officer = directory.officer(request.officer, on) if directory.seq else None
            calendar = self.library.calendar_of(directory)
            sealing = self.library.sealing(directory) if change.gives_roles else frozenset()
            given = dict(self.store.rows(text.LAST_NUMBERS)) if change.begins_numbers else None
            docket = OfficeDocket(directory, officer, on, at, calendar, sealing, given)
            role = change.judge(docket)
            if on.isoformat() < directory.last_on:
                raise InvalidError(
                    f"办理日 {on} 早于上一条人员记录的 {directory.last_on}", "生效日请用 --since"
                )
            place = Place(
                self._log(), OFFICE, directory.seq + 1, directory.head or GENESIS, directory.seq
            )
            actor = actor_of(officer) if officer is not None else change.founder
            assert actor is not None, "what was judged has somebody who did it"
            stamp = Stamp(request.request_id or new_eid(), at, at, SOFTWARE, self.account)
            body = office_entry(place, stamp, change, actor=actor, on=on.isoformat(), role=role)
            raw, digest = seal(body)
            after = evolve_directory(directory, body, digest)
            self.store.append(OFFICE, place.seq, stamp.eid, raw, digest)
            self.store.put_office(after.seq, after.head, canonical(dump_directory(after)))
            if isinstance(change, WithDefinition) and definition is not None:
                self._keep(change, definition)
            self._after_documents(directory, after)
            self._begin_numbers(directory, after)
        return body

    def _changed_before(
        self, request: Request, change: OfficeChange, body: dict[str, Any]
    ) -> Mapping[str, Any]:
        """Give the entry that bears the request id of a change; raises ConflictError where it is of
        another change, or somebody else's.
        """
        intent = body["intent"]
        by_same = change.founder is not None or intent["actor"]["id"] == request.officer
        if (
            not by_same
            or intent["type"] != change.entry_type
            or not change.is_repeated_by(change.from_dict(intent))
        ):
            raise ConflictError(
                f"--request-id {request.request_id} 已用于另一条指令", "请换一个编号"
            )
        self.store.deeds.add(Deed(intent["eid"], intent["seq"], ""))
        return body

    def _keep(self, change: WithDefinition, body: bytes) -> None:
        """Keep the bytes of a definition."""
        self.store.put_definition(change.digest, change.kind, change.name, body)
        self.library.publish(change.kind, change.digest)

    def _begin_numbers(self, before: Directory, after: Directory) -> None:
        """Write into the book of numbers where the series stand that a change lets go on."""
        begun = after.starts() if after.numberings != before.numberings else {}
        for series in begun.keys() - before.starts().keys():
            self.store.put(text.PUT_LAST_NUMBER, name=series, last=begun[series].last)

    def _after_documents(self, before: Directory, after: Directory) -> None:
        """Compute anew what rests on the definitions that a change has put into force."""
        kinds = {document.kind for document in after.documents[len(before.documents) :]}
        if kinds & {"workflow", "calendar"}:
            put_every(self.library, after)
        digest = after.document("calendar", CALENDAR)
        if digest is not None and "calendar" in kinds:
            refile(self.library, self.library.calendar(digest))


@dataclass(frozen=True, slots=True)
class _Due:
    """What is due, as it was decided: of a case or, where something is opened, in a period."""

    judged: _Judged
    period: PeriodDue | None = None


def _as_judged(
    found: DueStep | DueOpening, case: Case | None, directory: Directory, today: date
) -> _Judged:
    """Give what is due as a command that was judged."""
    decision, officer, moment = found.decision, found.officer, found.moment
    return _Judged(found.workflow, case, decision, officer, moment, directory, today)


def _blind() -> UnavailableError:
    """Say that something is due and cannot be made: nobody can tell what an act would do then."""
    message = "有到期的事项还没有自动办理，库又写不了，说不准能不能办"
    return UnavailableError(message, "先请能写库的人运行：lifecycle tick")


def _endless(last: Outcome) -> UnavailableError:
    """Say that what falls due has no end."""
    return UnavailableError(
        f"到期自动办理的超过 {MOST_DUE} 项，到 {last.case.number} 停下了",
        "请管理员核对流程里的 by: clock：有没有一办就又到期的",
    )


def _see_own_name(request_id: str) -> None:
    """Refuse a request id by which only the clock names its own."""
    if request_id.startswith(NAMED):
        message = f"--request-id 不能以 {NAMED} 开头：按期自动立的项用它"
        raise InvalidError(message, "请换一个编号")


class _DueError(Exception):
    """Raised to make first what has fallen due."""


class _UndoneError(Exception):
    """Raised to undo what was only tried out."""


def _entries(outcome: Outcome) -> int:
    """Count the entries that something has recorded, with those of its effects."""
    return 1 + sum(map(_entries, outcome.effects))


def _of_effect(refused: RefusedError) -> Iterator[Gate]:
    """Give the unmet gates of an effect that was refused, as gates of its cause."""
    for gate in refused.gates:
        if not gate.met:
            text = gate.text if gate.kind == "does" else f"{refused.asked_for}：{gate.text}"
            yield Gate("does", False, {}, text, gate.mend, gate.basis)


def see_order(case: Case, on: date) -> None:
    """Refuse a day before the last one of a case that a gate can read."""
    if on.isoformat() < case.last_on:
        raise InvalidError(
            f"办理日 {on} 早于 {case.number} 上一条记录的 {case.last_on}",
            f"请用 {case.last_on} 或以后的日期",
        )


def acting_officer(directory: Directory, request: Request, on: date, today: date) -> Officer:
    """Say as whom an act of a day is recorded today; raises UnknownError, InvalidError."""
    return directory.officer(
        request.officer,
        on,
        principal=request.principal,
        done_by=request.done_by,
        because=typed_text(request.because, "补录的理由"),
        recorded=today.isoformat(),
    )


def _confirming(request: Request, judged: _Judged | None) -> list[Ask]:
    """Give what will be read to confirm a decision."""
    asks: list[Ask] = []
    if judged is None or request.request_id is not None:
        return asks
    asks.append((text.OFFICE_HEAD, {}))
    asks.append(whose_clock(judged.today.isoformat()))
    if judged.case is not None:
        asks.append((text.PLACE_OF_CASE, {"id": judged.case.id}))
    return [*asks, (text.LAST_BODY, {})]


_READ = frozenset(("cases", "linked", "collections"))
"""Under these a gate names what was read of other cases."""


def _rests_on_others(accepted: Accepted) -> bool:
    """Tell whether a decision may rest on other cases. Of a transition the gates name whatever of
    them was read; what else reads them need not say so.
    """
    if not isinstance(accepted.act, Advance) or accepted.effects:
        return True
    return any(not _READ.isdisjoint(gate.inputs) for gate in accepted.gates)


def _make_ready(workflow: Workflow, states: Iterable[str]) -> None:
    """Make ready the conditions with which the case and the rows beside the log are computed: of
    lights, and of what the opinions rest on that are asked in these states.
    """
    for light in workflow.lights:
        if light.when is not None:
            _ = light.when.compiled
    for state in states:
        for transition in workflow.leaving[state].values():
            if transition.cosigns:
                reads_of(workflow, state, transition.name)


def _day_of(time: datetime) -> date:
    """Give the bureau's date at a time (Beijing time)."""
    return time.astimezone(BEIJING).date()


def _apart(before: str, at: str) -> timedelta:
    """Give the time since the last entry; raises UnavailableError where its time cannot be read."""
    try:
        return gap(before, at)
    except ValueError as error:
        raise UnavailableError(
            "上一条记录的时间读不出来，未写入", "请运行 lifecycle audit，并从备份恢复"
        ) from error


def _asked_for(workflow: Workflow, case: Case | None, act: Act) -> str:
    """Say what was asked for: of which case, and what was to be done to it."""
    if case is None:
        return f"{workflow.title}　{act.verb}"
    return f"{case.number} {case.title}　{act.wish(workflow, case)}"
