"""`takeover until|propose|confirm`: running cases taken in when the ledger begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle.cli.acting import request_of
from lifecycle.cli.bulk import read_lines
from lifecycle.cli.cases.sheet_maps import lines_by_map, tell_map_of_take_over
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.files import INPUT
from lifecycle.cli.terminal.chinese import Group, Verb, argument, command, option
from lifecycle.cli.terminal.output import say
from lifecycle.cli.terminal.table import write_table
from lifecycle.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle.office.cases.cases import Request
    from lifecycle.office.cases.taking_over import RunningTable, TakeOver

takeover = Group(
    "takeover",
    help="存量接管：把建库以前就在办的事项接进来，须经两人；接管前未经本系统审查。",
    sections={
        "命令": {
            "until": Verb(f"{__name__}:takeover_until", "定接管的截止日，只能定一次"),
            "propose": Verb(f"{__name__}:takeover_propose", "提出要接管的事项（管理员）"),
            "confirm": Verb(f"{__name__}:takeover_confirm", "用自己的一份核对，确认接管"),
        }
    },
)
_AT = option("--at", "state", default="", metavar="环节", help="现在的环节；表里另有环节一列的不写")
_MAP = option(
    "--map",
    "map_file",
    type=INPUT,
    metavar="文件",
    help="对照：表里哪一列是哪个要素，或环节、立项日、流转、材料，怎么读",
)
_DRY_RUN = option("--dry-run", is_flag=True, help="只看读成什么样，不写入")


@command(
    "until",
    help="定接管的截止日：过了这一天不能再接管。只能定一次，定了不能改。",
    examples=["lifecycle takeover until 2026-12-31 --as admin"],
)
@argument("day", metavar="日期", help="最后一天")
@at_desk
def takeover_until(desk: Desk, day: str) -> None:
    """Set the last day."""
    from lifecycle.office.cases.taking_over import limit_take_over

    limit_take_over(desk.office, request_of(desk), day)
    desk.answer({"until": day}, lambda: say(f"接管的截止日：{day}"))


@command(
    "propose",
    help="提出要接管的事项：表里一行一项，列名写要素的标识或名称；另可写环节、立项日、办过的流转"
    "（写办的日期）、已有的材料（写有）。逐行核对，有错误就不提出。表格不必改样子：先用 "
    "--propose-map 提出一份对照，核对后用 --map 读；open --propose-map 提出的也能用。",
    examples=[
        "lifecycle takeover propose project 台账.xlsx --at siting --as admin",
        "lifecycle takeover propose project 台账.xlsx --propose-map 对照.yaml",
        "lifecycle takeover propose project 台账.xlsx --map 对照.yaml --dry-run --as admin",
    ],
)
@argument("name", metavar="流程", help="流程的标识或名称")
@argument("source", type=INPUT, metavar="文件", help="XLSX、CSV 或 YAML")
@_AT
@_MAP
@option(
    "--propose-map",
    "target",
    metavar="文件",
    help="只提出一份对照，写到这个文件，供核对、改正；不提出接管",
)
@_DRY_RUN
@at_desk
def takeover_propose(
    desk: Desk,
    name: str,
    source: str,
    *,
    state: str,
    map_file: str | None,
    target: str | None,
    dry_run: bool,
) -> int:
    """Propose to take running cases in."""
    from lifecycle.office.cases.taking_over import propose_take_over

    if map_file and target:
        mend = "没有对照的，先 --propose-map；有了的，只写 --map"
        raise UsageError("--map 和 --propose-map 不能一起写", mend)
    if target:
        return tell_map_of_take_over(desk, desk.office.workflow(name).name, source, target)
    request = request_of(desk, dry_run=dry_run)
    table, beside = _table(desk, request, name, source, state=state, map_file=map_file)
    plan = propose_take_over(desk.office, request, name, table)

    def tell() -> None:
        _tell(plan)
        if dry_run:
            say("只是看看，没有提出")
            return
        say(f"已提出 {len(plan.cases)} 件，还没有接管。")
        if plan.confirmers:
            say(f"请另一名管理员或审计员（{'、'.join(plan.confirmers)}）用自己的一份核对后确认：")
            at = f" --at {state}" if state else ""
            by_map = " --map 对照" if map_file else ""
            say(f"  lifecycle takeover confirm {plan.name} 文件{at}{by_map}")
        else:
            say(
                f"除 {plan.officer} 外没有别的管理员或审计员能确认："
                "先请一人担任，lifecycle officer grant 工号 auditor"
            )

    desk.answer({**_json(plan), **beside}, tell)
    return 0


@command(
    "confirm",
    help="确认别人提出的接管：文件须与提出的逐件相同，确认以后每件一条记录。",
    examples=["lifecycle takeover confirm project 台账.xlsx --at siting --as auditor01"],
)
@argument("name", metavar="流程", help="流程的标识或名称")
@argument("source", type=INPUT, metavar="文件", help="XLSX、CSV 或 YAML")
@_AT
@_MAP
@_DRY_RUN
@at_desk
def takeover_confirm(
    desk: Desk, name: str, source: str, *, state: str, map_file: str | None, dry_run: bool
) -> None:
    """Take running cases in, as another person."""
    from lifecycle.office.cases.taking_over import confirm_take_over, see_proposed

    see_proposed(desk.office, name)
    request = request_of(desk, dry_run=dry_run)
    table, beside = _table(desk, request, name, source, state=state, map_file=map_file)
    plan = confirm_take_over(desk.office, request, name, table)

    def tell() -> None:
        _tell(plan)
        say("只是看看，没有接管" if dry_run else f"已接管 {len(plan.numbers)} 件")

    desk.answer({**_json(plan), **beside}, tell)


def _table(
    desk: Desk,
    request: Request,
    name: str,
    source: str,
    *,
    state: str,
    map_file: str | None,
) -> tuple[RunningTable, Mapping[str, object]]:
    """Read a table of running cases, by its map if there is one; and give what a machine is told of
    how it was read.
    """
    from lifecycle.office.cases.taking_over import RunningTable

    if not map_file:
        return RunningTable(read_lines(source, with_case=False), state), {}
    lines, beside = lines_by_map(desk, request, name, source, map_file, running=True)
    return RunningTable(lines, state, mapped=True), beside


def _tell(plan: TakeOver) -> None:
    heads: tuple[str, ...] = ("行", "名称", "环节", "进入", "立项日")
    rows: list[tuple[str, ...]] = [
        (one.place, one.title, one.stage, one.declared.entered_on, one.declared.opened_on)
        for one in plan.cases
    ]
    if plan.numbers:  # given once they are taken in
        heads = ("编号", *heads)
        rows = [(number, *row) for number, row in zip(plan.numbers, rows, strict=True)]
    write_table(heads, rows)


def _json(plan: TakeOver) -> dict[str, Any]:
    numbers = plan.numbers or (None,) * len(plan.cases)
    return {
        "workflow": plan.name,
        "officer": plan.officer,
        "confirmers": list(plan.confirmers),
        "cases": [
            {
                "number": number,
                "place": one.place,
                "title": one.title,
                "state": one.declared.state,
                "opened_on": one.declared.opened_on,
                "facts": one.facts,
                "steps": [list(step) for step in one.declared.steps],
                "materials": list(one.declared.materials),
            }
            for number, one in zip(numbers, plan.cases, strict=True)
        ],
    }
