"""The audit's first pass: the log in the order of recording – indexes, times, case numbers, and the
checkpoint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from lifecycle.errors import LifecycleError, UnavailableError
from lifecycle.ledger.audit.finding import NOBODY, Finding
from lifecycle.ledger.case_rows import series_of
from lifecycle.ledger.record import OFFICE, read, recorded_at, stamp_text
from lifecycle.ledger.sqlite.store import LostDefinitionError
from lifecycle.people.clock import CONFIRMED, gap, most_days, shipped_rules
from lifecycle.workflow.model import Workflow

if TYPE_CHECKING:
    from lifecycle.ledger.audit.audit import Auditor


def check_log(audit: Auditor) -> Iterator[Finding]:
    """Read every entry once, in the order of recording."""
    wanted = 1
    times = _Times(audit)
    numbers = _Numbers(audit)
    for idx, case_id, seq, raw in audit.library.store.log(upto=audit.upto):
        audit.tick()
        if idx > wanted:
            lost = f"序号 {wanted}" if idx == wanted + 1 else f"序号 {wanted} 至 {idx - 1}"
            yield Finding("lost", wanted, NOBODY, f"{lost} 的记录不见了")
        elif idx < wanted:
            yield Finding("lost", idx, audit.name_of(case_id), "序号不是正整数")
        wanted = max(wanted, idx) + 1
        audit.tree.add(raw)
        yield from times.check(idx, case_id, seq, raw)
        if case_id == OFFICE:
            audit.office_at.append(idx)
        elif seq == 1:
            yield from numbers.check(idx, case_id, raw)
        elif b'"type":"notice_issued"' in raw:
            yield from numbers.check_letter(idx, case_id, raw)
        yield from _at_checkpoint(audit, idx)
    yield from _short_of_checkpoint(audit)
    yield from times.ahead()
    yield from numbers.compare_books()


def _at_checkpoint(audit: Auditor, idx: int) -> Iterator[Finding]:
    since = audit.since
    if since is not None and audit.tree.size == since.size and audit.checkpoint != since:
        message = f"前 {since.size} 条记录与检查点不符：其后有改写、删除、插入或调换"
        yield Finding("checkpoint", idx, NOBODY, message)


def _short_of_checkpoint(audit: Auditor) -> Iterator[Finding]:
    since = audit.since
    if since is not None and audit.tree.size < since.size:
        gone = since.size - audit.tree.size
        yield Finding(
            "checkpoint", audit.upto, NOBODY, f"检查点时有 {since.size} 条记录，现缺 {gone} 条"
        )


class _Times:
    """Follows the recording times: they only go forward, jump only where two confirmed it, and are
    not to come.
    """

    def __init__(self, audit: Auditor) -> None:
        self.audit = audit
        self.last = ""
        self.bound = timedelta(days=most_days(0))
        self.now = stamp_text(audit.now)
        self.latest = stamp_text(audit.now + timedelta(minutes=shipped_rules().skew_minutes))
        self.first: tuple[int, str, str] | None = None
        self.count = 0

    def check(self, idx: int, case_id: str, seq: int, raw: bytes) -> Iterator[Finding]:
        """Check the time of the next entry."""
        if case_id == OFFICE and seq == 1:
            self.bound = _bound_of(raw)
        at = recorded_at(raw)
        if not at:
            return
        if at < self.last:
            yield Finding(
                "time",
                idx,
                self.audit.name_of(case_id),
                f"记录时间 {at} 早于前一序号的 {self.last}",
            )
        elif self.last and self._jumped(at) and not _is_confirmation(case_id, raw):
            message = (
                f"记录时间 {at} 比前一序号的 {self.last} 晚了 {gap(self.last, at).days} 天，"
                f"超过 {self.bound.days} 天而没有两人确认时钟"
            )
            yield Finding("clock", idx, self.audit.name_of(case_id), message)
        if at > self.latest:
            self.count += 1
            self.first = self.first or (idx, case_id, at)
        self.last = at

    def _jumped(self, at: str) -> bool:
        try:
            return gap(self.last, at) > self.bound
        except ValueError:
            return False  # the pass over the chains says that the time is written wrongly

    def ahead(self) -> Iterator[Finding]:
        """Tell, at the first of them, of the entries whose time is later than the auditor's."""
        if self.first is None:
            return
        idx, case_id, at = self.first
        message = (
            f"记录时间 {at} 晚于审计时的系统时钟 {self.now}，这样的记录共 {self.count} "
            f"条；"
            f"请先核对审计所用机器的时"
            f"钟"
        )
        yield Finding("future", idx, self.audit.name_of(case_id), message)


def _bound_of(raw: bytes) -> timedelta:
    """Give the bound that the office was founded with; the shipped one where the founding cannot be
    read.
    """
    try:
        return timedelta(days=most_days(int(read(raw)["intent"]["data"].get("clock_days", 0))))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return timedelta(days=most_days(0))


def _is_confirmation(case_id: str, raw: bytes) -> bool:
    """Tell whether an entry is the confirmation of a jump; whether it was right to be is judged
    with the office.
    """
    try:
        return case_id == OFFICE and read(raw)["intent"]["type"] == CONFIRMED
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False


