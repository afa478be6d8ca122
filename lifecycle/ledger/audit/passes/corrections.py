"""Corrections that an auditor looks at one by one, though nothing is wrong: slips of the pen, which
leave opinions standing, and those that the lead confirmed on a document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lifecycle.engine.acts import ConfirmCorrection, Correct
from lifecycle.ledger.audit.scope import Scope
from lifecycle.ledger.record import UNREADABLE, read
from lifecycle.ledger.store import LogRow

SLIP, DOCUMENT = "slip", "document"
_PROPOSED, _CONFIRMED = b'"type":"correction_made"', b'"type":"correction_confirmed"'
_SLIP = b'"slip":true'


@dataclass(frozen=True, slots=True)
class NotedCorrection:
    """A correction to look at: the index of the entry that confirmed it, the case's number and its
    seq there, of which `kind`, who confirmed it, the reason, and the document's name.
    """

    entry: int
    case: str
    seq: int
    kind: str
    officer: str
    note: str
    document: str


class Corrections:
    """Follows the corrections through the log."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._slips: set[tuple[str, int]] = set()
        self._noted: list[NotedCorrection] = []

    @property
    def noted(self) -> tuple[NotedCorrection, ...]:
        """Give those to look at, in the order of the log."""
        return tuple(self._noted)

    def see(self, row: LogRow) -> None:
        """Note the next entry, if it is one; the pass over chains tells what cannot be read."""
        proposed = _PROPOSED in row.raw and _SLIP in row.raw
        if not proposed and _CONFIRMED not in row.raw:
            return
        try:
            intent = read(row.raw)["intent"]
            if intent["type"] == Correct.entry_type:
                if Correct.from_dict(intent).slip is True:
                    self._slips.add((row.case, intent["seq"]))
            elif intent["type"] == ConfirmCorrection.entry_type:
                self._confirmed(row, intent)
        except UNREADABLE:
            return

    def _confirmed(self, row: LogRow, intent: Mapping[str, Any]) -> None:
        act = ConfirmCorrection.from_dict(intent)
        slip = (row.case, act.proposal) in self._slips
        if slip or act.file is not None:
            self._noted.append(
                NotedCorrection(
                    entry=row.idx,
                    case=self._scope.name_of(row.case),
                    seq=intent["seq"],
                    kind=SLIP if slip else DOCUMENT,
                    officer=intent["actor"]["id"],
                    note=act.note,
                    document=act.file.name if act.file else "",
                )
            )
