"""What stands behind a transition: whether it still holds after corrections."""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.engine.case import Case
from lifecycle.engine.editions import edition_of, transition_of, would_undo
from lifecycle.engine.gates.cosign import who_are
from lifecycle.engine.gates.gates import MOST_NAMED, Gate, title_of
from lifecycle.engine.gates.renewals import OpenRenewal, is_settleable, renewals_of
from lifecycle.engine.gates.seats import typed
from lifecycle.engine.steps import MadeStep
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.workflow.model import Transition, Workflow
from lifecycle.workflow.reliance import gate_names


def judge_settled(
    workflow: Workflow, case: Case, transition: Transition, officer: Officer, moment: Moment
) -> Iterator[Gate]:
    """Judge whether all that a transition rests on still holds after corrections: on the way
    forward, every step that stands; for a record, the steps with which it has something in common.
    Who settled an objection that was said anew does not go on themselves.
    """
    if transition.kind not in ("forward", "record"):
        return
    for seq in sorted(map(int, case.unsettled)):
        step, correction = case.steps.at(seq), case.unsettled[str(seq)]
        if step is not None and _rests_on(workflow, case, transition, step, correction):
            yield _broken(workflow, case, step, correction)
    for renewal in renewals_of(workflow, case):
        wanted = (
            _rests_on(workflow, case, transition, step, renewal.correction)
            for step in renewal.steps
        )
        if not any(wanted):
            continue
        if renewal.owing or renewal.objecting:
            yield _unrenewed(workflow, case, renewal, moment)
        yield from _settlers(workflow, case, renewal, officer)


def returns_past(workflow: Workflow, case: Case, step: MadeStep) -> list[Transition]:
    """List the returns from the present state that undo a step."""
    ways = workflow.leaving[case.state].values()
    return [way for way in ways if way.undoes and would_undo(workflow, case, way, step)]


def _rests_on(
    workflow: Workflow, case: Case, transition: Transition, step: MadeStep, correction: int
) -> bool:
    """Tell whether a transition waits for a step that a correction upset: forward each does; a
    record does whose own gates look at the step, or at what was corrected. That a fact must be
    known by now, as it must everywhere from some state on, is no such gate.
    """
    if transition.kind == "forward":
        return True
    named, made = gate_names(workflow, transition)
    if step.transition in made:
        return True
    return any(
        name in named and _is_amended(case, name, number, correction)
        for name, number in step.reads.items()
    )


def _is_amended(case: Case, name: str, number: int, correction: int) -> bool:
    """Tell whether the edition that a step read is in hand, amended since."""
    edition = edition_of(case, name)
    return edition.number == number and edition.amended >= correction


def _broken(workflow: Workflow, case: Case, step: MadeStep, correction: int) -> Gate:
    """Make the unmet gate for a step whose gates no longer hold."""
    title = workflow.titles[step.transition]
    ways = "、".join(f"{t.title}（{t.name}）" for t in returns_past(workflow, case, step))
    mend = f"须先退回重办：{ways}" if ways else f"须先退回到“{title}”之前的环节重办"
    text = f"第 {correction} 笔更正以后，“{title}”（第 {step.seq} 笔）的条件不再成立"
    return Gate("edition", False, {"step": step.seq, "correction": correction}, text, mend)


def _settlers(
    workflow: Workflow, case: Case, renewal: OpenRenewal, officer: Officer
) -> Iterator[Gate]:
    """Give the unmet gate for whoever settled an objection that was said since the case last went
    forward, and would go on now.
    """
    made = ((step.seq, transition_of(workflow, step).kind) for step in case.steps)
    forward = max((seq for seq, kind in made if kind == "forward"), default=0)
    settled = {
        person
        for seat in renewal.seats
        if seat.opinion is not None and seat.opinion.seq > forward
        for person in seat.opinion.resolved_by
    }
    same = sorted(settled & set(officer.persons))
    if same:
        text = f"{'、'.join(same)} 处理过第 {renewal.correction} 笔更正的不同意见，不能再由其办理"
        yield Gate("not_by", False, {"settled": same}, text, "请同单位的另一位经办人办理")


def _unrenewed(workflow: Workflow, case: Case, renewal: OpenRenewal, moment: Moment) -> Gate:
    """Make the unmet gate for opinions that have to be given anew, or that now object."""
    correction = renewal.correction
    mend = f"lifecycle sign {case.number} {correction} agree --as …"
    if renewal.objecting and not renewal.owing:
        seat = renewal.objecting[0]
        who = typed(seat.role, seat.unit)
        resolve = f"lifecycle resolve {case.number} {correction} {who} --note …"
        mend = f"由其另表示意见，或由牵头单位说明处理：{resolve}"
        if not is_settleable(workflow, renewal, seat):
            mend = "按计票，同意的不够数：由其另表示意见，或退回重办"
    inputs = {"correction": correction, "steps": [step.seq for step in renewal.steps]}
    return Gate("edition", False, inputs, tell_renewal(workflow, renewal, moment), mend)


def tell_renewal(workflow: Workflow, renewal: OpenRenewal, moment: Moment) -> str:
    """Say what was corrected, what had been signed, and whose opinions are missing since; where
    none is, who objects.
    """
    what = "、".join(title_of(workflow, name) for name in renewal.renewal.names)
    titles = list(dict.fromkeys(f"“{workflow.titles[s.transition]}”" for s in renewal.steps))
    more = f"等 {len(titles)} 项" if len(titles) > MOST_NAMED else ""
    signed = f"{''.join(titles[:MOST_NAMED])}{more}"
    told = f"{what} 已更正（第 {renewal.correction} 笔），会签过{signed}的单位须重新表示意见"
    if renewal.owing:
        return f"{told}：缺 {who_are(workflow, moment, renewal.owing)} 的意见"
    return f"{told}：{who_are(workflow, moment, renewal.objecting)} 不同意"
