"""`init`: the database, the first unit and administrator, the shipped definitions, and a whole
directory if given.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import command, option
from lifecycle.cli.terminal.output import say
from lifecycle.cli.terminal.text import pad
from lifecycle.errors import UsageError, cell_width

if TYPE_CHECKING:
    from lifecycle.office.administration.init import CaseOpener, Founded


@command(
    "init",
    help="建库：登记第一个单位和管理员，发布随附的流程、公文模板和工作日历；用 --from "
    "可一并登记全部单位和人员"
    "。",
    examples=[
        "lifecycle init --from directory.yaml",
        "lifecycle init --from 通讯录.xlsx --propose-map 名册.yaml",
        "lifecycle init --as zhang01",
    ],
    alone="服务的库已经建好；另建一个须由库的主人做",
)
@option(
    "--from", "source", metavar="文件", help="单位和人员（YAML）；提出名册时，是通讯录（XLSX、CSV）"
)
@option(
    "--propose-map",
    "proposed",
    metavar="文件",
    help="只从通讯录提出一份名册（YAML），存到这个文件，供核对、改正；不建库",
)
@option(
    "--map",
    "map_file",
    metavar="文件",
    help="提出名册时已经定了的：单位的代码和职能（units），职务是什么角色（duties）",
)
@option(
    "--unit",
    "unit_title",
    metavar="名称",
    help="第一个单位的名称；不写的用 settings/office.yaml 里的",
)
@at_desk
def init(
    desk: Desk,
    source: str | None,
    proposed: str | None,
    map_file: str | None,
    unit_title: str | None,
) -> None:
    """Make the database and found the office."""
    from lifecycle.office.administration.init import found, prepare

    if proposed:
        _propose(desk, source, proposed, map_file)
        return
    if map_file:
        raise UsageError("--map 只在提出名册时用", "加 --propose-map 名册.yaml")

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
        _tell_next(founded, desk.db)

    desk.answer(document, tell)


def _propose(desk: Desk, source: str | None, target: str, map_file: str | None) -> None:
    """Propose a directory from a contact list."""
    from lifecycle.office.sheets.contact_list import propose_directory_file

    if source is None:
        raise UsageError("没有写是哪个通讯录", "加 --from 通讯录.xlsx")
    decided = Path(map_file) if map_file else None
    found = propose_directory_file(Path(source), Path(target), decided)
    following = f"lifecycle init --from {target}"
    document = {
        "directory": target,
        "units": list(found.units),
        "officers": found.officers,
        "unkept": list(found.unkept),
        "left_sheets": list(found.left_sheets),
    }

    def tell() -> None:
        say(f"已提出名册 {target}，没有建库")
        say(f"  单位 {len(found.units)} 个，人员 {found.officers} 名")
        if found.unkept:
            say(f"  没有保留的列：{'、'.join(found.unkept)}")
        if found.left_sheets:
            say(f"  没有读的工作表：{'、'.join(found.left_sheets)}")
        say(f"请核对、改正 {target}（代码、职能、角色），然后建库：")
        say(f"  {following}")

    desk.answer(document, tell, following=[following])


def _tell_next(founded: Founded, db: str | None) -> None:
    """Say what to type next: what there is to look at and who opens the first case or, where nobody
    is there yet, how units and officers are added. Commands are not broken, so that they can be
    copied.
    """
    say("下一步：")
    lines = _first_steps(founded) if founded.opener is None else _first_case(founded.opener)
    if db and "LIFECYCLE_DB" not in os.environ:
        lines = [("以后都用这个库", f"export LIFECYCLE_DB={db}"), *lines]
    width = max(cell_width(what) for what, _command in lines)
    for what, typed in lines:
        say(f"  {pad(what, width)}  {typed}")


def _first_steps(founded: Founded) -> list[tuple[str, str]]:
    """Where nobody can open a case yet: because nobody is there, or nobody has the role."""
    first = ("以管理员身份办理", f"export LIFECYCLE_OFFICER={founded.admin}")
    if founded.officers > 1:
        return [
            first,
            ("看有哪些人，各是什么角色", "lifecycle officer list"),
            ("单位承担哪些职能（写齐）", "lifecycle unit change 单位 --function 职能"),
            ("授予角色", "lifecycle officer grant 工号 角色"),
        ]
    return [
        first,
        ("登记单位", "lifecycle unit add 代码 名称 --function 职能"),
        ("登记经办人", "lifecycle officer add 工号 职务 --unit 代码 --role 角色"),
    ]


def _first_case(opener: CaseOpener) -> list[tuple[str, str]]:
    sets = "".join(f" --set {name}=…" for name in opener.asks)
    return [
        ("看有哪些单位", "lifecycle unit list"),
        ("看有哪些人，各是什么角色", "lifecycle officer list"),
        ("以其中一人的身份办理", f"export LIFECYCLE_OFFICER={opener.code}"),
        ("", f"（{opener.unit} {opener.title}；换人办理时换工号）"),
        ("立第一个项", f"lifecycle open {opener.workflow}{sets}"),
        ("看有什么等着办", "lifecycle todo"),
    ]
