"""One row of other people's tables, whatever the format: its place, its heads, its cells.

The faults of one row are that row's own (`SheetRow.faults`), so that a bulk import can go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lifecycle.engine.values import Entered
from lifecycle.errors import InvalidError

MOST_COLUMNS = 500
MOST_CELL = 100_000


@dataclass(frozen=True, slots=True)
class SheetPlace:
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

    def cell(self, number: int) -> str:
        """Name one cell of the row by its column, counted from 1, as editors do."""
        return f"{self}:{number}"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its place, its filled cells by head, as an officer enters them, and the faults that
    spoil it.

    `places` says where each cell stands: `list.csv:3:2`.
    """

    place: SheetPlace
    values: dict[str, Entered] = field(default_factory=dict)
    faults: tuple[InvalidError, ...] = ()
    places: dict[str, str] = field(default_factory=dict, compare=False)


def heads_of(place: SheetPlace, cells: Sequence[str]) -> list[str]:
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


def row_of(place: SheetPlace, heads: Sequence[str], cells: Sequence[str]) -> SheetRow | None:
    """Judge one row of cells under its heads; nothing where it is empty."""
    values: dict[str, Entered] = {}
    places: dict[str, str] = {}
    faults: list[InvalidError] = []
    beyond: list[int] = []
    for index, cell in enumerate(cells):
        text = cell.replace("\r\n", "\n").strip()
        if not text:
            continue
        if index >= len(heads):
            beyond.append(index)
        elif len(text) > MOST_CELL:
            message = f"{place.at(heads[index])}：有 {len(text)} 字，超过 {MOST_CELL} 字"
            faults.append(InvalidError(message))
        else:
            values[heads[index]] = text
            places[heads[index]] = place.cell(index + 1)
    if beyond:
        faults.insert(0, _headless(place, beyond))
    return SheetRow(place, values, tuple(faults), places) if values or faults else None


def _headless(place: SheetPlace, columns: Sequence[int]) -> InvalidError:
    """Say which columns have no head; where several have none, the first row may be a title."""
    if len(columns) == 1:
        (index,) = columns
        message = f"{place}：第 {index + 1} 列（{letters(index)}）有内容，但表头没有这一列"
        return InvalidError(message, "补上列名，或删去该格；文字中有分隔符的，两端要加引号")
    told = "、".join(map(letters, columns))
    message = f"{place}：{told} 列有内容，但表头没有这些列"
    mend = "补上列名；第一行是标题的，删去标题行（立项、接管另可先用 --propose-map 照原样读）"
    return InvalidError(message, mend)


def letters(index: int) -> str:
    """Name a column as spreadsheets do: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
