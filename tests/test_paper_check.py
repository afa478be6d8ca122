"""The checker passes our own papers and fails wrong ones line by line."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from fontset import fonts, needs_fonts
from letters import ISSUED, issued_letter

from lifecycle.commands.checking import notice_check
from lifecycle.errors import UnavailableError
from lifecycle.notice import Letter, Paragraph
from lifecycle.paper import pdf
from lifecycle.paper.check import BYTES, Report, check_docx, check_file, check_pdf
from lifecycle.paper.docx import to_docx
from lifecycle.paper.pages import lay_out
from lifecycle.paper.sheet import BOTTOM, MM, TOP, Page, Rule, Run, Sheets
from lifecycle.paper.standard import NORMS, Measure, measure

LONG = (
    "该项目符合国土空间规划和产业发展方向，要素保障已经落实，各有关单位按照职责分工抓好落实，确保按期开工建设并投产。"
)


def letter(name: str) -> Letter:
    """Give an issued letter, long enough to fill pages, that is clean in what it says."""
    found = issued_letter(name)
    more = tuple(Paragraph(0, LONG) for _ in range(14))
    kept = [b for b in found.body if not (isinstance(b, Paragraph) and b.level == 4)]
    return replace(found, body=(*kept[:-1], *more, *kept[-1:]))


def out(report: Report) -> list[str]:
    """Name what is out of tolerance, each once, in the order of the report."""
    return list(dict.fromkeys(row.key for row in report.measures if not row.ok))


# ── Our own papers ──


@needs_fonts
@pytest.mark.parametrize("name", ISSUED)
def test_our_pdfs_pass(name: str) -> None:
    """Each layout, issued and as a draft, is in tolerance in every measure, and is taken for what it is."""
    for made in (letter(name), replace(letter(name), number=None, code=None, proof=None, printed=None)):
        report = check_pdf(pdf.to_pdf(made, fonts()))
        assert (out(report), report.findings, report.layout) == ([], (), made.layout)


@pytest.mark.parametrize("name", ISSUED)
def test_our_docx_pass(name: str) -> None:
    """So is each DOCX by what its styles and settings say."""
    report = check_docx(to_docx(letter(name)))
    assert (out(report), report.findings, report.layout) == ([], (), letter(name).layout)


@needs_fonts
def test_what_is_measured_of_a_document() -> None:
    """A 公文 of several pages with annexes and a 版记 is measured in all that applies to it."""
    report = check_pdf(pdf.to_pdf(letter("duties"), fonts()))
    apart = {"mark.page", "number.under", "record.rules", "body.font", "title.font", "heading1.font", "heading2.font"}
    expected = [key for key in NORMS if key not in apart and not key.startswith(("double.", "docx."))]
    assert {row.key for row in report.measures} == set(expected)


def office(name: str, folder: Path) -> bytes:
    """Print a letter's DOCX to PDF with LibreOffice, in the fonts that the tests have."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    known = {"仿宋_GB2312": "FandolFang", "楷体_GB2312": "LXGW WenKai", "黑体": "Noto Sans CJK SC"}
    known |= {"宋体": "Noto Serif CJK SC", "方正小标宋简体": "Noto Serif CJK SC"}
    instead = "".join(
        f'<alias binding="same"><family>{a}</family><prefer><family>{b}</family></prefer></alias>'
        for a, b in known.items()
    )
    folders = {face.file.parent for chain in fonts().chains.values() for face in chain}
    where = "".join(f"<dir>{path}</dir>" for path in sorted(folders))
    config = f"<fontconfig>{where}<cachedir>{folder}/cache</cachedir>{instead}</fontconfig>"
    (folder / "fonts.conf").write_text(f'<?xml version="1.0"?>{config}', encoding="utf-8")
    (folder / "a.docx").write_bytes(to_docx(letter(name)))
    env = {**os.environ, "HOME": str(folder), "FONTCONFIG_FILE": str(folder / "fonts.conf")}
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(folder / "a.docx")]
    subprocess.run(command, env=env, capture_output=True, check=True, timeout=120)
    return (folder / "a.pdf").read_bytes()


