"""Who may see a case, and what of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lifecycle.engine.case import Case
from lifecycle.engine.gates.gates import holds
from lifecycle.engine.gates.seats import held_for
from lifecycle.engine.world.moment import Officer
from lifecycle.workflow.model import Workflow

ALL_SEEING = "auditor"
"""The role that sees everything: an audit of a part is none."""
Part = tuple[str, str]
"""In whom a role is held: the role, and a unit, "" for any that has it, `@officer` or `#post`."""


def viewers_of(workflow: Workflow, case: Case) -> tuple[Part, ...]:
    """Name those who may see a case; none where everybody may."""
    return tuple(
        (role, unit) for role in workflow.visible for unit in held_for(workflow, case, role)
    )


def sees_all(officers: Iterable[Officer]) -> bool:
    """Tell whether one of these is an auditor."""
    return any(ALL_SEEING in officer.held for officer in officers)


def sees(workflow: Workflow, case: Case, officers: Sequence[Officer]) -> bool:
    """Tell whether somebody may see a case: who they are, and for whom they act. Nobody is an empty
    sequence.
    """
    if not workflow.visible or sees_all(officers):
        return True
    return any(_is_one_of(workflow, case, officer, workflow.visible) for officer in officers)


def unseen_items(workflow: Workflow, case: Case, officers: Sequence[Officer]) -> frozenset[str]:
    """Name the facts and materials of a case that somebody who sees it may not see."""
    if not workflow.secret or sees_all(officers):
        return frozenset()
    return frozenset(
        name
        for name, roles in workflow.secret.items()
        if not any(_is_one_of(workflow, case, officer, roles) for officer in officers)
    )


def _is_one_of(workflow: Workflow, case: Case, officer: Officer, roles: tuple[str, ...]) -> bool:
    return any(holds(workflow, case, officer, role) for role in roles)
