"""The record as a whole: `replay`, and `backup`, `restore`, `upgrade` of the database. `audit` is
in `auditing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lifecycle.cli.desk import Day, Desk, at_desk
from lifecycle.cli.terminal.chinese import argument, command, option
from lifecycle.cli.terminal.output import Bar, mark, say
from lifecycle.errors import UsageError, WorkflowError

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.ledger.chain import CaseStep
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

CASE_HELP = "事项编号，或编号、名称中不重复的一段；不写则回放全部事项"


class Time(click.ParamType[str]):
    """A time, written with day and clock, Beijing time unless it names its zone; given as entries
    have it (UTC).
    """

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read the time; a day alone means its end."""
        from lifecycle.people.clock import BEIJING

        text = str(value).strip()
        try:
            time = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"“{value}”不是时间；应写作 2026-08-01T15:30 或 2026-08-01", param, ctx)
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            time += timedelta(days=1, microseconds=-1)
        time = time if time.tzinfo else time.replace(tzinfo=BEIJING)
        return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@command(
    "replay",
    help="从台账回放：逐条重新判定，重建事项的状态。可看某日止已办成的（--at），或某时止已记录的"
    "（--as-recorded-at），或换一个流程来判定（--under）。发现问题时退出码为 1。",
    examples=[
        "lifecycle replay LS-F-2026-003",
        "lifecycle replay LS-F-2026-003 --at 2026-06-30",
        "lifecycle replay --under workflows/project.yaml",
    ],
)
@argument("case", required=False, metavar="[CASE]", help=CASE_HELP)
@option("--at", type=Day(), metavar="YYYY-MM-DD", help="只回放到这一天为止发生的事")
@option(
    "--as-recorded-at",
    "recorded",
    type=Time(),
    metavar="TIME",
    help="只回放到这一时刻为止记录的事（北京时间）",
)
@option("--under", metavar="文件", help="用这个流程文件来判定，代替各事项原定的流程版本")
@at_desk
def replay(
    desk: Desk, case: str | None, at: date | None, recorded: str | None, under: str | None
) -> int:
    """Replay one case or all."""
    if at is not None and recorded is not None:
        raise UsageError(
            "--at 与 --as-recorded-at 只能用一个",
            "前者问到某日止发生了什么，后者问到某时止记录了什么",
        )
    other = _read_other(under) if under else None
    until = _Until(at.isoformat() if at else None, recorded)
    if case is None:
        return _replay_all(desk, until, other)
    return _replay_one(desk, desk.office.case(case), until, other)


def _read_other(file: str) -> Workflow:
    from lifecycle.office.publication import read_definition
    from lifecycle.workflow.reader import examine

    workflow, problems, text = examine(read_definition(Path(file)), file)
    if workflow is None or problems:
        raise WorkflowError(problems, text)
    return workflow


class _Until:
    """Where a replay ends: with what had happened by a day, or with what had been recorded by a
    time.
    """

    def __init__(self, on: str | None, at: str | None) -> None:
        self.on = on
        self.at = at

    def __bool__(self) -> bool:
        return self.on is not None or self.at is not None

    def take(self, steps: Iterable[CaseStep]) -> Iterator[CaseStep]:
        """Pass on the steps before the end."""
        for step in steps:
            if step.body and self.at is not None and step.body["recorded_at"] > self.at:
                return
            if step.body and self.on is not None and step.body["intent"]["occurred_on"] > self.on:
                return
            yield step


def _replay_one(desk: Desk, case: Case, until: _Until, under: Workflow | None) -> int:
    from lifecycle.insight.document import case_document

    office = desk.office
    steps = list(until.take(office.replay(case, under)))
    after = next((step.after for step in reversed(steps) if step.after), None)
    same = None if until or under else after is not None and _same(after, case)
    bad = any(step.problems for step in steps) or same is False
    workflow = office.workflow_of(case)
    document = {
        "number": case.number,
        "ok": not bad,
        "entries": [_step_json(step) for step in steps],
        "same_as_stored": same,
        "case": case_document(workflow, after) if after else None,
    }
    desk.answer(document, lambda: _print_one(office, case, after, steps, same))
    return int(bad)


def _same(after: Case, stored: Case) -> bool:
    from lifecycle.engine.case import dump_case

    return dump_case(after) == dump_case(stored)


def _step_json(step: CaseStep) -> dict[str, Any]:
    intent = step.body["intent"] if step.body else {}
    keys = ("seq", "type", "transition", "from", "to", "occurred_on")
    return {
        "idx": step.row.idx,
        "hash": step.row.hash,
        **{key: intent.get(key) for key in keys},
        "recorded_at": step.body.get("recorded_at"),
        "state": step.after.state if step.after else None,
        "problems": [{"code": code, "message": message} for code, message in step.problems],
    }


def _print_one(
    office: Office, case: Case, after: Case | None, steps: list[CaseStep], same: bool | None
) -> None:
    workflow = office.workflow_of(case)
    say(
        f"{case.number} {case.title}　{workflow.title} 第 {workflow.version} 版　回放 "
        f"{len(steps)} 条"
    )
    for step in steps:
        say(mark(not step.problems), f" {_told(office, workflow, step)}")
        _print_problems(step)
    if after is None:
        say("到此时还没有记录，或首条记录不能回放")
        return
    state = workflow.states[after.state]
    held = (
        f"要素 {len(after.facts)} 项，材料 {len(after.materials)} 份，意见 {len(after.opinions)} 件"
    )
    say(f"回放至第 {after.seq} 条：{state.title}（{state.name}），自 {after.entered_on} 起；{held}")
    if same is not None:
        say(
            mark(same),
            " 与存储的状态一致" if same else " 与存储的状态不一致；请运行 lifecycle audit",
        )


