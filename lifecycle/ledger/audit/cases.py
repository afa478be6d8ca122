"""The audit's third pass: every case replayed under the rules and roles of its time, and the row
kept for it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lifecycle.engine.case import Case
from lifecycle.engine.workdays import Calendar
from lifecycle.errors import LifecycleError, UnavailableError
from lifecycle.ledger.audit.damage import Damage
from lifecycle.ledger.audit.finding import Finding
from lifecycle.ledger.audit.letters import check_post, read_post
from lifecycle.ledger.audit.office import follow_office
from lifecycle.ledger.case_rows import case_row, undated_row
from lifecycle.ledger.files import LostFileError, check_file
from lifecycle.ledger.record import CALENDAR, OFFICE, read
from lifecycle.ledger.replay import Problem, Step, check_link, replay_entry, unreadable
from lifecycle.ledger.sqlite.store import LostDefinitionError
from lifecycle.workflow.model import Workflow

if TYPE_CHECKING:
    from lifecycle.ledger.audit.audit import Auditor, LetterJudge


def check_cases(audit: Auditor) -> Iterator[Finding]:
    """Replay every case, one after the other."""
    store = audit.library.store
    chain: _Chain | None = None
    for case_id, seq, idx, digest, raw, eid in store.all_entries(upto=audit.upto):
        if case_id == OFFICE:
            continue
        if chain is None or case_id != chain.case_id:
            if chain is not None:
                yield from chain.finish()
            chain = _Chain(audit, case_id)
            audit.cases += 1
        audit.tick()
        audit.entries += 1
        yield from chain.check(idx, seq, eid, digest, raw)
    if chain is not None:
        yield from chain.finish()


class _Chain:
    """One case's chain as far as it was followed.

    Once it cannot be replayed on, only links, bytes and files are checked. `ruleless` is the damage
    of the case's workflow, `blank` that for which the entry at hand is not judged.
    """

    def __init__(self, audit: Auditor, case_id: str) -> None:
        self.audit = audit
        self.case_id = case_id
        self.case: Case | None = None
        self.last: Step | None = None
        self.name = audit.name_of(case_id)
        self.lost = False
        self.judged = True
        self.ruleless: Damage | None = None
        self.blank: Damage | None = None
        self.before = (0, "0" * 64)

    def check(self, idx: int, seq: int, eid: str, digest: str, raw: bytes) -> Iterator[Finding]:
        """Check the next entry."""
        self.blank = None
        if self.audit.broken or self.audit.torn:
            for code, message in self._unjudgeable(idx, raw):
                yield Finding(code, idx, self.name, message)
        problems, body = (
            self._shallow(digest, raw) if self.lost else self._replayed(idx, digest, raw)
        )
        try:
            problems += self._misplaced(body, seq, eid) if body else []
            problems += self._files(body) if body else []
        except (KeyError, TypeError, AttributeError, ValueError):
            problems.append(("form", "记录的字段不对"))
        for code, message in problems:
            yield Finding(code, idx, self.name, message)

    def _unjudgeable(self, idx: int, raw: bytes) -> Iterator[Problem]:
        """Stop replaying a case whose workflow is damaged, and judging an entry whose calendar is:
        both are counted.

        Where the office's chain is torn, stop judging: said once.
        """
        broken = self.audit.broken
        try:
            body = read(raw)
            if self.case is None and not self.lost:
                self.ruleless = broken.get(body["intent"]["workflow"])
                self.lost = self.ruleless is not None
            damage = self.ruleless if self.lost else broken.get(body["calendar"])
            beyond = self.audit.torn and body["office"] > self.audit.directory.seq
            letter = _letter_of(body["intent"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            if self.ruleless is not None:
                self.audit.unjudge(self.ruleless, idx, self.name)
            return
        if damage is not None:
            self.blank = damage
            self.audit.unjudge(damage, idx, self.name, letter)
        if self.judged and beyond and not self.lost:
            self.judged = False
            yield "unread", "单位的人员记录有损坏，本条及以后未能核对权限"

    def _replayed(
        self, idx: int, digest: str, raw: bytes
    ) -> tuple[list[Problem], Mapping[str, Any]]:
        """Judge an entry again and move the case on by it."""
        audit = self.audit
        judged = self.judged and self.blank is None
        step = replay_entry(
            audit.library, audit.directory, self.case, idx, digest, raw, judged=judged
        )
        problems = list(step.problems)
        try:
            problems += self._surroundings(step, idx)
        except (KeyError, TypeError, AttributeError, ValueError):
            problems.append(("form", "记录的字段不对"))
        if self.name == self.case_id and step.case is not None:
            self.name = step.case.number
        self.case, self.last, self.lost = step.case or self.case, step, step.case is None
        return problems, step.body

    def _shallow(self, digest: str, raw: bytes) -> tuple[list[Problem], Mapping[str, Any]]:
        """Check an entry's bytes and, where the one before it was read, its link."""
        seq, head = self.before
        try:
            body = read(raw)
            problems = list(check_link(body, digest, raw, seq, head)) if seq else []
            self.before = (body["intent"]["seq"], digest)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self.before = (0, "")
            return unreadable(digest, raw), {}
        return problems, body

    def _surroundings(self, step: Step, idx: int) -> Iterator[Problem]:
        """Check what an entry says of the office and the rules around it."""
        if step.case is None:
            return
        audit, body = self.audit, step.body
        self.before = (step.case.seq, step.hash)
        if audit.letters is not None and self.judged:
            yield from self._letters(audit.letters, step.case, body, idx)
        office = bisect_left(audit.office_at, idx)
        if not audit.torn and body["office"] != office:
            yield "authority", f"所依据的人员记录是第 {body['office']} 条，当时已到第 {office} 条"
        elif self.judged:
            in_force = audit.in_force
            if body["calendar"] != in_force("calendar", CALENDAR, body["office"]):
                yield "definition", "所依据的日历不是当时发布的日历"
            workflow = audit.library.workflow(step.case.workflow)
            if self.case is None and workflow.digest != in_force(
                "workflow", workflow.name, body["office"]
            ):
                yield "definition", "立项所依据的流程不是当时发布的版本"

    def _letters(
        self, letters: LetterJudge, after: Case, body: Mapping[str, Any], idx: int
    ) -> Iterator[Problem]:
        """Have an entry about a letter judged; what a damaged definition or a lost text keeps from
        it is told.
        """
        name = _letter_of(body["intent"])
        try:
            yield from letters.look(self.audit.directory, self.case, after, body)
        except LostDefinitionError as error:
            damage = self.audit.broken.get(error.digest)
            if damage is None:
                yield "definition", error.message
            else:
                self.audit.unjudge(damage, idx, self.name, name)
        except LostFileError as error:
            yield "unread", f"{name} 未能核对：{error.message}"

    def _misplaced(self, body: Any, seq: int, eid: str) -> Iterator[Problem]:
        intent = body["intent"]
        if (intent["case"], intent["seq"], intent["eid"]) != (self.case_id, seq, eid):
            yield "chain", "记录所在的位置与其内容不符"
        if intent["log"] != self.audit.origin:
            yield "chain", "记录属于另一本台账，或台账的来源被改动"

    def _files(self, body: Any) -> Iterator[Problem]:
        for file in body["intent"]["files"]:
            try:
                wrong = check_file(self.audit.library.store.path, file["sha256"], file["size"])
            except UnavailableError as error:
                yield "unread", f"{file['name']}：{error.message}"
                continue
            if wrong and body["intent"]["type"] == "notice_frozen":
                yield "letter", f"固定的版式文件 {file['name']}：{wrong}"
            elif wrong:
                yield "material", f"{file['name']}：{wrong}"

    def finish(self) -> Iterator[Finding]:
        """Compare the replayed case with the row kept for it; both are read as of one moment."""
        store = self.audit.library.store
        if self.ruleless is not None:
            self.ruleless.states.add(self.name, "state", self.name)
        if self.lost or self.case is None or self.last is None:
            return
        with store.reading():
            rows = list(store.entries(self.case_id, after=self.case.seq))
            columns = _columns(store)
            found = store.row(f"SELECT {', '.join(columns)} FROM cases WHERE id = ?", self.case_id)
            post = read_post(store, self.case_id)
        if rows:  # made since the audit began, perhaps by officers appointed since
            yield from follow_office(self.audit)
        for idx, _seq, digest, raw in rows:
            step = replay_entry(
                self.audit.library, self.audit.directory, self.case, idx, digest, raw
            )
            if step.problems or step.case is None:
                yield Finding("lost", idx, self.name, "审计期间新增的这条记录不能接续")
                return
            self.case, self.last = step.case, step
        if found is None:
            yield Finding("lost", self.last.idx, self.name, "有记录而无事项")
            return
        workflow = self.audit.library.workflow(self.case.workflow)
        try:
            calendar = self._calendar(self.last.body["calendar"])
        except (
            LostDefinitionError
        ) as error:  # published after the tear in the office's chain, or never
            calendar = None
            yield Finding(
                "unread", self.last.idx, self.name, f"存储的到期日未能核对：{error.message}"
            )
        wrong = self._wrong_columns(workflow, calendar, dict(zip(columns, found, strict=True)))
        if wrong:
            message = f"存储的状态与回放结果不一致：{'、'.join(wrong)}"
            yield Finding("state", self.last.idx, self.name, message)
        for code, message in check_post(post, workflow, self.case):
            yield Finding(code, self.last.idx, self.name, message)

    def _calendar(self, digest: str) -> Calendar | None:
        """Give the calendar of a case's last entry; None, and counted, where it is damaged."""
        damage = self.audit.broken.get(digest)
        if damage is None:
            return self.audit.library.calendar(digest)
        damage.days.add(self.name, "days", self.name)
        return None

    def _wrong_columns(
        self, workflow: Workflow, calendar: Calendar | None, found: dict[str, Any]
    ) -> list[str]:
        """Name the columns of the stored row that are not as replayed; without a calendar no day is
        compared.
        """
        assert self.case is not None
        try:
            wanted = (
                case_row(workflow, self.case, calendar)
                if calendar
                else undated_row(workflow, self.case)
            )
        except (LifecycleError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError):
            return ["snapshot"]
        return [name for name, value in wanted.items() if found.get(name) != value]


def _letter_of(intent: Mapping[str, Any]) -> str:
    """Name the letter that an entry is about, "" if it is about none."""
    return (
        str(intent["data"]["notice"])
        if intent["type"].startswith("notice_") and "notice" in intent["data"]
        else ""
    )


def _columns(store: Any) -> list[str]:
    return [row[1] for row in store.rows("PRAGMA table_info(cases)")]
