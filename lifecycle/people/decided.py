"""What two persons have decided: to take cases over into another version, or in from before the
ledger, and from where numbers go on.
"""

from __future__ import annotations

from typing import TypeVar

from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.numbers import serial_of


@dataclass(frozen=True, slots=True)
class Migration:
    """A taking over of the open cases of one version of a workflow into another that an officer
    proposed: the entry's eid and place, who, the workflow's name, the SHA-256 of both versions and
    of the map between them; and by which entry and whom it was confirmed, 0 and "" for not yet.
    """

    id: str
    seq: int
    officer: str
    name: str
    before: str
    after: str
    map: str
    confirmed: int = 0
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class Declaration:
    """Running cases that an officer proposed to take in: the entry's eid and place, who, under
    which workflow (its name and SHA-256), the digests of the cases in order; and by which entry and
    whom it was confirmed, 0 and "" for not yet.
    """

    id: str
    seq: int
    officer: str
    name: str
    workflow: str
    rows: tuple[str, ...]
    confirmed: int = 0
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class SeriesStart:
    """Where a series of numbers stands in the register on paper: the last number that was given
    there, and the year that it names, "" for a series that has none.
    """

    series: str
    number: str
    year: str

    @property
    def last(self) -> int:
        """Give the serial of that number, 0 where it is not of the series."""
        return serial_of(self.series, self.number) or 0


@dataclass(frozen=True, slots=True)
class Numbering:
    """Series of numbers that an officer proposed to go on from the registers on paper: the entry's
    eid and place, who, from where; and by which entry and whom it was confirmed, 0 and "" for not
    yet.
    """

    id: str
    seq: int
    officer: str
    starts: tuple[SeriesStart, ...]
    confirmed: int = 0
    confirmed_by: str = ""


_Decided = TypeVar("_Decided", Migration, Declaration, Numbering)


def confirmed(
    proposed: tuple[_Decided, ...], eid: str, seq: int, officer: str
) -> tuple[_Decided, ...]:
    """Give what was proposed with one of it, named by its entry's eid, confirmed by the office
    entry with that seq and by whom.
    """
    return tuple(
        replace(one, confirmed=seq, confirmed_by=officer) if one.id == eid else one
        for one in proposed
    )
