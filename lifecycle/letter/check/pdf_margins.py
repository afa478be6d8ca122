"""The paper, the 版心 and its grid, as what fills them on a PDF's pages tells (GB/T 9704—2012 5.1,
5.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from lifecycle.letter.cells import CLOSING
from lifecycle.letter.check.pdf_look import LEFT, RIGHT, TOP, Look, annexes
from lifecycle.letter.check.pdf_page import MM, Row
from lifecycle.letter.check.standard import Measure, measure

_FULL = 26
"""Characters from which a line counts as one that was broken for want of room."""
_EXACT = 0.8
"""Where in a line of exact height a word processor puts the base line."""
_FOOT = 35 * MM
_BEYOND = 1.5 * MM
"""How far a line may reach over the right edge; a mark at its end may hang there wholly."""
_KEPT = 8
"""Lines by which a page may end early, because what follows is kept together on the next."""


def worst(values: list[float], wanted: float) -> float:
    """Give the value that is farthest from the wanted one."""
    return max(values, key=lambda value: abs(value - wanted))


def is_body(found: Look, row: Row) -> bool:
    """Tell whether a line has the body's size."""
    return abs(row.size - found.size) < 0.6


def body(found: Look) -> list[Row]:
    """Give the lines of the body's size below the title."""
    return [spot.row for spot in found.text if is_body(found, spot.row)]


def paper(found: Look) -> Iterator[Measure]:
    """Measure the sheets, and tell whether the fonts are inside."""
    yield measure("paper.width", worst([page.width / MM for page in found.seen.pages], 210), "各页")
    yield measure(
        "paper.height", worst([page.height / MM for page in found.seen.pages], 297), "各页"
    )
    outside = found.seen.outside
    yield measure("fonts.embedded", "全部" if not outside else f"缺 {'、'.join(outside)}", "各页")


def margins(found: Look) -> Iterator[Measure]:
    """Measure the 版心 by what fills it: lines broken for want of room, and pages that go on on the
    next.
    """
    edges = _edges(found)
    rows = body(found)
    if edges.tops:
        yield measure("margin.top", worst(edges.tops, 37), "第二页起")
    if rows:
        yield measure("margin.left", found.left / MM, "正文")
    ends = _ends(found, rows)
    if ends:
        yield measure("margin.right", (found.first.width - max(ends)) / MM, "正文满行")
    if rows:
        beyond = [
            row
            for row in rows
            if row.glyphs[-1].char not in CLOSING and row.right > RIGHT + _BEYOND
        ]
        yield measure("text.beyond", len(beyond), beyond[0].text[:12] if beyond else "正文")
    if edges.bottoms:
        yield measure("margin.bottom", min(edges.bottoms), "排满的页")


def grid(found: Look) -> Iterator[Measure]:
    """Measure lines and characters: how many fit, how far apart they are, and their size."""
    rows = body(found)
    if len(rows) < 4:
        return
    edges = _edges(found)
    top = worst(edges.tops, 37) * MM if edges.tops else TOP
    foot = min(edges.bottoms) * MM if edges.bottoms else _FOOT
    yield measure("grid.rows", int((found.first.height - top - foot) / found.pitch + 0.1), "正文")
    ends = _ends(found, rows)
    wide = max(ends) - found.left if ends else RIGHT - LEFT
    yield measure("grid.columns", int(wide / found.step + 0.1), "正文")
    yield measure("grid.pitch", found.pitch, "正文")
    yield measure("grid.step", found.step, "正文")
    yield measure("body.size", found.size, "正文")


def _ends(found: Look, rows: list[Row]) -> list[float]:
    """Give where full lines end.

    A mark at the end may hang beyond the edge, so such lines tell nothing.
    """
    starts = found.left + 2.5 * found.step
    full = [
        row for row in rows if row.left < starts and (row.right - found.left) / found.step >= _FULL
    ]
    ends = [row.right for row in full if row.glyphs[-1].char not in CLOSING]
    return ends if len(full) >= 3 else []


class _Edges(NamedTuple):
    """The upper and lower white in mm of the pages that tell it."""

    tops: list[float]
    bottoms: list[float]


def _edges(found: Look) -> _Edges:
    """Measure the white above and below, whichever way the producer sets characters into their
    lines.

    On a grid they stand in the middle of the line; with exact spacing the base line is at four
    fifths of it, which is 1 mm lower. A file does one or the other, so the reading nearer to the
    standard is taken for all of its pages.
    """
    readings = [_reading(found, exact=exact) for exact in (False, True)]
    return min(readings, key=lambda edges: max([abs(top - 37) for top in edges.tops], default=0.0))


def _reading(found: Look, *, exact: bool) -> _Edges:
    tops, bottoms = [], []
    starts = {n for n, _, _ in annexes(found)}
    texts = [
        [row for row in page.rows if (n, row) in found.text]
        for n, page in enumerate(found.seen.pages)
    ]
    for n, (rows, after) in enumerate(zip(texts, [*texts[1:], []], strict=True)):
        begins = (
            bool(n and rows) and is_body(found, rows[0]) and found.seen.pages[n].rows[0] is rows[0]
        )
        if begins:
            tops.append(_upper(rows[0], found.pitch, exact=exact) / MM)
        if rows and after and n + 1 not in starts and is_body(found, rows[-1]):
            white = (
                found.seen.pages[n].height
                - _upper(rows[-1], found.pitch, exact=exact)
                - found.pitch
            )
            bottoms += _lower(white, found.pitch, sure=begins and _even(found, rows))
    return _Edges(tops, bottoms)


def _upper(row: Row, pitch: float, *, exact: bool) -> float:
    """Give the upper edge of the line that a row of characters stands in."""
    if exact:
        return median(glyph.y for glyph in row.glyphs) - _EXACT * pitch
    return row.middle - pitch / 2


def _lower(white: float, pitch: float, *, sure: bool) -> list[float]:
    """Tell the lower margin in mm by the white below a page's last line, if it tells.

    Where whole lines are missing the grid tells it; a page off the grid, because of its title or a
    table, only tells when there is too little.
    """
    missing = max(0, round((white - _FOOT) / pitch))
    snapped = white - missing * pitch
    if missing > _KEPT or (not sure and abs(snapped - _FOOT) > MM and white > _FOOT - MM):
        return []
    return [snapped / MM]


def _even(found: Look, rows: list[Row]) -> bool:
    """Tell whether a page's lines all stand on the grid that its first line begins."""
    steps = ((below.middle - row.middle) / found.pitch for row, below in pairwise(rows))
    return all(is_body(found, row) for row in rows) and all(
        abs(step - round(step)) < 0.15 for step in steps
    )
