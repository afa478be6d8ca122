"""The word of variants: who reads the cases of a workflow reads those of its variants, too, so that
what both have must be the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lifecycle.errors import Problem
from lifecycle.workflow.model import Fact, Workflow


def check_variant(workflow: Workflow, others: Mapping[str, Workflow] | None) -> Iterator[Problem]:
    """See that a variant can stand where the workflows can that it comes from; `others` as for
    `check`.
    """
    if workflow.name in workflow.variant_of:
        message = f"流程 {workflow.name} 写着由自己变来"
        yield Problem("own-variant", workflow.location, message, "从 variant_of 里删去它自己")
    for name in workflow.variant_of:
        origin = (others or {}).get(name)
        for fact in workflow.facts.values() if origin is not None else ():
            there = origin.facts.get(fact.name) if origin is not None else None
            if there is not None and origin is not None:
                yield from _check_fact(fact, there, origin)


def _check_fact(fact: Fact, there: Fact, origin: Workflow) -> Iterator[Problem]:
    """See that a fact is what it is in the workflow that the variant comes from, and as open."""
    mine, its = (_told(one) for one in (fact, there))
    if mine != its:
        message = f"要素 {fact.name} 在 {origin.name} 里是 {its}，在这个变体里是 {mine}"
        mend = f"读 {origin.name} 的别的流程也读它：用同样的类型和单位，或另起一个名称"
        yield Problem("variant-type", fact.location, message, mend)
    if fact.visible and not there.visible:
        message = f"要素 {fact.name} 在 {origin.name} 里谁都可以看，在这个变体里只给部分角色看"
        mend = f"读 {origin.name} 的别的流程会把它读出来：另起一个名称"
        yield Problem("variant-visible", fact.location, message, mend)
    elif fact.visible and not set(there.visible) <= set(fact.visible):
        gone = "、".join(role for role in there.visible if role not in fact.visible)
        message = f"要素 {fact.name} 在 {origin.name} 里 {gone} 可以看，在这个变体里不可以"
        mend = f"读 {origin.name} 的别的流程会把它给 {gone} 看：另起一个名称"
        yield Problem("variant-visible", fact.location, message, mend)


def _told(fact: Fact) -> str:
    """Say of what type a fact is, with what it leads to, lists or is measured in."""
    more = fact.workflow or (fact.of if fact.type == "list" else fact.unit)
    return f"{fact.type}（{more}）" if more else fact.type
