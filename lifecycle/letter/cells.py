"""The grid that a letter is set on: how wide a character is, and where a line may break."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate, pairwise
from unicodedata import category, east_asian_width

CELLS = 56
"""Cells in a line: 28 full-width characters (GB/T 9704—2012 5.2.3)."""
CLOSING = frozenset("，。；：、？！）》”’〉」』】〕〗…—％‰℃·～~–-/／,.;:!?)]}%")
"""What no line may begin with (禁则; GB/T 15834—2011 5.1.1, 5.1.6, 5.1.7, 5.1.10)."""
OPENING = frozenset("（《“‘〈「『【〔〖([{￥$/／≤≥＜＞±≈≠＝")
"""What no line may end with (GB/T 15834—2011 5.1.1, 5.1.10).

A sign of comparison stays with its number.
"""
_WORD = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,-/_+@%:#&=?~")
_UNEASY = OPENING | {" "}
_ACCENTS = ("Mn", "Me")


def width(text: str) -> int:
    """Count the cells of a text as set in Chinese type: what Unicode calls ambiguous (“”, ……, ×, №)
    is full-width.
    """
    try:
        return len(text.encode("gbk"))  # one byte to a half-width, two to a full-width character
    except UnicodeEncodeError:
        return sum(map(cell, text))


def wrap(text: str, cells: int = CELLS) -> list[str]:
    """Break a paragraph into lines of at most so many cells, by the rules on what begins and ends a
    line.

    A run of letters and digits stays whole unless that would leave more than half of the line
    empty.
    """
    try:
        raw = text.encode("gbk")
    except UnicodeEncodeError:
        return _wrap_rare(text, cells)
    lines = []
    start = at = 0
    while len(raw) - at > cells:
        # Half of a last character is dropped here, so that this counts the characters that fit.
        end = _break(text, start, start + len(raw[at : at + cells].decode("gbk", "ignore")))
        line = text[start:end]
        at += len(line.encode("gbk"))
        start = end
        lines.append(line.rstrip(" "))
    lines.append(text[start:])
    return lines


def _wrap_rare(text: str, cells: int) -> list[str]:
    """Break a paragraph with characters beyond GBK (𡶴, emoji, accents), of which the cells are
    counted one by one.
    """
    ends = list(accumulate(map(cell, text)))
    lines = []
    start = before = 0
    while ends[-1] - before > cells:
        end = _break(text, start, max(bisect_right(ends, before + cells), start + 1))
        lines.append(text[start:end].rstrip(" "))
        start = end
        before = ends[end - 1]
    lines.append(text[start:])
    return lines


def longest_word(text: str) -> int:
    """Count the cells of the longest stretch of a text in which no line may end."""
    places = [n for n in range(1, len(text)) if may_break(text, n)]
    words = (text[start:end] for start, end in pairwise([0, *places, len(text)]))
    return max(width(word.rstrip(" ")) for word in words)


def _break(text: str, start: int, end: int) -> int:
    """Move a break at `end` back to where a line may end, but not past half of the line."""
    after = text[end]
    if after.isalnum() and after not in _WORD and text[end - 1] not in _UNEASY:
        return end
    for place in range(end, start + (end - start) // 2, -1):
        if may_break(text, place):
            return place
    return end


def may_break(text: str, place: int) -> bool:
    """Tell whether a line may end before the character at a place of a text."""
    last, following = text[place - 1], text[place]
    if last == " ":
        last = text[:place].rstrip(" ")[-1:]  # blanks are dropped at the line's end
    elif last in _WORD and following in _WORD:
        return False
    return (
        following != " "
        and following not in CLOSING
        and last not in OPENING
        and cell(following) > 0
    )


@lru_cache(maxsize=4096)
def cell(char: str) -> int:
    """Count the cells of one character: 0 for an accent, 2 for what is wide or ambiguous (Unicode
    Annex 11), else 1.
    """
    if category(char) in _ACCENTS:
        return 0
    return 2 if east_asian_width(char) in "WFA" else 1
