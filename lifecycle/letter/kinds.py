"""The kinds of letters (文种), read from kinds.yaml when first asked for."""

from __future__ import annotations

from collections.abc import ItemsView, Mapping
from functools import cache
from typing import Any

from lifecycle.frozen import dataclass
from lifecycle.letter.layouts import by_word
from lifecycle.letter.shipped import entry_of, mapping_of, plain_yaml, shipped_text, wrong

FILE = "kinds.yaml"
_FLAGS = ("upward", "unaddressed", "unsigned")


@dataclass(frozen=True, slots=True)
class Kinds:
    """The statutory kinds, and the slips: internal papers with a series of numbers of their own.

    `upward` go to a superior (上行文): number at the left, 签发人 at the right (GB/T 9704—2012
    7.2.6). `unaddressed` go to the public or to those present, so that they need no 主送.
    `unsigned` have issuer and day above the text, neither signature nor seal below it (10.3).
    """

    statutory: tuple[str, ...]
    slips: tuple[str, ...]
    upward: tuple[str, ...]
    unaddressed: tuple[str, ...]
    unsigned: tuple[str, ...]
    layouts: Mapping[str, str]
    attendance: tuple[str, ...]
    urgencies: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Name every kind, the statutory ones first."""
        return self.statutory + self.slips


@cache
def kinds() -> Kinds:
    """Give the kinds of letters that this program knows."""
    return read_kinds(shipped_text(FILE))


def read_kinds(text: str) -> Kinds:
    """Read the kinds; raises InvalidError where an entry is wrong."""
    sections = ("basis", "statutory", "slips", "attendance", "urgency")
    top = entry_of(FILE, "", plain_yaml(text, FILE), needed=sections)
    statutory = {name: _kind(name, found) for name, found in _section(top, "statutory")}
    slips = {name: _kind(name, found) for name, found in _section(top, "slips")}
    found = statutory | slips
    flags: dict[str, Any] = {
        flag: tuple(name for name, kind in found.items() if flag in kind) for flag in _FLAGS
    }
    return Kinds(
        statutory=tuple(statutory),
        slips=tuple(slips),
        **flags,
        layouts={name: kind["layout"] for name, kind in found.items()},
        attendance=_words(top, "attendance"),
        urgencies=_words(top, "urgency"),
    )


def _section(top: Mapping[str, Any], key: str) -> ItemsView[str, Any]:
    return mapping_of(FILE, key, top[key]).items()


def _kind(name: str, found: object) -> Mapping[str, Any]:
    kind = entry_of(FILE, name, found, needed=("layout", "basis"), allowed=_FLAGS)
    if kind["layout"] not in by_word():
        wrong(FILE, name, f"没有版式“{kind['layout']}”，版式有 {'、'.join(by_word())}")
    for flag in _FLAGS:
        if kind.get(flag, "true") != "true":
            wrong(FILE, name, f"{flag} 只能写 true，不是的不写")
    return kind


def _words(top: Mapping[str, Any], key: str) -> tuple[str, ...]:
    entry = entry_of(FILE, key, top[key], needed=("words", "basis"))
    return tuple(entry["words"])
