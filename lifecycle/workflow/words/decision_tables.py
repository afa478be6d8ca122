"""Decision tables: put in where conditions and settings name them, and judged as in DMN: no value
is left over, and every row is reached.

A table is read as one more way of writing conditions. Put into the trees of the expressions that
name it, it needs no words of its own in the engine: what it reads is what they read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from operator import is_
from typing import Any

from lifecycle.errors import Problem
from lifecycle.expression import nodes
from lifecycle.expression.expression import Expression
from lifecycle.expression.faults import ExpressionError
from lifecycle.expression.ranges import Piece, holds_for
from lifecycle.frozen import replace
from lifecycle.workflow.conditions import Others, judge_condition, tried_together
from lifecycle.workflow.model import TABLES, Collection, DecisionTable, TableRow, Workflow
from lifecycle.workflow.reliance import names_in

MOST_DIGITS = 15
"""A number of so many digits is worked out with as it is written (IEEE 754: DBL_DIG)."""


def with_tables(workflow: Workflow) -> Workflow:
    """Put the decision tables of a workflow in where its expressions name them."""
    if not workflow.tables:
        return workflow
    parts = {
        field.name: _with_tables(getattr(workflow, field.name), workflow.tables)
        for field in fields(workflow)
        if field.name not in ("tables", "uses")
    }
    return replace(workflow, **parts)


def _with_tables(value: Any, tables: dict[str, DecisionTable]) -> Any:
    """Give a part of a workflow with the tables put in, the very same where it names none; a
    collection is about other cases, which have none.
    """
    if isinstance(value, Expression):
        return _put_in(value, tables)
    if isinstance(value, tuple):
        items = tuple(_with_tables(item, tables) for item in value)
        return value if all(map(is_, items, value)) else items
    if isinstance(value, dict):
        parts = {name: _with_tables(item, tables) for name, item in value.items()}
        return value if all(map(is_, parts.values(), value.values())) else parts
    if not is_dataclass(value) or isinstance(value, type | Collection):
        return value
    parts = {field.name: getattr(value, field.name) for field in fields(value)}
    made = {name: _with_tables(part, tables) for name, part in parts.items()}
    changed = {name: part for name, part in made.items() if part is not parts[name]}
    return replace(value, **changed) if changed else value


def _put_in(expression: Expression, tables: dict[str, DecisionTable]) -> Expression:
    if TABLES not in expression.source:
        return expression
    try:
        return Expression(expression.source, _tree_with(expression.tree, tables))
    except ExpressionError:
        return expression  # told where it is judged


def _tree_with(node: Any, tables: dict[str, DecisionTable]) -> Any:
    if isinstance(node, tuple):
        return tuple(_tree_with(part, tables) for part in node)
    if not isinstance(node, nodes.Node):
        return node
    if isinstance(node, nodes.Getattr) and node.node == nodes.Name(node.node.offset, TABLES):
        table = tables.get(node.attr)
        return _decided(node, table) if table is not None and table.rows else node
    return type(node)(*(_tree_with(getattr(node, name), tables) for name in node.fields))


def _decided(node: nodes.Getattr, table: DecisionTable) -> nodes.Decided:
    tests = tuple(row.when.tree for row in table.rows if row.when is not None)
    rows = tuple(nodes.Const(node.offset, _constant(row.then)) for row in table.rows)
    return nodes.Decided(node.offset, table.name, table.title, tests, rows)


def _constant(value: object) -> object:
    """Give a row's value as a tree has it: a whole number, a number that is none, or a text."""
    if isinstance(value, str):
        return value
    number = Decimal(str(value))
    whole = number.adjusted() < MOST_DIGITS and number == number.to_integral_value()
    return int(number) if whole else float(number)


def check_tables(
    workflow: Workflow, vague: frozenset[str], others: Others | None
) -> Iterator[Problem]:
    """See that each row of each table can be decided and is reached, and that one always is."""
    for table in workflow.tables.values():
        problems = [
            problem
            for row in table.rows
            if row.when is not None
            for problem in judge_condition(workflow, row.when, row.location, vague, others)
        ]
        problems += [fault for row in table.rows for fault in _check_value(table, row)]
        for row in table.rows:
            if row.when is not None and TABLES in names_in(row.when):
                message = f"判定表 {table.name} 的条件里用到判定表"
                mend = "直接写那个表的条件，或先用 sets 把那个值记到一个要素里"
                problems.append(Problem("nested-table", row.location, message, mend))
        yield from problems
        if table.rows and not problems:
            yield from _check_rows(workflow, table)


def _check_value(table: DecisionTable, row: TableRow) -> Iterator[Problem]:
    """See that a row's value can be told and recorded as it is written."""
    called, then = f"判定表 {table.name} 的一行的 then", row.then
    if isinstance(then, str):
        if not then or then != then.strip():
            message = f"{called} 是空的，或前后有空格"
            yield Problem("table-value", row.location, message, "写一段文字，前后不留空格")
        return
    digits = len(then.normalize().as_tuple().digits)
    if digits > MOST_DIGITS or abs(then.adjusted()) >= MOST_DIGITS:
        message = f"{called} 位数太多：至多 {MOST_DIGITS} 位有效数字"
        yield Problem("table-value", row.location, message, "改写得短一些，或换一个计量单位")


def _check_rows(workflow: Workflow, table: DecisionTable) -> Iterator[Problem]:
    called = f"判定表 {table.name}（{table.title}）"
    for row in table.rows[:-1]:
        if row.when is None:
            message = f"{called}有一行没有写 when，却不在最后：它后面的都轮不到"
            yield Problem("dead-row", row.location, message, "把它移到最后，或补上 when")
            return
    written = [row for row in table.rows if row.when is not None]
    tried = tried_together(workflow, [row.when for row in written if row.when is not None])
    open_end = len(written) == len(table.rows)
    if tried is None:
        if open_end:
            message = f"{called}没有不写 when 的最后一行：说不准都有值"
            mend = "最后加一行只写 then 的，表示其余的"
            yield Problem("table-gap", table.rows[-1].location, message, mend)
        return
    subject, pieces, named = tried
    left: list[Piece] = list(pieces)
    for row in written:
        assert row.when is not None
        hit = [each for each in left if holds_for(row.when, subject, each.sample)]
        if not hit:
            message = f"{called}的这一行轮不到：它的条件成立时，前面已有一行成立"
            yield Problem("dead-row", row.location, message, "把界限对齐，或删去这一行")
        left = [each for each in left if each not in hit]
    if open_end and left:
        told = "，或".join(each.told for each in left)
        message = f"{called}：{named}{told} 时，没有一行成立"
        mend = "补上漏掉的值，或最后加一行只写 then 的"
        yield Problem("table-gap", table.rows[-1].location, message, mend)
    if not open_end and not left:
        message = f"{called}的最后一行轮不到：前面各行已经包括所有的值"
        yield Problem("dead-row", table.rows[-1].location, message, "删去这一行，或把界限对齐")
