"""Which character identifier (CID) each glyph of a CFF font bears: what a PDF writes for it (Adobe
TN 5176).
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

_CHARSET, _ROS = 15, (12, 30)
_ESCAPE, _SHORT, _LONG, _REAL = 12, 28, 29, 30

_Operator = int | tuple[int, int]


class Identity(NamedTuple):
    """A CFF font's name and the CID of each glyph, by glyph index; a font without CIDs has each
    glyph's own index.
    """

    name: str
    cids: tuple[int, ...] | range


def identity(table: bytes, glyphs: int) -> Identity:
    """Read name and CIDs from a CFF table (TN 5176 §§7, 8, 9, 13) of a font with so many glyphs."""
    names, at = _index(table, table[2])
    tops, _ = _index(table, at)
    top = _dictionary(tops[0])
    name = names[0].decode("ascii", "replace")
    return Identity(
        name, _charset(table, top[_CHARSET][0], glyphs) if _ROS in top else range(glyphs)
    )


def _index(table: bytes, at: int) -> tuple[list[bytes], int]:
    """Read an INDEX; give its items and where it ends."""
    count = int.from_bytes(table[at : at + 2], "big")
    if not count:
        return [], at + 2
    size, first = table[at + 2], at + 3
    places = [
        int.from_bytes(table[first + n * size : first + (n + 1) * size], "big")
        for n in range(count + 1)
    ]
    base = first + (count + 1) * size - 1
    return [table[base + a : base + b] for a, b in pairwise(places)], base + places[-1]


def _dictionary(data: bytes) -> dict[_Operator, list[int]]:
    """Read a DICT; real numbers, which nothing here needs, read as 0."""
    entries: dict[_Operator, list[int]] = {}
    operands: list[int] = []
    at = 0
    while at < len(data):
        byte = data[at]
        if byte > _ESCAPE + 9:
            value, at = _operand(data, at)
            operands.append(value)
            continue
        operator: _Operator = (byte, data[at + 1]) if byte == _ESCAPE else byte
        at += 2 if byte == _ESCAPE else 1
        entries[operator] = operands
        operands = []
    return entries


def _operand(data: bytes, at: int) -> tuple[int, int]:
    """Read one number of a DICT; give it and where the next thing stands."""
    byte = data[at]
    if byte == _SHORT:
        return int.from_bytes(data[at + 1 : at + 3], "big", signed=True), at + 3
    if byte == _LONG:
        return int.from_bytes(data[at + 1 : at + 5], "big", signed=True), at + 5
    if byte == _REAL:
        at += 1
        while data[at] & 15 != 15 and data[at] >> 4 != 15:
            at += 1
        return 0, at + 1
    if byte <= 246:
        return byte - 139, at + 1
    if byte <= 250:
        return (byte - 247) * 256 + data[at + 1] + 108, at + 2
    return -(byte - 251) * 256 - data[at + 1] - 108, at + 2


def _charset(table: bytes, at: int, glyphs: int) -> tuple[int, ...]:
    """Read the charset: one CID to a glyph (format 0), or ranges with a count of one (1) or two (2)
    bytes.
    """
    form, at = table[at], at + 1
    cids = [0]
    left = {0: 0, 1: 1, 2: 2}[form]
    while len(cids) < glyphs:
        first = int.from_bytes(table[at : at + 2], "big")
        more = int.from_bytes(table[at + 2 : at + 2 + left], "big")
        cids += range(first, first + more + 1)
        at += 2 + left
    return tuple(cids)
