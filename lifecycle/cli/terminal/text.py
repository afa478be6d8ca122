"""Text on a terminal: what it may contain, how wide it is, where it may be broken. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lifecycle.errors import cell_width

# Kinsoku: what must not begin a line, and what must not end one (GB/T 15834-2011 5.1.2–5.1.5).
_NO_START = frozenset("，。、；：？！）》」』】〕〉”’…—·～,.;:?!)]}%％")
_NO_END = frozenset("（《「『【〔〈“‘([{")
_UNITS_OF_MEASURE = (
    "个工作日|个整日|个环节|个月|万元|亿元|平方米|公顷|日|天|年|月|周|亩|米|元|次|件|条|项|笔|份|"
    "人|家|轮|版|页|字|个|列|行|倍|级|号|时|分|秒"
)
# What is kept whole where it fits a line; compiled when something is first broken into lines, which
# many a command never does.
_WHOLE = (
    # A command, as far as it is typed: words of ASCII and what stands for a value.
    r"lifecycle(?: (?:(?:--(?:note|for|file|because|unit|party|by|to|role|into|text) "
    r"|(?:--set )?\w+=)(?:\"[^\"\n]*\"|[^\s，。；：、（）“”]|（[^\s（）]*）)+|[!-~]+…?|…"
    r"|(?:文件|复函文件|理由|公文|角色|事项|流转|日期|编号|记录号|工号|委托人|同意)"
    r"(?![\u4e00-\u9fff])))+"
    r"|\d{4}年\d{1,2}月(?:\d{1,2}日)?"
    r"|[\u4e00-\u9fff]{0,6}〔\d{4}〕\d+号"
    r"|第 ?\d+ ?(?:" + _UNITS_OF_MEASURE + r")"
    r"|[≤≥＜＞]?\d[\d,.]*[%％]? ?(?:" + _UNITS_OF_MEASURE + r")"
    r"|[限自于至] ?\d{4}-\d\d-\d\d"
    r"|“[^“”\n]+”|《[^《》\n]+》|「[^「」\n]+」"
    r"|[\w\u4e00-\u9fff-]+"
    r"\.(?:txt|pdf|docx?|xlsx?|csv|ya?ml|j2|zip|json|html?|svg|png|jpe?g|db)\b"
)
# A word of a command, an option with its value; what is quoted is part of it, spaces and all.
_WORD = re.compile(
    r"""(?:--[a-z-]+ (?!-))?(?:"[^"\n]*"|'[^'\n]*'|[^\s"']|["'])+""",
)
GOES_ON = " \\"
"""What ends a line of a command that goes on in the next: a shell reads both as one line."""
# Joiners inside emoji are the only format characters that do not change how the text around them
# reads.
_JOINERS = frozenset("\u200c\u200d\ufe0f")


_STEP = "  "
"""By what the further lines of a command stand in."""
_DEEPEST = 10
"""Cells by which a command of several lines stands in at most."""


def safe(text: str, keep: str = "") -> str:
    """Show what could drive a terminal or hide text instead of sending it: controls, bidi marks,
    lone surrogates.

    C0 controls become their pictures (␛), all others `\\u` escapes; characters in `keep` (`"\\n"`)
    pass.
    """
    if text.isprintable():
        return text
    from unicodedata import category

    shown = []
    for char in text:
        if char.isprintable() or char in keep or char in _JOINERS:
            shown.append(char)
            continue
        code = ord(char)
        if code < 0x20:
            shown.append(chr(0x2400 + code))
        elif code == 0x7F:
            shown.append("\u2421")
        elif category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            shown.append(f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
        else:  # wide spaces, and private-use characters, which hold names that Unicode lacks
            shown.append(char)
    return "".join(shown)


def pad(text: str, width: int, align: str = "<") -> str:
    """Fill up with spaces to so many cells, at the right (`<`) or at the left (`>`)."""
    room = " " * max(0, width - cell_width(text))
    return room + text if align == ">" else text + room


def cut(text: str, width: int) -> str:
    """Cut to so many cells, the last of them “…” where something is left out.

    What is typed or looked up (a command, an identifier, a date) is there whole or not at all,
    unless it alone is wider.
    """
    if cell_width(text) <= width:
        return text
    kept, left = "", width - 1
    for unit in _units(text, width):
        size = cell_width(unit)
        if size > left:
            if not kept or not _is_typed(unit):
                kept += _begun(unit, left)
            break
        kept, left = kept + unit, left - size
    return kept.rstrip() + "…"


def _begun(text: str, width: int) -> str:
    """Give as many characters as fit so many cells."""
    for place, char in enumerate(text):
        width -= cell_width(char)
        if width < 0:
            return text[:place]
    return text


def _is_typed(unit: str) -> bool:
    """Tell whether something of ASCII letters or digits stands in a unit."""
    return any(char.isascii() and char.isalnum() for char in unit)


def wrap(text: str, width: int, *, first: str = "", rest: str = "") -> str:
    """Break one paragraph into lines of so many cells.

    `first` and `rest` lead the lines and count. A command is moved to the left where that keeps it
    in one line; one that is longer goes on after `GOES_ON`, so that what is copied runs.
    """
    lines: list[str] = []
    line, used, lead = "", 0, first
    for unit in _units(text, max(2, width - max(cell_width(first), cell_width(rest)))):
        size = cell_width(unit)
        room = width - cell_width(lead)
        if used and used + cell_width(unit.rstrip()) > room:
            lines.append(lead + line.rstrip())
            line, used, lead = "", 0, rest
            room = width - cell_width(lead)
        if not used and unit.isspace():
            continue
        if not used and size > room and _is_command(unit):
            if lead.isspace() and cell_width(unit.rstrip()) <= width:
                lead = " " * max(0, width - size)  # further left it is not broken
            else:
                *begun, unit = _continued(unit, width, lead, rest)
                lines += begun
                lead, size = "", cell_width(unit)
        line, used = line + unit, used + size
    if line or not lines:
        lines.append(lead + line.rstrip())
    return "\n".join(lines)


def _continued(command: str, width: int, lead: str, rest: str) -> list[str]:
    """Break a command between its words into lines of so many cells, with what leads them, each but
    the last with what says that it goes on.
    """
    words = _WORD.findall(command)
    spare = width - max(map(cell_width, words)) - cell_width(_STEP + GOES_ON)
    deepest = max(0, min(_DEEPEST, spare))
    indent = " " * min(cell_width(rest), deepest)
    lines, line = [], lead if lead.strip() else " " * min(cell_width(lead), deepest)
    for place, word in enumerate(words):
        joined = f"{line} {word}" if place else line + word
        if place and cell_width(joined) > width - cell_width(GOES_ON):
            lines.append(line + GOES_ON)
            joined = f"{indent}{_STEP}{word}"
        line = joined
    return [*lines, line + command[len(command.rstrip()) :]]


def longest_word(text: str) -> int:
    """Count the cells of the longest part that wrapping keeps together: a number, an identifier."""
    return max((cell_width(unit.rstrip()) for unit in _units(text, cell_width(text))), default=0)


def wrap_all(text: str, width: int, *, indent: str = "") -> str:
    """Break text of several paragraphs.

    Empty lines stay, and a paragraph that begins with `\\b` is left as it is.
    """
    from inspect import cleandoc

    parts = []
    for paragraph in cleandoc(text).split("\n\n"):
        lines = paragraph.strip("\n").split("\n")
        if lines[0].strip() == "\b":
            parts.append("\n".join(indent + line for line in lines[1:]))
        else:
            parts.append(wrap(_joined(lines), width, first=indent, rest=indent))
    return "\n\n".join(parts)


def _joined(lines: list[str]) -> str:
    """Join source lines: with a space between Latin words, with nothing between Chinese ones."""
    text = ""
    for line in (line.strip() for line in lines):
        text += (" " if text and text[-1].isascii() and line[:1].isascii() else "") + line
    return text


def _units(text: str, width: int) -> Iterator[str]:
    """Yield what must stay together: a word, or a wide character with the punctuation that clings
    to it; a command, a date, a number with its unit, a quoted name, a file's name.

    Of these only a command may be wider than a line: broken it could not be copied.
    """
    unit = ""
    for piece in _pieces(text, width):
        if unit and _breakable(unit[-1], piece[0]):
            yield unit
            unit = ""
        elif unit and cell_width(unit) + cell_width(piece) > width and not _is_command(unit):
            head, tail = _parted(unit, piece)
            if head:
                yield head
            unit = tail
        unit += piece
    if unit:
        yield unit


def _pieces(text: str, width: int) -> Iterator[str]:
    """Take text apart into single characters and what is kept whole, if it fits a line."""
    place = 0
    for found in re.finditer(_WHOLE, text):
        whole = found.group().rstrip()
        if len(whole) < 2 or (cell_width(whole) > width and not _is_command(whole)):
            continue
        yield from text[place : found.start()]
        yield whole
        place = found.start() + len(whole)
    yield from text[place:]


def _is_command(unit: str) -> bool:
    return "lifecycle " in unit


def _parted(unit: str, piece: str) -> tuple[str, str]:
    """Part what is wider than a line before a piece: where that may not begin a line, before the
    character that it clings to.
    """
    if piece[0] in _NO_START and len(unit) > 1:
        return unit[:-1], unit[-1]
    return unit, ""


def _breakable(left: str, right: str) -> bool:
    if right in _NO_START or left in _NO_END or right.isspace():
        return False
    # The quotes of Chinese are wide on paper and narrow on a terminal.
    narrow = (left == "”" or right == "“") and not (left.isascii() or right.isascii())
    return narrow or left.isspace() or cell_width(left) == 2 or cell_width(right) == 2
