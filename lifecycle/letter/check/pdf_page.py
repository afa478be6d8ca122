"""PDF → what can be seen on its pages: characters where they stand, horizontal lines, and whether
fonts are inside.

All lengths are points from the upper left corner of the page, x to the right and y down.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from statistics import median, mode
from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle.errors import UnavailableError
from lifecycle.letter.cells import CLOSING, OPENING

if TYPE_CHECKING:
    import pypdfium2 as pdfium

MM = 72 / 25.4
PAGES = 500
"""Pages of a file that are looked at; a longer one is refused."""
CHARACTERS, TOTAL = 10_000, 400_000
"""Characters of one page and of a file that are looked at.

No page of print and no letter has as many.
"""
_DRAWN = 20_000
"""Points of the lines of one page that are looked at."""
_THIN = 2 * MM
_LONG = 15 * MM
_RED = (150, 110)
"""Least red, and most green and blue, of what is called red."""
_MIDDLE = 0.38
"""Em from the base line up to the middle of a Chinese character, for a line that has none to
measure.
"""


class PageGlyph(NamedTuple):
    """A character: its origin on the base line, its size in pt, and its ink."""

    char: str
    x: float
    y: float
    size: float
    red: bool
    left: float
    top: float
    right: float
    bottom: float


class Stroke(NamedTuple):
    """A horizontal line with its upper left corner and its thickness."""

    x: float
    y: float
    width: float
    thickness: float
    red: bool


@dataclass(frozen=True)
class Row:
    """The characters of one line of text, from left to right."""

    glyphs: tuple[PageGlyph, ...]

    @cached_property
    def text(self) -> str:
        """Give the characters without blanks."""
        return "".join(glyph.char for glyph in self.glyphs)

    @cached_property
    def size(self) -> float:
        """Give the size that most of its characters have, to a tenth of a point."""
        return mode(round(glyph.size, 1) for glyph in self.glyphs)

    @cached_property
    def middle(self) -> float:
        """Give the middle of the characters, by the ink of those that fill their square, whatever
        the font.
        """
        found = [(g.top + g.bottom) / 2 for g in self.glyphs if _square(g)]
        return median(found) if found else median(g.y - _MIDDLE * g.size for g in self.glyphs)

    @property
    def red(self) -> bool:
        """Tell whether its characters are red."""
        return sum(glyph.red for glyph in self.glyphs) * 2 > len(self.glyphs)

    @property
    def left(self) -> float:
        """Give the left edge of the first character's square."""
        return self.glyphs[0].x

    @property
    def bracketed(self) -> bool:
        """Tell whether it begins with an opening mark, of whose square the blank half may lie
        before the line.
        """
        return self.glyphs[0].char in OPENING

    @property
    def edges(self) -> tuple[tuple[float, float], ...]:
        """Give where it may begin and end: where its squares do, or where marks at its ends leave
        out a blank half.

        Which of the two a producer means cannot be told from one line; GB/T 15834—2011 allows both.
        """
        first, last = self.glyphs[0], self.glyphs[-1]
        left = self.left + (first.size / 2 if self.bracketed and _wide(first.char) else 0)
        right = self.right - (last.size / 2 if last.char in CLOSING and _wide(last.char) else 0)
        return ((self.left, self.right), (left, right))

    @property
    def right(self) -> float:
        """Give the right edge of the last character's square.

        One that is not square ends with its ink.
        """
        last = self.glyphs[-1]
        return last.x + last.size if _wide(last.char) else last.right


