"""A LETTER, as data and in its forms: a library of its own, which needs no case and no ledger."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifecycle.letter.check.check import check_file
    from lifecycle.letter.docx.docx import to_docx
    from lifecycle.letter.html import to_html
    from lifecycle.letter.markdown import to_markdown
    from lifecycle.letter.model import Letter, Paragraph
    from lifecycle.letter.pdf.press import to_pdf
    from lifecycle.letter.text import to_text

__all__ = [
    "Letter",
    "Paragraph",
    "check_file",
    "to_docx",
    "to_html",
    "to_markdown",
    "to_pdf",
    "to_text",
]

_HOMES = {
    "Letter": "lifecycle.letter.model",
    "Paragraph": "lifecycle.letter.model",
    "check_file": "lifecycle.letter.check.check",
    "to_text": "lifecycle.letter.text",
    "to_html": "lifecycle.letter.html",
    "to_markdown": "lifecycle.letter.markdown",
    "to_docx": "lifecycle.letter.docx.docx",
    "to_pdf": "lifecycle.letter.pdf.press",
}


def __getattr__(name: str) -> object:
    """Import a public name on first use, so that one form of a letter does not cost all."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
