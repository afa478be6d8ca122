"""Numbers go on where the registers on paper stand: proposed by one person and confirmed by
another, once for a series, and before its first number is given.
"""

from __future__ import annotations

from typing import Any, Self

from lifecycle.engine.entry import recorded_day
from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass, replace
from lifecycle.people.changes.change import OfficeChange, OfficeDocket, OfficeEntry, wire
from lifecycle.people.changes.wire import Intent, data_of, misshapen, text
from lifecycle.people.decided import Numbering, SeriesStart, confirmed
from lifecycle.people.directory import Directory

MOST_STARTS = 100
"""So many series are proposed at once at most: an entry stays small."""
MOST_SERIAL = 99_999
"""No register on paper has come further within a year: what is beyond is a slip, and would stay."""
_PROPOSE = "管理员先提出：lifecycle number propose 编号 …"


@dataclass(frozen=True, slots=True)
class ProposeNumbering(OfficeChange):
    """Propose from where series of numbers go on."""

    starts: tuple[SeriesStart, ...]

    entry_type = "numbering_proposed"
    begins_numbers = True

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator proposes it, and that each series may still begin there."""
        role = docket.administrator()
        if not 0 < len(self.starts) <= MOST_STARTS:
            raise InvalidError(f"一次提出 1 至 {MOST_STARTS} 个系列", "多的分几次")
        names = [start.series for start in self.starts]
        for start in self.starts:
            if names.count(start.series) > 1:
                raise InvalidError(f"{start.series} 写了两次", "一个系列只写最后一个号")
            _see_sound(start)
            _see_open(docket, start)
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office with the proposal: nothing is numbered by it yet."""
        one = Numbering(entry.eid, entry.seq, entry.actor, self.starts)
        return replace(directory, numberings=(*directory.numberings, one))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        starts = [
            {"series": start.series, "number": start.number, "year": start.year}
            for start in self.starts
        ]
        return wire({"starts": starts})

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        starts = data_of(intent).get("starts")
        if not isinstance(starts, list) or not all(isinstance(one, dict) for one in starts):
            misshapen("starts")
        return cls(
            tuple(
                SeriesStart(text(one, "series"), text(one, "number"), text(one, "year"))
                for one in starts
            )
        )


@dataclass(frozen=True, slots=True)
class ConfirmNumbering(OfficeChange):
    """Confirm what was proposed, named by the eid of that entry: from then on the next number of
    each of its series is the one after the last on paper.
    """

    proposal: str

    entry_type = "numbering_confirmed"
    begins_numbers = True

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator or auditor confirms what somebody else proposed last for
        these series, and that each of them may still begin there.
        """
        role = docket.second_person("编号起点")
        asker = docket.asker()
        numberings = docket.directory.numberings
        meant = next((one for one in numberings if one.id == self.proposal), None)
        if meant is None or meant.confirmed:
            raise InvalidError("没有待确认的编号起点", _PROPOSE)
        names = {start.series for start in meant.starts}
        later = (one for one in numberings if one.seq > meant.seq)
        if any(start.series in names for one in later for start in one.starts):
            raise InvalidError("提出以后又提出了别的，这一份不能再确认", "确认最后提出的一份")
        if meant.officer == asker.id:
            message = f"编号起点由 {asker.id} 提出，不能由同一人确认"
            raise InvalidError(message, "请另一名管理员或审计员对照纸质登记簿确认")
        for start in meant.starts:
            _see_open(docket, start)
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office in which it is decided."""
        found = confirmed(directory.numberings, self.proposal, entry.seq, entry.actor)
        return replace(directory, numberings=found)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return wire({"proposal": self.proposal})

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        return cls(text(data_of(intent), "proposal"))


def _see_sound(start: SeriesStart) -> None:
    """Refuse a number that is not of its series, is none yet, or is a slip of the pen."""
    if start.series.count("{serial}") != 1 or start.year not in start.series:
        raise InvalidError(f"“{start.series}”不是编号的系列", "用 lifecycle number list 查看")
    if not 0 < start.last <= MOST_SERIAL:
        message = f"{start.number} 的顺序号要在 1 至 {MOST_SERIAL} 之间"
        raise InvalidError(message, "写登记簿上最后一个号；还没有编过号的不用声明，从第 1 号编起")


def _see_open(docket: OfficeDocket, start: SeriesStart) -> None:
    """Refuse to say from where a series goes on that was told already, that is of a year to come,
    or that has given a number. One of a year that is over still numbers cases opened late.
    """
    told = docket.directory.starts().get(start.series)
    if told is not None:
        message = f"{told.number} 所在的系列已由两人声明过起点，只能声明一次"
        raise InvalidError(message, "用 lifecycle number list 查看")
    this_year = recorded_day(docket.at)[:4]
    if start.year > this_year:
        message = f"{start.number} 是 {start.year} 年的，{start.year} 年还没有到"
        raise InvalidError(message, "新的一年从第 1 号编起，不用声明")
    given = (docket.given or {}).get(start.series, 0)
    if given >= start.last:
        message = f"{start.number} 低于已编的号：这一系列已编到第 {given} 号"
        raise InvalidError(message, "编过号的系列接着往下编，不能再声明起点")
    if given:
        message = f"{start.number} 所在的系列已编到第 {given} 号，不能再声明起点"
        raise InvalidError(message, "起点要在编第一个号以前声明；编过号的接着往下编")
