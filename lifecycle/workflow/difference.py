"""What changes from one workflow to another, item by item: for the officer who is to decide on
publishing it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from lifecycle.expression.expression import Expression
from lifecycle.workflow.choice_lists import ChoiceList
from lifecycle.workflow.model import Quorum, Workflow

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
    return {
        f.name: getattr(item, f.name) for f in fields(item) if f.name not in ("location", "name")
    }


def _changed(
    section: str, name: str, title: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Change]:
    for field, value in after.items():
        old, new = _written(before[field]), _written(value)
        if old != new:
            yield Change("changed", section, name, title, field, old, new)


def _written(value: Any) -> str:
    """Write a value of the model in a line; places in the file are left out."""
    if isinstance(value, Expression):
        return value.source
    if isinstance(value, Quorum):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        named = {"name": value.name} if hasattr(value, "name") else {}
        parts = ((f, _written(v)) for f, v in (named | _parts(value)).items())
        return "{" + "，".join(f"{f}: {text}" for f, text in parts if text) + "}"
    if isinstance(value, (list, tuple)):
        return "、".join(map(_written, value))
    if value is None or value is False:
        return ""
    return "是" if value is True else str(value)
