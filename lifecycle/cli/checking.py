"""`notice check`: one paper measured against GB/T 9704—2012, and its text judged."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import argument, command
from lifecycle.cli.terminal.output import mark, paint, say
from lifecycle.cli.terminal.table import write_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle.office.letters.papers import Measure, Report


@command(
    "check",
    help="量一份 PDF 或 DOCX 是否合 GB/T 9704—2012：纸张、版心、行数字数、各要素的位置与字号，"
    "并检查文字；"
    "有超出允差的或文字有问题的，退出码为 1，文件读不了的为 3。",
    examples=["lifecycle notice check 公文/LS-F-2026-003-3-consultation.pdf"],
    here=True,
)
@argument(
    "file",
    metavar="文件",
    help="PDF 或 DOCX 文件；DOCX 量的是样式和设置，排出来的样子请另存 PDF 再量",
)
@at_desk
def notice_check(desk: Desk, file: str) -> int:
    """Measure one file."""
    from lifecycle.office.letters.papers import check_file

    report = check_file(Path(file))
    desk.answer(_document(file, report), lambda: _print(file, report))
    return int(not report.ok)


def _document(file: str, report: Report) -> dict[str, Any]:
    return {
        "ok": report.ok,
        "file": file,
        "kind": report.kind,
        "layout": report.layout,
        "measures": [asdict(measure) for measure in report.measures],
        "findings": [finding._asdict() for finding in report.findings],
    }


def _print(file: str, report: Report) -> None:
    write_table(
        ("项目", "标准", "实测", "允差", "结论", "条款", "处"), _rows(report), align="<>>><<<"
    )
    for found in report.findings:
        say(
            f"{file}:{found.page}:{found.line}: {found.message}：{found.text}　改法："
            f"{found.mend}（{found.basis}"
            f"）"
        )
    out = sum(not measure.ok for measure in report.measures)
    wrong = len(report.findings)
    verdict = (
        f"{out} 项超出允差，文字 {wrong} 处问题" if out or wrong else "都在允差内，文字没有问题"
    )
    say(
        f"{report.layout_title}，共量 {len(report.measures)} 项：",
        paint(verdict, "green" if report.ok else "red"),
    )


def _rows(report: Report) -> Iterator[tuple[str, ...]]:
    for row in report.measures:
        allowed = f"±{row.tolerance:g}" if row.tolerance else ""
        yield (
            row.item,
            _value(row, row.wanted),
            _value(row, row.found),
            allowed,
            mark(row.ok),
            _clause(row),
            row.where,
        )


def _clause(row: Measure) -> str:
    """Name the clause; what fewer than two copies of the standard bear out is marked B."""
    return row.clause if row.sure == "A" else f"{row.clause}（B）"


def _value(row: Measure, value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g} {row.unit}".rstrip()
