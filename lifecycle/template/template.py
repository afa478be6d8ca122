"""A template as judged and frozen: a header of `键：值` lines, a line `---`, and a body of plain
paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from lifecycle.errors import Location, Problem, WorkflowError, nearest
from lifecycle.letter.kinds import kinds
from lifecycle.letter.model import LAYOUTS

if TYPE_CHECKING:
    from jinja2 import Template as Program

    from lifecycle.template.grammar import Names

KEYS = (
    "文种",
    "版式",
    "标题",
    "主送",
    "抄送",
    "附件",
    "发文单位",
    "联系人",
    "紧急程度",
)
NEEDED = ("文种", "标题", "主送", "发文单位")
LIMIT = 200_000
"""The most bytes that a template, and the most characters that one value or a whole letter may
have.
"""

FILENAME = "<notice>"
"""What a compiled template calls its file, so that a failure's line can be found."""
FIELD = "\x01"
"""Ends one header field in the rendered text; no source and no value can hold it."""
BREAK = "\x02"
"""Stands for a line break inside a value until it is known whether the place allows one."""
KEPT = "\x03"
"""Stands for a 、 inside one item of a list, so that the list can be taken apart again."""
CELL, ANNEX, SIGNATURES = "\x04", "\x05", "\x06"
"""Stand for the `|` of a table, the `===` before an annex and the `【签章】` of a template's own
lines, so that what a value says can never make a table, an annex or a place to sign.
"""

_HEADER_LINE = re.compile(r"\s*([^：:{}\s]{1,12})\s*[：:]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TAGS = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})")
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Template:
    """A letter's template. `digest` is the SHA-256 of its exact bytes and names the version.

    `variables` must be supplied by every case; `optional` names are guarded by `is defined` or
    `default`. Both are top-level names. `paths` are what is read of the built-in maps, such as
    ("last", "to_siting"). Each stands once, with its first place.
    """

    name: str
    digest: str
    source: str
    location: Location
    kind: str
    layout: str
    header: tuple[str, ...]
    variables: tuple[tuple[str, Location], ...]
    optional: tuple[tuple[str, Location], ...]
    paths: tuple[tuple[tuple[str, str], Location], ...]


@dataclass(frozen=True, slots=True)
class _Field:
    """One header line: its key, its raw value, the line's number and the column where the value
    starts.
    """

    key: str
    value: str
    line: int
    column: int


@lru_cache(maxsize=256)
def read_template(name: str, source: bytes, file: str) -> Template:
    """Read a template, or raise WorkflowError with every fault, each with its place and mend."""
    if len(source) > LIMIT:
        raise WorkflowError(
            [
                _problem(
                    file,
                    "size",
                    f"模板有 {len(source)} 字节，超过 {LIMIT} 字节",
                    "请删减，或分成几个模板",
                )
            ]
        )
    try:
        text = normalized(source)
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        raise WorkflowError(
            [_problem(file, "encoding", "模板不是 UTF-8 文字", "请另存为 UTF-8 编码", line=line)]
        ) from None
    reading = _Reading(file, text)
    problems = reading.problems()
    if problems:
        raise WorkflowError(
            sorted(problems, key=lambda p: (p.location.line, p.location.column)), text
        )
    found = reading.names()
    return Template(
        name=name,
        digest=sha256(source).hexdigest(),
        source=text,
        location=Location(file),
        kind=next(f.value for f in reading.fields if f.key == "文种"),
        layout=next((f.value for f in reading.fields if f.key == "版式"), ""),
        header=tuple(f.key for f in reading.fields),
        variables=tuple((n, reading.place(line, n)) for n, line in found.required.items()),
        optional=tuple((n, reading.place(line, n)) for n, line in found.optional.items()),
        paths=tuple((p, reading.place(line, p[1])) for p, line in found.paths.items()),
    )


def normalized(source: bytes) -> str:
    """Decode UTF-8, with or without its mark, with any line ends."""
    return source.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


