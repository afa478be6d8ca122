"""The records that the way out of a state waits for: whose turn it is before a transition can be
made.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.engine.case import Case
from lifecycle.engine.gates.wording import acts_lacking
from lifecycle.engine.scope import history_of
from lifecycle.workflow.model import Transition, Workflow
from lifecycle.workflow.reliance import doors_of, reads_of

ONWARD = ("forward", "resume")
"""The kinds of transitions that a case is on its way to."""


def awaited_records(workflow: Workflow, case: Case) -> tuple[Transition, ...]:
    """Give the records that have still to be made before a case can move on, in the order in which
    they are found; also those that such records wait for themselves.

    They are told from what the case's own entries made and filled: neither the day nor other cases
    enter, so that they change with an entry only. That a record is awaited does not say that it can
    be made now.
    """
    leaving = workflow.leaving[case.state]
    ways = [way for way in leaving.values() if way.kind in ONWARD]
    found: dict[str, Transition] = {}
    for way in ways:  # grows as records are found
        for name in _lacking(workflow, case, way):
            record = leaving.get(name)
            if record is not None and record.kind == "record" and name not in found:
                found[name] = record
                ways.append(record)
    return tuple(found.values())


def _lacking(workflow: Workflow, case: Case, way: Transition) -> Iterator[str]:
    """Name the transitions that conditions want made, and those by which alone a fact that is read
    and not there comes in.
    """
    for guard in way.guards:
        if guard.when.paths:
            yield from acts_lacking(guard, history_of(case, guard.when))
    for name in reads_of(workflow, case.state, way.name).facts:
        if name not in case.facts and name not in way.asks:
            yield from (door.name for door in doors_of(workflow, name).asking)
