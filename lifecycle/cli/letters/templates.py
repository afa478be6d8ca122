"""Templates: `notice catalogue|lint|diff|publish`."""

from __future__ import annotations

from pathlib import Path

from lifecycle.callers import file_named
from lifecycle.cli.acting import request_of
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.faults import tell_faults, tell_published
from lifecycle.cli.files import INPUT
from lifecycle.cli.letters.letters import save
from lifecycle.cli.terminal.chinese import argument, command, option
from lifecycle.cli.terminal.output import progress, say
from lifecycle.cli.terminal.table import write_table
from lifecycle.office.clock import today
from lifecycle.outfile import check_target, write_file


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
@option("--workflow", "name", metavar="流程", help="只列一个流程的")
@option("--samples", "folder", metavar="文件夹", help="样张存到哪个文件夹")
@option("--pdf", "form", flag_value="pdf", default="pdf", help="样张存成 PDF（默认）")
@option("--docx", "form", flag_value="docx", help="样张存成 DOCX")
@option("--text", "form", flag_value="text", help="样张存成纯文本")
@at_desk
def notice_catalogue(desk: Desk, name: str | None, folder: str | None, form: str) -> None:
    """List which transition sends which letter to whom."""
    from lifecycle.office.letters.templates import catalogue

    if folder is not None:
        _save_samples(desk, name, file_named(folder), form)
        return
    rows = catalogue(desk.office, name)
    heads = ("流程", "环节", "流转", "公文", "模板", "文种", "主送", "抄送", "复函")
    document = {"letters": [row._asdict() for row in rows]}
    desk.answer(document, lambda: write_table(heads, rows))


def _save_samples(desk: Desk, name: str | None, folder: Path, form: str) -> None:
    """Write a sample of every letter, one by one."""
    from lifecycle.office.letters.templates import samples

    found = samples(desk.office, name, form=form, on=desk.on)
    files = [
        str(save(folder, sample.name, sample.body, sample.suffix))
        for sample in progress(found.files, title="写样张", total=found.total)
    ]
    desk.answer({"files": files}, lambda: say(f"已存 {len(files)} 种公文的样张：{folder}"))


@command(
    "lint",
    help="检查模板文件：表头、语法、填入的名称、文种与收文方是否相称，引用的依据在检查之日"
    "（--on，默认今天）是否施行。每个问题一行“文件:行:列: …”；有问题时退出码为 1。",
    examples=["lifecycle notice lint notices/*.j2"],
)
@argument("files", type=INPUT, nargs=-1, required=True, metavar="文件 …", help="模板文件（.j2）")
@at_desk
def notice_lint(desk: Desk, files: tuple[str, ...]) -> int:
    """Judge templates by themselves, and against the workflows in force or, without an office, the
    shipped ones.
    """
    from lifecycle.office.letters.templates import lint

    problems = lint(lambda: desk.office, files, on=desk.on or today(desk.session.clock))
    return tell_faults(desk, problems, count=len(files), what="模板")


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
    type=INPUT,
    nargs=-1,
    required=True,
    metavar="文件 …",
    help="模板文件，文件名就是模板名；或 issuing.yaml",
)
@at_desk
def notice_publish(desk: Desk, files: tuple[str, ...]) -> None:
    """Put templates into force."""
    from lifecycle.office.letters.templates import publish_templates

    tell_published(desk, publish_templates(desk.office, request_of(desk), files))


@command(
    "diff",
    help="新旧对照：用现行模板和改过的模板写同一件公文，逐页并排成图，不同的行左红右绿。"
    "内容取最近一件用该模板的公文"
    "，"
    "没有就用样张。",
    examples=["lifecycle notice diff 模板/siting-consultation.j2 对照.png"],
)
@argument("file", type=INPUT, metavar="文件", help="改过的模板")
@argument("picture", metavar="图片", help="图存到哪里")
@at_desk
def notice_diff(desk: Desk, file: str, picture: str) -> None:
    """Show in a picture what a new template changes."""
    from lifecycle.office.letters.templates import compare

    target = file_named(picture)
    check_target(target, "对照图")
    compared = compare(desk.office, file)
    write_file(target, compared.picture, "对照图")
    pages = compared.changed_pages
    document = {
        "file": str(target),
        "letter": compared.letter,
        "changed_pages": pages,
    }
    verdict = f"{pages} 页有不同" if pages else "看不出不同"
    desk.answer(document, lambda: say(f"{target}　{compared.letter}：{verdict}"))
