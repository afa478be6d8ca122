"""`number list|propose|confirm`: numbers go on where the registers on paper stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle.cli.acting import request_of
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import Group, Verb, argument, command, option
from lifecycle.cli.terminal.output import say
from lifecycle.cli.terminal.table import write_table

if TYPE_CHECKING:
    from lifecycle.office.administration.numbering import SeriesLine, StartsPlan

number = Group(
    "number",
    help="编号起点：事项编号、发文字号接着纸质登记簿往下编。每个系列（每年）由两人声明一次，"
    "编了第一个号就不能再声明。",
    sections={
        "命令": {
            "list": Verb(f"{__name__}:number_list", "各系列编到第几号，声明从哪里编起"),
            "propose": Verb(f"{__name__}:number_propose", "提出登记簿上最后一个号（管理员）"),
            "confirm": Verb(f"{__name__}:number_confirm", "对照登记簿，确认别人提出的"),
        }
    },
)
_DRY_RUN = option("--dry-run", is_flag=True, help="只看读成什么样，不写入")
_NUMBERS = argument(
    "numbers", nargs=-1, required=True, metavar="编号 …", help="登记簿上最后一个号，写全"
)


@command(
    "list",
    help="列出各个编号系列：编到第几号；接着纸质登记簿编的，写明登记簿上最后一个号、谁提出、谁确认。",
    examples=["lifecycle number list"],
)
@at_desk
def number_list(desk: Desk) -> None:
    """List the series."""
    from lifecycle.office.administration.numbering import series_lines

    lines = series_lines(desk.office)
    document = {
        "series": [
            {
                "series": line.series,
                "last": line.last,
                "on_paper": line.on_paper or None,
                "proposed_by": line.proposed_by or None,
                "confirmed_by": line.confirmed_by or None,
            }
            for line in lines
        ]
    }
    rows = [
        (
            line.series.replace("{serial}", "…"),
            str(line.last),
            line.on_paper or "无",
            line.proposed_by,
            line.confirmed_by or _pending(line),
        )
        for line in lines
    ]
    heads = ("系列", "编到第几号", "登记簿上最后一个号", "提出", "确认")

    def tell() -> None:
        if not write_table(heads, rows, align="<><<<"):
            say("还没有编过号；接着纸质登记簿编的，先声明：lifecycle number propose 编号 …")

    desk.answer(document, tell)


@command(
    "propose",
    help="提出纸质登记簿上最后一个号，下一个号从它往下编；可以一次写几个系列的：今年的；"
    "往年立项、还要补录的，也写那一年的。还没有编过号的系列不用写。"
    "另一名管理员或审计员用 number confirm 确认以后才生效。",
    examples=["lifecycle number propose 某招商函〔2026〕57号 LS-F-2026-012 --as admin"],
)
@_NUMBERS
@_DRY_RUN
@at_desk
def number_propose(desk: Desk, numbers: tuple[str, ...], dry_run: bool) -> None:
    """Propose from where numbers go on."""
    from lifecycle.office.administration.numbering import propose_starts

    plan = propose_starts(desk.office, request_of(desk, dry_run=dry_run), numbers)

    def tell() -> None:
        _tell(plan)
        if dry_run:
            say("只是看看，没有提出")
        elif plan.confirmers:
            told = "、".join(plan.confirmers)
            say(f"已提出，还没有生效。请另一名管理员或审计员（{told}）对照登记簿确认：")
            say("  lifecycle number confirm 编号 …")
        else:
            say(
                f"已提出，还没有生效。除 {plan.officer} 外没有别的管理员或审计员能确认："
                "先请一人担任，lifecycle officer grant 工号 auditor"
            )

    desk.answer(_json(plan), tell)


@command(
    "confirm",
    help="确认别人提出的编号起点：自己对照登记簿把最后一个号再写一遍，与提出的相同才生效；"
    "生效以后不能再改。",
    examples=["lifecycle number confirm 某招商函〔2026〕57号 LS-F-2026-012 --as auditor01"],
)
@_NUMBERS
@_DRY_RUN
@at_desk
def number_confirm(desk: Desk, numbers: tuple[str, ...], dry_run: bool) -> None:
    """Let numbers go on from there, as another person."""
    from lifecycle.office.administration.numbering import confirm_starts

    plan = confirm_starts(desk.office, request_of(desk, dry_run=dry_run), numbers)

    def tell() -> None:
        _tell(plan)
        say("只是看看，没有确认" if dry_run else "已确认，从此接着往下编")

    desk.answer(_json(plan), tell)


def _pending(line: SeriesLine) -> str:
    """Say whether what was proposed can still be confirmed; "" where nothing was."""
    if not line.on_paper:
        return ""
    return "已编过号，不能再确认" if line.last else "待确认"


def _tell(plan: StartsPlan) -> None:
    for start in plan.starts:
        say(f"{start.number}　下一个是第 {start.last + 1} 号")


def _json(plan: StartsPlan) -> dict[str, Any]:
    return {
        "officer": plan.officer,
        "confirmers": list(plan.confirmers),
        "starts": [
            {"series": start.series, "number": start.number, "next": start.last + 1}
            for start in plan.starts
        ],
    }
