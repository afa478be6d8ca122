"""What changes from one workflow to another, item by item: for the officer who is to decide on
publishing it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, Literal

from lifecycle.expression.expression import Expression
from lifecycle.workflow.choice_lists import ChoiceList
from lifecycle.workflow.model import (
    Cosign,
    Dwell,
    Effect,
    Every,
    Fact,
    Guard,
    Limit,
    Quorum,
    Reply,
    Transition,
    Workflow,
)

_SECTIONS = (
    ("角色", "roles"),
    ("收文方", "parties"),
    ("要素", "facts"),
    ("汇集", "collections"),
    ("判定表", "tables"),
    ("材料", "materials"),
    ("环节", "states"),
    ("流转", "transitions"),
    ("预警", "lights"),
)
_TOP = (
    "title",
    "version",
    "basis",
    "number",
    "subject",
    "identity",
    "opened_by",
    "opening",
    "every",
    "visible",
    "panel",
    "note",
)
_WORDS: Mapping[type, Mapping[str, str]] = {
    Cosign: {"signers_may_make": "signers", "by_role": "seats"},
    Dwell: {"amount": "at_least"},
    Effect: {"opens": "open"},
    Every: {"after": ""},
    Fact: {"listed": "choices.list"},
    Guard: {"otherwise": "else"},
    Limit: {"amount": "in"},
    Reply: {"limit": ""},
    Transition: {
        "sources": "from",
        "causes": "by（带动）",
        "facts": "needs.facts",
        "materials": "needs.materials",
        "fresh": "needs.fresh",
        "read_by": "needs.read_by",
        "cosigns": "needs.cosign",
        "order": "needs.order",
        "guards": "needs.guards",
        "dwells": "needs.dwell",
        "counters": "needs.counter",
        "until": "stands.until",
    },
}
"""The words of the file where the model has others; "": written beside, not below."""
_HIDDEN: Mapping[type, tuple[str, ...]] = {Cosign: ("less",), Limit: ("fresh",)}
"""What no file says."""
_NAMES = ("name", "fact", "template", "period", "of", "step", "title")
"""By which of its parts one of several items is told from the others."""


@dataclass(frozen=True, slots=True)
class Change:
    """One item added, removed or changed.

    `before` and `after` are what is written for `field` (None: not there).
    """

    kind: Literal["added", "removed", "changed"]
    section: str
    name: str
    title: str
    field: str = ""
    before: str | None = None
    after: str | None = None


def compare(before: Workflow, after: Workflow) -> Iterator[Change]:
    """List what changes, section by section.

    The order of items and where they stand in the file do not count.
    """
    for name in _TOP:
        yield from _changed(
            "流程",
            after.name,
            after.title,
            {name: getattr(before, name)},
            {name: getattr(after, name)},
        )
    for section, attribute in _SECTIONS:
        old, new = _items(getattr(before, attribute)), _items(getattr(after, attribute))
        for key, item in old.items():
            if key not in new:
                yield Change("removed", section, key, item.title)
        for key, item in new.items():
            if key not in old:
                yield Change("added", section, key, item.title)
            else:
                yield from _changed(section, key, item.title, _parts(old[key]), _parts(item))


def compare_lists(before: ChoiceList, after: ChoiceList) -> Iterator[Change]:
    """List what changes from one shared list to another, entry by entry."""
    for name in ("title", "basis", "note"):
        old, new = {name: getattr(before, name)}, {name: getattr(after, name)}
        yield from _changed("选项表", after.name, after.title, old, new)
    for entry in before.entries:
        if entry.title not in after.titled:
            yield Change("removed", "选项", entry.code, entry.title)
    for entry in after.entries:
        was = before.titled.get(entry.title)
        if was is None:
            yield Change("added", "选项", entry.code, entry.title)
        else:
            yield from _changed("选项", entry.code, entry.title, _parts(was), _parts(entry))


def _items(section: Any) -> dict[str, Any]:
    """Name the items of a section.

    Transitions that share a name are told apart by the states they leave.
    """
    if isinstance(section, Mapping):
        return dict(section)
    named: dict[str, Any] = {}
    for item in section:
        name = getattr(item, "name", item.title)
        named[
            name if name not in named else f"{name}（自 {'、'.join(getattr(item, 'sources', ()))}）"
        ] = item
    return named


def _parts(item: Any) -> dict[str, Any]:
    """Give the parts of an item by the words by which they are written in the file."""
    words = _WORDS.get(type(item), {})
    hidden = _HIDDEN.get(type(item), ())
    if isinstance(item, Cosign) and not item.less:
        hidden = (*hidden, "covers")  # which follow from what the transition reads
    return {
        words.get(f.name, f.name): getattr(item, f.name)
        for f in fields(item)
        if f.name not in ("location", "name", *hidden)
    }


def _changed(
    section: str, name: str, title: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Change]:
    for field in dict.fromkeys((*before, *after)):
        for path, old, new in _differences(field, before.get(field), after.get(field)):
            yield Change("changed", section, name, title, path, old, new)


def _differences(path: str, before: Any, after: Any) -> Iterator[tuple[str, str, str]]:
    """Give what differs between two values, each with its place below the item: of what has parts,
    the parts; of several such, those that are there in both one by one.
    """
    if _has_parts(before) and type(before) is type(after):
        old, new = _parts(before), _parts(after)
        for field in dict.fromkeys((*old, *new)):
            part = f"{path}.{field}" if field else path
            yield from _differences(part, old.get(field), new.get(field))
    elif _are_items(before) and _are_items(after) and before and after:
        yield from _differences_of_items(path, before, after)
    else:
        old_text, new_text = _written(before), _written(after)
        if old_text != new_text:
            yield path, old_text, new_text


def _differences_of_items(
    path: str, before: tuple[Any, ...], after: tuple[Any, ...]
) -> Iterator[tuple[str, str, str]]:
    """Pair the items that have the same name; of those without one, the ones that are left when
    equal ones are put aside, in their order.
    """
    old, new = _named(before, after), _named(after, before)
    lone = len(before) == len(after) == 1
    for name in dict.fromkeys((*old, *new)):
        place = path if lone and name in old and name in new else f"{path}[{name}]"
        yield from _differences(place, old.get(name), new.get(name))


def _named(items: Sequence[Any], others: Sequence[Any]) -> dict[str, Any]:
    """Map items by name; those without one by their number, but not those that the others have."""
    there = {_written(other) for other in others}
    found: dict[str, Any] = {}
    numbered = 0
    for item in items:
        names = (getattr(item, word, "") for word in _NAMES)
        name = next((str(name) for name in names if name), "")
        if not name and _written(item) in there:
            continue
        if not name or name in found:
            numbered += 1
            name = f"{name}{numbered}"
        found[name] = item
    return found


def _has_parts(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, (type, Expression, Quorum))


def _are_items(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(map(_has_parts, value))


def _written(value: Any) -> str:
    """Write a value of the model in a line; places in the file, and what is as it is where nothing
    is written, are left out.
    """
    if isinstance(value, Expression):
        return value.source
    if isinstance(value, Quorum):
        return str(value)
    if _has_parts(value):
        named = {"name": value.name} if hasattr(value, "name") else {}
        words = _WORDS.get(type(value), {})
        usual = {words.get(f.name, f.name): f.default for f in fields(value)}
        parts = [
            (word, _written(part))
            for word, part in (named | _parts(value)).items()
            if part != usual.get(word, MISSING)
        ]
        told = (f"{word}: {text}" if word else text.strip("{}") for word, text in parts if text)
        return "{" + "，".join(told) + "}"
    if isinstance(value, (list, tuple)):
        return "、".join(map(_written, value))
    if value is None or value is False:
        return ""
    return "是" if value is True else str(value)
