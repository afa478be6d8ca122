"""What waits for the officer: `todo`."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

import click

from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import command, option
from lifecycle.cli.terminal.output import columns, paint, say
from lifecycle.cli.terminal.text import cut, pad
from lifecycle.errors import cell_width

if TYPE_CHECKING:
    from lifecycle.insight.inbox import Waiting
    from lifecycle.office.letterbox import Errand

PAGE = 30
KINDS = {"sign": "会签", "advance": "可办", "supply": "待齐", "overdue": "逾期"}
GROUPS = {
    "overdue": ("已逾期", "red"),
    "today": ("今天到期", "yellow"),
    "week": ("七日内到期", "yellow"),
    "later": ("七日以后到期", "green"),
    "none": ("没有期限", "grey"),
}


@command(
    "todo",
    help="等我办的事：要我会签的、我可办的、我的事项还缺什么、已逾期的；受委托代办的也在内。"
    "最急的在前。",
    examples=["lifecycle todo", "lifecycle todo --page 2 --as land01"],
)
@option("--page", type=click.IntRange(1), default=1, metavar="N", help="第几页；默认 1")
@at_desk
def todo(desk: Desk, page: int) -> None:
    """List what waits for the officer, page by page: only what is shown is judged."""
    today = desk.office.day(desk.on)
    skip = (page - 1) * PAGE
    found = list(islice(desk.office.inbox(desk.officer, desk.on), skip, skip + PAGE + 1))
    more, found = len(found) > PAGE, found[:PAGE]
    tasks = [_task_json(waiting, today) for waiting in found]
    box = desk.office.letterbox(desk.officer, desk.on) if page == 1 else None
    waiting, dead = (box.waiting, box.dead) if box else (0, 0)
    letters = [_errand_json(errand) for errand in box.errands] if box else []

    def tell() -> None:
        _print_letters(letters, today)
        if waiting or dead:
            failed = f"，{dead} 件送不出去" if dead else ""
            say(
                f"  送达　lifecycle notice deliver　　待送公文 {waiting} 件{failed}；清单："
                f"lifecycle notice outbox"
            )
        if not tasks and not letters and not waiting and not dead:
            say(f"没有等 {desk.officer} 办的事" if page == 1 else "没有更多了")
            return
        for group, among in groupby(tasks, key=lambda task: task["group"]):
            title, colour = GROUPS[group]
            say(paint(title, colour))
            for case, of_case in groupby(
                among, key=lambda task: (task["number"], task["title"], task["due_on"])
            ):
                _print_case(*case, list(of_case))
        if more:
            say(f"还有更多：lifecycle todo --page {page + 1}")

    desk.answer(
        {
            "officer": desk.officer,
            "on": today.isoformat(),
            "page": page,
            "more": more,
            "tasks": tasks,
            "letters": letters,
        },
        tell,
    )


def _print_letters(letters: list[dict[str, Any]], today: date) -> None:
    """Print what letters ask for, each with its command."""
    if letters:
        say(paint("公文", "bold"))
    for errand in letters:
        late = errand["due_on"] is not None and errand["due_on"] < today.isoformat()
        due = f"　{'已逾期，' if late else ''}限 {errand['due_on']}" if errand["due_on"] else ""
        behalf = f"代 {errand['principal']}：" if errand["principal"] else ""
        say(f"  {errand['word']}　{errand['command']}", paint(due, "red") if late else due)
        say(f"        {behalf}{errand['text']}")


def _errand_json(errand: Errand) -> dict[str, Any]:
    return {
        "kind": errand.kind,
        "word": errand.word,
        "number": errand.case.number,
        "notice": errand.notice.name,
        "document_number": errand.notice.number or None,
        "due_on": errand.due_on,
        "principal": errand.principal,
        "text": errand.text,
        "command": errand.command,
    }


def _print_case(number: str, title: str, due_on: str | None, tasks: list[dict[str, Any]]) -> None:
    """Print a case's tasks; the commands stand first, where no narrow terminal cuts them off."""
    say("  ", paint(f"{number} {title}", "bold"), f"　限 {due_on}" if due_on else "")
    width = max(cell_width(task["command"]) for task in tasks)
    limit = columns()
    for task in tasks:
        behalf = f"代 {task['principal']}：" if task["principal"] else ""
        lead = f"    {KINDS[task['kind']]}　{pad(task['command'], width)}　　"
        text = behalf + task["text"]
        say(lead + (cut(text, max(10, limit - cell_width(lead))) if limit else text))


def _task_json(waiting: Waiting, today: date) -> dict[str, Any]:
    task = waiting.task
    return {
        "kind": task.kind,
        "group": _group(task.due_on, today),
        "number": task.case.number,
        "title": task.case.title,
        "state": task.case.state,
        "transition": task.transition.name if task.transition else None,
        "due_on": task.due_on,
        "principal": waiting.principal,
        "text": task.text,
        "command": task.command
        + (f" --for {waiting.principal}" if waiting.principal and task.transition else ""),
    }


def _group(due_on: str | None, today: date) -> str:
    if due_on is None:
        return "none"
    if due_on < today.isoformat():
        return "overdue"
    if due_on == today.isoformat():
        return "today"
    return "week" if due_on <= (today + timedelta(days=7)).isoformat() else "later"
