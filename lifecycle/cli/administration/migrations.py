"""`workflow migrate|confirm`: the open cases of one version taken over into the one in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle.cli.acting import request_of
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.files import INPUT
from lifecycle.cli.terminal.chinese import argument, command, option
from lifecycle.cli.terminal.output import say
from lifecycle.cli.terminal.table import write_table

if TYPE_CHECKING:
    from lifecycle.office.administration.migration import MigratedCase, MigrationPlan

_DRY_RUN = option("--dry-run", is_flag=True, help="只看会怎样，不写入")


@command(
    "migrate",
    help="提出把一版流程的在办事项全部迁到现行的一版，逐件列出：改到哪个环节，谁的意见不再作数，"
    "哪些要素、材料新版里没有。加 --dry-run 只看。另一名管理员或审计员用 workflow confirm "
    "确认以后才迁；一件也不能挑。",
    examples=[
        "lifecycle workflow migrate project --from 1 --dry-run",
        "lifecycle workflow migrate project --from 1 --map 对照.yaml --as admin",
    ],
)
@argument("name", metavar="流程", help="现行流程的标识或名称")
@option(
    "--from",
    "version",
    required=True,
    metavar="版本",
    help="原来的版本：第几版，或 SHA-256 的前几位",
)
@option(
    "--map",
    "map_file",
    type=INPUT,
    metavar="文件",
    help="对照：改了名的环节、流转（states、transitions）",
)
@_DRY_RUN
@at_desk
def workflow_migrate(
    desk: Desk, name: str, version: str, map_file: str | None, dry_run: bool
) -> None:
    """Propose to take open cases over."""
    from lifecycle.office.administration.migration import propose_migration

    request = request_of(desk, dry_run=dry_run)
    plan = propose_migration(desk.office, request, name, version, map_file)

    def tell() -> None:
        _tell(plan)
        if request.dry_run:
            say("只是看看，没有提出")
        elif plan.confirmers:
            say(
                f"已提出，还没有迁。请另一名管理员或审计员（{'、'.join(plan.confirmers)}）核对后确认："
            )
            say(f"  lifecycle workflow confirm {plan.name}")
        else:
            say(
                f"已提出，还没有迁。除 {plan.officer} 外没有别的管理员或审计员能确认："
                "先请一人担任，lifecycle officer grant 工号 auditor"
            )

    desk.answer(_json(plan), tell)


@command(
    "confirm",
    help="确认别人提出的迁移：在办事项全部迁到现行的一版，每件一条记录。加 --dry-run 只看。",
    examples=["lifecycle workflow confirm project --as auditor01"],
)
@argument("name", metavar="流程", help="现行流程的标识或名称")
@_DRY_RUN
@at_desk
def workflow_confirm(desk: Desk, name: str, dry_run: bool) -> None:
    """Take open cases over, as another person."""
    from lifecycle.office.administration.migration import confirm_migration

    plan = confirm_migration(desk.office, request_of(desk, dry_run=dry_run), name)

    def tell() -> None:
        _tell(plan)
        say(f"已迁 {len(plan.cases)} 件" if plan.done else "只是看看，没有迁")

    desk.answer(_json(plan), tell)


def _tell(plan: MigrationPlan) -> None:
    """Say what becomes of each case."""
    say(f"{plan.title}（{plan.name}）：第 {plan.before} 版的在办事项迁到第 {plan.after} 版")
    if not plan.cases:
        say(f"第 {plan.before} 版没有在办的事项")
        return
    rows = [(one.number, one.title, _place(one), _lost(one)) for one in plan.cases]
    write_table(("编号", "名称", "环节", "变化"), rows, align="<<<<")


def _place(one: MigratedCase) -> str:
    return one.before if one.before == one.after else f"{one.before} → {one.after}"


def _lost(one: MigratedCase) -> str:
    """Say what a case loses."""
    told = []
    if one.opinions:
        told.append(f"意见不再作数：{'、'.join(one.opinions)}")
    if one.past:
        told.append(f"新版里没有：{'、'.join(one.past)}")
    return "；".join(told) or "无"


def _json(plan: MigrationPlan) -> dict[str, Any]:
    return {
        "workflow": plan.name,
        "title": plan.title,
        "from": plan.before,
        "to": plan.after,
        "officer": plan.officer,
        "confirmers": list(plan.confirmers),
        "done": plan.done,
        "cases": [
            {
                "number": one.number,
                "title": one.title,
                "state_before": one.before,
                "state_after": one.after,
                "opinions_lost": list(one.opinions),
                "left_behind": list(one.past),
            }
            for one in plan.cases
        ],
    }
