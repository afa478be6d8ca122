"""Recording, as the lead, how an objection was resolved (处理不同意见)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent, noted
from lifecycle.engine.acts.sign import seat_name
from lifecycle.engine.case import Case, opinion_key
from lifecycle.engine.docket import Decision, Docket, Refused
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.cosign import judge_objection
from lifecycle.engine.gates.gates import Gate, holds, judge_role, resolvers_of, role_titles
from lifecycle.engine.gates.quorum import standing_objections
from lifecycle.engine.transition import find_transition
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Transition, Workflow


@dataclass(frozen=True, slots=True)
class ResolveObjection(Act):
    """Record, as the lead, how the objection of a seat (its role and unit) was resolved."""

    transition: str
    role: str
    unit: str
    note: str

    entry_type = "objection_resolved"
    verb = "处理不同意见"

    @property
    def is_opinion(self) -> bool:
        """Tell that it is."""
        return True

    def judge(self, docket: Docket) -> Decision:
        """Judge who leads, that there is such an objection, and that the lead says what was done
        about it.
        """
        workflow, case = docket.workflow, docket.case
        transition = find_transition(docket, self.transition, partial(_resolves, docket), self.verb)
        if isinstance(transition, Gate):
            return Refused((transition,))
        roles = resolvers_of(workflow, case, transition)
        gate, role = judge_role(workflow, case, docket.officer, docket.moment, roles)
        docket.add(gate)
        objecting = [(o.role, o.unit) for o in standing_objections(case, transition)]
        told = transition.title, f"lifecycle resolve {case.number} {transition.name}"
        place = self.role, self.unit
        lacking = judge_objection(workflow, docket.moment, place, objecting, told)
        if lacking is not None:
            docket.add(lacking)
        if not self.note:
            text = f"须由 {role_titles(workflow, roles)} 写明如何处理"
            docket.add(Gate("reason", False, {}, text, "加 --note 处理情况"))
        return docket.close(self, role)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the objection resolved."""
        key = opinion_key(self.transition, self.role, self.unit)
        settled = replace(case.opinions[key], resolved=self.note, resolved_by=entry.persons)
        return case.after(entry, opinions={**case.opinions, key: settled})

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {"role": self.role, "unit": self.unit, "note": self.note}
        return {"data": data, "files": [], "transition": self.transition}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = intent["data"]
        return cls(intent["transition"], data["role"], data["unit"], data["note"])

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        title = workflow.titles.get(self.transition, self.transition)
        unit = seat_name(workflow, names, self.role, self.unit)
        return f"处理 {unit} 对 {title} 的不同意见{noted(self.note)}"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return f"处理不同意见：{workflow.titles.get(self.transition, self.transition)}"


def _resolves(docket: Docket, transition: Transition) -> bool:
    """Tell whether there is an objection to a transition that the officer can settle."""
    workflow, case, officer = docket.workflow, docket.case, docket.officer
    roles = resolvers_of(workflow, case, transition)
    leads = any(holds(workflow, case, officer, role) for role in roles)
    return leads and bool(standing_objections(case, transition))
