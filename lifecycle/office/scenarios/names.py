"""Names in scenarios that nothing bears in the workflows under test: told at once, with their
places, before anything is played.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lifecycle.errors import Location, Problem, nearest

if TYPE_CHECKING:
    from lifecycle.office.scenarios.scenario import Scenario, ScenarioStep
    from lifecycle.workflow.model import Workflow

_ABOUT = {
    "advance": "流转",
    "sign": "流转",
    "ask": "流转",
    "withdraw": "流转",
    "resolve": "流转",
    "take_back": "流转",
    "attach": "材料",
    "detach": "材料",
    "clear": "要素",
}
"""What the names under a verb's key are."""


_KINDS = ("流转", "材料", "要素", "环节", "公文", "收文方", "角色", "流程")


class NameJudge:
    """Judges names by what the workflows define, be it by identifier or title."""

    def __init__(self, workflows: Iterable[Workflow]) -> None:
        self.known: dict[str, set[str]] = {kind: set() for kind in _KINDS}
        for workflow in workflows:
            self._know(workflow)

    def _know(self, workflow: Workflow) -> None:
        known = self.known
        known["流程"] |= {workflow.name, workflow.title}
        for way in workflow.transitions:
            known["流转"] |= {way.name, way.title}
            known["公文"] |= {rule.template for rule in way.notices}
        facts, materials = workflow.facts.values(), workflow.materials.values()
        known["要素"] |= {word for fact in facts for word in (fact.name, fact.title)}
        known["材料"] |= {word for one in materials for word in (one.name, one.title)}
        states = workflow.states.values()
        known["环节"] |= {word for state in states for word in (state.name, state.title)}
        roles, parties = workflow.roles.values(), workflow.parties.values()
        known["角色"] |= {word for role in roles for word in (role.name, role.title)}
        known["收文方"] |= known["角色"] | {
            word for party in parties for word in (party.name, party.title)
        }

    def judge(self, scenarios: Iterable[Scenario]) -> list[Problem]:
        """List the names that there are not, each once."""
        found: dict[Problem, None] = {}
        for scenario in scenarios:
            unknown = dict.fromkeys(self._workflow(scenario))
            found |= unknown
            for step in () if unknown else scenario.steps:
                found |= dict.fromkeys(self._step(step))
        return sorted(found, key=_place)

    def _workflow(self, scenario: Scenario) -> Iterator[Problem]:
        if scenario.workflow:
            yield from self._named("流程", [scenario.workflow], scenario.at)

    def _step(self, step: ScenarioStep) -> Iterator[Problem]:
        act, wanted = step.act, step.expected
        if act is not None:
            place = step.place(act.verb)
            if act.verb in _ABOUT:
                # What is meant to be refused may be a number: that of a correction.
                names = [name for name in act.names if not name.isdecimal()]
                yield from self._named(_ABOUT[act.verb], names, place)
            facts = step.place("set" if act.verb == "advance" else act.verb)
            yield from self._named("要素", act.facts, facts)
            yield from self._named("材料", filter(None, [act.same]), step.place("same"))
            yield from self._named("材料", filter(None, [act.material]), step.place("material"))
            yield from self._named("角色", filter(None, [act.role]), step.place("role"))
            yield from self._named("流程", filter(None, [act.workflow]), step.place("workflow"))
        yield from self._named("环节", filter(None, [wanted.state]), step.place("state"))
        yield from self._named("要素", wanted.facts, step.place("facts"))
        items = [name for name in wanted.without if name not in self.known["材料"]]
        yield from self._named("要素", items, step.place("without"))
        late = (name.partition("/")[0] for name in wanted.late or ())
        yield from self._named("角色", late, step.place("late"))
        letters = wanted.letters or ()
        yield from self._named("公文", (one.template for one in letters), step.place("letters"))
        receivers = (name for one in letters for name in one.named)
        yield from self._named("收文方", receivers, step.place("letters"))

    def _named(self, kind: str, names: Iterable[str], place: Location) -> Iterator[Problem]:
        for name in names:
            if name not in self.known[kind]:
                near = nearest(name, self.known[kind])
                mend = f"是否为“{near}”？" if near else "核对流程文件里的标识和名称"
                yield Problem("unknown", place, f"没有{kind}“{name}”", mend)


def _place(problem: Problem) -> tuple[str, int, int]:
    at = problem.location
    return at.file, at.line, at.column
