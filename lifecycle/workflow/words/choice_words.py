"""Words of shared lists: there is such a list, and it has something to choose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lifecycle.errors import Problem, nearest
from lifecycle.workflow.choice_lists import ChoiceList
from lifecycle.workflow.model import Workflow


def check_choices(workflow: Workflow, lists: Mapping[str, ChoiceList] | None) -> Iterator[Problem]:
    """See that each list that gives a fact's choices is there; None: no lists are at hand."""
    for fact in workflow.facts.values():
        if not fact.listed or lists is None or fact.listed in lists:
            continue
        near = nearest(fact.listed, lists)
        meant = f"是否为 “{near}”？否则" if near else ""
        message = f"要素 {fact.name} 的选项取自选项表 “{fact.listed}”，没有这张表"
        mend = f"{meant}请补充 lists/{fact.listed}.yaml，或先发布：lifecycle choices publish"
        yield Problem("unknown-list", fact.location, message, mend)
