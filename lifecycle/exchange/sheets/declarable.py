"""What a table says of running cases beside their facts, when they are taken in: the state, the day
of the opening, the days of transitions, and which materials are there – each read like a fact.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.workflow.model import Fact, Workflow

STATE = "@state"
OPENED = "@opened"
STEP = "@step:"
PAPER = "@paper:"
"""Under these names it stands in a row: no fact is called so."""


def declarable(workflow: Workflow) -> list[Fact]:
    """List what may be declared of a running case of a workflow. What is titled like a fact, or
    like something before it, is left out: a title in a map means one thing.
    """
    taken = {word for fact in workflow.facts.values() for word in (fact.name, fact.title)}
    found = []
    for one in _all(workflow):
        if one.title not in taken:
            taken.add(one.title)
            found.append(one)
    return found


def is_declared(name: str) -> bool:
    """Tell whether a name in a row is that of what is declared, not of a fact."""
    return name.startswith("@")


def written_name(fact: Fact) -> str:
    """Give the name by which a map says which fact it is, or what is declared."""
    return fact.title if is_declared(fact.name) else fact.name


def called(fact: Fact) -> str:
    """Call a fact as officers know it, with its identifier if it has one."""
    return fact.title if is_declared(fact.name) else f"{fact.title}（{fact.name}）"


def _all(workflow: Workflow) -> Iterator[Fact]:
    here = workflow.location
    open_states = [state.title for state in workflow.states.values() if not state.final]
    choices = tuple(dict.fromkeys(open_states))
    yield Fact(STATE, "环节", "choice", here, choices=choices, required=True)
    yield Fact(OPENED, "立项日", "date", here)
    for name, title in workflow.titles.items():
        yield Fact(f"{STEP}{name}", title, "date", here)
    for material in workflow.materials.values():
        yield Fact(f"{PAPER}{material.name}", material.title, "yesno", here)
