"""Letter → plain text, on the grid of GB/T 9704—2012 5.2.3: 28 full-width characters (56 cells) to
a line.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from lifecycle.letter.cells import CELLS, width, wrap
from lifecycle.letter.kinds import kinds
from lifecycle.letter.model import Paragraph, Table
from lifecycle.letter.rows import table_lines
from lifecycle.letter.title import title_lines

if TYPE_CHECKING:
    from datetime import date

    from lifecycle.letter.model import Block, Letter

_USUAL = 500
"""Characters of a usual paragraph.

Only such are remembered as laid out, for most say the same in every letter.
"""
ZI = "\u3000"
"""One full-width blank (一字)."""
DRAFT = "（未编号草稿）"
"""What stands where the number will, on paper that has none yet."""
TO_FILL = f"{ZI}{ZI}年{ZI}{ZI}月{ZI}{ZI}日"
"""Room for a day that is written by hand."""


def to_text(letter: Letter) -> str:
    """Lay the letter out at 28 full-width characters a line.

    The same letter always gives the same text.
    """
    over = (letter.urgency, letter.signer, letter.shape.number_below)
    lines = [
        _top(letter.kind, letter.number, letter.title, letter.issuer, letter.date, letter.to, over)
    ]
    lines += map(_block, letter.body)
    close = _close(
        letter.kind,
        letter.attachments,
        letter.attendance,
        letter.issuer,
        letter.date,
        closing_note(letter),
    )
    lines += [close] if close else []
    for label, annex in zip(annex_labels(letter), letter.annexes, strict=True):
        lines += [
            "-" * CELLS,
            label,
            "",
            *map(_centred, title_lines(annex.title)),
            "",
            *map(_block, annex.body),
        ]
    record = _record(letter.issuer, letter.cc, printed_on(letter))
    lines += [record] if record else []
    lines.append(f"验证码：{letter.code}\n" if letter.code else "")
    return "\n".join(lines)


def mark(letter: Letter) -> str:
    """Give the 发文机关标志 of a letter, "" where its layout has none (GB/T 9704—2012 7.2.4, 10.1,
    10.3).
    """
    after = letter.shape.mark
    return "" if after is None else letter.mark or letter.issuer + after


def mark_size(text: str) -> float:
    """Give the points of a 发文机关标志, in halves: 42 (初号), less for a long one so that it fits
    in 156 mm.
    """
    return min(42.0, 156 / 25.4 * 72 * 2 // max(1, -(-width(text) // 2)) / 2)


def signed(letter: Letter) -> bool:
    """Tell whether the issuer and the day stand below the text.

    Those of some kinds, such as minutes, are neither signed nor sealed (GB/T 9704—2012 10.3).
    """
    return letter.kind not in kinds().unsigned


def annex_labels(letter: Letter) -> list[str]:
    """Name each annex as the list of attachments numbers it: 附件 if there is one, else 附件1 and
    so on.
    """
    listed = letter.attachments
    if len(listed) <= 1 and len(letter.annexes) == 1:
        return ["附件"]
    places = (
        (listed.index(a.title) if a.title in listed else n) for n, a in enumerate(letter.annexes)
    )
    return [f"附件{place + 1}" for place in places]


def printed_on(letter: Letter) -> str:
    """Write the day of 印发 as 2026年8月1日印发.

    Empty where the layout has none (GB/T 9704—2012 7.4.3, 10.1).
    """
    shown = letter.printed and letter.shape.printed != "never"
    return f"{day(letter.printed)}印发" if letter.printed and shown else ""


def closing_note(letter: Letter) -> str:
    """Write the note (附注) in its brackets (GB/T 9704—2012 7.3.6): whom to ask, named as that if
    it does not say so itself, and what else must be said; "" where there is nothing to say.
    """
    contact = letter.contact
    if contact and not contact.startswith(("联系", "电话")):
        contact = f"联系人：{contact}"
    told = "；".join(filter(None, (contact, letter.remark)))
    return f"（{told}）" if told else ""


def day(when: date) -> str:
    """Write the day of a letter as 2026年8月1日 (GB/T 9704—2012 7.3.5.4: Arabic digits, no leading
    zeros).
    """
    return f"{when.year}年{when.month}月{when.day}日"


def outlasts(when: str, issuer: str) -> bool:
    """Tell whether the date is longer than the issuer, so that it is the date that ends two from
    the right.
    """
    return width(when) > width(issuer)


def _block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return _indented(block) if len(block.text) <= _USUAL else _indented.__wrapped__(block)
    if isinstance(block, Table):
        return "\n".join(table_lines(block))
    lines: list[str] = []
    for place in block.places:
        lines += _opposed(f"{ZI}{ZI}{place}（签章）：", TO_FILL)
    return "\n".join(lines)


@lru_cache(maxsize=2048)
def _indented(paragraph: Paragraph) -> str:
    return "\n".join(wrap(f"{ZI}{ZI}{paragraph.text}"))


@lru_cache(maxsize=128)
def _top(
    kind: str,
    number: str | None,
    title: str,
    issuer: str,
    when: date,
    to: tuple[str, ...],
    over: tuple[str, str | None, bool],
) -> str:
    """Set what stands above the body.

    `over` is the urgency, the 签发人 and whether the number is below the title.
    """
    urgency, signer, below = over
    lines = [urgency] if urgency else []
    numbered = [_centred(number)] if number else []
    if number and signer and kind in kinds().upward:
        numbered = _opposed(f"{ZI}{number}", f"签发人：{signer}", CELLS - 2)
    lines += [*numbered, ""] if number and not below else []
    lines += [*map(_centred, title_lines(title)), *(numbered if below else []), ""]
    if kind in kinds().unsigned:
        lines += [*_opposed(issuer, day(when)), ""]
    if to:
        lines += wrap("、".join(to) + "：")
    return "\n".join(lines)


@lru_cache(maxsize=128)
def _close(
    kind: str,
    attachments: tuple[str, ...],
    attendance: tuple[tuple[str, tuple[str, ...]], ...],
    issuer: str,
    when: date,
    note: str,
) -> str:
    """Set what stands between the body and the 版记, in the standard's order."""
    lines = _attachments(attachments)
    if attendance:
        lines.append("")
        for role, names in attendance:
            lines += _hanging(f"{ZI}{ZI}{role}：", "、".join(names))
    if kind not in kinds().unsigned:
        lines += _signature(issuer, day(when))
    if note:
        lines += wrap(f"{ZI}{ZI}{note}")
    return "\n".join(lines)


