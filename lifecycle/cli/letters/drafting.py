"""From draft to number: `notice draft|approve|issue|freeze|void`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle.callers import file_named
from lifecycle.cli.acting import acting, request_of
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.done import done_json, done_line, hint_lines
from lifecycle.cli.files import INPUT
from lifecycle.cli.letters.letters import CASE_HELP, NAME_HELP
from lifecycle.cli.terminal.chinese import argument, command, option
from lifecycle.cli.terminal.output import say
from lifecycle.cli.terminal.paragraph import hint
from lifecycle.errors import UsageError

if TYPE_CHECKING:
    from lifecycle.office.letters.letters import Handled

_dry_run = option("--dry-run", is_flag=True, help="只看能不能办，不写入")


def done(desk: Desk, handled: Handled, *more: str) -> None:
    """Answer what was done to a letter."""
    from lifecycle.office.cases import cases

    outcome = handled.outcome
    what = cases.done(desk.office, outcome)
    document = {
        **done_json(what),
        "letter": _letter_json(handled),
    }

    def tell() -> None:
        if outcome.unchanged:
            say(f"{outcome.case.number}　{done_line(what)}")
            return
        if not outcome.body:
            say(f"{outcome.case.number}　{outcome.case.title}　可以办理（未写入）")
            return
        say(f"已办理：{outcome.case.number}　{done_line(what)}")
        if handled.title:
            say(f"  标题：{handled.title}")
        for line in more:
            say(f"  {line}")
        for text in hint_lines(what):
            hint(text)

    told = (line.partition("：")[2] for line in more)
    commands = [command for command in told if command.startswith("lifecycle ")]
    desk.answer(document, tell, following=commands)


def _letter_json(handled: Handled) -> dict[str, object]:
    """Give where a letter stands, for machines."""
    found = handled.letter
    return {
        "name": found.name,
        "state": found.state,
        "number": found.number or None,
        "code": found.code or None,
        "issued_on": found.issued_on or None,
        "forms": dict(found.forms),
        "replaces": found.replaces or None,
        "replaced_by": found.replaced_by or None,
    }


@command(
    "draft",
    help="另拟一件公文：写模板名和发给谁；或用 --replace 按现在的情况重拟一件：未签发的随即作废，"
    "已签发的待新件签发后被替代。"
    "用 --text 给出改好的文字：格式同模板，表头、单独一行 ---、正文每段一行。",
    examples=[
        (
            "lifecycle notice draft LS-F-2026-003 progress-reminder --to owner --cc county --note "
            "进度滞后"
        ),
        "lifecycle notice draft LS-F-2026-003 --replace 9-siting-consultation",
        "lifecycle notice draft LS-F-2026-003 --replace 某招商函〔2026〕7号 --text 改好的函.txt",
    ],
)
@argument("case", metavar="事项", help=CASE_HELP)
@argument(
    "template",
    required=False,
    metavar="[公文]",
    help="模板名，或标题里的一段；都不写的，列出可拟的公文；--replace 时不必写",
)
@option("--to", "to", multiple=True, metavar="角色", help="主送：流程里的角色或收文方，可写多次")
@option("--cc", "cc", multiple=True, metavar="角色", help="抄送，可写多次")
@option("--replace", "replaces", metavar="公文", help="重拟哪一件")
@option("--text", "text", type=INPUT, metavar="文件", help="改好的文字")
@option("--note", default="", metavar="文字", help="说明；模板里是 note")
@acting
@_dry_run
@at_desk
def notice_draft(
    desk: Desk,
    case: str,
    template: str | None,
    to: tuple[str, ...],
    cc: tuple[str, ...],
    replaces: str | None,
    text: str | None,
    note: str,
    principal: str | None,
    dry_run: bool,
) -> None:
    """Draft a letter."""
    from lifecycle.office.letters.letters import Wish, draft

    if template is None and not replaces:
        raise _which(desk, case)
    wish = Wish(template, to, cc, replaces, file_named(text) if text else None, note)
    handled = draft(desk.office, request_of(desk, principal, dry_run=dry_run), case, wish)
    number, made = handled.outcome.case.number, handled.letter.name
    done(desk, handled, f"看一看：lifecycle notice show {number} {made}")


def _which(desk: Desk, case: str) -> UsageError:
    """Say that it was not written which letter is to be drafted, and which there are: each by its
    title, and by what is typed.
    """
    from lifecycle.office.letters.letters import draftable

    number, known, others = draftable(desk.office, case)
    listed = "".join(f"\n  {one.title}　{one.template}" for one in known)
    here = f"；本环节可拟的：{listed}" if listed else ""
    more = f"\n  其他环节的 {others} 件：lifecycle notice catalogue" if others else ""
    mend = "写标题里的一段，或其后的模板名；改拟已有的用 --replace。如："
    mend += f"lifecycle notice draft {number} 公文 --to 角色"
    return UsageError(f"没有写拟哪件公文{here}{more}", mend)


@command(
    "approve",
    help="核稿：看过草稿、认可其内容；拟稿人不得核自己拟的。核稿之后内容有变，须重新核稿。",
    examples=["lifecycle notice approve LS-F-2026-003 9-siting-consultation --as bureau03"],
)
@argument("case", metavar="事项", help=CASE_HELP)
@argument("name", metavar="公文", help=NAME_HELP)
@acting
@_dry_run
@at_desk
def notice_approve(desk: Desk, case: str, name: str, principal: str | None, dry_run: bool) -> None:
    """Find a draft in order."""
    from lifecycle.office.letters.letters import after_review, review

    request = request_of(desk, principal, dry_run=dry_run)
    handled = review(desk.office, request, case, name)
    done(desk, handled, after_review(desk.office, handled.outcome.case, handled.letter))


@command(
    "issue",
    help="签发：编文号、固定全部版式，此后一字不能改。文号在签发当日按机关代字、文种、"
    "年份连续编排，"
    "不能补编倒签；"
    "缺字的不能签发。拟稿人、核稿人不得签发。所属流转已退回的不能签发，所属环节已办结的写明理由才能签发。",
    examples=[
        "lifecycle notice issue LS-F-2026-003 9-siting-consultation --as bureau02",
        "lifecycle notice issue LS-F-2026-003 9-siting-consultation --note 领导出差，迟发三日",
    ],
)
@argument("case", metavar="事项", help=CASE_HELP)
@argument("name", metavar="公文", help=NAME_HELP)
@option("--note", default="", metavar="理由", help="所属环节已办结、现在才发的理由")
@acting
@_dry_run
@at_desk
def notice_issue(
    desk: Desk, case: str, name: str, note: str, principal: str | None, dry_run: bool
) -> None:
    """Sign a letter off."""
    from lifecycle.office.letters.letters import after_issue, issue

    request = request_of(desk, principal, dry_run=dry_run)
    handled = issue(desk.office, request, case, name, note)
    number, issued = handled.outcome.case.number, handled.letter
    done(
        desk,
        handled,
        f"文号 {issued.number}　验证码 {issued.code}",
        *after_issue(desk.office, handled.outcome.case, issued),
        f"存成文件：lifecycle notice render {number} {issued.name} --into 公文 --pdf",
    )


@command(
    "freeze",
    help="补做版式文件：签发之后机器中断，版式还没有固定的，用它补齐。",
    examples=["lifecycle notice freeze LS-F-2026-003 9-siting-consultation"],
)
@argument("case", metavar="事项", help=CASE_HELP)
@argument("name", metavar="公文", help=NAME_HELP)
@at_desk
def notice_freeze(desk: Desk, case: str, name: str) -> None:
    """Lay an issued letter out in all forms."""
    from lifecycle.office.letters.letters import freeze

    done(desk, freeze(desk.office, request_of(desk), case, name))


@command(
    "void",
    help="作废：已编的文号不再用，登记簿写明理由；尚未签发的草稿作废不占文号。",
    examples=[
        "lifecycle notice void LS-F-2026-003 某招商函〔2026〕7号 --note 会签单位有误，另行发文"
    ],
)
@argument("case", metavar="事项", help=CASE_HELP)
@argument("name", metavar="公文", help=NAME_HELP)
@option("--note", default="", metavar="理由", help="作废的理由，必写")
@acting
@_dry_run
@at_desk
def notice_void(
    desk: Desk, case: str, name: str, note: str, principal: str | None, dry_run: bool
) -> None:
    """Declare a letter void."""
    from lifecycle.office.letters.letters import void

    request = request_of(desk, principal, dry_run=dry_run)
    handled = void(desk.office, request, case, name, note)
    number, meant = handled.outcome.case.number, handled.letter.name
    done(desk, handled, f"另拟一件替代：lifecycle notice draft {number} --replace {meant}")
