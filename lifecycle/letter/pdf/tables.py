"""Tables and places to sign, as strips: ruled cells in size 4, columns as wide as what stands in
them asks for.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from lifecycle.errors import InvalidError
from lifecycle.letter.cells import width, wrap
from lifecycle.letter.fonts import Role
from lifecycle.letter.pdf.sheet import (
    LEFT,
    PITCH,
    RIGHT,
    SMALL,
    WIDTH,
    ZI,
    Outline,
    Rule,
    Run,
    centred,
    ending,
)
from lifecycle.letter.pdf.strips import Strip
from lifecycle.letter.text import TO_FILL

if TYPE_CHECKING:
    from lifecycle.letter.model import Signatures, Table

_PAD = 3.0
"""Points between a rule and the text."""
_LINE, _AIR = 0.75, 0.25
"""Rows that a line in a table takes, and that are left above and below the lines together."""
_THIN = 0.5
_MOST = 24
"""Lines of a row that still stand on one page; a longer row goes on in a further one."""
_NARROW = 4
"""Cells that every column has at least: two characters."""
_FAIR = 5 * SMALL
"""Points that a column keeps before another one gets all that it asks for."""
_PLACE_ROWS = 2.25
_LABEL = 12
"""Cells of a line of what a place to sign is for."""


def table_strips(table: Table, outline: Outline) -> list[Strip]:
    """Set a table: its head is set again on each page that it runs on to, and no row is parted.

    Raise InvalidError for a table with more columns than 156 mm have room for (23).
    """
    edges = _edges(_columns(table), len(table.head))
    tag = outline.add("Table")
    joined = bool(table.rows)
    head = [
        replace(strip, joined=joined) for strip in _row(table.head, edges, outline, tag, kind="TH")
    ]
    again = tuple(
        replace(strip, runs=tuple(run._replace(tag=None) for run in strip.runs)) for strip in head
    )
    rows = [strip for row in table.rows for strip in _row(row, edges, outline, tag, kind="TD")]
    return [*head, *(replace(strip, repeat=again) for strip in rows)]


def place_strips(signatures: Signatures, outline: Outline) -> list[Strip]:
    """Set a ruled place for each who signs: who it is at the left, room, and a day to fill in at
    the right.
    """
    split = LEFT + _LABEL / 2 * SMALL + 4 * _PAD
    strips = []
    for place in signatures.places:
        tag = outline.add("P")
        rows = max(_PLACE_ROWS, _height(len(wrap(place, _LABEL))))
        label = _lines(wrap(place, _LABEL), (LEFT, split), rows * PITCH, tag, "hei")
        day = ending(
            Run(0, (rows - 0.5) * PITCH, TO_FILL.strip("\u3000"), size=SMALL, pitch=SMALL, tag=tag),
            RIGHT - ZI,
        )
        strips.append(
            Strip(
                rows,
                (*label, day),
                _grid((LEFT, split, RIGHT), rows * PITCH),
                body=True,
                ruled=True,
            )
        )
    return strips


def _height(lines: int) -> float:
    return lines * _LINE + _AIR


def _columns(table: Table) -> list[int]:
    """Give for each column the cells of its longest text."""
    columns = zip(table.head, *table.rows, strict=True)
    return [max(_NARROW, *map(width, column)) for column in columns]


def _edges(wishes: list[int], count: int) -> tuple[float, ...]:
    """Share the width of the 版心 among the columns: who wishes for little gets it, the rest share
    what is left.
    """
    room = WIDTH - count * 2 * _PAD
    if room < count * _NARROW * SMALL / 2:
        raise InvalidError(f"表格有 {count} 列，一页排不下", "请减少列数，或拆成几个表")
    points = [wish * SMALL / 2 for wish in wishes]
    total = sum(points)
    sizes = _shared(points, room) if total > room else [point * room / total for point in points]
    edges = [LEFT]
    for size in sizes:
        edges.append(edges[-1] + size + 2 * _PAD)
    return (*edges[:-1], RIGHT)


def _shared(wishes: list[float], room: float) -> list[float]:
    """Cut wishes down to the room: what asks for little gets it as long as the others keep five
    characters each.

    What then is left is shared by the square roots, so that one long text does not starve the other
    columns.
    """
    floor = _NARROW * SMALL / 2
    waiting = sorted(range(len(wishes)), key=lambda n: (wishes[n], n))
    sizes = [0.0] * len(wishes)
    while (
        waiting
        and room - wishes[waiting[0]] >= (len(waiting) - 1) * _FAIR
        and wishes[waiting[0]] <= room
    ):
        first = waiting.pop(0)
        sizes[first] = wishes[first]
        room -= wishes[first]
    weights = sum(wishes[n] ** 0.5 for n in waiting)
    spare = room - floor * len(waiting)
    for n in waiting:
        sizes[n] = floor + spare * wishes[n] ** 0.5 / weights
    return sizes


def _row(
    texts: tuple[str, ...], edges: tuple[float, ...], outline: Outline, table: int, *, kind: str
) -> list[Strip]:
    """Set a row; one taller than a page goes on in further strips."""
    tag = outline.add("TR", table)
    tags = [outline.add(kind, tag) for _ in texts]
    lines = [
        wrap(text, _cells(span)) if text else []
        for text, span in zip(texts, pairwise(edges), strict=True)
    ]
    tallest = max(1, *map(len, lines))
    strips = []
    for start in range(0, tallest, _MOST):
        part = [one[start : start + _MOST] for one in lines]
        rows = _height(max(1, *map(len, part)))
        runs = [
            run
            for number, (text, span) in enumerate(zip(part, pairwise(edges), strict=True))
            for run in _lines(
                text, span, rows * PITCH, tags[number], "hei" if kind == "TH" else "fang"
            )
        ]
        strips.append(Strip(rows, tuple(runs), _grid(edges, rows * PITCH), body=True, ruled=True))
    return strips


def _cells(span: tuple[float, float]) -> int:
    """Count the half-width cells between two rules; the hundredth makes up for rounding."""
    return int((span[1] - span[0] - 2 * _PAD + 0.01) // (SMALL / 2))


def _lines(
    lines: list[str], span: tuple[float, float], height: float, tag: int, role: Role
) -> list[Run]:
    """Set lines in the middle of a cell: one line is centred, more are flush left."""
    left, right = span
    top = (height - len(lines) * _LINE * PITCH) / 2
    runs = []
    for number, text in enumerate(lines):
        run = Run(
            left + _PAD, top + (number + 0.5) * _LINE * PITCH, text, role, SMALL, SMALL, tag=tag
        )
        runs.append(centred(run, left, right - left) if len(lines) == 1 else run)
    return runs


def _grid(edges: tuple[float, ...], height: float) -> tuple[Rule, ...]:
    """Draw the rules around the cells of a row, inside of the 版心."""
    across = [Rule(LEFT, y - _THIN / 2, WIDTH, _THIN) for y in (0.0, height)]
    down = [Rule(min(max(x - _THIN / 2, LEFT), RIGHT - _THIN), 0.0, _THIN, height) for x in edges]
    return (*across, *down)
