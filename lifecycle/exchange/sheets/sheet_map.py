"""The map of a table: a YAML file that says which sheets, rows and columns of a workbook are read,
as what, and what its doubtful values mean. A program proposes it, a clerk answers for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lifecycle.engine.values import parse_fact
from lifecycle.errors import InvalidError, LifecycleError, UnknownError, nearest
from lifecycle.exchange.rows import letters
from lifecycle.exchange.sheets.declarable import called
from lifecycle.exchange.sheets.figures import said_figure
from lifecycle.exchange.sheets.grid import Grid, Sheets
from lifecycle.exchange.sheets.layout import (
    HeadColumn,
    first_text,
    heads_of_table,
)
from lifecycle.exchange.sheets.words import folded, sheet_words
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import Fact, Workflow
from lifecycle.workflow.naming import find_fact
from lifecycle.workflow.yaml.fields import Fields
from lifecycle.workflow.yaml.file import YamlFile
from lifecycle.workflow.yaml.tree import Node, Scalar

TOP = ("workflow", "sheets", "left_sheets", "same_names")
SHEET = ("sheet", "head", "columns", "left_out", "skip", "always")
COLUMN = ("column", "head", "fact", "unit", "values", "merged")
EACH = "each"
"""Says of a column that in merged cells each row has the value."""
_LETTERS = re.compile(r"[A-Z]{1,3}")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A column that is read: its number from 0, the fact, the unit of its numbers, what its
    doubtful values mean (empty: nothing is entered), and whether merged cells mean each of their
    rows.
    """

    index: int
    fact: Fact
    unit: str
    values: Mapping[str, str]
    each: bool


@dataclass(frozen=True, slots=True)
class TableMap:
    """A sheet that is read: the last row of its heading, the columns that are read, all columns,
    the rows left out, and the facts that are the same for every row.
    """

    grid: Grid
    last_head: int
    columns: tuple[ColumnMap, ...]
    heads: tuple[HeadColumn, ...]
    skip: frozenset[int]
    always: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SheetMap:
    """A map that fits its workbook. `same_names` are names that several rows bear on purpose, each
    as `folded` gives it.
    """

    tables: tuple[TableMap, ...]
    same_names: frozenset[str]


def read_sheet_map(
    path: Path, workflow: Workflow, sheets: Sheets, declarable: Sequence[Fact] = ()
) -> SheetMap:
    """Read a map and see that it fits a workflow and a workbook; `declarable` is what it may name
    beside the workflow's facts.

    Raises WorkflowError with every fault, each with its place in the map.
    """
    file = YamlFile(path, known=TOP, required=("workflow", "sheets"))
    return _MapReader(file, workflow, sheets, declarable).read()


