"""The rows kept beside the log by which cases are found: what of each is searched, and which pairs
of characters stand in it.

Chinese has no spaces between words, and its words are mostly of two characters: so every pair of
neighbouring characters is kept (`search_gram`), once for each block of cases; what is asked for is
looked for in the blocks that have all its pairs. What was measured: docs/architecture.md, "Search".

The rows are computed from the cases and compared with them by the audit.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lifecycle.engine.case import Case
from lifecycle.engine.values import Value
from lifecycle.frozen import dataclass
from lifecycle.ledger.record import damaged
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import Store
from lifecycle.workflow.model import Workflow

_END = "\n"
"""Ends every line of what is searched, and so makes a pair with its last character."""
_LAST = "\U0010ffff"
"""What comes after every character: the end of the pairs that begin with one."""
_NO_CONTROLS = dict.fromkeys((*range(32), 127), " ")


class SearchText(NamedTuple):
    """What of a case is searched, normalised: each line of it ends with a line feed."""

    number: str
    title: str
    facts: str

    @property
    def grams(self) -> set[str]:
        """Give the pairs of characters in it, the line feeds at the ends among them."""
        lines = (line + _END for part in self for line in part.split(_END) if line)
        return {line[at : at + 2] for line in lines for at in range(len(line) - 1)}


@dataclass(frozen=True, slots=True)
class SearchedWord:
    """One word that is looked for, or a unit with one of these codes; all of them normalised."""

    word: str
    units: tuple[str, ...] = ()

    def is_in(self, kept: SearchText) -> bool:
        """Tell whether a case has it."""
        named = self.word in kept.number or self.word in kept.title
        return named or self.is_in_facts(kept.facts)

    def is_in_facts(self, lines: str) -> bool:
        """Tell whether it is in lines of facts."""
        return self.word in lines or any(
            f"{_END}{unit}{_END}" in f"{_END}{lines}" for unit in self.units
        )

    def depth(self, kept: SearchText) -> int:
        """Say where in a case it is: 0 in the number, 1 in the title, 2 in the facts."""
        if self.word in kept.number:
            return 0
        return 1 if self.word in kept.title else 2


def normalised(words: str) -> str:
    """Give a text as it is searched: in one line, full and half width alike, capitals or not."""
    folded = unicodedata.normalize("NFKC", words.translate(_NO_CONTROLS)).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def search_text(workflow: Workflow, case: Case) -> SearchText:
    """Give what of a case is searched: its number, its title, and the facts that say so; only the
    number where its opening was cancelled.
    """
    if case.cancelled:
        return SearchText(normalised(case.number) + _END, "", "")
    facts = (
        fact_lines(case.facts[fact.name])
        for fact in workflow.facts.values()
        if fact.search and fact.name in case.facts
    )
    number, title = normalised(case.number), normalised(case.title)
    return SearchText(number + _END, title + _END, "".join(facts))


def fact_lines(value: Value) -> str:
    """Give the lines in which a fact is searched: one for each item of a list."""
    texts = map(str, value if isinstance(value, list) else [value])
    return "".join(f"{line}{_END}" for line in map(normalised, texts) if line)


def put_search(store: Store, workflow: Workflow, before: Case | None, after: Case) -> None:
    """Bring the rows up to a case that has moved on; within a transaction.

    Only what changes is written. `before` is None where nothing is kept of the case yet.
    """
    if before is not None and _is_alike(before, after):
        return
    was = workflow
    if before is not None and before.workflow != after.workflow:
        was = workflow.before_this
    wanted = search_text(workflow, after)
    if before is None:
        store.run(text.ADD_SEARCH_TEXT, case_id=after.id, **wanted._asdict())
        store.run(text.ADD_GRAMS, case_id=after.id, grams=_listed(wanted.grams))
        return
    kept = search_text(was, before)
    if kept == wanted:
        return
    store.run(text.CHANGE_SEARCH_TEXT, case_id=after.id, **wanted._asdict())
    store.run(text.DROP_GRAMS, case_id=after.id, grams=_listed(kept.grams - wanted.grams))
    store.run(text.ADD_GRAMS, case_id=after.id, grams=_listed(wanted.grams - kept.grams))


def _is_alike(before: Case, after: Case) -> bool:
    """Tell whether an entry has left alone all that is searched of a case."""
    return (
        before.facts is after.facts
        and before.title == after.title
        and before.cancelled == after.cancelled
        and before.workflow == after.workflow
    )


def forget_search(store: Store) -> None:
    """Remove all rows, to be written anew; within a transaction."""
    store.run(text.FORGET_GRAMS)
    store.run(text.FORGET_SEARCH_TEXTS)


def kept_search(store: Store, case_id: str) -> tuple[SearchText, int] | None:
    """Read what is kept of a case, and how many of its pairs of characters its block has; None
    where nothing is kept.
    """
    found = store.row(text.SEARCH_TEXT, case_id=case_id)
    if found is None or not all(isinstance(part, str) for part in found):
        return None
    kept = SearchText(*found)
    counted = store.row(text.COUNT_GRAMS, case_id=case_id, grams=_listed(kept.grams))
    return kept, int(counted[0])


def is_kept(found: tuple[SearchText, int] | None, workflow: Workflow, case: Case) -> bool:
    """Tell whether what is kept of a case is what it should be."""
    wanted = search_text(workflow, case)
    return found == (wanted, len(wanted.grams))


def named(
    store: Store, words: str, *, most: int = 9, seen_by: tuple[str, ...] | None = None
) -> list[tuple[str, str]]:
    """List number and title of the first cases whose number or title contains a text; one that has
    just this title comes first. `seen_by`: that somebody with these parts may see.
    """
    part = normalised(words)
    if not part:
        return []
    blocks = _listed(_blocks(store, part))
    conditions = [] if seen_by is None else [text.SEEN_BY]
    seen = {} if seen_by is None else {"parts": json.dumps(seen_by)}
    statement = text.CASES_NAMED.filtered(conditions)
    return store.rows(statement, blocks=blocks, part=part, text=words, most=most, **seen)


def find(store: Store, words: Sequence[SearchedWord]) -> list[str]:
    """Give the ids of the cases that have all of some words: first those that have them in the
    number, then in number and title, then those that have one of them in the facts only; of each
    the highest number first.
    """
    blocks = set.intersection(*(_blocks_of(store, word) for word in words))
    longest = max(words, key=lambda word: len(word.word))
    units = _listed(f"{unit}{_END}" for unit in longest.units)
    rows = store.rows(text.SEARCH, blocks=_listed(blocks), part=longest.word, units=units)
    found = []
    try:
        for case_id, *parts in rows:
            kept = SearchText(*parts)
            if all(word.is_in(kept) for word in words):
                depth = max(word.depth(kept) for word in words)
                found.append((-depth, kept.number, case_id))
    except TypeError as error:  # SQLite lets bytes into a column of texts
        raise damaged("检索文字") from error
    return [case_id for _depth, _number, case_id in sorted(found, reverse=True)]


def _blocks_of(store: Store, word: SearchedWord) -> set[int]:
    """Name the blocks in which a word may be, or one of its units."""
    units = (_blocks(store, f"{unit}{_END}") for unit in word.units)
    return _blocks(store, word.word).union(*units)


def _blocks(store: Store, part: str) -> set[int]:
    """Name the blocks that have every pair of characters of a text.

    Of a single character those that have any pair which begins with it: one ends every line.
    """
    if len(part) == 1:
        rows = store.rows(text.BLOCKS_BETWEEN, low=part, high=part + _LAST)
    else:
        grams = {part[at : at + 2] for at in range(len(part) - 1)}
        rows = store.rows(text.BLOCKS_WITH, grams=_listed(grams), many=len(grams))
    return {block for (block,) in rows}


def _listed(items: Iterable[str | int]) -> str:
    return json.dumps(sorted(items), ensure_ascii=False)