def _told(office: Office, workflow: Workflow, step: CaseStep) -> str:
    """Tell an entry in a line; one that a forger has been at may have nothing to tell."""
    from lifecycle.insight.chronicle import tell, who

    try:
        intent = step.body["intent"]
        names = office.directory.names(intent["occurred_on"], step.body["office"])
        text = (
            f"{intent['seq']:>4}  {intent['occurred_on']}  "
            f"{who(step.body)}　"
            f"{tell(workflow, step.body, names)}"
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        text = f"   ?  序号 {step.row.idx} 的记录读不出来"
    return text


def _print_problems(step: CaseStep) -> None:
    from lifecycle.ledger.audit.finding import CODES

    for code, message in step.problems:
        say(f"        {CODES[code]}（{code}）：{message}")


def _replay_all(desk: Desk, until: _Until, under: Workflow | None) -> int:
    """Replay every case, one at a time; each gives a line."""
    from lifecycle.insight.document import case_document

    office = desk.office
    cases, wrong, entries = 0, 0, 0
    documents = []
    bar = Bar("回放")
    total = office.store.last_index()
    for case_id, steps in _all_steps(office, until, under):
        after = next((step.after for step in reversed(steps) if step.after), None)
        problems = [step for step in steps if step.problems]
        cases, wrong, entries = cases + 1, wrong + bool(problems), entries + len(steps)
        bar.show(entries, total)
        if desk.json:
            case = case_document(office.workflow_of(after), after) if after else None
            bad = [_step_json(step) for step in problems]
            documents.append(
                {"id": case_id, "ok": not bad, "entries": len(steps), "problems": bad, "case": case}
            )
            continue
        bar.clear()
        _print_line(office, case_id, after, steps, problems)
    bar.clear()
    document = {"ok": not wrong, "cases": documents, "entries": entries}
    desk.answer(
        document,
        lambda: say(
            f"共回放 {cases} 个事项、{entries} 条记录："
            f"{f'{wrong} 个有问题' if wrong else '没有问题'}"
        ),
    )
    return int(bool(wrong))


def _all_steps(
    office: Office, until: _Until, under: Workflow | None
) -> Iterator[tuple[str, list[CaseStep]]]:
    """Replay case by case; a case that had not begun by then is left out."""
    from lifecycle.ledger.replay import replay_all

    for case_id, replayed in replay_all(office.library, office.directory, under=under):
        steps = list(until.take(replayed))
        if steps:
            yield case_id, steps


def _print_line(
    office: Office,
    case_id: str,
    after: Case | None,
    steps: list[CaseStep],
    problems: list[CaseStep],
) -> None:
    if after is None:
        say(mark(False), f" {case_id}　不能回放")
    else:
        state = office.workflow_of(after).states.get(after.state)
        title = state.title if state else after.state
        say(mark(not problems), f" {after.number}　{after.title}　{title}　{len(steps)} 条")
    for step in problems:
        _print_problems(step)


@command(
    "backup",
    help="备份整个台账到一个文件：数据库、全部材料和校验清单。办理照常进行，"
    "备份的是同一时刻的内容"
    "。",
    examples=["lifecycle backup 2026-08-01.tar"],
)
@argument("target", metavar="FILE", help="备份文件，不能已经存在")
@at_desk
def backup(desk: Desk, target: str) -> None:
    """Write a backup."""
    from lifecycle.ledger.backup import back_up

    count = back_up(desk.office.store, Path(target))
    size = Path(target).stat().st_size
    document = {"ok": True, "file": target, "files": count, "bytes": size}
    desk.answer(document, lambda: say(f"已备份到 {target}：{count} 个文件，{size} 字节"))


@command(
    "restore",
    help="从备份恢复到一个新的位置；先逐个核对校验值，有一个不符就不恢复。不会覆盖已有的数据库。",
    examples=["lifecycle restore 2026-08-01.tar --db sqlite:///恢复/lifecycle.db"],
)
@argument("source", metavar="FILE", help="备份文件")
@at_desk
def restore(desk: Desk, source: str) -> None:
    """Restore a backup."""
    from lifecycle.ledger.backup import restore as put_back
    from lifecycle.ledger.sqlite.database import database_file

    database = database_file(desk.db)
    count = put_back(Path(source), database)
    document = {"ok": True, "database": str(database), "files": count}
    desk.answer(
        document, lambda: say(f"已恢复到 {database}：{count} 个文件。请接着运行 lifecycle audit")
    )


@command(
    "upgrade", help="把旧版式的数据库升级到本版本；先留一份副本。", examples=["lifecycle upgrade"]
)
@at_desk
def upgrade(desk: Desk) -> None:
    """Bring an older database to this version's schema."""
    from lifecycle.ledger.refold import refold
    from lifecycle.ledger.sqlite.database import SCHEMA, database_file
    from lifecycle.ledger.sqlite.database import upgrade as bring_up

    before, copy = bring_up(database_file(desk.db), refold)
    document = {"ok": True, "from": before, "to": SCHEMA, "copy": str(copy) if copy else None}
    told = (
        f"已由版式 {before} 升级到 {SCHEMA}，原库的副本在 {copy}"
        if copy
        else f"已是本版本的版式（{SCHEMA}），无须升级"
    )
    desk.answer(document, lambda: say(told))
