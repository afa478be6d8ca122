"""Which database a URL names, and how it is opened."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lifecycle.errors import UnavailableError
from lifecycle.ledger.sqlite.database import database_path
from lifecycle.ledger.sqlite.store import SqliteStore
from lifecycle.ledger.store import Store

if TYPE_CHECKING:
    from lifecycle.ledger.postgres.store import PostgresStore

_SERVERS = ("postgresql://", "postgresql+psycopg://")


def default_url() -> str:
    """Give the database that is used where none is named."""
    from lifecycle.places import data_folder

    return os.environ.get("LIFECYCLE_DB") or f"sqlite:///{data_folder() / 'lifecycle.db'}"


def is_server(url: str) -> bool:
    """Tell whether a URL names a database on a PostgreSQL server, not a file."""
    return url.startswith(_SERVERS)


def name_of(url: str) -> str:
    """Say which database a URL names, without a password."""
    if is_server(url):
        return _on_a_server().named(url)
    return str(database_path(url))


def holds_ledger(url: str) -> bool:
    """Tell whether a database on a server holds a ledger, whole or not yet copied to its end."""
    return _on_a_server().holds_ledger(url)


def open_replica(url: str) -> Store:
    """Open a database into which another is to be copied: new, or not completed before.

    Raises InvalidError for one that holds a ledger, or anything else.
    """
    if is_server(url):
        return _on_a_server().open_replica(url)
    return SqliteStore.open_replica(url)


def open_store(url: str, *, create: bool = False, readonly: bool = False) -> Store:
    """Open a database, or create it.

    Refuses one that is missing, not ours, newer, older or unsafe. With `readonly`, nothing can be
    written.
    """
    if is_server(url):
        return _on_a_server().open(url, create=create, readonly=readonly)
    return SqliteStore.open(url, create=create, readonly=readonly)


def _on_a_server() -> type[PostgresStore]:
    """Import what speaks with servers; raises UnavailableError where its driver is missing."""
    try:
        from lifecycle.ledger.postgres.store import PostgresStore
    except ImportError as error:
        raise UnavailableError(
            "这台机器上没有装 PostgreSQL 的驱动（psycopg）", "pip install 'lifecycle[postgresql]'"
        ) from error
    return PostgresStore
