"""A template's text taken apart into header fields and body, and put together for rendering."""

from __future__ import annotations

import re

from lifecycle.frozen import dataclass
from lifecycle.template.marks import ANNEX, CELL, FIELD, RULER, SIGNATURES

_HEADER_LINE = re.compile(r"\s*([^：:{}\s]{1,12})\s*[：:]")
_TAGS = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})")
_RULER = re.compile(r"[ \t\u3000]*\|?(?:\s*:?-{2,}:?\s*\|)+(?:\s*:?-{2,}:?)?\s*")
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Field:
    """One header line: its key, its raw value, the line's number and the column where the value
    starts.
    """

    key: str
    value: str
    line: int
    column: int


def normalized(source: bytes) -> str:
    """Decode UTF-8, with or without its mark, with any line ends."""
    return source.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def split(text: str) -> tuple[list[Field], int | None, list[str]]:
    """Take the header's lines apart: its fields, the number of the `---` line if there is one, and
    all lines.
    """
    lines = text.split("\n")
    bare = _COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text).split("\n")
    mark = next((n for n, line in enumerate(bare, 1) if re.fullmatch(r"-{3,}\s*", line)), None)
    fields = []
    for number, line in enumerate(bare[: mark - 1] if mark else bare, 1):
        found = _HEADER_LINE.match(line)
        if found:
            value = line[found.end() :]
            start = found.end() + len(value) - len(value.lstrip())
            fields.append(Field(found.group(1), value.strip(), number, start + 1))
        elif line.strip() and mark is None:
            break
        elif line.strip():
            fields.append(Field("", line.strip(), number, len(line) - len(line.lstrip()) + 1))
    return fields, mark, lines


@dataclass(frozen=True, slots=True)
class Script:
    """The text to render: line for line that of the template, of each header line its value and a
    mark of its end.

    `shifts` tells for each line how many characters of the template's line are left out at its
    start.
    """

    text: str
    shifts: tuple[int, ...]

    def place(self, offset: int) -> tuple[int, int]:
        """Give the template's line and column, from 1, of a character of the text."""
        before = self.text[:offset].split("\n")
        line = len(before)
        return line, len(before[-1]) + 1 + self.shifts[min(line, len(self.shifts)) - 1]


def script(fields: list[Field], mark: int | None, lines: list[str]) -> Script:
    """Write the text to render."""
    head = [("", 0)] * (mark or 0)
    for field in fields:
        head[field.line - 1] = (field.value + FIELD, field.column - 1)
    made = [*head, *map(_marked, lines[mark or 0 :])]
    return Script("\n".join(text for text, _ in made), tuple(shift for _, shift in made))


def _marked(line: str) -> tuple[str, int]:
    """Put the marks for a table's cells, an annex or places to sign.

    Only a template's own lines can have them.
    """
    start = line.lstrip(" \t\u3000")
    if _RULER.fullmatch(line):
        return RULER, 0
    if start.startswith("|"):
        parts = [
            part if part.startswith("{") else part.replace("|", CELL) for part in _TAGS.split(line)
        ]
        return "".join(parts), 0
    if start.startswith("==="):
        made = ANNEX + start.lstrip("= ")
    elif start.startswith("【签章】"):
        made = SIGNATURES + start.removeprefix("【签章】")
    else:
        made = line
    return made, len(line) - len(made)
