"""Who is there in a scenario: an office made of the workflows' roles, or that of a directory file.

In the one that is made, each role is the function of a unit of its own that bears its name and
title. `bureau` is an officer of it, `bureau.2` and `bureau.3` are two more. Of a role that a case
gives to units of its choice there are three units: `owner`, `owner-2` and `owner-3`. Who a case
names as a person is the officer of that role's name; all these are in one division.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from lifecycle.exchange.directory_file import read_directory_file
from lifecycle.frozen import replace
from lifecycle.people.appointments import shipped_early_workdays
from lifecycle.people.changes import (
    AddDivision,
    AddOfficer,
    AddPost,
    AddUnit,
    ChangeDivision,
    FoundOffice,
    HoldPost,
    PlaceOfficer,
)
from lifecycle.people.changes.change import OfficeChange
from lifecycle.people.clock import MOST_DAYS
from lifecycle.people.directory import SYSTEM_ROLES
from lifecycle.workflow.model import Role, Workflow

HOUSE = "scenario-house"
FOUNDER = "scenario-admin"
DIVISION = "scenario-division"
"""The unit, the administrator and the division of an office that is made."""
UNITS = 3
"""So many units are there for a role that cases give to units of their choice."""
OFFICERS = 3
"""So many officers has each unit."""


def cast_of(workflows: Iterable[Workflow], directory: Path | None) -> list[OfficeChange]:
    """Give the founding of an office and all that follows it; raises WorkflowError with the faults
    of a directory file.
    """
    roles: dict[str, Role] = {}
    for workflow in workflows:
        roles = {**workflow.roles, **roles}
    if directory is None:
        return [_pinned(_founding()), *_made(roles)]
    titles = {role.name: role.title for role in roles.values()}
    listed = read_directory_file(directory, titles | SYSTEM_ROLES)
    return [_pinned(listed.office), *listed.changes]


def _founding() -> FoundOffice:
    return FoundOffice(
        unit=HOUSE,
        unit_title="情景所用的单位",
        functions=(),
        officer=FOUNDER,
        title="管理员",
        roles=("admin", "auditor"),
    )


def _pinned(office: FoundOffice) -> FoundOffice:
    """Give a founding with the bounds that an office is founded with; only its clock may jump: the
    days of a scenario lie as far apart as it says.
    """
    return replace(office, clock_days=MOST_DAYS, early_workdays=shipped_early_workdays())


def _made(roles: dict[str, Role]) -> Iterator[OfficeChange]:
    """Make units, officers and posts of the roles."""
    titles: set[str] = set()
    for role in roles.values():
        if role.person is not None:
            yield AddOfficer(role.name, role.title, HOUSE, ())
            continue
        if role.post is not None:
            yield from _post(role)
            continue
        for number in range(1, 1 + (UNITS if role.bound else 1)):
            code = role.name if number == 1 else f"{role.name}-{number}"
            title = role.title if number == 1 else f"{role.title}{number}"
            title = f"{title}（{code}）" if title in titles else title
            titles.add(title)
            yield AddUnit(code, title, (role.name,))
            yield from _officers(role, code)
    yield from _division(roles.values())


def _division(roles: Iterable[Role]) -> Iterator[OfficeChange]:
    """Put the officers of the roles that persons hold in one division, where some role is held by a
    division or its leader in charge: that is the officer of the first such role.
    """
    persons = [role for role in roles if role.person is not None]
    if all(role.held_by == "grant" for role in persons):
        return
    yield AddDivision(DIVISION, "情景所用的处室", HOUSE)
    for role in persons:
        if role.held_by != "leader":
            yield PlaceOfficer(role.name, DIVISION)
    leader = next((role.name for role in persons if role.held_by == "leader"), None)
    if leader is not None:
        yield ChangeDivision(DIVISION, None, leader)


def _officers(role: Role, unit: str) -> Iterator[OfficeChange]:
    granted = () if role.held_by == "any" else (role.name,)
    for number in range(1, 1 + OFFICERS):
        code = unit if number == 1 else f"{unit}.{number}"
        yield AddOfficer(code, f"{role.title}经办人", unit, granted)


def _post(role: Role) -> Iterator[OfficeChange]:
    """Make a post of the role's name, held by an officer of that name."""
    yield AddPost(role.name, role.title, HOUSE)
    yield AddOfficer(role.name, role.title, HOUSE, ())
    yield HoldPost(role.name, role.name)
