"""Running cases that two persons declared: each was taken in once, and all were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lifecycle.engine.acts import Open
from lifecycle.ledger.audit.finding import Finding
from lifecycle.ledger.audit.scope import Scope
from lifecycle.ledger.record import OFFICE, UNREADABLE, read
from lifecycle.ledger.store import LogRow
from lifecycle.people.directory import Directory

_DECLARED = b'"declared":{"by":'
"""How the canonical bytes of an opening say that the case was declared."""


class DeclaredCases:
    """Follows through the log which of the declared cases were taken in."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.seen: set[tuple[str, int]] = set()

    def check(self, row: LogRow) -> Iterator[Finding]:
        """Note a case that is taken in, and see that it was not before."""
        if row.seq != 1 or row.case == OFFICE or _DECLARED not in row.raw:
            return
        try:
            declared = Open.from_dict(read(row.raw)["intent"]).declared
        except UNREADABLE:
            return  # the pass over the cases says what is wrong with it
        if declared is None:
            return
        key = (declared.by, declared.row)
        if key in self.seen:
            message = "两人只声明了一件，接管了两次"
            yield Finding("illegal", row.idx, self._scope.name_of(row.case), message)
        self.seen.add(key)


def check_declared(
    seen: set[tuple[str, int]], directory: Directory, office_at: Sequence[int], torn: bool
) -> Iterator[Finding]:
    """See that every case on which two persons decided was taken in; told at the entry that
    confirmed it, by its place in the log (`office_at`: of each entry of the office looked at).
    """
    if torn:
        return
    for one in directory.declarations:
        looked_at = 0 < one.confirmed <= len(office_at)
        rows = range(1, len(one.rows) + 1) if looked_at else ()
        missing = [row for row in rows if (one.id, row) not in seen]
        if missing:
            told = "、".join(map(str, missing[:5]))
            message = f"两人已确认接管 {len(one.rows)} 件，第 {told} 件没有接管记录"
            yield Finding("lost", office_at[one.confirmed - 1], OFFICE, message)
