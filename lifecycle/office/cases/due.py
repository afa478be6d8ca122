"""What falls due by itself: made, or told of where it cannot be yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifecycle.engine.acts import Advance
from lifecycle.engine.clock.by_clock import Falling, falling, the_clock
from lifecycle.engine.decide import decide
from lifecycle.frozen import dataclass, replace
from lifecycle.ledger.across.every import EVERY
from lifecycle.workflow.model import OPENING

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.ledger.register import Outcome
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

OPENED = "立项"
MOST_WAITING = 50
"""So many of those that cannot be made yet are told of."""


@dataclass(frozen=True, slots=True)
class Made:
    """What the clock made: of which case, on which day, when it had fallen due, and where that led;
    `effects` counts what was done to other cases with it.
    """

    number: str
    title: str
    seq: int
    transition: str
    transition_title: str
    on: str
    due_on: str
    state: str
    stage: str
    effects: int


@dataclass(frozen=True, slots=True)
class DueWaiting:
    """What has fallen due and lacks something: what stands in the way, in words."""

    number: str
    title: str
    transition: str
    transition_title: str
    due_on: str
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ticked:
    """What was made, and what waits; `more` says that not all that waits is told of."""

    made: tuple[Made, ...]
    waiting: tuple[DueWaiting, ...]
    more: bool


def tick(office: Office, *, dry_run: bool = False) -> Ticked:
    """Make what is due by itself; a dry run only says what that would be."""
    register = office.register
    if not dry_run:
        made = [_made(office, outcome) for outcome in register.make_due()]
        return _ticked(office, made)
    with register.as_if_due() as outcomes:
        return _ticked(office, [_made(office, outcome) for outcome in outcomes or ()])


def _ticked(office: Office, made: list[Made]) -> Ticked:
    waiting = _waiting(office)
    told: list[DueWaiting] = []
    for one in waiting:
        if len(told) == MOST_WAITING:
            return Ticked(tuple(made), tuple(told), more=True)
        told.append(one)
    return Ticked(tuple(made), tuple(told), more=False)


def _made(office: Office, outcome: Outcome) -> Made:
    case, intent = outcome.case, outcome.body["intent"]
    workflow = office.workflow_of(case)
    due = next(
        (gate.inputs["due_on"] for gate in outcome.gates if gate.kind == "due"),
        intent["occurred_on"],  # of what was opened in a period
    )
    name = intent["transition"] or OPENING
    return Made(
        number=case.number,
        title=case.title,
        seq=case.seq,
        transition=name,
        transition_title=workflow.titles.get(name, OPENED),
        on=intent["occurred_on"],
        due_on=due,
        state=case.state,
        stage=workflow.states[case.state].title,
        effects=len(outcome.effects),
    )


def _waiting(office: Office) -> Iterator[DueWaiting]:
    """Tell of what has fallen due and is not made: its gates do not hold."""
    register = office.register
    moment = office.moment()
    for case_id in dict.fromkeys(one.case_id for one in register.waiting(register.clock())):
        if case_id == EVERY:
            yield from _waiting_periods(office)
            continue
        case = register.case(case_id)
        workflow = office.workflow_of(case)
        for one in falling(workflow, case, moment.calendar):
            if one.on <= moment.on:
                yield DueWaiting(
                    number=case.number,
                    title=case.title,
                    transition=one.transition.name,
                    transition_title=one.transition.title,
                    due_on=one.due.on.isoformat(),
                    lacks=tuple(_lacking(office, workflow, case, one)),
                )


def _lacking(office: Office, workflow: Workflow, case: Case, one: Falling) -> Iterator[str]:
    """Say what keeps the clock from making a transition."""
    register, act, on = office.register, Advance(one.transition.name), one.on
    others = register.others(office.directory).for_act(workflow, case, act, on.isoformat())
    day = replace(office.moment(on), others=others, recorded=register.today())
    decision = decide(workflow, case, act, the_clock(workflow, case, day), day)
    yield from (gate.text for gate in decision.gates if not gate.met)
    if all(gate.met for gate in decision.gates):
        yield "带动的事项办不成" if one.transition.does else "还没有办"


def _waiting_periods(office: Office) -> Iterator[DueWaiting]:
    """Tell of the periods in which what was to be opened cannot be."""
    for due, on, lacks in office.register.waiting_openings():
        yield DueWaiting(
            number="",
            title=due.period.label,
            transition=OPENING,
            transition_title=f"{OPENED} {due.every.opens}",
            due_on=on.isoformat(),
            lacks=lacks,
        )
