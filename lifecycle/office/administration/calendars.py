"""The working calendar: its years, and another one proposed and confirmed by two people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle.callers import file_named
from lifecycle.engine.world.workdays import Calendar, read_calendar
from lifecycle.errors import InvalidError
from lifecycle.exchange.calendar_file import read_calendar_file
from lifecycle.ledger.record import CALENDAR, hash_of
from lifecycle.office.administration.people import RecordedChange, record
from lifecycle.office.administration.publication import Publication, publish
from lifecycle.people.changes import ConfirmCalendar, ProposeCalendar

if TYPE_CHECKING:
    from lifecycle.ledger.register import Request
    from lifecycle.office.office import Office
    from lifecycle.people.directory import CalendarProposal


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """A year of the calendar: whether it was announced, how many holidays and working weekends it
    has.
    """

    year: int
    announced: bool
    holidays: int
    workdays: int


@dataclass(frozen=True, slots=True)
class ProposedCalendar:
    """A calendar that waits to be confirmed: its SHA-256, who proposed it, who may confirm it now,
    and the years that it would change. `repeated`: it was proposed before.
    """

    sha256: str
    officer: str
    confirmers: tuple[str, ...]
    years: tuple[CalendarLine, ...]
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class CalendarYears:
    """The calendar in force: its SHA-256 and its years; and the one that waits, if any."""

    sha256: str
    years: tuple[CalendarLine, ...]
    proposed: ProposedCalendar | None


def calendar_years(office: Office) -> CalendarYears:
    """List the years of the calendar in force, and tell what waits to be confirmed."""
    calendar, proposal = office.moment().calendar, office.directory.open_proposal
    proposed = _proposed(office, proposal) if proposal is not None else None
    return CalendarYears(calendar.digest, tuple(_lines(calendar)), proposed)


def _lines(calendar: Calendar, before: Calendar | None = None) -> Iterator[CalendarLine]:
    """Give the years of a calendar, of which `before` says otherwise or nothing."""
    for year, data in sorted(calendar.years.items()):
        if before is None or before.years.get(year) != data:
            yield CalendarLine(year, data.announced, len(data.holidays), len(data.workdays))


def _proposed(
    office: Office, proposal: CalendarProposal, *, repeated: bool = False
) -> ProposedCalendar:
    body = office.store.definition(proposal.digest)
    calendar = read_calendar(json.loads(body), proposal.digest)
    return ProposedCalendar(
        sha256=proposal.digest,
        officer=proposal.officer,
        confirmers=office.confirmers(proposal.officer),
        years=tuple(_lines(calendar, office.moment().calendar)),
        repeated=repeated,
    )


def publish_calendar(office: Office, request: Request, file: str) -> Publication | ProposedCalendar:
    """Propose a calendar file's years, within the calendar in force: somebody else confirms them.

    An office without a calendar puts its first one into force.
    """
    before = office.directory.document("calendar", CALENDAR)
    in_force = office.store.definition(before) if before else None
    body = read_calendar_file(file_named(file), in_force)
    if in_force is None:
        return publish(office, request, [("calendar", CALENDAR, body)], [CALENDAR])
    if before == hash_of(body):
        return publish(office, request, [], [CALENDAR])
    waiting = office.directory.open_proposal
    repeated = waiting is not None and waiting.digest == hash_of(body)
    if not repeated:
        change = ProposeCalendar.of(CALENDAR, body)
        office.register.change_office(request, change, definition=body)
        waiting = office.directory.open_proposal
    assert waiting is not None, "it was proposed"
    return _proposed(office, waiting, repeated=repeated)


def confirm_calendar(office: Office, request: Request, file: str) -> tuple[RecordedChange, str]:
    """Put into force, as another person, the calendar that was proposed: `file` says the same.

    Give the entry and the calendar's SHA-256.
    """
    directory = office.directory
    before = directory.document("calendar", CALENDAR)
    in_force = office.store.definition(before) if before else None
    body = read_calendar_file(file_named(file), in_force)
    digest, waiting = hash_of(body), directory.open_proposal
    if waiting is not None and waiting.digest != digest:
        raise InvalidError(
            f"文件与 {waiting.officer} 提出的日历不一致：{_differing(office, waiting, body)}",
            "用 lifecycle calendar list 看提出的改动，核对公布的通知；提出的有误，"
            "请管理员改好文件重新提出",
        )
    meant = [one.id for one in directory.proposals if one.digest == digest]
    entry = record(office, request, ConfirmCalendar(meant[-1] if meant else ""))
    return entry, digest


def _differing(office: Office, proposal: CalendarProposal, body: bytes) -> str:
    """Name the years of which a calendar says otherwise than the proposed one."""
    mine = json.loads(body)["years"]
    proposed = json.loads(office.store.definition(proposal.digest))["years"]
    years = sorted({*mine, *proposed})
    return "、".join(f"{year} 年" for year in years if mine.get(year) != proposed.get(year))
