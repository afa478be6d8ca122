"""Who else reads what a case has: cases that link to it, and whose conditions look at its facts.

What they decided stands on what was so then; whoever changes it is told that there are some.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from lifecycle.engine.gates.gates import title_of
from lifecycle.ledger.rows.link_rows import some_linking, workflows_linking

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

MOST_NAMED = 3


def changed_facts(before: Case, after: Case) -> set[str]:
    """Name the facts that are not as they were."""
    names = {*before.facts, *after.facts}
    return {name for name in names if before.facts.get(name) != after.facts.get(name)}


def told_readers(office: Office, case: Case, names: Collection[str]) -> Iterator[str]:
    """Say which cases that link to one read some of its facts, by the workflow in force of each."""
    own = office.workflow_of(case)
    store = office.store
    for name in workflows_linking(store, case.number) if names else ():
        digest = office.directory.document("workflow", name)
        if digest is None:
            continue
        workflow = office.library.workflow(digest)
        read = sorted(_read(workflow, own) & set(names))
        if read:
            linking, count = some_linking(store, case.number, name, MOST_NAMED)
            more = f"等 {count} 件" if count > MOST_NAMED else ""
            titles = "、".join(title_of(own, one) for one in read)
            whose = f"{'、'.join(linking)}{more}（{workflow.title}）"
            yield f"{whose}的条件读这里的 {titles}：已办的不随之改变"


def _read(workflow: Workflow, target: Workflow) -> set[str]:
    """Name what the conditions of a workflow read of the cases of another to which it links."""
    links = {fact.name for fact in workflow.links if target.is_a(fact.workflow)}
    return {
        parts[1]
        for way in workflow.ways
        for expression in way.expressions
        for parts in expression.parts
        if parts[0] in links and len(parts) > 1
    }
