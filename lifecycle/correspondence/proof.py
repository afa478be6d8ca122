"""Was this letter issued, by whom, and is it still in force? Told from the raw entries of its case,
and only from them.

The entries come from the ledger or out of an exported bundle; either way each is hashed anew and
followed link by link.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lifecycle.correspondence.signing_off import issued_letter
from lifecycle.engine.acts import FreezeLetter, IssueLetter, VoidLetter
from lifecycle.engine.case_letter import CaseLetter
from lifecycle.errors import InvalidError
from lifecycle.ledger.record import GENESIS, UNREADABLE, hash_of, parse
from lifecycle.letter.code import code_of
from lifecycle.letter.model import Letter

FORMAT = "lifecycle-letter-2"
"""The first field of a bundle: what it is, and how to read it."""
_LETTER_KEYS = {FORMAT: "letter", "lifecycle-notice-1": "notice"}
"""What the letter's name stands under in each format that there has been."""
MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Proof:
    """What the entries say of a letter.

    `forms` maps each frozen form's SHA-256 to its name, `ended` says why it ended. Days are
    YYYY-MM-DD; `log` is the ledger that it names as its own, `entry` the hash of the entry that
    issued it and `content` what that says stands on paper, `upto` the seq of the last entry looked
    at.
    """

    log: str
    case_id: str
    case_number: str
    letter: str
    number: str
    code: str
    entry: str
    title: str
    kind: str
    issuer: str
    unit: str
    signer: str
    issued_on: str
    recorded_at: str
    to: tuple[str, ...]
    forms: Mapping[str, str]
    content: Mapping[str, Any] = field(repr=False)
    made_with: Mapping[str, str] = field(default_factory=dict, repr=False)
    ended: str = ""
    replaced_by: str = ""
    upto: int = 0

    @property
    def in_force(self) -> bool:
        """Tell whether nothing in these entries voids or supersedes it."""
        return not self.ended


def prove(rows: Iterable[bytes], code: str) -> Proof | None:
    """Follow a case's entries from the first.

    Give what they say of the letter with a code, None if there is none. Raises InvalidError where
    an entry is damaged or the chain does not hold.
    """
    head, seq, number = GENESIS, 0, ""
    found: Proof | None = None
    for raw in rows:
        try:
            body = parse(raw)
            intent = body["intent"]
            if (intent["seq"], intent["prev"]) != (seq + 1, head):
                raise ValueError("chain")
            seq, head = seq + 1, hash_of(raw)
            number = number or body["numbers"]["case"]
            found = _followed(found, body, head, code)
        except UNREADABLE as error:
            raise InvalidError(
                f"第 {seq + 1} 条记录已损坏或接不上，不能据以核验", "请运行 lifecycle audit"
            ) from error
    return replace(found, upto=seq, case_number=number) if found else None


def code_of_file(rows: Iterable[bytes], digest: str) -> str | None:
    """Find the code of the letter of which a file with a SHA-256 is a frozen form, by what the
    entries say.
    """
    codes: dict[str, str] = {}
    for raw in rows:
        try:
            intent = parse(raw)["intent"]
            if intent["type"] == IssueLetter.entry_type:
                codes[IssueLetter.from_dict(intent).letter] = code_of(hash_of(raw))
            elif intent["type"] == FreezeLetter.entry_type:
                frozen = FreezeLetter.from_dict(intent)
                if digest in {file.sha256 for file in frozen.files}:
                    return codes.get(frozen.letter)
        except UNREADABLE:
            continue  # `prove` says what is wrong with it
    return None


def printed(proof: Proof) -> Letter:
    """Give the letter as the entry that issued it has it, to be printed again."""
    letter = CaseLetter(
        proof.letter,
        "",
        0,
        "",
        proof.unit,
        (),
        number=proof.number,
        entry=proof.entry,
        issued_on=proof.issued_on,
    )
    return issued_letter(proof.case_number, letter, proof.content)


def _followed(found: Proof | None, body: Mapping[str, Any], digest: str, code: str) -> Proof | None:
    intent = body["intent"]
    kind = intent["type"]
    if kind == IssueLetter.entry_type and code_of(digest) == code:
        return _issued(body, digest, code)
    if found is None:
        return None
    if kind == FreezeLetter.entry_type:
        return _frozen(found, FreezeLetter.from_dict(intent))
    if kind == VoidLetter.entry_type:
        voiding = VoidLetter.from_dict(intent)
        if voiding.letter == found.letter:
            return replace(found, ended=f"{intent['occurred_on']} 作废：{voiding.note}")
    if kind == IssueLetter.entry_type and IssueLetter.from_dict(intent).replaces == found.letter:
        by = body["numbers"]["letter"]
        ended = found.ended or f"{intent['occurred_on']} 被 {by} 替代"
        return replace(found, ended=ended, replaced_by=by)
    return found


def _frozen(found: Proof, act: FreezeLetter) -> Proof:
    """Add the forms of a letter to what is said of it, the first time that they are frozen."""
    if act.letter != found.letter or found.forms:
        return found
    forms = {file.sha256: form for form, file in zip(act.forms, act.files, strict=True)}
    return replace(found, forms=forms, made_with=act.made_with)


def _issued(body: Mapping[str, Any], digest: str, code: str) -> Proof:
    intent = body["intent"]
    act, actor = IssueLetter.from_dict(intent), intent["actor"]
    content = act.content
    return Proof(
        log=intent["log"],
        case_id=intent["case"],
        case_number="",
        letter=act.letter,
        number=body["numbers"]["letter"],
        code=code,
        entry=digest,
        title=content["title"],
        kind=content["kind"],
        issuer=content["issuer"],
        unit=actor["unit"],
        signer=actor["id"] + (f"（代 {actor['for']}）" if "for" in actor else ""),
        issued_on=intent["occurred_on"],
        recorded_at=body["recorded_at"],
        to=tuple(a["name"] for a in act.addressed if not a["copy"]),
        forms={},
        content=content,
    )


def write_bundle(
    rows: Iterable[bytes], *, log: str, number: str, letter: str, code: str, checkpoint: str
) -> bytes:
    """Write a bundle: the case's entries as they are stored, and what they are said to prove."""
    bundle = {
        "format": FORMAT,
        "log": log,
        "case": number,
        "letter": letter,
        "code": code,
        "checkpoint": checkpoint,
        "entries": [raw.decode() for raw in rows],
    }
    return json.dumps(bundle, ensure_ascii=False, indent=1).encode() + b"\n"


def read_bundle(body: bytes) -> tuple[dict[str, str], list[bytes]]:
    """Read a bundle: its heading and its entries; raises InvalidError for what is none."""
    try:
        if len(body) > MOST_BYTES:
            raise ValueError("too long")
        bundle = json.loads(body)
        heading = {key: str(bundle[key]) for key in ("log", "case", "code", "checkpoint")}
        heading["letter"] = str(bundle[_LETTER_KEYS[bundle["format"]]])
        return heading, [str(entry).encode() for entry in bundle["entries"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidError(
            "这不是核验包，或已损坏", "请向发文单位重新索取：lifecycle notice export"
        ) from error
