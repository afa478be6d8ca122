"""`evolve`: the next case from a case and one entry; replay is this, folded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lifecycle.engine.acts import Migrate, Open, read_act
from lifecycle.engine.case import Case
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.asking import follow_seats, follow_turns
from lifecycle.engine.gates.renewals import keep_objections
from lifecycle.errors import InvalidError
from lifecycle.workflow.model import Workflow


def evolve(workflow: Workflow, case: Case | None, body: Mapping[str, Any], digest: str) -> Case:
    """Give the case after one more entry, whose hash is `digest`.

    Pure, and it trusts that `decide` accepted it. Raises InvalidError for an entry that cannot come
    first, or is of a type that there is not.
    """
    act = read_act(body["intent"])
    entry = Entry.from_body(body, digest)
    if isinstance(act, Open):
        opened = follow_seats(workflow, None, act.fold(workflow, case, entry), entry)
        return follow_turns(workflow, opened, entry)
    if case is None:
        raise InvalidError("第一条记录不是立项")
    if isinstance(act, Migrate):
        return act.fold(workflow, case, entry)
    kept = keep_objections(workflow, case, act.fold(workflow, case, entry))
    after = follow_seats(workflow, case, kept, entry)
    return follow_turns(workflow, after, entry)
