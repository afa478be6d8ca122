"""Letter → one HTML page that looks and prints like the paper (GB/T 9704—2012), with neither script
nor network.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.letter.kinds import kinds
from lifecycle.letter.model import Block, Paragraph, Table
from lifecycle.letter.text import (
    DRAFT,
    TO_FILL,
    annex_labels,
    closing_note,
    day,
    mark,
    mark_size,
    outlasts,
    printed_on,
    signed,
)
from lifecycle.letter.title import title_lines

if TYPE_CHECKING:
    from jinja2 import Template as Page
    from markupsafe import Markup

    from lifecycle.letter.model import Letter

_HERE = Path(__file__).parent
"""Where the page's template and style sheets stand."""

_HEADING = re.compile(r"[^。；：，]{1,40}(?:。|$)")
"""The heading of a level: the whole of a short paragraph, or its first sentence if that has no
comma.
"""


def to_html(letter: Letter, *, red: bool | None = None) -> str:
    """Lay the letter out as one HTML5 page with every text escaped.

    `red` adds the issuer's mark, the number and the red rules of the letter's layout; an issued
    letter has them anyway, one of a layout without a mark never.
    """
    layout = letter.shape
    red = (letter.number is not None if red is None else red) and layout.mark is not None
    body = [_block(block) for block in letter.body]
    plain = not (
        letter.annexes
        or letter.attendance
        or letter.urgency
        or letter.code
        or letter.proof
        or letter.number
    )
    more = red or not plain or any(isinstance(kind, str) for kind, _, _ in body)
    when = day(letter.date)
    named = mark(letter)
    return _page().render(
        letter=letter,
        style=_style(more),
        more=more,
        red=red,
        layout=layout,
        page=layout.page if red or layout.mark is None else "",
        mark=named,
        size=f"{mark_size(named):g}",
        number=letter.number or DRAFT,
        signer=letter.signer if letter.kind in kinds().upward else None,
        title=title_lines(letter.title),
        day=when,
        signed=signed(letter),
        longer=outlasts(when, letter.issuer),
        body=body,
        note=closing_note(letter),
        symbol=_symbol(letter.proof) if letter.proof else "",
        annexes=[
            (label, title_lines(annex.title), [_block(block) for block in annex.body])
            for label, annex in zip(annex_labels(letter), letter.annexes, strict=True)
        ],
        record="copies plain" if red and not layout.record_ruled else "copies",
        printed=printed_on(letter),
    )


def headed(paragraph: Paragraph) -> tuple[str, str]:
    """Part a paragraph of level 1 or 2 into its heading, which is set in 黑体 or 楷体, and the
    rest.
    """
    found = _HEADING.match(paragraph.text) if paragraph.level in (1, 2) else None
    end = found.end() if found else 0
    return paragraph.text[:end], paragraph.text[end:]


def _block(block: Block) -> tuple[int | str, object, object]:
    """Give a block as what the page prints of it: a level with its heading and text, or a kind with
    its cells.
    """
    if isinstance(block, Paragraph):
        return block.level, *headed(block)
    if isinstance(block, Table):
        return "table", block.head, block.rows
    return "places", block.places, TO_FILL


@cache
def _page() -> Page:
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(autoescape=True, trim_blocks=True, loader=FileSystemLoader(_HERE))
    return environment.get_template("page.html.j2")


@cache
def _style(more: bool) -> Markup:
    """Read the style sheet.

    `more` adds what only an issued letter, or one with tables, annexes and the like, needs. The
    fonts are the standard's, then free ones (小标宋 is approximated by a bold 宋). Without
    synthesis a font that has only one weight keeps it; without trimming and autospace each
    character keeps its place on the grid.
    """
    from markupsafe import Markup

    sheets = ("page.css", "page-more.css") if more else ("page.css",)
    return Markup("\n".join((_HERE / sheet).read_text("utf-8") for sheet in sheets))


def _symbol(proof: str) -> Markup:
    """Draw the QR symbol; it is markup by the project's own hand, and no text of the letter stands
    in it.
    """
    from markupsafe import Markup

    from lifecycle.letter.images.qr import svg

    return Markup(svg(proof))
