"""The audit: every entry, stored state, definition and material judged again, in one streaming pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from lifecycle.engine.case import Case
from lifecycle.errors import LifecycleError
from lifecycle.ledger.files import check_file
from lifecycle.ledger.library import Library
from lifecycle.ledger.record import GENESIS, OFFICE, canonical, hash_of, parse
from lifecycle.ledger.replay import Step, replay_entry
from lifecycle.ledger.row import case_row
from lifecycle.people.change import decide_office
from lifecycle.people.directory import Directory, dump_directory, evolve_directory

CODES = {
    "hash": "改写", "chain": "断链", "form": "形式", "illegal": "违规", "authority": "越权",
    "gates": "依据", "time": "时间",
    "state": "状态", "definition": "定义", "material": "材料", "number": "编号", "lost": "缺失",
}  # fmt: skip
BEIJING = timezone(timedelta(hours=8))
_NUMBER = re.compile(r"(.*?)(\d+)")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: its code, the global index of the entry (0: none), the case, and what it is."""

    code: str
    idx: int
    case: str
    message: str

    def __str__(self) -> str:
        where = f"entry {self.idx} case {self.case}" if self.idx else f"case {self.case}"
        return f"{where}: {CODES[self.code]}（{self.code}）：{self.message}"


@dataclass(slots=True)
class _Series:
    """What a run of numbers adds up to; equal to 1..n only if nothing is missing or double."""

    count: int = 0
    most: int = 0
    total: int = 0

    def add(self, number: int) -> None:
        self.count, self.most, self.total = self.count + 1, max(self.most, number), self.total + number

    def whole(self) -> bool:
        return self.count == self.most and 2 * self.total == self.most * (self.most + 1)


