"""One step of a scenario done by the office's own use cases, as an officer would type it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from lifecycle.errors import InvalidError, LifecycleError
from lifecycle.frozen import dataclass, replace
from lifecycle.office.cases import cases, corrections, taking_back
from lifecycle.office.cases.cases import Done, Request
from lifecycle.office.cases.due import tick
from lifecycle.office.scenarios.reading import day_after
from lifecycle.workflow.naming import find_material

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.office.scenarios.scenario import ScenarioAct, ScenarioStep
    from lifecycle.office.scenarios.trial_office import TrialOffice
    from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class Standpoint:
    """How far a scenario has been played: the day, the number of the case that was opened first
    ("": none yet), and the bytes that were attached last, by case and material.
    """

    day: date
    main: str = ""
    attached: Mapping[tuple[str, str], bytes] | None = None
    counted: int = 0

    def body_of(self, number: str, material: str) -> bytes | None:
        """Give the bytes that were attached last as a material of a case."""
        return (self.attached or {}).get((number, material))


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a step: by whom it was asked for, what was done, or the error by which not.

    `number` is that of the case, as far as there is one, `letters` are the names of the letters
    that the case had before.
    """

    after: Standpoint
    number: str
    done: Done | None
    error: LifecycleError | None
    letters: frozenset[str] = frozenset()


class ScenarioPlayer:
    """Does the steps of scenarios in the office of a trial; `workflow` is the one that is opened
    where a step names none.
    """

    def __init__(self, trial: TrialOffice, workflow: str) -> None:
        self.trial = trial
        self.workflow = workflow

    def play(self, step: ScenarioStep, at: Standpoint) -> Came:
        """Do a step: each of its officers in turn, until one is refused."""
        day = day_after(at.day, step.day)
        self.trial.clock.day = day
        at = replace(at, day=day)
        number = ""
        came = Came(at, at.main, None, None)
        try:
            number = self._number(step, at)
            came = self._before(at, number)
            for name in step.by or ("",):
                came = self._do(step, name, came)
        except LifecycleError as error:
            return replace(came, number=number, error=error)
        return came

    def _number(self, step: ScenarioStep, at: Standpoint) -> str:
        """Find the case that a step is about; "" for one that opens one, or for none at all."""
        if step.act is not None and step.act.verb in ("open", "tick") and not step.case:
            return at.main
        if not step.case and not at.main:
            raise InvalidError("还没有立项，没有事项可办", "先写 open: 要素，或一步 open")
        if not step.case:
            return at.main
        office = self.trial.office
        office.looks(self.trial.officer(step.by[0]) if step.by else None)
        return office.case(step.case).number

    def _before(self, at: Standpoint, number: str) -> Came:
        if not number:
            return Came(at, "", None, None)
        case = self.trial.case(number)
        return Came(at, number, None, None, frozenset(case.letters))

    def _do(self, step: ScenarioStep, name: str, came: Came) -> Came:
        """Do what one officer does, and note how far the scenario has come by it."""
        act, at = step.act, came.after
        if act is None:
            return came
        if act.verb == "tick":
            tick(self.trial.office)
            return came
        code = self.trial.officer(name)
        on = date.fromisoformat(step.on) if step.on else None
        late = on is not None and on < self.trial.office.register.today()
        request = Request(code, on=on, because="情景写的是补录" if late else "")
        if act.verb == "open":
            self.trial.office.looks(code)
            done = cases.open_case(self.trial.office, request, self._opened(act), act.facts)
            after = replace(at, main=at.main or str(done.number))
            return Came(after, str(done.number), done, None)
        case = self.trial.case(came.number)
        self.trial.office.looks(code)
        if act.verb == "attach":
            return self._attach(act, request, case, came)
        if act.verb == "correct" and act.material:
            return self._correct_material(act, request, case, came)
        done = _DEEDS[act.verb](self, act, request, case)
        return replace(came, done=done)

    def _opened(self, act: ScenarioAct) -> Workflow:
        return self.trial.office.workflow(act.workflow or self.workflow)

    def _attach(self, act: ScenarioAct, request: Request, case: Case, came: Came) -> Came:
        for name in act.names:
            at = came.after
            material = find_material(self.trial.office.workflow_of(case), name)
            body, at = self._body(act, case, material.name, at)
            path = self.trial.file(material.title, body)
            done = cases.attach(self.trial.office, request, case, name, path)
            case = self.trial.case(case.number)
            attached = {**(at.attached or {}), (case.number, material.name): body}
            came = replace(came, after=replace(at, attached=attached), done=done)
        return came

    def _body(
        self, act: ScenarioAct, case: Case, material: str, at: Standpoint
    ) -> tuple[bytes, Standpoint]:
        """Give the bytes of a material: those of another where they are to be the same, else new
        ones.
        """
        if act.same:
            same = find_material(self.trial.office.workflow_of(case), act.same)
            body = at.body_of(case.number, same.name)
            if body is None:
                raise InvalidError(f"same: {same.title} 还没有上传过", "先写一步上传它")
            return body, at
        counted = at.counted + 1
        return f"{case.number} {material} {counted}\n".encode(), replace(at, counted=counted)

    def _correct_material(self, act: ScenarioAct, request: Request, case: Case, came: Came) -> Came:
        material = find_material(self.trial.office.workflow_of(case), act.material)
        body, at = self._body(act, case, material.name, came.after)
        path = self.trial.file(material.title, body)
        made = corrections.correct(
            self.trial.office,
            request,
            case,
            act.facts,
            note=act.note,
            material=material.name,
            source=path,
        )
        attached = {**(at.attached or {}), (case.number, material.name): body}
        return replace(came, after=replace(at, attached=attached), done=made.done)


