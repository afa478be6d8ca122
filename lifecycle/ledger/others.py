"""Other cases, read for a judgement: those that a case links to, and those that link to it.

What is read of one is what its entries made of it that a gate can read, that were recorded before
the act and are of a day not after the act's. As a rule that is the case as it is kept; where the
act is recorded late, or judged again, its entries are folded up to there.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping

from lifecycle.engine.acts import Act, CancelOpening, ConfirmCorrection, read_act
from lifecycle.engine.case import Case
from lifecycle.engine.collected import ThisCase
from lifecycle.engine.others import NO_OTHERS, OtherCase, Others
from lifecycle.engine.values import Value
from lifecycle.frozen import dataclass
from lifecycle.ledger.chain import follow
from lifecycle.ledger.collecting import collect
from lifecycle.ledger.library import Library
from lifecycle.ledger.rows.case_rows import read_case
from lifecycle.ledger.rows.link_rows import cases_linking, named_case, workflows_linking
from lifecycle.people.directory import Directory
from lifecycle.workflow.model import Transition, Workflow

_MOST_HISTORIES = 200


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
            if len(self._kept) >= _MOST_HISTORIES:
                self._kept.popitem(last=False)
            self._kept[case_id] = list(self._read(case_id))
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


_ALL = 1 << 62
"""An index after every entry."""


@dataclass(frozen=True, slots=True)
class OtherCases:
    """Reads other cases as they stand now, or (`before`: an entry's place in the log) as they did
    when an entry was judged.
    """

    library: Library
    past: PastCases
    directory: Directory
    before: int | None = None

    def for_act(self, workflow: Workflow, case: Case | None, act: Act, on: str) -> Others:
        """Read what the judgement of an act may read, on the act's day."""
        if isinstance(act, CancelOpening) and case is not None:
            return self.linked_to(case, on)
        return self.read(workflow, case, _facts_of(case, act), on)

    def linked_to(self, case: Case, on: str) -> Others:
        """Read all cases that link to a case, whether its conditions read them or not."""
        names = workflows_linking(self.library.store, case.number)
        linking = {name: self._linking(name, case, on) for name in names}
        return Others({}, linking, self._titles() if names else {})

    def read(
        self, workflow: Workflow, case: Case | None, facts: Mapping[str, Value], on: str
    ) -> Others:
        """Read the cases that a case's links name, and those that the facts of an act name; the
        cases that these link to; those that link to it; and the collections of its workflow.
        """
        if not workflow.reads_others:
            return NO_OTHERS
        held = case.facts if case else {}
        named = dict.fromkeys((*_links_in(workflow, held), *_links_in(workflow, facts)))
        cases = self._named(named, on)
        further = (n for one in cases.values() for n in _links_in(one.workflow, one.facts))
        cases |= self._named((n for n in dict.fromkeys(further) if n not in cases), on)
        linking = {name: self._linking(name, case, on) for name in workflow.linking}
        this = ThisCase(workflow, case, {**held, **facts})
        collected = {
            name: collect(self.library, workflow, workflow.collections[name], this, on, self.before)
            for name in _collections_read(workflow, case)
        }
        return Others(cases, linking, self._titles(), collected)

    def _titles(self) -> dict[str, str]:
        """Map the workflows in force to their titles."""
        names = dict.fromkeys(d.name for d in self.directory.documents if d.kind == "workflow")
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

    def _linking(self, name: str, case: Case | None, on: str) -> tuple[OtherCase, ...]:
        """Read the cases of a workflow that link to a case, in the order of their numbers."""
        if case is None:
            return ()
        rows = cases_linking(self.library.store, case.number, name)
        found = (self._at(case_id, on) for case_id in rows)
        linked = (one for one in found if one is not None and _links_to(one, case.number))
        return tuple(sorted(linked, key=lambda one: one.number))

    def _at(self, case_id: str, on: str) -> OtherCase | None:
        if self.before is not None:
            return self.past.at(case_id, self.before, on)
        found = self.library.store.case(case_id)
        if found is None:
            return None
        case = read_case(self.library.store, found[1])
        if case.last_on > on:
            return self.past.at(case_id, _ALL, on)
        return OtherCase.of(self.library.workflow(case.workflow), case)


def _links_in(workflow: Workflow, facts: Mapping[str, Value]) -> list[str]:
    return [str(facts[fact.name]) for fact in workflow.links if fact.name in facts]


def _links_to(case: OtherCase, number: str) -> bool:
    return not case.cancelled and number in _links_in(case.workflow, case.facts)


def _facts_of(case: Case | None, act: Act) -> Mapping[str, Value]:
    """Give the facts that an act enters or corrects."""
    if isinstance(act, ConfirmCorrection) and case is not None:
        proposal = case.proposals.get(str(act.proposal))
        return proposal.facts if proposal is not None else {}
    facts: Mapping[str, Value] = getattr(act, "facts", {})
    return facts


def _collections_read(workflow: Workflow, case: Case | None) -> list[str]:
    """Name the collections that may be read where a case stands, or when one is opened."""
    ways: Iterable[Transition] = (workflow.opening,) if workflow.opening else ()
    if case is not None:
        ways = workflow.leaving[case.state].values()
    names = {name for way in ways for one in way.expressions for name in one.names}
    return [name for name in workflow.collections if name in names]
