"""The state graph, carried by `transitions`: one Machine per workflow version, shared by all of its
cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from lifecycle.engine.case import Case
from lifecycle.workflow.model import PREVIOUS, Transition, Workflow

if TYPE_CHECKING:
    from transitions import EventData, Machine

_machines: WeakKeyDictionary[Workflow, Machine] = WeakKeyDictionary()


class Token:
    """What the machine moves: a state, and the state that a resume goes back to."""

    __slots__ = ("origin", "state")

    def __init__(self, state: str, origin: str | None) -> None:
        self.state = state
        self.origin = origin


def _goes_back_to(state: str) -> Any:
    def condition(event: EventData) -> bool:
        return isinstance(event.model, Token) and event.model.origin == state

    return condition


def _arcs(workflow: Workflow, transition: Transition) -> list[dict[str, Any]]:
    """Write one transition for the machine: one arc per source, and per state that a resume may go
    back to.
    """
    if transition.to != PREVIOUS:
        return [
            {"trigger": transition.name, "source": s, "dest": transition.to}
            for s in transition.sources
        ]
    left = dict.fromkeys(
        origin
        for t in workflow.transitions
        if t.kind == "suspend" and t.to in transition.sources
        for origin in t.sources
    )
    return [
        {
            "trigger": transition.name,
            "source": s,
            "dest": origin,
            "conditions": _goes_back_to(origin),
        }
        for s in transition.sources
        for origin in left
    ]


def machine_for(workflow: Workflow) -> Machine:
    """Give the workflow's machine, built at its first use."""
    machine = _machines.get(workflow)
    if machine is None:
        from transitions import Machine  # what never fires one starts sooner without

        machine = Machine(
            model=None,
            states=list(workflow.states),
            initial=workflow.initial,
            transitions=[arc for t in workflow.transitions for arc in _arcs(workflow, t)],
            auto_transitions=False,
            send_event=True,
        )
        _machines[workflow] = machine
    return machine


def fire(workflow: Workflow, case: Case, transition: str) -> str | None:
    """Fire a transition and give the state it leads to, or None where the graph has no such way."""
    from transitions import MachineError

    token = Token(case.state, case.suspension.state if case.suspension else None)
    event = machine_for(workflow).events.get(transition)
    try:
        moved = event is not None and event.trigger(token)
    except MachineError:
        return None
    return token.state if moved else None
