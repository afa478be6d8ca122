"""A case as one looks at it: who leads it, where each opinion stands, who may act.

Ready to be printed or sent.
"""

from __future__ import annotations

from datetime import date

from lifecycle.engine.case import Case
from lifecycle.engine.gates.asking import asked_now, asked_of, due_of_seat
from lifecycle.engine.gates.gates import VERDICTS, title_of
from lifecycle.engine.gates.seats import Seat, rests_on
from lifecycle.engine.values import show_value
from lifecycle.engine.world.moment import Moment
from lifecycle.frozen import dataclass
from lifecycle.people.directory import Directory
from lifecycle.workflow.model import Role, Transition, Workflow

CANCELLED = "立项已撤销"
"""What is said in place of a stage of a case whose opening was cancelled."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A role in a case, and who holds it there: units, or the officer or post that the case names,
    by title.
    """

    role: str
    title: str
    units: tuple[str, ...]

    def __str__(self) -> str:
        names = "、".join(self.units)
        return self.title if names in ("", self.title) else f"{self.title}〔{names}〕"


def holder(
    workflow: Workflow, case: Case, directory: Directory, moment: Moment, role: str
) -> Holder:
    """Say who holds a role in a case on a day: whom the case names, or the units with the
    function.
    """
    rule = workflow.roles[role]
    bound = rule.bound
    if rule.named is not None:
        named = case.facts.get(rule.named)
        shown = show_value(workflow.facts[rule.named], named, moment.names) if named else ""
        if named and rule.held_by in ("division", "leader"):
            shown = _of_division(directory, moment, str(named), rule)
        return Holder(role, rule.title, (shown,) if shown else ())
    codes = case.bound_units(bound) if bound else directory.units_with(role, moment.on.isoformat())
    return Holder(
        role, workflow.roles[role].title, tuple(moment.names.get(code, code) for code in codes)
    )


def _of_division(directory: Directory, moment: Moment, officer: str, rule: Role) -> str:
    """Name the division of an officer, or its leader in charge; "" where there is none."""
    on = moment.on.isoformat()
    division = directory.divisions.get(directory.divisions_on(on).get(officer, ""))
    if division is None:
        return ""
    leader = division.leader(on, directory.seq)
    if rule.held_by == "division":
        return division.title(on, directory.seq)
    return directory.people[leader].title if leader else ""


def opinion_status(
    workflow: Workflow, transition: Transition, seat: Seat, case: Case, moment: Moment
) -> tuple[str, str]:
    """Tell how a seat's opinion stands, as a word for machines and one for officers.

    Silence is never consent.
    """
    opinion = seat.opinion
    if opinion is None:
        if asked_of(case, transition, seat) is None:
            cosign = transition.cosign_of(seat.role)
            later = cosign is not None and transition.before(cosign)
            return "unasked", "尚未轮到" if later else "尚未送会签"
        if asked_now(workflow, case, transition, seat) is None:
            lacking = rests_on(workflow, case, transition, seat.role)
            titles = "、".join(title_of(workflow, name) for name in lacking)
            return "unasked", f"要看的 {titles} 还没有，齐了即送会签"
        due = due_of_seat(workflow, case, transition, seat, moment.calendar)
        if due is None:
            return "awaited", "待反馈"
        if due.on < moment.on:
            return "overdue", f"逾期未反馈（限 {due.on}）"
        return "awaited", f"待反馈（限 {due.on}）"
    said = VERDICTS[opinion.verdict]
    if seat.stale:
        made = case.steps.last_of(transition.name)
        if made is not None and case.cleared < opinion.seq < made.seq:
            return "used", f"{said}（已用于第 {made.seq} 笔）"
        unasked = asked_of(case, transition, seat) is None
        return "stale", f"{said}（已失效，须重新会签{'；尚未送' if unasked else ''}）"
    if opinion.resolved is not None:
        return "resolved", f"{said}（已处理：{opinion.resolved}）"
    return opinion.verdict, said


def days_in_state(case: Case, moment: Moment) -> int:
    """Count the days since the case entered its state."""
    return (moment.on - date.fromisoformat(case.entered_on)).days