@dataclass(frozen=True, slots=True)
class Page:
    """One page as seen."""

    width: float
    height: float
    rows: tuple[Row, ...]
    strokes: tuple[Stroke, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as seen; `outside` names the fonts that are not embedded."""

    pages: tuple[Page, ...]
    outside: tuple[str, ...]


def read_pdf(data: bytes) -> Seen:
    """Look at the pages of a PDF.

    Raise UnavailableError for one that is broken, locked, too long or a scan.
    """
    import pypdfium2 as pdfium

    try:
        with pdfium.PdfDocument(data) as document:
            if len(document) > PAGES:
                raise UnavailableError(
                    f"PDF 有 {len(document)} 页，超过 {PAGES} 页，不作测量", "请拆成几个文件"
                )
            outside: dict[str, None] = {}
            pages = tuple(_pages(document, outside))
    except pdfium.PdfiumError as error:
        locked = "password" in str(error).lower()
        why = "加了密" if locked else "已损坏或不是 PDF"
        raise UnavailableError(
            f"PDF {why}，读不了", "请去掉密码后再检查" if locked else "请重新导出"
        ) from error
    if not any(page.rows for page in pages):
        raise UnavailableError(
            "PDF 里没有文字，可能是扫描件，量不了", "请检查由 Word、WPS 或本程序导出的 PDF"
        )
    return Seen(pages, tuple(outside))


def _pages(document: pdfium.PdfDocument, outside: dict[str, None]) -> Iterator[Page]:
    count = 0
    for page in document:
        seen = _page(page, outside)
        count += sum(len(row.glyphs) for row in seen.rows)
        if count > TOTAL:
            raise UnavailableError(f"PDF 有超过 {TOTAL} 个字，不作测量", "请拆成几个文件")
        yield seen
        page.close()


def _page(page: pdfium.PdfPage, outside: dict[str, None]) -> Page:
    width, height = page.get_size()
    left, bottom, _, _ = page.get_mediabox()
    glyphs = list(_glyphs(page, left, bottom + height, outside))
    strokes = tuple(
        _merged(sorted(_strokes(page, left, bottom + height), key=lambda s: (round(s.y, 1), s.x)))
    )
    return Page(width, height, tuple(_rows(glyphs)), strokes)


def _glyphs(
    page: pdfium.PdfPage, left: float, top: float, outside: dict[str, None]
) -> Iterator[PageGlyph]:
    import pypdfium2.raw as raw

    text = page.get_textpage()
    count = raw.FPDFText_CountChars(text)
    if count > CHARACTERS:
        raise UnavailableError(
            f"PDF 的一页有 {count} 个字，超过 {CHARACTERS} 个，不作测量", "请检查文件"
        )
    box, origin = [ctypes.c_double() for _ in range(4)], [ctypes.c_double() for _ in range(2)]
    colour, matrix = [ctypes.c_uint() for _ in range(4)], raw.FS_MATRIX()
    fonts: dict[Any, None] = {}
    for index in range(count):
        char = chr(raw.FPDFText_GetUnicode(text, index))
        if char.isspace() or raw.FPDFText_IsGenerated(text, index) == 1 or not char.isprintable():
            continue
        raw.FPDFText_GetCharBox(text, index, *box)  # left, right, bottom, top
        raw.FPDFText_GetCharOrigin(text, index, *origin)
        raw.FPDFText_GetFillColor(text, index, *colour)
        raw.FPDFText_GetMatrix(text, index, matrix)
        size = raw.FPDFText_GetFontSize(text, index) * (matrix.c**2 + matrix.d**2) ** 0.5
        if not 1 <= size <= 500:
            continue  # nothing that anybody could read
        _look_inside(raw.FPDFText_GetTextObject(text, index), fonts, outside)
        yield PageGlyph(
            char,
            origin[0].value - left,
            top - origin[1].value,
            size,
            _is_red(colour),
            box[0].value - left,
            top - box[3].value,
            box[1].value - left,
            top - box[2].value,
        )


def _look_inside(drawn: Any, fonts: dict[Any, None], outside: dict[str, None]) -> None:
    """Note the name of a font that is not embedded; each font is looked at once."""
    import pypdfium2.raw as raw

    font = raw.FPDFTextObj_GetFont(drawn) if drawn else None
    key = ctypes.cast(font, ctypes.c_void_p).value if font else None
    if key is None or key in fonts:
        return
    fonts[key] = None
    if raw.FPDFFont_GetIsEmbedded(font) != 1:
        name = ctypes.create_string_buffer(200)
        raw.FPDFFont_GetBaseFontName(font, name, 200)
        outside[name.value.decode("utf-8", "replace") or "（无名字体）"] = None


def _is_red(colour: list[ctypes.c_uint]) -> bool:
    red, green, blue = (part.value for part in colour[:3])
    return red >= _RED[0] and max(green, blue) <= _RED[1]


def _strokes(page: pdfium.PdfPage, left: float, top: float) -> Iterator[Stroke]:
    """Find long thin horizontal shapes, drawn as lines or filled as rectangles."""
    import pypdfium2.raw as raw

    points = 0
    for drawn in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=2):
        points += 1 + raw.FPDFPath_CountSegments(drawn)
        if points > _DRAWN:
            raise UnavailableError(f"PDF 一页的图形超过 {_DRAWN} 个点，不作测量", "请检查文件")
        fill, lined, thick = ctypes.c_int(), ctypes.c_int(), ctypes.c_float()
        raw.FPDFPath_GetDrawMode(drawn, fill, lined)
        colour = [ctypes.c_uint() for _ in range(4)]
        (raw.FPDFPageObj_GetStrokeColor if lined.value else raw.FPDFPageObj_GetFillColor)(
            drawn, *colour
        )
        white = min(part.value for part in colour[:3]) > 230 or colour[3].value == 0
        if white or not (fill.value or lined.value):
            continue
        matrix = drawn.get_matrix()
        raw.FPDFPageObj_GetStrokeWidth(drawn, thick)
        pen = thick.value * abs(matrix.d) if lined.value and not fill.value else 0.0
        for x0, y0, x1, y1 in _shapes(drawn, matrix):
            height = y1 - y0 + pen
            if x1 - x0 >= _LONG and height <= _THIN:
                yield Stroke(
                    x0 - left, top - (y0 + y1 + height) / 2, x1 - x0, height, _is_red(colour)
                )


def _shapes(drawn: Any, matrix: Any) -> Iterator[tuple[float, float, float, float]]:
    """Give the box of each part of a path: one path may hold all the lines of a page."""
    import pypdfium2.raw as raw

    points: list[tuple[float, float]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(raw.FPDFPath_CountSegments(drawn)):
        segment = raw.FPDFPath_GetPathSegment(drawn, index)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO and points:
            yield _box(points)
            points = []
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        points.append(matrix.on_point(x.value, y.value))
    if points:
        yield _box(points)


def _box(points: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _merged(strokes: list[Stroke]) -> Iterator[Stroke]:
    """Join the pieces of one line: a word processor draws a border cell by cell."""
    last: Stroke | None = None
    for stroke in strokes:
        joins = (
            last is not None
            and abs(stroke.y - last.y) < 0.2
            and stroke.x <= last.x + last.width + 1
        )
        if last is not None and joins and stroke.red == last.red:
            end = max(last.x + last.width, stroke.x + stroke.width)
            last = last._replace(
                width=end - last.x, thickness=max(last.thickness, stroke.thickness)
            )
            continue
        if last is not None:
            yield last
        last = stroke
    if last is not None:
        yield last


def _rows(glyphs: list[PageGlyph]) -> Iterator[Row]:
    """Put characters into lines: those whose base lines lie within a third of their size."""
    line: list[PageGlyph] = []
    for glyph in sorted(glyphs, key=lambda g: (g.y, g.x)):
        if line and glyph.y - median(g.y for g in line[-8:]) > 0.35 * max(
            glyph.size, line[-1].size
        ):
            yield Row(tuple(sorted(line, key=lambda g: g.x)))
            line = []
        line.append(glyph)
    if line:
        yield Row(tuple(sorted(line, key=lambda g: g.x)))


def _wide(char: str) -> bool:
    from lifecycle.letter.cells import cell

    return cell(char) == 2


def _square(glyph: PageGlyph) -> bool:
    """Tell whether a character's ink is about as high as its square: 一 and punctuation are not."""
    return glyph.char >= "\u3400" and 0.7 * glyph.size < glyph.bottom - glyph.top < 1.1 * glyph.size
