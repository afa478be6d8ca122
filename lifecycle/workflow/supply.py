"""Which facts are surely known when a transition is made: a must-analysis over the graph of states.

A fact once known stays known (it may change, it cannot be unset), so knowledge only grows along a path, and what is
sure in a state is what every path to it has gathered.
"""

from __future__ import annotations

from lifecycle.errors import Location
from lifecycle.workflow.expression import ExpressionError
from lifecycle.workflow.graph import sources_of, targets_of
from lifecycle.workflow.model import ENTERED, PREVIOUS, Transition, Workflow


def supplied(workflow: Workflow) -> dict[Location, frozenset[str]]:
    """Map each transition that can be made, by its place, to the facts surely known once it is made."""
    entering = _required_on_entering(workflow)
    opened = frozenset(name for name, fact in workflow.facts.items() if fact.required is True)
    sure: dict[str, frozenset[str]] = {workflow.initial: opened | entering[workflow.initial]}
    gained = {id(t): _gained(t) for t in workflow.transitions}
    changed = True
    while changed:
        changed = False
        for transition in workflow.transitions:
            # Nothing rests on a record, which is optional; and where a case resumes, it has been before.
            if transition.kind == "record" or transition.to == PREVIOUS:
                continue
            for source in sources_of(workflow, transition):
                for target in targets_of(workflow, transition) if source in sure else ():
                    out = sure[source] | gained[id(transition)] | entering[target]
                    both = sure[target] & out if target in sure else out
                    if sure.get(target) != both:
                        sure[target], changed = both, True
    found: dict[Location, frozenset[str]] = {}
    for transition in workflow.transitions:
        sources = [sure[source] for source in sources_of(workflow, transition) if source in sure]
        if sources:
            target = transition.to if transition.to in workflow.states else ""
            found[transition.location] = (
                frozenset.intersection(*sources) | gained[id(transition)] | entering.get(target, frozenset())
            )
    return found


def _required_on_entering(workflow: Workflow) -> dict[str, frozenset[str]]:
    return {
        state: frozenset(name for name, fact in workflow.facts.items() if fact.required == state)
        for state in workflow.states
    }


def _gained(transition: Transition) -> frozenset[str]:
    """Give the facts without which a transition cannot be made: asked for, needed, or used by a gate."""
    names = {*transition.asks, *transition.facts}
    names |= {dwell.since for dwell in transition.dwells if dwell.since != ENTERED}
    for guard in transition.guards:
        try:
            names |= guard.when.compiled.certain
        except ExpressionError:
            continue
    return frozenset(names)
