"""What goes out: `notice deliver|outbox|sent`."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lifecycle.cli.cases.cases import request_of
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.letters.issuing import done
from lifecycle.cli.letters.letters import CASE_HELP, NAME_HELP
from lifecycle.cli.terminal.chinese import argument, command, option
from lifecycle.cli.terminal.output import mark, say
from lifecycle.cli.terminal.table import write_table
from lifecycle.engine.acts import WAYS
from lifecycle.errors import UnknownError, UsageError

if TYPE_CHECKING:
    from lifecycle.delivery.channels import Channels
    from lifecycle.ledger.letter_rows import QueuedSending
    from lifecycle.office.office import Office
    from lifecycle.office.outbox import Sent

CONFIG_HELP = "送达设置；默认在数据库旁边，文件名后加 .delivery.yaml，如 office.db.delivery.yaml"
STATES = {"pending": "待送", "dead": "送不出去", "sent": "已送出", "cancelled": "已撤"}


def _channels(office: Office, config: str | None) -> Channels:
    from lifecycle.delivery.channels import Channels
    from lifecycle.delivery.channels_file import read_channels
    from lifecycle.office.outbox import settings_of

    path = Path(config or settings_of(os.environ, str(office.store.path)))
    if config is None and not path.exists():
        return Channels()
    channels = read_channels(path)
    units = office.directory.units
    for code in channels.units:
        if code not in units:
            raise UnknownError(
                f"送达设置 {path} 里的单位", code, units, "写单位代码，用 lifecycle unit list 查"
            )
    return channels


def _settings(office: Office, config: str | None) -> str:
    """Say where the settings were looked for, if there are none."""
    from lifecycle.office.outbox import settings_of

    path = Path(config or settings_of(os.environ, str(office.store.path)))
    return "" if path.exists() else f"（没有送达设置 {path}）"


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
@option("--watch", type=click.IntRange(1, 86400), metavar="秒", help="一直开着，每隔这么久送一次")
@at_desk
def notice_deliver(desk: Desk, config: str | None, watch: int | None) -> int:
    """Hand over what lies in the outbox."""
    if watch and desk.json:
        raise UsageError("--watch 一直开着，不能与 --json 同用", "每次送一轮：去掉 --watch")
    office = desk.office
    missing = _settings(office, config)
    code = _round(desk, office, _channels(office, config), missing)
    while watch:
        time.sleep(watch)
        code = _round(desk, office, _channels(office, config), missing)
    return code


def _round(desk: Desk, office: Office, channels: Channels, missing: str) -> int:
    from lifecycle.ledger.letter_rows import outbox
    from lifecycle.office.outbox import dispatch, without_channel

    rows: list[Sent] = []
    for sent in dispatch(
        office.chancery, replace(request_of(desk), on=None), channels, office.register.clock
    ):
        rows.append(sent)
        if not desk.json:
            say(_told(sent))
    by_hand = sum(without_channel(waiting, channels) for waiting in _all(office, "pending"))
    failed = sum(sent.error is not None for sent in rows)
    document = {
        "ok": not failed,
        "sent": [_sent_json(sent) for sent in rows],
        "by_hand": by_hand,
        "dead": len(outbox(office.store, "dead")),
    }
    tail = (
        f"；{by_hand} 件没有送达方式{missing}，须人工送达：lifecycle notice outbox"
        if by_hand
        else ""
    )
    desk.answer(document, lambda: say(f"送出 {len(rows) - failed} 件，未送出 {failed} 件{tail}"))
    return int(bool(failed))


def _told(sent: Sent) -> str:
    what = f"{sent.number}　致 {sent.sending.addressee}"
    if sent.receipt is not None:
        return (
            f"{mark(True)} "
            f"{what}　{WAYS.get(sent.receipt.channel, sent.receipt.channel)} "
            f"{sent.receipt.address}"
        )
    again = f"，{sent.next_at.astimezone():%m-%d %H:%M} 再试" if sent.next_at else "，不再重试"
    return f"{mark(False)} {what}　{sent.error.message if sent.error else ''}{again}"


def _when(at: object) -> str:
    """Write a stored time for people, in the machine's time zone; "" where there is none."""
    return f"{datetime.fromisoformat(str(at)).astimezone():%m-%d %H:%M}" if at else ""


