"""A DOCX that is wrong in one thing, spoilt with python-docx or in its XML, fails in the rows of
that thing alone.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from papers import DOCUMENT, SETTINGS, STYLES, letter, out, rewritten

from lifecycle.letter.check.check import check_docx
from lifecycle.letter.docx.docx import to_docx


def spoilt(name: str, change: Callable[[docx.document.Document], object]) -> bytes:
    """Open our DOCX with python-docx, change it and save it."""
    document = docx.Document(io.BytesIO(to_docx(letter(name))))
    change(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def spaced(document: docx.document.Document) -> None:
    """Space the text one and a half lines."""
    document.styles["公文正文"].paragraph_format.line_spacing = 1.5


def page(document: docx.document.Document) -> None:
    """Leave 27 mm at the foot."""
    document.sections[0].bottom_margin = Mm(27)


def sized(document: docx.document.Document) -> None:
    """Set the text in 小三 (15 pt)."""
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            if (
                run.font.size is None
                and paragraph.style is not None
                and paragraph.style.name in TEXT
            ):
                run.font.size = Pt(15)


def songti(document: docx.document.Document) -> None:
    """Set the text in 宋体."""
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            fonts_ = run._element.get_or_add_rPr().get_or_add_rFonts()
            if (
                paragraph.style is not None
                and paragraph.style.name in TEXT
                and run.style.name == "Default Paragraph Font"
            ):
                fonts_.set(qn("w:eastAsia"), "宋体")


def misplaced() -> bytes:
    """Say that odd and even pages differ where Word does not look."""
    without = rewritten("duties", SETTINGS, "<w:evenAndOddHeaders/>", "")
    return rewritten(without, DOCUMENT, "<w:docGrid", "<w:evenAndOddHeaders/><w:docGrid")


TEXT = (
    "公文正文",
    "主送机关",
    "附件说明",
    "发文机关署名",
    "成文日期",
    "附注",
    "一级标题",
    "二级标题",
)
SPOILT: dict[str, tuple[Callable[[], bytes], list[str]]] = {
    "下边 27 毫米": (lambda: spoilt("duties", page), ["margin.bottom", "folio.drop"]),
    "1.5 倍行距": (lambda: spoilt("duties", spaced), ["grid.rows", "grid.pitch"]),
    "字号 15 磅": (lambda: spoilt("request", sized), ["grid.columns", "grid.step", "body.size"]),
    "evenAndOddHeaders 在 sectPr": (misplaced, ["docx.even"]),
    "没有双页页脚": (
        lambda: rewritten("duties", DOCUMENT, '<w:footerReference w:type="even"[^>]*>', ""),
        ["docx.pair"],
    ),
    "公文首页不同": (
        lambda: rewritten("duties", DOCUMENT, "<w:docGrid", "<w:titlePg/><w:docGrid"),
        ["docx.first"],
    ),
    "信函没有首页不同": (
        lambda: rewritten("consultation", DOCUMENT, "<w:titlePg/>", ""),
        ["docx.first"],
    ),
    "标题宋体": (
        lambda: rewritten(
            "duties", STYLES, '(公文标题.{0,400}?w:eastAsia=")方正小标宋简体', r"\1宋体"
        ),
        ["title.font"],
    ),
    "红线黑": (lambda: rewritten("duties", DOCUMENT, "E60012", "000000"), ["rule.count"]),
    "页码居中": (
        lambda: rewritten(
            "duties", "word/footer1.xml", '<w:jc w:val="right"/>', '<w:jc w:val="center"/>'
        ),
        ["folio.odd"],
    ),
    "版记线细": (
        lambda: rewritten(
            "duties", DOCUMENT, '(<w:(?:top|bottom) w:val="single" w:sz=)"8"', r'\1"2"'
        ),
        ["record.outer"],
    ),
    "图片没有替代文字": (lambda: rewritten("duties", DOCUMENT, ' descr="[^"]+"', ""), ["docx.alt"]),
    "字距不缩": (
        lambda: rewritten("duties", STYLES, '<w:spacing w:val="-5"/>', ""),
        ["grid.columns", "grid.step"],
    ),
}
"""Each spoilt DOCX and what alone must fail."""


@pytest.mark.parametrize("name", SPOILT)
def test_a_wrong_docx_fails_in_what_is_wrong(name: str) -> None:
    """Exactly the rows of what was made wrong fail."""
    made, expected = SPOILT[name]
    report = check_docx(made())
    assert out(report) == expected, [(row.item, row.found) for row in report.measures if not row.ok]


def test_fonts_of_a_docx_are_named() -> None:
    """Text in 宋体 is told with the font that was found."""
    report = check_docx(spoilt("request", songti))
    assert [(row.key, row.found) for row in report.measures if not row.ok] == [
        ("body.font", "宋体")
    ]


def test_wrong_words_in_a_docx_are_found() -> None:
    """What a DOCX says is judged like a PDF."""
    made = replace(letter("request"), number="丽招商（2026）01号", contact="")
    report = check_docx(to_docx(made))
    assert [f.rule for f in report.findings] == [
        "number-brackets",
        "number-zero",
        "request-contact",
    ]


def test_a_plain_word_file_is_measured() -> None:
    """A file of Word's own making, without any of our styles, fails in what it lacks and raises
    nothing.
    """
    document = docx.Document()
    document.add_heading("关于做好工作的通知", 0)
    document.add_paragraph("各单位：")
    document.add_paragraph("请按职责于2026年8月15日前完成。")
    file = io.BytesIO()
    document.save(file)
    report = check_docx(file.getvalue())
    assert report.layout == "slip"
    assert {"paper.width", "margin.top", "grid.rows", "body.size", "docx.even", "docx.odd"} <= set(
        out(report)
    )


@pytest.mark.parametrize(
    "value", ["", "x", "-1", "0", "1e9", "nan", "99999999999", "１２", "1.5.2"]
)
@pytest.mark.parametrize("part", [DOCUMENT, STYLES, "word/footer1.xml"])
def test_whatever_a_docx_says_is_measured(part: str, value: str) -> None:
    """Numbers that are none, or of no sane size, are out of tolerance and raise nothing."""
    report = check_docx(rewritten("duties", part, r'(w:\w+)="-?[0-9]+"', rf'\1="{value}"'))
    assert out(report)


def test_a_style_based_on_itself_ends() -> None:
    """A circle of styles is resolved once round."""
    data = rewritten("request", STYLES, '<w:basedOn w:val="Normal"/>', '<w:basedOn w:val="Text"/>')
    assert check_docx(data).measures
