"""The state kept for a case beside the log: the same as replayed, columns and letters."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from functools import partial
from typing import Any

from lifecycle.engine.case import Case
from lifecycle.engine.world.workdays import Calendar
from lifecycle.errors import LifecycleError
from lifecycle.frozen import replace
from lifecycle.ledger.across.others import PastCases
from lifecycle.ledger.audit.damage import Resting, resting_case
from lifecycle.ledger.audit.entries import Known, Trail
from lifecycle.ledger.audit.finding import MISSHAPEN, UNLIKE, Finding
from lifecycle.ledger.audit.letters import KeptLetters, check_kept_letters, read_kept_letters
from lifecycle.ledger.audit.office import OfficeSeen, follow_office
from lifecycle.ledger.audit.values import check_no_more_values, check_values, counted
from lifecycle.ledger.reading.chain import CaseStep, Problem, fold
from lifecycle.ledger.replay import Basis, replay_entry
from lifecycle.ledger.rows.case_rows import CASE_COLUMNS, case_row, undated_row
from lifecycle.ledger.rows.link_rows import kept_links, links_ever
from lifecycle.ledger.rows.search_rows import is_kept, kept_search
from lifecycle.ledger.rows.step_rows import are_kept, kept_steps
from lifecycle.ledger.rows.task_rows import TaskRow, clock_rows, kept_tasks, tasks_now
from lifecycle.ledger.rows.value_rows import kept_editions
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import LostDefinitionError, Store
from lifecycle.workflow.model import Workflow


def check_state(
    known: Known, trail: Trail, last: CaseStep
) -> Generator[Finding | Resting, None, OfficeSeen]:
    """Compare the case after its last entry with what is kept for it.

    Both are read as of one moment. Gives the office, which may have gone on since the audit began.
    """
    scope, office, name = known.scope, known.office, trail.name
    store, case = scope.store, last.after
    assert case is not None  # the trail is told only of cases that were followed to the end
    editions, links = trail.editions, trail.links
    with store.reading():
        rows = list(store.entries(trail.case_id, after=case.seq))
        found = stored_row(store, trail.case_id)
        letters = read_kept_letters(store, trail.case_id)
        asked = kept_tasks(store, trail.case_id)
        in_force = scope.library.calendar_of(scope.library.directory())
        searched = kept_search(store, trail.case_id)
        kept = kept_editions(store, trail.case_id)
        made = kept_steps(store, trail.case_id)
    if rows:  # made since the audit began, perhaps by officers appointed since
        office = yield from follow_office(scope, office)
    basis = Basis(scope.library, office.directory, past=PastCases(scope.library))
    for step in fold(rows, partial(replay_entry, basis), case):
        if step.problems or step.after is None:
            yield Finding("lost", step.row.idx, name, "审计期间新增的这条记录不能接续")
            return office
        last, case = step, step.after
        links = links_ever(links, scope.library.workflow(case.workflow), case)
        editions = counted(editions, step)
        for code, message in check_values(store, step, editions):
            yield Finding(code, step.row.idx, name, message)
    idx = last.row.idx
    if found is None:
        yield Finding("lost", idx, name, "有记录而无事项")
        return office
    workflow = scope.library.workflow(case.workflow)
    calendar = yield from _calendar(replace(known, office=office), trail, last)
    wrong = wrong_columns(workflow, case, calendar, found)
    if wrong:
        yield Finding("state", idx, name, f"存储的状态与回放结果不一致：{'、'.join(wrong)}")
    for code, message in _wrong_letters(letters, workflow, case):
        yield Finding(code, idx, name, message)
    alike = {
        "待办": calendar is None or _are_asked(workflow, case, (calendar, in_force), asked),
        "办理步骤": are_kept(made, case),
        "关联": kept_links(store, trail.case_id)
        == {(target, workflow.name, seq) for target, seq in links.items()},
        "检索文字": is_kept(searched, workflow, case),
    }
    for what in (what for what, same in alike.items() if not same):
        yield Finding("state", idx, name, f"存储的{what}与回放结果不一致")
    for code, message in check_no_more_values(kept, editions):
        yield Finding(code, idx, name, message)
    return office


def _are_asked(
    workflow: Workflow,
    case: Case,
    calendars: tuple[Calendar, Calendar | None],
    asked: set[TaskRow],
) -> bool:
    """Tell whether the tasks kept for a case are those that it asks, under the calendar of its last
    entry and, for what falls due, the one in force; those of a forged entry may not be comparable.
    """
    calendar, in_force = calendars
    try:
        due = clock_rows(workflow, case, in_force or calendar)
        return asked == tasks_now(workflow, case, calendar) | due
    except (LifecycleError, *UNLIKE):
        return False


def _wrong_letters(kept: KeptLetters, workflow: Workflow, case: Case) -> Iterator[Problem]:
    """Compare what is kept for a case's letters; those of a forged entry may not be comparable."""
    try:
        yield from check_kept_letters(kept, workflow, case)
    except UNLIKE:
        yield "state", f"存储的公文状态未能与回放结果比较：{MISSHAPEN}"


def _calendar(
    known: Known, trail: Trail, last: CaseStep
) -> Generator[Finding | Resting, None, Calendar | None]:
    """Give the calendar of a case's last entry; None, and told, where it is not at hand."""
    digest = last.body["calendar"]
    if digest in known.office.broken:
        yield resting_case(digest, "days", trail.name)
        return None
    try:
        return known.scope.library.calendar(digest)
    except LostDefinitionError as error:
        # published after the tear in the office's chain, or never
        message = f"存储的到期日未能核对：{error.message}"
    yield Finding("unread", last.row.idx, trail.name, message)
    return None


def stored_row(store: Store, case_id: str) -> dict[str, Any] | None:
    """Give the row kept for a case, by column; None where there is none."""
    found = store.row(text.CASE_ROW, id=case_id)
    return dict(zip(CASE_COLUMNS, found, strict=True)) if found is not None else None


def wrong_columns(
    workflow: Workflow, case: Case, calendar: Calendar | None, found: Mapping[str, Any]
) -> list[str]:
    """Name the columns of the stored row that are not as replayed; without a calendar no day is
    compared.
    """
    try:
        if calendar is None:
            wanted = undated_row(workflow, case)
        else:
            wanted = case_row(workflow, case, calendar)
    except (LifecycleError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError):
        return ["snapshot"]
    return [name for name, value in wanted.items() if found.get(name) != value]
