"""Where one case stands: by whom, until when, what can be done, what is missing, what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from lifecycle.engine.case_letter import STATES, UNISSUED
from lifecycle.engine.clock.by_clock import falling
from lifecycle.engine.clock.standing import lit_by
from lifecycle.engine.corrections.foresight import foresee
from lifecycle.engine.declared import UNJUDGED
from lifecycle.engine.gates.asking import due_of_seat
from lifecycle.engine.gates.gates import SPANS, Gate, command_of, role_titles
from lifecycle.engine.gates.renewals import renewals_waiting
from lifecycle.engine.gates.settled import tell_renewal
from lifecycle.engine.letters.letter_steps import LAPSES, Lapse, lapse_of, outlived
from lifecycle.engine.letters.owed import owed
from lifecycle.engine.values import Value
from lifecycle.engine.world.others import NO_OTHERS, OtherCase
from lifecycle.frozen import dataclass, replace
from lifecycle.insight.chronicle import who
from lifecycle.insight.document import case_document
from lifecycle.insight.outlook import (
    ANYBODY,
    Outlook,
    Way,
    endings_of,
    look,
    pending_corrections,
)
from lifecycle.insight.sight import CANCELLED, Holder, days_in_state, holder, opinion_status
from lifecycle.ledger.record import account_of
from lifecycle.ledger.rows.letter_rows import count_by_state, owed_in, unissued_in
from lifecycle.office.cases.values import (
    ShownAmendment,
    ShownFact,
    amendment_told,
    shown_amendments,
    shown_facts,
)
from lifecycle.office.office import entries
from lifecycle.office.seeing import UNSEEN, Unseen, Viewer
from lifecycle.office.telling import confirmed_change, told, told_late
from lifecycle.workflow.model import CLOCK

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.engine.case_letter import CaseLetter
    from lifecycle.engine.clock.standing import OpenLimit
    from lifecycle.engine.world.moment import Moment, Officer
    from lifecycle.engine.world.workdays import Due
    from lifecycle.office.office import Office
    from lifecycle.office.view import SeenCase, View
    from lifecycle.workflow.model import Transition, Workflow

__all__ = [
    "Gate",
    "Holder",
    "LastEntry",
    "LetterCount",
    "Sheet",
    "ShownAmendment",
    "ShownCorrection",
    "ShownFact",
    "ShownLimit",
    "ShownMaterial",
    "ShownOpinion",
    "ShownWay",
    "Suspended",
    "WorkflowVersion",
    "document",
    "show",
]

LAST = 5
"""How many of the last entries a sheet tells."""


@dataclass(frozen=True, slots=True)
class WorkflowVersion:
    """The workflow version that governs a case; `digest` is its SHA-256."""

    name: str
    title: str
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Suspended:
    """From which state a case was suspended (`title` is that state's), and since when."""

    state: str
    title: str
    on: str


@dataclass(frozen=True, slots=True)
class ShownLimit:
    """A time limit that runs: since when and until when, how long, on which ground.

    `span` names the unit in Chinese; `main` is the limit of the state itself; `inner` one that the
    office sets itself; `provisional`: a year's holidays are not announced yet. `ends` is what ends
    it, in words, each with its command.
    """

    title: str
    since: str
    due_on: date
    provisional: bool
    amount: int
    unit: str
    span: str
    basis: str
    inner: bool
    main: bool
    ends: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ShownWay:
    """One transition out of the state, its gates as judged for who asks.

    `mine`: who asks may make it; `barred` says why somebody who holds the role may not, having made
    or signed something before; `missing` are the unmet gates that are about the case; `asks` are
    the facts that it wants with the command, `command` makes it. `causes` are the transitions of
    other workflows, as WORKFLOW.TRANSITION, of which it may be an effect. `due_on` is the day on
    which it makes itself, None where it does not.
    """

    name: str
    title: str
    kind: str
    to: str | None
    by: tuple[Holder, ...]
    mine: bool
    gates: tuple[Gate, ...]
    missing: tuple[Gate, ...]
    asks: tuple[str, ...]
    command: str
    barred: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    due_on: date | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class ShownOpinion:
    """One seat at a co-sign: who is asked, and what they said, if they did.

    `status` is how it stands for machines, `text` for officers; `holder` is the unit's name, or the
    role's title where the seat is not a unit's. `due_on` is the day by which it is owed, None where
    it is not asked, given, or has no limit.
    """

    transition: str
    title: str
    role: str
    unit: str | None
    holder: str
    status: str
    text: str
    verdict: str | None
    note: str | None
    persons: tuple[str, ...]
    on: str | None
    resolved: str | None
    due_on: str | None


@dataclass(frozen=True, slots=True)
class ShownMaterial:
    """A material as last attached; `locked`: it changes no more."""

    name: str
    title: str
    file: str
    size: int
    sha256: str
    on: str
    locked: bool


@dataclass(frozen=True, slots=True)
class ShownCorrection:
    """A correction that waits, or what one has upset; `command` confirms what waits."""

    text: str
    command: str = ""


@dataclass(frozen=True, slots=True)
class LetterCount:
    """How many letters stand in a state, or are out of time for a reason, by its Chinese name."""

    state: str
    count: int


@dataclass(frozen=True, slots=True)
class LastEntry:
    """An entry told: the day, who, what; and the operating-system account that called, "" where
    the officer was declared only.
    """

    on: str
    who: str
    sentence: str
    account: str


@dataclass(frozen=True, slots=True)
class ShownLink:
    """Another case that this one names, or that names this one: by the fact, or by the workflow, of
    that name and title.
    """

    name: str
    kind: str
    number: str
    title: str
    state: str
    stage: str
    final: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that `show` tells of a case. Days are YYYY-MM-DD.

    `declared` says when two persons have taken it in as a running case, "" for one opened here.
    `lit_by` says by which rules the light is yellow or red; `days` is how long it stands in its
    state, counted from 0; `lapsed` counts the drafts that are out of time, `outlived` the issued
    letters whose step was undone since; `owing` names who owes
    an answer to a letter; `values` are the facts' raw values; `last` are the last entries, the
    newest first, and `bodies` the same as stored, the oldest first; `document` is the whole case
    for machines; `amended` are the corrections made after the day that is looked at, of values that
    the case had then.
    """

    number: str
    id: str
    title: str
    workflow: WorkflowVersion
    state: str
    stage: str
    phase: str | None
    final: bool
    cancelled: bool
    light: str
    lit_by: tuple[str, ...]
    lead: Holder | None
    opened_on: str
    declared: str
    entered_on: str
    last_on: str
    on: date
    days: int
    due_on: str | None
    provisional: bool
    suspended: Suspended | None
    seq: int
    head: str
    limits: tuple[ShownLimit, ...]
    ways: tuple[ShownWay, ...]
    opinions: tuple[ShownOpinion, ...]
    materials: tuple[ShownMaterial, ...]
    facts: tuple[ShownFact, ...]
    values: Mapping[str, Value]
    locked: tuple[str, ...]
    letters: tuple[LetterCount, ...]
    lapsed: tuple[LetterCount, ...]
    outlived: tuple[LetterCount, ...]
    owing: tuple[str, ...]
    corrections: tuple[ShownCorrection, ...]
    last: tuple[LastEntry, ...]
    bodies: tuple[Mapping[str, Any], ...]
    amended: tuple[ShownAmendment, ...]
    links: tuple[ShownLink, ...]
    linked: tuple[ShownLink, ...]


def show(view: View, seen: SeenCase, code: str | None = None) -> Sheet:
    """Tell where a case stands, its ways out as judged for an officer, or for nobody."""
    moment = view.moment_of(seen.workflow, seen.case)
    outlook = look(seen.workflow, seen.case, _looking(view, code), moment)
    return _SheetMaker(view, seen, outlook).sheet()


def _looking(view: View, code: str | None) -> Officer:
    """Say for whom the ways out are judged. Who looks at a day on which they were not in office
    yet, or no longer, could do nothing then.
    """
    if code is None:
        return ANYBODY
    known = code in view.office.directory.people
    if view.as_of and known and not view.serves(code):
        return ANYBODY
    return view.officer(code)


def document(office: Office, seen: SeenCase) -> Mapping[str, object]:
    """Give all that a case's entries make of it, for machines: its letters one by one too; without
    what whoever looks may not see.
    """
    unseen = office.viewer.unseen(seen.workflow, seen.case)
    case = seen.case
    shown = replace(case, facts=unseen.among(case.facts), materials=unseen.among(case.materials))
    return office.viewer.tell_document(case_document(seen.workflow, shown if unseen else case))


def _shown_link(name: str, title: str, other: OtherCase) -> ShownLink:
    state = other.workflow.states[other.state].title
    return ShownLink(name, title, other.number, other.title, other.state, state, other.final)


@dataclass(frozen=True, slots=True)
class _SheetMaker:
    """All that a sheet is made from."""

    view: View
    seen: SeenCase
    outlook: Outlook

    @property
    def workflow(self) -> Workflow:
        return self.seen.workflow

    @property
    def case(self) -> Case:
        return self.seen.case

    @property
    def moment(self) -> Moment:
        return self.view.moment

    @property
    def viewer(self) -> Viewer:
        return self.view.office.viewer

    @property
    def unseen(self) -> Unseen:
        return self.viewer.unseen(self.workflow, self.case)

    def tell_gate(self, gate: Gate) -> Gate:
        """Give a gate as whoever looks may be told it."""
        return self.unseen.tell_gate(self.viewer.tell_gate(gate))

    def sheet(self) -> Sheet:
        case, workflow = self.case, self.workflow
        state = workflow.states[case.state]
        standing = self.outlook.standing
        after = max(0, case.seq - LAST)
        bodies = tuple(entries(self.view.office, case, after=after, as_of=self.view.as_of))
        return Sheet(
            number=case.number,
            id=case.id,
            title=case.title,
            workflow=WorkflowVersion(
                workflow.name, workflow.title, workflow.version, workflow.digest
            ),
            state=case.state,
            stage=CANCELLED if case.cancelled else state.title,
            phase=None if case.cancelled else state.phase,
            final=case.has_ended(workflow),
            cancelled=case.cancelled,
            light=standing.light(self.moment.on.isoformat()),
            lit_by=tuple(one.title for one in lit_by(workflow, case, self.moment)),
            lead=self.holder(state.lead) if state.lead and not case.cancelled else None,
            opened_on=case.opened_on,
            declared=_declared(case),
            entered_on=case.entered_on,
            last_on=case.last_on,
            on=self.moment.on,
            days=days_in_state(case, self.moment),
            due_on=standing.due_on,
            provisional=standing.provisional,
            suspended=self.suspended(),
            seq=case.seq,
            head=case.head,
            limits=tuple(map(self.limit, self.outlook.limits)),
            ways=tuple(map(self.way, self.outlook.ways)),
            opinions=tuple(self.opinions()),
            materials=tuple(self.materials()),
            facts=tuple(self.facts()),
            values=self.viewer.tell_document(self.unseen.among(case.facts)),
            locked=tuple(case.locked),
            letters=tuple(self.letters()),
            lapsed=tuple(self.lapsed()),
            outlived=tuple(self.outlived()),
            owing=self.owing(),
            corrections=tuple(self.corrections()),
            last=tuple(map(self.entry, reversed(bodies))),
            bodies=bodies,
            amended=tuple(self.amended()),
            links=tuple(self.links()),
            linked=tuple(self.linked()),
        )

    def amended(self) -> Iterator[ShownAmendment]:
        """Tell what was corrected later, of what may be seen."""
        found = (one for one in self.seen.amended if one.name not in self.unseen.names)
        for one in shown_amendments(self.workflow, found, self.moment.names):
            yield amendment_told(self.viewer, one)

    def tell(self, text: str) -> str:
        """Give a text as whoever looks may be told it."""
        return self.unseen.tell_text(self.viewer.tell(text))

    def facts(self) -> Iterator[ShownFact]:
        """Tell the facts that may be seen."""
        names, left_out = self.moment.names, self.unseen.names
        for one in shown_facts(self.workflow, self.case, names, left_out):
            rows = tuple(tuple(map(self.viewer.tell, row)) for row in one.rows)
            yield replace(one, text=self.viewer.tell(one.text), rows=rows)

    def links(self) -> Iterator[ShownLink]:
        """Tell of the cases that this one names."""
        others = self.view.moment_of(self.workflow, self.case).others or NO_OTHERS
        for fact in self.workflow.links:
            other = others.cases.get(str(self.case.facts.get(fact.name)))
            seen = other is not None and self.viewer.sees_number(other.number)
            if other is not None and seen and fact.name not in self.unseen.names:
                yield _shown_link(fact.name, fact.title, other)

    def linked(self) -> Iterator[ShownLink]:
        """Tell of the cases that name this one."""
        others = self.view.linked_to(self.case)
        for name, cases in others.linking.items():
            for other in cases:
                if not self.viewer.sees_number(other.number):
                    continue
                yield _shown_link(name, others.titles.get(name, name), other)

    def holder(self, role: str) -> Holder:
        return holder(self.workflow, self.case, self.view.directory, self.moment, role)

    def due_of(self, transition: Transition) -> Due | None:
        """Give the day on which a transition makes itself; None where it does not."""
        if transition.after is None:
            return None
        found = falling(self.workflow, self.case, self.moment.calendar)
        return next((one.due for one in found if one.transition is transition), None)

    def suspended(self) -> Suspended | None:
        found = self.case.suspension
        if found is None:
            return None
        return Suspended(found.state, self.workflow.states[found.state].title, found.on)

    def limit(self, item: OpenLimit) -> ShownLimit:
        limit, here = item.limit, item.state == self.case.state
        left = self.workflow.states[item.state].title
        return ShownLimit(
            title=limit.title if here else f"{limit.title}（“{left}”的，中止期间照计）",
            since=item.since,
            due_on=item.due.on,
            provisional=item.due.provisional,
            amount=limit.amount,
            unit=limit.unit,
            span=SPANS[limit.unit],
            basis=limit.basis,
            inner=limit.inner,
            main=here and limit is self.workflow.states[self.case.state].due,
            ends=tuple(self.endings(item)),
        )

    def endings(self, item: OpenLimit) -> Iterator[tuple[str, str]]:
        """Say what ends a limit, and by which command; but for the ways on, which are told as such,
        and nothing of what may not be seen.
        """
        for end in endings_of(self.workflow, self.case, item):
            if end.transition is not None and end.transition.kind == "forward":
                continue
            text = f"{end.text}（{role_titles(self.workflow, end.by)}）"
            if self.view.office.viewer.tell_of(self.case, text) == text:
                yield text, end.command

    def way(self, judged: Way) -> ShownWay:
        transition = judged.transition
        due = self.due_of(transition)
        return ShownWay(
            name=transition.name,
            title=transition.title,
            kind=transition.kind,
            to=transition.to,
            by=tuple(map(self.holder, transition.by)),
            causes=tuple(cause for cause in transition.causes if cause != CLOCK),
            due_on=due.on if due else None,
            provisional=due.provisional if due else False,
            mine=judged.is_mine,
            barred=judged.barred,
            gates=tuple(map(self.tell_gate, judged.gates)),
            missing=tuple(map(self.tell_gate, judged.missing)),
            asks=tuple(transition.asks),
            command=command_of(self.case, transition),
        )

    def opinions(self) -> Iterator[ShownOpinion]:
        for transition, seat in self.outlook.seats:
            status, text = opinion_status(self.workflow, transition, seat, self.case, self.moment)
            said = seat.opinion
            unit = self.moment.names.get(seat.unit, seat.unit)
            due = due_of_seat(self.workflow, self.case, transition, seat, self.moment.calendar)
            yield ShownOpinion(
                transition=transition.name,
                title=transition.title,
                role=seat.role,
                unit=seat.unit or None,
                holder=unit if seat.unit else self.workflow.roles[seat.role].title,
                status=status,
                text=text,
                verdict=said.verdict if said else None,
                note=said.note if said else None,
                persons=tuple(said.persons) if said else (),
                on=said.on if said else None,
                resolved=said.resolved if said else None,
                due_on=due.on.isoformat() if due else None,
            )

    def materials(self) -> Iterator[ShownMaterial]:
        for name, file in self.unseen.among(self.case.materials).items():
            yield ShownMaterial(
                name=name,
                title=self.workflow.materials[name].title,
                file=file.name,
                size=file.size,
                sha256=file.sha256,
                on=file.on,
                locked=name in self.case.locked,
            )

    def letters(self) -> Iterator[LetterCount]:
        counts = self.counted_letters()
        for state, title in STATES.items():
            if state in counts:
                yield LetterCount(title, counts[state])

    def lapsed(self) -> Iterator[LetterCount]:
        """Count the drafts that are out of time, by why they are."""
        on = self.moment.on.isoformat()
        return _by_title(lapse_of(self.workflow, self.case, one, on) for one in self.drafts())

    def outlived(self) -> Iterator[LetterCount]:
        """Count the issued letters whose step was undone since; read only where something was."""
        issued = self.case.letters.values() if self.case.cleared else ()
        return _by_title(outlived(self.case, letter) for letter in issued)

    def drafts(self) -> Iterable[CaseLetter]:
        """Give the letters that are drafted and not issued; as they were, where that is looked
        at.
        """
        if not self.view.as_of:
            return unissued_in(self.view.office.store, self.case)
        return [one for one in self.case.letters.values() if one.state in UNISSUED]

    def counted_letters(self) -> Mapping[str, int]:
        """Count the letters by state; as they were, where that is looked at."""
        if self.view.as_of:
            return Counter(letter.state for letter in self.case.letters.values())
        return count_by_state(self.view.office.store, self.case)

    def corrections(self) -> Iterator[ShownCorrection]:
        """Tell of the corrections that wait, and of the steps that a correction upset."""
        case = self.case
        for one in pending_corrections(self.workflow, case, self.moment):
            proposal = case.proposals[str(one.seq)]
            needs = foresee(self.workflow, case, proposal, self.moment).needs
            whose = f"待 {one.whose} 确认，或不同意（decline）"
            text = self.tell("；".join((f"{one.change}：{one.note}", *needs, whose)))
            yield ShownCorrection(f"待确认（第 {one.seq} 笔）：{text}", one.confirm)
        for seq in sorted(map(int, case.unsettled)):
            step = case.steps.at(seq)
            if step is not None:
                title = self.workflow.titles[step.transition]
                text = f"“{title}”（第 {step.seq} 笔）更正后条件不再成立，须退回重办"
                yield ShownCorrection(text)
        for renewal in renewals_waiting(self.workflow, case):
            text = tell_renewal(self.workflow, renewal, self.moment)
            change = confirmed_change(
                self.view.office, self.workflow, case, renewal.correction, self.moment.names
            )
            yield ShownCorrection(self.tell(f"{text}（{change}）" if change else text))

    def owing(self) -> tuple[str, ...]:
        if self.view.as_of:
            letters: Iterable[CaseLetter] = self.case.letters.values()
        else:
            letters = owed_in(self.view.office.store, self.case)
        found = (
            addressee.name
            for letter in letters
            for addressee in owed(self.workflow, self.case, letter)
        )
        return tuple(dict.fromkeys(found))

    def entry(self, body: Mapping[str, Any]) -> LastEntry:
        on = body["intent"]["occurred_on"]
        names = self.view.office.directory.titles(on, body["office"])
        if body["intent"]["data"] == UNSEEN:
            sentence = self.tell(UNSEEN)
        else:
            # What was done under a version before is told by its names.
            workflow = self.view.office.library.workflow(body["intent"]["workflow"])
            sentence = self.tell(told(self.view.office, workflow, body, names))
        sentence += told_late(body)
        return LastEntry(on, who(body), sentence, account_of(body))


def _declared(case: Case) -> str:
    """Say of a case that came in as two persons declared it that nobody has judged what was before;
    "" for one that was opened here.
    """
    return f"{case.declared_on} 由两人声明接管，{UNJUDGED}" if case.declared_on else ""


def _by_title(lapses: Iterable[Lapse | None]) -> Iterator[LetterCount]:
    """Count why letters are out of time."""
    counts = Counter(lapse.title for lapse in lapses if lapse is not None)
    for title in LAPSES.values():
        if title in counts:
            yield LetterCount(title, counts[title])
