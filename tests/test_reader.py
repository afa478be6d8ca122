"""Reading a workflow file: what comes out, and what each fault says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifecycle.errors import Location, WorkflowError
from lifecycle.workflow.expression import Expression
from lifecycle.workflow.model import Counter, Dwell, Guard, Limit, NoticeRule, Quorum, Workflow
from lifecycle.workflow.reader import MOST_SHOWN, examine, read_workflow

SPECIMENS = Path(__file__).parent / "specimens"


@dataclass(frozen=True)
class Letter:
    """A stand-in for a template: what it must be given."""

    variables: tuple[tuple[str, Location], ...] = ()
    location: Location = Location("notices/letter.j2")
    optional: tuple[tuple[str, Location], ...] = ()
    paths: tuple[tuple[tuple[str, str], Location], ...] = ()


TEMPLATES = {
    "plain": Letter((("case_title", Location("notices/plain.j2", 5, 3)),)),
    "letter": Letter((("listed_on", Location("notices/letter.j2", 5, 3)),)),
    "strange": Letter(
        (("case_titel", Location("notices/strange.j2", 5, 3)),),
        optional=(("headin", Location("notices/strange.j2", 6, 3)),),
        paths=((("last", "finsh"), Location("notices/strange.j2", 7, 3)),),
    ),
}


@pytest.mark.parametrize("path", sorted(SPECIMENS.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_fault_says_what_the_specimen_expects(path: Path) -> None:
    """Every message stands in a small file of its own, with what an officer sees beside it."""
    _, problems, source = examine(path.read_bytes(), path.name, TEMPLATES)
    shown = "".join(problem.render(source) + "\n" for problem in problems)
    assert shown == path.with_suffix(".expected").read_text(encoding="utf-8")
    assert not problems or path.stem == "several" or any(path.stem.startswith(problem.rule) for problem in problems)


def test_every_rule_has_a_specimen() -> None:
    """No message is untried: each rule that the package names has at least one specimen."""
    package = Path(__file__).parent.parent / "lifecycle" / "workflow"
    named = re.compile(r'(?:fault|Problem)\(\s*"([a-z]+(?:-[a-z]+)*)"|(?:return|or \(|or) "(yaml-[a-z]+)"')
    rules = {a or b for path in package.glob("*.py") for a, b in named.findall(path.read_text(encoding="utf-8"))}
    tried = {path.stem for path in SPECIMENS.glob("*.yaml")} | {"yaml-size", "yaml-encoding", "too-many"}
    assert len(rules) > 40
    assert {rule for rule in rules if not any(name.startswith(rule) for name in tried)} == set()
