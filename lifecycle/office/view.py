"""How an office is looked at: as it now is, or as it was on a day and was known at a time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from lifecycle.engine.entry import recorded_day
from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass
from lifecycle.ledger.reading.as_of import NOW, AsOf, case_as_of, directory_at
from lifecycle.people.clock import in_beijing

__all__ = ["AsOf", "SeenCase", "View", "view_of"]

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.engine.corrections.amendments import Amendment
    from lifecycle.engine.world.moment import Moment, Officer
    from lifecycle.engine.world.others import Others
    from lifecycle.office.office import Office
    from lifecycle.people.directory import Directory
    from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class View:
    """An office as it is looked at: which entries count, the directory, and the day.

    `as_of` is false where all is looked at as it now is; `asked` tells whether a day or a time was
    named.
    """

    office: Office
    as_of: AsOf
    asked: bool
    directory: Directory
    moment: Moment

    @property
    def day(self) -> str:
        """Give the day, as YYYY-MM-DD."""
        return self.moment.on.isoformat()

    @property
    def heading(self) -> str:
        """Say as of when this is; "" where it is as it now is."""
        if not self.as_of:
            return ""
        known = f"按 {in_beijing(self.as_of.at)} 止已录入的" if self.as_of.at else "按当日"
        return f"截至 {self.day}（{known}）"

    def moment_of(self, workflow: Workflow, case: Case) -> Moment:
        """Give the moment with the other cases that a judgement on a case may read then."""
        return self.office.moment_of(workflow, case, self.moment)

    def linked_to(self, case: Case) -> Others:
        """Give all cases that link to a case on the day."""
        return self.office.register.others(self.office.directory).linked_to(case, self.day)

    def officer(self, code: str) -> Officer:
        """Give an officer as of the day; raises UnknownError, InvalidError."""
        return self.directory.officer(code, self.moment.on)

    def serves(self, code: str) -> bool:
        """Tell whether somebody was in office on the day."""
        person = self.directory.people.get(code)
        return person is not None and person.serves(self.day, self.directory.seq)

    def acting(self, code: str) -> list[Officer]:
        """Give an officer as of the day, and everybody for whom they acted by delegation."""
        return self.directory.acting(code, self.moment.on)

    def see(self, case: Case) -> SeenCase:
        """Give a case as it was; raises InvalidError where it was not open yet."""
        if not self.as_of:
            return SeenCase(self.office.workflow_of(case), case)
        past = case_as_of(self.office.library, case.id, self.as_of)
        if past is None:
            raise self._not_yet(case)
        return SeenCase(past.workflow, past.case, past.amended)

    def _not_yet(self, case: Case) -> InvalidError:
        if case.opened_on > self.day:
            return InvalidError(
                f"{case.number} 在 {self.day} 还没有立项，{case.opened_on} 才立项",
                f"--on 写 {case.opened_on} 或以后的日期",
            )
        return InvalidError(
            f"{case.number} 在 {in_beijing(str(self.as_of.at))} 还没有录入", "写以后的时刻"
        )


@dataclass(frozen=True, slots=True)
class SeenCase:
    """A case as it is looked at, under the workflow that governs it.

    `amended` names what of its values was corrected later.
    """

    workflow: Workflow
    case: Case
    amended: tuple[Amendment, ...] = ()


def view_of(office: Office, on: date | None = None, at: str | None = None) -> View:
    """Look at an office as of a day, and as known at a time (UTC, as entries have it).

    Known at a time and no day named, it is that time's day. Raises InvalidError for a day to come,
    and for a time at which there was no office.
    """
    today = office.day(None)
    if at is not None:
        on = on or min(date.fromisoformat(recorded_day(at)), today)
    day = office.day(on)
    directory = office.directory if at is None else directory_at(office.store, at)
    if at is not None and not directory.seq:
        raise InvalidError(f"{in_beijing(at)} 还没有建库", "写建库以后的时刻")
    past = at is not None or day < today
    return View(
        office=office,
        as_of=AsOf(day.isoformat(), at) if past else NOW,
        asked=on is not None,
        directory=directory,
        moment=office.register.moment(directory, day),
    )
