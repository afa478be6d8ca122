"""The words of WordprocessingML (ISO/IEC 29500-1) that a letter needs: runs, paragraphs, tables and
one picture.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lifecycle.letter.cells import longest_word, width
from lifecycle.letter.docx.stored import filled

if TYPE_CHECKING:
    from collections.abc import Sequence

LINE = 579
"""Twentieths of a point of one line: 22 of them are 224.7 mm of the 版心's 225 mm."""
CHAR = 315
"""Twentieths of a point of one full-width character of the body: 16 pt less 0.25, so that 28 are
155.6 of 156 mm.
"""
WIDTH = 8845
"""Twentieths of a point of the 版心's width, 156 mm."""
LEFT = 1587
"""Twentieths of a point from the page's left edge to the 版心, 28 mm."""
MM = 1440 / 25.4
"""Twentieths of a point in a millimetre."""
_EMU = 36_000
"""English metric units in a millimetre."""
RED = "E60012"

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FEW = 6
"""Rows of a table that may stay on one page as a whole."""
_PADDING = 80
"""Twentieths of a point at the left and right inside a cell."""


def escaped(text: str) -> str:
    """Write a text for XML 1.0; characters that XML cannot hold at all are dropped."""
    return (
        _ILLEGAL.sub("", text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("\t", " ")
        .replace("\r", " ")
        .replace("\n", " ")
    )


def run(text: str, style: str = "", extra: str = "") -> str:
    """Set a text in a character style; `extra` is further run properties, in the schema's order."""
    props = (f'<w:rStyle w:val="{style}"/>' if style else "") + extra
    props = f"<w:rPr>{props}</w:rPr>" if props else ""
    return f'<w:r>{props}<w:t xml:space="preserve">{escaped(text)}</w:t></w:r>' if text else ""


TAB = "<w:r><w:tab/></w:r>"
BREAK = "<w:r><w:br/></w:r>"


def paragraph(
    style: str, runs: str, *, keep: bool = False, border: str = "", tabs: str = "", layout: str = ""
) -> str:
    """Set runs in a paragraph style.

    `keep` holds it with what follows; `layout` is spacing, indents and alignment.
    """
    props = (
        f'<w:pStyle w:val="{style}"/>'
        + ("<w:keepNext/>" if keep else "")
        + (f"<w:pBdr>{border}</w:pBdr>" if border else "")
        + (f"<w:tabs>{tabs}</w:tabs>" if tabs else "")
        + layout
    )
    return f"<w:p><w:pPr>{props}</w:pPr>{runs}</w:p>"


def edge(
    side: str, size: int, *, kind: str = "single", space: int = 0, colour: str = "000000"
) -> str:
    """Rule a side; `size` is in eighths of a point, `space` in points."""
    return f'<w:{side} w:val="{kind}" w:sz="{size}" w:space="{space}" w:color="{colour}"/>'


def opposed() -> str:
    """Give the tab that sets a text at the right edge of the 版心, less one character
    (居右空一字).
    """
    return f'<w:tab w:val="right" w:pos="{WIDTH - CHAR}"/>'


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, keep: bool = False) -> str:
    """Set a table as wide as the 版心, whose head is repeated on each page and whose rows never
    part.

    `keep` holds its end, or a short one as a whole, with what follows.
    """
    columns = list(zip(head, *rows, strict=True))
    style = "TableText" if _fits(columns) else "TableSmall"
    sizes = _sizes(columns, 140 if style == "TableText" else 120)
    held = range(0 if len(rows) <= _FEW else len(rows) - 2, len(rows)) if keep else ()
    first = "TableHead" if style == "TableText" else "TableHeadSmall"
    text = [_row(head, sizes, first, head=True, keep=keep and len(rows) <= _FEW)]
    text += [_row(row, sizes, style, keep=n in held) for n, row in enumerate(rows)]
    return _grid(sizes, "".join(text))


def places(names: Sequence[str], fill: str, *, keep: bool = False) -> str:
    """Set places to sign, two to a row, each with its name, room for a seal and the day
    to fill in.
    """
    sizes = [WIDTH // 2, WIDTH - WIDTH // 2]
    rows = []
    for pair in (names[at : at + 2] for at in range(0, len(names), 2)):
        cells = ""
        for name, size in zip(pair, sizes if len(pair) == 2 else [WIDTH], strict=True):
            inner = paragraph("TableText", run(f"{name}（签章）："), keep=keep)
            inner += paragraph("TableText", "", keep=keep) * 2 + paragraph(
                "TableDay", run(fill), keep=keep
            )
            cells += _cell(size, inner, span=3 - len(pair))
        rows.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
    return _grid(sizes, "".join(rows))


def foot(rows: Sequence[str], *, ruled: bool) -> str:
    """Float rows onto the lower edge of the 版心, with the 版记's rules of 0.35 and 0.25 mm to 1/8
    pt (7.4.1).

    It is placed from the page's left edge, for LibreOffice floats a table of the full width in no
    other case.
    """
    rules = edge("top", 8) + edge("bottom", 8) + edge("insideH", 6) if ruled else ""
    cell = f'<w:tc><w:tcPr><w:tcW w:w="{WIDTH}" w:type="dxa"/></w:tcPr>'
    lines = "".join(
        f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cell}{row}</w:tc></w:tr>" for row in rows
    )
    sides = '<w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/>'
    return (
        f'<w:tbl><w:tblPr><w:tblpPr w:vertAnchor="margin" w:horzAnchor="page" w:tblpX="{LEFT}" '
        f'w:tblpYSpec="bottom"/>'
        f'<w:tblOverlap w:val="never"/><w:tblW w:w="{WIDTH}" '
        f'w:type="dxa"/><w:tblBorders>{rules}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{sides}</w:tblCellMar></w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="{WIDTH}"/></w:tblGrid>{lines}</w:tbl>'
    )


