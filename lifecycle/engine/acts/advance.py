"""Making a transition of a case (办理流转)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import partial
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent, noted, title_in
from lifecycle.engine.acts.changes import told_facts
from lifecycle.engine.case import Case, Suspension
from lifecycle.engine.case_letter import VOID, CaseLetter, names_of
from lifecycle.engine.clock.by_clock import judge_its_day
from lifecycle.engine.docket import Decision, Docket, Refused
from lifecycle.engine.editions import with_step
from lifecycle.engine.entry import Entry
from lifecycle.engine.fact_gates import how_to_enter, judge_lock, judge_renewed, judge_value
from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.letters.letter_steps import of_undone_steps
from lifecycle.engine.machine import fire
from lifecycle.engine.outcomes.computing import compute, entered_with
from lifecycle.engine.outcomes.effects import plan_effects
from lifecycle.engine.transition import find_transition, is_open_to, judge_transition
from lifecycle.engine.values import Value, is_typed
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import CLOCK, PREVIOUS, Transition, Workflow


@dataclass(frozen=True, slots=True)
class Advance(Act):
    """Make a transition, with the reason and the facts it asks for.

    The judge fills in what it sets (`sets`; None for what is not applicable) and `instead`: the
    letters, undone with the step by a return, whose place its own take, by their place among its
    notices. It is None for what was recorded without being asked that.
    """

    transition: str
    note: str = ""
    facts: Mapping[str, Value] = field(default_factory=dict)
    sets: Mapping[str, Value | None] = field(default_factory=dict)
    instead: tuple[tuple[int, str], ...] | None = ()

    entry_type = "transition_made"
    verb = "办理"
    after_end = True  # so that the refusal tells which transitions there were

    def judge(self, docket: Docket) -> Decision:
        """Judge every gate of the transition, then let the state machine say where it leads."""
        workflow, case = docket.workflow, docket.case
        able = partial(is_open_to, docket)
        transition = find_transition(docket, self.transition, able, "办")
        if isinstance(transition, Gate):
            return Refused((transition,))
        self._judge_facts(docket, transition)
        facts = {n: v for n, v in self.facts.items() if is_typed(workflow.facts.get(n), v)}
        gates, role = judge_transition(
            workflow,
            case,
            transition,
            docket.officer,
            docket.moment,
            note=self.note,
            facts=facts,
        )
        faulty = {name for gate in docket.gates if not gate.met for name in gate.inputs}
        docket.gates.extend(
            gate
            for gate in gates
            # what was told to be faulty is not told to be there
            if not (gate.met and gate.kind == "facts" and gate.inputs.keys() & faulty)
        )
        if any(not gate.met for gate in docket.gates):
            return docket.refuse(transition)
        sets = compute(docket, case, transition, self.facts)
        if any(not gate.met for gate in docket.gates):
            return docket.refuse(transition)
        target = fire(workflow, case, transition.name)
        if target is None:
            gate = Gate("state", False, {"state": case.state}, "流程图上没有这条路")
            return Refused((gate,), transition)
        instead = self.instead
        if instead is not None:
            undone = of_undone_steps(workflow, case, transition)
            instead = tuple((place, letter.name) for place, letter in undone)
        made = replace(self, sets=sets, instead=instead)
        entered, _empty = entered_with(self.facts, sets)
        effects = plan_effects(docket, case, transition, entered)
        if docket.officer.cause == CLOCK:
            judge_its_day(docket, transition)
        return docket.close(made, role, source=case.state, target=target, effects=effects)

    def _judge_facts(self, docket: Docket, transition: Transition) -> None:
        for name, value in self.facts.items():
            fact = judge_value(docket, name, value)
            if fact is None:
                continue
            if name not in transition.unlocks:
                judge_lock(docket, name, fact.title)
            if name in (*transition.asks, *transition.may):
                judge_renewed(docket, transition, fact)
            else:
                text = f"{transition.title} 不随办理填报 {fact.title}"
                mend = how_to_enter(docket.workflow, docket.case, fact)
                docket.add(Gate("facts", False, {name: value}, text, mend))

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case after the transition: its facts, place, locks, counters, and the letters
        that it drafts.
        """
        transition = workflow.leaving[case.state][self.transition]
        change: dict[str, Any] = {}
        if transition.notices:
            drafts = list(_drafts(case, transition, entry))
            change["letters"] = case.letters.after(*_instead_of(case, drafts, self.instead or ()))
        if transition.clears:
            change["cleared"] = entry.seq
        if transition.kind != "record":
            change |= _place(case, transition, entry)
        facts, empty = entered_with(self.facts, self.sets)
        made = with_step(workflow, case, transition, facts, entry, empty)
        return made.after(entry, **change)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data: dict[str, Any] = {"facts": dict(self.facts), "note": self.note}
        if self.sets:
            data["sets"] = dict(self.sets)
        if self.instead:
            data["instead"] = [list(one) for one in self.instead]
        return {"data": data, "files": [], "transition": self.transition}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = intent["data"]
        instead = data.get("instead")
        return cls(
            transition=intent["transition"],
            note=data["note"],
            facts=data["facts"],
            sets=data.get("sets", {}),
            instead=None if instead is None else tuple((place, name) for place, name in instead),
        )

    def is_repeated_by(self, recorded: Act) -> bool:
        """Tell whether an entry's act is this one; what it sets and replaces was left to the
        judge.
        """
        if not isinstance(recorded, Advance):
            return False
        return replace(self, sets=recorded.sets, instead=recorded.instead) == recorded

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        title = workflow.titles.get(self.transition, self.transition)
        way = ""
        if entry.target != entry.source:
            source = title_in(workflow.states, str(entry.source))
            way = f"　{source} → {title_in(workflow.states, str(entry.target))}"
        entered, _empty = entered_with(self.facts, self.sets)
        facts = f"　填 {told_facts(workflow, entered, names)}" if entered else ""
        instead = "、".join(name for _place, name in self.instead or ())
        facts += f"　公文替代 {instead}" if instead else ""
        note = f"　说明{noted(self.note)}" if facts and self.note else noted(self.note)
        return f"{title}{way}{facts}{note}"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for: where it was to go, or what was to be recorded."""
        transition = workflow.leaving[case.state].get(self.transition)
        if transition is None or transition.to is None:
            return workflow.titles.get(self.transition, self.transition)
        back = case.suspension.state if case.suspension else case.state
        target = back if transition.to == PREVIOUS else transition.to
        return f"{workflow.states[case.state].title} → {workflow.states[target].title}"


def _drafts(case: Case, transition: Transition, entry: Entry) -> Iterator[CaseLetter]:
    """Draft the letters that a transition sends."""
    names = names_of(entry.seq, transition)
    for index, (name, rule) in enumerate(zip(names, transition.notices, strict=True)):
        yield CaseLetter(
            name=name,
            template=rule.template,
            seq=entry.seq,
            on=entry.on,
            unit=entry.unit,
            persons=entry.persons,
            source=case.state,
            transition=transition.name,
            index=index,
        )


def _instead_of(
    case: Case, drafts: list[CaseLetter], instead: Iterable[tuple[int, str]]
) -> Iterator[CaseLetter]:
    """Give the letters that a transition drafts with those whose place they take: what was not
    signed off is void with it, what is in force is superseded once the new one is issued.
    """
    for place, name in instead:
        old, new = case.letters[name], drafts[place]
        if old.number:
            drafts[place] = replace(new, replaces=name)
        else:
            # what the old one was to replace, the new one is
            drafts[place] = replace(new, replaces=new.replaces or old.replaces)
            yield replace(old, state=VOID, replaced_by=new.name)
    yield from drafts


def _place(case: Case, transition: Transition, entry: Entry) -> dict[str, Any]:
    """Say where the case now is and since when.

    A resumption enters nothing: the state is gone on with as it was left, and the time between is
    noted as a stop. Suspensions nest. A return to where the case is leaves its clock running.
    """
    within = case.suspension
    if transition.kind == "suspend":
        left = Suspension(case.state, entry.on, case.entered_on)
        return {
            "state": entry.target,
            "entered_on": entry.on,
            "suspensions": (*case.suspensions, left),
        }
    if within is None or transition.kind != "resume" or entry.target != within.state:
        entered = case.entered_on if entry.target == case.state else entry.on
        return {"state": entry.target, "entered_on": entered, "suspensions": ()}
    stops = case.stops if within.on == entry.on else (*case.stops, (within.on, entry.on))
    return {
        "state": entry.target,
        "entered_on": within.entered_on,
        "suspensions": case.suspensions[:-1],
        "stops": stops,
    }
