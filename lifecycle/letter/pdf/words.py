"""Text → parts: which face draws each character, and where a line may or may not end."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate, groupby, pairwise
from math import ceil
from typing import TYPE_CHECKING, NamedTuple, TypedDict
from unicodedata import east_asian_width

from lifecycle.letter.cells import CELLS, OPENING, cell, may_break
from lifecycle.letter.fonts import MissingGlyph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle.letter.fonts import Fonts, Role, Typeface

_UNIT = r"(?:[0-9A-Za-z]+|[^\W0-9A-Za-z_])"
_WHOLE = re.compile(
    r"[≤≥<>＜＞=＝≈±≠][ 　]?(?:[0-9.,]*[0-9][%‰]?)?"  # a sign of comparison stays with its number,
    # a code with itself; no stroke begins or ends a line (GB/T 15834—2011 5.1.10),
    rf"|{_UNIT}(?:[-_.:@/／]{_UNIT})+"
    r"|[0-9A-Za-z.,%]*[^0-9A-Za-z.,%\s]?[～~·–]"  # and these marks do not begin one (5.1.6, 5.1.7)
)
_LONG = re.compile(r"[0-9A-Za-z][0-9A-Za-z._@:/?=&#%~+-]{15,}")
"""A code or an address so long that it would leave a line too loose if it went whole to the next
one.
"""
_GROUP = re.compile(r".{3,}?[0-9A-Za-z](?=[0-9A-Za-z])|.+")
"""What such a code is parted into: four characters or more, between a letter or digit and another.

A hyphen at a line's end would be read as one that joins, and a stroke belongs to neither end of a
line.
"""

_CHUNK = re.compile(r"(?:[一-鿿]?[^一-鿿]+)+[一-鿿]?")
"""What may be longer than a character: the text between two 汉字 that stand side by side, where a
line may always end.
"""
_BROADEST = 2.2
"""Cells of the broadest character that a font has (W), and a little more."""
_ROUNDING = 1e-6
_GLUE = frozenset("‘’“”\"'№+|\\￥％$±\u3000")
"""What typst may keep with either neighbour (Unicode Annex 14), other than `may_break` has it."""


class WordRun(TypedDict):
    """Neighbouring characters that one face draws; `face` is its index among the letter's faces."""

    text: str
    face: int


class WordPart(TypedDict):
    """A stretch of a text: no line ends in a `whole` one.

    After an `open` one it may whatever follows.
    """

    whole: bool
    open: bool
    runs: list[WordRun]


