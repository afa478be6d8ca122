"""The rules: `workflow list|check|graph|diff|schema|flat|publish` and `calendar …`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle.callers import file_named
from lifecycle.cli.acting import request_of
from lifecycle.cli.administration.people import recorded
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.faults import tell_faults, tell_published
from lifecycle.cli.files import INPUT
from lifecycle.cli.terminal.chinese import Group, Verb, argument, command, option
from lifecycle.cli.terminal.output import paint, say
from lifecycle.cli.terminal.table import write_table
from lifecycle.office.clock import today
from lifecycle.outfile import write_file

if TYPE_CHECKING:
    from lifecycle.office.administration.calendars import CalendarLine, ProposedCalendar
    from lifecycle.office.administration.rules import Change, WorkflowLine

_SCENARIOS = "lifecycle.cli.administration.scenarios"

workflow = Group(
    "workflow",
    help="流程：列出、新写、检查、试办、画图、比较、发布。",
    sections={
        "命令": {
            "list": Verb(f"{__name__}:workflow_list", "列出现行流程"),
            "new": Verb(f"{_SCENARIOS}:workflow_new", "新写一个流程，附说明和情景"),
            "check": Verb(f"{__name__}:workflow_check", "检查流程文件，列出全部错误"),
            "test": Verb(f"{_SCENARIOS}:workflow_test", "按情景文件试流程"),
            "graph": Verb(f"{__name__}:workflow_graph", "画流程图"),
            "diff": Verb(f"{__name__}:workflow_diff", "比较两个流程，逐项列出不同"),
            "schema": Verb(f"{__name__}:workflow_schema", "输出 JSON Schema，供编辑器提示"),
            "flat": Verb(f"{__name__}:workflow_flat", "输出变体合并以后的全文"),
            "publish": Verb(f"{__name__}:workflow_publish", "发布流程（管理员）"),
            "migrate": Verb(
                "lifecycle.cli.administration.migrations:workflow_migrate",
                "提出把在办事项迁到新版",
            ),
            "confirm": Verb(
                "lifecycle.cli.administration.migrations:workflow_confirm", "确认别人提出的迁移"
            ),
        }
    },
)
calendar = Group(
    "calendar",
    help="工作日历：列出、提出、确认。期限按工作日计算时依据它，改它须经两人。",
    sections={
        "命令": {
            "list": Verb(f"{__name__}:calendar_list", "列出各年是否已公布"),
            "publish": Verb(f"{__name__}:calendar_publish", "提出新公布的年份（管理员）"),
            "confirm": Verb(f"{__name__}:calendar_confirm", "确认别人提出的，从此生效"),
        }
    },
)


@command("list", help="列出现行的流程。", examples=["lifecycle workflow list"])
@at_desk
def workflow_list(desk: Desk) -> None:
    """List the workflows in force."""
    from lifecycle.office.administration.rules import workflows_in_force

    found = workflows_in_force(desk.office)
    rows = [
        (
            line.name,
            line.title,
            f"第 {line.version} 版",
            str(line.states),
            str(line.transitions),
            line.sha256[:12],
        )
        for line in found
    ]
    heads = ("流程", "名称", "版本", "环节", "流转", "SHA-256")
    document = {"workflows": [_workflow_json(line) for line in found]}
    desk.answer(document, lambda: write_table(heads, rows, align="<<<>>"))


def _workflow_json(line: WorkflowLine) -> dict[str, Any]:
    return {
        "workflow": line.name,
        "title": line.title,
        "version": line.version,
        "sha256": line.sha256,
        "office_seq": line.office_seq,
        "states": line.states,
        "transitions": line.transitions,
        "basis": line.basis,
    }


@command(
    "check",
    help="检查流程文件，一次列出全部错误，每个一行“文件:行:列: …”；有错误时退出码为 1。"
    "公文模板一并检查："
    "用流程文件旁边的 notices 文件夹，没有就用随程序安装的。依据（basis）没有登记、在检查之日"
    "（--on，默认今天）不在施行的，列为警告；法规依据表 bases.yaml 也可以检查。",
    examples=["lifecycle workflow check workflows/*.yaml"],
    here=True,
)
@argument("files", nargs=-1, required=True, metavar="文件 …", help="流程文件（YAML）")
@option("--notices", "folder", metavar="文件夹", help="模板所在的文件夹")
@at_desk
def workflow_check(desk: Desk, files: tuple[str, ...], folder: str | None) -> int:
    """Judge workflow files."""
    from lifecycle.office.administration.rules import check_workflows

    problems = check_workflows(files, folder, on=desk.on or today(desk.session.clock))
    return tell_faults(desk, problems, count=len(files), what="流程文件")


@command(
    "graph",
    help="画流程图：按输出文件的扩展名画成 SVG、Mermaid（.mmd）或 DOT。",
    examples=[
        "lifecycle workflow graph project -o project.svg",
        "lifecycle workflow graph workflows/project.yaml -o p.mmd",
    ],
)
@argument("given", type=INPUT, metavar="流程", help="现行流程的标识或名称，或流程文件")
@option(
    "-o", "--output", "target", required=True, metavar="文件", help="输出文件：.svg、.mmd 或 .dot"
)
@at_desk
def workflow_graph(desk: Desk, given: str, target: str) -> None:
    """Draw a workflow."""
    from lifecycle.office.administration.rules import draw_workflow

    text = draw_workflow(lambda: desk.office, given, target)
    write_file(file_named(target), text.encode(), "流程图")
    desk.answer({"file": target, "characters": len(text)}, lambda: say(f"已画到 {target}"))


@command(
    "schema",
    help="输出流程语言的 JSON Schema；编辑器用它提示键名、检查写法。",
    examples=["lifecycle workflow schema > workflow.schema.json"],
    here=True,
)
@at_desk
def workflow_schema(desk: Desk) -> None:
    """Print the language's JSON Schema; it is a JSON document either way."""
    from lifecycle.office.administration.rules import schema, schema_text

    desk.answer(schema(), lambda: say(schema_text().rstrip("\n")))


