"""The template sets letters as GB/T 9704—2012 has them, says their text in order, and can reach
nothing else.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
import typst
from anyletter import letters
from fontset import FOLDERS, fonts, needs_fonts
from hypothesis import HealthCheck, given, settings
from letters import CODE, ISSUED, PROOF, issued_letter, sample_letter
from pdfreading import MM, SCALE, faces, folio, hues, ink, picture, read, tree
from pypdfium2 import PdfDocument, raw
from test_samples import LETTERS
from typst import TypstError

from lifecycle.errors import InvalidError
from lifecycle.letter.cells import CLOSING, OPENING
from lifecycle.letter.check.check import check_pdf
from lifecycle.letter.check.pdf_page import Row, read_pdf
from lifecycle.letter.fonts import FANG, FILES, Fonts, locate
from lifecycle.letter.images.qr import QUIET, modules
from lifecycle.letter.kinds import kinds
from lifecycle.letter.model import Block, Letter, Paragraph, Signatures, Table
from lifecycle.letter.pdf.columns import Columns, columns_of
from lifecycle.letter.pdf.press import Typesetter, shipped, to_pdf
from lifecycle.letter.pdf.values import values_of
from lifecycle.letter.pdf.words import Wording, _may_surely_break, stretches
from lifecycle.letter.text import DRAFT, annex_labels, closing_note, day, mark, printed_on, signed

SUMS = Path(__file__).parents[1] / "golden" / "pdf" / "SHA256SUMS"
ZI = 156 * MM / 28
PITCH = 225 * MM / 22
MARKUP = (
    '#read("/etc/passwd")',
    '#import "@preview/cetz:0.3.0": *',
    "#{1+1} #let x = 1",
    "$x^2$ *粗* _斜_ `代码` <标签> @引用 ~ -- --- ...",
    r"\ \\ \u{41} // 注 /* 注 */ = 标题 + 列 [方] {花}",
    "\"双\" '单' &amp; %25",
)
"""Text that would do something if it were taken for markup."""


@cache
def made(name: str) -> bytes:
    """Make the PDF of a sample letter."""
    return to_pdf(issued_letter(name), fonts())


def bare(text: str) -> str:
    """Leave out the blanks, which a reader may see where a line ends or a character is far off."""
    return "".join(text.split())


def text_of(block: Block) -> Iterator[str]:
    """Give what a block says, in reading order."""
    if isinstance(block, Paragraph):
        yield block.text
    elif isinstance(block, Table):
        yield from block.head
        yield from (cell for row in block.rows for cell in row)
    else:
        yield from (f"{place}年月日" for place in block.places)


def said(letter: Letter) -> str:
    """Give all that a letter says, in reading order, without blanks."""
    shape = letter.shape
    number = letter.number or ("" if shape.unnumbered else DRAFT)
    marked = [letter.urgency, mark(letter)]
    parts = marked[::-1] if shape.double_rules else marked
    parts += [letter.title, number] if shape.number_below else [number]
    if shape.signer and letter.kind in kinds().upward and letter.signer:
        parts += [f"签发人：{letter.signer.replace('、', '')}"]
    parts += [letter.issuer, day(letter.date)] if shape.issuer_in_head else []
    parts += [] if shape.number_below else [letter.title]
    parts += ["、".join(letter.to) + "："] if letter.to else []
    parts += [text for block in letter.body for text in text_of(block)]
    parts += ["附件："] if letter.attachments else []
    several = len(letter.attachments) > 1
    parts += [f"{n}.{title}" if several else title for n, title in enumerate(letter.attachments, 1)]
    parts += [f"{role}：{'、'.join(names)}" for role, names in letter.attendance]
    below = signed(letter) and not shape.issuer_in_head
    parts += [letter.issuer, day(letter.date)] if below else []
    parts += filter(None, [closing_note(letter)])
    for label, annex in zip(annex_labels(letter), letter.annexes, strict=True):
        parts += [label, annex.title, *(text for block in annex.body for text in text_of(block))]
    parts += [f"验证码：{letter.code}"] if letter.code else []
    parts += ["抄送：" + "、".join(letter.cc) + "。"] if letter.cc else []
    printed = printed_on(letter)
    parts += [letter.issuer, printed] if printed else []
    return bare("".join(parts))


def rows_of(data: bytes) -> list[list[Row]]:
    """Give the lines of each page without its number."""
    return [
        [row for row in page.rows if not re.fullmatch(r"—\d+—", row.text)]
        for page in read_pdf(data).pages
    ]


def body_of(*texts: str) -> Letter:
    """Give a letter with these paragraphs and nothing below them."""
    body = tuple(Paragraph(0, text) for text in texts)
    return replace(sample_letter("consultation"), body=body, attachments=(), contact="", cc=())


# ── The same bytes, the same words ──


@needs_fonts
@pytest.mark.parametrize("name", ISSUED)
def test_the_bytes_are_the_same_for_ever(name: str) -> None:
    """The same letter and fonts give the bytes of the golden digests: `python
    tests/letter/test_typeset.py` writes them.
    """
    golden = dict(line.split("  ")[::-1] for line in SUMS.read_text(encoding="utf-8").splitlines())
    if {font: golden[font] for font in fonts().digests} != fonts().digests:
        pytest.skip("字体版本不同：make fonts")
    assert sha256(made(name)).hexdigest() == golden[f"{name}.pdf"]


@needs_fonts
@pytest.mark.parametrize("name", ISSUED)
def test_fonts_opened_anew_give_the_same_bytes(name: str) -> None:
    """Nothing of the process is in the file: not which letters were set before, nor by which
    objects.
    """
    assert to_pdf(issued_letter(name), Fonts.of(locate(FOLDERS))) == made(name)


@needs_fonts
def test_two_processes_give_the_same_bytes() -> None:
    """Another process, with another seed for hashes, makes the same file."""
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from fontset import fonts; from letters import issued_letter\n"
        "from lifecycle.letter.pdf.press import to_pdf\n"
        "sys.stdout.buffer.write(to_pdf(issued_letter('duties'), fonts()))"
    )
    here = str(Path(__file__).parents[1])
    done = subprocess.run([sys.executable, "-c", program, here], capture_output=True, check=True)
    assert done.stdout == made("duties")


@needs_fonts
@pytest.mark.parametrize("name", ISSUED)
def test_a_reader_extracts_the_text_in_order(name: str) -> None:
    """What a reader copies out of the file is the letter's text, part by part."""
    assert bare("".join(map(folio, read(made(name))))) == said(issued_letter(name))


