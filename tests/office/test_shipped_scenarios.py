"""The shipped scenarios: the shipped workflows do what the plan and the laws want, every way and
every gate of them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from lifecycle import places
from lifecycle.office.scenarios.running import run_scenarios

FOLDER = places.workflows() / "tests"
PROJECT = places.workflows() / "project.yaml"
UNTOUCHED = {"project": 10, "supervision": 3}
"""So many gates of each at most are not seen both ways: what they want cannot lack where they are
judged.
"""

MUTANTS = {
    "the threshold of investment": ("investment >= 3000", "investment > 3000"),
    "who reviews": ("    by: market_reg\n    not_by", "    by: bureau\n    not_by"),
    "separation of duties": ("    not_by: [collective_decision]\n", ""),
    "a seat": ("roles: [finance, justice, owner]", "roles: [finance, owner]"),
    "a material": ("materials: [transfer_plan, ", "materials: ["),
    "clear days": ("days_after(announced_on, 21)", "days_after(announced_on, 20)"),
    "a term of a law": ("{title: 竣工验收备案, in: 15", "{title: 竣工验收备案, in: 16"),
    "a letter's receiver": (
        "to: [reform, planning, land, owner, x]",
        "to: [reform, planning, land, x]",
    ),
    "a counter": ("of: hold_review, at_most: 3", "of: hold_review, at_most: 4"),
    "a light": ("funds_actual * 5 < funds_plan * 4", "funds_actual * 5 <= funds_plan * 4"),
}
"""One rule of each kind, and how it is turned round."""


@pytest.mark.parametrize("name", UNTOUCHED)
def test_every_shipped_scenario_passes(name: str) -> None:
    """All come as expected; every state and transition is touched, and nearly every gate was seen
    both to let pass and to bar.
    """
    workflow = places.workflows() / f"{name}.yaml"
    report = run_scenarios([str(FOLDER / name)], [str(workflow)])
    assert report.problems == ()
    assert [failed.difference for failed in report.failed] == []
    (covered,) = report.coverage
    assert covered.states.missed == ()
    assert covered.transitions.missed == ()
    assert len(covered.gates.missed) <= UNTOUCHED[name], covered.gates.missed


def test_every_shipped_workflow_has_scenarios() -> None:
    """Each workflow that is shipped has a folder of scenarios of its own."""
    shipped = {path.stem for path in places.workflow_files()}
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} == shipped == set(UNTOUCHED)


@pytest.mark.slow
@pytest.mark.parametrize("what", MUTANTS)
def test_a_rule_turned_round_fails_a_scenario(what: str, tmp_path: Path) -> None:
    """With one rule of the workflow changed, some scenario does not come as expected any more."""
    text = PROJECT.read_text("utf-8")
    changed = text.replace(*MUTANTS[what], 1)
    assert changed != text
    (tmp_path / "project.yaml").write_text(changed, encoding="utf-8")
    report = run_scenarios([str(FOLDER / "project")], [str(tmp_path / "project.yaml")])
    assert report.problems == ()
    assert report.failed
