"""A case that has ended goes on again by `kind: reopen`: with a reason, by a second person. What
was decided stands; opinions, asks and inner counters begin anew.
"""

from __future__ import annotations

import pytest
from small import BUREAU, FINANCE, LAND, TEXT, Desk, officer

from lifecycle.engine.acts import Advance, AskOpinions, Attach, SetFacts, Sign, TakeBack
from lifecycle.engine.case import Case, File
from lifecycle.engine.docket import Refused
from lifecycle.engine.gates.asking import asked_seats
from lifecycle.engine.gates.seats import seats_of

REOPENABLE = TEXT.replace(
    "  - {name: pause,",
    "  - {name: drop, title: 终止, kind: terminate, from: first, to: done, by: bureau}\n"
    "  - {name: reopen, title: 重新办理, kind: reopen, from: done, to: first, by: bureau}\n"
    "  - {name: pause,",
).replace(
    "counter: {of: tick, at_most: 2, basis: 测试}", "counter: {of: tick, at_most: 1, inner: true}"
)
LEGAL = REOPENABLE.replace(
    "counter: {of: tick, at_most: 1, inner: true}", "counter: {of: tick, at_most: 1, basis: 测试}"
)
BUREAU2 = officer("b2", "bureau")
FOR_BUREAU = officer("b2", "bureau", principal="b1")
WHY = "发现还有未办的"


def ended(text: str = REOPENABLE) -> Desk:
    """A case in which all agreed, one record was made, and that the bureau then dropped."""
    desk = Desk(text=text)
    desk.ready()
    desk.do(BUREAU, Advance("tick"))
    desk.do(BUREAU, Advance("drop"))
    desk.pass_days(3)
    return desk


def case_of(desk: Desk) -> Case:
    """Give the case of a desk."""
    assert desk.case is not None
    return desk.case


def test_it_takes_a_reason_and_a_second_person() -> None:
    """Neither who ended it, nor somebody in their name; nobody else's business either."""
    desk = ended()
    assert desk.unmet(BUREAU2, Advance("reopen")) == ["reason"]
    assert desk.unmet(BUREAU, Advance("reopen", WHY)) == ["not_by"]
    assert desk.unmet(FOR_BUREAU, Advance("reopen", WHY)) == ["not_by"]
    assert desk.unmet(LAND, Advance("reopen", WHY)) == ["role"]
    decision = desk.ask(BUREAU, Advance("reopen", WHY))
    assert isinstance(decision, Refused)
    assert [gate.text for gate in decision.gates if not gate.met] == [
        "终止 由 b1 办理，重新办理 须换人"
    ]
    after = desk.do(BUREAU2, Advance("reopen", WHY))
    assert (after.state, after.entered_on) == ("first", desk.on.isoformat())


def test_what_was_done_stands_and_opinions_are_asked_anew() -> None:
    """Facts, materials and steps are those of before; the opinions have gone stale, and the state
    asks for them again on its day.
    """
    desk = ended()
    before = case_of(desk)
    after = desk.do(BUREAU2, Advance("reopen", WHY))
    assert (after.facts, after.materials) == (before.facts, before.materials)
    assert after.steps[:-1] == before.steps
    go = desk.workflow.leaving["first"]["go"]
    assert [seat.stale for seat in seats_of(desk.workflow, after, go)] == [True, True]
    assert [seat.role for seat in asked_seats(desk.workflow, after, go)] == ["land", "finance"]
    assert "cosign" in desk.unmet(BUREAU2, Advance("go"))
    desk.do(LAND, Sign("go", "agree"))
    desk.do(FINANCE, Sign("go", "agree"))
    desk.do(BUREAU2, Advance("go"))


def test_asks_of_before_count_no_more() -> None:
    """Where an officer asks, they are to ask again."""
    desk = Desk(text=REOPENABLE.replace("asked: entering, ", ""))
    desk.do(BUREAU, AskOpinions("go"))
    desk.do(BUREAU, Advance("drop"))
    after = desk.do(BUREAU2, Advance("reopen", WHY))
    go = desk.workflow.leaving["first"]["go"]
    assert asked_seats(desk.workflow, after, go) == []


def test_an_objection_stands() -> None:
    """Ending and reopening a case is no way round it."""
    desk = Desk(text=REOPENABLE)
    desk.do(BUREAU, Attach("report", File("r.pdf", 10, "a" * 64)))
    desk.do(LAND, Sign("go", "object", "权属未清"))
    desk.do(BUREAU, Advance("drop"))
    desk.do(BUREAU2, Advance("reopen", WHY))
    decision = desk.ask(BUREAU2, Advance("go"))
    assert "国土 不同意：权属未清" in [gate.text for gate in decision.gates]


@pytest.mark.parametrize(("text", "again"), [(REOPENABLE, []), (LEGAL, ["counter"])])
def test_inner_counters_begin_anew_and_legal_ones_do_not(text: str, again: list[str]) -> None:
    """One record each time that the case is open, or one for ever."""
    desk = ended(text)
    desk.do(BUREAU2, Advance("reopen", WHY))
    assert desk.unmet(BUREAU, Advance("tick")) == again
    if not again:
        desk.do(BUREAU, Advance("tick"))
        assert desk.unmet(BUREAU, Advance("tick")) == ["counter"]
        assert case_of(desk).fired["tick"].count == 2


def test_nothing_else_is_done_after_the_end() -> None:
    """What is refused there says how the case is reopened."""
    desk = ended()
    for act in (SetFacts({"amount": "1"}), Sign("go", "agree"), TakeBack("tick", "误")):
        decision = desk.ask(BUREAU, act)
        assert isinstance(decision, Refused)
        (gate,) = decision.gates
        assert gate.mend == (
            "确须再办的，先办“重新办理”：lifecycle advance XS-2026-001 reopen --note …"
        )
    assert desk.unmet(BUREAU2, Advance("tick")) == ["state"]


def test_a_reopened_case_ends_again() -> None:
    """And is reopened by whoever did not end it this time."""
    desk = ended()
    desk.do(BUREAU2, Advance("reopen", WHY))
    desk.do(BUREAU2, Advance("drop"))
    assert desk.unmet(BUREAU2, Advance("reopen", WHY)) == ["not_by"]
    desk.do(BUREAU, Advance("reopen", WHY))
