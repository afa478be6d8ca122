"""What stands above the title on the first page, for each layout (GB/T 9704—2012 7.2,
10.1, 10.3).
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from lifecycle.letter.cells import CELLS, wrap
from lifecycle.letter.kinds import kinds
from lifecycle.letter.pdf.sheet import (
    BODY,
    INK,
    LEFT,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PITCH,
    RIGHT,
    TOP,
    ZI,
    Outline,
    Rule,
    Run,
    centred,
    ending,
    line,
    row,
)
from lifecycle.letter.pdf.strips import Strip, title_strips
from lifecycle.letter.text import DRAFT, day, mark, mark_size

if TYPE_CHECKING:
    from lifecycle.letter.model import Letter

_DOCUMENT_MARK = 35 * MM
"""From the upper edge of the 版心 to that of the mark (7.2.4, 10.3)."""
_LETTER_MARK = 30 * MM
"""From the upper edge of the page to that of the mark (10.1)."""
_UNDER = 4 * MM
"""From the number, or a 信函's mark, down to the red rule (7.2.7, 10.1)."""
_RED = 0.7
_LONG = 170 * MM
_FOOT = 20 * MM
"""From the lower edge of the page up to the second double rule of a 信函 (10.1)."""
_THICK, _THIN, _BETWEEN = 0.9, 0.3, 0.5
"""Millimetres of the double rule's lines and of the white between them."""
_BLANK = "\u3000"
_NEAR = 0.3
"""Rows by which two blank lines may be short so that the text stays on the grid."""


class Head(NamedTuple):
    """What stands above the flow, given from the page's corner, and the flow's first row and
    strips.
    """

    runs: tuple[Run, ...]
    rules: tuple[Rule, ...]
    start: int
    strips: tuple[Strip, ...]


def head(letter: Letter, outline: Outline) -> Head:
    """Set the head of a letter's layout, down to its title."""
    set_head = {"document": _document, "letter": _letter, "minutes": _minutes, "slip": _slip}[
        letter.layout
    ]
    return set_head(letter, outline)


def _mark(letter: Letter, top: float, outline: Outline) -> Run:
    """Set the red mark so that its ink begins at `top`."""
    text = mark(letter)
    size = mark_size(text)
    run = Run(0, top + INK / 2 * size, text, "biao", size, size, tag=outline.add("P"), red=True)
    return centred(run)


def _urgency(letter: Letter, y: float, outline: Outline) -> tuple[Run, ...]:
    """Set 特急 or 加急 in 黑体 at the upper left corner (7.2.3)."""
    if not letter.urgency:
        return ()
    return (Run(LEFT, y, letter.urgency, "hei", tag=outline.add("P")),)


def _two_below(y: float) -> int:
    """Give the first row that is two blank lines below y."""
    return ceil((y - TOP) / PITCH + 2 - _NEAR)


def _document(letter: Letter, outline: Outline) -> Head:
    urgency = _urgency(letter, row(0), outline)
    title = _mark(letter, TOP + _DOCUMENT_MARK, outline)
    index = _two_below(title.y + INK / 2 * title.size)
    signers = _signers(letter)
    index += max(len(signers) - 1, 0)
    runs = (*urgency, title, *_numbered(letter, index, signers, outline))
    rule = row(index) + BODY / 2 + _UNDER
    return Head(
        runs,
        (line(rule, _RED, red=True),),
        _two_below(rule),
        tuple(title_strips(letter.title, outline)),
    )


def _signers(letter: Letter) -> list[str]:
    """Give the lines of who signed what goes to a superior: two names to a line (7.2.6)."""
    names = (letter.signer or "").split("、") if letter.kind in kinds().upward else []
    return list(filter(None, (_BLANK.join(names[at : at + 2]) for at in range(0, len(names), 2))))


def _numbered(letter: Letter, index: int, signers: list[str], outline: Outline) -> list[Run]:
    """Set the number in a row: centred, or at the left of the last of those who signed (7.2.5,
    7.2.6).
    """
    number = Run(LEFT + ZI, row(index), letter.number or DRAFT, tag=outline.add("P"))
    if letter.kind not in kinds().upward:
        return [centred(number)]
    if not signers:
        return [number]
    tag = outline.add("P")
    first = index - len(signers) + 1
    names = [Run(0, row(first + n), text, "kai", tag=tag) for n, text in enumerate(signers)]
    x = RIGHT - ZI - max(run.width for run in names)
    label = ending(Run(0, row(first), "签发人：", tag=tag), x)
    return [number, label, *(run._replace(x=x) for run in names)]


def _letter(letter: Letter, outline: Outline) -> Head:
    title = _mark(letter, _LETTER_MARK, outline)
    under = title.y + INK / 2 * title.size + _UNDER
    high = (_THICK + _BETWEEN + _THIN) * MM
    y = under + high + (7 / 8 + 1 / 2) * BODY
    urgency = _urgency(letter, y, outline)
    number = ending(Run(0, y, letter.number or DRAFT, tag=outline.add("P")), RIGHT)
    foot = PAGE_HEIGHT - _FOOT
    rules = (*_double(under, _THICK, _THIN), *_double(foot - high, _THIN, _THICK))
    strips = tuple(title_strips(letter.title, outline))
    return Head((title, *urgency, number), rules, _two_below(y + BODY / 2), strips)


def _double(y: float, upper: float, lower: float) -> tuple[Rule, Rule]:
    """Draw the two lines of a double rule whose upper edge is at y."""
    x = (PAGE_WIDTH - _LONG) / 2
    below = y + (upper + _BETWEEN) * MM
    return Rule(x, y, _LONG, upper * MM, red=True), Rule(x, below, _LONG, lower * MM, red=True)


def _minutes(letter: Letter, outline: Outline) -> Head:
    urgency = _urgency(letter, row(0), outline)
    title = _mark(letter, TOP + _DOCUMENT_MARK, outline)
    index = _two_below(title.y + INK / 2 * title.size)
    runs = [*urgency, title]
    if letter.number:
        runs.append(centred(Run(0, row(index), letter.number, tag=outline.add("P"))))
        index += 1
    issuer = outline.add("P")
    lines = [
        Run(LEFT + ZI, row(index + n), text, tag=issuer)
        for n, text in enumerate(wrap(letter.issuer, CELLS - 4))
    ]
    index += len(lines) - 1
    when = ending(Run(0, row(index), day(letter.date), tag=outline.add("P")), RIGHT - ZI)
    if lines[-1].x + lines[-1].width + ZI > when.x:
        index += 1
        when = when._replace(y=row(index))
    rule = row(index) + BODY / 2 + _UNDER
    strips = tuple(title_strips(letter.title, outline))
    return Head((*runs, *lines, when), (line(rule, _RED, red=True),), _two_below(rule), strips)


def _slip(letter: Letter, outline: Outline) -> Head:
    """Set an internal form: no red mark, the number below the title, for it is none of the
    statutory kinds.
    """
    urgency = _urgency(letter, row(0), outline)
    strips = title_strips(letter.title, outline)
    number = centred(Run(0, PITCH / 2, letter.number or DRAFT, tag=outline.add("P")))
    return Head(urgency, (), 1 if urgency else 0, (*strips, Strip(runs=(number,), joined=True)))
