"""The press: a letter in each of its forms, and the same letter printed again to see whether a form
is what it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from lifecycle.correspondence.judge import LetterJudge
from lifecycle.correspondence.signing_off import issued_letter
from lifecycle.engine.acts import FORMS, FreezeLetter, IssueLetter
from lifecycle.engine.case import Case
from lifecycle.errors import LifecycleError, UnavailableError
from lifecycle.ledger.library import Library
from lifecycle.letter.model import Letter
from lifecycle.people.directory import Directory

if TYPE_CHECKING:
    from lifecycle.ledger.reading.chain import CaseStep, Problem
    from lifecycle.letter.fonts import Fonts

PRESS = 3
"""Which way the forms are laid out.

To be raised with any change that alters a byte of any form (`test_samples`).
"""
SUFFIXES = {"text": "txt", "html": "html", "pdf": "pdf", "docx": "docx", "markdown": "md"}


def render(letter: Letter, form: str, fonts: Fonts | None = None) -> bytes:
    """Lay a letter out in one form."""
    if form == "pdf":
        from lifecycle.letter.fonts import Fonts
        from lifecycle.letter.pdf.press import to_pdf

        return to_pdf(letter, fonts or Fonts.find())
    if form == "docx":
        from lifecycle.letter.docx.docx import to_docx

        return to_docx(letter)
    if form == "html":
        from lifecycle.letter.html import to_html

        return to_html(letter).encode()
    if form == "markdown":
        from lifecycle.letter.markdown import to_markdown

        return to_markdown(letter).encode()
    from lifecycle.letter.text import to_text

    return to_text(letter).encode()


def made_with(fonts: Fonts) -> dict[str, str]:
    """Name what laid the forms out: software and fonts, so that a later difference can be
    explained.
    """
    from importlib.metadata import version

    from lifecycle.version import __version__

    made = {name: version(name) for name in ("typst", "segno")}
    return {
        "lifecycle": __version__,
        "press": str(PRESS),
        **made,
        **{f"font {name}": digest for name, digest in fonts.digests.items()},
    }


def reprint_faults(
    letter: Letter, forms: Mapping[str, str], made: Mapping[str, str]
) -> list[str] | None:
    """Print an issued letter again.

    Give the forms that do not come out with the SHA-256 recorded for them. None where it cannot be
    told: another press, other libraries or other fonts made them.
    """
    from lifecycle.letter.fonts import Fonts

    try:
        fonts = Fonts.find()
    except UnavailableError:
        return None
    if dict(made) != made_with(fonts):
        return None
    return [
        form
        for form, digest in forms.items()
        if sha256(render(letter, form, fonts)).hexdigest() != digest
    ]


class PaperJudge(LetterJudge):
    """Judges letters for an audit, and prints each frozen one again.

    `unprinted` counts those it could not.
    """

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self.unprinted = 0
        self._issued: dict[str, Mapping[str, Any]] = {}

    def look(self, directory: Directory, step: CaseStep) -> Iterator[Problem]:
        """Yield what is wrong with an entry about a letter."""
        intent = step.body["intent"]
        if step.before is None:
            self._issued = {}
        elif intent["type"] == IssueLetter.entry_type:
            issued = IssueLetter.from_dict(intent)
            self._issued[issued.letter] = issued.content
        elif intent["type"] == FreezeLetter.entry_type and step.after is not None:
            yield from self._reprinted(step.after, FreezeLetter.from_dict(intent))
        yield from super().look(directory, step)

    def _reprinted(self, case: Case, act: FreezeLetter) -> Iterator[Problem]:
        """Print a letter again; one that cannot be printed was not frozen as issued."""
        try:
            yield from self._reprint(case, act)
        except UnavailableError:
            raise
        except LifecycleError as error:
            yield "letter", f"{act.letter} 按签发的内容排不出版式：{error.message}"

    def _reprint(self, case: Case, act: FreezeLetter) -> Iterator[Problem]:
        name = act.letter
        letter = issued_letter(case.number, case.letters[name], self._issued[name])
        wrong = reprint_faults(letter, case.letters[name].forms, act.made_with)
        if wrong is None:
            self.unprinted += 1
        elif wrong or act.forms != FORMS:
            yield "letter", f"{name} 固定的版式文件不是所签发的公文：{'、'.join(wrong)}"
