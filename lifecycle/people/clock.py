"""The office's clock: how far recording times may lie apart, and who confirms that a jump is no
error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from lifecycle.engine.entry import BEIJING, recorded_day
from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass
from lifecycle.people.clock_step import ClockStep

if TYPE_CHECKING:
    from lifecycle.engine.moment import Officer
    from lifecycle.people.directory import Directory

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@dataclass(frozen=True, slots=True)
class ClockRules:
    """How many days two neighbouring entries may lie apart, and by how many minutes two machines'
    clocks may differ.
    """

    most_days: int
    skew_minutes: int


@cache
def shipped_rules() -> ClockRules:
    """Give the shipped rules of the clock."""
    from lifecycle import places
    from lifecycle.workflow.yaml.file import YamlFile

    keys = ("most_days", "skew_minutes")
    file = YamlFile(places.settings() / "clock.yaml", known=keys, required=keys)
    rules = ClockRules(
        file.top.integer("most_days", most=3650), file.top.integer("skew_minutes", most=1440)
    )
    file.end()
    return rules


def most_days(pinned: int) -> int:
    """Give the bound that an office was founded with.

    The shipped one where it was founded without.
    """
    return pinned or shipped_rules().most_days


def gap(before: str, after: str) -> timedelta:
    """Give the time between two recording times."""
    return datetime.fromisoformat(after) - datetime.fromisoformat(before)


def in_beijing(at: str) -> str:
    """Write a recording time as officers read it."""
    return datetime.fromisoformat(at).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def check_announcement(
    directory: Directory, data: Mapping[str, Any], officer: Officer, at: str
) -> None:
    """Judge an announcement: it is recorded at the last certain time `at`, and names what the clock
    shows since.
    """
    clock, bound = str(data["clock"]), most_days(directory.clock_days)
    if _STAMP.fullmatch(clock) is None:
        raise InvalidError(f"时间“{clock}”的写法不对")
    if gap(at, clock) <= timedelta(days=bound):
        raise InvalidError(
            f"系统时钟 {in_beijing(clock)} 距上一条记录 {in_beijing(at)} 不超过 {bound} 天，"
            f"不需要确认",
            "照常办理即可",
        )
    day = datetime.fromisoformat(clock).astimezone(BEIJING).date()
    if "admin" not in directory.officer(officer.id, day).held:
        raise InvalidError(f"{officer.id} 在 {day} 不是管理员", "请在岗的管理员提出")


def check_confirmation(
    directory: Directory, data: Mapping[str, Any], officer: Officer, at: str
) -> None:
    """Judge a confirmation: of an open announcement, by another person, on the day that the clock
    showed.
    """
    step = next((step for step in directory.clock_steps if step.id == data["step"]), None)
    if step is None or step.confirmed_by is not None:
        raise InvalidError("没有待确认的时钟", "管理员先办：lifecycle clock announce --as 管理员")
    if step.officer == officer.id:
        raise InvalidError(
            f"时钟由 {officer.id} 提出，不能由同一人确认",
            "请另一名管理员或审计员运行：lifecycle clock confirm",
        )
    if at < step.clock or recorded_day(at) != recorded_day(step.clock):
        raise InvalidError(
            f"提出时时钟为 {in_beijing(step.clock)}，现为 {in_beijing(at)}，不在同一天",
            "管理员重新提出：lifecycle clock announce --as 管理员",
        )


def open_step(directory: Directory, at: str) -> ClockStep | None:
    """Give the jump that was announced on the day of a time and is not confirmed yet."""
    step = directory.clock_steps[-1] if directory.clock_steps else None
    if (
        step is None
        or step.confirmed_by is not None
        or recorded_day(step.clock) != recorded_day(at)
    ):
        return None
    return step


def may_confirm(directory: Directory, announcer: str, at: str) -> list[str]:
    """Name those who may confirm what an officer announced: the other administrators and auditors
    in office.
    """
    day = datetime.fromisoformat(at).astimezone(BEIJING).date()
    others = [
        person.code
        for person in directory.people.values()
        if person.code != announcer and person.serves(day.isoformat(), directory.seq)
    ]
    return [
        code for code in others if {"admin", "auditor"} & directory.officer(code, day).held.keys()
    ]
