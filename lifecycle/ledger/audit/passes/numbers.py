"""The numbers of cases and of letters: each series runs 1, 2, 3 …, or on from where two persons
said that its register on paper stands, and its book says the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from lifecycle.engine.acts import IssueLetter, Open
from lifecycle.errors import InvalidError, LifecycleError, UnavailableError
from lifecycle.ledger.audit.finding import NOBODY, Finding
from lifecycle.ledger.audit.scope import Scope
from lifecycle.ledger.record import OFFICE, UNREADABLE, pinned_lists, read
from lifecycle.ledger.store import LogRow, LostDefinitionError
from lifecycle.people.changes import ConfirmNumbering, ProposeNumbering, read_change
from lifecycle.people.decided import SeriesStart
from lifecycle.workflow.model import Workflow
from lifecycle.workflow.numbers import (
    codes_of,
    facts_in,
    pattern_of,
    serial_in,
    serial_of,
    series_of,
)

_LETTER_ISSUED = (b'"type":"letter_issued"', b'"type":"notice_issued"')
"""How the canonical bytes of an entry say that it numbers a letter, in today's form and the first.
"""
_BEGUN = b'"type":"numbering_'
"""How they say that it is about where numbers go on."""


class Numbers:
    """Follows each series of numbers, of cases and of letters: they run 1, 2, 3 …, or on from where
    they were declared to stand, without gap, as recorded.

    `begun` maps each series that was declared to go on from paper to where it stood there,
    `proposed` the eid of each proposal to what it says. `blind` says that a number could not be
    read, so that no series can be compared with its book; `unsure` names the series that cannot be
    followed, for a number may be of this or of another.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.last: dict[str, int] = {}
        self.dated: dict[str, str] = {}
        self.blind = False
        self.unsure: set[str] = set()
        self.proposed: dict[str, tuple[SeriesStart, ...]] = {}
        self.begun: dict[str, int] = {}

    def check(self, row: LogRow) -> Iterator[Finding]:
        """Check the number that the next entry gives, if it gives one."""
        if row.case == OFFICE:
            if _BEGUN in row.raw:
                yield from self.check_start(row)
        elif row.seq == 1:
            yield from self.check_case(row)
        elif any(mark in row.raw for mark in _LETTER_ISSUED):
            yield from self.check_letter(row)

    def check_start(self, row: LogRow) -> Iterator[Finding]:
        """Note from where series go on, and see that none of them had given a number by then."""
        try:
            intent = read(row.raw)["intent"]
            change = read_change(intent)
        except (InvalidError, *UNREADABLE):
            self.blind = True  # the pass over the office says what is wrong with the entry
            return
        if isinstance(change, ProposeNumbering):
            self.proposed[intent["eid"]] = change.starts
        elif isinstance(change, ConfirmNumbering):
            for start in self.proposed.get(change.proposal, ()):
                yield from self._begin(row, start)

    def _begin(self, row: LogRow, start: SeriesStart) -> Iterator[Finding]:
        """Let a series go on from where it stands on paper."""
        given = self.last.get(start.series, 0)
        if given > self.begun.get(start.series, 0):
            message = f"声明编号起点 {start.number} 时，这一系列已编到第 {given} 号"
            yield self._finding(row, message)
        self.begun.setdefault(start.series, start.last)
        self.last.setdefault(start.series, start.last)

    def check_case(self, row: LogRow) -> Iterator[Finding]:
        """Check the number of a case that is opened."""
        try:
            body = read(row.raw)
            number, intent = body["numbers"]["case"], body["intent"]
            on = date.fromisoformat(intent["occurred_on"])
            workflow = self._workflow(intent["workflow"])
            codes = self._codes(workflow, body) if workflow else None
        except UnavailableError:
            raise
        except (LifecycleError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self.blind = True  # the pass over the cases says what is wrong with the entry
            return
        if workflow is None or codes is None:
            yield from self._patternless(row, number)
            return
        pattern = pattern_of(workflow, on, codes)
        serial = serial_in(pattern, number)
        if serial is None:
            given = "，".join(f"{{{name}}} 是 {code}" for name, code in codes.items())
            told = f"“{workflow.number}”的样式" + (f"（{given}）" if given else "")
            yield self._finding(row, f"编号 {number} 不合{told}")
            return
        yield from self._next(row, series_of(pattern), number, serial)

    def _codes(self, workflow: Workflow, body: Mapping[str, Any]) -> dict[str, str] | None:
        """Give what the facts of an opening stand for in its number, by the versions of the lists
        that it pins; None where one of these is damaged: the passes over office and cases say so.
        """
        pins = dict(pinned_lists(body))
        facts = [workflow.facts[name] for name in facts_in(workflow.number)]
        try:
            lists = {
                fact.listed: self.scope.library.choice_list(pins[fact.name])
                for fact in facts
                if fact.listed
            }
        except LostDefinitionError:
            return None
        return codes_of(workflow, Open.from_dict(body["intent"]).facts, lists)

    def _workflow(self, digest: str) -> Workflow | None:
        """Give a workflow, None where it is damaged: the passes over office and cases say so."""
        try:
            return self.scope.library.workflow(digest)
        except LostDefinitionError:
            return None
        except UnavailableError:
            raise
        except (LifecycleError, ValueError):
            return None

    def _patternless(self, row: LogRow, number: str) -> Iterator[Finding]:
        """Follow a number whose workflow cannot be read, by the one series that it fits: gaps are
        still seen.
        """
        fitting = self._fitting(number)
        if len(fitting) == 1:
            series, serial = fitting[0]
            yield from self._next(row, series, number, serial)
        self.unsure |= {series for series, _serial in fitting if len(fitting) > 1}

    def _fitting(self, number: str) -> list[tuple[str, int]]:
        """Give the series that a number fits, with the serial that it has in each."""
        return [
            (series, serial)
            for series in self.scope.series
            if (serial := serial_of(series, number)) is not None
        ]

    def check_letter(self, row: LogRow) -> Iterator[Finding]:
        """Check the number of a letter that is signed off: next in its series, and not dated before
        the last one.
        """
        try:
            body = read(row.raw)
            intent = body["intent"]
            if intent["type"] != IssueLetter.entry_type:
                return
            number = body["numbers"]["letter"]
            series = self._series_of(intent, number)
            on = intent["occurred_on"]
            before, after = series.split("{serial}")
            serial = int(number.removeprefix(before).removesuffix(after))
            latest = self.dated.get(series, "")
            dated_back = on < latest
        except UNREADABLE:
            self.blind = True
            return
        yield from self._next(row, series, number, serial)
        if dated_back:
            yield self._finding(row, f"文号 {number} 倒签：{on} 早于前一号的 {latest}")
        self.dated[series] = max(on, latest)

    def _series_of(self, intent: Mapping[str, Any], number: str) -> str:
        """Give the series that a letter was numbered in; where the entry's act cannot be read, the
        one that its number fits, so that the next number is not taken to follow a gap.
        """
        try:
            return IssueLetter.from_dict(intent).series
        except UNREADABLE:
            ((series, _serial),) = self._fitting(number)
            return series

    def _next(self, row: LogRow, series: str, number: str, serial: int) -> Iterator[Finding]:
        """Check that a number is the next one of its series."""
        if series in self.unsure:
            return
        before = self.last.get(series, 0)
        if serial > before + 1:
            first = f"{before + 1}"
            missing = first if serial == before + 2 else f"{first} 至 {serial - 1}"
            yield self._finding(row, f"编号 {number} 断号：缺第 {missing} 号")
        elif serial <= before:
            yield self._finding(row, f"编号 {number} 重号或倒号：已编到第 {before} 号")
        self.last[series] = max(before, serial)

    def _finding(self, row: LogRow, message: str) -> Finding:
        return Finding("number", row.idx, self.scope.name_of(row.case), message)

    def compare_books(self) -> Iterator[Finding]:
        """Compare the last numbers with those that the database takes the next ones from."""
        if self.blind:
            return
        for series in sorted({*self.last, *self.scope.series} - self.unsure, key=str):
            used, kept = self.last.get(series, 0), self.scope.series.get(series, 0)
            if used != kept:
                yield Finding(
                    "number", 0, NOBODY, f"编号 {series} 簿上记到第 {kept} 号，实际编到第 {used} 号"
                )
