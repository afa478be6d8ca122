"""A sheet as it stands, cell by cell: its texts, its merged cells, what is hidden, and the cells of
which the sheet shows something else than it holds.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from lifecycle.engine.values import plain_decimal
from lifecycle.errors import InvalidError
from lifecycle.exchange.csvfile import read_records
from lifecycle.exchange.rows import MOST_CELL, MOST_COLUMNS, letters
from lifecycle.exchange.sheets.words import sheet_words
from lifecycle.exchange.tables import is_workbook

MOST_ROWS = 100_000
_CSV = "表格"
"""What the only sheet of a CSV file is called."""
_EPOCH = date(1899, 12, 30)
"""The day 0 of Excel's serial dates, after February 1900 (ECMA-376 18.17.4.1)."""
_MOST_DIGITS = 15
"""A spreadsheet keeps so many digits of a number."""
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row [^>]*?>")
_HIDDEN_COLUMN = re.compile(rb"<(?:\w+:)?col [^>]*?>")
_IS_HIDDEN = re.compile(rb' hidden="(?:1|true)"')
_NUMBERED = re.compile(rb' (r|min|max)="(\d+)"')
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]')
_SCALED = re.compile(r"[0#?],+(?![0#?])")
"""A comma behind the digits of a number's format divides what is shown by a thousand."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Merged cells: the rows and columns that they take, from 1 and from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def wide(self) -> bool:
        """Tell whether it goes over several columns."""
        return self.right > self.left

    @property
    def high(self) -> bool:
        """Tell whether it goes over several rows."""
        return self.bottom > self.top

    def __str__(self) -> str:
        return f"{cell_name(self.top, self.left)}:{cell_name(self.bottom, self.right)}"


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet: its rows that hold anything, by number from 1, each with its texts by column from 0.

    `doubts` says of a cell (row, column) why its text may not be what was meant. `epoch` is the day
    0 of its serial dates, `width` the number of its columns.
    """

    title: str
    rows: Mapping[int, tuple[str, ...]]
    merges: tuple[Merge, ...] = ()
    doubts: Mapping[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    epoch: date = _EPOCH
    width: int = field(init=False)
    _merged: Mapping[tuple[int, int], Merge] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        width = max((len(cells) for cells in self.rows.values()), default=0)
        object.__setattr__(self, "width", width)
        object.__setattr__(self, "_merged", dict(_cells_of(self.merges, sorted(self.rows))))

    def own(self, row: int, column: int) -> str:
        """Give what stands in a cell itself."""
        cells = self.rows.get(row, ())
        return cells[column] if column < len(cells) else ""

    def merge_at(self, row: int, column: int) -> Merge | None:
        """Give the merged cells of which a cell is one."""
        return self._merged.get((row, column))

    def text(self, row: int, column: int) -> str:
        """Give what a cell shows; one of merged cells shows what all of them do."""
        merge = self.merge_at(row, column)
        return self.own(merge.top, merge.left) if merge else self.own(row, column)

    def filled(self, row: int) -> list[int]:
        """List the columns in which a row itself holds something."""
        return [column for column, text in enumerate(self.rows.get(row, ())) if text]

    def cell(self, row: int, column: int) -> str:
        """Name a cell as spreadsheets do: 在谈项目!E12."""
        return f"{self.title}!{cell_name(row, column)}"


def cell_name(row: int, column: int) -> str:
    """Name a cell within its sheet: E12."""
    return f"{letters(column)}{row}"


@dataclass(frozen=True, slots=True)
class Sheets:
    """The visible sheets of a file, and the names of those that are hidden."""

    file: str
    grids: tuple[Grid, ...]
    hidden: tuple[str, ...] = ()


def read_sheets(path: Path) -> Sheets:
    """Read a workbook or a CSV file as it stands.

    Raises InvalidError where it is none, or too large.
    """
    if not is_workbook(path):
        if path.suffix.lower() in (".yaml", ".yml"):
            mend = "对照用于 XLSX、CSV；YAML 的键写要素的标识或名称，直接读"
            raise InvalidError(f"{path.name} 是 YAML，不是表格", mend)
        return Sheets(path.name, (_csv_grid(path),))
    from lifecycle.exchange.workbook import opened_book

    with opened_book(path) as book:
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        hidden = tuple(sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible")
        if not shown:
            raise InvalidError(f"{path.name} 里没有可见的工作表", "取消隐藏要读的工作表")
        epoch = book.epoch.date() if isinstance(book.epoch, datetime) else _EPOCH
        return Sheets(path.name, tuple(_grid(path, sheet, epoch) for sheet in shown), hidden)


def _csv_grid(path: Path) -> Grid:
    rows = {}
    for line, cells in read_records(path):
        texts = _trimmed([cell.strip() for cell in cells])
        if texts:
            rows[line] = texts
            _see_size(path.name, len(rows), len(texts))
    return Grid(_CSV, rows)


def _grid(path: Path, sheet: Any, epoch: date) -> Grid:
    from lifecycle.exchange.workbook import uncalculated_cells

    uncalculated = uncalculated_cells(sheet)
    merges, hidden_rows, hidden_columns = _drawn(sheet)
    sheet.reset_dimensions()  # what a file says of its own size is not always true
    rows: dict[int, tuple[str, ...]] = {}
    doubts: dict[tuple[int, int], str] = {}
    for number, cells in enumerate(sheet.iter_rows(), 1):
        texts = []
        for column, cell in enumerate(cells):
            text, doubt = _read(cell)
            texts.append(text)
            if doubt:
                doubts[number, column] = doubt
        for name in uncalculated.get(number, ()):
            column = _column(re.sub(r"\d", "", name))
            doubts[number, column] = "公式没有算出的值，用 Excel 或 WPS 打开并保存一次"
            texts += [""] * (column + 1 - len(texts))
            texts[column] = f"（公式 {name}）"  # so that no two are taken for one value
        kept = _trimmed(texts)
        if kept:
            rows[number] = kept
            _see_size(path.name, len(rows), len(kept))
    return Grid(sheet.title, rows, merges, doubts, hidden_rows, hidden_columns, epoch)


def _see_size(file: str, rows: int, columns: int) -> None:
    if rows > MOST_ROWS:
        raise InvalidError(f"{file} 的一张表超过 {MOST_ROWS} 行", "请拆成几个文件")
    if columns > MOST_COLUMNS:
        raise InvalidError(f"{file} 的一张表超过 {MOST_COLUMNS} 列", "删去多余的列")


def _trimmed(texts: list[str]) -> tuple[str, ...]:
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _read(cell: Any) -> tuple[str, str]:
    """Give a cell's text as an officer would type it, and why that may not be what was meant."""
    from lifecycle.exchange.workbook import ERRORS, text_of

    value = cell.value
    if value is None:
        return "", ""
    text = text_of(value).replace("\r\n", "\n").strip()[:MOST_CELL]
    if text in ERRORS:
        return text, "公式出错，改正公式，或直接填值"
    if isinstance(value, bool) or not isinstance(value, (int, float, datetime, date)):
        return text, ""
    shape = str(cell.number_format or "")
    if isinstance(value, (datetime, date)):
        bare = _QUOTED.sub("", shape).lower()
        vague = "y" in bare and "d" not in bare
        return text, f"表里只显示到月，存的却是 {text}，要写明哪一天" if vague else ""
    return _number(text, shape)


def _number(text: str, shape: str) -> tuple[str, str]:
    """Give a number's text as it is shown, as far as its format does not change what it means."""
    said = "".join(a or b for a, b in _QUOTED.findall(shape.partition(";")[0]))
    bare = _QUOTED.sub("", shape.partition(";")[0])
    unit = re.search(r"[^\W\d_a-zA-Z]+", said + bare)
    if "%" in bare:
        return f"{plain_decimal(Decimal(text) * 100)}%", ""
    if len(re.sub(r"\D", "", text).strip("0")) > _MOST_DIGITS:
        return text, f"表里的数只保留 {_MOST_DIGITS} 位，后面的位数已经丢失；编码、证号要存成文本"
    if _SCALED.search(bare) or "!." in shape:
        return text, f"这一格存的是 {text}，显示时按格式缩小了，分不清单位"
    if unit and sheet_words().measure(unit[0]):
        return text, f"这一格存的是 {text}，单位“{unit[0]}”只在显示格式里，改成直接写出单位"
    return text, ""


def _drawn(sheet: Any) -> tuple[tuple[Merge, ...], frozenset[int], frozenset[int]]:
    """Find the merged cells and what is hidden, which are not given row by row."""
    from lifecycle.exchange.workbook import windows

    merges: dict[Merge, None] = {}
    rows: set[int] = set()
    columns: set[int] = set()
    with sheet._get_source() as source:
        for window in windows(source):
            for left, top, right, bottom in _MERGED.findall(window):
                merges[Merge(int(top), _column(left), int(bottom), _column(right))] = None
            for tag in _hidden(_HIDDEN_ROW, window):
                rows.add(tag["r"])
            for tag in _hidden(_HIDDEN_COLUMN, window):
                columns.update(range(tag["min"] - 1, min(tag["max"], MOST_COLUMNS)))
    return tuple(merges), frozenset(rows), frozenset(columns)


def _hidden(pattern: re.Pattern[bytes], window: bytes) -> Iterator[dict[str, int]]:
    """Give the numbers of each row or column in a piece of a sheet that is hidden."""
    if b"hidden=" not in window:
        return
    for tag in pattern.findall(window):
        if _IS_HIDDEN.search(tag):
            yield {name.decode(): int(number) for name, number in _NUMBERED.findall(tag)}


def _column(name: str | bytes) -> int:
    """Give the number of a column from 0: A is 0, AA is 26."""
    number = 0
    for char in name.decode() if isinstance(name, bytes) else name:
        number = number * 26 + ord(char) - 64
    return number - 1


def _cells_of(
    merges: Sequence[Merge], rows: Sequence[int]
) -> Iterator[tuple[tuple[int, int], Merge]]:
    """Give each cell of merged cells that is in a row which holds anything."""
    for merge in merges:
        first, last = bisect_left(rows, merge.top), bisect_right(rows, merge.bottom)
        for row in rows[first:last]:
            for column in range(merge.left, min(merge.right, MOST_COLUMNS) + 1):
                yield (row, column), merge