@needs_fonts
@pytest.mark.parametrize("name", ISSUED)
def test_our_docx_printed_by_libreoffice_pass(name: str, tmp_path: Path) -> None:
    """What a word processor makes of our DOCX is measured like any PDF, and is in tolerance.

    LibreOffice 7 sets a quarter of a character between digits and Chinese whatever `autoSpaceDE` says, so that there
    the date of a letter without a seal may hang over the edge.
    """
    report = check_pdf(office(name, tmp_path))
    assert [row.found for row in report.measures if row.key == "text.beyond"] in ([0], [1])
    rest = [key for key in out(report) if key != "text.beyond"]
    assert (rest, report.findings, report.layout) == ([], (), letter(name).layout)


# ── Wrong PDFs, written by the same hand from pages laid out wrongly ──

Wrong = Callable[[Sheets], Sheets]


def each(change: Callable[[int, Page], Page]) -> Wrong:
    """Change each page."""
    return lambda sheets: sheets._replace(pages=tuple(change(n, page) for n, page in enumerate(sheets.pages)))


def runs(change: Callable[[int, Run], Run | None]) -> Wrong:
    """Change or drop each run of text."""
    return each(lambda n, page: page._replace(runs=tuple(run for r in page.runs if (run := change(n, r)) is not None)))


def rules(change: Callable[[int, Rule], Rule | None]) -> Wrong:
    """Change or drop each line."""
    return each(lambda n, page: page._replace(rules=tuple(rule for r in page.rules if (rule := change(n, r)))))


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
    return run._replace(y=TOP + (run.y - TOP) * 28 / 28.99) if TOP < run.y < BOTTOM and run.size == 16 else run


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
    "标题 18 磅": ("duties", runs(lambda _, run: smaller(run, 18) if title(run) else run), ["title.size"]),
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
    "页码 16 磅": ("request", runs(lambda _, run: smaller(run, 16) if folio(run) else run), ["folio.size"]),
    "页码无一字线": (
        "request",
        runs(lambda _, run: run._replace(text=run.text.strip("— "), x=run.x + 14) if folio(run) else run),
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
        runs(lambda _, run: run._replace(x=run.x - 15.79) if abs(run.x - 28 * MM - 31.58) < 1 else run),
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
                page._replace(runs=(*page.runs, Run(163 * MM, BOTTOM + 7 * MM - 1.1, "— 1 —", "song", 14, 14)))
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
"""Each wrong paper: the letter it is made of, what is done to its pages, and what alone must fail."""


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
        letter("request"), number="丽招商[2026]第1号", title="关于云栖项目政策事项的请示。", attachments=("条款表；",)
    )
    report = check_pdf(pdf.to_pdf(made, fonts()))
    assert [(f.rule, f.page) for f in report.findings] == [
        ("number-brackets", 1),
        ("number-ordinal", 1),
        ("title-mark", 1),
        ("attachment-mark", 3),
    ]
    assert out(report) == []


# ── Wrong DOCX, spoilt with python-docx or in their XML ──


