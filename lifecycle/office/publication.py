"""What has to be published, and in which order, when an administrator puts a definition into force:
judged whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from pathlib import Path

from lifecycle import places
from lifecycle.correspondence.issuing import ISSUING, read_issuing
from lifecycle.errors import InvalidError, Problem, UnknownError, WorkflowError
from lifecycle.exchange.calendar_file import read_calendar_file
from lifecycle.ledger.library import Library
from lifecycle.ledger.record import CALENDAR, hash_of
from lifecycle.office.definitions import Definition, examine_whole
from lifecycle.people.directory import Directory
from lifecycle.template.template import Template, read_template
from lifecycle.template.trial import judged
from lifecycle.workflow.model import Workflow

MOST_BYTES = 1 << 20


def read_definition(path: Path) -> bytes:
    """Read a definition's file; raises InvalidError."""
    try:
        with path.open("rb") as handle:
            body = handle.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise InvalidError(f"文件 {path} 不存在", "请核对路径") from None
    except OSError as error:
        raise InvalidError(
            f"文件 {path} 读不了：{error.strerror}", "请核对是否为文件、有无权限"
        ) from error
    if len(body) > MOST_BYTES:
        raise InvalidError(f"文件 {path} 超过 1 MB", "请核对是否选错了文件")
    return body


def shipped_templates(folder: Path | None = None) -> dict[str, bytes]:
    """Give the templates of a folder, the shipped one if none is named, by name."""
    return {
        path.stem: read_definition(path)
        for path in sorted((folder or places.notices()).glob("*.j2"))
    }


def names_in_force(directory: Directory, kind: str) -> dict[str, str]:
    """Map the names of the definitions of a kind to the SHA-256 in force."""
    return {d.name: d.digest for d in directory.documents if d.kind == kind}


def templates_in_force(library: Library, directory: Directory) -> dict[str, Template]:
    """Read the templates in force."""
    return {
        name: read_template(name, library.store.definition(digest), f"notices/{name}.j2")
        for name, digest in names_in_force(directory, "template").items()
    }


def workflow_to_publish(
    library: Library, directory: Directory, path: Path
) -> tuple[Workflow, list[Definition]]:
    """Judge a workflow against the letters in force and shipped; give it, and what to publish:
    lacking letters first.

    Nothing is to be published where the same bytes are in force. Raises WorkflowError or
    InvalidError.
    """
    body = read_definition(path)
    templates = templates_in_force(library, directory)
    shipped = {name: text for name, text in shipped_templates().items() if name not in templates}
    for name, text in shipped.items():
        templates[name] = read_template(name, text, f"notices/{name}.j2")
    workflow, problems, source = examine_whole(body, str(path), templates)
    if workflow is None or problems:
        raise WorkflowError(problems, source)
    before = directory.document("workflow", workflow.name)
    if before == workflow.digest:
        return workflow, []
    if before is not None and (last := library.workflow(before)).version >= workflow.version:
        message = (
            f"流程 {workflow.name} 现行的是第 {last.version} 版，文件写的是第 {workflow.version} 版"
        )
        raise InvalidError(message, f"请把 version 改为 {last.version + 1}")
    used = dict.fromkeys(rule.template for t in workflow.transitions for rule in t.notices)
    letters = [("template", name, shipped[name]) for name in used if name in shipped]
    return workflow, [*letters, ("workflow", workflow.name, body)]


def templates_to_publish(
    library: Library, directory: Directory, paths: Iterable[Path]
) -> list[Definition]:
    """Judge templates, also against every workflow in force; give what differs from what is in
    force.

    Raises WorkflowError with the faults that these templates bring, all at once.
    """
    found: dict[str, bytes] = {}
    templates: dict[str, Template] = {}
    faults: list[WorkflowError] = []
    rules: list[Definition] = []
    paths = list(paths)
    for path in paths:
        if path.name == f"{ISSUING}.yaml":
            rules += issuing_to_publish(directory, path, beside={other.stem for other in paths})
            continue
        if path.stem in found:
            raise InvalidError(f"模板 {path.stem} 给了两个文件", "一个模板只给一个文件")
        found[path.stem] = read_definition(path)
        try:
            templates[path.stem] = judged(path.stem, found[path.stem], str(path))
        except WorkflowError as error:
            faults.append(error)
    if not faults:
        faults += _letters_faults(library, directory, templates)
    if faults:
        raise WorkflowError([p for fault in faults for p in fault.problems])
    in_force = names_in_force(directory, "template")
    return rules + [
        ("template", name, body)
        for name, body in found.items()
        if in_force.get(name) != hash_of(body)
    ]


def issuing_to_publish(directory: Directory, path: Path, *, beside: Set[str]) -> list[Definition]:
    """Judge issuing rules; nothing is to be published where the same bytes are in force.

    `beside` are the names of templates published with them. Raises WorkflowError, or UnknownError
    for a reminder whose template there is not.
    """
    body = read_definition(path)
    rules = read_issuing(body, str(path))
    known = {*names_in_force(directory, "template"), *beside}
    if rules.urge and rules.urge not in known:
        raise UnknownError(
            f"催办（{path} 的 urge）用的公文模板", rules.urge, known, "先发布该模板，或改用现有的"
        )
    return (
        [] if directory.document(ISSUING, ISSUING) == hash_of(body) else [(ISSUING, ISSUING, body)]
    )


def _letters_faults(
    library: Library, directory: Directory, templates: Mapping[str, Template]
) -> list[WorkflowError]:
    """Find what goes wrong in the workflows in force that did not go wrong with the letters in
    force.
    """
    before = templates_in_force(library, directory)
    faults = []
    for name, digest in names_in_force(directory, "workflow").items():
        body, file = library.store.definition(digest), f"workflows/{name}.yaml"
        known: set[Problem] = set(examine_whole(body, file, before)[1])
        _workflow, problems, text = examine_whole(body, file, {**before, **templates})
        new = [problem for problem in problems if problem not in known]
        if new:
            faults.append(WorkflowError(new, text))
    return faults


def calendar_to_publish(library: Library, directory: Directory, path: Path) -> list[Definition]:
    """Read a calendar's years into the calendar in force; nothing is to be published where that
    changes nothing.
    """
    before = directory.document("calendar", CALENDAR)
    body = read_calendar_file(path, library.store.definition(before) if before else None)
    return [] if before == hash_of(body) else [("calendar", CALENDAR, body)]
