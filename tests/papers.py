"""Issued letters that fill pages, and papers of them to be spoilt; shared by the tests of the
checker.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

from letters import issued_letter

from lifecycle.letter import Letter, Paragraph
from lifecycle.letter.check.check import Report
from lifecycle.letter.docx.docx import to_docx

DOCUMENT, STYLES, SETTINGS = "word/document.xml", "word/styles.xml", "word/settings.xml"
LONG = (
    "该项目符合国土空间规划和产业发展方向，要素保障已经落实，"
    "各有关单位按照职责分工抓好落实"
    "，"
    "确保按期开工建设并投产"
    "。"
)


def letter(name: str) -> Letter:
    """Give an issued letter, long enough to fill pages, that is clean in what it says."""
    found = issued_letter(name)
    more = tuple(Paragraph(0, LONG) for _ in range(14))
    kept = [b for b in found.body if not (isinstance(b, Paragraph) and b.level == 4)]
    return replace(found, body=(*kept[:-1], *more, *kept[-1:]))


def out(report: Report) -> list[str]:
    """Name what is out of tolerance, each once, in the order of the report."""
    return list(dict.fromkeys(row.key for row in report.measures if not row.ok))


def rewritten(of: str | bytes, part: str, old: str, new: str) -> bytes:
    """Replace text in one part of a DOCX, given as such or by the name of its letter."""
    data = of if isinstance(of, bytes) else to_docx(letter(of))
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(file, "w") as after:
        for entry in before.infolist():
            content = before.read(entry)
            if entry.filename == part:
                changed = re.sub(old, new, content.decode())
                assert changed != content.decode(), old
                content = changed.encode()
            after.writestr(entry, content)
    return file.getvalue()
