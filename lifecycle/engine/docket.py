"""What a judgement is told and what it answers: accepted with all that is to be recorded, or
refused with every gate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, ClassVar, Protocol

from lifecycle.engine.case import Case
from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.values import Value
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.errors import LifecycleError
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import Transition, Workflow


class Recordable(Protocol):
    """What an entry can record; every act is (see `engine.acts`)."""

    entry_type: ClassVar[str]

    def to_dict(self) -> dict[str, Any]:
        """Give the `data`, `files` and `transition` of the entry."""


@dataclass(frozen=True, slots=True)
class PlannedEffect:
    """What an accepted transition does to one other case: the transition `made` of the one with
    this number, or one opened under a workflow ("" for its number), with the facts that it is
    given.
    """

    workflow: str
    number: str
    made: str
    facts: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an accepted act records: the act with all that was left to the judge, under which role,
    on which grounds.

    `source` and `target` are the states that a transition leads from and to, `effects` what is done
    to other cases with it.
    """

    act: Recordable
    role: str
    gates: tuple[Gate, ...]
    source: str | None = None
    target: str | None = None
    effects: tuple[PlannedEffect, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Every gate as judged, at least one of them unmet.

    `transition` is the one that was judged, where it was one.
    """

    gates: tuple[Gate, ...]
    transition: Transition | None = None


Decision = Accepted | Refused


@dataclass(frozen=True, slots=True)
class Docket:
    """All that the judge is told, and the gates as it judges them; `pins` are the gates that pin
    the shared lists which facts were chosen from.

    Nothing else enters a decision.
    """

    workflow: Workflow
    opened: Case | None
    officer: Officer
    moment: Moment
    gates: list[Gate] = field(default_factory=list)
    pins: list[Gate] = field(default_factory=list)

    @property
    def case(self) -> Case:
        """Give the case; `decide` has seen that there is one for every act but an opening."""
        if self.opened is None:
            raise ValueError("an act on a case needs a case")
        return self.opened

    def add(self, gate: Gate) -> None:
        """Note one gate as judged."""
        self.gates.append(gate)

    def pin(self, gate: Gate) -> None:
        """Note the version of a list that a fact was chosen from."""
        self.pins.append(gate)

    def refuse(self, transition: Transition | None = None) -> Refused:
        """Refuse with the gates judged so far."""
        return Refused(tuple(self.gates), transition)

    def close(
        self,
        act: Recordable,
        role: str = "",
        *,
        source: str | None = None,
        target: str | None = None,
        effects: tuple[PlannedEffect, ...] = (),
    ) -> Decision:
        """Refuse if any gate is unmet, else accept."""
        if any(not gate.met for gate in self.gates):
            return self.refuse()
        # By the names of their facts: an entry does not tell in which order they were typed.
        pins = sorted(self.pins, key=lambda one: (one.inputs["fact"], one.inputs.get("column", "")))
        return Accepted(act, role, (*self.gates, *pins), source, target, effects)


class RefusedError(LifecycleError):
    """An act that the gates refuse; carries the case, what was asked and every gate as judged."""

    def __init__(
        self, case: Case | None, asked_for: str, gates: tuple[Gate, ...], basis: str = ""
    ) -> None:
        unmet = "；".join(f"{g.label}：{g.text}" for g in gates if not g.met)
        super().__init__(f"不能办理：{asked_for}（{unmet}）")
        self.case = case
        self.asked_for = asked_for
        self.gates = gates
        self.basis = basis
