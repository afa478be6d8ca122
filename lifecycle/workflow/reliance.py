"""What a workflow does not say in so many words: which facts hold where, what a transition reads,
and through which transitions a fact is entered.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from lifecycle.expression.expression import Expression
from lifecycle.expression.faults import ExpressionError
from lifecycle.frozen import dataclass
from lifecycle.workflow.graph import passed_through
from lifecycle.workflow.model import (
    ENTERED,
    LINKED,
    OPENING,
    PREVIOUS,
    THIS,
    Effect,
    Transition,
    Workflow,
)

MOST_WORKFLOWS = 64
MOST_TRANSITIONS = 8192


@dataclass(frozen=True, slots=True)
class Reads:
    """The facts and materials that a transition rests on, and those transitions whose number, day
    or place its guards look at.
    """

    facts: tuple[str, ...]
    materials: tuple[str, ...]
    transitions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doors:
    """The transitions that ask a fact, and those that may: in the order of the file."""

    asking: tuple[Transition, ...]
    maybe: tuple[Transition, ...]


_NO_DOORS = Doors((), ())


@lru_cache(maxsize=MOST_TRANSITIONS)
def reads_of(workflow: Workflow, source: str, name: str) -> Reads:
    """List what the transition of that name that leaves a state reads: by its guards, its needs,
    `required`, its dwells, and what its co-sign covers.
    """
    former = workflow.former.get(source)
    if former is not None:
        return reads_of(former.workflow, former.state, former.ways[name].name)
    transition = way_of(workflow, source, name)
    named, made = gate_names(workflow, transition)
    named |= set(required_by(workflow, source, name))
    if any(not cosign.less for cosign in transition.cosigns):
        named |= set(workflow.identity)  # what the case is about was shown to every signer
    return Reads(
        tuple(name for name in workflow.facts if name in named),
        tuple(name for name in workflow.materials if name in named),
        tuple(sorted(made)),
    )


def way_of(workflow: Workflow, source: str, name: str) -> Transition:
    """Give the transition of that name that leaves a state, or the opening."""
    if name == OPENING and workflow.opening is not None:
        return workflow.opening
    return workflow.leaving[source][name]


def gate_names(workflow: Workflow, transition: Transition) -> tuple[set[str], set[str]]:
    """Name what the gates of a transition look at: facts and materials, also by the collections
    that they read, and transitions.
    """
    named = {*transition.facts, *transition.materials, *transition.fresh}
    named |= {item for same in transition.read_by for item in same.items}
    timed = (*transition.dwells, *((transition.after,) if transition.after else ()))
    named |= {time.since for time in timed if time.since != ENTERED}
    named |= {item for cosign in transition.cosigns for item in cosign.covers}
    made = {same.step for same in transition.read_by}
    reached = {name for effect in transition.does for name in (effect.on, effect.each) if name}
    named |= names_read(workflow, reached)
    for setting in transition.settings:
        named |= {parts[1] for parts in parts_in(setting.value) if parts[0] == THIS and parts[1:]}
    for expression in transition.expressions:
        names, paths = _mentioned(expression)
        named |= names_read(workflow, names)
        named |= {item for space, item in paths if space == "sha256"}
        made |= {item for space, item in paths if space != "sha256"}
    return named, made


def names_read(workflow: Workflow, names: Collection[str]) -> set[str]:
    """Give the names of an expression, with what the collections among them read of the case."""
    collections = workflow.collections
    return set(names).union(*(collections[name].of_this for name in names if name in collections))


def reads_others(workflow: Workflow, expression: Expression) -> bool:
    """Tell whether an expression reads other cases."""
    links = {fact.name for fact in workflow.links}
    return not expression.names.isdisjoint({LINKED, *links, *workflow.collections})


def target_of(workflow: Workflow, effect: Effect) -> str:
    """Name the workflow that an effect reaches; "" where what it is `on` is none of this."""
    if effect.opens:
        return effect.opens
    if effect.on in workflow.collections:
        return workflow.collections[effect.on].over
    fact = workflow.facts.get(effect.on)
    return fact.workflow if fact is not None and fact.is_link else ""


def parts_in(expression: Expression) -> frozenset[tuple[str, ...]]:
    """Give the paths of an expression; one that is none has none."""
    try:
        return expression.parts
    except ExpressionError:
        return frozenset()


def names_in(expression: Expression) -> frozenset[str]:
    """Give the names of an expression; one that is none has none, and is told of elsewhere."""
    return _mentioned(expression)[0]


def _mentioned(when: Expression) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Give the names and paths of a condition; one that is none has none, and never holds."""
    try:
        return when.names, when.paths
    except ExpressionError:
        return frozenset(), frozenset()


