"""Letters' templates: what they send to whom, samples, lint, compare, publish; with the issuing
rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lifecycle import places
from lifecycle.callers import file_named
from lifecycle.correspondence.drafts import find_drafted
from lifecycle.correspondence.press import SUFFIXES, render
from lifecycle.correspondence.rules.issuing_rules import ISSUING, read_issuing
from lifecycle.correspondence.rules.lint import template_faults
from lifecycle.correspondence.sample import sample_letter, uses
from lifecycle.correspondence.scope import letter_scope
from lifecycle.correspondence.signing_off import rules_in_force, shown_draft
from lifecycle.engine.gates.gates import SPANS
from lifecycle.errors import (
    InvalidError,
    Location,
    Problem,
    UnavailableError,
    UnknownError,
    WorkflowError,
    faults_among,
)
from lifecycle.ledger.record import hash_of
from lifecycle.ledger.rows.letter_rows import last_of
from lifecycle.office.administration.bases import bases_at_hand, bases_beside, missing_bases
from lifecycle.office.administration.definitions import examine_whole, relations
from lifecycle.office.administration.publication import (
    names_in_force,
    publish,
    read_definition,
    templates_in_force,
)
from lifecycle.office.administration.workflow_files import (
    parents_beside,
    read_workflow_file,
    workflows_in,
)
from lifecycle.template.compose import compose
from lifecycle.template.grounds import ground_faults, grounds_named
from lifecycle.template.template import read_template, title_of
from lifecycle.template.trial import judged, tried

if TYPE_CHECKING:
    from lifecycle.ledger.register import Request
    from lifecycle.letter.model import Letter
    from lifecycle.office.administration.publication import Definition, Publication
    from lifecycle.office.office import Office
    from lifecycle.people.directory import Directory
    from lifecycle.template.template import Template
    from lifecycle.workflow.bases import Bases
    from lifecycle.workflow.model import NoticeRule, Transition, Workflow

FEW = 3
"""Up to so many states are named in the catalogue; more are counted."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


class CatalogueRow(NamedTuple):
    """Which transition, out of which states, sends which letter to whom; in the words of
    officers.
    """

    workflow: str
    states: str
    transition: str
    letter: str
    template: str
    kind: str
    to: str
    cc: str
    reply: str


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A sample of one template's letter, laid out for a file."""

    name: str
    suffix: str
    body: bytes


