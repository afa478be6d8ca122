"""Corrections: proposed by whoever owns what is wrong, confirmed or declined by the lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lifecycle.engine.acts import Act, ConfirmCorrection, Correct, DeclineCorrection, read_act
from lifecycle.engine.acts.changes import told_proposal
from lifecycle.engine.acts.sign import seat_name
from lifecycle.engine.case import Case, Proposal
from lifecycle.engine.corrections.consequences import has_lapsed, waiting_proposals
from lifecycle.engine.corrections.foresight import NOTHING, Foreseen, foresee, left_to_return
from lifecycle.engine.docket import RefusedError
from lifecycle.engine.gates.gates import confirmers_of, role_titles
from lifecycle.engine.values import Entered, Value
from lifecycle.errors import ChoiceError, InvalidError
from lifecycle.frozen import dataclass
from lifecycle.ledger.reading.chain import follow
from lifecycle.ledger.register import Outcome, Request
from lifecycle.office.cases.cases import Done, Remark, done, read_elsewhere, unprintable_in
from lifecycle.office.cases.entering import read_entry, submit_entry
from lifecycle.office.office import Office, clean, entries
from lifecycle.workflow.model import Workflow
from lifecycle.workflow.naming import find_material

MOST_DOCUMENT = 100 << 20
"""A document on which the lead decides has at most so many bytes."""
_SETTLING = {
    ConfirmCorrection.entry_type: "确认",
    DeclineCorrection.entry_type: "决定不予更正",
}
"""The entries that settle a correction, in words."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a command about a correction did: what it changes, in words, and whether it waits.

    `upsets` is all that uses what is corrected, as it is recorded; of that `foreseen` has what is
    not as it was, and what the confirmation needs or leaves to be done. `proposal` is the number
    that the lead confirms it by, None where there is nothing to confirm; where nothing changed, of
    the same one that waits already. A dry run has none, and `waits` tells whether it would have
    one; `confirmers` are the titles of the roles that confirm it. `asked` names the seats that have
    to speak anew, on the correction of the number `seq`.
    """

    done: Done
    upsets: tuple[str, ...]
    foreseen: Foreseen
    proposal: int | None
    asked: tuple[str, ...] = ()
    seq: int = 0
    waits: bool = False
    confirmers: str = ""


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
        office.viewer.check_enters(case, (found.name,))
        name = found.name
        file = office.store.files.keep_file(source, most_bytes=found.max_mb << 20)
    said = clean(note)
    hints = tuple(unprintable_in(workflow, entry.facts))
    wished: list[Correct] = []

    def wish(facts: Mapping[str, Value]) -> Correct:
        wished[:] = [Correct(facts, said, name, file, slip)]
        return wished[0]

    outcome = submit_entry(office, request, None, case, entry, wish)
    told = done(office, outcome, hints)
    if outcome.unchanged:
        waiting = next(one for one in waiting_proposals(outcome.case) if wished[0].is_as(one))
        titles = role_titles(workflow, confirmers_of(workflow, outcome.case))
        return Corrected(told, (), NOTHING, waiting.seq, confirmers=titles)
    declined = "" if outcome.repeated else _declined_before(office, case, wished[0])
    if declined:
        told = replace(told, remarks=(*told.remarks, Remark("declined", declined)))
    proposal = outcome.case.proposals.get(str(outcome.case.seq))
    foreseen = NOTHING
    if proposal is not None:
        moment = office.moment_of(workflow, outcome.case, office.moment(request.on))
        foreseen = foresee(workflow, outcome.case, proposal, moment)
    made = _corrected(office, outcome, foreseen, told)
    titles = role_titles(workflow, confirmers_of(workflow, outcome.case))
    return replace(made, waits=proposal is not None, confirmers=titles)


def _declined_before(office: Office, case: Case, act: Correct) -> str:
    """Say by which entry a correction to the same was declined before; "" where none was. Reads the
    case's log.
    """
    alike: set[int] = set()
    told = ""
    for body in entries(office, case):
        done_before = read_act(body["intent"])
        if isinstance(done_before, Correct) and done_before.proposed and act.is_as(done_before):
            alike.add(body["intent"]["seq"])
        elif isinstance(done_before, DeclineCorrection) and done_before.proposal in alike:
            told = f"同样的更正提请过（第 {done_before.proposal} 笔），"
            told += f"已由第 {body['intent']['seq']} 笔决定不予更正：{done_before.note}"
    return office.viewer.tell_of(case, told) if told else ""


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
    act = ConfirmCorrection(_meant(office, case, proposal, "confirm"), clean(note), file)
    waiting = case.proposals.get(str(act.proposal))
    foreseen = NOTHING
    if waiting is not None and not has_lapsed(case, waiting):
        workflow = office.workflow_of(case)
        moment = office.moment_of(workflow, case, office.moment(request.on))
        foreseen = foresee(workflow, case, waiting, moment)
    return _submit(office, request, case, act, foreseen)


def decline(
    office: Office, request: Request, case: Case, proposal: int | None, *, note: str
) -> Corrected:
    """Decline a correction, or take one's own back."""
    act = DeclineCorrection(_meant(office, case, proposal, "decline"), clean(note))
    return _submit(office, request, case, act, NOTHING)


