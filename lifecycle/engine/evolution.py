"""`evolve`: the next case from a case and one entry; replay is this, folded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from lifecycle.engine.case import OPEN, Case, File, Fired, Opinion, Suspension, opinion_key
from lifecycle.engine.notice import FOLDS, sent_by
from lifecycle.workflow.model import Transition, Workflow

Entry = Mapping[str, Any]
"""An entry's body as parsed from its canonical bytes."""


def persons(intent: Entry) -> tuple[str, ...]:
    """Name everybody whose act an entry is."""
    actor = intent["actor"]
    return (actor["id"], actor["for"]) if "for" in actor else (actor["id"],)


def evolve(workflow: Workflow, case: Case | None, body: Entry, digest: str) -> Case:
    """Give the case after one more entry, whose hash is `digest`; pure, and it trusts that `decide` accepted it."""
    intent = body["intent"]
    if case is None:
        return _open(workflow, body, digest)
    if intent["type"] in FOLDS:
        change = _with_notices(workflow, case, body, digest)
    else:
        change = _CHANGES[intent["type"]](workflow, case, intent)
    return replace(
        case, seq=intent["seq"], head=digest, last_on=intent["occurred_on"], last_at=body["recorded_at"], **change
    )


def _open(workflow: Workflow, body: Entry, digest: str) -> Case:
    intent = body["intent"]
    facts, on = intent["data"]["facts"], intent["occurred_on"]
    return Case(
        id=intent["case"],
        number=body["numbers"]["case"],
        workflow=intent["workflow"],
        title=str(facts[workflow.subject]),
        state=workflow.initial,
        seq=intent["seq"],
        head=digest,
        opened_on=on,
        entered_on=on,
        last_on=on,
        last_at=body["recorded_at"],
        facts=dict(facts),
        changed=dict.fromkeys(facts, intent["seq"]),
        materials={},
        opinions={},
        fired={OPEN: Fired(1, on, intent["seq"], persons(intent))},
    )


def _with_facts(workflow: Workflow, case: Case, intent: Entry) -> dict[str, Any]:
    facts = intent["data"]["facts"]
    if not facts:
        return {}
    moved = {name: intent["seq"] for name, value in facts.items() if case.facts.get(name) != value}
    title = facts.get(workflow.subject, case.title)
    return {"facts": {**case.facts, **facts}, "changed": {**case.changed, **moved}, "title": title}


def _with_file(_workflow: Workflow, case: Case, intent: Entry) -> dict[str, Any]:
    name, file = intent["data"]["material"], intent["files"][0]
    held = File(file["name"], file["size"], file["sha256"], intent["seq"], intent["occurred_on"])
    before = case.materials.get(name)
    moved = {} if before and before.sha256 == held.sha256 else {name: intent["seq"]}
    return {"materials": {**case.materials, name: held}, "changed": {**case.changed, **moved}}


def _with_opinion(_workflow: Workflow, case: Case, intent: Entry) -> dict[str, Any]:
    data, transition = intent["data"], intent["transition"]
    opinion = Opinion(
        transition,
        data["role"],
        data["unit"],
        data["verdict"],
        data["note"],
        persons(intent),
        intent["occurred_on"],
        intent["seq"],
        intent["actor"]["unit"],
    )
    return {"opinions": {**case.opinions, opinion_key(transition, data["role"], data["unit"]): opinion}}


def _without_opinion(_workflow: Workflow, case: Case, intent: Entry) -> dict[str, Any]:
    gone = opinion_key(intent["transition"], intent["data"]["role"], intent["data"]["unit"])
    return {"opinions": {key: opinion for key, opinion in case.opinions.items() if key != gone}}


def _with_resolution(_workflow: Workflow, case: Case, intent: Entry) -> dict[str, Any]:
    key = opinion_key(intent["transition"], intent["data"]["role"], intent["data"]["unit"])
    return {"opinions": {**case.opinions, key: replace(case.opinions[key], resolved=intent["data"]["note"])}}


def _with_notices(workflow: Workflow, case: Case, body: Entry, digest: str) -> dict[str, Any]:
    """Move the case's letters on by an entry about one; an answer that says yes or no is an opinion as well."""
    intent = body["intent"]
    notices = {**case.notices, **FOLDS[intent["type"]](case, body, digest, persons(intent))}
    change: dict[str, Any] = {"notices": notices}
    for role, unit in intent["data"].get("seats", ()):
        said = {**intent, "data": {**intent["data"], "role": role, "unit": unit}}
        change |= _with_opinion(workflow, replace(case, **change), said)
    return change


def _moved(workflow: Workflow, case: Case, intent: Entry) -> dict[str, Any]:
    transition = workflow.leaving[case.state][intent["transition"]]
    seq, on = intent["seq"], intent["occurred_on"]
    before = case.fired.get(transition.name)
    change = _with_facts(workflow, case, intent)
    change["fired"] = {
        **case.fired,
        transition.name: Fired((before.count if before else 0) + 1, on, seq, persons(intent)),
    }
    change.update(sent_by(case, transition, intent, persons(intent)))
    if transition.locks or transition.unlocks:
        change["locked"] = tuple(sorted((set(case.locked) - set(transition.unlocks)) | set(transition.locks)))
    if transition.kind in ("return", "withdraw"):
        change["cleared"] = seq
    if transition.kind != "record":
        change.update(_place(case, transition, intent))
    return change


def _place(case: Case, transition: Transition, intent: Entry) -> dict[str, Any]:
    """Say where the case now is and since when; time spent suspended does not count against the state's limits."""
    on = intent["occurred_on"]
    if transition.kind == "suspend":
        return {"state": intent["to"], "entered_on": on, "suspension": Suspension(case.state, on, case.entered_on)}
    left = case.suspension
    if transition.kind == "resume" and left is not None:
        paused = date.fromisoformat(on) - date.fromisoformat(left.on)
        entered = (date.fromisoformat(left.entered_on) + paused).isoformat() if intent["to"] == left.state else on
        return {"state": intent["to"], "entered_on": entered, "suspension": None}
    return {"state": intent["to"], "entered_on": on, "suspension": None}


_CHANGES: dict[str, Callable[[Workflow, Case, Entry], dict[str, Any]]] = {
    "facts_recorded": _with_facts,
    "material_attached": _with_file,
    "opinion_signed": _with_opinion,
    "opinion_withdrawn": _without_opinion,
    "objection_resolved": _with_resolution,
    "transition_made": _moved,
}
