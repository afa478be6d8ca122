"""What waits for the officer: `todo`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from lifecycle.cli.cases.as_of import as_if_due, as_of_json, as_recorded, look, print_as_of
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import MOST, Number, command, option
from lifecycle.cli.terminal.output import columns, lines, paint, say
from lifecycle.cli.terminal.text import cut, pad, wrap
from lifecycle.errors import cell_width

if TYPE_CHECKING:
    from lifecycle.office.administration.pending import PendingDecision
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
    examples=[
        "lifecycle todo",
        "lifecycle todo --page 2 --as land01",
        "lifecycle todo --division",
    ],
)
@option("--page", type=Number(1, MOST), default=1, metavar="页数", help="第几页；默认 1")
@option("--full", is_flag=True, help="屏幕上也全部列出，长文不截短")
@option(
    "--division",
    "of_divisions",
    is_flag=True,
    help="我所在的处室、我分管的处室等办的事，写明谁能办",
)
@as_recorded
@at_desk
def todo(desk: Desk, page: int, *, full: bool, of_divisions: bool, recorded: str | None) -> None:
    """List what waits for the officer, page by page."""
    from lifecycle.office.todo import todo as list_tasks

    officer = desk.officer
    with as_if_due(desk, recorded):
        view = look(desk, recorded)
        found = list_tasks(view, officer, page, os.environ, of_divisions=of_divisions)
    document = {
        "officer": found.officer,
        "on": found.on.isoformat(),
        "page": found.page,
        "more": found.more,
        "tasks": list(map(_json, found.tasks)),
        "letters": list(map(_json, found.letters)),
        **({"decisions": list(map(asdict, found.decisions))} if found.decisions else {}),
        **as_of_json(view),
    }
    commands = [letter.command for letter in found.letters]
    commands += [task.command for task in found.tasks]
    commands += [decision.command for decision in found.decisions]
    now = commands if not (view.as_of or of_divisions) else []
    desk.answer(document, lambda: _print(found, view, full=full), following=now)


def _json(task: CaseTask | LetterTask) -> dict[str, Any]:
    """Give a task for a machine; who can do it is told of divisions only."""
    told = asdict(task)
    if not task.who:
        del told["who"]
    return told


def _whose(task: CaseTask | LetterTask) -> str:
    """Say before a task whose it is, where it is not the officer's own."""
    if task.who:
        return f"{'、'.join(task.who)}："
    return f"代 {task.principal}：" if task.principal else ""


@dataclass(frozen=True, slots=True)
class _Block:
    """One task as printed, under the titles of its group and its case ("" for none)."""

    group: str
    case: str
    lines: tuple[str, ...]


ROOM = 3
"""Lines of a screen that are left to the closing line and to what is typed next."""


def _print(found: Todo, view: View, *, full: bool) -> None:
    """Print what there is; on a terminal, unless all is asked for, each task in one or two lines,
    and as many as fit the screen: the most urgent. Then how many more there are.
    """
    print_as_of(view)
    if not (found.tasks or found.letters or found.waiting or found.dead or found.decisions):
        say(f"没有等 {found.officer} 办的事" if found.page == 1 else "没有更多了")
        return
    screen = None if full else lines()
    blocks = _blocks(found, brief=screen is not None)
    shown = _print_blocks(blocks, None if screen is None else screen - ROOM)
    told = []
    if shown < len(blocks):
        rest = len(blocks) - shown
        page = f" --page {found.page}" if found.page > 1 else ""
        told.append(f"以上 {shown} 项，还有 {rest} 项：lifecycle todo{page} --full")
    elif screen is not None and any(block.lines[-1].endswith("…") for block in blocks):
        told.append("写不下的：lifecycle todo --full")
    if found.more:
        told.append(f"还有更多：lifecycle todo --page {found.page + 1}")
    for line in told:
        say(line)


def _print_blocks(blocks: Sequence[_Block], room: int | None) -> int:
    """Print blocks, with titles where they change, as far as there is room; give how many."""
    group = case = ""
    used = 0
    for count, block in enumerate(blocks):
        titles = [block.group] if block.group and block.group != group else []
        if block.case and (titles or block.case != case):
            titles.append(block.case)
        used += len(titles) + len(block.lines)
        if room is not None and used > room and count:
            return count
        for line in (*titles, *block.lines):
            say(line)
        group, case = block.group, block.case
    return len(blocks)


def _blocks(found: Todo, *, brief: bool) -> list[_Block]:
    """Take apart what there is: the most urgent first."""
    today = found.on.isoformat()
    late = [letter for letter in found.letters if letter.due_on and letter.due_on < today]
    dated = [letter for letter in found.letters if letter.due_on and letter not in late]
    undated = [letter for letter in found.letters if not letter.due_on]
    overdue = [task for task in found.tasks if task.group == "overdue"]
    others = [task for task in found.tasks if task not in overdue]
    blocks = [_of_letter(letter, today, brief=brief) for letter in late]
    if found.waiting or found.dead:
        told = waiting_lines(found.waiting, found.by_hand, found.dead)
        blocks.append(_Block("", "", tuple(told)))
    blocks += [_of_decision(decision, brief=brief) for decision in found.decisions]
    blocks += _of_tasks(overdue, brief=brief)
    blocks += [_of_letter(letter, today, brief=brief) for letter in dated]
    on_letters = [_of_letter(letter, today, brief=brief) for letter in undated]
    if not brief:
        return [*blocks, *_of_tasks(others, brief=brief), *on_letters]
    # On a screen with room for a few, a letter goes before what has no day.
    by_day = [task for task in others if task.group != "none"]
    no_day = [task for task in others if task.group == "none"]
    blocks += [*_of_tasks(by_day, brief=brief), *on_letters]
    return [*blocks, *_of_tasks(no_day, brief=brief)]


