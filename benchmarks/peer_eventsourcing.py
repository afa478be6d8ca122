"""The toy flow in `eventsourcing`, run by a Python that has it: for each number on standard input
it opens an aggregate, brings it to twenty events, and prints the seconds of each of so many
transitions.
"""

from __future__ import annotations

import sys
import time
from uuid import UUID

from eventsourcing.application import Application  # type: ignore[import-not-found]  # its own Python has it
from eventsourcing.domain import Aggregate, event  # type: ignore[import-not-found]

EVENTS = 20


class Shuttle(Aggregate):  # type: ignore[misc]
    """A case that goes there and back."""

    @event("Opened")  # type: ignore[untyped-decorator]
    def __init__(self, name: str, investment: int, area: str, investor: str, land: str) -> None:
        self.name, self.investment, self.area = name, investment, area
        self.investor, self.land = investor, land
        self.state = "here"

    @event("Moved")  # type: ignore[untyped-decorator]
    def move(self, transition: str, officer: str, note: str) -> None:
        """Make a transition, where it is allowed."""
        if transition == "go" and (self.state != "here" or self.investment < 3000):
            raise ValueError(transition)
        if transition == "back" and self.state != "there":
            raise ValueError(transition)
        self.state = "there" if transition == "go" else "here"


class Office(Application):  # type: ignore[misc]
    """The use cases."""

    def open(self) -> UUID:
        """Open a case."""
        case = Shuttle("基准项目", 32000, "龙泉市", "某某文创发展有限公司", "42.5")
        self.save(case)
        return UUID(str(case.id))

    def move(self, case_id: UUID, transition: str) -> None:
        """Make a transition and save it."""
        case = self.repository.get(case_id)
        case.move(transition, "bureau01", "例行")
        self.save(case)


def main() -> None:
    """Answer until standard input ends."""
    office = Office()
    for line in sys.stdin:
        case, steps = office.open(), int(line)
        for turn in range(EVENTS - 1):
            office.move(case, "back" if turn % 2 else "go")
        start = time.perf_counter()
        for turn in range(EVENTS - 1, EVENTS - 1 + steps):
            office.move(case, "back" if turn % 2 else "go")
        print((time.perf_counter() - start) / steps, flush=True)


if __name__ == "__main__":
    main()
