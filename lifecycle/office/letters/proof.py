"""Is this paper ours, and does it hold? Told from the ledger, or from a bundle out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.callers import file_named
from lifecycle.correspondence.press import reprint_faults
from lifecycle.correspondence.proof import (
    Proof,
    code_of_file,
    printed,
    prove,
    read_bundle,
    write_bundle,
)
from lifecycle.errors import InvalidError
from lifecycle.infile import read_file
from lifecycle.ledger.rows.letter_rows import by_code, by_form, by_number
from lifecycle.letter.check.extract import codes_in
from lifecycle.letter.code import read_code
from lifecycle.office.administration.audit import Audit
from lifecycle.office.letters.letters import letter_called

if TYPE_CHECKING:
    from lifecycle.office.office import Office

MOST_BYTES = 100 << 20
_NUMBER = re.compile(r"[^\s〔〕]+〔[0-9]{4}〕[1-9][0-9]*号")
"""A document number: the issuer's code, the year and the serial number (GB/T 9704—2012 7.2.5)."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What is to be verified: the codes that it may be, and where a file was given its SHA-256."""

    codes: tuple[str, ...]
    sha256: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of it: the letter, which form of it a file is, and whether that could be told
    (`genuine` None: no).
    """

    paper: Paper
    proof: Proof | None
    form: str | None
    genuine: bool | None

    @property
    def ok(self) -> bool:
        """Tell whether it is genuine and in force."""
        return bool(self.genuine and self.proof and self.proof.in_force)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle for somebody without the ledger: its bytes, the code that it proves, and the
    checkpoint to compare.
    """

    body: bytes
    code: str
    checkpoint: str


def verify(office: Office, given: str) -> Verified:
    """Verify a file, a code or a number by the ledger."""
    paper = _paper(given, office)
    return _judged(paper, list(_from_ledger(office, paper)))


def verify_by_bundle(given: str, bundle: str) -> Verified:
    """Verify a file or a code by a bundle, without an office."""
    paper = _paper(given, None)
    found = _judged(paper, list(_from_bundle(paper, bundle)))
    if found.proof is None or found.form is None:
        return found
    # What a bundle says of a form is worth no more than its maker: the letter that the entry holds
    # is printed again.
    forms = {form: digest for digest, form in found.proof.forms.items()}
    wrong = reprint_faults(printed(found.proof), forms, found.proof.made_with)
    return replace(found, genuine=None if wrong is None else found.form not in wrong)


def _judged(paper: Paper, proofs: list[Proof]) -> Verified:
    """Take the letter of which the very file is a form; else that of the first code."""
    if not proofs:
        return Verified(paper, None, None, genuine=False)
    if paper.sha256 is None:
        return Verified(paper, proofs[0], None, genuine=True)
    proof = next((proof for proof in proofs if paper.sha256 in proof.forms), proofs[0])
    form = proof.forms.get(paper.sha256)
    return Verified(paper, proof, form, genuine=form is not None)


def _paper(given: str, office: Office | None) -> Paper:
    """Take what was given for a file if there is one of that name, else for a code or, where there
    is an office to ask, for a number.
    """
    path = file_named(given)
    if path.is_file():
        body = _bytes_of(path)
        digest = sha256(body).hexdigest()
        found = by_form(office.store, digest) if office else None
        known = [_code_of(office, *found[:2])] if office and found else []
        return Paper((*known, *codes_in(body, path.suffix.lower())), digest, path.name)
    code = read_code(given)
    if code is None and office is not None:
        at = by_number(office.store, given)
        code = _code_of(office, *at) if at and _is_seen(office, at[0]) else None
    if code is None and office is not None and _NUMBER.fullmatch(given):
        raise InvalidError(
            f"“{given}”形式是文号，但没有签发过", "核对文号，或用公文末页的验证码核验"
        )
    if code is None:
        mend = "验证码在公文末页，12 位，如 3GWP-KFSE-4F15；核验文件请写文件名"
        raise InvalidError(f"“{given}”不是文件、验证码或文号，或输错了字符", mend)
    return Paper((code,), None, given)


def _is_seen(office: Office, case_id: str) -> bool:
    """Tell whether the case of a letter may be seen by who gives no more than its number."""
    case = office.register.case(case_id)
    return office.viewer.sees(office.workflow_of(case), case)


def _code_of(office: Office, case_id: str, name: str) -> str:
    return office.register.case(case_id).letters[name].code


def _bytes_of(path: Path) -> bytes:
    return read_file(path, most_bytes=MOST_BYTES)


def _from_ledger(office: Office, paper: Paper) -> Iterator[Proof]:
    for code in paper.codes:
        found = by_code(office.store, code)
        if found is None:
            continue
        rows = office.store.entries(found[0])
        proof = prove((row.raw for row in rows), code)
        if proof is not None:
            yield proof


def _from_bundle(paper: Paper, bundle: str) -> Iterator[Proof]:
    heading, entries = read_bundle(_bytes_of(file_named(bundle)))
    own = code_of_file(entries, paper.sha256) if paper.sha256 else None
    codes = [*([own] if own else []), *paper.codes]
    if not paper.codes:
        codes.append(heading["code"])
    for code in dict.fromkeys(codes):
        proof = prove(entries, code)
        if proof is None:
            continue
        if (heading["log"], heading["case"]) != (proof.log, proof.case_number):
            raise InvalidError(
                "核验包的抬头与其中的记录不符", "请向发文单位重新索取：lifecycle notice export"
            )
        yield proof


def export(office: Office, case: str, name: str) -> Bundle:
    """Make a bundle for somebody without the ledger, of a ledger that an audit finds in order."""
    found = office.case(case)
    letter = letter_called(found, name)
    if not letter.entry:
        raise InvalidError(f"{letter.name} 尚未签发，没有可核验的", "先核稿、签发")
    audit = Audit(office)
    for _finding in audit.findings():
        raise InvalidError("台账有问题，不能导出核验包", "请先运行 lifecycle audit")
    checkpoint = str(audit.result().checkpoint)
    body = write_bundle(
        (row.raw for row in office.store.entries(found.id)),
        log=office.store.meta("log"),
        number=found.number,
        letter=letter.name,
        code=letter.code,
        checkpoint=checkpoint,
    )
    return Bundle(body, letter.code, checkpoint)
