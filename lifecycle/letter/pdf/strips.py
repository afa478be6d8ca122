"""The flow of a letter: strips as wide as the 版心 that are stacked from its top, and how body text
becomes strips.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lifecycle.letter.fonts import Role
from lifecycle.letter.html import headed
from lifecycle.letter.model import Block, Paragraph, Signatures, Table
from lifecycle.letter.pdf.lines import Piece, Setting, set_lines
from lifecycle.letter.pdf.sheet import PITCH, TITLE, Outline, Rule, Run, centred
from lifecycle.letter.title import title_lines

_HEADINGS: dict[int, Role] = {1: "hei", 2: "kai"}
_INDENT = 4
"""Cells by which a paragraph is indented: two characters (GB/T 9704—2012 7.3.3)."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A part of the flow that no page break parts. Its runs and rules are given from its own upper
    edge.

    `rows` is its height in rows of 28.99 pt, whole but in a table. `joined` keeps it with what
    follows, `repeat` is what is set again above it where it begins a page, `body` says that it is
    text of the letter itself.
    """

    rows: float = 1.0
    runs: tuple[Run, ...] = ()
    rules: tuple[Rule, ...] = ()
    body: bool = False
    joined: bool = False
    ruled: bool = False
    repeat: tuple[Strip, ...] = ()

    @property
    def blank(self) -> bool:
        """Tell whether nothing stands in it."""
        return not self.runs and not self.rules


BLANK = Strip()
"""A blank line (空一行)."""


def lines_as_strips(lines: Iterable[tuple[Run, ...]], *, body: bool = False) -> list[Strip]:
    """Give each line a row of its own, in whose middle it stands."""
    return [
        Strip(runs=tuple(run._replace(y=PITCH / 2) for run in line), body=body) for line in lines
    ]


def title_strips(title: str, outline: Outline, kind: str = "H1") -> list[Strip]:
    """Set a title in centred lines that keep its words whole (7.3.1)."""
    tag = outline.add(kind)
    lines = (Run(0, PITCH / 2, text, "biao", TITLE, TITLE, tag=tag) for text in title_lines(title))
    return [
        replace(strip, joined=True) for strip in lines_as_strips((centred(run),) for run in lines)
    ]


def block_strips(blocks: tuple[Block, ...], outline: Outline) -> list[Strip]:
    """Set the blocks of a body one below the other; a heading stays with what follows it."""
    from lifecycle.letter.pdf.tables import place_strips, table_strips

    strips: list[Strip] = []
    for number, block in enumerate(blocks):
        if isinstance(block, Table):
            strips += table_strips(block, outline)
        elif isinstance(block, Signatures):
            strips += place_strips(block, outline)
        else:
            follows = number < len(blocks) - 1
            strips += _paragraph_strips(block, outline, leads=follows)
    return strips


def _paragraph_strips(paragraph: Paragraph, outline: Outline, *, leads: bool) -> list[Strip]:
    """Set a paragraph, its heading in 黑体 or 楷体 (7.3.3)."""
    heading, rest = headed(paragraph)
    whole = bool(heading) and not rest
    tag = outline.add("H2" if whole and paragraph.level == 1 else "P")
    pieces = (Piece(heading, _HEADINGS.get(paragraph.level, "fang")), Piece(rest))
    strips = lines_as_strips(set_lines(pieces, Setting(first=_INDENT), tag), body=True)
    return [replace(strip, joined=True) for strip in strips] if whole and leads else strips