class _Numbers:
    """Follows each series of numbers, of cases and of letters: they run 1, 2, 3 … without gap, as
    recorded.

    `blind` says that a number could not be read, so that no series can be compared with its book;
    `unsure` names the series that cannot be followed, for a number may be of this or of another.
    """

    def __init__(self, audit: Auditor) -> None:
        self.audit = audit
        self.last: dict[str, int] = {}
        self.dated: dict[str, str] = {}
        self.blind = False
        self.unsure: set[str] = set()

    def check(self, idx: int, case_id: str, raw: bytes) -> Iterator[Finding]:
        """Check the number of a case that is opened."""
        try:
            body = read(raw)
            number, intent = body["numbers"]["case"], body["intent"]
            year = int(intent["occurred_on"][:4])
            workflow = self._workflow(intent["workflow"])
            serial = _serial(workflow, year, number) if workflow else None
        except UnavailableError:
            raise
        except (LifecycleError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self.blind = True  # the pass over the cases says what is wrong with the entry
            return
        if workflow is None:
            yield from self._patternless(idx, case_id, number)
            return
        if serial is None:
            yield Finding(
                "number",
                idx,
                self.audit.name_of(case_id),
                f"编号 {number} 不合“{workflow.number}”的样式",
            )
            return
        yield from self._next(idx, case_id, series_of(workflow, year), number, serial)

    def _workflow(self, digest: str) -> Workflow | None:
        """Give a workflow, None where it is damaged: the passes over office and cases say so."""
        try:
            return self.audit.library.workflow(digest)
        except LostDefinitionError:
            return None
        except UnavailableError:
            raise
        except (LifecycleError, ValueError):
            return None

    def _patternless(self, idx: int, case_id: str, number: str) -> Iterator[Finding]:
        """Follow a number whose workflow cannot be read, by the one series that it fits: gaps are
        still seen.
        """
        fitting = [
            (series, serial)
            for series in self.audit.series
            if (serial := _fits(series, number)) is not None
        ]
        if len(fitting) == 1:
            yield from self._next(idx, case_id, fitting[0][0], number, fitting[0][1])
        self.unsure |= {series for series, _serial in fitting if len(fitting) > 1}

    def check_letter(self, idx: int, case_id: str, raw: bytes) -> Iterator[Finding]:
        """Check the number of a letter that is signed off: next in its series, and not dated before
        the last one.
        """
        try:
            body = read(raw)
            if body["intent"]["type"] != "notice_issued":
                return
            number, series, on = (
                body["numbers"]["notice"],
                body["intent"]["data"]["series"],
                body["intent"]["occurred_on"],
            )
            before, after = series.split("{serial}")
            serial = int(number.removeprefix(before).removesuffix(after))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self.blind = True
            return
        yield from self._next(idx, case_id, series, number, serial)
        if on < self.dated.get(series, ""):
            name = self.audit.name_of(case_id)
            yield Finding(
                "number", idx, name, f"文号 {number} 倒签：{on} 早于前一号的 {self.dated[series]}"
            )
        self.dated[series] = max(on, self.dated.get(series, ""))

    def _next(
        self, idx: int, case_id: str, series: str, number: str, serial: int
    ) -> Iterator[Finding]:
        if series in self.unsure:
            return
        before = self.last.get(series, 0)
        if serial > before + 1:
            gap = f"{before + 1}" if serial == before + 2 else f"{before + 1} 至 {serial - 1}"
            yield Finding(
                "number", idx, self.audit.name_of(case_id), f"编号 {number} 断号：缺第 {gap} 号"
            )
        elif serial <= before:
            yield Finding(
                "number",
                idx,
                self.audit.name_of(case_id),
                f"编号 {number} 重号或倒号：已编到第 {before} 号",
            )
        self.last[series] = max(before, serial)

    def compare_books(self) -> Iterator[Finding]:
        """Compare the last numbers with those that the database takes the next ones from."""
        if self.blind:
            return
        for series in sorted({*self.last, *self.audit.series} - self.unsure, key=str):
            used, kept = self.last.get(series, 0), self.audit.series.get(series, 0)
            if used != kept:
                yield Finding(
                    "number", 0, NOBODY, f"编号 {series} 簿上记到第 {kept} 号，实际编到第 {used} 号"
                )


def _fits(series: str, number: str) -> int | None:
    """Give the serial that a number has if it is one of a series, None if it is not."""
    before, _, after = series.partition("{serial}")
    found = re.fullmatch(re.escape(before) + r"(\d{1,12})" + re.escape(after), number, re.ASCII)
    return int(found[1]) if found else None


def _serial(workflow: Workflow, year: int, number: str) -> int | None:
    """Read the serial out of a number; None where the number is not of the workflow's pattern."""
    before, after = re.split(
        r"\{serial(?::0\d)?\}", workflow.number.replace("{year}", str(year)), maxsplit=1
    )
    found = re.fullmatch(re.escape(before) + r"(\d{1,12})" + re.escape(after), number, re.ASCII)
    if found is None:
        return None
    serial = int(found[1])
    return serial if workflow.number.format(year=year, serial=serial) == number else None
