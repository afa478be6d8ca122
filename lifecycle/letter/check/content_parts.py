"""What stands where in a letter, told from the letter as data or from lines of text: the one thing
that lint reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from lifecycle.letter.kinds import kinds
from lifecycle.letter.model import REMARK, Paragraph, Signatures, Table

if TYPE_CHECKING:
    from lifecycle.letter.model import Block, Letter

Role = Literal[
    "",
    "folio",
    "mark",
    "head",
    "number",
    "title",
    "to",
    "body",
    "attachment",
    "attendance",
    "signature",
    "date",
    "note",
    "annex",
    "cell",
    "cc",
    "printed",
]
"""Parts of a letter (GB/T 9704—2012 7.1).

`cell` is text in a table, `head` what else stands above the title, `folio` a page number, `` not
yet known.
"""
DATE = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}日|\d{4}[-./]\d{1,2}[-./]\d{1,"
    r"2}|[〇○零一二三四五六七八九十]{4}年[一二三四五六七八九十]+月[一二三四五六七八九十]+"
    r"日"
)
_ENDING = re.compile(rf"(?:{DATE.pattern})$")
NUMBER = re.compile(
    r"[^\s，。：]{0,20}[\[(（【［〔〈](?:19|20)?\d{2}[\])）"
    r"】］〕〉]\s*第?\s*\d+\s*[号期](?=\s|\u3000|$)|（未编号草稿"
    r"）"
)
"""A number (发文字号) as it is written, rightly or wrongly, at the end of a line or before the
签发人.
"""
LEVELS = (
    re.compile(r"[一二三四五六七八九十百]+、"),
    re.compile(r"[（(][一二三四五六七八九十百]+[）)]"),
    re.compile(r"\d{1,3}[.．](?!\d)"),
    re.compile(r"[（(]\d{1,3}[）)]"),
)
_FAR = 9
"""Cells of indent from which a line is a signature or a date and no paragraph."""


class Line(NamedTuple):
    """One line as it stands on paper: its page, its number there (both from 1), its text, and its
    role if known.

    Leading blanks tell its indent: an ideographic one takes two cells, a plain one one.
    """

    page: int
    number: int
    text: str
    role: Role = ""


class Part(NamedTuple):
    """A part of a letter with where it begins.

    A letter that is data has page 0 and counts paragraphs as lines.
    """

    role: Role
    text: str
    page: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as its parts in order; `kind` is its 文种, empty if its title names none."""

    kind: str
    parts: tuple[Part, ...]

    def of(self, *roles: Role) -> list[Part]:
        """Give the parts of these roles."""
        return [part for part in self.parts if part.role in roles]


def level_of(text: str) -> int:
    """Tell a paragraph's level by its numbering: 1 一、 2 （一） 3 1. 4 （1）, 0 for none."""
    return next((n for n, pattern in enumerate(LEVELS, 1) if pattern.match(text)), 0)


def kind_of(title: str) -> str:
    """Give the kind that a title ends with, whatever brackets and marks come after it.

    Empty if none.
    """
    bare = re.sub(r"(?:[（(][^（）()]*[）)]|[\s。，、；：.!！,;:])+$", "", title)
    if re.search(r"(?:征求|反馈|提出|听取)[^的]{0,10}意见$", bare):
        return ""  # what is asked for, not what the paper is
    return max((kind for kind in kinds().all if bare.endswith(kind)), key=len, default="")


def parts_of_letter(letter: Letter) -> Written:
    """Take a letter apart."""
    parts = [Part("number", letter.number)] if letter.number else []
    parts.append(Part("title", letter.title))
    parts += [Part("to", one) for one in letter.to]
    parts += _blocks(letter.body, "body")
    parts += [Part("attachment", one) for one in letter.attachments]
    parts += [Part("attendance", name) for _, names in letter.attendance for name in names]
    if letter.kind not in kinds().unsigned:
        parts.append(Part("signature", letter.issuer))
    if letter.contact:
        parts.append(Part("note", letter.contact))
    for annex in letter.annexes:
        parts += [Part("annex", annex.title), *_blocks(annex.body, "annex")]
    parts += [Part("cc", one) for one in letter.cc]
    return Written(letter.kind, tuple(parts))


def _blocks(blocks: tuple[Block, ...], role: Role) -> Iterable[Part]:
    for line, block in enumerate(blocks, 1):
        if isinstance(block, Paragraph):
            yield Part(role, block.text, 0, line)
        elif isinstance(block, Table):
            yield from (
                Part("cell", cell, 0, line) for row in (block.head, *block.rows) for cell in row
            )
        elif isinstance(block, Signatures):
            yield from (Part("signature", f"{place}（签章）", 0, line) for place in block.places)


def parts_of_lines(lines: Iterable[Line]) -> Written:
    """Put a letter together from its lines, by their indents and by what they say."""
    reading = _Reading()
    for line in lines:
        reading.read(line)
    title = "".join(part.text for part in reading.parts if part.role == "title")
    return Written(kind_of(title), tuple(reading.parts))


