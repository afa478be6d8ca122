"""What waits for the officer: `todo`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from lifecycle.cli.cases.as_of import as_if_due, as_of_json, as_recorded, look, print_as_of
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import MOST, Number, command, option
from lifecycle.cli.terminal.output import columns, paint, say
from lifecycle.cli.terminal.paragraph import flow
from lifecycle.cli.terminal.text import pad, wrap
from lifecycle.errors import cell_width

if TYPE_CHECKING:
    from lifecycle.office.todo import CaseTask, LetterTask, Todo
    from lifecycle.office.view import View

KINDS = {
    "sign": "会签",
    "resolve": "异议",
    "advance": "可办",
    "supply": "待齐",
    "overdue": "逾期",
    "confirm": "更正",
}
GROUPS = {
    "overdue": ("已逾期", "red"),
    "today": ("今天到期", "yellow"),
    "week": ("七日内到期", "yellow"),
    "later": ("七日以后到期", "green"),
    "none": ("没有期限", "grey"),
}

LETTER = " " * 8
"""What leads a letter's title under its command."""
UNDER = " " * 10
"""What leads a task's text where it does not fit beside its command."""


@command(
    "todo",
    help="等我办的事：要我会签的、我可办的、我的事项还缺什么、已逾期的；受委托代办的也在内。"
    "最急的在前。",
    examples=["lifecycle todo", "lifecycle todo --page 2 --as land01"],
)
@option("--page", type=Number(1, MOST), default=1, metavar="页数", help="第几页；默认 1")
@as_recorded
@at_desk
def todo(desk: Desk, page: int, recorded: str | None) -> None:
    """List what waits for the officer, page by page."""
    from lifecycle.office.todo import todo as list_tasks

    officer = desk.officer
    with as_if_due(desk, recorded):
        view = look(desk, recorded)
        found = list_tasks(view, officer, page)
    document = {
        "officer": found.officer,
        "on": found.on.isoformat(),
        "page": found.page,
        "more": found.more,
        "tasks": [asdict(task) for task in found.tasks],
        "letters": [asdict(letter) for letter in found.letters],
        **as_of_json(view),
    }
    commands = [letter.command for letter in found.letters]
    commands += [task.command for task in found.tasks]
    now = commands if not view.as_of else []
    desk.answer(document, lambda: _print(found, view), following=now)


def _print(found: Todo, view: View) -> None:
    print_as_of(view)
    today = found.on.isoformat()
    late = [letter for letter in found.letters if letter.due_on and letter.due_on < today]
    dated = [letter for letter in found.letters if letter.due_on and letter not in late]
    _print_letters(late, today)
    if found.waiting or found.dead:
        print_waiting(found.waiting, found.dead)
    if not (found.tasks or found.letters or found.waiting or found.dead):
        say(f"没有等 {found.officer} 办的事" if found.page == 1 else "没有更多了")
        return
    overdue = [task for task in found.tasks if task.group == "overdue"]
    _print_tasks(overdue)
    _print_letters(dated, today)
    _print_tasks([task for task in found.tasks if task not in overdue])
    _print_letters([one for one in found.letters if not one.due_on], today)
    if found.more:
        say(f"还有更多：lifecycle todo --page {found.page + 1}")


def _print_tasks(tasks: Sequence[CaseTask]) -> None:
    """Print what cases ask, group by group."""
    for group, among in groupby(tasks, key=lambda task: task.group):
        title, colour = GROUPS[group]
        say(paint(title, colour))
        for _case, its in groupby(among, key=lambda task: (task.number, task.title, task.due_on)):
            _print_case(list(its))


def _print_letters(letters: Sequence[LetterTask], today: str) -> None:
    """Print what letters ask for, each with its command."""
    if letters:
        say(paint("公文", "bold"))
    for letter in letters:
        late = letter.due_on is not None and letter.due_on < today
        due = f"　{'已逾期，' if late else ''}限 {letter.due_on}" if letter.due_on else ""
        behalf = f"代 {letter.principal}：" if letter.principal else ""
        lead = f"  {letter.word}　{letter.command}"
        told = behalf + letter.text
        limit = columns()
        if limit is not None and cell_width(lead + due) > limit:
            say(lead)
            flow(LETTER, f"{due.strip('　')}　{told}" if due else told)
        else:
            say(lead, paint(due, "red") if late else due)
            flow(LETTER, told)


def print_waiting(waiting: int, dead: int) -> None:
    """Print how many letters wait to be handed out; a line that is too long is parted between the
    commands.
    """
    lead = "  送达　lifecycle notice deliver"
    failed = f"，{dead} 件送不出去" if dead else ""
    told = f"待送公文 {waiting} 件{failed}；清单：lifecycle notice outbox"
    limit = columns()
    if limit is None or cell_width(f"{lead}　　{told}") <= limit:
        say(f"{lead}　　{told}")
    else:
        say(f"{lead}\n{LETTER}{told}")


def _print_case(tasks: Sequence[CaseTask]) -> None:
    """Print a case's tasks; the commands stand first, where no narrow terminal cuts them off."""
    case = tasks[0]
    due = f"　限 {case.due_on}" if case.due_on else ""
    say("  ", paint(f"{case.number} {case.title}", "bold"), due)
    width = max(cell_width(task.command) for task in tasks)
    limit = columns()
    for task in tasks:
        behalf = f"代 {task.principal}：" if task.principal else ""
        lead = f"    {KINDS[task.kind]}　{pad(task.command, width)}　　"
        text = behalf + task.text
        if limit is None or cell_width(lead + text) <= limit:
            say(lead + text)
        else:
            say(lead.rstrip())
            say(wrap(text, limit, first=UNDER, rest=UNDER))