@needs_fonts
def test_rare_characters_are_said_too() -> None:
    """A character outside of the basic plane, of a fallback font, is drawn and extracted like any
    other.
    """
    letter = body_of("𡶴头、垟山、峃口、漈下——“堃喆祎”·é。")
    assert bare("".join(map(folio, read(to_pdf(letter, fonts()))))) == said(letter)


@needs_fonts
def test_characters_that_share_a_glyph_stay_apart() -> None:
    """Two characters that a font draws by one glyph (⼀ and 一) are extracted as what they were."""
    assert "一⼀人⼈一⼀" in "".join(read(to_pdf(body_of("一⼀人⼈一⼀"), fonts())))


@needs_fonts
def test_a_character_without_a_glyph_is_refused_by_name() -> None:
    """A letter with a character that no font has is not printed; the error names each such
    character.
    """
    full = Fonts.of(locate(FOLDERS))
    bare_ = Fonts(
        {**full.chains, "fang": tuple(f for f in full.chains["fang"] if f.file.name == FANG)}
    )
    with pytest.raises(InvalidError) as caught:
        to_pdf(body_of("垟与峃与\u200b"), bare_)
    where = "见“垟与峃与□”"
    missing = ("“垟”（U+579F）", "“峃”（U+5CC3）", " U+200B")
    told = "；".join(f"仿宋没有{char}，{where}" for char in missing)
    assert caught.value.message == f"这份公文不能排印：{told}"


