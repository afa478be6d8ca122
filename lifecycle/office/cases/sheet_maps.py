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
from lifecycle.exchange.sheets.grid import read_sheets
from lifecycle.exchange.sheets.mapped_rows import FigureRead, MappedRow, read_mapped_rows
from lifecycle.exchange.sheets.proposal import ProposedMap, enterable, propose_map
from lifecycle.exchange.sheets.sheet_map import read_sheet_map
from lifecycle.frozen import dataclass
from lifecycle.office.cases.bulk import BulkLine
from lifecycle.office.cases.entering import Origin, read_entry
from lifecycle.outfile import check_target, write_file

if TYPE_CHECKING:
    from lifecycle.ledger.register import Request
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

__all__ = ["FigureRead", "MappedLines", "ProposedMap", "propose_sheet_map", "read_by_map"]

KIND = "台账对照"
_SOMETHING = "？"
"""Stands for a value where it is only asked who enters the fact, and when."""


@dataclass(frozen=True, slots=True)
class MappedLines:
    """A table read by its map: a line for each case, and the values that were read as something
    else than is written.
    """

    lines: tuple[BulkLine, ...]
    figures: tuple[FigureRead, ...]


def propose_sheet_map(
    office: Office, request: Request, workflow: Workflow, source: Path, target: Path
) -> ProposedMap:
    """Write a map that reads a table as cases of a workflow, for a clerk to correct. Nothing is
    recorded, and no file is replaced.

    Raises InvalidError.
    """
    check_target(target, KIND, once=True)
    closed = _closed(office, request, workflow)
    proposal = propose_map(workflow, read_sheets(source), str(target), closed)
    write_file(target, proposal.text.encode(), KIND, once=True)
    return proposal


def read_by_map(office: Office, workflow: Workflow, source: Path, map_file: Path) -> MappedLines:
    """Read a table by its map.

    Raises WorkflowError with every fault of the map, and an InvalidError with every cell that
    cannot be told: then nothing is to be recorded of any row.
    """
    sheets = read_sheets(source)
    found = read_mapped_rows(sheets, read_sheet_map(map_file, workflow, sheets), workflow.subject)
    faults = list(found.faults)
    for row in found.rows:
        faults += read_entry(office, workflow, row.values, Origin(row.places)).faults
    if faults:
        raise at_once(faults)
    return MappedLines(tuple(map(_line, found.rows)), tuple(found.figures))


def _line(row: MappedRow) -> BulkLine:
    return BulkLine(row.place, "", row.values, (), row.places)


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