@lru_cache(maxsize=256)
def program(source: str) -> Program:
    """Compile a judged template's text, once for each; the rendered header fields end
    in `FIELD`.
    """
    from lifecycle.template.meter import metered
    from lifecycle.template.sandbox import environment

    env = environment()
    tree = metered(env.parse(_script(*_split(source))))
    tree.set_environment(env)
    made: Program = env.template_class.from_code(env, env.compile(tree, filename=FILENAME), {})
    return made


def _split(text: str) -> tuple[list[_Field], int | None, list[str]]:
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
            fields.append(_Field(found.group(1), value.strip(), number, start + 1))
        elif line.strip() and mark is None:
            break
        elif line.strip():
            fields.append(_Field("", line.strip(), number, len(line) - len(line.lstrip()) + 1))
    return fields, mark, lines


def _script(fields: list[_Field], mark: int | None, lines: list[str]) -> str:
    """Write the text to compile, line for line: of each header line its value and a mark of its
    end.
    """
    head = [""] * (mark or 0)
    for field in fields:
        head[field.line - 1] = field.value + FIELD
    return "\n".join([*head, *map(_marked, lines[mark or 0 :])])


def _marked(line: str) -> str:
    """Put the marks for a table's cells, an annex or places to sign; only a template's own lines
    can have them.
    """
    start = line.lstrip(" \t\u3000")
    if start.startswith("|"):
        return "".join(
            part if part.startswith("{") else part.replace("|", CELL) for part in _TAGS.split(line)
        )
    if start.startswith("==="):
        return ANNEX + start.lstrip("= ")
    return SIGNATURES + start.removeprefix("【签章】") if start.startswith("【签章】") else line


