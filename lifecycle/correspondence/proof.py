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
    YYYY-MM-DD; `entry` is the hash of the entry that issued it, `upto` the seq of the last entry
    looked at.
    """

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
    intent: Mapping[str, Any] = field(repr=False)
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
            if intent["type"] == "letter_issued":
                codes[intent["data"]["letter"]] = code_of(hash_of(raw))
            elif intent["type"] == "letter_frozen" and digest in {
                file["sha256"] for file in intent["files"]
            }:
                return codes.get(intent["data"]["letter"])
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
    return issued_letter(proof.case_number, letter, proof.intent)


def _followed(found: Proof | None, body: Mapping[str, Any], digest: str, code: str) -> Proof | None:
    intent = body["intent"]
    kind, data = intent["type"], intent["data"]
    if kind == "letter_issued" and code_of(digest) == code:
        return _issued(body, digest, code)
    if found is None or not kind.startswith("letter_"):
        return found
    if kind == "letter_frozen" and data["letter"] == found.letter and not found.forms:
        forms = {
            file["sha256"]: form for form, file in zip(data["forms"], intent["files"], strict=True)
        }
        return replace(found, forms=forms, made_with=data["made_with"])
    if kind == "letter_voided" and data["letter"] == found.letter:
        return replace(found, ended=f"{intent['occurred_on']} 作废：{data['note']}")
    if kind == "letter_issued" and data.get("replaces") == found.letter:
        by = body["numbers"]["letter"]
        return replace(
            found, ended=found.ended or f"{intent['occurred_on']} 被 {by} 替代", replaced_by=by
        )
    return found


def _issued(body: Mapping[str, Any], digest: str, code: str) -> Proof:
    intent = body["intent"]
    data, content = intent["data"], intent["data"]["content"]
    actor = intent["actor"]
    return Proof(
        case_id=intent["case"],
        case_number="",
        letter=data["letter"],
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
        to=tuple(a["name"] for a in data["addressed"] if not a["copy"]),
        forms={},
        intent=intent,
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
