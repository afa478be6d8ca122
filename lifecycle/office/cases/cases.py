"""What officers do to cases: open, set, attach, sign, withdraw, resolve, advance.

Names come as officers write them; each gives what was done, told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from lifecycle.engine.acts import (
    Act,
    Advance,
    AskOpinions,
    Attach,
    Open,
    RenewOpinion,
    ResolveObjection,
    SetFacts,
    SettleRenewal,
    Sign,
    Verdict,
    WithdrawOpinion,
    read_act,
)
from lifecycle.engine.case import Case, Opinion
from lifecycle.engine.clock.standing import next_limit
from lifecycle.engine.corrections.foresight import upset_by
from lifecycle.engine.docket import RefusedError
from lifecycle.engine.gates.asking import asked_too_soon
from lifecycle.engine.gates.cosign import who_are, who_is
from lifecycle.engine.gates.gates import Gate, title_of
from lifecycle.engine.gates.quorum import standing_objections
from lifecycle.engine.gates.renewals import renewals_waiting
from lifecycle.engine.gates.seats import Seat, lacked_by, seats_of
from lifecycle.engine.letters.owed import sent_before
from lifecycle.engine.values import Entered, Value
from lifecycle.engine.world.moment import Moment
from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass
from lifecycle.insight.sight import CANCELLED
from lifecycle.ledger.record import stored
from lifecycle.ledger.register import Outcome, Request
from lifecycle.office.cases.entering import TYPED, Origin, read_entry, submit_entry
from lifecycle.office.cases.readers import changed_facts, told_readers
from lifecycle.office.office import Office, clean
from lifecycle.office.seeing import UNSEEN, Unseen
from lifecycle.office.successors import successors, tell_successors
from lifecycle.office.telling import told
from lifecycle.workflow.model import Workflow
from lifecycle.workflow.naming import find_material, find_role, find_transition_name

__all__ = [
    "Case",
    "Done",
    "Entered",
    "Gate",
    "Recorded",
    "RefusedError",
    "Remark",
    "Request",
    "Verdict",
    "Workflow",
    "advance",
    "attach",
    "done",
    "open_case",
    "resolve",
    "set_facts",
    "sign",
    "unprintable_in",
    "withdraw",
]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The entry that a command made.

    `source` and `target` are the states that it leads from and to, times are as recorded (UTC),
    days YYYY-MM-DD.
    """

    eid: str
    hash: str
    type: str
    transition: str | None
    source: str | None
    target: str | None
    officer: str
    role: str | None
    occurred_on: str
    recorded_at: str


@dataclass(frozen=True, slots=True)
class Hint:
    """A character that was entered and that no letter could be printed with.

    `fact` and `title` say where it was entered (`note`, 说明: the note of a transition), `fonts`
    which fonts lack it; `nowhere`: all that a text or a title may be printed in.
    """

    fact: str
    title: str
    char: str
    fonts: tuple[str, ...]
    nowhere: bool


@dataclass(frozen=True, slots=True)
class Remark:
    """What else an officer should know of what was done: `upset` (which ways out and opinions it
    has upset), `successors` (who may still go on), `stale` (who has to speak anew first),
    `too_soon` (what an opinion does not rest on yet, so that it will have to be given anew),
    `again` (a letter was drafted, and a former one of the same transition is not done with) or
    `unshown` (what those who were asked would speak on and is not there yet).
    """

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class DoneEffect:
    """What was done to another case with it, and where that stands; `number` is None where it is
    only tried out and would be new. `letters` counts those that it drafted.
    """

    number: str | None
    title: str
    state: str
    stage: str
    sentence: str
    letters: int


@dataclass(frozen=True, slots=True)
class Done:
    """What a command on a case did, and where the case stands by it.

    A dry run has no entry, and that of an opening neither number nor id; nor has what would have
    changed nothing (`unchanged`). `sentence` tells the entry as the log does; `repeated`: it was
    recorded before, under the same request id. `lead` is who leads the case now and `due_on` by
    when, `due_title` by which limit ("": the state's own), `days_late` how many days that is past
    (0: it is not); `letters` counts those that the transition drafted.
    `hints` are the characters entered that a letter could not be printed with, `remarks` what else
    should be known of it, `effects` what was done to other cases with it.
    """

    number: str | None
    id: str | None
    title: str
    state: str
    stage: str
    final: bool
    seq: int
    lead: str
    due_on: str | None
    due_title: str
    days_late: int
    provisional: bool
    gates: tuple[Gate, ...]
    entry: Recorded | None
    sentence: str
    letters: int
    repeated: bool
    unchanged: bool
    dry_run: bool
    hints: tuple[Hint, ...] = ()
    remarks: tuple[Remark, ...] = ()
    effects: tuple[DoneEffect, ...] = ()


