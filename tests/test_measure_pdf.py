"""A PDF that is wrong in one thing fails in the rows of that thing, and in no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from fontset import fonts, needs_fonts
from papers import letter, out

from lifecycle.letter.check.check import check_pdf
from lifecycle.letter.pdf import pdf
from lifecycle.letter.pdf.pages import lay_out
from lifecycle.letter.pdf.sheet import BOTTOM, MM, TOP, Page, Rule, Run, Sheets

Wrong = Callable[[Sheets], Sheets]


def each(change: Callable[[int, Page], Page]) -> Wrong:
    """Change each page."""
    return lambda sheets: sheets._replace(
        pages=tuple(change(n, page) for n, page in enumerate(sheets.pages))
    )


def runs(change: Callable[[int, Run], Run | None]) -> Wrong:
    """Change or drop each run of text."""
    return each(
        lambda n, page: page._replace(
            runs=tuple(run for r in page.runs if (run := change(n, r)) is not None)
        )
    )


def rules(change: Callable[[int, Rule], Rule | None]) -> Wrong:
    """Change or drop each line."""
    return each(
        lambda n, page: page._replace(
            rules=tuple(rule for r in page.rules if (rule := change(n, r)))
        )
    )


def lower(mm: float) -> Wrong:
    """Move everything down."""
    return lambda sheets: runs(lambda _, run: run._replace(y=run.y + mm * MM))(
        rules(lambda _, rule: rule._replace(y=rule.y + mm * MM))(sheets)
    )


def title(run: Run) -> bool:
    """Tell whether a run is of a title."""
    return run.size == 22 and not run.red


def folio(run: Run) -> bool:
    """Tell whether a run is a page number."""
    return run.y > BOTTOM


def number(run: Run) -> bool:
    """Tell whether a run is the number."""
    return "〔2026〕" in run.text


def smaller(run: Run, size: float) -> Run:
    """Set a run smaller on the same cells."""
    return run._replace(size=size)


def closer(_: int, run: Run) -> Run:
    """Set the lines 28 pt apart."""
    return (
        run._replace(y=TOP + (run.y - TOP) * 28 / 28.99)
        if TOP < run.y < BOTTOM and run.size == 16
        else run
    )


def last(page: int, rule: Rule) -> Rule:
    """Let the lines of the 版记 stand 5 mm too high."""
    return rule._replace(y=rule.y - 5 * MM) if not rule.red and rule.y > 200 * MM else rule


SIDES = ("folio.odd", "folio.even", "record.indent")
WRONG: dict[str, tuple[str, Wrong, list[str]]] = {
    "版心低 8 毫米（下边 27 毫米）": (
        "request",
        lower(8),
        ["margin.top", "margin.bottom", "mark.top", "folio.drop", "record.bottom"],
    ),
    "订口窄 5 毫米": (
        "request",
        runs(lambda _, run: run._replace(x=run.x - 5 * MM)),
        ["margin.left", "margin.right", "mark.centre", "number.place", "title.centre", *SIDES],
    ),
    "字距 16 磅": (
        "request",
        runs(lambda _, run: run._replace(pitch=16.5) if run.size == 16 else run),
        ["margin.right", "text.beyond", "grid.step"],
    ),
    "正文 15 磅": (
        "request",
        runs(lambda _, run: smaller(run, 15) if run.size == 16 else run),
        ["body.size"],
    ),
    "标题 18 磅": (
        "duties",
        runs(lambda _, run: smaller(run, 18) if title(run) else run),
        ["title.size"],
    ),
    "标题居左": (
        "request",
        runs(lambda _, run: run._replace(x=28 * MM) if title(run) else run),
        ["title.centre"],
    ),
    "标题下移一行": (
        "request",
        runs(lambda _, run: run._replace(y=run.y - 28.99) if title(run) else run),
        ["title.gap", "to.gap"],
    ),
    "标志黑色": ("request", runs(lambda _, run: run._replace(red=False)), ["mark.colour"]),
    "标志高 10 毫米": (
        "request",
        runs(lambda _, run: run._replace(y=run.y - 10 * MM) if run.red else run),
        ["mark.top", "number.gap"],
    ),
    "文号居中（上行文）": (
        "request",
        runs(lambda _, run: run._replace(x=80 * MM) if number(run) else run),
        ["number.place"],
    ),
    "文号居左（下行文）": (
        "duties",
        runs(lambda _, run: run._replace(x=28 * MM) if number(run) else run),
        ["number.place"],
    ),
    "红线短": (
        "request",
        rules(lambda _, rule: rule._replace(width=rule.width - 10 * MM) if rule.red else rule),
        ["rule.width"],
    ),
    "红线低 1.5 毫米": (
        "request",
        rules(lambda _, rule: rule._replace(y=rule.y + 1.5 * MM) if rule.red else rule),
        ["rule.gap"],
    ),
    "没有红线": ("request", rules(lambda _, rule: None if rule.red else rule), ["rule.count"]),
    "没有页码": ("request", runs(lambda _, run: None if folio(run) else run), ["folio.count"]),
    "第二页没有页码": (
        "request",
        runs(lambda n, run: None if folio(run) and n == 1 else run),
        ["folio.count"],
    ),
    "页码 16 磅": (
        "request",
        runs(lambda _, run: smaller(run, 16) if folio(run) else run),
        ["folio.size"],
    ),
    "页码无一字线": (
        "request",
        runs(
            lambda _, run: (
                run._replace(text=run.text.strip("— "), x=run.x + 14) if folio(run) else run
            )
        ),
        ["folio.dash", "folio.odd", "folio.even"],
    ),
    "页码居中": (
        "request",
        runs(lambda _, run: run._replace(x=100 * MM) if folio(run) else run),
        ["folio.odd", "folio.even"],
    ),
    "版记线高 5 毫米": ("request", rules(last), ["record.bottom"]),
    "版记线粗": (
        "duties",
        rules(lambda _, rule: rule._replace(height=1.0 * MM) if rule.y > 200 * MM else rule),
        ["record.outer", "record.inner"],
    ),
    "版记 16 磅": (
        "request",
        runs(lambda _, run: smaller(run, 16) if run.size == 14 and run.y < BOTTOM else run),
        ["record.size"],
    ),
    "附件标题在第二行": (
        "duties",
        runs(lambda n, run: run._replace(y=run.y - 28.99) if title(run) and n else run),
        ["annex.title"],
    ),
    "段首空一字": (
        "duties",
        runs(
            lambda _, run: (
                run._replace(x=run.x - 15.79) if abs(run.x - 28 * MM - 31.58) < 1 else run
            )
        ),
        ["text.indent"],
    ),
    "信函标志低": (
        "consultation",
        runs(lambda _, run: run._replace(y=run.y + 2.5 * MM) if run.red else run),
        ["mark.page", "double.gap"],
    ),
    "信函双线粗细颠倒": (
        "consultation",
        rules(lambda _, rule: rule._replace(height=1.2 * MM - rule.height) if rule.red else rule),
        ["double.upper", "double.lower"],
    ),
    "信函下双线高 15 毫米": (
        "consultation",
        rules(lambda _, rule: rule._replace(y=rule.y - 15 * MM) if rule.y > 200 * MM else rule),
        ["double.foot"],
    ),
    "信函双线与版心等宽": (
        "consultation",
        rules(lambda _, rule: rule._replace(x=28 * MM, width=156 * MM)),
        ["double.width"],
    ),
    "信函首页有页码": (
        "consultation",
        each(
            lambda n, page: (
                page._replace(
                    runs=(*page.runs, Run(163 * MM, BOTTOM + 7 * MM - 1.1, "— 1 —", "song", 14, 14))
                )
                if n == 0
                else page
            )
        ),
        ["folio.count"],
    ),
    "信函文号居左": (
        "consultation",
        runs(lambda _, run: run._replace(x=28 * MM) if number(run) else run),
        ["number.place"],
    ),
}
"""Each wrong paper: the letter it is made of, what is done to its pages, and what alone
must fail.
"""


@needs_fonts
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_pdf_fails_in_what_is_wrong(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exactly the rows of what was made wrong fail."""
    of, wrong, expected = WRONG[name]
    monkeypatch.setattr(pdf, "lay_out", lambda made: wrong(lay_out(made)))
    report = check_pdf(pdf.to_pdf(letter(of), fonts()))
    assert out(report) == expected, [(row.item, row.found) for row in report.measures if not row.ok]


@needs_fonts
def test_wrong_words_on_a_pdf_are_found() -> None:
    """What a PDF says is judged with the page and line where it stands."""
    made = replace(
        letter("request"),
        number="丽招商[2026]第1号",
        title="关于云栖项目政策事项的请示。",
        attachments=("条款表；",),
    )
    report = check_pdf(pdf.to_pdf(made, fonts()))
    assert [(f.rule, f.page) for f in report.findings] == [
        ("number-brackets", 1),
        ("number-ordinal", 1),
        ("title-mark", 1),
        ("attachment-mark", 3),
    ]
    assert out(report) == []
