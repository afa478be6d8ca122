"""Time limits: when they begin, what ends them, and which day a list goes by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lifecycle.engine.case import Case, Fired
from lifecycle.engine.standing import open_limits, stand
from lifecycle.engine.workdays import Calendar
from lifecycle.workflow.reader import read_workflow

PROJECT = read_workflow(
    (Path(__file__).parents[2] / "workflows" / "project.yaml").read_bytes(), "project.yaml"
)
CALENDAR = Calendar("0" * 64, {})


def case_in(state: str, **facts: tuple[str, int]) -> Case:
    """Make a case in a state since 1 June 2026, with facts as (value, number of the entry that set
    it).
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
    waiting = case_in("construction", start_due_on=("2026-08-31", 40))
    assert titles(waiting) == {"约定开工"}
    assert (
        titles(
            replace(
                waiting,
                facts={**waiting.facts, "started_on": "2026-08-20"},
                changed={**waiting.changed, "started_on": 60},
            )
        )
        == set()
    )


def test_an_earlier_round_ends_no_limit() -> None:
    """The result of a first deal does not meet the limit that the second deal begins."""
    second = case_in("listing", deal_on=("2026-08-03", 50), result_on=("2026-05-08", 30))
    assert "公布出让结果" in titles(second)
    again = {**second.facts, "result_on": "2026-08-06"}
    assert "公布出让结果" not in titles(
        replace(second, facts=again, changed={**second.changed, "result_on": 55})
    )


@pytest.mark.parametrize(
    ("on", "open_"), [("2026-05-20", True), ("2026-06-01", False), ("2026-06-08", False)]
)
def test_a_transition_ends_a_limit_of_its_stay(on: str, open_: bool) -> None:
    """A limit that counts from entering the state is ended by a transition of this stay, not of an
    earlier one.
    """
    case = replace(case_in("intent"), fired={"sign_loi": Fired(1, on, 90, ("bureau01",))})
    assert (
        PROJECT.states["intent"].due
        in [item.limit for item in open_limits(PROJECT, case, CALENDAR)]
    ) is open_


def test_a_final_state_has_no_limits() -> None:
    """A closed case is due on no day and has no light."""
    standing = stand(PROJECT, case_in("completed"), CALENDAR)
    assert (standing.due_on, standing.light(date(2030, 1, 1).isoformat())) == (None, "green")