@needs_fonts
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(letters)
def test_whatever_a_letter_says_is_printed_inside_of_the_text_area(letter: Letter) -> None:
    """Every character is on paper at least once, none outside of the 版心 but a mark's blank half
    at its edges.
    """
    data = to_pdf(letter, fonts())
    # A code is read with a soft hyphen where a line ends in a hyphen of it.
    found = bare("".join(read(data))).replace("\ufffe", "-")
    assert set(said(letter)) - set(found) == set()
    for number, page in enumerate(rows_of(data)):
        for glyph in (glyph for row in page for glyph in row.glyphs):
            assert glyph.left >= 28 * MM - 1
            assert glyph.right <= 184 * MM + 1
            assert glyph.bottom <= 262 * MM + 1
            assert glyph.top >= (28 if letter.shape.double_rules and number == 0 else 36) * MM


# ── Text is never markup, and the template reaches nothing ──


@needs_fonts
@pytest.mark.parametrize("text", MARKUP)
def test_markup_in_a_text_is_printed_as_it_stands(text: str) -> None:
    """Whatever looks like markup is printed literally in every part of a letter."""
    letter = replace(
        sample_letter("consultation"),
        title=text,
        issuer=text,
        to=(text,),
        cc=(text,),
        attachments=(text,),
        contact=text,
        urgency=text,
        mark=text,
        number=text,
        body=(Paragraph(0, text), Table((text, "甲"), ((text, text),)), Signatures((text,))),
    )
    found = bare("".join(map(folio, read(to_pdf(letter, fonts())))))
    # A code is read with a soft hyphen where a line ends in a hyphen of it.
    assert found.replace("\ufffe", "-").count(bare(text)) >= 10


REACHING = (
    '#read("/etc/passwd")',
    '#read("../../../../../../etc/passwd")',
    '#include "/letter.typ"',
    '#image("/etc/logo.svg")',
    '#plugin("/x.wasm")',
    '#import "@local/office:1.0.0": *',
    '#import "@preview/office:1.0.0": *',
)


