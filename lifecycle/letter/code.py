"""The verification code on a letter: twelve characters that nobody misreads from paper."""

from __future__ import annotations

from hashlib import sha256

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that nobody misreads a code from paper."""


def code_of(entry: str) -> str:
    """Give the 12 characters that verify a letter: 55 bits of the entry's hash and one that checks
    the typing.
    """
    bits = int.from_bytes(sha256(bytes.fromhex(entry)).digest()[:7], "big") >> 1
    text = "".join(_ALPHABET[bits >> 5 * n & 31] for n in range(10, -1, -1))
    text += _ALPHABET[sum((n + 1) * _ALPHABET.index(c) for n, c in enumerate(text)) % 31]
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def read_code(text: str) -> str | None:
    """Read a code as typed – lower case, O for 0, I or L for 1, with or without dashes.

    None if it is mistyped.
    """
    plain = text.upper().replace("-", "").replace(" ", "").translate(str.maketrans("OIL", "011"))
    if len(plain) != 12 or any(c not in _ALPHABET for c in plain):
        return None
    if (
        _ALPHABET[sum((n + 1) * _ALPHABET.index(c) for n, c in enumerate(plain[:11])) % 31]
        != plain[11]
    ):
        return None
    return f"{plain[:4]}-{plain[4:8]}-{plain[8:]}"
