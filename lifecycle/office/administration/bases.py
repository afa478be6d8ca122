"""The legal grounds (法规依据): in force, beside files, and what rests on each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle import places
from lifecycle.errors import Problem, UnavailableError, UnknownError
from lifecycle.frozen import dataclass, replace
from lifecycle.ledger.queries import CaseFilter, stream
from lifecycle.ledger.sql import text
from lifecycle.office.administration.publication import (
    names_in_force,
    read_definition,
    shipped_templates,
    templates_in_force,
)
from lifecycle.template.grounds import ground_faults, grounds_named
from lifecycle.template.template import Template, read_template, title_of
from lifecycle.workflow.bases import NAME as BASES
from lifecycle.workflow.bases import SURE, Bases, Ground, Understood
from lifecycle.workflow.migration import own_version
from lifecycle.workflow.reading.bases import examine_bases, read_bases
from lifecycle.workflow.words.basis_words import bases_in, check_bases

if TYPE_CHECKING:
    from lifecycle.office.administration.publication import Definition
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

__all__ = ["SURE", "BasesReport", "Ground", "GroundLine", "GroundUse", "OpenCase", "bases_report"]


@dataclass(frozen=True, slots=True)
class GroundUse:
    """One place at which a rule or a letter names its ground: in which workflow (and version) or
    template, of what there, as it is written; `grounds` are the names of those that are meant, with
    their articles in `articles`. `unsure`: marked [自]. Of a workflow also its SHA-256, and which
    `item` (a state, a transition) of which section.
    """

    kind: str
    file: str
    title: str
    version: int
    what: str
    text: str
    line: int
    grounds: tuple[str, ...]
    articles: tuple[str, ...]
    unsure: bool
    digest: str = ""
    section: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class GroundLine:
    """A ground, whether it stands on the day that is looked at, and by how many rules and letters
    it is named.
    """

    ground: Ground
    stands: bool
    rules: int
    letters: int


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open case under a workflow that rests on a ground; `now`: so does a limit of the state in
    which it is, or a way out of it.
    """

    number: str
    title: str
    workflow: str
    version: int
    stage: str
    now: bool


@dataclass(frozen=True, slots=True)
class BasesReport:
    """The grounds and what rests on them; `digest` is that of the version in force, "" where the
    office has published none and the shipped ones are meant.
    """

    on: str
    digest: str
    grounds: tuple[GroundLine, ...]
    uses: tuple[GroundUse, ...]
    cases: tuple[OpenCase, ...]


def bases_beside(folder: Path) -> Bases | None:
    """Read the grounds beside workflow files, else the shipped ones; None where there are none, or
    they are faulty: `workflow check` of their file says why.
    """
    path = _nearest(folder)
    if path is None:
        return None
    found, problems, _text = examine_bases(read_definition(path), str(path))
    return None if problems else found


def bases_at_hand(office: Office, folder: Path) -> Bases | None:
    """Give the grounds by which files of a folder are judged that are to be published: those in
    force, else those beside them, else the shipped ones.
    """
    return office.library.bases(office.directory) or bases_beside(folder)


def missing_bases(office: Office, folder: Path) -> list[Definition]:
    """Give the grounds that are to be published with rules that name them, where the office has
    none in force yet.
    """
    if office.directory.document(BASES, BASES) is not None:
        return []
    path = _nearest(folder)
    return [] if path is None or bases_beside(folder) is None else [_definition(path)]


def bases_to_publish(office: Office, path: Path, file: str) -> tuple[list[Definition], Bases]:
    """Judge a file of grounds; nothing is to be published where the same bytes are in force.
    Raises WorkflowError with its faults.
    """
    kind, name, body = _definition(path)
    bases = read_bases(body, file)
    same = office.directory.document(BASES, BASES) == bases.digest
    return [] if same else [(kind, name, body)], bases


def touched_rules(office: Office, bases: Bases) -> Iterator[Problem]:
    """Warn of what the workflows and letters in force name that other grounds, which are to be
    published, do not have, or not in force any more.
    """
    day = office.day(None).isoformat()
    before = office.library.bases(office.directory)
    for name, digest in names_in_force(office.directory, "workflow").items():
        body, file = office.store.definition(digest), f"workflow:{name}"
        known = set(check_bases(body, file, before, day)) if before else set()
        yield from (one for one in check_bases(body, file, bases, day) if one not in known)
    for template in templates_in_force(office).values():
        known = set(ground_faults(template, before, day)) if before else set()
        for one in ground_faults(template, bases, day):
            if one not in known:
                yield replace(one, warning=True)


def _definition(path: Path) -> Definition:
    return BASES, BASES, read_definition(path)


def _nearest(folder: Path) -> Path | None:
    near = (folder / places.BASES, places.workflows() / places.BASES)
    return next((path for path in near if path.is_file()), None)


@dataclass(frozen=True, slots=True)
class _LookedAt:
    """Workflows with their files, and templates, to be looked at; the grounds that they mean."""

    bases: Bases
    digest: str
    workflows: tuple[tuple[Workflow, bytes], ...]
    templates: Mapping[str, Template]


