"""The words of what happens by itself: a time after which the clock makes a transition, which it
can make without anybody, and never round and round on one day.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.errors import Problem
from lifecycle.workflow.model import CLOCK, ENTERED, Transition, Workflow
from lifecycle.workflow.reliance import names_in


def check_clock(workflow: Workflow) -> Iterator[Problem]:
    """Give the faults of these words."""
    for name, role in workflow.roles.items():
        if name == CLOCK:
            message = "角色不能叫 “clock”，它指到期自动办理"
            yield Problem("reserved-name", role.location, message, "换一个名称，例如 clock_role")
    for way in workflow.transitions:
        yield from _check_paired(way)
        if way.after is not None and CLOCK in way.causes:
            yield from _check_alone(workflow, way)
    yield from _check_circles(workflow)


def _check_paired(way: Transition) -> Iterator[Problem]:
    """See that what the clock makes says when, and what says when is made by the clock."""
    if CLOCK in way.causes and way.after is None:
        mend = "补上 after，例如 after: {in: 30, unit: day, basis: 内部承诺}"
        yield Problem("missing-key", way.location, f"流转 {way.name} 由 clock 办，缺少 after", mend)
    if CLOCK not in way.causes and way.after is not None:
        message = f"流转 {way.name} 写了 after，却不由 clock 办"
        mend = "在 by 里加上 clock；要人办、到期提示的，在环节里写 limits"
        yield Problem("idle-after", way.after.location, message, mend)


def _check_alone(workflow: Workflow, way: Transition) -> Iterator[Problem]:
    """See that it needs nothing that only somebody can give."""
    if way.asks:
        message = f"流转 {way.name} 要当场填写（asks），到期没有人填"
        mend = "由系统填的写在 sets 里；要人填的，另写一项由人办的流转"
        yield Problem("clock-asks", way.location, message, mend)
    looks = [guard for guard in way.guards if "today" in names_in(guard.when)]
    if looks or way.dwells:
        place = looks[0].location if looks else way.dwells[0].location
        message = f"流转 {way.name} 到期自动办，条件却另看日子（today、dwell）"
        yield Problem("clock-today", place, message, "几时办只写在 after 里，写最晚的那个日子")
    if any(effect.opens == workflow.name for effect in way.does):
        message = f"流转 {way.name} 到期自动立自己这个流程的事项，立了的又会到期，没有完"
        yield Problem("clock-circle", way.location, message, "按期立项的写 every")
    if way.reason:
        message = f"流转 {way.name} 必须写理由，到期没有人写"
        yield Problem("clock-reason", way.location, message, "删去 reason，或改由人办")


def _check_circles(workflow: Workflow) -> Iterator[Problem]:
    """See that between two times that the clock makes a transition a day passes at least: on some
    way round the time begins with the state, and is not none.
    """
    hasty: dict[str, list[Transition]] = {}
    for way in workflow.transitions:
        if CLOCK in way.causes and way.after is not None and way.kind != "record":
            for source in way.sources if way.to in workflow.states else ():
                if way.after.since != ENTERED or way.after.amount == 0:
                    hasty.setdefault(source, []).append(way)
    told: set[frozenset[str]] = set()
    for state in hasty:
        path = _path_back(hasty, state, state, ())
        names = frozenset(way.name for way in path)
        if path and names not in told:
            told.add(names)
            titles = " → ".join(way.title for way in (*path, path[0]))
            message = f"到期自动办理绕了回来，其间不隔一天：{titles}"
            mend = "其中一项的 after 从进入环节起算（since: entered），至少 in: 1"
            yield Problem("clock-circle", path[0].location, message, mend)


def _path_back(
    ways: dict[str, list[Transition]], at: str, wanted: str, seen: tuple[str, ...]
) -> tuple[Transition, ...]:
    """Give the transitions by which a state leads back to one; () for none."""
    for way in ways.get(at, ()):
        if way.to == wanted:
            return (way,)
        if way.to is not None and way.to not in seen:
            rest = _path_back(ways, way.to, wanted, (*seen, way.to))
            if rest:
                return (way, *rest)
    return ()