@command(
    "diff",
    help="比较两个流程，逐项列出增、删、改。可写文件、现行流程的名称，或某一版本 SHA-256 "
    "的前几位。",
    examples=["lifecycle workflow diff project workflows/project.yaml"],
)
@argument("before", type=INPUT, metavar="原来的", help="原来的：文件、名称或 SHA-256")
@argument("after", type=INPUT, metavar="新的", help="新的：文件、名称或 SHA-256")
@at_desk
def workflow_diff(desk: Desk, before: str, after: str) -> None:
    """Compare two workflows."""
    from lifecycle.office.administration.rules import compare_workflows

    tell_changes(desk, compare_workflows(lambda: desk.office, before, after))


def tell_changes(desk: Desk, changes: list[Change]) -> None:
    """Say item by item what differs between two definitions."""
    names = ("kind", "section", "name", "title", "field", "before", "after")
    document = {"changes": [{name: getattr(change, name) for name in names} for change in changes]}
    desk.answer(document, lambda: _print_changes(changes))


def _print_changes(changes: list[Change]) -> None:
    for change in changes:
        what = f"{change.section} {change.name}（{change.title}）"
        if change.kind == "added":
            say(paint(f"＋ {what}", "green"))
        elif change.kind == "removed":
            say(paint(f"－ {what}", "red"))
        else:
            say(
                f"～ {what}　{change.field}：{change.before or '（无）'} → "
                f"{change.after or '（无）'}"
            )
    say(f"共 {len(changes)} 处不同" if changes else "没有不同")


@command(
    "flat",
    help="输出流程文件发布时的全文：变体（写了 extends 的）与它所继承的合并成一份，不含注释。"
    "所继承的流程在同一文件夹、上一层文件夹或随程序安装的里找。",
    examples=["lifecycle workflow flat 景宁.yaml > 合并.yaml"],
    here=True,
)
@argument("file", metavar="文件", help="流程文件（YAML）")
@at_desk
def workflow_flat(desk: Desk, file: str) -> None:
    """Print a workflow file as it would be published."""
    from lifecycle.office.administration.rules import flat_workflow

    text = flat_workflow(file)
    desk.answer({"file": file, "text": text}, lambda: say(text.rstrip("\n")))


@command(
    "publish",
    help="发布流程，一次可以几个：都没有错误才发布。此后立项的事项按新版本办理，在办的仍按立项时的"
    "版本。所用的公文模板尚未发布的，随程序安装的一并发布；变体按一起发布的或现行的那份合并。",
    examples=[
        "lifecycle workflow publish workflows/project.yaml --as admin",
        "lifecycle workflow publish project.yaml 景宁.yaml --as admin",
    ],
)
@argument("files", nargs=-1, required=True, type=INPUT, metavar="文件 …", help="流程文件（YAML）")
@at_desk
def workflow_publish(desk: Desk, files: tuple[str, ...]) -> None:
    """Put workflows into force."""
    from lifecycle.office.administration.workflow_publication import publish_workflows

    tell_published(desk, publish_workflows(desk.office, request_of(desk), files))


