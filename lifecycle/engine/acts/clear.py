"""Clearing facts that were set by mistake (清除): while no step has read them, by whoever set
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent, noted, title_in
from lifecycle.engine.acts.set_facts import keepers, titles_of
from lifecycle.engine.case import Case
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.editions import without_values
from lifecycle.engine.entry import Entry
from lifecycle.engine.fact_gates import (
    judge_lock,
    judge_no_door,
    judge_not_computed,
    judge_seats_kept,
)
from lifecycle.engine.gates.gates import Gate, judge_role, unknown
from lifecycle.engine.taking_back import judge_unread, judge_why
from lifecycle.engine.values import Value, show_value
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Fact, Workflow


@dataclass(frozen=True, slots=True)
class ClearFacts(Act):
    """Clear facts, with the reason: they are missing again, and no earlier value comes back.

    The judge fills in their `old` values.
    """

    facts: tuple[str, ...]
    note: str
    old: Mapping[str, Value] = field(default_factory=dict)

    entry_type = "facts_cleared"
    verb = "清除"

    def judge(self, docket: Docket) -> Decision:
        """Judge for each fact who keeps it, whether it is locked, and whether it can be taken back;
        and that the reason is given.
        """
        role = ""
        if not self.facts:
            docket.add(Gate("facts", False, {}, "没有写要清除什么"))
        for name in self.facts:
            fact = docket.workflow.facts.get(name)
            if fact is None:
                docket.add(unknown("facts", "要素", name, docket.workflow.facts))
            else:
                role = _judge_fact(docket, fact) or role
        judge_why(docket, self.note, self.verb)
        known = docket.case.facts
        old = {name: known[name] for name in self.facts if name in known}
        return docket.close(replace(self, old=old), role)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case without the facts."""
        return without_values(workflow, case, self.facts, entry.seq).after(entry)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {"facts": list(self.facts), "note": self.note, "old": dict(self.old)}
        return {"data": data, "files": [], "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = intent["data"]
        return cls(tuple(data["facts"]), data["note"], data["old"])

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it, with what was there."""
        told = []
        for name in self.facts:
            fact = workflow.facts.get(name)
            was = show_value(fact, self.old[name], names) if fact else str(self.old[name])
            told.append(f"{title_in(workflow.facts, name)}（原 {was}）")
        return f"{self.verb} {'、'.join(told)}{noted(self.note)}"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return f"{self.verb} {titles_of(workflow, self.facts)}"

    def is_repeated_by(self, recorded: Act) -> bool:
        """Tell whether an entry's act is this one; the old values were left to the judge."""
        return isinstance(recorded, ClearFacts) and replace(self, old=recorded.old) == recorded


def _judge_fact(docket: Docket, fact: Fact) -> str:
    """Judge one fact; gives the role relied on."""
    workflow, case = docket.workflow, docket.case
    gate, role = judge_role(
        workflow, case, docket.officer, docket.moment, keepers(workflow, case, fact.by)
    )
    if gate not in docket.gates:
        docket.add(gate)
    judge_lock(docket, fact.name, fact.title)
    judge_not_computed(docket, fact)
    inputs = {"name": fact.name}
    if fact.is_link:
        judge_no_door(docket, fact)
    elif fact.required is True:
        mend = f"填错的，直接改：lifecycle set {case.number} {fact.name}=…"
        docket.add(Gate("facts", False, inputs, f"{fact.title} 立项起就须有，不能清除", mend))
    elif fact.name not in case.facts:
        docket.add(Gate("facts", False, inputs, f"{fact.title} 没有填，无从清除"))
    else:
        judge_unread(docket, fact)
        judge_seats_kept(docket, fact, None)
    return role
