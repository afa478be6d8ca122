"""What the way out of a state waits for: the records that have to be made first, and the facts and
materials that others have to supply.

All is told from what the case's own entries made and filled: neither the day nor other cases enter,
so that it changes with an entry only. That something is awaited does not say that it can be done
now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lifecycle.engine.case import Case
from lifecycle.engine.gates.asking import round_of
from lifecycle.engine.gates.gates import is_set_alone
from lifecycle.engine.gates.wording import acts_lacking
from lifecycle.engine.world.scope import history_of
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import Fact, Material, Transition, Workflow
from lifecycle.workflow.reliance import doors_of, reads_of

ONWARD = ("forward", "resume")
"""The kinds of transitions that a case is on its way to."""


@dataclass(frozen=True, slots=True)
class AwaitedItem:
    """A fact or material that is not there, and the transition that needs it."""

    item: Fact | Material
    way: Transition


def awaited_records(workflow: Workflow, case: Case) -> tuple[Transition, ...]:
    """Give the records that have still to be made before a case can move on, in the order in which
    they are found; also those that such records wait for themselves.
    """
    leaving = workflow.leaving[case.state]
    ways = _onward(workflow, case)
    found: dict[str, Transition] = {}
    for way in ways:  # grows as records are found
        for name in _lacking(workflow, case, way):
            record = leaving.get(name)
            if record is not None and record.kind == "record" and name not in found:
                found[name] = record
                ways.append(record)
    return tuple(found.values())


def awaited_items(
    workflow: Workflow, case: Case, records: Iterable[Transition]
) -> Iterator[AwaitedItem]:
    """Give the facts and materials that only certain roles may supply, by themselves, and that a
    way on, or one of the `records` awaited before it, needs.
    """
    for way in (*_onward(workflow, case), *records):
        for name in way.materials:
            material = workflow.materials[name]
            if material.by and name not in case.materials:
                yield AwaitedItem(material, way)
        for name in reads_of(workflow, case.state, way.name).facts:
            fact = workflow.facts[name]
            there = name in case.facts or name in (*way.asks, *way.may)
            if fact.by and not there and is_set_alone(workflow, case, fact):
                yield AwaitedItem(fact, way)


def _onward(workflow: Workflow, case: Case) -> list[Transition]:
    return [way for way in workflow.leaving[case.state].values() if way.kind in ONWARD]


def _lacking(workflow: Workflow, case: Case, way: Transition) -> Iterator[str]:
    """Name the transitions that conditions want made, those that have opinions asked, and those by
    which alone a fact that is read and not there comes in, typed or computed.
    """
    for guard in way.guards:
        if guard.when.paths:
            yield from acts_lacking(guard, history_of(case, guard.when))
    for cosign in way.cosigns:
        made = case.fired.get(cosign.asked)
        if made is None or made.seq < round_of(case, way):
            yield cosign.asked  # "" and `entering` are no transitions
    for name in reads_of(workflow, case.state, way.name).facts:
        if name not in case.facts and name not in way.asks:
            yield from (door.name for door in doors_of(workflow, name).asking)
            yield from (door.name for door in workflow.computed.get(name, ()))
