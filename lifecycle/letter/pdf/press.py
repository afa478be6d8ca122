"""Letter → PDF/A-2a, tagged, with nothing from outside but the fonts, and always the same bytes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from lifecycle.errors import InvalidError
from lifecycle.letter.pdf.values import Values, values_of
from lifecycle.letter.pdf.words import Wording

if TYPE_CHECKING:
    import typst

    from lifecycle.letter.fonts import Fonts, MissingGlyph
    from lifecycle.letter.model import Letter

TEMPLATE = "letter.typ"


def to_pdf(letter: Letter, fonts: Fonts) -> bytes:
    """Set a letter on A4 pages; the same letter and font files always give the same bytes.

    Raise InvalidError naming the characters that no font has, and for a table that no page can
    hold.
    """
    wording = Wording(fonts)
    values = values_of(letter, wording)
    if wording.missing:
        raise InvalidError(
            f"这份公文不能排印：{'；'.join(map(str, wording.missing.values()))}",
            "请换用有这些字的字体（LIFECYCLE_FONTS），或把字写成字库里有的写法",
        )
    return typesetter(fonts).pdf(values)


def missing_glyphs(letter: Letter, fonts: Fonts) -> list[MissingGlyph]:
    """Give the characters of a letter that no font of their role has, each once a role, in order of
    appearance.

    What is looked at is every text of the letter as it is set: also number, code, signature and
    版记, each in the role in which it is printed, with that role's fallbacks.
    """
    wording = Wording(fonts)
    values_of(letter, wording)
    return list(wording.missing.values())


class Typesetter:
    """The template with the office's fonts, read once and kept for many letters.

    Nothing but the template is ever compiled, and it can reach nothing: its root and its package
    folders are gone before the first letter is set, system fonts are left out, and a letter comes
    as values only.
    """

    def __init__(self, fonts: Fonts, template: bytes | None = None) -> None:
        import typst

        self._template = template or shipped()
        paths = {face.file.name: face.file for chain in fonts.chains.values() for face in chain}
        with TemporaryDirectory(prefix="lifecycle-") as folder:
            shelf, root = Path(folder, "fonts"), Path(folder, "root")
            shelf.mkdir()
            root.mkdir()
            for name, path in paths.items():
                (shelf / name).symlink_to(path.resolve())
            found = typst.Fonts(
                include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(shelf)]
            )
            self._compiler: typst.Compiler = typst.Compiler(
                root=str(root),
                font_paths=found,
                ignore_system_fonts=True,
                package_path=str(root),
                package_cache_path=str(root),
            )
        self._faces = _faces(found, fonts)

    def pdf(self, values: Values) -> bytes:
        """Print values as PDF; the letter's own day is the only time in it."""
        named = [face | self._faces[face["name"]] for face in values["faces"]]
        letter = json.dumps(values | {"faces": named}, ensure_ascii=False)
        made = self._compiler.compile(
            input=self._template,
            sys_inputs={"letter": letter},
            format="pdf",
            pdf_standards=["a-2a"],
            timestamp=datetime(**values["day"], tzinfo=UTC),
        )
        assert isinstance(made, bytes)
        return made


@cache
def shipped() -> bytes:
    """Read the template."""
    return files("lifecycle.letter.pdf").joinpath(TEMPLATE).read_bytes()


_kept: WeakKeyDictionary[Fonts, Typesetter] = WeakKeyDictionary()


def typesetter(fonts: Fonts) -> Typesetter:
    """Give the typesetter of some fonts.

    It is made once, for it takes as long as several letters.
    """
    if fonts not in _kept:
        _kept[fonts] = Typesetter(fonts)
    return _kept[fonts]


def _faces(found: typst.Fonts, fonts: Fonts) -> dict[str, Values]:
    """Give the name and weight by which typst knows the face of each file that the fonts use."""
    wanted = {face.file.resolve(): face for chain in fonts.chains.values() for face in chain}
    return {
        wanted[Path(one.path)].file.name: {"family": one.family, "weight": one.weight}
        for one in found.fonts()
        if one.path and Path(one.path) in wanted and one.index == wanted[Path(one.path)].index
    }
