"""What recipients answer: `notice receipt|take-back|reply`, and `notice urge` for what is late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle.callers import file_named
from lifecycle.cli.acting import acting, request_of
from lifecycle.cli.cases.cases import VERDICTS
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.files import INPUT
from lifecycle.cli.letters.drafting import done
from lifecycle.cli.letters.letters import CASE_HELP, NAME_HELP
from lifecycle.cli.terminal.chinese import Choice, argument, command, option
from lifecycle.cli.terminal.output import say
from lifecycle.errors import UsageError

if TYPE_CHECKING:
    from lifecycle.office.letters.reminders import Reminder

_RECORDS = {"receipt": "receipt", "签收": "receipt", "sent": "sent", "送达": "sent"}
"""What can be taken back of a letter, as officers write it."""
_dry_run = option("--dry-run", is_flag=True, help="只看能不能办，不写入")
_unit = option(
    "--unit",
    "unit",
    default="",
    metavar="单位",
    help="替名册以外的收文方登记时写其名称；本单位的不必写",
)


@command(
    "receipt",
    help="签收：登记本单位收到了公文。名册以外的收文方（市政府、投资方）由发文单位代为登记，写 "
    "--unit。",
    examples=["lifecycle notice receipt LS-F-2026-003 某招商函〔2026〕7号 --as land01"],
)
@argument("case", metavar="事项", help=CASE_HELP)
@argument("name", metavar="公文", help=NAME_HELP)
@_unit
@option("--note", default="", metavar="文字", help="说明")
@acting
@_dry_run
@at_desk
def notice_receipt(
    desk: Desk, case: str, name: str, unit: str, note: str, principal: str | None, dry_run: bool
) -> None:
    """Record a receipt."""
    from lifecycle.office.letters.replies import receive

    request = request_of(desk, principal, dry_run=dry_run)
    done(desk, receive(desk.office, request, case, name, unit=unit, note=note))


@command(
    "take-back",
    help="撤销误登记的签收或送达，写明理由。签收由登记的单位在复函、会签以前撤销；送达由收发员或发文单位在签收"
    "以前撤销，撤销后回到待送，有送达方式的会再发一次。",
    examples=[
        "lifecycle notice take-back LS-F-2026-003 某招商函〔2026〕7号 签收 --note 收错了件",
        "lifecycle notice take-back LS-F-2026-003 7号 送达 --unit 市人民政府 --note 没有送出",
    ],
)
@argument("case", metavar="事项", help=CASE_HELP)
@argument("name", metavar="公文", help=NAME_HELP)
@argument(
    "what", metavar="签收或送达", type=Choice(list(_RECORDS)), help="receipt（签收）或 sent（送达）"
)
@option("--unit", default="", metavar="单位", help="谁的签收、送给谁的；本单位的签收不必写")
@option("--note", default="", metavar="理由", help="为什么撤销；必须写")
@acting
@_dry_run
@at_desk
def notice_take_back(
    desk: Desk,
    case: str,
    name: str,
    what: str,
    unit: str,
    note: str,
    principal: str | None,
    dry_run: bool,
) -> None:
    """Take back a receipt or a sending."""
    from lifecycle.office.letters.outbox import take_back_sending
    from lifecycle.office.letters.replies import take_back_receipt

    take_back = take_back_receipt if _RECORDS[what] == "receipt" else take_back_sending
    request = request_of(desk, principal, dry_run=dry_run)
    done(desk, take_back(desk.office, request, case, name, unit=unit, note=note))


@command(
    "reply",
    help="复函：上传复函文件。征求会签意见的公文，写明 同意、不同意 或 附条件同意，"
    "复函即为本单位的会签意见"
    "；"
    "不写则只登记复函。没有签收的一并签收。",
    examples=[
        "lifecycle notice reply LS-F-2026-003 某招商函〔2026〕7号 同意 --file 复函.pdf --as land01",
        (
            "lifecycle notice reply LS-F-2026-003 9-siting-consultation 不同意 --note 权属未清 "
            "--file 复函.pdf --as "
            "land01"
        ),
    ],
)
@argument("case", metavar="事项", help=CASE_HELP)
@argument("name", metavar="公文", help=NAME_HELP)
@argument("verdict", required=False, metavar="[意见]", help="同意、不同意 或 附条件同意")
@option("--file", "file", type=INPUT, metavar="文件", help="复函文件")
@_unit
@option("--note", default="", metavar="文字", help="意见、理由或说明")
@acting
@_dry_run
@at_desk
def notice_reply(
    desk: Desk,
    case: str,
    name: str,
    verdict: str | None,
    file: str | None,
    unit: str,
    note: str,
    principal: str | None,
    dry_run: bool,
) -> None:
    """Record an answer."""
    from lifecycle.office.letters.replies import reply

    if verdict is not None and verdict not in VERDICTS:
        raise UsageError(f"意见“{verdict}”不认识", "写 同意、不同意 或 附条件同意")
    handled = reply(
        desk.office,
        request_of(desk, principal, dry_run=dry_run),
        case,
        name,
        file=file_named(file) if file else None,
        verdict=VERDICTS[verdict] if verdict else None,
        unit=unit,
        note=note,
    )
    done(desk, handled)


@command(
    "urge",
    help="催办：逾期未签收、未复函的单位，按发文规则各拟一件催办函（每件公文每个单位只催一次），"
    "拟好后照常核稿、签发。"
    "不写事项则查本单位发出的全部公文。",
    examples=[
        "lifecycle notice urge --as bureau01",
        "lifecycle notice urge LS-F-2026-003 --dry-run",
    ],
)
@argument("case", required=False, metavar="[事项]", help=CASE_HELP)
@acting
@_dry_run
@at_desk
def notice_urge(desk: Desk, case: str | None, principal: str | None, dry_run: bool) -> int:
    """Draft reminders for what is overdue."""
    from lifecycle.office.letters.reminders import urge

    request = request_of(desk, principal, dry_run=dry_run)
    reminders = list(urge(desk.office, request, case))
    failed = any(reminder.error for reminder in reminders)

    def tell() -> None:
        for reminder in reminders:
            say(_reminder_line(reminder))
        if not reminders:
            say("没有逾期未签收、未复函而未催办的公文")

    rows = [_reminder_json(reminder) for reminder in reminders]
    desk.answer({"ok": not failed, "dry_run": dry_run, "reminders": rows}, tell)
    return int(failed)


def _reminder_json(reminder: Reminder) -> dict[str, Any]:
    late = reminder.late
    return {
        "number": late.case.number,
        "letter": late.letter.name,
        "document_number": late.letter.number,
        "debt": late.debt,
        "units": list(late.names),
        "due_on": late.due_on,
        "reminder": reminder.drafted,
        "error": reminder.error.message if reminder.error else None,
    }


def _reminder_line(reminder: Reminder) -> str:
    late = reminder.late
    if reminder.error:
        came = f"✗ {reminder.error.message}"
    elif reminder.drafted:
        came = f"已拟 {reminder.drafted}"
    else:
        came = "（未写入）"
    owed = "未复函" if late.debt == "reply" else "未签收"
    return (
        f"{late.case.number}　{late.letter.number}　{'、'.join(late.names)} 逾期{owed}（限 "
        f"{late.due_on}）　{came}"
    )