def spoilt(name: str, change: Callable[[docx.document.Document], object]) -> bytes:
    """Open our DOCX with python-docx, change it and save it."""
    document = docx.Document(io.BytesIO(to_docx(letter(name))))
    change(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def rewritten(of: str | bytes, part: str, old: str, new: str) -> bytes:
    """Replace text in one part of a DOCX, given as such or by the name of its letter."""
    data = of if isinstance(of, bytes) else to_docx(letter(of))
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(file, "w") as after:
        for entry in before.infolist():
            content = before.read(entry)
            if entry.filename == part:
                changed = re.sub(old, new, content.decode())
                assert changed != content.decode(), old
                content = changed.encode()
            after.writestr(entry, content)
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
            if run.font.size is None and paragraph.style is not None and paragraph.style.name in TEXT:
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


TEXT = ("公文正文", "主送机关", "附件说明", "发文机关署名", "成文日期", "附注", "一级标题", "二级标题")
DOCUMENT, STYLES, SETTINGS = "word/document.xml", "word/styles.xml", "word/settings.xml"
SPOILT: dict[str, tuple[Callable[[], bytes], list[str]]] = {
    "下边 27 毫米": (lambda: spoilt("duties", page), ["margin.bottom", "folio.drop"]),
    "1.5 倍行距": (lambda: spoilt("duties", spaced), ["grid.rows", "grid.pitch"]),
    "字号 15 磅": (lambda: spoilt("request", sized), ["grid.columns", "grid.step", "body.size"]),
    "evenAndOddHeaders 在 sectPr": (misplaced, ["docx.even"]),
    "没有双页页脚": (
        lambda: rewritten("duties", DOCUMENT, '<w:footerReference w:type="even"[^>]*>', ""),
        ["docx.pair"],
    ),
    "公文首页不同": (lambda: rewritten("duties", DOCUMENT, "<w:docGrid", "<w:titlePg/><w:docGrid"), ["docx.first"]),
    "信函没有首页不同": (lambda: rewritten("consultation", DOCUMENT, "<w:titlePg/>", ""), ["docx.first"]),
    "标题宋体": (
        lambda: rewritten("duties", STYLES, '(公文标题.{0,400}?w:eastAsia=")方正小标宋简体', r"\1宋体"),
        ["title.font"],
    ),
    "红线黑": (lambda: rewritten("duties", DOCUMENT, "E60012", "000000"), ["rule.count"]),
    "页码居中": (
        lambda: rewritten("duties", "word/footer1.xml", '<w:jc w:val="right"/>', '<w:jc w:val="center"/>'),
        ["folio.odd"],
    ),
    "版记线细": (
        lambda: rewritten("duties", DOCUMENT, '(<w:(?:top|bottom) w:val="single" w:sz=)"8"', r'\1"2"'),
        ["record.outer"],
    ),
    "图片没有替代文字": (lambda: rewritten("duties", DOCUMENT, ' descr="[^"]+"', ""), ["docx.alt"]),
    "字距不缩": (lambda: rewritten("duties", STYLES, '<w:spacing w:val="-5"/>', ""), ["grid.columns", "grid.step"]),
}  # fmt: skip
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
    assert [(row.key, row.found) for row in report.measures if not row.ok] == [("body.font", "宋体")]


def test_wrong_words_in_a_docx_are_found() -> None:
    """What a DOCX says is judged like a PDF."""
    made = replace(letter("request"), number="丽招商（2026）01号", contact="")
    report = check_docx(to_docx(made))
    assert [f.rule for f in report.findings] == ["number-brackets", "number-zero", "request-contact"]


def test_a_plain_word_file_is_measured() -> None:
    """A file of Word's own making, without any of our styles, fails in what it lacks and raises nothing."""
    document = docx.Document()
    document.add_heading("关于做好工作的通知", 0)
    document.add_paragraph("各单位：")
    document.add_paragraph("请按职责于2026年8月15日前完成。")
    file = io.BytesIO()
    document.save(file)
    report = check_docx(file.getvalue())
    assert report.layout == "slip"
    assert {"paper.width", "margin.top", "grid.rows", "body.size", "docx.even", "docx.odd"} <= set(out(report))


# ── Files that cannot be judged ──


def bomb() -> bytes:
    """Make a DOCX whose document unpacks to more than is looked at."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" + b" " * (31 << 20) + b"</a>")
    return file.getvalue()


def with_document(xml: bytes) -> bytes:
    """Make a DOCX of this document."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", xml)
    return file.getvalue()


