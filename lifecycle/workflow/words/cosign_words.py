"""The words of a co-sign: numbers that no seats can reach, and those that do nothing where they
stand.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.errors import Problem
from lifecycle.workflow.model import PREVIOUS, Cosign, Transition, Workflow


def check_cosigns(workflow: Workflow) -> Iterator[Problem]:
    """Give the faults and warnings of these words."""
    for transition in workflow.transitions:
        for cosign in transition.cosigns:
            yield from _check_reach(workflow, transition, cosign)
            yield from _check_must(workflow, transition, cosign)
            yield from _check_asked(transition, cosign)
            yield from _check_asking(workflow, transition, cosign)
        if len(transition.cosigns) > 1:
            yield from _check_apart(transition)
        yield from _check_order(workflow, transition)


def _check_apart(transition: Transition) -> Iterator[Problem]:
    """See that several co-signs can be told apart: each by its name, and no role at two of them."""
    names: set[str] = set()
    roles: set[str] = set()
    for cosign in transition.cosigns:
        if not cosign.name:
            message = f"流转 {transition.name} 有几处会签，这一处缺少 name"
            yield Problem("missing-key", cosign.location, message, "补上 name: 这一处会签的标识")
        elif cosign.name in names:
            message = f"流转 {transition.name} 有两处会签都叫 “{cosign.name}”"
            yield Problem("repeated", cosign.location, message, "把其中一处改名")
        names.add(cosign.name)
        for role in cosign.roles:
            if role in roles:
                message = f"流转 {transition.name} 的角色 “{role}” 在两处会签里"
                yield Problem("repeated", cosign.location, message, "一个角色只写在一处会签里")
        roles.update(cosign.roles)


def _check_order(workflow: Workflow, transition: Transition) -> Iterator[Problem]:
    """See that what comes one after another are two or more co-signs of this transition.

    Names that no co-sign bears are told elsewhere.
    """
    names = [cosign.name for cosign in transition.cosigns if cosign.name]
    others = {cosign.name for other in workflow.transitions for cosign in other.cosigns}
    strange = [name for name in transition.order if name in others - set(names)]
    for name in strange:
        message = f"流转 {transition.name} 的 order 写了它没有的会签 “{name}”"
        mend = f"写它自己的会签：{'、'.join(names) or '（没有写 name 的）'}"
        yield Problem("stray-order", transition.location, message, mend)
    if len(transition.order) == 1 and not strange:
        message = f"流转 {transition.name} 的 order 只写了一处会签，分不出先后"
        yield Problem("idle-order", transition.location, message, "再写上另一处，或删去 order")


def _check_asked(transition: Transition, cosign: Cosign) -> Iterator[Problem]:
    """See that what is asked when its turn comes is not said to be asked otherwise."""
    if cosign.asked and transition.before(cosign):
        message = (
            f"流转 {transition.name} 的会签 {cosign.name} 排在后面，轮到时才送，asked 不起作用"
        )
        yield Problem("idle-asked", cosign.location, message, "删去 asked")


def _check_asking(workflow: Workflow, transition: Transition, cosign: Cosign) -> Iterator[Problem]:
    """See that the transition that asks asks where the co-sign is: it is made there, as a record,
    or it leads there. Where the case comes into a state by another way, nobody is asked.
    """
    ways = [way for way in workflow.transitions if way.name == cosign.asked]
    if not ways:
        return
    reached = {state for way in ways for state in _asks_in(way)}
    left = [name for name in transition.sources if name not in reached]
    if not left:
        return
    where = "、".join(
        f"“{workflow.states[name].title}”" for name in left if name in workflow.states
    )
    title = ways[0].title
    message = (
        f"流转 {transition.name} 的会签由“{title}”（{cosign.asked}）送，"
        f"但在环节{where}不办它，也不由它进入：在那里没有人送会签"
    )
    mend = "把 asked 改为 entering（进入环节就送），或在那里也办这项记录；由经办人送的，不写 asked"
    yield Problem("unasked", cosign.location, message, mend, warning=True)


def _asks_in(way: Transition) -> tuple[str, ...]:
    """Name the states in which the co-signs are that a transition may ask."""
    if way.kind == "record":
        return way.sources
    return () if way.to in (None, PREVIOUS) else (way.to,)


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
