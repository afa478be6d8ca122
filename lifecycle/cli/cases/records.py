"""`replay`: a case, or every case, rebuilt from its entries and judged again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from lifecycle.cli.cases.as_of import Time, amended_json, print_amended
from lifecycle.cli.desk import Day, Desk, at_desk
from lifecycle.cli.files import INPUT
from lifecycle.cli.terminal.chinese import argument, command, option
from lifecycle.cli.terminal.output import Bar, mark, say
from lifecycle.cli.terminal.paragraph import flow

if TYPE_CHECKING:
    from lifecycle.office.cases.records import Rebuilt, Replayed, ReplayedCase, ReplayedEntry
    from lifecycle.office.office import Workflow
    from lifecycle.office.view import AsOf

CASE_HELP = "事项编号，或编号、名称中不重复的一段；不写则回放全部事项"
UNDER = " " * 8
"""What leads the further lines of an entry."""


@command(
    "replay",
    help="从台账回放：逐条重新判定，重建事项的状态。可看某日止已办成的（--at），某时止已记录的"
    "（--as-recorded-at），两者可以同时写；或换一个流程来判定（--under）。发现问题时退出码为 1。",
    examples=[
        "lifecycle replay LS-F-2026-003",
        "lifecycle replay LS-F-2026-003 --at 2026-06-30",
        "lifecycle replay LS-F-2026-003 --under 新流程.yaml",
        "lifecycle replay --under workflows/project.yaml",
    ],
    afresh=True,
)
@argument("case", required=False, metavar="[事项]", help=CASE_HELP)
@option("--at", type=Day(), metavar="YYYY-MM-DD", help="只回放到这一天为止发生的事")
@option(
    "--as-recorded-at",
    "recorded",
    type=Time(),
    metavar="时刻",
    help="只回放到这一时刻为止记录的事（北京时间）",
)
@option(
    "--under", type=INPUT, metavar="文件", help="用这个流程文件来判定，代替各事项原定的流程版本"
)
@at_desk
def replay(
    desk: Desk, case: str | None, at: date | None, recorded: str | None, under: str | None
) -> int:
    """Replay one case or all."""
    from lifecycle.office.cases import records
    from lifecycle.office.view import AsOf

    other = records.read_workflow_file(under) if under else None
    as_of = AsOf(at.isoformat() if at else None, recorded)
    if case is None:
        return _replay_all(desk, as_of, other)
    found = records.replay(desk.office, desk.office.case(case), as_of, other)
    document = {
        "number": found.number,
        "ok": found.ok,
        "entries": [_entry_json(entry) for entry in found.entries],
        "same_as_stored": found.same,
        "case": found.case.document if found.case else None,
        **_as_of_json(as_of, found.case),
    }
    desk.answer(document, lambda: _print_one(found, as_of))
    return int(not found.ok)


def _as_of_json(as_of: AsOf, case: Rebuilt | None) -> dict[str, Any]:
    """Say as of when a case was rebuilt, and what was corrected later; nothing for one that is as
    it now is.
    """
    if not as_of:
        return {}
    amended = amended_json(case.amended) if case else []
    return {"as_of": as_of.on, "as_recorded_at": as_of.at, "amended": amended}


def _entry_json(entry: ReplayedEntry) -> dict[str, Any]:
    return {
        "idx": entry.idx,
        "hash": entry.hash,
        "seq": entry.seq,
        "type": entry.type,
        "transition": entry.transition,
        "from": entry.source,
        "to": entry.target,
        "occurred_on": entry.occurred_on,
        "recorded_at": entry.recorded_at,
        "state": entry.state,
        "problems": [{"code": fault.code, "message": fault.message} for fault in entry.problems],
    }


def _print_one(found: Replayed, as_of: AsOf) -> None:
    say(
        f"{found.number} {found.title}　{found.workflow_title} 第 {found.version} 版　回放 "
        f"{len(found.entries)} 条"
    )
    for entry in found.entries:
        flow(" ", entry.told, rest=UNDER, sign=mark(not entry.problems))
        _print_problems(entry)
    if found.case is None:
        say("到此时还没有记录，或首条记录不能回放")
        return
    say(_rebuilt_line(found.case))
    if as_of:
        values = "；".join(f"{fact.title} {fact.text}" for fact in found.case.values)
        flow("要素　", values)
        print_amended(found.case.amended)
    if found.same is not None:
        verdict = "与存储的状态一致" if found.same else "与存储的状态不一致；请运行 lifecycle audit"
        say(mark(found.same), f" {verdict}")


def _rebuilt_line(case: Rebuilt) -> str:
    held = f"要素 {case.facts} 项，材料 {case.materials} 份，意见 {case.opinions} 件"
    stage = f"{case.stage}（{case.state}）"
    return f"回放至第 {case.seq} 条：{stage}，自 {case.entered_on} 起；{held}"


def _print_problems(entry: ReplayedEntry) -> None:
    for fault in entry.problems:
        say(f"        {fault.name}（{fault.code}）：{fault.message}")


def _replay_all(desk: Desk, as_of: AsOf, under: Workflow | None) -> int:
    """Replay every case, one at a time; each gives a line."""
    from lifecycle.office.cases import records

    cases, wrong, entries = 0, 0, 0
    documents = []
    bar = Bar("回放")
    total = records.count_entries(desk.office)
    for found in records.replay_all(desk.office, as_of, under):
        cases += 1
        wrong += bool(found.faulty)
        entries += found.entries
        bar.show(entries, total)
        if desk.json:
            documents.append({**_case_json(found), **_as_of_json(as_of, found.case)})
        else:
            bar.clear()
            _print_line(found)
    bar.clear()
    verdict = f"{wrong} 个有问题" if wrong else "没有问题"
    desk.answer(
        {"ok": not wrong, "cases": documents, "entries": entries},
        lambda: say(f"共回放 {cases} 个事项、{entries} 条记录：{verdict}"),
    )
    return int(bool(wrong))


def _case_json(found: ReplayedCase) -> dict[str, Any]:
    return {
        "id": found.id,
        "ok": not found.faulty,
        "entries": found.entries,
        "problems": [_entry_json(entry) for entry in found.faulty],
        "case": found.case.document if found.case else None,
    }


def _print_line(found: ReplayedCase) -> None:
    if found.case is None:
        say(mark(False), f" {found.id}　不能回放")
    else:
        case = found.case
        told = f" {case.number}　{case.title}　{case.stage}　{found.entries} 条"
        say(mark(not found.faulty), told)
    for entry in found.faulty:
        _print_problems(entry)
