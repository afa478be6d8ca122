"""The audit's pass over the log in the order of recording: indexes, times, numbers, the checkpoint.

It learns the tree over the entries, and where in the log the office's own entries stand.
"""

from __future__ import annotations

from array import array
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace

from lifecycle.errors import UnavailableError
from lifecycle.ledger.audit.finding import NOBODY, Finding
from lifecycle.ledger.audit.passes.corrections import Corrections, NotedCorrection
from lifecycle.ledger.audit.passes.declared import DeclaredCases
from lifecycle.ledger.audit.passes.due import Readers
from lifecycle.ledger.audit.passes.numbers import Numbers
from lifecycle.ledger.audit.passes.times import Times
from lifecycle.ledger.audit.scope import Scope
from lifecycle.ledger.record import OFFICE, form_of, is_local
from lifecycle.ledger.store import LogRow
from lifecycle.ledger.tree import Tree


@dataclass(frozen=True, slots=True)
class LogSeen:
    """What the pass learned: the tree, the indexes of the office's entries, how many entries name
    the account that called (`local`), the corrections to look at, the indexes of the acts that may
    read other cases (`readers`), which declared cases were taken in, and what stopped it before the
    end.
    """

    tree: Tree
    office_at: list[int]
    local: int
    corrections: tuple[NotedCorrection, ...] = ()
    readers: array[int] = field(default_factory=lambda: array("q"))
    declared: set[tuple[str, int]] = field(default_factory=set)
    stopped: UnavailableError | None = None


def check_log(scope: Scope) -> Generator[Finding, None, LogSeen]:
    """Read every entry once, in the order of recording."""
    tree, office_at, local = Tree(), list[int](), 0
    indexes, times, numbers = Indexes(scope), Times(scope), Numbers(scope)
    forms, corrections, readers = Forms(scope), Corrections(scope), Readers(scope)
    declared = DeclaredCases(scope)
    try:
        for row in scope.store.log(upto=scope.upto):
            scope.tick()
            tree.add(row.raw)
            local += is_local(row.raw)
            corrections.see(row)
            readers.see(row)
            if row.case == OFFICE:
                office_at.append(row.idx)
            yield from indexes.check(row)
            yield from forms.check(row)
            yield from times.check(row)
            yield from numbers.check(row)
            yield from declared.check(row)
            yield from _at_checkpoint(scope, tree, row)
        yield from _short_of_checkpoint(scope, tree)
        yield from times.ahead()
        yield from numbers.compare_books()
    except UnavailableError as error:
        seen = LogSeen(tree, office_at, local, corrections.noted, readers.at, declared.seen)
        return replace(seen, stopped=error)
    return LogSeen(tree, office_at, local, corrections.noted, readers.at, declared.seen)


class Indexes:
    """Follows the indexes through the log: they run 1, 2, 3 … without gap."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._wanted = 1

    def check(self, row: LogRow) -> Iterator[Finding]:
        """Check the index of the next entry."""
        wanted, idx = self._wanted, row.idx
        if idx > wanted:
            lost = f"序号 {wanted}" if idx == wanted + 1 else f"序号 {wanted} 至 {idx - 1}"
            yield Finding("lost", wanted, NOBODY, f"{lost} 的记录不见了")
        elif idx < wanted:
            yield Finding("lost", idx, self._scope.name_of(row.case), "序号不是正整数")
        self._wanted = max(wanted, idx) + 1


class Forms:
    """Follows the forms of entries through the log: no register writes an older form again once a
    newer one was written.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._newest = 0

    def check(self, row: LogRow) -> Iterator[Finding]:
        """Check the form of the next entry; what cannot be read is told by the pass over chains."""
        form = form_of(row.raw)
        if form and form < self._newest:
            message = f"第 {form} 版写法的记录，出现在第 {self._newest} 版之后"
            yield Finding("form", row.idx, self._scope.name_of(row.case), message)
        self._newest = max(self._newest, form)


def _at_checkpoint(scope: Scope, tree: Tree, row: LogRow) -> Iterator[Finding]:
    """Compare the tree with the checkpoint once it has that size."""
    since = scope.since
    if since is not None and tree.size == since.size and tree.checkpoint() != since:
        message = f"前 {since.size} 条记录与检查点不符：其后有改写、删除、插入或调换"
        yield Finding("checkpoint", row.idx, NOBODY, message)


def _short_of_checkpoint(scope: Scope, tree: Tree) -> Iterator[Finding]:
    """See whether the log is shorter than it was at the checkpoint."""
    since = scope.since
    if since is not None and tree.size < since.size:
        message = f"检查点时有 {since.size} 条记录，现缺 {since.size - tree.size} 条"
        yield Finding("checkpoint", scope.upto, NOBODY, message)
