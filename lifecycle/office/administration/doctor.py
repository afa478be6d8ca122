"""Whether the office is ready for work: whether its database is kept safely, and whether there are
people enough to go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifecycle.ledger.health import FileHealth, ServerHealth
from lifecycle.ledger.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from lifecycle.office.office import Office

__all__ = ["FileHealth", "ServerHealth", "examine", "staffing"]


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


def staffing(office: Office) -> tuple[str, ...]:
    """Say in which units nobody could go on once somebody there has resolved an objection."""
    return tuple(_thin(office))


def _thin(office: Office) -> Iterator[str]:
    from lifecycle.office.successors import thin_units

    directory = office.directory
    if not directory.seq:
        return
    names, titles = directory.names(office.day(None).isoformat()), office.roles()
    for one in thin_units(office):
        who = "、".join(one.resolvers)
        yield (
            f"{names[one.unit]} 的 {who} 若处理了不同意见，就不能再办那一项流转，"
            f"没有别人能以 {titles[one.role]} 身份办理并使其公文由另外的人核稿、签发；"
            f"请再授权一人：lifecycle officer grant 工号 {one.role}"
        )
