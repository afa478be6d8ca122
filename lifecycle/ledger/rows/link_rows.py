"""The rows kept beside the log for links: which cases name, or once named, which case.

They are computed from the values of facts and compared with them by the audit.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from lifecycle.engine.case import Case
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import Store
from lifecycle.workflow.model import Workflow


def links_of(workflow: Workflow, case: Case) -> set[str]:
    """Give the numbers of the cases that a case names now."""
    return {str(case.facts[fact.name]) for fact in workflow.links if fact.name in case.facts}


def put_links(store: Store, workflow: Workflow, before: Case | None, after: Case) -> None:
    """Keep the links that the last entry of a case has made; within a transaction.

    One that was corrected stays: what was judged before that is judged again by it.
    """
    if not workflow.links:
        return
    old = links_of(workflow, before) if before else set()
    for target in sorted(links_of(workflow, after) - old):
        found = {"target": target, "workflow": workflow.name, "case_id": after.id}
        store.run(text.ADD_LINK, **found, seq=after.seq)


def links_ever(before: Mapping[str, int], workflow: Workflow, after: Case) -> Mapping[str, int]:
    """Give the cases that one has ever named, each with the seq of the entry that first did, after
    one more entry.
    """
    new = links_of(workflow, after) - before.keys()
    return {**before, **dict.fromkeys(new, after.seq)} if new else before


def forget_links(store: Store) -> None:
    """Remove all links, to be written anew; within a transaction."""
    store.run(text.FORGET_LINKS)


def cases_linking(store: Store, target: str, workflows: Collection[str], before: int) -> list[str]:
    """List the ids of the cases of some workflows that name, or once named, a case by its number:
    by entries before a place in the log.
    """
    names = json.dumps(list(workflows))
    rows = store.rows(text.CASES_LINKING, target=target, workflows=names, before=before)
    return [case_id for (case_id,) in rows]


def some_linking(store: Store, target: str, workflow: str, most: int) -> tuple[list[str], int]:
    """Give the numbers of a few cases of a workflow that name, or once named, a case by its number,
    and how many there are; a cancelled one does not count.
    """
    asked = {"target": target, "workflow": workflow}
    named = [number for (number,) in store.rows(text.SOME_LINKING, **asked, most=most)]
    return named, store.row(text.COUNT_LINKING, **asked)[0]


def workflows_linking(store: Store, target: str) -> list[str]:
    """Name the workflows of which cases name, or once named, a case by its number."""
    return [name for (name,) in store.rows(text.WORKFLOWS_LINKING, target=target)]


def named_case(store: Store, number: str) -> str | None:
    """Give the id of the case with a number; None where there is none."""
    found = store.row(text.ID_NUMBERED, number=number)
    return found[0] if found is not None else None


def kept_links(store: Store, case_id: str) -> set[tuple[str, str, int]]:
    """Give the links that are kept of a case, as (number, the case's own workflow, the seq of the
    entry that made it).
    """
    return set(store.rows(text.LINKS_OF_CASE, case_id=case_id))
