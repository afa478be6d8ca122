"""What stands below the body: attachments, who was there, signature and note, and the 版记 with the
proof.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from lifecycle.letter.cells import CELLS, width, wrap
from lifecycle.letter.fonts import Role
from lifecycle.letter.pdf.lines import Piece, Setting, set_lines
from lifecycle.letter.pdf.sheet import (
    LEFT,
    MM,
    PITCH,
    RIGHT,
    SMALL,
    WIDTH,
    ZI,
    Outline,
    Rule,
    Run,
    Symbol,
    ending,
    line,
)
from lifecycle.letter.pdf.strips import BLANK, Strip, lines_as_strips
from lifecycle.letter.qr import modules
from lifecycle.letter.text import contact_note, day, outlasts, printed_on

if TYPE_CHECKING:
    from lifecycle.letter.model import Letter

_INDENT = 4
_RECORD = 24.0
"""Points from line to line in the 版记."""
_OUTER, _INNER = 0.35, 0.25
"""Millimetres of the first and last line of the 版记, and of those between (7.4.1)."""
_SIDE = 18 * MM
_TINY = 9.0
_AIR = 3.0


class Block(NamedTuple):
    """Something of a height that is put at a place of its own; its parts are given from its upper
    edge.
    """

    height: float
    runs: tuple[Run, ...] = ()
    rules: tuple[Rule, ...] = ()
    symbols: tuple[Symbol, ...] = ()


def attachment_strips(letter: Letter, outline: Outline) -> list[Strip]:
    """Set the list of attachments: a blank line, two characters indent, numbered if several
    (7.3.4).
    """
    titles = letter.attachments
    if not titles:
        return []
    strips = [BLANK]
    for number, title in enumerate(titles, 1):
        label = f"{number}." if len(titles) > 1 else ""
        strips += _hanging(
            Piece("附件：" if number == 1 else ""), 6, Piece(label), title, outline.add("P")
        )
    return strips


def attendance_strips(letter: Letter, outline: Outline) -> list[Strip]:
    """Set who was there: 出席 in 黑体, the names hanging after the colon (10.3)."""
    strips = [BLANK] if letter.attendance else []
    for role, names in letter.attendance:
        head = Piece(role, "hei")
        strips += _hanging(head, width(role), Piece("："), "、".join(names), outline.add("P"))
    return strips


def _hanging(head: Piece, head_cells: int, label: Piece, text: str, tag: int) -> list[Strip]:
    """Set a text after its head and label, its further lines under its first character."""
    y = PITCH / 2
    at = LEFT + _INDENT / 2 * ZI
    leads = []
    for piece, taken in ((head, head_cells), (label, width(label.text))):
        if piece.text:
            leads.append(Run(at, y, piece.text, piece.role, tag=tag))
        at += taken / 2 * ZI
    indent = _INDENT + head_cells + width(label.text)
    lines = set_lines((Piece(text),), Setting(first=indent, rest=indent), tag)
    first, *rest = lines_as_strips(lines) or [BLANK]
    return [replace(first, runs=(*leads, *first.runs)), *rest]


def signature_strips(letter: Letter, outline: Outline) -> list[Strip]:
    """Sign without a seal, one line below the text (7.3.5.2), as `lifecycle.letter.text` does; it
    stays on one page.
    """
    when = day(letter.date)
    lines = wrap(letter.issuer, CELLS - 8)
    longest = max(lines, key=width)
    at = CELLS - 8 - width(when) if outlasts(when, longest) else CELLS - 4 - width(longest)
    x = LEFT + at / 2 * ZI
    signed, dated = outline.add("P"), outline.add("P")
    runs = [Run(x, 0, text, tag=signed) for text in lines]
    strips = lines_as_strips([*((run,) for run in runs), (Run(x + 2 * ZI, 0, when, tag=dated),)])
    return [replace(strip, joined=n < len(strips)) for n, strip in enumerate([BLANK, *strips])]


def contact_strips(letter: Letter, outline: Outline) -> list[Strip]:
    """Set the note (附注) in brackets below the date (7.3.6)."""
    if not letter.contact:
        return []
    pieces = (Piece(contact_note(letter.contact)),)
    return lines_as_strips(set_lines(pieces, Setting(first=_INDENT), outline.add("P")))


def record(letter: Letter, outline: Outline, *, moved: bool) -> Block:
    """Set the 版记: 抄送 (and 主送, if it is `moved` here), then who had it printed when (7.4); a
    信函 has no lines.
    """
    copies: list[tuple[Run, ...]] = []
    for head, names in (("主送：", letter.to if moved else ()), ("抄送：", letter.cc)):
        if names:
            copies += _copies(head, "、".join(names) + "。", outline)
    printed = printed_on(letter)
    rows = [*copies, *_printed(letter.issuer, printed, outline)] if printed else copies
    if not rows:
        return Block(0.0)
    runs = tuple(
        run._replace(y=(n + 0.5) * _RECORD) for n, line_ in enumerate(rows) for run in line_
    )
    height = len(rows) * _RECORD
    rules: tuple[Rule, ...] = (
        () if letter.layout == "letter" else (line(0, _OUTER), line(height, _OUTER))
    )
    if rules and printed and copies:
        rules = (rules[0], line(len(copies) * _RECORD, _INNER), rules[1])
    return Block(height, runs, rules)


def _small(text: str, x: float, tag: int, role: Role = "fang") -> Run:
    return Run(x, 0, text, role, SMALL, SMALL, tag=tag)


def _copies(head: str, text: str, outline: Outline) -> list[tuple[Run, ...]]:
    """Set whom a copy goes to, one character from either edge and hanging after the
    colon (7.4.2).
    """
    tag = outline.add("P")
    x = LEFT + SMALL
    indent = width(head)
    cells = int((WIDTH - 2 * SMALL) // (SMALL / 2))
    lines = set_lines(
        (Piece(text),), Setting(SMALL, SMALL, cells, indent, indent, x, justified=False), tag
    )  # a name that is spread would not read as one
    return [(_small(head, x, tag), *lines[0]), *lines[1:]]


def _printed(issuer: str, when: str, outline: Outline) -> list[tuple[Run, ...]]:
    """Set who had it printed at the left and the day at the right, each one character from the edge
    (7.4.3).
    """
    left = _small(issuer, LEFT + SMALL, outline.add("P"))
    right = ending(_small(when, 0, outline.add("P")), RIGHT - SMALL)
    if left.x + left.width + SMALL <= right.x:
        return [(left, right)]
    cells = int((WIDTH - 2 * SMALL) // (SMALL / 2))
    return [*((left._replace(text=text),) for text in wrap(issuer, cells)), (right,)]


def proof(letter: Letter, outline: Outline) -> Block:
    """Set what verifies the paper: the QR symbol, 18 mm with its quiet zone, and the
    code below it.
    """
    if not (letter.code or letter.proof):
        return Block(0.0)
    symbols: tuple[Symbol, ...] = ()
    if letter.proof:
        figure = outline.add("Figure", alt=f"验证二维码：{letter.proof}")
        symbols = (Symbol(LEFT, 0.0, _SIDE, modules(letter.proof), figure),)
    y = (_SIDE if symbols else 0.0) + _AIR + _TINY / 2
    runs: tuple[Run, ...] = ()
    if letter.code:
        runs = (Run(LEFT, y, f"验证码：{letter.code}", "fang", _TINY, _TINY, tag=outline.add("P")),)
    return Block(y + _TINY / 2 + _AIR, runs, (), symbols)


def at(block: Block, y: float) -> Block:
    """Put a block with its upper edge at y."""
    return Block(
        block.height,
        tuple(run._replace(y=run.y + y) for run in block.runs),
        tuple(rule._replace(y=rule.y + y) for rule in block.rules),
        tuple(symbol._replace(y=symbol.y + y) for symbol in block.symbols),
    )
