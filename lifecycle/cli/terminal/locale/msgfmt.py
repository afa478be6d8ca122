"""Compile each `.po` below this folder into the `.mo` beside it: `make translation`.

Python reads `.mo` only, and its own compiler is not installed with it. This one knows what our
catalogues use: entries with an empty line between them, comments, plural forms, and strings
continued on further lines.
"""

from __future__ import annotations

import ast
import re
import struct
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
MAGIC = 0x950412DE
HEADER = struct.Struct("<7I")
PLACE = struct.Struct("<2I")


def read_po(text: str) -> dict[str, str]:
    r"""Read a catalogue: each message to its translation; plural forms are joined by `\0`, as in a
    `.mo`.
    """
    messages: dict[str, str] = {}
    for block in re.split(r"\n\s*\n", text):
        entry = _read_entry(block)
        if not entry:
            continue
        message = "\0".join(entry[key] for key in ("msgid", "msgid_plural") if key in entry)
        if message in messages:
            raise ValueError(f"twice in the catalogue: {message!r}")
        messages[message] = "\0".join(
            text for key, text in entry.items() if key.startswith("msgstr")
        )
    return messages


def _read_entry(block: str) -> dict[str, str]:
    """Read `msgid`, `msgid_plural`, `msgstr` and `msgstr[0]` … of one entry.

    None where there are comments only.
    """
    entry: dict[str, str] = {}
    key = ""
    for line in block.splitlines():
        if line.startswith("#"):
            continue
        if not line.startswith('"'):
            key, line = line.split(None, 1)
        entry[key] = entry.get(key, "") + ast.literal_eval(line)
    return entry


def to_mo(messages: Mapping[str, str]) -> bytes:
    """Write a `.mo`: a header, two tables of length and offset (messages sorted, translations), the
    strings.
    """
    pairs = sorted((message.encode(), text.encode()) for message, text in messages.items())
    strings = [message for message, _ in pairs] + [text for _, text in pairs]
    table = HEADER.size
    offset = table + len(strings) * PLACE.size
    places = b""
    for string in strings:
        places += PLACE.pack(len(string), offset)
        offset += len(string) + 1
    translations = table + len(pairs) * PLACE.size
    header = HEADER.pack(MAGIC, 0, len(pairs), table, translations, 0, 0)
    return header + places + b"".join(string + b"\0" for string in strings)


def main() -> None:
    """Compile every catalogue."""
    for source in HERE.rglob("*.po"):
        source.with_suffix(".mo").write_bytes(to_mo(read_po(source.read_text("utf-8"))))


if __name__ == "__main__":
    main()
