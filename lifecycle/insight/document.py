"""A case as one document for machines: the same from the stored state as from a replay."""

from __future__ import annotations

from lifecycle.engine.case import Case, Opinion
from lifecycle.engine.case_letter import dump_case_letter
from lifecycle.engine.corrections.consequences import waiting_proposals
from lifecycle.engine.gates.renewals import place_of
from lifecycle.workflow.model import Workflow

_INNER = ("source", "index", "to", "cc")
"""What of a letter only the program needs."""


def case_document(workflow: Workflow, case: Case) -> dict[str, object]:
    """Give all that a case's entries make of it, under stable English keys.

    Days are YYYY-MM-DD, facts canonical. A state that the workflow has not, as a replay under
    another one may leave, is its own title.
    """
    state = workflow.states.get(case.state)
    cancelled = {"cancelled": True} if case.cancelled else {}
    return {
        "id": case.id,
        "number": case.number,
        "title": case.title,
        "workflow": workflow.name,
        "workflow_digest": case.workflow,
        "state": case.state,
        "state_title": state.title if state else case.state,
        "phase": state.phase if state else None,
        "final": case.cancelled or (state.final if state else False),
        **cancelled,
        "seq": case.seq,
        "head": case.head,
        "opened_on": case.opened_on,
        "entered_on": case.entered_on,
        "last_on": case.last_on,
        "last_at": case.last_at,
        "facts": dict(sorted(case.facts.items())),
        "materials": {
            name: {
                "name": file.name,
                "size": file.size,
                "sha256": file.sha256,
                "seq": file.seq,
                "on": file.on,
            }
            for name, file in sorted(case.materials.items())
        },
        "opinions": [
            {
                "transition": o.transition,
                "role": o.role,
                "unit": o.unit,
                "verdict": o.verdict,
                "note": o.note,
                "persons": list(o.persons),
                "on": o.on,
                "seq": o.seq,
                "resolved": o.resolved,
            }
            for _, o in sorted(case.opinions.items())
        ],
        "transitions": {
            name: {
                "count": fired.count,
                "on": fired.on,
                "seq": fired.seq,
                "persons": list(fired.persons),
            }
            for name, fired in sorted(case.fired.items())
        },
        "made": dict(sorted(case.made.items())),
        "corrections": [
            {
                "seq": proposal.seq,
                "on": proposal.on,
                "persons": list(proposal.persons),
                "facts": dict(proposal.facts),
                "material": proposal.material or None,
                "note": proposal.note,
                "slip": proposal.slip,
            }
            for proposal in waiting_proposals(case)
        ],
        "unsettled": dict(sorted(case.unsettled.items())),
        **({"renewals": _renewals(case)} if case.renewals else {}),
        "letters": [
            {
                **{k: v for k, v in dump_case_letter(letter).items() if k not in _INNER},
                "code": letter.code or None,
            }
            for letter in sorted(case.letters.values(), key=lambda n: (n.seq, n.name))
        ],
        "locked": list(case.locked),
        "suspended": (
            {
                "state": case.suspension.state,
                "on": case.suspension.on,
                "entered_on": case.suspension.entered_on,
            }
            if case.suspension
            else None
        ),
    }


def _renewals(case: Case) -> list[dict[str, object]]:
    """Give the corrections after which opinions have to be given anew: on which steps, and what
    each seat has said since.
    """
    return [
        {
            "correction": renewal.correction,
            "on": renewal.on,
            "names": list(renewal.names),
            "steps": list(renewal.steps),
            "seats": [
                _said(role, unit, renewal.said.get(place_of(role, unit)))
                for role, unit in renewal.seats
            ],
        }
        for renewal in case.renewals.values()
    ]


def _said(role: str, unit: str, opinion: Opinion | None) -> dict[str, object]:
    return {
        "role": role,
        "unit": unit,
        "verdict": opinion.verdict if opinion else None,
        "note": opinion.note if opinion else None,
        "persons": list(opinion.persons) if opinion else [],
        "on": opinion.on if opinion else None,
        "resolved": opinion.resolved if opinion else None,
    }