class _MapReader:
    """Reads a map's sheets in turn, each against the sheet of that name."""

    def __init__(
        self, file: YamlFile, workflow: Workflow, sheets: Sheets, declarable: Sequence[Fact]
    ) -> None:
        self.file = file
        self.workflow = workflow
        self.declarable = {one.title: one for one in declarable}
        self.sheets = sheets
        self.grids = {grid.title: grid for grid in sheets.grids}

    def read(self) -> SheetMap:
        top = self.file.top
        named = top.scalar("workflow")
        if named is not None and named.value not in (self.workflow.name, self.workflow.title):
            message = f"这份对照是给流程 {named.value} 的，这里办的是 {self.workflow.name}"
            top.fault("wrong-map", named, message, "核对选的流程和对照")
        seen: dict[str, int] = {}
        tables = [
            table
            for number, (node, _at) in enumerate(top.placed("sheets"), 1)
            if (table := self._table(number, node, seen)) is not None
        ]
        self._see_all_sheets(seen)
        same = frozenset(folded(scalar.value) for scalar in top.scalars("same_names"))
        self.file.end()
        return SheetMap(tuple(tables), same)

    def _see_all_sheets(self, seen: dict[str, int]) -> None:
        """See that every sheet is read or left out by name, and once."""
        for number, (node, _at) in enumerate(self.file.top.placed("left_sheets"), 1):
            owner = f"第 {number} 张不读的表"
            fields = self._fields(node, owner, ("sheet", "why"), ("sheet",))
            self._grid(fields, seen)
        for title in self.grids:
            if title not in seen:
                message = f"{self.sheets.file} 有工作表“{title}”，对照没有写"
                mend = "要读的写在 sheets，不读的写在 left_sheets"
                self.file.top.fault("sheet-unmapped", self.file.top.at, message, mend)

    def _grid(self, fields: Fields, seen: dict[str, int]) -> Grid | None:
        scalar = fields.scalar("sheet")
        if scalar is None:
            return None
        title = scalar.value
        if title in seen:
            message = f"工作表“{title}”写了两次，第 {seen[title]} 行已有"
            fields.fault("repeated", scalar, message, "只留一处")
        seen.setdefault(title, scalar.line)
        if title not in self.grids:
            near = nearest(title, self.grids)
            mend = f"是否为“{near}”？" if near else f"有：{'、'.join(self.grids)}"
            message = f"{self.sheets.file} 没有看得见的工作表“{title}”"
            fields.fault("unknown", scalar, message, mend)
        return self.grids.get(title)

    def _table(self, number: int, node: Node, seen: dict[str, int]) -> TableMap | None:
        fields = self._fields(node, f"第 {number} 张表", SHEET, ("sheet", "head", "columns"))
        grid = self._grid(fields, seen)
        head = self._head(fields)
        if grid is None or head is None:
            return None
        heads = tuple(heads_of_table(grid, head))
        taken: dict[int, int] = {}
        columns: list[ColumnMap] = []
        facts: dict[str, int] = {}
        for item, (one, _at) in enumerate(fields.placed("columns"), 1):
            owner = f"{fields.owner}的第 {item} 列"
            inner = self._fields(one, owner, COLUMN, ("column", "head", "fact"))
            column = self._column(inner, grid, self._index(inner, heads, taken), facts)
            if column is not None:
                columns.append(column)
        for item, (one, _at) in enumerate(fields.placed("left_out"), 1):
            owner = f"{fields.owner}不读的第 {item} 列"
            inner = self._fields(one, owner, ("column", "head", "why"), ("column",))
            self._index(inner, heads, taken)
        for column_head in heads:
            if column_head.index not in taken:
                name = f"{letters(column_head.index)} 列“{column_head.text}”"
                mend = "要读的写在 columns，不读的写在 left_out"
                fields.fault(
                    "column-unmapped", fields.at, f"“{grid.title}”的 {name}对照没有写", mend
                )
        skip = frozenset(self._skipped(fields, grid, head[1]))
        always = self._always(fields, grid, facts)
        return TableMap(grid, head[1], tuple(columns), heads, skip, always)

    def _head(self, fields: Fields) -> tuple[int, int] | None:
        """Read the row of the heading, or its first and last."""
        rows = []
        for scalar in fields.scalars("head"):
            if not re.fullmatch(r"[1-9][0-9]{0,6}", scalar.value):
                message = f"{fields.owner}的 head “{scalar.value}” 不是行号"
                fields.fault("wrong-number", scalar, message, "写表头的行号；几行的写 [首行, 末行]")
                return None
            rows.append(int(scalar.value))
        if not rows or len(rows) > 2 or rows != sorted(rows) or rows[-1] - rows[0] > 9:
            if fields.has("head"):
                message = f"{fields.owner}的 head 应为一行，或首行和末行"
                fields.fault("wrong-number", fields.place("head"), message, "如 3，或 [3, 4]")
            return None
        return rows[0], rows[-1]

    def _index(
        self, fields: Fields, heads: tuple[HeadColumn, ...], taken: dict[int, int]
    ) -> int | None:
        """Read which column it is, and see that its heading is still what the map says."""
        scalar, said = fields.scalar("column"), fields.scalar("head")
        if scalar is None:
            return None
        if not _LETTERS.fullmatch(scalar.value):
            message = f"{fields.owner}的 column “{scalar.value}” 不是列号"
            fields.fault("wrong-column", scalar, message, "写表里的列号，如 B")
            return None
        found = next((one for one in heads if letters(one.index) == scalar.value), None)
        if found is None:
            listed = "、".join(letters(one.index) for one in heads)
            message = f"表里 {scalar.value} 列没有列名，也没有内容"
            fields.fault("unknown", scalar, message, f"有：{listed}；表改过的，重新提出对照")
            return None
        if said is not None and folded(said.value) != folded(found.text):
            message = f"{scalar.value} 列的列名是“{found.text}”，对照写的是“{said.value}”"
            fields.fault("wrong-head", said, message, "核对是哪一列；表改过的，重新提出对照")
        if found.index in taken:
            message = f"{scalar.value} 列写了两次，第 {taken[found.index]} 行已有"
            fields.fault("repeated", scalar, message, "只留一处")
            return None
        taken[found.index] = scalar.line
        return found.index

    def _column(
        self, fields: Fields, grid: Grid, index: int | None, facts: dict[str, int]
    ) -> ColumnMap | None:
        fact = self._fact(fields.scalar("fact"), fields, facts)
        each = fields.choice("merged", (EACH,), "")
        unit = self._unit(fields, fact)
        values = self._values(fields, grid, fact, unit)
        if index is None or fact is None:
            return None
        return ColumnMap(index, fact, unit, values, bool(each))

    def _unit(self, fields: Fields, fact: Fact | None) -> str:
        """Read the unit of a column, which must be of the kind of its fact's."""
        scalar = fields.scalar("unit")
        if scalar is None or fact is None:
            return ""
        words, unit = sheet_words(), scalar.value
        have, want = words.measure(unit), words.measure(fact.unit or "")
        same = folded(unit) == folded(fact.unit or "")
        counts = fact.unit is None and words.parted(unit)[1] in ("", *words["counters"])
        if not (same or counts or (have and want and have.of == want.of)):
            wanted = f"单位是{fact.unit}" if fact.unit else "没有单位"
            message = f"{fact.title}{wanted}，“{unit}”换算不过去"
            fields.fault("wrong-unit", scalar, message, "改正单位，或另选要素")
        return unit

    def _fact(self, scalar: Scalar | None, fields: Fields, facts: dict[str, int]) -> Fact | None:
        """Read which fact it is: by identifier or title, each once in a sheet."""
        if scalar is None:
            return None
        try:
            fact = self._meant(scalar.value)
        except LifecycleError as error:
            fields.fault("unknown", scalar, error.message, error.mend)
            return None
        if fact.name in facts:
            message = f"{called(fact)}写了两次，第 {facts[fact.name]} 行已有"
            fields.fault("repeated", scalar, message, "一个要素只从一列读，其余放到 left_out")
            return None
        facts[fact.name] = scalar.line
        return fact

    def _meant(self, name: str) -> Fact:
        """Find a fact, or what is declared of a running case; raises UnknownError."""
        if name in self.declarable:
            return self.declarable[name]
        try:
            return find_fact(self.workflow, name)
        except UnknownError:
            near = nearest(name, self.declarable)
            if near is None:
                raise
            raise UnknownError("要素", name, (), f"是否为“{near}”？") from None

    def _values(self, fields: Fields, grid: Grid, fact: Fact | None, unit: str) -> dict[str, str]:
        """Read what values mean, in the column's unit; what means nothing is written as an empty
        text in quotes.
        """
        section = fields.inner("values", f"{fields.owner}的 values ", known=())
        found = {}
        for written, (key, node) in section.pairs.items() if section else ():
            if not isinstance(node, Scalar):
                fields.reading.wrong(node, f"values 的“{written}”", "一段文字")
            elif node.empty:
                message = f"“{written}”后面没有写是什么"
                fields.fault("empty-value", key, message, '写上值；不填的写 ""')
            elif fact is not None and self._is_value(fact, node, unit, grid):
                found[folded(written)] = node.value
        return found

    def _always(self, fields: Fields, grid: Grid, facts: dict[str, int]) -> dict[str, str]:
        """Read the facts that are the same for every row."""
        section = fields.inner("always", f"{fields.owner}的 always ", known=())
        found = {}
        for name, (key, node) in section.pairs.items() if section else ():
            fact = self._fact(key, fields, facts)
            if fact is None:
                continue
            if not isinstance(node, Scalar) or not node.value:
                fields.fault("empty-value", key, f"always 的“{name}”没有写值", "写一个值")
            elif self._is_value(fact, node, "", grid):
                found[fact.name] = said_figure(fact, node.value, "", grid.epoch)
        return found

    def _is_value(self, fact: Fact, node: Scalar, unit: str, grid: Grid) -> bool:
        """Tell whether a text may be a fact's value, or nothing; note where not. Which unit or
        officer it names, the office knows.
        """
        try:
            if node.value:
                parse_fact(fact, said_figure(fact, node.value, unit, grid.epoch))
        except InvalidError as error:
            self.file.reading.fault("wrong-value", node, error.message, error.mend)
            return False
        return True

    def _skipped(self, fields: Fields, grid: Grid, last_head: int) -> Iterator[int]:
        """Read which rows are left out, and see that they are still what the map says."""
        for number, (node, _at) in enumerate(fields.placed("skip"), 1):
            owner = f"{fields.owner}不读的第 {number} 行"
            inner = self._fields(node, owner, ("row", "text", "why"), ("row", "text"))
            row, said = inner.integer("row"), inner.scalar("text")
            if not row or said is None:
                continue
            found = first_text(grid, row)
            if row <= last_head or not found:
                message = f"“{grid.title}”第 {row} 行是空的或在表头里，不必写"
                inner.fault("wrong-row", inner.place("row"), message, "删去这一项")
            elif folded(said.value) != folded(found):
                message = f"“{grid.title}”第 {row} 行开头是“{found}”，对照写的是“{said.value}”"
                mend = "核对是哪一行；表里加减过行的，重新提出对照"
                inner.fault("wrong-row", said, message, mend)
            yield row

    def _fields(
        self, node: Node, owner: str, known: tuple[str, ...], required: tuple[str, ...]
    ) -> Fields:
        reading = self.file.reading
        return Fields(reading, node, owner, reading.at(node), known=known, required=required)
