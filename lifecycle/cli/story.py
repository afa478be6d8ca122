"""Stories played in an office, day after day: every step is what an officer would type, given on
the day it happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle.cli.cases import cases as verbs
from lifecycle.cli.cases.cases import VERDICTS, pairs
from lifecycle.errors import InvalidError
from lifecycle.office.cases import cases
from lifecycle.office.cases.cases import RefusedError, Request
from lifecycle.office.demo import Appointment, Materials, Story, StoryStep, appoint

if TYPE_CHECKING:
    import click

    from lifecycle.office.demo import DemoClock, Event
    from lifecycle.office.office import Office

_VERBS = {"set": verbs.set_, "sign": verbs.sign, "advance": verbs.advance}


@dataclass
class Told:
    """One case as played: its number and title, what there was to tell on which day, and the
    refusals met.
    """

    number: str
    title: str
    lines: list[tuple[date, str]] = field(default_factory=list)
    refusals: list[tuple[StoryStep, RefusedError]] = field(default_factory=list)


class Player:
    """Plays stories; the materials that officers attach are written into `folder` first, a folder
    for each case.
    """

    def __init__(self, office: Office, clock: DemoClock, workflow: str, folder: Path) -> None:
        self.office = office
        self.clock = clock
        self.workflow = office.workflow(workflow)
        self.materials = Materials(office, folder)
        self.told: dict[int, Told] = {}

    def play(self, events: Iterable[Event]) -> list[Told]:
        """Play events in their order; give the cases in the order of their stories.

        Raises InvalidError if a step is not refused that must be.
        """
        for event in events:
            if isinstance(event.what, Appointment):
                self.clock.next(event.on)
                appoint(self.office, event.what)
            elif isinstance(event.what, Story):
                self.told[event.case] = self._open(event.what)
            else:
                self._step(self.told[event.case], event.what)
        return [told for _, told in sorted(self.told.items())]

    def _open(self, story: Story) -> Told:
        """Open a story's case; what there is to tell of it is known by then."""
        self.clock.next(story.on)
        request = Request(story.officer)
        opened = cases.open_case(self.office, request, self.workflow, story.facts)
        told, on = Told(str(opened.number), opened.title), story.on
        for step in story.steps:
            if isinstance(step, str):
                told.lines.append((on, step))
            else:
                on = step.on
        return told

    def _step(self, told: Told, step: StoryStep) -> None:
        if not step.refused:
            for officer in step.officers:
                self._do(told.number, step, officer)
            return
        try:
            self._do(told.number, step, step.officers[0])
        except RefusedError as refused:
            told.refusals.append((step, refused))
            return
        raise InvalidError(
            f"{told.number} 的这一步本应被拒绝：{' '.join(step.words)}",
            "请核对演示数据与流程是否一致",
        )

    def _do(self, number: str, step: StoryStep, officer: str) -> None:
        verb, *words = step.words
        case = self.office.case(number)
        if verb == "attach":
            for word in words:
                self.clock.next(step.on)
                case = self.office.case(number)
                self.materials.attach(officer, step.on, case, word)
            return
        if verb not in _VERBS:
            raise InvalidError(f"演示的一步不能是 {verb}", f"可用：attach、{'、'.join(_VERBS)}")
        given = _parsed(_VERBS[verb], [number, *words])
        request = Request(officer, given["principal"], given["on"], because=given["because"])
        self.clock.next(step.on)
        if verb == "set":
            cases.set_facts(self.office, request, case, pairs(given["texts"]))
        elif verb == "sign":
            cases.sign(
                self.office,
                request,
                case,
                given["transition"],
                VERDICTS[given["verdict"]],
                note=given["note"],
                role=given["role"],
            )
        else:
            facts = pairs(given["texts"])
            note = given["note"]
            cases.advance(self.office, request, case, given["transition"], note=note, texts=facts)


def _parsed(verb: click.Command, words: list[str]) -> Mapping[str, Any]:
    """Read a command's words as the command line does, with the reason why it is recorded late."""
    with verb.make_context(verb.name, words) as context:
        return {**context.params, "because": context.meta.get("lifecycle.because") or ""}
