"""XLSX: all visible sheets in, one sheet of text cells out, both row by row."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from lifecycle.errors import InvalidError, cell_width
from lifecycle.exchange.rows import SheetPlace, SheetRow, heads_of, row_of

MOST_UNPACKED_MB = 500
_CONTROLS = {code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A, 0x0D)}
# A formula without the value that it last had: the file was written by a program and never
# calculated.
_UNCALCULATED = re.compile(
    rb'<c [^>]*?r="([A-Z]+\d+)"[^>]*><f[^>]*(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>'
)
_CHUNK, _OVERLAP = 1 << 20, 1 << 14


def read_xlsx(path: Path) -> Iterator[SheetRow]:
    """Read the rows of all visible sheets, each under its own heads; formulas count as the values
    that they last had.
    """
    with opened_book(path) as book:
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise InvalidError(f"{path.name} 里没有可见的工作表")
        filled = 0
        for sheet in sheets:
            for row in _rows(path, sheet):
                filled += 1
                yield row
        if not filled:
            titles = "、".join(f"“{sheet.title}”" for sheet in sheets)
            message = f"{path.name} 的工作表{titles}里什么也没有"
            raise InvalidError(message, "第一行写列名，以下每行一个事项")


@contextmanager
def opened_book(path: Path) -> Iterator[Any]:
    """Open a workbook to be read row by row; raises InvalidError where it is none."""
    _guard_size(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        SyntaxError,
        OSError,
    ) as error:
        raise InvalidError(
            f"{path.name} 不是完好的 XLSX 文件", "用 Excel 或 WPS 打开检查，另存后再试"
        ) from error
    try:
        yield book
    finally:
        book.close()


def _rows(path: Path, sheet: Any) -> Iterator[SheetRow]:
    """Read one sheet; a sheet whose heads cannot be read is one faulty row."""
    heads: list[str] = []
    uncalculated = uncalculated_cells(sheet)
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        place = SheetPlace(path.name, number, sheet.title)
        texts = [text_of(cell) for cell in cells]
        if heads:
            yield from _row(place, heads, texts, uncalculated.get(number, ()))
        elif any(text.strip() for text in texts):
            try:
                heads = heads_of(place, texts)
            except InvalidError as error:
                yield SheetRow(place, faults=(error,))
                return


def _row(
    place: SheetPlace, heads: list[str], texts: list[str], uncalculated: Sequence[str]
) -> Iterator[SheetRow]:
    """Read one row: what its cells hold, and each formula that holds nothing."""
    faults = [
        InvalidError(f"{place}：{cell} 格的公式没有算出的值", "用 Excel 或 WPS 打开并保存一次")
        for cell in uncalculated
    ]
    for index, text in enumerate(texts[: len(heads)]):
        if text in ERRORS:
            message = f"{place.at(heads[index])}：公式出错 {text}"
            faults.append(InvalidError(message, "改正公式，或直接填值"))
    kept = ["" if text in ERRORS else text for text in texts]
    row = row_of(place, heads, kept)
    if row is not None:
        yield replace(row, faults=(*faults, *row.faults))
    elif faults:
        yield SheetRow(place, faults=tuple(faults))


ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"))
"""What a cell holds where its formula fails."""


def text_of(value: object) -> str:
    """Write a cell's value as an officer would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        # A spreadsheet calculates with binary floats and shows 15 digits; what it shows is what was
        # meant.
        text = format(value, ".15g")
        return text if "e" not in text else format(value, ".15f").rstrip("0").rstrip(".")
    if isinstance(value, datetime):
        return (
            value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
        )
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def _guard_size(path: Path) -> None:
    """Refuse a small file that unpacks into a huge one."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise InvalidError(
            f"{path.name} 不是完好的 XLSX 文件", "用 Excel 或 WPS 打开检查，另存后再试"
        ) from error
    if size > MOST_UNPACKED_MB * 1_000_000:
        raise InvalidError(
            f"{path.name} 解开后有 {size / 1_000_000:.0f} MB，超过 {MOST_UNPACKED_MB} MB"
        )


def uncalculated_cells(sheet: Any) -> dict[int, list[str]]:
    """Find the formulas that hold no value, by row: openpyxl would give them as empty cells, and
    data would be lost.
    """
    found: dict[int, list[str]] = {}
    with sheet._get_source() as source:
        for window in windows(source):
            for match in _UNCALCULATED.finditer(window) if b"<f" in window else ():
                cell = match[1].decode()
                row = found.setdefault(int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")), [])
                if cell not in row:  # the windows overlap
                    row.append(cell)
    return found


def windows(source: IO[bytes]) -> Iterator[bytes]:
    """Yield a file in pieces that overlap by more than the longest formula."""
    tail = b""
    while chunk := source.read(_CHUNK):
        yield tail + chunk
        tail = (tail + chunk)[-_OVERLAP:]


def write_xlsx(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write heads and rows and count the rows.

    Every cell is text, so nothing in it can run as a formula.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    sheet.freeze_panes = "A2"
    for index, title in enumerate(header, 1):
        sheet.column_dimensions[get_column_letter(index)].width = max(12, cell_width(title) + 4)
    sheet.append([_cell(sheet, title) for title in header])
    count = 0
    for count, row in enumerate(rows, 1):
        sheet.append([_cell(sheet, text) for text in row])
    book.save(path)
    return count


def _cell(sheet: Any, text: str) -> Cell:
    # XML 1.0 has no control characters; they are shown by their pictures.
    cell = WriteOnlyCell(sheet, value=text.translate(_CONTROLS))
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
