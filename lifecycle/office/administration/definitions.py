"""The shipped definitions, judged before an office puts them into force: workflows with their
lists, letters, rules, calendar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from lifecycle import places
from lifecycle.correspondence.rules.issuing_rules import ISSUING, read_issuing
from lifecycle.correspondence.rules.relations import FILE as RELATIONS
from lifecycle.correspondence.rules.relations import Relations, read_relations, relation_faults
from lifecycle.errors import InvalidError, Problem, WorkflowError, faults_among
from lifecycle.exchange.calendar_file import read_calendar_file
from lifecycle.ledger.record import CALENDAR
from lifecycle.office.administration.choices import lacking, lists_in
from lifecycle.office.administration.publication import Definition
from lifecycle.office.administration.workflow_files import (
    parents_beside,
    read_workflow_file,
    workflows_in,
)
from lifecycle.template.template import Template, read_template
from lifecycle.workflow.bases import NAME as BASES
from lifecycle.workflow.choice_lists import ChoiceList
from lifecycle.workflow.model import Workflow
from lifecycle.workflow.reader import examine
from lifecycle.workflow.reading.bases import examine_bases
from lifecycle.workflow.reading.whole import Parents, Texts


def shipped() -> list[Definition]:
    """Give the shipped calendar, templates and workflows.

    Raises InvalidError with the faults of all files.
    """
    faults: list[WorkflowError] = []
    templates: dict[str, Template] = {}
    found = [("calendar", CALENDAR, read_calendar_file(places.calendars() / f"{CALENDAR}.yaml"))]
    found += _issuing(faults)
    found += _bases(faults)
    found += _templates(sorted(places.notices().glob("*.j2")), templates, faults)
    found += _workflows(places.workflow_files(), templates, faults)
    if faults:
        raise InvalidError("\n".join(fault.message for fault in faults), "请先改正上列错误")
    return found


def examine_whole(
    body: bytes,
    file: str,
    templates: Mapping[str, Template],
    folder: Path | None = None,
    *,
    others: Mapping[str, Workflow] | None = None,
    lists: Mapping[str, ChoiceList] | None = None,
    parents: Parents | None = None,
) -> tuple[Workflow | None, tuple[Problem, ...], Texts]:
    """Examine a workflow with its letters, also whether each may go by its kind to whom it is sent
    (行文规则).

    The rules about kinds are those in `folder`, or the shipped ones where it has none. `others` are
    the workflows to which its links may lead, `lists` those that may give choices, by name;
    `parents` gives what a variant extends.
    """
    workflow, problems, text = examine(body, file, templates, others, lists=lists, parents=parents)
    if workflow is not None:
        problems = (*problems, *relation_faults(workflow, templates, relations(folder)))
    return workflow, problems, text


def relations(folder: Path | None = None) -> Relations:
    """Read the rules on which kinds of letters may go to whom: those of a folder, else the shipped
    ones.
    """
    own = folder / RELATIONS if folder else None
    path = own if own and own.exists() else places.shipped("notices") / RELATIONS
    return read_relations(path.read_bytes(), f"notices/{path.name}")


def _issuing(faults: list[WorkflowError]) -> Iterator[Definition]:
    path = places.notices() / f"{ISSUING}.yaml"
    if path.exists():
        body = path.read_bytes()
        try:
            read_issuing(body, f"notices/{path.name}")
        except WorkflowError as error:
            faults.append(error)
        yield ISSUING, ISSUING, body


def _bases(faults: list[WorkflowError]) -> Iterator[Definition]:
    path = places.workflows() / places.BASES
    if path.is_file():
        body = path.read_bytes()
        _found, problems, source = examine_bases(body, f"workflows/{path.name}")
        if problems:
            faults.append(WorkflowError(problems, source))
        yield BASES, BASES, body


def _templates(
    paths: list[Path], templates: dict[str, Template], faults: list[WorkflowError]
) -> Iterator[Definition]:
    for path in paths:
        body = path.read_bytes()
        try:
            templates[path.stem] = read_template(path.stem, body, f"notices/{path.name}")
        except WorkflowError as error:
            faults.append(error)
        yield "template", path.stem, body


def _workflows(
    paths: list[Path], templates: dict[str, Template], faults: list[WorkflowError]
) -> Iterator[Definition]:
    """Give the workflows, each after those that it extends and the lists that it lacks; what is
    published of a variant is the whole.
    """
    files = [read_workflow_file(path, f"workflows/{path.name}") for path in paths]
    parents = parents_beside(files)
    others, shared = workflows_in(files, parents), lists_in(places.workflows())
    lists = {name: found for name, (found, _body) in shared.items()}
    new = {name: body for name, (_found, body) in shared.items()}
    sound: list[tuple[Workflow, bytes]] = []
    for one in files:
        workflow, problems, text = examine_whole(
            one.body, one.file, templates, others=others, lists=lists, parents=parents
        )
        if wrong := faults_among(problems):
            faults.append(WorkflowError(wrong, text))
        elif workflow is not None:
            sound.append((workflow, one.whole(parents).body))
    for workflow, body in sorted(sound, key=lambda item: len(item[0].variant_of)):
        for definition in lacking(workflow, new):
            del new[definition[1]]
            yield definition
        yield "workflow", workflow.name, body
