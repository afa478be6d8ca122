"""Whether the office is ready for work: so far, whether its database is kept safely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle.ledger.sqlite.health import Health, Sizes, Unsafe, health_of

if TYPE_CHECKING:
    from lifecycle.office.office import Office

__all__ = ["Health", "Sizes", "Unsafe", "examine"]


def examine(office: Office) -> Health:
    """See how the office's database is kept; raises UnavailableError where that cannot be seen."""
    return health_of(office.store)
