"""Judging and publishing definitions: one line per fault, one transaction for what belongs
together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lifecycle.cli.terminal.output import paint, say
from lifecycle.errors import Problem

if TYPE_CHECKING:
    from lifecycle.cli.desk import Desk
    from lifecycle.office.definitions import Definition

WORDS = {"workflow": "流程", "template": "公文模板", "calendar": "日历", "issuing": "发文规则"}


def tell_faults(desk: Desk, problems: Sequence[Problem], *, count: int, what: str) -> int:
    """Print a line for each fault, as editors and CI read them, and a summary; give the
    exit code.
    """
    document = {
        "ok": not problems,
        "files": count,
        "problems": [
            {
                "rule": p.rule,
                "file": p.location.file,
                "line": p.location.line,
                "column": p.location.column,
                "message": p.message,
                "mend": p.mend,
            }
            for p in problems
        ],
    }

    def tell() -> None:
        for problem in problems:
            mend = f"　改法：{problem.mend}" if problem.mend else ""
            say(f"{problem.location}: 错误：{problem.message}{mend}".replace("\n", " "))
        verdict = (
            paint(f"{len(problems)} 处错误", "red") if problems else paint("没有错误", "green")
        )
        say(f"共检查 {count} 个{what}：", verdict)

    desk.answer(document, tell)
    return int(bool(problems))


def publish(desk: Desk, definitions: Sequence[Definition], names: Sequence[str]) -> None:
    """Put definitions into force, all or none; `names` are those asked for, of which some may be in
    force already.
    """
    from lifecycle.ledger.record import hash_of
    from lifecycle.ledger.register import Request

    office, officer = desk.office, desk.officer
    with office.together():
        for last, (kind, name, body) in enumerate(definitions, 1 - len(definitions)):
            # The one asked for comes last and carries the request id; what it needs goes before it.
            office.publish(
                Request(officer, None, desk.on, None if last else desk.request_id), kind, name, body
            )
    published = [
        {"kind": kind, "name": name, "sha256": hash_of(body)} for kind, name, body in definitions
    ]
    done = {item["name"] for item in published}
    same = [name for name in names if name not in done]

    def tell() -> None:
        for item in published:
            say(f"已发布{WORDS[item['kind']]} {item['name']}（{item['sha256'][:12]}）")
        for name in same:
            say(f"{name} 与现行的相同，未重复发布")

    desk.answer({"ok": True, "published": published, "unchanged": same}, tell)
