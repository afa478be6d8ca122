"""Other cases, read for a judgement: those that a case links to, and those that link to it.

What is read of one is what its entries made of it that a gate can read, that were recorded before
the act and are of a day not after the act's. As a rule that is the case as it is kept; where the
act is recorded late, or judged again, its entries are folded up to there.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping

from lifecycle.engine.acts import (
    Act,
    Advance,
    CancelOpening,
    ConfirmCorrection,
    Correct,
    Migrate,
    Open,
    read_act,
)
from lifecycle.engine.case import Case, Proposal
from lifecycle.engine.corrections.consequences import waiting_proposals
from lifecycle.engine.editions import facts_read, is_read, rules_of_step
from lifecycle.engine.values import Value
from lifecycle.engine.world.collected import Collected, ThisCase
from lifecycle.engine.world.others import MOST_PINS, NO_OTHERS, OtherCase, Others
from lifecycle.frozen import dataclass, replace
from lifecycle.ledger.across.collecting import Log, collect, collect_linked
from lifecycle.ledger.library import Library
from lifecycle.ledger.reading.chain import follow
from lifecycle.ledger.rows.case_rows import read_case
from lifecycle.ledger.rows.link_rows import cases_linking, named_case, workflows_linking
from lifecycle.ledger.store import END_OF_LOG
from lifecycle.people.directory import Directory
from lifecycle.workflow.model import LINKED, Effect, Transition, Workflow
from lifecycle.workflow.reliance import reads_others

_MOST_KEPT = 40_000
"""Entries of other cases that are kept at once."""
LAST_DAY = "9999-12-31"


@dataclass(frozen=True, slots=True)
class _Then:
    """A case after one of its entries that a gate can read: the entry's place in the log, its day,
    and the case.
    """

    index: int
    on: str
    case: OtherCase


class PastCases:
    """Cases as they stood before an entry of the log, on a day; the histories last asked for are
    kept, so that many entries may be judged one after the other.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept: OrderedDict[str, list[_Then]] = OrderedDict()
        self._count = 0

    def at(self, case_id: str, before: int, on: str) -> OtherCase | None:
        """Give a case by its id; None where it was not open yet."""
        found = None
        for then in self._history(case_id):
            if then.index >= before or then.on > on:
                break
            found = then.case
        return found

    def _history(self, case_id: str) -> list[_Then]:
        if case_id not in self._kept:
            self._kept[case_id] = list(self._read(case_id))
            self._count += len(self._kept[case_id])
            while self._count > _MOST_KEPT and len(self._kept) > 1:
                self._count -= len(self._kept.popitem(last=False)[1])
        self._kept.move_to_end(case_id)
        return self._kept[case_id]

    def _read(self, case_id: str) -> Iterator[_Then]:
        library = self._library
        for step in follow(library, library.store.entries(case_id)):
            intent = step.body["intent"]
            if step.after is not None and read_act(intent).moves_clock:
                workflow = library.workflow(step.after.workflow)
                case = OtherCase.of(workflow, step.after)
                yield _Then(step.row.idx, intent["occurred_on"], case)


