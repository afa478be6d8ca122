"""What `--propose-map` and `--map` of `open` and `takeover` say: what a table is taken for, and
what of it is read as something else than is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from lifecycle.callers import file_named
from lifecycle.cli.desk import Desk
from lifecycle.cli.terminal.output import say
from lifecycle.cli.terminal.paragraph import flow

if TYPE_CHECKING:
    from lifecycle.office.cases.bulk import BulkLine
    from lifecycle.office.cases.cases import Request
    from lifecycle.office.sheets.sheet_maps import Aim, FigureRead, ProposedMap

_MOST_SHOWN = 40
"""So many values that are read as something else are shown; `--json` has all."""


def tell_map_of_opening(
    desk: Desk, request: Request, workflow: str, source: str, target: str
) -> int:
    """Propose a map by which cases are opened and say what it takes the table for."""
    from lifecycle.office.sheets.sheet_maps import aim_of_opening

    command = f"lifecycle open {workflow} --from {source} --map {target} --dry-run"
    aim = aim_of_opening(desk.office, request, desk.office.workflow(workflow), command)
    return _tell_proposed_map(desk, aim, source, target)


def tell_map_of_take_over(desk: Desk, workflow: str, source: str, target: str) -> int:
    """Propose a map by which running cases are taken in and say what it takes the table for."""
    from lifecycle.office.sheets.sheet_maps import aim_of_take_over

    command = f"lifecycle takeover propose {workflow} {source} --map {target} --dry-run"
    aim = aim_of_take_over(desk.office.workflow(workflow), command)
    return _tell_proposed_map(desk, aim, source, target)


def _tell_proposed_map(desk: Desk, aim: Aim, source: str, target: str) -> int:
    from lifecycle.office.sheets.sheet_maps import propose_sheet_map

    found = propose_sheet_map(aim, file_named(source), file_named(target))
    document = {
        "map": target,
        "sheets": found.sheets,
        "rows": found.rows,
        "columns": found.columns,
        "left_columns": found.left_columns,
        "left_rows": found.left_rows,
        "left_sheets": found.left_sheets,
        "missing": found.missing,
    }
    desk.answer(document, lambda: _tell(found, target, aim.command), following=[aim.command])
    return 0


def _tell(found: ProposedMap, target: str, following: str) -> None:
    say(f"已提出对照 {target}，没有写入任何事项")
    say(f"  读 {len(found.sheets)} 张表，{found.rows} 行：{'、'.join(found.sheets)}")
    for title, told in (
        ("要读的列", found.columns),
        ("不读的列", found.left_columns),
        ("不读的行", found.left_rows),
        ("不读的表", found.left_sheets),
        ("必填而没有找到的", found.missing),
    ):
        if told:
            flow(f"  {title}：", "；".join(told), rest="    ")
    say(f"请核对、改正 {target}，然后试读：")
    say(f"  {following}")


def lines_by_map(
    desk: Desk,
    request: Request,
    workflow: str,
    source: str,
    map_file: str,
    *,
    running: bool = False,
) -> tuple[list[BulkLine], Mapping[str, object]]:
    """Read the lines of a table by its map, and give what a machine is told beside the results. In
    a dry run people are shown what is read as something else. Of `running` cases the map may say
    where they stand.
    """
    from lifecycle.office.sheets.sheet_maps import read_by_map

    found = read_by_map(
        desk.office,
        request,
        desk.office.workflow(workflow),
        file_named(source),
        file_named(map_file),
        running=running,
    )
    if request.dry_run and found.figures and not desk.json:
        _tell_figures(found.figures)
    figures = [
        {
            "cell": one.cell,
            "fact": one.title,
            "written": one.written,
            "read": one.read,
            "mapped": one.mapped,
        }
        for one in found.figures
    ]
    return list(found.lines), {"figures": figures}


def _tell_figures(figures: Iterable[FigureRead]) -> None:
    each = list(figures)
    say(f"有 {len(each)} 个值不照原样读：")
    for one in each[:_MOST_SHOWN]:
        ground = "　（对照写明）" if one.mapped else ""
        say(f"  {one.cell}　{one.title}“{one.written}” → {one.read or '不填'}{ground}")
    if len(each) > _MOST_SHOWN:
        say(f"  …… 另有 {len(each) - _MOST_SHOWN} 个，加 --json 全部列出")
