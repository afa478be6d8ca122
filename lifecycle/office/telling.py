"""Entries told in a line, with what stands in other entries: what a correction was of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lifecycle.engine.acts.act import noted
from lifecycle.engine.entry import Entry, recorded_day
from lifecycle.engine.gates.asking import not_shown_by
from lifecycle.engine.gates.gates import BY_CLOCK, title_of
from lifecycle.insight.chronicle import change_in, settles, tell
from lifecycle.ledger.record import stored
from lifecycle.workflow.model import CLOCK

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.engine.case_letter import CaseLetter
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

Body = Mapping[str, Any]


def told(
    office: Office,
    workflow: Workflow,
    body: Body,
    names: Mapping[str, str],
    before: Case | None = None,
) -> str:
    """Tell an entry in a line; what settles a correction with that, facts with the values that they
    had in the case `before` it, where that is at hand.
    """
    proposed = _proposed(office, body)
    sentence = tell(workflow, body, names, before=before, proposed=proposed)
    return f"{sentence}{_caused(office, body)}"


def told_late(body: Body) -> str:
    """Say of what somebody recorded later than it happened when that was; "" of anything else."""
    recorded, intent = recorded_day(body["recorded_at"]), body["intent"]
    if recorded == intent["occurred_on"] or intent["actor"]["id"] == CLOCK:
        return ""
    because = "" if "done_by" in intent["actor"] else intent["actor"].get("because", "")
    return f"（{recorded} 补录{noted(because)}）"


def _caused(office: Office, body: Body) -> str:
    """Say of an effect by which transition of which case it was made."""
    entry = Entry.from_body(body, digest="")
    if not entry.cause:
        return ""
    if entry.cause == CLOCK:
        return f"（{BY_CLOCK}）"
    name, _, made = entry.cause.partition(".")
    digest = office.directory.document("workflow", name)
    titles = office.library.workflow(digest).titles if digest else {}
    return f"（随 {entry.cause_number} 的“{titles.get(made, made)}”）"


def confirmed_change(
    office: Office, workflow: Workflow, case: Case, seq: int, names: Mapping[str, str]
) -> str:
    """Tell what the correction changed, old and new, that the entry with a seq confirmed; "" where
    it did not confirm one.
    """
    body = _entry(office, case.id, seq)
    proposed = _proposed(office, body) if body else None
    return change_in(workflow, proposed, names) if proposed else ""


def _proposed(office: Office, body: Body) -> Body | None:
    """Give the entry that proposed the correction which an entry settles."""
    proposal = settles(body)
    return _entry(office, body["intent"]["case"], proposal) if proposal is not None else None


def _entry(office: Office, case_id: str, seq: int) -> Body | None:
    row = next(iter(office.store.entries(case_id, after=seq - 1)), None)
    return stored(row.raw) if row is not None else None


def told_unshown(workflow: Workflow, case: Case, letter: CaseLetter) -> str:
    """Say of a letter that asks opinions what these would be on and is not there yet; "" for
    nothing.
    """
    titles = "、".join(title_of(workflow, name) for name in not_shown_by(workflow, case, letter))
    return f"会签要看的 {titles} 还没有，以后补上的，复函不算会签意见" if titles else ""