@needs_fonts
@pytest.mark.parametrize("source", REACHING)
def test_a_template_that_reaches_out_fails(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even a template reads a file, takes a package that is installed, or gets one from the
    network.
    """
    for space in ("local", "preview"):
        package = tmp_path / "typst" / "packages" / space / "office" / "1.0.0"
        package.mkdir(parents=True)
        (package / "typst.toml").write_text(
            '[package]\nname="office"\nversion="1.0.0"\nentrypoint="a.typ"\n'
        )
        (package / "a.typ").write_text("#let a = 1\n")
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    values = values_of(issued_letter("request"), Wording(fonts()))
    with pytest.raises(TypstError):
        Typesetter(fonts(), source.encode()).pdf(values)


def test_our_template_takes_nothing_but_its_values() -> None:
    """The template imports, includes, reads and evaluates nothing: its only source is the JSON it
    is given.
    """
    code = re.sub(r"//[^\n]*", "", shipped().decode())
    assert (
        re.findall(
            r"\b(import|include|read|plugin|eval|csv|xml|yaml|toml|cbor|bibliography)\b", code
        )
        == []
    )
    assert re.findall(r"sys\.inputs\.\w+", code) == ["sys.inputs.letter"]


# ── What the file is ──


@needs_fonts
def test_the_parts_are_tagged() -> None:
    """Mark, number, title, text, table with head and cells, signature and symbol are tagged, in
    reading order.
    """
    mark_number_and_urgency = [" P"] * 3
    assert tree(made("duties"), 0) == [
        "Document",
        *mark_number_and_urgency,
        " H1",
        " P",
        " P",
        " H2",
        " P",
    ]
    rows = ["  TBody", *["   TR", *["    TD"] * 4] * 2]
    table = [" Table", "  THead", "   TR", *["    TH"] * 4, *rows]
    attachments_signature_and_note = [" P"] * 5
    assert tree(made("duties"), 1) == [
        "Document",
        " H2",
        *[" P"] * 4,
        " H2",
        *table,
        " H2",
        " P",
        *attachments_signature_and_note,
    ]
    assert tree(made("duties"), 3) == ["Document", " P", " H1", " P", " Figure", *[" P"] * 3]
    assert raw.FPDFCatalog_IsTagged(PdfDocument(made("duties")))


@needs_fonts
def test_it_says_what_it_is() -> None:
    """Title, issuer, language and the letter's date stand in the file, and no other time; it claims
    PDF/A-2a.
    """
    letter = replace(issued_letter("consultation"), title="关于A&B<C>的函")
    data = to_pdf(letter, fonts())
    told = PdfDocument(data).get_metadata_dict(skip_empty=True)
    assert (told["Title"], told["Author"]) == (letter.title, letter.issuer)
    assert set(re.findall(rb"20\d\d-\d\d-\d\dT[\d:]+", data)) == {b"2026-08-01T00:00:00"}
    assert set(re.findall(rb"\(D:(\d{8})", data)) == {b"20260801"}
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in data
    assert b"/Lang(zh-CN)" in data
    assert b"/OutputIntents" in data


@needs_fonts
def test_nothing_reaches_outside() -> None:
    """The file has no link, script, attached file or form: nothing that acts."""
    acting = (
        b"/URI",
        b"/JS",
        b"/JavaScript",
        b"/Launch",
        b"/EmbeddedFile",
        b"/AcroForm",
        b"/Annots",
        b"/Encrypt",
    )
    for name in ISSUED:
        assert [word for word in acting if word in made(name)] == []


@needs_fonts
def test_only_the_office_s_fonts_are_used() -> None:
    """Each text is set in the font of its role, and no font but the office's is in the file."""
    found = faces(made("consultation"))
    assert found["丽水市招商局"] == "NotoSerifCJKsc-Bold"
    assert found["一、项目基本情况"] == "NotoSansCJKsc-Regular"
    assert found["（二）用地需求。"] == "LXGWWenKai-Regular"
    assert set(found.values()) <= {
        "NotoSerifCJKsc-Bold",
        "NotoSerifCJKsc-Regular",
        "NotoSansCJKsc-Regular",
        "LXGWWenKai-Regular",
        "FandolFang-Regular",
    }
    assert {face.file.name for chain in fonts().chains.values() for face in chain} == set(FILES)


# ── To the millimetre ──


@needs_fonts
@pytest.mark.parametrize("name", sorted(LETTERS))
def test_every_sample_passes_the_checker(name: str) -> None:
    """Each letter of the catalogue, of every layout, is in tolerance in every measure."""
    report = check_pdf(to_pdf(LETTERS[name], fonts()))
    assert ([row.key for row in report.measures if not row.ok], report.findings) == ([], ())
    assert report.layout == LETTERS[name].layout


@needs_fonts
def test_full_lines_fill_the_text_area() -> None:
    """28 characters fill 156 mm and 22 lines fill 225 mm."""
    second = rows_of(to_pdf(body_of("国" * 2000), fonts()))[1]
    assert {row.text for row in second} == {"国" * 28}
    assert [(round(row.left / MM, 2), round(row.right / MM, 1)) for row in second] == [
        (28.0, 184.1)
    ] * 22
    assert [round((row.middle - 37 * MM) / PITCH - 0.5, 1) for row in second] == list(range(22))


@needs_fonts
def test_the_ink_is_where_the_standard_has_it() -> None:
    """Measured on the drawn page: mark 35 mm, rules, page number 7 mm below, 版记 35 mm above the
    page's end.
    """
    first, last = picture(made("duties"), 0), picture(made("duties"), 3)
    left, top, right, bottom = ink(first, 0, 60, 210, 95)
    assert top == pytest.approx(72, abs=0.3)
    assert left - 28 == pytest.approx(184 - right, abs=1)
    left, top, right, bottom = ink(first, 0, 118, 210, 126)
    assert [left, right] == pytest.approx([28, 184], abs=0.1)
    assert bottom - top == pytest.approx(0.7, abs=0.1)
    left, top, right, bottom = ink(last, 20, 261, 210, 263)
    assert (top + bottom) / 2 == pytest.approx(262, abs=0.1)
    left, top, right, bottom = ink(last, 28, 265, 38, 280)
    assert top == pytest.approx(269, abs=0.3)
    assert left == pytest.approx(28 + 14 / MM, abs=0.3)


@needs_fonts
def test_a_signature_without_a_seal_stands_as_the_standard_has_it() -> None:
    """The issuer ends two characters from the right, the date begins two characters right of it
    (7.3.5.2).
    """
    rows = [row for page in rows_of(made("request")) for row in page]
    issuer = next(
        row for row in rows if row.text == "丽水市招商局" and row.size == 16 and row.left > 100 * MM
    )
    date = next(row for row in rows if row.text == "2026年8月1日" and row.size == 16)
    assert issuer.right == pytest.approx(184 * MM - 2 * ZI, abs=1.5)
    assert date.left - issuer.left == pytest.approx(2 * ZI, abs=1.5)
    assert date.middle - issuer.middle == pytest.approx(PITCH, abs=0.5)


@needs_fonts
def test_red_is_red_and_the_rest_black() -> None:
    """The mark is of the red that the HTML form has; all text below the rule is black."""
    image = picture(made("request"), 0)
    assert (230, 0, 18) in hues(image)
    below = image.crop((0, round(125 * SCALE * MM), image.width, image.height))
    assert all(r == g == b for r, g, b in hues(below))


@needs_fonts
def test_the_symbol_is_described_and_can_be_read() -> None:
    """The QR symbol, 18 mm wide, has its text for those who cannot see it, and every module is
    where it is to be.
    """
    assert f"验证二维码：{PROOF}".encode("utf-16-be").hex().upper().encode() in made(
        "request"
    ).upper() or (f"验证二维码：{PROOF}".encode("utf-16-be") in made("request"))
    assert f"验证码：{CODE}" in said(issued_letter("request"))
    grid = modules(PROOF)
    image = picture(made("request"), 1).convert("L")
    left, top, right, _ = ink(image.convert("RGB"), 26, 200, 50, 248)
    side = (right - left) / (len(grid) - 2 * QUIET)
    assert side * len(grid) == pytest.approx(18, abs=0.1)
    unit = SCALE * MM
    columns = [int((left + (n - QUIET + 0.5) * side) * unit) for n in range(len(grid))]
    rows = [int((top + (n - QUIET + 0.5) * side) * unit) for n in range(len(grid))]
    grey = image.tobytes()
    assert tuple(tuple(grey[y * image.width + x] < 128 for x in columns) for y in rows) == grid


# ── Where lines and pages end ──


@needs_fonts
@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("工期为3～5年", "3～"),
        ("单价以元/平方米计", "元/平"),
        ("容积率≤1.2的", "≤1.2"),
        ("丽水·莲都", "水·"),
        ("占25%。", "25%"),
    ],
)
def test_marks_stay_where_the_standard_has_them(text: str, whole: str) -> None:
    """Wherever a line ends, it neither begins with ～, / or · nor parts ≤ from its number (E5; GB/T
    15834—2011).
    """
    for length in range(20, 28):
        rows = [
            row.text
            for page in rows_of(to_pdf(body_of("国" * length + text + "国" * 30), fonts()))
            for row in page
        ]
        assert any(whole in row for row in rows), (length, rows)
        assert not [row for row in rows if row[0] in CLOSING or row[0] in "～/·"], (length, rows)


