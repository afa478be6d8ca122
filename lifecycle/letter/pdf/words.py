"""Text → parts: which face draws each character, and where a line may or may not end."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from lifecycle.letter.cells import cell
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

    def parts(self, text: str, role: Role = "fang") -> list[WordPart]:
        """Cut a text where its face changes and where the rules for a line's end do."""
        return [
            {"whole": whole, "open": is_open, "runs": self._runs(stretch, role, text)}
            for stretch, whole, is_open in stretches(text)
        ]

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
