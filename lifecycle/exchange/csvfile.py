"""CSV as offices have it: UTF-8 with or without a mark, UTF-16 or GB 18030.

Separated by comma, tab or semicolon.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from lifecycle.errors import InvalidError
from lifecycle.exchange.rows import MOST_CELL, SheetPlace, SheetRow, heads_of, row_of

# A spreadsheet runs a cell that begins so as a formula (CWE-1236); a plain signed number is none.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def read_csv(path: Path) -> Iterator[SheetRow]:
    """Read the rows; the guard that `write_csv` puts before formulas is taken off again."""
    lines = read_records(path)
    first = next(
        ((line, cells) for line, cells in lines if any(cell.strip() for cell in cells)), None
    )
    if first is None:
        raise InvalidError(f"{path.name} 里什么也没有", "第一行写列名，以下每行一个事项")
    heads = heads_of(SheetPlace(path.name, first[0]), first[1])
    for line, cells in lines:
        row = row_of(SheetPlace(path.name, line), heads, [_unguarded(cell) for cell in cells])
        if row is not None:
            yield row


def read_records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Read the records as they stand, each with the line on which it begins."""
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        separator = _separator(file)
        yield from _numbered(path.name, csv.reader(file, delimiter=separator, strict=True))


def write_csv(file: TextIO, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write heads and rows and count the rows.

    What a spreadsheet would run gets an apostrophe before it.
    """
    writer = csv.writer(file, lineterminator="\r\n")  # RFC 4180 2.1
    writer.writerow([guarded(cell) for cell in header])
    count = 0
    for count, row in enumerate(rows, 1):
        writer.writerow([guarded(cell) for cell in row])
    return count


def guarded(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run."""
    return "'" + cell if _FORMULA.match(cell) and not _NUMBER.match(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell


def encoding_of(path: Path) -> str:
    """Tell the encoding of a text file from all its bytes.

    Raises InvalidError where it is none of the known.
    """
    with path.open("rb") as file:
        head = file.read(3)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding) as text:
                while text.read(1 << 20):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise InvalidError(
        f"{path.name} 的文字编码认不出（既不是 UTF-8，也不是 GB18030）",
        "在 Excel 或 WPS 中另存为“CSV UTF-8”",
    )


def _separator(file: TextIO) -> str:
    """Tell the separator from the first line that holds anything."""
    line = next((line for line in iter(lambda: file.readline(MOST_CELL), "") if line.strip()), "")
    file.seek(0)
    return max(",\t;", key=line.count)


def _numbered(name: str, reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line on which it begins; quoted cells may span lines."""
    begin = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InvalidError(
                f"{name}:{begin}：从这一行起引号不配对，或一格超过 {MOST_CELL} 字",
                "检查引号是否成对",
            ) from error
        yield begin, cells
        begin = reader.line_num + 1  # type: ignore[attr-defined]