def test_a_long_code_may_be_parted_and_a_short_one_not() -> None:
    """A code of 18 characters is cut into fours, never after a hyphen; a case's number and a
    telephone's stay whole.
    """
    code = [one for one in stretches("代码91331100MA2E1234XX。") if one.open]
    assert [one.text for one in code] == ["9133", "1100", "MA2E", "1234"]
    address = [one.text for one in stretches("https://example.gov.cn/a/b") if one.whole]
    assert address == ["http", "s://e", "xamp", "le.g", "ov.c", "n/a/b"]
    assert [one for one in stretches("编号LS-F-2026-001") if one.whole] == [
        ("LS-F-2026-001", True, False)
    ]
    assert [one.text for one in stretches("电话0578-2091000") if one.whole] == ["0578-2091000"]


@needs_fonts
@pytest.mark.parametrize(
    "long", ["91331100MA2E1234XX", "https://lishui.example.gov.cn/zwgk/2026/09/30/notice.html"]
)
def test_a_long_code_leaves_no_line_loose(long: str) -> None:
    """Wherever a code or an address falls, no gap between two characters of the lines around it is
    a character wide.
    """
    for length in range(16, 28, 2):
        rows = rows_of(to_pdf(body_of("国" * length + long + "国" * 40), fonts()))[0]
        gaps = [
            b.x - a.x for row in rows for a, b in pairwise(row.glyphs) if a.char == b.char == "国"
        ]
        assert max(gaps) < 1.5 * ZI, length


