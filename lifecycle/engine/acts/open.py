"""Opening a case (立项)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent, title_in
from lifecycle.engine.case import Case, Edition, Fired, Recorders
from lifecycle.engine.declared import UNJUDGED, Declared, judge_declared, with_declared
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.editions import with_opening
from lifecycle.engine.entry import Entry
from lifecycle.engine.fact_gates import judge_asked_later, judge_value
from lifecycle.engine.gates.gates import (
    Gate,
    holds,
    judge_guard,
    judge_maker,
    judge_role,
    role_titles,
)
from lifecycle.engine.outcomes.computing import compute, entered_with
from lifecycle.engine.values import Value
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import OPENING, Fact, Transition, Workflow


@dataclass(frozen=True, slots=True)
class Open(Act):
    """Open a case with these facts. The judge fills in what the opening sets (`sets`; None for what
    is not applicable). A case that was running before is opened as it is `declared` to stand.
    """

    facts: Mapping[str, Value]
    sets: Mapping[str, Value | None] = field(default_factory=dict)
    declared: Declared | None = None

    entry_type = "case_opened"
    verb = "立项"

    def judge(self, docket: Docket) -> Decision:
        """Judge who may open, and that every fact required from the start is there and may be."""
        workflow = docket.workflow
        if self.declared is not None:
            return self._judge_declared(docket, self.declared)
        gate, role = self._judge_opener(docket)
        docket.add(gate)
        for name, value in self.facts.items():
            entered = judge_value(docket, name, value)
            if entered is not None and name not in workflow.computed:
                _judge_keeper(docket, entered)
                _judge_asked(docket, entered)
        there = (*self.facts, *(workflow.opening.set_facts if workflow.opening else ()))
        for fact in workflow.facts.values():
            if fact.required is True and fact.name not in there:
                mend = f"--set {fact.name}=…"
                docket.add(
                    Gate("facts", False, {fact.name: None}, f"缺 {fact.title}", mend, fact.basis)
                )
        made = self
        if workflow.opening is not None and all(gate.met for gate in docket.gates):
            made = self._opened(docket, workflow.opening)
        return docket.close(made, role, target=workflow.initial)

    def _judge_declared(self, docket: Docket, declared: Declared) -> Decision:
        """Judge a running case as it is declared: what its facts may be, and no gate of before."""
        for name, value in self.facts.items():
            judge_value(docket, name, value)
        judge_declared(docket, self.facts, declared)
        role = next((role for role in ("admin", "auditor") if role in docket.officer.held), "")
        return docket.close(self, role, target=declared.state)

    def _judge_opener(self, docket: Docket) -> tuple[Gate, str]:
        workflow, officer, moment = docket.workflow, docket.officer, docket.moment
        opening = workflow.opening
        if opening is None or not (officer.cause or opening.causes):
            if not officer.cause:
                return judge_role(workflow, None, officer, moment, workflow.opened_by)
            return Gate("role", False, {}, f"立项没有许可由 {officer.cause} 带动"), ""
        as_opened = replace(opening, by=workflow.opened_by)
        return judge_maker(workflow, None, as_opened, officer, moment)

    def _opened(self, docket: Docket, opening: Transition) -> Self:
        """Judge the conditions of the opening on the case as it would be, and compute what it
        sets.
        """
        workflow, moment = docket.workflow, docket.moment
        on = moment.on.isoformat()
        entry = Entry("", 1, "", "", on, f"{on}T00:00:00+00:00", (), "", None, None, {"case": ""})
        case = self.fold(workflow, None, entry)
        for guard in opening.guards:
            docket.add(judge_guard(workflow, case, opening, guard, {}, moment))
        made = replace(self, sets=compute(docket, case, opening, {}))
        if workflow.subject in made.sets and made.sets[workflow.subject] is None:
            title = workflow.facts[workflow.subject].title
            docket.add(Gate("sets", False, {"fact": workflow.subject}, f"{title} 没有算出来"))
        return made

    def fold(self, workflow: Workflow, case: Case | None, entry: Entry) -> Case:
        """Give the case as it begins."""
        facts, _empty = entered_with(self.facts, self.sets)
        case = Case(
            id=entry.case,
            number=entry.numbers["case"],
            workflow=entry.workflow,
            title=str(facts.get(workflow.subject, "")),
            state=workflow.initial,
            seq=entry.seq,
            head=entry.digest,
            opened_on=entry.on,
            entered_on=entry.on,
            last_on=entry.on,
            last_at=entry.at,
            readable=(entry.seq, entry.digest),
            facts=facts,
            changed=dict.fromkeys(facts, entry.seq),
            materials={},
            opinions={},
            fired={OPENING: Fired(1, entry.on, entry.seq, entry.persons)},
            editions={name: Edition(1, 1, entry.seq) for name in facts},
            entered={workflow.initial: entry.seq},
            recorders=Recorders().after(entry.seq, entry.persons),
        )
        if self.declared is not None:
            return with_declared(workflow, case, self.declared)
        return with_opening(workflow, case, entry)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data: dict[str, Any] = {"facts": dict(self.facts)}
        if self.sets:
            data["sets"] = dict(self.sets)
        if self.declared is not None:
            data["declared"] = self.declared.to_dict()
        return {"data": data, "files": [], "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = intent["data"]
        declared = Declared.from_dict(data["declared"]) if "declared" in data else None
        return cls(data["facts"], data.get("sets", {}), declared)

    def is_repeated_by(self, recorded: Act) -> bool:
        """Tell whether an entry's act is this one; what it sets was left to the judge."""
        return isinstance(recorded, Open) and replace(self, sets=recorded.sets) == recorded

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        number = entry.numbers.get("case", "")
        if self.declared is None:
            return f"{self.verb} {number}".rstrip()
        state = title_in(workflow.states, self.declared.state)
        return f"接管 {number}，在“{state}”（{UNJUDGED}）"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return self.verb


def _judge_keeper(docket: Docket, fact: Fact) -> None:
    """See that who opens a case may enter a fact: its `by:` holds then too, and no later transition
    asks it.

    A role bound to a fact is nobody's yet.
    """
    workflow, officer = docket.workflow, docket.officer
    if (
        officer.cause
        or not fact.by
        or any(holds(workflow, None, officer, role) for role in fact.by)
    ):
        judge_asked_later(docket, fact)
        return
    text = f"{fact.title} 由 {role_titles(workflow, fact.by)} 填，立项的人不能填"
    inputs = {"fact": fact.name, "by": list(fact.by)}
    docket.add(Gate("role", False, inputs, text, _when_entered(workflow, fact)))


def _judge_asked(docket: Docket, fact: Fact) -> None:
    """See that the opening asks a fact, where the workflow says what it asks."""
    opening = docket.workflow.opening
    if opening is None or not opening.asks or fact.name in opening.asks:
        return
    text = f"{fact.title} 立项时不填"
    docket.add(Gate("door", False, {"name": fact.name}, text, _when_entered(docket.workflow, fact)))


def _when_entered(workflow: Workflow, fact: Fact) -> str:
    """Say when the roles of a fact enter it: with the first transition that asks it, else once the
    case is open.
    """
    asking = next((t for t in workflow.transitions if fact.name in t.asks), None)
    if asking is None:
        return f"立项时去掉，立项后由其填：lifecycle set 编号 {fact.name}=…"
    command = f"lifecycle advance 编号 {asking.name} --set {fact.name}=…"
    return f"立项时去掉，由其办理“{asking.title}”时填：{command}"
