"""Names as officers write them: the identifier or the Chinese title of what a workflow defines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lifecycle.errors import AmbiguousError, UnknownError
from lifecycle.workflow.model import Fact, Material, Workflow


def find_fact(workflow: Workflow, name: str) -> Fact:
    """Find a fact by name or title."""
    found: Fact = _find("要素", name, workflow.facts)
    return found


def find_material(workflow: Workflow, name: str) -> Material:
    """Find a material by name or title."""
    found: Material = _find("材料", name, workflow.materials)
    return found


def find_role(workflow: Workflow, name: str) -> str:
    """Find a role by name or title."""
    return str(_find("角色", name, workflow.roles).name)


def find_recipient(workflow: Workflow, name: str) -> str:
    """Find a role or a party outside the directory, to which letters go, by name or title."""
    known: dict[str, Any] = {**workflow.roles, **workflow.parties}
    listed = "、".join(f"{item.title}（{key}）" for key, item in known.items())
    return str(_find("收文方", name, known, f"可写 {listed}").name)


def find_state(workflow: Workflow, name: str) -> str:
    """Find a state by name or title."""
    return str(_find("环节", name, workflow.states).name)


def find_transition_name(workflow: Workflow, name: str) -> str:
    """Find a transition by name or title."""
    if name in workflow.titles:
        return name
    found = list(dict.fromkeys(t.name for t in workflow.transitions if t.title == name))
    if len(found) > 1:
        raise AmbiguousError("流转", name, found)
    if not found:
        raise UnknownError("流转", name, (*workflow.titles, *workflow.titles.values()))
    return found[0]


def _find(kind: str, name: str, known: Mapping[str, Any], otherwise: str = "") -> Any:
    if name in known:
        return known[name]
    for item in known.values():
        if item.title == name or item.title.replace(" ", "") == name.replace(" ", ""):
            return item
    raise UnknownError(kind, name, (*known, *(item.title for item in known.values())), otherwise)
