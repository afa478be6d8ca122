"""The verification codes that stand in a file: PDF, DOCX, web page or text.

None where nothing can be read. The file may come from anybody, so it is read in a child process
with limits, and each part of it only so far.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from io import BytesIO

from lifecycle.cage import caged
from lifecycle.errors import LifecycleError
from lifecycle.letter.code import read_code

MOST_PAGES = 500
MOST_TEXT = 5 << 20
"""Characters of one part that are looked at."""
_GROUP = "[0-9A-HJKMNP-TV-Z]{4}"
_CODE = re.compile(f"(?<![0-9A-Za-z-]){_GROUP}-{_GROUP}-{_GROUP}(?![0-9A-Za-z-])")
_TAG = re.compile("<[^<>]*>")


def codes_in(body: bytes, suffix: str) -> list[str]:
    """List the verification codes in a file of a kind told by its suffix, those on the last page of
    a PDF first.
    """
    try:
        found: list[str] = caged(
            _codes, body, suffix, cpu_seconds=10, memory_mb=1024, wall_seconds=20, what="文件"
        )
    except LifecycleError:
        return []
    return found


def _codes(body: bytes, suffix: str) -> list[str]:
    found: dict[str, None] = {}
    for text in _parts(body, suffix):
        codes = (read_code(match.group()) for match in _CODE.finditer(text[:MOST_TEXT]))
        found |= dict.fromkeys(code for code in codes if code)
        if found and suffix == ".pdf":
            break
    return list(found)


def _parts(body: bytes, suffix: str) -> Iterator[str]:
    """Give a file's text part by part."""
    if suffix == ".pdf":
        yield from _pdf_pages(body)
    elif suffix == ".docx":
        yield _docx_text(body)
    else:
        text = body[:MOST_TEXT].decode("utf-8", "replace")
        yield unescape(_TAG.sub("", text)) if suffix in (".html", ".htm") else text


def _pdf_pages(body: bytes) -> Iterator[str]:
    import pypdfium2

    try:
        with closing(pypdfium2.PdfDocument(body)) as document:
            for n in range(min(len(document), MOST_PAGES) - 1, -1, -1):
                with closing(document[n]) as page, closing(page.get_textpage()) as text:
                    yield text.get_text_range()
    except pypdfium2.PdfiumError:
        return


def _docx_text(body: bytes) -> str:
    """Give a DOCX's text; `read` is bounded, so that a small file cannot unpack to a large one."""
    broken = (
        zipfile.BadZipFile,
        KeyError,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
        EOFError,
        zlib.error,
    )
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive, archive.open("word/document.xml") as part:
            xml = part.read(MOST_TEXT).decode("utf-8", "replace")
    except broken:
        return ""
    return unescape(_TAG.sub("", xml.replace("</w:p>", "\n")))
