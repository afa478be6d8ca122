"""Corrections of what a step rests on: `correct`, `confirm`, `decline`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle.callers import file_named
from lifecycle.cli.acting import acting, request_of
from lifecycle.cli.cases.cases import pairs
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.done import done_json, done_line, hint_lines
from lifecycle.cli.files import INPUT, SETTING
from lifecycle.cli.terminal.chinese import MOST, Number, argument, command, option
from lifecycle.cli.terminal.output import say
from lifecycle.cli.terminal.paragraph import flow, hint

if TYPE_CHECKING:
    from lifecycle.office.cases.corrections import Corrected

_CASE = argument("case", metavar="事项", help="事项编号，或编号、名称中不重复的一段")
_PROPOSAL = argument(
    "proposal",
    metavar="[第几笔]",
    required=False,
    type=Number(1, MOST),
    help="第几笔更正；只有一笔待确认时不必写",
)
_DRY_RUN = option("--dry-run", is_flag=True, help="只看能不能办，不写入")


@command(
    "correct",
    help="更正：已被流转采用、填错了的要素或交错了的材料。写明理由；影响到判定、会签、期限或已发公文的，"
    "由牵头单位的另一人确认（lifecycle confirm）才生效。",
    examples=[
        "lifecycle correct LS-F-2026-003 总投资=32000 --note 多写了一个零 --as bureau01",
        "lifecycle correct LS-F-2026-003 --material 考察报告 --file 报告.pdf --note 交错了",
    ],
)
@_CASE
@argument(
    "texts",
    nargs=-1,
    type=SETTING,
    metavar="要素=值 …",
    help="要素的标识或名称，等号，改正后的值",
)
@option("--material", default="", metavar="材料", help="要更正的材料的标识或名称")
@option("--file", "source", type=INPUT, metavar="文件", help="改正后的文件")
@option("--note", default="", metavar="文字", help="更正的理由；必须写")
@option("--slip", is_flag=True, help="笔误：内容本来如此，只是写错；会签意见仍算数，须另一人确认")
@acting
@_DRY_RUN
@at_desk
def correct(
    desk: Desk,
    case: str,
    texts: tuple[str, ...],
    material: str,
    source: str | None,
    note: str,
    slip: bool,
    principal: str | None,
    dry_run: bool,
) -> None:
    """Correct what a step rests on."""
    from lifecycle.office.cases import corrections

    made = corrections.correct(
        desk.office,
        request_of(desk, principal, dry_run=dry_run),
        desk.office.case(case),
        pairs(texts),
        note=note,
        slip=slip,
        material=material,
        source=file_named(source) if source else None,
    )
    _answer(desk, made)


@command(
    "confirm",
    help="确认一笔更正，由牵头单位的另一人办。有的流转更正后条件不再成立的，须退回重办；"
    "没有退回可办的，凭文件（--file）和理由补正。",
    examples=["lifecycle confirm LS-F-2026-003 21 --as bureau02"],
)
@_CASE
@_PROPOSAL
@option("--note", default="", metavar="文字", help="说明")
@option("--file", "source", type=INPUT, metavar="文件", help="补正所凭的文件")
@acting
@_DRY_RUN
@at_desk
def confirm(
    desk: Desk,
    case: str,
    proposal: int | None,
    note: str,
    source: str | None,
    principal: str | None,
    dry_run: bool,
) -> None:
    """Confirm a correction."""
    from lifecycle.office.cases import corrections

    made = corrections.confirm(
        desk.office,
        request_of(desk, principal, dry_run=dry_run),
        desk.office.case(case),
        proposal,
        note=note,
        source=file_named(source) if source else None,
    )
    _answer(desk, made)


@command(
    "decline",
    help="不同意一笔更正，写明理由；提请的人也可以这样收回。",
    examples=["lifecycle decline LS-F-2026-003 21 --note 原数无误 --as bureau02"],
)
@_CASE
@_PROPOSAL
@option("--note", default="", metavar="文字", help="理由；必须写")
@acting
@_DRY_RUN
@at_desk
def decline(
    desk: Desk, case: str, proposal: int | None, note: str, principal: str | None, dry_run: bool
) -> None:
    """Decline a correction."""
    from lifecycle.office.cases import corrections

    made = corrections.decline(
        desk.office,
        request_of(desk, principal, dry_run=dry_run),
        desk.office.case(case),
        proposal,
        note=note,
    )
    _answer(desk, made)


def _answer(desk: Desk, made: Corrected) -> None:
    following = [_confirming(made)] if made.proposal is not None else []
    if made.asked:
        following.append(_signing(made))
    desk.answer(_document(made), lambda: _print(made), following=following)


def _document(made: Corrected) -> dict[str, Any]:
    told = {
        "proposal": made.proposal,
        "changes": list(made.upsets),
        "needs": list(made.foreseen.needs),
        "asked": list(made.asked),
    }
    return {**done_json(made.done), **told}


def _confirming(made: Corrected) -> str:
    return f"lifecycle confirm {made.done.number} {made.proposal}"


def _signing(made: Corrected) -> str:
    return f"lifecycle sign {made.done.number} {made.seq} agree"


def _print(made: Corrected) -> None:
    if made.done.unchanged and made.proposal is not None:
        told = f"{done_line(made.done)}：同样的更正已提请（第 {made.proposal} 笔），"
        told += f"待 {made.confirmers} 的另一人确认"
        flow("", f"{made.done.number}　{told}", command=_confirming(made), rest="  ")
        return
    if made.done.entry is None:
        say(f"{made.done.number}　{done_line(made.done)}")
        if made.waits:
            say(f"  办后待 {made.confirmers} 的另一人确认，才生效")
    else:
        say(f"已办理：{made.done.number}　{done_line(made.done)}")
    for text in made.foreseen.changes:
        flow("  · ", text)
    if made.foreseen.others:
        other = "另有" if made.foreseen.changes else "有"
        say(f"  · {other} {made.foreseen.others} 处只是用到，判定不变")
    for text in made.foreseen.needs:
        flow("  ! ", text)
    if made.proposal is not None:
        flow("  ", f"待 {made.confirmers} 的另一人确认", command=_confirming(made))
    if made.asked:
        say(f"  请重新表示意见：{'、'.join(made.asked)}　{_signing(made)}")
    for text in hint_lines(made.done):
        hint(text)
