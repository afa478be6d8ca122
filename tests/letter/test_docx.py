"""A letter as DOCX: its bytes, and its parts as other programs read them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from zipfile import ZIP_STORED, ZipFile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from letters import ISSUED, PROOF, issued_letter, sample_letter
from PIL import Image

from lifecycle.letter import Letter, Paragraph
from lifecycle.letter.docx.docx import to_docx
from lifecycle.letter.images.png import png
from lifecycle.letter.images.qr import modules
from lifecycle.letter.layouts import layouts
from lifecycle.letter.model import Annex, Signatures, Table

if TYPE_CHECKING:
    from docx.document import Document

GOLDEN = Path(__file__).parents[1] / "golden" / "docx"
DIGESTS = {
    "consultation-draft": "180256408ff53de711fcdee71a2a829ae409f6b160bce03aa110af9c5d819650",
    "consultation": "21ee01863950f44fc26027a18faeacdea48fb9197184e75b73f3a57a17a95791",
    "duties": "a8714c83ce900e58cb57cdd0d7b32a886bb29bd04070c75cf94b7c86352ab460",
    "meeting": "c4fb56064365f33b08f3a9d86f5b73bf12386f2243b5cd1bcc4a9add565076e4",
    "request": "dc7a0c7166bda45ab7206e1c91fa83cac279774d80e5cb1095a90c10656b178c",
    "supervision": "41d0c403da5de7d7c9949bce6302ddb24716fcf365524615069a285e38029e94",
}
MM = 72 / 25.4
"""Points in a millimetre."""
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def opened(letter: Letter) -> Document:
    """Read a letter's DOCX back with another program."""
    import docx

    return docx.Document(BytesIO(to_docx(letter)))


def styled(letter: Letter) -> list[tuple[str, str]]:
    """Give each paragraph's style and text, those that hold text."""
    return [(str(p.style and p.style.name), p.text) for p in opened(letter).paragraphs if p.text]


@pytest.mark.parametrize("name", DIGESTS)
def test_golden_bytes(name: str) -> None:
    """The same letter gives the same DOCX for ever, on any system and with any zlib."""
    letter = (
        sample_letter(name.removesuffix("-draft"))
        if name.endswith("-draft")
        else issued_letter(name)
    )
    made = to_docx(letter)
    assert made == to_docx(letter)
    assert sha256(made).hexdigest() == DIGESTS[name]
    assert made == (GOLDEN / f"{name}.docx").read_bytes()


@pytest.mark.parametrize("name", ISSUED)
def test_package_has_no_clock_and_no_compression(name: str) -> None:
    """Entries are stored, of 1980-01-01, in an order that is fixed; each part is declared and is
    XML or the symbol.
    """
    with ZipFile(BytesIO(to_docx(issued_letter(name)))) as archive:
        assert archive.testzip() is None
        entries = archive.infolist()
        types = archive.read("[Content_Types].xml").decode()
        for entry in entries:
            assert (entry.compress_type, entry.date_time) == (ZIP_STORED, (1980, 1, 1, 0, 0, 0))
            assert entry.create_system == 3
            if not entry.filename.endswith(".png"):
                ET.fromstring(archive.read(entry))
    names = [entry.filename for entry in entries]
    assert names[:4] == [
        "[Content_Types].xml",
        "_rels/.rels",
        "word/document.xml",
        "word/_rels/document.xml.rels",
    ]
    assert set(re.findall('PartName="/([^"]+)"', types)) == {
        name for name in names if name.endswith(".xml") and name != "[Content_Types].xml"
    }


def test_parts_bear_the_names_of_the_standard() -> None:
    """Each part of a letter has its own style, so that Word shows and changes it as a whole."""
    assert [pair for pair in styled(issued_letter("request")) if pair[0] != "公文正文"] == [
        ("发文机关标志", "丽水市招商局文件"),
        ("发文字号", "　丽招商〔2026〕1号\t签发人：林　岚"),
        ("公文标题", "关于瓯江云栖康养度假\n综合体项目政策事项的请示"),
        ("主送机关", "丽水市人民政府："),
        ("附件说明", "附件：1.政策条款及依据对照表"),
        ("附件说明", "2.财政承受能力测算报告"),
        ("附件说明", "3.公平竞争审查表"),
        ("发文机关署名", "丽水市招商局"),
        ("成文日期", "2026年8月1日"),
        ("附注", "（联系人：投资促进处，电话0578-2091000）"),
        ("验证码", "验证码：K7QM-3F9T-X2HD"),
    ]


