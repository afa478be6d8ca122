"""The worked example: an office to found, the stories played in it, and the materials for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle import places
from lifecycle.correspondence.drafts import drafted_letters
from lifecycle.errors import InvalidError
from lifecycle.exchange.directory_file import read_directory_file
from lifecycle.exchange.story_file import Stories, Story, StoryStep, read_stories
from lifecycle.ledger.opening import holds_ledger, is_server, name_of
from lifecycle.office.administration.definitions import shipped
from lifecycle.office.administration.init import Founding, found_with
from lifecycle.office.administration.people import announce_clock, clock, confirm_clock
from lifecycle.office.cases import cases
from lifecycle.office.cases.cases import Case, Request
from lifecycle.office.clock import BEIJING, Clock
from lifecycle.outfile import write_file
from lifecycle.people.changes import DatedChange, Delegate, OfficeChange
from lifecycle.people.clock import may_confirm
from lifecycle.people.directory import SYSTEM_ROLES
from lifecycle.sharing import make_folders
from lifecycle.workflow.naming import find_material
from lifecycle.workflow.reader import read_workflow

if TYPE_CHECKING:
    from lifecycle.office.office import Office

__all__ = [
    "Appointment",
    "DemoClock",
    "DemoPlace",
    "DemoStanding",
    "Event",
    "FoundedDemo",
    "Materials",
    "Stories",
    "Story",
    "StoryStep",
    "appoint",
    "found",
    "in_order",
    "letters_to_show",
    "place_for",
    "see_clock",
    "shipped_stories",
    "standing",
]

_MORNING, _AFTERNOON = time(9), time(14)
_APART = timedelta(minutes=10)
_HALF_DAY = 18
"""How many entries there are between nine and twelve, and as many between two and five."""


class DemoClock:
    """The clock by which the example is played: office hours of the day that is being played, one
    entry every ten minutes; once all is played, the clock that it was given.
    """

    def __init__(self, after: Clock) -> None:
        self._after = after
        self._day: date | None = None
        self._entry = 0

    def __call__(self) -> datetime:
        """Give the time; it stands still until the next entry."""
        if self._day is None:
            return self._after()
        half = _MORNING if self._entry < _HALF_DAY else _AFTERNOON
        begins = datetime.combine(self._day, half, BEIJING)
        return begins + self._entry % _HALF_DAY * _APART

    def next(self, day: date) -> None:
        """Go on to the next entry, on a day; the last time of a day serves for all beyond it."""
        following = self._entry + 1 if day == self._day else 0
        self._day, self._entry = day, min(following, 2 * _HALF_DAY - 1)

    def end(self) -> None:
        """Go by the clock that was given, from now on."""
        self._day = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """A change of people that begins later than the office: the day, who makes it, and what."""

    on: date
    officer: str
    change: OfficeChange


@dataclass(frozen=True, slots=True)
class Event:
    """What happens on a day: a change of people (`case` is -1), or a case's opening or next step,
    by the index of its story.
    """

    on: date
    case: int
    what: Appointment | Story | StoryStep


@dataclass(frozen=True, slots=True)
class FoundedDemo:
    """How many units and officers the office was founded with, and what changes later."""

    units: int
    officers: int
    later: tuple[Appointment, ...]


@dataclass(frozen=True, slots=True)
class DemoStanding:
    """Where a case of the example stands: its area, its entries, its state and that one's title."""

    area: str
    entries: int
    state: str
    stage: str


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """Where the example is played: the database by its URL and as people are told it, and the
    folder of the materials that are made up for it.
    """

    url: str
    name: str
    materials: Path
    again: str
    """What LIFECYCLE_DB is set to afterwards; without a password."""


def place_for(url: str | None, into: Path) -> DemoPlace:
    """Choose the database: a new file in a folder, or the empty one on a server that is named.

    Raises InvalidError where there is a ledger.
    """
    materials = into / "materials"
    if url is None or not is_server(url):
        path = into / "lifecycle.db"
        if path.exists():
            raise InvalidError(
                f"{path} 已经有了，没有动它", "用 --into 换一个文件夹，或先删去原来的文件夹"
            )
        again = f"sqlite:///{path.resolve().as_posix().replace('%', '%25')}"
        return DemoPlace(str(path), str(path), materials, again)
    name = name_of(url)
    if holds_ledger(url):
        raise InvalidError(f"{name} 里已有台账，没有动它", "请另用一个空的库：createdb 新库名")
    again = name.replace("postgresql://", "postgresql+psycopg://", 1)
    return DemoPlace(url, name, materials, again)


