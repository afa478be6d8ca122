"""The gates of one fact or material: whether there is such a thing, whether its value may be,
whether it is locked.
"""

from __future__ import annotations

from lifecycle.engine.docket import Docket
from lifecycle.engine.gates.gates import Gate, unknown
from lifecycle.engine.gates.staffing import judge_staffing
from lifecycle.engine.values import Value, check_value
from lifecycle.errors import InvalidError
from lifecycle.workflow.model import Fact


def judge_value(docket: Docket, name: str, value: Value) -> Fact | None:
    """See that there is such a fact and that it may have this value; gives the fact."""
    fact = docket.workflow.facts.get(name)
    if fact is None:
        docket.add(unknown("facts", "要素", name, docket.workflow.facts))
        return None
    try:
        check_value(fact, value)
    except InvalidError as error:
        docket.add(Gate("facts", False, {name: value}, error.message, error.mend))
    else:
        _judge_day(docket, fact, value)
        for gate in judge_staffing(docket.workflow, {name: value}, docket.moment):
            docket.add(gate)
    return fact


def _judge_day(docket: Docket, fact: Fact, value: Value) -> None:
    """See that a date, or each of a list, does not lie after the day of the act, unless its fact
    may lie in the future.
    """
    if fact.future or "date" not in (fact.type, fact.of):
        return
    on = docket.moment.on.isoformat()
    days = value if isinstance(value, list) else [str(value)]
    for day in days:
        if day > on:
            text = f"{fact.title} {day}，最迟 {on}（不能填办理之日以后的日子）"
            mend = "改正日期；还没有发生的，到发生时再填"
            docket.add(Gate("facts", False, {fact.name: value}, text, mend, fact.basis))


def judge_lock(docket: Docket, name: str, title: str) -> None:
    """See that what is to be changed is not locked."""
    if name in docket.case.locked:
        mend = "须先办理解除锁定的流转（退回）"
        docket.add(Gate("lock", False, {"name": name}, f"{title} 已锁定，不能更改", mend))
