"""What waits for an officer, the most urgent first, streamed: no more cases are judged than are
shown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from lifecycle.engine.case import Case
from lifecycle.engine.values import naming
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.frozen import dataclass, replace
from lifecycle.insight.outlook import Task, tasks_of
from lifecycle.ledger.rows.task_rows import NO_DAY, Asking, Part
from lifecycle.workflow.model import Workflow

NO_ROLES: Mapping[str, Collection[str]] = MappingProxyType({})
Read = Callable[[str], tuple[Workflow, Case, list[str]] | None]
"""Gives a case by its id, with its workflow and the days by which it asks something, in order."""
Moments = Callable[[Workflow, Case], Moment]
"""Gives the moment at which a case is judged, with the other cases that may be read then."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One task and, where it is somebody else's by delegation, whose; `who` are all of the officers
    that were looked for who could do it.
    """

    task: Task
    principal: str | None
    who: tuple[str, ...] = ()


def parts_of(
    officers: Iterable[Officer],
    common: Iterable[str] = (),
    named: Mapping[str, Collection[str]] = NO_ROLES,
) -> set[Part]:
    """Name the roles and units in which something may be asked of these officers: `common` are the
    roles that anyone in office in a case's unit holds, `named` those of whom a case names, each
    with who holds it: that one, the division or its leader in charge.
    """
    shared = tuple(common)
    found: set[Part] = set()
    for officer in officers:
        found |= {(role, "") for role in officer.held}
        found |= {(role, officer.unit) for role in (*officer.held, *_lent(officer, shared))}
        for role in _lent(officer, named):
            found |= {(role, name) for name in _names(officer, named[role])}
    return found


def _names(officer: Officer, held_by: Collection[str]) -> Iterator[str]:
    """Give what a case may name so that something is asked of an officer."""
    yield naming("officer", officer.acts_as)
    yield from (naming("post", post) for post in officer.posts)
    if "division" in held_by:
        yield from (naming("officer", one) for one in officer.mates)
    if "leader" in held_by:
        yield from (naming("officer", one) for one in officer.led)


def _lent(officer: Officer, roles: Iterable[str]) -> Iterator[str]:
    """Give the roles that a delegation, if it is one, does not leave out."""
    return (role for role in roles if not officer.limited or role in officer.limited)


def waiting_tasks(
    asking: Iterable[Asking], read: Read, officers: Sequence[Officer], moment_of: Moments
) -> Iterator[Waiting]:
    """Stream what waits for officers, in the order of the days due.

    `asking` says which cases ask something of them, and by when; what it is, and whether it can be
    done, is judged for each as it comes. A case that asks by several days comes once for each, with
    the tasks of that day. What a unit owes that several of the officers could do is told once, of
    the first: of whoever looks rather than of those for whom they act.
    """
    for due_on, _number, case_id in asking:
        found = read(case_id)
        if found is None:
            continue
        workflow, case, days = found
        moment = moment_of(workflow, case)
        told: dict[tuple[str, str, str], Waiting] = {}
        for officer in officers:
            for task in tasks_of(workflow, case, officer, moment):
                what = (officer.unit, task.kind, task.command)
                if _day_among(days, task) == due_on:
                    first = told.setdefault(what, Waiting(task, officer.principal))
                    told[what] = replace(first, who=(*first.who, officer.acts_as))
        yield from told.values()


def _day_among(days: list[str], task: Task) -> str:
    """Say among which of a case's days a task comes: under its own or, where a calendar published
    since has moved that, the one before it.
    """
    place = bisect_right(days, task.due_on or NO_DAY)
    return days[max(place - 1, 0)] if days else NO_DAY
