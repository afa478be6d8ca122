"""Pages → PDF content streams: every character in the middle of its cell, every part marked with
what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from lifecycle.letter.cells import OPENING
from lifecycle.letter.pdf.sheet import PAGE_HEIGHT, Page, Rule, Run, Symbol, Tag
from lifecycle.letter.qr import runs as dark_runs

if TYPE_CHECKING:
    from lifecycle.letter.fonts import Glyph
    from lifecycle.letter.pdf.embed import Font, Wardrobe

_RED = b".902 0 .071 rg"
_BLACK = b"0 g"
_TIGHT = 1.04
"""A word may be wider than its cells by this before its letters are narrowed."""
_DASH = "—"


class Stream(NamedTuple):
    """What is drawn on a page, and the part that each of its marked contents belongs to, in their
    order.
    """

    data: bytes
    marks: tuple[int, ...]


class _Mark(NamedTuple):
    """One glyph to draw: from x on, in a font, narrowed or widened by a scale."""

    x: float
    font: Font
    glyph: Glyph
    scale: float


def draw(page: Page, tags: tuple[Tag, ...], wardrobe: Wardrobe) -> Stream:
    """Draw a page; what is no content (rules, page number) is marked as an artifact (ISO 32000-1
    14.8.2.2).
    """
    out: list[bytes] = []
    if page.rules:
        out += [b"/Artifact BMC", *_rules(page.rules), b"EMC"]
    marks: list[int] = []
    symbols = {symbol.tag: symbol for symbol in page.symbols}
    # A symbol stands in reading order before the first run that belongs to a later part.
    for tag, group in groupby(page.runs, key=lambda run: run.tag):
        for figure in [t for t in symbols if tag is None or t < tag]:
            out += _marked(b"Figure", marks, figure, _modules(symbols.pop(figure)))
        texts = [operator for run in group for operator in _text(run, wardrobe)]
        out += (
            [b"/Artifact BMC", *texts, b"EMC"]
            if tag is None
            else _marked(tags[tag].kind.encode(), marks, tag, texts)
        )
    for figure, symbol in symbols.items():
        out += _marked(b"Figure", marks, figure, _modules(symbol))
    return Stream(b"\n".join(out), tuple(marks))


def _marked(kind: bytes, marks: list[int], tag: int, operators: list[bytes]) -> list[bytes]:
    marks.append(tag)
    return [b"/%s <</MCID %d>> BDC" % (kind, len(marks) - 1), *operators, b"EMC"]


def number(value: float) -> bytes:
    """Write a number with at most three decimals."""
    return f"{value:.3f}".rstrip("0").rstrip(".").encode()


def _box(x: float, y: float, width: float, height: float) -> bytes:
    """Write a rectangle given by its upper left corner."""
    return b" ".join(map(number, (x, PAGE_HEIGHT - y - height, width, height))) + b" re"


def _rules(rules: tuple[Rule, ...]) -> Iterator[bytes]:
    for red, group in groupby(rules, key=lambda rule: rule.red):
        yield _RED if red else _BLACK
        yield from (_box(rule.x, rule.y, rule.width, rule.height) for rule in group)
        yield b"f"


def _modules(symbol: Symbol) -> list[bytes]:
    """Draw a QR symbol's dark modules, row by row, as rectangles."""
    side = symbol.size / len(symbol.modules)
    boxes = [
        _box(symbol.x + start * side, symbol.y + y * side, length * side, side)
        for y, row in enumerate(symbol.modules)
        for start, length in dark_runs(row)
    ]
    return [_BLACK, *boxes, b"f"]


def _text(run: Run, wardrobe: Wardrobe) -> list[bytes]:
    """Draw a run: one text object for each stretch in one font and scale."""
    out = [b"BT", _RED if run.red else _BLACK]
    for (font, scale), group in groupby(
        _placed(run, wardrobe), key=lambda mark: (mark.font, mark.scale)
    ):
        marks = list(group)
        y = PAGE_HEIGHT - run.y - font.typeface.level * run.size
        place = b" ".join(map(number, (scale, 0, 0, 1, marks[0].x, y)))
        out += [
            b"/%s %s Tf" % (font.name.encode(), number(run.size)),
            place + b" Tm",
            _shown(marks, run.size),
        ]
    return [*out, b"ET"] if len(out) > 2 else []


def _shown(marks: list[_Mark], size: float) -> bytes:
    """Show glyphs with what moves each to its place, in thousandths of the size (ISO 32000-1
    9.4.3).
    """
    unit = size * marks[0].scale / 1000
    parts: list[str] = []
    codes = ""
    pen = marks[0].x
    for mark in marks:
        move = round((pen - mark.x) / unit)
        if move:
            parts.append(f"<{codes}>{move}" if codes else str(move))
            codes = ""
            pen -= move * unit
        codes += f"{mark.font.codes[mark.glyph.gid]:04X}"
        pen += mark.glyph.advance * size * mark.scale
    return ("[" + "".join(parts) + f"<{codes}>] TJ").encode()


def _placed(run: Run, wardrobe: Wardrobe) -> Iterator[_Mark]:
    """Place a run's glyphs. Letters and digits that follow each other share their cells, as words
    of even spacing.
    """
    half = run.pitch / 2
    for word, group in groupby(
        run.cells(), key=lambda cell: cell[2] <= half and not cell[0].isspace()
    ):
        # Only a blank may have no glyph: `dress` has refused whatever else.
        cells = [
            (wardrobe.worn[run.role, char], char, x, taken)
            for char, x, taken in group
            if (run.role, char) in wardrobe.worn
        ]
        if word and cells:
            yield from _word([(worn, x, taken) for worn, _, x, taken in cells], run.size)
            continue
        for (font, glyph), char, x, taken in cells:
            yield _alone(font, glyph, char, x, taken, run.size)


def _word(cells: list[tuple[tuple[Font, Glyph], float, float]], size: float) -> Iterator[_Mark]:
    """Spread a word's letters over its cells, or narrow them where they are wider."""
    room = sum(taken for _, _, taken in cells)
    wide = sum(glyph.advance for (_, glyph), _, _ in cells) * size
    scale = round(room / wide, 3) if 0 < room * _TIGHT < wide else 1.0
    air = (room - wide * scale) / len(cells)
    shift = air / 2
    for (font, glyph), left, taken in cells:
        yield _Mark(left + shift, font, glyph, scale)
        shift += air + glyph.advance * size * scale - taken


def _alone(font: Font, glyph: Glyph, char: str, x: float, taken: float, size: float) -> _Mark:
    """Place a glyph in the middle of its cell, a quotation mark beside what it quotes, a dash from
    end to end.
    """
    wide = glyph.advance * size
    if char == _DASH and wide < taken:
        bearing, ink = font.typeface.ink(glyph.gid)
        scale = round(taken / (ink * size), 3)
        return _Mark(x - bearing * size * scale, font, glyph, scale)
    scale = round(taken / wide, 3) if taken and wide > taken * _TIGHT else 1.0
    left = taken - wide * scale
    if char in OPENING:
        return _Mark(x + left, font, glyph, scale)
    return _Mark(x if char in "”’" else x + left / 2, font, glyph, scale)
