"""Cases found by words: in their number, their title, or the facts that their workflow has
searched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from lifecycle.engine.values import show_value
from lifecycle.errors import UsageError
from lifecycle.frozen import dataclass
from lifecycle.ledger.queries import ListedCase, listed_case
from lifecycle.ledger.rows.case_rows import read_case
from lifecycle.ledger.rows.search_rows import SearchedWord, fact_lines, find, normalised
from lifecycle.office.cases.lists import PAGE, ListRow, list_row

if TYPE_CHECKING:
    from lifecycle.office.office import Office
    from lifecycle.people.directory import Unit

MOST_WORDS = 8
MOST_CHARACTERS = 60
"""In all words together: longer ones are copied from somewhere, and nothing is found by them."""
_EXAMPLE = "写编号、名称或单位中的几个字，例如：lifecycle search 瓯江 茶旅"


@dataclass(frozen=True, slots=True)
class FoundFact:
    """A fact in which a word was found; `text` is its value as officers read it."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case that was found, as a list has it: whether one of the words is in its number, in its
    title, and the facts that have those which are in neither.
    """

    row: ListRow
    in_number: bool
    in_title: bool
    facts: tuple[FoundFact, ...]


@dataclass(frozen=True, slots=True)
class FoundPage:
    """One page of the cases that were found: `total` counts all of them."""

    words: tuple[str, ...]
    cases: tuple[FoundCase, ...]
    total: int
    page: int
    pages: int


def search(office: Office, texts: Sequence[str], page: int = 1) -> FoundPage:
    """Find the cases that have every word: by number before those by title before those by facts,
    each the highest number first.

    Raises UsageError where there is nothing to look for, or too much.
    """
    words = _words(office, texts)
    ids = _seen(office, find(office.store, words))
    moment = office.moment()
    found = []
    for case_id in ids[(page - 1) * PAGE : page * PAGE]:
        item = listed_case(office.store, case_id)
        if item is not None:  # a row that somebody slipped in is found by the audit
            found.append(
                FoundCase(
                    row=list_row(office.library, item, moment),
                    in_number=_has_one(item.number, words),
                    in_title=_has_one(item.title, words),
                    facts=tuple(_facts(office, item, words, moment.names)),
                )
            )
    asked = tuple(word.word for word in words)
    return FoundPage(asked, tuple(found), len(ids), page, -(-len(ids) // PAGE))


def _seen(office: Office, ids: list[str]) -> list[str]:
    """Leave out the cases that whoever looks may not see."""
    if office.viewer.parts is None:
        return ids
    cases = ((case_id, office.register.case(case_id)) for case_id in ids)
    return [i for i, case in cases if office.viewer.sees(office.workflow_of(case), case)]


def _words(office: Office, texts: Sequence[str]) -> tuple[SearchedWord, ...]:
    """Read what is looked for: words apart by spaces, each once."""
    words = tuple(dict.fromkeys(word for text in texts for word in normalised(text).split()))
    if not words:
        raise UsageError("没有写要找什么", _EXAMPLE)
    if len(words) > MOST_WORDS:
        raise UsageError(
            f"要找的词太多：{len(words)} 个，最多 {MOST_WORDS} 个", "只写最有特点的几个"
        )
    length = sum(map(len, words))
    if length > MOST_CHARACTERS:
        raise UsageError(
            f"要找的字太多：{length} 个，最多 {MOST_CHARACTERS} 个", "只写最有特点的几个字"
        )
    units = office.directory.units.values()
    return tuple(SearchedWord(word, tuple(_named(units, word))) for word in words)


def _named(units: Iterable[Unit], word: str) -> Iterator[str]:
    """Name the units, normalised, that have or had a word in their name."""
    for unit in units:
        if any(word in normalised(title) for title, _span in unit.titles):
            yield normalised(unit.code)


def _has_one(text: str, words: Iterable[SearchedWord]) -> bool:
    searched = normalised(text)
    return any(word.word in searched for word in words)


def _facts(
    office: Office, item: ListedCase, words: Sequence[SearchedWord], names: Mapping[str, str]
) -> Iterator[FoundFact]:
    """List the facts in which those words stand that neither number nor title has; where these have
    all of them, the case itself is not read.
    """
    named = f"{normalised(item.number)}\n{normalised(item.title)}"
    sought = [word for word in words if word.word not in named]
    if not sought:
        return
    case = read_case(office.store, item.snapshot)
    for fact in office.workflow_of(case).facts.values():
        if not fact.search or fact.name not in case.facts:
            continue
        value = case.facts[fact.name]
        lines = fact_lines(value)
        if any(word.is_in_facts(lines) for word in sought):
            yield FoundFact(fact.name, fact.title, show_value(fact, value, names))
