"""Collections: the cases of a workflow for which a condition holds, as they stood on a day.

They are read from the values kept over time, no case as a whole: only what the condition and the
figures need. What was read is known by its digest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any, cast

from lifecycle.engine.values import Value
from lifecycle.engine.world.collected import Collected, CollectedCase, ThisCase
from lifecycle.expression import nodes
from lifecycle.expression.kleene import deciding
from lifecycle.frozen import dataclass
from lifecycle.ledger.library import Library
from lifecycle.ledger.record import canonical, hash_of
from lifecycle.ledger.rows.value_rows import STATE, SUSPENDED
from lifecycle.ledger.sql import text
from lifecycle.ledger.sql.statement import Statement
from lifecycle.ledger.store import END_OF_LOG
from lifecycle.people.directory import Directory
from lifecycle.workflow.model import LINKED, ROW, THIS, Collection, Missing, Workflow


@dataclass(frozen=True, slots=True)
class Log:
    """The log up to what reads it: `before` is the place of the entry that did, None for what reads
    it now. The directory says which workflows are variants of which.
    """

    library: Library
    directory: Directory
    before: int | None = None

    def versions(self, name: str) -> Iterator[Workflow]:
        """Give the versions of a workflow and of its variants under which there are cases."""
        for (digest,) in self.library.store.rows(text.DIGESTS_OF, workflows=self.named(name)):
            yield self.library.workflow(digest)

    def named(self, name: str) -> str:
        """Name a workflow and its variants, as a statement takes them."""
        return json.dumps(list(self.directory.family(name)))


def collect(
    log: Log, workflow: Workflow, collection: Collection, this: ThisCase, on: str
) -> Collected:
    """Read a collection for a case that reads it, on a day: cases of a workflow and of its
    variants.
    """
    lacking = [name for name in sorted(collection.of_this) if name not in this]
    if lacking:
        return Collected(collection.title, lacks=lacking[0])
    day = min(str(this.raw[collection.at]), on) if collection.at else on
    members: list[CollectedCase] = []
    undecided: list[CollectedCase] = []
    read: list[Any] = []
    needed = needed_of(workflow, collection.name)
    wanted = _Wanted(collection.over, needed, day, collection.missing)
    given = {"today": date.fromisoformat(on), THIS: this}
    names, decide = collection.where.names, deciding(collection.where)
    for case, raw in _cases(log, text.VALUES_OVER, wanted):
        read.append([case.number, raw])
        found = decide({**case.seen(names), **given})
        if found is None:
            undecided.append(case)
        elif found:
            members.append(case)
    if collection.missing == "skip":
        undecided = []
    digest = hash_of(canonical(read))
    return Collected(collection.title, tuple(members), tuple(undecided), len(read), digest)


def collect_linked(log: Log, workflow: Workflow, name: str, number: str, on: str) -> Collected:
    """Read the cases of a workflow and of its variants that link to the one with a number, on a
    day: no more of each than the conditions of the workflow that reads them need.
    """
    members, read = [], []
    wanted = _Wanted(name, figured_of_linked(workflow, name), on, "refuse", links=True)
    for case, raw in _cases(log, text.VALUES_LINKED, wanted, target=number):
        read.append([case.number, raw])
        links = (case.known.get(fact.name) for fact in case.workflow.links)
        if number in links:
            members.append(case)
    return Collected(name, tuple(members), (), len(read), hash_of(canonical(read)))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is read of the cases of a workflow on a day: the facts that are needed (`links`: and
    those by which a case links), and what becomes of a case that lacks one.
    """

    workflow: str
    needed: frozenset[str]
    day: str
    missing: Missing
    links: bool = False

    def of(self, workflow: Workflow) -> frozenset[str]:
        """Name what is read of the cases of one version. What other versions have decides nothing:
        a later one must not change what was read.
        """
        found = self.needed
        if self.links:
            found |= {fact.name for fact in workflow.links}
        return found | {workflow.subject} if "title" in found else found


