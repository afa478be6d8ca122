"""Divisions of units (处室): added, changed, filled, and listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from lifecycle.office.administration.people import RecordedChange, iso, one_line, record
from lifecycle.people.changes import AddDivision, ChangeDivision, PlaceOfficer

if TYPE_CHECKING:
    from lifecycle.ledger.register import Request
    from lifecycle.office.office import Office


@dataclass(frozen=True, slots=True)
class DivisionLine:
    """A division on a day: its name, its unit with its name, who is in charge of it ("": nobody),
    and who is in it.
    """

    code: str
    title: str
    unit: str
    unit_title: str
    leader: str
    officers: tuple[str, ...]


def add_division(
    office: Office,
    request: Request,
    code: str,
    title: str,
    *,
    unit: str,
    since: date | None = None,
) -> RecordedChange:
    """Add a division of a unit."""
    unit_code = office.directory.unit_code(unit)
    added = AddDivision(code, one_line(title, "处室名称"), unit_code, iso(since))
    return record(office, request, added)


def change_division(
    office: Office,
    request: Request,
    division: str,
    *,
    title: str | None = None,
    leader: str | None = None,
    since: date | None = None,
) -> tuple[RecordedChange, DivisionLine]:
    """Change a division's name, or who is in charge of it ("": nobody); give the division as it
    then is.
    """
    directory = office.directory
    code = directory.division_code(division)
    who = directory.officer_code(leader) if leader else leader
    name = one_line(title, "处室名称") if title is not None else None
    entry = record(office, request, ChangeDivision(code, name, who, iso(since)))
    (line,) = (one for one in divisions(office, since) if one.code == code)
    return entry, line


def place_officer(
    office: Office, request: Request, officer: str, division: str, *, since: date | None = None
) -> tuple[RecordedChange, str]:
    """Say in which division an officer is from a day on, "" for none; give its name, too."""
    directory = office.directory
    who = directory.officer_code(officer)
    code = directory.division_code(division, directory.people[who].unit) if division else ""
    entry = record(office, request, PlaceOfficer(who, code, iso(since)))
    title = directory.divisions[code].titles[-1][0] if code else ""
    return entry, title


def divisions(
    office: Office, on: date | None = None, unit: str | None = None
) -> list[DivisionLine]:
    """List the divisions on a day, of one unit or of all."""
    directory, day = office.directory, (on or office.day(None)).isoformat()
    names, placed, seq = directory.names(day), directory.divisions_on(day), directory.seq
    wanted = directory.unit_code(unit) if unit else None
    return [
        DivisionLine(
            code,
            one.title(day, seq),
            one.unit,
            names[one.unit],
            one.leader(day, seq),
            tuple(officer for officer, division in placed.items() if division == code),
        )
        for code, one in directory.divisions.items()
        if wanted in (None, one.unit)
    ]