@dataclass(frozen=True, slots=True)
class SampleFiles:
    """How many samples there are, and the samples one by one."""

    total: int
    files: Iterator[SampleFile]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One letter written with the template in force and with a new one: the picture (PNG), which
    letter it is, and how many pages differ.
    """

    picture: bytes
    letter: str
    changed_pages: int


def catalogue(office: Office, workflow: str | None = None) -> list[CatalogueRow]:
    """List which transition sends which letter to whom, in one workflow or in all in force."""
    templates = templates_in_force(office)
    rows = []
    for found in _workflows(office, workflow):
        for transition in found.transitions:
            for rule in transition.notices:
                template = templates.get(rule.template)
                rows.append(_catalogue_row(found, transition, rule, template))
    return rows


def _workflows(office: Office, workflow: str | None) -> list[Workflow]:
    return [office.workflow(workflow)] if workflow else office.workflows()


def _catalogue_row(
    workflow: Workflow, transition: Transition, rule: NoticeRule, template: Template | None
) -> CatalogueRow:
    names = {name: role.title for name, role in workflow.roles.items()}
    names |= {name: party.title for name, party in workflow.parties.items()}
    states = "、".join(workflow.states[source].title for source in transition.sources)
    if len(transition.sources) > FEW:
        states = f"{len(transition.sources)} 个环节"
    reply = ""
    if rule.reply:
        reply = f"{rule.reply.limit.amount}{SPANS[rule.reply.limit.unit]}"
    return CatalogueRow(
        workflow=workflow.title,
        states=states,
        transition=transition.title,
        letter=title_of(template) if template else "",
        template=rule.template,
        kind=template.kind if template else "未发布",
        to="、".join(names.get(name, name) for name in rule.to),
        cc="、".join(names.get(name, name) for name in rule.cc),
        reply=reply,
    )


def samples(
    office: Office, workflow: str | None = None, *, form: str, on: date | None = None
) -> SampleFiles:
    """Write a sample of every letter of one workflow, or of every template in force, one by one."""
    from lifecycle.letter.fonts import Fonts

    workflows = _workflows(office, workflow)
    rules = rules_in_force(office.library, office.directory)
    fonts = Fonts.find() if form == "pdf" else None
    found = list(uses(workflows, templates_in_force(office), others=workflow is None))
    issuers = _issuers(office, workflows, office.day(on).isoformat())
    bases = office.library.bases(office.directory)

    def files() -> Iterator[SampleFile]:
        for use in found:
            body = render(sample_letter(use, rules, issuers, bases), form, fonts)
            yield SampleFile(use.template.name, SUFFIXES[form], body)

    return SampleFiles(len(found), files())


def _issuers(office: Office, workflows: list[Workflow], on: str) -> Mapping[str, tuple[str, str]]:
    """Map roles to the first unit, by code and name, that has the function on a day."""
    directory = office.directory
    names = directory.names(on)
    issuers = {}
    for role in (role for workflow in workflows for role in workflow.roles):
        units = directory.units_with(role, on)
        if units:
            issuers[role] = (units[0], names[units[0]])
    return issuers


def lint(open_office: Callable[[], Office], files: Sequence[str], *, on: date) -> list[Problem]:
    """Judge templates by themselves and against the workflows and the legal grounds in force; these
    are to be in force `on` a day.

    The workflows are those of the folder `workflows` beside a template's own, which may not be in
    force yet, and those in force; the shipped ones, as the shipped grounds, where there is no
    office to open.
    """
    at_hand, rules = _workflows_at_hand(open_office), relations()
    folders = dict.fromkeys(file_named(file).resolve().parent.parent for file in files)
    beside = {folder: _workflows_of(folder / "workflows") for folder in folders}
    bases = _bases_at_hand(open_office)
    problems: list[Problem] = []
    for file in files:
        path = file_named(file)
        known = {one.name: one for one in at_hand} | beside[path.resolve().parent.parent]
        try:
            template = judged(path.stem, read_definition(path), file)
            problems += template_faults(template, list(known.values()), rules)
            if bases is not None:
                problems += ground_faults(template, bases, on.isoformat())
        except WorkflowError as error:
            problems += error.problems
        except InvalidError as error:
            problems.append(Problem("size", Location(file), error.message, error.mend))
    return problems


def _workflows_at_hand(open_office: Callable[[], Office]) -> list[Workflow]:
    try:
        return open_office().workflows()
    except UnavailableError:
        return list(_workflows_of(places.workflows()).values())


def _workflows_of(folder: Path) -> dict[str, Workflow]:
    """Read the workflows of a folder, by name; none where there is no such folder."""
    files = [read_workflow_file(path) for path in places.workflow_files(folder)]
    return workflows_in(files, parents_beside(files))


def _bases_at_hand(open_office: Callable[[], Office]) -> Bases | None:
    try:
        return bases_at_hand(open_office(), places.workflows())
    except UnavailableError:
        return bases_beside(places.workflows())


def compare(office: Office, file: str) -> Comparison:
    """Compare, in a picture, one letter as the template in force and as a new one writes it."""
    from lifecycle.letter.fonts import Fonts
    from lifecycle.letter.images.pictures import compared, png_of
    from lifecycle.letter.pdf.press import to_pdf

    path = file_named(file)
    template = judged(path.stem, read_definition(path), file)
    old, new, which = side_by_side(office, template)
    fonts = Fonts.find()
    sheet, changed = compared(to_pdf(old, fonts), to_pdf(new, fonts))
    return Comparison(png_of(sheet), which, changed)


def side_by_side(office: Office, template: Template) -> tuple[Letter, Letter, str]:
    """Write one letter with the template in force and with another: the last drafted of that name,
    or a sample; say which.
    """
    in_force = _template_in_force(office, template.name)
    for case_id, name in last_of(office.store, template.name):
        case = office.register.case(case_id)
        drafted = find_drafted(office.library, case, name)
        scope = letter_scope(office.library, office.directory, drafted)
        on = date.fromisoformat(drafted.letter.on)
        old = shown_draft(drafted, compose(in_force, scope, on=on))
        new = shown_draft(drafted, tried(template, scope, on=on))
        return old, new, f"{case.number} {name}"
    workflows = office.workflows()
    old_use, new_use = (next(uses(workflows, {template.name: t})) for t in (in_force, template))
    bases = office.library.bases(office.directory)
    return sample_letter(old_use, bases=bases), sample_letter(new_use, bases=bases), "样张"


def _template_in_force(office: Office, name: str) -> Template:
    digest = office.directory.document("template", name)
    if digest is None:
        raise UnknownError("现行公文模板", name, names_in_force(office.directory, "template"))
    return read_template(name, office.store.definition(digest), f"template:{name}")


def publish_templates(office: Office, request: Request, files: Sequence[str]) -> Publication:
    """Put templates and issuing rules into force, if nothing is wrong with any of them."""
    paths = [file_named(file) for file in files]
    for path in paths:
        if path.suffix != ".yaml" and not _NAME.fullmatch(path.stem):
            raise InvalidError(
                f"模板名“{path.stem}”不合规",
                "文件名用字母、数字、点、横线，如 siting-consultation.j2",
            )
    definitions = _templates_to_publish(office, paths)
    return publish(office, request, definitions, [path.stem for path in paths])


def _templates_to_publish(office: Office, paths: Sequence[Path]) -> list[Definition]:
    """Judge templates, also against every workflow in force.

    Give what differs from what is in force. Raises WorkflowError with the faults that these
    templates bring, all at once.
    """
    found: dict[str, bytes] = {}
    templates: dict[str, Template] = {}
    faults: list[WorkflowError] = []
    rules: list[Definition] = []
    for path in paths:
        if path.name == f"{ISSUING}.yaml":
            beside = {other.stem for other in paths}
            rules += _issuing_to_publish(office.directory, path, beside=beside)
            continue
        if path.stem in found:
            raise InvalidError(f"模板 {path.stem} 给了两个文件", "一个模板只给一个文件")
        found[path.stem] = read_definition(path)
        try:
            templates[path.stem] = judged(path.stem, found[path.stem], str(path))
        except WorkflowError as error:
            faults.append(error)
    bases = bases_at_hand(office, places.workflows())
    day = office.day(None).isoformat()
    for template in templates.values():
        wrong = faults_among(ground_faults(template, bases, day)) if bases is not None else ()
        if wrong:
            faults.append(WorkflowError(wrong, template.source))
    if not faults:
        faults += _letters_faults(office, templates)
    if faults:
        raise WorkflowError([problem for fault in faults for problem in fault.problems])
    in_force = names_in_force(office.directory, "template")
    changed = {name: body for name, body in found.items() if in_force.get(name) != hash_of(body)}
    made = [("template", name, body) for name, body in changed.items()]
    cited = bases is not None and any(
        one.by_cite for name in changed for one in grounds_named(templates[name], bases)
    )
    grounds = missing_bases(office, places.workflows()) if cited else []
    return [*grounds, *rules, *made]


def _issuing_to_publish(directory: Directory, path: Path, *, beside: Set[str]) -> list[Definition]:
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
    if directory.document(ISSUING, ISSUING) == hash_of(body):
        return []
    return [(ISSUING, ISSUING, body)]


def _letters_faults(office: Office, templates: Mapping[str, Template]) -> list[WorkflowError]:
    """Find what goes wrong in the workflows in force that did not go wrong with the letters in
    force.
    """
    before = templates_in_force(office)
    faults = []
    for name, digest in names_in_force(office.directory, "workflow").items():
        body, file = office.store.definition(digest), f"workflows/{name}.yaml"
        known: set[Problem] = set(examine_whole(body, file, before)[1])
        _workflow, problems, text = examine_whole(body, file, {**before, **templates})
        new = [problem for problem in problems if problem not in known]
        if new:
            faults.append(WorkflowError(new, text))
    return faults
