"""Entries of the first form (`v` 1): read in today's words, and written as they were.

What was hashed is stored and never written anew, so old entries keep the words of their time; this
is the one file that knows them. `lift` and `lower` undo each other on every entry that a register
of that form wrote. A workflow's own role named `checker` would have been taken for the office's:
the two could not be told apart then, and are not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lifecycle.frozen import dataclass

_LETTER = {"notice": "letter"}
_TYPES: dict[str, tuple[str, dict[str, str]]] = {
    "notice_drafted": ("letter_drafted", {}),
    "notice_checked": ("letter_reviewed", _LETTER | {"letter": "digest"}),
    "notice_issued": ("letter_issued", _LETTER | {"letter": "content"}),
    "notice_frozen": ("letter_frozen", _LETTER),
    "notice_voided": ("letter_voided", _LETTER),
    "notice_dispatched": ("letter_sent", _LETTER | {"parcel": "sending"}),
    "notice_received": ("letter_received", _LETTER),
    "notice_replied": ("letter_answered", _LETTER),
}
"""For each type of entry about a letter: today's name of it, and of the keys of its `data`."""
_GATE_INPUTS = {"notice": "letter", "letter": "digest"}
"""Today's names of what the gate of kind `letter` read."""
_STATES = {"checked": "reviewed"}
_ROLES = {"checker": "reviewer"}
_APPOINTMENTS = ("office_founded", "officer_added", "role_granted")
"""The office's entries whose `data` may name roles."""

Names = Mapping[str, str]


def lift(body: dict[str, Any]) -> dict[str, Any]:
    """Give an entry's body of the first form in today's words; `v` still says 1.

    Raises KeyError, TypeError or ValueError for what is not built like an entry.
    """
    intent = body["intent"]
    known = _TYPES.get(intent["type"])
    if known is None:
        return _with_roles(body, _ROLES)
    kind, keys = known
    return _about_letter(
        body, kind, keys, _Words(_LETTER, _GATE_INPUTS, _STATES, _ROLES, _TYPE_NAMES)
    )


def lower(body: dict[str, Any]) -> dict[str, Any]:
    """Give a body in today's words as the first form had it."""
    known = _OLD_TYPES.get(body["intent"]["type"])
    if known is None:
        return _with_roles(body, _OLD_ROLES)
    kind, keys = known
    words = _Words(
        *(_turned(names) for names in (_LETTER, _GATE_INPUTS, _STATES, _ROLES, _TYPE_NAMES))
    )
    return _about_letter(body, kind, keys, words)


@dataclass(frozen=True, slots=True)
class _Words:
    """The words to write an entry about a letter in: what a letter is called, and the names of a
    gate's inputs, of a letter's states, of roles and of types.
    """

    letter: Names
    inputs: Names
    states: Names
    roles: Names
    types: Names

    def gate(self, gate: list[Any]) -> list[Any]:
        """Write one gate, as [kind, inputs]."""
        kind, inputs = gate
        if kind in self.letter:
            named = _renamed(inputs, self.inputs)
            if "state" in named:
                named["state"] = _named(named["state"], self.states)
            return [self.letter[kind], named]
        if kind == "role" and "role" in inputs:
            return [kind, inputs | {"role": _named(inputs["role"], self.roles)}]
        if kind == "not_by":
            return [kind, inputs | {"of": _named(inputs["of"], self.types)}]
        return gate


def _about_letter(body: dict[str, Any], kind: str, keys: Names, words: _Words) -> dict[str, Any]:
    intent, authority = body["intent"], body["authority"]
    return body | {
        "intent": intent | {"type": kind, "data": _renamed(intent["data"], keys)},
        "authority": authority | {"role": _named(authority["role"], words.roles)},
        "gates": [words.gate(gate) for gate in body["gates"]],
        "numbers": _renamed(body["numbers"], words.letter),
    }


def _with_roles(body: dict[str, Any], roles: Names) -> dict[str, Any]:
    """Write the roles that an entry of the office grants."""
    intent = body["intent"]
    if intent["type"] not in _APPOINTMENTS or "roles" not in intent["data"]:
        return body
    named = [_named(role, roles) for role in intent["data"]["roles"]]
    return body | {"intent": intent | {"data": intent["data"] | {"roles": named}}}


def _renamed(data: Mapping[str, Any], names: Names) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in data.items()}


def _named(word: str, names: Names) -> str:
    return names.get(word, word)


def _turned(names: Names) -> dict[str, str]:
    return {new: old for old, new in names.items()}


_TYPE_NAMES = {old: new for old, (new, _keys) in _TYPES.items()}
_OLD_TYPES = {new: (old, _turned(keys)) for old, (new, keys) in _TYPES.items()}
_OLD_ROLES = _turned(_ROLES)
