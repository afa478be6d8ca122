"""What became of a table, told by the rows that changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lifecycle.engine.values import shown_row, shown_rows
from lifecycle.workflow.model import Fact

UNFILLED = "（空）"


def told_rows(fact: Fact, old: Any, new: Any, names: Mapping[str, str]) -> str:
    """Tell what has changed from one table to another: rows that came, went, or have other cells,
    by their numbers; "" where nothing has.
    """
    was, now = shown_rows(fact, old, names), shown_rows(fact, new, names)
    return "，".join(_changes(fact, was, now))


def _changes(fact: Fact, was: list[tuple[str, ...]], now: list[tuple[str, ...]]) -> Iterator[str]:
    # Not at the top: most commands tell of no table.
    from difflib import SequenceMatcher

    for kind, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        pairs = min(b - a, d - c)
        for step in range(pairs):
            yield _cells(fact, c + step + 1, was[a + step], now[c + step])
        for place in range(a + pairs, b):
            yield f"删去原第 {place + 1} 行 {shown_row(was[place])}"
        for place in range(c + pairs, d):
            yield f"增加第 {place + 1} 行 {shown_row(now[place])}"


def _cells(fact: Fact, number: int, was: tuple[str, ...], now: tuple[str, ...]) -> str:
    """Tell which cells of a row are others now."""
    changed = (
        f"{column.title} {before or UNFILLED} → {after or UNFILLED}"
        for column, before, after in zip(fact.columns, was, now, strict=True)
        if before != after
    )
    return f"第 {number} 行 {'、'.join(changed)}"