@needs_fonts
def test_a_signature_takes_text_along() -> None:
    """Wherever the text ends, some of it stands on the page of the signature, and on that of the
    版记 (E4).
    """
    for length in range(300, 900, 14):
        letter = replace(
            issued_letter("request"),
            body=(Paragraph(0, "国" * length),),
            attachments=(),
            cc=("市财政局",),
        )
        pages = [[row.text for row in page] for page in rows_of(to_pdf(letter, fonts()))]
        (signed_,) = [page for page in pages if "2026年8月1日" in page]
        assert any(row.startswith("国") for row in signed_), length
        assert any(row.startswith("国") for row in pages[-1]), length
        assert any(row.startswith("国") for row in pages[0]), length


@needs_fonts
def test_many_recipients_are_moved_to_the_record() -> None:
    """Recipients that would keep the text off the first page stand above 抄送 on the last one
    (7.3.2, 7.4.2).
    """
    to = tuple(f"丽水市第{n}人民政府办公室综合协调处" for n in range(30))
    pages = rows_of(to_pdf(replace(issued_letter("duties"), to=to), fonts()))
    assert any(row.text.startswith("瓯江云栖") and row.size == 16 for row in pages[0])
    last = [row.text[:3] for row in pages[-1]]
    assert last.index("主送：") < last.index("抄送：")


@needs_fonts
def test_several_who_signed_stand_two_to_a_line() -> None:
    """Of several who signed, two stand on a line; the number stands on the last one (7.2.6)."""
    letter = replace(issued_letter("request"), signer="林岚、王喆、赵堃")
    rows = [row for row in rows_of(to_pdf(letter, fonts()))[0] if row.size == 16][:2]
    assert [row.text for row in rows] == ["签发人：林岚王喆", "丽招商〔2026〕1号赵堃"]
    assert rows[0].right == pytest.approx(184 * MM - ZI, abs=1.5)
    assert rows[0].glyphs[4].x == pytest.approx(rows[1].glyphs[-2].x, abs=0.5)


@needs_fonts
def test_a_table_s_head_is_set_again_on_each_page() -> None:
    """On each page a long table begins with its head, and no row is parted."""
    table = Table(("序号", "事项"), tuple((str(n), "规划选址" * 12) for n in range(60)))
    pages = rows_of(
        to_pdf(replace(body_of("如下："), body=(Paragraph(0, "如下："), table)), fonts())
    )
    heads = ["".join(row.text for row in page).count("序号事项") for page in pages]
    assert heads[:-1] == [1] * (len(heads) - 1)