def done(
    office: Office, outcome: Outcome, hints: tuple[Hint, ...] = (), before: Case | None = None
) -> Done:
    """Tell what a command on a case did; with the case `before` it also what facts were before, and
    what was upset.
    """
    case, body = outcome.case, outcome.body
    workflow = office.workflow_of(case)
    state, moment = workflow.states[case.state], office.moment()
    calendar, today = moment.calendar, moment.on
    viewer = office.viewer
    unseen = viewer.unseen(workflow, case)
    gates = viewer.tell_gates(case, outcome.gates)
    sentence = _told(office, workflow, body, before) if body else ""
    following = None if case.has_ended(workflow) else next_limit(workflow, case, calendar)
    limit = following.due if following else None
    exists = bool(body) or outcome.unchanged or case.seq > 1
    return Done(
        number=case.number if exists else None,
        id=case.id if exists else None,
        title=case.title,
        state=case.state,
        stage=CANCELLED if case.cancelled else state.title,
        final=case.has_ended(workflow),
        seq=case.seq,
        lead=workflow.roles[state.lead].title if state.lead else "",
        due_on=limit.on.isoformat() if limit else None,
        due_title=following.limit.title if following and following.limit is not state.due else "",
        days_late=max(0, (today - limit.on).days) if limit else 0,
        provisional=limit.provisional if limit else False,
        gates=gates,
        entry=_recorded(outcome) if body else None,
        sentence=viewer.tell(unseen.tell_sentence(body, sentence)),
        letters=_letters_sent(workflow, outcome) if body else 0,
        repeated=outcome.repeated,
        unchanged=outcome.unchanged,
        dry_run=outcome.dry_run,
        hints=hints,
        remarks=(
            *(_upset(office, workflow, before, case) if before is not None else ()),
            *(Remark("ended", gate.text) for gate in gates if gate.inputs.get("ended")),
            *_too_soon(workflow, outcome, unseen),
            *_sent_again(office, workflow, outcome),
            *_unshown(workflow, outcome, unseen, moment),
        ),
        effects=tuple(_effects(office, outcome)),
    )


def _effects(office: Office, outcome: Outcome) -> Iterator[DoneEffect]:
    """Tell what was done to other cases, each followed by what that did."""
    for made in outcome.effects:
        case, workflow = made.case, office.workflow_of(made.case)
        if not office.viewer.sees(workflow, case):
            yield DoneEffect(UNSEEN, "", UNSEEN, UNSEEN, UNSEEN, 0)
            continue
        new = made.body["intent"]["type"] == Open.entry_type
        yield DoneEffect(
            number=None if new and outcome.dry_run else case.number,
            title=case.title,
            state=case.state,
            stage=workflow.states[case.state].title,
            sentence=_told(office, workflow, made.body, None),
            letters=_letters_sent(workflow, made),
        )
        yield from _effects(office, replace(made, dry_run=outcome.dry_run))


def _upset(office: Office, workflow: Workflow, before: Case, after: Case) -> Iterator[Remark]:
    for text in upset_by(workflow, before, after, office.moment()):
        yield Remark("upset", office.viewer.tell_of(after, text))
    yield from read_elsewhere(office, before, after)


def read_elsewhere(office: Office, before: Case, after: Case) -> Iterator[Remark]:
    """Tell which other cases read what is no longer as it was."""
    for text in told_readers(office, after, changed_facts(before, after)):
        yield Remark("readers", office.viewer.tell(text))


def _too_soon(workflow: Workflow, outcome: Outcome, unseen: Unseen) -> Iterator[Remark]:
    """Tell on what an opinion just given does not rest yet, since nobody has entered it."""
    case = outcome.case
    given = [one for one in case.opinions.values() if one.seq == case.seq]
    if outcome.unchanged or outcome.repeated or case.has_ended(workflow):
        return
    for name in dict.fromkeys(opinion.transition for opinion in given):
        lacking = [lacked_by(workflow, case, one) for one in given if one.transition == name]
        among = dict.fromkeys(item for items in lacking for item in items)
        titles = "、".join(title_of(workflow, item) for item in unseen.among(among))
        if titles:
            called = workflow.titles.get(name, name)
            text = f"“{called}”会签要看的 {titles} 还没有填报或上传，这份意见不包括它们"
            yield Remark("too_soon", f"{text}；以后填报、上传了，意见即失效，须重新会签")


