"""The rules: workflows in force, to list, check, draw and compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle import places
from lifecycle.callers import file_named
from lifecycle.errors import Problem, UnknownError, WorkflowError
from lifecycle.exchange.diagram import draw
from lifecycle.exchange.schema import schema, schema_text
from lifecycle.office.administration.bases import bases_beside
from lifecycle.office.administration.choices import lists_in
from lifecycle.office.administration.definitions import examine_whole
from lifecycle.office.administration.publication import shipped_templates
from lifecycle.office.administration.workflow_files import (
    flat_text,
    parents_beside,
    parents_in_force,
    read_one,
    read_workflow_file,
    workflows_in,
)
from lifecycle.template.template import Template, read_template
from lifecycle.workflow.difference import Change
from lifecycle.workflow.difference import compare as differences
from lifecycle.workflow.reading.bases import examine_bases
from lifecycle.workflow.words.basis_words import check_bases

if TYPE_CHECKING:
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

__all__ = [
    "Change",
    "WorkflowLine",
    "check_workflows",
    "compare_workflows",
    "draw_workflow",
    "flat_workflow",
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


def check_workflows(files: Iterable[str], notices: str | None = None, *, on: date) -> list[Problem]:
    """Judge workflow files with their letters: the templates of a folder, else of the folder
    `notices` beside the file's own, else the shipped ones.

    Links may lead to the workflows beside each, and to those that are judged with it. Shared lists
    are those of the folder `lists` beside each, or the shipped ones; so are the grounds that are to
    be in force `on` a day. These may be judged as such.
    """
    problems: list[Problem] = []
    read = [read_workflow_file(file_named(file), file) for file in files]
    given = [one for one in read if not one.holds_grounds]
    for one in read:
        if one not in given:
            problems += examine_bases(one.body, one.file)[1]
    parents = parents_beside(given)
    for one in given:
        here = one.path.resolve()
        beside = here.parent.parent / "notices"
        folder = beside if beside.is_dir() else None
        if notices:
            folder = file_named(notices)
        near = [read_workflow_file(path) for path in places.workflow_files(here.parent)]
        problems += examine_whole(
            one.body,
            one.file,
            _templates(folder),
            folder,
            others=workflows_in([*near, *given], parents),
            lists={name: shared for name, (shared, _body) in lists_in(here.parent).items()},
            parents=parents,
        )[1]
        bases = bases_beside(here.parent)
        if bases is not None:
            problems += check_bases(one.body, one.file, bases, on.isoformat())
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


def flat_workflow(file: str) -> str:
    """Give a workflow file as it would be published: a variant with all that it extends."""
    return flat_text(file_named(file), file)


def compare_workflows(open_office: Callable[[], Office], before: str, after: str) -> list[Change]:
    """List what differs between two workflows, item by item.

    A file beside one in force is read as it would be published: a variant with what it extends of
    what is in force.
    """
    in_force = not (_is_file(before) and _is_file(after))
    old, new = (_meant(open_office, text, in_force=in_force) for text in (before, after))
    return list(differences(old, new))


def _is_file(text: str) -> bool:
    path = file_named(text)
    return path.suffix.lower() in FILES or path.is_file()


def _meant(open_office: Callable[[], Office], text: str, *, in_force: bool = False) -> Workflow:
    """Find the workflow that is meant: a file, a workflow in force by name or title, or a version
    by the beginning of its SHA-256. The office is opened only where no file is meant, or the file
    is to be read with what is in force.
    """
    if _is_file(text):
        path = file_named(text)
        given = [read_workflow_file(path, text)]
        parents = parents_in_force(open_office(), given) if in_force else parents_beside(given)
        return read_one(path, text, parents)
    office = open_office()
    try:
        return office.workflow(text)
    except UnknownError:
        digests = {d.digest for d in office.directory.documents if d.kind == "workflow"}
        versions = [digest for digest in digests if digest.startswith(text)]
        if len(text) < SHORTEST_DIGEST or len(versions) != 1:
            raise
        return office.library.workflow(versions[0])
