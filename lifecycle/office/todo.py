"""What waits for an officer: tasks on cases, the most urgent first, and what letters ask."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from lifecycle.frozen import dataclass
from lifecycle.insight.inbox import Waiting, inbox
from lifecycle.office.letters.letterbox import Letterbox, LetterErrand, letterbox

if TYPE_CHECKING:
    from lifecycle.office.office import Office

PAGE = 30
"""Tasks of one page."""


@dataclass(frozen=True, slots=True)
class CaseTask:
    """One thing that waits for an officer on a case.

    `kind` is `sign`, `advance`, `supply` or `overdue`; `group` says how urgent it is: `overdue`,
    `today`, `week`, `later`, `none` (no day). `principal` is whose it is, where it is not the
    officer's own; `command` is what to type.
    """

    kind: str
    group: str
    number: str
    title: str
    state: str
    transition: str | None
    due_on: str | None
    principal: str | None
    text: str
    command: str


@dataclass(frozen=True, slots=True)
class LetterTask:
    """One thing that a letter asks; `word` is its kind in Chinese."""

    kind: str
    word: str
    number: str
    letter: str
    document_number: str | None
    due_on: str | None
    principal: str | None
    text: str
    command: str


@dataclass(frozen=True, slots=True)
class Todo:
    """One page of what waits for an officer on a day.

    Letters stand on the first page; there a clerk also learns how many sendings wait (`waiting`)
    and how many failed for good (`dead`). `more`: another page follows.
    """

    officer: str
    on: date
    page: int
    more: bool
    tasks: tuple[CaseTask, ...]
    letters: tuple[LetterTask, ...]
    waiting: int
    dead: int


def todo(office: Office, officer: str, on: date | None, page: int = 1) -> Todo:
    """List what waits for an officer, and for those who delegated to them.

    Only what the page shows is judged.
    """
    moment = office.moment(on)
    skip = (page - 1) * PAGE
    found = list(
        islice(inbox(office.library, moment, officer, office.common_roles()), skip, skip + PAGE + 1)
    )
    letters = letterbox(office, moment, officer) if page == 1 else Letterbox(())
    return Todo(
        officer=officer,
        on=moment.on,
        page=page,
        more=len(found) > PAGE,
        tasks=tuple(_task(waiting, moment.on) for waiting in found[:PAGE]),
        letters=tuple(map(_letter_task, letters.errands)),
        waiting=letters.waiting,
        dead=letters.dead,
    )


def _task(waiting: Waiting, today: date) -> CaseTask:
    task, principal = waiting.task, waiting.principal
    behalf = f" --for {principal}" if principal and task.kind != "overdue" else ""
    return CaseTask(
        kind=task.kind,
        group=_group(task.due_on, today),
        number=task.case.number,
        title=task.case.title,
        state=task.case.state,
        transition=task.transition.name if task.transition else None,
        due_on=task.due_on,
        principal=principal,
        text=task.text,
        command=task.command + behalf,
    )


def _group(due_on: str | None, today: date) -> str:
    if due_on is None:
        return "none"
    if due_on < today.isoformat():
        return "overdue"
    if due_on == today.isoformat():
        return "today"
    return "week" if due_on <= (today + timedelta(days=7)).isoformat() else "later"


def _letter_task(errand: LetterErrand) -> LetterTask:
    return LetterTask(
        kind=errand.kind,
        word=errand.word,
        number=errand.case.number,
        letter=errand.letter.name,
        document_number=errand.letter.number or None,
        due_on=errand.due_on,
        principal=errand.principal,
        text=errand.text,
        command=errand.command,
    )