class Wording:
    """Turns the texts of one letter into parts, and collects the characters that no font has."""

    def __init__(self, fonts: Fonts) -> None:
        self.fonts = fonts
        self.faces: list[Typeface] = list(
            dict.fromkeys(face for chain in fonts.chains.values() for face in chain)
        )
        self.missing: dict[tuple[Role, str], MissingGlyph] = {}
        self._index = {face: n for n, face in enumerate(self.faces)}

    def parts(self, text: str, role: Role = "fang", room: int = CELLS) -> list[WordPart]:
        """Cut a text where its face changes and where the rules for a line's end do.

        A word that is longer than a line of `room` cells is parted, without a mark.
        """
        return [
            {"whole": whole, "open": is_open, "runs": self._runs(stretch, role, text)}
            for stretch, whole, is_open in self._fitted(text, role, room)
        ]

    def reach(self, text: str, role: Role = "fang") -> int:
        """Count the cells of the longest stretch of a text in which no line may end, as wide as its
        fonts draw it.
        """
        found = (word for chunk in _CHUNK.findall(text) for word in _words(chunk))
        return ceil(max((self._wide(_said(word), role) for word in found), default=2) - _ROUNDING)

    def _fitted(self, text: str, role: Role, room: int) -> list[Stretch]:
        """Cut a text into stretches, of which none that stays whole is longer than a line."""
        if max(map(len, _CHUNK.findall(text)), default=0) * _BROADEST > room:
            words = _words(text)
            if any(self._wide(_said(word), role) > room + _ROUNDING for word in words):
                return [one for word in words for one in self._parted(word, role, room)]
        return list(stretches(text))

    def _parted(self, word: list[Stretch], role: Role, room: int) -> list[Stretch]:
        """Part a word if it is longer than a line, best between letters or digits."""
        rest = _said(word)
        if self._wide(rest, role) <= room + _ROUNDING:
            return word
        pieces = []
        while len(rest) > 1 and self._wide(rest, role) > room + _ROUNDING:
            ends = list(accumulate(self._advance(char, role) for char in rest))
            end = max(1, bisect_right(ends[:-1], room + _ROUNDING))
            end = next((n for n in range(end, end // 2, -1) if _is_easy(rest, n)), end)
            pieces.append(Stretch(rest[:end], whole=True, open=True))
            rest = rest[end:]
        return [*pieces, Stretch(rest, whole=True)]

    def _wide(self, text: str, role: Role) -> float:
        """Measure a text in cells; blanks at its end take no room in a line."""
        return sum(self._advance(char, role) for char in text.rstrip(" "))

    def _advance(self, char: str, role: Role) -> float:
        glyph = self.fonts.glyph(role, char)
        return glyph.advance * 2 if glyph else cell(char)

    def face(self, role: Role) -> int:
        """Give the index of a role's first face."""
        return self._index[self.fonts.chains[role][0]]

    def _runs(self, stretch: str, role: Role, text: str) -> list[WordRun]:
        drawn = [self._drawn(char, role, text) for char in stretch]
        return [
            {"text": "".join(char for char, _ in group), "face": face}
            for face, group in groupby(drawn, key=lambda one: one[1])
        ]

    def _drawn(self, char: str, role: Role, text: str) -> tuple[str, int]:
        """Give what is drawn for a character of a text, and the index of the face that does it."""
        glyph = self.fonts.glyph(role, char)
        if glyph is not None:
            return char, self._index[glyph.typeface]
        if not char.isspace():
            self.missing.setdefault((role, char), MissingGlyph(char, role, text))
        # A blank that no font has is drawn as the usual one of its width.
        return "\u3000" if cell(char) > 1 else " ", self.face(role)


class Stretch(NamedTuple):
    """A stretch of a text, as in `Part`."""

    text: str
    whole: bool = False
    open: bool = False


def stretches(text: str) -> Iterator[Stretch]:
    """Cut a text into stretches by where a line may end in them."""
    at = 0
    for match in _LONG.finditer(text):
        yield from _usual(text[at : match.start()])
        *groups, last = _GROUP.findall(match.group())
        for group in groups:
            yield Stretch(group, whole=True, open=True)
        yield Stretch(last, whole=True)
        at = match.end()
    yield from _usual(text[at:])


def _usual(text: str) -> Iterator[Stretch]:
    at = 0
    for match in _WHOLE.finditer(text):
        if match.start() > at:
            yield Stretch(text[at : match.start()])
        yield Stretch(match.group(), whole=True)
        at = match.end()
    if at < len(text):
        yield Stretch(text[at:])


def _words(text: str) -> list[list[Stretch]]:
    """Cut a text wherever a line may surely end; give of each word the stretches that it is of."""
    words: list[list[Stretch]] = []
    for stretch in stretches(text):
        for one in [stretch] if stretch.whole else _plain_words(stretch.text):
            if words and _holds(words[-1][-1], one):
                words[-1].append(one)
            else:
                words.append([one])
    return words


def _plain_words(text: str) -> Iterator[Stretch]:
    ends = [n for n in range(1, len(text)) if _may_surely_break(text, n)]
    for start, end in pairwise([0, *ends, len(text)]):
        yield Stretch(text[start:end])


def _may_surely_break(text: str, place: int) -> bool:
    """Tell whether typst, too, may end a line there: beside a full-width character or a blank."""
    last, following = text[place - 1], text[place]
    if last in _GLUE or following in _GLUE or not may_break(text, place):
        return False
    if last in "%‰℃" and following in OPENING:
        return False
    return last == " " or any(east_asian_width(char) in "WF" for char in (last, following))


def _holds(before: Stretch, after: Stretch) -> bool:
    """Tell whether no line may end between two stretches; after a whole one it may unless a mark
    follows.
    """
    if before.whole == after.whole:
        return False
    last, following = before.text[-1], after.text[0]
    return last in _GLUE or following in _GLUE or not may_break(last + following, 1)


def _said(word: list[Stretch]) -> str:
    return "".join(stretch.text for stretch in word)


def _is_easy(word: str, place: int) -> bool:
    """Tell whether a word that must be parted may be there: no line ends in a hyphen or a stroke,
    and none begins with a mark.
    """
    return (word[place - 1].isalnum() and word[place].isalnum()) or may_break(word, place)