@dataclass(frozen=True, slots=True)
class OtherCases:
    """Reads other cases as they stand now, or (`before`: an entry's place in the log) as they did
    when an entry was judged; `office` counts the office's entries of then.
    """

    library: Library
    past: PastCases
    directory: Directory
    before: int | None = None
    office: int | None = None

    def for_act(self, workflow: Workflow, case: Case | None, act: Act, on: str) -> Others:
        """Read what the judgement of an act may read, on the act's day."""
        if isinstance(act, CancelOpening) and case is not None:
            return self.linked_to(case, LAST_DAY)  # whatever the day of either
        if isinstance(act, Migrate):
            return NO_OTHERS  # it judges no condition
        change = _correction(case, act)
        if change is None and not workflow.reads_others:
            return NO_OTHERS
        ways = _ways_judged(workflow, case, act)
        if case is not None and change is not None:
            return self._for_correction(workflow, case, change, on, ways)
        facts = getattr(act, "facts", {})
        return self.read(workflow, case, facts if isinstance(facts, Mapping) else {}, on, ways)

    def for_view(self, workflow: Workflow, case: Case, on: str) -> Others:
        """Read what may be judged of a case on a day: its ways out, and the corrections that
        wait.
        """
        ways = ways_from(workflow, case)
        proposed = {
            proposal.seq: self._for_correction(workflow, case, proposal, on, ways)
            for proposal in waiting_proposals(case)
        }
        return replace(self.read(workflow, case, {}, on, ways), proposed=proposed)

    def _for_correction(
        self,
        workflow: Workflow,
        case: Case,
        change: Correct | Proposal,
        on: str,
        ways: Collection[Transition],
    ) -> Others:
        others = self._corrected(workflow, case, change.facts, on, ways)
        return replace(others, then=self._as_read(workflow, case, change))

    def _as_read(
        self, workflow: Workflow, case: Case, change: Correct | Proposal
    ) -> dict[int, Others]:
        """Read the other cases as the steps that have read what is corrected read them, and as they
        would have read them with the corrected facts.
        """
        found = {}
        for step in case.steps if workflow.reads_others or workflow.former else ():
            read = [n for n in (*change.facts, change.material) if is_read(case, step, n)]
            rules, _state, way = rules_of_step(workflow, step)
            if not read or not any(reads_others(rules, one) for one in way.expressions):
                continue
            row = next(self.library.store.entries(case.id, after=step.seq - 1, chunk=1), None)
            if row is not None:
                then = replace(self, before=row.idx)
                seen = replace(case, facts=facts_read(case, step))
                anew = {n: v for n, v in change.facts.items() if n in read}
                found[step.seq] = then._corrected(rules, seen, anew, step.on, (way,))
        return found

    def _corrected(
        self,
        workflow: Workflow,
        case: Case,
        facts: Mapping[str, Value],
        on: str,
        ways: Collection[Transition],
    ) -> Others:
        """Read what a case reads now, and as it would with these facts."""
        after = self.read(workflow, case, facts, on, ways)
        if not after.collected:
            return after
        before = self._collected(workflow, ThisCase(workflow, case, case.facts), on, ways)
        return replace(after, collected=before, corrected=after.collected)

    def linked_to(self, case: Case, on: str) -> Others:
        """Read all cases that link to a case, whether its conditions read them or not."""
        names = workflows_linking(self.library.store, case.number)
        linking = {name: self._linking(name, case, on, (name,)) for name in names}
        return Others({}, linking, self._titled(names))

    def linked_of(self, name: str, case: Case, on: str) -> Others:
        """Read the cases of one workflow that link to a case, and those to which these link."""
        linking = self._linking(name, case, on)
        return Others(self._named(_further(linking), on), {name: linking})

    def read(
        self,
        workflow: Workflow,
        case: Case | None,
        facts: Mapping[str, Value],
        on: str,
        ways: Collection[Transition],
    ) -> Others:
        """Read the cases that a case's links name, and those that the facts of an act name; the
        cases that these link to; and, as far as some transitions read them, those that link to it,
        the collections of its workflow, and what their effects reach.
        """
        if not workflow.reads_others:
            return NO_OTHERS
        held = case.facts if case else {}
        named = dict.fromkeys((*_links_in(workflow, held), *_links_in(workflow, facts)))
        cases = self._named(named, on)
        cases |= self._named((n for n in _further(cases.values()) if n not in cases), on)
        expressions = [one for way in ways for one in way.expressions]
        linked = {name for one in expressions for space, name in one.paths if space == LINKED}
        linking, many = self._linked(workflow, case, sorted(linked), on)
        this = ThisCase(workflow, case, {**held, **facts})
        collected = self._collected(workflow, this, on, ways)
        found = Others(cases, linking, self._titles(workflow), collected, many)
        effects = [effect for way in ways for effect in way.does]
        if not effects:
            return found
        moved = self._moved(collected, effects, this.raw)
        return replace(found, moved=moved, opened=self._opened(effects))

    def _moved(
        self, collected: Mapping[str, Collected], effects: list[Effect], facts: Mapping[str, Value]
    ) -> dict[str, OtherCase]:
        """Read the cases that effects move, as they are now, whatever their day."""
        numbers: dict[str, None] = {}
        for effect in effects:
            if effect.on in collected:
                numbers |= dict.fromkeys(one.number for one in collected[effect.on].members)
            elif effect.on in facts:
                numbers[str(facts[effect.on])] = None
        return self._named(numbers, LAST_DAY)

    def _opened(self, effects: list[Effect]) -> dict[str, Workflow]:
        """Give the workflows in force under which effects open cases."""
        names = {effect.opens for effect in effects if effect.opens}
        found = {n: self.directory.document("workflow", n, self.office) for n in names}
        return {name: self.library.workflow(digest) for name, digest in found.items() if digest}

    def _collected(
        self, workflow: Workflow, this: ThisCase, on: str, ways: Iterable[Transition]
    ) -> dict[str, Collected]:
        """Read the collections of a workflow that some transitions read."""
        named = {name for way in ways for one in way.expressions for name in one.names}
        named |= {name for way in ways for e in way.does for name in (e.on, e.each)}
        return {
            name: collect(self._log, workflow, collection, this, on)
            for name, collection in workflow.collections.items()
            if name in named
        }

    def _linked(
        self, workflow: Workflow, case: Case | None, names: list[str], on: str
    ) -> tuple[dict[str, tuple[OtherCase, ...]], dict[str, Collected]]:
        """Read the cases that link to a case; of very many no more than is needed."""
        linking: dict[str, tuple[OtherCase, ...]] = {}
        many: dict[str, Collected] = {}
        if case is None:
            return linking, many
        for name in names:
            rows = self._ever_linking(case.number, self.directory.family(name))
            if len(rows) > MOST_PINS:
                many[name] = collect_linked(self._log, workflow, name, case.number, on)
            else:
                linking[name] = self._linking(name, case, on)
        return linking, many

    @property
    def _log(self) -> Log:
        return Log(self.library, self.directory, self.before)

    def _ever_linking(self, number: str, names: Collection[str]) -> list[str]:
        """List the cases of some workflows that name, or once named, a case: those that were there
        when it was read, so that an audit reads as many as the judge did.
        """
        before = END_OF_LOG if self.before is None else self.before
        return cases_linking(self.library.store, number, names, before)

    def _titles(self, workflow: Workflow) -> dict[str, str]:
        """Map the workflows that one names to their titles."""
        return self._titled({*workflow.linking, *(fact.workflow for fact in workflow.links)})

    def _titled(self, names: Collection[str]) -> dict[str, str]:
        digests = {name: self.directory.document("workflow", name) for name in names}
        return {name: self.library.workflow(d).title for name, d in digests.items() if d}

    def _named(self, numbers: Iterable[str], on: str) -> dict[str, OtherCase]:
        found = {}
        for number in numbers:
            case_id = named_case(self.library.store, number)
            other = self._at(case_id, on) if case_id else None
            if other is not None:
                found[number] = other
        return found

    def _linking(
        self, name: str, case: Case | None, on: str, names: Collection[str] = ()
    ) -> tuple[OtherCase, ...]:
        """Read the cases of a workflow that link to a case, in the order of their numbers; those of
        its variants are among them, unless it is said of which (`names`).
        """
        if case is None:
            return ()
        family = names or self.directory.family(name)
        found = (self._at(case_id, on) for case_id in self._ever_linking(case.number, family))
        linked = (
            one
            for one in found
            if one is not None and one.workflow.is_a(name) and _links_to(one, case.number)
        )
        return tuple(sorted(linked, key=lambda one: one.number))

    def _at(self, case_id: str, on: str) -> OtherCase | None:
        if self.before is not None:
            return self.past.at(case_id, self.before, on)
        found = self.library.store.case(case_id)
        if found is None:
            return None
        case = read_case(self.library.store, found[1])
        if case.last_on > on:
            return self.past.at(case_id, END_OF_LOG, on)
        return OtherCase.of(self.library.workflow(case.workflow), case)


