"""A scenario as read: who does what on which day, and what is expected of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Literal

from lifecycle.engine.acts import Verdict
from lifecycle.engine.gates.gates import LABELS
from lifecycle.engine.values import Entered
from lifecycle.errors import Location
from lifecycle.frozen import dataclass

AND_OTHERS = ("…", "...", "……")
"""How a list of what stands in the way says that there may be more."""

Verb = Literal[
    "open",
    "advance",
    "set",
    "attach",
    "sign",
    "ask",
    "withdraw",
    "resolve",
    "correct",
    "confirm",
    "decline",
    "clear",
    "detach",
    "take_back",
    "cancel",
    "tick",
]


@dataclass(frozen=True, slots=True)
class ScenarioAct:
    """What is done: the verb, the names that it is about, and what comes with it.

    `names` are transitions, materials or facts, by the verb. `same` names the material whose bytes
    are attached; `whom` are seats: those to ask, or the one whose objection is resolved.
    """

    verb: Verb
    names: tuple[str, ...] = ()
    facts: Mapping[str, Entered] = field(default_factory=dict)
    note: str = ""
    verdict: Verdict = "agree"
    role: str | None = None
    whom: tuple[str, ...] = ()
    same: str = ""
    material: str = ""
    workflow: str = ""


@dataclass(frozen=True, slots=True)
class WantedGate:
    """One thing that has to stand in the way: a part of what the refusal says, of a gate of one
    kind or of any ("").
    """

    kind: str
    part: str

    def __str__(self) -> str:
        label = LABELS.get(self.kind, self.kind)
        return f"{label}：{self.part}" if label and self.part else label or self.part


@dataclass(frozen=True, slots=True)
class WantedLetter:
    """A letter that has to be drafted. None is not looked at: `receivers` are all who get it, `to`
    and `cc` those of each kind, `reply` is how long they have to answer (`5 workday`; 无: not at
    all).
    """

    template: str
    receivers: tuple[str, ...] | None = None
    to: tuple[str, ...] | None = None
    cc: tuple[str, ...] | None = None
    reply: str | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """Name all receivers that are written."""
        return tuple(name for part in (self.receivers, self.to, self.cc) for name in part or ())


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of a step, and after it; None is not looked at.

    `refused` names all that stands in the way, unless `and_others`; None: it has to be made.
    `late` names everybody who is late on that day, `due` is the next day due, `limits` are days by
    the titles of limits that run.
    """

    refused: tuple[WantedGate, ...] | None = None
    and_others: bool = False
    state: str | None = None
    facts: Mapping[str, Entered] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    letters: tuple[WantedLetter, ...] | None = None
    late: tuple[str, ...] | None = None
    due: str | None = None
    limits: Mapping[str, str] = field(default_factory=dict)
    light: str | None = None


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """One step: on which day (`+n`: so many days later; "": the same day), by whom, what.

    `on` is the day on which it truly happened, where it is recorded later. `case` names a case by a
    part of its number or title; "": the one that was opened first. `places` are those of its keys.
    """

    at: Location
    day: str
    by: tuple[str, ...]
    on: str
    case: str
    act: ScenarioAct | None
    expected: Expectation
    places: Mapping[str, Location] = field(default_factory=dict)

    def place(self, key: str) -> Location:
        """Give the place of a key, that of the step where the key is not written."""
        return self.places.get(key, self.at)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario with all its steps, those of the paths that it goes on from first.

    `office` is the directory file of its office, None for one that is made of the workflows' roles;
    `files` are the workflow files that it names itself.
    """

    title: str
    at: Location
    start: str
    workflow: str
    office: Path | None
    files: tuple[Path, ...]
    steps: tuple[ScenarioStep, ...]
