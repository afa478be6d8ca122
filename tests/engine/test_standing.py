"""Time limits: when they begin, what ends them, and which day a list goes by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lifecycle.engine.case import Case, Edition, Fired
from lifecycle.engine.standing import open_limits, stand
from lifecycle.engine.workdays import Calendar
from lifecycle.workflow.reader import read_workflow

PROJECT = read_workflow(
    (Path(__file__).parents[2] / "workflows" / "project.yaml").read_bytes(), "project.yaml"
)
CALENDAR = Calendar("0" * 64, {})


def case_in(state: str, **facts: tuple[str, int]) -> Case:
    """Make a case in a state since 1 June 2026, entered with entry 45, with facts as (value, number
    of the entry that set it).
    """
    return Case(
        id="c",
        number="LS-F-2026-001",
        workflow=PROJECT.digest,
        title="甲",
        state=state,
        seq=99,
        head="",
        opened_on="2026-01-05",
        entered_on="2026-06-01",
        last_on="2026-06-01",
        last_at="",
        facts={name: value for name, (value, _) in facts.items()},
        changed={name: n for name, (_, n) in facts.items()},
        materials={},
        opinions={},
        fired={},
        editions={name: Edition(1, 1, n) for name, (_, n) in facts.items()},
        entered={state: 45},
    )


def titles(case: Case) -> set[str]:
    """Name the limits that are open."""
    return {item.limit.title for item in open_limits(PROJECT, case, CALENDAR)}


def test_a_limit_begins_with_its_first_day() -> None:
    """A limit that counts from a fact is not open before the fact is known."""
    assert titles(case_in("listing")) == set()
    dealt = case_in("listing", deal_on=("2026-08-03", 50))
    assert titles(dealt) == {"公布出让结果", "退还未竞得人保证金", "签订出让合同"}
    assert stand(PROJECT, dealt, CALENDAR).due_on == "2026-08-10"


def test_works_may_begin_before_they_are_due() -> None:
    """What was due on a day and done before it is done: an early start leaves no limit open."""
    waiting = {"start_due_on": ("2026-08-31", 40)}
    assert titles(case_in("construction", **waiting)) == {"约定开工"}
    begun = case_in("construction", **waiting, started_on=("2026-08-20", 60))
    assert titles(begun) == set()


def test_an_earlier_round_ends_no_limit() -> None:
    """The result of a first deal does not meet the limit that the second deal begins."""
    deal = {"deal_on": ("2026-08-03", 50)}
    assert "公布出让结果" in titles(case_in("listing", **deal, result_on=("2026-05-08", 30)))
    assert "公布出让结果" not in titles(case_in("listing", **deal, result_on=("2026-08-06", 55)))


@pytest.mark.parametrize(("seq", "open_"), [(44, True), (45, True), (46, False)])
def test_a_transition_ends_a_limit_of_its_stay(seq: int, open_: bool) -> None:
    """A limit that counts from entering the state is ended by a transition of this stay: not by an
    earlier one, be it of the same day, nor by the one that led here.
    """
    made = Fired(1, "2026-06-01", seq, ("bureau01",))
    case = replace(case_in("intent"), fired={"sign_loi": made})
    found = [item.limit for item in open_limits(PROJECT, case, CALENDAR)]
    assert (PROJECT.states["intent"].due in found) is open_


def test_a_final_state_has_no_limits() -> None:
    """A closed case is due on no day and has no light."""
    standing = stand(PROJECT, case_in("completed"), CALENDAR)
    assert (standing.due_on, standing.light(date(2030, 1, 1).isoformat())) == (None, "green")
