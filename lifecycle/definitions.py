"""The shipped definitions, judged before an office puts them into force: workflows with their letters, calendar."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lifecycle import places
from lifecycle.errors import InvalidError, WorkflowError
from lifecycle.exchange.calendar_file import read_calendar_file
from lifecycle.ledger.record import CALENDAR
from lifecycle.notice.template import Template, read_template
from lifecycle.workflow.reader import examine

Definition = tuple[str, str, bytes]
"""Kind (workflow, template, calendar), name and exact bytes."""


def shipped() -> list[Definition]:
    """Give the shipped calendar, templates and workflows; raises InvalidError with the faults of all files."""
    faults: list[WorkflowError] = []
    templates: dict[str, Template] = {}
    found = [("calendar", CALENDAR, read_calendar_file(places.calendars() / f"{CALENDAR}.yaml"))]
    found += _templates(sorted(places.notices().glob("*.j2")), templates, faults)
    found += _workflows(sorted(places.workflows().glob("*.yaml")), templates, faults)
    if faults:
        raise InvalidError("\n".join(fault.message for fault in faults), "请先改正上列错误")
    return found


def _templates(paths: list[Path], templates: dict[str, Template], faults: list[WorkflowError]) -> Iterator[Definition]:
    for path in paths:
        body = path.read_bytes()
        try:
            templates[path.stem] = read_template(path.stem, body, f"notices/{path.name}")
        except WorkflowError as error:
            faults.append(error)
        yield "template", path.stem, body


def _workflows(paths: list[Path], templates: dict[str, Template], faults: list[WorkflowError]) -> Iterator[Definition]:
    for path in paths:
        body = path.read_bytes()
        workflow, problems, text = examine(body, f"workflows/{path.name}", templates)
        if problems:
            faults.append(WorkflowError(problems, text))
        elif workflow is not None:
            yield "workflow", workflow.name, body
