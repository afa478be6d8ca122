"""Letters (公文): the group `notice`, and its verbs `list`, `show` and `render`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle.callers import file_named
from lifecycle.cli.desk import Day, Desk, at_desk
from lifecycle.cli.terminal.chinese import Group, Verb, argument, command, option
from lifecycle.cli.terminal.output import columns, mark, progress, say, warn
from lifecycle.cli.terminal.paragraph import hint
from lifecycle.cli.terminal.table import write_table
from lifecycle.cli.terminal.text import cut
from lifecycle.errors import UsageError
from lifecycle.outfile import make_folder, write_file

if TYPE_CHECKING:
    from lifecycle.office.letters.letters import Shown

CASE_HELP = "事项编号，或编号、名称中不重复的一段"
NAME_HELP = "公文名（见 notice list）、其中不重复的一段，或文号"

_IN = "lifecycle.cli.letters"
notice = Group(
    "notice",
    help="公文：拟稿、核稿、签发编号、送达、签收、复函、核验；检查和发布公文模板。",
    sections={
        "看": {
            "list": Verb(f"{_IN}.letters:notice_list", "列出公文"),
            "show": Verb(f"{_IN}.letters:notice_show", "在屏幕上看一件公文"),
            "render": Verb(f"{_IN}.letters:notice_render", "把公文存成文件：PDF、DOCX、网页、文本"),
        },
        "拟和发": {
            "draft": Verb(f"{_IN}.drafting:notice_draft", "另拟一件，或改拟一件"),
            "approve": Verb(f"{_IN}.drafting:notice_approve", "核稿（核稿人）"),
            "issue": Verb(f"{_IN}.drafting:notice_issue", "签发并编文号（签发人）"),
            "freeze": Verb(f"{_IN}.drafting:notice_freeze", "补做已签发公文的版式文件"),
            "void": Verb(f"{_IN}.drafting:notice_void", "作废，文号不再用"),
        },
        "送和收": {
            "deliver": Verb(f"{_IN}.sending:notice_deliver", "把已签发的公文送出去"),
            "outbox": Verb(f"{_IN}.sending:notice_outbox", "待送、送不出去的公文"),
            "sent": Verb(f"{_IN}.sending:notice_sent", "登记人工送达"),
            "receipt": Verb(f"{_IN}.answers:notice_receipt", "签收"),
            "take-back": Verb(f"{_IN}.answers:notice_take_back", "撤销误登记的签收、送达"),
            "reply": Verb(f"{_IN}.answers:notice_reply", "复函；征求意见的，复函就是会签意见"),
            "urge": Verb(f"{_IN}.answers:notice_urge", "逾期未签收、未复函的，拟催办函"),
        },
        "核验": {
            "verify": Verb(
                f"{_IN}.proving:notice_verify", "核验一份公文是不是本单位发出的、是否有效"
            ),
            "export": Verb(f"{_IN}.proving:notice_export", "导出核验包，供外单位离线核验"),
            "check": Verb(
                "lifecycle.cli.checking:notice_check", "按 GB/T 9704 检查 PDF 或 DOCX 的版式和用语"
            ),
        },
        "模板": {
            "catalogue": Verb(f"{_IN}.templates:notice_catalogue", "哪个流转发什么公文、发给谁"),
            "lint": Verb(f"{_IN}.templates:notice_lint", "检查模板文件"),
            "diff": Verb(f"{_IN}.templates:notice_diff", "新旧模板写出的公文对照成图"),
            "publish": Verb(f"{_IN}.templates:notice_publish", "发布模板、发文规则（管理员）"),
        },
    },
)


@command(
    "list",
    help="列出一个事项的公文；不写事项则列出全部。写不出来的公文标 ✗ 并说明原因，退出码为 1。",
    examples=["lifecycle notice list LS-F-2026-003"],
)
@argument("case", required=False, metavar="[事项]", help=CASE_HELP)
@at_desk
def notice_list(desk: Desk, case: str | None) -> int:
    """List letters."""
    from lifecycle.office.letters.letters import letters

    failed = 0

    def counted() -> Iterator[Shown]:
        nonlocal failed
        for shown in letters(desk.office, case):
            failed += shown.paper is None
            yield shown

    if desk.json:
        listed = [_listed(shown) for shown in counted()]
        desk.answer({"ok": not failed, "letters": listed}, lambda: None)
        return int(bool(failed))
    of_one = case is not None
    limit = columns()
    if limit is not None and limit < WIDE:
        if not sum(_print_short(shown, limit, of_one=of_one) for shown in counted()):
            say("还没有公文")
        return int(bool(failed))
    heads = ("公文", "状态", "文号", "日期", "文种", "标题", "主送")
    rows = (_line(shown, of_one=of_one) for shown in counted())
    if not write_table(("", *heads) if of_one else ("", "事项", *heads), rows):
        say("还没有公文")
    return int(bool(failed))


WIDE = 140
"""Columns from which on a terminal letters are a table."""


def _print_short(shown: Shown, limit: int, *, of_one: bool) -> int:
    """Print a letter in two lines of a narrow terminal: what it is called by and where it stands,
    then what it is about and whom it goes to; give 1.
    """
    paper, found = shown.paper, shown.letter
    case = "" if of_one else f"{shown.case.number}　"
    number = f"　{found.number}" if found.number else ""
    say(mark(paper is not None), f" {case}{found.name}　{shown.state}{number}　{shown.day}")
    told = str(shown.error)
    if paper is not None:
        to = f"　主送 {'、'.join(paper.to)}" if paper.to else ""
        told = f"{paper.kind}　{paper.title}{to}"
    say(f"    {cut(told, limit - 4)}")
    return 1


def _line(shown: Shown, *, of_one: bool) -> tuple[str, ...]:
    """Give a letter's line; where all are `of_one` case, its number is left out."""
    paper, found = shown.paper, shown.letter
    what = ("", str(shown.error), "")
    if paper is not None:
        what = (paper.kind, paper.title, "、".join(paper.to))
    return (
        mark(paper is not None),
        *(() if of_one else (shown.case.number,)),
        found.name,
        shown.state,
        found.number,
        shown.day,
        *what,
    )


