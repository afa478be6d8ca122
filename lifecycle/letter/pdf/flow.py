"""Strips → pages: where the flow breaks, and that no signature stands on a page without text of the
letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import NamedTuple

from lifecycle.letter.pdf.sheet import ROWS
from lifecycle.letter.pdf.strips import Strip

_NEAR = 1e-6


class Placed(NamedTuple):
    """A strip and the row of the page at which it begins."""

    row: float
    strip: Strip


def break_pages(
    strips: Sequence[Strip], start: int, *, before: int | None = None
) -> list[list[Placed]]:
    """Stack strips from row `start` of the first page and from the top of further ones.

    What is joined stays together unless it is taller than a page; `before` is the index of a strip
    that a page must begin with. Blank lines at the top of a page are dropped.
    """
    pages: list[list[Placed]] = [[]]
    row = float(start)
    for group, first in _groups(strips):
        if not group[0].ruled:
            row = ceil(row - _NEAR)
        tall = sum(strip.rows for strip in group)
        full = row + tall > ROWS + _NEAR and tall <= ROWS
        if row > 0 and (full or first == before):
            pages.append([])
            row = 0.0
        for strip in group:
            row = _put(pages, row, strip)
    return pages


def _groups(strips: Sequence[Strip]) -> Iterator[tuple[list[Strip], int]]:
    """Give what must stay together, with the index of its first strip."""
    group: list[Strip] = []
    for index, strip in enumerate(strips):
        group.append(strip)
        if not strip.joined or index == len(strips) - 1:
            yield group, index - len(group) + 1
            group = []


def _put(pages: list[list[Placed]], row: float, strip: Strip) -> float:
    """Put one strip on the last page or, if there is no room, on a new one; give the
    row after it.
    """
    if row + strip.rows > ROWS + _NEAR and row > 0:
        pages.append([])
        row = 0.0
    if row == 0.0 and len(pages) > 1 and not pages[-1]:
        if strip.blank:
            return row
        if sum(again.rows for again in strip.repeat) + strip.rows <= ROWS:
            for again in strip.repeat:
                pages[-1].append(Placed(row, again))
                row += again.rows
    pages[-1].append(Placed(row, strip))
    return row + strip.rows


def flow(strips: Sequence[Strip], start: int, signature: range) -> list[list[Placed]]:
    """Break strips into pages so that text of the letter stands on the page of its signature.

    Where the signature (the strips of that range) would stand alone, the body's last two lines go
    with it; one line, if the letter has but two, for the first page must show text too (GB/T
    9704—2012 7.3.3).
    """
    pages = break_pages(strips, start)
    if not signature or _accompanied(pages, strips[signature[-1]]):
        return pages
    body = [index for index, strip in enumerate(strips[: signature[0]]) if strip.body]
    for lines in (2, 1):
        if len(body) > lines:
            return break_pages(strips, start, before=_head(strips, body[-lines]))
    return pages


def _head(strips: Sequence[Strip], index: int) -> int:
    """Give the first of the strips that are joined with one."""
    while index and strips[index - 1].joined:
        index -= 1
    return index


def _accompanied(pages: list[list[Placed]], signed: Strip) -> bool:
    return any(
        any(placed.strip.body for placed in page)
        for page in pages
        if any(placed.strip is signed for placed in page)
    )


def height(page: list[Placed]) -> float:
    """Give the row after the last strip of a page."""
    return max((placed.row + placed.strip.rows for placed in page), default=0.0)
