"""A PDF that is wrong in one thing fails in the rows of that thing, and in no other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fontset import fonts, needs_fonts
from letters import sample_letter
from papers import letter, out

from lifecycle.letter.check.check import check_pdf
from lifecycle.letter.check.pdf_look import lines_of, look
from lifecycle.letter.check.pdf_page import read_pdf
from lifecycle.letter.model import Letter, Paragraph
from lifecycle.letter.pdf.press import Typesetter, shipped, to_pdf
from lifecycle.letter.pdf.values import values_of
from lifecycle.letter.pdf.words import Wording

WRONG: dict[str, tuple[str, list[tuple[str, str]], list[str]]] = {
    "版心低 8 毫米": (
        "request",
        [
            ("#let top-edge = 37mm", "#let top-edge = 45mm"),
            ("bottom: 34.999mm", "bottom: 26.999mm"),
        ],
        ["margin.top", "margin.bottom", "mark.top", "folio.drop", "record.bottom"],
    ),
    "订口窄 5 毫米": (
        "request",
        [("#let left-edge = 28mm", "#let left-edge = 23mm"), ("right: 26mm", "right: 31mm")],
        [
            "margin.left",
            "margin.right",
            "mark.centre",
            "number.place",
            "title.centre",
            "folio.odd",
            "folio.even",
            "record.indent",
        ],
    ),
    "字距 16.5 磅": (
        "request",
        [("#let zi = width / 28", "#let zi = 16.5pt")],
        ["grid.columns", "grid.step"],
    ),
    "行距 28 磅": (
        "request",
        [("#let pitch = height / 22", "#let pitch = 28pt")],
        ["margin.bottom", "grid.rows", "grid.pitch"],
    ),
    "正文 15 磅": ("request", [("#let body-size = 16pt", "#let body-size = 15pt")], ["body.size"]),
    "标题 18 磅": (
        "duties",
        [("#let title-size = 22pt", "#let title-size = 18pt")],
        ["title.size"],
    ),
    "标题居左": (
        "request",
        [("  align(center, heading(", "  align(left, heading(")],
        ["title.centre"],
    ),
    "标题上移一行": (
        "request",
        [("#title\n", "#v(-pitch)\n#title\n#v(pitch)\n")],
        ["title.gap", "to.gap"],
    ),
    "标志字黑色": ("request", [("text(fill: red,", "text(fill: black,")], ["mark.colour"]),
    "标志高 10 毫米": ("request", [("middle = 35mm + ink", "middle = 25mm + ink")], ["mark.top"]),
    "文号居中（上行文）": ("request", [("if not d.upward {", "if true {")], ["number.place"]),
    "文号居左（下行文）": ("duties", [("if not d.upward {", "if false {")], ["number.place"]),
    "红线短": (
        "request",
        [("line(y - 0.35mm, 0.7mm)", "line(y - 0.35mm, 0.7mm, long: 146mm)")],
        ["rule.width"],
    ),
    "红线低 1.5 毫米": (
        "request",
        [("line(y - 0.35mm, 0.7mm)", "line(y + 1.15mm, 0.7mm)")],
        ["rule.gap"],
    ),
    "没有红线": ("request", [("line(y - 0.35mm, 0.7mm)", "none")], ["rule.count"]),
    "没有页码": (
        "request",
        [("  place(top + left, dx: left-edge, dy: middle - pitch / 2, number)", "")],
        ["folio.count"],
    ),
    "第二页没有页码": (
        "request",
        [("if not d.layout.double_rules or n > 1 {", "if n != 2 {")],
        ["folio.count"],
    ),
    "页码 16 磅": (
        "request",
        [('line-of("song", small, pitch, small,', 'line-of("song", 16pt, pitch, 16pt,')],
        ["folio.size"],
    ),
    "页码无一字线": (
        "request",
        [('text(font: d.faces.at(d.dash).family, "—")', "[]")],
        ["folio.dash", "folio.odd", "folio.even"],
    ),
    "页码居中": (
        "request",
        [("if calc.odd(n) { right } else { left }", "center")],
        ["folio.odd", "folio.even"],
    ),
    "版记线高 5 毫米": (
        "request",
        [
            (
                "  if copies.len() > 0 or printed { bar(0.35mm) }\n})",
                "  if copies.len() > 0 or printed { bar(0.35mm) }\n  v(5mm)\n})",
            )
        ],
        ["record.bottom"],
    ),
    "版记线粗": (
        "duties",
        [("bar(0.35mm)", "bar(1mm)"), ("bar(0.25mm)", "bar(1mm)")],
        ["record.outer", "record.inner"],
    ),
    "版记 16 磅": (
        "request",
        [
            (
                'set-in("fang", small, all, high: record-row)',
                'set-in("fang", 16pt, all, high: record-row)',
            )
        ],
        ["record.size"],
    ),
    "附件标题在第二行": (
        "duties",
        [('role: "hei")))\n  blank\n', 'role: "hei")))\n')],
        ["annex.title"],
    ),
    "段首空一字": (
        "duties",
        [("(amount: 2 * zi, all: true)", "(amount: 1 * zi, all: true)")],
        ["text.indent"],
    ),
    "信函标志低": (
        "consultation",
        [
            ("middle = 30mm - top-edge", "middle = 32.5mm - top-edge"),
            ("middle + ink / 2 * size + 4mm\n  mark", "middle + ink / 2 * size + 1.5mm\n  mark"),
        ],
        ["mark.page", "double.gap"],
    ),
    "信函双线粗细颠倒": (
        "consultation",
        [
            ("line(under, 0.9mm", "line(under, 0.3mm"),
            ("under + 1.4mm, 0.3mm", "under + 0.8mm, 0.9mm"),
            (
                "dy: 275.3mm, rect(width: 170mm, height: 0.3mm",
                "dy: 275.3mm, rect(width: 170mm, height: 0.9mm",
            ),
            (
                "dy: 276.1mm, rect(width: 170mm, height: 0.9mm",
                "dy: 276.7mm, rect(width: 170mm, height: 0.3mm",
            ),
        ],
        ["double.upper", "double.lower"],
    ),
    "信函下双线高 15 毫米": (
        "consultation",
        [("275.3mm", "260.3mm"), ("276.1mm", "261.1mm")],
        ["double.foot"],
    ),
    "信函双线与版心等宽": (
        "consultation",
        [
            ("x: -8mm, long: 170mm", "x: 0mm, long: 156mm"),
            (
                "dx: 20mm, dy: 275.3mm, rect(width: 170mm",
                "dx: 28mm, dy: 275.3mm, rect(width: 156mm",
            ),
            (
                "dx: 20mm, dy: 276.1mm, rect(width: 170mm",
                "dx: 28mm, dy: 276.1mm, rect(width: 156mm",
            ),
        ],
        ["double.width"],
    ),
    "信函首页有页码": (
        "consultation",
        [
            ("if not d.layout.double_rules or n > 1 {", "let numbered = {"),
            (
                "dy: middle - pitch / 2, number)\n  } else {",
                "dy: middle - pitch / 2, number)\n  }\n  numbered\n  if n == 1 {",
            ),
        ],
        ["folio.count"],
    ),
    "信函文号居左": (
        "consultation",
        [("align(right, par(on-grid(d.number)))", "align(left, par(on-grid(d.number)))")],
        ["number.place"],
    ),
}
"""Each wrong paper: the letter it is made of, what is changed in the template, and what alone must
fail.
"""


def spoilt(changes: list[tuple[str, str]]) -> bytes:
    """Give the template with each change made."""
    template = shipped().decode()
    for old, new in changes:
        assert old in template, old
        template = template.replace(old, new)
    return template.encode()


def printed(made: Letter, template: bytes) -> bytes:
    """Print a letter with a template of one's own."""
    return Typesetter(fonts(), template).pdf(values_of(made, Wording(fonts())))