@command(
    "list",
    help="列出工作日历各年：已公布的，和尚未公布、据此算出的期限为暂定的。",
    examples=["lifecycle calendar list"],
)
@at_desk
def calendar_list(desk: Desk) -> None:
    """List the calendar's years."""
    from lifecycle.office.administration.calendars import calendar_years

    found = calendar_years(desk.office)
    document: dict[str, object] = {
        "sha256": found.sha256,
        "years": list(map(_year_json, found.years)),
    }
    if found.proposed is not None:
        document["proposed"] = _proposed_json(found.proposed)

    def tell() -> None:
        heads = ("年份", "放假安排", "放假工作日", "调休上班")
        write_table(heads, map(_year, found.years), align="><>>")
        if found.proposed is not None:
            say(f"{found.proposed.officer} 提出的日历待确认，其中有改动的年份：")
            _tell_proposed(found.proposed)

    desk.answer(document, tell)


def _year_json(line: CalendarLine) -> dict[str, object]:
    return {
        "year": line.year,
        "announced": line.announced,
        "holidays": line.holidays,
        "workdays": line.workdays,
    }


def _proposed_json(proposed: ProposedCalendar) -> dict[str, object]:
    return {
        "sha256": proposed.sha256,
        "officer": proposed.officer,
        "confirmers": list(proposed.confirmers),
        "years": list(map(_year_json, proposed.years)),
    }


def _tell_proposed(proposed: ProposedCalendar) -> None:
    """Say which years a proposed calendar would change, and who is to confirm it how."""
    for line in proposed.years:
        year, told, holidays, workdays = _year(line)
        say(f"  {year}　", told, f"　放假工作日 {holidays}　调休上班 {workdays}")
    confirm = "lifecycle calendar confirm 文件"
    if proposed.confirmers:
        say(f"请另一名管理员或审计员（{'、'.join(proposed.confirmers)}）核对后确认：{confirm}")
    else:
        say(
            f"除 {proposed.officer} 外没有别的管理员或审计员，还没有人能确认：先请一人担任，"
            "lifecycle officer grant 工号 auditor（没有登记的，lifecycle officer add … "
            f"--role auditor），再由其运行 {confirm}"
        )


def _year(line: CalendarLine) -> tuple[str, ...]:
    told = "已公布" if line.announced else paint("未公布，期限暂定", "yellow")
    return str(line.year), told, f"{line.holidays} 天", f"{line.workdays} 天"


@command(
    "publish",
    help="提出新公布的年份：文件里的年份并入现行日历，同一年份以文件为准。另一名管理员或审计员"
    "用 calendar confirm 确认以后才生效；以前的办理仍按当时的日历。",
    examples=["lifecycle calendar publish 2027.yaml --as admin"],
)
@argument(
    "file",
    type=INPUT,
    metavar="文件",
    help="日历文件，写法同 calendars/CN.yaml，只含要发布的年份即可",
)
@at_desk
def calendar_publish(desk: Desk, file: str) -> None:
    """Propose announced years."""
    from lifecycle.office.administration.calendars import ProposedCalendar, publish_calendar

    made = publish_calendar(desk.office, request_of(desk), file)
    if not isinstance(made, ProposedCalendar):
        tell_published(desk, made)
        return

    def tell() -> None:
        said = "已经提出过" if made.repeated else "已提出"
        say(f"{said}日历 CN（{made.sha256[:12]}），还没有生效")
        _tell_proposed(made)

    desk.answer({"proposed": _proposed_json(made), "repeated": made.repeated}, tell)


@command(
    "confirm",
    help="确认别人提出的日历，从此生效，在办事项的期限随之重排。须是另一名管理员或审计员，"
    "用自己核对过的文件确认，须与提出的一致；提出的人不能自己确认，委托也不行。",
    examples=["lifecycle calendar confirm 2027.yaml --as auditor01"],
)
@argument("file", type=INPUT, metavar="文件", help="日历文件，与提出的内容相同")
@at_desk
def calendar_confirm(desk: Desk, file: str) -> None:
    """Confirm a proposed calendar."""
    from lifecycle.office.administration.calendars import confirm_calendar

    entry, digest = confirm_calendar(desk.office, request_of(desk), file)
    recorded(desk, entry, f"已确认日历 CN（{digest[:12]}），从此生效")
