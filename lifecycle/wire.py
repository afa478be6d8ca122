"""How a client and the service talk: one line of JSON, then bytes, both ways.

The line's `blobs` says how many bytes each of the blobs after it has. A question names the command
line, the streams and the files that are sent; an answer is what was printed and what is to be
written, or which files are still wanted. It travels as the body of an HTTP request over a Unix
socket. Nothing is imported here but what every start of Python has loaded, and `json`.
"""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

PATH = "/v1/command"
SCHEME = "unix:"
TAKEN = ("LIFECYCLE_OFFICER", "NO_COLOR", "TERM", "COLUMNS")
"""The variables of a caller's environment that a command goes by."""
CHUNK = 1 << 18
REQUEST_MB = 200
"""How much a client reads of a pipe or a device, in MiB: as much as a service takes in by its
shipped settings (`request_mb` in settings/service.yaml).
"""


def socket_path(url: str) -> str:
    """Give the path of the socket that `unix:/path` or `unix:///path` names."""
    path = url.removeprefix(SCHEME)
    return path.removeprefix("//") if path.startswith("//") else path


def head(document: Mapping[str, Any], sizes: Sequence[int]) -> bytes:
    """Write the line that goes before the blobs."""
    return json.dumps({**document, "blobs": list(sizes)}, ensure_ascii=True).encode() + b"\n"


def read_head(line: bytes) -> dict[str, Any]:
    """Read that line; raises ValueError where it is none."""
    document = json.loads(line)
    sizes = document.get("blobs") if isinstance(document, dict) else None
    if not isinstance(sizes, list) or not all(type(size) is int and size >= 0 for size in sizes):
        raise ValueError("not a message")
    return dict(document)