def _sent_json(sent: Sent) -> dict[str, Any]:
    receipt = sent.receipt
    return {
        "id": sent.sending.id,
        "document_number": sent.number,
        "addressee": sent.sending.addressee,
        "ok": receipt is not None,
        "channel": receipt.channel if receipt else None,
        "address": receipt.address if receipt else None,
        "error": sent.error.message if sent.error else None,
        "next_at": sent.next_at.isoformat() if sent.next_at else None,
    }


def _all(office: Office, *states: str) -> Iterator[QueuedSending]:
    from lifecycle.ledger.letter_rows import outbox

    after = ""
    while page := outbox(office.store, *states, after=after):
        yield from page
        after = page[-1].id


@command(
    "outbox",
    help="待送的公文：等着发的、须人工送达的、一再送不出去的。--retry 把送不出去的重新排上，"
    "等着再试的马上就送。",
    examples=["lifecycle notice outbox", "lifecycle notice outbox --retry 3GWP-KFSE-4F15.2"],
)
@option("--config", metavar="文件", help=CONFIG_HELP)
@option("--retry", metavar="编号", help="重新排上这一件")
@at_desk
def notice_outbox(desk: Desk, config: str | None, retry: str | None) -> None:
    """List sendings that wait, or put a dead one back."""
    from lifecycle.ledger.letter_rows import revive
    from lifecycle.office.outbox import without_channel

    office = desk.office
    if retry is not None:
        if not revive(office.store, retry):
            raise UnknownError(
                "待送的件",
                retry,
                [w.id for w in _all(office, "pending", "dead")],
                "用 lifecycle notice outbox 查编号",
            )
        desk.answer({"ok": True, "id": retry}, lambda: say(f"已重新排上：{retry}"))
        return
    channels = _channels(office, config)
    rows = []
    for waiting in _all(office, "pending", "dead"):
        case = office.chancery.case(waiting.case_id)
        by_hand = waiting.state == "pending" and without_channel(waiting, channels)
        rows.append(
            {
                "id": waiting.id,
                "number": case.number,
                "notice": waiting.name,
                "document_number": case.notices[waiting.name].number,
                "addressee": waiting.addressee,
                "state": waiting.state,
                "by_hand": by_hand,
                "attempts": waiting.attempts,
                "next_at": waiting.next_at or None,
                "error": waiting.error or None,
            }
        )

    def tell() -> None:
        lines = (
            (
                str(r["id"]),
                str(r["document_number"]),
                str(r["addressee"]),
                "人工送达" if r["by_hand"] else STATES[str(r["state"])],
                str(r["attempts"]),
                _when(r["next_at"]),
                str(r["error"] or ""),
            )
            for r in rows
        )
        if not write_table(("编号", "文号", "收文单位", "状态", "次数", "再试", "原因"), lines):
            say("没有待送的公文")

    desk.answer({"parcels": rows}, tell)


@command(
    "sent",
    help="登记人工送达：没有电子送达方式的，送到以后登记怎么送的。",
    examples=[
        "lifecycle notice sent LS-F-2026-003 丽招商函〔2026〕7号 --unit 市人民政府 --by 机要交换"
    ],
)
@argument("case", metavar="CASE", help=CASE_HELP)
@argument("name", metavar="NAME", help=NAME_HELP)
@option("--unit", "unit", required=True, metavar="单位", help="送给谁")
@option(
    "--by",
    "way",
    required=True,
    metavar="方式",
    help="怎么送的，如 机要交换、专人送达、挂号信及单号",
)
@option("--for", "principal", metavar="工号", help="代谁办理；须有其委托")
@at_desk
def notice_sent(
    desk: Desk, case: str, name: str, unit: str, way: str, principal: str | None
) -> None:
    """Record that a letter was carried to its addressee."""
    from lifecycle.engine.acts import SendLetter
    from lifecycle.office.office import clean

    chancery, found = desk.office.chancery, desk.office.case(case)
    meant = chancery.find(found, name)
    request = request_of(desk, principal)
    addressee = chancery.addressee(request, found, meant, unit)
    place = next(n for n, a in enumerate(meant.addressed, 1) if a.name == addressee)
    command = SendLetter(meant.name, addressee, "人工", clean(way), f"{meant.code}.{place}")
    done(desk, chancery.dispatched(request, found, command), meant.name)
