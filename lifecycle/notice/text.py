"""Letter → plain text, on the grid of GB/T 9704—2012 5.2.3: 28 full-width characters (56 cells) to a line."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from lifecycle.notice.cells import CELLS, width, wrap
from lifecycle.notice.title import title_lines

if TYPE_CHECKING:
    from datetime import date

    from lifecycle.notice.letter import Letter, Paragraph

_USUAL = 500
"""Characters of a usual paragraph; only such are remembered as laid out, for most say the same in every letter."""
ZI = "\u3000"
"""One full-width blank (一字)."""


def to_text(letter: Letter) -> str:
    """Lay the letter out at 28 full-width characters a line; the same letter always gives the same text."""
    lines = [_top(letter.kind, letter.number, letter.title, letter.issuer, letter.date, letter.to)]
    lines += [_indented(p) if len(p.text) <= _USUAL else _indented.__wrapped__(p) for p in letter.body]
    lines.append(_foot(letter.kind, letter.attachments, letter.issuer, letter.date, letter.contact, letter.cc))
    return "\n".join(lines)


@lru_cache(maxsize=2048)
def _indented(paragraph: Paragraph) -> str:
    return "\n".join(wrap(f"{ZI}{ZI}{paragraph.text}"))


@lru_cache(maxsize=128)
def _top(kind: str, number: str | None, title: str, issuer: str, when: date, to: tuple[str, ...]) -> str:
    lines = [_centred(number), ""] if number else []
    lines += [*map(_centred, title_lines(title)), ""]
    if kind == "纪要":
        lines += [*_opposed(issuer, day(when)), ""]
    if to:
        lines += wrap("、".join(to) + "：")
    return "\n".join(lines)


@lru_cache(maxsize=128)
def _foot(kind: str, attachments: tuple[str, ...], issuer: str, when: date, contact: str, cc: tuple[str, ...]) -> str:
    lines = _attachments(attachments)
    if kind != "纪要":
        lines += _signature(issuer, day(when))
    if contact:
        lines += wrap(f"{ZI}{ZI}{contact_note(contact)}")
    if cc:
        lines += ["-" * CELLS, *_hanging(f"{ZI}抄送：", "、".join(cc) + "。", CELLS - 2)]
    return "\n".join([*lines, ""])


def contact_note(contact: str) -> str:
    """Write the note (附注) in its brackets, naming what it is if it does not say so itself."""
    if not contact.startswith(("联系", "电话")):
        contact = f"联系人：{contact}"
    return f"（{contact}）"


def day(when: date) -> str:
    """Write the day of a letter as 2026年8月1日 (GB/T 9704—2012 7.3.5.4: Arabic digits, no leading zeros)."""
    return f"{when.year}年{when.month}月{when.day}日"


def _blank(cells: int) -> str:
    return ZI * (cells // 2) + " " * (cells % 2)


def _centred(line: str) -> str:
    return _blank(max(0, CELLS - width(line)) // 2) + line


def outlasts(when: str, issuer: str) -> bool:
    """Tell whether the date is longer than the issuer, so that it is the date that ends two from the right."""
    return width(when) > width(issuer)


def _signature(issuer: str, when: str) -> list[str]:
    """Sign without a seal (GB/T 9704—2012 7.3.5.2).

    One line below the text, the issuer ends two characters from the right and the date starts two characters right of
    it; a date longer than the issuer ends two characters from the right itself.
    """
    lines = wrap(issuer, CELLS - 8)
    longest = max(lines, key=width)
    at = CELLS - 8 - width(when) if outlasts(when, longest) else CELLS - 4 - width(longest)
    return ["", *(_blank(at) + line for line in lines), _blank(at + 4) + when]


def _opposed(left: str, right: str) -> list[str]:
    """Set one text at the left edge and one at the right, on one line if they fit."""
    gap = CELLS - width(left) - width(right)
    if gap >= 2:
        return [left + _blank(gap) + right]
    return [*wrap(left), _blank(CELLS - width(right)) + right]


def _hanging(head: str, text: str, cells: int = CELLS) -> list[str]:
    """Set a text after its head, with the following lines under its first character."""
    indent = width(head)
    return [(_blank(indent) if n else head) + line for n, line in enumerate(wrap(text, cells - indent))]


def _attachments(titles: tuple[str, ...]) -> list[str]:
    """Set the list of attachments (GB/T 9704—2012 7.3.4): one blank line above, numbered if there are several."""
    if not titles:
        return []
    head = f"{ZI}{ZI}附件："
    if len(titles) == 1:
        return ["", *_hanging(head, titles[0])]
    lines = [""]
    for number, title in enumerate(titles, 1):
        lines += _hanging(f"{head if number == 1 else ZI * 5}{number}.", title)
    return lines
