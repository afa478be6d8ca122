"""The shipped scenarios: the shipped workflows do what the plan and the laws want, every way and
every gate of them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from lifecycle import places
from lifecycle.office.scenarios.running import run_scenarios

FOLDER = places.workflows() / "tests" / "project"
PROJECT = places.workflows() / "project.yaml"
UNTOUCHED = 12
"""So many gates of project.yaml at most are not seen both ways: what they want cannot lack where
they are judged.
"""

MUTANTS = {
    "the threshold of investment": ("investment >= 3000", "investment > 3000"),
    "who reviews": ("    by: market_reg\n    not_by", "    by: bureau\n    not_by"),
    "separation of duties": ("    not_by: [collective_decision]\n", ""),
    "a seat": ("roles: [finance, justice, owner]", "roles: [finance, owner]"),
    "a material": ("materials: [transfer_plan, ", "materials: ["),
    "clear days": ("days_after(announced_on, 21)", "days_after(announced_on, 20)"),
    "a term of a law": ("{title: 竣工验收备案, in: 15", "{title: 竣工验收备案, in: 16"),
    "a letter's receiver": ("to: [planning, land, x], cc: owner", "to: [planning, x], cc: owner"),
    "a counter": ("of: hold_review, at_most: 3", "of: hold_review, at_most: 4"),
    "a light": ("funds_actual * 5 < funds_plan * 4", "funds_actual * 5 <= funds_plan * 4"),
}
"""One rule of each kind, and how it is turned round."""


def test_every_scenario_of_the_project_workflow_passes() -> None:
    """All come as expected; every state and transition is touched, and nearly every gate was seen
    both to let pass and to bar.
    """
    report = run_scenarios([str(FOLDER)], [str(PROJECT)])
    assert report.problems == ()
    assert [failed.difference for failed in report.failed] == []
    assert len(report.results) > 200
    (covered,) = report.coverage
    assert covered.states.missed == ()
    assert covered.transitions.missed == ()
    assert len(covered.gates.missed) <= UNTOUCHED, covered.gates.missed


@pytest.mark.slow
@pytest.mark.parametrize("what", MUTANTS)
def test_a_rule_turned_round_fails_a_scenario(what: str, tmp_path: Path) -> None:
    """With one rule of the workflow changed, some scenario does not come as expected any more."""
    text = PROJECT.read_text("utf-8")
    changed = text.replace(*MUTANTS[what], 1)
    assert changed != text
    (tmp_path / "project.yaml").write_text(changed, encoding="utf-8")
    report = run_scenarios([str(FOLDER)], [str(tmp_path / "project.yaml")])
    assert report.problems == ()
    assert report.failed
