"""What of a workflow its scenarios have touched: states entered, transitions made, and each gate
seen both met and unmet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lifecycle.engine.docket import RefusedError
from lifecycle.engine.gates.gates import LABELS
from lifecycle.frozen import dataclass

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.engine.gates.gates import Gate
    from lifecycle.office.scenarios.playing import Came
    from lifecycle.office.scenarios.scenario import ScenarioStep
    from lifecycle.office.scenarios.trial_office import TrialOffice
    from lifecycle.workflow.model import Transition, Workflow

GateKey = tuple[str, str, str]
"""A gate of a workflow: its transition, its kind, and what it looks at."""
FRESH, READ_BY = "fresh", "read_by"
"""The kinds of the gates that want something that no step has read, or what a certain step has
read; a refusal has them among those of facts and materials.
"""


@dataclass(frozen=True, slots=True)
class Touched:
    """How many of some things were touched, of how many; and those that were not, in words."""

    touched: int
    all: int
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """What scenarios touched of one workflow. A gate counts as touched once it was seen both met
    and unmet.
    """

    workflow: str
    title: str
    states: Touched
    transitions: Touched
    gates: Touched


class Coverage:
    """Notes what is touched of one workflow while scenarios are played."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.states: set[str] = set()
        self.transitions: set[str] = set()
        self.met: set[GateKey] = set()
        self.unmet: set[GateKey] = set()

    def note_case(self, case: Case) -> None:
        """Note where a case has been, and what was made of it, by whomever."""
        self.states |= case.entered.keys()
        self.transitions |= case.made.keys()

    def note_made(self, name: str, source: str) -> None:
        """Note that a transition was made: all its gates were met."""
        transition = self.workflow.leaving[source].get(name)
        if transition is not None:
            self.met |= set(gates_of(transition))

    def note_gates(self, name: str, gates: Iterable[Gate]) -> None:
        """Note the gates of a transition as a refusal told them."""
        for gate in gates:
            for key in _keys(name, gate):
                (self.met if gate.met else self.unmet).add(key)

    def report(self) -> CoverageReport:
        """Give what was touched, and what was not."""
        workflow = self.workflow
        names = dict.fromkeys(transition.name for transition in workflow.transitions)
        gates: dict[GateKey, None] = {}
        for transition in workflow.transitions:
            gates |= dict.fromkeys(gates_of(transition))
        return CoverageReport(
            workflow=workflow.name,
            title=workflow.title,
            states=_touched(
                workflow.states,
                self.states,
                lambda name: f"{workflow.states[name].title}（{name}）",
            ),
            transitions=_touched(
                names,
                self.transitions,
                lambda name: f"{workflow.titles[name]}（{name}）",
            ),
            gates=_touched(gates, self.met & self.unmet, self._told),
        )

    def _told(self, key: GateKey) -> str:
        """Tell a gate that was not seen both ways, and which way it was not."""
        name, kind, what = key
        seen = "未见不满足" if key in self.met else "未见满足"
        if key not in self.met and key not in self.unmet:
            seen = "没有判过"
        words = {**LABELS, FRESH: "须是新的", READ_BY: "须是采用的那一份"}
        told = f"{self.workflow.titles[name]}（{name}）　{words[kind]} {what}".rstrip()
        return f"{told}：{seen}"


def _touched(every: Iterable[Any], touched: set[Any], tell: Any) -> Touched:
    names = list(every)
    missed = [name for name in names if name not in touched]
    return Touched(len(names) - len(missed), len(names), tuple(map(tell, missed)))


def gates_of(transition: Transition) -> Iterator[GateKey]:
    """List the gates that the rules of a transition write."""
    name = transition.name
    if not transition.by:
        return  # nobody is ever judged: it is the clock's, or an effect
    yield name, "role", ""
    for other in transition.not_by:
        yield name, "not_by", other
    if transition.reason:
        yield name, "reason", ""
    for fact in (*transition.asks, *transition.facts):
        yield name, "facts", fact
    for material in transition.materials:
        yield name, "materials", material
    for item in transition.fresh:
        yield name, FRESH, item
    for same in transition.read_by:
        yield from ((name, READ_BY, item) for item in same.items)
    if transition.cosigns:
        yield name, "cosign", ""
    for guard in transition.guards:
        yield name, "guard", guard.when.source
    if transition.dwells:
        yield name, "dwell", ""
    for counter in transition.counters:
        yield name, "counter", counter.of


def _keys(name: str, gate: Gate) -> Iterator[GateKey]:
    """Say which of a transition's gates a judged one is."""
    inputs: Mapping[str, Any] = gate.inputs
    if gate.kind in ("role", "reason", "cosign", "dwell"):
        yield name, gate.kind, ""
    elif gate.kind == "guard":
        yield name, "guard", str(inputs["when"])
    elif gate.kind in ("not_by", "counter") and "of" in inputs:
        yield name, gate.kind, str(inputs["of"])
    elif gate.kind in ("facts", "materials") and "edition" in inputs:
        yield name, READ_BY if "read" in inputs else FRESH, str(inputs["name"])
    elif gate.kind in ("facts", "materials"):
        yield from ((name, gate.kind, item) for item in inputs)


def note(
    coverages: Mapping[str, Coverage], trial: TrialOffice, step: ScenarioStep, came: Came
) -> None:
    """Note what a step asked for and what became of it."""
    act = step.act
    if came.number and act is not None and act.verb == "advance":
        workflow = trial.workflow_of(trial.case(came.number))
        _note_advance(coverages[workflow.name], workflow, act.names[0], came)


def note_cases(coverages: Mapping[str, Coverage], trial: TrialOffice) -> None:
    """Note where all cases have been by the end of a scenario."""
    for case in trial.cases():
        coverages[trial.workflow_of(case).name].note_case(case)


def _note_advance(coverage: Coverage, workflow: Workflow, text: str, came: Came) -> None:
    entry = came.done.entry if came.done else None
    if entry is not None and entry.transition and entry.source:
        coverage.note_made(entry.transition, entry.source)
    if isinstance(came.error, RefusedError):
        named = (t.name for t in workflow.transitions if text in (t.name, t.title))
        name = next(named, text)
        coverage.note_gates(name, came.error.gates)
