"""Many cases looked at: `list`, `board`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import command, option
from lifecycle.cli.terminal.output import paint, progress, say
from lifecycle.cli.terminal.table import write_table
from lifecycle.errors import Location, UnknownError, UsageError, WorkflowError

if TYPE_CHECKING:
    from lifecycle.engine.case import Moment
    from lifecycle.expression.expression import Expression
    from lifecycle.expression.faults import ExpressionError
    from lifecycle.ledger.sqlite.queries import Filter
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

PAGE = 50
HEADS = ("编号", "名称", "环节", "牵头", "进入", "期限", "灯")
EXPORT = ("编号", "名称", "流程", "环节", "阶段", "牵头", "进入日期", "最近办理", "期限", "灯")
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
@option("--workflow", metavar="W", help="流程")
@option("--state", metavar="S", help="环节")
@option("--phase", metavar="P", help="阶段")
@option("--unit", metavar="U", help="事项中写明的单位（业主、x 部门等）")
@option("--overdue", is_flag=True, help="只列已逾期的")
@option("--mine", is_flag=True, help="只列我的角色牵头的，和写明本单位的")
@option("--where", metavar="EXPR", help="条件，写法同流程中的 when，如 investment >= 10000")
@option("--page", type=click.IntRange(1), metavar="N", help="第几页；默认 1")
@option("--after", default="", metavar="编号", help="从这个编号之后列起")
@option("--csv", "csv_file", metavar="文件", help="导出为 CSV")
@option("--xlsx", "xlsx_file", metavar="文件", help="导出为 Excel 表格")
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
) -> None:
    """List cases."""
    wanted = _filter(desk, workflow, state, phase, unit, overdue=overdue, mine=mine)
    rows = _Rows(desk, wanted, where)
    if file := csv_file or xlsx_file:
        if csv_file and xlsx_file:
            raise UsageError("--csv 与 --xlsx 一次只能用一个")
        _export(desk, rows, Path(file), xlsx=bool(xlsx_file))
        return
    found = rows.page(after, page or 1)
    more = len(found) > PAGE
    found = found[:PAGE]
    last = found[-1]["number"] if more else None

    def tell() -> None:
        if not found:
            say("没有符合条件的事项")
            return
        write_table(HEADS, map(_cells, found))
        if last:
            say(f"还有更多：加 --after {last}，或 --page {(page or 1) + 1}")

    desk.answer({"cases": found, "page": page or 1, "next_after": last}, tell)


class _Rows:
    """The rows of a list as dictionaries, in the order of their numbers."""

    def __init__(self, desk: Desk, wanted: Filter, where: str | None) -> None:
        self.office = desk.office
        self.wanted = wanted
        self.today = self.office.day(desk.on).isoformat()
        self.where = _compiled(where, self.office, wanted.workflow)
        self.moment = self.office.moment(desk.on) if self.where else None

    def page(self, after: str, page: int) -> list[dict[str, Any]]:
        """Give one page and, if there is more, one row of the next."""
        from lifecycle.ledger.sqlite.queries import list_page

        skip = (page - 1) * PAGE
        if self.where is None:
            found = list_page(self.office.store, self.wanted, after=after, size=PAGE + 1, skip=skip)
            return [self.row(item) for item in found]
        return list(islice(self.stream(after), skip, skip + PAGE + 1))

    def stream(self, after: str = "") -> Iterator[dict[str, Any]]:
        """Stream all rows."""
        from lifecycle.ledger.sqlite.queries import LISTED, stream
        from lifecycle.ledger.sqlite.tables import CaseRow

        columns = LISTED if self.where is None else (*LISTED, CaseRow.snapshot)
        for item in stream(self.office.store, self.wanted, after=after, columns=columns):
            row = self.row(item)
            if (
                self.where is None
                or self.moment is None
                or _holds(self.office, self.where, item[-1], self.moment)
            ):
                yield row

    def row(self, item: Any) -> dict[str, Any]:
        """Name what a row holds."""
        workflow = self.office.library.workflow(item.digest)
        state = workflow.states[item.state]
        light = "green"
        if item.red_on is not None and item.red_on <= self.today:
            light = "red"
        elif item.yellow_on is not None and item.yellow_on <= self.today:
            light = "yellow"
        return {
            "number": item.number,
            "title": item.title,
            "workflow": item.workflow,
            "state": item.state,
            "stage": state.title,
            "phase": item.phase,
            "lead": workflow.roles[item.lead].title if item.lead else None,
            "final": bool(item.final),
            "entered_on": item.entered_on,
            "last_on": item.last_on,
            "due_on": item.due_on,
            "overdue": item.due_on is not None and item.due_on < self.today,
            "light": light,
        }


def _compiled(where: str | None, office: Office, workflow: str | None) -> Expression | None:
    """Compile a condition; raises UnknownError for a name that no workflow asked about has."""
    if where is None:
        return None
    from lifecycle.expression.expression import compile_expression
    from lifecycle.expression.faults import ExpressionError
    from lifecycle.expression.language import FUNCTIONS, SPACES, VARIABLES

    try:
        expression = compile_expression(where)
    except ExpressionError as error:
        raise _told(error, where) from error
    facts = {name for w in office.workflows() if workflow in (None, w.name) for name in w.facts}
    for name in sorted(expression.names - facts - {*FUNCTIONS, *SPACES, *VARIABLES}):
        raise UnknownError("要素", name, facts)
    return expression


def _holds(office: Office, where: Expression, snapshot: bytes, moment: Moment) -> bool:
    """Tell whether a condition holds for a case; what it mentions and the case lacks
    leaves it out.
    """
    from lifecycle.engine.scope import scope_of
    from lifecycle.expression.faults import ExpressionError, MissingName
    from lifecycle.ledger.case_rows import read_case

    case = read_case(snapshot)
    try:
        return bool(where.evaluate(scope_of(office.workflow_of(case), case, where, {}, moment)))
    except MissingName:
        return False
    except ExpressionError as error:
        raise _told(error, where.source) from error


def _told(error: ExpressionError, where: str) -> WorkflowError:
    """Show a faulty condition as typed, with the piece at fault underlined."""
    whole = Location("--where", length=len(where))
    return WorkflowError([error.problem("wrong-expression", where, whole)], where)


def _filter(
    desk: Desk,
    workflow: str | None,
    state: str | None,
    phase: str | None,
    unit: str | None,
    *,
    overdue: bool,
    mine: bool,
) -> Filter:
    """Turn names as officers write them into a filter; raises UnknownError."""
    from lifecycle.ledger.sqlite.queries import Filter

    office = desk.office
    among = [office.workflow(workflow)] if workflow else office.workflows()
    today = office.day(desk.on)
    roles: tuple[str, ...] | None = None
    own: str | None = None
    if mine:
        officer = office.directory.officer(desk.officer, today)
        roles, own = tuple(officer.held), officer.unit
    return Filter(
        workflow=among[0].name if workflow else None,
        state=_state(among, state) if state else None,
        phase=_phase(among, phase) if phase else None,
        unit=office.directory.unit_code(unit) if unit else None,
        overdue_on=today.isoformat() if overdue else None,
        roles=roles,
        mine=own,
    )


def _state(among: list[Workflow], text: str) -> str:
    found = {s.name for w in among for s in w.states.values() if text in (s.name, s.title)}
    if len(found) != 1:
        names = sorted(found) or [
            name for w in among for s in w.states.values() for name in (s.name, s.title)
        ]
        if found:
            raise UsageError(
                f"“{text}”在几个流程中是不同的环节：{'、'.join(names)}",
                "加 --workflow，或写环节的标识",
            )
        raise UnknownError("环节", text, names)
    return found.pop()


def _phase(among: list[Workflow], text: str) -> str:
    known = {s.phase for w in among for s in w.states.values() if s.phase}
    if text not in known:
        raise UnknownError("阶段", text, known)
    return text


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    light = paint("●" + LIGHTS[row["light"]], row["light"]) if not row["final"] else "－"
    due = row["due_on"] or ""
    due = paint(due, "red") if row["overdue"] else due
    return (
        row["number"],
        row["title"],
        row["stage"],
        row["lead"] or "",
        row["entered_on"],
        due,
        light,
    )


def _export(desk: Desk, rows: _Rows, file: Path, *, xlsx: bool) -> None:
    from lifecycle.exchange.tables import write_rows

    if xlsx != (file.suffix.lower() == ".xlsx"):
        raise UsageError(
            f"文件名 {file.name} 与格式不符", "--xlsx 的文件名以 .xlsx 结尾，--csv 的以 .csv 结尾"
        )
    count = write_rows(file, "事项清单", EXPORT, _exported(progress(rows.stream(), title="导出")))
    desk.answer(
        {"ok": True, "file": str(file), "cases": count}, lambda: say(f"已导出 {count} 件：{file}")
    )


def _exported(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    for r in rows:
        light = "" if r["final"] else LIGHTS[r["light"]]
        cells = (
            r["workflow"],
            r["stage"],
            r["phase"],
            r["lead"],
            r["entered_on"],
            r["last_on"],
            r["due_on"],
            light,
        )
        yield (r["number"], r["title"], *(cell or "" for cell in cells))


@command(
    "board",
    help="各环节的事项数和红黄绿灯，按流程的次序。",
    examples=["lifecycle board --year 2026"],
)
@option("--year", type=click.IntRange(1900, 9999), metavar="Y", help="只算这一年立项的")
@at_desk
def board(desk: Desk, year: int | None) -> None:
    """Count cases by stage."""
    from lifecycle.ledger.sqlite.queries import Filter
    from lifecycle.ledger.sqlite.queries import board as count

    office = desk.office
    today = office.day(desk.on).isoformat()
    counted = {(w, s): (n, y, r) for w, s, n, y, r in count(office.store, today, Filter(year=year))}
    boards = [_board_json(workflow, counted) for workflow in office.workflows()]
    boards = [board for board in boards if board["total"]]
    desk.answer({"on": today, "year": year, "workflows": boards}, lambda: _print_boards(boards))


def _board_json(
    workflow: Workflow, counted: dict[tuple[str, str], tuple[int, int, int]]
) -> dict[str, Any]:
    """Count one workflow's cases; states that only older versions have come last."""
    mine = {state: numbers for (name, state), numbers in counted.items() if name == workflow.name}
    states = []
    for name in dict.fromkeys((*workflow.states, *mine)):
        state = workflow.states.get(name)
        number, yellow, red = mine.get(name, (0, 0, 0))
        final = state.final if state else False
        lights = (
            {"green": number - yellow - red, "yellow": yellow, "red": red} if not final else None
        )
        head = {
            "state": name,
            "stage": state.title if state else name,
            "phase": state.phase if state else None,
        }
        states.append({**head, "final": final, "count": number, "lights": lights})
    total = sum(numbers[0] for numbers in mine.values())
    return {"name": workflow.name, "title": workflow.title, "total": total, "states": states}


def _print_boards(boards: list[dict[str, Any]]) -> None:
    if not boards:
        say("还没有事项；立项：lifecycle open 流程 --set 要素=值")
    for board in boards:
        going = [s for s in board["states"] if not s["final"]]
        done = [s for s in board["states"] if s["final"] and s["count"]]
        sums = [sum(s["lights"][light] for s in going) for light in ("green", "yellow", "red")]
        say(paint(board["title"], "bold"), f"　共 {board['total']} 件")
        rows = [
            (
                s["phase"] or "",
                s["stage"],
                str(s["count"]),
                *(_count(s["lights"][light], light) for light in LIGHTS),
            )
            for s in going
        ]
        rows.append(("", "在办合计", str(sum(sums)), *(str(n) for n in sums)))
        rows += [("", s["stage"], str(s["count"]), "", "", "") for s in done]
        write_table(("阶段", "环节", "件数", "绿", "黄", "红"), rows, align="<<>>>>")


def _count(number: int, light: str) -> str:
    return (
        paint(str(number), light) if number and light != "green" else str(number) if number else "·"
    )
