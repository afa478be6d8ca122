"""The rounds in which a time limit runs: from which day the present one counts, and whether it is
done.

A round opens when the state is entered, or with a new edition of the fact that the limit counts
from once the round before is done. An edition that comes before that neither restarts the limit nor
moves it, unless the transition that enters it `prolongs`. All is worked out from the editions and
the steps that stand: what a return undid opened no round and has done nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from lifecycle.engine.case import Case, Edition
from lifecycle.engine.editions import edition_of, transition_of
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import ENTERED, Limit, Workflow


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a limit: the day that it counts from (YYYY-MM-DD), and the seq of the entry that
    opened it.
    """

    since: str
    seq: int


@dataclass(frozen=True, slots=True)
class _Dated:
    """An edition of the fact that a limit counts from, with its day as amended."""

    edition: Edition
    day: str


@dataclass(frozen=True, slots=True)
class _Event:
    """What may have ended a limit: the seq at which it was recorded, and its day where it has
    one.
    """

    seq: int
    day: str | None


def present_round(workflow: Workflow, case: Case, limit: Limit) -> Round | None:
    """Give the present round of a limit of the case's state; None where the day that it counts from
    is not known.
    """
    if limit.since == ENTERED:
        return Round(case.entered_on, case.entered.get(case.state, 0))
    editions = _editions_of_stay(case, limit.since)
    if not editions:
        return None
    now = Round(editions[0].day, editions[0].edition.seq)
    for before, one in pairwise(editions):
        now = _after(workflow, case, limit, now, before, one)
    return now


def counted_since(case: Case, limit: Limit, now: Round) -> str:
    """Give the day from which a limit's present round is counted: one that came with a new version
    of the workflow runs at the earliest from the day on which the case was taken over into that.
    """
    return max(now.since, case.migrated_on[limit.fresh - 1]) if limit.fresh else now.since


def is_done(workflow: Workflow, case: Case, limit: Limit, now: Round) -> bool:
    """Tell whether something that ends a limit belongs to a round of it."""
    return any(_belongs(event, limit, now) for event in _events(workflow, case, limit))


def _editions_of_stay(case: Case, name: str) -> list[_Dated]:
    """List the editions of a fact since the case entered its state, and before them the one then in
    hand; what was typed over until then opened no round.
    """
    kept = [one for one in case.past.get(name, ()) if not one.undone]
    found = [_Dated(one.edition, str(one.value)) for one in kept]
    if name in case.facts:
        found.append(_Dated(edition_of(case, name), str(case.facts[name])))
    found.sort(key=lambda one: one.edition.seq)
    entered = case.entered.get(case.state, 0)
    earlier = [one for one in found if one.edition.seq <= entered]
    return [*earlier[-1:], *found[len(earlier) :]]


def _after(
    workflow: Workflow, case: Case, limit: Limit, now: Round, before: _Dated, one: _Dated
) -> Round:
    """Give the round that runs once another edition was entered.

    Typed anew before any step read it, or by a transition that prolongs, it moves the day that the
    round counts from: what was done stays done. Set anew after a return undid those that had read
    it, it opens a round.
    """
    by = one.edition.by
    typed_anew = not by and not before.edition.used
    if typed_anew or _prolongs(workflow, case, one.edition):
        return Round(one.day, now.seq)
    events = _events(workflow, case, limit)
    done = any(e.seq <= one.edition.seq and _belongs(e, limit, now) for e in events)
    return Round(one.day, one.edition.seq) if done or not by else now


def _prolongs(workflow: Workflow, case: Case, edition: Edition) -> bool:
    """Tell whether what entered an edition prolongs: by the version that made it, where that was
    another one.
    """
    made = case.steps.at(edition.seq) if workflow.former else None
    if made is not None:
        return transition_of(workflow, made).prolongs
    return any(way.prolongs for way in workflow.transitions if way.name == edition.by)


def _belongs(event: _Event, limit: Limit, now: Round) -> bool:
    """Tell whether an event belongs to a round: it was recorded in it or, by its own day, happened
    when the limit had begun.

    What counts from entering a state is done in that state only.
    """
    if event.seq > now.seq:
        return True
    return limit.since != ENTERED and event.day is not None and event.day >= now.since


def _events(workflow: Workflow, case: Case, limit: Limit) -> Iterator[_Event]:
    """List what may have ended a limit and stands: transitions made, and facts entered, of which a
    date has a day.
    """
    for name in limit.done:
        made = case.fired.get(name)
        if made is not None:
            yield _Event(made.seq, made.on)
        elif name in case.facts:
            dated = workflow.facts[name].type == "date"
            day = str(case.facts[name]) if dated else None
            yield _Event(edition_of(case, name).seq, day)
