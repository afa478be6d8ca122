"""Declining a correction that was proposed (不同意更正), as the lead; whoever proposed it may take
it back so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent, noted
from lifecycle.engine.acts.corrections.confirm import find_proposal, wish_of
from lifecycle.engine.case import Case
from lifecycle.engine.corrections.consequences import left_after
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.gates import Gate, confirmers_of, judge_role
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class DeclineCorrection(Act):
    """Decline the correction that the entry with the seq `proposal` proposed, with the reason."""

    proposal: int
    note: str

    entry_type = "correction_declined"
    verb = "不同意更正"
    after_end = True

    def judge(self, docket: Docket) -> Decision:
        """Judge that it waits, who declines it, and that the reason is given."""
        workflow, case = docket.workflow, docket.case
        proposal = find_proposal(docket, self.proposal)
        own = proposal is not None and bool(set(proposal.persons) & set(docket.officer.persons))
        gate, role = judge_role(
            workflow, case, docket.officer, docket.moment, confirmers_of(workflow, case)
        )
        docket.add(Gate("role", True, {}, "提请更正的人") if own else gate)
        if not self.note:
            docket.add(Gate("reason", False, {}, "须写明理由", "加 --note 理由"))
        return docket.close(self, role)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case without the proposal."""
        return case.after(entry, proposals=left_after(case, self.proposal))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {"proposal": self.proposal, "note": self.note}
        return {"data": data, "files": [], "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        return cls(intent["data"]["proposal"], intent["data"]["note"])

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        return f"{self.verb}（第 {self.proposal} 笔）{noted(self.note)}"

    def told_of(self, change: str) -> str:
        """Tell of it with what was not changed."""
        return f"{self.verb} {change}（第 {self.proposal} 笔）{noted(self.note)}"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return wish_of(self.verb, workflow, case, self.proposal)
