"""`decide`, the only judge: an act on a case is accepted with all it changes, or refused with every
reason.
"""

from __future__ import annotations

from lifecycle.engine.acts import Act, Migrate, Open
from lifecycle.engine.case import Case
from lifecycle.engine.docket import Decision, Docket, Refused
from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.transition import judge_ended
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.workflow.model import Workflow


def decide(
    workflow: Workflow, case: Case | None, act: Act, officer: Officer, moment: Moment
) -> Decision:
    """Judge an act. Pure and total: whatever is asked, the answer is a decision."""
    docket = Docket(workflow, case, officer, moment)
    if case is None or isinstance(act, Open):
        if isinstance(act, Open) and case is None:
            return act.judge(docket)
        text = "没有立项" if case is None else f"{case.number} 已经立项"
        return Refused((Gate("state", False, {}, text),))
    if case.cancelled:
        text = f"{case.number} 的立项已撤销，编号作废，不再受理任何办理"
        return Refused((Gate("state", False, {"cancelled": True}, text),))
    if isinstance(act, Migrate):
        return act.judge(docket)  # what governs it from then on may not have its state
    if workflow.states[case.state].final and not act.after_end:
        return Refused((judge_ended(workflow, case),))
    return act.judge(docket)
