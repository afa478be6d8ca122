"""Who may go on: the officers who may still make a transition, and whose letters others of their
unit can check and sign off.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from lifecycle.engine.gates.gates import holds, role_titles
from lifecycle.engine.world.moment import Officer
from lifecycle.frozen import dataclass
from lifecycle.insight.outlook import Way, judge_way

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.office.office import Office
    from lifecycle.people.directory import Directory
    from lifecycle.workflow.model import Transition, Workflow

MOST_NAMED = 5
"""So many officers are named; of more it is told how many."""


@dataclass(frozen=True, slots=True)
class Successors:
    """The officers who may make a transition: they hold its role, and had no part in it that bars
    them. Of these, `lettered` are those whose letters two others of their unit can check and sign.
    """

    able: tuple[str, ...]
    lettered: tuple[str, ...]


def successors(office: Office, case: Case, transition: Transition) -> Successors:
    """Say who may make a transition of a case today."""
    workflow, moment = office.workflow_of(case), office.moment()
    serving = tuple(serving_on(office.directory, moment.on))
    able = []
    for officer in serving:
        if not any(holds(workflow, case, officer, role) for role in transition.by):
            continue
        judged = judge_way(workflow, case, transition.name, officer, moment)
        if isinstance(judged, Way) and judged.is_mine:
            able.append(officer)
    lettered = (officer.id for officer in able if is_lettered(officer, serving))
    return Successors(tuple(officer.id for officer in able), tuple(lettered))


@dataclass(frozen=True, slots=True)
class Thin:
    """A unit in which, once one of these officers has resolved an objection, nobody is left who can
    go on as a role, or nobody whose letters others can check and sign.
    """

    unit: str
    role: str
    resolvers: tuple[str, ...]


def thin_units(office: Office) -> Iterator[Thin]:
    """Find the units that are too few for an objection: of the roles, bound to no case's units,
    that make transitions which are co-signed and send letters.
    """
    directory, day = office.directory, office.day(None)
    serving = tuple(serving_on(directory, day))
    for role in dict.fromkeys(_roles_of_letters(office)):
        for unit in directory.units_with(role, day.isoformat()):
            holders = [one for one in serving if one.unit == unit and role in one.held]
            resolvers = tuple(one.id for one in holders if not _left(holders, one, serving))
            if resolvers:
                yield Thin(unit, role, resolvers)


def _roles_of_letters(office: Office) -> Iterator[str]:
    for workflow in office.workflows():
        for transition in workflow.transitions:
            if transition.cosigns and transition.notices:
                yield from (role for role in transition.by if workflow.roles[role].bound is None)


def _left(holders: list[Officer], resolver: Officer, serving: tuple[Officer, ...]) -> bool:
    """Tell whether somebody else is left who can go on, and whose letters can be signed."""
    others = (one for one in holders if one.id != resolver.id)
    return any(is_lettered(one, serving) for one in others)


def serving_on(directory: Directory, day: date) -> Iterator[Officer]:
    """Give everybody in office on a day, with the roles held."""
    for person in directory.people.values():
        if person.serves(day.isoformat(), directory.seq):
            yield directory.officer(person.code, day)


def is_lettered(drafter: Officer, serving: tuple[Officer, ...]) -> bool:
    """Tell whether two others of an officer's unit can check and sign what the officer drafts."""
    others = [one for one in serving if one.unit == drafter.unit and one.id != drafter.id]
    reviewers = {one.id for one in others if "reviewer" in one.held}
    signers = {one.id for one in others if "signer" in one.held}
    return bool(reviewers) and bool(signers) and len(reviewers | signers) > 1


def tell_successors(workflow: Workflow, transition: Transition, found: Successors) -> str:
    """Say who goes on once an objection was resolved: whoever did that does not."""
    title = f"“{transition.title}”"
    if not found.able and transition.by:
        return (
            f"处理过不同意见的人不能再办理{title}，也没有别人能办；请管理员另行授权 "
            f"{role_titles(workflow, transition.by)}："
            f"lifecycle officer grant 工号 {transition.by[0]}"
        )
    told = f"{title}可由 {_listed(found.able)} 办理（处理过不同意见的人不能再办）"
    if not transition.notices or found.lettered == found.able:
        return told
    if found.lettered:
        return f"{told}；办理后发的公文，由 {_listed(found.lettered)} 办理的才有别人核稿、签发"
    return (
        f"{told}；但办理后发的公文，本单位没有另外的人核稿、签发，请管理员另行授权："
        "lifecycle officer grant 工号 reviewer，lifecycle officer grant 工号 signer"
    )


def _listed(codes: tuple[str, ...]) -> str:
    more = f" 等 {len(codes)} 人" if len(codes) > MOST_NAMED else ""
    return "、".join(codes[:MOST_NAMED]) + more
