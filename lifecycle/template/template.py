"""A template as judged and frozen: a header of `键：值` lines, a line `---`, and a body of plain
paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from hashlib import sha256
from typing import TYPE_CHECKING

from lifecycle.errors import Location, Problem, WorkflowError, nearest
from lifecycle.expression.faults import ExpressionError
from lifecycle.expression.texts import LIMIT
from lifecycle.frozen import dataclass
from lifecycle.letter.kinds import kinds
from lifecycle.letter.layouts import by_word
from lifecycle.template.script import Field, Script, normalized, script, split

if TYPE_CHECKING:
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
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Template:
    """A letter's template. `digest` is the SHA-256 of its exact bytes and names the version.

    `variables` must be supplied by every case; `optional` names are guarded by `is defined` or
    `default`. Both are top-level names. `paths` are what is read of the built-in maps, such as
    ("last", "to_siting"), `parts` what is read of others, such as ("project", "investment"). What
    is read of each item of a name stands in `cells`, such as ("agenda", "topic"); in `perhaps` what
    is guarded; `whole` are names that are printed as they are. Each stands once, with its first
    place.
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
    parts: tuple[tuple[tuple[str, ...], Location], ...] = ()
    cells: tuple[tuple[tuple[str, str], Location], ...] = ()
    perhaps: tuple[tuple[tuple[str, str], Location], ...] = ()
    whole: tuple[tuple[str, Location], ...] = ()


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
    reading = _TemplateReading(file, text)
    problems = reading.problems()
    if problems:
        raise WorkflowError(
            sorted(problems, key=lambda p: (p.location.line, p.location.column)), text
        )
    return reading.template(name, source)


@lru_cache(maxsize=256)
def read_published(name: str, source: bytes, file: str) -> Template:
    """Read a template that was found sound when it was published: it is not judged again, which is
    most of the work. One that this program can no longer read raises WorkflowError.
    """
    try:
        return _TemplateReading(file, normalized(source)).template(name, source)
    except (ExpressionError, StopIteration, UnicodeDecodeError, RecursionError):
        return read_template(name, source, file)


_FILLED_IN = re.compile(r"\{\{.*?\}\}")
_CONDITION = re.compile(r"\{%.*?%\}")


def title_of(template: Template) -> str:
    """Give the title that a template's letters bear, with … for what is filled in:
    `关于商请加快推进…项目的催办函`.
    """
    fields, _mark, _lines = split(template.source)
    title = next((field.value for field in fields if field.key == "标题"), "")
    return _FILLED_IN.sub("…", _CONDITION.sub("", title)) or template.name


class _TemplateReading:
    """One reading of one template text."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.fields, self.mark, self.lines = split(text)

    def problems(self) -> list[Problem]:
        """Collect every fault; a part that does not parse is only told to be so."""
        problems = [*self._header_problems(), *self._control_problems()]
        parts = [(f.line, Script(f.value, (f.column - 1,))) for f in self.fields]
        if self.mark or not self.fields:
            body = self.lines[self.mark or 0 :]
            text = "\n".join(body)
            parts.append(((self.mark or 0) + 1, Script(text, (0,) * max(1, len(body)))))
        sound = []
        line = 1
        try:
            for line, part in parts:
                faults = list(self._syntax_problems(line, part))
                problems += faults
                if not faults:
                    sound.append((line, part))
            if self.mark and len(sound) == len(parts):
                sound = [(1, self.script())]
            for line, part in sound:
                problems += self._refusals(line, part)
            return problems
        except RecursionError:
            mend = "请减少括号、式子和 {% if %} 的层数"
            return [
                *problems,
                _problem(self.file, "depth", "括号、式子或标签套得太深，读不了", mend, line=line),
            ]

    def template(self, name: str, source: bytes) -> Template:
        """Give the template, which is sound."""
        found, rendered = self.names(), self.script()
        named = partial(self.named, rendered)
        return Template(
            name=name,
            digest=sha256(source).hexdigest(),
            source=self.text,
            location=Location(self.file),
            kind=next(f.value for f in self.fields if f.key == "文种"),
            layout=next((f.value for f in self.fields if f.key == "版式"), ""),
            header=tuple(f.key for f in self.fields),
            variables=tuple((n, named(at, n)) for n, at in found.required.items()),
            optional=tuple((n, named(at, n)) for n, at in found.optional.items()),
            paths=tuple((p, named(at, p[1])) for p, at in found.paths.items()),
            parts=tuple((p, named(at, p[-1])) for p, at in found.parts.items()),
            cells=tuple((p, named(at, p[1])) for p, at in found.cells.items()),
            perhaps=tuple((p, named(at, p[1])) for p, at in found.perhaps.items()),
            whole=tuple((n, named(at, n)) for n, at in found.whole.items()),
        )

    def script(self) -> Script:
        """Give the text to render."""
        return script(self.fields, self.mark, self.lines)

    def names(self) -> Names:
        """Work out the names that the template uses."""
        from lifecycle.expression.syntax import parse_template
        from lifecycle.template.grammar import names

        return names(parse_template(self.script().text))

    def named(self, found: Script, offset: int, name: str) -> Location:
        """Find a name at or after an offset of the text to render."""
        start = found.text.find(name, offset)
        line, column = found.place(offset if start < 0 else start)
        return Location(self.file, line, column, len(name))

    def _told(
        self, rule: str, first: int, part: Script, faults: Iterable[ExpressionError]
    ) -> Iterator[Problem]:
        """Give faults in a part of the template their place; the part begins on line `first`."""
        for fault in faults:
            line, column = part.place(min(fault.offset, len(part.text)))
            at = Location(self.file, first + line - 1, column, fault.length)
            yield Problem(rule, at, fault.message, fault.mend)

    def _refusals(self, first: int, part: Script) -> Iterator[Problem]:
        from lifecycle.expression.syntax import parse_template
        from lifecycle.template.grammar import refusals

        found = refusals(parse_template(part.text), part.text)
        yield from self._told("template", first, part, found)

    def _syntax_problems(self, first: int, part: Script) -> Iterator[Problem]:
        from lifecycle.template.grammar import parse_faults

        yield from self._told("jinja", first, part, parse_faults(part.text))

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

    def _field_problems(self, field: Field, seen: dict[str, int]) -> Iterator[Problem]:
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
        elif field.key == "版式" and field.value not in by_word():
            yield Problem(
                "header",
                self._value_place(field),
                f"没有版式“{field.value}”",
                f"版式有 {'、'.join(by_word())}",
            )
        elif field.key == "紧急程度" and not _is_urgency(field.value):
            mend = f"紧急程度只有 {'、'.join(kinds().urgencies)}"
            yield Problem("header", self._value_place(field), f"没有紧急程度“{field.value}”", mend)

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

    def _value_place(self, field: Field) -> Location:
        return Location(self.file, field.line, field.column, max(1, len(field.value)))


def _is_urgency(value: str) -> bool:
    """Tell whether a value is a degree of urgency, or may become one when it is filled in."""
    return "{" in value or value in kinds().urgencies


def _problem(file: str, rule: str, message: str, mend: str, *, line: int = 1) -> Problem:
    return Problem(rule, Location(file, line), message, mend)