@lru_cache(maxsize=128)
def _record(issuer: str, cc: tuple[str, ...], printed: str) -> str:
    """Set the 版记: who gets a copy, and who had it printed when."""
    lines = ["-" * CELLS, *_hanging(f"{ZI}抄送：", "、".join(cc) + "。", CELLS - 2)] if cc else []
    if printed:
        lines += ["-" * CELLS, *_opposed(f"{ZI}{issuer}", printed, CELLS - 2), "-" * CELLS]
    return "\n".join(lines)


def _blank(cells: int) -> str:
    return ZI * (cells // 2) + " " * (cells % 2)


def _centred(line: str) -> str:
    return _blank(max(0, CELLS - width(line)) // 2) + line


def _signature(issuer: str, when: str) -> list[str]:
    """Sign without a seal (GB/T 9704—2012 7.3.5.2).

    One line below the text, the issuer ends two characters from the right and the date starts two
    characters right of it; a date longer than the issuer ends two characters from the right itself.
    """
    lines = wrap(issuer, CELLS - 8)
    longest = max(lines, key=width)
    at = CELLS - 8 - width(when) if outlasts(when, longest) else CELLS - 4 - width(longest)
    return ["", *(_blank(at) + line for line in lines), _blank(at + 4) + when]


def _opposed(left: str, right: str, cells: int = CELLS) -> list[str]:
    """Set one text at the left edge and one at the right, on one line if they fit."""
    gap = cells - width(left) - width(right)
    if gap >= 2:
        return [left + _blank(gap) + right]
    return [
        *wrap(left, cells),
        *(_blank(max(0, cells - width(line))) + line for line in wrap(right, cells)),
    ]


def _hanging(head: str, text: str, cells: int = CELLS) -> list[str]:
    """Set a text after its head, with the following lines under its first character."""
    indent = width(head)
    return [
        (_blank(indent) if n else head) + line for n, line in enumerate(wrap(text, cells - indent))
    ]


def _attachments(titles: tuple[str, ...]) -> list[str]:
    """Set the list of attachments (GB/T 9704—2012 7.3.4): one blank line above, numbered if there
    are several.
    """
    if not titles:
        return []
    head = f"{ZI}{ZI}附件："
    if len(titles) == 1:
        return ["", *_hanging(head, titles[0])]
    lines = [""]
    for number, title in enumerate(titles, 1):
        lines += _hanging(f"{head if number == 1 else ZI * 5}{number}.", title)
    return lines
