"""What goes out: `notice deliver|outbox|sent`."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lifecycle.cli.acting import acting, request_of
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.letters.drafting import done
from lifecycle.cli.letters.letters import CASE_HELP, NAME_HELP
from lifecycle.cli.terminal.chinese import Number, argument, command, option
from lifecycle.cli.terminal.output import mark, say
from lifecycle.cli.terminal.paragraph import flow
from lifecycle.cli.terminal.table import write_table
from lifecycle.errors import InvalidError, UsageError

if TYPE_CHECKING:
    from lifecycle.office.letters.outbox import Attempt, Unsent

CONFIG_HELP = "送达设置；默认在数据库旁边，文件名后加 .delivery.yaml，如 office.db.delivery.yaml"
STATES = {"pending": "待送", "dead": "送不出去", "sent": "已送出", "cancelled": "已撤"}


@command(
    "deliver",
    help="送达：把已签发的公文按送达设置发出去（邮件、交换文件夹、接口），送到一件记一件。"
    "送不到的按间隔重试，"
    "一再送不到的列在 outbox。同一件同一单位的编号不变，重发时对方可以据此去重。",
    examples=[
        "lifecycle notice deliver --as clerk01",
        "lifecycle notice deliver --watch 60 --as clerk01",
    ],
)
@option("--config", metavar="文件", help=CONFIG_HELP)
@option("--watch", type=Number(1, 86400), metavar="秒", help="一直开着，每隔这么久送一次")
@at_desk
def notice_deliver(desk: Desk, config: str | None, watch: int | None) -> int:
    """Hand over what lies in the outbox."""
    _refuse_through_service(desk, config, watch)
    if watch and desk.json:
        raise UsageError("--watch 一直开着，不能与 --json 同用", "每次送一轮：去掉 --watch")
    code = _round(desk, config)
    while watch:
        time.sleep(watch)
        code = _round(desk, config)
    return code


def _refuse_through_service(desk: Desk, config: str | None, watch: int | None) -> None:
    """Refuse, for a caller of a service, settings of their own and work without end."""
    if desk.session.caller is None:
        return
    if config:
        raise InvalidError("通过服务不能另写送达设置", "去掉 --config，用库旁边的那一份")
    if watch:
        raise InvalidError(
            "通过服务不能一直送达（--watch）",
            "去掉 --watch，每次送一轮；或在服务的机器上以服务的账户运行",
        )


def _round(desk: Desk, config: str | None) -> int:
    """Send what is due, tell each letter as it goes, and sum up; give the exit code."""
    from lifecycle.office.letters.outbox import count_unsent, deliver_due, read_settings

    office = desk.office
    settings = read_settings(office, config, os.environ)
    attempts: list[Attempt] = []
    for attempt in deliver_due(office, replace(request_of(desk), on=None), settings.channels):
        attempts.append(attempt)
        if not desk.json:
            say(mark(attempt.receipt is not None), f" {_told(attempt)}")
    by_hand, dead = count_unsent(office, settings.channels)
    failed = sum(attempt.error is not None for attempt in attempts)
    document = {
        "ok": not failed,
        "sent": [_attempt_json(attempt) for attempt in attempts],
        "by_hand": by_hand,
        "dead": dead,
    }
    tail = ""
    if by_hand:
        why = "" if settings.there else f"（没有送达设置 {settings.path}）"
        tail = f"；{by_hand} 件没有送达方式{why}，须人工送达：lifecycle notice outbox"
    sent = len(attempts) - failed
    desk.answer(document, lambda: say(f"送出 {sent} 件，未送出 {failed} 件{tail}"))
    return int(bool(failed))


def _told(attempt: Attempt) -> str:
    what = f"{attempt.number}　致 {attempt.addressee}"
    if attempt.receipt is not None:
        return f"{what}　{attempt.way}"
    again = "，不再重试"
    if attempt.next_at:
        again = f"，{attempt.next_at.astimezone():%m-%d %H:%M} 再试"
    return f"{what}　{attempt.error.message if attempt.error else ''}{again}"


def _attempt_json(attempt: Attempt) -> dict[str, Any]:
    receipt = attempt.receipt
    return {
        "id": attempt.id,
        "document_number": attempt.number,
        "addressee": attempt.addressee,
        "ok": receipt is not None,
        "channel": receipt.channel if receipt else None,
        "address": receipt.address if receipt else None,
        "error": attempt.error.message if attempt.error else None,
        "next_at": attempt.next_at.isoformat() if attempt.next_at else None,
    }


@command(
    "outbox",
    help="待送的公文：等着发的、须人工送达的、一再送不出去的。--retry 把送不出去的重新排上，"
    "等着再试的马上就送。",
    examples=["lifecycle notice outbox", "lifecycle notice outbox --retry 3GWP-KFSE-4F15.2"],
)
@option("--config", metavar="文件", help=CONFIG_HELP)
@option("--retry", "again", metavar="编号", help="重新排上这一件")
@at_desk
def notice_outbox(desk: Desk, config: str | None, again: str | None) -> None:
    """List sendings that wait, or put a dead one back."""
    from lifecycle.office.letters.outbox import read_settings, retry, unsent

    _refuse_through_service(desk, config, None)
    if again is not None:
        retry(desk.office, again)
        desk.answer({"id": again}, lambda: say(f"已重新排上：{again}"))
        return
    settings = read_settings(desk.office, config, os.environ)
    found = list(unsent(desk.office, settings.channels))

    def tell() -> None:
        heads = ("编号", "文号", "收文单位", "状态", "次数", "再试", "原因")
        if not write_table(heads, map(_unsent_line, found)):
            say("没有待送的公文")
        by_hand = next((one for one in found if one.by_hand), None)
        if by_hand is not None:
            named = f"{by_hand.case_number} {by_hand.letter} --unit {by_hand.addressee}"
            flow("送到以后登记：", "", command=f"lifecycle notice sent {named} --by 方式")

    desk.answer({"sendings": [_unsent_json(one) for one in found]}, tell)


def _unsent_line(one: Unsent) -> tuple[str, ...]:
    return (
        one.id,
        one.document_number,
        one.addressee,
        "人工送达" if one.by_hand else STATES[one.state],
        str(one.attempts),
        _when(one.next_at),
        one.error,
    )


def _when(at: str) -> str:
    """Write a stored time for people, in the machine's time zone; "" where there is none."""
    return f"{datetime.fromisoformat(at).astimezone():%m-%d %H:%M}" if at else ""


