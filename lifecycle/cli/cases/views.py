"""One case looked at: `show`, `why`, `log`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle.callers import file_named
from lifecycle.cli.cases.as_of import as_if_due, as_recorded, look
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import MOST, Number, argument, command, option
from lifecycle.cli.terminal.failure import DONE, REFUSED
from lifecycle.cli.terminal.output import paint, say, screen
from lifecycle.cli.terminal.paragraph import flow
from lifecycle.cli.terminal.refusal import based, gate_json, print_gates
from lifecycle.cli.terminal.table import write_table
from lifecycle.errors import UsageError

if TYPE_CHECKING:
    from lifecycle.office.cases.why import Judged, MadeStep, Pending
    from lifecycle.office.view import SeenCase

CASE_HELP = "事项编号，或编号、名称中不重复的一段"


@command(
    "show",
    help="一个事项现在怎样：在哪个环节，谁牵头，何时到期，能办什么，缺什么，会签、材料、"
    "要素和最近的记录。写 --on 的，看那一天怎样。",
    examples=[
        "lifecycle show LS-F-2026-003",
        "lifecycle show 剑瓷",
        "lifecycle show 剑瓷 --on 2026-06-30",
    ],
)
@argument("case", metavar="事项", help=CASE_HELP)
@option(
    "--full",
    is_flag=True,
    help="全部列出：要素、材料逐项，长文不截短；屏幕上不写的，只列当前要紧的",
)
@option("--table", "table", metavar="要素", help="只要这张表格，连同 -o 写到文件，改了可再填报")
@option("-o", "--output", "target", metavar="文件", help="表格写到哪里：.xlsx 或 .csv")
@as_recorded
@at_desk
def show(
    desk: Desk,
    case: str,
    full: bool,
    table: str | None,
    target: str | None,
    recorded: str | None,
) -> None:
    """Show where a case stands, or write one of its tables to a file."""
    from lifecycle.cli.cases.screen import print_screen
    from lifecycle.cli.cases.sheet import print_sheet, sheet_json
    from lifecycle.office.cases.show import document
    from lifecycle.office.cases.show import show as sheet_of

    with as_if_due(desk, recorded):
        view = look(desk, recorded)
        seen = view.see(desk.office.case(case))
        if table or target:
            _write_table(desk, seen, table, target)
            return
        looking = desk.officer_code
        sheet = sheet_of(view, seen, looking)
        told = sheet_json(sheet, document(desk.office, seen), view) if desk.json else {}
        size = None if full else screen()
        if size is None:
            desk.answer(told, lambda: print_sheet(sheet, view, asked=bool(looking), full=full))
        else:
            desk.answer(told, lambda: print_screen(sheet, view, size, asked=bool(looking)))


def _write_table(desk: Desk, seen: SeenCase, table: str | None, target: str | None) -> None:
    from lifecycle.office.cases.tables import write_table as write

    if not table or not target:
        mend = "例如 --table agenda -o 议程.xlsx"
        raise UsageError("--table 和 -o 要一起写：哪张表格，写到哪个文件", mend)
    count = write(desk.office, seen.workflow, seen.case, table, file_named(target))
    document = {"number": seen.case.number, "file": target, "rows": count}
    desk.answer(document, lambda: say(f"已写到 {target}：{count} 行"))


@command(
    "why",
    help="一项流转现在能不能办：逐条列出各关口，缺的写明怎样补。什么也不改变。"
    "不写流转的，看下一步；下一步不止一项的，列出来。",
    examples=[
        "lifecycle why LS-F-2026-003 to_siting --as bureau01",
        "lifecycle why LS-F-2026-003 --as bureau01",
    ],
)
@argument("case", metavar="事项", help=CASE_HELP)
@argument(
    "transition",
    metavar="[流转]",
    required=False,
    help="流转的标识或名称；只有一项可推进的流转时不必写",
)
@option("--for", "principal", metavar="工号", help="代谁办理")
@at_desk
def why(desk: Desk, case: str, transition: str | None, principal: str | None) -> None:
    """Judge every gate of a transition."""
    from lifecycle.office.cases.why import why as judge

    with as_if_due(desk):
        found = desk.office.case(case)
        judged = judge(
            desk.office, found, transition, desk.officer_code, principal=principal, on=desk.on
        )
    document = {
        "number": judged.number,
        "transition": judged.transition,
        "title": judged.transition_title,
        "state": judged.state,
        "allowed": judged.allowed,
        "made": _made_json(judged.made) if judged.made else None,
        "gates": [gate_json(gate) for gate in judged.gates],
        "pending": [_pending_json(one) for one in judged.pending],
    }
    mends = [gate.mend for gate in judged.gates if not gate.met]
    commands = [mend for mend in dict.fromkeys(mends) if mend.startswith("lifecycle ")]
    if judged.allowed:
        commands = [f"lifecycle advance {judged.number} {judged.transition}"]
    desk.answer(document, lambda: _print_judged(judged), following=commands)


def _print_judged(judged: Judged) -> None:
    transition = f"{judged.transition_title}（{judged.transition}）"
    colour = "red" if judged.unmet and not judged.lacks_words_only else "green"
    say(f"{judged.number} {judged.title}　{transition}：", paint(_verdict(judged), colour))
    if judged.made and judged.basis:
        who, made = "、".join(judged.made.persons), judged.made
        say(f"  已办过：第 {made.seq} 笔，{made.on}，{who}；以下是再办一次的条件")
    print_gates(judged.gates)
    for one in judged.pending:
        flow("  ! 更正　　", one.text, command=one.confirm)
    if judged.basis:
        say(based(judged.basis))


def _pending_json(one: Pending) -> dict[str, object]:
    return {
        "seq": one.seq,
        "change": one.change,
        "note": one.note,
        "whose": one.whose,
        "confirm": one.confirm,
        "decline": one.decline,
    }


def _made_json(made: MadeStep) -> dict[str, object]:
    return {"seq": made.seq, "on": made.on, "persons": list(made.persons)}


def _verdict(judged: Judged) -> str:
    if judged.unmet:
        return "条件已齐，办理时一并写明" if judged.lacks_words_only else "还不能办"
    return "条件已齐" if judged.allowed is None else "可以办理"


@command(
    "log",
    help="一个事项的全部记录，从立项起。不写事项而写 --request-id 的，查这个编号（记录号）"
    "的记录有没有写入："
    "有则列出，"
    "没有则退出码 1。",
    examples=[
        "lifecycle log LS-F-2026-003",
        "lifecycle log --request-id 0198f0c2-7a10-7000-8000-000000000001",
    ],
)
@argument("case", metavar="[事项]", required=False, help=CASE_HELP)
@option("--after", type=Number(0, MOST), default=0, metavar="序号", help="只列此后的记录")
@at_desk
def log(desk: Desk, case: str | None, after: int) -> int:
    """List a case's entries, or the one that was recorded under a request id."""
    from lifecycle.office.cases import records
    from lifecycle.office.office import entries

    if desk.on is not None:
        mend = "去掉 --on；看截至某一天的：lifecycle show 事项 --on 日期，或 replay 事项 --at 日期"
        raise UsageError("log 列出全部记录，不看截至哪一天", mend)
    if case is None:
        return _log_one(desk)
    found = desk.office.case(case)
    if desk.json:
        bodies = list(entries(desk.office, found, after=after))
        desk.answer({"number": found.number, "entries": bodies}, lambda: None)
        return DONE
    say(f"{found.number} {found.title}　共 {found.seq} 条记录")
    lines = records.log(desk.office, found, after=after)
    rows = ((str(line.seq), line.on, line.who, line.sentence) for line in lines)
    write_table(("序号", "日期", "经办", "事由"), rows, align=">")
    return DONE


def _log_one(desk: Desk) -> int:
    """Say whether an entry with the request id is recorded; give 0 if it is, 1 if not."""
    from lifecycle.office.cases.records import find_entry

    if desk.request_id is None:
        raise UsageError(
            "没有写查哪个事项", "写事项编号；或写 --request-id 记录号，查一条记录有没有写入"
        )
    found = find_entry(desk.office, desk.request_id)
    document = {
        "ok": found is not None,
        "request_id": desk.request_id,
        "entry": found.body if found else None,
    }
    told = found.told if found else "没有写入，台账里没有这条记录"
    desk.answer(document, lambda: say(f"{desk.request_id}：{told}"))
    return DONE if found else REFUSED