def bases_report(
    open_office: Callable[[], Office],
    name: str | None,
    *,
    unsure: bool,
    on: date | None,
    today: date,
) -> BasesReport:
    """Tell what rests on which ground: on all, or on the one that is called so; only what is not
    verified where that is asked. `on` is the day on which grounds are to be in force, today if not
    said.

    Where there is no office, the shipped files are looked at. Raises UnknownError.
    """
    try:
        office: Office | None = open_office()
    except UnavailableError:
        office = None
    rules = _in_force(office) if office else _shipped()
    day = (on or (office.day(None) if office else today)).isoformat()
    uses = tuple(_uses(rules))
    wanted = _wanted(rules.bases, name)
    counted = Counter((ground, use.kind) for use in uses for ground in use.grounds)
    lines = tuple(
        GroundLine(
            ground,
            ground.stands_on(day),
            counted[ground.name, "workflow"],
            counted[ground.name, "template"],
        )
        for ground in wanted
        if not unsure or not _is_sure(ground)
    )
    names = {ground.name for ground in wanted}
    kept = tuple(
        use
        for use in uses
        if (name is None or names & set(use.grounds)) and (not unsure or use.unsure)
    )
    cases = tuple(_touched(office, kept)) if office and name is not None else ()
    return BasesReport(day, rules.digest, lines, kept, cases)


def _is_sure(ground: Ground) -> bool:
    return {ground.sure, *(article.sure for article in ground.articles)} == {"read"}


def _wanted(bases: Bases, name: str | None) -> tuple[Ground, ...]:
    """Give the grounds of a name: those with that title, too, of which several may be."""
    if name is None:
        return bases.grounds
    found = bases.titled.get(name.strip("《》")) or ()
    one = bases.named.get(name.strip("《》"))
    if one is None:
        mend = "名称、文号写全；有哪些，用 lifecycle bases 查看"
        raise UnknownError("依据", name, list(bases.named), mend)
    return tuple(dict.fromkeys((one, *found)))


def _shipped() -> _LookedAt:
    from lifecycle.office.administration.workflow_files import read_one

    files = places.workflow_files()
    return _LookedAt(
        _shipped_bases(),
        "",
        tuple((read_one(one, f"workflows/{one.name}"), read_definition(one)) for one in files),
        {
            name: read_template(name, body, f"notices/{name}.j2")
            for name, body in shipped_templates().items()
        },
    )


def _in_force(office: Office) -> _LookedAt:
    """Give the rules in force, and the versions of workflows that govern open cases."""
    workflows = tuple((one, office.store.definition(one.digest)) for one in _governing(office))
    published = office.library.bases(office.directory)
    bases = published or _shipped_bases()
    digest = published.digest if published else ""
    return _LookedAt(bases, digest, workflows, templates_in_force(office))


def _shipped_bases() -> Bases:
    path = places.workflows() / places.BASES
    return read_bases(read_definition(path), f"workflows/{path.name}")


def _governing(office: Office) -> Iterator[Workflow]:
    in_force = names_in_force(office.directory, "workflow").values()
    used = (own_version(str(digest)) for digest, _cases in office.store.rows(text.OPEN_BY_DIGEST))
    for digest in dict.fromkeys((*in_force, *used)):
        yield office.library.workflow(digest)


def _uses(rules: _LookedAt) -> Iterator[GroundUse]:
    for workflow, body in rules.workflows:
        for one in bases_in(body, workflow.name):
            meant = rules.bases.understand(one.text, workflow.basis)
            yield GroundUse(
                kind="workflow",
                file=workflow.name,
                title=workflow.title,
                version=workflow.version,
                what=one.what,
                text=one.text,
                line=one.location.line,
                grounds=_grounds(meant),
                articles=tuple(citation.told for citation in meant.citations),
                unsure=meant.unsure,
                digest=workflow.digest,
                section=one.section,
                item=one.name,
            )
    for name, template in rules.templates.items():
        for named in grounds_named(template, rules.bases):
            yield GroundUse(
                kind="template",
                file=name,
                title=title_of(template),
                version=0,
                what="cite" if named.by_cite else "正文",
                text=named.text,
                line=named.location.line,
                grounds=_grounds(named.meant),
                articles=tuple(one.told for one in named.meant.citations),
                unsure=False,
            )


def _grounds(meant: Understood) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.ground.name for one in meant.citations))


def _touched(office: Office, uses: Iterable[GroundUse]) -> Iterator[OpenCase]:
    """Give the open cases, as far as whoever looks may see them, under workflows in which a ground
    is named.
    """
    touched: dict[str, set[tuple[str, str]]] = {}
    for use in uses:
        if use.kind == "workflow":
            touched.setdefault(use.digest, set()).add((use.section, use.item))
    for name in dict.fromkeys(office.library.workflow(digest).name for digest in touched):
        for row in stream(office.store, CaseFilter(workflow=name, seen_by=office.viewer.parts)):
            items = touched.get(own_version(row.digest))
            if items is None or row.final or row.state is None:
                continue
            workflow = office.library.workflow(row.digest)
            ways = {way.name for way in workflow.transitions if row.state in way.sources}
            yield OpenCase(
                number=row.number,
                title=row.title,
                workflow=workflow.name,
                version=workflow.version,
                stage=workflow.states[row.state].title,
                now=("states", row.state) in items
                or any(("transitions", way) in items for way in ways),
            )