def _links_in(workflow: Workflow, facts: Mapping[str, Value]) -> list[str]:
    return [str(facts[fact.name]) for fact in workflow.links if fact.name in facts]


def _further(cases: Iterable[OtherCase]) -> list[str]:
    """List the numbers of the cases to which some link, each once."""
    return list(dict.fromkeys(n for one in cases for n in _links_in(one.workflow, one.facts)))


def _links_to(case: OtherCase, number: str) -> bool:
    return not case.cancelled and number in _links_in(case.workflow, case.facts)


def _correction(case: Case | None, act: Act) -> Correct | Proposal | None:
    """Give what an act corrects; None for one that corrects nothing."""
    if isinstance(act, ConfirmCorrection) and case is not None:
        return case.proposals.get(str(act.proposal))
    return act if isinstance(act, Correct) else None


def ways_from(workflow: Workflow, case: Case | None) -> tuple[Transition, ...]:
    """List the ways out of where a case stands, be it suspended; before it is open, the opening."""
    if case is None:
        return (workflow.opening,) if workflow.opening else ()
    states = (case.state, *(one.state for one in case.suspensions))
    return tuple(way for state in states for way in workflow.leaving[state].values())


def _ways_judged(workflow: Workflow, case: Case | None, act: Act) -> tuple[Transition, ...]:
    """List the transitions whose conditions an act may have judged."""
    ways = ways_from(workflow, case)
    if isinstance(act, Advance):
        return tuple(way for way in ways if way.name == act.transition)
    if isinstance(act, Open):
        return ways
    if isinstance(act, Correct | ConfirmCorrection):
        return (*ways, *((workflow.opening,) if workflow.opening else ()))
    return ()
