"""An entry's shape, its canonical bytes and its hash.

The bytes are RFC 8785 JSON in a profile (ASCII keys, NFC strings, no floats, integers within
±(2^53−1), under 64 KB) in which the standard library's sorted, tight output is the canonical form.
They are stored as hashed.
"""

from __future__ import annotations

import json
import os
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from uuid import UUID

from lifecycle.engine.docket import Accepted
from lifecycle.engine.gates.gates import LIST
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.errors import InvalidError, UnavailableError
from lifecycle.frozen import dataclass
from lifecycle.ledger.first_form import lift, lower

if TYPE_CHECKING:
    from lifecycle.people.changes import OfficeChange

MOST_BYTES = 64 * 1024
FORM = 2
"""The form that entries are written in; those of form 1 are read by `first_form`."""
RESERVED_KEYS = frozenset(("corrects", "reads"))
"""Names kept free in entries for what is to come: the entry that it corrects, and what it read of
other cases.
"""
CAUSE = "cause"
"""The key that only the entries of effects have: which transition of another case they follow from.
"""
GENESIS = "0" * 64
"""The `prev` of a chain's first entry."""
CALENDAR = "CN"
"""The calendar that counts the office's days."""
OFFICE = "office"
"""The chain of the office itself: units, officers, grants, published definitions."""
DECLARED, LOCAL = "declared", "local"
"""How it is known who acted: the officer said so; or the kernel named the account that called the
service, and the directory says whose that is.
"""
INTENT_KEYS = {
    "actor",
    "case",
    "data",
    "eid",
    "files",
    "from",
    "log",
    "occurred_on",
    "prev",
    "seq",
    "signed_at",
    "to",
    "transition",
    "type",
    "v",
    "workflow",
}
BODY_KEYS = {
    "authority",
    "calendar",
    "gates",
    "intent",
    "numbers",
    "office",
    "recorded_at",
    "signatures",
    "software",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: its chain, its seq there, the hash before it, and the office entries
    it relied on.
    """

    log: str
    case: str
    seq: int
    prev: str
    office: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """When, by what software and under which request an entry is recorded.

    `at` is UTC to the microsecond. `account` is the operating-system account that the kernel
    vouched for; "" where the officer was declared only.
    """

    eid: str
    at: str
    signed_at: str
    software: str
    account: str = ""

    def authority(self, role: str | None, grants: list[str]) -> dict[str, Any]:
        """Give the `authority` of an entry: how it is known who acted, and by which right."""
        known = {"account": self.account, "auth": LOCAL} if self.account else {"auth": DECLARED}
        return {**known, "grants": grants, "role": role}


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(value: Any) -> bytes:
    """Give the canonical JSON bytes of plain values."""
    return _ENCODER.encode(value).encode()


def hash_of(raw: bytes) -> str:
    """Give the SHA-256 of stored bytes, in hex."""
    return sha256(raw).hexdigest()


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"数 {text} 不合规范")


_DECODER = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)


def read(raw: bytes) -> dict[str, Any]:
    """Read an entry's bytes.

    Raises ValueError, KeyError or TypeError unless they are NFC JSON with exactly an entry's keys.
    Whether they are canonical is left to the caller: `parse` asks, a replay compares the bytes with
    those it expects.
    """
    return _in_todays_words(_decoded(raw))


def _in_todays_words(body: dict[str, Any]) -> dict[str, Any]:
    form = body["intent"]["v"]
    if type(form) is not int or form not in (1, FORM):
        raise ValueError("由别的版本写成")
    return body if form == FORM else lift(body)


def _decoded(raw: bytes) -> dict[str, Any]:
    text = raw.decode()
    body = _DECODER.decode(text)
    if not unicodedata.is_normalized("NFC", text):
        raise ValueError("不是规范形式")
    if (
        not isinstance(body, dict)
        or body.keys() != BODY_KEYS
        or body["intent"].keys() - {CAUSE} != INTENT_KEYS
    ):
        raise ValueError("字段不全或多余")
    return body


def parse(raw: bytes) -> dict[str, Any]:
    """Read an entry's bytes.

    Raises ValueError unless they are canonical and have exactly an entry's keys.
    """
    body = _decoded(raw)
    if canonical(body) != raw:
        raise ValueError("不是规范形式")
    return _in_todays_words(body)


UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading bytes raises that are not what the program wrote."""
_RESTORE = "请运行 lifecycle audit，并从备份恢复"

Kept = TypeVar("Kept")


def read_kept(raw: bytes, load: Callable[[Any], Kept], what: str) -> Kept:
    """Read what is kept beside the log as JSON; `what` is its name in Chinese.

    Raises UnavailableError where it is damaged.
    """
    try:
        return load(json.loads(raw))
    except UNREADABLE as error:
        raise damaged(what) from error


def damaged(what: str) -> UnavailableError:
    """Say that something kept beside the log is not what was written; only an audit can help."""
    return UnavailableError(f"存储的{what}已损坏", _RESTORE)


def stored(raw: bytes) -> dict[str, Any]:
    """Read an entry's bytes where they are taken for granted.

    Raises UnavailableError, since only an audit can help.
    """
    try:
        return parse(raw)
    except UNREADABLE as error:
        raise UnavailableError("台账中有一条记录已损坏", _RESTORE) from error


def recorded_at(raw: bytes) -> str:
    """Take the recording time out of an entry's canonical bytes (its key is the last of that name).

    "" if not there.
    """
    start = raw.rfind(b'"recorded_at":"') + 15
    return raw[start : raw.find(b'"', start)].decode("ascii", "replace") if start >= 15 else ""


def day_of(raw: bytes) -> str:
    """Take the act's day out of an entry's canonical bytes (its key is the last of that name).

    "" if not there.
    """
    start = raw.rfind(b'"occurred_on":"') + 15
    return raw[start : raw.find(b'"', start)].decode("ascii", "replace") if start >= 15 else ""


def may_correct(raw: bytes) -> bool:
    """Tell from an entry's canonical bytes whether it may be about a correction."""
    return b'"type":"correction_' in raw


def pinned_lists(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the facts that an entry chose from shared lists, each with the SHA-256 of the list's
    version.
    """
    for kind, inputs in body["gates"]:
        if kind == LIST:
            yield inputs["fact"], inputs["sha256"]


def account_of(body: Mapping[str, Any]) -> str:
    """Give the operating-system account that an entry says called; "" for a declared officer."""
    authority = body["authority"]
    return authority["account"] if authority["auth"] == LOCAL else ""


def is_local(raw: bytes) -> bool:
    """Tell from an entry's canonical bytes whether an account is recorded: it comes first."""
    return raw.startswith(b'{"authority":{"account":')


def form_of(raw: bytes) -> int:
    """Take the form out of an entry's canonical bytes; 0 if it is not there."""
    end = raw.rfind(b',"workflow":')
    start = raw.rfind(b',"v":', 0, end) + 5
    digits = raw[start:end]
    return int(digits) if start >= 5 and digits.isdigit() and len(digits) < 4 else 0


def stamp_text(moment: datetime) -> str:
    """Write a time as entries have it: UTC, to the microsecond."""
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{plain.isoformat(timespec='microseconds')}Z"


def new_eid() -> str:
    """Make a UUIDv7 (RFC 9562 §5.7): milliseconds since 1970, then random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))


def check_request_id(text: str) -> str:
    """Give a request id that may serve as an entry's eid; raises InvalidError."""
    if (
        not 1 <= len(text) <= 64
        or not text.isascii()
        or not all(c.isalnum() or c in "-_.:/" for c in text)
    ):
        raise InvalidError(f"--request-id “{text}”不合规", "用字母、数字与 - _ . : /，最多 64 个")
    return text


def case_entry(
    place: Place,
    stamp: Stamp,
    accepted: Accepted,
    officer: Officer,
    moment: Moment,
    *,
    workflow: str,
    cause: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Shape the entry of an accepted command on a case; `cause` says of which transition it is an
    effect.
    """
    grants = [*officer.held.get(accepted.role, ()), *officer.delegation]
    intent = {
        **accepted.act.to_dict(),
        "from": accepted.source,
        "to": accepted.target,
        "type": accepted.act.entry_type,
        "workflow": workflow,
    }
    if cause is not None:
        intent[CAUSE] = dict(cause)
    gates = [[gate.kind, dict(gate.inputs)] for gate in accepted.gates]
    return _body(place, stamp, intent, actor_of(officer), moment.on.isoformat()) | {
        "authority": stamp.authority(accepted.role, grants),
        "calendar": moment.calendar.digest,
        "gates": gates,
    }


def office_entry(
    place: Place,
    stamp: Stamp,
    change: OfficeChange,
    *,
    actor: Mapping[str, str],
    on: str,
    role: str,
) -> dict[str, Any]:
    """Shape the entry of a change to the office."""
    intent = {
        **change.to_dict(),
        "from": None,
        "to": None,
        "transition": None,
        "type": change.entry_type,
        "workflow": None,
    }
    return _body(place, stamp, intent, actor, on) | {
        "authority": stamp.authority(role, []),
        "calendar": None,
        "gates": [],
    }


def actor_of(officer: Officer) -> dict[str, str]:
    """Give the `actor` of an entry."""
    actor = {"id": officer.id, "unit": officer.unit}
    if officer.principal and officer.delegation:
        actor |= {"for": officer.principal, "delegation": officer.delegation[0]}
    if officer.done_by:
        actor["done_by"] = officer.done_by
    if officer.because:
        actor["because"] = officer.because
    return actor


def _body(
    place: Place, stamp: Stamp, intent: dict[str, Any], actor: Mapping[str, str], on: str
) -> dict[str, Any]:
    intent |= {
        "actor": dict(actor),
        "case": place.case,
        "eid": stamp.eid,
        "log": place.log,
        "occurred_on": on,
        "prev": place.prev,
        "seq": place.seq,
        "signed_at": stamp.signed_at,
        "v": FORM,
    }
    return {
        "intent": intent,
        "numbers": {},
        "office": place.office,
        "recorded_at": stamp.at,
        "signatures": [],
        "software": stamp.software,
    }


def bytes_in_form(body: dict[str, Any]) -> bytes:
    """Give the canonical bytes of a body in today's words, in the form that its `v` says."""
    return canonical(body if body["intent"]["v"] == FORM else lower(body))


def seal(body: Mapping[str, Any]) -> tuple[bytes, str]:
    """Give an entry's bytes and hash; raises InvalidError if it is too large."""
    raw = canonical(body)
    if len(raw) > MOST_BYTES:
        raise InvalidError(
            f"一次办理的内容太多：{len(raw)} 字节，最多 {MOST_BYTES}",
            "请分几次填报，或把长文作为材料上传",
        )
    return raw, hash_of(raw)
