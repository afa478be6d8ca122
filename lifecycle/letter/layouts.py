"""The layouts of letters (版式), read from layouts.yaml when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, cast

from lifecycle.frozen import dataclass
from lifecycle.letter.shipped import entry_of, mapping_of, plain_yaml, shipped_text, wrong

FILE = "layouts.yaml"
Printed = Literal["recorded", "shown", "never"]
"""Whether the day of 印发 is recorded at the issue, shown where there is one, or never shown."""
_PRINTED = ("recorded", "shown", "never")
_FLAGS = (
    "double_rules",
    "red_rule",
    "signer",
    "issuer_in_head",
    "unnumbered",
    "number_below",
    "record_ruled",
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How letters of one layout look: what layouts.yaml explains, key by key.

    `name` is what a letter's record calls it. `mark` is what follows the issuer's name in the
    发文机关标志, None where there is no such mark; `told_by` is "" where no mark tells the layout.
    """

    name: str
    word: str
    title: str
    page: str
    head: str
    printed: Printed
    mark: str | None
    told_by: str
    double_rules: bool
    red_rule: bool
    signer: bool
    issuer_in_head: bool
    unnumbered: bool
    number_below: bool
    record_ruled: bool


@cache
def layouts() -> Mapping[str, Layout]:
    """Give the layouts that this program knows, by name."""
    return read_layouts(shipped_text(FILE))


@cache
def by_word() -> Mapping[str, Layout]:
    """Give the layouts by the word that people write for them (版式)."""
    return {layout.word: layout for layout in layouts().values()}


def layout_seen(mark: str, *, doubled: bool, red: bool) -> Layout:
    """Give the layout that a finished paper has, by what is seen on its first page.

    `mark` is the text of its mark ("": none), `doubled` says that it looks like one with double
    rules, `red` that there is a mark or a red rule. What the mark ends in decides, where it does.
    """
    known = layouts().values()
    told = [layout for layout in known if layout.told_by and mark.endswith(layout.told_by)]
    if told:
        return max(told, key=lambda layout: len(layout.told_by))
    if doubled:
        return next(layout for layout in known if layout.double_rules)
    if red:
        return next(layout for layout in known if layout.red_rule)
    return next(layout for layout in known if layout.mark is None)


def read_layouts(text: str) -> Mapping[str, Layout]:
    """Read the layouts; raises InvalidError where an entry is wrong."""
    top = entry_of(FILE, "", plain_yaml(text, FILE), needed=("basis", "layouts"))
    entries = mapping_of(FILE, "layouts", top["layouts"])
    return {name: _layout(name, found) for name, found in entries.items()}


def _layout(name: str, found: object) -> Layout:
    needed = ("word", "title", "page", "head", "printed", "basis")
    entry = entry_of(FILE, name, found, needed=needed, allowed=("mark", "told_by", *_FLAGS))
    if entry["printed"] not in _PRINTED:
        wrong(FILE, name, f"printed 写成 {'、'.join(_PRINTED)} 之一，不能是 {entry['printed']}")
    for flag in _FLAGS:
        if entry.get(flag, "true") != "true":
            wrong(FILE, name, f"{flag} 只能写 true，不是的不写")
    flags: dict[str, Any] = {flag: flag in entry for flag in _FLAGS}
    return Layout(
        name=name,
        word=entry["word"],
        title=entry["title"],
        page=entry["page"],
        head=entry["head"],
        printed=cast("Printed", entry["printed"]),
        mark=entry.get("mark"),
        told_by=entry.get("told_by", ""),
        **flags,
    )
