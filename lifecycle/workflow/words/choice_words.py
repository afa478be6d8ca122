"""Words of shared lists: there is such a list, and it has something to choose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lifecycle.errors import Problem, nearest
from lifecycle.workflow.choice_lists import ChoiceList, listed_in
from lifecycle.workflow.model import Workflow


def check_choices(workflow: Workflow, lists: Mapping[str, ChoiceList] | None) -> Iterator[Problem]:
    """See that each list that gives a fact's choices is there; None: no lists are at hand."""
    for fact, field in listed_in(workflow):
        if lists is None or field.listed in lists:
            continue
        near = nearest(field.listed, lists)
        meant = f"是否为 “{near}”？否则" if near else ""
        called = f"要素 {fact.name} " + (f"的列 {field.name} " if field is not fact else "")
        message = f"{called}的选项取自选项表 “{field.listed}”，没有这张表"
        mend = f"{meant}请补充 lists/{field.listed}.yaml，或先发布：lifecycle choices publish"
        yield Problem("unknown-list", field.location, message, mend)
