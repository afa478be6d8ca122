"""What a command tells machines: one document of one shape."""

from __future__ import annotations

import json
from typing import Any

SHAPE = {"ok", "data", "next"}


def answered(text: str) -> dict[str, Any]:
    """Read a command's document, which has `ok`, `data` and `next` and nothing else; give its data,
    with `ok` beside them.
    """
    document = json.loads(text)
    assert set(document) == SHAPE
    assert isinstance(document["ok"], bool)
    assert all(isinstance(command, str) for command in document["next"])
    return {"ok": document["ok"], **document["data"]}
