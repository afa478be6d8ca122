"""The words of a co-sign: numbers that no seats can reach, and those that do nothing where they
stand.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.errors import Problem
from lifecycle.workflow.model import Cosign, Transition, Workflow


def check_cosigns(workflow: Workflow) -> Iterator[Problem]:
    """Give the faults and warnings of these words."""
    for transition in workflow.transitions:
        if transition.cosign is not None:
            yield from _check_reach(workflow, transition, transition.cosign)
            yield from _check_must(workflow, transition, transition.cosign)


def _check_reach(workflow: Workflow, transition: Transition, cosign: Cosign) -> Iterator[Problem]:
    """See that so many seats can be there at all. A role that the case lists has any number."""
    roles = [workflow.roles[name] for name in cosign.roles if name in workflow.roles]
    fixed = len(roles) == len(cosign.roles) and not any(role.units for role in roles)
    quorum = cosign.quorum
    if fixed and quorum.kind == "at_least" and quorum.number > len(roles):
        message = (
            f"流转 {transition.name} 要至少 {quorum.number} 家同意，会签的却只有 {len(roles)} 家"
        )
        mend = f"把 at_least 改为 {len(roles)} 以下，或在 roles 里补上会签的角色"
        yield Problem("impossible-quorum", cosign.location, message, mend)


def _check_must(workflow: Workflow, transition: Transition, cosign: Cosign) -> Iterator[Problem]:
    misspelt = any(name not in workflow.roles for name in cosign.roles)  # which is told already
    for name in cosign.must:
        if name in workflow.roles and name not in cosign.roles and not misspelt:
            message = f"流转 {transition.name} 的 must 写了不会签的角色 “{name}”"
            mend = f"在 roles 里补上 {name}，或从 must 删去"
            yield Problem("stray-must", cosign.location, message, mend)
    if cosign.must and cosign.quorum.kind == "all" and cosign.objection == "counts":
        message = f"流转 {transition.name} 的会签本来就要全部同意，must 不起作用"
        mend = "删去 must，或把 quorum 改为 majority 等"
        yield Problem("idle-must", cosign.location, message, mend, warning=True)
