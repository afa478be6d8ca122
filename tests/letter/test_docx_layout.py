"""A DOCX as LibreOffice lays it out, measured against GB/T 9704—2012."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from letters import issued_letter, sample_letter
from paper_office import fonts
from PIL import Image

from lifecycle.letter import Letter, Paragraph
from lifecycle.letter.docx.docx import to_docx
from lifecycle.letter.fonts import locate
from lifecycle.places import fonts as shelves

MM = 72 / 25.4
"""Points in a millimetre."""


_ALIASES = {
    "仿宋_GB2312": "FandolFang",
    "楷体_GB2312": "LXGW WenKai",
    "黑体": "Noto Sans CJK SC",
    "宋体": "Noto Serif CJK SC",
    "方正小标宋简体": "Noto Serif CJK SC",
}
"""What stands in for the standard's fonts, by the families' names (`make fonts`)."""


def needs_office() -> None:
    """Skip a test where LibreOffice or the fonts to set with are missing."""
    if shutil.which("soffice") is None:
        pytest.skip("没有安装 LibreOffice（soffice）")
    fonts()


def fontconfig(folder: Path) -> str:
    """Write a private fontconfig that knows only our fonts, under the standard's names as well."""
    places = sorted({str(path.parent) for path in locate(list(shelves())).values()})
    aliases = "".join(
        f"<match target='pattern'><test name='family'><string>{name}</string></test>"
        f"<edit name='family' mode='assign' binding='strong'><string>{ours}</string></edit></match>"
        for name, ours in _ALIASES.items()
    )
    file = folder / "fonts.conf"
    dirs = "".join(f"<dir>{place}</dir>" for place in places)
    file.write_text(
        f"<fontconfig>{dirs}<cachedir>{folder}/cache</cachedir>{aliases}</fontconfig>", "utf-8"
    )
    return str(file)


def printed(letter: Letter, folder: Path) -> Path:
    """Lay a letter out as PDF with LibreOffice."""
    (folder / "letter.docx").write_bytes(to_docx(letter))
    command = [
        "soffice",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        str(folder / "letter.docx"),
    ]
    subprocess.run(
        command,
        env={**os.environ, "HOME": str(folder), "FONTCONFIG_FILE": fontconfig(folder)},
        capture_output=True,
        check=True,
        timeout=120,
    )
    return folder / "letter.pdf"


def boxes(file: Path, page: int, chars: str) -> list[tuple[float, float, float, float]]:
    """Give left, top, right and bottom of these characters on a page, in millimetres from its upper
    left corner.
    """
    import pypdfium2

    with pypdfium2.PdfDocument(file) as document:
        sheet = document[page]
        text = sheet.get_textpage()
        found = [
            text.get_charbox(n, loose=True)
            for n in range(text.count_chars())
            if text.get_text_range(n, 1) in chars
        ]
        height = sheet.get_height()
    return [
        (left / MM, (height - top) / MM, right / MM, (height - low) / MM)
        for left, low, right, top in found
    ]


def inked(
    file: Path, page: int, *, red: bool, scale: int = 6
) -> list[tuple[float, float, float, float]]:
    """Give left, top, right and bottom of each run of rows that hold ink, in millimetres."""
    import pypdfium2

    with pypdfium2.PdfDocument(file) as document:
        image = document[page].render(scale=scale).to_pil().convert("RGB")
    channels = image.split()
    mask = channels[1].point(lambda value: 255 * (value < 90))
    if red:
        mask = Image.composite(
            mask, Image.new("L", image.size), channels[0].point(lambda value: 255 * (value > 150))
        )
    rows = [y for y in range(image.height) if mask.crop((0, y, image.width, y + 1)).getbbox()]
    starts = [rows[0], *(after for before, after in pairwise(rows) if after - before > scale)]
    ends = [*(before for before, after in pairwise(rows) if after - before > scale), rows[-1]]
    found = []
    for start, end in zip(starts, ends, strict=True):
        left, _, right, _ = mask.crop((0, start, image.width, end + 1)).getbbox() or (0, 0, 0, 0)
        found.append(
            (left / scale / MM, start / scale / MM, right / scale / MM, (end + 1) / scale / MM)
        )
    return found


