"""Every condition of the shipped workflows in words, of cases that have everything and nothing."""

from __future__ import annotations

import re
from datetime import date

import pytest

from lifecycle import places
from lifecycle.engine.case import Case, File, Fired
from lifecycle.engine.gates.gates import judge_guard
from lifecycle.engine.values import Value
from lifecycle.engine.world.moment import Moment
from lifecycle.engine.world.workdays import Calendar
from lifecycle.workflow.model import Fact, Transition, Workflow
from lifecycle.workflow.reader import read_workflow

WORKFLOWS = [
    read_workflow(path.read_bytes(), path.name, checked=False) for path in places.workflow_files()
]
GUARDED = [
    pytest.param(workflow, transition, id=f"{workflow.name}-{transition.name}")
    for workflow in WORKFLOWS
    for transition in workflow.transitions
    if transition.guards
]
MOMENT = Moment(date(2026, 9, 30), Calendar("c" * 64, {}), {"u1": "市林业局"})
ENGLISH = re.compile(r"[a-z]{3,}")


def value_of(fact: Fact) -> Value:
    """Give some value of a fact."""
    plain: dict[str, Value] = {"integer": 1, "yesno": False, "date": "2026-08-01", "unit": "u1"}
    if fact.type == "list":
        return [str(plain.get(fact.of, "3"))]
    if fact.type in ("money", "decimal"):
        return "3"
    return fact.choices[0] if fact.choices else plain.get(fact.type, "甲")


def case_of(workflow: Workflow, transition: Transition, *, full: bool) -> Case:
    """Make a case from which the transition could be made, with everything or with nothing."""
    made = Fired(1, "2026-08-01", 3, ("b1",))
    return Case(
        id="c1",
        number="LS-F-2026-001",
        workflow="d",
        title="某项目",
        state=transition.sources[0],
        seq=9,
        head="h",
        opened_on="2026-07-01",
        entered_on="2026-08-01",
        last_on="2026-09-01",
        last_at="t",
        facts={fact.name: value_of(fact) for fact in workflow.facts.values()} if full else {},
        changed={},
        materials={name: File("a.pdf", 9, "a" * 64) for name in workflow.materials} if full else {},
        opinions={},
        fired=dict.fromkeys(workflow.titles, made) if full else {"open": made},
    )


@pytest.mark.parametrize("full", [True, False], ids=["full", "empty"])
@pytest.mark.parametrize(("workflow", "transition"), GUARDED)
def test_b12_no_condition_is_told_in_code(
    workflow: Workflow, transition: Transition, *, full: bool
) -> None:
    """B12: no identifier, sign of the expression language or Python value reaches an officer; what
    is given and wanted stands in the text, and what is missing has a command or a day.
    """
    case = case_of(workflow, transition, full=full)
    for guard in transition.guards:
        gate = judge_guard(workflow, case, transition, guard, {}, MOMENT)
        told = gate.text.replace("a.pdf", "").replace("aaaaaaaa", "")
        assert not ENGLISH.search(told), gate.text
        assert not re.search(r"[=<>{}\[\]]|None|Decimal", told), gate.text
        assert gate.given, guard.when.source
        assert gate.wanted, guard.when.source
        if not gate.met:
            open_yet = "未填" in gate.text or "未交" in gate.text or "办理之日 未办过" in gate.text
            words = f"尚不能判断：{guard.otherwise}" if open_yet else guard.otherwise
            assert gate.text.endswith(f"（{words}）")
