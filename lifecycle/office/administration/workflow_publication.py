"""Workflows put into force, several in one act: judged as a set, and with every version that still
governs an open case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.callers import file_named
from lifecycle.errors import InvalidError, Problem, WorkflowError, faults_among
from lifecycle.ledger.sql import text
from lifecycle.office.administration.bases import (
    bases_at_hand,
    bases_to_publish,
    missing_bases,
    touched_rules,
)
from lifecycle.office.administration.choices import lacking, lists_beside
from lifecycle.office.administration.definitions import examine_whole
from lifecycle.office.administration.publication import (
    RunningVersion,
    publish,
    read_definition,
    shipped_templates,
    templates_in_force,
)
from lifecycle.office.administration.workflow_files import (
    WorkflowFile,
    parents_in_force,
    read_workflow_file,
    workflows_in,
)
from lifecycle.template.grounds import ground_faults
from lifecycle.template.template import Template, read_template
from lifecycle.template.trial import judged
from lifecycle.workflow.bases import NAME as BASES
from lifecycle.workflow.migration import own_version
from lifecycle.workflow.reader import examine
from lifecycle.workflow.words.basis_words import check_bases

if TYPE_CHECKING:
    from lifecycle.ledger.register import Request
    from lifecycle.office.administration.publication import Definition, Publication
    from lifecycle.office.office import Office
    from lifecycle.workflow.bases import Bases
    from lifecycle.workflow.choice_lists import ChoiceList
    from lifecycle.workflow.model import Workflow
    from lifecycle.workflow.reading.whole import Parents


@dataclass(frozen=True, slots=True)
class _Sound:
    """A workflow that was judged sound, and the bytes that are to be published."""

    workflow: Workflow
    body: bytes
    warnings: tuple[Problem, ...]


def publish_workflows(office: Office, request: Request, files: Sequence[str]) -> Publication:
    """Put workflows into force, all or none, after the letters that they lack: those of the folder
    `notices` beside the files' own, else the shipped ones; and after the legal grounds that they
    name, where their file is among those given, or none are in force yet.

    What is in force already is left alone. Raises WorkflowError or InvalidError.
    """
    read = [read_workflow_file(file_named(file), file) for file in files]
    given = [one for one in read if not one.holds_grounds]
    grounds, definitions, warnings = _grounds(office, read, given)
    _see_each_once(read)
    parents = parents_in_force(office, given)
    in_force = {other.name: other for other in office.workflows()}
    beside = in_force | workflows_in(given, parents)
    templates = templates_in_force(office)
    own = _letters_beside(given, beside, templates)
    shipped = {name: body for name, body in shipped_templates().items() if name not in templates}
    for name, body in shipped.items():
        templates[name] = read_template(name, body, f"notices/{name}.j2")
    for file, body in own.items():
        templates[file.stem] = _grounded(file, body, grounds, office.day(None).isoformat())
    new_letters = shipped | {file.stem: body for file, body in own.items()}
    lists, new_lists = _lists(office, given)
    known = _Beside(templates, beside, lists, parents)
    sound = _judged(given, known)
    new = [one for one in sound if one.workflow.digest != _in_force(office, one.workflow)]
    _see_newer(office, new)
    reading = _Readers(office, known, in_force)
    warnings += [problem for one in new for problem in one.warnings]
    names = {one.workflow.name for one in new}
    files_of = [one for one in given if one.name in names]
    warnings += [problem for one in files_of for problem in _misgrounded(office, one, grounds)]
    warnings += [problem for one in new for problem in reading.broken_by(one.workflow)]
    warnings += [problem for one in new for problem in reading.left_behind(one)]
    used = (rule.template for one in new for t in one.workflow.transitions for rule in t.notices)
    definitions += dict.fromkeys(one for each in new for one in lacking(each.workflow, new_lists))
    definitions += [
        ("template", name, new_letters[name]) for name in dict.fromkeys(used) if name in new_letters
    ]
    # What is extended goes before its variants.
    new.sort(key=lambda one: len(one.workflow.variant_of))
    definitions += [("workflow", one.workflow.name, one.body) for one in new]
    asked = [one.workflow.name for one in sound]
    asked += [BASES for one in read if one not in given]
    running = tuple(
        RunningVersion(old.name, old.version, cases)
        for old, cases in reading.in_use
        if old.name in names
    )
    done = publish(office, request, definitions, asked)
    return replace(done, warnings=tuple(warnings), running=running)


def _grounds(
    office: Office, read: Sequence[WorkflowFile], given: Sequence[WorkflowFile]
) -> tuple[Bases | None, list[Definition], list[Problem]]:
    """Give the grounds by which workflows are judged, what of them is to be published first, and
    what in force they touch.
    """
    for one in read:
        if one not in given:
            definitions, bases = bases_to_publish(office, one.path, one.file)
            return bases, definitions, list(touched_rules(office, bases)) if definitions else []
    folder = given[0].path.resolve().parent
    return bases_at_hand(office, folder), missing_bases(office, folder), []


def _misgrounded(office: Office, one: WorkflowFile, bases: Bases | None) -> Iterator[Problem]:
    """Warn of what a new workflow rests on that is not registered, or not in force."""
    if bases is not None:
        yield from check_bases(one.body, one.file, bases, office.day(None).isoformat())


def _letters_beside(
    given: Sequence[WorkflowFile], beside: Mapping[str, Workflow], in_force: Collection[str]
) -> dict[Path, bytes]:
    """Give the templates of the folders `notices` beside the files' own that one of them sends and
    that are not in force.
    """
    sending = [beside[one.name] for one in given if one.name in beside]
    sent = {rule.template for each in sending for t in each.transitions for rule in t.notices}
    folders = dict.fromkeys(one.path.resolve().parent.parent / "notices" for one in given)
    paths = [folder / f"{name}.j2" for folder in folders for name in sorted(sent - {*in_force})]
    return {path: read_definition(path) for path in paths if path.is_file()}


def _grounded(path: Path, body: bytes, bases: Bases | None, day: str) -> Template:
    """Judge a template, also whether it may name on that day what it names as its grounds."""
    template = judged(path.stem, body, str(path))
    wrong = faults_among(ground_faults(template, bases, day)) if bases is not None else ()
    if wrong:
        raise WorkflowError(wrong, template.source)
    return template


def _see_each_once(given: Sequence[WorkflowFile]) -> None:
    """Refuse two files of one workflow."""
    for place, one in enumerate(given):
        first = next(other for other in given if other.name == one.name)
        if first is not one and place:
            message = f"{first.file} 和 {one.file} 写的是同一个流程 {one.name}"
            raise InvalidError(message, "只写其中一个")


@dataclass(frozen=True, slots=True)
class _Beside:
    """What workflows are judged with: letters, other workflows and shared lists, by name, and the
    files that variants extend.
    """

    templates: Mapping[str, Template]
    workflows: Mapping[str, Workflow]
    lists: Mapping[str, ChoiceList]
    parents: Parents


def _lists(
    office: Office, given: Sequence[WorkflowFile]
) -> tuple[dict[str, ChoiceList], dict[str, bytes]]:
    """Give the shared lists in force, and those beside the files that are not; of the latter also
    the bytes.
    """
    known: dict[str, ChoiceList] = {}
    new: dict[str, bytes] = {}
    for folder in dict.fromkeys(one.path.resolve().parent for one in given):
        lists, bodies = lists_beside(office, folder)
        known = lists | known
        new = bodies | new
    return known, new


def _judged(given: Sequence[WorkflowFile], beside: _Beside) -> list[_Sound]:
    """Judge each file with the others; raises WorkflowError with the faults of all."""
    found: list[_Sound] = []
    faults: list[Problem] = []
    texts: dict[str, str] = {}
    for one in given:
        workflow, problems, source = examine_whole(
            one.body,
            one.file,
            beside.templates,
            others=beside.workflows,
            lists=beside.lists,
            parents=beside.parents,
        )
        texts |= {one.file: source} if isinstance(source, str) else source
        wrong = faults_among(problems)
        faults += wrong
        if workflow is not None and not wrong:
            warnings = tuple(problems)
            found.append(_Sound(workflow, one.whole(beside.parents).body, warnings))
    if faults:
        raise WorkflowError(faults, texts)
    return found


def _in_force(office: Office, workflow: Workflow) -> str | None:
    return office.directory.document("workflow", workflow.name)


def _see_newer(office: Office, new: Iterable[_Sound]) -> None:
    """Refuse versions that do not count on, all at once."""
    told, mends = [], []
    for workflow in (one.workflow for one in new):
        before = _in_force(office, workflow)
        last = office.library.workflow(before).version if before is not None else 0
        if last >= workflow.version:
            told.append(
                f"流程 {workflow.name} 现行的是第 {last} 版，文件写的是第 {workflow.version} 版"
            )
            mends.append(f"请把 {workflow.name} 的 version 改为 {last + 1}")
    if told:
        raise InvalidError("；".join(told), "；".join(mends))


class _Readers:
    """The workflows that read the cases of others, beside those that are to be published."""

    def __init__(
        self,
        office: Office,
        beside: _Beside,
        in_force: Mapping[str, Workflow],
    ) -> None:
        self.office = office
        self.templates = beside.templates
        self.lists = beside.lists
        self.in_force = in_force
        self.beside = beside.workflows
        self.in_use = list(_in_use(office))

    def broken_by(self, workflow: Workflow) -> Iterator[Problem]:
        """Warn of the versions of others, in force or governing open cases, that could not be
        published beside a new version: they read of its cases what that has no more, or are
        variants of it in which the same fact is another.
        """
        for other, cases in self._others(workflow):
            known = {**self.in_force, other.name: other}
            for fault in self._new_faults(other, known, {**known, workflow.name: workflow}):
                named = f"流程 {other.name}（{other.title}）"
                line = f"（第 {fault.location.line} 行）"
                if other.digest == getattr(self.in_force.get(other.name), "digest", None):
                    message = f"现行的{named}读不成了：{fault.message}"
                    mend = f"把 {other.name} 也改过来{line}，发布以后接着发布它"
                else:
                    message = (
                        f"{named}第 {other.version} 版还在办 {cases} 件，读不成了：{fault.message}"
                    )
                    mend = f"那 {cases} 件迁到新版（workflow migrate），或留着它要读的{line}"
                yield Problem("broken-reader", workflow.location, message, mend, warning=True)

    def left_behind(self, one: _Sound) -> Iterator[Problem]:
        """Warn of the older versions of other workflows that govern open cases and lack what a new
        version reads.
        """
        workflow = one.workflow
        if not workflow.reads_others:
            return
        for old, cases in self.in_use:
            now = self.beside.get(old.name)
            if old.name == workflow.name or now is None or now.digest == old.digest:
                continue
            before, after = self.beside, {**self.beside, old.name: old}
            for fault in self._new_faults(workflow, before, after, one.body):
                message = (
                    f"流程 {old.name} 第 {old.version} 版还在办 {cases} 件，"
                    f"没有 {workflow.name} 要读的：{fault.message}"
                )
                mend = f"那 {cases} 件读作没有填；要读得到，把它们迁到新版（workflow migrate）"
                yield Problem("left-behind", fault.location, message, mend, warning=True)

    def _others(self, workflow: Workflow) -> Iterator[tuple[Workflow, int]]:
        """Give the versions of other workflows that read cases, or are variants, and are not
        published themselves, with how many open cases each governs.
        """
        used = {other.digest: cases for other, cases in self.in_use}
        current = {other.digest: other for other in self.in_force.values()}
        known = current | {other.digest: other for other, _cases in self.in_use}
        for digest, other in known.items():
            replaced = digest in current and self.beside[other.name].digest != digest
            touched = other.reads_others or workflow.name in other.variant_of
            if other.name != workflow.name and touched and not replaced:
                yield other, used.get(digest, 0)

    def _new_faults(
        self,
        reader: Workflow,
        before: Mapping[str, Workflow],
        after: Mapping[str, Workflow],
        body: bytes | None = None,
    ) -> Iterator[Problem]:
        """Give the faults that a workflow has beside some others and not beside those before."""
        source = self.office.store.definition(reader.digest) if body is None else body
        file = f"workflows/{reader.name}.yaml"
        was, now = (
            faults_among(examine(source, file, self.templates, known, lists=self.lists)[1])
            for known in (before, after)
        )
        yield from (fault for fault in now if fault not in was)


def _in_use(office: Office) -> Iterator[tuple[Workflow, int]]:
    """Give the versions that govern open cases, with how many each: those that were taken over into
    a version are under it like any other.
    """
    found: Counter[str] = Counter()
    for digest, cases in office.store.rows(text.OPEN_BY_DIGEST):
        found[own_version(digest)] += cases
    for digest, cases in found.items():
        yield office.library.workflow(digest), cases