def _unshown(
    workflow: Workflow, outcome: Outcome, unseen: Unseen, moment: Moment
) -> Iterator[Remark]:
    """Tell on what those cannot speak yet whom an officer has asked, or a record, since nobody has
    entered it; not whom the state's being entered asks, since then little can be there.
    """
    case, intent = outcome.case, outcome.body["intent"] if outcome.body else {}
    if outcome.unchanged or outcome.repeated or case.has_ended(workflow):
        return
    asking = intent.get("type") in (AskOpinions.entry_type, Advance.entry_type)
    if not asking or intent["from"] != intent["to"]:
        return
    found: dict[tuple[str, tuple[str, ...], bool], list[Seat]] = {}
    for one in asked_too_soon(workflow, case):
        found.setdefault((one.transition.title, one.names, one.rests), []).append(one.seat)
    for (title, names, rests), seats in found.items():
        titles = "、".join(title_of(workflow, name) for name in unseen.among(dict.fromkeys(names)))
        if titles:
            who = who_are(workflow, moment, seats)
            text = f"“{title}”会签，{who} 要看的 {titles} 还没有填报或上传"
            then = "齐了的那天起才算送会签" if rests else "期限已经起算，请尽快补齐"
            yield Remark("unshown", f"{text}：{then}")


def _sent_again(office: Office, workflow: Workflow, outcome: Outcome) -> Iterator[Remark]:
    """Tell of a letter just drafted that one of the same transition, made before, is not done
    with.
    """
    case = outcome.case
    if outcome.unchanged or outcome.repeated or not outcome.body:
        return
    if not _letters_sent(workflow, outcome):
        return
    for letter in [one for one in case.letters.values() if one.seq == case.seq]:
        for former in sent_before(workflow, case, letter):
            name = former.number or former.name
            still = "仍有单位没有复函" if former.number else "尚未签发"
            void = f"lifecycle notice void {case.number} {letter.name} --note 理由"
            if not former.number:
                void = f"lifecycle notice void {case.number} {former.name} --note 理由"
            text = f"先前拟的 {name} {still}，这次又拟了 {letter.name}；只发一件的：{void}"
            yield Remark("again", office.viewer.tell_of(case, text))


def _told(office: Office, workflow: Workflow, body: Mapping[str, Any], before: Case | None) -> str:
    """Tell of an entry with the names that the units had on its day."""
    on = date.fromisoformat(body["intent"]["occurred_on"])
    names = office.register.moment(office.directory, on).names
    return told(office, workflow, body, names, before)


def _recorded(outcome: Outcome) -> Recorded:
    body = outcome.body
    intent = body["intent"]
    return Recorded(
        eid=intent["eid"],
        hash=outcome.case.head,
        type=intent["type"],
        transition=intent["transition"],
        source=intent["from"],
        target=intent["to"],
        officer=intent["actor"]["id"],
        role=body["authority"]["role"],
        occurred_on=intent["occurred_on"],
        recorded_at=body["recorded_at"],
    )


def _letters_sent(workflow: Workflow, outcome: Outcome) -> int:
    """Count the letters that a transition drafts."""
    intent = outcome.body["intent"]
    if intent["type"] != Advance.entry_type:
        return 0
    transition = workflow.leaving[intent["from"]].get(intent["transition"])
    return len(transition.notices) if transition else 0


def open_case(
    office: Office,
    request: Request,
    workflow: Workflow,
    texts: Mapping[str, Entered],
    origin: Origin = TYPED,
) -> Done:
    """Open a case; raises every fault of what was entered at once."""
    entry = read_entry(office, workflow, texts, origin)
    hints = tuple(unprintable_in(workflow, entry.facts))
    outcome = submit_entry(office, request, workflow, None, entry, Open)
    return done(office, outcome, hints)


def set_facts(
    office: Office,
    request: Request,
    case: Case,
    texts: Mapping[str, Entered],
    origin: Origin = TYPED,
) -> Done:
    """Set facts of a case; raises every fault of what was entered at once."""
    if not texts and not origin.faults:
        raise InvalidError("没有写要填什么", "例如：lifecycle set 编号 investment=32000")
    entry = read_entry(office, office.workflow_of(case), texts, origin)
    hints = tuple(unprintable_in(office.workflow_of(case), entry.facts))
    outcome = submit_entry(office, request, None, case, entry, SetFacts)
    # Sent again, the case is as it was set already.
    return done(office, outcome, hints, None if outcome.repeated else case)


def attach(office: Office, request: Request, case: Case, material: str, source: Path) -> Done:
    """Attach a file as a material."""
    found = find_material(office.workflow_of(case), material)
    office.viewer.check_enters(case, (found.name,))
    file = office.store.files.keep_file(source, most_bytes=found.max_mb << 20)
    outcome = office.register.submit(request, None, case.id, Attach(found.name, file))
    return done(office, outcome, before=None if outcome.repeated else case)


