"""What could not be printed in a letter, told from a text alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import UnavailableError
from lifecycle.letter import fonts as fonts_module
from lifecycle.letter.fonts import Fonts
from lifecycle.letter.printable import ROLES_OF_TEXT, SURE, Unprintable, unprintable

ALL = ("仿宋", "楷体", "黑体", "小标宋")
RARE = "\U00020023"
"""A character of CJK extension B that the fonts do not have."""


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    """Give the fonts, or skip with the reason where they are not to be had."""
    try:
        return Fonts.find()
    except UnavailableError as error:
        pytest.skip(f"字体未安装（make fonts）：{error.message}")


@pytest.mark.parametrize(("first", "last"), SURE, ids=lambda code: f"{code:X}")
def test_what_is_taken_for_sure_is_in_the_fonts(fonts: Fonts, first: int, last: int) -> None:
    """Every character that is not looked up is in a font of each role of a letter's text."""
    assert [
        (role, f"U+{code:04X}")
        for code in range(first, last + 1)
        for role in ROLES_OF_TEXT
        if fonts.glyph(role, chr(code)) is None
    ] == []


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("关于🦄园的〔2026〕", (Unprintable("🦄", ALL),)),
        (f"{RARE}村、🦄、{RARE}村", (Unprintable(RARE, ALL), Unprintable("🦄", ALL))),
        ("漈川村㙟头，120㎡（①甲）", ()),
        ("𡶴头村", ()),
        ("第一行\n第二行　空", ()),
    ],
)
def test_each_character_that_no_font_has_is_told_once(
    text: str, found: tuple[Unprintable, ...]
) -> None:
    """In the order of the text; one that is beyond the sure ranges and in the fonts is not told."""
    assert unprintable(text) == found


def test_a_character_that_only_titles_cannot_have_names_their_font(fonts: Fonts) -> None:
    """Where some fonts have it, those that lack it are named, and it is not called unprintable."""
    (found,) = unprintable("ά")
    assert fonts.glyph("fang", "ά") is not None
    assert (found, found.nowhere) == (Unprintable("ά", ("黑体", "小标宋")), False)


@given(text=st.text())
def test_told_is_what_the_fonts_lack(fonts: Fonts, text: str) -> None:
    """For any text, the short way through the sure ranges changes no answer."""
    wanted = {
        char: tuple(
            fonts_module.ROLES[role] for role in ROLES_OF_TEXT if fonts.glyph(role, char) is None
        )
        for char in text
        if not char.isspace()
    }
    told = {found.char: found.fonts for found in unprintable(text)}
    assert told == {char: roles for char, roles in wanted.items() if roles}


def test_without_fonts_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the fonts are not at hand, or stumble, it is not known: no hint, and no failure."""
    monkeypatch.setattr("lifecycle.places.fonts", lambda: iter([tmp_path]))
    assert unprintable("🦄") == ()
    for name in fonts_module.FILES:
        (tmp_path / name).mkdir()
    assert unprintable("🦄") == ()