def _unsent_json(one: Unsent) -> dict[str, Any]:
    return {
        "id": one.id,
        "number": one.case_number,
        "letter": one.letter,
        "document_number": one.document_number,
        "addressee": one.addressee,
        "state": one.state,
        "by_hand": one.by_hand,
        "attempts": one.attempts,
        "next_at": one.next_at or None,
        "error": one.error or None,
    }


@command(
    "sent",
    help="登记人工送达：没有电子送达方式的，送到以后登记怎么送的。",
    examples=[
        "lifecycle notice sent LS-F-2026-003 某招商函〔2026〕7号 --unit 市人民政府 --by 机要交换"
    ],
)
@argument("case", metavar="事项", help=CASE_HELP)
@argument("name", metavar="公文", help=NAME_HELP)
@option("--unit", "unit", required=True, metavar="单位", help="送给谁")
@option(
    "--by",
    "way",
    required=True,
    metavar="方式",
    help="怎么送的，如 机要交换、专人送达、挂号信及单号",
)
@acting
@at_desk
def notice_sent(
    desk: Desk, case: str, name: str, unit: str, way: str, principal: str | None
) -> None:
    """Record that a letter was carried to its addressee."""
    from lifecycle.office.letters.outbox import record_sent

    request = request_of(desk, principal)
    done(desk, record_sent(desk.office, request, case, name, unit=unit, way=way))
