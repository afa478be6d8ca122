"""What an official letter must not say: the rules of rules.yaml, read when first asked for, each
pattern compiled once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, get_args

from lifecycle.letter.check.content_parts import Role
from lifecycle.letter.kinds import kinds
from lifecycle.letter.shipped import entry_of, mapping_of, plain_yaml, shipped_text, wrong

FILE = "check/rules.yaml"
FOUND = ("duty", "due", "below")
"""Patterns that `content` looks for by name."""
_SECTIONS = ("part_groups", "pieces", "patterns", "judged", "finds")
_SAID = ("basis", "message", "mend")
_PIECE = re.compile(r"(?<!\\)\{([a-z]+)\}")


class Rule(NamedTuple):
    """A pattern that no part of these roles, in letters of these kinds (none: all), may hold."""

    name: str
    pattern: re.Pattern[str]
    roles: tuple[Role, ...]
    kinds: tuple[str, ...]
    basis: str
    message: str
    mend: str


class Message(NamedTuple):
    """What is said of a rule that looks at several parts at once (`content` judges it)."""

    basis: str
    message: str
    mend: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules: `patterns` in the order of a letter's parts, `judged` by name, and what is looked
    for.
    """

    patterns: tuple[Rule, ...]
    judged: Mapping[str, Message]
    finds: Mapping[str, re.Pattern[str]]


@cache
def content_rules() -> Rules:
    """Give the rules that travel with the program."""
    return read_rules(shipped_text(FILE))


def read_rules(text: str) -> Rules:
    """Read the rules; raises InvalidError that names the first entry that is wrong."""
    top = entry_of(FILE, "", plain_yaml(text, FILE), needed=_SECTIONS)
    sections = {key: mapping_of(FILE, key, top[key]) for key in _SECTIONS}
    pieces = _pieces(sections["pieces"])
    groups = {
        name: tuple(_roles(f"part_groups.{name}", found, {}))
        for name, found in sections["part_groups"].items()
    }
    return Rules(
        patterns=tuple(
            _rule(name, found, pieces, groups) for name, found in sections["patterns"].items()
        ),
        judged={name: _message(name, found) for name, found in sections["judged"].items()},
        finds={
            name: _pattern(name, found, pieces)
            for name, found in entry_of(FILE, "finds", sections["finds"], needed=FOUND).items()
        },
    )


def _rule(
    name: str,
    found: object,
    pieces: Mapping[str, str],
    groups: Mapping[str, tuple[Role, ...]],
) -> Rule:
    entry = entry_of(FILE, name, found, needed=("pattern", "parts", *_SAID), allowed=("kinds",))
    named = tuple(entry.get("kinds", ()))
    for kind in named:
        if kind not in kinds().all:
            wrong(FILE, name, f"没有文种“{kind}”")
    return Rule(
        name,
        _pattern(name, entry["pattern"], pieces),
        tuple(_roles(name, entry["parts"], groups)),
        named,
        *_message(name, {key: entry[key] for key in _SAID}),
    )


def _message(name: str, found: object) -> Message:
    entry = entry_of(FILE, name, found, needed=_SAID)
    return Message(entry["basis"], entry["message"], entry["mend"])


def _roles(name: str, found: object, groups: Mapping[str, tuple[Role, ...]]) -> Iterator[Role]:
    """Give the parts of a letter that a list names, each group by its members."""
    if not isinstance(found, list):
        wrong(FILE, name, "各部分应写成列表，如 [title, body]")
    for word in found:
        if word in groups:
            yield from groups[word]
        elif word in get_args(Role):
            yield word
        else:
            wrong(FILE, name, f"公文没有“{word}”这一部分")


def _pieces(found: Mapping[str, Any]) -> dict[str, str]:
    """Fill each piece with those above it."""
    pieces: dict[str, str] = {}
    for name, text in found.items():
        pieces[name] = _filled(f"pieces.{name}", text, pieces)
    return pieces


def _pattern(name: str, found: str | list[str], pieces: Mapping[str, str]) -> re.Pattern[str]:
    """Compile a pattern, or a list of patterns of which any may match."""
    text = found if isinstance(found, str) else "|".join(found)
    try:
        return re.compile(_filled(name, text, pieces))
    except re.error as error:
        wrong(FILE, name, f"正则表达式写错了（{error}）")


def _filled(name: str, text: str, pieces: Mapping[str, str]) -> str:
    unknown = [piece for piece in _PIECE.findall(text) if piece not in pieces]
    if unknown:
        wrong(FILE, name, f"没有片段 {{{unknown[0]}}}")
    return _PIECE.sub(lambda found: pieces[found[1]], text)
