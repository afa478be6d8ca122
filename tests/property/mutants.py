"""The product with one rule switched off, each by a name: the property has to catch all of them, or
it does not ask what it says.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lifecycle.engine import editions, fact_gates, taking_back, values
from lifecycle.engine.acts import (
    Act,
    AskOpinions,
    Attach,
    Correct,
    RenewOpinion,
    SetFacts,
    Sign,
    take_back,
)
from lifecycle.engine.acts.corrections import confirm, correct
from lifecycle.engine.case import Asked, Case, Opinion
from lifecycle.engine.clock import rounds
from lifecycle.engine.clock.rounds import Round
from lifecycle.engine.corrections import consequences
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates import asking, cosign, gates, quorum, seats, settled, staffing, wording
from lifecycle.engine.letters import letter_steps
from lifecycle.engine.world import clocks
from lifecycle.people import directory
from lifecycle.workflow import conditions

Switch = Callable[[pytest.MonkeyPatch], None]
"""Switches one rule off."""


def nothing(*_args: Any, **_kwargs: Any) -> tuple[()]:
    """Find nothing wrong."""
    return ()


def _always(*_args: Any, **_kwargs: Any) -> bool:
    return True


def _never(*_args: Any, **_kwargs: Any) -> bool:
    return False


def everywhere(old: Any, new: Any) -> Switch:
    """Put a function in the place of another, in whichever module it is named."""

    def switch(patch: pytest.MonkeyPatch) -> None:
        for name, module in list(sys.modules.items()):
            if name.startswith("lifecycle"):
                for word in [word for word, known in vars(module).items() if known is old]:
                    patch.setattr(module, word, new)

    return switch


def here(owner: Any, name: str, new: Any) -> Switch:
    """Put something in the place of what one module or class calls so."""
    return lambda patch: patch.setattr(owner, name, new)


def _idle_never(patch: pytest.MonkeyPatch) -> None:
    for act in (SetFacts, Attach, Sign, AskOpinions, Correct, RenewOpinion):
        patch.setattr(act, "is_idle", _never)


def _floor_of(_workflow: Any, case: Case, transition: Any, _cosign: Any) -> int:
    """Count opinions from the last return or making on, whatever has changed since."""
    made = case.fired.get(transition.name)
    return max(case.cleared, made.seq if made else 0)


def _asked_of(case: Case, _transition: Any, _seat: Any) -> Asked:
    """Have everybody asked by the state's being entered."""
    return Asked(case.entered_on, case.entered.get(case.state, 1))


_standing = quorum.standing_objections


def _standing_objections(case: Case, transition: Any) -> list[Opinion]:
    """Drop the objections of before the last change or return."""
    since = max(case.cleared, *case.changed.values())
    return [one for one in _standing(case, transition) if one.seq >= since]


_present = rounds.present_round


def _present_round(workflow: Any, case: Case, limit: Any) -> Round | None:
    """Have each edition of the date that a limit counts from open a round."""
    if limit.since not in case.facts:
        return _present(workflow, case, limit)
    return Round(str(case.facts[limit.since]), case.editions[limit.since].seq)


_holds = gates.holds


def _holds_across(workflow: Any, case: Any, officer: Any, role: str) -> bool:
    """Let a role be delegated across units."""
    from dataclasses import replace

    return _holds(workflow, case, replace(officer, away=False), role)


_parse = values.parse_fact


def _parse_fact(fact: Any, entered: Any) -> Any:
    """Keep equal items of a list once."""
    value = _parse(fact, entered)
    return list(dict.fromkeys(value)) if isinstance(value, list) else value


MUTANTS: dict[str, Switch] = {
    "1: what a step has read is set anew": everywhere(fact_gates.judge_relied_on, nothing),
    "1: what is asked is set by itself": everywhere(fact_gates.judge_no_door, _always),
    "1: what is locked is changed": everywhere(fact_gates.judge_lock, nothing),
    "1: old files are new, others the same": everywhere(gates.judge_editions, nothing),
    "2: a correction is made at once": here(correct, "upsets_of", lambda *_args: []),
    "2: a confirmation upsets nothing": here(confirm, "upsets_of", lambda *_args: []),
    "2: nothing waits after a correction": everywhere(settled.judge_settled, nothing),
    "2: who proposed it confirms it": here(confirm, "judge_other", nothing),
    "2: what has lapsed is confirmed": everywhere(consequences.has_lapsed, _never),
    "3: a step's gates are not asked again": everywhere(
        consequences.gates_of_step, lambda *_args: []
    ),
    "3: a return undoes nothing": here(editions, "_is_undone", _never),
    "4: dates lie in the future": here(fact_gates, "_judge_day", nothing),
    "4: a list loses equal values": everywhere(values.parse_fact, _parse_fact),
    "5: nothing is required": here(gates, "required_by", nothing),
    "6: opinions outlast changes": everywhere(seats.floor_of, _floor_of),
    "6: objections go stale": everywhere(quorum.standing_objections, _standing_objections),
    "7: everybody is asked": everywhere(asking.asked_of, _asked_of),
    "7: late records ask on their own day": here(Entry, "known_on", property(lambda self: self.on)),
    "7: stale seats are not asked anew": everywhere(
        asking.follow_seats, lambda _workflow, _before, after, _entry: after
    ),
    "7: who was asked is taken off": everywhere(fact_gates.judge_seats_kept, nothing),
    "8: one person speaks for two units": everywhere(cosign.judge_voice, nothing),
    "8: who signed makes it": everywhere(cosign.judge_makers, nothing),
    "8: the same person does both": everywhere(gates.judge_persons, nothing),
    "8: who ended it reopens it": everywhere(gates.judge_second_person, nothing),
    "9: silence agrees": here(quorum.OpinionCount, "is_enough", property(lambda _count: True)),
    "10: suspensions stop nothing": here(clocks, "_stops_after", nothing),
    "11: each edition opens a round": everywhere(rounds.present_round, _present_round),
    "11: what is done is not": everywhere(rounds.is_done, _never),
    "12: letters move the case's clock": here(Case, "beside", Case.after),
    "12: letters of undone steps go out": everywhere(
        letter_steps.lapse_as_recorded, lambda *_args: None
    ),
    "13: opinions are late without a reason": here(Act, "lacking", nothing),
    "13: roles of then are enough": everywhere(directory._also, lambda then, _now: then),
    "13: delegations across units": everywhere(gates.holds, _holds_across),
    "14: nobody there who can": everywhere(staffing.judge_staffing, nothing),
    "15: repeats are recorded": _idle_never,
    "15: a record on which others rest is taken back": here(take_back, "_resting", nothing),
    "15: others' entries are taken back": everywhere(taking_back.judge_own, nothing),
    "15: what was read is cleared": everywhere(taking_back.judge_unread, nothing),
    "16: conditions are not typed": everywhere(conditions.judge_condition, lambda *_args: []),
    "16: a refusal tells no figures": everywhere(
        wording.text_of, lambda _told, otherwise, **_how: otherwise
    ),
    "counters": everywhere(gates.judge_counters, nothing),
}
"""Each rule's number and what happens without it."""
ACROSS = ("8: one person speaks for two units",)
"""What the shipped workflow has no way to, since its roles stay inside a unit."""


@contextmanager
def without(rule: str) -> Iterator[None]:
    """Run the product without a rule."""
    with pytest.MonkeyPatch.context() as patch:
        MUTANTS[rule](patch)
        yield