def test_page_is_that_of_the_standard() -> None:
    """A4; margins 37, 35, 28, 26 mm; 22 lines of 28.95 pt and 28 characters of 15.75 pt fill 225 ×
    156 mm (5.2).
    """
    document = opened(issued_letter("request"))
    section = document.sections[0]
    sizes = (section.page_width, section.page_height)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(size.mm) for size in sizes if size] == [210, 297]
    assert [round(size.mm, 1) for size in margins if size] == [37.0, 35.0, 28.0, 26.0]
    grid = section._sectPr.find(f"{W}docGrid")
    assert {key.removeprefix(W): value for key, value in grid.attrib.items()} == {
        "type": "lines",
        "linePitch": "579",
    }
    spacing = document.styles["Normal"].element.find(f"{W}pPr/{W}spacing")
    assert (spacing.get(f"{W}line"), spacing.get(f"{W}lineRule")) == ("579", "exact")
    assert 22 * 579 <= 225 * MM * 20 < 22.1 * 579
    assert 28 * 315 <= 156 * MM * 20 < 28.1 * 315
    assert document.settings.odd_and_even_pages_header_footer
    assert not section.different_first_page_header_footer
    assert opened(issued_letter("consultation")).sections[0].different_first_page_header_footer


def test_fonts_are_the_standards() -> None:
    """Chinese and Latin text alike are set in the fonts that the standard names."""
    styles = opened(issued_letter("request")).styles
    fonts = {}
    for style in styles:
        found = style.element.find(f"{W}rPr/{W}rFonts")
        if found is not None:
            fonts[style.name] = {found.get(f"{W}{kind}") for kind in ("eastAsia", "ascii", "hAnsi")}
    assert fonts == {
        "紧急程度": {"黑体"},
        "发文机关标志": {"方正小标宋简体"},
        "公文标题": {"方正小标宋简体"},
        "附件": {"黑体"},
        "表头": {"黑体"},
        "页码": {"宋体"},
        "黑体字": {"黑体"},
        "楷体字": {"楷体_GB2312"},
    }
    defaults = styles.element.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}rFonts")
    assert {value for key, value in defaults.attrib.items()} == {"仿宋_GB2312"}


def test_headings_are_levels_of_the_outline() -> None:
    """一、 is level 1 in 黑体, （一） level 2 in 楷体; a third or fourth level that is a sentence
    is text.
    """
    body = (
        Paragraph(1, "一、基本情况"),
        Paragraph(2, "（一）主体。甲公司。"),
        Paragraph(3, "1. 用地"),
        Paragraph(4, "（1）面积"),
        Paragraph(3, "2. 拟用地十亩。"),
        Paragraph(1, "二、请反馈，逾期催办。"),
    )
    document = opened(replace(sample_letter("report"), body=body))
    levels = {
        p.text: (p.style.name, p.style.element.find(f"{W}pPr/{W}outlineLvl"))
        for p in document.paragraphs
        if p.style and p.text in [b.text for b in body]
    }
    assert {
        text: (name, level is not None and level.get(f"{W}val"))
        for text, (name, level) in levels.items()
    } == {
        "一、基本情况": ("一级标题", "0"),
        "（一）主体。甲公司。": ("二级标题", "1"),
        "1. 用地": ("三级标题", "2"),
        "（1）面积": ("四级标题", "3"),
        "2. 拟用地十亩。": ("公文正文", False),
        "二、请反馈，逾期催办。": ("公文正文", False),
    }
    runs = {p.text: [(run.text, run.style.name) for run in p.runs] for p in document.paragraphs}
    assert runs["一、基本情况"] == [("一、基本情况", "黑体字")]
    assert runs["（一）主体。甲公司。"] == [
        ("（一）主体。", "楷体字"),
        ("甲公司。", "Default Paragraph Font"),
    ]


