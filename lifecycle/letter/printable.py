"""Whether a text could be printed in a letter: asked while it is typed, long before there is one.

Most texts are told from their characters alone; only for one beyond those are the fonts opened,
which takes a command some 20 ms.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lifecycle.letter.fonts import Role

ROLES_OF_TEXT: tuple[Role, ...] = ("fang", "kai", "hei", "biao")
"""What a case's words may be printed in: the body, its two kinds of headings, the title."""
SURE = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0xFF),  # Latin-1: · ×
    (0x2010, 0x2027),  # dashes, quotation marks, ……
    (0x2160, 0x217F),  # Ⅰ ⅰ
    (0x2460, 0x24FF),  # ① ⑴
    (0x3000, 0x303F),  # 、。《》〔〕
    (0x3400, 0x4DBF),  # CJK extension A
    (0x4E00, 0x9FFF),  # CJK: all that GB 2312, GBK and Unicode 14 have of it
    (0xFF01, 0xFF5E),  # full-width forms: （），：
)
"""The ranges that the fonts of every role have whole; a test asks the fonts themselves."""
_DOUBTFUL = re.compile(f"[^\\s{''.join(f'{chr(first)}-{chr(last)}' for first, last in SURE)}]")


class Unprintable(NamedTuple):
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
    doubtful = dict.fromkeys(_DOUBTFUL.findall(text))
    if not doubtful:
        return ()
    lacking = ((char, _lacking(char)) for char in doubtful)
    return tuple(Unprintable(char, fonts) for char, fonts in lacking if fonts)


def _lacking(char: str) -> tuple[str, ...]:
    from lifecycle.letter.fonts import ROLES, Fonts

    try:
        fonts = Fonts.find()
        return tuple(ROLES[role] for role in ROLES_OF_TEXT if fonts.glyph(role, char) is None)
    except Exception:  # noqa: BLE001 - whatever is wrong with the fonts, nobody's entry fails for it
        return ()
