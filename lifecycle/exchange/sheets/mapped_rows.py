"""A workbook read by its map → the facts of each row, and all that cannot be told, by cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lifecycle.errors import EnteredFault, InvalidError
from lifecycle.exchange.sheets.figures import read_figure, said_figure
from lifecycle.exchange.sheets.grid import Grid, Sheets
from lifecycle.exchange.sheets.layout import (
    first_text,
    is_only_numbered,
    is_total,
    one_line,
)
from lifecycle.exchange.sheets.sheet_map import ColumnMap, SheetMap, TableMap
from lifecycle.exchange.sheets.words import folded, sheet_words
from lifecycle.workflow.model import Fact

_NUMBERS = ("money", "decimal", "integer")


@dataclass(frozen=True, slots=True)
class FigureRead:
    """A value that is read as something else than is written: the cell, the fact's title, what is
    written, what is read (empty: nothing is entered), and whether the map says so.
    """

    cell: str
    title: str
    written: str
    read: str
    mapped: bool


@dataclass(frozen=True, slots=True)
class MappedRow:
    """A row: its place, its texts by fact, the cell of each."""

    place: str
    values: dict[str, str]
    places: dict[str, str]


@dataclass(slots=True)
class MappedRows:
    """What a map gives: rows, the values read as something else, and what cannot be told."""

    rows: list[MappedRow] = field(default_factory=list)
    figures: list[FigureRead] = field(default_factory=list)
    faults: list[EnteredFault] = field(default_factory=list)


def read_mapped_rows(
    sheets: Sheets, mapped: SheetMap, subject: str, there: Mapping[str, str]
) -> MappedRows:
    """Read every row by the map; `subject` is the fact by which a row is called, `there` says where
    names stand already, each as `folded` gives it.
    """
    found = MappedRows()
    names = dict(there)
    for table in mapped.tables:
        reader = _TableReader(sheets.file, table, found)
        for row in reader.rows():
            _see_name(row, mapped, names, found, subject)
            found.rows.append(row)
    return found


def _see_name(
    row: MappedRow, mapped: SheetMap, names: dict[str, str], found: MappedRows, subject: str
) -> None:
    """Ask about a row that bears the name of one above it."""
    name = folded(row.values.get(subject, ""))
    first = names.setdefault(name, row.places.get(subject, row.place))
    here = row.places.get(subject, row.place)
    if name and first != here and name not in mapped.same_names:
        message = f"“{row.values[subject]}”与 {first} 同名，像是同一个项目"
        mend = "是同一个的，只留一处；不是的，改得不同名，或在对照里写 same_names: [名称]"
        found.faults.append(EnteredFault(here, InvalidError(message, mend)))


class _TableReader:
    """Reads the rows of one table, and gathers what it finds."""

    def __init__(self, file: str, table: TableMap, found: MappedRows) -> None:
        self.file = file
        self.table = table
        self.grid: Grid = table.grid
        self.found = found
        self.above: dict[int, str] = {}

    def rows(self) -> Iterator[MappedRow]:
        """Give each row that is an item."""
        for row in self.grid.rows:
            if row <= self.table.last_head or row in self.table.skip:
                continue
            if is_only_numbered(self.grid, row, self.table.heads):
                continue
            if is_total(self.grid, row):
                what = first_text(self.grid, row)
                self._ask(row, 0, "像是合计行，不能立项", _in_skip(row, what))
                continue
            yield from self._row(row)

    def _row(self, row: int) -> Iterator[MappedRow]:
        values: dict[str, str] = {}
        places: dict[str, str] = {}
        asked = len(self.found.faults)
        for column in self.table.columns:
            text = self._value(row, column)
            if text:
                values[column.fact.name] = text
                places[column.fact.name] = self.grid.cell(row, column.index)
        place = f"{self.file}[{self.grid.title}]:{row}"
        if values:
            for name, text in self.table.always.items():
                values[name], places[name] = text, place
            yield MappedRow(place, values, places)
        elif asked == len(self.found.faults):
            what = first_text(self.grid, row)
            self._ask(row, 0, f"“{what}”这一行在要读的各列里没有内容", _in_skip(row, what))

    def _value(self, row: int, column: ColumnMap) -> str:
        """Read one cell; what cannot be told is asked about, and gives nothing."""
        merge = self.grid.merge_at(row, column.index)
        text = self.grid.own(row, column.index)
        if merge is not None and merge.left == column.index and merge.high:
            text = self.grid.text(row, column.index)
            if not column.each:
                if text and merge.top == row:
                    self._ask_of_merged(row, column, str(merge), text)
                return ""
        if folded(text) in sheet_words()["ditto"] and folded(text) not in column.values:
            written, text = text, self.above.get(column.index, "")
            self._note(row, column, written, text)
        if not text:
            return ""
        self.above[column.index] = text
        return self._read(row, column, text)

    def _read(self, row: int, column: ColumnMap, text: str) -> str:
        said = column.values.get(folded(text))
        if said is not None:
            return self._said(row, column, text, said)
        merge = self.grid.merge_at(row, column.index)
        doubt = self.grid.doubts.get((merge.top if merge else row, column.index))
        if doubt:
            message = f"{column.fact.title}“{one_line(text)}”：{doubt}"
            self._ask(row, column.index, message, _in_values(text))
            return ""
        try:
            read = read_figure(column.fact, text, column.unit, self.grid.epoch)
        except InvalidError as error:
            mend = f"{error.mend}；{_in_values(text)}" if error.mend else _in_values(text)
            self._ask(row, column.index, error.message, mend)
            return ""
        if read != text:
            self._note(row, column, text, read)
        return read

    def _said(self, row: int, column: ColumnMap, text: str, said: str) -> str:
        """Read what the map says instead of a cell, as if it stood there: in the column's unit."""
        read = said_figure(column.fact, said, column.unit, self.grid.epoch)
        self._note(row, column, text, read, mapped=True)
        return read

    def _ask_of_merged(self, row: int, column: ColumnMap, where: str, text: str) -> None:
        several = (
            "各是这么多，还是一共这么多" if column.fact.type in _NUMBERS else "各行是不是都是它"
        )
        message = f"{column.fact.title}“{one_line(text)}”占着合并的格 {where}：{several}？"
        mend = "表里取消合并、各行分别填；各行都是它的，在对照这一列写 merged: each"
        self._ask(row, column.index, message, mend)

    def _note(
        self, row: int, column: ColumnMap, written: str, read: str, *, mapped: bool = False
    ) -> None:
        fact: Fact = column.fact
        unit = f" {fact.unit}" if fact.unit and read else ""
        cell = self.grid.cell(row, column.index)
        told = FigureRead(cell, fact.title, one_line(written), f"{read}{unit}", mapped)
        self.found.figures.append(told)

    def _ask(self, row: int, column: int, message: str, mend: str) -> None:
        place = self.grid.cell(row, column)
        told = InvalidError(one_line(message), mend)
        self.found.faults.append(EnteredFault(place, told))


def _in_skip(row: int, text: str) -> str:
    return f"不读的，写进对照的 skip：{{row: {row}, text: {text}}}；要读的，改这一行"


def _in_values(text: str) -> str:
    return f"改表，或在对照这一列写 values: {{{one_line(text)}: 值}}"
