"""Compiles tables and statements to `text.py`, for SQLite and for PostgreSQL: `make statements`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql.psycopg import dialect as psycopg_dialect
from sqlalchemy.dialects.sqlite.pysqlite import dialect as sqlite_dialect
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.elements import ClauseElement, ColumnElement
from sqlmodel import SQLModel, literal_column, select

from lifecycle.ledger.sql import statements
from lifecycle.ledger.sql.dialects import ONLY
from lifecycle.ledger.sql.statement import Statement
from lifecycle.ledger.sql.tables import CaseRow

TEXT = Path(__file__).with_name("text.py")
_HEAD = '''"""Tables and statements as text, written by `make statements`; do not edit.

Their definition is in `tables.py` and `statements.py`; a test proves that the two are equal.
"""

from __future__ import annotations

from lifecycle.ledger.sql.statement import Statement

'''


def dialects() -> tuple[Dialect, Dialect]:
    """Give SQLite as we speak to it, and PostgreSQL as psycopg does."""
    return sqlite_dialect(paramstyle="named"), psycopg_dialect()  # type: ignore[no-untyped-call]


def compiled(statement: Any, dialect: Dialect) -> str:
    """Give a statement's text, a clause a line, and lines not too long to read."""
    made = statement.compile(dialect=dialect)
    words = str(made)
    for name, value in made.params.items():
        if value is not None:  # written by SQLAlchemy itself, such as SQLite's OFFSET 0
            assert isinstance(value, int), f"{name} = {value!r} is neither bound nor written out"
            words = words.replace(f":{name}", str(value))
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return "\n".join(part for line in lines for part in _folded(line))


def _folded(line: str) -> list[str]:
    return textwrap.wrap(line, 100, break_long_words=False, break_on_hyphens=False)


def compiled_condition(condition: Any, dialect: Dialect) -> str:
    """Give the text of a condition as it stands in a list of cases."""
    whole = compiled(select(literal_column("1")).select_from(CaseRow).where(condition), dialect)
    return whole.split("WHERE ", 1)[1]


def all_statements() -> dict[str, Statement]:
    """Compile every statement, in the order of their definition."""
    found = {}
    for name, value in vars(statements).items():
        defined = name.isupper() and not name.startswith("_")
        if defined and isinstance(value, ClauseElement):
            condition = isinstance(value, ColumnElement)
            compile_one = compiled_condition if condition else compiled
            found[name] = Statement(*(compile_one(value, dialect) for dialect in dialects()))
        elif defined and isinstance(value, tuple):
            pair = zip(value, dialects(), strict=True)
            found[name] = Statement(*(compiled(v, d) if v is not None else "" for v, d in pair))
    return found


def schema(dialect: Dialect) -> Iterator[str]:
    """Compile what makes the tables and their indexes, in an order that can be run."""
    for table in tables_of(dialect):
        yield _laid_out(CreateTable(table), dialect)
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield _laid_out(CreateIndex(index), dialect)


def tables_of(dialect: Dialect) -> list[Table]:
    """List the tables that a database has, in an order in which they can be made."""
    tables = SQLModel.metadata.sorted_tables
    return [table for table in tables if table.info.get(ONLY, dialect.name) == dialect.name]


def description(dialect: Dialect) -> Iterator[str]:
    """Describe every column, key and index in the words in which the live ones are described
    (`lifecycle.ledger.postgres.schema.differences`).
    """
    for table in tables_of(dialect):
        for column in table.columns:
            yield _column_described(table.name, column, dialect)
        yield f"主键 {_columns_of(table.name, table.primary_key.columns)}"
        for constraint in table.constraints:
            if isinstance(constraint, UniqueConstraint):
                yield f"唯一 {_columns_of(table.name, constraint.columns)}"
        for index in table.indexes:
            kind = "唯一索引" if index.unique else "索引"
            where = index.dialect_options["postgresql"]["where"]
            of_some = "" if where is None else f" WHERE ({where})"
            yield f"{kind} {index.name} {_columns_of(table.name, index.columns)}{of_some}"


def _column_described(table: str, column: Column[Any], dialect: Dialect) -> str:
    kind = column.type.compile(dialect=dialect).lower().partition(" collate ")[0]
    names = {"varchar": "character varying"}
    needed = "" if column.nullable else " not null"
    collated = " C" if kind in ("varchar", "text") else ""
    return f"列 {table}.{column.name}：{names.get(kind, kind)}{needed}{collated}"


def _columns_of(table: str, columns: Iterable[Any]) -> str:
    return f"{table}（{', '.join(column.name for column in columns)}）"


def _laid_out(element: Any, dialect: Dialect) -> str:
    words = str(element.compile(dialect=dialect))
    lines = [line.rstrip().replace("\t", "    ") for line in words.splitlines() if line.strip()]
    return "\n".join(lines)


def python() -> str:
    """Give the whole of `text.py`."""
    parts = [_HEAD]
    for name, dialect in zip(("SQLITE", "POSTGRESQL"), dialects(), strict=True):
        made = "".join(f"    {_quoted(text)},\n" for text in schema(dialect))
        parts.append(f"{name}_SCHEMA = (\n{made})\n")
    described = "".join(f'    "{line}",\n' for line in sorted(description(dialects()[1])))
    parts.append(f"POSTGRESQL_DESCRIPTION = (\n{described})\n")
    for name, statement in all_statements().items():
        sqlite, postgresql = _quoted(statement.sqlite), _quoted(statement.postgresql)
        parts.append(f"{name} = Statement(\n    {sqlite},\n    {postgresql},\n)\n")
    return "".join(parts)


def _quoted(text: str) -> str:
    if "\n" not in text and '"' not in text and len(text) < 90:
        return f'"{text}"'
    return '"""\n' + text.replace("\\", "\\\\") + '\n"""'


if __name__ == "__main__":
    TEXT.write_text(python(), encoding="utf-8")