def sign(
    office: Office,
    request: Request,
    case: Case,
    transition: str,
    verdict: Verdict,
    *,
    note: str = "",
    role: str | None = None,
) -> Done:
    """Give an opinion on a transition or, where `transition` is the number of the entry that
    confirmed a correction, anew on that.
    """
    workflow = office.workflow_of(case)
    seat = role and find_role(workflow, role)
    correction = _correction(transition)
    act: Act
    if correction is not None:
        act = RenewOpinion(correction, verdict, clean(note), seat)
    else:
        act = Sign(find_transition_name(workflow, transition), verdict, clean(note), seat)
    return _submit(office, request, case, act)


def _correction(text: str) -> int | None:
    """Read the number of a correction, as in “102” or “第 102 笔”; None for a transition's name."""
    number = text.strip().removeprefix("第").removesuffix("笔").strip()
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None


def ask(
    office: Office, request: Request, case: Case, transition: str, whom: Sequence[str] = ()
) -> Done:
    """Ask for opinions on a transition: all seats that nobody asked yet, or those named, each as
    `role`, `role/unit` or a unit.
    """
    workflow = office.workflow_of(case)
    seats = []
    name = find_transition_name(workflow, transition)
    for whose in whom:
        role, unit = _seat(office, workflow, case, whose, name)
        code = office.directory.unit_code(unit) if unit else ""
        seats.append((find_role(workflow, role), code))
    act = AskOpinions(name, tuple(seats))
    return _submit(office, request, case, act)


def withdraw(
    office: Office,
    request: Request,
    case: Case,
    transition: str,
    *,
    note: str = "",
    role: str | None = None,
) -> Done:
    """Take an opinion back."""
    workflow = office.workflow_of(case)
    act = WithdrawOpinion(
        find_transition_name(workflow, transition),
        clean(note),
        role and find_role(workflow, role),
    )
    return _submit(office, request, case, act)


def resolve(
    office: Office, request: Request, case: Case, transition: str, whose: str, *, note: str
) -> Done:
    """Record how an objection was resolved: to a transition or, where `transition` is the number of
    the entry that confirmed a correction, to that. `whose` is `role` or `role/unit`, or a unit; a
    role is the one place under it that objects.
    """
    workflow = office.workflow_of(case)
    correction = _correction(transition)
    name = find_transition_name(workflow, transition) if correction is None else ""
    role, unit = _seat(office, workflow, case, whose, name, correction)
    seat = find_role(workflow, role), office.directory.unit_code(unit) if unit else ""
    if not unit:
        seat = _objecting(office, request, case, seat[0], name or correction)
    act: Act
    if correction is not None:
        act = SettleRenewal(correction, *seat, clean(note))
    else:
        act = ResolveObjection(name, *seat, clean(note))
    outcome = office.register.submit(request, None, case.id, act)
    remarks = tuple(_who_speaks_anew(office, workflow, outcome.case, name, seat)) or tuple(
        Remark("successors", text) for text in _who_goes_on(office, workflow, outcome.case, name)
    )
    return replace(done(office, outcome), remarks=remarks)


def _objecting(
    office: Office, request: Request, case: Case, role: str, about: str | int | None
) -> tuple[str, str]:
    """Give the one place under a role, as role and unit, that objects to a transition (its name)
    or to a correction (its number); the role's own where there is none, or more than one.

    For a request sent again, the one that was settled then.
    """
    found = office.store.entry(request.request_id) if request.request_id else None
    made = read_act(stored(found[0])["intent"]) if found else None
    if isinstance(made, ResolveObjection | SettleRenewal) and made.role == role:
        return role, made.unit
    workflow = office.workflow_of(case)
    seats: list[Opinion | Seat] = []
    if isinstance(about, str):
        transition = workflow.leaving[case.state].get(about)
        seats += standing_objections(case, transition) if transition else ()
    for renewal in renewals_waiting(workflow, case):
        seats += renewal.objecting if renewal.correction == about else ()
    places = [(seat.role, seat.unit) for seat in seats if seat.role == role]
    return places[0] if len(places) == 1 else (role, "")


