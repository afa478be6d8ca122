"""Replay: a case rebuilt from its entries, each judged again by `decide` under the workflow pinned
to it.

An entry is right if its bytes are those that the register would write today for the same command;
`differences` says in which respect they are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from lifecycle.engine.acts import Act, Advance, IssueLetter, read_act
from lifecycle.engine.amendments import Amendment
from lifecycle.engine.case import Case, acting_for_cause
from lifecycle.engine.decide import decide
from lifecycle.engine.docket import Refused
from lifecycle.engine.entry import recorded_day
from lifecycle.engine.evolve import evolve
from lifecycle.engine.others import Others
from lifecycle.errors import LifecycleError, UnavailableError
from lifecycle.frozen import replace
from lifecycle.ledger.as_of import NOW, AsOf, amendments_later
from lifecycle.ledger.causes import cause_of, check_cause, check_effects
from lifecycle.ledger.chain import CaseStep, Problem, Step, by_case, fold
from lifecycle.ledger.entry_checks import (
    check_account,
    check_link,
    check_times,
    differences,
    unreadable,
)
from lifecycle.ledger.library import Library
from lifecycle.ledger.others import OtherCases, PastCases
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
from lifecycle.ledger.store import EntryRow, LostDefinitionError
from lifecycle.people.directory import Directory
from lifecycle.workflow.model import Workflow

_UNDER = frozenset(("from", "to", "transition", "type", "data"))
"""What may be compared with another workflow's judgement: the rest is pinned to the entry's own."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What entries are judged again by: the definitions and the office.

    `under` is a workflow to use instead of the pinned one.
    """

    library: Library
    directory: Directory
    under: Workflow | None = None
    past: PastCases | None = None

    def others(
        self, workflow: Workflow, case: Case | None, act: Act, row: EntryRow, office: int
    ) -> Others:
        """Give the other cases as they stood when an entry was judged, after so many entries of the
        office.
        """
        past = self.past or PastCases(self.library)
        reading = OtherCases(self.library, past, self.directory, row.idx, office)
        return reading.for_act(workflow, case, act, day_of(row.raw))

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
        if case is None and body["intent"]["type"] != "case_opened":
            problems.append(("chain", "第一条记录不是立项"))
        else:
            workflow = basis.workflow(case.workflow if case else body["intent"]["workflow"])
            if judged:
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
        recorded = recorded_day(body["recorded_at"])
        officer = library.officer(
            directory, intent["actor"], intent["occurred_on"], recorded, body["office"]
        )
        directory.check_in_office(intent["actor"]["id"], recorded, body["office"])
        act = read_act(intent)
        cause = cause_of(body)
        if cause is not None:
            wrong = check_cause(library, cause, body, row)
            if wrong:
                yield "cause", wrong
                return
            officer = acting_for_cause(officer, cause.by)
        others = basis.others(workflow, case, act, row, body["office"])
        moment = replace(library.moment_of(directory, body), others=others)
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
    pinned = case.workflow if case else intent["workflow"]
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
    wanted = case_entry(
        place, stamp, decision, officer, moment, workflow=pinned, cause=intent.get(CAUSE)
    )
    if case is None:
        wanted["numbers"] = {"case": body["numbers"]["case"]}
    elif isinstance(decision.act, IssueLetter):
        wanted["numbers"] = {"letter": body["numbers"]["letter"]}
    wanted["intent"]["v"] = intent["v"]
    if bytes_in_form(wanted) != row.raw:
        foreign = workflow.digest != pinned
        yield from differences(wanted, body, _UNDER if foreign else None)
    if _has_effects(workflow, case, act):
        yield from check_effects(library, row, decision.effects, intent["data"]["note"])


def _has_effects(workflow: Workflow, case: Case | None, act: Act) -> bool:
    """Tell whether an act makes a transition that does something to other cases."""
    if case is None or not isinstance(act, Advance):
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
