"""Letter → Markdown to paste into a chat (DingTalk, WeCom): no HTML, and no value can make
formatting or a link.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lifecycle.letter.html import headed
from lifecycle.letter.kinds import kinds
from lifecycle.letter.model import Paragraph, Table
from lifecycle.letter.text import (
    DRAFT,
    TO_FILL,
    annex_labels,
    closing_note,
    day,
    mark,
    printed_on,
    signed,
)

if TYPE_CHECKING:
    from lifecycle.letter.model import Block, Letter

_SPECIAL = re.compile(r"([\\`*_~\[\]<>|#$&!{}^])")
"""What formats, links, calls for a picture, a formula or an entity anywhere in a line."""
_FIRST = re.compile(r"^([-+=:])")
"""What makes a list, a heading or a rule at the start of a line."""
_ORDER = re.compile(r"^(\d+)([.)])(?= |$)")
_LINK = re.compile(r"(?i)\b(www)(\.)|(:)(?=//)|(@)|\b(mailto|xmpp|tel)(:)")
"""Where a renderer would turn plain text into a link of its own accord (GFM 6.9)."""


def to_markdown(letter: Letter) -> str:
    """Write the letter as CommonMark with GFM tables, a blank line between blocks.

    The same letter, the same text.
    """
    lines = _top(letter)
    lines += _blocks(letter.body)
    lines += _close(letter)
    for label, annex in zip(annex_labels(letter), letter.annexes, strict=True):
        lines += ["---", f"**{label}**", f"## {escaped(annex.title)}", *_blocks(annex.body)]
    record = [f"抄送：{_listed(letter.cc)}。"] if letter.cc else []
    if printed_on(letter):
        record.append(f"{escaped(letter.issuer)}　{printed_on(letter)}")
    if record:
        lines += ["---", *record]
    if letter.code:
        lines.append(f"验证码：{escaped(letter.code)}")
    return "\n\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Write a text so that Markdown shows just its characters, on one line."""
    line = " ".join(text.split())
    line = _SPECIAL.sub(r"\\\1", line)
    line = _LINK.sub(
        lambda m: "".join(p if p.isalpha() else f"\\{p}" for p in m.groups() if p), line
    )
    return _ORDER.sub(r"\1\\\2", _FIRST.sub(r"\\\1", line))


def _listed(texts: tuple[str, ...]) -> str:
    return "、".join(map(escaped, texts))


def _top(letter: Letter) -> list[str]:
    lines = [f"**{escaped(letter.urgency)}**"] if letter.urgency else []
    named = mark(letter)
    lines += [f"**{escaped(named)}**"] if named and letter.number else []
    number = escaped(letter.number or DRAFT)
    if letter.number and letter.signer and letter.kind in kinds().upward:
        number += f"　签发人：{escaped(letter.signer)}"
    lines += [f"# {escaped(letter.title)}", number]
    if not signed(letter):
        lines.append(f"{escaped(letter.issuer)}　{day(letter.date)}")
    return [*lines, f"**主送**：{_listed(letter.to)}"] if letter.to else lines


def _blocks(body: tuple[Block, ...]) -> list[str]:
    lines = []
    for block in body:
        if isinstance(block, Table):
            rows = [block.head, ("---",) * len(block.head), *block.rows]
            cells = (row if n == 1 else map(escaped, row) for n, row in enumerate(rows))
            lines.append("\n".join(f"| {' | '.join(row)} |" for row in cells))
        elif isinstance(block, Paragraph):
            heading, text = headed(block)
            lines.append(f"{_bold(heading)}{_after(text)}" if heading else escaped(text))
        else:
            lines += [f"{escaped(place)}（签章）：{TO_FILL}" for place in block.places]
    return lines


def _bold(heading: str) -> str:
    """Set a heading bold; its full stop stays outside, for `。**甲` would not end the bold
    (CommonMark 6.2).
    """
    kept = heading.removesuffix("。")
    return f"**{escaped(kept)}**{heading[len(kept) :]}"


def _after(text: str) -> str:
    """Write what follows a heading on its line; it does not begin the line."""
    return escaped(f"。{text}")[1:]


def _close(letter: Letter) -> list[str]:
    """Write what stands between the body and the 版记."""
    lines = []
    if len(letter.attachments) == 1:
        lines.append(f"**附件**：{escaped(letter.attachments[0])}")
    elif letter.attachments:
        listed = (f"{n}. {escaped(title)}" for n, title in enumerate(letter.attachments, 1))
        lines += ["**附件**：", "\n".join(listed)]
    lines += [f"**{escaped(role)}**：{_listed(names)}" for role, names in letter.attendance]
    if signed(letter):
        lines += [escaped(letter.issuer), day(letter.date)]
    note = closing_note(letter)
    return [*lines, escaped(note)] if note else lines
