"""Replay: a case rebuilt from its entries, each judged again by `decide` under the workflow pinned
to it.

An entry is right if its bytes are those that the register would write today for the same command;
`differences` says in which respect they are not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import chain, takewhile
from typing import Any

from lifecycle.engine.acts import Act, Advance, IssueLetter, Migrate, Open, read_act
from lifecycle.engine.case import Case
from lifecycle.engine.clock.by_clock import looks_at_others, the_clock
from lifecycle.engine.clock.periods import facts_in
from lifecycle.engine.corrections.amendments import Amendment
from lifecycle.engine.decide import decide
from lifecycle.engine.docket import Refused
from lifecycle.engine.entry import recorded_day
from lifecycle.engine.evolve import evolve
from lifecycle.engine.world.moment import Moment, Officer, acting_for_cause
from lifecycle.engine.world.others import Others
from lifecycle.errors import LifecycleError, UnavailableError
from lifecycle.frozen import replace
from lifecycle.ledger.across.causes import cause_of, check_cause, check_effects
from lifecycle.ledger.across.due import BY_CLOCK, Then, first_due, is_by_clock
from lifecycle.ledger.across.every import NAMED, due_named, versions_of
from lifecycle.ledger.across.others import OtherCases, PastCases
from lifecycle.ledger.library import Library
from lifecycle.ledger.reading.as_of import NOW, AsOf, amendments_later
from lifecycle.ledger.reading.chain import CaseStep, Problem, Step, by_case, fold, follow
from lifecycle.ledger.reading.entry_checks import (
    check_account,
    check_link,
    check_times,
    differences,
    unreadable,
)
from lifecycle.ledger.record import (
    CAUSE,
    GENESIS,
    UNREADABLE,
    Place,
    Stamp,
    account_of,
    bytes_in_form,
    case_entry,
    day_of,
    read,
)
from lifecycle.ledger.rows.link_rows import named_case
from lifecycle.ledger.store import EntryRow, LostDefinitionError
from lifecycle.people.directory import Directory
from lifecycle.workflow.model import CLOCK, Workflow

_UNDER = frozenset(("from", "to", "transition", "type", "data"))
"""What may be compared with another workflow's judgement: the rest is pinned to the entry's own."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What entries are judged again by: the definitions and the office.

    `under` is a workflow to use instead of the pinned one. `overdue` notes what was found not to be
    made when it was due, by case, transition and day: that is told once.
    """

    library: Library
    directory: Directory
    under: Workflow | None = None
    past: PastCases | None = None
    overdue: set[tuple[str, str, str]] = field(default_factory=set)

    def others(
        self, workflow: Workflow, case: Case | None, act: Act, row: EntryRow, office: int
    ) -> Others:
        """Give the other cases as they stood when an entry was judged, after so many entries of the
        office.
        """
        return self.reading(row, office).for_act(workflow, case, act, day_of(row.raw))

    def reading(self, row: EntryRow, office: int) -> OtherCases:
        """Give what reads the other cases as they stood before an entry."""
        past = self.past or PastCases(self.library)
        return OtherCases(self.library, past, self.directory, row.idx, office)

    def then(self, body: Mapping[str, Any], row: EntryRow) -> Then:
        """Give the moment at which an entry was recorded, before it was."""
        library, directory, office = self.library, self.directory, body["office"]
        today = recorded_day(body["recorded_at"])

        calendar = body["calendar"]

        def moment(on: date) -> Moment:
            return library.moment_on(directory, on.isoformat(), office, calendar, today)

        def opened(name: str) -> Workflow:
            return library.workflow(directory.document("workflow", name, office) or "")

        reading = self.reading(row, office)
        numbered = partial(self.numbered, row)
        return Then(
            date.fromisoformat(today), library.calendar(calendar), moment, reading, numbered, opened
        )

    def numbered(self, row: EntryRow, number: str) -> tuple[Workflow, Case]:
        """Give another case by its number, as it was before an entry."""
        library = self.library
        rows = library.store.entries(named_case(library.store, number) or "")
        steps = follow(library, takewhile(lambda its: its.idx < row.idx, rows))
        (last,) = deque(steps, maxlen=1)
        assert last.after is not None  # what is followed without judging always goes on
        return library.workflow(last.after.workflow), last.after

    def workflow(self, digest: str) -> Workflow:
        """Give the workflow for an entry that is pinned to the one with that SHA-256."""
        return self.under or self.library.workflow(digest)


def replay_case(
    library: Library,
    directory: Directory,
    case_id: str,
    *,
    under: Workflow | None = None,
    as_of: AsOf = NOW,
) -> Iterator[CaseStep]:
    """Replay one case entry by entry, those that count.

    `under` judges it by another workflow instead of the pinned one.
    """
    rows = as_of.counted(library.store.entries(case_id))
    basis = Basis(library, directory, under, PastCases(library))
    return fold(rows, partial(replay_entry, basis))


def amended_later(
    library: Library, directory: Directory, case_id: str, as_of: AsOf
) -> list[Amendment]:
    """List what entries that do not count amended; what is wrong with them is not looked at."""
    take = partial(replay_entry, Basis(library, directory), judged=False)
    return amendments_later(library.store.entries(case_id), as_of, lambda rows: fold(rows, take))


def replay_all(
    library: Library,
    directory: Directory,
    *,
    under: Workflow | None = None,
    as_of: AsOf = NOW,
) -> Iterator[tuple[str, Iterator[CaseStep]]]:
    """Replay the entries that count of every case, one after the other, as (id, steps). `under` is
    of another version of one workflow: no other case is replayed.

    The steps are to be taken before the next case.
    """
    store = library.store
    take = partial(replay_entry, Basis(library, directory, under, PastCases(library)))
    for case_id, rows in by_case(store.all_entries(upto=store.last_index())):
        first = next(rows)
        rows = chain((first,), rows)
        if under is not None and not _may_be_under(library, first, under):
            continue
        yield case_id, fold(as_of.counted(rows), take)


def _may_be_under(library: Library, first: EntryRow, under: Workflow) -> bool:
    """Tell whether a case can be judged by a workflow: it was opened under one of that name; what
    cannot be told, it says itself.
    """
    try:
        return library.workflow(read(first.raw)["intent"]["workflow"]).name == under.name
    except (LostDefinitionError, *UNREADABLE):
        return True


def replay_entry(
    basis: Basis, case: Case | None, row: EntryRow, *, judged: bool = True
) -> CaseStep:
    """Replay one entry on the case before it; one that is not `judged` is only followed.

    Raises UnavailableError where the database fails; everything that a forged entry does wrong is a
    problem instead.
    """
    body: Mapping[str, Any] = {}
    after: Case | None = None
    problems: list[Problem] = []
    try:
        body = read(row.raw)
        problems += check_link(body, row, *_end_of(case))
        problems += check_times(body, _floor_of(case, body))
        if case is None and body["intent"]["type"] != Open.entry_type:
            problems.append(("chain", "第一条记录不是立项"))
        else:
            workflow = basis.workflow(_pinned(case, body["intent"]))
            # Under one file throughout, nothing is taken over.
            passed = basis.under is not None and body["intent"]["type"] == Migrate.entry_type
            if judged and not passed:
                problems += rejudge(basis, workflow, case, body, row)
            after = evolve(workflow, case, body, row.hash)
    except LostDefinitionError as error:
        problems.append(("definition", error.message))
    except UnavailableError:
        raise
    except LifecycleError as error:
        problems.append(("illegal", error.message))
    except Exception:  # noqa: BLE001 - a forged entry may make any step of the judgement stumble
        stumbled = ("illegal", "记录的内容与流程对不上，无法回放")
        problems += [stumbled] if body else unreadable(row)
    return Step(row, body, case, after, tuple(problems))


def _pinned(case: Case | None, intent: Mapping[str, Any]) -> str:
    """Give what an entry is judged by: the rules of its case or, where it opens the case or takes
    it over, those that it names itself.
    """
    if case is None or intent["type"] == Migrate.entry_type:
        pinned: str = intent["workflow"]
        return pinned
    return case.workflow


def _floor_of(case: Case | None, body: Mapping[str, Any]) -> str:
    """Give the day before which an entry may not be; "" for what does not move the case's clock:
    that is judged by the order of the letter's own days.
    """
    if case is None or not read_act(body["intent"]).moves_clock:
        return ""
    return case.last_on


def rejudge(
    basis: Basis, workflow: Workflow, case: Case | None, body: Mapping[str, Any], row: EntryRow
) -> Iterator[Problem]:
    """Judge an entry again: yield (code, message) for each way in which it is not what the rules
    give.
    """
    intent = body["intent"]
    library, directory = basis.library, basis.directory
    try:
        act = read_act(intent)
        cause = cause_of(body)
        if cause is not None:
            wrong = check_cause(library, cause, body, row)
            if wrong:
                yield "cause", wrong
                return
        elif basis.under is None and not isinstance(act, Migrate):
            yield from _check_clock(basis, workflow, case, body, row)
        others = basis.others(workflow, case, act, row, body["office"])
        moment = replace(library.moment_of(directory, body), others=others)
        officer = _officer_of(basis, workflow, case, body, moment)
        if cause is not None:
            officer = acting_for_cause(officer, cause.by)
        decision = decide(workflow, case, act, officer, moment)
    except UnavailableError:
        raise
    except LifecycleError as error:
        yield "illegal", error.message
        return
    yield from check_account(directory, body, body["office"])
    if isinstance(decision, Refused):
        yield from _unmet(decision)
        return
    pinned = _pinned(case, intent)
    seq, head = _end_of(case)
    case_id = case.id if case else intent["eid"]
    place = Place(intent["log"], case_id, seq + 1, head, body["office"])
    stamp = Stamp(
        intent["eid"],
        body["recorded_at"],
        intent["signed_at"],
        body["software"],
        account_of(body),
    )
    named = BY_CLOCK if is_by_clock(intent) and case is not None else intent.get(CAUSE)
    wanted = case_entry(place, stamp, decision, officer, moment, workflow=pinned, cause=named)
    if case is None:
        wanted["numbers"] = {"case": body["numbers"]["case"]}
    elif isinstance(decision.act, IssueLetter):
        wanted["numbers"] = {"letter": body["numbers"]["letter"]}
    wanted["intent"]["v"] = intent["v"]
    if bytes_in_form(wanted) != row.raw:
        foreign = workflow.digest != pinned
        yield from differences(wanted, body, _UNDER if foreign else None)
    if isinstance(act, Advance) and _has_effects(workflow, case, act):
        yield from check_effects(library, row, decision.effects, act.note)


def _officer_of(
    basis: Basis, workflow: Workflow, case: Case | None, body: Mapping[str, Any], moment: Moment
) -> Officer:
    """Say who made an entry: an officer in office when it was recorded, or the clock; what follows
    from an entry of the clock is made by it, too. Raises LifecycleError.
    """
    library, directory, intent = basis.library, basis.directory, body["intent"]
    actor, office = intent["actor"], body["office"]
    if is_by_clock(intent):
        return the_clock(workflow, case, moment)
    if actor["id"] == CLOCK and CAUSE in intent:
        return Officer(CLOCK, "", actor["unit"], {})
    recorded = recorded_day(body["recorded_at"])
    officer = library.officer(directory, actor, intent["occurred_on"], recorded, office)
    directory.check_in_office(actor["id"], recorded, office)
    return officer


def _check_clock(
    basis: Basis, workflow: Workflow, case: Case | None, body: Mapping[str, Any], row: EntryRow
) -> Iterator[Problem]:
    """See that an entry that is no effect was due, if the clock made it, and that nothing else was
    due before it.
    """
    intent = body["intent"]
    if case is None and is_by_clock(intent):
        yield from _check_opening(basis, workflow, body)
    elif intent["eid"].startswith(NAMED):
        yield "due", "记录号是按期自动立项的，记录却不是"
    elif case is not None and workflow.timed:
        yield from _check_due(basis, workflow, case, body, row)


def _check_opening(basis: Basis, workflow: Workflow, body: Mapping[str, Any]) -> Iterator[Problem]:
    """See that what the clock opened is what was due in its period."""
    library, intent = basis.library, body["intent"]
    versions = versions_of(library, basis.directory, body["office"])
    calendar, on = library.calendar(body["calendar"]), intent["occurred_on"]
    due = due_named(versions, intent[CAUSE], calendar, on)
    if due is None:
        yield "due", "记录写的是按期自动立项，那一天却没有到期的这一期"
        return
    if (due.every.opens, due.eid) != (workflow.name, intent["eid"]):
        yield "due", "按期自动立项的流程或记录号不是那一期的"
        return
    wanted = facts_in(due.every, workflow, due.period, date.fromisoformat(on))
    if wanted != Open.from_dict(intent).facts:
        yield "due", "按期自动立项所填的与应填的不符"


def _check_due(
    basis: Basis, workflow: Workflow, case: Case, body: Mapping[str, Any], row: EntryRow
) -> Iterator[Problem]:
    """See that an entry was not recorded before what was due of its case by itself."""
    due = first_due(basis.then(body, row), workflow, case)
    intent = body["intent"]
    by_clock = intent["actor"]["id"] == CLOCK  # whether it says why, is told elsewhere
    way = workflow.leaving[case.state][due.act.transition] if due else None
    if due is None or way is None or due.decision.effects:
        return  # whether effects can all be done together, only the register has tried
    if by_clock and intent["transition"] == due.act.transition:
        # Of a day of its own, the judge speaks; that it could not be made then, is asked here.
        on, kept = due.moment.on.isoformat(), recorded_day(body["recorded_at"])
        if on < intent["occurred_on"] == kept and looks_at_others(workflow, way):
            yield "due", f"到期办理的日期应为 {on}"
        return
    told = (case.id, due.act.transition, due.due_on)
    if told not in basis.overdue:
        basis.overdue.add(told)
        title = workflow.titles[due.act.transition]
        yield "due", f"“{title}”{due.due_on} 已到期，应先自动办理，记录里没有"


def _has_effects(workflow: Workflow, case: Case | None, act: Advance) -> bool:
    """Tell whether an act makes a transition that does something to other cases."""
    if case is None:
        return False
    way = workflow.leaving[case.state].get(act.transition)
    return way is not None and bool(way.does)


def _unmet(decision: Refused) -> Iterator[Problem]:
    """Tell of each gate that stands in the way."""
    for gate in decision.gates:
        if not gate.met:
            code = "authority" if gate.kind == "role" else "illegal"
            yield code, f"{gate.label}：{gate.text}"


def _end_of(case: Case | None) -> tuple[int, str]:
    """Give the seq and the hash of a case's last entry.

    What the first one follows if there is none.
    """
    return (case.seq, case.head) if case else (0, GENESIS)
