"""A letter as it now stands, and its forms: as laid out now, or as frozen when it was issued."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lifecycle.correspondence.drafts import Drafted, drafted_letters, find_drafted
from lifecycle.correspondence.press import SUFFIXES, made_with, render
from lifecycle.correspondence.signing_off import issued_letter, shown_draft
from lifecycle.correspondence.writing import write_letter
from lifecycle.engine.acts import FORMS, FreezeLetter, IssueLetter
from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import CaseLetter
from lifecycle.errors import InvalidError, LifecycleError, UnavailableError
from lifecycle.ledger.library import Library
from lifecycle.ledger.record import stored
from lifecycle.ledger.rows.letter_rows import kept_letter
from lifecycle.letter.model import Letter

if TYPE_CHECKING:
    from lifecycle.letter.fonts import Fonts

Contents = Mapping[str, Mapping[str, Any]]
"""What stands on a case's letters, by the hashes of the entries that issued them."""


def letter_of(library: Library, case: Case, letter: CaseLetter) -> Letter:
    """Give a letter as it now stands: as issued, or else as drafted."""
    if letter.entry:
        return _issued(case, letter, _contents(library, case))
    return _draft(library, find_drafted(library, case, letter.name))


def letters_of(
    library: Library, case: Case
) -> Iterator[tuple[CaseLetter, Letter | LifecycleError]]:
    """Stream a case's letters as they now stand; in place of one that cannot be written, why."""
    contents = _contents(library, case)
    for drafted in drafted_letters(library, case.id):
        letter = kept_letter(case, drafted.name)
        try:
            if letter.entry:
                yield letter, _issued(case, letter, contents)
            else:
                yield letter, _draft(library, drafted)
        except LifecycleError as error:
            yield letter, error


def _issued(case: Case, letter: CaseLetter, contents: Contents) -> Letter:
    if letter.entry not in contents:
        raise UnavailableError(f"{letter.name} 的签发记录不见了", "请运行 lifecycle audit")
    return issued_letter(case.number, letter, contents[letter.entry])


def _draft(library: Library, drafted: Drafted) -> Letter:
    return shown_draft(drafted, write_letter(library, library.directory(), drafted))


def _contents(library: Library, case: Case) -> Contents:
    """Read what stands on a case's letters from the entries that issued them."""
    wanted = {letter.entry for letter in case.letters.values() if letter.entry}
    if not wanted:
        return {}
    rows = library.store.entries(case.id)
    return {
        row.hash: IssueLetter.from_dict(stored(row.raw)["intent"]).content
        for row in rows
        if row.hash in wanted
    }


def form_of(
    library: Library, case: Case, letter: CaseLetter, form: str, fonts: Fonts | None = None
) -> bytes:
    """Give one form of a letter: the frozen bytes once there are any, else as laid out now."""
    if letter.forms:
        return frozen_form(library, case, letter, form)
    return render(letter_of(library, case, letter), form, fonts)


def frozen_form(library: Library, case: Case, letter: CaseLetter, form: str) -> bytes:
    """Give one form of a letter as it was frozen; raises UnavailableError."""
    for row in library.store.entries(case.id, after=letter.seq):
        intent = stored(row.raw)["intent"]
        if intent["type"] != FreezeLetter.entry_type:
            continue
        frozen = FreezeLetter.from_dict(intent)
        if frozen.letter == letter.name:
            file = frozen.files[FORMS.index(form)]
            return library.store.files.read(file.sha256, file.size)
    raise UnavailableError(f"{letter.name} 的版式文件没有记录", "请运行 lifecycle audit")


def freeze_forms(library: Library, case: Case, letter: CaseLetter, fonts: Fonts) -> FreezeLetter:
    """Lay an issued letter out in every form and keep the bytes; give the act that records them."""
    if not letter.entry:
        raise InvalidError(f"{letter.name} 尚未签发，没有可固定的版式", "先核稿、签发")
    paper = letter_of(library, case, letter)
    files = []
    for form in FORMS:
        name = f"{letter.number}.{SUFFIXES[form]}"
        files.append(library.store.files.keep_bytes(render(paper, form, fonts), name))
    return FreezeLetter(letter.name, FORMS, tuple(files), made_with(fonts))


def see_printable(letter: Letter, name: str, fonts: Fonts) -> None:
    """See that an issued letter can be printed as it stands.

    Raises InvalidError with every character that cannot be. Within the transaction that numbers it:
    the refusal gives the number back.
    """
    from lifecycle.letter.pdf.press import missing_glyphs

    missing = missing_glyphs(letter, fonts)
    if missing:
        raise InvalidError(
            f"不能签发 {name}，未编号：{'；'.join(map(str, missing))}",
            "请换用通行的字，或装入含该字的字体后再签发；"
            "文号里的字在发文规则（notices/issuing.yaml）里改",
        )
