"""Templates: `notice catalogue|lint|diff|publish`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.commands.chinese import argument, command, option
from lifecycle.commands.desk import Desk, at_desk
from lifecycle.commands.table import write_table
from lifecycle.errors import InvalidError, WorkflowError

if TYPE_CHECKING:
    from lifecycle.workflow.model import Workflow


@command(
    "catalogue",
    help="哪个环节的哪个流转发什么公文、发给谁、抄送谁。",
    examples=["lifecycle notice catalogue", "lifecycle notice catalogue --workflow project"],
)
@option("--workflow", "name", metavar="WORKFLOW", help="只列一个流程的")
@at_desk
def notice_catalogue(desk: Desk, name: str | None) -> None:
    """List which transition sends which letter to whom."""
    from lifecycle.publication import templates_in_force

    office = desk.office
    workflows = [office.workflow(name)] if name else office.workflows()
    kinds = {key: t.kind for key, t in templates_in_force(office.library, office.directory).items()}
    rows = [row for workflow in workflows for row in _catalogue(workflow, kinds)]
    heads = ("workflow", "states", "transition", "template", "kind", "to", "cc")
    document = {"letters": [dict(zip(heads, row, strict=True)) for row in rows]}
    desk.answer(document, lambda: write_table(("流程", "环节", "流转", "模板", "文种", "主送", "抄送"), rows))


def _catalogue(workflow: Workflow, kinds: dict[str, str]) -> Iterator[tuple[str, ...]]:
    names = {name: role.title for name, role in workflow.roles.items()}
    names |= {name: party.title for name, party in workflow.parties.items()}
    for transition in workflow.transitions:
        every = len(transition.sources) > 3
        states = f"{len(transition.sources)} 个环节" if every else "、".join(
            workflow.states[s].title for s in transition.sources
        )  # fmt: skip
        for rule in transition.notices:
            to, cc = ("、".join(names.get(n, n) for n in part) for part in (rule.to, rule.cc))
            kind = kinds.get(rule.template, "未发布")
            yield workflow.title, states, transition.title, rule.template, kind, to, cc


@command(
    "lint",
    help="检查模板文件：表头、语法、填入的名称、文种与收文方是否相称。每个问题一行“文件:行:列: …”；"
    "有问题时退出码为 1。",
    examples=["lifecycle notice lint notices/*.j2"],
)
@argument("files", nargs=-1, required=True, metavar="FILE…", help="模板文件（.j2）")
@at_desk
def notice_lint(desk: Desk, files: tuple[str, ...]) -> int:
    """Judge templates by themselves, and against the workflows in force or, without an office, the shipped ones."""
    from lifecycle.commands.faults import tell_faults
    from lifecycle.definitions import relations
    from lifecycle.errors import Location, Problem
    from lifecycle.notice.lint import template_faults
    from lifecycle.notice.trial import judged
    from lifecycle.publication import read_definition

    workflows, rules = _workflows(desk), relations()
    problems: list[Problem] = []
    for file in files:
        try:
            template = judged(Path(file).stem, read_definition(Path(file)), file)
            problems += template_faults(template, workflows, rules)
        except WorkflowError as error:
            problems += error.problems
        except InvalidError as error:
            problems.append(Problem("size", Location(file), error.message, error.mend))
    return tell_faults(desk, problems, count=len(files), what="模板")


def _workflows(desk: Desk) -> list[Workflow]:
    """Give the workflows in force; the shipped ones where there is no office to ask."""
    from lifecycle import places
    from lifecycle.errors import UnavailableError
    from lifecycle.workflow.reader import read_workflow

    try:
        return desk.office.workflows()
    except UnavailableError:
        paths = sorted(places.workflows().glob("*.yaml"))
        return [read_workflow(path.read_bytes(), path.name, checked=False) for path in paths]


@command(
    "publish",
    help="发布公文模板和发文规则（issuing.yaml），此后的流转用新的；以前的公文不变。先连同现行各流程一并检查，"
    "有问题就都不发布。",
    examples=[
        "lifecycle notice publish notices/siting-consultation.j2 --as admin",
        "lifecycle notice publish notices/issuing.yaml --as admin",
    ],
)
@argument("files", nargs=-1, required=True, metavar="FILE…", help="模板文件，文件名就是模板名；或 issuing.yaml")
@at_desk
def notice_publish(desk: Desk, files: tuple[str, ...]) -> None:
    """Put templates into force."""
    from lifecycle.commands.faults import publish
    from lifecycle.publication import templates_to_publish

    paths = [Path(file) for file in files]
    for path in paths:
        if path.suffix != ".yaml" and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", path.stem):
            raise InvalidError(f"模板名“{path.stem}”不合规", "文件名用字母、数字、点、横线，如 siting-consultation.j2")
    office = desk.office
    publish(desk, templates_to_publish(office.library, office.directory, paths), [path.stem for path in paths])
