"""The fonts that a letter is set in: free ones near to the standard's, with a fallback for each
single character.

方正小标宋, 仿宋_GB2312 and 楷体_GB2312 may not be passed on, so paper that this program sets bears
free fonts (their sources and licences: fonts/README.md). None of them has every character of a
place name, hence a chain for each role.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple
from unicodedata import category

from lifecycle.errors import UnavailableError
from lifecycle.letter.cells import cell

if TYPE_CHECKING:
    import uharfbuzz


Role = Literal["fang", "kai", "hei", "biao", "song"]
"""What a font is for."""
ROLES: Mapping[Role, str] = {
    "fang": "仿宋",
    "kai": "楷体",
    "hei": "黑体",
    "biao": "小标宋",
    "song": "宋体",
}
"""What people call the font of each role."""

FANG, KAI, RARE = "FandolFang-Regular.otf", "LXGWWenKai-Regular.ttf", "BabelStoneHan.ttf"
SERIF, BOLD, SANS = "NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc", "NotoSansCJK-Regular.ttc"
FILES = (FANG, KAI, BOLD, SERIF, SANS, RARE)
"""The files that make up the fonts, as Debian names them."""
CHAINS: Mapping[Role, tuple[str, ...]] = {
    "fang": (FANG, KAI, SERIF, RARE),
    "kai": (KAI, SERIF, RARE),
    "hei": (SANS, RARE),
    "biao": (BOLD, SERIF, RARE),
    "song": (SERIF, RARE),
}
"""For each role the files in which a character is looked for, in this order."""
_SIMPLIFIED = 2
"""The face of a Noto CJK collection that has the mainland's forms (SC)."""
_LEVEL = 0.375
"""Where a character's middle lies above the baseline, in em, in a font that has none of
`_SQUARE`.
"""
_SQUARE = "国田目文丽中"
_WIDE = 0.85
"""Em from which on a glyph counts as full-width."""
_PRIVATE = "Co"
"""Characters of private use say something else, or nothing, on every other machine: no letter may
have them.
"""


class Typeface:
    """One face of a font file, opened once: its glyphs and their widths."""

    def __init__(self, file: Path) -> None:
        import uharfbuzz as hb

        self.file = file
        self.index = _SIMPLIFIED if file.suffix == ".ttc" else 0
        self.face: uharfbuzz.Face = hb.Face(hb.Blob.from_file_path(file), self.index)
        self.font: uharfbuzz.Font = hb.Font(self.face)
        self._upem: int = self.face.upem

    def __repr__(self) -> str:
        return f"Typeface({self.file.name})"

    def glyph(self, char: str) -> int | None:
        """Give the index of a character's glyph, None if the face has no glyph for it."""
        return self.font.get_nominal_glyph(ord(char)) or None

    def advance(self, glyph: int) -> float:
        """Give a glyph's width in em."""
        width: int = self.font.get_glyph_h_advance(glyph)
        return width / self._upem

    @cached_property
    def level(self) -> float:
        """Give how far above the baseline the middle of a character lies, in em: fonts set side by
        side align by it.
        """
        found = [self.font.get_glyph_extents(glyph) for glyph in map(self.glyph, _SQUARE) if glyph]
        middles = [(e.y_bearing + e.height / 2) / self._upem for e in found if e and e.height]
        return sum(middles) / len(middles) if middles else _LEVEL


class Glyph(NamedTuple):
    """What a character is drawn with: its face, the glyph's index there and its width in em."""

    typeface: Typeface
    gid: int
    advance: float


class Fonts:
    """The chains of faces for each role.

    Glyphs once looked up are remembered, so keep one for many letters.
    """

    def __init__(self, chains: Mapping[Role, tuple[Typeface, ...]]) -> None:
        self.chains = dict(chains)
        self._found: dict[tuple[Role, str], Glyph | None] = {}

    @classmethod
    def find(cls, folders: Iterable[Path] | None = None) -> Fonts:
        """Open the fonts of the folders, by default those of `lifecycle.places.fonts`, the first
        that has a file.

        As long as the files stay what they are they are opened once, for an audit asks for them
        with every letter. Raise UnavailableError with the names of the files that are in none of
        them.
        """
        from lifecycle.places import fonts

        files = locate(fonts() if folders is None else folders)
        return _opened(tuple((name, path, _state(path)) for name, path in files.items()))

    @classmethod
    def of(cls, files: Mapping[str, Path]) -> Fonts:
        """Open the fonts from their files by name.

        A role's chain has those of its files that are given.
        """
        faces = {name: Typeface(path) for name, path in files.items()}
        return cls(
            {
                role: tuple(faces[name] for name in chain if name in faces)
                for role, chain in CHAINS.items()
            }
        )

    def glyph(self, role: Role, char: str) -> Glyph | None:
        """Find a character's glyph in the first face of the role's chain that has it.

        None if none has.
        """
        key = (role, char)
        if key not in self._found:
            self._found[key] = self._look(role, char)
        return self._found[key]

    def _look(self, role: Role, char: str) -> Glyph | None:
        """Look a character up; a full-width one (“ · ×) is rather taken from a face that has it
        full-width.
        """
        if category(char) == _PRIVATE:
            return None
        wide = cell(char) > 1
        narrow: Glyph | None = None
        for typeface in self.chains[role]:
            index = typeface.glyph(char)
            glyph = Glyph(typeface, index, typeface.advance(index)) if index else None
            if glyph and (not wide or glyph.advance >= _WIDE):
                return glyph
            narrow = narrow or glyph
        return narrow

    @cached_property
    def digests(self) -> dict[str, str]:
        """Give the SHA-256 of each font file by its name, in the order of the names."""
        files = {face.file.name: face.file for chain in self.chains.values() for face in chain}
        return {name: _digest(files[name]) for name in sorted(files)}


@lru_cache(maxsize=1)
def _opened(files: tuple[tuple[str, Path, tuple[int, int]], ...]) -> Fonts:
    return Fonts.of({name: path for name, path, _ in files})


def _state(path: Path) -> tuple[int, int]:
    """Give what tells whether a file is still the same: when it was last written, and its bytes."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def locate(folders: Iterable[Path]) -> dict[str, Path]:
    """Give for each of `FILES` its path in the first folder that has it.

    Raise UnavailableError for the missing.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        missing = [name for name in FILES if name not in found]
        if not missing:
            break
        found |= {name: folder / name for name in missing if (folder / name).is_file()}
    missing = [name for name in FILES if name not in found]
    if missing:
        raise UnavailableError(
            f"排印公文的字体不全，缺 {'、'.join(missing)}",
            "请在程序目录运行 make fonts，或把字体文件放进一个文件夹、设环境变量 LIFECYCLE_FONTS "
            "指明它"
            "（来源与许可见 fonts/README.md）",
        )
    return found


class MissingGlyph(NamedTuple):
    """A character that no font of a role has, and the text in which it first stands."""

    char: str
    role: Role
    text: str

    def __str__(self) -> str:
        shown = (
            f"“{self.char}”（U+{ord(self.char):04X}）"
            if self.char.isprintable()
            else f" U+{ord(self.char):04X}"
        )
        where = "".join(c if c.isprintable() else "□" for c in self.text)
        return f"{ROLES[self.role]}没有{shown}，见“{where}”"


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
