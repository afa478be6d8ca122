"""Whether the office is ready for work: so far, whether its database is kept safely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle.ledger.health import FileHealth, ServerHealth
from lifecycle.ledger.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from lifecycle.office.office import Office

__all__ = ["FileHealth", "ServerHealth", "examine"]


def examine(office: Office) -> FileHealth | ServerHealth:
    """See how the office's database is kept; raises UnavailableError where that cannot be seen."""
    store = office.store
    if isinstance(store, SqliteStore):
        from lifecycle.ledger.sqlite.health import health_of

        return health_of(store)
    from lifecycle.ledger.postgres.health import health_of as health_of_server
    from lifecycle.ledger.postgres.store import PostgresStore

    assert isinstance(store, PostgresStore)
    return health_of_server(store)
