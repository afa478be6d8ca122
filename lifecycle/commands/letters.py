"""Letters, written from the case as it was at their entry: `notice list|show|render|publish|lint|catalogue`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lifecycle.commands.chinese import Group, Verb, argument, command, option
from lifecycle.commands.desk import Desk, at_desk
from lifecycle.commands.output import mark, say, warn
from lifecycle.commands.table import write_table
from lifecycle.errors import AmbiguousError, InvalidError, LifecycleError, UnavailableError, UnknownError, WorkflowError

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.errors import Problem
    from lifecycle.notice.correspondence import Sending
    from lifecycle.notice.letter import Letter
    from lifecycle.office import Office
    from lifecycle.workflow.model import Workflow

CASE_HELP = "事项编号，或编号、名称中不重复的一段"
NAME_HELP = "公文名（见 notice list），或其中不重复的一段"
Form = Literal["html", "text"]

notice = Group(
    "notice",
    help="公文：列出、查看、导出各流转发出的公文；检查和发布公文模板。",
    sections={
        "公文": {
            "list": Verb(f"{__name__}:notice_list", "列出公文"),
            "show": Verb(f"{__name__}:notice_show", "在屏幕上看一件公文"),
            "render": Verb(f"{__name__}:notice_render", "把公文存成文件"),
            "catalogue": Verb(f"{__name__}:notice_catalogue", "哪个流转发什么公文、发给谁"),
        },
        "模板": {
            "lint": Verb(f"{__name__}:notice_lint", "检查模板文件"),
            "publish": Verb(f"{__name__}:notice_publish", "发布模板（管理员）"),
        },
    },
)


def _letters(office: Office, case: Case) -> Iterator[tuple[Sending, Letter | None, LifecycleError | None]]:
    """Write the letters of a case one by one; one that cannot be written comes with its error."""
    from lifecycle.notice.correspondence import sendings, write_letter

    directory = office.directory
    for sending in sendings(office.library, case.id):
        try:
            yield sending, write_letter(office.library, directory, sending), None
        except LifecycleError as error:
            yield sending, None, error


def _find(office: Office, case: Case, name: str) -> Letter:
    """Write the letter that is meant; raises UnknownError or AmbiguousError, or says why it cannot be written."""
    found = [row for row in _letters(office, case) if name in row[0].name]
    exact = [row for row in found if row[0].name == name]
    found = exact or found
    if len(found) > 1:
        raise AmbiguousError("公文", name, [sending.name for sending, _, _ in found])
    if not found:
        raise UnknownError("公文", name, [sending.name for sending, _, _ in _letters(office, case)])
    _sending, letter, error = found[0]
    if letter is None:
        raise error or UnavailableError("公文写不出来")
    return letter


def _cases(office: Office, case: str | None) -> Iterator[Case]:
    if case is not None:
        yield office.case(case)
        return
    from lifecycle.ledger.queries import Filter, stream
    from lifecycle.ledger.tables import CaseRow

    for number, _title in stream(office.store, Filter(), columns=(CaseRow.number, CaseRow.title)):
        yield office.case(number)


@command(
    "list",
    help="列出一个事项发出的公文；不写事项则列出全部。写不出来的公文标 ✗ 并说明原因，退出码为 1。",
    examples=["lifecycle notice list LS-F-2026-003"],
)
@argument("case", required=False, metavar="[CASE]", help=CASE_HELP)
@at_desk
def notice_list(desk: Desk, case: str | None) -> int:
    """List letters."""
    office = desk.office
    failed: list[LifecycleError] = []

    def rows() -> Iterator[tuple[Case, Sending, Letter | None, LifecycleError | None]]:
        for found in _cases(office, case):
            for sending, letter, error in _letters(office, found):
                if error is not None:
                    failed.append(error)
                yield found, sending, letter, error

    if desk.json:
        listed = [_listed(*row) for row in rows()]
        desk.answer({"ok": not failed, "letters": listed}, lambda: None)
        return int(bool(failed))
    count = write_table(
        ("", "事项", "公文", "日期", "文种", "标题", "主送"),
        (
            (mark(letter is not None), found.number, sending.name, sending.body["intent"]["occurred_on"],
             letter.kind if letter else "", letter.title if letter else error.message if error else "",
             "、".join(letter.to) if letter else "")
            for found, sending, letter, error in rows()
        ),
    )  # fmt: skip
    if not count:
        say("还没有发出公文")
    return int(bool(failed))


def _listed(case: Case, sending: Sending, letter: Letter | None, error: LifecycleError | None) -> dict[str, Any]:
    intent = sending.body["intent"]
    return {
        "number": case.number,
        "name": sending.name,
        "template": sending.rule.template,
        "seq": intent["seq"],
        "transition": intent["transition"],
        "on": intent["occurred_on"],
        "letter": _letter_json(letter) if letter else None,
        "error": error.message if error else None,
    }


def _letter_json(letter: Letter) -> dict[str, Any]:
    return {
        "kind": letter.kind,
        "number": letter.number,
        "issuer": letter.issuer,
        "title": letter.title,
        "to": list(letter.to),
        "cc": list(letter.cc),
        "body": [{"level": p.level, "text": p.text} for p in letter.body],
        "attachments": list(letter.attachments),
        "date": letter.date.isoformat(),
        "contact": letter.contact,
    }


@command("show", help="在屏幕上看一件公文。", examples=["lifecycle notice show LS-F-2026-003 siting-consultation"])
@argument("case", metavar="CASE", help=CASE_HELP)
@argument("name", metavar="NAME", help=NAME_HELP)
@at_desk
def notice_show(desk: Desk, case: str, name: str) -> None:
    """Print one letter."""
    from lifecycle.notice import to_text

    office = desk.office
    letter = _find(office, office.case(case), name)
    desk.answer(_letter_json(letter) | {"text": to_text(letter)}, lambda: say(to_text(letter).rstrip("\n")))


@command(
    "render",
    help="把一个事项的公文存成文件，文件名是“编号-公文名”。同一件公文每次存出的内容逐字节相同。",
    examples=[
        "lifecycle notice render LS-F-2026-003 --into 公文/",
        "lifecycle notice render LS-F-2026-003 3-report --into . --text",
    ],
)
@argument("case", metavar="CASE", help=CASE_HELP)
@argument("name", required=False, metavar="[NAME]", help=f"{NAME_HELP}；不写则全部")
@option("--into", "folder", required=True, metavar="DIR", help="存到哪个文件夹，没有则新建")
@option("--html", "form", flag_value="html", default="html", help="存成网页，可打印（默认）")
@option("--text", "form", flag_value="text", help="存成纯文本")
@at_desk
def notice_render(desk: Desk, case: str, name: str | None, folder: str, form: Form) -> int:
    """Write letters to files."""
    office = desk.office
    found = office.case(case)
    wanted = [row for row in _letters(office, found) if name is None or row[0].name == name]
    if name is not None and not wanted:
        meant = _find(office, found, name)
        wanted = [row for row in _letters(office, found) if row[1] == meant][:1]
    files, failed = [], 0
    for sending, letter, error in wanted:
        if letter is None:
            failed += 1
            warn(f"{sending.name}：{error.message if error else ''}")
            continue
        files.append(_save(Path(folder), f"{found.number}-{sending.name}", letter, form))
    document = {"ok": not failed, "files": [str(path) for path in files], "failed": failed}
    desk.answer(document, lambda: say("\n".join(map(str, files)) or "还没有发出公文"))
    return int(bool(failed))


def _save(folder: Path, name: str, letter: Letter, form: Form) -> Path:
    """Write one letter, whole or not at all."""
    from lifecycle.notice import to_text
    from lifecycle.notice.html import to_html

    text = to_html(letter) if form == "html" else to_text(letter)
    path = folder / (re.sub(r'[/\\:*?"<>|\s]', "_", name) + (".html" if form == "html" else ".txt"))
    draft = path.with_name(f".{path.name}.new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(text.encode())
        draft.replace(path)
    except OSError as error:
        raise UnavailableError(f"公文 {path} 存不了：{error.strerror}", "请检查权限与磁盘空间") from error
    return path


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
    help="检查模板文件：表头、语法、段落。每个问题一行“文件:行:列: …”；有问题时退出码为 1。",
    examples=["lifecycle notice lint notices/*.j2"],
)
@argument("files", nargs=-1, required=True, metavar="FILE…", help="模板文件（.j2）")
@at_desk
def notice_lint(desk: Desk, files: tuple[str, ...]) -> int:
    """Judge templates by themselves."""
    from lifecycle.commands.faults import tell_faults
    from lifecycle.notice import read_template
    from lifecycle.publication import read_definition

    problems: list[Problem] = []
    for file in files:
        try:
            read_template(Path(file).stem, read_definition(Path(file)), file)
        except WorkflowError as error:
            problems += error.problems
    return tell_faults(desk, problems, count=len(files), what="模板")


@command(
    "publish",
    help="发布公文模板，此后的流转用新模板；以前的公文不变。先连同现行各流程一并检查，有问题就都不发布。",
    examples=["lifecycle notice publish notices/siting-consultation.j2 --as admin"],
)
@argument("files", nargs=-1, required=True, metavar="FILE…", help="模板文件，文件名就是模板名")
@at_desk
def notice_publish(desk: Desk, files: tuple[str, ...]) -> None:
    """Put templates into force."""
    from lifecycle.commands.faults import publish
    from lifecycle.publication import templates_to_publish

    paths = [Path(file) for file in files]
    for path in paths:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", path.stem):
            raise InvalidError(f"模板名“{path.stem}”不合规", "文件名用字母、数字、点、横线，如 siting-consultation.j2")
    office = desk.office
    publish(desk, templates_to_publish(office.library, office.directory, paths), [path.stem for path in paths])