def _listed(shown: Shown) -> dict[str, Any]:
    found = shown.letter
    return {
        "number": shown.case.number,
        "name": found.name,
        "template": found.template,
        "seq": found.seq,
        "transition": found.transition or None,
        "on": found.on,
        "state": found.state,
        "lapse": shown.lapse.kind if shown.lapse else None,
        "document_number": found.number or None,
        "issued_on": found.issued_on or None,
        "code": found.code or None,
        "letter": shown.values,
        "error": str(shown.error) if shown.error else None,
    }


@command(
    "show",
    help="在屏幕上看一件公文。",
    examples=["lifecycle notice show LS-F-2026-003 siting-consultation"],
)
@argument("case", metavar="事项", help=CASE_HELP)
@argument("name", metavar="公文", help=NAME_HELP)
@option("--markdown", "form", flag_value="markdown", help="写成 Markdown，便于贴到聊天里")
@option(
    "--source",
    "form",
    flag_value="source",
    help="写成可改的文字：改好后用 notice draft --replace --text 重拟",
)
@at_desk
def notice_show(desk: Desk, case: str, name: str, form: str | None = None) -> None:
    """Print one letter."""
    from lifecycle.office.letters.letters import show

    page = show(desk.office, case, name, form or "text")
    desk.answer({**page.values, "text": page.text}, lambda: say(page.text.rstrip("\n")))
    if page.others and not desk.json:
        others = "、".join(page.others)
        hint(f"看的是 {page.name}；已过时的 {others} 也叫“{name}”，要看写全名")


@command(
    "render",
    help="把公文存成文件，文件名是“编号-公文名”。已签发的取出签发时固定的版式，逐字节相同；"
    "草稿按现在的内容排。"
    "不写事项而写 --all，则成批存出。",
    examples=[
        "lifecycle notice render LS-F-2026-003 --into 公文/",
        "lifecycle notice render LS-F-2026-003 3-report --into . --docx",
        "lifecycle notice render --all --since 2026-09-01 --into 归档/ --pdf",
    ],
)
@argument("case", required=False, metavar="[事项]", help=CASE_HELP)
@argument("name", required=False, metavar="[公文]", help=f"{NAME_HELP}；不写则全部")
@option("--into", "folder", required=True, metavar="文件夹", help="存到哪个文件夹，没有则新建")
@option("--html", "form", flag_value="html", default="html", help="存成网页，可打印（默认）")
@option("--text", "form", flag_value="text", help="存成纯文本")
@option("--pdf", "form", flag_value="pdf", help="存成 PDF")
@option("--docx", "form", flag_value="docx", help="存成 DOCX，Word、WPS 可打开")
@option("--markdown", "form", flag_value="markdown", help="存成 Markdown")
@option("--all", "every", is_flag=True, help="全部事项的公文")
@option("--since", type=Day(), metavar="YYYY-MM-DD", help="只要这天以后的")
@at_desk
def notice_render(
    desk: Desk,
    case: str | None,
    name: str | None,
    folder: str,
    form: str,
    every: bool,
    since: date | None,
) -> int:
    """Write letters to files, one by one: no more than one is held at a time."""
    if every == (case is not None):
        raise UsageError(
            "写明一个事项，或写 --all", "例如 lifecycle notice render LS-F-2026-003 --into 公文/"
        )
    from lifecycle.office.letters.letters import rendered

    files: list[str] = []
    count = failed = 0
    found = rendered(desk.office, case, name, form=form, since=since)
    for letter in progress(found, title="存公文"):
        if letter.error is not None:
            failed += 1
            warn(f"{letter.name}：{letter.error}")
            continue
        count += 1
        path = save(file_named(folder), letter.name, letter.body, letter.suffix)
        if desk.json:
            files.append(str(path))
        else:
            say(str(path))
    document = {"ok": not failed, "files": files, "failed": failed}
    desk.answer(document, lambda: None if count else say("还没有公文"))
    return int(bool(failed))


def save(folder: Path, name: str, body: bytes, suffix: str) -> Path:
    """Write one letter, whole or not at all."""
    path = folder / (re.sub(r'[/\\:*?"<>|\s]', "_", name) + f".{suffix}")
    make_folder(folder)
    write_file(path, body, "公文")
    return path
