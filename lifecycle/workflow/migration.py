"""One version of a workflow taken over into another: what is called otherwise there, and the
workflow that governs a case which was begun under the first and goes on under the second.

The steps and letters of such a case stay under the version that made them. That version's states
are kept beside the new ones, each under a name of its own (`siting@0`: of the first version that
the case was under), so that what leads out of a step's state is still what it was.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from types import MappingProxyType

from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import (
    SINCE_WHEN,
    Former,
    Limit,
    NoticeRule,
    State,
    Transition,
    Workflow,
)

_NONE: Mapping[str, str] = MappingProxyType({})
BETWEEN = "+"
"""Stands between the digests that name the rules of a case that was taken over: of the version
that it is under, of the map, and of the rules before.
"""


@dataclass(frozen=True, slots=True)
class VersionMap:
    """What the states and transitions of one version are called in another; those that are not
    named are called the same.
    """

    states: Mapping[str, str] = field(default_factory=lambda: _NONE)
    transitions: Mapping[str, str] = field(default_factory=lambda: _NONE)

    def state(self, name: str) -> str:
        """Give what a state is called now."""
        return self.states.get(name, name)

    def transition(self, name: str) -> str:
        """Give what a transition is called now."""
        return self.transitions.get(name, name)


def key_of(after: str, moved: str, *before: str) -> str:
    """Name the rules of a case that is taken over, by the digests of the new version and the map,
    and by what names the rules that it was under; without these, name what was decided for all.
    """
    return BETWEEN.join((after, moved, *before))


def parts_of(key: str) -> tuple[str, str, str] | None:
    """Give what a name of rules is made of; None for that of one version."""
    parts = key.split(BETWEEN, 2)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else None


def own_version(key: str) -> str:
    """Give the digest of the version that a case is under."""
    return key.partition(BETWEEN)[0]


def taken_over(after: Workflow, moved: VersionMap, before: Workflow, key: str) -> Workflow:
    """Give the workflow that governs a case begun under one version and taken over into another."""
    passed = len({former.workflow.digest for former in before.former.values()})
    age = f"{SINCE_WHEN}{passed}"
    own = [name for name in before.states if SINCE_WHEN not in name]
    former = {
        name: Former(one.workflow, one.state, moved.state(one.now), _by_name(one.ways, moved))
        for name, one in before.former.items()
    }
    former |= {
        f"{name}{age}": Former(
            before, name, moved.state(name), _by_name(before.leaving[name], moved)
        )
        for name in own
    }
    ghosts = {
        name: {called: _moved(way, called, moved) for called, way in _by_name(ways, moved).items()}
        for name, ways in {
            **before.ghosts,
            **{f"{name}{age}": before.leaving[name] for name in own},
        }.items()
    }
    past = {name: before.states[name] for name in before.ghosts}
    past |= {f"{name}{age}": replace(before.states[name], name=f"{name}{age}") for name in own}
    facts = {name: fact for name, fact in before.facts.items() if name not in after.facts}
    materials = {n: one for n, one in before.materials.items() if n not in after.materials}
    return replace(
        after,
        digest=key,
        states={
            **{n: _limited(s, moved, before, passed + 1) for n, s in after.states.items()},
            **past,
        },
        transitions=tuple(_timed(way, moved, before, passed + 1) for way in after.transitions),
        facts={**after.facts, **{n: replace(fact, required=False) for n, fact in facts.items()}},
        materials={**after.materials, **materials},
        roles={**before.roles, **after.roles},
        parties={**before.parties, **after.parties},
        collections={**before.collections, **after.collections},
        tables={**before.tables, **after.tables},
        opening=before.opening,
        opened_by=before.opened_by,
        ghosts=ghosts,
        former=former,
        past_items=frozenset({*before.past_items, *facts, *materials}),
    )


def _by_name(ways: Mapping[str, Transition], moved: VersionMap) -> dict[str, Transition]:
    """Give the ways out of a former state by what they are called now."""
    return {moved.transition(name): way for name, way in ways.items()}


def _moved(way: Transition, name: str, moved: VersionMap) -> Transition:
    """Give a way of before as what it is called now, with what it says of others: where it leads,
    what undoes it, and on what the answers to its letters are opinions.
    """
    return replace(
        way,
        name=name,
        to=moved.state(way.to) if way.to else way.to,
        until=tuple(map(moved.transition, way.until)),
        notices=tuple(_asking(rule, moved) for rule in way.notices),
    )


def _asking(rule: NoticeRule, moved: VersionMap) -> NoticeRule:
    reply = rule.reply
    if reply is None or reply.cosign is None:
        return rule
    return replace(rule, reply=replace(reply, cosign=moved.transition(reply.cosign)))


def _limited(state: State, moved: VersionMap, before: Workflow, number: int) -> State:
    """Give a state whose limits that the version before did not have run from the taking over, the
    case's first, second and so on; one that came with an earlier version runs from that as before.
    """
    was = [one for old, one in before.states.items() if moved.state(old) == state.name]
    if not was:
        return state
    dues = [one.due for one in was if one.due is not None]
    known = [*dues, *(limit for one in was for limit in one.limits)]
    titles = {limit.title for limit in (*state.limits, *((state.due,) if state.due else ()))}
    due = state.due
    if due is not None:
        due = replace(due, fresh=_came_with([*dues, *_alike(due, known, titles, moved)], number))
    limits = (
        replace(limit, fresh=_came_with(_alike(limit, known, titles, moved), number))
        for limit in state.limits
    )
    return replace(state, due=due, limits=tuple(limits))


def _timed(way: Transition, moved: VersionMap, before: Workflow, number: int) -> Transition:
    """Give a way so that, where the clock makes it only now, its time runs from the taking over."""
    if way.after is None:
        return way
    was = [one for one in before.transitions if moved.transition(one.name) == way.name]
    known = [one.after for one in was if one.after is not None]
    return replace(way, after=replace(way.after, fresh=_came_with(known, number)))


def _came_with(known: list[Limit], number: int) -> int:
    """Give the taking over with which a limit came; 0 where the first version had it."""
    return min((one.fresh for one in known), default=number)


def _alike(
    limit: Limit, known: list[Limit], titles: Collection[str], moved: VersionMap
) -> list[Limit]:
    """List the limits of before that a limit goes on from: of the same title or, where none of the
    `titles` of now is theirs, counted from the same day and ended by the same.
    """
    same = [one for one in known if one.title == limit.title]
    gone = [one for one in known if one.done and one.title not in titles]
    return same or [
        one
        for one in gone
        if (one.since, tuple(map(moved.transition, one.done))) == (limit.since, limit.done)
    ]
