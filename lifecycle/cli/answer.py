"""What a command on a case did, for people and for machines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lifecycle.cli.refusal import gate_json

if TYPE_CHECKING:
    from lifecycle.cli.desk import Desk
    from lifecycle.ledger.register import Outcome
    from lifecycle.workflow.model import Workflow


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """Give an outcome for machines; a dry run has no entry."""
    case, body = outcome.case, outcome.body
    there = bool(body) or case.seq > 1  # a dry run of an opening makes no number
    answer: dict[str, Any] = {
        "number": case.number if there else None,
        "title": case.title,
        "id": case.id if there else None,
        "state": case.state,
        "seq": case.seq,
        "dry_run": not body,
        "repeated": outcome.repeated,
        "gates": [gate_json(gate) for gate in outcome.gates],
        "entry": None,
    }
    if body:
        intent = body["intent"]
        answer["entry"] = {
            "eid": intent["eid"],
            "hash": case.head,
            "type": intent["type"],
            "transition": intent["transition"],
            "from": intent["from"],
            "to": intent["to"],
            "officer": intent["actor"]["id"],
            "role": body["authority"]["role"],
            "occurred_on": intent["occurred_on"],
            "recorded_at": body["recorded_at"],
        }
    return answer


def teller(desk: Desk, *, dry_run: bool) -> Callable[[Outcome], str]:
    """Give the function that says in one line what an outcome is."""

    def told(outcome: Outcome) -> str:
        from lifecycle.insight.chronicle import tell

        office, case = desk.office, outcome.case
        workflow = office.workflow_of(case)
        if dry_run:
            return f"{case.title}　可以办理（未写入），办后为“{workflow.states[case.state].title}”"
        names = office.directory.names(case.last_on)
        again = "（此前已办，未重复写入）" if outcome.repeated else ""
        return f"{case.title}　{tell(workflow, outcome.body, names)}{again}"

    return told


def next_line(desk: Desk, outcome: Outcome) -> str:
    """Say who leads the case now and by when."""
    from lifecycle.engine.standing import stand

    office, case = desk.office, outcome.case
    workflow = office.workflow_of(case)
    state = workflow.states[case.state]
    if state.final:
        return f"本事项已“{state.title}”"
    lead = workflow.roles[state.lead].title if state.lead else ""
    standing = stand(workflow, case, office.moment().calendar)
    due = (
        f"，限 {standing.due_on} 前{'（暂定）' if standing.provisional else ''}"
        if standing.due_on
        else ""
    )
    return f"现在“{state.title}”" + (f"，由 {lead} 牵头" if lead else "") + due


def letters_sent(workflow: Workflow, outcome: Outcome) -> int:
    """Count the letters that a transition sends."""
    intent = outcome.body["intent"] if outcome.body else {}
    transition = workflow.leaving.get(intent.get("from") or "", {}).get(
        intent.get("transition") or ""
    )
    return len(transition.notices) if transition and intent["type"] == "transition_made" else 0
