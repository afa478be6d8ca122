"""A jump of the clock: announced by an administrator, confirmed by somebody else."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any, Self

from lifecycle.engine.entry import recorded_day
from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass, replace
from lifecycle.people.changes.change import OfficeChange, OfficeDocket, OfficeEntry, wire
from lifecycle.people.changes.wire import Intent, data_of, text
from lifecycle.people.clock import gap, in_beijing, most_days
from lifecycle.people.clock_step import ClockStep
from lifecycle.people.directory import Directory

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_AGAIN = "管理员重新提出：lifecycle clock announce --as 管理员"


@dataclass(frozen=True, slots=True)
class AnnounceClock(OfficeChange):
    """Announce that the clock is right though it has jumped: what it shows (UTC).

    Recorded at the last certain time.
    """

    clock: str

    entry_type = "clock_step_announced"
    over_jump = "announces"

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that the clock has jumped, and that an administrator says so who is one on the day
        that it shows.
        """
        role = docket.administrator()
        asker, directory = docket.asker(), docket.directory
        bound = most_days(directory.clock_days)
        if not _is_time(self.clock):
            raise InvalidError(f"时间“{self.clock}”的写法不对")
        if gap(docket.at, self.clock) <= timedelta(days=bound):
            raise InvalidError(
                f"系统时钟 {in_beijing(self.clock)} 距上一条记录 {in_beijing(docket.at)} "
                f"不超过 {bound} 天，不需要确认",
                "照常办理即可",
            )
        day = date.fromisoformat(recorded_day(self.clock))
        if "admin" not in directory.officer(asker.id, day).held:
            raise InvalidError(f"{asker.id} 在 {day} 不是管理员", "请在岗的管理员提出")
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office with the jump, which nobody confirmed yet."""
        step = ClockStep(entry.eid, entry.actor, self.clock)
        return replace(directory, clock_steps=(*directory.clock_steps, step))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return wire({"clock": self.clock})

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        return cls(text(data_of(intent), "clock"))

    def is_repeated_by(self, recorded: OfficeChange) -> bool:
        """Tell whether a recorded change is this one: the clock has gone on since."""
        return isinstance(recorded, AnnounceClock)


@dataclass(frozen=True, slots=True)
class ConfirmClock(OfficeChange):
    """Confirm a jump of the clock, named by the eid of the entry that announced it."""

    step: str

    entry_type = "clock_step_confirmed"
    over_jump = "confirms"

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator or auditor confirms what somebody else announced, on the day
        that the clock showed.
        """
        role = docket.second_person("时钟")
        asker, at = docket.asker(), docket.at
        steps = docket.directory.clock_steps
        step = next((step for step in steps if step.id == self.step), None)
        if step is None or step.confirmed_by is not None:
            mend = "管理员先办：lifecycle clock announce --as 管理员"
            raise InvalidError("没有待确认的时钟", mend)
        if step.officer == asker.id:
            message = f"时钟由 {asker.id} 提出，不能由同一人确认"
            raise InvalidError(message, "请另一名管理员或审计员运行：lifecycle clock confirm")
        if not _is_time(step.clock):
            raise InvalidError(f"时间“{step.clock}”的写法不对", _AGAIN)
        if at < step.clock or recorded_day(at) != recorded_day(step.clock):
            shown, now = in_beijing(step.clock), in_beijing(at)
            raise InvalidError(f"提出时时钟为 {shown}，现为 {now}，不在同一天", _AGAIN)
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office in which the jump is confirmed."""
        steps = (
            replace(step, confirmed_by=entry.actor) if step.id == self.step else step
            for step in directory.clock_steps
        )
        return replace(directory, clock_steps=tuple(steps))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return wire({"step": self.step})

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        return cls(text(data_of(intent), "step"))

    def is_repeated_by(self, recorded: OfficeChange) -> bool:
        """Tell whether a recorded change is this one: another may have been announced since."""
        return isinstance(recorded, ConfirmClock)


def _is_time(text: str) -> bool:
    """Tell whether a text is a time as entries have it, which exists in Beijing too."""
    if _STAMP.fullmatch(text) is None:
        return False
    try:
        recorded_day(text)
        datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return False
    return True
