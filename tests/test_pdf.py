"""A letter's PDF has the same bytes for ever, says its text in order, and is what an archive asks
for (PDF/A-2a).
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from fontset import fonts, needs_fonts
from letters import CODE, ISSUED, PROOF, issued_letter, sample_letter
from pdfreading import MM, SCALE, hues, ink, picture, tree
from PIL import Image, ImageCms
from pypdfium2 import PdfDocument, raw

from lifecycle.errors import InvalidError
from lifecycle.letter.fonts import FANG, Fonts, locate
from lifecycle.letter.model import Letter, Paragraph
from lifecycle.letter.pdf.colour import srgb_profile
from lifecycle.letter.pdf.pages import lay_out
from lifecycle.letter.pdf.pdf import to_pdf
from lifecycle.letter.qr import QUIET, modules

GOLDEN = Path(__file__).parent / "golden" / "pdf"


@cache
def made(name: str) -> bytes:
    """Make the PDF of a sample letter."""
    return to_pdf(issued_letter(name), fonts())


def bare(text: str) -> str:
    """Leave out the blanks, which a reader may see where a line ends or a character is far off."""
    return "".join(text.split())


def said(letter: Letter) -> str:
    """Give the text that a letter's pages say, in reading order, page numbers last on each."""
    return bare("".join(run.text for page in lay_out(letter).pages for run in page.runs))


def read(data: bytes) -> str:
    """Give the text that a reader extracts, without blanks."""
    return bare("".join(page.get_textpage().get_text_range() for page in PdfDocument(data)))