@needs_fonts
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_pdf_fails_in_what_is_wrong(name: str) -> None:
    """Exactly the rows of what was made wrong fail."""
    of, changes, expected = WRONG[name]
    report = check_pdf(printed(letter(of), spoilt(changes)))
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
    report = check_pdf(to_pdf(made, fonts()))
    assert [(f.rule, f.page) for f in report.findings] == [
        ("number-brackets", 1),
        ("number-ordinal", 1),
        ("title-mark", 1),
        ("attachment-mark", 4),
    ]
    assert out(report) == []


@needs_fonts
def test_brackets_at_a_line_s_ends_tell_no_false_edge() -> None:
    """Lines, titles and numbers that begin or end with a mark set half as wide are in tolerance
    (E7).
    """
    lines = tuple(Paragraph(0, "国" * 26 + "《" + "国" * 27 + "（" + "国" * 40) for _ in range(4))
    made = replace(
        letter("consultation"),
        body=lines,
        title="《关于云栖项目用地（二期）》征求意见的函（试行）",
        number=None,
    )
    report = check_pdf(to_pdf(made, fonts()))
    found = {row.key: row.found for row in report.measures}
    assert (found["margin.left"], found["text.indent"], found["number.place"]) == (
        28.0,
        2.0,
        "居右顶格",
    )
    assert out(report) == []


@needs_fonts
def test_a_paragraph_s_line_that_begins_like_a_note_is_none() -> None:
    """Where a line of a paragraph happens to begin with 联系, no brackets are missed; its indent
    tells.
    """
    made = replace(
        sample_letter("consultation"), body=(Paragraph(0, "国" * 26 + "联系领导办公室。"),)
    )
    data = to_pdf(made, fonts())
    assert "联系领导办公室。" in [line.text for line in lines_of(look(read_pdf(data)))]
    assert [finding.rule for finding in check_pdf(data).findings] == []