def _who_speaks_anew(
    office: Office, workflow: Workflow, case: Case, name: str, place: tuple[str, str]
) -> Iterator[Remark]:
    """Say that the unit whose objection was resolved has to speak anew all the same, where what it
    objected to has changed since: nobody can go on before.
    """
    transition = workflow.leaving[case.state].get(name)
    for seat in seats_of(workflow, case, transition) if transition else ():
        if (seat.role, seat.unit) == place and seat.stale:
            whose = who_is(workflow, office.moment(), seat.role, seat.unit)
            text = f"{whose} 的不同意见以后有退回或变更，仍须其重新会签才能往下办："
            yield Remark("stale", f"{text}lifecycle sign {case.number} {name} agree --as …")


def _who_goes_on(office: Office, workflow: Workflow, case: Case, transition: str) -> Iterator[str]:
    """Say who may make the transition, or where it is of a correction the next ones, now that an
    objection was resolved.
    """
    for way in workflow.leaving[case.state].values():
        if way.name == transition or (not transition and way.kind == "forward"):
            yield tell_successors(workflow, way, successors(office, case, way))


def _seat(
    office: Office,
    workflow: Workflow,
    case: Case,
    whose: str,
    transition: str,
    correction: int | None = None,
) -> tuple[str, str]:
    """Read whose opinion on a transition, or on a correction, is meant, as role and unit ("" for a
    role that one unit holds): `role`, `role/unit`, or a unit that has a seat or has spoken.
    """
    role, _, unit = whose.partition("/")
    titles = {r.title for r in workflow.roles.values()}
    if unit or role in workflow.roles or role in titles:
        return role, unit
    code = office.directory.unit_code(whose)
    renewal = case.renewals.get(str(correction))
    for opinion in (*case.opinions.values(), *(renewal.said.values() if renewal else ())):
        if opinion.transition == transition and code in (opinion.unit, opinion.by_unit):
            return opinion.role, opinion.unit
    found = workflow.leaving[case.state].get(transition)
    cosigns = found.cosigns if found is not None else ()
    asked = [role for cosign in cosigns for role in cosign.roles]
    today = office.day(None).isoformat()
    for name in asked:
        bound = workflow.roles[name].bound
        if code in case.bound_units(bound):
            return name, code
        if bound is None and code in office.directory.units_with(name, today):
            return name, ""
    raise InvalidError(
        f"{whose} 不会签 {workflow.titles.get(transition, f'第 {correction} 笔更正')}",
        f"用 lifecycle show {case.number} 查看会签单位",
    )


def advance(
    office: Office,
    request: Request,
    case: Case,
    transition: str | None = None,
    *,
    note: str = "",
    texts: Mapping[str, Entered] | None = None,
    origin: Origin = TYPED,
) -> Done:
    """Make a transition; its name may be left out where only one leads on that the officer makes.
    Raises every fault of what was entered with it at once.
    """
    workflow = office.workflow_of(case)
    if transition:
        name = find_transition_name(workflow, transition)
    else:
        name = _only_forward(office, request, case)
    said, entry = clean(note), read_entry(office, workflow, texts or {}, origin)
    hints = tuple(unprintable_in(workflow, entry.facts, said))
    outcome = submit_entry(
        office, request, None, case, entry, lambda facts: Advance(name, said, facts)
    )
    return done(office, outcome, hints)


def _only_forward(office: Office, request: Request, case: Case) -> str:
    """Name the one transition that can be meant.

    For a request sent again, the one that was made then.
    """
    from lifecycle.insight.outlook import only_forward

    found = office.store.entry(request.request_id) if request.request_id else None
    if found and (made := stored(found[0])["intent"]["transition"]):
        return str(made)
    officer = office.acting(request, office.day(request.on))
    workflow = office.workflow_of(case)
    moment = office.moment_of(workflow, case, office.moment(request.on))
    return only_forward(workflow, case, officer, moment).name


def _submit(
    office: Office, request: Request, case: Case, act: Act, hints: tuple[Hint, ...] = ()
) -> Done:
    return done(office, office.register.submit(request, None, case.id, act), hints)


def unprintable_in(
    workflow: Workflow, facts: Mapping[str, Value], note: str = ""
) -> Iterator[Hint]:
    """Name what of the texts entered could not be printed in a letter.

    Asked before the act is recorded, so that nothing can fail after it.
    """
    from lifecycle.letter.printable import unprintable

    entered = [(name, workflow.facts[name].title, _text_of(facts[name])) for name in facts]
    for name, title, text in (*entered, ("note", "说明", note)):
        for found in unprintable(text):
            yield Hint(name, title, found.char, found.fonts, found.nowhere)


def _text_of(value: Value) -> str:
    """Give what of a fact's value is text that letters may repeat."""
    if not isinstance(value, list):
        return str(value)
    cells = (item.values() if isinstance(item, dict) else (item,) for item in value)
    return "\n".join(str(cell) for row in cells for cell in row)