@pytest.mark.slow
def test_full_pages_have_22_lines_of_28_characters(tmp_path: Path) -> None:
    """A page full of text in LibreOffice holds 22 lines of 28 characters within the 版心 (5.2)."""
    needs_office()
    letter = replace(
        sample_letter("report"), body=(Paragraph(0, "一" * 28 * 60), Paragraph(0, "特此报告。"))
    )
    found = boxes(printed(letter, tmp_path), 1, "一")
    lines = Counter(round(top, 1) for _, top, _, _ in found)
    assert len(lines) == 22
    assert set(lines.values()) == {28}
    assert min(left for left, _, _, _ in found) == pytest.approx(28, abs=0.5)
    assert max(right for _, _, right, _ in found) == pytest.approx(184, abs=1)
    assert all(top >= 37 and bottom <= 262 for _, top, _, bottom in found)


@pytest.mark.slow
def test_documents_are_right_to_the_millimetre(tmp_path: Path) -> None:
    """Mark, red rule, page number and 版记 of a 普通公文 stand where the standard has them."""
    needs_office()
    file = printed(issued_letter("request"), tmp_path)
    mark, rule = inked(file, 0, red=True)
    assert mark[1] == pytest.approx(37 + 35, abs=1.5)
    assert (mark[0] + mark[2]) / 2 == pytest.approx(106, abs=1)
    assert (rule[0], rule[2]) == pytest.approx((28, 184), abs=0.5)
    number = boxes(file, 0, "〔")[0]
    assert rule[1] - number[3] == pytest.approx(4, abs=1.5)
    last = boxes(file, 1, "—")
    assert last[0][0] == pytest.approx(28 + 14 / MM, abs=1)
    black = inked(file, 1, red=False)
    assert black[-2][3] == pytest.approx(262, abs=0.5)
    assert (black[-2][0], black[-2][2]) == pytest.approx((28, 184), abs=0.5)
    assert boxes(file, 0, "—")[-1][2] == pytest.approx(184 - 14 / MM, abs=1)


@pytest.mark.slow
def test_facing_letters_are_right_to_the_millimetre(tmp_path: Path) -> None:
    """A 信函's mark is 30 mm from the page's top, its double rules 4 mm below and 20 mm from the
    bottom, of 170 mm.
    """
    needs_office()
    file = printed(issued_letter("consultation"), tmp_path)
    mark, upper, lower = inked(file, 0, red=True)
    assert mark[1] == pytest.approx(30, abs=1.5)
    assert upper[1] - mark[3] == pytest.approx(4, abs=1)
    assert (upper[0], upper[2]) == pytest.approx((20, 190), abs=0.5)
    assert (lower[0], lower[2]) == pytest.approx((20, 190), abs=0.5)
    assert lower[3] == pytest.approx(297 - 20, abs=1)
    assert boxes(file, 0, "—") == []
    assert len(boxes(file, 1, "—")) == 2
    assert boxes(file, 0, "号")[0][2] == pytest.approx(184, abs=1)


@pytest.mark.slow
def test_one_dash_is_7_mm_below_the_type_area(tmp_path: Path) -> None:
    """The 一字线 beside the page number is 7 mm below the 版心 (7.5)."""
    needs_office()
    letter = replace(sample_letter("report"), issuer="某局", cc=())
    import pypdfium2

    with pypdfium2.PdfDocument(printed(letter, tmp_path)) as document:
        image = document[0].render(scale=8).to_pil().convert("L")
    (left, _, _, _), *_ = boxes(tmp_path / "letter.pdf", 0, "—")
    column = image.crop(
        (
            round((left + 1) * MM * 8),
            round(262.5 * MM * 8),
            round((left + 3) * MM * 8),
            image.height,
        )
    )
    box = column.point(lambda value: 255 * (value < 128)).getbbox()
    assert box is not None
    assert 262.5 + box[1] / 8 / MM == pytest.approx(262 + 7, abs=1)
