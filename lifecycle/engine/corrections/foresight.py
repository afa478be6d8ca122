"""What a change brings with it: what confirming a correction will, told before it is confirmed, and
which ways out and opinions what is entered or taken back has upset.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.engine.case import Case, Proposal
from lifecycle.engine.corrections.consequences import (
    Upset,
    amended_as_proposed,
    judged_again,
    upsets_of,
)
from lifecycle.engine.editions import called_step
from lifecycle.engine.gates.cosign import who_are
from lifecycle.engine.gates.seats import Seat, seats_of
from lifecycle.engine.gates.settled import returns_past
from lifecycle.engine.steps import MadeStep
from lifecycle.engine.world.moment import Moment
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Transition, Workflow


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a correction changes once it is confirmed, in words.

    `changes` are the verdicts, opinions, limits and letters that are not as they were; `others`
    counts the places that only use what is corrected. `needs` says what the confirmation takes: a
    return past a step whose gates no longer hold, or a document where none leads past it.
    """

    changes: tuple[str, ...]
    others: int
    needs: tuple[str, ...]


NOTHING = Foreseen((), 0, ())


def foresee(workflow: Workflow, case: Case, proposal: Proposal, moment: Moment) -> Foreseen:
    """Say what confirming a correction would change as things now stand."""
    if moment.others is not None:
        others = moment.others.proposed.get(proposal.seq, moment.others)
        moment = replace(moment, others=others)
    after = amended_as_proposed(workflow, case, proposal, seq=case.seq + 1)
    found = upsets_of(workflow, case, after, proposal.editions, moment)
    of_steps = {upset.broken for upset in found if upset.step}
    telling = [
        upset
        for upset in found
        if _tells(upset, proposal) and (upset.step or upset.broken not in of_steps)
    ]
    return Foreseen(
        changes=tuple(upset.text for upset in telling),
        others=len(found) - len(telling),
        needs=tuple(_needs(workflow, case, found)),
    )


def _tells(upset: Upset, proposal: Proposal) -> bool:
    """Tell whether something is not as it was; a slip leaves opinions standing."""
    return not upset.only_used and not (proposal.slip and upset.renewal)


def _needs(workflow: Workflow, case: Case, found: list[Upset]) -> Iterator[str]:
    broken = {upset.step for upset in found if upset.step}
    for step in case.steps:
        if step.seq in broken:
            yield _need_of(workflow, case, step)


def _need_of(workflow: Workflow, case: Case, step: MadeStep) -> str:
    called = called_step(workflow, step)
    ways = _named_returns(workflow, case, step)
    if not ways:
        return f"{called}的条件不再成立，又没有退回可办：确认须凭文件（--file）和理由（--note）"
    return f"{called}的条件不再成立：确认后须先退回重办，才能往下办（{ways}）"


def left_to_return(workflow: Workflow, case: Case, correction: int) -> Iterator[str]:
    """Say which steps wait for a return since the entry with that seq confirmed a correction."""
    for step in case.steps:
        if case.unsettled.get(str(step.seq)) == correction:
            ways = _named_returns(workflow, case, step)
            yield f"{called_step(workflow, step)}的条件不再成立，须先退回重办，才能往下办（{ways}）"


def _named_returns(workflow: Workflow, case: Case, step: MadeStep) -> str:
    return "、".join(f"{way.title}（{way.name}）" for way in returns_past(workflow, case, step))


def upset_by(workflow: Workflow, before: Case, after: Case, moment: Moment) -> Iterator[str]:
    """Say which ways forward lack something that they had, and whose opinions went stale, once a
    case before is what it is after.
    """
    if before.state != after.state:
        return
    for transition in workflow.leaving[after.state].values():
        called = f"“{transition.title}”"
        if transition.kind == "forward":
            was = judged_again(workflow, before, transition, moment)
            now = judged_again(workflow, after, transition, moment)
            for old, new in zip(was, now, strict=True):
                if old.met and not new.met:
                    yield f"{called}的{new.label}不再满足：{new.text}"
        lost = tuple(_gone_stale(workflow, before, after, transition))
        if lost:
            yield f"{called}的会签意见失效，须重新会签：{who_are(workflow, moment, lost)}"


def _gone_stale(
    workflow: Workflow, before: Case, after: Case, transition: Transition
) -> Iterator[Seat]:
    held = {(seat.role, seat.unit): seat for seat in seats_of(workflow, before, transition)}
    for seat in seats_of(workflow, after, transition):
        if seat.stale and not held.get((seat.role, seat.unit), seat).stale:
            yield seat