def test_tables_signatures_and_record() -> None:
    """A table has its head repeated and whole rows; places to sign have a day to fill in; the 版记
    is last.
    """
    document = opened(issued_letter("duties"))
    schedule, duties, places, record = document.tables
    assert [cell.text for cell in schedule.rows[0].cells] == [
        "序号",
        "事项",
        "责任单位",
        "完成时限",
    ]
    assert [cell.text for cell in schedule.rows[2].cells] == [
        "2",
        "规划选址",
        "市自然资源和规划局",
        "2026年8月15日",
    ]
    for table in (schedule, duties):
        assert [row._tr.find(f"{W}trPr/{W}tblHeader") is not None for row in table.rows] == [
            True,
            False,
            False,
        ]
        assert all(row._tr.find(f"{W}trPr/{W}cantSplit") is not None for row in table.rows)
    assert [cell.text.split() for cell in places.rows[0].cells] == [
        ["市发展和改革委员会（签章）：", "年", "月", "日"],
        ["市自然资源和规划局（签章）：", "年", "月", "日"],
    ]
    assert [row.cells[0].text for row in record.rows] == [
        "抄送：市文化和广电旅游体育局、莲都区人民政府。",
        "丽水市招商局\t2026年8月3日印发",
    ]
    assert record._tbl.tblPr.find(f"{W}tblpPr").get(f"{W}tblpYSpec") == "bottom"
    sizes = [edge.get(f"{W}sz") for edge in record._tbl.tblPr.find(f"{W}tblBorders")]
    assert sizes == ["8", "8", "6"]


def test_columns_share_the_whole_width() -> None:
    """Columns are as wide together as the 版心, a long remark starves no short column, and forty
    columns still fit.
    """
    wide = Table(("序号", "内容", "备注"), (("1", "办" * 200, ""), ("2", "甲", "乙" * 10)))
    many = Table(("列",) * 40, (("值",) * 40,))
    document = opened(replace(sample_letter("report"), body=(wide, many)))
    sizes = [
        [int(str(column._gridCol.get(f"{W}w"))) for column in table.columns]
        for table in document.tables
    ]
    assert [sum(size) for size in sizes] == [8845, 8840]
    assert sizes[0][0] >= 4 * 120
    assert sizes[0][2] >= 10 * 120


def test_a_word_widens_its_column() -> None:
    """A code stands whole beside six long remarks; a table whose words have room is shared as if
    they were none, and one that has no room for them equally.
    """
    remarks = ("规" * 60,) * 6

    def sizes(*row: str) -> list[int]:
        table = Table(("列",) * len(row), (row,))
        (made,) = opened(replace(sample_letter("report"), body=(table,))).tables
        return [int(str(column._gridCol.get(f"{W}w"))) for column in made.columns]

    assert sizes(*remarks, "2611002bcb") == [1240] * 6 + [1405]
    assert sizes(*remarks, "规" * 5) == [1335] * 6 + [835]
    assert sizes(*("2611002bcb",) * 8) == [1105] * 7 + [1110]


def test_facing_letters_have_no_rules_in_their_record() -> None:
    """A 信函's 版记 has neither rules nor 印发; its mark is the first page's header (10.1)."""
    document = opened(issued_letter("consultation"))
    (record,) = document.tables
    assert [row.cells[0].text for row in record.rows] == [
        "抄送：市文化和广电旅游体育局、莲都区人民政府。"
    ]
    assert len(record._tbl.tblPr.find(f"{W}tblBorders")) == 0
    header = document.sections[0].first_page_header.paragraphs[0]
    assert (header.text, header.style and header.style.name) == ("丽水市招商局", "发文机关标志")
    assert document.sections[0].first_page_footer.paragraphs[0].text == ""


def test_footers_number_the_pages() -> None:
    """— 1 — is at the right of odd and at the left of even pages, one character of 14
    pt in (7.5).
    """
    section = opened(issued_letter("request")).sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (line,) = footer.paragraphs
        assert re.fullmatch(r"— \d —", line.text)
        assert line._p.pPr.find(f"{W}ind").get(f"{W}{side}") == "280"
        assert line._p.pPr.find(f"{W}jc").get(f"{W}val") == side
        assert "PAGE" in line._p.xml


