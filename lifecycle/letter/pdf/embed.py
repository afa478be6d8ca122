"""Fonts inside a PDF: of each face only the glyphs that a letter uses, with their widths and what
they say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lifecycle.errors import InvalidError
from lifecycle.letter.fonts import lacking

if TYPE_CHECKING:
    import pydyf

    from lifecycle.letter.fonts import Fonts, Glyph, Role, Typeface
    from lifecycle.letter.pdf.sheet import Run

_SYMBOLIC = 4
"""The font flag that says: its characters are its own (ISO 32000-1 table 123)."""
_DROPPED = (
    "BASE",
    "DSIG",
    "GDEF",
    "GPOS",
    "GSUB",
    "OS/2",
    "VORG",
    "cmap",
    "gasp",
    "meta",
    "name",
    "post",
    "vhea",
    "vmtx",
)
"""Tables that no PDF reader needs of an embedded font (ISO 32000-1 9.9)."""
_MOST = 100
"""Entries in one block of a ToUnicode map (Adobe TN 5411)."""


@dataclass(eq=False)
class Font:
    """One face as it is embedded: the code that a PDF writes for each glyph, and the character each
    glyph says.
    """

    name: str
    typeface: Typeface
    chars: dict[int, str] = field(default_factory=dict)
    codes: dict[int, int] = field(default_factory=dict)
    program: bytes = b""


@dataclass(eq=False)
class Wardrobe:
    """The fonts that a letter needs, and which font and code each character of a role is written
    with.
    """

    fonts: list[Font]
    worn: dict[tuple[Role, str], tuple[Font, Glyph]]


def dress(runs: Iterable[Run], fonts: Fonts) -> Wardrobe:
    """Choose and subset the fonts that the runs need; raise InvalidError naming the characters that
    no font has.
    """
    runs = list(runs)
    missing = lacking(runs, fonts)
    if missing:
        raise InvalidError(
            f"这份公文不能排印：{'；'.join(map(str, missing))}",
            "请换用有这些字的字体（LIFECYCLE_FONTS），或把字写成字库里有的写法",
        )
    used: dict[tuple[Role, str], None] = {}
    for run in runs:
        for char in run.text:
            used[run.role, char] = None
    found: list[Font] = []
    worn: dict[tuple[Role, str], tuple[Font, Glyph]] = {}
    for role, char in used:
        glyph = fonts.glyph(role, char)
        if glyph:
            font = _wearing(found, glyph, char)
            font.chars[glyph.gid] = char
            worn[role, char] = (font, glyph)
    for font in found:
        font.program, font.codes = _subset(font.typeface, sorted(font.chars))
    return Wardrobe(found, worn)


def _wearing(found: list[Font], glyph: Glyph, char: str) -> Font:
    """Find the font of a glyph's face, or open one: where two characters share a glyph, a second
    says the other.
    """
    for font in found:
        if font.typeface is glyph.typeface and font.chars.get(glyph.gid, char) == char:
            return font
    found.append(Font(f"F{len(found) + 1}", glyph.typeface))
    return found[-1]


def _subset(typeface: Typeface, gids: list[int]) -> tuple[bytes, dict[int, int]]:
    """Cut a face down to some glyphs; give the font program and the code of each glyph in it."""
    import uharfbuzz as hb

    wish = hb.SubsetInput()
    wish.glyph_set.update(gids)
    wish.flags = hb.SubsetFlags.NO_LAYOUT_CLOSURE | hb.SubsetFlags.NO_HINTING
    wish.drop_table_tag_set.update(int.from_bytes(tag.encode(), "big") for tag in _DROPPED)
    plan = hb.SubsetPlan(typeface.face, wish)
    cut = plan.execute()
    if typeface.compact:
        return cut.reference_table("CFF ").data, {gid: typeface.cids[gid] for gid in gids}
    moved = plan.old_to_new_glyph_mapping
    return cut.blob.data, {gid: moved[gid] for gid in gids}


def embed(font: Font, pdf: pydyf.PDF) -> pydyf.Object:
    """Write a font's objects to a PDF and give the one that pages refer to (ISO 32000-1 9.7)."""
    import pydyf

    face, compact = font.typeface, font.typeface.compact
    base = f"/{_prefix(font.program)}+{face.name}"
    # Not compressed: what zlib makes of the same bytes depends on its build, and a form's bytes are
    # kept for ever.
    extra = {"Subtype": "/CIDFontType0C"} if compact else {"Length1": len(font.program)}
    program = _added(pdf, pydyf.Stream([font.program], extra))
    box = _box(face)
    descriptor = _added(
        pdf,
        pydyf.Dictionary(
            {
                "Type": "/FontDescriptor",
                "FontName": base,
                "Flags": _SYMBOLIC,
                "FontBBox": pydyf.Array(box),
                "ItalicAngle": 0,
                "Ascent": box[3],
                "Descent": box[1],
                "CapHeight": box[3],
                "StemV": 80,
                ("FontFile3" if compact else "FontFile2"): program.reference,
            }
        ),
    )
    descendant = {
        "Type": "/Font",
        "Subtype": "/CIDFontType0" if compact else "/CIDFontType2",
        "BaseFont": base,
        "CIDSystemInfo": pydyf.Dictionary(
            {"Registry": "(Adobe)", "Ordering": "(Identity)", "Supplement": 0}
        ),
        "FontDescriptor": descriptor.reference,
        "DW": 1000,
        "W": pydyf.Array(_widths(font)),
    }
    if not compact:
        descendant["CIDToGIDMap"] = "/Identity"
    inner = _added(pdf, pydyf.Dictionary(descendant))
    said = _added(
        pdf,
        pydyf.Stream([_to_unicode({font.codes[gid]: char for gid, char in font.chars.items()})]),
    )
    return _added(
        pdf,
        pydyf.Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/Type0",
                "BaseFont": base,
                "Encoding": "/Identity-H",
                "DescendantFonts": pydyf.Array([inner.reference]),
                "ToUnicode": said.reference,
            }
        ),
    )


def _added(pdf: pydyf.PDF, thing: pydyf.Object) -> pydyf.Object:
    pdf.add_object(thing)
    return thing


def _prefix(program: bytes) -> str:
    """Name a subset by six letters (9.6.4), those of its digest."""
    return "".join(chr(65 + byte % 26) for byte in hashlib.sha256(program).digest()[:6])


def _box(typeface: Typeface) -> list[int]:
    """Give the box around all glyphs, in thousandths of an em, from the face's `head` table."""
    head = typeface.face.reference_table("head").data
    values = (int.from_bytes(head[at : at + 2], "big", signed=True) for at in range(36, 44, 2))
    return [round(value * 1000 / typeface.face.upem) for value in values]


def _widths(font: Font) -> list[object]:
    """Give the widths of codes that are not one em, each with its code (9.7.4.3)."""
    widths: list[object] = []
    for code, gid in sorted((code, gid) for gid, code in font.codes.items()):
        taken = round(font.typeface.advance(gid) * 1000, 2)
        if taken != 1000:
            widths += [code, f"[{taken:g}]"]
    return widths


def _to_unicode(chars: Mapping[int, str]) -> bytes:
    """Write the map from codes to UTF-16 (9.10.3)."""
    entries = [
        f"<{code:04X}> <{char.encode('utf-16-be').hex().upper()}>"
        for code, char in sorted(chars.items())
    ]
    blocks = [entries[start : start + _MOST] for start in range(0, len(entries), _MOST)]
    text = "\n".join(
        f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks
    )
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{text}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode()
