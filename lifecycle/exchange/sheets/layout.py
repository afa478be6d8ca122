"""Where the table stands in a sheet: the rows of its heading, its columns, and the rows that are no
item of it – totals, captions of groups, notes, the heading repeated on a new page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lifecycle.exchange.sheets.grid import Grid
from lifecycle.exchange.sheets.words import folded, sheet_words

_LOOKED_AT = 30
"""A heading stands among so many rows that hold anything."""
_MOST_HEAD_ROWS = 4
_MOST_TOTAL = 12
"""A total is not called by more signs: 龙泉市小计."""
_FIRST_CELLS = 4
"""In so many of a row's first filled cells it says that it is a total."""
_SERIAL = re.compile(r"[(]?[0-9]+[).、.]?")
_UNIT_SAID = re.compile(r"单位[:：]([^\s,，;；()（）]+)")
_BEHIND_NOTE = re.compile(r"[:(]|[0-9]*[、.:)]")
"""What stands behind the word with which a note begins."""
_IN_BRACKETS = re.compile(r"[(（\[【]([^)）\]】]*)[)）\]】]")


@dataclass(frozen=True, slots=True)
class HeadColumn:
    """A column of a table: its number from 0, and its heads from the topmost down."""

    index: int
    path: tuple[str, ...]

    @property
    def text(self) -> str:
        """Give its heading in one line: 投资情况（万元）/总投资."""
        return "/".join(self.path)


@dataclass(frozen=True, slots=True)
class LeftRow:
    """A row that is left out: its number, its first text, and why."""

    row: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A table in a sheet: the first and last row of its heading, its columns, its rows, what is
    left out and why, and the unit that is said above it for all (empty: none). `numbered` counts
    the rows that hold nothing but their serial number.
    """

    head: tuple[int, int]
    columns: tuple[HeadColumn, ...]
    rows: tuple[int, ...]
    left_out: tuple[LeftRow, ...]
    unit: str
    numbered: int


def find_table(grid: Grid, is_known: Callable[[str], bool]) -> SheetTable | None:
    """Find a sheet's table; `is_known` tells whether a head is one of those that are looked for.

    None where no row is a heading.
    """
    first = _heading_row(grid, is_known)
    if first is None:
        return None
    head = _head_rows(grid, first)
    columns = tuple(heads_of_table(grid, head))
    above = " ".join(
        text for row, cells in grid.rows.items() if row < head[0] for text in cells if text
    )
    said = [folded(unit) for unit in _UNIT_SAID.findall(above) if sheet_words().measure(unit)]
    rows, left, numbered = _sorted_rows(grid, head, columns)
    unit = said[-1] if said else ""
    return SheetTable(head, columns, tuple(rows), tuple(left), unit, numbered)


def heads_of_table(grid: Grid, head: tuple[int, int]) -> Iterator[HeadColumn]:
    """Give the columns under a heading of one row or several; those without a head, where they hold
    anything, too.
    """
    last = max(grid.width, 1)
    for column in range(last):
        path: list[str] = []
        for row in range(head[0], head[1] + 1):
            text = one_line(grid.text(row, column))
            if text and (not path or path[-1] != text):
                path.append(text)
        if path or any(row > head[1] and grid.own(row, column) for row in grid.rows):
            yield HeadColumn(column, tuple(path))


def one_line(text: str) -> str:
    """Give a text as it is shown in one line, without signs that nobody sees."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(shown.split())


def is_total(grid: Grid, row: int) -> bool:
    """Tell whether a row says that it adds up others."""
    words = sheet_words()["totals"]
    texts = [folded(grid.own(row, column)) for column in grid.filled(row)[:_FIRST_CELLS]]
    return any(_is_total(text, words) for text in texts)


def _is_total(text: str, words: tuple[str, ...]) -> bool:
    for word in words:
        rest = text.removeprefix(word)
        if text == word or (rest != text and re.match(r"[:(0-9]", rest)):
            return True
        if text.endswith(word) and len(text) <= _MOST_TOTAL:
            return True
    return False


def is_serial(text: str) -> bool:
    """Tell whether a head is that of the rows' numbers."""
    return folded(text) in sheet_words()["serial"]


def is_only_numbered(grid: Grid, row: int, columns: tuple[HeadColumn, ...]) -> bool:
    """Tell whether a row holds nothing but its serial number: a form not filled in."""
    serial = {column.index for column in columns if is_serial(column.text)}
    filled = grid.filled(row)
    return set(filled) <= serial and all(
        _SERIAL.fullmatch(folded(grid.own(row, column))) for column in filled
    )


