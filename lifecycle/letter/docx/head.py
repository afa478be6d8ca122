"""The head of a letter in DOCX by its layout, and the page it stands on: all that is measured from
the page's edges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle.letter.docx.stored import XML, filled
from lifecycle.letter.docx.wordml import (
    BREAK,
    LEFT,
    LINE,
    MM,
    RED,
    TAB,
    WIDTH,
    edge,
    opposed,
    paragraph,
    run,
    spacing,
)
from lifecycle.letter.kinds import kinds
from lifecycle.letter.text import DRAFT, ZI, day, mark, mark_size
from lifecycle.letter.title import title_lines

if TYPE_CHECKING:
    from lifecycle.letter.model import Letter

_FOOTER = round(20 * MM)
"""From the page's bottom to its footer: where the lower double rule of 信函 stands (GB/T 9704—2012
10.1).
"""


def section(letter: Letter) -> str:
    """Set the page: A4 with the 版心 of 5.2.1, 22 lines of 28 characters, and its headers and
    footers.
    """
    first = letter.shape.double_rules
    links = '<w:headerReference w:type="first" r:id="rIdFirstHeader"/>' if first else ""
    links += (
        '<w:footerReference w:type="default" r:id="rIdOdd"/><w:footerReference '
        'w:type="even" '
        'r:id="rIdEven"/>'
    )
    links += '<w:footerReference w:type="first" r:id="rIdFirstFooter"/>' if first else ""
    return (
        f'<w:sectPr>{links}<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" '
        f'w:bottom="1984" '
        f'w:left="{LEFT}" w:header="{_mark_top(letter)}" w:footer="{_FOOTER}" w:gutter="0"/>'
        f'{"<w:titlePg/>" if first else ""}<w:docGrid w:type="lines" '
        f'w:linePitch="{LINE}"/></w:sectPr>'
    )


def _mark_line(size: float) -> int:
    """Give the exact line of a mark, in twentieths of a point.

    A fifth of it is below the base line.
    """
    return round(size * 20 * 1.1)


def _ink(size: float) -> float:
    """Tell how far the ink of a mark begins below its line's top: at 0.84 em above the
    base line.
    """
    return 0.8 * _mark_line(size) - 0.84 * size * 20


def _two_lines(letter: Letter) -> int:
    """Space two lines from the ink of a mark, which ends at 0.09 em below the base line (7.2.5)."""
    size = mark_size(mark(letter))
    return 2 * LINE - round(0.2 * _mark_line(size) - 0.09 * size * 20)


def _mark_runs(letter: Letter) -> str:
    half = round(mark_size(mark(letter)) * 2)
    return run(mark(letter), extra=f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>')


def _mark_top(letter: Letter) -> int:
    """Give the header's distance from the page's top so that a 信函's mark begins 30 mm from it
    (10.1).
    """
    if not letter.shape.double_rules:
        return 851
    return round(30 * MM - _ink(mark_size(mark(letter))))


def mark_header(letter: Letter) -> str:
    """Write the header of a 信函's first page: its mark and the upper red double rule."""
    line = _mark_line(mark_size(mark(letter)))
    return XML + filled("header3", runs=_mark_runs(letter), line=line)


def _urgency(letter: Letter) -> list[str]:
    return [paragraph("Urgency", run(letter.urgency))] if letter.urgency else []


def _masthead(letter: Letter) -> list[str]:
    """Set the mark 35 mm below the 版心's top (7.2.4), whatever urgency stands above it."""
    size = mark_size(mark(letter))
    before = round(35 * MM - _ink(size)) - (LINE if letter.urgency else 0)
    layout = f'{spacing(_mark_line(size), before=before)}<w:jc w:val="center"/>'
    return [*_urgency(letter), paragraph("Mark", _mark_runs(letter), layout=layout)]


def _ruled(
    letter: Letter, runs: str, *, tabs: str = "", before: int = 0, side: str = "center"
) -> str:
    """Set the last line above the red rule, which is 4 mm below it and as wide as the
    版心 (7.2.7); a layout without a red rule has none there.
    """
    rule = edge("bottom", 16, space=7, colour=RED) if letter.shape.red_rule else ""
    return paragraph(
        "Number",
        runs,
        border=rule,
        tabs=tabs,
        layout=f'{spacing(before=before)}<w:jc w:val="{side}"/>',
    )


def head_of(letter: Letter) -> list[str]:
    """Set what stands above the body, by the traits of the letter's layout."""
    layout = letter.shape
    title = title_of(letter.title, before=2 * LINE)
    if layout.double_rules:
        return [_under_double_rule(letter), title]
    over = _urgency(letter) if layout.mark is None else _masthead(letter)
    if layout.number_below:
        number = paragraph("Number", run(letter.number or DRAFT), layout=spacing(after=LINE))
        return [*over, title_of(letter.title, after=200), number]
    if layout.issuer_in_head:
        return [*over, *_number_and_issuer(letter), title]
    return [*over, _number(letter), title]


def _under_double_rule(letter: Letter) -> str:
    """Set the urgency at the left and the number at the right, 7/8 of a character below the double
    rule (10.1).
    """
    tabs = f'<w:tab w:val="right" w:pos="{WIDTH}"/>'
    runs = run(letter.urgency, "Hei") + TAB + run(letter.number or DRAFT)
    return paragraph("Number", runs, tabs=tabs, layout=spacing(400) + '<w:jc w:val="left"/>')


def _number(letter: Letter) -> str:
    """Set the number above the red rule, with who signed what goes to a superior (7.2.5, 7.2.6)."""
    number = letter.number or DRAFT
    if not letter.shape.signer or letter.kind not in kinds().upward:
        return _ruled(letter, run(number), before=_two_lines(letter))
    runs = run(ZI + number)
    if letter.signer:
        runs += TAB + run("签发人：") + run(letter.signer, "Kai")
    return _ruled(letter, runs, tabs=opposed(), before=_two_lines(letter), side="left")


def _number_and_issuer(letter: Letter) -> list[str]:
    """Set the number, and issuer and day above the red rule (10.3)."""
    runs = run(ZI + letter.issuer) + TAB + run(day(letter.date))
    before = spacing(before=_two_lines(letter) - LINE)
    return [
        paragraph("Number", run(letter.number or DRAFT), layout=before),
        _ruled(letter, runs, tabs=opposed(), before=LINE, side="left"),
    ]


def title_of(title: str, *, before: int = 0, after: int = LINE) -> str:
    layout = spacing(680, before=before, after=after)
    return paragraph(
        "LetterTitle", BREAK.join(map(run, title_lines(title))), keep=True, layout=layout
    )