@dataclass(slots=True)
class Auditor:
    """One audit of a store, up to the last entry there was when it began; memory does not grow with the log."""

    library: Library
    report: Callable[[int], None] = lambda _done: None
    entries: int = 0
    cases: int = 0
    _directory: Directory = field(default_factory=Directory)
    _series: dict[str, _Series] = field(default_factory=dict)

    def run(self) -> Iterator[Finding]:
        """Yield every finding."""
        yield from self._definitions()
        yield from self._office()
        yield from self._all_cases()
        yield from self._rows_without_entries()
        yield from self._numbers()

    def _definitions(self) -> Iterator[Finding]:
        for digest, kind, name in self.library.store.rows("SELECT sha256, kind, name FROM definition"):
            if hash_of(self.library.store.definition(digest)) != digest:
                yield Finding("definition", 0, OFFICE, f"{kind} {name}（{digest[:12]}…）的内容被改动")

    def _office(self) -> Iterator[Finding]:
        directory = Directory()
        store = self.library.store
        for idx, _seq, digest, raw in store.entries(OFFICE):
            self.entries += 1
            try:
                body = parse(raw)
                yield from _check_link(idx, OFFICE, body, digest, raw, directory.seq, directory.head or GENESIS)
                yield from _check_times(idx, OFFICE, body, directory.last_on, directory.last_at)
                yield from self._judge_office(idx, directory, body)
                directory = evolve_directory(directory, body, digest)
            except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
                yield Finding("form", idx, OFFICE, f"记录不是规范形式：{error}")
                break
        self._directory = directory
        stored = store.office()
        if stored is None or (stored[0], stored[1], stored[2]) != (
            directory.seq,
            directory.head,
            canonical(dump_directory(directory)),
        ):
            yield Finding("state", 0, OFFICE, "存储的单位、人员与授权状态和回放结果不一致")
        for document in directory.documents:
            if store.row("SELECT 1 FROM definition WHERE sha256 = ?", document.digest) is None:
                yield Finding("definition", 0, OFFICE, f"已发布的 {document.kind} {document.name} 不见了")

    def _judge_office(self, idx: int, directory: Directory, body: Mapping[str, Any]) -> Iterator[Finding]:
        intent = body["intent"]
        on = datetime.fromisoformat(intent["occurred_on"]).date()
        try:
            founding = intent["type"] == "office_founded"
            officer = None if founding else directory.officer(intent["actor"]["id"], on)
            decide_office(directory, intent["type"], intent["data"], officer, on)
        except LifecycleError as error:
            yield Finding("authority", idx, OFFICE, error.message)

    def _all_cases(self) -> Iterator[Finding]:
        store = self.library.store
        case: Case | None = None
        current, stopped, last = OFFICE, True, None
        for case_id, seq, idx, digest, raw, eid in store.all_entries(upto=store.last_index()):
            if case_id == OFFICE:
                continue
            if case_id != current:
                yield from self._finish(current, case, last)
                case, current, stopped, last = None, case_id, False, None
                self.cases += 1
            self.entries += 1
            if self.entries % 200 == 0:
                self.report(self.entries)
            if stopped:
                continue
            last = replay_entry(self.library, self._directory, case, idx, digest, raw)
            yield from self._check(last, case, case_id, seq, raw, eid)
            case, stopped = last.case, last.case is None
        yield from self._finish(current, case, last)

    def _name(self, case: Case | None, case_id: str) -> str:
        return case.number if case else case_id

    def _check(
        self, step: Step, before: Case | None, case_id: str, seq: int, raw: bytes, eid: str
    ) -> Iterator[Finding]:
        name = self._name(before or step.case, case_id)
        for code, message in step.problems:
            yield Finding(code, step.idx, name, message)
        if not step.body:
            return
        intent = step.body["intent"]
        yield from _check_link(
            step.idx, name, step.body, step.hash, raw, before.seq if before else 0, before.head if before else GENESIS
        )
        if (intent["case"], intent["seq"], intent["eid"]) != (case_id, seq, eid):
            yield Finding("chain", step.idx, name, "记录所在的位置与其内容不符")
        yield from _check_times(
            step.idx, name, step.body, before.last_on if before else "", before.last_at if before else ""
        )
        if not 0 < step.body["office"] <= self._directory.seq:
            yield Finding("authority", step.idx, name, "记录所依据的人员名册不存在")
        if before is None and step.case is not None:
            numbered = _NUMBER.fullmatch(step.case.number)
            if numbered:
                self._series.setdefault(numbered[1], _Series()).add(int(numbered[2]))
        for file in intent["files"]:
            wrong = check_file(self.library.store.path, file["sha256"], file["size"])
            if wrong:
                yield Finding("material", step.idx, name, f"{file['name']}：{wrong}")

    def _finish(self, case_id: str, case: Case | None, last: Step | None) -> Iterator[Finding]:
        """Compare a replayed case with the row kept for it; entries made meanwhile are caught up with first."""
        if case is None or last is None:
            return
        store = self.library.store
        for idx, seq, digest, raw in store.entries(case_id, after=case.seq):
            step = replay_entry(self.library, self._directory, case, idx, digest, raw)
            if step.problems or step.case is None:
                yield Finding("lost", idx, case.number, f"第 {seq} 条记录不能接续")
                return
            case, last = step.case, step
        workflow = self.library.workflow(case.workflow)
        wanted = case_row(workflow, case, self.library.calendar(last.body["calendar"]))
        columns = list(wanted)
        found = store.row(f"SELECT {', '.join(columns)} FROM cases WHERE id = ?", case_id)
        if found is None:
            yield Finding("lost", 0, case.number, "有记录而无事项")
            return
        wrong = [name for name, value in zip(columns, found, strict=True) if value != wanted[name]]
        if wrong:
            yield Finding("state", last.idx, case.number, f"存储的状态与回放结果不一致：{'、'.join(wrong)}")

    def _rows_without_entries(self) -> Iterator[Finding]:
        opened = "SELECT 1 FROM entry WHERE entry.case_id = cases.id AND entry.seq = 1"
        statement = f"SELECT number FROM cases WHERE NOT EXISTS ({opened})"
        for (number,) in self.library.store.rows(statement):
            yield Finding("lost", 0, number, "有事项而无立项记录")

    def _numbers(self) -> Iterator[Finding]:
        for name, series in self._series.items():
            if not series.whole():
                yield Finding("number", 0, name, f"编号不连续或重复：{series.count} 件，最大号 {series.most}")


def _check_link(
    idx: int, case: str, body: Mapping[str, Any], digest: str, raw: bytes, seq: int, head: str
) -> Iterator[Finding]:
    if hash_of(raw) != digest:
        yield Finding("hash", idx, case, "记录的内容与其哈希不符")
    intent = body["intent"]
    if intent["seq"] != seq + 1:
        yield Finding("chain", idx, case, f"应为第 {seq + 1} 条，写的是第 {intent['seq']} 条")
    if intent["prev"] != head:
        yield Finding("chain", idx, case, "与上一条记录接不上")


def _check_times(idx: int, case: str, body: Mapping[str, Any], last_on: str, last_at: str) -> Iterator[Finding]:
    on, at = body["intent"]["occurred_on"], body["recorded_at"]
    if not _STAMP.fullmatch(at) or at < last_at:
        yield Finding("time", idx, case, f"记录时间 {at} 早于上一条 {last_at}")
        return
    if on < last_on:
        yield Finding("time", idx, case, f"办理日 {on} 早于上一条 {last_on}")
    recorded = datetime.fromisoformat(at).astimezone(UTC).astimezone(BEIJING).date().isoformat()
    if on > recorded:
        yield Finding("time", idx, case, f"办理日 {on} 晚于记录时间 {at}")
