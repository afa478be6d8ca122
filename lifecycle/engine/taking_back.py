"""What acts have in common that take something back: whose it is, why, and what rests on it."""

from __future__ import annotations

from datetime import date

from lifecycle.engine.docket import Docket
from lifecycle.engine.editions import edition_of, readers_of
from lifecycle.engine.entry import recorded_day
from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.steps import MadeStep
from lifecycle.workflow.model import Fact, Material

SOON = 5
"""So many workdays after a record was made it may be taken back: a mistake shows by then, and what
stood longer was relied on, be it only by waiting.
"""


def judge_soon(docket: Docket, step: MadeStep) -> None:
    """See that a record is taken back within some workdays; one that was recorded late, and is the
    last entry, within as many of its recording. By the days of recording: dating it earlier does
    not help.
    """
    case, moment = docket.case, docket.moment
    made = step.on
    if step.seq == case.seq:
        made = max(made, recorded_day(case.last_at))
    last = moment.calendar.add(date.fromisoformat(made), SOON, "workday").on
    if moment.today > last:
        text = f"办理之日起 {SOON} 个工作日内可以收回（至 {last}），现在已过"
        mend = "其后已按它办；填错的，更正；要撤销的，办理退回"
        docket.add(Gate("relied", False, {"step": step.seq}, text, mend))


def judge_own(docket: Docket, persons: tuple[str, ...], done: str) -> None:
    """See that nobody takes back what others did: the officer is among those whose act it was."""
    inputs = {"persons": list(persons)}
    if set(persons) & set(docket.officer.persons):
        docket.add(Gate("own", True, inputs, f"{done}的是本人"))
        return
    text = f"{done}的是 {'、'.join(persons)}，只能由本人收回"
    docket.add(Gate("own", False, inputs, text, f"请 {persons[0]} 办理"))


def judge_why(docket: Docket, note: str, what: str) -> None:
    """See that the reason is given."""
    if note:
        docket.add(Gate("reason", True, {}, "已说明理由"))
    else:
        docket.add(Gate("reason", False, {}, f"须写明{what}的理由", "加 --note 理由"))


def judge_unread(docket: Docket, item: Fact | Material) -> None:
    """See that what is in hand of a fact or material was entered by itself and by the officer, and
    that nothing rests on it.
    """
    workflow, case = docket.workflow, docket.case
    edition = edition_of(case, item.name)
    if edition.by:
        docket.add(_entered_with(docket, item, edition.by))
        return
    readers = readers_of(case, item.name)
    inputs = {"name": item.name, "steps": [step.seq for step in readers]}
    mend = f"确属错误的，更正：lifecycle correct {case.number} …"
    if readers:
        titles = "".join(dict.fromkeys(f"“{workflow.titles[s.transition]}”" for s in readers))
        docket.add(Gate("relied", False, inputs, f"{item.title} 已由{titles}采用", mend))
    elif edition.amended:
        text = f"{item.title} 已经更正过（第 {edition.amended} 笔）"
        docket.add(Gate("relied", False, inputs, text, mend))
    judge_own(docket, case.recorders[edition.seq], f"填报或上传 {item.title} ")


def _entered_with(docket: Docket, item: Fact | Material, name: str) -> Gate:
    """Make the unmet gate for what a transition entered: that is taken back as a whole."""
    workflow, case = docket.workflow, docket.case
    text = f"{item.title} 随“{workflow.titles[name]}”填报，不能单独清除"
    made = next(t for t in workflow.transitions if t.name == name)
    mend = "退回时一并撤销；确属填错的，更正"
    if made.kind == "record":
        mend = f"收回那一笔：lifecycle take-back {case.number} {name} --note 理由"
    return Gate("door", False, {"name": item.name, "by": name}, text, mend)
