"""Templates: `notice catalogue|lint|diff|publish`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import argument, command, option
from lifecycle.cli.terminal.table import write_table
from lifecycle.engine.gates import SPANS
from lifecycle.errors import InvalidError, UnavailableError, WorkflowError

if TYPE_CHECKING:
    from lifecycle.workflow.model import Workflow


@command(
    "catalogue",
    help="哪个环节的哪个流转发什么公文、发给谁、抄送谁、几日内复函；--samples "
    "把每种公文的样张存成文件"
    "。",
    examples=[
        "lifecycle notice catalogue",
        "lifecycle notice catalogue --workflow project --samples 样张/ --pdf",
    ],
)
@option("--workflow", "name", metavar="WORKFLOW", help="只列一个流程的")
@option("--samples", "folder", metavar="DIR", help="样张存到哪个文件夹")
@option("--pdf", "form", flag_value="pdf", default="pdf", help="样张存成 PDF（默认）")
@option("--docx", "form", flag_value="docx", help="样张存成 DOCX")
@option("--text", "form", flag_value="text", help="样张存成纯文本")
@at_desk
def notice_catalogue(desk: Desk, name: str | None, folder: str | None, form: str) -> None:
    """List which transition sends which letter to whom."""
    if folder is not None:
        _save_samples(desk, name, Path(folder), form)
        return
    from lifecycle.office.publication import templates_in_force

    office = desk.office
    workflows = [office.workflow(name)] if name else office.workflows()
    kinds = {key: t.kind for key, t in templates_in_force(office.library, office.directory).items()}
    rows = [row for workflow in workflows for row in _catalogue(workflow, kinds)]
    heads = ("workflow", "states", "transition", "template", "kind", "to", "cc", "reply")
    document = {"letters": [dict(zip(heads, row, strict=True)) for row in rows]}
    desk.answer(
        document,
        lambda: write_table(("流程", "环节", "流转", "模板", "文种", "主送", "抄送", "复函"), rows),
    )


def _catalogue(workflow: Workflow, kinds: dict[str, str]) -> Iterator[tuple[str, ...]]:
    names = {name: role.title for name, role in workflow.roles.items()}
    names |= {name: party.title for name, party in workflow.parties.items()}
    for transition in workflow.transitions:
        every = len(transition.sources) > 3
        states = (
            f"{len(transition.sources)} 个环节"
            if every
            else "、".join(workflow.states[s].title for s in transition.sources)
        )
        for rule in transition.notices:
            to, cc = ("、".join(names.get(n, n) for n in part) for part in (rule.to, rule.cc))
            kind = kinds.get(rule.template, "未发布")
            reply = f"{rule.reply.limit.amount}{SPANS[rule.reply.limit.unit]}" if rule.reply else ""
            yield workflow.title, states, transition.title, rule.template, kind, to, cc, reply


def _save_samples(desk: Desk, name: str | None, folder: Path, form: str) -> None:
    """Write a sample of every letter, one by one."""
    from lifecycle.cli.letters.letters import fonts_for, save
    from lifecycle.cli.terminal.output import progress, say
    from lifecycle.correspondence.issue import rules_in_force
    from lifecycle.correspondence.press import SUFFIXES, render
    from lifecycle.correspondence.sample import sample_letter, uses
    from lifecycle.office.publication import templates_in_force

    office = desk.office
    workflows = [office.workflow(name)] if name else office.workflows()
    rules = rules_in_force(office.library, office.directory)
    fonts = fonts_for(form)
    found = list(
        uses(workflows, templates_in_force(office.library, office.directory), others=name is None)
    )
    directory, today = office.directory, office.day(desk.on).isoformat()
    names = directory.names(today)
    issuers = {
        role: (units[0], names[units[0]])
        for workflow in workflows
        for role in workflow.roles
        if (units := directory.units_with(role, today))
    }
    files = []
    for use in progress(found, title="写样张", total=len(found)):
        body = render(sample_letter(use, rules, issuers), form, fonts)
        files.append(str(save(folder, use.template.name, body, SUFFIXES[form])))
    desk.answer(
        {"ok": True, "files": files}, lambda: say(f"已存 {len(files)} 种公文的样张：{folder}")
    )


@command(
    "lint",
    help="检查模板文件：表头、语法、填入的名称、文种与收文方是否相称。每个问题一行“文件:行:列: …”；"
    "有问题时退出码为 1。",
    examples=["lifecycle notice lint notices/*.j2"],
)
@argument("files", nargs=-1, required=True, metavar="FILE…", help="模板文件（.j2）")
@at_desk
def notice_lint(desk: Desk, files: tuple[str, ...]) -> int:
    """Judge templates by themselves, and against the workflows in force or, without an office, the
    shipped ones.
    """
    from lifecycle.cli.faults import tell_faults
    from lifecycle.correspondence.lint import template_faults
    from lifecycle.errors import Location, Problem
    from lifecycle.office.definitions import relations
    from lifecycle.office.publication import read_definition
    from lifecycle.template.trial import judged

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
    from lifecycle.workflow.reader import read_workflow

    try:
        return desk.office.workflows()
    except UnavailableError:
        paths = sorted(places.workflows().glob("*.yaml"))
        return [read_workflow(path.read_bytes(), path.name, checked=False) for path in paths]


@command(
    "publish",
    help="发布公文模板和发文规则（issuing.yaml），此后的流转用新的；以前的公文不变。"
    "先连同现行各流程一并检查"
    "，"
    "有问题就都不发布。",
    examples=[
        "lifecycle notice publish notices/siting-consultation.j2 --as admin",
        "lifecycle notice publish notices/issuing.yaml --as admin",
    ],
)
@argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE…",
    help="模板文件，文件名就是模板名；或 issuing.yaml",
)
@at_desk
def notice_publish(desk: Desk, files: tuple[str, ...]) -> None:
    """Put templates into force."""
    from lifecycle.cli.faults import publish
    from lifecycle.office.publication import templates_to_publish

    paths = [Path(file) for file in files]
    for path in paths:
        if path.suffix != ".yaml" and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", path.stem):
            raise InvalidError(
                f"模板名“{path.stem}”不合规",
                "文件名用字母、数字、点、横线，如 siting-consultation.j2",
            )
    office = desk.office
    publish(
        desk,
        templates_to_publish(office.library, office.directory, paths),
        [path.stem for path in paths],
    )


@command(
    "diff",
    help="新旧对照：用现行模板和改过的模板写同一件公文，逐页并排成图，不同的行左红右绿。"
    "内容取最近一件用该模板的公文"
    "，"
    "没有就用样张。",
    examples=["lifecycle notice diff 模板/siting-consultation.j2 对照.png"],
)
@argument("file", metavar="FILE", help="改过的模板")
@argument("picture", metavar="PNG", help="图存到哪里")
@at_desk
def notice_diff(desk: Desk, file: str, picture: str) -> None:
    """Show in a picture what a new template changes."""
    from lifecycle.cli.terminal.output import say
    from lifecycle.letter.fonts import Fonts
    from lifecycle.letter.pdf.press import to_pdf
    from lifecycle.letter.pictures import compared, png_of
    from lifecycle.office.publication import read_definition
    from lifecycle.outfile import check_target, write_file
    from lifecycle.template.trial import judged

    check_target(Path(picture), "对照图")
    path = Path(file)
    template = judged(path.stem, read_definition(path), file)
    old, new, which = desk.office.chancery.side_by_side(template)
    fonts = Fonts.find()
    sheet, changed = compared(to_pdf(old, fonts), to_pdf(new, fonts))
    target = Path(picture)
    write_file(target, png_of(sheet), "对照图")
    document = {"ok": True, "file": str(target), "letter": which, "changed_pages": changed}
    desk.answer(
        document,
        lambda: say(f"{target}　{which}：{f'{changed} 页有不同' if changed else '看不出不同'}"),
    )