class _Reading:
    """One reading of one template text."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.fields, self.mark, self.lines = _split(text)

    def problems(self) -> list[Problem]:
        """Collect every fault; a part that does not parse is only told to be so."""
        problems = [*self._header_problems(), *self._control_problems()]
        parts = [(f.line, f.column, f.value) for f in self.fields]
        if self.mark or not self.fields:
            first = (self.mark or 0) + 1
            parts.append((first, 1, "\n".join(self.lines[first - 1 :])))
        sound = []
        line = 1
        try:
            for line, column, text in parts:
                faults = list(self._syntax_problems(line, column, text))
                problems += faults
                if not faults:
                    sound.append("\n" * (line - 1) + text)
            whole = self.mark and len(sound) == len(parts)
            return problems + list(self._refusals([self._script()] if whole else sound))
        except RecursionError:
            mend = "请减少括号、式子和 {% if %} 的层数"
            return [
                *problems,
                _problem(self.file, "depth", "括号、式子或标签套得太深，读不了", mend, line=line),
            ]

    def names(self) -> Names:
        """Work out the names that the template uses."""
        from lifecycle.template.grammar import names
        from lifecycle.template.sandbox import environment

        return names(environment().parse(self._script()))

    def place(self, line: int, word: str) -> Location:
        """Find a word on a line, inside braces if it can be, else the line's start."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        start = (
            max(text.find("{{"), 0)
            if "{%" not in text
            else min(p for p in (text.find("{{"), text.find("{%")) if p >= 0)
        )
        pattern = re.compile(
            rf"(?<!\w){re.escape(word)}(?!\w)" if word[:1].isidentifier() else re.escape(word)
        )
        found = pattern.search(text, start) or pattern.search(text)
        return Location(
            self.file, line, found.start() + 1 if found else 1, len(word) if found else 1
        )

    def _script(self) -> str:
        return _script(self.fields, self.mark, self.lines)

    def _refusals(self, texts: list[str]) -> Iterator[Problem]:
        from lifecycle.template.grammar import refusals
        from lifecycle.template.sandbox import environment

        for text in texts:
            for line, word, message, mend in refusals(environment().parse(text)):
                yield Problem("template", self.place(line, word), message, mend)

    def _header_problems(self) -> Iterator[Problem]:
        known = [f for f in self.fields if f.key]
        if not known:
            mend = "第一行起请写 文种：函 这样的表头，然后单独一行 ---"
            yield _problem(self.file, "header", "模板没有表头", mend)
            return
        if self.mark is None:
            line = self.fields[-1].line
            yield _problem(
                self.file,
                "header",
                "表头之后没有单独一行 ---",
                "请在表头与正文之间加一行 ---",
                line=line,
            )
        seen: dict[str, int] = {}
        for field in self.fields:
            yield from self._field_problems(field, seen)
        kind = next((f.value for f in self.fields if f.key == "文种"), "")
        for key in NEEDED:
            if key not in seen and not (key == "主送" and kind in kinds().unaddressed):
                yield _problem(self.file, "header", f"表头缺“{key}”", f"请加一行 {key}：…")
        if self.mark and not "".join(self.lines[self.mark :]).strip():
            yield _problem(
                self.file, "body", "模板没有正文", "请在 --- 之后写正文，每段一行", line=self.mark
            )

    def _field_problems(self, field: _Field, seen: dict[str, int]) -> Iterator[Problem]:
        text = self.lines[field.line - 1]
        column = len(text) - len(text.lstrip()) + 1
        at = Location(self.file, field.line, column, len(field.key or field.value))
        known = (*KEYS, *kinds().attendance)
        if field.key not in known:
            near = nearest(field.key, known) if field.key else None
            message = f"没有名为“{field.key}”的表头" if field.key else "表头里只能写“键：值”"
            yield Problem(
                "header",
                at,
                message,
                f"是否为“{near}”？" if near else f"表头可以写 {'、'.join(known)}",
            )
            return
        if field.key in seen:
            yield Problem(
                "header",
                at,
                f"表头“{field.key}”写了两次",
                f"第 {seen[field.key]} 行已有；请只留一行",
            )
        seen[field.key] = field.line
        if not field.value and field.key in NEEDED:
            yield Problem("header", at, f"表头“{field.key}”没有内容", f"请写成 {field.key}：…")
        elif field.key == "文种" and field.value not in kinds().all:
            near = nearest(field.value, kinds().all)
            mend = (
                f"是否为“{near}”？"
                if near
                else f"文种有 {'、'.join(kinds().statutory)}；内部单据有 {'、'.join(kinds().slips)}"
            )
            yield Problem("kind", self._value_place(field), f"没有文种“{field.value}”", mend)
        elif field.key == "版式" and field.value not in LAYOUTS:
            yield Problem(
                "header",
                self._value_place(field),
                f"没有版式“{field.value}”",
                f"版式有 {'、'.join(LAYOUTS)}",
            )
        elif field.key == "紧急程度" and not _is_urgency(field.value):
            mend = f"紧急程度只有 {'、'.join(kinds().urgencies)}"
            yield Problem("header", self._value_place(field), f"没有紧急程度“{field.value}”", mend)

    def _syntax_problems(self, line: int, column: int, text: str) -> Iterator[Problem]:
        from lifecycle.template.syntax import parse_faults

        for offset, length, message, mend in parse_faults(text):
            before = text[:offset].split("\n")
            at = (column if len(before) == 1 else 1) + len(before[-1])
            yield Problem(
                "jinja", Location(self.file, line + len(before) - 1, at, length), message, mend
            )

    def _control_problems(self) -> Iterator[Problem]:
        for number, line in enumerate(self.lines, 1):
            found = _CONTROL.search(line)
            if found:
                message = f"含有控制字符 U+{ord(found.group()):04X}"
                yield Problem(
                    "control",
                    Location(self.file, number, found.start() + 1),
                    message,
                    "请删去该字符",
                )

    def _value_place(self, field: _Field) -> Location:
        return Location(self.file, field.line, field.column, max(1, len(field.value)))


def _is_urgency(value: str) -> bool:
    """Tell whether a value is a degree of urgency, or may become one when it is filled in."""
    return "{" in value or value in kinds().urgencies


def _problem(file: str, rule: str, message: str, mend: str, *, line: int = 1) -> Problem:
    return Problem(rule, Location(file, line), message, mend)
