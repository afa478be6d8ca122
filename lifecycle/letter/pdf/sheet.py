"""A laid-out letter as plain values: pages of text runs, rules and symbols, and what each part of
it is (its tags).

All lengths are points (1/72 inch) from the upper left corner of the page, x to the right and y
down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lifecycle.letter.cells import cell, width
from lifecycle.letter.fonts import Role

MM = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 210 * MM, 297 * MM
LEFT, TOP, WIDTH, HEIGHT = 28 * MM, 37 * MM, 156 * MM, 225 * MM
"""The 版心 (GB/T 9704—2012 5.2.1): 37 mm from the top, 28 mm from the left, 156 × 225 mm."""
RIGHT, BOTTOM = LEFT + WIDTH, TOP + HEIGHT
ROWS, COLUMNS = 22, 28
PITCH, ZI = HEIGHT / ROWS, WIDTH / COLUMNS
"""The distance of lines and of characters: 22 lines of 28 characters fill the 版心 (5.2.3)."""
BODY, TITLE, SMALL = 16.0, 22.0, 14.0
"""Sizes 3, 2 and 4 (3号、2号、4号) in points."""
INK = 0.95
"""Height of a 小标宋 character's ink in em; its middle is the character's."""


class Run(NamedTuple):
    """Characters on one line in one font.

    `y` is the middle of the characters, `pitch` what a full-width one takes (a half-width one takes
    half of it), `gap` what is added between two neighbours. `tag` is the index of the part it
    belongs to, None for what is no content.
    """

    x: float
    y: float
    text: str
    role: Role = "fang"
    size: float = BODY
    pitch: float = ZI
    gap: float = 0.0
    tag: int | None = None
    red: bool = False

    @property
    def width(self) -> float:
        """Give the points from the first character's left edge to the last one's right edge."""
        return width(self.text) / 2 * self.pitch + self.gap * (len(self.text) - 1)

    def cells(self) -> Iterator[tuple[str, float, float]]:
        """Give each character with the left edge and the width of its cell."""
        x = self.x
        for char in self.text:
            taken = cell(char) / 2 * self.pitch
            yield char, x, taken
            x += taken + self.gap


class Rule(NamedTuple):
    """A line, as the rectangle that it fills; `x`, `y` is its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    red: bool = False


class Symbol(NamedTuple):
    """A QR symbol: its dark modules by rows, the quiet zone of four modules included in its side of
    `size` points.
    """

    x: float
    y: float
    size: float
    modules: tuple[tuple[bool, ...], ...]
    tag: int


class Page(NamedTuple):
    """One page; its runs and then its symbols stand in reading order."""

    runs: tuple[Run, ...]
    rules: tuple[Rule, ...] = ()
    symbols: tuple[Symbol, ...] = ()


class Tag(NamedTuple):
    """A part of the letter: a PDF structure type, the index of the part it is in (None: the
    letter), words for it.
    """

    kind: str
    parent: int | None = None
    alt: str = ""


@dataclass
class Outline:
    """Collects the parts of a letter while it is laid out, in reading order."""

    tags: list[Tag] = field(default_factory=list)

    def add(self, kind: str, parent: int | None = None, alt: str = "") -> int:
        """Add a part and give its index."""
        self.tags.append(Tag(kind, parent, alt))
        return len(self.tags) - 1


class Sheets(NamedTuple):
    """A laid-out letter."""

    pages: tuple[Page, ...]
    tags: tuple[Tag, ...]


def line(
    y: float, thickness: float, *, red: bool = False, left: float = LEFT, length: float = WIDTH
) -> Rule:
    """Draw a horizontal line of a thickness in mm around y."""
    return Rule(left, y - thickness * MM / 2, length, thickness * MM, red)


def centred(run: Run, left: float = LEFT, length: float = WIDTH) -> Run:
    """Move a run to the middle of a stretch."""
    return run._replace(x=left + (length - run.width) / 2)


def ending(run: Run, right: float) -> Run:
    """Move a run so that it ends at `right`."""
    return run._replace(x=right - run.width)


def row(index: float) -> float:
    """Give the middle of a row of the 版心, the first being row 0."""
    return TOP + (index + 0.5) * PITCH
