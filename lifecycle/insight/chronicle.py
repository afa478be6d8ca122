"""An entry told in a line: who did what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lifecycle.engine.acts import read_act
from lifecycle.engine.entry import Entry
from lifecycle.workflow.model import Workflow


def who(body: Mapping[str, Any]) -> str:
    """Name the officer of an entry and, for a delegation, on whose behalf."""
    actor = body["intent"]["actor"]
    if "done_by" in actor:
        return f"{actor['id']}（补 {actor['done_by']} 所办：{actor['because']}）"
    return f"{actor['id']}（代 {actor['for']}）" if "for" in actor else str(actor["id"])


def tell(workflow: Workflow, body: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Tell what an entry did; `names` are the units' names by code."""
    act = read_act(body["intent"])
    return act.sentence(workflow, Entry.from_body(body, digest=""), names)
