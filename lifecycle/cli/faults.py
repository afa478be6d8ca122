"""What judging and publishing definitions came to: a line for each fault, or for each that is in
force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from lifecycle.cli.terminal.output import paint, say, warn
from lifecycle.errors import Problem, faults_among

if TYPE_CHECKING:
    from lifecycle.cli.desk import Desk
    from lifecycle.office.administration.publication import Publication

WORDS = {
    "workflow": "流程",
    "template": "公文模板",
    "calendar": "日历",
    "issuing": "发文规则",
    "list": "选项表",
    "bases": "法规依据表",
}


def tell_faults(desk: Desk, problems: Sequence[Problem], *, count: int, what: str) -> int:
    """Print a line for each fault and warning, as editors and CI read them, and a summary.

    Give the exit code, to which warnings do not count.
    """
    faults = faults_among(problems)
    document = {
        "ok": not faults,
        "files": count,
        "problems": list(map(problem_json, problems)),
    }

    def tell() -> None:
        for problem in problems:
            say(_problem_line(problem))
        verdict = paint(f"{len(faults)} 处错误", "red") if faults else paint("没有错误", "green")
        warnings = len(problems) - len(faults)
        warned = ("，", paint(f"{warnings} 处警告", "yellow")) if warnings else ()
        say(f"共检查 {count} 个{what}：", verdict, *warned)

    desk.answer(document, tell)
    return int(bool(faults))


def _problem_line(problem: Problem) -> str:
    """Tell a problem in one line, as editors and CI read it."""
    mend = f"　改法：{problem.mend}" if problem.mend else ""
    return f"{problem.location}: {problem.word}：{problem.message}{mend}".replace("\n", " ")


def problem_json(problem: Problem) -> dict[str, object]:
    """Give a problem for machines."""
    return {
        "rule": problem.rule,
        "level": "warning" if problem.warning else "error",
        "file": problem.location.file,
        "line": problem.location.line,
        "column": problem.location.column,
        "message": problem.message,
        "mend": problem.mend,
    }


def tell_published(desk: Desk, publication: Publication) -> None:
    """Say what was put into force, and what was in force already."""
    published = [
        {"kind": item.kind, "name": item.name, "sha256": item.sha256}
        for item in publication.published
    ]

    def tell() -> None:
        for item in publication.published:
            say(f"已发布{WORDS[item.kind]} {item.name}（{item.sha256[:12]}）")
        for one in publication.running:
            say(
                f"  第 {one.version} 版在办的 {one.cases} 件仍按第 {one.version} 版；"
                "要改按新版，先看会怎样："
                f"lifecycle workflow migrate {one.name} --from {one.version} --dry-run"
            )
        for name in publication.unchanged:
            say(f"{name} 与现行的相同，未重复发布")
        for warning in publication.warnings:
            warn(_problem_line(warning))

    document: dict[str, object] = {
        "published": published,
        "unchanged": list(publication.unchanged),
        "warnings": list(map(problem_json, publication.warnings)),
    }
    if publication.running:
        document["running"] = list(map(asdict, publication.running))
    desk.answer(document, tell)
