"""`compose`: the letter that a template makes of a case at one of its entries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from datetime import date
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple, NoReturn
from unicodedata import is_normalized, normalize

from lifecycle.errors import InvalidError
from lifecycle.expression.faults import EmptyError, MissingName
from lifecycle.expression.texts import LIMIT
from lifecycle.letter.kinds import kinds
from lifecycle.letter.model import Annex, Block, Letter, Paragraph, Signatures, Table, layout_of
from lifecycle.template.marks import ANNEX, BREAK, CELL, FIELD, KEPT, RULER, SIGNATURES
from lifecycle.template.template import Template

if TYPE_CHECKING:
    from lifecycle.template.program import Program

_LEVEL = re.compile(
    r"([一二三四五六七八九十百]+、)|([（(][一二三四五六七八九十百]+[）)])|(\d{1,"
    r"3}[.．](?!\d))|([（(]\d{1,3}[）"
    r")])"
)
_FIRST = frozenset("一二三四五六七八九十百（(")
_BRACKETED = re.compile(r"[（(《“〔\[][^（(《“〔\[）)》”〕\]]*[）)》”〕\]]")
_OPENING = re.compile(r"[（(《“〔\[]")
_NUMBERED = re.compile(r"\d{1,2}[.．](?!\d)\s*")
WRITER = 4
"""Which way letters are written.

To be raised with any change after which a template and a case give other words than before: an
audit compares the words of letters of its own writer only (`test_letter`, `test_writer`).
"""
_USUAL = 5_000
"""Characters of a usual letter's header or body.

