"""Which facts are surely known when a transition is made: a must-analysis over the graph of states.

A fact once known stays known, so knowledge only grows along a path, and what is sure in a state is
what every path to it has gathered. Returns alone take away: what was entered since the state that
they lead to was last entered; or, where a case may never have been there, whatever was entered with
a step that can be undone. The letters of a return still tell of what it undoes.
"""

from __future__ import annotations

from collections.abc import Mapping

from lifecycle.errors import Location
from lifecycle.expression.faults import ExpressionError
from lifecycle.frozen import dataclass
from lifecycle.workflow.graph import GraphWay, edges_of, passed_through, ways_of
from lifecycle.workflow.model import ENTERED, PREVIOUS, Transition, Workflow

NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Supply:
    """The facts surely known once a transition is made, by the state that it is made from."""

    by_state: Mapping[str, frozenset[str]]

    @property
    def everywhere(self) -> frozenset[str]:
        """Name the facts that are known from whatever state it is made."""
        return frozenset.intersection(*self.by_state.values())

    def lacking(self, fact: str) -> list[str]:
        """Name the states from which a fact may be unknown."""
        return [state for state, known in self.by_state.items() if fact not in known]


def supplied(workflow: Workflow) -> dict[Location, Supply]:
    """Map each transition that can be made, by its place, to what is surely known once it is."""
    entering = _required_on_entering(workflow)
    opened = frozenset(name for name, fact in workflow.facts.items() if fact.required is True)
    sure: dict[str, frozenset[str]] = {
        workflow.initial: opened | entering.get(workflow.initial, NONE)
    }
    ways = ways_of(workflow)
    gained = {way.transition.location: _gained(workflow, way.transition) for way in ways}
    # Nothing rests on a record, which is optional; and where a case resumes, it has been before.
    moving = [
        way for way in ways if way.transition.kind != "record" and way.transition.to != PREVIOUS
    ]
    # A return to where every case has been leaves at least what was sure there.
    passed = passed_through(workflow.initial, edges_of(workflow, ways))
    moving = [
        way
        for way in moving
        if not (way.transition.undoes and set(way.targets) <= _always(way, passed))
    ]
    passing = frozenset(
        name for t in workflow.transitions if t.undoable for name in (*t.asks, *t.may)
    )
    changed = True
    while changed:
        changed = False
        for way in moving:
            for source in (name for name in way.sources if name in sure):
                for target in way.targets:
                    out = (
                        sure[source] | gained[way.transition.location] | entering.get(target, NONE)
                    )
                    if way.transition.undoes:
                        out = (out - passing) | frozenset(way.transition.asks)
                    both = sure[target] & out if target in sure else out
                    if sure.get(target) != both:
                        sure[target], changed = both, True
    found: dict[Location, Supply] = {}
    for way in ways:
        place = way.transition.location
        added = gained[place] | entering.get(way.transition.to or "", NONE)
        known = {source: sure[source] | added for source in way.sources if source in sure}
        if known:
            found[place] = Supply(known)
    return found


def _always(way: GraphWay, passed: dict[str, frozenset[str]]) -> frozenset[str]:
    """Name the states in which every case has been that can make a transition."""
    found = [passed[source] for source in way.sources]
    return frozenset.intersection(*found) if found else NONE


def _required_on_entering(workflow: Workflow) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, fact in workflow.facts.items():
        if isinstance(fact.required, str):
            found.setdefault(fact.required, set()).add(name)
    return {state: frozenset(names) for state, names in found.items()}


def _gained(workflow: Workflow, transition: Transition) -> frozenset[str]:
    """Give the facts without which a transition cannot be made: asked for, needed, used by a gate,
    or naming whoever makes it.
    """
    names = {*transition.asks, *transition.facts}
    makers = {
        workflow.roles[role].binding if role in workflow.roles else None for role in transition.by
    }
    if len(makers) == 1 and not transition.causes:
        names |= {name for name in makers if name is not None}
    # What may be divided by zero may come out as not applicable.
    names |= {one.fact for one in transition.sets if "/" not in one.value.source}
    names |= {dwell.since for dwell in transition.dwells if dwell.since != ENTERED}
    for guard in transition.guards:
        try:
            names |= guard.when.compiled.certain
        except ExpressionError:
            continue
    return frozenset(names)