@dataclass
class _Reading:
    """One reading of lines, and how far it has come: top, title, head, body, close or annex."""

    parts: list[Part] = field(default_factory=list)
    zone: str = "top"
    paused: bool = False

    def read(self, line: Line) -> None:
        """Tell what one line is, and add it."""
        text = line.text.strip(" \u3000\t")
        if line.role == "folio" or not text.strip("-—─") or text.startswith("验证码"):
            self._pause(text)
        elif line.role and line.role != "title":
            self._add(line.role, text, line)
        elif self.zone in ("top", "title"):
            self._top(text, line)
        else:
            self._below(text, line)
        self.paused = not text

    def _pause(self, text: str) -> None:
        """Pass a blank line or a rule: after the title it ends the title, elsewhere it says
        nothing.
        """
        if self.zone == "title" and not text:
            self.zone = "head"

    def _top(self, text: str, line: Line) -> None:
        found = NUMBER.search(text) if line.role != "title" else None
        if found:
            self._add("number", found.group(), line)
        elif self.zone == "top" and text in ("特急", "加急"):
            return
        elif (
            line.role == "title"
            or (self.zone == "top" and line.text[:1] in " \u3000")
            or self._titled(line)
        ):
            self._add("title", text, line, joined=self.zone == "title")
            self.zone = "title"
        else:
            self.zone = "head"
            self._below(text, line)

    def _titled(self, line: Line) -> bool:
        """Tell whether the title goes on: no line but the title's has come, and its role is not
        told by its maker.
        """
        last = self.parts[-1] if self.parts else None
        return self.zone == "top" or (
            last is not None and last.role == "title" and _indent(line.text) > 4
        )

    def _below(self, text: str, line: Line) -> None:
        indent = _indent(line.text)
        last = self.parts[-1] if self.parts else Part("", "")
        goes_on = indent == 0 and last.role in ("body", "annex")
        role = _told(text, indent, goes_on=goes_on)
        if "│" in text or "┼" in text:
            self._add("cell", text, line)
        elif role in ("attachment", "cc"):
            self.zone = "close"
            self._items(role, text.partition("：")[2] or text.partition(":")[2], line)
        elif re.fullmatch(r"附件\d*", text) and indent == 0:
            self.zone = "annex"
        elif role:
            self._add(role, text, line)
        elif self.zone == "head" and _ENDING.search(text):
            self._add("date", text, line)
        elif self.zone == "head" and last.role in ("title", "number", "to", "date") and indent == 0:
            self._add("to", text, line, joined=last.role == "to")
        elif last.role == "attachment" and not self.paused and 4 < indent < 2 * _FAR:
            self._items("attachment", text, line)
        elif last.role == "attendance" and indent > 4:
            self._add("attendance", text, line, joined=True)
        elif indent >= _FAR and self.zone != "annex":
            self._add("signature", text, line)
        elif indent == 0 and last.role in ("body", "annex", "note", "cc", "signature"):
            self._add(last.role, text, line, joined=True)
        elif last.role == "cc" and not last.text.endswith("。"):
            self._add("cc", text, line, joined=True)
        else:
            self.zone = "annex" if self.zone == "annex" else "body"
            self._add("annex" if self.zone == "annex" else "body", text, line)

    def _items(self, role: Role, text: str, line: Line) -> None:
        """Add the names of attachments, numbered or not, or who gets a copy."""
        numbered = re.match(r"\d{1,2}[.．]", text)
        starts = numbered or not self.parts or self.parts[-1].role != role
        self._add(role, text[numbered.end() :] if numbered else text, line, joined=not starts)

    def _add(self, role: Role, text: str, line: Line, *, joined: bool = False) -> None:
        if joined and self.parts:
            last = self.parts[-1]
            self.parts[-1] = last._replace(text=last.text + text)
        else:
            self.parts.append(Part(role, text, line.page, line.number))


def _indent(text: str) -> int:
    blank = text[: len(text) - len(text.lstrip(" \u3000"))]
    return len(blank) + blank.count("\u3000")


def _told(text: str, indent: int, *, goes_on: bool) -> Role:
    """Tell what a line below the title is by what it says; empty if it says nothing of itself.

    A line in which a paragraph `goes_on` may happen to begin like a note.
    """
    if re.match(r"附件[：:]", text):
        return "attachment"
    if re.match(r"抄送[：:]", text):
        return "cc"
    if text.endswith("印发") and DATE.search(text):
        return "printed"
    if DATE.fullmatch(text) and indent > 4:
        return "date"
    if re.match(r"(?:出席|请假|列席)[：:]", text):
        return "attendance"
    noted = re.match(r"[（(]?(?:联系|电话)", text) and len(text) <= 60 and not goes_on
    return "note" if noted or text.startswith(f"（{REMARK}") else ""
