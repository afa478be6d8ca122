"""Posts: `post add|hold|vacate|list`."""

from __future__ import annotations

from datetime import date

from lifecycle.cli.acting import request_of
from lifecycle.cli.administration.people import recorded, since_option
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import Group, Verb, argument, command, option
from lifecycle.cli.terminal.output import say
from lifecycle.cli.terminal.table import write_table

post = Group(
    "post",
    help="岗位：登记、由谁担任、列出。流程里由岗位担任的角色，由当日在岗位上的人办；换人，事项不用改。",
    sections={
        "命令": {
            "add": Verb(f"{__name__}:post_add", "登记岗位"),
            "hold": Verb(f"{__name__}:post_hold", "由谁担任"),
            "vacate": Verb(f"{__name__}:post_vacate", "没有人担任"),
            "list": Verb(f"{__name__}:post_list", "列出岗位和在任的人"),
        }
    },
)


@command(
    "add",
    help="登记岗位。",
    examples=["lifecycle post add leader-trade 分管招商的副市长 --unit 市政府办 --as admin"],
)
@argument("code", metavar="岗位代码", help="岗位代码：字母、数字、点、横线")
@argument("title", metavar="名称", help="岗位名称")
@option("--unit", "unit_name", required=True, metavar="单位", help="岗位所在的单位")
@since_option
@at_desk
def post_add(desk: Desk, code: str, title: str, unit_name: str, since: date | None) -> None:
    """Add a post."""
    from lifecycle.office.administration.people import add_post

    entry = add_post(desk.office, request_of(desk), code, title, unit=unit_name, since=since)
    recorded(desk, entry, f"已登记岗位 {code} {title}；由谁担任：lifecycle post hold {code} 工号")


@command(
    "hold",
    help="从某天起由谁担任岗位；原来的人从那天起不再担任。",
    examples=["lifecycle post hold leader-trade zhang01 --as admin"],
)
@argument("name", metavar="岗位", help="岗位的代码或名称")
@argument("officer", metavar="工号", help="由谁担任")
@since_option
@at_desk
def post_hold(desk: Desk, name: str, officer: str, since: date | None) -> None:
    """Say who holds a post."""
    from lifecycle.office.administration.people import hold_post

    held = hold_post(desk.office, request_of(desk), name, officer, since=since)
    recorded(desk, held.entry, f"{held.title}（{held.code}）由 {held.officer} 担任")


@command("vacate", help="从某天起没有人担任岗位。")
@argument("name", metavar="岗位", help="岗位的代码或名称")
@since_option
@at_desk
def post_vacate(desk: Desk, name: str, since: date | None) -> None:
    """Say that nobody holds a post."""
    from lifecycle.office.administration.people import hold_post

    held = hold_post(desk.office, request_of(desk), name, "", since=since)
    recorded(desk, held.entry, f"{held.title}（{held.code}）没有人担任")


@command("list", help="列出岗位和在任的人。")
@at_desk
def post_list(desk: Desk) -> None:
    """List posts."""
    from lifecycle.office.administration.people import posts

    found = posts(desk.office, desk.on)

    def tell() -> None:
        cells = ((line.code, line.title, line.unit, line.officer or "（空缺）") for line in found)
        if not write_table(("代码", "名称", "单位", "在任"), cells, align="<<<<"):
            say("还没有岗位；登记：lifecycle post add 岗位代码 名称 --unit 单位")

    rows = [
        {
            "post": line.code,
            "title": line.title,
            "unit_title": line.unit,
            "officer": line.officer or None,
        }
        for line in found
    ]
    desk.answer({"on": desk.office.day(desk.on).isoformat(), "posts": rows}, tell)