def _of_tasks(tasks: Sequence[CaseTask], *, brief: bool) -> list[_Block]:
    """Make the blocks of what cases ask, group by group, case by case."""
    blocks: list[_Block] = []
    for name, among in groupby(tasks, key=lambda task: task.group):
        title, colour = GROUPS[name]
        group = paint(title, colour)
        for _case, its in groupby(among, key=lambda task: (task.number, task.title, task.due_on)):
            blocks += _of_case(group, list(its), brief=brief)
    return blocks


def _of_letter(letter: LetterTask, today: str, *, brief: bool) -> _Block:
    """Make the block of what a letter asks, with its command."""
    late = letter.due_on is not None and letter.due_on < today
    due = f"{'已逾期，' if late else ''}限 {letter.due_on}" if letter.due_on else ""
    behalf = _whose(letter)
    lead = f"  {letter.word}　{letter.command}"
    told = behalf + letter.text
    limit = columns()
    if due and (limit is None or cell_width(f"{lead}　{due}") <= limit):
        lead += f"　{due}"
    elif due:
        told = f"{due}　{told}"
    lines = (*_commanded(lead, LETTER, limit), *_under(LETTER, told, limit, brief=brief))
    return _Block(paint("公文", "bold"), "", lines)


def _of_decision(decision: PendingDecision, *, brief: bool) -> _Block:
    """Make the block of what somebody else proposed for the office."""
    limit = columns()
    told = f"{decision.officer} 提出：{decision.text}"
    lines = (
        *_commanded(f"  确认　{decision.command}", LETTER, limit),
        *_under(LETTER, told, limit, brief=brief),
    )
    return _Block(paint("待您确认", "bold"), "", lines)


def _commanded(lead: str, rest: str, limit: int | None) -> list[str]:
    """Write a kind and its command; where it is too long for a line it goes on after `rest`."""
    if limit is None or cell_width(lead) <= limit:
        return [lead]
    kind, _gap, told = lead.partition("　")
    return wrap(told, limit, first=f"{kind}　", rest=rest).split("\n")


def _under(lead: str, text: str, limit: int | None, *, brief: bool) -> Iterator[str]:
    """Write a text under its command: in brief in one line, else wrapped."""
    if limit is None:
        yield lead + text
    elif brief:
        yield lead + cut(text, limit - cell_width(lead))
    else:
        yield from wrap(text, limit, first=lead, rest=lead).split("\n")


def waiting_lines(waiting: int, by_hand: int, dead: int) -> Iterator[str]:
    """Write how many letters wait to be handed out; of those whose addressees are reached by no
    channel, what is to be done with them instead.
    """
    failed = f"，{dead} 件送不出去" if dead else ""
    if waiting > by_hand:
        told = f"待送公文 {waiting - by_hand} 件{failed}；清单：lifecycle notice outbox"
        yield from _sent_by("lifecycle notice deliver", told)
    elif dead:
        told = f"{dead} 件送不出去，改好以后重新排上：lifecycle notice outbox --retry 编号"
        yield from _sent_by("lifecycle notice outbox", told)
    if by_hand:
        told = f"{by_hand} 件的收文单位没有送达方式：人工送达后登记（lifecycle notice sent），"
        told += "或请管理员在送达设置里写上怎么送"
        yield from _sent_by("lifecycle notice outbox", told)


def _sent_by(command: str, told: str) -> Iterator[str]:
    lead = f"  送达　{command}"
    limit = columns()
    if limit is None or cell_width(f"{lead}　　{told}") <= limit:
        yield f"{lead}　　{told}"
    else:
        yield lead
        yield from _under(LETTER, told, limit, brief=False)


def _of_case(group: str, tasks: list[CaseTask], *, brief: bool) -> Iterator[_Block]:
    """Make the blocks of a case's tasks; the commands stand first, where no narrow terminal cuts
    them off.
    """
    case = tasks[0]
    due = f"　限 {case.due_on}" if case.due_on else ""
    title = paint(f"  {case.number} {case.title}{due}", "bold")
    width = max(cell_width(task.command) for task in tasks)
    limit = columns()
    for task in tasks:
        behalf = _whose(task)
        lead = f"    {KINDS[task.kind]}　{pad(task.command, width)}　　"
        text = behalf + task.text
        if limit is None or cell_width(lead + text) <= limit:
            yield _Block(group, title, (lead + text,))
        else:
            under = _under(UNDER, text, limit, brief=brief)
            yield _Block(group, title, (*_commanded(lead.rstrip(), UNDER, limit), *under))