def shipped_stories() -> Stories:
    """Read the stories that are shipped."""
    return read_stories(places.demo() / "projects.yaml")


def found(office: Office, clock: DemoClock) -> FoundedDemo:
    """Found the office in which the stories are played, on the day from which it is there.

    What begins later is left to its own day.
    """
    definitions = shipped()
    workflows = [
        read_workflow(body, name, checked=False)
        for kind, name, body in definitions
        if kind == "workflow"
    ]
    roles = {role.name: role.title for w in workflows for role in w.roles.values()} | SYSTEM_ROLES
    listed = read_directory_file(places.demo() / "office.yaml", roles)
    founder, since = listed.office.officer, listed.office.since or ""
    at_once = [change for change in listed.changes if _begins(change, since) <= since]
    later = [
        Appointment(date.fromisoformat(_begins(change, since)), _maker(change, founder), change)
        for change in listed.changes
        if _begins(change, since) > since
    ]
    clock.next(date.fromisoformat(since))
    found_with(
        office, Request(founder), Founding(listed.office, tuple(at_once), tuple(definitions))
    )
    directory = office.directory
    return FoundedDemo(len(directory.units), len(directory.people), tuple(later))


def _begins(change: OfficeChange, founded: str) -> str:
    """Give the day on which a change is recorded: its own, or that of the founding."""
    return change.since or founded if isinstance(change, DatedChange) else founded


def _maker(change: OfficeChange, founder: str) -> str:
    """Name who makes a change: a principal their own delegation, the founder all else."""
    return change.principal if isinstance(change, Delegate) else founder


def in_order(stories: Stories, later: Iterable[Appointment]) -> list[Event]:
    """Put everything that happens into the order of its days: on each, changes of people first,
    then case by case.
    """
    events = [Event(appointment.on, -1, appointment) for appointment in later]
    for number, story in enumerate(stories.stories):
        events.append(Event(story.on, number, story))
        steps = [step for step in story.steps if isinstance(step, StoryStep)]
        events.extend(Event(step.on, number, step) for step in steps)
    return sorted(events, key=lambda event: (event.on, event.case))


def appoint(office: Office, appointment: Appointment) -> None:
    """Record a change of people."""
    request = Request(appointment.officer)
    office.register.change_office(request, appointment.change)


def see_clock(office: Office) -> tuple[str, str] | None:
    """Confirm today's clock where the stories ended too long ago for anything to be recorded.

    Give those who announced and confirmed it, None where there was nothing to confirm.
    """
    state = clock(office)
    if not state.jumped:
        return None
    directory = office.directory
    announcer = next(grant.officer for grant in directory.grants if "admin" in grant.roles)
    confirmer = may_confirm(directory, announcer, state.clock)[0]
    announce_clock(office, Request(announcer))
    confirm_clock(office, Request(confirmer))
    return announcer, confirmer


def standing(office: Office, number: str) -> DemoStanding:
    """Tell where a case stands."""
    case = office.case(number)
    stage = office.workflow_of(case).states[case.state].title
    return DemoStanding(str(case.facts["area"]), case.seq, case.state, stage)


def letters_to_show(office: Office, stories: Stories) -> Iterator[tuple[str, str]]:
    """Name the letters to show, each by its case's number and its name: the first of the template
    in the case.
    """
    for title, template in stories.letters:
        case = office.case(title)
        drafted = drafted_letters(office.library, case.id)
        yield case.number, next(d.name for d in drafted if d.letter.template == template)


class Materials:
    """Makes up the materials that officers attach, in `folder`, a folder for each case."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office = office
        self.folder = folder
        self._written: dict[tuple[str, str], Path] = {}

    def attach(self, officer: str, on: date, case: Case, word: str) -> None:
        """Write a material as of a day, which is today for the office, and attach it.

        `a=b` attaches as `a` the very bytes of what was attached as `b`.
        """
        name, _, same = word.partition("=")
        title = find_material(self.office.workflow_of(case), name).title
        path = self.folder / case.number / f"{on} {_file_name(title)}.txt"
        make_folders(path.parent)
        text = (
            "演示材料（虚构）\n"
            f"项目：{case.number} {case.title}\n"
            f"材料：{title}\n"
            f"上传：{on} {officer}\n"
        )
        body = self._written[case.number, same].read_bytes() if same else text.encode()
        write_file(path, body, "演示材料")
        self._written[case.number, name] = path
        cases.attach(self.office, Request(officer), case, name, path)


def _file_name(title: str) -> str:
    return re.sub(r'[/\\:*?"<>|\s]', "_", title)