ENTITY = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
WIDE = f'<?xml version="1.0" encoding="UTF-16"?>{ENTITY}'
LOCKED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"3 0 obj<</Filter/Standard/V 1/R 2/P -4/O<" + b"00" * 32 + b">/U<" + b"00" * 32 + b">>>endobj\n"
    b"trailer<</Root 1 0 R/Size 4/Encrypt 3 0 R/ID[<00><00>]>>\n"
)


def blank(pages: int) -> bytes:
    """Make a PDF of empty pages."""
    import pypdfium2

    file = io.BytesIO()
    with pypdfium2.PdfDocument.new() as document:
        for _ in range(pages):
            document.new_page(595, 842)
        document.save(file)
    return file.getvalue()


UNREADABLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "空": (lambda: b"", "不是 PDF 或 DOCX"),
    "文本": ("通知".encode, "不是 PDF 或 DOCX"),
    "坏 PDF": (lambda: b"%PDF-1.7\nnothing", "已损坏"),
    "加密 PDF": (lambda: LOCKED, "加了密"),
    "扫描件": (lambda: blank(1), "没有文字"),
    "五百零一页": (lambda: blank(501), "超过 500 页"),
    "没有字": (lambda: with_document(b"<a/>"), "没有文字"),
    "旧 DOC": (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "加了密，或是旧版"),
    "坏 ZIP": (lambda: b"PK\x03\x04nothing", "已损坏"),
    "半个 ZIP": (lambda: to_docx(letter("request"))[:400], "已损坏"),
    "没有正文": (lambda: with_document(b"<a/>").replace(b"document", b"docuMent"), "没有正文"),
    "压缩炸弹": (bomb, "超过 30 MB"),
    "外部实体": (lambda: with_document(ENTITY.encode()), "文档类型声明"),
    "UTF-16 实体": (lambda: with_document(WIDE.encode("utf-16")), "文档类型声明"),
    "坏 XML": (lambda: with_document(b"<a><b></a>"), "不是合格的 XML"),
    "太大": (lambda: b"%PDF-" + b"0" * BYTES, "超过 50 MB"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_told(name: str, tmp_path: Path) -> None:
    """A file that is broken, locked, hostile, too large or of another kind is refused with the reason, exit code 3."""
    made, told = UNREADABLE[name]
    file = tmp_path / "a.pdf"
    file.write_bytes(made())
    with pytest.raises(UnavailableError, match=told) as caught:
        check_file(file)
    assert caught.value.exit_code == 3
    assert caught.value.mend


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    """A missing file and a folder are told apart."""
    with pytest.raises(UnavailableError, match="不存在"):
        check_file(tmp_path / "a.pdf")
    with pytest.raises(UnavailableError, match="不是文件"):
        check_file(tmp_path)


@needs_fonts
def test_a_truncated_file_never_ends_in_a_traceback(tmp_path: Path) -> None:
    """Our files cut short or with bytes turned are measured or refused, nothing else."""
    for data in (pdf.to_pdf(letter("request"), fonts()), to_docx(letter("request"))):
        for step in range(1, 40):
            at = len(data) * step // 40
            for broken in (data[:at], data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]):
                file = tmp_path / "a"
                file.write_bytes(broken)
                with suppress(UnavailableError):
                    check_file(file)


@pytest.mark.parametrize("value", ["", "x", "-1", "0", "1e9", "nan", "99999999999", "１２", "1.5.2"])
@pytest.mark.parametrize("part", [DOCUMENT, STYLES, "word/footer1.xml"])
def test_whatever_a_docx_says_is_measured(part: str, value: str) -> None:
    """Numbers that are none, or of no sane size, are out of tolerance and raise nothing."""
    report = check_docx(rewritten("duties", part, r'(w:\w+)="-?[0-9]+"', rf'\1="{value}"'))
    assert out(report)


def test_a_style_based_on_itself_ends() -> None:
    """A circle of styles is resolved once round."""
    data = rewritten("request", STYLES, '<w:basedOn w:val="Normal"/>', '<w:basedOn w:val="Text"/>')
    assert check_docx(data).measures


# ── The table and the command ──