@needs_fonts
@pytest.mark.parametrize("columns", [1, 2])
def test_nothing_is_cut_off_where_a_page_is_too_short(columns: int) -> None:
    """A row, a 版记 and a list of attachments that are longer than a page go on on the next ones,
    whole.
    """
    long = "规划选址论证意见" * 250
    table = Table(
        ("事项", "意见")[:columns], (("甲" * 30, long)[-columns:], ("乙", long)[-columns:])
    )
    names = tuple(f"丽水市第{n}人民政府办公室综合协调处" for n in range(120))
    letter = replace(
        issued_letter("request"),
        body=(Paragraph(0, "如下："), table),
        cc=names,
        attachments=names[:60],
    )
    data = to_pdf(letter, fonts())
    found = bare("".join(map(folio, read(data))))
    assert sorted(found.replace(bare("".join(table.head)), "")) == sorted(
        said(letter).replace(bare("".join(table.head)), "")
    )
    for page in rows_of(data):
        assert all(glyph.bottom <= 262 * MM + 1 for row in page for glyph in row.glyphs)


# ── How wide columns are ──


def test_a_date_does_not_starve_the_text_beside_it() -> None:
    """The column of text is wider than the column of dates, which takes two lines at most (E4)."""
    row = (
        "1",
        "组织设计评审，对方案是否符合规划条件和技术标准提出意见",
        "2026年10月21日前",
        "《浙江省城乡规划条例》第四十条",
    )
    columns = columns_of(Table(("序号", "任务", "时限", "依据"), (row,) * 3))
    assert (columns.size, columns.cells) == (14.0, (5, 29, 9, 16))


def test_fourteen_columns_are_set_and_forty_refused() -> None:
    """A wide table is set smaller; one too wide for paper is told with what to do (E4)."""
    assert columns_of(Table(("列名",) * 14, (("数值",) * 14,))).size == 10.5
    assert len(columns_of(Table(("列",) * 28, ())).cells) == 28
    with pytest.raises(InvalidError) as caught:
        columns_of(Table(("列",) * 40, ()))
    assert (caught.value.message, caught.value.mend) == (
        "表格有 40 列，一页排不下",
        "请减少列数，或拆成几个表",
    )


REMARK = "规" * 60


def tabled(*row: str) -> Letter:
    """Give a letter with a table of one row."""
    table = Table(("列",) * len(row), (row,))
    return replace(body_of("如下："), body=(Paragraph(0, "如下："), table))


def test_columns_that_hold_their_words_are_as_if_there_were_none() -> None:
    """Only a word that has no room moves the columns."""
    table = Table(("列",) * 4, ((REMARK, REMARK, REMARK, "2026-08-15"),))
    usual = columns_of(table)
    assert usual == Columns(14.0, 3.0, (23, 16, 15, 5))
    assert columns_of(table, (2, 2, 2, 5)) == usual
    assert columns_of(table, (2, 2, 2, 10)) == Columns(14.0, 3.0, (17, 16, 16, 10))


def test_words_are_whole_where_any_size_has_room_for_them() -> None:
    """The smaller size is taken for words that have no room in the usual one; where none has, the
    size that keeps most words whole.
    """
    dates = ("2026-08-15",)
    assert columns_of(Table(("列",) * 7, (dates * 7,)), (10,) * 7) == Columns(
        10.5, 2.0, (12, 11, 11, 11, 11, 11, 11)
    )
    assert columns_of(Table(("列",) * 8, (dates * 8,)), (10,) * 8) == Columns(
        10.5, 2.0, (10, 10, 10, 10, 10, 10, 10, 8)
    )