def _cases(
    log: Log, statement: Statement, wanted: _Wanted, **asked: str
) -> Iterator[tuple[CollectedCase, dict[str, Value]]]:
    """Give the cases that there were, in the order of their numbers, with what was read of them."""
    library = log.library
    versions = log.versions(wanted.workflow)
    needed = wanted.needed.union(*(wanted.of(version) for version in versions))
    rows = library.store.rows(
        statement,
        **asked,
        workflows=log.named(wanted.workflow),
        facts=json.dumps([*sorted(needed), STATE, SUSPENDED]),
        on_day=wanted.day,
        before=END_OF_LOG if log.before is None else log.before,
    )
    cases: list[tuple[tuple[str, str, str], dict[str, Value | None]]] = []
    last, values = "", dict[str, Value | None]()
    # One case after the other, and of each fact the value in force last.
    for row, value in zip(rows, _values([row[5] for row in rows]), strict=True):
        if row[0] != last:
            last, values = row[0], {}
            cases.append((row[1:4], values))
        values[row[4]] = value
    versions_read = _Versions(library, wanted)
    for (number, title, digest), values in sorted(cases, key=itemgetter(0)):
        if values.get(STATE) is None:
            continue
        workflow, kept = versions_read[digest]
        if kept:
            raw = _known(values, kept)
            yield CollectedCase.of(workflow, number, title, raw, wanted.missing), raw


def _values(written: list[str | None]) -> list[Value | None]:
    """Read values that are kept as JSON, all at once: one by one takes four times as long."""
    values: list[Value | None] = json.loads(f"[{','.join(one or 'null' for one in written)}]")
    return values


def _known(values: dict[str, Value | None], kept: frozenset[str]) -> dict[str, Value]:
    """Leave out what is not read of a case, and what was cleared: mostly there is nothing such."""
    for name in [n for n, value in values.items() if value is None or n not in kept]:
        del values[name]
    return cast("dict[str, Value]", values)


class _Versions(dict[str, tuple[Workflow, frozenset[str]]]):
    """The versions of a workflow by their SHA-256, each with what is read of its cases: nothing of
    those of another workflow.
    """

    def __init__(self, library: Library, wanted: _Wanted) -> None:
        super().__init__()
        self._library = library
        self._wanted = wanted

    def __missing__(self, digest: str) -> tuple[Workflow, frozenset[str]]:
        workflow = self._library.workflow(digest)
        is_one = workflow.is_a(self._wanted.workflow)
        kept = self._wanted.of(workflow) | {STATE, SUSPENDED} if is_one else frozenset[str]()
        self[digest] = workflow, kept
        return self[digest]


@lru_cache(maxsize=256)
def needed_of(workflow: Workflow, name: str) -> frozenset[str]:
    """Name the facts that are read of the cases of a collection: by its condition, and by the
    figures that the workflow makes of it.
    """
    named = set(workflow.collections[name].where.names) - {THIS}
    return frozenset(named) | _figured(workflow, name)


@lru_cache(maxsize=256)
def figured_of_linked(workflow: Workflow, name: str) -> frozenset[str]:
    """Name the facts of which the workflow makes figures over the cases that link here."""
    return _figured(workflow, f"{LINKED}.{name}")


def _figured(workflow: Workflow, many: str) -> frozenset[str]:
    """Name the facts of which a workflow makes figures over many cases, and those that its effects
    carry from each.
    """
    figured = {
        name
        for way in workflow.ways
        for expression in way.expressions
        for name in _figured_in(expression.tree, many)
    }
    carried = {
        parts[1]
        for way in workflow.transitions
        for effect in way.does
        if many in (effect.each, effect.on)
        for setting in effect.facts
        for parts in setting.value.parts
        if parts[0] == ROW and len(parts) > 1
    }
    return frozenset(figured | carried)


def _figured_in(node: nodes.Expr, many: str) -> Iterator[str]:
    if isinstance(node, nodes.Filter) and node.args and _is_over(node.node, many):
        name = node.args[0]
        if isinstance(name, nodes.Const) and isinstance(name.value, str):
            yield name.value
    parts = [*node.values()]
    if isinstance(node, nodes.Compare):
        parts += [operand.expr for operand in node.ops]
    for part in parts:
        yield from _figured_in(part, many)


def _is_over(node: nodes.Expr | None, many: str) -> bool:
    """Tell whether a piece is a collection, or `linked.WORKFLOW`, or some of these."""
    while isinstance(node, nodes.Filter):
        node = node.node
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return f"{node.node.name}.{node.attr}" == many
    return isinstance(node, nodes.Name) and node.name == many
