"""What is what on the pages of a PDF: mark, number, title, text, page numbers, 版记; and its lines
for the lint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, mode
from typing import NamedTuple

from lifecycle.letter.check.content_parts import NUMBER, Line, Role, kind_of
from lifecycle.letter.check.pdf_page import MM, Page, Row, Seen, Stroke
from lifecycle.letter.layouts import Layout, layout_seen

LEFT, RIGHT, TOP, BOTTOM = 28 * MM, 184 * MM, 37 * MM, 262 * MM
"""The edges of the 版心 on A4 (GB/T 9704—2012 5.2.1), in points from the page's upper
left corner.
"""
PITCH, STEP = 225 * MM / 22, 156 * MM / 28
FOLIO = re.compile(r"[—―─–－-]{0,2}(\d{1,3})[—―─–－-]{0,2}")
_LARGE, _TITLE = 26, 17.5
"""Points from which a line is a mark even if it is not red, and from which it is a title."""
_BODY, _SOME = 16.0, 0.15
"""The size of the text, and the part of all characters that must have it for it to be taken for
that.
"""
_ANNEX = re.compile(r"附件\d*")
_RECORD = re.compile(r"抄送[：:]|.*\d日印发$")


class Spot(NamedTuple):
    """A line of text and the index of its page."""

    page: int
    row: Row


@dataclass(frozen=True, slots=True)
class Look:
    """The parts of a letter as found on its pages; what was not found is empty."""

    seen: Seen
    layout: Layout
    kind: str
    mark: tuple[Row, ...]
    number: Row | None
    title: tuple[Row, ...]
    text: tuple[Spot, ...]
    folios: tuple[Spot, ...]
    record: tuple[Row, ...]
    rules: tuple[Stroke, ...]
    """The red lines of the first page."""
    closing: tuple[Stroke, ...]
    """The lines of the 版记."""
    size: float
    pitch: float
    step: float
    left: float

    @property
    def first(self) -> Page:
        """Give the first page."""
        return self.seen.pages[0]


def look(seen: Seen) -> Look:
    """Find out what is what."""
    first = seen.pages[0]
    upper = [row for row in first.rows if row.middle < first.height * 0.55]
    mark = tuple(row for row in upper if row.red or (row.size >= _LARGE and not kind_of(row.text)))
    folios = tuple(spot for n, page in enumerate(seen.pages) for spot in _folio(n, page))
    bare = [row for row in first.rows if row not in mark and (0, row) not in folios]
    number = next((row for row in bare if _number(row) and row.middle < first.height * 0.6), None)
    title = _title(bare, number)
    size = _body_size(seen, (*mark, *title))
    record = _record(seen.pages[-1], size, {spot.row for spot in folios})
    head = {*mark, *title, *([number] if number else []), *record, *(spot.row for spot in folios)}
    text = tuple(
        Spot(n, row)
        for n, page in enumerate(seen.pages)
        for row in page.rows
        if row not in head and (n or not title or row.middle > title[-1].middle)
    )
    body = [spot for spot in text if abs(spot.row.size - size) < 0.6]
    rules = tuple(stroke for stroke in first.strokes if stroke.red and stroke.width > 100 * MM)
    above = record[0].middle - 2 * record[0].size if record else first.height
    closing = tuple(
        s for s in seen.pages[-1].strokes if not s.red and s.y > above and s.width > 60 * MM
    )
    edge = min((spot.row.left for spot in body if not spot.row.bracketed), default=LEFT)
    return Look(
        seen,
        _layout(mark, rules, first.height),
        kind_of("".join(row.text for row in title)),
        mark,
        number,
        title,
        text,
        folios,
        record,
        rules,
        closing,
        size,
        _pitch(body),
        _step(body),
        edge,
    )


def _folio(index: int, page: Page) -> list[Spot]:
    low = [
        row for row in page.rows if row.middle > page.height * 0.85 and FOLIO.fullmatch(row.text)
    ]
    return [Spot(index, low[-1])] if low else []


def _number(row: Row) -> bool:
    return bool(NUMBER.search(row.text.partition("签发人")[0]))


def _title(rows: list[Row], number: Row | None) -> tuple[Row, ...]:
    """Find the title by its size; else as what stands centred below the number and
    names its kind.
    """
    large = [row for row in rows if row.size >= _TITLE]
    if large:
        # A gap parts the title from what else is large.
        end = next(
            (n for n in range(1, len(large)) if large[n].middle - large[n - 1].middle > 60),
            len(large),
        )
        return tuple(large[:end])
    below = [row for row in rows if number is None or row.middle > number.middle][:4]
    end = next((n for n, row in enumerate(below, 1) if kind_of(row.text)), 0)
    return tuple(below[:end])


def _body_size(seen: Seen, head: tuple[Row, ...]) -> float:
    """Give the size of the text: the standard's if some is set in it, for a form may have more text
    in its tables.
    """
    sizes = [
        round(g.size, 1)
        for page in seen.pages
        for row in page.rows
        if row not in head
        for g in row.glyphs
    ]
    usual = sum(abs(size - _BODY) < 0.3 for size in sizes)
    return _BODY if usual >= _SOME * len(sizes) else mode(sizes)


def _record(page: Page, size: float, folios: set[Row]) -> tuple[Row, ...]:
    start = next((n for n, row in enumerate(page.rows) if _RECORD.match(row.text)), len(page.rows))
    return tuple(row for row in page.rows[start:] if row not in folios and row.size > size * 0.7)


def _layout(mark: tuple[Row, ...], rules: tuple[Stroke, ...], height: float) -> Layout:
    """Tell the layout by its mark and red rules: a rule near the foot, or a high mark, is a
    信函's.
    """
    high = bool(mark) and mark[0].middle < 50 * MM
    doubled = high or any(rule.y > height - 60 * MM for rule in rules)
    text = "".join(row.text for row in mark)
    return layout_seen(text, doubled=doubled, red=bool(mark or rules))


def _pitch(body: list[Spot]) -> float:
    steps = [
        below.row.middle - spot.row.middle
        for spot, below in pairwise(body)
        if spot.page == below.page
    ]
    return _usual([step for step in steps if 12 < step < 60], 0.4, PITCH)


def _step(body: list[Spot]) -> float:
    steps = [
        after.x - glyph.x
        for spot in body
        for glyph, after in zip(spot.row.glyphs, spot.row.glyphs[1:], strict=False)
        if glyph.char >= "\u3400"
        and after.char >= "\u3400"
        and 0.8 < (after.x - glyph.x) / glyph.size < 1.6
    ]
    return _usual(steps, 0.1, STEP)


def _usual(values: list[float], near: float, default: float) -> float:
    """Give the value that is most usual, as the mean of those near it."""
    if len(values) < 3:
        return default
    most = mode(round(value / near) for value in values) * near
    return mean(value for value in values if abs(value - most) <= near)


def lines_of(found: Look) -> list[Line]:
    """Give the lines of all pages in reading order, indented as on paper, with blank lines where
    there is a gap.
    """
    lines: list[Line] = []
    for n, page in enumerate(found.seen.pages):
        above: Row | None = None
        for number, row in enumerate(page.rows, 1):
            role = _role(found, n, row)
            if role == "folio" or row in found.mark:
                continue
            if above is not None and row.middle - above.middle > 1.6 * found.pitch:
                lines.append(Line(n + 1, number, ""))
            text = row.text.partition("签发人")[0] if role == "number" else row.text
            cells = max(0, round((row.left - found.left) / (found.step / 2)))
            cells += (
                cells % 2 if row.bracketed else 0
            )  # half of an opening mark's square may be taken away
            lines.append(
                Line(n + 1, number, "\u3000" * (cells // 2) + " " * (cells % 2) + text, role)
            )
            above = row
    return lines


def _role(found: Look, page: int, row: Row) -> Role:
    if (page, row) in found.folios:
        return "folio"
    if row is found.number:
        return "number"
    if page == 0 and row in found.title:
        return "title"
    if page == 0 and found.title and row.middle < found.title[0].middle:
        return "head"
    if page and row.size >= _TITLE:
        return "annex"
    return "cell" if row.size < found.size - 0.6 and row not in found.record else ""


def annexes(found: Look) -> list[tuple[int, Row, Row | None]]:
    """Give the page of each annex with the line that says 附件 and its title."""
    starts = []
    for n, page in enumerate(found.seen.pages[1:], 1):
        if page.rows and _ANNEX.fullmatch(page.rows[0].text):
            starts.append(
                (n, page.rows[0], next((row for row in page.rows if row.size >= _TITLE), None))
            )
    return starts
