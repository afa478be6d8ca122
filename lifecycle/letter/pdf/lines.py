"""Text → lines on the grid: where each piece of a paragraph stands when it is set at 28 characters
a line.
"""

from __future__ import annotations

from typing import NamedTuple

from lifecycle.letter.cells import CELLS, width, wrap
from lifecycle.letter.fonts import Role
from lifecycle.letter.pdf.sheet import BODY, LEFT, ZI, Run

_BLANK = "\u3000"
_LOOSE = 6
"""Cells of a line that may be spread between its characters; with more to spread it
stays ragged.
"""


class Piece(NamedTuple):
    """Characters of a paragraph in one font."""

    text: str
    role: Role = "fang"


class Setting(NamedTuple):
    """How a paragraph is set: its size and pitch, the cells of a line, the first line's and the
    others' indent.
    """

    size: float = BODY
    pitch: float = ZI
    cells: int = CELLS
    first: int = 0
    rest: int = 0
    x: float = LEFT
    justified: bool = True


def set_lines(
    pieces: tuple[Piece, ...], setting: Setting, tag: int | None, y: float = 0.0
) -> list[tuple[Run, ...]]:
    """Break pieces into lines, all of them at `y`. A line but the last is spread to the right edge.

    Indents and the cells of a line are counted in half-width cells; line breaks are those of
    `lifecycle.letter.cells`.
    """
    text = "".join(piece.text for piece in pieces)
    lines = _broken(text, setting)
    found: list[tuple[Run, ...]] = []
    at = 0
    for number, line in enumerate(lines):
        while not text.startswith(line, at):
            at += 1  # blanks are dropped where a line ends
        indent = setting.rest if number else setting.first
        last = number == len(lines) - 1
        slack = setting.cells - indent - width(line)
        spread = setting.justified and not last and 0 < slack <= _LOOSE and len(line) > 1
        gap = slack * setting.pitch / 2 / (len(line) - 1) if spread else 0.0
        start = Run(
            setting.x + indent * setting.pitch / 2,
            y,
            "",
            size=setting.size,
            pitch=setting.pitch,
            gap=gap,
            tag=tag,
        )
        found.append(_runs(pieces, at, at + len(line), start))
        at += len(line)
    return found


def _broken(text: str, setting: Setting) -> list[str]:
    """Break a text: after the first line's indent all lines are as long as the others' indent
    leaves them.
    """
    lead = _BLANK * ((setting.first - setting.rest) // 2)
    first, *rest = wrap(lead + text, setting.cells - setting.rest)
    return [line for line in (first.removeprefix(lead), *rest) if line]


def _runs(pieces: tuple[Piece, ...], start: int, end: int, run: Run) -> tuple[Run, ...]:
    """Cut the characters from `start` to `end` out of the pieces and set them one after
    the other.
    """
    runs: list[Run] = []
    x = run.x
    at = 0
    for text, role in pieces:
        part = text[max(0, start - at) : max(0, end - at)]
        at += len(text)
        if part:
            runs.append(run._replace(x=x, text=part, role=role))
            x += runs[-1].width + run.gap
    return tuple(runs)
