"""When opinions are asked for: whether it is time yet."""

from __future__ import annotations

from lifecycle.engine.case import Case, Moment
from lifecycle.engine.gates.gates import holds_guard, judge_counters
from lifecycle.workflow.model import Guard, Transition, Workflow


def is_up(workflow: Workflow, case: Case, transition: Transition, moment: Moment) -> bool:
    """Tell whether it is time to ask for opinions: what came before allows it, and there is
    something to judge.

    On the way forward that is so from the first day. Once a transition was made, opinions are asked
    again when the case was returned or what they cover has changed.
    """
    covers = transition.cosign.covers if transition.cosign else ()
    fired = case.fired.get(transition.name)
    if fired is not None and not any(
        seq > fired.seq for seq in (case.cleared, *map(case.changed.get, covers)) if seq
    ):
        return False
    if transition.kind != "forward" and any(
        name not in case.facts and name not in case.materials for name in covers
    ):
        return False
    history = history_of(transition)
    made = (holds_guard(workflow, case, guard, {}, moment) for guard in history)
    return all(made) and all(gate.met for gate in judge_counters(workflow, case, transition))


def history_of(transition: Transition) -> list[Guard]:
    """List the guards of a transition that ask only what was made before, and how often."""
    return [
        guard
        for guard in transition.guards
        if guard.when.names and guard.when.names <= {"order", "count"}
    ]
