"""A table as an officer enters it, read into rows: all that is wrong with it told at once, by row
and column.

On the command line a row is a line, or what stands between two semicolons, and its cells stand
between upright strokes: `选址|国土局|10；供地|发改委|5`. Programs write JSON: a list of mappings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field

from lifecycle.engine.values import (
    CELL_SIGN,
    NO_UNIT,
    Row,
    Value,
    check_count,
    check_rows,
    clean_text,
)
from lifecycle.errors import InvalidError, LifecycleError, nearest
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import Fact

MOST_FAULTS = 20
"""So many faults of one table are told; of more, their number."""
COUNTING = "序号"
"""The head of a column that only counts the rows, which need not be entered."""
_ROW_SIGNS = re.compile("[；;\n]")
_CELL_SIGNS = re.compile("[|｜]")
_UNIT = re.compile(r"[（(][^（）()]*[)）]$")


@dataclass(frozen=True, slots=True)
class EnteredRow:
    """A row as entered: its filled cells by their heads, and where it stands (`rows.csv:3`; "":
    nowhere but in its order).
    """

    cells: Mapping[str, str]
    place: str = ""


@dataclass(frozen=True, slots=True)
class EnteredTable:
    """A table as entered. `more` says that there were more rows than were read, `faults` what of
    them could not even be read.
    """

    rows: tuple[EnteredRow, ...]
    more: bool = False
    faults: tuple[InvalidError, ...] = field(default=())


def table_in(fact: Fact, text: str) -> EnteredTable:
    """Read a table that is written in a text: row by row, or as JSON. Raises InvalidError."""
    text = text.strip()
    if text in ("", NO_UNIT):
        return EnteredTable(())
    if text.startswith("["):
        return EnteredTable(tuple(_rows_of_json(fact, text)))
    lines = [line for line in _ROW_SIGNS.split(text) if line.strip()]
    if len(lines) > fact.max_rows:
        check_count(fact, len(lines))
    return EnteredTable(tuple(_row_of_line(fact, line) for line in lines))


def _row_of_line(fact: Fact, line: str) -> EnteredRow:
    cells = [cell.strip() for cell in _CELL_SIGNS.split(line)]
    if len(cells) > len(fact.columns):
        columns = f" {CELL_SIGN} ".join(column.title for column in fact.columns)
        message = f"{fact.title}“{line.strip()}”有 {len(cells)} 格，表只有 {len(fact.columns)} 列"
        mend = f"依次写 {columns}；文字里有“|”“；”的，写在文件里：{fact.name}=@文件.csv"
        raise InvalidError(message, mend)
    named = zip((column.name for column in fact.columns), cells, strict=False)
    return EnteredRow({name: cell for name, cell in named if cell})


def _rows_of_json(fact: Fact, text: str) -> Iterator[EnteredRow]:
    example = {column.name: "…" for column in fact.columns[:2]}
    mend = f"写成 [{json.dumps(example, ensure_ascii=False)}, …]"
    try:
        rows = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise InvalidError(f"{fact.title}不是完好的 JSON", mend) from error
    for place, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise InvalidError(f"{fact.title}第 {place} 项不是一行", mend)
        cells = {head: _cell(value) for head, value in row.items() if value is not None}
        if None in cells.values():
            raise InvalidError(f"{fact.title}第 {place} 行有一格不是文字、数或是否", mend)
        yield EnteredRow({head: cell for head, cell in cells.items() if cell})


def _cell(value: object) -> str | None:
    """Give a JSON value as it would be typed; None for one that is no cell."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return value.strip() if isinstance(value, str) else None


def parse_table(
    fact: Fact, entered: EnteredTable, read_cell: Callable[[Fact, str], Value]
) -> tuple[list[Row], list[LifecycleError]]:
    """Read the rows of a table as they are recorded, and give all that is wrong with them; the rows
    are whole only where nothing is. `read_cell` reads what stands in a column.
    """
    try:
        check_count(fact, len(entered.rows), more=entered.more)
    except InvalidError as error:
        return [], [error]
    faults: list[LifecycleError] = list(entered.faults)
    columns, unknown = _columns_of(fact, entered)
    faults += unknown
    rows: list[Row] = []
    for number, given in enumerate(entered.rows, 1):
        where = f"{fact.title} 第 {number} 行" + (f"（{given.place}）" if given.place else "")
        row, wrong = _parse_row(fact, given, columns, read_cell)
        rows.append(row)
        faults += (InvalidError(f"{where}{said}", mend) for said, mend in wrong)
    if not faults:
        try:
            check_rows(fact, rows)
        except InvalidError as error:
            faults.append(error)
    if len(faults) > MOST_FAULTS:
        left = len(faults) - MOST_FAULTS
        last = InvalidError(f"{fact.title} 另有 {left} 处错误没有列出", "先改正以上各处，再填一次")
        faults = [*faults[:MOST_FAULTS], last]
    return rows, faults


def _columns_of(
    fact: Fact, entered: EnteredTable
) -> tuple[dict[str, Fact | None], list[InvalidError]]:
    """Find the column that each head means, None for one that means none, and tell those."""
    heads = dict.fromkeys(head for row in entered.rows for head in row.cells)
    named = {column.title: column for column in fact.columns}
    named |= {column.name: column for column in fact.columns}
    found: dict[str, Fact | None] = {}
    faults: list[InvalidError] = []
    for head in heads:
        found[head] = named.get(head) or named.get(_UNIT.sub("", head).strip())
        if found[head] is None and head != COUNTING:
            near = nearest(head, named)
            titles = "、".join(f"{column.title}（{column.name}）" for column in fact.columns)
            mend = f"是否为“{near}”？" if near else f"可用的列：{titles}"
            faults.append(InvalidError(f"{fact.title}没有“{head}”这一列", mend))
    return found, faults


def _parse_row(
    fact: Fact,
    given: EnteredRow,
    columns: Mapping[str, Fact | None],
    read_cell: Callable[[Fact, str], Value],
) -> tuple[Row, list[tuple[str, str]]]:
    """Read one row, and give for each of its faults what is wrong and how to mend it."""
    row: Row = {}
    wrong: list[tuple[str, str]] = []
    tried: set[str] = set()
    for head, text in given.cells.items():
        column = columns[head]
        if column is None:
            continue
        if column.name in tried:
            wrong.append((f"“{column.title}”写了两次", "只留一格"))
            continue
        tried.add(column.name)
        try:
            value = read_cell(column, clean_text(text, column.title))
        except LifecycleError as error:
            wrong.append((f"“{column.title}”：{error.message}", error.mend))
        else:
            assert not isinstance(value, list), "a column is of one value a row"
            row[column.name] = value
    lacking = (one for one in fact.columns if one.required and one.name not in tried)
    wrong += ((f"缺 {column.title}", "补上这一格") for column in lacking)
    return row, wrong
