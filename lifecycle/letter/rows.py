"""A letter's table as lines of text that read well in a terminal and, pasted, in any font."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle.letter.cells import CELLS, width, wrap

if TYPE_CHECKING:
    from lifecycle.letter.model import Table

_BAR, _RULE, _CROSS = "│", "─", "┼"
_INDENT = "\u3000\u3000"


def table_lines(table: Table) -> list[str]:
    """Set a table in columns with rules if it fits in 28 characters, else row by row as
    列名：值；列名：值。
    """
    columns = list(zip(table.head, *table.rows, strict=True))
    # Rules and blanks are full-width, so that each column has an even number of cells.
    sizes = [
        max(2, *map(width, column)) // 2 * 2 + max(2, *map(width, column)) % 2 * 2
        for column in columns
    ]
    if sum(sizes) + 2 * (len(sizes) - 1) <= CELLS:
        ruler = _CROSS.join(_RULE * (size // 2) for size in sizes)
        head, *rows = (_columns(row, sizes) for row in (table.head, *table.rows))
        return [head, ruler, *rows]
    lines: list[str] = []
    for row in table.rows:
        lines += wrap(_INDENT + said(table.head, row))
    return lines


def said(head: tuple[str, ...], row: tuple[str, ...]) -> str:
    """Say a row in words: 列名：值；列名：值。 What is empty is left out."""
    pairs = (
        f"{name}：{value}" if name else value
        for name, value in zip(head, row, strict=True)
        if value
    )
    return "；".join(pairs) + "。"


def _columns(row: tuple[str, ...], sizes: list[int]) -> str:
    cells = []
    for text, size in zip(row, sizes, strict=True):
        rest = size - width(text)
        cells.append(text + " " * (rest % 2) + "\u3000" * (rest // 2))
    return _BAR.join(cells).rstrip(" \u3000")
