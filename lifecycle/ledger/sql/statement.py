"""One statement as text, in the words of each database."""

from __future__ import annotations

from collections.abc import Sequence

from lifecycle.frozen import dataclass

FILTERS = "{filters}"
"""Where a statement leaves room for the conditions of a list."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, or a condition of one, in SQLite's words and in PostgreSQL's.

    Its values are bound by name: `:name` in SQLite, `%(name)s` in PostgreSQL, which psycopg reads.
    `postgresql` is "" where only SQLite needs it.
    """

    sqlite: str
    postgresql: str

    def filtered(self, conditions: Sequence[Statement]) -> Statement:
        """Give the statement with conditions in its room for filters; all of them must hold."""
        return Statement(
            self.sqlite.replace(FILTERS, _all_of([c.sqlite for c in conditions])),
            self.postgresql.replace(FILTERS, _all_of([c.postgresql for c in conditions])),
        )


def _all_of(conditions: list[str]) -> str:
    return " AND ".join(f"({condition})" for condition in conditions) or "TRUE"
