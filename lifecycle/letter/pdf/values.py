"""Letter → the values that `letter.typ` sets: plain data, in which every text is cut into parts
(`words`).

Numbers called cells count half-width characters, 56 to a line (`lifecycle.letter.cells`); sizes are
points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle.letter.cells import CELLS, width, wrap
from lifecycle.letter.html import headed
from lifecycle.letter.images.qr import svg
from lifecycle.letter.kinds import kinds
from lifecycle.letter.model import Paragraph, Table
from lifecycle.letter.pdf.columns import columns_of
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
    from lifecycle.letter.fonts import Role
    from lifecycle.letter.model import Block, Letter, Signatures
    from lifecycle.letter.pdf.words import Wording, WordPart

Values = dict[str, Any]

_HEADINGS: dict[int, Role] = {1: "hei", 2: "kai"}
"""The fonts of headings by their level (GB/T 9704—2012 7.3.3); others are set like the text."""
_SWITCHES = ("head", "double_rules", "number_below", "record_ruled")
"""What of a layout the template is told: which head it has, and what differs elsewhere."""
_MANY = 4 * CELLS
"""Cells of a list of recipients from which on it may leave no room for text on the first page."""
_PAGE, _LOW = 20, 12
"""Lines of a table's row that still stand on one page (a longer row is parted), and those of a low
table.
"""
_RECORD = 20 * CELLS
"""Cells of a 版记 that still stands on one page."""
_LABEL, _SIGNED_ROWS = 12, 2.25
"""Cells of a line that says who signs, and the rows of the place for it."""
_ZI = 156 / 25.4 * 72 / 28
_SMALL, _TINY, _SYMBOL = 14.0, 9.0, 18 / 25.4 * 72
_PITCH = 225 / 25.4 * 72 / 22


def values_of(letter: Letter, wording: Wording) -> Values:
    """Give all that the template needs of a letter.

    Characters without a glyph are collected in `wording`.
    """
    when = letter.date
    return {
        "layout": {name: getattr(letter.shape, name) for name in _SWITCHES},
        "title": plain(letter.title),
        "issuer": plain(letter.issuer),
        "day": {"year": when.year, "month": when.month, "day": when.day},
        **_head(letter, wording),
        "to": wording.parts("、".join(letter.to) + "：" if letter.to else ""),
        "may_move": width("、".join(letter.to)) > _MANY,
        "body": _blocks(letter.body, wording),
        **_closing(letter, wording),
        **_record(letter, wording),
        "annexes": [
            {
                "label": wording.parts(label, "hei"),
                "lines": _title(annex.title, wording),
                "body": _blocks(annex.body, wording),
            }
            for label, annex in zip(annex_labels(letter), letter.annexes, strict=True)
        ],
        **_faces(wording),
    }


def plain(text: str) -> str:
    """Put a blank for each character that no XML may hold (XML 1.0 2.2), for the file's own title
    and author.
    """
    return "".join(char if char.isprintable() else " " for char in text)


def _faces(wording: Wording) -> Values:
    """Give the faces by their index, and how far above the baseline the middle of a role's
    characters is, in em.
    """
    return {
        "faces": [{"name": face.file.name, "level": face.level} for face in wording.faces],
        "levels": {role: chain[0].level for role, chain in wording.fonts.chains.items()},
        "folio": wording.face("song"),
        "dash": wording.face("fang"),
    }


def _title(title: str, wording: Wording) -> list[list[WordPart]]:
    return [wording.parts(line, "biao") for line in title_lines(title)] if title else []


def _head(letter: Letter, wording: Wording) -> Values:
    """Give what stands above the body (7.2)."""
    shown = mark(letter)
    number = letter.number or ("" if letter.shape.unnumbered else DRAFT)
    names = _signers(letter)
    labelled = [wording.parts("签发人：") if n == 0 else [] for n in range(len(names))]
    by = wrap(letter.issuer, CELLS - 4)
    when = day(letter.date)
    return {
        "mark": wording.parts(shown, "biao"),
        "mark_size": mark_size(shown),
        "urgency": wording.parts(letter.urgency, "hei"),
        "number": wording.parts(number),
        "upward": letter.shape.signer and letter.kind in kinds().upward,
        "signers": [
            label + wording.parts(name, "kai") for label, name in zip(labelled, names, strict=True)
        ],
        "signers_cells": max(map(width, names), default=0),
        "by": [wording.parts(line) for line in by],
        "when": wording.parts(when),
        "when_below": 2 + width(by[-1]) + 2 > CELLS - 2 - width(when),
        "lines": _title(letter.title, wording),
    }


def _signers(letter: Letter) -> list[str]:
    """Give the lines of who signed what goes to a superior: two names to a line (7.2.6)."""
    names = (letter.signer or "").split("、") if letter.kind in kinds().upward else []
    lines = ("\u3000".join(names[at : at + 2]) for at in range(0, len(names), 2))
    return [line for line in lines if line]


def _blocks(blocks: tuple[Block, ...], wording: Wording) -> list[Values]:
    found: list[Values] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(_paragraph(block, wording))
        elif isinstance(block, Table):
            found.append(_table(block, wording))
        else:
            found.append(_places(block, wording))
    return found


def _paragraph(paragraph: Paragraph, wording: Wording) -> Values:
    heading, rest = headed(paragraph)
    role = _HEADINGS.get(paragraph.level, "fang")
    return {
        "kind": "paragraph",
        "level": paragraph.level,
        "heading": bool(heading) and not rest,
        "pieces": wording.parts(heading, role) + wording.parts(rest),
    }


def _table(table: Table, wording: Wording) -> Values:
    columns = columns_of(table, _reaches(table, wording))
    tall = [_lines(row, columns.cells) for row in table.rows]
    return {
        "kind": "table",
        "size": columns.size,
        "pad": columns.pad,
        "columns": columns.cells,
        "head": [
            wording.parts(text, "hei", room)
            for text, room in zip(table.head, columns.cells, strict=True)
        ],
        "rows": [_row(row, columns.cells, wording) for row in table.rows],
        "low": sum(tall) <= _LOW,
        "long_end": bool(tall) and tall[-1] > _PAGE,
    }


def _reaches(table: Table, wording: Wording) -> list[int]:
    """Count the cells of each column's longest unbreakable word."""
    heads = [wording.reach(text, "hei") for text in table.head]
    columns = zip(heads, *(map(wording.reach, row) for row in table.rows), strict=True)
    return [max(column) for column in columns]


