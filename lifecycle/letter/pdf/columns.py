"""How wide the columns of a table are: so that the table is as low as can be, whatever stands in
it.
"""

from __future__ import annotations

from itertools import product
from operator import ge
from typing import TYPE_CHECKING, NamedTuple

from lifecycle.errors import InvalidError
from lifecycle.letter.cells import width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle.letter.model import Table

_WIDTH = 156 / 25.4 * 72
"""Points of the 版心's width (GB/T 9704—2012 5.2.1)."""


class Columns(NamedTuple):
    """The size of a table's text and the blank beside it, in points.

    The half-width cells of each column.
    """

    size: float
    pad: float
    cells: tuple[int, ...]


class _ColumnLook(NamedTuple):
    """A size of text that a table may have, and the least cells of a column in it."""

    size: float
    pad: float
    least: int


_LOOKS = (_ColumnLook(14.0, 3.0, 4), _ColumnLook(10.5, 2.0, 4), _ColumnLook(10.5, 2.0, 2))
"""Size 4 with two characters in a column at least.

Size 5 where that has no room; at last one character.
"""

_WORD, _SHORT = 8, 20
"""Cells up to which a text is a word, and up to which it is short."""
_STEPS = (2, 4, 8)
"""Cells that one column may give to another at a time."""


def columns_of(table: Table, words: Sequence[int] | None = None) -> Columns:
    """Share the width of the 版心 among a table's columns.

    `words` are the cells that each column's longest unbreakable word takes. None is parted that
    some size of text has room for; where none has, the size that keeps most whole is taken.

    Raise InvalidError for a table with more columns than there is room for (30).
    """
    count = len(table.head)
    words = words or [0] * count
    found = [(look, room) for look, room in _rooms(count) if room >= count * look.least]
    if not found:
        raise InvalidError(f"表格有 {count} 列，一页排不下", "请减少列数，或拆成几个表")
    for look, room in found:
        # Words that have room anyhow move nothing.
        cells = _shared(table, room, [look.least] * count)
        if all(map(ge, cells, words)):
            return Columns(look.size, look.pad, cells)
        wanted = [max(look.least, word) for word in words]
        if sum(wanted) <= room:
            return Columns(look.size, look.pad, _shared(table, room, wanted))
    kept = [(look, room, _kept(words, room, look.least)) for look, room in found]
    look, room, wanted = max(kept, key=lambda one: sum(map(ge, one[2], words)))
    return Columns(look.size, look.pad, _shared(table, room, wanted))


def _rooms(count: int) -> Iterator[tuple[_ColumnLook, int]]:
    """Give the cells that so many columns have together, in each size of text."""
    for look in _LOOKS:
        yield look, int((_WIDTH - count * 2 * look.pad) // (look.size / 2))


def _kept(words: Sequence[int], room: int, least: int) -> list[int]:
    """Give the least cells of each column where not all words have room: the shorter a word, the
    sooner it is kept whole.
    """
    wanted = [least] * len(words)
    for n in sorted(range(len(words)), key=lambda n: words[n]):
        if sum(wanted) - wanted[n] + max(least, words[n]) <= room:
            wanted[n] = max(least, words[n])
    return wanted


def _shared(table: Table, room: int, least: Sequence[int]) -> tuple[int, ...]:
    """Give each column what its longest text needs if there is room; else where it makes the table
    lowest.

    `least` are the cells that no column goes below.
    """
    rows = [[width(text) for text in row] for row in (table.head, *table.rows)]
    columns = zip(*rows, strict=True)
    wishes = [max(low, *column) for low, column in zip(least, columns, strict=True)]
    if sum(wishes) <= room:
        return _spread(wishes, room)
    starts = [_start(wish, low) for wish, low in zip(wishes, least, strict=True)]
    if sum(starts) > room:
        starts = list(least)
    open_ = [wish - start for wish, start in zip(wishes, starts, strict=True)]
    spare, asked = room - sum(starts), sum(open_)
    cells = [start + spare * more // asked for start, more in zip(starts, open_, strict=True)]
    return _spread(_lowest(rows, cells, starts), room)


def _start(wish: int, least: int) -> int:
    """Give the cells that a column has at least: a word is not broken, a short text such as a date
    once at most.
    """
    if wish <= _WORD:
        return max(least, wish)
    return max(least, _WORD if wish > _SHORT else -(-wish // 2))


def _lowest(rows: list[list[int]], cells: list[int], starts: list[int]) -> list[int]:
    """Move cells from column to column for as long as that makes the table lower."""
    best = _height(rows, cells)
    while True:
        tries = [
            [count + (n == to) * step - (n == giver) * step for n, count in enumerate(cells)]
            for to, giver, step in product(range(len(cells)), range(len(cells)), _STEPS)
            if to != giver and cells[giver] - step >= starts[giver]
        ]
        lowest = min(tries, key=lambda moved: _height(rows, moved), default=cells)
        if _height(rows, lowest) >= best:
            return cells
        cells, best = lowest, _height(rows, lowest)


def _height(rows: list[list[int]], cells: list[int]) -> tuple[int, int]:
    """Count the lines of all rows; of two equally low tables the one with fewer lines in its cells
    is better.
    """
    lines = [[-(-wide // room) for wide, room in zip(row, cells, strict=True)] for row in rows]
    return sum(max(row) for row in lines), sum(sum(row) for row in lines)


def _spread(cells: list[int], room: int) -> tuple[int, ...]:
    """Spread what is left over all columns in proportion, so that the table is as wide
    as the 版心.
    """
    total = sum(cells)
    wide = [count * room // total for count in cells]
    left = room - sum(wide)
    return tuple(count + (n < left) for n, count in enumerate(wide))