_Doing = Callable[[ScenarioPlayer, "ScenarioAct", Request, "Case"], Done]


def _advance(player: ScenarioPlayer, act: ScenarioAct, request: Request, case: Case) -> Done:
    office = player.trial.office
    return cases.advance(office, request, case, act.names[0], note=act.note, texts=act.facts)


def _set(player: ScenarioPlayer, act: ScenarioAct, request: Request, case: Case) -> Done:
    return cases.set_facts(player.trial.office, request, case, act.facts)


def _sign(player: ScenarioPlayer, act: ScenarioAct, request: Request, case: Case) -> Done:
    office = player.trial.office
    name, said = act.names[0], act.verdict
    return cases.sign(office, request, case, name, said, note=act.note, role=act.role)


def _ask(player: ScenarioPlayer, act: ScenarioAct, request: Request, case: Case) -> Done:
    return cases.ask(player.trial.office, request, case, act.names[0], act.whom)


def _withdraw(player: ScenarioPlayer, act: ScenarioAct, request: Request, case: Case) -> Done:
    office = player.trial.office
    return cases.withdraw(office, request, case, act.names[0], note=act.note, role=act.role)


def _resolve(player: ScenarioPlayer, act: ScenarioAct, request: Request, case: Case) -> Done:
    office = player.trial.office
    if not act.whom:
        raise InvalidError("没有写处理谁的不同意见", "补上 whom: 单位或角色")
    return cases.resolve(office, request, case, act.names[0], act.whom[0], note=act.note)


def _correct(player: ScenarioPlayer, act: ScenarioAct, request: Request, case: Case) -> Done:
    office = player.trial.office
    return corrections.correct(office, request, case, act.facts, note=act.note).done


def _confirm(player: ScenarioPlayer, act: ScenarioAct, request: Request, case: Case) -> Done:
    return corrections.confirm(player.trial.office, request, case, None, note=act.note).done


def _decline(player: ScenarioPlayer, act: ScenarioAct, request: Request, case: Case) -> Done:
    return corrections.decline(player.trial.office, request, case, None, note=act.note).done


def _clear(player: ScenarioPlayer, act: ScenarioAct, request: Request, case: Case) -> Done:
    return taking_back.clear(player.trial.office, request, case, act.names, note=act.note)


def _detach(player: ScenarioPlayer, act: ScenarioAct, request: Request, case: Case) -> Done:
    return taking_back.detach(player.trial.office, request, case, act.names[0], note=act.note)


def _take_back(player: ScenarioPlayer, act: ScenarioAct, request: Request, case: Case) -> Done:
    return taking_back.take_back(player.trial.office, request, case, act.names[0], note=act.note)


def _cancel(player: ScenarioPlayer, act: ScenarioAct, request: Request, case: Case) -> Done:
    return taking_back.cancel(player.trial.office, request, case, note=act.note)


_DEEDS: dict[str, _Doing] = {
    "advance": _advance,
    "set": _set,
    "sign": _sign,
    "ask": _ask,
    "withdraw": _withdraw,
    "resolve": _resolve,
    "correct": _correct,
    "confirm": _confirm,
    "decline": _decline,
    "clear": _clear,
    "detach": _detach,
    "take_back": _take_back,
    "cancel": _cancel,
}
"""How each act on a case is done, by its verb; attaching has more to it."""
