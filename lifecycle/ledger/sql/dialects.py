"""What SQLite and PostgreSQL write differently, under one name; for the statements' definition."""

from __future__ import annotations

from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import BigInteger, Integer, String
from sqlmodel import AutoString, SQLModel, literal_column

from lifecycle.ledger.sql.statement import FILTERS

LARGE = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number that counts entries: SQLite's INTEGER, which is its own index, has 64 bits."""


ONLY = "only"
"""The mark of a table that only the database of that name has."""


def by_code_point(metadata: MetaData) -> None:
    """Have every text of the tables compared by code point, as SQLite does, whatever language the
    PostgreSQL server was set up for.
    """
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, AutoString):
                column.type = String().with_variant(String(collation="C"), "postgresql")


class texts_of(GenericFunction[str]):  # noqa: N801 - a function of SQL
    """The texts of a JSON list: a list of any length is one bound value."""

    inherit_cache = True
    type = String()


@compiles(texts_of)
def _texts_of(element: texts_of, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **how)})"


@compiles(texts_of, "postgresql")
def _texts_of_postgresql(element: texts_of, compiler: SQLCompiler, **how: Any) -> str:
    return f"jsonb_array_elements_text(CAST({compiler.process(element.clauses, **how)} AS JSONB))"


class pairs_of(GenericFunction[str]):  # noqa: N801 - a function of SQL
    """The keys and values of a JSON object whose values are texts or null."""

    inherit_cache = True
    type = String()


@compiles(pairs_of)
def _pairs_of(element: pairs_of, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **how)})"


@compiles(pairs_of, "postgresql")
def _pairs_of_postgresql(element: pairs_of, compiler: SQLCompiler, **how: Any) -> str:
    return f"jsonb_each_text(CAST({compiler.process(element.clauses, **how)} AS JSONB))"


class position_of(GenericFunction[int]):  # noqa: N801 - a function of SQL
    """The place of the second text in the first, 0 where it is not in it; capitals count."""

    inherit_cache = True
    type = Integer()


@compiles(position_of)
def _position_of(element: position_of, compiler: SQLCompiler, **how: Any) -> str:
    return f"instr({compiler.process(element.clauses, **how)})"


@compiles(position_of, "postgresql")
def _position_of_postgresql(element: position_of, compiler: SQLCompiler, **how: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **how)})"


def word(value: str) -> ColumnElement[str]:
    """Give a text that is part of the statement itself."""
    assert not set(value) & set("'\\%:"), "such a text would need quoting"
    return literal_column(f"'{value}'", String())


def number(value: int) -> ColumnElement[int]:
    """Give a number that is part of the statement itself."""
    return literal_column(str(value), Integer())


def room_for_filters() -> ColumnElement[bool]:
    """Give the place where the conditions of a list are put in."""
    return literal_column(FILTERS)


def adding(model: type[SQLModel]) -> tuple[Any, Any]:
    """Begin an INSERT for each database: for clauses that SQLAlchemy has per database."""
    return sqlite_dialect.insert(model), postgresql.insert(model)
