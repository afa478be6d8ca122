"""Write the table of docs/json.md: what each command tells machines, read from kept answers.

`make json` runs it. The answers are the samples of the golden ledgers, which a test keeps true.
"""  # noqa: INP001 - a folder of pages beside the script that draws one

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "tests" / "golden_ledgers" / "kept" / "samples"
PAGE = ROOT / "docs" / "json.md"
BEGIN, END = "<!-- 以下由 make json 写出 -->", "<!-- 以上由 make json 写出 -->"
_OPEN = {"facts", "materials", "titles", "forms", "mark", "published"}
"""Keys under which the names are the case's own, not the command's."""


def documents() -> Iterator[tuple[str, Any]]:
    """Give each verb, as it is typed, with a document in which it says yes."""
    for path in sorted(SAMPLES.glob("*.txt")):
        if not path.name.endswith(".refused.txt"):
            _command, text = path.read_text(encoding="utf-8").split("\n", 1)
            yield path.stem.replace("-", " ", 1), json.loads(text)


def keys(value: Any, lead: str = "") -> Iterator[str]:
    """List the keys of an answer's data, those of a list's items after `[]`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{lead}{key}"
            if key not in _OPEN:
                yield from keys(inner, f"{lead}{key}.")
    elif isinstance(value, list) and value:
        found: dict[str, None] = {}
        for item in value:
            found |= dict.fromkeys(keys(item, f"{lead.removesuffix('.')}[]."))
        yield from found


def table() -> str:
    """Write the table: a row for each verb, its keys down to the second level."""
    rows = ["| 命令 | `data` 里的键 |", "|---|---|"]
    for verb, document in documents():
        shown = [key for key in keys(document["data"]) if key.count(".") < 2]
        rows.append(f"| `{verb}` | {'、'.join(f'`{key}`' for key in shown)} |")
    return "\n".join(rows)


def page(text: str) -> str:
    """Put the table between its marks."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