@lru_cache(maxsize=MOST_TRANSITIONS)
def required_by(workflow: Workflow, source: str, name: str) -> tuple[str, ...]:
    """List the facts that `required` wants of a transition: those of the state that it leads to, or
    of a record's own, and of every state that each way forward to it passes through.

    Returns, suspensions, resumes and terminations want none.
    """
    former = workflow.former.get(source)
    if former is not None:
        return required_by(former.workflow, former.state, former.ways[name].name)
    transition = way_of(workflow, source, name)
    if name == OPENING or transition.kind not in ("forward", "record") or transition.to == PREVIOUS:
        return ()
    before = dominators(workflow).get(transition.to or source, frozenset())
    return tuple(
        fact.name
        for fact in workflow.facts.values()
        if fact.required is True or (fact.required and fact.required in before)
    )


@lru_cache(maxsize=MOST_WORKFLOWS)
def dominators(workflow: Workflow) -> dict[str, frozenset[str]]:
    """Map each state to itself and those that every way to it over forward moves passes through.

    A state to which no such way leads, such as that of a suspended case, has only itself.
    """
    edges: dict[str, set[str]] = {name: set() for name in workflow.states}
    for transition in workflow.transitions:
        if transition.kind == "forward" and transition.to in edges:
            for source in transition.sources:
                edges.get(source, set()).add(transition.to)
    return passed_through(workflow.initial, edges)


def doors_of(workflow: Workflow, fact: str) -> Doors:
    """Give the transitions through which a fact is entered."""
    return _doors(workflow).get(fact, _NO_DOORS)


@lru_cache(maxsize=MOST_WORKFLOWS)
def _doors(workflow: Workflow) -> dict[str, Doors]:
    asking: dict[str, list[Transition]] = {}
    maybe: dict[str, list[Transition]] = {}
    for transition in workflow.transitions:
        for name in transition.asks:
            asking.setdefault(name, []).append(transition)
        for name in transition.may:
            maybe.setdefault(name, []).append(transition)
    return {
        name: Doors(tuple(asking.get(name, ())), tuple(maybe.get(name, ())))
        for name in {**asking, **maybe}
    }


@lru_cache(maxsize=MOST_WORKFLOWS)
def _counting(workflow: Workflow) -> dict[str, tuple[str, ...]]:
    """Map each fact from which time limits count to the states that have these."""
    found: dict[str, list[str]] = {}
    for state in workflow.states.values():
        limits = (*((state.due,) if state.due else ()), *state.limits)
        for since in dict.fromkeys(limit.since for limit in limits if limit.since != ENTERED):
            found.setdefault(since, []).append(state.name)
    return {name: tuple(states) for name, states in found.items()}


def counting_states(workflow: Workflow, fact: str) -> tuple[str, ...]:
    """Name the states with a time limit that counts from a fact."""
    return _counting(workflow).get(fact, ())


@lru_cache(maxsize=MOST_WORKFLOWS)
def lasting_facts(workflow: Workflow) -> frozenset[str]:
    """Name the facts that `renews: true` does not open: those of the identity, and those from which
    a time limit counts.
    """
    return frozenset((*workflow.identity, *_counting(workflow)))


def renews(workflow: Workflow, name: str) -> bool:
    """Tell whether a fact or material may be entered anew after a step has read it."""
    if name in workflow.facts:
        return workflow.facts[name].renews and name not in lasting_facts(workflow)
    return workflow.materials[name].renews
