"""The checker: a PDF or DOCX measured against GB/T 9704—2012, and what it says judged by the rules
of writing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lifecycle.errors import InvalidError, UnavailableError
from lifecycle.infile import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle.letter.check.content import ContentFault
    from lifecycle.letter.check.standard import Measure

BYTES = 50 << 20
"""Size of a file beyond which it is not looked at."""
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_MEND = "请检查由 Word、WPS 或本程序导出的 PDF 或 DOCX"


@dataclass(frozen=True, slots=True)
class Report:
    """What was found of one file: measures in the order of the page, findings in the order of the
    text. `layout` is the name of the layout that it was taken for, `layout_title` what people call
    that.
    """

    kind: Literal["pdf", "docx"]
    layout: str
    layout_title: str
    measures: tuple[Measure, ...]
    findings: tuple[ContentFault, ...]

    @property
    def ok(self) -> bool:
        """Tell whether everything is in tolerance and nothing is wrong with the text."""
        return not self.findings and all(measure.ok for measure in self.measures)


def check_file(path: Path) -> Report:
    """Measure and read a file, told by its first bytes.

    Raise UnavailableError for one that cannot be judged: missing, too large, locked, damaged, a
    scan, or neither PDF nor DOCX.
    """
    data = _read(path)
    if b"%PDF-" in data[:1024]:
        return check_pdf(data)
    if data.startswith((b"PK\x03\x04", _OLE)):
        return check_docx(data)
    raise UnavailableError(f"{path} 不是 PDF 或 DOCX，量不了", _MEND)


def check_pdf(data: bytes) -> Report:
    """Measure and read a PDF."""
    from lifecycle.letter.check.content import lint_text
    from lifecycle.letter.check.measure_pdf import measure_pdf
    from lifecycle.letter.check.pdf_look import lines_of
    from lifecycle.letter.check.pdf_page import read_pdf

    found, measures = measure_pdf(read_pdf(data))
    layout, faults = found.layout, tuple(lint_text(lines_of(found)))
    return Report("pdf", layout.name, layout.title, tuple(measures), faults)


def check_docx(data: bytes) -> Report:
    """Measure and read a DOCX."""
    from lifecycle.letter.check.content import lint_text
    from lifecycle.letter.check.docx_look import lines_of
    from lifecycle.letter.check.measure_docx import measure_docx
    from lifecycle.letter.check.ooxml import Docx

    found, measures = measure_docx(Docx(data))
    layout, faults = found.layout, tuple(lint_text(lines_of(found)))
    return Report("docx", layout.name, layout.title, tuple(measures), faults)


def _read(path: Path) -> bytes:
    """Read a file that is one and is of a size to be looked at."""
    if path.exists() and not path.is_file():
        raise UnavailableError(f"{path} 不是文件", _MEND)
    try:
        return read_file(path, most_bytes=BYTES, too_large="请压缩图片或拆成几个文件")
    except InvalidError as error:
        raise UnavailableError(f"{error.message}，不作检查", error.mend) from error