def test_a_measure_is_judged_at_the_edge_of_its_tolerance() -> None:
    """What is just in tolerance passes, what is just out of it does not; a text must be the one wanted."""
    assert [measure("margin.top", found).ok for found in (36.0, 38.0, 38.02, 35.9)] == [True, True, False, False]
    assert [measure("title.font", found).ok for found in ("小标宋", "宋体")] == [True, False]
    assert measure("folio.count", 3, "各页", wanted=4) == Measure(
        "有页码的面", 4, 3, "面", 0, False, "7.5", "各页", "folio.count", "A"
    )


def run(*words: str) -> tuple[int, str]:
    """Run the command; give its exit code and what it printed."""
    result = CliRunner().invoke(notice_check, words, prog_name="lifecycle notice check")
    return result.exit_code, result.output


def test_the_table_is_printed(tmp_path: Path) -> None:
    """A row for each measure with ✓ or ✗, then findings as file:page:line, then the verdict; exit code 1."""
    file = tmp_path / "a.docx"
    made = to_docx(replace(letter("request"), title="关于云栖项目政策事项的请示。"))
    file.write_bytes(rewritten(made, SETTINGS, "<w:evenAndOddHeaders/>", ""))
    code, printed = run(str(file))
    assert code == 1
    *table, finding, verdict = printed.splitlines()
    rows = [line.split() for line in table]
    assert rows[0] == ["项目", "标准", "实测", "允差", "结论", "条款", "处"]
    assert ["天头", "37", "mm", "37.01", "mm", "±1", "✓", "5.2.1", "页面设置"] in rows
    assert ["奇偶页不同的设置处", "settings.xml", "无", "✗", "7.5", "设置"] in rows
    told = "标题末尾有标点：关于云栖项目政策事项的请示。　改法：请删去标题末尾的标点"
    assert finding == f"{file}:1:3: {told}（党政机关公文处理工作条例第九条）"
    assert verdict == f"公文，共量 {len(rows) - 1} 项：1 项超出允差，文字 1 处问题"


def test_a_good_paper_is_told(tmp_path: Path) -> None:
    """Everything in tolerance gives exit code 0."""
    file = tmp_path / "a.docx"
    file.write_bytes(to_docx(letter("request")))
    code, printed = run(str(file))
    assert (code, printed.splitlines()[-1].partition("：")[2]) == (0, "都在允差内，文字没有问题")


def test_json_has_every_measure(tmp_path: Path) -> None:
    """A program gets the same as one document."""
    file = tmp_path / "a.docx"
    file.write_bytes(rewritten(to_docx(letter("request")), SETTINGS, "<w:evenAndOddHeaders/>", ""))
    code, printed = run(str(file), "--json")
    told = json.loads(printed)
    assert (code, told["ok"], told["kind"], told["layout"], told["findings"]) == (1, False, "docx", "document", [])
    assert [row for row in told["measures"] if not row["ok"]] == [
        {
            "item": "奇偶页不同的设置处", "wanted": "settings.xml", "found": "无", "unit": "", "tolerance": 0,
            "ok": False, "clause": "7.5", "where": "设置", "key": "docx.even", "sure": "A",
        }
    ]  # fmt: skip


@pytest.mark.parametrize("words", [(), ("a.pdf", "b.pdf"), ("--frobnicate", "a.pdf")])
def test_wrong_usage_is_told(words: tuple[str, ...]) -> None:
    """A command without its file, or with too much, ends with 2."""
    assert run(*words)[0] == 2


def test_an_unreadable_file_ends_with_3(tmp_path: Path) -> None:
    """A file that cannot be judged ends with 3, in words."""
    file = tmp_path / "a.pdf"
    file.write_bytes(b"x")
    code, printed = run(str(file))
    assert (code, printed) == (
        3,
        f"{file} 不是 PDF 或 DOCX，量不了\n  改法：请检查由 Word、WPS 或本程序导出的 PDF 或 DOCX\n",
    )