@needs_fonts
@pytest.mark.parametrize("word", ["2611002bcb", "WXM-2000B", "（2611002bcb）。", "2026年WMWMWM"])
def test_a_word_widens_its_column(word: str) -> None:
    """Beside six long remarks a code stands whole on its line, inside of the 版心."""
    rows = [row for page in rows_of(to_pdf(tabled(*(REMARK,) * 6, word), fonts())) for row in page]
    whole = word.removeprefix("2026年")
    assert [row.text.replace("规", "") for row in rows if whole in row.text] == [whole]
    assert max(glyph.right for row in rows for glyph in row.glyphs) <= 184 * MM


@needs_fonts
def test_a_word_that_no_table_holds_is_parted_without_a_mark() -> None:
    """Of eight codes that have no room side by side the last ones are parted: nothing is lost,
    nothing added, and no line runs past the 版心.
    """
    letter = tabled(*("WMWM2611002bcb",) * 8)
    data = to_pdf(letter, fonts())
    rows = [row for page in rows_of(data) for row in page]
    assert sorted(bare("".join(map(folio, read(data))))) == sorted(said(letter))
    assert max(glyph.right for row in rows for glyph in row.glyphs) <= 184 * MM


@needs_fonts
def test_words_of_labels_and_attachments_are_parted_too() -> None:
    """A place to sign, a list of attachments and a paragraph hold no word that is longer than they
    are.
    """
    word = "……" * 16
    letter = replace(
        body_of("国" * 3 + word * 2),
        body=(Paragraph(0, word * 2), Signatures((f"{word}局",))),
        attachments=(word * 2, word),
    )
    rows = [row for page in rows_of(to_pdf(letter, fonts())) for row in page]
    assert max(glyph.right for row in rows for glyph in row.glyphs) <= 184 * MM + 1


def test_typst_ends_lines_wherever_we_rely_on_it(tmp_path: Path) -> None:
    """Wherever `_may_surely_break` sees a line's end between two characters, typst may end one."""
    chars = sorted({*"国あ0aZ _+@#&=|<>*é垟×№\"'①Ⅳα→㎡Я％＋－\u3000", *CLOSING, *OPENING})
    texts = [f"国{a}{b}国" for a in chars for b in chars]
    source = tmp_path / "lines.typ"
    source.write_text(
        "#let texts = json(bytes(sys.inputs.texts))\n"
        '#set text(lang: "zh", region: "cn", top-edge: 10pt, bottom-edge: 0pt)\n'
        '#set par(leading: 0pt, linebreaks: "simple")\n'
        "#let lines(it) = measure(block(width: 1pt, text(it))).height / 10pt\n"
        "#context metadata(texts.map(it => calc.round(lines(it))))\n"
    )
    asked = {"texts": json.dumps(texts)}
    lines = json.loads(typst.query(source, "metadata", field="value", one=True, sys_inputs=asked))
    sure = [1 + sum(_may_surely_break(one, n) for n in (1, 2, 3)) for one in texts]
    wrong = [text for text, ours, its in zip(texts, sure, lines, strict=True) if ours > its]
    assert wrong == []
    assert sure[texts.index("国aa国")] == 3


@needs_fonts
def test_a_wide_table_is_printed() -> None:
    """Fourteen columns stand between the edges of the 版心, each text in its own."""
    table = Table(tuple(f"列{n}" for n in range(14)), (tuple(str(n) for n in range(14)),))
    (page, *_) = rows_of(
        to_pdf(replace(body_of("如下："), body=(Paragraph(0, "如下："), table)), fonts())
    )
    head = next(row for row in page if row.text.startswith("列0列1"))
    assert head.text == "".join(f"列{n}" for n in range(14))
    assert all(after.x > glyph.x for glyph, after in pairwise(head.glyphs))
    assert 28 * MM < head.left < head.right < 184 * MM


if __name__ == "__main__":
    sums = dict(fonts().digests) | {
        f"{name}.pdf": sha256(made(name)).hexdigest() for name in ISSUED
    }
    SUMS.write_text(
        "".join(f"{digest}  {name}\n" for name, digest in sums.items()), encoding="utf-8"
    )
