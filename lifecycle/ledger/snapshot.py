"""The snapshot in a case's row: the canonical JSON of `dump_case`.

Most of a case is, after an entry, what it was before. So each of its parts is kept with the text
that it was read from, and only what is another part now is written anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lifecycle.engine.case import Case, dump_part, kept_parts, load_case
from lifecycle.ledger.record import UNREADABLE, canonical, damaged

_DECODER = json.JSONDecoder()


class ReadSnapshot(NamedTuple):
    """A snapshot as it was read: its bytes, the case in it, and the text of each of its parts."""

    raw: bytes
    case: Case
    texts: Mapping[str, str]


def read_snapshot(raw: bytes) -> ReadSnapshot:
    """Read a snapshot. Raises UnavailableError where it is damaged."""
    try:
        members = list(_members(raw.decode()))
        case = load_case({name: value for name, value, _text in members})
    except UNREADABLE as error:
        raise damaged("事项状态") from error
    return ReadSnapshot(raw, case, {name: text for name, _value, text in members})


def _members(text: str) -> Iterator[tuple[str, Any, str]]:
    """Read a canonical JSON object: the name, value and text of each member. Raises ValueError."""
    place = 0
    while text.startswith("," if place else "{", place):
        name, colon = _DECODER.raw_decode(text, place + 1)
        value, end = _DECODER.raw_decode(text, colon + 1)
        yield name, value, text[colon + 1 : end]
        place = end
    if text[place:] != "}":
        raise ValueError("不是规范形式")


def write_snapshot(case: Case, read: ReadSnapshot | None) -> bytes:
    """Write a case's snapshot. A part that is the very one of a case that was read, is as it was
    there: what a case consists of never changes.
    """
    members = []
    for name, part in sorted(kept_parts(case).items()):
        known = read.texts.get(name) if read is not None else None
        if read is None or known is None or getattr(read.case, name) is not part:
            known = canonical(dump_part(name, part)).decode()
        members.append(f'"{name}":{known}')
    return f"{{{','.join(members)}}}".encode()
