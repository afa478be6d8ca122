"""Setting facts of a case (填报)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent
from lifecycle.engine.acts.changes import told_entered, told_facts
from lifecycle.engine.case import Case
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.editions import changes_value, with_values
from lifecycle.engine.entry import Entry
from lifecycle.engine.fact_gates import (
    judge_absence_read,
    judge_lock,
    judge_no_door,
    judge_present,
    judge_relied_on,
    judge_seats_kept,
    judge_value,
)
from lifecycle.engine.gates.gates import Gate, judge_role
from lifecycle.engine.values import Value
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class SetFacts(Act):
    """Set facts of a case."""

    facts: Mapping[str, Value]

    entry_type = "facts_recorded"
    verb = "填报"

    def judge(self, docket: Docket) -> Decision:
        """Judge for each fact who may set it, whether it is locked, whether it is set at all or
        entered with a transition, whether a step rests on it, and whether the value may be.
        """
        role = ""
        if not self.facts:
            docket.add(Gate("facts", False, {}, "没有写要填什么"))
        for name, value in self.facts.items():
            fact = judge_value(docket, name, value)
            if fact is None:
                continue
            roles = keepers(docket.workflow, docket.case, fact.by)
            gate, held = judge_role(
                docket.workflow, docket.case, docket.officer, docket.moment, roles
            )
            role = role or held
            if gate not in docket.gates:
                docket.add(gate)
            judge_present(docket, fact)
            judge_lock(docket, name, fact.title)
            if judge_no_door(docket, fact):
                judge_relied_on(docket, fact, same=docket.case.facts.get(name) == value)
                judge_seats_kept(docket, fact, value)
        judge_absence_read(docket, self.facts)
        return docket.close(self, role)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the facts set."""
        return with_values(workflow, case, self.facts, entry.seq).after(entry)

    def is_idle(self, docket: Docket) -> bool:
        """Tell whether every value is there already."""
        return not any(
            changes_value(docket.workflow, docket.case, name, value)
            for name, value in self.facts.items()
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
        return f"{self.verb} {told_facts(workflow, self.facts, names)}"

    def told_after(self, workflow: Workflow, before: Case, names: Mapping[str, str]) -> str:
        """Tell of it with the values that were there before."""
        return f"{self.verb} {told_entered(workflow, before.facts, self.facts, names)}"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        titles = {fact.name: fact.title for fact in workflow.facts.values()}
        return f"{self.verb} {'、'.join(titles.get(name, name) for name in self.facts)}"


def keepers(workflow: Workflow, case: Case, by: tuple[str, ...]) -> tuple[str, ...]:
    """Name the roles that may set a fact: its own, else the panel's and the state's lead and those
    who move it on.
    """
    if by:
        return by
    leads = (workflow.panel.lead if workflow.panel else None, workflow.states[case.state].lead)
    moving = (role for t in workflow.leaving[case.state].values() for role in t.by)
    return tuple(dict.fromkeys((*(lead for lead in leads if lead), *moving)))


def titles_of(workflow: Workflow, facts: Iterable[str]) -> str:
    """Name facts in the order of the workflow: that of an entry is alphabetical."""
    named = set(facts)
    return "、".join(fact.title for fact in workflow.facts.values() if fact.name in named)
