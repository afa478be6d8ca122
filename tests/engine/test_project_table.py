"""Who may do what in project.yaml: every state × transition × role × same person, against a few
independent lines.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from lifecycle.engine.acts import Advance
from lifecycle.engine.case import Case, Fired, Suspension
from lifecycle.engine.decide import decide
from lifecycle.engine.docket import Accepted
from lifecycle.engine.steps import MadeStep, Steps
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.engine.world.workdays import Calendar
from lifecycle.workflow.model import Workflow
from lifecycle.workflow.reader import read_workflow

PROJECT = Path(__file__).parents[2] / "workflows" / "project.yaml"
MOMENT = Moment(date(2026, 9, 30), Calendar("0" * 64, {}))
SELF, OTHER = "p1", "p2"


def bare() -> dict[str, Any]:
    """Read project.yaml as plain text values, keeping only what this table is about: where from,
    where to, who.
    """
    raw: dict[str, Any] = yaml.load(PROJECT.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    kept = {"name", "title", "kind", "from", "to", "by", "not_by"}
    raw["transitions"] = [{k: v for k, v in t.items() if k in kept} for t in raw["transitions"]]
    for fact in raw["facts"].values():
        if fact.get("required") != "true":
            fact.pop("required", None)
    return raw


def listed(value: Any) -> list[str]:
    """Give one name or several as a list."""
    return [value] if isinstance(value, str) else list(value)


def sources(raw: dict[str, Any], said: Any) -> set[str]:
    """Say in plain words which states a `from` means."""
    going = {name for name, state in raw["states"].items() if state.get("final") != "true"}
    if said == "all":
        return going
    if isinstance(said, dict) and "phase" in said:
        return {name for name in going if raw["states"][name].get("phase") == said["phase"]}
    if isinstance(said, dict):
        return going - set(listed(said["all_but"]))
    return set(listed(said))


def expected(raw: dict[str, Any], state: str, name: str, role: str, *, same: bool) -> str | None:
    """Say from the YAML alone where a transition leads an officer of one role, or None where it is
    not theirs.
    """
    for t in raw["transitions"]:
        if t["name"] == name and state in sources(raw, t["from"]):
            second = "not_by" in t or t.get("kind") == "reopen"
            if role not in listed(t["by"]) or (same and second):
                return None
            if t.get("kind") == "record":
                return state
            return "construction" if t["to"] == "previous" else str(t["to"])
    return None


def case_in(workflow: Workflow, state: str, *, same: bool) -> Case:
    """Make a case in a state, suspended from construction, in which everything was last done by one
    person.
    """
    person = SELF if same else OTHER
    fired = {name: Fired(1, "2026-09-01", 1, (person,)) for name in ("open", *workflow.titles)}
    facts: dict[str, Any] = {"name": "甲", "owner_unit": "u1", "x_units": ["u1"]}
    facts |= {"area": "龙泉市", "category": "康养", "investor": "某公司"}
    finished = MadeStep("finish", "acceptance", 9, "2026-09-01", (person,), "2026-09-01", {}, {})
    return Case(
        "c1",
        "LS-F-2026-001",
        workflow.digest,
        "甲",
        state,
        9,
        "0" * 64,
        "2026-09-01",
        "2026-09-01",
        "2026-09-01",
        "",
        facts,
        {},
        {},
        {},
        fired,
        suspensions=(Suspension("construction", "2026-09-01", "2026-09-01"),),
        steps=Steps(made=[finished]),
    )


def test_a_transition_is_allowed_exactly_where_the_yaml_says_so() -> None:
    """Every state × transition × role × same person of project.yaml is allowed, and leads, exactly
    as its text says.
    """
    raw = bare()
    workflow = read_workflow(
        yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), "bare.yaml", checked=False
    )
    judged = allowed = 0
    for state in raw["states"]:
        for same in (False, True):
            case = case_in(workflow, state, same=same)
            for name in dict.fromkeys(t["name"] for t in raw["transitions"]):
                for role in raw["roles"]:
                    decision = decide(
                        workflow,
                        case,
                        Advance(name, "理由"),
                        Officer(SELF, "", "u1", {role: ("g",)}),
                        MOMENT,
                    )
                    found = decision.target if isinstance(decision, Accepted) else None
                    assert found == expected(raw, state, name, role, same=same), (
                        state,
                        name,
                        role,
                        same,
                    )
                    judged += 1
                    allowed += found is not None
    assert judged == 2 * len(raw["states"]) * len(workflow.titles) * len(raw["roles"])
    assert 0 < allowed < judged / 4


def test_nobody_without_a_role_may_do_anything() -> None:
    """An officer without any role is allowed no transition from any state."""
    raw = bare()
    workflow = read_workflow(
        yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), "bare.yaml", checked=False
    )
    for state in raw["states"]:
        for name in workflow.titles:
            decision = decide(
                workflow,
                case_in(workflow, state, same=False),
                Advance(name),
                Officer(SELF, "", "u1", {}),
                MOMENT,
            )
            assert not isinstance(decision, Accepted), (state, name)
