"""Values as entries tell them, and what became of them: `总投资 32000 万元 → 31000 万元`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lifecycle.engine.acts.act import title_in
from lifecycle.engine.case import Case, Proposal
from lifecycle.engine.tables.telling import told_rows
from lifecycle.engine.values import show_value
from lifecycle.workflow.model import Workflow

MOST = 60
"""Characters of a value that an entry which only records it is told with."""
MOST_ROWS_TOLD = 200
"""Characters of what has changed in a table."""
SIGNS = 8
"""Digits of a SHA-256 by which two files of one name are told apart."""
APART = "；"
"""What stands between two facts: the items of a list have 、 between them."""


def told_facts(workflow: Workflow, facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Tell facts with their values, in the order of the workflow; long ones are cut."""
    return APART.join(
        f"{title_in(workflow.facts, name)} {_short(_value(workflow, name, facts[name], names))}"
        for name in _ordered(workflow, facts)
    )


def told_entered(
    workflow: Workflow,
    before: Mapping[str, Any],
    facts: Mapping[str, Any],
    names: Mapping[str, str],
) -> str:
    """Tell facts with their values and, where there were others before, with these."""
    told = []
    for name in _ordered(workflow, facts):
        rows = _rows(workflow, name, before.get(name), facts[name], names)
        if rows:
            told.append(f"{title_in(workflow.facts, name)} {_short(rows, MOST_ROWS_TOLD)}")
            continue
        now = _short(_value(workflow, name, facts[name], names))
        was = _short(_value(workflow, name, before[name], names)) if name in before else now
        change = now if was == now else f"{was} → {now}"
        told.append(f"{title_in(workflow.facts, name)} {change}")
    return APART.join(told)


def told_correction(
    workflow: Workflow,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    names: Mapping[str, str],
) -> str:
    """Tell what is corrected: of facts the whole old and new value, of a material the files, each
    as an entry names it.
    """
    return APART.join(_corrected(workflow, old, new, names))


def told_proposal(
    workflow: Workflow, case: Case, proposal: Proposal, names: Mapping[str, str]
) -> str:
    """Tell what a correction that waits would make of what is in hand."""
    new: dict[str, Any] = dict(proposal.facts)
    old: dict[str, Any] = {name: case.facts[name] for name in new if name in case.facts}
    if proposal.material and proposal.file is not None:
        new[proposal.material] = proposal.file.to_dict()
        held = case.materials.get(proposal.material)
        if held is not None:
            old[proposal.material] = held.to_dict()
    return told_correction(workflow, old, new, names)


def _corrected(
    workflow: Workflow,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    names: Mapping[str, str],
) -> Iterator[str]:
    for name in _ordered(workflow, new):
        if isinstance(new[name], Mapping):
            title = title_in(workflow.materials, name)
            was, now = _files(old.get(name), new[name])
        else:
            title = title_in(workflow.facts, name)
            rows = _rows(workflow, name, old.get(name), new[name], names)
            if rows:
                yield f"{title} {rows}"
                continue
            now = _value(workflow, name, new[name], names)
            was = _value(workflow, name, old[name], names) if name in old else "未填"
        yield f"{title} {was} → {now}"


def _files(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> tuple[str, str]:
    """Name two files; those of one name with the beginning of their SHA-256."""
    if old is None:
        return "未交", str(new["name"])
    if old["name"] != new["name"]:
        return str(old["name"]), str(new["name"])
    was, now = (f"{file['name']}（{file['sha256'][:SIGNS]}）" for file in (old, new))
    return was, now


def _ordered(workflow: Workflow, named: Mapping[str, Any]) -> list[str]:
    """Give names in the order of the workflow: that of an entry is alphabetical."""
    known = [name for name in (*workflow.facts, *workflow.materials) if name in named]
    return [*known, *(name for name in named if name not in known)]


def _rows(workflow: Workflow, name: str, old: Any, new: Any, names: Mapping[str, str]) -> str:
    """Tell what has changed in a table, row by row; "" for what is none, or was none before."""
    fact = workflow.facts.get(name)
    if fact is None or not fact.is_table or old is None:
        return ""
    return told_rows(fact, old, new, names).replace("\n", " ")


def _value(workflow: Workflow, name: str, value: Any, names: Mapping[str, str]) -> str:
    fact = workflow.facts.get(name)
    text = show_value(fact, value, names) if fact is not None else str(value)
    return text.replace("\n", " ")


def _short(text: str, most: int = MOST) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
