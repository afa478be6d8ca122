"""What waits for an officer: tasks on cases, the most urgent first, and what letters ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass
from lifecycle.insight.waiting import Read, Waiting, parts_of, waiting_tasks
from lifecycle.ledger.reading.as_of import asking_then, moved_since, read_now, read_then
from lifecycle.ledger.record import stamp_text
from lifecycle.ledger.rows.task_rows import Asking, Part, cases_asking
from lifecycle.office.administration.pending import PendingDecision, decisions_for
from lifecycle.office.letters.letterbox import Letterbox, LetterErrand, answerable, letterbox
from lifecycle.office.letters.shelf import PastShelf, Shelf
from lifecycle.office.telling import confirmed_change

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.engine.world.moment import Officer
    from lifecycle.insight.outlook import Task
    from lifecycle.office.view import View
    from lifecycle.workflow.model import Workflow

NOTHING: Mapping[str, str] = MappingProxyType({})
PAGE = 30
"""Tasks of one page."""


@dataclass(frozen=True, slots=True)
class CaseTask:
    """One thing that waits for an officer on a case.

    `kind` is `sign`, `resolve`, `confirm`, `advance`, `supply` or `overdue`; `group` says how
    urgent it is: `overdue`, `today`, `week`, `later`, `none` (no day). `principal` is whose it is,
    where it is not the officer's own; `command` is what to type. `who` is told of divisions: all in
    them who can do it.
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
    who: tuple[str, ...] = ()


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
    who: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Todo:
    """One page of what waits for an officer on a day.

    Letters stand on the first page; there a clerk also learns how many sendings wait (`waiting`),
    how many of these for a messenger (`by_hand`), and how many failed for good (`dead`). `more`:
    another page follows.
    """

    officer: str
    on: date
    page: int
    more: bool
    tasks: tuple[CaseTask, ...]
    letters: tuple[LetterTask, ...]
    waiting: int
    by_hand: int
    dead: int
    decisions: tuple[PendingDecision, ...] = ()


def todo(
    view: View,
    officer: str,
    page: int = 1,
    environ: Mapping[str, str] = NOTHING,
    *,
    of_divisions: bool = False,
) -> Todo:
    """List what waits for an officer, and for those who delegated to them; or `of_divisions`, for
    whoever is in their division or in one of which they are in charge. `environ` may name the file
    that says who is reached how.

    Only what the page shows is judged. Raises InvalidError for somebody who has no division.
    """
    skip = (page - 1) * PAGE
    officers = _in_divisions(view, officer) if of_divisions else view.acting(officer)
    parts = parts_of(officers, view.office.common_roles(), view.office.named_roles())
    asking, read_any, shelf = _sources(view, officers, parts)

    def read(case_id: str) -> tuple[Workflow, Case, list[str]] | None:
        found = read_any(case_id)
        seen = found is not None and view.office.viewer.sees_number(found[1].number)
        return found if seen else None

    found = list(
        islice(waiting_tasks(asking, read, officers, view.moment_of), skip, skip + PAGE + 1)
    )
    letters = letterbox(view, shelf, officers, environ) if page == 1 else Letterbox(())
    acting = {one.acts_as: one for one in officers}
    return Todo(
        officer=officer,
        on=view.moment.on,
        page=page,
        more=len(found) > PAGE,
        tasks=tuple(
            _task(view, one, acting[one.who[0]], tell_who=of_divisions) for one in found[:PAGE]
        ),
        letters=tuple(_letter_task(view, one, tell_who=of_divisions) for one in letters.errands),
        waiting=letters.waiting,
        by_hand=letters.by_hand,
        dead=letters.dead,
        decisions=() if of_divisions or page > 1 else _decisions(view, officer),
    )


def _decisions(view: View, officer: str) -> tuple[PendingDecision, ...]:
    """Give what waits for a second person, and this one may be; of the past nothing waits."""
    if view.as_of:
        return ()
    now = stamp_text(view.office.register.clock())
    return decisions_for(view.office, view.officer(officer), now)


def _in_divisions(view: View, officer: str) -> list[Officer]:
    """Give everybody who is in an officer's division, or in one of which they are in charge."""
    directory, day = view.directory, view.day
    placed = directory.divisions_on(day)
    wanted = {placed[officer]} if officer in placed else set()
    divisions = directory.divisions.values()
    wanted |= {one.code for one in divisions if one.leader(day, directory.seq) == officer}
    if not wanted:
        mend = f"请管理员登记：lifecycle division place {officer} 处室"
        raise InvalidError(f"{officer} 不在任何处室，也不分管处室", mend)
    members = sorted(code for code, division in placed.items() if division in wanted)
    return [view.officer(code) for code in members]


def _sources(
    view: View, officers: list[Officer], parts: set[Part]
) -> tuple[Iterator[Asking], Read, Shelf]:
    """Say where to look for what is asked: in the rows that are kept, or in what there was then."""
    library, as_of = view.office.library, view.as_of
    if not as_of:
        read = partial(read_now, library, parts=parts)
        return cases_asking(library.store, parts), read, Shelf(view.office)
    moved = moved_since(library, as_of, parts, {one.unit for one in officers})
    read_past = partial(read_then, library, as_of, moved, parts=parts)
    return asking_then(library.store, moved, parts), read_past, PastShelf(view, moved)


def _task(view: View, waiting: Waiting, officer: Officer, *, tell_who: bool) -> CaseTask:
    task, principal = waiting.task, waiting.principal
    behalf = f" --for {principal}" if principal and task.kind != "overdue" else ""
    return CaseTask(
        kind=task.kind,
        group=_group(task.due_on, view.moment.on),
        number=task.case.number,
        title=task.case.title,
        state=task.case.state,
        transition=task.transition.name if task.transition else None,
        due_on=task.due_on,
        principal=principal,
        text=view.office.viewer.tell_of(task.case, _text(view, task, officer)),
        command=task.command + behalf,
        who=tuple(dict.fromkeys(waiting.who)) if tell_who else (),
    )


def _text(view: View, task: Task, officer: Officer) -> str:
    """Give the text of a task; of an opinion owed anew with what was corrected, old and new; of one
    that the answer to a letter would be too, with that letter.
    """
    office, case = view.office, task.case
    workflow = office.workflow_of(case)
    if task.kind == "sign" and task.transition is not None:
        letter = answerable(workflow, case, task.transition, officer)
        return f"{task.text}（复函 {letter.number} 即为会签，只办一样）" if letter else task.text
    if task.correction is None:
        return task.text
    change = confirmed_change(office, workflow, case, task.correction, view.moment.names)
    return f"{task.text}（{change}）" if change else task.text


def _group(due_on: str | None, today: date) -> str:
    if due_on is None:
        return "none"
    if due_on < today.isoformat():
        return "overdue"
    if due_on == today.isoformat():
        return "today"
    return "week" if due_on <= (today + timedelta(days=7)).isoformat() else "later"


def _letter_task(view: View, errand: LetterErrand, *, tell_who: bool) -> LetterTask:
    return LetterTask(
        kind=errand.kind,
        word=errand.word,
        number=errand.case.number,
        letter=errand.letter.name,
        document_number=errand.letter.number or None,
        due_on=errand.due_on,
        principal=errand.principal,
        text=view.office.viewer.tell_of(errand.case, errand.text),
        command=errand.command,
        who=tuple(dict.fromkeys(errand.who)) if tell_who else (),
    )
