"""The audit's second pass: the office's own chain, the definitions it published, and the state kept
for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lifecycle.errors import LifecycleError, UnavailableError
from lifecycle.ledger.audit.damage import Damage
from lifecycle.ledger.audit.finding import Finding
from lifecycle.ledger.office_replay import OfficeStep, replay_office_entry
from lifecycle.ledger.record import OFFICE, canonical, hash_of
from lifecycle.people.directory import dump_directory

if TYPE_CHECKING:
    from lifecycle.ledger.audit.audit import Auditor

_CHAIN = (
    "SELECT idx, seq, eid, hash, CAST(body AS BLOB) FROM entry WHERE case_id = ? AND seq > "
    "? "
    "ORDER BY seq"
)
Row = tuple[int, int, str, str, bytes]


def check_office(audit: Auditor) -> Iterator[Finding]:
    """Replay the office's chain and compare the state kept for it.

    Leave in `audit` the office as replayed, and what is wrong with its definitions.
    """
    store = audit.library.store
    with store.reading():
        rows = store.rows(_CHAIN, OFFICE, 0)
        stored = store.office()
        kept = store.rows("SELECT sha256, kind, name FROM definition")
    for row in rows:
        if row[0] <= audit.upto:
            audit.tick()
            audit.entries += 1
        yield from _check_row(audit, row)
    if audit.torn:
        return
    directory = audit.directory
    if stored is None or stored != (
        directory.seq,
        directory.head,
        canonical(dump_directory(directory)),
    ):
        last = audit.office_at[-1] if audit.office_at else 0
        yield Finding("state", last, OFFICE, "存储的单位、人员与授权状态和回放结果不一致")
    published = {(d.digest, d.kind, d.name) for d in directory.documents}
    for digest, kind, name in kept:
        if (digest, kind, name) not in published:
            yield Finding("definition", 0, OFFICE, f"{kind} {name}（{str(digest)[:12]}…）未经发布")


def follow_office(audit: Auditor) -> Iterator[Finding]:
    """Go on to the office's present end: officers may have been appointed since the audit began."""
    if not audit.torn:
        for row in audit.library.store.rows(_CHAIN, OFFICE, audit.directory.seq):
            yield from _check_row(audit, row)


def _check_row(audit: Auditor, row: Row) -> Iterator[Finding]:
    """Judge one office entry again and move the office on by it."""
    idx, seq, eid, digest, raw = row
    if idx > audit.upto:
        audit.office_at.append(idx)
    if audit.torn:
        return
    step = replay_office_entry(audit.directory, idx, digest, raw)
    for code, message in (*step.problems, *_misplaced(audit, step, seq, eid)):
        yield Finding(code, idx, OFFICE, message)
    if step.directory is None:
        audit.torn = True
        yield Finding(
            "unread", idx, OFFICE, "本条以后的人员与授权无法核对，依据它们的记录也无法核对权限"
        )
        return
    audit.directory = step.directory
    if step.body["intent"]["type"] == "definition_published":
        _check_definition(audit, idx, step.body["intent"])


def _misplaced(audit: Auditor, step: OfficeStep, seq: int, eid: str) -> Iterator[tuple[str, str]]:
    if not step.body or step.directory is None:
        return
    intent = step.body["intent"]
    if (intent["case"], intent["seq"], intent["eid"]) != (OFFICE, seq, eid):
        yield "chain", "记录所在的位置与其内容不符"
    if intent["log"] != audit.origin:
        yield "chain", "记录属于另一本台账，或台账的来源被改动"


def _check_definition(audit: Auditor, idx: int, intent: Mapping[str, Any]) -> None:
    """See whether the bytes that an entry published are there; note in `audit` what is wrong with
    them.
    """
    file, kind, name = intent["files"][0], intent["data"]["kind"], intent["data"]["name"]
    digest = file["sha256"]
    if digest in audit.broken:
        audit.broken[digest].again.append(idx)
        return
    wrong = _wrong_with(audit, kind, digest, file["size"])
    if wrong:
        audit.broken[digest] = Damage(idx, kind, name, digest, wrong)


def _wrong_with(audit: Auditor, kind: str, digest: str, size: int) -> str:
    """Say what is wrong with a definition's bytes; empty if nothing."""
    row = audit.library.store.row("SELECT body FROM definition WHERE sha256 = ?", digest)
    if row is None:
        return "不见了"
    if not isinstance(row[0], bytes) or hash_of(row[0]) != digest or len(row[0]) != size:
        return "的内容被改动"
    try:
        if kind == "workflow":
            audit.library.workflow(digest)
        elif kind == "calendar":
            audit.library.calendar(digest)
    except UnavailableError:
        raise
    except (LifecycleError, ValueError, KeyError, TypeError):
        return "读不出来"
    return ""
