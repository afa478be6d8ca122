"""A ledger copied from one database to another, whichever they are: file to server or back.

Only what cannot be computed is copied: the entries as they stand, published definitions, materials,
the books of numbers, refused attempts and what became of sendings. All else is folded from the
entries, as after an upgrade. Entries and materials are never altered, so a copy that was stopped
goes on where it was; the rest is taken in one transaction from one state of the source, and with
it the copy is complete. Until then nobody can open it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest

from lifecycle.errors import InvalidError, UnavailableError
from lifecycle.frozen import dataclass
from lifecycle.ledger.copies.refold import refold
from lifecycle.ledger.files import Files
from lifecycle.ledger.record import hash_of
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import Store
from lifecycle.ledger.tree import Tree

_CHUNK = 1000
_MOST_BYTES = 1 << 40


@dataclass(frozen=True, slots=True)
class Copied:
    """How many entries and materials a copy has, and its checkpoint, which is the source's."""

    entries: int
    files: int
    checkpoint: str


Tell = Callable[[str, int, int], None]
"""Is told how far it has come: in what, how many, of how many."""


def copy(source: Store, target: Store, tell: Tell) -> Copied:
    """Copy a ledger into a database opened as a replica.

    Raises InvalidError where the target holds something else, and
    UnavailableError where the source is damaged.
    """
    files = _copy_files(source.files, target.files, tell)
    upto = source.last_index()
    _copy_entries(source, target, upto, tell)
    with source.reading():
        upto = source.last_index()
        files += _copy_files(source.files, target.files, tell)
        with target.writing():
            _copy_definitions(source, target)
            _put_entries(source, target, upto, tell)
            tell("核对", 0, upto)
            checkpoint = _compared(source, target, upto)
            tell("重算", 0, upto)
            _refold(target)
            _copy_books(source, target)
            target.complete(source.meta("log"))
    return Copied(upto, files, checkpoint)


def _copy_entries(source: Store, target: Store, upto: int, tell: Tell) -> None:
    """Copy entries up to an index, a thousand in one transaction."""
    while True:
        with target.writing():
            if not _put_some(source, target, upto):
                return
        tell("记录", target.last_index(), upto)


def _put_entries(source: Store, target: Store, upto: int, tell: Tell) -> None:
    """Copy the entries up to an index that are not there yet; within a transaction."""
    while _put_some(source, target, upto):
        tell("记录", target.last_index(), upto)


def _put_some(source: Store, target: Store, upto: int) -> int:
    """Copy the next entries; give how many."""
    after = target.last_index()
    if after > upto:
        raise InvalidError(
            f"{target.name} 里有 {after} 条记录，比来源的 {upto} 条还多，不是它的副本",
            "请另选一个位置",
        )
    rows = source.rows(text.WHOLE_ENTRIES, after=after, upto=upto, most=_CHUNK)
    for wanted, row in enumerate(rows, after + 1):
        idx, case_id, seq, eid, digest, body = row
        if idx != wanted or hash_of(body) != digest:
            raise UnavailableError(
                f"来源的第 {wanted} 条记录缺失或被改动，不能照抄",
                "先在来源上运行 lifecycle audit 查明，从备份恢复",
            )
        entry = {"case_id": case_id, "seq": seq, "eid": eid, "hash": digest, "body": body}
        target.put(text.APPEND_ENTRY, **entry)
    return len(rows)


def _compared(source: Store, target: Store, upto: int) -> str:
    """Compare every entry of the two; give the checkpoint."""
    tree = Tree()
    for theirs, ours in zip_longest(source.log(upto=upto), target.log(upto=upto)):
        if theirs != ours:
            idx = (theirs or ours).idx
            raise InvalidError(
                f"{target.name} 里的第 {idx} 条记录和来源的不同，不是它的副本", "请另选一个位置"
            )
        tree.add(theirs.raw)
    return str(tree.checkpoint())


def _refold(target: Store) -> None:
    """Compute what is kept beside the log; an entry that cannot be followed is the source's."""
    try:
        refold(target)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        raise UnavailableError(
            "来源的记录有读不懂的，不能照抄", "先在来源上运行 lifecycle audit 查明，从备份恢复"
        ) from error


def _copy_definitions(source: Store, target: Store) -> None:
    for digest, kind, name in source.rows(text.DEFINITIONS):
        target.put_definition(digest, kind, name, source.definition(digest))


def _copy_books(source: Store, target: Store) -> None:
    """Copy what stands in no entry, or only in part: numbers taken, refusals, how sendings went."""
    for name, last in source.rows(text.LAST_NUMBERS):
        target.put(text.PUT_LAST_NUMBER, name=name, last=last)
    after = 0
    while refusals := source.rows(text.REFUSALS, after=after, most=_CHUNK):
        for id_, *values in refusals:
            row = dict(zip(("at", "officer", "case_id", "asked_for", "gates"), values, strict=True))
            target.put(text.PUT_REFUSAL, **row)
            after = id_
    last_sending = ""
    while sendings := source.rows(text.WHOLE_SENDINGS, after=last_sending, most=_CHUNK):
        for values in sendings:
            target.put(text.PUT_WHOLE_SENDING, **dict(zip(_SENDING, values, strict=True)))
        last_sending = sendings[-1][0]


_SENDING = (
    "id",
    "case_id",
    "name",
    "addressee",
    "unit",
    "state",
    "attempts",
    "next_at",
    "error",
)


def _copy_files(source: Files, target: Files, tell: Tell) -> int:
    """Copy the materials that are not there yet; give how many there are in all."""
    there = set(target.digests())
    wanted = [digest for digest in source.digests() if digest not in there]
    for number, digest in enumerate(wanted, 1):
        _size, found = target.keep(_KeptFile(source, digest), _MOST_BYTES)
        if found != digest:
            raise UnavailableError(
                f"来源的材料 {digest[:12]}… 被改动，不能照抄",
                "先在来源上运行 lifecycle audit 查明，从备份恢复",
            )
        tell("材料", number, len(wanted))
    return len(wanted)


class _KeptFile:
    """A kept file as a stream."""

    def __init__(self, files: Files, digest: str) -> None:
        self._chunks = files.chunks(digest)

    def read(self, _most: int, /) -> bytes:
        """Give the next part; files are kept and read in parts of the same size."""
        return next(self._chunks, b"")
