"""Cases opened from a table as an office keeps it: a map of it proposed, then the table read by the
map that a clerk answers for.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.engine.acts import Open
from lifecycle.engine.docket import RefusedError
from lifecycle.errors import LifecycleError, at_once
from lifecycle.exchange.sheets.declarable import declarable, is_declared
from lifecycle.exchange.sheets.grid import read_sheets
from lifecycle.exchange.sheets.mapped_rows import FigureRead, MappedRow, read_mapped_rows
from lifecycle.exchange.sheets.proposal import Aim, ProposedMap, enterable, propose_map
from lifecycle.exchange.sheets.sheet_map import read_sheet_map
from lifecycle.exchange.sheets.words import folded
from lifecycle.frozen import dataclass
from lifecycle.ledger.queries import CaseFilter, stream
from lifecycle.office.cases.bulk import BulkLine
from lifecycle.office.cases.entering import Origin, read_entry
from lifecycle.outfile import check_target, write_file

if TYPE_CHECKING:
    from lifecycle.ledger.register import Request
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

__all__ = [
    "Aim",
    "FigureRead",
    "MappedLines",
    "ProposedMap",
    "aim_of_opening",
    "aim_of_take_over",
    "propose_sheet_map",
    "read_by_map",
]

KIND = "台账对照"
_MOST_TRIED = 1000
"""By one of so many first lines a command is recognised as sent again."""
_SOMETHING = "？"
"""Stands for a value where it is only asked who enters the fact, and when."""


@dataclass(frozen=True, slots=True)
class MappedLines:
    """A table read by its map: a line for each case, and the values that were read as something
    else than is written.
    """

    lines: tuple[BulkLine, ...]
    figures: tuple[FigureRead, ...]


def aim_of_opening(office: Office, request: Request, workflow: Workflow, command: str) -> Aim:
    """Give what a map is for by which cases are opened, by a command."""
    closed = _closed(office, request, workflow)
    return Aim(workflow, enterable(workflow), closed, command, "立项")


def aim_of_take_over(workflow: Workflow, command: str) -> Aim:
    """Give what a map is for by which running cases are taken in, by a command: any fact may be
    declared, and where the case stands.
    """
    return Aim(workflow, [*enterable(workflow), *declarable(workflow)], {}, command, "提出")


def propose_sheet_map(aim: Aim, source: Path, target: Path) -> ProposedMap:
    """Write a map that reads a table as cases of a workflow, for a clerk to correct. Nothing is
    recorded, and no file is replaced.

    Raises InvalidError.
    """
    check_target(target, KIND, once=True)
    proposal = propose_map(aim, read_sheets(source))
    write_file(target, proposal.text.encode(), KIND, once=True)
    return proposal


def read_by_map(
    office: Office,
    request: Request,
    workflow: Workflow,
    source: Path,
    map_file: Path,
    *,
    running: bool = False,
) -> MappedLines:
    """Read a table by its map. A row that is called like a case that there is, is asked about,
    unless the command is one sent again. Of `running` cases it may say where they stand.

    Raises WorkflowError with every fault of the map, and an InvalidError with every cell that
    cannot be told: then nothing is to be recorded of any row.
    """
    sheets = read_sheets(source)
    mapped = read_sheet_map(map_file, workflow, sheets, declarable(workflow) if running else ())
    there = _names_there(office, request, workflow)
    found = read_mapped_rows(sheets, mapped, workflow.subject, there)
    faults = list(found.faults)
    for row in found.rows:
        facts = {name: text for name, text in row.values.items() if not is_declared(name)}
        faults += read_entry(office, workflow, facts, Origin(row.places)).faults
    if faults:
        raise at_once(faults)
    return MappedLines(tuple(map(_line, found.rows)), tuple(found.figures))


def _line(row: MappedRow) -> BulkLine:
    return BulkLine(row.place, "", row.values, (), row.places)


def _names_there(office: Office, request: Request, workflow: Workflow) -> dict[str, str]:
    """Map the names of the cases of a workflow to their numbers, as far as the officer sees them.

    None where an entry bears the request's id: then the command was sent before, and its own cases
    are no others.
    """
    if request.request_id and _was_sent(office, request.request_id):
        return {}
    wanted = CaseFilter(workflow=workflow.name, seen_by=office.viewer.parts)
    return {folded(case.title): f"事项 {case.number}" for case in stream(office.store, wanted)}


def _was_sent(office: Office, request_id: str) -> bool:
    """Tell whether a line of a bulk of this id was done: each has the id and its number."""
    return any(office.store.entry(f"{request_id}:{n}") for n in range(1, _MOST_TRIED + 1))


def _closed(office: Office, request: Request, workflow: Workflow) -> dict[str, str]:
    """Say of the facts that cannot be entered by this officer when a case is opened, why not: asked
    of the judge who will judge the openings.
    """
    trial = replace(request, dry_run=True, request_id=None)
    act = Open({fact.name: _SOMETHING for fact in enterable(workflow)})
    try:
        office.register.submit(trial, workflow, None, act)
    except RefusedError as refused:
        keys = {"door": "name", "role": "fact"}
        return {
            str(gate.inputs[keys[gate.kind]]): gate.text
            for gate in refused.gates
            if not gate.met and keys.get(gate.kind) in gate.inputs
        }
    except LifecycleError:
        pass  # who may open, and when, is told by the opening itself
    return {}
