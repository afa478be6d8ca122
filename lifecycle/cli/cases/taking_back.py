"""Taking back what was recorded by mistake: `clear`, `detach`, `take-back`, `cancel`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle.cli.acting import acting, request_of
from lifecycle.cli.cases.cases import CASE_HELP, perform
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.files import CASES
from lifecycle.cli.terminal.chinese import argument, command, option

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle.office.cases.bulk import BulkLine
    from lifecycle.office.cases.cases import Case, Done, Request

_CASE = argument("case", type=CASES, metavar="事项", help=CASE_HELP)
_NOTE = option("--note", default="", metavar="理由", help="为什么；必须写")
_WHOLE = option("--all-or-nothing", "whole", is_flag=True, help="成批办理时，有一件不能办就都不办")
_DRY_RUN = option("--dry-run", is_flag=True, help="只看能不能办，不写入")
_HEADS = ("note", "说明", "理由")
"""Under which heads of a table the reason stands."""


@command(
    "clear",
    help="清除误填的要素，写明理由：由填的人本人办，还没有流转采用、没有锁定才可以。清除后就是没有填，"
    "以前的值不再恢复；以它为据的会签意见失效。已被采用的，用 lifecycle correct 更正。",
    examples=["lifecycle clear LS-F-2026-003 总投资 --note 填成了别的项目的 --as bureau01"],
)
@_CASE
@argument("facts", nargs=-1, metavar="要素 …", help="要素的标识或名称，可写几个")
@_NOTE
@_WHOLE
@acting
@_DRY_RUN
@at_desk
def clear(
    desk: Desk,
    case: str,
    facts: tuple[str, ...],
    note: str,
    whole: bool,
    principal: str | None,
    dry_run: bool,
) -> int:
    """Clear facts."""
    from lifecycle.office.cases import taking_back

    def do(request: Request, found: Case, said: str) -> Done:
        return taking_back.clear(desk.office, request, found, facts, note=said)

    request = request_of(desk, principal, dry_run=dry_run)
    return _perform(desk, case, request, do, note, title="清除", whole=whole)


@command(
    "detach",
    help="撤下误传的材料，写明理由：由传的人本人办，还没有流转采用、没有锁定才可以。文件仍然保存，"
    "以前传的不再恢复；以它为据的会签意见失效。已被采用的，用 lifecycle correct 更正。",
    examples=["lifecycle detach LS-F-2026-003 选址论证报告 --note 传错了文件 --as planning01"],
)
@_CASE
@argument("material", metavar="材料", help="材料的标识或名称")
@_NOTE
@_WHOLE
@acting
@_DRY_RUN
@at_desk
def detach(
    desk: Desk,
    case: str,
    material: str,
    note: str,
    whole: bool,
    principal: str | None,
    dry_run: bool,
) -> int:
    """Detach a material."""
    from lifecycle.office.cases import taking_back

    def do(request: Request, found: Case, said: str) -> Done:
        return taking_back.detach(desk.office, request, found, material, note=said)

    request = request_of(desk, principal, dry_run=dry_run)
    return _perform(desk, case, request, do, note, title="撤下", whole=whole)


@command(
    "take-back",
    help="收回误办的一笔记录（不改变环节的流转），写明理由：由办的人本人在五个工作日以内办，其后没有流转"
    "以它为据、没有签发它的公文、没有期限靠它才没有逾期才可以。收回的是最后一笔；它填的、锁的回到以前，"
    "拟的公文作废；按法定次数算的仍算一次。",
    examples=["lifecycle take-back LS-F-2026-003 月报进度 --note 记到了别的项目 --as bureau01"],
)
@_CASE
@argument("transition", metavar="流转", help="流转的标识或名称")
@_NOTE
@option(
    "--entry",
    type=int,
    default=0,
    metavar="第几笔",
    help="收回的是第几笔（log 列出）；同一流转已有收回或退回的，须写明",
)
@_WHOLE
@acting
@_DRY_RUN
@at_desk
def take_back(
    desk: Desk,
    case: str,
    transition: str,
    note: str,
    entry: int,
    whole: bool,
    principal: str | None,
    dry_run: bool,
) -> int:
    """Take back a record."""
    from lifecycle.office.cases import taking_back

    def do(request: Request, found: Case, said: str) -> Done:
        return taking_back.take_back(
            desk.office, request, found, transition, note=said, entry=entry
        )

    request = request_of(desk, principal, dry_run=dry_run)
    return _perform(desk, case, request, do, note, title="收回", whole=whole)


@command(
    "cancel",
    help="撤销误立的项，写明理由：由立项的人本人办，别人还没有办过、还没有办理任何流转才可以。"
    "编号作废，不再使用，清单和待办里不再列；此后不能再办任何事。",
    examples=["lifecycle cancel LS-F-2026-003 --note 与 LS-F-2026-002 重复立项 --as bureau01"],
)
@_CASE
@_NOTE
@_WHOLE
@acting
@_DRY_RUN
@at_desk
def cancel(
    desk: Desk, case: str, note: str, whole: bool, principal: str | None, dry_run: bool
) -> int:
    """Cancel an opening."""
    from lifecycle.office.cases import taking_back

    def do(request: Request, found: Case, said: str) -> Done:
        return taking_back.cancel(desk.office, request, found, note=said)

    request = request_of(desk, principal, dry_run=dry_run)
    return _perform(desk, case, request, do, note, title="撤销立项", whole=whole)


def _perform(
    desk: Desk,
    case: str,
    request: Request,
    do: Callable[[Request, Case, str], Done],
    note: str,
    *,
    title: str,
    whole: bool,
) -> int:
    """Take something back of one case or of those in a table, each with its reason or with `note`;
    give the exit code.
    """

    def one(request: Request, line: BulkLine) -> Done:
        line.see_readable(*_HEADS)
        return do(request, desk.office.case(line.case), line.pick(*_HEADS) or note)

    return perform(desk, case, request, one, title=title, whole=whole)
