"""What files that stand beside the workflows – shared lists, legal grounds – have in common: a
title, a list of items with days, and that all faults are told at once.
"""

from __future__ import annotations

from datetime import date

from lifecycle.errors import Problem
from lifecycle.workflow.reading.form_fields import FormFields
from lifecycle.workflow.yaml.fields import MOST_SHOWN, Reading
from lifecycle.workflow.yaml.tree import Sequence, read_tree

MOST_ITEMS = 2000
_WHOLE = {"yaml-empty", "yaml-root"}


def begin(
    body: bytes, file: str, key: str, owner: str, form: str, *, mend: str
) -> tuple[FormFields | None, tuple[Problem, ...], str]:
    """Begin to read a file as a form: its fields, the faults so far, its text.

    `key` names it, `owner` is what its faults call it, `mend` tells what its top level has. There
    are no fields where the text is no mapping.
    """
    tree = read_tree(body, file)
    problems = tuple(
        Problem(p.rule, p.location, p.message, mend) if p.rule in _WHOLE else p
        for p in tree.problems
    )
    if tree.root is None:
        return None, problems, tree.text
    reading = Reading(file, problems)
    named = tree.root.pairs.get(key)
    at = reading.at(named[1] if named else tree.root)
    return FormFields(reading, tree.root, owner, at, form), problems, tree.text


def items(top: FormFields, key: str, item: str, *, mend: str) -> list[FormFields]:
    """Give the mappings of the one list of a file, each called `item`; none where there are more
    than can be looked through. `mend` tells what to do with too many.
    """
    node = top.node(key)
    if isinstance(node, Sequence) and len(node.items) > MOST_ITEMS:
        message = f"{top.owner}的 {key} 有 {len(node.items)} 项，超过 {MOST_ITEMS} 项"
        top.fault("long-section", top.place(key), message, mend)
        return []
    if isinstance(node, Sequence) and not node.items:
        top.empty_list(key)
    return list(top.each(key, item))


def day(fields: FormFields, key: str) -> str:
    """Read a day; "" where none is written."""
    scalar = fields.scalar(key)
    if scalar is None:
        return ""
    text = fields.matched(key)
    try:
        return date.fromisoformat(text or "").isoformat()
    except ValueError:
        message = f"{fields.owner}的 {key} “{scalar.value}” 不是有效日期"
        fields.fault("wrong-date", scalar, message, "写成 2026-08-01 的样子")
        return ""


def told(reading: Reading) -> tuple[Problem, ...]:
    """Give the faults in the order of the file, each once, not more than anybody reads."""
    ordered = sorted(reading.problems, key=lambda p: (p.location.line, p.location.column))
    return tuple(dict.fromkeys(ordered))[:MOST_SHOWN]
