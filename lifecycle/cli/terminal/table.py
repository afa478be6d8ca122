"""Tables and blocks that align in a terminal, wide and narrow characters mixed, written as their
rows arrive.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from itertools import islice

from lifecycle.cli.terminal.output import Painted, columns, paint, shown
from lifecycle.cli.terminal.text import cut, pad, safe, wrap
from lifecycle.errors import cell_width

GAP = "  "
PAGE = 200
"""Rows looked at together to find the widths: so many are kept in memory, however long
the table.
"""
LEAST = 6
"""Cells that a column keeps when a table is squeezed into the terminal."""


def write_table(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, align: str = "", page: int = PAGE
) -> int:
    """Print an aligned table page by page and count its rows.

    `align` has `<` or `>` for each column. On a terminal, cells are cut so that no line is broken;
    into a file or pipe they are written whole.
    """
    align = align.ljust(len(header), "<")
    widths = [cell_width(title) for title in header]
    limit = columns()
    count = 0
    stream = iter(rows)
    while batch := [[shown(cell) for cell in row] for row in islice(stream, page)]:
        wider = _squeezed(_widths(batch, widths), limit)
        if count == 0 or wider != widths:  # the heads move with their columns
            _write_row([paint(title, "bold") for title in header], wider, align)
            widths = wider
        for row in batch:
            _write_row(row, widths, align)
        count += len(batch)
    return count


def write_block(pairs: Iterable[tuple[str, str]], *, indent: str = "") -> None:
    """Print `key value` lines with the values aligned.

    A value's further lines stand under its first.
    """
    pairs = [(safe(key), value) for key, value in pairs]
    width = max((cell_width(key) for key, _ in pairs), default=0)
    limit = columns()
    for key, value in pairs:
        lead = indent + pad(key, width) + GAP
        rest = " " * cell_width(lead)
        for line in [value] if isinstance(value, Painted) else value.split("\n"):
            whole = limit is None or isinstance(line, Painted)
            text = (
                lead + shown(line)
                if whole
                else wrap(shown(line), limit or 0, first=lead, rest=rest)
            )
            sys.stdout.write(text.rstrip() + "\n")
            lead = rest


def _plain(cell: str) -> str:
    return cell.plain if isinstance(cell, Painted) else cell


def _widths(batch: list[list[str]], least: list[int]) -> list[int]:
    widths = list(least)
    for row in batch:
        for index, cell in enumerate(row):
            widths[index] = max(widths[index], cell_width(_plain(cell)))
    return widths


def _squeezed(widths: list[int], limit: int | None) -> list[int]:
    """Take room from the widest columns until the table fits the terminal."""
    if limit is None:
        return widths
    widths = list(widths)
    over = sum(widths) + len(GAP) * (len(widths) - 1) - limit
    while over > 0 and max(widths) > LEAST:
        widest = widths.index(max(widths))
        widths[widest] -= 1
        over -= 1
    return widths


def _write_row(row: Sequence[str], widths: Sequence[int], align: str) -> None:
    cells = []
    for cell, width, side in zip(row, widths, align, strict=True):
        plain = _plain(cell)
        if cell_width(plain) > width:
            cells.append(cut(plain, width))
        elif isinstance(cell, Painted):
            cells.append(
                pad(plain, width, side).replace(plain, str(cell), 1) if plain else pad("", width)
            )
        else:
            cells.append(pad(cell, width, side))
    sys.stdout.write(GAP.join(cells).rstrip() + "\n")
