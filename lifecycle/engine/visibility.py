"""Who may see a case, and what of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lifecycle.engine.case import Case
from lifecycle.engine.gates.gates import holds, is_lent, names_for
from lifecycle.engine.gates.seats import held_for
from lifecycle.engine.letters.letter_gates import DUTIES
from lifecycle.engine.values import naming
from lifecycle.engine.world.moment import Officer
from lifecycle.frozen import replace
from lifecycle.workflow.model import Role, Workflow

_SIGNS = {"grant": "", "any": "*", "division": "=", "leader": "^"}
ALL_SEEING = "auditor"
"""The role that sees everything: an audit of a part is none."""
Part = tuple[str, str]
"""In whom a role is held: the role as it is `called`, and a unit, "" for any that has it,
`@officer` or `#post`.
"""


def viewers_of(workflow: Workflow, case: Case) -> tuple[Part, ...]:
    """Name those who may see a case, none where nobody has been named yet; not asked where
    everybody may.
    """
    return tuple(
        (called(workflow.roles[role]), unit)
        for role in workflow.visible
        for unit in held_for(workflow, case, role)
    )


def called(role: Role) -> str:
    """Call a role so that it is told from one of that name which another workflow, or version, has
    held by others: `+` where it may be delegated across units, `*` where nobody has to be granted
    it, `=` where a division holds it, `^` where its leader in charge does.
    """
    across = "+" if role.delegate == "across" else ""
    return f"{across}{_SIGNS[role.held_by]}{role.name}"


def seen_by(officers: Iterable[Officer], roles: Iterable[Role]) -> set[Part]:
    """Name in whom these officers hold these roles, as cases name those who may see them: a case is
    seen by whom it names one of them.
    """
    known = tuple(roles)
    return {part for officer in officers for role in known for part in _parts(officer, role)}


def _parts(officer: Officer, role: Role) -> Iterator[Part]:
    if not is_lent(officer, role):
        return
    name = called(role)
    if role.named:
        kind = "post" if role.post else "officer"
        yield from ((name, naming(kind, one)) for one in names_for(officer, role))
    elif role.held_by == "any" or role.name in officer.held:
        yield name, officer.unit if role.bound else ""


def sees_all(officers: Iterable[Officer]) -> bool:
    """Tell whether one of these is an auditor, or acts for one of their own unit."""
    return any(ALL_SEEING in officer.held and not officer.away for officer in officers)


def with_their_unit(officer: Officer, staff: Mapping[str, frozenset[str]]) -> Officer:
    """Let who checks, signs or sends a unit's letters see what their unit's officers see."""
    if officer.held.keys().isdisjoint(DUTIES):
        return officer
    theirs: dict[str, tuple[str, ...]] = dict.fromkeys(staff.get(officer.unit, ()), ())
    return replace(officer, held={**theirs, **officer.held})


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