def _row(row: tuple[str, ...], cells: tuple[int, ...], wording: Wording) -> list[Values]:
    long = _lines(row, cells) > _PAGE
    return [
        {
            "pieces": wording.parts(text, room=room),
            "single": width(text) <= room,
            "long": long,
        }
        for text, room in zip(row, cells, strict=True)
    ]


def _lines(row: tuple[str, ...], cells: tuple[int, ...]) -> int:
    """Count the lines of a row's longest text."""
    return max(-(-width(text) // room) for text, room in zip(row, cells, strict=True))


def _places(signatures: Signatures, wording: Wording) -> Values:
    places = [
        {
            "label": wording.parts(place, "hei", _LABEL),
            "single": width(place) <= _LABEL,
            "rows": max(_SIGNED_ROWS, 0.75 * len(wrap(place, _LABEL)) + 0.25),
            "day": wording.parts(TO_FILL.strip("\u3000")),
        }
        for place in signatures.places
    ]
    return {"kind": "places", "places": places}


def _closing(letter: Letter, wording: Wording) -> Values:
    """Give what stands between the body and the 版记 (7.3.4–7.3.6, 10.3)."""
    lines = (
        wrap(letter.issuer, CELLS - 8) if signed(letter) and not letter.shape.issuer_in_head else []
    )
    longest = max(lines, key=width, default="")
    when = day(letter.date)
    at = CELLS - 8 - width(when) if outlasts(when, longest) else CELLS - 4 - width(longest)
    return {
        "attachments": _attachments(letter.attachments, wording),
        "attendance": [
            _hanging(
                [wording.parts(role, "hei") + wording.parts("：")],
                [width(role) + 2],
                "、".join(names),
                wording,
            )
            for role, names in letter.attendance
        ],
        "signed": [wording.parts(line, room=CELLS - at) for line in lines],
        "signed_at": at,
        "contact": wording.parts(closing_note(letter)),
        "proof": _proof(letter, wording),
        "beside": bool(lines) and _has_room(letter, at, len(lines) + 2),
    }


def _hanging(
    leads: list[list[WordPart]], cells: list[int], text: str, wording: Wording, at: int = 4
) -> Values:
    """Give a text after what leads it; its further lines stand under its first character."""
    return {
        "at": at,
        "hang": at + sum(cells),
        "leads": [
            {"pieces": lead, "cells": count} for lead, count in zip(leads, cells, strict=True)
        ],
        "pieces": wording.parts(text, room=CELLS - at - sum(cells)),
    }


def _attachments(titles: tuple[str, ...], wording: Wording) -> list[Values]:
    found = []
    for number, title in enumerate(titles, 1):
        leads = [(wording.parts("附件："), 6)] if number == 1 else []
        if len(titles) > 1:
            label = f"{number}."
            leads.append((wording.parts(label), width(label)))
        parts, cells = [lead for lead, _ in leads], [count for _, count in leads]
        found.append(_hanging(parts, cells, title, wording, at=4 if number == 1 else 10))
    return found


def _proof(letter: Letter, wording: Wording) -> Values | None:
    """Give what verifies the paper: the QR symbol and the code below it."""
    if not (letter.code or letter.proof):
        return None
    return {
        "symbol": _drawn(letter.proof) if letter.proof else "",
        "alt": f"验证二维码：{letter.proof}" if letter.proof else "",
        "code": wording.parts(f"验证码：{letter.code}" if letter.code else ""),
    }


def _drawn(proof: str) -> str:
    """Draw the symbol as an SVG document."""
    return svg(proof).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def _has_room(letter: Letter, at: int, rows: int) -> bool:
    """Tell whether the proof can stand at the left of the signature."""
    wide = width(f"验证码：{letter.code}") / 2 * _TINY if letter.code else 0.0
    high = (_SYMBOL if letter.proof else 0.0) + 15
    return (
        max(wide, _SYMBOL if letter.proof else 0.0) <= (at / 2 - 1) * _ZI and high <= rows * _PITCH
    )


def _record(letter: Letter, wording: Wording) -> Values:
    """Give the 版记 (7.4)."""
    printed = printed_on(letter)
    room = 156 / 25.4 * 72 - 3 * _SMALL
    return {
        "cc": wording.parts("抄送：" + "、".join(letter.cc) + "。" if letter.cc else ""),
        "moved_to": wording.parts("主送：" + "、".join(letter.to) + "。" if letter.to else ""),
        "printer": wording.parts(letter.issuer),
        "printed": wording.parts(printed),
        "long_record": width("、".join((*letter.to, *letter.cc))) > _RECORD,
        "printed_apart": (width(letter.issuer) + width(printed)) / 2 * _SMALL > room,
    }