def unit_in(head: str) -> str:
    """Give the unit that a head names in brackets or at its end, empty where it names none."""
    words = sheet_words()
    for inside in reversed(_IN_BRACKETS.findall(head)):
        named = folded(inside).removeprefix("单位").lstrip(":")
        if words.measure(named) or named in words["counters"] or named == "%":
            return named
    return ""


def without_brackets(head: str) -> str:
    """Give a head as it is compared, without what stands in brackets."""
    return folded(_IN_BRACKETS.sub("", head))


def _heading_row(grid: Grid, is_known: Callable[[str], bool]) -> int | None:
    """Find the row with most heads that are known; else none."""
    best, most = None, 0
    for row in list(grid.rows)[:_LOOKED_AT]:
        texts = [grid.own(row, column) for column in grid.filled(row)]
        known = sum(is_known(text) or is_serial(text) for text in texts)
        if known > most and (known > 1 or len(texts) > 2 or len(grid.rows) < 3):
            best, most = row, known
    return best


def _head_rows(grid: Grid, row: int) -> tuple[int, int]:
    """Find the first and last row of a heading from one row of it: merged cells hold them
    together, and a head over several columns has others below it.
    """
    first = last = row
    while first > 1 and last - first < _MOST_HEAD_ROWS and _hangs_on(grid, first - 1, first):
        first -= 1
    while last - first < _MOST_HEAD_ROWS and _hangs_on(grid, last, last + 1):
        last += 1
    return first, last


def _hangs_on(grid: Grid, upper: int, lower: int) -> bool:
    """Tell whether two rows are of one heading."""
    if upper not in grid.rows or lower not in grid.rows:
        return False
    high = [m for m in grid.merges if m.top <= upper and m.bottom >= lower and m.left < grid.width]
    if high:
        return True
    wide = [m for m in grid.merges if m.top == upper and m.bottom == upper and m.wide]
    under = {column for merge in wide for column in range(merge.left, merge.right + 1)}
    apart = len(grid.filled(upper)) > 1
    return apart and bool(under) and set(grid.filled(lower)) <= under


def _sorted_rows(
    grid: Grid, head: tuple[int, int], columns: tuple[HeadColumn, ...]
) -> tuple[list[int], list[LeftRow], int]:
    """Sort the rows below a heading: items, what is left out, how many are only numbered."""
    serial = frozenset(column.index for column in columns if is_serial(column.text))
    rows: list[int] = []
    left: list[LeftRow] = []
    numbered = 0
    heading = [folded(text) for text in grid.rows[head[1]]]
    for row in grid.rows:
        if row <= head[1]:
            continue
        if is_only_numbered(grid, row, columns):
            numbered += 1
            continue
        why = _why_left(grid, row, heading, serial)
        if why:
            left.append(LeftRow(row, first_text(grid, row), why))
        else:
            rows.append(row)
    return rows, left, numbered


def first_text(grid: Grid, row: int) -> str:
    """Give the first text of a row, by which it is recognised."""
    filled = grid.filled(row)
    return one_line(grid.own(row, filled[0])) if filled else ""


def _why_left(grid: Grid, row: int, heading: list[str], serial: frozenset[int]) -> str:
    """Say why a row is no item; empty where it is one. `serial` are the columns of numbers."""
    words = sheet_words()
    filled = grid.filled(row)
    texts = [folded(grid.own(row, column)) for column in filled]
    if is_total(grid, row):
        return "合计行"
    if len(texts) > 1 and texts == [text for text in heading if text]:
        return "表头重复"
    if any(_is_note(texts, word) for word in words["notes"]):
        return "说明或落款"
    if len(filled) == 1 and not _is_below_merged(grid, row):
        return "只有一格有字，像是分组的标题或说明"
    if len(filled) == 2 and filled[0] in serial and not _SERIAL.fullmatch(texts[0]):
        return "只有编次和一格有字，像是分组的标题"
    return ""


def _is_below_merged(grid: Grid, row: int) -> bool:
    """Tell whether a row is within merged cells that begin above it."""
    merges = (grid.merge_at(row, column) for column in range(grid.width))
    return any(merge is not None and merge.top < row for merge in merges)


def _is_note(texts: list[str], word: str) -> bool:
    """Tell whether a row begins with a word of notes: 注：…, 注1.…; or is that word with one text
    more.
    """
    rest = texts[0].removeprefix(word)
    if rest == texts[0]:
        return False
    return bool(_BEHIND_NOTE.match(rest)) or (not rest and len(texts) < 3)
