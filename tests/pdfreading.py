"""Looking at a PDF as a reader does: its picture, where the ink is, its tags."""

from __future__ import annotations

import re
from ctypes import create_string_buffer

from PIL import Image
from pypdfium2 import PdfDocument, raw

MM = 72 / 25.4
SCALE = 6
"""Pixels to a point."""


def picture(data: bytes, page: int) -> Image.Image:
    """Draw a page with 6 pixels to a point."""
    image: Image.Image = PdfDocument(data)[page].render(scale=SCALE).to_pil()
    return image.convert("RGB")


def ink(
    image: Image.Image, left: float, top: float, right: float, bottom: float
) -> tuple[float, float, float, float]:
    """Measure the box around all ink in a part of a page; all lengths are millimetres."""
    unit = SCALE * MM
    part = image.crop(
        (round(left * unit), round(top * unit), round(right * unit), round(bottom * unit))
    )
    box = part.convert("L").point(lambda value: 255 if value < 128 else 0).getbbox()
    assert box
    x, y, end, foot = (side / unit for side in box)
    return x + left, y + top, end + left, foot + top


def hues(image: Image.Image) -> set[tuple[int, int, int]]:
    """Give the colours of a picture."""
    data = image.tobytes()
    return set(zip(data[::3], data[1::3], data[2::3], strict=True))


def read(data: bytes) -> list[str]:
    """Give the text that a reader extracts of each page."""
    return [page.get_textpage().get_text_range() for page in PdfDocument(data)]


def folio(page: str) -> str:
    """Leave out the number at the end of a page's text."""
    return re.sub(r"— \d+ —\s*$", "", page)


def faces(data: bytes) -> dict[str, str]:
    """Give the text of each stretch that is set in one font, with the font's name, of the first
    page.
    """
    page = PdfDocument(data)[0].get_textpage()
    found: dict[str, str] = {}
    text, last = "", ""
    for index in range(raw.FPDFText_CountChars(page)):
        char = chr(raw.FPDFText_GetUnicode(page, index))
        name = create_string_buffer(100)
        raw.FPDFText_GetFontInfo(page, index, name, 100, None)
        face = name.value.decode().rpartition("+")[2]
        if char in "\r\n" or (face != last and face):
            found |= {text: last} if text.strip() and last else {}
            text = ""
        if char not in "\r\n":
            text, last = text + char, face or last
    return found


def tree(data: bytes, page: int) -> list[str]:
    """Give the structure types of a page's tags, children indented by a blank."""
    document = PdfDocument(data)
    opened = document[page]
    root = raw.FPDF_StructTree_GetForPage(opened)
    lines: list[str] = []

    def walk(element: object, depth: int) -> None:
        buffer = create_string_buffer(64)
        length = raw.FPDF_StructElement_GetType(element, buffer, 64)
        lines.append(" " * depth + buffer.raw[: length - 2].decode("utf-16-le"))
        for index in range(raw.FPDF_StructElement_CountChildren(element)):
            child = raw.FPDF_StructElement_GetChildAtIndex(element, index)
            if child:
                walk(child, depth + 1)

    for index in range(raw.FPDF_StructTree_CountChildren(root)):
        walk(raw.FPDF_StructTree_GetChildAtIndex(root, index), 0)
    raw.FPDF_StructTree_Close(root)
    return lines
