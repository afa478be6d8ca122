"""`lifecycle audit`: everything judged again, one line per finding, and a checkpoint to
note down.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.failure import DONE, FAILED, REFUSED
from lifecycle.cli.terminal.chinese import command, option
from lifecycle.cli.terminal.output import Bar, paint
from lifecycle.errors import UnavailableError
from lifecycle.outfile import check_target, write_file

if TYPE_CHECKING:
    from lifecycle.ledger.audit.audit import Auditor
    from lifecycle.ledger.audit.damage import Damage
    from lifecycle.ledger.audit.finding import Finding

REPORT = "审计报告"
UNSEEN = "未提供外部检查点，无法发现整段删除末尾记录；请把上面的检查点抄在库外，下次用 --since 核对"


@command(
    "audit",
    help="审计：逐条核对哈希、前后衔接、规范形式、当时的规则与角色、时间、编号、材料、"
    "已发布的定义，"
    "以及存储的"
    "状态是否等于回放的结果。每个问题一行；末行给出检查点。退出码：0 无问题，1 有问题，3 "
    "未能核对。",
    examples=[
        "lifecycle audit",
        "lifecycle audit --since 1204:9f86d0…（以前审计的检查点）",
        "lifecycle audit --report 审计.json",
    ],
)
@option(
    "--since",
    metavar="CHECKPOINT",
    help="以前审计的检查点（条数:哈希），核对那时的记录一条未变、一条未少",
)
@option("--report", "target", metavar="文件", help="另存审计报告：.json 或文本")
@at_desk
def audit(desk: Desk, since: str | None, target: str | None) -> int:
    """Audit everything."""
    from lifecycle.ledger.tree import read_checkpoint

    checkpoint = read_checkpoint(since) if since else None
    if target is not None:
        check_target(Path(target), REPORT)
    bar = Bar("审计")
    auditor = desk.office.auditor(bar.show, checkpoint)
    findings: list[Finding] = []
    lines = _Lines(desk, bar, keep=target is not None)
    broken: UnavailableError | None = None
    try:
        for finding in auditor.run():
            lines.add(str(finding), "red")
            if desk.json or target is not None:
                findings.append(finding)
            lines.seen(finding)
    except UnavailableError as error:
        broken = error
    bar.clear()
    for line in _summary(auditor, lines, broken):
        lines.add(line, "")
    document = _document(auditor, findings, lines, broken)
    if target is not None:
        _write_report(Path(target), lines.kept or [], document)
    desk.answer(document, lambda: None)
    return lines.code(broken)


class _Lines:
    """What is printed, line by line as it is found; kept only where a report is wanted."""

    def __init__(self, desk: Desk, bar: Bar, *, keep: bool) -> None:
        self.desk = desk
        self.bar = bar
        self.kept: list[str] | None = [] if keep else None
        self.found = 0
        self.unread = 0

    def add(self, text: str, colour: str) -> None:
        """Print a line; a machine gets the document instead."""
        if self.kept is not None:
            self.kept.append(text)
        self.bar.clear()
        self.desk.tell(paint(text, colour) if colour else text)

    def seen(self, finding: Finding) -> None:
        """Count a finding."""
        if finding.code == "unread":
            self.unread += 1
        else:
            self.found += 1

    def code(self, broken: UnavailableError | None) -> int:
        """Give the exit code: what could not be checked is never clean."""
        if broken is not None:
            return FAILED
        return REFUSED if self.found else FAILED if self.unread else DONE


def _summary(auditor: Auditor, lines: _Lines, broken: UnavailableError | None) -> list[str]:
    if broken is not None:
        return [
            (
                f"未能核对完：{broken.message}；核对到的有 {auditor.entries} 条记录，发现问题 "
                f"{lines.found} 个"
            ),
            broken.mend,
        ]
    unread = f"，未能核对 {lines.unread} 处" if lines.unread else ""
    checkpoint = f"检查点 {auditor.checkpoint}"
    if auditor.since is not None:
        checkpoint += f"（已与第 {auditor.since.size} 条的检查点核对）"
    verdict = f"发现问题 {lines.found} 个{unread}" if lines.found or unread else "没有发现问题"
    told = [
        (
            f"审计完毕：{auditor.tree.size} 条记录，{auditor.cases} 个事项，被拒绝的办理 "
            f"{auditor.refusals} 次；"
            f"{verdict}"
        ),
        f"末条序号 {auditor.upto}，{checkpoint}",
    ]
    if auditor.unjudged.count:
        told.append(
            f"因已发布的定义损坏而未能完全核对：{_unjudged_text(auditor)}；各是哪些，"
            f"见上面的“定义”问题"
        )
    unprinted = auditor.letters.unprinted if auditor.letters else 0
    if unprinted:
        told.append(f"{unprinted} 件公文由别的版本或字体排印，未重排核对；存下的版式文件与记录一致")
    return told if auditor.since is not None else [*told, UNSEEN]


def _document(
    auditor: Auditor, findings: list[Finding], lines: _Lines, broken: UnavailableError | None
) -> dict[str, Any]:
    return {
        "ok": lines.code(broken) == DONE,
        "complete": broken is None and not lines.unread and not auditor.broken,
        "error": broken.message if broken else None,
        "entries": auditor.tree.size,
        "cases": auditor.cases,
        "refused_attempts": auditor.refusals,
        "last_index": auditor.upto,
        "log": auditor.origin,
        "checkpoint": str(auditor.checkpoint) if broken is None else None,
        "since": str(auditor.since) if auditor.since else None,
        "unprinted_letters": auditor.letters.unprinted if auditor.letters else 0,
        "unjudged": {
            "entries": auditor.unjudged.count,
            "letters": auditor.unjudged_letters.count,
            "definitions": [_damage_json(damage) for damage in auditor.broken.values()],
        },
        "findings": [
            {"code": f.code, "entry": f.idx, "case": f.case, "message": f.message} for f in findings
        ],
    }


def _unjudged_text(auditor: Auditor) -> str:
    letters = auditor.unjudged_letters.count
    return f"{auditor.unjudged.count} 条记录" + (f"（涉及公文 {letters} 件）" if letters else "")


def _damage_json(damage: Damage) -> dict[str, Any]:
    """Give a damaged definition for machines, with how much rests on it."""
    return {
        "kind": damage.kind,
        "name": damage.name,
        "sha256": damage.digest,
        "entry": damage.idx,
        "unjudged_entries": damage.entries.count,
        "unjudged_letters": damage.letters.count,
        "uncompared_states": damage.states.count,
        "uncompared_due_dates": damage.days.count,
    }


def _write_report(target: Path, lines: list[str], document: dict[str, Any]) -> None:
    import json

    as_json = target.suffix.lower() == ".json"
    text = json.dumps(document, ensure_ascii=False, indent=1) if as_json else "\n".join(lines)
    write_file(target, f"{text}\n".encode(errors="backslashreplace"), REPORT)
