"""`init`: the database, the first unit and administrator, the shipped definitions, and a whole
directory if given.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import command, option
from lifecycle.cli.terminal.output import say

if TYPE_CHECKING:
    from lifecycle.office.definitions import Definition

FIRST_OFFICER = "admin"


@command(
    "init",
    help="建库：登记第一个单位和管理员，发布随附的流程、公文模板和工作日历；用 --from "
    "可一并登记全部单位和人员"
    "。",
    examples=["lifecycle init --from directory.yaml", "lifecycle init --as zhang01"],
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
    from lifecycle.ledger.register import Request
    from lifecycle.ledger.sqlite.database import database_file
    from lifecycle.office.definitions import shipped

    definitions = shipped()
    changes = _read(desk, source, unit_title, definitions)
    founder = changes[0][1]["officer"]
    office = desk.opened(create=True)
    request = Request(founder, None, desk.on, desk.request_id)
    office.found(request, changes, definitions)
    counts = {
        kind: sum(found == kind for found, _, _ in definitions)
        for kind in ("workflow", "template", "calendar")
    }
    directory = office.directory
    file = str(database_file(desk.db))
    people = {"units": len(directory.units), "officers": len(directory.people)}
    document = {"ok": True, "database": file, "admin": founder, **people, "published": counts}

    def tell() -> None:
        say(f"已建库：{file}")
        say(f"  管理员 {founder}；单位 {people['units']} 个，经办人 {people['officers']} 名")
        say(f"  已发布流程 {counts['workflow']} 个，公文模板 {counts['template']} 个，工作日历")
        say(
            f"下一步：export LIFECYCLE_OFFICER={founder}，再用 lifecycle unit add、lifecycle "
            f"officer add "
            f"登记单位和人员"
        )

    desk.answer(document, tell)


def _read(
    desk: Desk, source: str | None, unit_title: str | None, definitions: list[Definition]
) -> list[tuple[str, dict[str, Any]]]:
    from lifecycle.people.directory import SYSTEM_ROLES
    from lifecycle.people.first_unit import first_unit
    from lifecycle.workflow.reader import read_workflow

    bodies = [(name, body) for kind, name, body in definitions if kind == "workflow"]
    workflows = [read_workflow(body, name, checked=False) for name, body in bodies]
    if source is not None:
        from lifecycle.exchange.directory_file import read_directory_file

        roles = {
            role.name: role.title for w in workflows for role in w.roles.values()
        } | SYSTEM_ROLES
        return read_directory_file(Path(source), roles)
    leads = list(dict.fromkeys(w.panel.lead if w.panel else w.opened_by[0] for w in workflows))
    first = first_unit()
    unit = {"unit": first.code, "unit_title": unit_title or first.title, "functions": leads}
    officer = {
        "officer": desk.officer_code or FIRST_OFFICER,
        "title": "管理员",
        "roles": ["admin", *leads],
    }
    return [("office_founded", {**unit, **officer})]
