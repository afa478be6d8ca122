"""A letter as it now stands, and its forms: as laid out now, or as frozen when it was issued."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lifecycle.correspondence.drafts import Drafted, drafted_letters, find_drafted
from lifecycle.correspondence.press import SUFFIXES, made_with, render
from lifecycle.correspondence.signing_off import issued_letter, shown_draft
from lifecycle.correspondence.writing import write_letter
from lifecycle.engine.acts import FORMS, FreezeLetter
from lifecycle.engine.case import Case
from lifecycle.engine.notice import Notice
from lifecycle.errors import InvalidError, LifecycleError, UnavailableError
from lifecycle.ledger.files import keep_bytes, read_file
from lifecycle.ledger.library import Library
from lifecycle.ledger.record import stored
from lifecycle.letter.model import Letter

if TYPE_CHECKING:
    from lifecycle.letter.fonts import Fonts

Intents = Mapping[str, Mapping[str, Any]]
"""What the entries say that issued letters, by the entries' hashes."""


def letter_of(library: Library, case: Case, notice: Notice) -> Letter:
    """Give a letter as it now stands: as issued, or else as drafted."""
    if notice.entry:
        return _issued(case, notice, _intents(library, case))
    return _draft(library, find_drafted(library, case, notice.name))


def letters_of(library: Library, case: Case) -> Iterator[tuple[Notice, Letter | LifecycleError]]:
    """Stream a case's letters as they now stand; in place of one that cannot be written, why."""
    intents = _intents(library, case)
    for drafted in drafted_letters(library, case.id):
        notice = case.notices[drafted.name]
        try:
            if notice.entry:
                yield notice, _issued(case, notice, intents)
            else:
                yield notice, _draft(library, drafted)
        except LifecycleError as error:
            yield notice, error


def _issued(case: Case, notice: Notice, intents: Intents) -> Letter:
    if notice.entry not in intents:
        raise UnavailableError(f"{notice.name} 的签发记录不见了", "请运行 lifecycle audit")
    return issued_letter(case.number, notice, intents[notice.entry])


def _draft(library: Library, drafted: Drafted) -> Letter:
    return shown_draft(drafted, write_letter(library, library.directory(), drafted))


def _intents(library: Library, case: Case) -> Intents:
    """Read the entries that issued a case's letters."""
    wanted = {notice.entry for notice in case.notices.values() if notice.entry}
    if not wanted:
        return {}
    rows = library.store.entries(case.id)
    return {row.hash: stored(row.raw)["intent"] for row in rows if row.hash in wanted}


def form_of(
    library: Library, case: Case, notice: Notice, form: str, fonts: Fonts | None = None
) -> bytes:
    """Give one form of a letter: the frozen bytes once there are any, else as laid out now."""
    if notice.forms:
        return frozen_form(library, case, notice, form)
    return render(letter_of(library, case, notice), form, fonts)


def frozen_form(library: Library, case: Case, notice: Notice, form: str) -> bytes:
    """Give one form of a letter as it was frozen; raises UnavailableError."""
    for row in library.store.entries(case.id, after=notice.seq):
        intent = stored(row.raw)["intent"]
        if intent["type"] == "notice_frozen" and intent["data"]["notice"] == notice.name:
            file = intent["files"][FORMS.index(form)]
            return read_file(library.store.path, file["sha256"], file["size"])
    raise UnavailableError(f"{notice.name} 的版式文件没有记录", "请运行 lifecycle audit")


def freeze_forms(library: Library, case: Case, notice: Notice, fonts: Fonts) -> FreezeLetter:
    """Lay an issued letter out in every form and keep the bytes; give the act that records them."""
    if not notice.entry:
        raise InvalidError(f"{notice.name} 尚未签发，没有可固定的版式", "先核稿、签发")
    letter = letter_of(library, case, notice)
    files = []
    for form in FORMS:
        name = f"{notice.number}.{SUFFIXES[form]}"
        files.append(keep_bytes(library.store.path, render(letter, form, fonts), name))
    return FreezeLetter(notice.name, FORMS, tuple(files), made_with(fonts))


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