def _grid(sizes: Sequence[int], rows: str) -> str:
    columns = "".join(f'<w:gridCol w:w="{size}"/>' for size in sizes)
    margins = f'<w:left w:w="{_PADDING}" w:type="dxa"/><w:right w:w="{_PADDING}" w:type="dxa"/>'
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="LetterTable"/><w:tblW w:w="{WIDTH}" w:type="dxa"/>'
        f'<w:jc w:val="center"/><w:tblLayout '
        f'w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
    )


def _row(
    cells: Sequence[str],
    sizes: Sequence[int],
    style: str,
    *,
    head: bool = False,
    keep: bool = False,
) -> str:
    props = "<w:cantSplit/>" + ("<w:tblHeader/>" if head else "")
    text = "".join(
        _cell(size, paragraph(style, run(cell), keep=keep))
        for cell, size in zip(cells, sizes, strict=True)
    )
    return f"<w:tr><w:trPr>{props}</w:trPr>{text}</w:tr>"


def _cell(size: int, inner: str, *, span: int = 1) -> str:
    props = f'<w:tcW w:w="{size}" w:type="dxa"/>' + (
        f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    )
    return f'<w:tc><w:tcPr>{props}<w:vAlign w:val="center"/></w:tcPr>{inner}</w:tc>'


def _fits(columns: Sequence[Sequence[str]]) -> bool:
    """Tell whether each cell fits on one line at 14 pt, of which one cell is 7 pt."""
    return sum(max(map(width, column)) * 140 + 2 * _PADDING + 40 for column in columns) <= WIDTH


def _sizes(columns: Sequence[Sequence[str]], unit: int) -> list[int]:
    """Share the 版心's width: each column gets its head, or what it needs, and the rest goes by
    length of text. A word is parted only where the table has no room for it.
    """
    longest = [max(1, *map(width, column)) for column in columns]
    least = [
        min(size, max(4, min(width(column[0]), 8)))
        for size, column in zip(longest, columns, strict=True)
    ]
    words = [max(map(longest_word, column)) for column in columns]
    usual = _shared(longest, least, unit) or [WIDTH // len(columns)] * len(columns)
    if all(size - 2 * _PADDING >= word * unit for size, word in zip(usual, words, strict=True)):
        return usual
    whole = _shared(longest, list(map(max, least, words)), unit) or _shared(longest, words, unit)
    # Whoever opens the file parts the words of a table that has no room for all.
    return whole or usual


def _shared(longest: Sequence[int], least: Sequence[int], unit: int) -> list[int]:
    """Give each column its least cells and a share of what is left; nothing where nothing is."""
    bare = [size * unit + 2 * _PADDING + 40 for size in least]
    rest = WIDTH - sum(bare)
    if rest <= 0:
        return []
    # The square root keeps one long remark from starving the other columns.
    weights = [(size - low) ** 0.5 + 0.01 for size, low in zip(longest, least, strict=True)]
    sizes = [
        size + int(rest * weight / sum(weights)) for size, weight in zip(bare, weights, strict=True)
    ]
    sizes[-1] += WIDTH - sum(sizes)
    return sizes


def spacing(line: int = LINE, *, before: int = 0, after: int = 0) -> str:
    """Space a paragraph, all in twentieths of a point.

    The line is exact, as no font may change the 22 lines. LibreOffice would round other lines up to
    the grid.
    """
    grid = "" if line == LINE else '<w:snapToGrid w:val="0"/>'
    return (
        f'{grid}<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" '
        'w:lineRule="exact"/>'
    )


def floating(name: str, *, size: float, left: float, up: float) -> str:
    """Float a square picture of so many millimetres, so far right of the 版心's left edge and above
    its paragraph.
    """
    extent = round(size * _EMU)
    return filled(
        "floating",
        left=round(left * _EMU),
        up=round(-up * _EMU),
        extent=extent,
        picture=_picture(name, extent),
    )


def inline(name: str, *, size: float) -> str:
    """Set a square picture of so many millimetres as if it were a character."""
    extent = round(size * _EMU)
    return filled("inline", extent=extent, picture=_picture(name, extent))


def _picture(name: str, extent: int) -> str:
    """Show the package's one picture; its name is also what a screen reader says."""
    return filled("picture", name=name, extent=extent)
