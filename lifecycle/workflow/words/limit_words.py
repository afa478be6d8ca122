"""The words of time limits: those that do nothing where they stand, dates by which nothing can be
done, and records by which a limit or a gate could be moved at will.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.errors import Problem
from lifecycle.workflow.model import Limit, Transition, Workflow
from lifecycle.workflow.reliance import counting_states, gate_names


def check_limits(workflow: Workflow) -> Iterator[Problem]:
    """Give the faults and warnings of these words."""
    for limit in _limits_of(workflow):
        yield from _check_done(workflow, limit)
    for transition in workflow.transitions:
        yield from _check_prolongs(workflow, transition)
        yield from _check_urges(workflow, transition)
        yield from _check_unguarded(workflow, transition)


def _limits_of(workflow: Workflow) -> Iterator[Limit]:
    for state in workflow.states.values():
        if state.due is not None:
            yield state.due
        yield from state.limits


def _check_done(workflow: Workflow, limit: Limit) -> Iterator[Problem]:
    """See that a date by which a limit is done cannot be one to come: nothing is done before its
    day.
    """
    for name in limit.done:
        fact = workflow.facts.get(name)
        if fact is not None and fact.future:
            message = f"期限“{limit.title}”以要素 {name} 为办结，但它可以填以后的日期（future）"
            mend = f"删去 {name} 的 future，或改以一项流转为办结"
            yield Problem("future-done", limit.location, message, mend)


def _check_prolongs(workflow: Workflow, transition: Transition) -> Iterator[Problem]:
    """See that what prolongs enters a date from which a limit counts."""
    entered = (*transition.asks, *transition.may)
    if transition.prolongs and not any(counting_states(workflow, name) for name in entered):
        message = f"流转 {transition.name} 写了 prolongs，但没有期限从它填的要素起算"
        mend = "在 asks 或 may 里写上期限的起算日，或删去 prolongs"
        yield Problem("idle-prolongs", transition.location, message, mend)


def _check_urges(workflow: Workflow, transition: Transition) -> Iterator[Problem]:
    """See that what urges is a record, made in a state that has a limit."""
    if not transition.urges:
        return
    states = [workflow.states[name] for name in transition.sources if name in workflow.states]
    if transition.kind != "record":
        message = f"流转 {transition.name} 写了 urges，但它不是记录：催办不改变环节"
        mend = "写 kind: record，或删去 urges"
        yield Problem("idle-urges", transition.location, message, mend)
    elif not any(state.due or state.limits for state in states):
        message = f"流转 {transition.name} 写了 urges，但所在的环节没有期限可催"
        mend = "给环节写上 due 或 limits，或删去 urges"
        yield Problem("idle-urges", transition.location, message, mend)


def _check_unguarded(workflow: Workflow, transition: Transition) -> Iterator[Problem]:
    """Whoever may repeat a record without any condition enters, as often as they like, what a limit
    or another gate goes by.
    """
    if transition.kind != "record" or transition.guards or transition.counters:
        return
    for name in transition.asks:
        reader = _reader(workflow, transition, name)
        if reader:
            message = (
                f"流转 {transition.name} 填的 {name} 为{reader}所据，却没有条件，也没有次数："
                "可以一再改填"
            )
            mend = "给 needs 补上 guards 或 counter"
            yield Problem("unguarded", transition.location, message, mend, warning=True)
            return


def _reader(workflow: Workflow, transition: Transition, name: str) -> str:
    """Say what reads a fact: a limit, or a gate of another transition; "" where nothing does."""
    for limit in _limits_of(workflow):
        if name in (limit.since, *limit.done):
            return f"期限“{limit.title}”"
    for other in workflow.transitions:
        if other.name != transition.name and name in gate_names(workflow, other)[0]:
            return f"流转 {other.name} 的关口"
    return ""
