"""Which facts are surely known when a transition is made: a must-analysis over the graph of states.

A fact once known stays known (it may change, it cannot be unset), so knowledge only grows along a
path, and what is sure in a state is what every path to it has gathered.
"""

from __future__ import annotations

from lifecycle.errors import Location
from lifecycle.expression.faults import ExpressionError
from lifecycle.workflow.graph import ways_of
from lifecycle.workflow.model import ENTERED, PREVIOUS, Transition, Workflow

NONE: frozenset[str] = frozenset()


def supplied(workflow: Workflow) -> dict[Location, frozenset[str]]:
    """Map each transition that can be made, by its place, to the facts surely known once it is
    made.
    """
    entering = _required_on_entering(workflow)
    opened = frozenset(name for name, fact in workflow.facts.items() if fact.required is True)
    sure: dict[str, frozenset[str]] = {
        workflow.initial: opened | entering.get(workflow.initial, NONE)
    }
    ways = ways_of(workflow)
    gained = {way.transition.location: _gained(way.transition) for way in ways}
    # Nothing rests on a record, which is optional; and where a case resumes, it has been before.
    moving = [
        way for way in ways if way.transition.kind != "record" and way.transition.to != PREVIOUS
    ]
    changed = True
    while changed:
        changed = False
        for way in moving:
            for source in (name for name in way.sources if name in sure):
                for target in way.targets:
                    out = (
                        sure[source] | gained[way.transition.location] | entering.get(target, NONE)
                    )
                    both = sure[target] & out if target in sure else out
                    if sure.get(target) != both:
                        sure[target], changed = both, True
    found: dict[Location, frozenset[str]] = {}
    for way in ways:
        known = [sure[source] for source in way.sources if source in sure]
        if known:
            entered = entering.get(way.transition.to or "", NONE)
            found[way.transition.location] = (
                frozenset.intersection(*known) | gained[way.transition.location] | entered
            )
    return found


def _required_on_entering(workflow: Workflow) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, fact in workflow.facts.items():
        if isinstance(fact.required, str):
            found.setdefault(fact.required, set()).add(name)
    return {state: frozenset(names) for state, names in found.items()}


def _gained(transition: Transition) -> frozenset[str]:
    """Give the facts without which a transition cannot be made: asked for, needed, or used by a
    gate.
    """
    names = {*transition.asks, *transition.facts}
    names |= {dwell.since for dwell in transition.dwells if dwell.since != ENTERED}
    for guard in transition.guards:
        try:
            names |= guard.when.compiled.certain
        except ExpressionError:
            continue
    return frozenset(names)
