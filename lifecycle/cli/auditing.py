"""`lifecycle audit`: everything judged again, one line per finding, and a checkpoint to
note down.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle.callers import file_named
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import command, option
from lifecycle.cli.terminal.failure import DONE, FAILED, REFUSED
from lifecycle.cli.terminal.output import Bar, paint
from lifecycle.cli.terminal.paragraph import wrapped
from lifecycle.cli.terminal.text import safe
from lifecycle.errors import UnavailableError
from lifecycle.outfile import check_target, write_file

if TYPE_CHECKING:
    from lifecycle.office.administration.audit import Audited, Finding

REPORT = "审计报告"
UNSEEN = "未提供外部检查点，无法发现整段删除末尾记录；请把上面的检查点抄在库外，下次用 --since 核对"


@command(
    "audit",
    help="审计：逐条核对哈希、前后衔接、规范形式、当时的规则与角色、时间、编号、材料、"
    "已发布的定义，"
    "以及存储的"
    "状态是否等于回放的结果。每个问题一行；最后给出检查点，单独一行。退出码：0 无问题，1 有问题，3 "
    "未能核对。",
    examples=[
        "lifecycle audit",
        "lifecycle audit --since 1204:9f86d0…（以前审计的检查点）",
        "lifecycle audit --report 审计.json",
    ],
    afresh=True,
)
@option(
    "--since",
    metavar="检查点",
    help="以前审计的检查点（条数:哈希），核对那时的记录一条未变、一条未少",
)
@option("--report", "target", metavar="文件", help="另存审计报告：.json 或文本")
@at_desk
def audit(desk: Desk, since: str | None, target: str | None) -> int:
    """Audit everything."""
    from lifecycle.office.administration.audit import Audit, read_checkpoint

    checkpoint = read_checkpoint(since) if since else None
    if target is not None:
        check_target(file_named(target), REPORT)
    bar = Bar("审计")
    running = Audit(desk.office, checkpoint, bar.show)
    findings: list[Finding] = []
    lines = _Lines(desk, bar, keep=target is not None)
    with suppress(UnavailableError):  # the summary tells it
        for finding in running.findings():
            lines.add(str(finding), "red")
            if desk.json or target is not None:
                findings.append(finding)
    bar.clear()
    audited = running.result()
    for line in _summary(audited):
        lines.add(line, whole=line == str(audited.checkpoint))
    document = _document(audited, findings)
    if target is not None:
        _write_report(file_named(target), lines.kept or [], document)
    desk.answer(document, lambda: None)
    return _exit_code(audited)


class _Lines:
    """What is printed, line by line as it is found; kept only where a report is wanted."""

    def __init__(self, desk: Desk, bar: Bar, *, keep: bool) -> None:
        self.desk = desk
        self.bar = bar
        self.kept: list[str] | None = [] if keep else None

    def add(self, text: str, colour: str = "", *, whole: bool = False) -> None:
        """Print a line, wrapped on a terminal unless it is to be copied; a machine gets the
        document instead.
        """
        if self.kept is not None:
            self.kept.append(text)
        self.bar.clear()
        told = safe(text) if whole else wrapped(safe(text), rest="  ")
        for line in told.split("\n"):
            self.desk.tell(paint(line, colour) if colour else line)


def _exit_code(audited: Audited) -> int:
    """Give the exit code: what could not be checked is never clean."""
    if audited.clean:
        return DONE
    return REFUSED if audited.found and audited.error is None else FAILED


def _summary(audited: Audited) -> list[str]:
    if audited.error is not None:
        broken = audited.error
        return [
            (
                f"未能核对完：{broken.message}；核对到的有 {audited.read} 条记录，发现问题 "
                f"{audited.found} 个"
            ),
            broken.mend,
        ]
    told = [
        (
            f"审计完毕：{audited.entries} 条记录，{audited.cases} 个事项，被拒绝的办理 "
            f"{audited.refusals} 次；{_verdict(audited)}"
        ),
        _known_by(audited),
        *_declared(audited),
        *_early(audited),
        *_corrections(audited),
        f"末条序号 {audited.last_index}{_compared(audited)}，检查点：",
        str(audited.checkpoint),
    ]
    if audited.unjudged_entries:
        told.append(
            f"因已发布的定义损坏而未能完全核对：{_unjudged(audited)}；各是哪些，见上面的“定义”问题"
        )
    if audited.unprinted:
        told.append(
            f"{audited.unprinted} 件公文由别的版本或字体排印，未重排核对；存下的版式文件与记录一致"
        )
    return told if audited.since is not None else [*told, UNSEEN]


def _known_by(audited: Audited) -> str:
    """Say how it is known who acted."""
    declared = audited.entries - audited.local
    if not audited.local:
        return f"经办人身份都是自报（declared），{declared} 条；台账不能证明办理的是本人"
    told = f"经办人身份：由操作系统账户核实（local）{audited.local} 条"
    return f"{told}，自报（declared）{declared} 条" if declared else f"{told}，没有自报的"


def _declared(audited: Audited) -> list[str]:
    """Say what is so because two persons declared it: running cases, and from where numbers go
    on.
    """
    told = []
    if audited.taken_in:
        told.append(
            f"存量接管 {audited.taken_in} 件：由两人声明，接管前未经本系统审查，不在核对之内"
        )
    if audited.begun:
        told.append(
            f"接着纸质登记簿编号的系列 {audited.begun} 个：由两人声明，以前的号不在核对之内"
        )
    return told


def _early(audited: Audited) -> list[str]:
    """List the authority that began before it was recorded; that of the founding in one line."""
    founding = sum(one.founding for one in audited.early)
    later = [one for one in audited.early if not one.founding]
    told = [
        f"先于登记生效：单位记录第 {one.seq} 条，{one.officer} 的{one.kind}自 {one.since} 起，"
        f"{one.recorded} 登记"
        for one in later
    ]
    if founding:
        told.append(f"建库当天登记、自更早的日子起生效的职能、任职和授权 {founding} 条")
    return told


def _corrections(audited: Audited) -> list[str]:
    """List the corrections that an auditor looks at one by one."""
    told = []
    for one in audited.corrections:
        what = f"凭文件（{one.document}）补正"
        if one.kind == "slip":
            what = "笔误更正（会签意见仍算数）"
        note = one.note or "未写说明"
        told.append(f"{what}：{one.case} 第 {one.seq} 笔，{one.officer} 确认：{note}")
    return told


def _verdict(audited: Audited) -> str:
    if audited.clean:
        return "没有发现问题"
    unread = f"，未能核对 {audited.unread} 处" if audited.unread else ""
    return f"发现问题 {audited.found} 个{unread}"


def _compared(audited: Audited) -> str:
    if audited.since is None:
        return ""
    return f"（已与第 {audited.since.size} 条的检查点核对）"


def _unjudged(audited: Audited) -> str:
    letters = audited.unjudged_letters
    about = f"（涉及公文 {letters} 件）" if letters else ""
    return f"{audited.unjudged_entries} 条记录{about}"


def _document(audited: Audited, findings: list[Finding]) -> dict[str, Any]:
    error = audited.error
    return {
        "ok": audited.clean,
        "complete": audited.complete,
        "error": error.message if error else None,
        "entries": audited.entries,
        "cases": audited.cases,
        "refused_attempts": audited.refusals,
        "taken_in": audited.taken_in,
        "numbers_begun": audited.begun,
        "early": [asdict(one) for one in audited.early if not one.founding],
        "corrections": [asdict(one) for one in audited.corrections],
        "auth": {"declared": audited.entries - audited.local, "local": audited.local},
        "last_index": audited.last_index,
        "log": audited.log,
        "checkpoint": None if error else str(audited.checkpoint),
        "since": str(audited.since) if audited.since else None,
        "unprinted_letters": audited.unprinted,
        "unjudged": {
            "entries": audited.unjudged_entries,
            "letters": audited.unjudged_letters,
            "definitions": [asdict(damaged) for damaged in audited.damaged],
        },
        "findings": [
            {"code": f.code, "entry": f.idx, "case": f.case, "message": f.message} for f in findings
        ],
    }


def _write_report(target: Path, lines: list[str], document: dict[str, Any]) -> None:
    import json

    as_json = target.suffix.lower() == ".json"
    text = json.dumps(document, ensure_ascii=False, indent=1) if as_json else "\n".join(lines)
    write_file(target, f"{text}\n".encode(errors="backslashreplace"), REPORT)
