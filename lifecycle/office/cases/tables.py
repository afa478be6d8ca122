"""A table of a case written to a file, as it can be edited and entered again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle.engine.gates.gates import title_of
from lifecycle.errors import InvalidError, UnknownError
from lifecycle.exchange.tables import write_rows
from lifecycle.workflow.naming import find_fact

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Fact, Workflow


def write_table(office: Office, workflow: Workflow, case: Case, name: str, path: Path) -> int:
    """Write a table of a case as XLSX or CSV, one column below each head, and count its rows.

    Raises UnknownError for a fact that there is not, or that whoever looks may not see; and
    InvalidError for one that is no table.
    """
    fact = find_fact(workflow, name)
    unseen = office.viewer.unseen(workflow, case)
    tables = [one.name for one in workflow.facts.values() if one.is_table]
    if fact.name in unseen.names:
        raise UnknownError("要素", name, [one for one in tables if one not in unseen.names])
    if not fact.is_table:
        mend = f"可写：{'、'.join(tables)}" if tables else f"{workflow.title}没有表格"
        raise InvalidError(f"{fact.title}（{fact.name}）不是表格", mend)
    rows: Any = case.facts.get(fact.name, [])
    heads = [_head(column) for column in fact.columns]
    names = office.directory.titles(office.day(None).isoformat())
    texts = ([_cell(one, row.get(one.name), names) for one in fact.columns] for row in rows)
    return write_rows(path, f"{title_of(workflow, fact.name)}表", heads, texts)


def _head(column: Fact) -> str:
    """Give the head of a column, as `set` reads it: its title, with the unit of its numbers."""
    return f"{column.title}（{column.unit}）" if column.unit else column.title


def _cell(column: Fact, value: object, names: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return names.get(str(value), str(value)) if column.type == "unit" else str(value)
