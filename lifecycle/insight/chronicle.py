"""An entry told in a line: who did what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lifecycle.engine.acts import (
    ConfirmCorrection,
    Correct,
    DeclineCorrection,
    SetFacts,
    read_act,
)
from lifecycle.engine.case import Case
from lifecycle.engine.entry import Entry
from lifecycle.workflow.model import Workflow

_SETTLING: dict[str, type[ConfirmCorrection | DeclineCorrection]] = {
    act.entry_type: act for act in (ConfirmCorrection, DeclineCorrection)
}
"""The acts that settle a correction, by the type of their entries."""


def who(body: Mapping[str, Any]) -> str:
    """Name the officer of an entry and, for a delegation, on whose behalf."""
    actor = body["intent"]["actor"]
    if "done_by" in actor:
        return f"{actor['id']}（补 {actor['done_by']} 所办：{actor['because']}）"
    return f"{actor['id']}（代 {actor['for']}）" if "for" in actor else str(actor["id"])


def tell(
    workflow: Workflow,
    body: Mapping[str, Any],
    names: Mapping[str, str],
    *,
    before: Case | None = None,
    proposed: Mapping[str, Any] | None = None,
) -> str:
    """Tell what an entry did; `names` are the units' names by code.

    With the case `before` it, facts that were entered are told with the values that they had. What
    settles a correction is told with it, where the body of the entry that `proposed` it is given.
    """
    act, entry = read_act(body["intent"]), Entry.from_body(body, digest="")
    if isinstance(act, SetFacts) and before is not None:
        return act.told_after(workflow, before, names)
    if isinstance(act, ConfirmCorrection | DeclineCorrection) and proposed is not None:
        change = change_in(workflow, proposed, names)
        if change:
            return act.told_of(change)
    return act.sentence(workflow, entry, names)


def settles(body: Mapping[str, Any]) -> int | None:
    """Give the seq of the entry that proposed the correction which an entry settles; None for an
    entry that settles none.
    """
    intent = body["intent"]
    kind = _SETTLING.get(intent["type"])
    return kind.from_dict(intent).proposal if kind else None


def change_in(workflow: Workflow, body: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Tell what an entry corrects, old and new; "" where it is no correction."""
    act = read_act(body["intent"])
    return act.change(workflow, names) if isinstance(act, Correct) else ""