def _submit(
    office: Office, request: Request, case: Case, act: Act, foreseen: Foreseen
) -> Corrected:
    try:
        outcome = office.register.submit(request, None, case.id, act)
    except RefusedError as refused:
        raise _with_its_fate(office, case, refused) from None
    told = done(office, outcome)
    if outcome.body:
        workflow, after = office.workflow_of(case), outcome.case
        needs = tuple(left_to_return(workflow, after, after.seq))
        foreseen = replace(foreseen, needs=needs)
        remarks = (*_lapsed(case, after, act), *read_elsewhere(office, case, after))
        told = replace(told, remarks=(*told.remarks, *remarks))
    return _corrected(office, outcome, foreseen, told)


def _with_its_fate(office: Office, case: Case, refused: RefusedError) -> RefusedError:
    """Give a refusal of what does not wait any more with the entry that settled it, or with which
    it lapsed.
    """
    gates = []
    for gate in refused.gates:
        number = gate.inputs.get("proposal")
        fate = _fate(office, case, number) if number and not gate.met else ""
        gates.append(replace(gate, text=fate) if fate else gate)
    return RefusedError(refused.case, refused.asked_for, tuple(gates), refused.basis)


def _fate(office: Office, case: Case, proposal: int) -> str:
    """Say what became of the correction that an entry proposed; "" where it proposed none, or one
    that waits. Reads the case's log.
    """
    text = f"第 {proposal} 笔更正"
    waited = False
    for step in follow(office.library, office.store.entries(case.id)):
        waits = step.after is not None and any(
            one.seq == proposal for one in waiting_proposals(step.after)
        )
        if waited and not waits:
            return text + _how_it_ended(step.body["intent"], proposal)
        waited = waits
    return ""


def _how_it_ended(intent: Mapping[str, Any], proposal: int) -> str:
    """Say with which entry a correction ceased to wait."""
    seq, act = intent["seq"], read_act(intent)
    if not isinstance(act, ConfirmCorrection | DeclineCorrection):
        return f"已失效：所更正的在第 {seq} 笔又变了"
    if act.proposal == proposal:
        return f"已由第 {seq} 笔{_SETTLING[act.entry_type]}"
    return f"已随第 {seq} 笔（{_SETTLING[act.entry_type]}第 {act.proposal} 笔更正）失效"


def _lapsed(before: Case, after: Case, act: Act) -> Iterator[Remark]:
    """Tell which other corrections that waited have lapsed with one that was settled."""
    settled = getattr(act, "proposal", 0)
    left = {one.seq for one in waiting_proposals(after)} | {settled}
    for one in waiting_proposals(before):
        if one.seq not in left:
            text = f"第 {one.seq} 笔更正随之失效：更正的是同一内容；仍要更正的，重新提出"
            yield Remark("lapsed", text)


def _corrected(office: Office, outcome: Outcome, foreseen: Foreseen, told: Done) -> Corrected:
    body: Mapping[str, Any] = outcome.body
    case, viewer = outcome.case, office.viewer
    foreseen = replace(
        foreseen,
        changes=tuple(viewer.tell_of(case, text) for text in foreseen.changes),
        needs=tuple(viewer.tell_of(case, text) for text in foreseen.needs),
    )
    if not body:
        return Corrected(told, (), foreseen, None)
    intent = body["intent"]
    seq, act = intent["seq"], read_act(intent)
    upset = act.upsets if isinstance(act, Correct | ConfirmCorrection) else ()
    upsets = tuple(viewer.tell_of(case, text) for text in upset)
    proposal = seq if isinstance(act, Correct) and act.proposed else None
    asked = _asked(office, intent, act) if isinstance(act, ConfirmCorrection) else ()
    return Corrected(told, upsets, foreseen, proposal, asked, seq)


def _asked(office: Office, intent: Mapping[str, Any], act: ConfirmCorrection) -> tuple[str, ...]:
    """Name the seats that a confirmation asks to speak anew."""
    workflow = office.library.workflow(intent["workflow"])
    names = office.directory.titles(intent["occurred_on"])
    named = (seat_name(workflow, names, role, unit) for role, unit in act.asked)
    return tuple(dict.fromkeys(named))


def _meant(office: Office, case: Case, proposal: int | None, verb: str) -> int:
    """Give the number of the correction that is meant; `verb` is the command that names it."""
    if proposal is not None:
        return proposal
    waiting = waiting_proposals(case)
    if len(waiting) > 1:
        workflow = office.workflow_of(case)
        found = (
            f"第 {one.seq} 笔　{_told_proposal(office, workflow, case, one)}" for one in waiting
        )
        mend = f"写明是第几笔，如：lifecycle {verb} {case.number} {waiting[0].seq}"
        raise ChoiceError(f"{case.number} 待确认的更正", found, mend)
    if not waiting:
        raise InvalidError(f"{case.number} 没有待确认的更正")
    return waiting[0].seq


def _told_proposal(office: Office, workflow: Workflow, case: Case, one: Proposal) -> str:
    text = f"{told_proposal(workflow, case, one, office.moment().names)}：{one.note}"
    return office.viewer.tell_of(case, text)
