"""`lifecycle demo`: a worked example office in a fresh database, told as it is played."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import command, option
from lifecycle.cli.terminal.output import columns, paint, say
from lifecycle.cli.terminal.refusal import print_refusal, refusal_json
from lifecycle.cli.terminal.text import pad
from lifecycle.errors import InvalidError, cell_width

if TYPE_CHECKING:
    from lifecycle.cli.story import Told
    from lifecycle.office.demo import DemoClock, DemoPlace, Stories, StoryStep
    from lifecycle.office.office import Office

WORKFLOW = "project"
NEXT = (
    ("lifecycle todo --as finance01", "财政局经办人的待办"),
    ("lifecycle show {仙都} --as finance01", "一个项目现在怎样，缺什么"),
    ("lifecycle advance {仙都} approve_cash_in --as bureau02", "会被拒绝：缺财政局会签"),
    ("lifecycle sign {仙都} approve_cash_in agree --as finance01", "补上会签，再办上一条就成了"),
    ("lifecycle why {畲乡} relist --as land01", "流拍的项目能不能重新挂牌"),
    ("lifecycle list --overdue", "逾期的项目"),
    ("lifecycle notice list {剑瓷}", "一个项目的公文"),
    (
        "lifecycle notice render {剑瓷} design-revision --into 公文 --docx",
        "把一件公文存成 Word 文件",
    ),
    ("lifecycle notice outbox --as clerk01", "待送的公文"),
    ("lifecycle log {木玩}", "一个项目的全部记录"),
    ("lifecycle replay {仙都}", "从台账回放，逐条重新判定"),
    ("lifecycle audit --as auditor01", "审计全部记录"),
)
"""What to try: {…} stands for the number of the case whose title begins so."""


@command(
    "demo",
    help="演示：在新的数据库里建一个虚构的招商局，把十个项目按日子先后逐日办到各自的环节，"
    "其中一个从考察导入走到验收"
    "，"
    "有拒绝、退回、流拍和委托代办；最后打印进度板、两件公文、审计结果，和接下来可以试的命令。",
    examples=[
        "lifecycle demo",
        "lifecycle demo --into 演示",
        "lifecycle demo --db postgresql+psycopg://管理员@主机/空库",
    ],
    here=True,
)
@option(
    "--into",
    default="demo-office",
    show_default=True,
    metavar="文件夹",
    help="放在哪个文件夹，没有则新建；--db 或 LIFECYCLE_DB 是服务器上的空库的，只放材料",
)
@at_desk
def demo(desk: Desk, into: str) -> int:
    """Play the worked example."""
    from lifecycle.cli.story import Player
    from lifecycle.office.clock import today
    from lifecycle.office.demo import DemoClock, found, in_order, place_for, shipped_stories

    place = place_for(desk.db, Path(into))
    stories = shipped_stories()
    day = today(desk.session.clock)
    if day < stories.as_of:
        raise InvalidError(
            f"今天是 {day}，演示的事情到 {stories.as_of} 为止，还没发生的事不能记录",
            "请校准系统时钟",
        )
    clock = DemoClock(desk.session.clock)
    session = replace(desk.session, clock=clock)
    desk = Desk(place.url, None, None, desk.json, None, session)
    office = desk.opened(create=True)
    made = found(office, clock)
    desk.tell(f"已建库：{place.name}　单位 {made.units} 个，经办人 {made.officers} 名，只写岗位")
    desk.tell(f"以下项目全部虚构，各步按日子先后、在当天的办公时间记录，截至 {stories.as_of}")
    player = Player(office, clock, WORKFLOW, place.materials)
    with office.together():
        told = player.play(in_order(stories, made.later))
    if not desk.json:
        for one in told:
            _print_case(office, one, full=one is told[0])
    return _conclude(desk, clock, stories, told, place)


def _print_case(office: Office, told: Told, *, full: bool) -> None:
    """Tell a case in a line for each milestone.

    `full`: with its first refusal as the officer saw it.
    """
    from lifecycle.office.demo import standing

    now = standing(office, told.number)
    say(
        "\n",
        paint(f"{told.number} {told.title}", "bold"),
        f"　{now.area}　{now.entries} 条记录　现在“{now.stage}”",
    )
    for on, text in told.lines:
        say(f"  {on}　{text}")
        if full and told.refusals and told.refusals[0][0].on == on:
            step, refused = told.refusals[0]
            say(f"\n$ {_typed(told.number, step)}")
            print_refusal(refused, sys.stdout)
            say("")


def _typed(number: str, step: StoryStep) -> str:
    """Write a step as the officer typed it."""
    verb, *words = step.words
    return shlex.join(["lifecycle", verb, number, *words, "--as", step.officers[0]])


def _conclude(
    desk: Desk, clock: DemoClock, stories: Stories, told: list[Told], place: DemoPlace
) -> int:
    """Show board, letters, replay and audit as their commands do, and what to try next.

    Give the exit code.
    """
    from lifecycle.cli.auditing import audit
    from lifecycle.cli.cases.lists import board
    from lifecycle.cli.cases.records import replay
    from lifecycle.cli.letters.demo_letters import issue_letters
    from lifecycle.cli.letters.letters import notice_show
    from lifecycle.office.demo import letters_to_show, see_clock

    letters = list(letters_to_show(desk.office, stories))
    issued = list(issue_letters(desk.office, letters, lambda: clock.next(stories.as_of)))
    clock.end()
    confirmed = see_clock(desk.office)
    shown: list[tuple[str, click.Command, dict[str, Any]]] = [
        (f"lifecycle board --on {stories.as_of}", board, {"on": stories.as_of}),
        *(
            (f"lifecycle notice show {number} {name}", notice_show, {"case": number, "name": name})
            for number, name in letters
        ),
        ("lifecycle replay", replay, {}),
        ("lifecycle audit", audit, {}),
    ]
    if desk.json:
        answers = [_asked(verb, db=desk.db, **given) for _, verb, given in shown]
        commands = [*_exports(place), *(line for line, _ in _next(told))]
        document = _document(desk.office, place, told, answers)
        desk.answer(document, lambda: None, following=commands)
        return 0 if answers[-2]["ok"] and answers[-1]["ok"] else 1
    code = 0
    for line in issued:
        say(line)
    if confirmed:
        say(
            f"\n演示的记录停在 {stories.as_of}，距今已超过系统允许的间隔；"
            f"已由 {confirmed[0]} 提出、{confirmed[1]} 确认今天的时钟无误，可以接着办"
        )
    for line, verb, given in shown:
        say(f"\n$ {line}")
        code = max(code, click.get_current_context().invoke(verb, db=desk.db, **given) or 0)
    say("\n接下来可以试：")
    for line in _exports(place):
        say(f"  {line}")
    tries = list(_next(told))
    width, limit = max(cell_width(line) for line, _ in tries), columns()
    beside = [f"  {pad(line, width)}  # {why}" for line, why in tries]
    if limit is None or all(cell_width(line) <= limit for line in beside):
        for line in beside:
            say(line)
    else:  # each under its command, so that neither is broken
        for line, why in tries:
            say(f"  {line}")
            say(f"      # {why}")
    return code


def _asked(verb: click.Command, **given: Any) -> Any:
    """Ask a command for what it tells machines."""
    import json

    with redirect_stdout(StringIO()) as out:
        click.get_current_context().invoke(verb, json=True, **given)
    document = json.loads(out.getvalue())
    return {"ok": document["ok"], **document["data"]}


def _document(
    office: Office, place: DemoPlace, told: list[Told], answers: list[Any]
) -> dict[str, Any]:
    from lifecycle.office.demo import standing

    board, *letters, replayed, audited = answers
    cases = []
    for one in told:
        now = standing(office, one.number)
        cases.append(
            {
                "number": one.number,
                "title": one.title,
                "state": now.state,
                "entries": now.entries,
                "milestones": [{"on": str(on), "text": text} for on, text in one.lines],
                "refusals": [
                    {
                        "command": _typed(one.number, step),
                        "message": refused.message,
                        **refusal_json(refused),
                    }
                    for step, refused in one.refusals
                ],
            }
        )
    return {
        "ok": replayed["ok"] and audited["ok"],
        "database": place.name,
        "cases": cases,
        "board": board,
        "letters": letters,
        "replay": {
            "ok": replayed["ok"],
            "cases": len(replayed["cases"]),
            "entries": replayed["entries"],
        },
        "audit": audited,
    }


def _exports(place: DemoPlace) -> Iterator[str]:
    """Write what has to be typed first: where the command is, if it would not be found, and which
    database.
    """
    from shutil import which

    program = Path(sys.argv[0])
    if program.name == "lifecycle" and which("lifecycle") is None:
        yield f'export PATH={shlex.quote(str(program.resolve().parent))}:"$PATH"'
    yield f"export LIFECYCLE_DB={shlex.quote(place.again)}"


def _next(told: list[Told]) -> Iterator[tuple[str, str]]:
    numbers = {one.title[:2]: one.number for one in told}
    for line, why in NEXT:
        yield line.format_map(numbers), why
