"""One case looked at: `show`, `why`, `log`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.failure import DONE, REFUSED
from lifecycle.cli.refusal import gate_json, print_gates
from lifecycle.cli.terminal.chinese import argument, command, option
from lifecycle.cli.terminal.output import paint, say
from lifecycle.cli.terminal.table import write_table
from lifecycle.errors import UsageError

if TYPE_CHECKING:
    from lifecycle.engine.case import Case, Officer
    from lifecycle.engine.gates import Gate
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

CASE_HELP = "事项编号，或编号、名称中不重复的一段"


def officer_of(desk: Desk, principal: str | None = None) -> Officer | None:
    """Give the officer who looks, if one is named: looking needs nobody's role."""
    if not desk.officer_code:
        return None
    office = desk.office
    return office.directory.officer(desk.officer_code, office.day(desk.on), principal=principal)


@command(
    "show",
    help="一个事项现在怎样：在哪个环节，谁牵头，何时到期，能办什么，缺什么，会签、材料、"
    "要素和最近的记录。",
    examples=["lifecycle show LS-F-2026-003", "lifecycle show 剑瓷"],
)
@argument("case", metavar="CASE", help=CASE_HELP)
@option("--full", is_flag=True, help="要素逐项列出，长文不截短")
@at_desk
def show(desk: Desk, case: str, full: bool) -> None:
    """Show where a case stands."""
    from lifecycle.cli.cases.sheet import print_sheet, sheet_json

    office = desk.office
    found = office.case(case)
    officer = officer_of(desk)
    outlook = office.look(found, officer, desk.on)
    moment = office.moment(desk.on)
    last = list(office.entries(found, after=max(0, found.seq - 5)))
    workflow = office.workflow_of(found)
    if desk.json:
        desk.answer(
            sheet_json(office.directory, workflow, found, outlook, moment, last), lambda: None
        )
    else:
        print_sheet(
            office.directory, workflow, found, outlook, moment, last, officer=officer, full=full
        )


@command(
    "why",
    help="一项流转现在能不能办：逐条列出各关口，缺的写明怎样补。什么也不改变。",
    examples=["lifecycle why LS-F-2026-003 to_siting --as bureau01"],
)
@argument("case", metavar="CASE", help=CASE_HELP)
@argument("transition", metavar="TRANSITION", help="流转的标识或名称")
@option("--for", "principal", metavar="工号", help="代谁办理")
@at_desk
def why(desk: Desk, case: str, transition: str, principal: str | None) -> None:
    """Judge every gate of a transition."""
    from lifecycle.insight.outlook import ANYBODY, Way, judge_way
    from lifecycle.workflow.naming import find_transition_name

    office = desk.office
    found = office.case(case)
    workflow = office.workflow_of(found)
    name = find_transition_name(workflow, transition)
    officer = officer_of(desk, principal)
    judged = judge_way(workflow, found, name, officer or ANYBODY, office.moment(desk.on))
    gates = judged.gates if isinstance(judged, Way) else (judged,)
    if officer is None:
        gates = tuple(_anybody(gate, workflow, judged) for gate in gates if gate.kind != "not_by")
    unmet = [gate for gate in gates if not gate.met]
    document = {
        "number": found.number,
        "transition": name,
        "title": workflow.titles[name],
        "state": found.state,
        "allowed": not unmet if officer else None,
        "gates": [gate_json(gate) for gate in gates],
    }

    def tell() -> None:
        verdict = "还不能办" if unmet else "可以办理" if officer else "条件已齐"
        colour = "red" if unmet else "green"
        say(
            f"{found.number} {found.title}　{workflow.titles[name]}（{name}）：",
            paint(verdict, colour),
        )
        print_gates(gates)
        if isinstance(judged, Way):
            way = judged.transition
            ground = f"　{way.basis}" if way.basis else ""
            say(f"依据：workflows/{workflow.name}.yaml:{way.location.line}{ground}")

    desk.answer(document, tell)


def _anybody(gate: Gate, workflow: Workflow, judged: Any) -> Gate:
    """Say of the role only whose it is, where nobody in particular asks."""
    from dataclasses import replace

    from lifecycle.engine.gates import role_titles

    if gate.kind != "role":
        return gate
    return replace(
        gate, met=True, text=f"由 {role_titles(workflow, judged.transition.by)} 办理", mend=""
    )


@command(
    "log",
    help="一个事项的全部记录，从立项起。不写事项而写 --request-id 的，查这个编号（记录号）"
    "的记录有没有写入："
    "有则列出，"
    "没有则退出码 1。",
    examples=[
        "lifecycle log LS-F-2026-003",
        "lifecycle log --request-id 0198f0c2-7a10-7000-8000-000000000001",
    ],
)
@argument("case", metavar="[CASE]", required=False, help=CASE_HELP)
@option("--after", type=int, default=0, metavar="序号", help="只列此后的记录")
@at_desk
def log(desk: Desk, case: str | None, after: int) -> int:
    """List a case's entries, or the one that was recorded under a request id."""
    if case is None:
        return _log_one(desk)
    office = desk.office
    found = office.case(case)
    if desk.json:
        desk.answer(
            {"number": found.number, "entries": list(office.entries(found, after=after))},
            lambda: None,
        )
        return DONE
    say(f"{found.number} {found.title}　共 {found.seq} 条记录")
    write_table(
        ("序号", "日期", "经办", "事由"),
        log_rows(office, found, office.entries(found, after=after)),
        align=">",
    )
    return DONE


def _log_one(desk: Desk) -> int:
    """Say whether an entry with the request id is recorded; give 0 if it is, 1 if not."""
    if desk.request_id is None:
        raise UsageError(
            "没有写查哪个事项", "写事项编号；或写 --request-id 记录号，查一条记录有没有写入"
        )
    body = desk.office.recorded(desk.request_id)
    document = {"ok": body is not None, "request_id": desk.request_id, "entry": body}
    desk.answer(document, lambda: say(f"{desk.request_id}：{_where_recorded(desk.office, body)}"))
    return REFUSED if body is None else DONE


def _where_recorded(office: Office, body: Mapping[str, Any] | None) -> str:
    """Say where an entry stands and what it did."""
    from lifecycle.office.letters import case_of

    if body is None:
        return "没有写入，台账里没有这条记录"
    intent = body["intent"]
    if intent["workflow"] is None:
        return f"已写入，单位记录第 {intent['seq']} 条，{intent['type']}，{intent['actor']['id']}"
    case = case_of(office, intent["case"])
    (row,) = log_rows(office, case, iter([body]))
    return f"已写入，{case.number} 第 {intent['seq']} 条，{row[1]}，{row[2]}，{row[3]}"


def log_rows(
    office: Office, case: Case, entries: Iterator[Mapping[str, Any]]
) -> Iterator[tuple[str, str, str, str]]:
    """Tell entries in a line each, with the workflow and the names of their own time."""
    from lifecycle.insight.chronicle import tell, who

    directory = office.directory
    for body in entries:
        intent = body["intent"]
        on = intent["occurred_on"]
        workflow = office.library.workflow(intent["workflow"])
        yield (
            str(intent["seq"]),
            on,
            who(body),
            tell(workflow, body, directory.names(on, body["office"])),
        )
