"""The effects of a transition in the log: each an entry of its own on another case, right after the
entry that caused it, and naming that.

One transaction writes them all, so that they follow their cause in the log without anything
between; an effect that has effects of its own is followed by these. So an audit finds both ways:
from an effect its cause, from a cause all its effects and no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

from lifecycle.engine.acts import Act, Advance, Open, read_act
from lifecycle.engine.docket import PlannedEffect
from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass
from lifecycle.ledger.across.due import is_by_clock
from lifecycle.ledger.library import Library
from lifecycle.ledger.reading.chain import Problem
from lifecycle.ledger.record import CAUSE, UNREADABLE, hash_of, read, recorded_at
from lifecycle.ledger.rows.link_rows import named_case
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import EntryRow, Store

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Cause:
    """The entry of another case that an effect follows from: its case, by id and by number, its
    seq, its hash, the transition as WORKFLOW.TRANSITION, and how many entries before the effect it
    stands in the log.
    """

    case: str
    number: str
    seq: int
    hash: str
    by: str
    back: int

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return {
            "back": self.back,
            "by": self.by,
            "case": self.case,
            "hash": self.hash,
            "number": self.number,
            "seq": self.seq,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read its wire form; raises ValueError, KeyError or TypeError for anything else."""
        made = cls(
            data["case"], data["number"], data["seq"], data["hash"], data["by"], data["back"]
        )
        if made.to_dict() != dict(data) or type(made.back) is not int or made.back < 1:
            raise ValueError("no cause")
        return made


def cause_of(body: Mapping[str, Any]) -> Cause | None:
    """Give what an entry follows from; None where it is no effect. Raises as `Cause.from_dict`."""
    told = body["intent"].get(CAUSE)
    return Cause.from_dict(told) if told is not None and not is_by_clock(body["intent"]) else None


def check_cause(library: Library, cause: Cause, body: Mapping[str, Any], row: EntryRow) -> str:
    """Say what is wrong with what an effect names as its cause, "" where nothing is: it is the
    entry that stands there, of a transition that has effects, by the same people on the same day.
    """
    store = library.store
    found = store.row(
        text.ENTRIES_BY_TIME, after=row.idx - cause.back - 1, upto=row.idx - cause.back, most=1
    )
    named = (cause.case, cause.seq, cause.hash)
    if found is None or (found[1], found[2], hash_of(found[3])) != named:
        return "记录写的起因不在那里，或不是那一笔"
    if named_case(store, cause.number) != cause.case:
        return f"记录写的起因不是 {cause.number} 的"
    made = read(found[3])
    told = made["intent"]
    workflow = library.workflow(told["workflow"])
    ways = [way for way in workflow.transitions if way.name == told["transition"]]
    if told["type"] != Advance.entry_type or f"{workflow.name}.{told['transition']}" != cause.by:
        return f"记录写的起因不是 {cause.by}"
    if not any(way.does for way in ways):
        return f"{cause.by} 不带动别的事项"
    if not _follows(store, row.idx, row.idx - cause.back):
        return "记录不在它写的起因之后的那一串里"
    intent = body["intent"]
    same = [
        (told["actor"], intent["actor"]),
        (told["occurred_on"], intent["occurred_on"]),
        (made["recorded_at"], body["recorded_at"]),
    ]
    if any(its != own for its, own in same):
        return "经办人、办理日或记录时间与起因不符"
    return ""


def _follows(store: Store, idx: int, cause: int) -> bool:
    """Tell whether an effect stands in the run of its cause: the entry before it is the cause
    itself, or one that follows from it through the causes that are named.
    """
    at = idx - 1
    while at > cause:
        found = store.row(text.ENTRIES_BY_TIME, after=at - 1, upto=at, most=1)
        before = cause_of(read(found[3])) if found else None
        if before is None:
            return False
        at -= before.back
    return at == cause


def check_effects(
    library: Library, row: EntryRow, planned: Sequence[PlannedEffect], note: str
) -> Iterator[Problem]:
    """Compare what follows an entry as its effects with those that it was to have, with its note:
    each exactly once, in their order. The first that differs is told.
    """
    store = library.store
    made = list(_effects_after(store, row, len(planned) + 1))
    for number, (wanted, intent) in enumerate(zip(planned, made, strict=False), 1):
        if not _is_as_planned(library, wanted, intent, note):
            called = wanted.number or f"新立的 {wanted.workflow}"
            yield "cause", f"带动的第 {number} 件（{called}）与应有的不符"
            return
    if len(made) != len(planned):
        yield "cause", f"应带动 {len(planned)} 件，其后的记录有 {len(made)} 件"


def _effects_after(store: Store, row: EntryRow, most: int) -> Iterator[Mapping[str, Any]]:
    """Give the intents of the entries after one that name it as their cause, as long as all that
    follow are its effects, or effects of these, recorded with it. So many are read at first.
    """
    family, after, at = {row.hash}, row.idx, recorded_at(row.raw)
    while rows := store.rows(text.ENTRIES_BY_TIME, after=after, upto=after + most, most=most):
        for idx, _case, _seq, raw in rows:
            try:
                body = read(raw)
                cause = cause_of(body)
            except UNREADABLE:
                return  # told of that entry itself
            if cause is None or cause.hash not in family or body["recorded_at"] != at:
                return
            family.add(hash_of(raw))
            if cause.hash == row.hash:
                yield body["intent"]
            after = idx
        most = _CHUNK


def _is_as_planned(
    library: Library, wanted: PlannedEffect, intent: Mapping[str, Any], note: str
) -> bool:
    act = _act_of(intent)
    name = library.workflow(intent["workflow"]).name
    if not isinstance(act, Open | Advance):
        return False
    if (name, act.facts) != (wanted.workflow, dict(wanted.facts)):
        return False
    if not wanted.number:
        return isinstance(act, Open)
    made = isinstance(act, Advance) and (act.transition, act.note) == (wanted.made, note)
    return made and bool(intent["case"] == named_case(library.store, wanted.number))


def _act_of(intent: Mapping[str, Any]) -> Act | None:
    """Give the act that an effect records; None where it is damaged, which is told of itself."""
    try:
        return read_act(intent)
    except (InvalidError, *UNREADABLE):
        return None
