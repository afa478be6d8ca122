"""A map proposed for a workbook: what each sheet, column and row is taken for, with the reasons and
some values as comments, as a clerk reads, corrects and runs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lifecycle.engine.values import parse_fact
from lifecycle.errors import InvalidError
from lifecycle.exchange.rows import letters
from lifecycle.exchange.sheets.declarable import called, written_name
from lifecycle.exchange.sheets.figures import like_choice, perhaps_choice, read_figure
from lifecycle.exchange.sheets.grid import Grid, Sheets, cell_name
from lifecycle.exchange.sheets.layout import (
    HeadColumn,
    SheetTable,
    find_table,
    is_serial,
    one_line,
    unit_in,
)
from lifecycle.exchange.sheets.matching import Match, is_name_of, match_columns
from lifecycle.exchange.sheets.words import folded, sheet_words
from lifecycle.workflow.model import Fact, Workflow
from lifecycle.workflow.yaml.writing import write_text

_SAMPLES = 200
"""By so many values a column is judged."""
_SHOWN = 3
_MOST_SHOWN = 24
_MOST_ODD = 60
"""So many odd values of a column are listed; those beyond are asked about when it is read."""
_NUMBERS = ("money", "decimal", "integer")


@dataclass(slots=True)
class ProposedMap:
    """A map, as text, and what it says in short: the sheets that are read with their rows, the
    columns taken for facts and left out, the rows left out, and required facts not found.
    """

    text: str = ""
    sheets: list[str] = field(default_factory=list)
    left_sheets: list[str] = field(default_factory=list)
    rows: int = 0
    columns: list[str] = field(default_factory=list)
    left_columns: list[str] = field(default_factory=list)
    left_rows: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Aim:
    """What a map is proposed for: a workflow's cases with these facts, by the command that will
    read it; `closed` says of facts why they cannot be entered by it.
    """

    workflow: Workflow
    facts: Sequence[Fact]
    closed: Mapping[str, str]
    command: str
    done: str


def propose_map(aim: Aim, sheets: Sheets) -> ProposedMap:
    """Propose a map that reads a workbook's rows as cases.

    Raises InvalidError where no sheet has a table that could be read.
    """
    facts = aim.facts
    found = ProposedMap()
    lines: list[str] = []
    left: list[tuple[str, str]] = []
    missing: dict[str, None] = {}
    for grid in sheets.grids:
        table = find_table(grid, lambda head: is_name_of(head, facts))
        if table is None or not table.rows:
            left.append((grid.title, _why_no_table(grid, table)))
            continue
        sheet = _SheetDraft(aim, grid, table, found)
        if not sheet.matches:
            left.append((grid.title, "没有一列像是要素"))
            continue
        lines += sheet.lines()
        missing |= dict.fromkeys(sheet.missing)
    if not lines:
        told = "；".join(f"“{title}”{why}" for title, why in left)
        mend = "核对选的文件和流程；表头写要素的名称，如 项目名称、总投资（万元）"
        raise InvalidError(f"{sheets.file} 里没有能读的表：{told}", mend)
    found.missing = list(missing)
    found.left_sheets = [title for title, _why in left]
    head = _preface(aim, sheets)
    found.text = "\n".join([*head, *lines, *_postface(sheets, left, found.missing)]) + "\n"
    return found


def enterable(workflow: Workflow) -> list[Fact]:
    """List the facts that are not computed."""
    return [fact for fact in workflow.facts.values() if fact.name not in workflow.computed]


def _why_no_table(grid: Grid, table: SheetTable | None) -> str:
    if not grid.rows:
        return "是空的"
    return "里没有认得的表头" if table is None else "只有表头，没有内容"


def _preface(aim: Aim, sheets: Sheets) -> Iterator[str]:
    file, workflow = one_line(sheets.file), aim.workflow
    yield f"# 台账对照：{file} → {workflow.title}（{workflow.name}）"
    yield "# 这是程序提出的，请逐项核对、改正："
    yield "#   认错的列改 fact（写要素的标识或名称），不读的列移到 left_out，单位不对的改 unit；"
    yield '#   写不准的值，在 values 里写明该是什么（数按这一列的单位；不填的写 ""），留作记录；'
    yield "#   不读的行写在 skip。"
    yield f"# 核对以后先试读，再{aim.done}："
    yield f"#   {one_line(aim.command)}"
    yield f"workflow: {workflow.name}"
    yield "sheets:"


def _postface(
    sheets: Sheets, left: Sequence[tuple[str, str]], missing: Sequence[str]
) -> Iterator[str]:
    if left:
        yield "left_sheets: # 不读的工作表"
        for title, why in left:
            yield f"  - {{sheet: {write_text(title)}, why: {write_text(why)}}}"
    if sheets.hidden:
        yield f"# 隐藏的工作表不读：{'、'.join(map(one_line, sheets.hidden))}"
    if missing:
        yield "# 立项必填、表里没有找到的要素："
        for told in missing:
            yield f"#   {told}"
        yield "# 各行相同的，写在该表的 always 里，如 always: {要素: 值}；"
        yield "# 各行不同的，在表里加一列。"


class _SheetDraft:
    """Proposes how one sheet is read."""

    def __init__(self, aim: Aim, grid: Grid, table: SheetTable, told: ProposedMap) -> None:
        self.workflow = aim.workflow
        self.grid = grid
        self.table = table
        self.told = told
        facts, closed = aim.facts, aim.closed
        self.values = {
            column.index: self._values(column)
            for column in table.columns
            if not is_serial(column.text)
        }
        columns = [column for column in table.columns if column.index in self.values]
        samples = {
            index: tuple(dict.fromkeys(text for text, _row in values))[:_SAMPLES]
            for index, values in self.values.items()
        }
        matches = match_columns(columns, facts, samples, grid.epoch)
        self.matches = {i: one for i, one in matches.items() if one.fact.name not in closed}
        self.closed = {
            index: f"像是“{one.fact.title}”，{closed[one.fact.name]}"
            for index, one in matches.items()
            if one.fact.name in closed
        }
        self.always = self._always(facts)
        there = {written_name(match.fact) for match in self.matches.values()} | self.always.keys()
        self.missing = [
            called(fact)
            for fact in facts
            if fact.required is True and written_name(fact) not in there
        ]

    def _values(self, column: HeadColumn) -> list[tuple[str, int]]:
        """Give the filled cells of a column: the text, and the row."""
        return [
            (text, row) for row in self.table.rows if (text := self.grid.own(row, column.index))
        ]

    def _always(self, facts: Sequence[Fact]) -> dict[str, str]:
        """Give what the sheet's name says of all its rows: a choice of a required fact."""
        taken = {match.fact.name for match in self.matches.values()}
        return {
            written_name(fact): choice
            for fact in facts
            if fact.type == "choice" and fact.required is True and fact.name not in taken
            if (choice := like_choice(fact, self.grid.title)) is not None
        }

    def lines(self) -> Iterator[str]:
        """Write the sheet's part of the map."""
        first, last = self.table.head
        title = self.grid.title
        self.told.sheets.append(title)
        self.told.rows += len(self.table.rows)
        yield f"  - sheet: {write_text(title)} # {len(self.table.rows)} 行"
        hidden = sum(row in self.grid.hidden_rows for row in self.table.rows)
        if hidden:
            yield f"    # 其中 {hidden} 行是隐藏的（多半是筛选），照样读；不要的写进 skip"
        if self.table.numbered:
            yield f"    # 另有 {self.table.numbered} 行只有序号，不读"
        yield f"    head: {first}" if first == last else f"    head: [{first}, {last}]"
        if self.always:
            yield "    always: # 根据：工作表的名称"
            for name, value in self.always.items():
                yield f"      {name}: {write_text(value)}"
        yield "    columns:"
        for index in sorted(self.matches):
            yield from self._column(self.matches[index])
        yield from self._left_columns()
        if self.table.left_out:
            yield "    skip: # 不读的行"
        for left in self.table.left_out:
            self.told.left_rows.append(f"{title}!{left.row} {left.text}")
            text, why = write_text(left.text), write_text(left.why)
            yield f"      - {{row: {left.row}, text: {text}, why: {why}}}"

    def _column(self, match: Match) -> Iterator[str]:
        column, fact = match.column, match.fact
        name = letters(column.index)
        self.told.columns.append(f"{self.grid.title}!{name} {column.text} → {fact.title}")
        yield f"      - column: {name}"
        yield f"        head: {write_text(column.text)}"
        yield f"        fact: {write_text(written_name(fact))} # {fact.title}。根据：{match.why}"
        if column.index in self.grid.hidden_columns:
            yield "        # 这一列在表里是隐藏的"
        unit, why = self._unit(column, fact)
        if unit:
            yield f"        unit: {write_text(unit)} # {why}"
        yield f"        # 例：{self._samples(column)}"
        yield from self._merged(column, fact)
        yield from self._odd_values(column, fact, unit)

    def _unit(self, column: HeadColumn, fact: Fact) -> tuple[str, str]:
        """Give the unit of a column, and where it is said."""
        if fact.type not in _NUMBERS:
            return "", ""
        words = sheet_words()
        wanted = words.measure(fact.unit or "")
        for head in reversed(column.path):
            if unit_in(head):
                return unit_in(head), "表头写的单位"
        above = words.measure(self.table.unit)
        if above and wanted and above.of == wanted.of:
            return self.table.unit, "表上方写的单位"
        return (fact.unit, "表里没有写单位，按要素的单位，请核对") if fact.unit else ("", "")

    def _samples(self, column: HeadColumn) -> str:
        texts = dict.fromkeys(one_line(text) for text, _row in self.values[column.index])
        shown = [
            text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
            for text in list(texts)[:_SHOWN]
        ]
        return "、".join(shown) or "（都空着）"

    def _merged(self, column: HeadColumn, fact: Fact) -> Iterator[str]:
        """Propose what merged cells mean: each row, unless it is the row's name or a number."""
        rows = set(self.table.rows)
        high = [
            merge
            for merge in self.grid.merges
            if merge.left == column.index and merge.high and merge.top in rows
        ]
        if not high:
            return
        where = "、".join(str(merge) for merge in high[:_SHOWN])
        more = f" 等 {len(high)} 处" if len(high) > _SHOWN else ""
        if fact.type in _NUMBERS or fact.name == self.workflow.subject:
            ask = (
                "各行各是这么多，还是一共这么多" if fact.type in _NUMBERS else "各行是不是一个项目"
            )
            yield f"        # 合并的格 {where}{more}：{ask}？"
            yield "        # 在表里取消合并、各行分别填；各行都是它的，去掉下一行前面的 #"
            yield "        # merged: each"
        else:
            yield f"        merged: each # 合并的格 {where}{more}，各行都是它"

    def _odd_values(self, column: HeadColumn, fact: Fact, unit: str) -> Iterator[str]:
        """List the values that are not read as they stand: those that are as good as told, and, as
        comments, those that a clerk must decide on.
        """
        told: list[str] = []
        asked: list[str] = []
        odd: dict[str, list[int]] = {}
        doubts: dict[str, str] = {}
        for text, row in self.values[column.index]:
            odd.setdefault(text, []).append(row)
            doubt = self.grid.doubts.get((row, column.index))
            if doubt:
                doubts.setdefault(text, doubt)
        for text, rows in odd.items():
            doubt = doubts.get(text)
            meant, why = (None, doubt) if doubt else self._meant(fact, text, unit)
            if meant is not None:
                told.append(f"          {write_text(text)}: {write_text(meant)} # {why}")
            elif why:
                where = cell_name(rows[0], column.index)
                more = f" 等 {len(rows)} 格" if len(rows) > 1 else ""
                line = f"          # {_key(text)}: … # {where}{more}：{why}"
                asked.append(line[:1500])
        if told:
            yield "        values:"
        elif asked:
            yield "        # values:"
        yield from told
        if asked:
            yield "          # 下面各值程序不猜，请写明是什么；"
            yield "          # 去掉它前面的 #，连同 values: 前面的："
        yield from asked[:_MOST_ODD]
        if len(asked) > _MOST_ODD:
            yield f"          # …… 另有 {len(asked) - _MOST_ODD} 种，试读时逐格列出"

    def _meant(self, fact: Fact, text: str, unit: str) -> tuple[str | None, str]:
        """Give what a value means and why; None and why it cannot be told; nothing at all where it
        is read as it stands.
        """
        if folded(text) in sheet_words()["blank"]:
            return "", "看作没有填"
        if folded(text) in sheet_words()["ditto"]:
            return None, ""
        if fact.type == "choice" and text not in fact.choices:
            choice = like_choice(fact, text)
            perhaps = perhaps_choice(fact, text)
            if choice:
                return choice, f"“{fact.title}”里只有它相近"
            ask = f"是否为“{perhaps}”？" if perhaps else ""
            return None, f"不在可选项里（{'、'.join(fact.choices)}）{ask}"
        try:
            parse_fact(fact, read_figure(fact, text, unit, self.grid.epoch))
        except InvalidError as error:
            return None, one_line(error.message)
        return None, ""

    def _left_columns(self) -> Iterator[str]:
        left = [column for column in self.table.columns if column.index not in self.matches]
        if left:
            yield "    left_out: # 不读的列"
        for column in left:
            name = letters(column.index)
            why = self._why_left(column)
            self.told.left_columns.append(f"{self.grid.title}!{name} {column.text}")
            yield (
                f"      - {{column: {name}, head: {write_text(column.text)}, "
                f"why: {write_text(why)}}}"
            )

    def _why_left(self, column: HeadColumn) -> str:
        if is_serial(column.text):
            return "序号"
        if column.index in self.closed:
            return self.closed[column.index]
        if not column.path:
            return f"没有列名（例：{self._samples(column)}）"
        return f"没有相近的要素（例：{self._samples(column)}）"


def _key(text: str) -> str:
    """Write a value as a key in a comment."""
    return write_text(one_line(text))
