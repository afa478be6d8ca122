"""The parts of a letter as a PDF's structure tree: it can be read aloud and copied in order (ISO
32000-1 14.7).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pydyf

    from lifecycle.letter.pdf.sheet import Tag


def tag_tree(
    pdf: pydyf.PDF,
    tags: Sequence[Tag],
    marks: Sequence[tuple[int, ...]],
    pages: Sequence[pydyf.Dictionary],
    symbols: Sequence[tuple[int, tuple[bytes, ...]]],
) -> bytes:
    """Write the tree of the parts and give the reference to its root.

    `marks` says for each page which part each of its marked contents belongs to; `symbols` gives
    the figures' boxes.
    """
    import pydyf

    root = pydyf.Dictionary({"Type": "/StructTreeRoot"})
    document = pydyf.Dictionary({"Type": "/StructElem", "S": "/Document"})
    pdf.add_object(root)
    pdf.add_object(document)
    parts = [pydyf.Dictionary({"Type": "/StructElem", "S": f"/{tag.kind}"}) for tag in tags]
    for part in parts:
        pdf.add_object(part)
    for part, tag, inner in zip(parts, tags, _kids(tags, marks, pages, parts), strict=True):
        part["P"] = (document if tag.parent is None else parts[tag.parent]).reference
        if inner:
            part["K"] = pydyf.Array(inner)
        if tag.alt:
            part["Alt"] = pydyf.String(tag.alt)
        if tag.kind == "TH":
            part["A"] = pydyf.Dictionary({"O": "/Table", "Scope": "/Column"})
    for figure, box in symbols:
        layout = {"O": "/Layout", "Placement": "/Block", "BBox": pydyf.Array(box)}
        parts[figure]["A"] = pydyf.Dictionary(layout)
    document |= {
        "P": root.reference,
        "K": pydyf.Array([parts[part].reference for part in _read(tags, marks)]),
    }
    root |= {
        "K": pydyf.Array([document.reference]),
        "ParentTree": _parents(pdf, marks, parts),
        "ParentTreeNextKey": len(pages),
    }
    reference: bytes = root.reference
    return reference


def _kids(
    tags: Sequence[Tag],
    marks: Sequence[tuple[int, ...]],
    pages: Sequence[pydyf.Dictionary],
    parts: Sequence[pydyf.Dictionary],
) -> list[list[object]]:
    """Give what each part holds: its marked contents on the pages, or the parts that are in it
    (14.7.4).
    """
    import pydyf

    kids: list[list[object]] = [[] for _ in tags]
    for page, found in zip(pages, marks, strict=True):
        for mark, part in enumerate(found):
            kids[part].append(
                pydyf.Dictionary({"Type": "/MCR", "Pg": page.reference, "MCID": mark})
            )
    for inner, tag in zip(parts, tags, strict=True):
        if tag.parent is not None:
            kids[tag.parent].append(inner.reference)
    return kids


def _read(tags: Sequence[Tag], marks: Sequence[tuple[int, ...]]) -> list[int]:
    """Give the outermost parts in the order in which their first marked contents stand on the
    pages.
    """
    found: dict[int, None] = {}
    for part in (part for page in marks for part in page):
        while (parent := tags[part].parent) is not None:
            part = parent
        found[part] = None
    return list(found)


def _parents(
    pdf: pydyf.PDF, marks: Sequence[tuple[int, ...]], parts: Sequence[pydyf.Dictionary]
) -> bytes:
    """Write which part each marked content of each page belongs to (14.7.4.4)."""
    import pydyf

    entries: list[object] = []
    for number, found in enumerate(marks):
        entries += [number, pydyf.Array([parts[part].reference for part in found])]
    tree = pydyf.Dictionary({"Nums": pydyf.Array(entries)})
    pdf.add_object(tree)
    reference: bytes = tree.reference
    return reference
