"""Units: `unit add|change|list`."""

from __future__ import annotations

from datetime import date

from lifecycle.cli.acting import request_of
from lifecycle.cli.administration.people import named, recorded, since_option
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import Group, Verb, argument, command, option
from lifecycle.cli.terminal.table import write_table
from lifecycle.errors import UsageError

unit = Group(
    "unit",
    help="单位：登记、更改、列出。职能就是流程中的角色，单位有了职能，其经办人才能担任该角色。",
    sections={
        "命令": {
            "add": Verb(f"{__name__}:unit_add", "登记单位"),
            "change": Verb(f"{__name__}:unit_change", "改名或改职能"),
            "list": Verb(f"{__name__}:unit_list", "列出单位及其职能"),
        }
    },
)
_functions = option(
    "--function", "functions", multiple=True, metavar="角色", help="职能（流程中的角色），可写多次"
)


@command(
    "add",
    help="登记单位。",
    examples=["lifecycle unit add planning 市建设局 --function planning --as admin"],
)
@argument("code", metavar="单位代码", help="单位代码：字母、数字、点、横线")
@argument("title", metavar="名称", help="单位名称")
@_functions
@since_option
@at_desk
def unit_add(
    desk: Desk, code: str, title: str, functions: tuple[str, ...], since: date | None
) -> None:
    """Add a unit."""
    from lifecycle.office.administration.people import add_unit

    entry = add_unit(desk.office, request_of(desk), code, title, functions=functions, since=since)
    recorded(desk, entry, f"已登记单位 {code} {title}")


@command("change", help="单位改名或改职能；没写的不变，从前的记录不受影响。")
@argument("unit_name", metavar="单位", help="单位的代码或名称")
@option("--title", metavar="名称", help="新名称")
@_functions
@option("--no-functions", is_flag=True, help="撤去全部职能")
@since_option
@at_desk
def unit_change(
    desk: Desk,
    unit_name: str,
    title: str | None,
    functions: tuple[str, ...],
    no_functions: bool,
    since: date | None,
) -> None:
    """Change a unit's name or functions."""
    from lifecycle.office.administration.people import change_unit

    if not (title or functions or no_functions):
        raise UsageError("没有写要改什么", "加 --title、--function 或 --no-functions")
    changed = change_unit(
        desk.office,
        request_of(desk),
        unit_name,
        title=title,
        functions=functions if functions or no_functions else None,
        since=since,
    )
    recorded(desk, changed.entry, f"已更改单位 {changed.code} {changed.title}")


@command("list", help="列出单位及其职能。")
@at_desk
def unit_list(desk: Desk) -> None:
    """List units."""
    from lifecycle.office.administration.people import units

    office = desk.office
    found = units(office, desk.on)

    def tell() -> None:
        titles = office.roles()
        heads = ("代码", "名称", "职能", "在岗")
        cells = (
            (line.code, line.title, named(line.functions, titles), str(line.officers))
            for line in found
        )
        write_table(heads, cells, align="<<<>")

    rows = [
        {
            "unit": line.code,
            "title": line.title,
            "functions": list(line.functions),
            "officers": line.officers,
        }
        for line in found
    ]
    desk.answer({"on": office.day(desk.on).isoformat(), "units": rows}, tell)
