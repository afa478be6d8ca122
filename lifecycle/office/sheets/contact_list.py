"""A directory proposed from an office's contact list, for a clerk to correct before the office is
founded with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lifecycle.exchange.sheets.contacts import (
    ContactMap,
    ProposedDirectory,
    propose_directory,
    read_contact_map,
    read_contacts,
)
from lifecycle.exchange.sheets.grid import read_sheets
from lifecycle.office.administration.definitions import shipped
from lifecycle.outfile import check_target, write_file
from lifecycle.people.directory import SYSTEM_ROLES
from lifecycle.people.first_unit import first_unit
from lifecycle.workflow.reader import read_workflow

__all__ = ["ProposedDirectory", "propose_directory_file", "shipped_roles"]

KIND = "名册"


def shipped_roles() -> dict[str, str]:
    """Map the roles of the shipped workflows to their titles."""
    workflows = [
        read_workflow(body, name, checked=False)
        for kind, name, body in shipped()
        if kind == "workflow"
    ]
    return {role.name: role.title for one in workflows for role in one.roles.values()}


def propose_directory_file(source: Path, target: Path, map_file: Path | None) -> ProposedDirectory:
    """Write a directory proposed from a contact list; `map_file` says what a clerk has decided: the
    office's own unit, codes and functions of units, roles by title. No file is replaced.

    Raises InvalidError, and WorkflowError with every fault of the map.
    """
    check_target(target, KIND, once=True)
    found = read_contacts(read_sheets(source))
    functions: Mapping[str, str] = shipped_roles()
    known = {**functions, **SYSTEM_ROLES}
    decided = read_contact_map(map_file, known, found) if map_file else ContactMap()
    proposed = propose_directory(found, functions, decided, first_unit())
    write_file(target, proposed.text.encode(), KIND, once=True)
    return proposed