def test_properties_are_the_letters() -> None:
    """Title, author, day and language in the file's properties are the letter's own; no clock is
    asked.
    """
    properties = opened(issued_letter("request")).core_properties
    assert properties.title == "关于瓯江云栖康养度假综合体项目政策事项的请示"
    assert properties.author == "丽水市招商局"
    assert (properties.created or datetime.max).replace(tzinfo=None) == datetime(2026, 8, 1)  # noqa: DTZ001,DTZ901
    assert properties.language == "zh-CN"


def test_drafts_are_told() -> None:
    """Paper without a number says （未编号草稿） where the number will stand, in each layout."""
    for name in ISSUED:
        draft = replace(issued_letter(name), number=None)
        assert "（未编号草稿）" in "".join(text for _, text in styled(draft))
        assert "（未编号草稿）" not in "".join(text for _, text in styled(issued_letter(name)))


def test_symbol_is_a_picture_with_words() -> None:
    """The QR symbol is a PNG of just the modules, once in the document, with a text for who cannot
    see it.
    """
    for name in ISSUED:
        document = opened(issued_letter(name))
        assert document.element.xml.count('descr="验证二维码"') == 2
        with ZipFile(BytesIO(to_docx(issued_letter(name)))) as archive:
            image = Image.open(BytesIO(archive.read("word/symbol.png")))
        grid = modules(PROOF)
        assert image.size == (4 * len(grid), 4 * len(grid))
        pixels = image.resize((len(grid), len(grid)), Image.Resampling.NEAREST).convert("L")
        seen = [[pixels.getpixel((x, y)) == 0 for x in range(len(grid))] for y in range(len(grid))]
        assert seen == [list(row) for row in grid]
    assert "symbol" not in opened(sample_letter("report")).element.xml


def test_pictures_of_any_size_are_sound() -> None:
    """A PNG beyond one stored block of 65 535 bytes is read back whole."""
    grid = tuple(tuple((x * y) % 3 == 0 for x in range(90)) for y in range(90))
    image = Image.open(BytesIO(png(grid, 10))).convert("L")
    assert image.size == (900, 900)
    assert all(
        image.getpixel((10 * x + 5, 10 * y + 5)) == (0 if grid[y][x] else 255)
        for x in range(90)
        for y in range(90)
    )


TEXT = st.text(max_size=30)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXT, st.sampled_from(list(layouts())))
@example("]]></w:t><w:p/>&amp;\x00\x0b\ufffe\ud800\t\r\n", "document")
def test_no_text_is_ever_markup(text: str, layout: str) -> None:
    """Whatever any part of a letter says, the package is sound XML and shows that text, less what
    XML cannot hold.
    """
    said = f"甲{text}乙"
    letter = replace(
        sample_letter("report"),
        layout=layout,
        issuer=said,
        title=said,
        contact=said,
        number=said,
        signer=said,
        mark=said,
        urgency=said,
        code=said,
        to=(said,),
        cc=(said,),
        attachments=(said, said),
        attendance=((said, (said,)),),
        body=(
            Paragraph(0, said),
            Table((said, said), ((said, ""),)),
            Signatures((said, said, said)),
        ),
        annexes=(Annex(said, (Paragraph(1, said),)),),
    )
    document = opened(letter)
    shown = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", said).translate(
        dict.fromkeys(b"\t\r\n", " ")
    )
    assert shown in [p.text for p in document.paragraphs]
    assert document.tables[0].rows[1].cells[0].text == shown
    assert document.core_properties.title == shown


def test_long_issuers_keep_clear_of_the_symbol() -> None:
    """Where the issuer's name reaches to the left, the symbol stands in a line of its own below."""
    letter = replace(issued_letter("request"), issuer="丽水市招商引资和投资促进工作领导小组办公室")
    assert "<wp:inline" in opened(letter).element.xml
    assert "<wp:anchor" in opened(issued_letter("request")).element.xml
