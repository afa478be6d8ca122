"""Whether a text could be printed in a letter: asked while it is typed, long before there is one.

Most texts are told from their characters alone; only for one beyond those are the fonts opened,
which takes a command some 20 ms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifecycle.letter.fonts import Role

ROLES_OF_TEXT: tuple[Role, ...] = ("fang", "kai", "hei", "biao")
"""What a case's words may be printed in: the body, its two kinds of headings, the title."""
SURE = (
    (0x4E00, 0x9FFF),  # CJK: all that GB 2312, GBK and Unicode 14 have of it
    (0x20, 0x7E),  # ASCII
    (0xFF01, 0xFF5E),  # full-width forms: （），：
    (0x3000, 0x303F),  # 、。《》〔〕
    (0x2010, 0x2027),  # dashes, quotation marks, ……
    (0xA0, 0xFF),  # Latin-1: · ×
    (0x2160, 0x217F),  # Ⅰ ⅰ
    (0x2460, 0x24FF),  # ① ⑴
    (0x3400, 0x4DBF),  # CJK extension A
)
"""The ranges that the fonts of every role have whole; a test asks the fonts themselves."""


@dataclass(frozen=True, slots=True)
class Unprintable:
    """A character that fonts of a letter's text lack: these, by what people call them."""

    char: str
    fonts: tuple[str, ...]

    @property
    def nowhere(self) -> bool:
        """Tell whether it cannot be printed at all, be it in a title or in the text."""
        return len(self.fonts) == len(ROLES_OF_TEXT)


def unprintable(text: str) -> tuple[Unprintable, ...]:
    """Give the characters of a text that some font of a letter's text lacks, each once.

    Nothing where the fonts are not at hand, or cannot be read: it is a hint, and the issue of a
    letter asks again.
    """
    doubtful = [char for char in dict.fromkeys(text) if not _is_sure(char)]
    if not doubtful:
        return ()
    try:
        lacking = _lacking(doubtful)
    except Exception:  # noqa: BLE001 - whatever is wrong with the fonts, nobody's entry fails for it
        return ()
    return tuple(Unprintable(char, fonts) for char, fonts in lacking.items() if fonts)


def _is_sure(char: str) -> bool:
    """Tell whether a character is printed for certain; a blank that no font has is drawn all the
    same.
    """
    code = ord(char)
    return any(first <= code <= last for first, last in SURE) or char.isspace()


def _lacking(chars: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Name for each character the fonts that lack it."""
    from lifecycle.letter.fonts import ROLES, Fonts

    fonts = Fonts.find()
    return {
        char: tuple(ROLES[role] for role in ROLES_OF_TEXT if fonts.glyph(role, char) is None)
        for char in chars
    }
