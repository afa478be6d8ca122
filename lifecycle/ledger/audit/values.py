"""The audit of the values of facts that are kept beside the log, against the replay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lifecycle.ledger.reading.chain import CaseStep, Problem
from lifecycle.ledger.rows.value_rows import editions, kept_edition
from lifecycle.ledger.store import Store


def counted(known: Mapping[str, int], step: CaseStep) -> Mapping[str, int]:
    """Count the editions of each fact up to and with a step; `known` are those before it."""
    if step.after is None:
        return known
    return {**known, **{fact: known.get(fact, 0) + 1 for fact in editions(step.before, step.after)}}


def check_values(store: Store, step: CaseStep, known: Mapping[str, int]) -> Iterator[Problem]:
    """Compare the editions that an entry has made with those that are kept; `known` counts them."""
    if step.after is None:
        return
    for fact, edition in editions(step.before, step.after).items():
        number = known[fact]
        kept = kept_edition(store, step.after.id, fact, number)
        if kept is None:
            yield "state", f"要素 {fact} 的第 {number} 版取值不见了"
        elif kept != edition:
            yield "state", f"要素 {fact} 的第 {number} 版取值与回放结果不一致"


def check_no_more_values(
    kept: Iterable[tuple[str, int]], known: Mapping[str, int]
) -> Iterator[Problem]:
    """Find editions that are kept of a case, as (fact, edition), and that no entry of it has
    made.
    """
    for fact, number in kept:
        if not 1 <= number <= known.get(fact, 0):
            yield "state", f"要素 {fact} 多出第 {number} 版取值"
