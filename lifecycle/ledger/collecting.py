"""Collections: the cases of a workflow for which a condition holds, as they stood on a day.

They are read from the values kept over time, no case as a whole: only what the condition and the
figures need. What was read is known by its digest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lifecycle.engine.collected import Collected, CollectedCase, ThisCase
from lifecycle.engine.values import Value
from lifecycle.expression import nodes
from lifecycle.expression.expression import Expression
from lifecycle.expression.kleene import decided
from lifecycle.ledger.library import Library
from lifecycle.ledger.record import canonical, hash_of
from lifecycle.ledger.rows.value_rows import STATE, SUSPENDED
from lifecycle.ledger.sql import text
from lifecycle.workflow.model import THIS, Collection, Workflow

_ALL = (1 << 62) - 1
"""An index after every entry."""


def collect(
    library: Library,
    workflow: Workflow,
    collection: Collection,
    this: ThisCase,
    on: str,
    before: int | None = None,
) -> Collected:
    """Read a collection for a case that reads it, on a day; `before` is the place in the log of the
    entry that read it, None for what reads it now.
    """
    lacking = [name for name in _of_this(collection) if name not in this]
    if lacking:
        return Collected(collection, lacks=lacking[0])
    day = str(this.raw[collection.at]) if collection.at else on
    members: list[CollectedCase] = []
    undecided: list[CollectedCase] = []
    read: list[Any] = []
    needed = needed_of(workflow, collection.name)
    for case, raw in _cases(library, collection, needed, day, before):
        read.append([case.number, raw])
        found = decided(collection.where, {**_scope(case, collection), THIS: this})
        if found is None:
            undecided.append(case)
        elif found:
            members.append(case)
    if collection.missing == "zero":
        members, undecided = sorted([*members, *undecided], key=lambda one: one.number), []
    elif collection.missing == "skip":
        undecided = []
    digest = hash_of(canonical(read))
    return Collected(collection, tuple(members), tuple(undecided), len(read), digest)


def _scope(case: CollectedCase, collection: Collection) -> dict[str, Any]:
    """Give what a condition sees of a case; what is missing is left out, and read as zero nowhere
    here.
    """
    return {name: case.known[name] for name in collection.where.names if name in case.known}


def _cases(
    library: Library, collection: Collection, needed: frozenset[str], day: str, before: int | None
) -> Iterator[tuple[CollectedCase, dict[str, Value]]]:
    """Give the cases that there were, in the order of their numbers, with what was read of them."""
    rows = library.store.rows(
        text.VALUES_OVER,
        workflow=collection.over,
        facts=json.dumps([*sorted(needed), STATE, SUSPENDED]),
        on_day=day,
        before=_ALL if before is None else before,
    )
    found: dict[str, dict[str, Value | None]] = {}
    cases: dict[str, tuple[str, str, str]] = {}
    for case_id, number, title, digest, fact, value in rows:
        cases[case_id] = (number, title, digest)
        found.setdefault(case_id, {})[fact] = None if value is None else json.loads(value)
    for case_id, (number, title, digest) in sorted(cases.items(), key=lambda item: item[1]):
        raw = {name: value for name, value in found[case_id].items() if value is not None}
        if STATE in raw:
            workflow = library.workflow(digest)
            yield CollectedCase.of(workflow, number, title, raw, collection.missing), raw


@lru_cache(maxsize=256)
def needed_of(workflow: Workflow, name: str) -> frozenset[str]:
    """Name the facts that are read of the cases of a collection: by its condition, and by the
    figures that the workflow makes of it.
    """
    collection = workflow.collections[name]
    names = set(collection.where.names) - {THIS}
    for way in workflow.ways:
        for expression in way.expressions:
            names |= set(_figured(expression, name))
    return frozenset(names)


def _figured(expression: Expression, collection: str) -> Iterator[str]:
    """Name the facts of which an expression makes a figure over a collection."""
    yield from _figured_in(expression.tree, collection)


def _figured_in(node: nodes.Expr, collection: str) -> Iterator[str]:
    if isinstance(node, nodes.Filter) and node.args and _is_over(node.node, collection):
        name = node.args[0]
        if isinstance(name, nodes.Const) and isinstance(name.value, str):
            yield name.value
    parts = [*node.values()]
    if isinstance(node, nodes.Compare):
        parts += [operand.expr for operand in node.ops]
    for part in parts:
        yield from _figured_in(part, collection)


def _is_over(node: nodes.Expr | None, collection: str) -> bool:
    while isinstance(node, nodes.Filter):
        node = node.node
    return isinstance(node, nodes.Name) and node.name == collection


def _of_this(collection: Collection) -> list[str]:
    """Name the facts of the reading case that a collection needs."""
    names = {parts[1] for parts in collection.where.parts if parts[0] == THIS}
    return sorted({*names, *((collection.at,) if collection.at else ())})
