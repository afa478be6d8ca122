"""Rows out of and into other people's tables: XLSX, CSV and YAML, one row at a time.

A fault in one row is that row's own (`Row.fault`), so that a bulk import can go on; a file that is
no table raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lifecycle.engine.values import Entered
from lifecycle.errors import InvalidError
from lifecycle.outfile import new_file

MOST_MB = 50
MOST_COLUMNS = 500
MOST_CELL = 100_000


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a file, as its reader counts: from 1, heads included; for YAML the line."""

    file: str
    row: int
    sheet: str = ""

    def __str__(self) -> str:
        sheet = f"[{self.sheet}]" if self.sheet else ""
        return f"{self.file}{sheet}:{self.row}"

    def at(self, column: str) -> str:
        """Name one column of the row."""
        return f"{self} “{column}”列"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its place and its filled cells by head, as an officer enters them; or the fault that
    spoils it.
    """

    place: Place
    values: dict[str, Entered] = field(default_factory=dict)
    fault: InvalidError | None = None


def read_rows(path: Path) -> Iterator[Row]:
    """Read a table by its kind: XLSX by content, YAML by extension, anything else as CSV; empty
    rows are left out.

    Raises InvalidError when the file is missing, too large or no table.
    """
    head = _opened(path)
    if head.startswith(b"PK\x03\x04"):
        from lifecycle.exchange.workbook import read_xlsx

        return read_xlsx(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidError(
            f"{path.name} 是旧的 .xls 格式", "在 Excel 或 WPS 中另存为 .xlsx，再试一次"
        )
    if path.suffix.lower() in (".yaml", ".yml"):
        from lifecycle.exchange.listing import read_yaml

        return read_yaml(path)
    from lifecycle.exchange.csvfile import read_csv

    return read_csv(path)


def write_rows(path: Path, kind: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a table as its extension says (.xlsx, else CSV) and count its rows; an earlier export
    is replaced.

    `kind` is what the table is, in Chinese. Raises InvalidError for a place that must not be
    written.
    """
    with new_file(path, kind) as draft:
        if path.suffix.lower() == ".xlsx":
            from lifecycle.exchange.workbook import write_xlsx

            return write_xlsx(draft, header, rows)
        from lifecycle.exchange.csvfile import write_csv

        with draft.open("w", encoding="utf-8-sig", newline="") as file:
            return write_csv(file, header, rows)


def _opened(path: Path) -> bytes:
    """Give the first bytes of a file that is there, is a file and is not too large."""
    try:
        if path.is_dir():
            raise InvalidError(f"{path.name} 是目录，不是文件")
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
    except FileNotFoundError:
        raise InvalidError(f"没有文件 {path}", "请核对文件名和所在目录") from None
    except PermissionError:
        raise InvalidError(f"没有权限读取 {path}") from None
    if size > MOST_MB * 1_000_000:
        raise InvalidError(
            f"{path.name} 有 {size / 1_000_000:.0f} MB，超过 {MOST_MB} MB",
            "请拆成几个文件，分次导入",
        )
    if not head:
        raise InvalidError(f"{path.name} 是空文件", "第一行写列名，以下每行一个事项")
    return head


def heads_of(place: Place, cells: Sequence[str]) -> list[str]:
    """Judge the row of heads: trailing empty ones are dropped, the others are named and differ."""
    heads = [" ".join(cell.split()) for cell in cells]
    while heads and not heads[-1]:
        heads.pop()
    if not heads:
        raise InvalidError(f"{place}：没有列名", "第一行写列名，以下每行一个事项")
    if len(heads) > MOST_COLUMNS:
        raise InvalidError(f"{place}：有 {len(heads)} 列，超过 {MOST_COLUMNS} 列")
    for index, name in enumerate(heads):
        if not name:
            raise InvalidError(
                f"{place}：第 {index + 1} 列（{letters(index)}）没有列名", "补上列名，或删去该列"
            )
        if name in heads[:index]:
            raise InvalidError(
                f"{place}：列名“{name}”出现两次（{letters(heads.index(name))} 列和 "
                f"{letters(index)} 列）",
                "删去或改名其一",
            )
    return heads


def row_of(place: Place, heads: Sequence[str], cells: Sequence[str]) -> Row | None:
    """Judge one row of cells under its heads; nothing where it is empty."""
    values: dict[str, Entered] = {}
    for index, cell in enumerate(cells):
        text = cell.replace("\r\n", "\n").strip()
        if not text:
            continue
        if index >= len(heads):
            fault = f"{place}：第 {index + 1} 列（{letters(index)}）有内容，但表头没有这一列"
            return Row(
                place,
                fault=InvalidError(fault, "补上列名，或删去该格；文字中有分隔符的，两端要加引号"),
            )
        if len(text) > MOST_CELL:
            return Row(
                place,
                fault=InvalidError(
                    f"{place.at(heads[index])}：有 {len(text)} 字，超过 {MOST_CELL} 字"
                ),
            )
        values[heads[index]] = text
    return Row(place, values) if values else None


def letters(index: int) -> str:
    """Name a column as spreadsheets do: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
