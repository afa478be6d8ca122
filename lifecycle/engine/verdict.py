"""What `decide` answers: accepted with all that is to be recorded, or refused with every gate as judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lifecycle.engine.case import Case
from lifecycle.engine.gates import Gate
from lifecycle.errors import LifecycleError
from lifecycle.workflow.model import Transition


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an accepted command records."""

    type: str
    data: Mapping[str, Any]
    role: str
    gates: tuple[Gate, ...]
    transition: str | None = None
    source: str | None = None
    target: str | None = None
    files: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Every gate as judged, at least one of them unmet."""

    gates: tuple[Gate, ...]
    transition: Transition | None = None


Decision = Accepted | Refused


class RefusedError(LifecycleError):
    """A command that the gates refuse; carries the case, what was asked and every gate as judged."""

    def __init__(self, case: Case | None, asked_for: str, gates: tuple[Gate, ...], basis: str = "") -> None:
        unmet = "；".join(f"{g.label}：{g.text}" for g in gates if not g.met)
        super().__init__(f"不能办理：{asked_for}（{unmet}）")
        self.case = case
        self.asked_for = asked_for
        self.gates = gates
        self.basis = basis
