"""The rules: workflows in force, to check, draw, compare and publish."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.callers import file_named
from lifecycle.errors import InvalidError, Problem, UnknownError, WorkflowError, faults_among
from lifecycle.exchange.diagram import draw
from lifecycle.exchange.schema import schema, schema_text
from lifecycle.office.administration.choices import lacking, lists_beside, lists_in
from lifecycle.office.administration.definitions import examine_whole, workflows_in
from lifecycle.office.administration.publication import (
    publish,
    read_definition,
    shipped_templates,
    templates_in_force,
)
from lifecycle.template.template import Template, read_template
from lifecycle.workflow.difference import Change
from lifecycle.workflow.difference import compare as differences
from lifecycle.workflow.reader import examine

if TYPE_CHECKING:
    from lifecycle.ledger.register import Request
    from lifecycle.office.administration.publication import Definition, Publication
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

__all__ = [
    "Change",
    "WorkflowLine",
    "check_workflows",
    "compare_workflows",
    "draw_workflow",
    "publish_workflow",
    "schema",
    "schema_text",
    "workflows_in_force",
]

FILES = (".yaml", ".yml")
"""What is written with one of these at its end is meant as a file."""
SHORTEST_DIGEST = 6
"""So many characters of a version's SHA-256 must be given at least."""


@dataclass(frozen=True, slots=True)
class WorkflowLine:
    """A workflow in force: which version, put into force by which office entry, and its size."""

    name: str
    title: str
    version: int
    sha256: str
    office_seq: int
    states: int
    transitions: int
    basis: str


def workflows_in_force(office: Office) -> list[WorkflowLine]:
    """List the workflows in force."""
    since = {d.digest: d.seq for d in office.directory.documents if d.kind == "workflow"}
    return [
        WorkflowLine(
            name=workflow.name,
            title=workflow.title,
            version=workflow.version,
            sha256=workflow.digest,
            office_seq=since[workflow.digest],
            states=len(workflow.states),
            transitions=len(workflow.transitions),
            basis=workflow.basis,
        )
        for workflow in office.workflows()
    ]


def check_workflows(files: Iterable[str], notices: str | None = None) -> list[Problem]:
    """Judge workflow files with their letters: the templates of a folder, else of the folder
    `notices` beside the file's own, else the shipped ones.

    Links may lead to the workflows beside each, and to those that are judged with it. Shared lists
    are those of the folder `lists` beside each, or the shipped ones.
    """
    problems: list[Problem] = []
    given = tuple(files)
    for file in given:
        path = file_named(file)
        beside = path.resolve().parent.parent / "notices"
        folder = beside if beside.is_dir() else None
        if notices:
            folder = file_named(notices)
        body, templates = read_definition(path), _templates(folder)
        others = workflows_in({*path.resolve().parent.glob("*.yaml"), *map(file_named, given)})
        found = lists_in(path.resolve().parent)
        lists = {name: shared for name, (shared, _body) in found.items()}
        whole = examine_whole(body, file, templates, folder, others=others, lists=lists)
        problems += whole[1]
    return problems


def _templates(folder: Path | None) -> dict[str, Template]:
    """Read templates for a check; a faulty one counts as missing, `notice lint` says why."""
    found: dict[str, Template] = {}
    for name, body in shipped_templates(folder).items():
        try:
            found[name] = read_template(name, body, f"{folder or 'notices'}/{name}.j2")
        except WorkflowError:
            continue
    return found


def draw_workflow(open_office: Callable[[], Office], given: str, target: str) -> str:
    """Draw a workflow as SVG, Mermaid or DOT, by the extension of the target."""
    return draw(_meant(open_office, given), target)


def compare_workflows(open_office: Callable[[], Office], before: str, after: str) -> list[Change]:
    """List what differs between two workflows, item by item."""
    return list(differences(_meant(open_office, before), _meant(open_office, after)))


def _meant(open_office: Callable[[], Office], text: str) -> Workflow:
    """Find the workflow that is meant: a file, a workflow in force by name or title, or a version
    by the beginning of its SHA-256. The office is opened only where no file is meant.
    """
    path = file_named(text)
    if path.suffix.lower() in FILES or path.is_file():
        found, problems, source = examine(read_definition(path), text)
        faults = faults_among(problems)
        if found is None or faults:
            raise WorkflowError(faults, source)
        return found
    office = open_office()
    try:
        return office.workflow(text)
    except UnknownError:
        digests = {d.digest for d in office.directory.documents if d.kind == "workflow"}
        versions = [digest for digest in digests if digest.startswith(text)]
        if len(text) < SHORTEST_DIGEST or len(versions) != 1:
            raise
        return office.library.workflow(versions[0])


def publish_workflow(office: Office, request: Request, file: str) -> Publication:
    """Put a workflow into force, after the letters and the shared lists that it lacks."""
    name, definitions, warnings = _workflow_to_publish(office, file_named(file))
    return replace(publish(office, request, definitions, [name]), warnings=warnings)


def _workflow_to_publish(
    office: Office, path: Path
) -> tuple[str, Sequence[Definition], tuple[Problem, ...]]:
    """Judge a workflow against the letters in force and shipped.

    Give its name, what to publish, lacking letters and lists first, and the warnings. Nothing is to
    be published where the same bytes are in force. Raises WorkflowError or InvalidError.
    """
    body = read_definition(path)
    templates = templates_in_force(office)
    shipped = {name: text for name, text in shipped_templates().items() if name not in templates}
    for name, text in shipped.items():
        templates[name] = read_template(name, text, f"notices/{name}.j2")
    others = {other.name: other for other in office.workflows()}
    lists, new = lists_beside(office, path.resolve().parent)
    workflow, problems, source = examine_whole(
        body, str(path), templates, others=others, lists=lists
    )
    faults = faults_among(problems)
    if workflow is None or faults:
        raise WorkflowError(faults, source)
    before = office.directory.document("workflow", workflow.name)
    if before == workflow.digest:
        return workflow.name, [], ()
    if before is not None:
        _see_newer(office.library.workflow(before), workflow)
    problems = (*problems, *_broken_readers(office, templates, others, workflow))
    needed = lacking(workflow, new)
    used = dict.fromkeys(rule.template for t in workflow.transitions for rule in t.notices)
    letters = [("template", name, shipped[name]) for name in used if name in shipped]
    return workflow.name, [*needed, *letters, ("workflow", workflow.name, body)], problems


def _broken_readers(
    office: Office,
    templates: Mapping[str, Template],
    others: Mapping[str, Workflow],
    workflow: Workflow,
) -> Iterator[Problem]:
    """Warn of the workflows in force that could not be published beside a new version: they read of
    its cases what that has no more.
    """
    beside = {**others, workflow.name: workflow}
    for other in others.values():
        if other.name == workflow.name or not other.reads_others:
            continue
        body = office.store.definition(other.digest)
        file = f"workflows/{other.name}.yaml"
        was, now = (
            faults_among(examine(body, file, templates, known)[1]) for known in (others, beside)
        )
        for fault in (fault for fault in now if fault not in was):
            message = f"现行的流程 {other.name}（{other.title}）读不成了：{fault.message}"
            mend = f"把 {other.name} 也改过来（第 {fault.location.line} 行），发布以后接着发布它"
            yield Problem("broken-reader", workflow.location, message, mend, warning=True)


def _see_newer(last: Workflow, workflow: Workflow) -> None:
    if last.version >= workflow.version:
        raise InvalidError(
            f"流程 {workflow.name} 现行的是第 {last.version} 版，文件写的是第 "
            f"{workflow.version} 版",
            f"请把 version 改为 {last.version + 1}",
        )
