"""Letter → pages, to the millimetre as GB/T 9704—2012 has them; the same letter always gives the
same pages.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from lifecycle.letter.pdf.feet import (
    Block,
    at,
    attachment_strips,
    attendance_strips,
    contact_strips,
    proof,
    record,
    signature_strips,
)
from lifecycle.letter.pdf.flow import Placed, break_pages, flow, height
from lifecycle.letter.pdf.heads import Head, head
from lifecycle.letter.pdf.lines import Piece, Setting, set_lines
from lifecycle.letter.pdf.sheet import (
    BOTTOM,
    LEFT,
    MM,
    PITCH,
    RIGHT,
    ROWS,
    SMALL,
    TOP,
    ZI,
    Outline,
    Page,
    Run,
    Sheets,
    ending,
)
from lifecycle.letter.pdf.strips import BLANK, Strip, block_strips, lines_as_strips, title_strips
from lifecycle.letter.text import annex_labels, signed

if TYPE_CHECKING:
    from lifecycle.letter.model import Annex, Letter

_NUMBER = 7 * MM
"""From the lower edge of the 版心 down to the 一字线 beside the page number (7.5)."""
_DASH = 0.08
"""Em from the middle of a 宋体 character down to the upper edge of its 一字线."""


@lru_cache(maxsize=16)
def lay_out(letter: Letter) -> Sheets:
    """Lay a letter out; raise InvalidError for a table or a proof that no page can hold."""
    outline = Outline()
    top = head(letter, outline)
    strips, signature, moved = _main(letter, top, outline)
    pages = flow(strips, top.start, signature)
    for label, annex in zip(annex_labels(letter), letter.annexes, strict=True):
        pages += break_pages(_annex(label, annex, outline), 0)
    proved = proof(letter, outline)
    foot = _at_foot(record(letter, outline, moved=moved))
    signers = [strips[index] for index in signature]
    index, place = _proof_place(pages, proved, BOTTOM - foot.height, signers)
    bound = [_page(placed) for placed in pages]
    bound[0] = Page((*top.runs, *bound[0].runs), (*top.rules, *bound[0].rules))
    bound[index] = _with(bound[index], at(proved, place))
    bound[-1] = _with(bound[-1], foot)
    unnumbered = 1 if letter.layout == "letter" else 0
    return Sheets(
        tuple(
            _numbered(page, number) if number > unnumbered else page
            for number, page in enumerate(bound, 1)
        ),
        tuple(outline.tags),
    )


def _at_foot(block: Block) -> Block:
    """Put a block so that it ends where the 版心 ends (7.4.1)."""
    return at(block, BOTTOM - block.height)


def _main(letter: Letter, top: Head, outline: Outline) -> tuple[list[Strip], range, bool]:
    """Give the flow from the title to the note, which of its strips are the signature, and whether
    主送 is moved.

    Where the title and a long list of recipients leave no room for text on the first page, the
    recipients are moved to the 版记 (7.3.2).
    """
    strips = [*top.strips, BLANK]
    to = (
        set_lines((Piece("、".join(letter.to) + "："),), Setting(), outline.add("P"))
        if letter.to
        else []
    )
    moved = bool(to) and top.start + len(strips) + len(to) >= ROWS
    if not moved:
        strips += lines_as_strips(to)
    strips += block_strips(letter.body, outline)
    strips += [*attachment_strips(letter, outline), *attendance_strips(letter, outline)]
    begin = len(strips)
    if signed(letter) and letter.layout != "minutes":
        strips += signature_strips(letter, outline)
    signature = range(begin, len(strips))
    return [*strips, *contact_strips(letter, outline)], signature, moved


def _annex(label: str, annex: Annex, outline: Outline) -> list[Strip]:
    """Set an annex on pages of its own: 附件 in 黑体 on the first line, its title on the third
    (7.3.7).
    """
    name = Run(LEFT, PITCH / 2, label, "hei", tag=outline.add("P"))
    titles = title_strips(annex.title, outline, "H1") if annex.title else []
    return [
        Strip(runs=(name,), joined=True),
        Strip(joined=True),
        *titles,
        BLANK,
        *block_strips(annex.body, outline),
    ]


def _proof_place(
    pages: list[list[Placed]], proved: Block, bottom: float, signers: list[Strip]
) -> tuple[int, float]:
    """Choose page and height of the proof, given the upper edge of the 版记 that ends the last
    page.

    At best it is just above the 版记, at the left; else beside the signature, even of an earlier
    page. A page is added where there is room for neither, or not even for the 版记.
    """
    end = TOP + height(pages[-1]) * PITCH
    if end > bottom - proved.height:
        beside = _beside(pages, proved, signers) if proved.height and end <= bottom else None
        if beside:
            return beside
        pages.append([])
    return len(pages) - 1, bottom - proved.height


def _beside(
    pages: list[list[Placed]], proved: Block, signers: list[Strip]
) -> tuple[int, float] | None:
    """Give the place at the left of the signature, if it is high and wide enough."""
    wide = max((run.x + run.width for run in proved.runs), default=LEFT)
    wide = max([wide, *(symbol.x + symbol.size for symbol in proved.symbols)])
    for index, page in enumerate(pages):
        rows = [placed for placed in page if any(placed.strip is strip for strip in signers)]
        if rows:
            first, last = rows[0].row, rows[-1].row + rows[-1].strip.rows
            free = min(run.x for placed in rows for run in placed.strip.runs) - ZI
            if (last - first) * PITCH >= proved.height and wide <= free:
                return index, TOP + last * PITCH - proved.height
    return None


def _page(placed: list[Placed]) -> Page:
    """Put strips in their places on a page."""
    runs, rules = [], []
    for row, strip in placed:
        y = TOP + row * PITCH
        runs += [run._replace(y=run.y + y) for run in strip.runs]
        rules += [rule._replace(y=rule.y + y) for rule in strip.rules]
    return Page(tuple(runs), tuple(rules))


def _with(page: Page, *blocks: Block) -> Page:
    runs, rules, symbols = page.runs, page.rules, page.symbols
    for block in blocks:
        runs, rules, symbols = (
            (*runs, *block.runs),
            (*rules, *block.rules),
            (*symbols, *block.symbols),
        )
    return Page(runs, rules, symbols)


def _numbered(page: Page, number: int) -> Page:
    """Set the page number, an odd one at the right and an even one at the left, one character from
    the edge (7.5).
    """
    y = BOTTOM + _NUMBER - _DASH * SMALL
    run = Run(LEFT + SMALL, y, f"— {number} —", "song", SMALL, SMALL)
    return page._replace(runs=(*page.runs, ending(run, RIGHT - SMALL) if number % 2 else run))
