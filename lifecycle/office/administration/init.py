"""Founding an office: its first unit and administrator, the shipped definitions, and a whole
directory if one is given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.errors import InvalidError
from lifecycle.exchange.directory_file import read_directory_file
from lifecycle.ledger.register import Request
from lifecycle.office.administration.definitions import shipped
from lifecycle.office.administration.publication import put_into_force
from lifecycle.office.successors import serving_on
from lifecycle.people.appointments import shipped_early_workdays
from lifecycle.people.changes import FoundOffice
from lifecycle.people.clock import shipped_rules
from lifecycle.people.directory import SYSTEM_ROLES
from lifecycle.people.first_unit import first_unit
from lifecycle.workflow.reader import read_workflow

if TYPE_CHECKING:
    from lifecycle.office.administration.publication import Definition
    from lifecycle.office.office import Office
    from lifecycle.people.changes import OfficeChange
    from lifecycle.workflow.model import Workflow

_TABLES = (".xlsx", ".xls", ".csv")
FIRST_OFFICER = "admin"
"""The first officer's code, unless another is given."""


@dataclass(frozen=True, slots=True)
class Founding:
    """What an office is to be founded with, as judged: its founding, the changes that follow, and
    definitions.
    """

    office: FoundOffice
    changes: tuple[OfficeChange, ...]
    definitions: tuple[Definition, ...]

    @property
    def founder(self) -> str:
        """Name the administrator who founds it."""
        return self.office.officer


@dataclass(frozen=True, slots=True)
class Founded:
    """An office that was founded: where, by whom, with how many units, officers and definitions of
    each kind. `opener` may open the first case, None where nobody but the administrator is there.
    """

    database: str
    admin: str
    units: int
    officers: int
    workflows: int
    templates: int
    calendars: int
    opener: CaseOpener | None


@dataclass(frozen=True, slots=True)
class CaseOpener:
    """An officer who may open a case of a workflow, and the titles of the facts that it asks."""

    code: str
    title: str
    unit: str
    workflow: str
    asks: tuple[str, ...]


def prepare(source: str | None, unit_title: str | None, officer: str | None) -> Founding:
    """Judge the shipped definitions and, if given, a directory file, before there is a database;
    without a file, one unit and one administrator.
    """
    definitions = shipped()
    workflows = [
        read_workflow(body, name, checked=False)
        for kind, name, body in definitions
        if kind == "workflow"
    ]
    if source is None:
        first = _first(workflows, unit_title, officer or FIRST_OFFICER)
        return Founding(first, (), tuple(definitions))
    roles = {role.name: role.title for w in workflows for role in w.roles.values()}
    _refuse_table(Path(source))
    listed = read_directory_file(Path(source), roles | SYSTEM_ROLES)
    return Founding(listed.office, listed.changes, tuple(definitions))


def _refuse_table(source: Path) -> None:
    """Refuse a contact list, of which a directory is to be made first."""
    if source.suffix.lower() in _TABLES:
        command = f"lifecycle init --from {source} --propose-map 名册.yaml"
        mend = f"先提出名册，核对、改正后再建库：{command}"
        raise InvalidError(f"{source.name} 是表格，不能直接建库", mend)


def _first(workflows: list[Workflow], unit_title: str | None, officer: str) -> FoundOffice:
    """Give the founding of an office whose first unit leads all that the workflows need."""
    opening = (w.panel.lead if w.panel else next(iter(w.opened_by), "") for w in workflows)
    leads = tuple(lead for lead in dict.fromkeys(opening) if lead)
    first = first_unit()
    return FoundOffice(
        unit=first.code,
        unit_title=unit_title or first.title,
        functions=leads,
        officer=officer,
        title="管理员",
        roles=("admin", *leads),
    )


def found(
    office: Office, founding: Founding, *, on: date | None = None, request_id: str | None = None
) -> Founded:
    """Found an office in an empty database: all of it or nothing."""
    request = Request(founding.founder, None, on, request_id)
    found_with(office, request, founding)
    directory = office.directory
    kinds = [kind for kind, _name, _body in founding.definitions]
    return Founded(
        database=office.store.name,
        admin=founding.founder,
        units=len(directory.units),
        officers=len(directory.people),
        workflows=kinds.count("workflow"),
        templates=kinds.count("template"),
        calendars=kinds.count("calendar"),
        opener=_opener(office),
    )


def _opener(office: Office) -> CaseOpener | None:
    """Find who opens cases of the first workflow: an officer, not the administrator."""
    directory, today = office.directory, office.day(None)
    names = directory.names(today.isoformat())
    workflow = office.workflows()[0]
    asks = tuple(fact.title for fact in workflow.facts.values() if fact.required is True)
    for officer in serving_on(directory, today):
        roles = set(officer.held)
        if roles & set(workflow.opened_by) and "admin" not in roles:
            unit = names[officer.unit]
            return CaseOpener(officer.id, officer.title, unit, workflow.name, asks)
    return None


def found_with(office: Office, request: Request, founding: Founding) -> None:
    """Found the office, put judged definitions into force and make the other changes: all or
    nothing.

    `request.officer` is the administrator that the founding names.
    """
    if request.request_id and office.store.entry(request.request_id):
        return
    if office.directory.seq:
        raise InvalidError("本单位已经建立，不能重复建立")
    register = office.register
    with register.together():
        pinned = replace(
            founding.office,
            clock_days=shipped_rules().most_days,
            early_workdays=shipped_early_workdays(),
        )
        register.change_office(request, pinned)
        later = replace(request, request_id=None)
        for kind, name, body in founding.definitions:
            put_into_force(office, later, kind, name, body)
        for change in founding.changes:
            register.change_office(later, change)
