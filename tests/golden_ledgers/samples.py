"""A readable sample of the JSON document that each verb gives, with ids, hashes and
times masked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from playing import Played

Samples = dict[str, str]
"""The text of a sample by verb."""
GROUPS = ("unit", "officer", "notice", "workflow", "calendar")
MASKS = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "‹sha256›"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "‹eid›"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"), "‹time›"),
    (
        re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b"),
        "‹code›",
    ),
)


def samples_of(ledger: str, played: Iterable[Played]) -> Samples:
    """Give for each verb of a ledger its first document that says yes, and its first
    that says no; none of a bulk, which says both.
    """
    found: Samples = {}
    for one in played:
        bulk = '"results": [' in one.out
        if "--json" in one.step.argv and one.out.startswith("{") and not bulk:
            name = verb(one) + ("" if one.accepted else ".refused")
            if name not in found:
                found[name] = f"{ledger} $ {sample(one)}"
    return found


def verb(played: Played) -> str:
    """Name a command's verb, with its group where it is in one."""
    argv = played.step.argv
    return "-".join(argv[: 2 if argv[0] in GROUPS else 1])


def sample(played: Played) -> str:
    """Write a document for a reader, under the command that gave it."""
    document = json.dumps(json.loads(played.out), ensure_ascii=False, indent=1)
    for pattern, mask in MASKS:
        document = pattern.sub(mask, document)
    return f"{played.surface()['argv']}\n{document}\n"
