"""What addressees answer to a letter: its receipt (签收) and its reply (复函)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.engine.acts import AnswerLetter, ReceiveLetter, TakeBackReceipt
from lifecycle.engine.case_letter import addressee_of
from lifecycle.engine.values import clean_text
from lifecycle.errors import UnknownError
from lifecycle.office.letters.letters import letter_called, submit

if TYPE_CHECKING:
    from lifecycle.engine.acts import Verdict
    from lifecycle.engine.case_letter import Addressee, CaseLetter
    from lifecycle.ledger.register import Request
    from lifecycle.office.letters.letters import Handled
    from lifecycle.office.office import Office

MOST_MB = 50
"""Size of a reply's file, beyond which it is refused."""


def receive(
    office: Office, request: Request, case: str, name: str, *, unit: str = "", note: str = ""
) -> Handled:
    """Record a receipt; `unit` names the addressee where it is not the officer's own."""
    found = office.case(case)
    letter = letter_called(found, name)
    addressee = find_addressee(office, request, letter, unit)
    act = ReceiveLetter(letter.name, addressee.name, clean_text(note, "说明"))
    return submit(office, request, found, act, letter.name)


def reply(
    office: Office,
    request: Request,
    case: str,
    name: str,
    *,
    file: Path | None = None,
    verdict: Verdict | None = None,
    unit: str = "",
    note: str = "",
) -> Handled:
    """Record a reply with its file; with a verdict it is the unit's opinion on what the letter
    asks.
    """
    found = office.case(case)
    letter = letter_called(found, name)
    kept = office.store.files.keep_file(file, most_bytes=MOST_MB << 20) if file else None
    addressee = find_addressee(office, request, letter, unit)
    act = AnswerLetter(letter.name, addressee.name, clean_text(note, "说明"), verdict, kept)
    return submit(office, request, found, act, letter.name)


def take_back_receipt(
    office: Office, request: Request, case: str, name: str, *, unit: str = "", note: str = ""
) -> Handled:
    """Take back a receipt; `unit` names the addressee where it is not the officer's own."""
    found = office.case(case)
    letter = letter_called(found, name)
    addressee = find_addressee(office, request, letter, unit)
    act = TakeBackReceipt(letter.name, addressee.name, clean_text(note, "说明"))
    return submit(office, request, found, act, letter.name)


def find_addressee(
    office: Office, request: Request, letter: CaseLetter, named: str = ""
) -> Addressee:
    """Find the addressee for whom somebody acts: the one named, or the officer's own unit."""
    directory = office.directory
    if named:
        found = next((a for a in letter.addressed if a.name == named), None)
        found = found or addressee_of(letter, directory.unit_code(named))
    else:
        on = request.on or office.register.today()
        officer = office.acting(request, on)
        found = addressee_of(letter, officer.unit)
    if found is None:
        listed = [a.name for a in letter.addressed]
        raise UnknownError(
            "收文单位",
            named or "本单位",
            listed,
            f"这件公文发给 {'、'.join(listed) or '（尚未签发）'}；替收文方登记的写 --unit",
        )
    return found
