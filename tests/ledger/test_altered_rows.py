"""Whatever is altered by hand in a row that stands beside the log, the audit finds it: each column
of each table, and a row that is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from homes import FILES
from ledger_office import Bureau, copied
from outside import outside
from paper_office import Paper

STANDS_IN_NO_ENTRY = {
    ("outbox", "attempts"): "how often a sending was tried",
    ("outbox", "next_at"): "when it is tried again",
    ("outbox", "error"): "why it failed",
    ("compiled", "program"): "another program compiles anew",
    ("compiled", ""): "what is gone is compiled anew",
}
"""What the log cannot say, so that no audit can find it altered."""
OTHERWISE = {"entry", "refusal", "meta", "definition"}
"""Tables that other tests are about, and refusals, which are counted only."""


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    """Make an office with something in every table: a letter issued and not yet sent, facts, seats,
    tasks.
    """
    with pytest.MonkeyPatch.context() as patch:
        paper = Paper(tmp_path_factory.mktemp("office"), patch, FILES)
        paper.founded()
        number = paper.asked()
        paper.issued(number)
        paper.do("sign", number, "to_siting", "agree", by="land01")
        paper.do("set", number, "area=12", by="bureau01")
        yield paper


def tables(bureau: Bureau) -> dict[str, list[str]]:
    """Give the columns of every table beside the log that has rows."""
    with outside(bureau.path) as database:
        found = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        names = [name for (name,) in database.execute(found).fetchall()]
        return {
            name: [row[1] for row in database.execute(f"PRAGMA table_info({name})").fetchall()]
            for name in names
            if name not in OTHERWISE
            and database.execute(f"SELECT count(*) FROM {name}").fetchone() != (0,)
        }


def another(value: Any) -> Any:
    """Give another value of the same kind."""
    if isinstance(value, bytes):
        return value[:-2] + b" " + value[-2:] if value else b"x"
    if isinstance(value, int):
        return value + 128  # a searched text's place counts by the block of so many that it is in
    if value is None:
        return "2030-01-01"
    return f"{value}x"


def test_every_column_of_every_row_counts(pristine: Paper, tmp_path: Path) -> None:
    """One value altered in the first row of a table is found, whichever column it stands in; so is
    a row that is gone.
    """
    missed = []
    found = tables(pristine)
    assert {"cases", "office", "task", "letter", "fact_value", "compiled"} <= set(found)
    for table, columns in found.items():
        for column in (*columns, ""):
            if (table, column) in STANDS_IN_NO_ENTRY:
                continue
            bureau = copied(pristine, tmp_path / f"{table}-{column or 'row'}")
            altered(bureau, table, column, columns)
            if not bureau.findings():
                missed.append(f"{table}.{column or '（整行）'}")
    assert missed == []


def altered(bureau: Bureau, table: str, column: str, columns: list[str]) -> None:
    """Alter a value of the first row of a table, or remove the row."""
    with outside(bureau.path) as database:
        database.execute("PRAGMA foreign_keys = OFF")
        names = ", ".join(columns)
        first = database.execute(f"SELECT {names} FROM {table} ORDER BY {names} LIMIT 1").fetchone()
        here = " AND ".join(f"{name} IS ?" for name in columns)
        if column:
            value = another(first[columns.index(column)])
            database.execute(f"UPDATE {table} SET {column} = ? WHERE {here}", (value, *first))
        else:
            database.execute(f"DELETE FROM {table} WHERE {here}", first)
