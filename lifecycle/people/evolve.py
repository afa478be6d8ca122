"""The fold of the office's own chain: the office after one more entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lifecycle.frozen import replace
from lifecycle.people.changes import OfficeEntry, read_change
from lifecycle.people.directory import Directory


def evolve_directory(directory: Directory, body: Mapping[str, Any], digest: str) -> Directory:
    """Give the office after one more entry, whose hash is `digest`; pure.

    Raises InvalidError where the entry records no change.
    """
    entry = OfficeEntry.from_body(body)
    after = read_change(body["intent"]).fold(directory, entry)
    return replace(after, seq=entry.seq, head=digest, last_at=entry.at, last_on=entry.on)