What such were taken apart into is remembered, for the same letter is written again whenever it is
shown, laid out in another form or verified.
"""
_MEND = "请检查该行的式子与各要素的类型"
_MANY = 100
"""Pieces of a letter joined at once; no piece is longer than LIMIT."""


class MissingError(InvalidError):
    """A template needs a name that the case does not supply.

    `name` is the fact's (or the built-in's) identifier.
    """

    def __init__(self, template: str, line: int, name: str) -> None:
        where = f"公文模板 {template} 第 {line} 行" if line else f"公文模板 {template}"
        super().__init__(
            f"{where}要写“{name}”，而该事项没有这一内容",
            "请先填写该要素，或在模板里用 {% if … is defined %} 判断",
        )
        self.template = template
        self.line = line
        self.name = name


def compose(template: Template, scope: Mapping[str, object], *, on: date) -> Letter:
    """Write the letter that a template makes of a case: `on` is its date (成文日期), `scope` the
    names it may use.

    The same template, scope and date always give the same letter. A None in the scope counts as
    missing, though it may be tested. Raise MissingError for a name that is missing, InvalidError
    for whatever else cannot be written.
    """
    head, _, body = _rendered(template, scope, on).rpartition(FIELD)
    read = _headed if len(head) <= _USUAL else _headed.__wrapped__
    top = read(template.header, head)
    blocks, annexes = _parts(body) if len(body) <= _USUAL else _parts.__wrapped__(body)
    addressed = top.to or template.kind in kinds().unaddressed
    if not (top.title and top.issuer and blocks and addressed):
        there = {"标题": top.title, "发文单位": top.issuer, "正文": blocks, "主送": addressed}
        empty = next(part for part, written in there.items() if not written)
        raise InvalidError(
            f"公文模板 {template.name} 写出的{empty}是空的", "请检查模板，或先填写其中要用的要素"
        )
    return Letter(
        template.kind,
        top.issuer,
        top.title,
        top.to,
        top.cc,
        blocks,
        top.attachments,
        on,
        top.contact,
        layout=layout_of(template.kind, template.layout),
        urgency=top.urgency,
        attendance=top.attendance,
        annexes=annexes,
    )


def _rendered(template: Template, scope: Mapping[str, object], on: date) -> str:
    """Render to the header fields, each ended by `FIELD`, and the body, in Unicode
    normal form C.
    """
    from lifecycle.template.program import program

    made = program(template.source)
    names = {"on": on, **scope}
    try:
        parts = made.render(names)
        text = "".join(islice(parts, _MANY))
        for part in parts:
            text += part
            if len(text) > LIMIT:
                break
    except Exception as error:  # noqa: BLE001 - a template's sums and comparisons may fail in any way
        _explain(error, template, made, {name for name, value in names.items() if value is None})
    if len(text) > LIMIT:
        raise InvalidError(
            f"公文模板 {template.name} 写出的公文超过 {LIMIT} 字",
            "请缩短要素的内容，或作为附件提交",
        )
    return text if is_normalized("NFC", text) else normalize("NFC", text)


def _explain(error: Exception, template: Template, made: Program, empty: Set[str]) -> NoReturn:
    """Raise in Chinese, with the template's line, what went wrong in rendering.

    `empty` names hold None.
    """
    from jinja2.exceptions import UndefinedError

    if isinstance(
        error, MemoryError
    ):  # for a cage to tell; by itself it says nothing about the template
        raise error
    line = made.line(error)
    if isinstance(error, UndefinedError):
        raise MissingError(template.name, line, str(error)) from None
    if isinstance(error, MissingName):
        raise MissingError(template.name, line, error.name.rpartition(".")[2]) from None
    if isinstance(error, EmptyError):
        words = re.findall(r"\w+", template.source.split("\n")[line - 1]) if line else []
        for name in (error.name, *words):
            if name in empty:
                raise MissingError(template.name, line, name) from None
    where = f"公文模板 {template.name} 第 {line} 行：" if line else ""
    if isinstance(error, InvalidError):
        raise InvalidError(where + error.message, error.mend or _MEND) from None
    raise InvalidError(f"{where}算不出要写的内容", _MEND) from error


class _Head(NamedTuple):
    """What the rendered header fields say."""

    issuer: str
    title: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    attachments: tuple[str, ...]
    contact: str
    urgency: str
    attendance: tuple[tuple[str, tuple[str, ...]], ...]


@lru_cache(maxsize=256)
def _headed(keys: tuple[str, ...], head: str) -> _Head:
    """Read the rendered header fields, which stand in the order of their keys."""
    header = dict(zip(keys, head.split(FIELD), strict=True))
    listed = _items(header["附件"], "、；;") if header.get("附件") else ()
    present = [(role, _items(header[role])) for role in kinds().attendance if role in header]
    return _Head(
        _line(header["发文单位"]),
        _line(header["标题"]),
        _items(header.get("主送", "")),
        _items(header["抄送"]) if header.get("抄送") else (),
        tuple(_NUMBERED.sub("", item, count=1) for item in listed),
        _line(header.get("联系人", "")),
        _line(header.get("紧急程度", "")),
        tuple((role, names) for role, names in present if names) if present else (),
    )


def _line(text: str) -> str:
    """Make one line of a header field: no breaks, no outer blanks."""
    if text.isprintable():  # none of the marks is, nor is any blank but the usual one
        return text.strip()
    return " ".join(text.replace(KEPT, "、").replace(BREAK, "\n").split("\n")).strip()


def _items(text: str, separators: str = "、") -> tuple[str, ...]:
    """Take a header field apart at 、 outside brackets; each item once, in order."""
    if not _OPENING.search(text):
        for separator in separators[1:]:
            text = text.replace(separator, separators[0])
        return tuple(dict.fromkeys(filter(None, map(_line, text.split(separators[0])))))
    hidden = _BRACKETED.sub(lambda m: "\0" * len(m.group()), text)
    cuts = [-1, *(m.start() for m in re.finditer(f"[{separators}]", hidden)), len(text)]
    items = (_line(text[start + 1 : end]) for start, end in pairwise(cuts))
    return tuple(dict.fromkeys(filter(None, items)))


@lru_cache(maxsize=256)
def _parts(body: str) -> tuple[tuple[Block, ...], tuple[Annex, ...]]:
    """Take the body apart into its blocks and the annexes after it."""
    main, *rest = body.split(ANNEX)
    annexes = []
    for part in rest:
        title, _, text = part.partition("\n")
        annexes.append(Annex(_line(title.strip("= \u3000")), _blocks(text)))
    return _blocks(main), tuple(annexes)


def _blocks(text: str) -> tuple[Block, ...]:
    """Take text apart into paragraphs, tables (neighbouring rows) and places to sign, told by the
    template's marks.
    """
    if CELL not in text and SIGNATURES not in text:
        return _paragraphs(text)
    blocks: list[Block] = []
    rows: list[tuple[str, ...]] = []
    for line in text.split("\n"):
        if CELL in line:
            rows.append(
                tuple(_line(cell) for cell in line.strip(" \t\u3000").strip(CELL).split(CELL))
            )
            continue
        if not line.strip(f" \t\u3000{RULER}"):
            continue
        blocks += _table(rows)
        rows = []
        if SIGNATURES in line:
            blocks.append(Signatures(_items(line.replace(SIGNATURES, "").strip())))
        else:
            blocks += _paragraphs(line)
    return (*blocks, *_table(rows))


def _table(rows: list[tuple[str, ...]]) -> tuple[Table, ...]:
    """Make a table of rows, filled up to the head's length."""
    if not rows:
        return ()
    head, *body = rows
    return (Table(head, tuple((*row, *[""] * len(head))[: len(head)] for row in body)),)


@lru_cache(maxsize=256)
def _paragraphs(body: str) -> tuple[Paragraph, ...]:
    """Take the body apart into paragraphs, one for each line that holds anything."""
    read = _paragraph if len(body) <= _USUAL else _paragraph.__wrapped__
    lines = body.replace(BREAK, "\n").replace(KEPT, "、").split("\n")
    return tuple(filter(None, map(read, lines)))


@lru_cache(maxsize=1024)
def _paragraph(line: str) -> Paragraph | None:
    """Read one line of the body; most lines of a template say the same in every letter."""
    text = line.strip(" \t\u3000")
    if not text:
        return None
    found = _LEVEL.match(text) if text[0] in _FIRST or text[0].isdecimal() else None
    return Paragraph(found.lastindex or 0 if found else 0, text)
