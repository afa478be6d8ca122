"""Asking for opinions on a transition (送会签): from that day on, those asked can be late."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent
from lifecycle.engine.acts.sign import seat_names
from lifecycle.engine.case import Case
from lifecycle.engine.docket import Decision, Docket, Refused
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.asking import unasked, with_asked
from lifecycle.engine.gates.cosign import judge_turn, who_is
from lifecycle.engine.gates.gates import Gate, holds, judge_role, leads_of
from lifecycle.engine.gates.quorum import has_turn
from lifecycle.engine.gates.seats import Seat, seats_of
from lifecycle.engine.transition import find_transition
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Transition, Workflow


@dataclass(frozen=True, slots=True)
class AskOpinions(Act):
    """Ask seats, as (role, unit), for their opinions; none named are all that nobody asked yet."""

    transition: str
    seats: tuple[tuple[str, str], ...] = ()

    entry_type = "opinions_asked"
    verb = "送会签"

    def judge(self, docket: Docket) -> Decision:
        """Judge that a maker of the transition or the lead asks, and whom: seats of its co-sign.
        Those that were asked already, or have spoken, are left out.
        """
        workflow, case = docket.workflow, docket.case
        transition = find_transition(docket, self.transition, partial(_asks_on, docket), "送会签")
        if isinstance(transition, Gate):
            return Refused((transition,))
        roles = _askers(docket, transition)
        gate, role = judge_role(workflow, case, docket.officer, docket.moment, roles)
        docket.add(gate)
        return docket.close(replace(self, seats=self._judge_seats(docket, transition)), role)

    def _judge_seats(self, docket: Docket, transition: Transition) -> tuple[tuple[str, str], ...]:
        workflow, case = docket.workflow, docket.case
        waiting = {(s.role, s.unit) for s in unasked(workflow, case, transition)}
        seats = {(s.role, s.unit): s for s in seats_of(workflow, case, transition)}
        wanted = self.seats or tuple(place for place in seats if place in waiting)
        later = {
            place: seat
            for place, seat in seats.items()
            if not has_turn(workflow, case, transition, seat.role)
        }
        if not seats:
            docket.add(Gate("opinion", False, {}, f"{transition.title} 不须会签"))
        elif not wanted and any(seat.is_open for seat in later.values()):
            text = f"{transition.title} 没有现在要送的单位；排在后面的，轮到时自动送"
            docket.add(Gate("opinion", False, {}, text))
        for role, unit in wanted:
            name = who_is(workflow, docket.moment, role, unit)
            if (role, unit) not in seats:
                docket.add(Gate("opinion", False, {}, f"{transition.title} 不由 {name} 会签"))
            elif (role, unit) in later:
                for gate in judge_turn(
                    workflow, case, transition, later[role, unit], docket.moment
                ):
                    docket.add(gate)
            elif (role, unit) in waiting:
                docket.add(Gate("opinion", True, {"role": role, "unit": unit}, f"送 {name}"))
        return tuple(seat for seat in wanted if seat in waiting)

    def is_idle(self, docket: Docket) -> bool:
        """Tell whether everybody was asked already, or has spoken."""
        return not self.seats

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the seats asked."""
        transition = workflow.leaving[case.state][self.transition]
        seats = [Seat(role, unit, None, stale=False) for role, unit in self.seats]
        return case.after(entry, asked=with_asked(case, transition, seats, entry))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        seats = [list(seat) for seat in self.seats]
        return {"data": {"seats": seats}, "files": [], "transition": self.transition}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        seats = tuple((role, unit) for role, unit in intent["data"]["seats"])
        return cls(intent["transition"], seats)

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        title = workflow.titles.get(self.transition, self.transition)
        return f"{self.verb} {title}　{seat_names(workflow, names, *self.seats)}"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return f"{self.verb} {workflow.titles.get(self.transition, self.transition)}"

    def is_repeated_by(self, recorded: Act) -> bool:
        """Tell whether an entry's act is this one: whom of those named, or of all, it asks was left
        to the judge.
        """
        if not isinstance(recorded, AskOpinions):
            return False
        known = not self.seats or set(recorded.seats) <= set(self.seats)
        return known and replace(self, seats=recorded.seats) == recorded


def _askers(docket: Docket, transition: Transition) -> tuple[str, ...]:
    """Name the roles that ask for opinions on a transition: its makers and the lead."""
    return tuple(dict.fromkeys((*transition.by, *leads_of(docket.workflow, docket.case))))


def _asks_on(docket: Docket, transition: Transition) -> bool:
    """Tell whether the officer can ask for opinions on a transition now."""
    workflow, case, officer = docket.workflow, docket.case, docket.officer
    asks = any(holds(workflow, case, officer, role) for role in _askers(docket, transition))
    return asks and bool(unasked(workflow, case, transition))
