"""What a file says, as plain text: PDF, DOCX, web page or text; "" where nothing can be read."""

from __future__ import annotations

import re
import zipfile
from contextlib import closing
from html import unescape
from io import BytesIO

MOST_PAGES = 500
MOST_TEXT = 20 << 20


def text_of(body: bytes, suffix: str) -> str:
    """Give the text of a file of a kind told by its suffix, such as `.pdf`."""
    if suffix == ".pdf":
        return _pdf_text(body)
    if suffix == ".docx":
        return _docx_text(body)
    text = body[:MOST_TEXT].decode("utf-8", "replace")
    return unescape(re.sub(r"<[^>]*>", "", text)) if suffix in (".html", ".htm") else text


def _pdf_text(body: bytes) -> str:
    import pypdfium2

    try:
        with closing(pypdfium2.PdfDocument(body)) as document:
            pages = (document[n].get_textpage().get_text_range() for n in range(min(len(document), MOST_PAGES)))
            return "\n".join(pages)[:MOST_TEXT]
    except pypdfium2.PdfiumError:
        return ""


def _docx_text(body: bytes) -> str:
    """Give a DOCX's text; `read` is bounded, so that a small file cannot unpack to a large one."""
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive, archive.open("word/document.xml") as part:
            xml = part.read(MOST_TEXT).decode("utf-8", "replace")
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, ValueError):
        return ""
    return unescape(re.sub(r"<[^>]*>", "", re.sub(r"</w:p>", "\n", xml)))
