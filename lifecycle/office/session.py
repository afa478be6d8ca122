"""One call from outside: how an office is opened, by which clock, and what has been recorded."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from lifecycle.frozen import dataclass
from lifecycle.ledger.deeds import Deeds
from lifecycle.office.clock import Clock, now

if TYPE_CHECKING:
    from lifecycle.office.office import Office

__all__ = ["Deeds", "Opener", "Session"]


class Opener(Protocol):
    """Opens the office in a database, as `Office.open` does."""

    def __call__(self, url: str | None, *, clock: Clock, create: bool) -> Office:
        """Open it; the user's own database where none is named."""
        ...


def _open_office(url: str | None, *, clock: Clock, create: bool) -> Office:
    """Open an office as everybody does; its rooms are imported only now."""
    from lifecycle.office.office import Office

    return Office.open(url, clock=clock, create=create)


@dataclass(frozen=True, slots=True)
class Session:
    """What one call is given: the clock it goes by and the way into an office.

    `deeds` are what the call has recorded so far: once committed that is done, however it ends.
    """

    clock: Clock = now
    opener: Opener = _open_office
    deeds: Deeds = field(default_factory=Deeds)

    def open(self, url: str | None, *, create: bool = False) -> Office:
        """Open an office that goes by this clock and notes here what it records."""
        office = self.opener(url, clock=self.clock, create=create)
        office.store.deeds = self.deeds
        return office
