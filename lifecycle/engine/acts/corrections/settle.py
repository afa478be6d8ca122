"""Recording, as the lead, how an objection said anew after a correction was resolved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent, noted
from lifecycle.engine.acts.corrections.renew import find_renewal, with_said
from lifecycle.engine.acts.sign import seat_name
from lifecycle.engine.case import Case
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.cosign import judge_objection
from lifecycle.engine.gates.gates import Gate, confirmers_of, judge_role, role_titles
from lifecycle.engine.gates.renewals import is_settleable, place_of
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class SettleRenewal(Act):
    """Record, as the lead, how the objection that a seat (its role and unit) said anew on a
    correction was resolved.
    """

    correction: int
    role: str
    unit: str
    note: str

    entry_type = "renewal_settled"
    verb = "处理更正后的不同意见"
    after_end = True

    @property
    def is_opinion(self) -> bool:
        """Tell that it is."""
        return True

    def judge(self, docket: Docket) -> Decision:
        """Judge who leads, that there is such an objection, and that the lead says what was done
        about it.
        """
        workflow, case = docket.workflow, docket.case
        renewal = find_renewal(docket, self.correction)
        roles = confirmers_of(workflow, case)
        gate, role = judge_role(workflow, case, docket.officer, docket.moment, roles)
        docket.add(gate)
        objecting = renewal.objecting if renewal else ()
        places = [(seat.role, seat.unit) for seat in objecting]
        told = f"第 {self.correction} 笔更正", f"lifecycle resolve {case.number} {self.correction}"
        place = self.role, self.unit
        lacking = judge_objection(workflow, docket.moment, place, places, told)
        if renewal and lacking is not None:
            docket.add(lacking)
        for seat in objecting:
            counts = renewal is not None and not is_settleable(workflow, renewal, seat)
            if (seat.role, seat.unit) == (self.role, self.unit) and counts:
                text = "这一处会签按计票，牵头单位的处理不能代替同意"
                docket.add(Gate("opinion", False, {}, text, "由其另表示意见，或退回重办"))
        if not self.note:
            text = f"须由 {role_titles(workflow, roles)} 写明如何处理"
            docket.add(Gate("reason", False, {}, text, "加 --note 处理情况"))
        return docket.close(self, role)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the objection resolved, wherever it was said last."""
        place = place_of(self.role, self.unit)
        on = max(
            (one for one in case.renewals.values() if place in one.said),
            key=lambda one: (one.correction >= self.correction, one.said[place].seq),
        )
        settled = replace(on.said[place], resolved=self.note, resolved_by=entry.persons)
        return with_said(case, on.correction, [settled], entry)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {
            "correction": self.correction,
            "role": self.role,
            "unit": self.unit,
            "note": self.note,
        }
        return {"data": data, "files": [], "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        return cls(**intent["data"])

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        unit = seat_name(workflow, names, self.role, self.unit)
        return f"处理 {unit} 对更正（第 {self.correction} 笔）的不同意见{noted(self.note)}"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return f"{self.verb}（第 {self.correction} 笔）"
