"""Corrections: proposed by whoever owns what is wrong, confirmed or declined by the lead."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lifecycle.engine.acts import Act, ConfirmCorrection, Correct, DeclineCorrection
from lifecycle.engine.acts.sign import seat_name
from lifecycle.engine.case import Case
from lifecycle.engine.consequences import waiting_proposals
from lifecycle.engine.values import Entered
from lifecycle.errors import AmbiguousError, InvalidError
from lifecycle.frozen import dataclass
from lifecycle.ledger.register import Outcome, Request
from lifecycle.office.cases.cases import Done, done, unprintable_in
from lifecycle.office.cases.entering import read_entry, submit_entry
from lifecycle.office.office import Office, clean
from lifecycle.workflow.naming import find_material

MOST_DOCUMENT = 100 << 20
"""A document on which the lead decides has at most so many bytes."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a command about a correction did: what it changes, in words, and whether it waits.

    `proposal` is the number that the lead confirms it by, None where there is nothing to confirm.
    `asked` names the seats that have to speak anew, on the correction of the number `seq`.
    """

    done: Done
    upsets: tuple[str, ...]
    proposal: int | None
    asked: tuple[str, ...] = ()
    seq: int = 0


def correct(
    office: Office,
    request: Request,
    case: Case,
    texts: Mapping[str, Entered],
    *,
    note: str,
    slip: bool = False,
    material: str = "",
    source: Path | None = None,
) -> Corrected:
    """Correct facts, or the file of a material."""
    if bool(material) != (source is not None):
        raise InvalidError("更正材料须同时写 --material 和 --file", "只更正要素的，两样都不写")
    workflow = office.workflow_of(case)
    entry = read_entry(office, workflow, texts)
    name, file = "", None
    if source is not None:
        found = find_material(workflow, material)
        name = found.name
        file = office.store.files.keep_file(source, most_bytes=found.max_mb << 20)
    said = clean(note)
    hints = tuple(unprintable_in(workflow, entry.facts))
    outcome = submit_entry(
        office,
        request,
        None,
        case,
        entry,
        lambda facts: Correct(facts, said, name, file, slip),
    )
    return _corrected(office, outcome, done(office, outcome, hints))


def confirm(
    office: Office,
    request: Request,
    case: Case,
    proposal: int | None,
    *,
    note: str = "",
    source: Path | None = None,
) -> Corrected:
    """Confirm a correction; which one may be left out where only one waits."""
    file = None
    if source is not None:
        file = office.store.files.keep_file(source, most_bytes=MOST_DOCUMENT)
    act = ConfirmCorrection(_meant(case, proposal), clean(note), file)
    return _submit(office, request, case, act)


def decline(
    office: Office, request: Request, case: Case, proposal: int | None, *, note: str
) -> Corrected:
    """Decline a correction, or take one's own back."""
    act = DeclineCorrection(_meant(case, proposal), clean(note))
    return _submit(office, request, case, act)


def _submit(office: Office, request: Request, case: Case, act: Act) -> Corrected:
    outcome = office.register.submit(request, None, case.id, act)
    return _corrected(office, outcome, done(office, outcome))


def _corrected(office: Office, outcome: Outcome, told: Done) -> Corrected:
    body: Mapping[str, Any] = outcome.body
    if not body:
        return Corrected(told, (), None)
    data, seq = body["intent"]["data"], body["intent"]["seq"]
    proposal = seq if data.get("proposed") else None
    return Corrected(told, tuple(data.get("upsets", ())), proposal, _asked(office, body), seq)


def _asked(office: Office, body: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the seats that a confirmation asks to speak anew."""
    intent = body["intent"]
    workflow = office.library.workflow(intent["workflow"])
    names = office.directory.names(intent["occurred_on"])
    seats = intent["data"].get("asked", ())
    named = (seat_name(workflow, names, role, unit) for role, unit in seats)
    return tuple(dict.fromkeys(named))


def _meant(case: Case, proposal: int | None) -> int:
    """Give the number of the correction that is meant."""
    if proposal is not None:
        return proposal
    waiting = [one.seq for one in waiting_proposals(case)]
    if len(waiting) > 1:
        raise AmbiguousError("待确认的更正", case.number, [f"第 {seq} 笔" for seq in waiting])
    if not waiting:
        raise InvalidError(f"{case.number} 没有待确认的更正")
    return waiting[0]
