"""Opening a case (立项)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent
from lifecycle.engine.case import OPEN, Case, Fired
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.entry import Entry
from lifecycle.engine.fact_gates import judge_value
from lifecycle.engine.gates import Gate, judge_role
from lifecycle.engine.values import Value
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class Open(Act):
    """Open a case with these facts."""

    facts: Mapping[str, Value]

    entry_type = "case_opened"
    verb = "立项"

    def judge(self, docket: Docket) -> Decision:
        """Judge who may open, and that every fact required from the start is there and may be."""
        workflow = docket.workflow
        gate, role = judge_role(workflow, None, docket.officer, docket.moment, workflow.opened_by)
        docket.add(gate)
        for name, value in self.facts.items():
            judge_value(docket, name, value)
        for fact in workflow.facts.values():
            if fact.required is True and fact.name not in self.facts:
                mend = f"--set {fact.name}=…"
                docket.add(Gate("facts", False, {fact.name: None}, f"缺 {fact.title}", mend, fact.basis))
        return docket.close(self, role, target=workflow.initial)

    def fold(self, workflow: Workflow, case: Case | None, entry: Entry) -> Case:
        """Give the case as it begins."""
        return Case(
            id=entry.case,
            number=entry.numbers["case"],
            workflow=entry.workflow,
            title=str(self.facts[workflow.subject]),
            state=workflow.initial,
            seq=entry.seq,
            head=entry.digest,
            opened_on=entry.on,
            entered_on=entry.on,
            last_on=entry.on,
            last_at=entry.at,
            facts=dict(self.facts),
            changed=dict.fromkeys(self.facts, entry.seq),
            materials={},
            opinions={},
            fired={OPEN: Fired(1, entry.on, entry.seq, entry.persons)},
        )

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return {"data": {"facts": dict(self.facts)}, "files": [], "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        return cls(intent["data"]["facts"])

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        return f"{self.verb} {entry.numbers.get('case', '')}".rstrip()

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return self.verb
