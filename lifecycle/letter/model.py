"""A letter as data, in the parts of GB/T 9704—2012; each of its forms is one function of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, NamedTuple

from lifecycle.frozen import dataclass
from lifecycle.letter.kinds import kinds
from lifecycle.letter.layouts import Layout, by_word, layouts

Day = date
"""The type of a field that is itself called date."""
REMARK = "本事项系"
"""How the remark of a letter begins: by this it is known on paper, where nobody is to be asked."""


class Paragraph(NamedTuple):
    """One paragraph. Its level is told by its numbering: 1 一、 2 （一） 3 1. 4 （1） and 0 for
    none.
    """

    level: int
    text: str


class Table(NamedTuple):
    """A table inside a letter, such as 进度表 or 责任清单: its head and its rows, all of the head's
    length.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Signatures(NamedTuple):
    """Places where people sign or seal by hand, each with room and a line for the day."""

    places: tuple[str, ...]


Block = Paragraph | Table | Signatures


class Annex(NamedTuple):
    """The text of an attachment (附件) that is part of the letter and stands on pages
    of its own.
    """

    title: str
    body: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """An official letter (公文).

    `number`, `signer`, `printed`, `code` and `proof` come with issuing. `mark` is the 发文机关标志,
    `attendance` who was there at a meeting by 出席, 请假, 列席; `code` is what verifies the paper,
    `proof` the text of its QR symbol; `printed` is the day of 印发. `layout` is the name of one of
    `layouts`. `remark` is what its note (附注) says beside whom to ask.
    """

    kind: str
    issuer: str
    title: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    body: tuple[Block, ...]
    attachments: tuple[str, ...]
    date: Day
    contact: str = ""
    number: str | None = None
    signer: str | None = None
    layout: str = "letter"
    mark: str = ""
    urgency: str = ""
    attendance: tuple[tuple[str, tuple[str, ...]], ...] = ()
    annexes: tuple[Annex, ...] = ()
    printed: Day | None = None
    code: str | None = None
    proof: str | None = None
    remark: str = ""

    @property
    def shape(self) -> Layout:
        """Give how letters of this layout look."""
        return layouts()[self.layout]


def layout_of(kind: str, word: str = "") -> str:
    """Name the layout that a template's 版式 says; without one, that of the kind."""
    return by_word()[word or kinds().layouts.get(kind, "公文")].name


def dump_letter(letter: Letter) -> dict[str, Any]:
    """Give a letter as plain values for canonical JSON.

    The same letter always gives the same bytes.
    """
    data = asdict(letter)
    data["body"] = [_dump_block(block) for block in letter.body]
    data["annexes"] = [
        {"title": a.title, "body": [_dump_block(block) for block in a.body]} for a in letter.annexes
    ]
    data["date"] = letter.date.isoformat()
    data["printed"] = letter.printed.isoformat() if letter.printed else None
    for name in ("to", "cc", "attachments"):
        data[name] = list(data[name])
    data["attendance"] = [[role, list(names)] for role, names in letter.attendance]
    if not letter.remark:  # left out: so it is in letters older than this field
        del data["remark"]
    return data


def _dump_block(block: Block) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"level": block.level, "text": block.text}
    if isinstance(block, Table):
        return {"head": list(block.head), "rows": [list(row) for row in block.rows]}
    return {"places": list(block.places)}


def load_letter(data: Mapping[str, Any]) -> Letter:
    """Rebuild a letter from `dump_letter`'s values."""
    return Letter(
        **{
            **data,
            "to": tuple(data["to"]),
            "cc": tuple(data["cc"]),
            "attachments": tuple(data["attachments"]),
            "body": tuple(map(_load_block, data["body"])),
            "annexes": tuple(
                Annex(a["title"], tuple(map(_load_block, a["body"]))) for a in data["annexes"]
            ),
            "attendance": tuple((role, tuple(names)) for role, names in data["attendance"]),
            "date": date.fromisoformat(data["date"]),
            "printed": date.fromisoformat(data["printed"]) if data["printed"] else None,
        }
    )


def _load_block(data: Mapping[str, Any]) -> Block:
    if "text" in data:
        return Paragraph(data["level"], data["text"])
    if "head" in data:
        return Table(tuple(data["head"]), tuple(map(tuple, data["rows"])))
    return Signatures(tuple(data["places"]))
