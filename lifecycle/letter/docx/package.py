"""The package of a DOCX (ISO/IEC 29500-2): its parts, what declares them, and a zip that has no
clock in it.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from lifecycle.letter.docx.stored import XML, filled

if TYPE_CHECKING:
    from collections.abc import Mapping

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{_RELATIONS}" xmlns:wp="{DRAWING}/wordprocessingDrawing" '
    f'xmlns:a="{DRAWING}/main" xmlns:pic="{DRAWING}/picture"'
)
SYMBOL = "symbol.png"
_PARTS = {
    # file in word/: its relationship's id and type, and its content type's last word
    "styles.xml": ("rIdStyles", "styles", "styles"),
    "settings.xml": ("rIdSettings", "settings", "settings"),
    "fontTable.xml": ("rIdFonts", "fontTable", "fontTable"),
    "footer1.xml": ("rIdOdd", "footer", "footer"),
    "footer2.xml": ("rIdEven", "footer", "footer"),
    "footer3.xml": ("rIdFirstFooter", "footer", "footer"),
    "header3.xml": ("rIdFirstHeader", "header", "header"),
    SYMBOL: ("rIdSymbol", "image", ""),
}


def pack(document: str, parts: Mapping[str, str | bytes], properties: str) -> bytes:
    """Zip a document with its further parts in word/: stored, in a fixed order, of 1980-01-01."""
    whole: dict[str, str | bytes] = {
        "[Content_Types].xml": _types(parts),
        "_rels/.rels": _links(
            [
                ("rId1", f"{_RELATIONS}/officeDocument", "word/document.xml"),
                ("rId2", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            ]
        ),
        "word/document.xml": document,
        "word/_rels/document.xml.rels": _links(
            [(_PARTS[name][0], f"{_RELATIONS}/{_PARTS[name][1]}", name) for name in parts]
        ),
        **{f"word/{name}": content for name, content in parts.items()},
        "docProps/core.xml": properties,
    }
    file = BytesIO()
    with ZipFile(file, "w", ZIP_STORED) as archive:
        for name, content in whole.items():
            entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # else the bytes would tell on which system they were written
            archive.writestr(entry, content)
    return file.getvalue()


def _types(parts: Mapping[str, str | bytes]) -> str:
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    kinds = {f"/word/{name}": f"{word}.{_PARTS[name][2]}+xml" for name in parts if _PARTS[name][2]}
    kinds["/word/document.xml"] = f"{word}.document.main+xml"
    kinds["/docProps/core.xml"] = "application/vnd.openxmlformats-package.core-properties+xml"
    overrides = "".join(
        f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in kinds.items()
    )
    return XML + filled("types", overrides=overrides)


def _links(links: list[tuple[str, str, str]]) -> str:
    text = "".join(
        f'<Relationship Id="{id_}" Type="{kind}" Target="{target}"/>' for id_, kind, target in links
    )
    return f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">{text}</Relationships>'
