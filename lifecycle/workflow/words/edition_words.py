"""The words of editions and standing steps: those that do nothing where they stand, and where one
is probably missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.errors import Problem
from lifecycle.workflow.graph import GraphWay, edges_of, reachable, ways_of
from lifecycle.workflow.model import PREVIOUS, Transition, Workflow
from lifecycle.workflow.reliance import doors_of, gate_names, lasting_facts


def check_editions(workflow: Workflow) -> Iterator[Problem]:
    """Give the faults and warnings of these words."""
    yield from _check_lasting(workflow)
    for transition in workflow.transitions:
        yield from _check_renews(transition)
        yield from _check_fresh(workflow, transition)
        yield from _check_read_by(workflow, transition)
        yield from _check_stands(workflow, transition)
    yield from _check_second_doors(workflow)


def _check_lasting(workflow: Workflow) -> Iterator[Problem]:
    """See that `renews` stands at no fact of the identity, nor where a limit counts from."""
    for name in sorted(lasting_facts(workflow)):
        fact = workflow.facts.get(name)
        if fact is not None and fact.renews:
            what = "主体要素" if name in workflow.identity else "期限的起算日"
            message = f"要素 {name} 是{what}，renews 不起作用"
            mend = f"删去 renews；真要改变的，写一条 may: [{name}] 的流转"
            yield Problem("idle-renews", fact.location, message, mend)


def _check_renews(transition: Transition) -> Iterator[Problem]:
    entered = (*transition.asks, *transition.may)
    for name in transition.renews:
        if name not in entered:
            message = f"流转 {transition.name} 的 renews 写了它不填的要素 “{name}”"
            mend = "在 asks 或 may 里写上它，或从 renews 删去"
            yield Problem("idle-renews", transition.location, message, mend)
    for name in transition.may:
        if name in transition.asks:
            message = f"流转 {transition.name} 的 asks 和 may 都写了 “{name}”"
            yield Problem("repeated", transition.location, message, "从 may 删去")


def _check_fresh(workflow: Workflow, transition: Transition) -> Iterator[Problem]:
    """See that what must be new is needed, and that a new one can come."""
    for name in transition.fresh:
        if name not in (*transition.facts, *transition.materials):
            message = f"流转 {transition.name} 的 fresh 写了它不要求的 “{name}”"
            mend = "在 needs 的 facts 或 materials 里写上它，或从 fresh 删去"
            yield Problem("idle-fresh", transition.location, message, mend)
            continue
        item = workflow.materials.get(name) or workflow.facts.get(name)
        doored = bool(doors_of(workflow, name).asking)
        if item is not None and not item.renews and not doored:
            message = (
                f"流转 {transition.name} 要 “{name}” 是新的，但它没有写 renews，用过一次就换不了"
            )
            mend = f"给 {name} 补上 renews: true"
            yield Problem("missing-renews", transition.location, message, mend, warning=True)


def _check_read_by(workflow: Workflow, transition: Transition) -> Iterator[Problem]:
    for same in transition.read_by:
        others = [t for t in workflow.transitions if t.name == same.step]
        for name in same.items:
            if others and not any(name in gate_names(workflow, other)[0] for other in others):
                message = (
                    f"流转 {transition.name} 要与 “{same.step}” 采用的是同一份 {name}，"
                    "但那个流转不以它为据"
                )
                mend = f"给 {same.step} 的 needs 补上 {name}，或改正 step"
                yield Problem("idle-read-by", same.location, message, mend)


def _check_stands(workflow: Workflow, transition: Transition) -> Iterator[Problem]:
    if (transition.stands or transition.until) and transition.kind not in ("forward", "record"):
        message = f"流转 {transition.name} 总是算数，stands 不起作用"
        yield Problem("idle-stands", transition.location, message, "删去 stands")
    for name in transition.until:
        ends = [t for t in workflow.transitions if t.name == name]
        if ends and not any(end.undoes for end in ends):
            message = f"流转 {transition.name} 算数到 “{name}”，但它不是退回，撤销不了什么"
            mend = "改写为一条退回（kind: return）的流转"
            yield Problem("idle-stands", transition.location, message, mend)


def _check_second_doors(workflow: Workflow) -> Iterator[Problem]:
    """Where several transitions enter what another rests on, one of them may come after another,
    and none of them renews it, the second can probably never be made.
    """
    followers = _Followers(workflow)
    for name, fact in workflow.facts.items():
        doors = doors_of(workflow, name)
        ways = (*doors.asking, *doors.maybe)
        names = list(dict.fromkeys(way.name for way in doors.asking))
        if len(names) < 2 or any(name in way.renews for way in ways):
            continue
        reader = next((t for t in workflow.transitions if name in gate_names(workflow, t)[0]), None)
        if reader is not None and followers.among(doors.asking):
            message = (
                f"要素 {name} 由 {'、'.join(names)} 填报，又为 {reader.name} 所据：被采用后，"
                "另一条流转就不能再改填"
            )
            mend = f"在后办的流转里写 renews: [{name}]"
            yield Problem("missing-renews", fact.location, message, mend, warning=True)


class _Followers:
    """Which transitions of a workflow may come after another that still stands.

    A return to before it undoes it, unless it says that it stands: then what it entered is as it
    was, and may be entered another way. A resume leads nowhere new.
    """

    def __init__(self, workflow: Workflow) -> None:
        self.ways = ways_of(workflow)
        leading = tuple(way for way in self.ways if way.transition.to != PREVIOUS)
        forward = tuple(way for way in leading if not way.transition.undoes)
        self.edges = edges_of(workflow, leading)
        self.lasting = edges_of(workflow, forward)

    def among(self, transitions: tuple[Transition, ...]) -> bool:
        """Tell whether one of these may follow another of a different name."""
        ways = [way for way in self.ways if way.transition in transitions]
        return any(self._may_follow(way, other) for way in ways for other in ways)

    def _may_follow(self, first: GraphWay, second: GraphWay) -> bool:
        if first.transition.name == second.transition.name:
            return False
        goes = first.transition.undoable and not first.transition.until
        edges = self.lasting if goes else self.edges
        return not reachable(edges, set(first.targets)).isdisjoint(second.sources)
