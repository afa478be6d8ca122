"""Many cases looked at: `list`, `board`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle.callers import file_named
from lifecycle.cli.cases.as_of import as_if_due, as_of_json, as_recorded, look, print_as_of
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import MOST, Number, command, option
from lifecycle.cli.terminal.output import paint, progress, say
from lifecycle.cli.terminal.table import write_table
from lifecycle.errors import UsageError

if TYPE_CHECKING:
    from lifecycle.office.cases.lists import Board, CaseList, ListPage, ListRow, Stage
    from lifecycle.office.view import View

HEADS = ("编号", "名称", "环节", "牵头", "进入", "期限", "灯")
LIGHTS = {"green": "绿", "yellow": "黄", "red": "红"}


@command(
    "list",
    help="事项清单，按编号排列，每页 50 件。筛选条件可同时使用；--csv、--xlsx 导出全部，不分页。",
    examples=[
        "lifecycle list --state 规划选址 --overdue",
        'lifecycle list --workflow project --where "investment >= 10000"',
        "lifecycle list --mine --xlsx 我的事项.xlsx",
    ],
)
@option("--workflow", metavar="流程", help="流程")
@option("--state", metavar="环节", help="环节")
@option("--phase", metavar="阶段", help="阶段")
@option("--unit", metavar="单位", help="事项中写明的单位（业主、x 部门等）")
@option("--overdue", is_flag=True, help="只列已逾期的")
@option("--mine", is_flag=True, help="只列我的角色牵头的，和写明本单位的")
@option("--where", metavar="条件", help="条件，写法同流程中的 when，如 investment >= 10000")
@option("--page", type=Number(1, MOST), metavar="页数", help="第几页；默认 1")
@option("--after", default="", metavar="编号", help="从这个编号之后列起")
@option("--csv", "csv_file", metavar="文件", help="导出为 CSV")
@option("--xlsx", "xlsx_file", metavar="文件", help="导出为 Excel 表格")
@as_recorded
@at_desk
def list_(
    desk: Desk,
    workflow: str | None,
    state: str | None,
    phase: str | None,
    unit: str | None,
    overdue: bool,
    mine: bool,
    where: str | None,
    page: int | None,
    after: str,
    csv_file: str | None,
    xlsx_file: str | None,
    recorded: str | None,
) -> None:
    """List cases."""
    from lifecycle.office.cases.lists import CaseList, Wanted

    wanted = Wanted(
        workflow=workflow,
        state=state,
        phase=phase,
        unit=unit,
        overdue=overdue,
        mine=desk.officer if mine else None,
        where=where,
    )
    if csv_file and xlsx_file:
        raise UsageError("--csv 与 --xlsx 一次只能用一个")
    number = page or 1
    with as_if_due(desk, recorded):
        view = look(desk, recorded)
        cases = CaseList(view, wanted)
        if file := csv_file or xlsx_file:
            _export(desk, view, cases, file_named(file), xlsx=bool(xlsx_file))
            return
        found = cases.page(after, number)
    document = {
        "cases": [row_json(row, then=view.asked) for row in found.rows],
        "page": number,
        "next_after": found.next_after,
        **as_of_json(view),
    }
    more = [f"lifecycle list --after {found.next_after}"] if found.next_after else []
    desk.answer(document, lambda: _print_page(found, number, view), following=more)


def row_json(row: ListRow, *, then: bool = False) -> dict[str, Any]:
    """Give a row for machines; `then`: with what was corrected later."""
    found = asdict(row)
    if not then:
        del found["amended"]
    return found


def _print_page(found: ListPage, number: int, view: View) -> None:
    print_as_of(view)
    if not found.rows:
        say("没有符合条件的事项")
        return
    write_table(HEADS, map(_cells, found.rows))
    for row in found.rows:
        if row.amended:
            say(f"后更正　{row.number}：{'、'.join(row.amended)}")
    if found.next_after:
        say(f"还有更多：加 --after {found.next_after}，或 --page {number + 1}")


def _cells(row: ListRow) -> tuple[str, ...]:
    light = "－" if row.final else paint("●" + LIGHTS[row.light], row.light)
    due = row.due_on or ""
    return (
        row.number,
        row.title,
        row.stage,
        row.lead or "",
        row.entered_on,
        paint(due, "red") if row.overdue else due,
        light,
    )


def _export(desk: Desk, view: View, cases: CaseList, file: Path, *, xlsx: bool) -> None:
    from lifecycle.office.cases.lists import write_list

    if xlsx != (file.suffix.lower() == ".xlsx"):
        raise UsageError(
            f"文件名 {file.name} 与格式不符", "--xlsx 的文件名以 .xlsx 结尾，--csv 的以 .csv 结尾"
        )
    count = write_list(file, view, progress(cases.stream(), title="导出"))
    then = f"　{view.heading}" if view.heading else ""
    document = {"file": str(file), "cases": count, **as_of_json(view)}
    desk.answer(document, lambda: say(f"已导出 {count} 件：{file}{then}"))


@command(
    "board",
    help="各环节的事项数和红黄绿灯，按流程的次序。",
    examples=["lifecycle board --year 2026"],
)
@option("--year", type=Number(1900, 9999), metavar="年份", help="只算这一年立项的")
@as_recorded
@at_desk
def board(desk: Desk, year: int | None, recorded: str | None) -> None:
    """Count cases by stage."""
    from lifecycle.office.cases.lists import boards

    with as_if_due(desk, recorded):
        view = look(desk, recorded)
        found = boards(view, year)
    workflows = [asdict(one) for one in found.boards]
    document = {"on": found.on, "year": year, "workflows": workflows, **as_of_json(view)}
    desk.answer(document, lambda: _print_boards(found.boards, view))


def _print_boards(boards: Sequence[Board], view: View) -> None:
    print_as_of(view)
    if not boards and view.as_of:
        say("那时还没有事项")
    elif not boards:
        say("还没有事项；立项：lifecycle open 流程 --set 要素=值")
    for one in boards:
        say(paint(one.title, "bold"), f"　共 {one.total} 件")
        going = [stage for stage in one.states if stage.lights]
        done = [stage for stage in one.states if not stage.lights and stage.count]
        rows = [
            (stage.phase or "", stage.stage, str(stage.count), *_lights(stage)) for stage in going
        ]
        rows.append(("", "在办合计", *_sums(going)))
        rows += [("", stage.stage, str(stage.count), "", "", "") for stage in done]
        write_table(("阶段", "环节", "件数", "绿", "黄", "红"), rows, align="<<>>>>")


def _lights(stage: Stage) -> tuple[str, ...]:
    return tuple(_count(getattr(stage.lights, light), light) for light in LIGHTS)


def _sums(stages: Sequence[Stage]) -> tuple[str, ...]:
    """Add the stages up: all, then those of each light."""
    lights = [stage.lights for stage in stages if stage.lights]
    sums = [sum(getattr(found, light) for found in lights) for light in LIGHTS]
    return tuple(str(number) for number in (sum(sums), *sums))


def _count(number: int, light: str) -> str:
    if not number:
        return "·"
    return str(number) if light == "green" else paint(str(number), light)
