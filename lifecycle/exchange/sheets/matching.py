"""Which column of a table is which fact: by identifier, title, another word for it, likeness, or by
its values; each with the reason, for a clerk to judge.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from lifecycle.errors import InvalidError
from lifecycle.exchange.sheets.figures import like_choice, read_figure
from lifecycle.exchange.sheets.layout import HeadColumn, unit_in, without_brackets
from lifecycle.exchange.sheets.words import folded, sheet_words
from lifecycle.workflow.model import Fact

_LIKE = 0.6
"""Heads that are less alike, of 1 for the same, are not taken for each other."""
_FITTING = 0.5
"""Of a column that is only like a fact, so many values must be readable as its."""
_TELLING = 0.8
"""Of a column that only its values speak for, so many must be choices of the fact."""


@dataclass(frozen=True, slots=True)
class Match:
    """A column taken for a fact: how surely (of 100), and why."""

    column: HeadColumn
    fact: Fact
    score: float
    why: str


def match_columns(
    columns: Sequence[HeadColumn],
    facts: Collection[Fact],
    samples: Mapping[int, Sequence[str]],
    epoch: date,
) -> dict[int, Match]:
    """Take each column for the fact that it fits best, each fact once; `samples` are the values of
    each column.
    """
    found = [
        match
        for column in columns
        for fact in facts
        if (match := _match(column, fact, samples.get(column.index, ()), epoch)) is not None
    ]
    found.sort(key=lambda match: (-match.score, match.column.index))
    taken: dict[int, Match] = {}
    facts_taken: set[str] = set()
    for match in found:
        if match.column.index not in taken and match.fact.name not in facts_taken:
            taken[match.column.index] = match
            facts_taken.add(match.fact.name)
    return taken


def is_name_of(head: str, facts: Collection[Fact]) -> bool:
    """Tell whether a head names one of these facts."""
    return any(_named(text, fact) for fact in facts for text in _readings(HeadColumn(0, (head,))))


def _match(column: HeadColumn, fact: Fact, values: Sequence[str], epoch: date) -> Match | None:
    """Judge a column as one fact."""
    fit = _fit(fact, values, unit_in(column.text), epoch)
    for place, text in enumerate(_readings(column)):
        named = _named(text, fact)
        if named:
            score, why = named
            return Match(column, fact, score - 2 * place + fit, why)
    like = max((_likeness(text, folded(fact.title)) for text in _readings(column)), default=0)
    if like >= _LIKE and fit >= _FITTING:
        why = f"列名与“{fact.title}”相近"
        return Match(column, fact, 40 * like + fit, why)
    if fact.type == "choice" and values and _choices(fact, values) >= _TELLING:
        return Match(column, fact, 20 + fit, f"各行的值是“{fact.title}”的可选项")
    return None


def _readings(column: HeadColumn) -> Iterator[str]:
    """Give a column's heading in the ways in which it may name a fact, the likeliest first."""
    if not column.path:
        return
    full = [folded(text) for text in column.path]
    bare = [without_brackets(text) for text in column.path]
    yield from dict.fromkeys(
        text for text in (full[-1], bare[-1], "".join(full), "".join(bare)) if text
    )


def _named(text: str, fact: Fact) -> tuple[float, str] | None:
    """Tell whether a text names a fact: how surely, and how."""
    title = folded(fact.title)
    if text == title:
        return 100, "列名就是要素的名称"
    if text == folded(fact.name):
        return 98, "列名就是要素的标识"
    if text == without_brackets(fact.title):
        return 90, f"列名是要素的名称“{fact.title}”，不计括号"
    if sheet_words().alike(text, title):
        return 80, f"“{text}”是“{fact.title}”的另一种说法"
    return None


def _likeness(text: str, title: str) -> float:
    """Tell how alike two heads are: one within the other counts for most."""
    if len(text) > 1 and len(title) > 1 and (text in title or title in text):
        return 0.6 + 0.4 * min(len(text), len(title)) / max(len(text), len(title))
    return SequenceMatcher(None, text, title).ratio()


def _fit(fact: Fact, values: Sequence[str], unit: str, epoch: date) -> float:
    """Tell what part of the values can be read as a fact's; all of none."""
    if not values:
        return 1.0
    return sum(_is_read(fact, value, unit, epoch) for value in values) / len(values)


def _is_read(fact: Fact, value: str, unit: str, epoch: date) -> bool:
    from lifecycle.engine.values import parse_fact

    try:
        parse_fact(fact, read_figure(fact, value, unit, epoch))
    except InvalidError:
        return False
    return True


def _choices(fact: Fact, values: Sequence[str]) -> float:
    return sum(like_choice(fact, value) is not None for value in values) / len(values)
