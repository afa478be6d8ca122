"""The open cases of one version of a workflow taken over into the one in force: what becomes of
each, proposed by one person and done by another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.callers import file_named
from lifecycle.engine.acts.migrate import Migrate, left_behind, unfit
from lifecycle.errors import InvalidError, UnknownError, WorkflowError
from lifecycle.ledger.record import hash_of
from lifecycle.ledger.sql import text
from lifecycle.office.administration.publication import read_definition
from lifecycle.people.changes import ConfirmMigration, ProposeMigration
from lifecycle.workflow.migration import VersionMap, key_of, own_version, taken_over
from lifecycle.workflow.model import SINCE_WHEN
from lifecycle.workflow.reading.version_maps import misfits, read_version_map

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.errors import Problem
    from lifecycle.ledger.register import Request
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

_SHORTEST_DIGEST = 6


@dataclass(frozen=True, slots=True)
class MigratedCase:
    """What becomes of one case: its number and title, the titles of the state it is in and of the
    one it comes to, whose opinions no longer count, which facts and materials it has that the new
    version does not know, and why it cannot be taken over as it is (empty: it can).
    """

    number: str
    title: str
    before: str
    after: str
    opinions: tuple[str, ...]
    past: tuple[str, ...]
    unfit: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """A taking over: the workflow's name and title, the numbers of both versions, what becomes of
    each case, who proposed it ("" for nobody yet), who may confirm it, whether it has been done.
    """

    name: str
    title: str
    before: int
    after: int
    cases: tuple[MigratedCase, ...]
    officer: str = ""
    confirmers: tuple[str, ...] = ()
    done: bool = False


def propose_migration(
    office: Office, request: Request, name: str, version: str, map_file: str | None
) -> MigrationPlan:
    """Propose to take the open cases of a version over into the one in force; a dry run only looks.

    Raises InvalidError, UnknownError, WorkflowError.
    """
    after = office.workflow(name)
    before = _version(office, after, version)
    body, moved = _map(after, map_file)
    problems = misfits(moved, before, after, map_file or f"{after.name} 的对照")
    if problems and map_file is None:
        raise _unmapped(problems, before, after)
    if problems:
        raise WorkflowError(problems, body.decode("utf-8", "replace"))
    cases = tuple(_cases(office, after, before, moved, hash_of(body)))
    _see_all_fit(cases)
    if not request.dry_run:
        change = ProposeMigration.of(after.name, before.digest, after.digest, body)
        office.register.change_office(request, change, definition=body)
    return MigrationPlan(
        after.name,
        after.title,
        before.version,
        after.version,
        cases,
        request.officer,
        office.confirmers(request.officer),
    )


def confirm_migration(office: Office, request: Request, name: str) -> MigrationPlan:
    """Confirm what was proposed, and take every open case over, all or none; a dry run only looks.

    Raises InvalidError, RefusedError.
    """
    after = office.workflow(name)
    proposed = office.directory.migration(after.name)
    if proposed is None:
        mend = f"管理员先提出：lifecycle workflow migrate {after.name} --from 版本"
        raise InvalidError(f"流程 {after.name} 没有待确认的迁移", mend)
    before = office.library.workflow(proposed.before)
    moved = office.library.version_map(proposed.map)
    cases = tuple(_cases(office, after, before, moved, proposed.map))
    plan = MigrationPlan(
        after.name,
        after.title,
        before.version,
        after.version,
        cases,
        proposed.officer,
        office.confirmers(proposed.officer),
        done=not request.dry_run,
    )
    if request.dry_run:
        return plan
    _see_all_fit(cases)
    with office.register.together():
        office.register.change_office(request, ConfirmMigration(proposed.id))
        for case in _open(office, after.name, proposed.before):
            # One that was taken over before it may have ended this by itself.
            if case.has_ended(office.library.workflow(case.workflow)):
                continue
            key = key_of(after.digest, proposed.map, case.workflow)
            workflow = office.library.workflow(key)
            office.register.submit(_own(request), workflow, case.id, Migrate())
    return plan


def _unmapped(problems: Sequence[Problem], before: Workflow, after: Workflow) -> InvalidError:
    """Say what a map has to say, where there is none yet, and how one is written."""
    lost = [name for name in before.states if name not in after.states and SINCE_WHEN not in name]
    new = [name for name in after.states if name not in before.states and SINCE_WHEN not in name]
    pairs = ", ".join(f"{name}: {new[0] if len(new) == 1 else '…'}" for name in lost)
    mend = (
        f"写一份对照，两行：“map: {after.name}”和“states: {{{pairs}}}”（冒号后写新版的环节），"
        "存为 对照.yaml，再加 --map 对照.yaml"
    )
    return InvalidError("；".join(problem.message for problem in problems), mend)


def _own(request: Request) -> Request:
    """Give the request for one case: the request id is that of the decision."""
    return replace(request, request_id=None)


def _version(office: Office, after: Workflow, text: str) -> Workflow:
    """Find an earlier version by its number or the beginning of its SHA-256."""
    published = [
        office.library.workflow(d.digest)
        for d in office.directory.documents
        if (d.kind, d.name) == ("workflow", after.name) and d.digest != after.digest
    ]
    meant = {one.digest: one for one in published if str(one.version) == text}
    if not meant and len(text) >= _SHORTEST_DIGEST:
        meant = {one.digest: one for one in published if one.digest.startswith(text)}
    if len(meant) != 1:
        known = dict.fromkeys(str(one.version) for one in published)
        told = f"可写：{'、'.join(known)}" if known else "它只发布过一版"
        raise UnknownError(
            f"流程 {after.name} 以前的版本", text, (), f"{told}；现行的是第 {after.version} 版"
        )
    return next(iter(meant.values()))


def _map(after: Workflow, map_file: str | None) -> tuple[bytes, VersionMap]:
    """Read the map between two versions; without a file, nothing is called otherwise."""
    if map_file is None:
        body = f"map: {after.name}\n".encode()
        return body, read_version_map(body, "map")
    path: Path = file_named(map_file)
    body = read_definition(path)
    return body, read_version_map(body, map_file)


def _open(office: Office, name: str, before: str) -> Iterator[Case]:
    """Give the open cases that are under a version, by their numbers."""
    for case_id, key in office.store.rows(text.OPEN_CASES, workflow=name):
        if own_version(key) == before:
            yield office.register.case(case_id)


def _cases(
    office: Office, after: Workflow, before: Workflow, moved: VersionMap, digest: str
) -> Iterator[MigratedCase]:
    """Say what becomes of each open case."""
    made: dict[str, Workflow] = {}
    for case in _open(office, after.name, before.digest):
        was = office.library.workflow(case.workflow)
        if case.workflow not in made:
            key = key_of(after.digest, digest, case.workflow)
            made[case.workflow] = taken_over(after, moved, was, key)
        workflow = made[case.workflow]
        units = office.directory.titles(office.register.today().isoformat())
        yield MigratedCase(
            case.number,
            case.title,
            was.states[case.state].title,
            after.states[moved.state(case.state)].title,
            tuple(
                _spoken(was, one.role, one.by_unit, units) for one in left_behind(workflow, case)
            ),
            tuple(_titled(was, name) for name in _past(after, case)),
            tuple(gate.text for gate in unfit(workflow, case)),
        )


def _spoken(workflow: Workflow, role: str, unit: str, units: dict[str, str]) -> str:
    title = workflow.roles[role].title
    return f"{title}（{units[unit]}）" if unit in units else title


def _past(after: Workflow, case: Case) -> Iterator[str]:
    """Name what a case has that the new version does not know."""
    yield from (name for name in case.facts if name not in after.facts)
    yield from (name for name in case.materials if name not in after.materials)


def _titled(workflow: Workflow, name: str) -> str:
    found = workflow.facts.get(name) or workflow.materials.get(name)
    return found.title if found is not None else name


def _see_all_fit(cases: tuple[MigratedCase, ...]) -> None:
    """Refuse where a case cannot be taken over as it is: all of them are, or none."""
    wrong = [f"{case.number}：{'；'.join(case.unfit)}" for case in cases if case.unfit]
    if wrong:
        more = f" 等 {len(wrong)} 件" if len(wrong) > 3 else ""
        message = f"有的事项迁不过去：{'　'.join(wrong[:3])}{more}"
        raise InvalidError(message, "新版里换一个标识，再发布一版；在办的须一起迁，不能挑")
