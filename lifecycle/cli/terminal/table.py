"""Tables and blocks that align in a terminal, wide and narrow characters mixed, written as their
rows arrive.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import islice, zip_longest

from lifecycle.cli.terminal.output import Painted, columns, paint, shown
from lifecycle.cli.terminal.text import longest_word, pad, safe, wrap
from lifecycle.errors import cell_width

GAP = "  "
PAGE = 200
"""Rows looked at together to find the widths: so many are kept in memory, however long
the table.
"""
LEAST = 10
"""Cells that a column of prose keeps when a table is squeezed into the terminal."""
TALLEST = 4
"""Lines that a cell of a narrow column takes at most."""
INDENT = "    "


def write_table(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, align: str = "", page: int = PAGE
) -> int:
    """Print an aligned table page by page and count its rows.

    `align` has `<` or `>` for each column. On a terminal, cells go on in further lines where a line
    would be too long; numbers and identifiers, which one copies, stay whole. Where even so the
    columns do not fit beside each other, each row is written as a note: its first cell, and under
    it the others, each after its title. Into a file or pipe every row is one line.
    """
    align = align.ljust(len(header), "<")
    wanted = [cell_width(title) for title in header]
    least = list(wanted)
    widths: list[int] | None = []
    limit = columns()
    count = 0
    stream = iter(rows)
    while batch := [[shown(cell) for cell in row] for row in islice(stream, page)]:
        wanted = _widths(batch, wanted, cell_width)
        wider: list[int] | None = wanted
        if limit is not None and _total(wanted) > limit:
            least = _widths(batch, least, _least)
            wider = _squeezed(wanted, least, limit)
        if wider is not None and wider != widths:  # the heads move with their columns
            _write_row([paint(title, "bold") for title in header], wider, align)
        widths = wider
        for row in batch:
            if widths is None:
                _write_note(header, row, limit or 0)
            else:
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


def _least(cell: str) -> int:
    """Count the cells that a cell needs so that no word of it is broken."""
    return min(cell_width(cell), max(LEAST, longest_word(cell)))


def _widths(batch: list[list[str]], least: list[int], measure: Callable[[str], int]) -> list[int]:
    widths = list(least)
    for row in batch:
        for index, cell in enumerate(row):
            widths[index] = max(widths[index], measure(_plain(cell)))
    return widths


def _total(widths: list[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _squeezed(widths: list[int], least: list[int], limit: int) -> list[int] | None:
    """Take room from the widest columns until the table fits the terminal; None if it cannot, or
    only with a column that is narrow and tall.
    """
    if _total(least) > limit:
        return None
    left = list(widths)
    for _ in range(_total(widths) - limit):
        spare = [index for index, width in enumerate(left) if width > least[index]]
        left[max(spare, key=left.__getitem__)] -= 1
    tall = (
        width < 2 * LEAST and wanted > TALLEST * width
        for wanted, width in zip(widths, left, strict=True)
    )
    return None if any(tall) else left


def _write_note(header: Sequence[str], row: Sequence[str], limit: int) -> None:
    """Write one row as a note; of its lines only one that holds a single cell may be broken."""
    first, *others = row
    told = [
        f"{title}：{plain}" if title else plain
        for title, cell in zip(header[1:], others, strict=True)
        if (plain := _plain(cell))
    ]
    if not header[0] and told:  # a mark says nothing alone
        first = f"{_plain(first)} {told.pop(0)}"
    sys.stdout.write(wrap(_plain(first), limit, rest=INDENT) + "\n")
    line = ""
    for part in told:
        joined = f"{line}{GAP}{part}" if line else part
        if line and cell_width(INDENT + joined) > limit:
            sys.stdout.write(_indented(line, limit))
            joined = part
        line = joined
    if line:
        sys.stdout.write(_indented(line, limit))


def _indented(line: str, limit: int) -> str:
    return wrap(line, limit, first=INDENT, rest=INDENT + GAP) + "\n"


def _write_row(row: Sequence[str], widths: Sequence[int], align: str) -> None:
    """Write one row in its columns."""
    columns_of_lines = [_lines(cell, width) for cell, width in zip(row, widths, strict=True)]
    for parts in zip_longest(*columns_of_lines, fillvalue=""):
        cells = [
            _padded(part, width, side)
            for part, width, side in zip(parts, widths, align, strict=True)
        ]
        sys.stdout.write(GAP.join(cells).rstrip() + "\n")


def _lines(cell: str, width: int) -> list[str]:
    """Break a cell into lines of its column, each coloured as it is."""
    plain = _plain(cell)
    if cell_width(plain) <= width:
        return [cell]
    lines = wrap(plain, width).split("\n")
    return [cell.again(line) for line in lines] if isinstance(cell, Painted) else lines


def _padded(cell: str, width: int, side: str) -> str:
    plain = _plain(cell)
    return pad(plain, width, side).replace(plain, str(cell), 1) if plain else pad("", width)
