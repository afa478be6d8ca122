"""Letter → DOCX that Word, WPS and LibreOffice open, in the fonts and measures of GB/T 9704—2012.

The bytes are a function of the letter alone: the zip is stored and of 1980-01-01, and no font is
measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle.letter.cells import CELLS, width, wrap
from lifecycle.letter.docx.head import head_of, mark_header, section, title_of
from lifecycle.letter.docx.package import NAMES, SYMBOL, pack
from lifecycle.letter.docx.stored import XML, filled, part
from lifecycle.letter.docx.wordml import (
    BREAK,
    CHAR,
    LINE,
    MM,
    TAB,
    WIDTH,
    escaped,
    floating,
    foot,
    inline,
    paragraph,
    places,
    run,
    spacing,
    table,
)
from lifecycle.letter.html import headed
from lifecycle.letter.model import Paragraph, Table
from lifecycle.letter.text import (
    TO_FILL,
    annex_labels,
    closing_note,
    day,
    outlasts,
    printed_on,
    signed,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle.letter.model import Block, Letter

_CELL = CHAR / 2
_SYMBOL = 22.0
"""Millimetres of the QR symbol's side, quiet zone and all: 0.4 mm to a module, which phones read
from any print.
"""
_CLEAR = 14
"""Cells that the symbol takes at the left of a line: two characters' indent, 22 mm, and
some air.
"""
_SAID = "验证二维码"
_BLANK = 280
"""One character of 14 pt, in twentieths of a point."""
_ABREAST = 54
"""Cells that fit on one line of the 版记 with a gap between them."""
_SHORT = 112
"""Characters of a paragraph of four lines."""
_STOPS = "。；，：！？.;,:!?"


def to_docx(letter: Letter) -> bytes:
    """Lay the letter out as a DOCX of A4; the same letter always gives the same bytes.

    Raise InvalidError for a proof that no QR symbol can hold.
    """
    parts: dict[str, str | bytes] = {
        "styles.xml": part("styles"),
        "settings.xml": part("settings"),
        "fontTable.xml": part("fontTable"),
        "footer1.xml": part("footer1"),
        "footer2.xml": part("footer2"),
    }
    if letter.shape.double_rules:
        parts["footer3.xml"] = part("footer3")
        parts["header3.xml"] = mark_header(letter)
    if letter.proof:
        from lifecycle.letter.images.png import png
        from lifecycle.letter.images.qr import modules

        parts[SYMBOL] = png(modules(letter.proof), 4)
    document = (
        f"{XML}<w:document {NAMES}><w:body>{_body(letter)}{section(letter)}</w:body></w:document>"
    )
    # The day is the letter's own, so that no clock is in the bytes.
    properties = XML + filled(
        "core",
        title=escaped(letter.title),
        author=escaped(letter.issuer),
        day=letter.date.isoformat(),
    )
    return pack(document, parts, properties)


def _body(letter: Letter) -> str:
    text = head_of(letter)
    if letter.to:
        text.append(paragraph("Recipients", run("、".join(letter.to) + "：")))
    text += _blocks(letter.body, keep=True)
    text += _close(letter)
    for label, annex in zip(annex_labels(letter), letter.annexes, strict=True):
        text += [
            paragraph("AnnexLabel", run(label)),
            title_of(annex.title, before=LINE),
            *_blocks(annex.body),
        ]
    text += _record(letter)
    return "".join(text)


def _blocks(body: Sequence[Block], *, keep: bool = False) -> list[str]:
    """Set the blocks of a body.

    `keep` holds the last one with what follows, so that no signature is alone.
    """
    text = []
    for n, block in enumerate(body, 1):
        held = keep and n == len(body)
        if isinstance(block, Paragraph):
            # LibreOffice moves a paragraph that is held as a whole; page 1 must not lose its only
            # one (7.3.3).
            alone = len(body) == 1 and len(block.text) > _SHORT
            text.append(_paragraph(block, keep=held and not alone))
            continue
        if isinstance(block, Table):
            cells = table(block.head, block.rows, keep=held)
        else:
            cells = places(block.places, TO_FILL, keep=held)
        # The gap also parts two tables, which Word would else make one.
        text += [paragraph("Gap", "", keep=True), cells, paragraph("Gap", "", keep=held)]
    return text


def _paragraph(block: Paragraph, *, keep: bool) -> str:
    heading, rest = headed(block)
    if heading:
        alone = not rest
        runs = run(heading, "Hei" if block.level == 1 else "Kai") + run(rest)
        return paragraph(f"Heading{block.level}", runs, keep=keep or alone)
    # A third or fourth level that is a sentence is no heading; the outline would be full of
    # sentences.
    style = f"Heading{block.level}" if block.level > 2 and block.text[-1:] not in _STOPS else "Text"
    return paragraph(style, run(block.text), keep=keep)


def _hanging(style: str, head: str, text: str, *, first: bool, keep: bool, label: str = "") -> str:
    """Set a text two characters in, after its label and head, with further lines under its first
    character.
    """
    hung = round(width(head) * _CELL)
    at = round((4 + width("附件：")) * _CELL)
    indent = at - 2 * CHAR + hung if label else hung
    runs = run(label, "Hei" if style == "Attendance" else "") + run(head + text)
    layout = (
        spacing(before=LINE if first else 0) + f'<w:ind w:left="{at + hung}" w:hanging="{indent}"/>'
    )
    return paragraph(style, runs, keep=keep, layout=layout)


def _close(letter: Letter) -> list[str]:
    """Set what stands between the body and the 版记, in the standard's order, held together on one
    page.
    """
    several = len(letter.attachments) > 1
    text = [
        _hanging(
            "Attachments",
            f"{n}." if several else "",
            title,
            first=n == 1,
            keep=True,
            label="附件：" if n == 1 else "",
        )
        for n, title in enumerate(letter.attachments, 1)
    ]
    for n, (role, names) in enumerate(letter.attendance, 1):
        text.append(
            _hanging("Attendance", "", "、".join(names), first=n == 1, keep=True, label=f"{role}：")
        )
    lines, start = _signature_lines(letter)
    beside = bool(letter.proof) and signed(letter) and start >= _CLEAR
    if signed(letter):
        text += _signature(letter, lines, start, symbol=_symbol() if beside else "")
    if note := closing_note(letter):
        text.append(paragraph("Note", run(note), keep=True))
    if letter.proof and not beside:
        text.append(paragraph("Symbol", inline(_SAID, size=_SYMBOL), keep=True))
    if letter.code:
        text.append(paragraph("Proof", run(f"验证码：{letter.code}"), keep=True))
    if text and (letter.annexes or not (letter.cc or printed_on(letter))):
        text[-1] = text[-1].replace("<w:keepNext/>", "", 1)  # the 版记 does not follow it
    return text


def _signature_lines(letter: Letter) -> tuple[list[str], int]:
    """Break the issuer into lines and give the cell at which they begin, for a letter without a
    seal (7.3.5.2).
    """
    lines = wrap(letter.issuer, CELLS - 8)
    when, longest = day(letter.date), max(lines, key=width)
    return lines, CELLS - 8 - width(when) if outlasts(when, longest) else CELLS - 4 - width(longest)


def _signature(letter: Letter, lines: list[str], start: int, *, symbol: str) -> list[str]:
    """Sign two characters from the right, with the date two characters further right than the
    issuer (7.3.5.2).
    """
    text = []
    for n, line in enumerate(lines):
        layout = spacing(before=LINE if n == 0 else 0)
        if len(lines) > 1 or start != CELLS - 4 - width(line):
            layout += f'<w:ind w:left="{round(start * _CELL)}"/><w:jc w:val="left"/>'
        text.append(paragraph("Issuer", run(line), keep=True, layout=layout))
    # The date may run into the margin: where digits are wider than half a character it must not
    # break.
    layout = f'<w:ind w:left="{round((start + 4) * _CELL)}" w:right="{-2 * CHAR}"/>'
    return [*text, paragraph("Day", symbol + run(day(letter.date)), keep=True, layout=layout)]


def _symbol() -> str:
    """Float the QR symbol at the left, its foot on that of its paragraph's line."""
    return floating(_SAID, size=_SYMBOL, left=11, up=_SYMBOL - LINE / MM)


def _record(letter: Letter) -> list[str]:
    """Set the 版记 on the lower edge of the last page's 版心.

    A 信函 has no rules in it (7.4, 10.1).
    """
    rows = []
    if letter.cc:
        hung = width("抄送：") * _BLANK // 2
        layout = f'<w:ind w:left="{_BLANK + hung}" w:right="{_BLANK}" w:hanging="{hung}"/>'
        rows.append(paragraph("Record", run("抄送：" + "、".join(letter.cc) + "。"), layout=layout))
    if printed_on(letter):
        tabs = f'<w:tab w:val="right" w:pos="{WIDTH - _BLANK}"/>'
        layout = f'<w:ind w:left="{_BLANK}" w:right="{_BLANK}"/>'
        long = width(letter.issuer + printed_on(letter)) > _ABREAST
        runs = run(letter.issuer) + (BREAK if long else "") + TAB + run(printed_on(letter))
        rows.append(paragraph("Record", runs, tabs=tabs, layout=layout))
    # A floating table is anchored to the paragraph after it.
    return (
        [foot(rows, ruled=letter.shape.record_ruled), paragraph("Gap", "", layout=spacing(20))]
        if rows
        else []
    )
