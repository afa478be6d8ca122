"""Whether a transition can be made now: every gate, and how to meet it; changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from lifecycle.engine.acts import Advance
from lifecycle.engine.docket import RefusedError
from lifecycle.engine.gates.gates import ABOUT_COMMAND, Gate, makers_told
from lifecycle.frozen import dataclass
from lifecycle.insight.outlook import (
    ANYBODY,
    Pending,
    Way,
    judge_way,
    only_forward,
    pending_corrections,
)
from lifecycle.ledger.register import Request, see_order
from lifecycle.workflow.naming import find_transition_name

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.engine.steps import MadeStep
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

__all__ = ["Gate", "Judged", "MadeStep", "Pending", "why"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A transition of a case as judged; `state` is where the case stands.

    `allowed` is None where nobody in particular asks. `basis` says where the transition is written
    and on which ground; None where it does not leave the state. `made` is when it was last made, as
    far as that stands: what is judged is then making it once more.
    """

    number: str
    title: str
    state: str
    transition: str
    transition_title: str
    allowed: bool | None
    gates: tuple[Gate, ...]
    basis: str | None
    made: MadeStep | None
    pending: tuple[Pending, ...] = ()

    @property
    def unmet(self) -> bool:
        """Tell whether a gate is unmet."""
        return any(not gate.met for gate in self.gates)

    @property
    def lacks_words_only(self) -> bool:
        """Tell whether all that is unmet comes with the command that makes it."""
        lacking = [gate for gate in self.gates if not gate.met]
        return bool(lacking) and all(
            gate.kind in ABOUT_COMMAND or gate.act == self.transition for gate in lacking
        )


def why(
    office: Office,
    case: Case,
    transition: str | None,
    code: str | None = None,
    *,
    principal: str | None = None,
    on: date | None = None,
) -> Judged:
    """Judge every gate of a transition for an officer, or for nobody in particular. Its name may be
    left out where exactly one leads on; raises ChoiceError where several do, InvalidError for a
    day before the case's last entry.
    """
    workflow = office.workflow_of(case)
    if on is not None:
        see_order(case, on)
    officer = office.officer(code, on, principal=principal) if code else None
    moment = office.moment_of(workflow, case, office.moment(on))
    if transition is None:
        name = only_forward(workflow, case, officer or ANYBODY, moment, command="why").name
    else:
        name = find_transition_name(workflow, transition)
    judged = judge_way(workflow, case, name, officer or ANYBODY, moment)
    gates = judged.gates if isinstance(judged, Way) else (judged,)
    if officer is None and isinstance(judged, Way):
        gates = _for_anybody(workflow, judged)
    if code and isinstance(judged, Way) and judged.transition.does and all(g.met for g in gates):
        gates = (*gates, *_of_effects(office, case, name, Request(code, principal, on)))
    return Judged(
        number=case.number,
        title=case.title,
        state=case.state,
        transition=name,
        transition_title=workflow.titles[name],
        allowed=all(gate.met for gate in gates) if officer else None,
        gates=office.viewer.tell_gates(case, gates),
        basis=_basis(workflow, judged) if isinstance(judged, Way) else None,
        made=case.steps.last_of(name),
        pending=tuple(pending_corrections(workflow, case, moment)),
    )


def _of_effects(office: Office, case: Case, name: str, request: Request) -> tuple[Gate, ...]:
    """Give the gates of what a transition does to other cases that stand in the way."""
    try:
        office.register.submit(replace(request, dry_run=True), None, case.id, Advance(name))
    except RefusedError as refused:
        return tuple(gate for gate in refused.gates if not gate.met)
    return ()


def _for_anybody(workflow: Workflow, way: Way) -> tuple[Gate, ...]:
    """Say of the role only whose it is, where nobody in particular asks."""
    whose = f"由 {makers_told(workflow, way.transition)} 办理"
    if not way.transition.by:
        whose = makers_told(workflow, way.transition)
    return tuple(
        replace(gate, met=True, text=whose, mend="") if gate.kind == "role" else gate
        for gate in way.gates
        if gate.kind != "not_by"
    )


def _basis(workflow: Workflow, way: Way) -> str:
    transition = way.transition
    place = f"workflows/{workflow.name}.yaml:{transition.location.line}"
    return f"{place}　{transition.basis or workflow.basis}"