@needs_fonts
@pytest.mark.parametrize("name", ISSUED)
def test_the_bytes_are_the_same_for_ever(name: str) -> None:
    """The same letter and fonts give the bytes that they gave when this test was written."""
    golden = dict(
        line.split("  ")[::-1]
        for line in (GOLDEN / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    )
    font_digests = {name: golden[name] for name in fonts().digests}
    if font_digests != fonts().digests:
        pytest.skip("字体版本不同：make fonts")
    assert sha256(made(name)).hexdigest() == golden[f"{name}.pdf"]


@needs_fonts
@pytest.mark.parametrize("name", ISSUED)
def test_fonts_opened_anew_give_the_same_bytes(name: str) -> None:
    """Nothing of the process is in the file: not which letters were set before, nor by which
    objects.
    """
    from fontset import FOLDERS

    assert to_pdf(issued_letter(name), Fonts.find(FOLDERS)) == made(name)


@needs_fonts
@pytest.mark.parametrize("name", ISSUED)
def test_a_reader_extracts_the_text_in_order(name: str) -> None:
    """What a reader copies out of the file is the letter's text, part by part."""
    assert read(made(name)) == said(issued_letter(name))


@needs_fonts
def test_rare_characters_are_said_too() -> None:
    """A character outside of the basic plane, of a fallback font, is drawn and extracted like any
    other.
    """
    letter = replace(
        sample_letter("consultation"), body=(Paragraph(0, "𡶴头、垟山、峃口、漈下——“堃喆祎”·é。"),)
    )
    assert read(to_pdf(letter, fonts())) == said(letter)


@needs_fonts
def test_characters_that_share_a_glyph_stay_apart() -> None:
    """Two characters that a font draws by one glyph (⼀ and 一) are extracted as what they were."""
    letter = replace(sample_letter("consultation"), body=(Paragraph(0, "一⼀人⼈一⼀"),))
    assert "一⼀人⼈一⼀" in read(to_pdf(letter, fonts()))


@needs_fonts
def test_a_character_without_a_glyph_is_refused_by_name() -> None:
    """A letter with a character that no font has is not printed; the error names each such
    character.
    """
    from fontset import FOLDERS

    full = Fonts.of(locate(FOLDERS))
    bare_ = Fonts(
        {**full.chains, "fang": tuple(f for f in full.chains["fang"] if f.file.name == FANG)}
    )
    letter = replace(sample_letter("consultation"), body=(Paragraph(0, "垟与峃与\u200b"),))
    with pytest.raises(InvalidError) as caught:
        to_pdf(letter, bare_)
    where = "见“垟与峃与□”"
    missing = ("“垟”（U+579F）", "“峃”（U+5CC3）", " U+200B")
    told = "；".join(f"仿宋没有{char}，{where}" for char in missing)
    assert caught.value.message == f"这份公文不能排印：{told}"


@needs_fonts
def test_the_parts_are_tagged() -> None:
    """Mark, number, title, text, table with head and cells, and the symbol are tagged as such, in
    reading order.
    """
    urgency_mark_number = [" P"] * 3
    recipients_and_text = [" P"] * 2
    assert tree(made("duties"), 0) == [
        "Document",
        *urgency_mark_number,
        " H1",
        *recipients_and_text,
        " H2",
        " P",
    ]
    table = [" Table", "  TR", *["   TH"] * 4, *["  TR", *["   TD"] * 4] * 2]
    closing = [" P"] * 5
    assert tree(made("duties"), 1) == [
        "Document",
        " H2",
        *[" P"] * 4,
        " H2",
        *table,
        " H2",
        " P",
        *closing,
    ]
    assert tree(made("duties"), 3) == ["Document", " P", " H1", " P", " Figure", *[" P"] * 4]
    assert raw.FPDFCatalog_IsTagged(PdfDocument(made("duties")))


@needs_fonts
def test_the_symbol_is_described_and_can_be_read() -> None:
    """The QR symbol has its text for those who cannot see it, and its modules are drawn
    one by one.
    """
    letter = issued_letter("request")
    assert f"验证二维码：{PROOF}".encode("utf-16-be").hex().encode() in made("request")
    assert f"验证码：{CODE}" in said(letter)
    page = lay_out(letter).pages[-1]
    (symbol,) = page.symbols
    grid = modules(PROOF)
    image = picture(made("request"), len(lay_out(letter).pages) - 1).convert("L")
    grey, side = image.tobytes(), symbol.size / len(grid)
    columns = [int((symbol.x + (n + 0.5) * side) * SCALE) for n in range(len(grid))]
    rows = [int((symbol.y + (n + 0.5) * side) * SCALE) for n in range(len(grid))]
    drawn = tuple(tuple(grey[y * image.width + x] < 128 for x in columns) for y in rows)
    assert drawn == grid
    assert symbol.size == pytest.approx(18 * MM)
    assert not any(any(row) for row in grid[:QUIET])


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
    assert top == pytest.approx(269, abs=0.15)
    assert left == pytest.approx(28 + 14 / MM, abs=0.2)


@needs_fonts
def test_red_is_red_and_the_rest_black() -> None:
    """The mark is of the red that the HTML form has; all text below the rule is black."""
    image = picture(made("request"), 0)
    assert (230, 0, 18) in hues(image)
    below = image.crop((0, round(125 * SCALE * MM), image.width, image.height))
    assert all(r == g == b for r, g, b in hues(below))


@needs_fonts
def test_it_says_what_it_is() -> None:
    """Title, issuer, language and the letter's date stand in the file, and no other time."""
    data = made("consultation")
    document = PdfDocument(data)
    letter = issued_letter("consultation")
    when = "D:20260801000000+08'00'"
    assert document.get_metadata_dict(skip_empty=True) == {
        "Title": letter.title,
        "Author": letter.issuer,
        "Producer": "lifecycle",
        "CreationDate": when,
        "ModDate": when,
    }
    assert b"/Lang (zh-CN)" in data
    assert b"/DisplayDocTitle true" in data
    assert b"/MarkInfo <</Marked true>>" in data


@needs_fonts
def test_the_metadata_packet_agrees_and_claims_pdf_a() -> None:
    """The XMP packet says the same as the information dictionary, and PDF/A part 2 of conformance
    A.
    """
    letter = replace(issued_letter("consultation"), title="关于A&B<C>的函")
    data = to_pdf(letter, fonts())
    packet = data[data.index(b"<x:xmpmeta") : data.index(b"</x:xmpmeta>") + 12]
    root = ET.fromstring(packet)
    texts = {element.tag.rpartition("}")[2]: (element.text or "") for element in root.iter()}
    assert (texts["part"], texts["conformance"], texts["CreateDate"]) == (
        "2",
        "A",
        "2026-08-01T00:00:00+08:00",
    )
    assert [
        element.text for element in root.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li")
    ] == [
        letter.title,
        letter.issuer,
        "zh-CN",
    ]


@needs_fonts
def test_the_file_is_whole() -> None:
    """Each offset of the cross-reference table hits its object, each stream has its length, the ID
    is its digest.
    """
    data = made("duties")
    start = int(data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    lines = data[start:].split(b"\n")
    count = int(lines[1].split()[1])
    for number, line in enumerate(lines[2 : 2 + count]):
        assert len(line) == 19
        if number:
            assert data[int(line[:10]) :].startswith(b"%d 0 obj\n" % number)
    for found in re.finditer(rb"/Length (\d+)>>\nstream\n", data):
        assert data[found.end() + int(found[1]) :].startswith(b"\nendstream\nendobj")
    (identifier,) = re.findall(rb"/ID \[<(\w{32})> <\w{32}>\]", data)
    assert sha256(re.sub(rb"/ID \[.*\]\n", b"", data)).hexdigest()[:32].encode() == identifier
    assert data.endswith(b"%%EOF\n")


@needs_fonts
def test_nothing_reaches_outside() -> None:
    """The file has no link, script, file, form or filter: nothing that acts, and nothing that zlib
    had a say in.
    """
    for name in ISSUED:
        names = set(
            re.findall(
                rb"/([A-Z][A-Za-z]+)",
                re.sub(rb"stream\n.*?endstream", b"", made(name), flags=re.DOTALL),
            )
        )
        assert not names & {
            b"URI",
            b"JS",
            b"JavaScript",
            b"Launch",
            b"EmbeddedFile",
            b"AcroForm",
            b"Filter",
            b"Annots",
        }


@needs_fonts
def test_a_full_line_is_drawn_from_edge_to_edge() -> None:
    """28 characters reach from one edge of the text area to the other, drawn as well as
    laid out.
    """
    letter = replace(sample_letter("consultation"), body=(Paragraph(0, "国" * 400),))
    left, _, right, _ = ink(picture(to_pdf(letter, fonts()), 1), 0, 38, 210, 46)
    # The ink of 国 begins and ends a sixth of its width inside of the character.
    assert [left, right] == pytest.approx([28.9, 183.1], abs=0.2)


def test_the_colour_profile_is_srgb() -> None:
    """The profile is valid, small and the same as the sRGB that colour management has built in,
    within one step.
    """
    ours = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    assert len(srgb_profile()) < 1200
    patches = Image.new("RGB", (4, 1))
    colours = [(230, 0, 18), (0, 0, 0), (255, 255, 255), (96, 128, 200)]
    patches.putdata(colours)
    turned = ImageCms.profileToProfile(patches, ours, ImageCms.createProfile("sRGB"))
    assert turned is not None
    for x, colour in enumerate(colours):
        pixel = turned.getpixel((x, 0))
        assert isinstance(pixel, tuple)
        assert all(abs(a - b) <= 1 for a, b in zip(pixel, colour, strict=True))


@needs_fonts
def test_a_draft_and_an_issued_letter_differ() -> None:
    """A draft has the words of a draft and neither code nor symbol."""
    draft = replace(
        issued_letter("consultation"), number=None, code=None, proof=None, printed=date(2026, 8, 3)
    )
    data = to_pdf(draft, fonts())
    assert "（未编号草稿）" in read(data)
    assert "验证码" not in read(data)
    assert b"/Figure" not in data
