"""What falls due by itself: `tick`."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import command, option
from lifecycle.cli.terminal.failure import DONE
from lifecycle.cli.terminal.output import say
from lifecycle.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from lifecycle.office.cases.due import DueWaiting, Made, Ticked

PAUSE = 60.0
"""Seconds between two looks of `--watch`."""


@command(
    "tick",
    help="办理已到期、由系统自动办的流转（流程里写着 by: clock 的）。不必写由谁办。"
    "平时由 cron 每日运行，或由服务自己办；漏了也不要紧：每次办理以前，系统先把到期的办完。",
    examples=["lifecycle tick", "lifecycle tick --dry-run", "lifecycle tick --watch"],
)
@option("--dry-run", is_flag=True, help="只看会办什么，不写入")
@option("--watch", is_flag=True, help="一直开着，每分钟看一次，按 Ctrl-C 停")
@at_desk
def tick(desk: Desk, dry_run: bool, watch: bool) -> int:
    """Make what has fallen due."""
    from lifecycle.office.cases.due import tick as make

    if desk.on is not None:
        raise UsageError("到期的事按各自的到期日办，不能指定日期", "去掉 --on")
    if watch and (desk.json or dry_run):
        raise UsageError("--watch 不能和 --json、--dry-run 一起写", "去掉其中一个")
    if watch and desk.session.caller is not None:
        raise UsageError("服务自己会按时办，不必一直开着", "去掉 --watch")
    if watch:
        return _watch(desk)
    ticked = make(desk.office, dry_run=dry_run)
    document = {**asdict(ticked), "dry_run": dry_run}
    desk.answer(document, lambda: _print(ticked, dry_run=dry_run))
    return DONE


def _print(ticked: Ticked, *, dry_run: bool) -> None:
    for one in ticked.made:
        say(_made_line(one))
    if not ticked.made:
        say("没有到期待办的" if not ticked.waiting else "没有能办的")
    elif dry_run:
        say(f"共 {len(ticked.made)} 项会自动办理（未写入）")
    for waiting in ticked.waiting:
        say(_waiting_line(waiting))
    if ticked.more:
        say("  还有到期而条件不齐的，没有全部列出")


def _made_line(one: Made) -> str:
    late = f"（{one.due_on} 到期）" if one.due_on != one.on else ""
    effects = f"，带动 {one.effects} 件" if one.effects else ""
    done = f"{one.transition_title}{late}　现为“{one.stage}”{effects}"
    return f"{one.on}　{one.number} {one.title}　{done}"


def _waiting_line(one: DueWaiting) -> str:
    lacks = f"{one.transition_title}：{'；'.join(one.lacks)}"
    return f"  {one.due_on} 已到期，条件不齐　{one.number} {one.title}　{lacks}"


def _watch(desk: Desk) -> int:
    """Look again and again until somebody stops it; what goes wrong is told, and tried again."""
    from lifecycle.office.cases.due import tick as make

    try:
        while True:
            try:
                for one in make(desk.office).made:
                    say(_made_line(one))
            except UnavailableError as error:
                say(f"{error.message}（{error.mend}），稍后再试")
            time.sleep(PAUSE)
    except KeyboardInterrupt:
        return DONE
