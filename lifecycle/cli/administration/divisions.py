"""Divisions of units: `division add|change|place|list`."""

from __future__ import annotations

from datetime import date

from lifecycle.cli.acting import request_of
from lifecycle.cli.administration.people import recorded, since_option
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import Group, Verb, argument, command, option
from lifecycle.cli.terminal.output import say
from lifecycle.cli.terminal.table import write_table
from lifecycle.errors import UsageError

division = Group(
    "division",
    help="处室：单位的内设机构，由谁分管，有哪些人。流程里可以由经办人所在的处室、其分管领导担任角色；"
    "待办可以按处室看（todo --division）。",
    sections={
        "命令": {
            "add": Verb(f"{__name__}:division_add", "登记处室"),
            "change": Verb(f"{__name__}:division_change", "改名，或改由谁分管"),
            "place": Verb(f"{__name__}:division_place", "经办人在哪个处室"),
            "list": Verb(f"{__name__}:division_list", "列出处室、分管领导和人"),
        }
    },
)


@command(
    "add",
    help="登记处室。",
    examples=["lifecycle division add bureau-xm 项目科 --unit bureau --as admin"],
)
@argument("code", metavar="处室代码", help="处室代码：字母、数字、点、横线")
@argument("title", metavar="名称", help="处室名称")
@option("--unit", "unit_name", required=True, metavar="单位", help="处室所在的单位")
@since_option
@at_desk
def division_add(desk: Desk, code: str, title: str, unit_name: str, since: date | None) -> None:
    """Add a division."""
    from lifecycle.office.administration.divisions import add_division

    entry = add_division(desk.office, request_of(desk), code, title, unit=unit_name, since=since)
    recorded(
        desk,
        entry,
        f"已登记处室 {code} {title}；登记其中的人：lifecycle division place 工号 {code}",
    )


@command(
    "change",
    help="处室改名，或改由谁分管；没写的不变。分管领导是同一单位的人。",
    examples=["lifecycle division change 项目科 --leader bureau04 --as admin"],
)
@argument("name", metavar="处室", help="处室的代码或名称")
@option("--title", metavar="名称", help="新名称")
@option("--leader", metavar="工号", help="由谁分管")
@option("--no-leader", is_flag=True, help="没有人分管")
@since_option
@at_desk
def division_change(
    desk: Desk,
    name: str,
    *,
    title: str | None,
    leader: str | None,
    no_leader: bool,
    since: date | None,
) -> None:
    """Change a division's name or who is in charge of it."""
    from lifecycle.office.administration.divisions import change_division

    if not (title or leader or no_leader):
        raise UsageError("没有写要改什么", "加 --title、--leader 或 --no-leader")
    if leader and no_leader:
        raise UsageError("--leader 和 --no-leader 不能一起写", "只留一个")
    entry, line = change_division(
        desk.office,
        request_of(desk),
        name,
        title=title,
        leader="" if no_leader else leader,
        since=since,
    )
    recorded(desk, entry, f"已更改处室 {line.code} {line.title}，分管领导：{line.leader or '没有'}")


@command(
    "place",
    help="从某天起经办人在哪个处室；处室须是其所在单位的。--none：不在任何处室。",
    examples=["lifecycle division place bureau01 项目科 --as admin"],
)
@argument("officer", metavar="工号", help="经办人")
@argument("name", metavar="[处室]", required=False, help="处室的代码或名称")
@option("--none", "nowhere", is_flag=True, help="不在任何处室")
@since_option
@at_desk
def division_place(
    desk: Desk, officer: str, name: str | None, *, nowhere: bool, since: date | None
) -> None:
    """Say in which division an officer is."""
    from lifecycle.office.administration.divisions import place_officer

    if bool(name) == nowhere:
        raise UsageError("没有写在哪个处室", "写处室，或加 --none：不在任何处室")
    entry, title = place_officer(desk.office, request_of(desk), officer, name or "", since=since)
    recorded(desk, entry, f"{officer} 在 {title}" if title else f"{officer} 不在任何处室")


@command("list", help="列出处室、分管领导和其中的人。")
@option("--unit", "unit_name", metavar="单位", help="只列一个单位的")
@at_desk
def division_list(desk: Desk, unit_name: str | None) -> None:
    """List divisions."""
    from lifecycle.office.administration.divisions import divisions

    found = divisions(desk.office, desk.on, unit_name)

    def tell() -> None:
        heads = ("代码", "名称", "单位", "分管领导", "人")
        rows = (
            (one.code, one.title, one.unit_title, one.leader or "（没有）", "、".join(one.officers))
            for one in found
        )
        if not write_table(heads, rows, align="<<<<<"):
            say("还没有处室；登记：lifecycle division add 处室代码 名称 --unit 单位")

    rows = [
        {
            "division": one.code,
            "title": one.title,
            "unit": one.unit,
            "leader": one.leader or None,
            "officers": list(one.officers),
        }
        for one in found
    ]
    desk.answer({"on": desk.office.day(desk.on).isoformat(), "divisions": rows}, tell)
