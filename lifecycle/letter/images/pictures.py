"""Pages as pictures: for people to look at, and to see what a new template changes."""

from __future__ import annotations

from contextlib import closing
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

GAP = 12
"""Pixels between the pages of one picture."""


def pages_of(pdf: bytes, *, dpi: int = 96) -> list[Image]:
    """Draw a PDF's pages."""
    import pypdfium2

    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in document]


def compared(old: bytes, new: bytes, *, dpi: int = 96) -> tuple[Image, int]:
    """Lay two PDFs side by side, page by page, what differs marked, and count the pages in which
    something does.
    """
    from PIL import Image as Pillow

    before, after = pages_of(old, dpi=dpi), pages_of(new, dpi=dpi)
    count = max(len(before), len(after))
    width, height = (before + after)[0].size
    blank = Pillow.new("RGB", (width, height), "#dddddd")
    sheet = Pillow.new("RGB", (2 * width + 3 * GAP, count * (height + GAP) + GAP), "#888888")
    changed = 0
    for n in range(count):
        left = before[n] if n < len(before) else blank
        right = after[n] if n < len(after) else blank
        marked_left, marked_right, differs = _marked(left, right)
        changed += differs
        top = GAP + n * (height + GAP)
        sheet.paste(marked_left, (GAP, top))
        sheet.paste(marked_right, (width + 2 * GAP, top))
    return sheet, changed


def _marked(left: Image, right: Image) -> tuple[Image, Image, bool]:
    """Tint the lines in which two pages differ: red what was, green what is."""
    from PIL import Image as Pillow
    from PIL import ImageChops

    box = ImageChops.difference(left, right).getbbox()
    if box is None:
        return left, right, False
    band = 8
    rows = []
    for top in range(0, left.height, band):
        strip = (0, top, left.width, min(top + band, left.height))
        if ImageChops.difference(left.crop(strip), right.crop(strip)).getbbox():
            rows.append(strip)
    pages = []
    for page, colour in ((left, "#ffb3b3"), (right, "#b3ffb3")):
        tinted = page.copy()
        for strip in rows:
            part = page.crop(strip)
            tinted.paste(ImageChops.multiply(part, Pillow.new("RGB", part.size, colour)), strip[:2])
        pages.append(tinted)
    return pages[0], pages[1], True


def png_of(picture: Image, *, colours: int = 0) -> bytes:
    """Give a picture as PNG; with `colours`, reduced to so many."""
    out = BytesIO()
    kept = picture.quantize(colours) if colours else picture
    kept.save(out, "PNG", optimize=True)
    return out.getvalue()
