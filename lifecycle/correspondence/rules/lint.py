"""`notice lint`: what is wrong with one template against the workflows that use it, told at its own
lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from lifecycle.correspondence.rules.relations import Relations, sent, template_relation_faults
from lifecycle.errors import Location, Problem, nearest
from lifecycle.template.template import Template
from lifecycle.workflow.letter_variables import LETTER_NAMES
from lifecycle.workflow.model import Workflow


def template_faults(
    template: Template, workflows: Sequence[Workflow], relations: Relations
) -> list[Problem]:
    """Judge a sound template: names that no case will supply, and its kind against whom it goes to.

    A template that no workflow uses may name the facts of any of them. Whether a fact is surely
    filled in when the letter is written is judged with the workflow (`workflow check`).
    """
    uses = sent(workflows, template.name)
    using = list(dict.fromkeys(use.workflow for use in uses))
    found = [
        *_unknown(template, using, workflows),
        *template_relation_faults(template, uses, relations),
        *_twice_before(template),
    ]
    return sorted(found, key=lambda problem: (problem.location.line, problem.location.column))


_TWICE_BEFORE = re.compile(r"\{\{\s*(?:reply_)?due_text\s*\}\}(之前|以前|前|内)")


def _twice_before(template: Template) -> Iterator[Problem]:
    """Find a day by which something is due that is followed by “before” once more."""
    for number, line in enumerate(template.source.splitlines(), 1):
        for found in _TWICE_BEFORE.finditer(line):
            word = found[1]
            place = Location(template.location.file, number, found.start(1) + 1, len(word))
            message = f"期限已写成“××年×月×日前”或“××个工作日内”，后面又写了“{word}”"
            yield Problem("twice-before", place, message, f"删去“{word}”")


def _unknown(
    template: Template, using: Sequence[Workflow], every: Iterable[Workflow]
) -> Iterator[Problem]:
    """Find names that one of the workflows using the template lacks; or, if none uses it, that all
    workflows lack.
    """
    groups = [[workflow] for workflow in using] or [list(every)]
    for group in groups:
        whose = f"流程 {group[0].name} " if len(groups) > 1 or len(group) == 1 else "现有流程都"
        facts = {name for workflow in group for name in workflow.facts}
        for name, place in (*template.variables, *template.optional):
            if name not in facts and name not in LETTER_NAMES:
                near = nearest(name, (*facts, *LETTER_NAMES))
                mend = (
                    f"是否为“{near}”？" if near else f"可用要素的名称和 {'、'.join(LETTER_NAMES)}。"
                )
                if not using:
                    mend += "新流程的，把流程文件放在 notices 旁边的 workflows 文件夹里一起检查"
                yield Problem(
                    "unknown", place, f"{whose}没有名为“{name}”的要素，也没有这一内置变量", mend
                )
        transitions = {name for workflow in group for name in workflow.titles}
        for (space, name), place in template.paths:
            if name not in transitions:
                near = nearest(name, transitions)
                mend = f"是否为“{near}”？" if near else f"{space}. 后面写流转的名称"
                yield Problem("unknown", place, f"{whose}没有名为“{name}”的流转", mend)
