"""The recording times: they only go forward, jump only where two confirmed it, and are not to
come.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lifecycle.errors import InvalidError
from lifecycle.ledger.audit.finding import Finding
from lifecycle.ledger.audit.scope import Scope
from lifecycle.ledger.record import OFFICE, UNREADABLE, read, recorded_at, stamp_text
from lifecycle.ledger.store import LogRow
from lifecycle.people.changes import ConfirmClock, FoundOffice, read_change
from lifecycle.people.clock import gap, most_days, shipped_rules


class Times:
    """Follows the recording times through the log."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._last = ""
        self._bound = timedelta(days=most_days(0))
        self._now = stamp_text(scope.now)
        self._latest = stamp_text(scope.now + timedelta(minutes=shipped_rules().skew_minutes))
        self._first_ahead: tuple[int, str, str] | None = None
        self._ahead = 0

    def check(self, row: LogRow) -> Iterator[Finding]:
        """Check the time of the next entry."""
        if row.case == OFFICE and row.seq == 1:
            self._bound = _bound_of(row.raw)
        at = recorded_at(row.raw)
        if not at:
            return
        if at < self._last:
            message = f"记录时间 {at} 早于前一序号的 {self._last}"
            yield Finding("time", row.idx, self._scope.name_of(row.case), message)
        elif self._last and self._jumped(at) and not _is_confirmation(row):
            message = (
                f"记录时间 {at} 比前一序号的 {self._last} 晚了 {gap(self._last, at).days} 天，"
                f"超过 {self._bound.days} 天而没有两人确认时钟"
            )
            yield Finding("clock", row.idx, self._scope.name_of(row.case), message)
        if at > self._latest:
            self._ahead += 1
            self._first_ahead = self._first_ahead or (row.idx, row.case, at)
        self._last = at

    def _jumped(self, at: str) -> bool:
        try:
            return gap(self._last, at) > self._bound
        except ValueError:
            return False  # the pass over the chains says that the time is written wrongly

    def ahead(self) -> Iterator[Finding]:
        """Tell, at the first of them, of the entries whose time is later than the auditor's."""
        if self._first_ahead is None:
            return
        idx, case_id, at = self._first_ahead
        message = (
            f"记录时间 {at} 晚于审计时的系统时钟 {self._now}，这样的记录共 {self._ahead} 条；"
            "请先核对审计所用机器的时钟"
        )
        yield Finding("future", idx, self._scope.name_of(case_id), message)


def _bound_of(raw: bytes) -> timedelta:
    """Give the bound that the office was founded with.

    The shipped one where the founding cannot be read.
    """
    try:
        founding = read_change(read(raw)["intent"])
    except (*UNREADABLE, InvalidError):
        return timedelta(days=most_days(0))
    pinned = founding.clock_days if isinstance(founding, FoundOffice) else None
    return timedelta(days=most_days(pinned or 0))


def _is_confirmation(row: LogRow) -> bool:
    """Tell whether an entry is the confirmation of a jump.

    Whether it was right to be is judged with the office.
    """
    try:
        return row.case == OFFICE and read(row.raw)["intent"]["type"] == ConfirmClock.entry_type
    except UNREADABLE:
        return False
