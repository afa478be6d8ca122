"""`init`: the database, the first unit and administrator, the shipped definitions, and a whole
directory if given.
"""

from __future__ import annotations

from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import command, option
from lifecycle.cli.terminal.output import say


@command(
    "init",
    help="建库：登记第一个单位和管理员，发布随附的流程、公文模板和工作日历；用 --from "
    "可一并登记全部单位和人员"
    "。",
    examples=["lifecycle init --from directory.yaml", "lifecycle init --as zhang01"],
    alone="服务的库已经建好；另建一个须由库的主人做",
)
@option("--from", "source", metavar="文件", help="单位和人员（YAML）")
@option(
    "--unit",
    "unit_title",
    metavar="名称",
    help="第一个单位的名称；不写的用 settings/office.yaml 里的",
)
@at_desk
def init(desk: Desk, source: str | None, unit_title: str | None) -> None:
    """Make the database and found the office."""
    from lifecycle.office.administration.init import found, prepare

    # Judged before there is a database: a fault leaves nothing behind.
    founding = prepare(source, unit_title, desk.officer_code)
    office = desk.opened(create=True)
    founded = found(office, founding, on=desk.on, request_id=desk.request_id)
    document = {
        "database": founded.database,
        "admin": founded.admin,
        "units": founded.units,
        "officers": founded.officers,
        "published": {
            "workflow": founded.workflows,
            "template": founded.templates,
            "calendar": founded.calendars,
        },
    }

    def tell() -> None:
        say(f"已建库：{founded.database}")
        say(f"  管理员 {founded.admin}；单位 {founded.units} 个，经办人 {founded.officers} 名")
        say(f"  已发布流程 {founded.workflows} 个，公文模板 {founded.templates} 个，工作日历")
        say(
            f"下一步：export LIFECYCLE_OFFICER={founded.admin}，再用 lifecycle unit add、lifecycle "
            f"officer add 登记单位和人员"
        )

    desk.answer(document, tell)
