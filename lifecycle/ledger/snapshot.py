"""The snapshot in a case's row: the canonical JSON of `dump_case`.

Most of a case is, after an entry, what it was before. So each of its parts is kept with the text
that it was read from, and only what is another part now is written anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from lifecycle.engine.case import Case, dump_case, dump_part, kept_parts, load_case
from lifecycle.ledger.record import UNREADABLE, canonical, damaged

_DECODER = json.JSONDecoder()
LARGE = 4_000
"""Bytes from which on it pays to take a snapshot apart; a smaller one is written in one piece."""


class ReadSnapshot(NamedTuple):
    """A snapshot as it was read: its bytes, the case in it, and the text of each of its parts, of a
    small one of none.
    """

    raw: bytes
    case: Case
    texts: Mapping[str, str]


def read_snapshot(raw: bytes) -> ReadSnapshot:
    """Read a snapshot. Raises UnavailableError where it is damaged."""
    try:
        if len(raw) < LARGE:
            return ReadSnapshot(raw, load_case(json.loads(raw)), {})
        values, texts = _taken_apart(raw.decode())
        return ReadSnapshot(raw, load_case(values), texts)
    except UNREADABLE as error:
        raise damaged("事项状态") from error


def _taken_apart(text: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Read a canonical JSON object whose names are plain: the value of each member, and its text.

    Raises ValueError.
    """
    values, texts = {}, {}
    place = 0
    while text.startswith(',"' if place else '{"', place):
        colon = text.index('":', place) + 1
        name = text[place + 2 : colon - 1]
        values[name], end = _DECODER.raw_decode(text, colon + 1)
        texts[name] = text[colon + 1 : end]
        place = end
    if text[place:] != "}":
        raise ValueError("不是规范形式")
    return values, texts


def write_snapshot(case: Case, read: ReadSnapshot | None) -> bytes:
    """Write a case's snapshot: the same bytes whatever was read. A part that is the very one of a
    case that was read, stands as it was there: what a case consists of never changes.
    """
    if read is None or not read.texts:
        return canonical(dump_case(case))
    members = []
    for name, part in sorted(kept_parts(case).items()):
        text = read.texts.get(name) if getattr(read.case, name) is part else None
        if text is None:
            text = canonical(dump_part(name, part)).decode()
        members.append(f'"{name}":{text}')
    return f"{{{','.join(members)}}}".encode()
