"""Where one case stands: by whom, until when, what can be done, what is missing, what is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from lifecycle.engine.case_letter import STATES
from lifecycle.engine.consequences import title_of, waiting_proposals
from lifecycle.engine.gates.gates import SPANS, Gate
from lifecycle.engine.owed import owed
from lifecycle.engine.values import Value, show_value
from lifecycle.frozen import dataclass
from lifecycle.insight.chronicle import tell, who
from lifecycle.insight.document import case_document
from lifecycle.insight.outlook import ANYBODY, Outlook, Way, look
from lifecycle.insight.sight import CANCELLED, Holder, days_in_state, holder, opinion_status
from lifecycle.ledger.record import account_of
from lifecycle.ledger.rows.letter_rows import count_by_state, owed_in
from lifecycle.office.office import entries

if TYPE_CHECKING:
    from lifecycle.engine.case import Case, Moment
    from lifecycle.engine.standing import OpenLimit
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

__all__ = [
    "Gate",
    "Holder",
    "LastEntry",
    "LetterCount",
    "Sheet",
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
    office sets itself; `provisional`: a year's holidays are not announced yet.
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


@dataclass(frozen=True, slots=True)
class ShownWay:
    """One transition out of the state, its gates as judged for who asks.

    `mine`: who asks may make it; `missing` are the unmet gates that are about the case; `asks` are
    the facts that it wants with the command.
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


@dataclass(frozen=True, slots=True)
class ShownOpinion:
    """One seat at a co-sign: who is asked, and what they said, if they did.

    `status` is how it stands for machines, `text` for officers; `holder` is the unit's name, or the
    role's title where the seat is not a unit's.
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
class ShownFact:
    """A fact of the case; `text` is its value as officers read it."""

    name: str
    title: str
    text: str
    locked: bool


@dataclass(frozen=True, slots=True)
class LetterCount:
    """How many letters stand in a state, by its Chinese name."""

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
class Sheet:
    """All that `show` tells of a case. Days are YYYY-MM-DD.

    `days` is how long it stands in its state, counted from 0; `owing` names who owes an answer to a
    letter; `values` are the facts' raw values; `last` are the last entries, the newest first, and
    `bodies` the same as stored, the oldest first; `document` is the whole case for machines.
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
    lead: Holder | None
    opened_on: str
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
    owing: tuple[str, ...]
    corrections: tuple[str, ...]
    last: tuple[LastEntry, ...]
    bodies: tuple[Mapping[str, Any], ...]


def show(office: Office, case: Case, code: str | None = None, on: date | None = None) -> Sheet:
    """Tell where a case stands, its ways out as judged for an officer, or for nobody."""
    officer = office.officer(code, on) if code else None
    workflow, moment = office.workflow_of(case), office.moment(on)
    outlook = look(workflow, case, officer or ANYBODY, moment)
    return _SheetMaker(office, workflow, case, moment, outlook).sheet()


def document(office: Office, case: Case) -> Mapping[str, object]:
    """Give all that a case's entries make of it, for machines: its letters one by one too."""
    return case_document(office.workflow_of(case), case)


@dataclass(frozen=True, slots=True)
class _SheetMaker:
    """All that a sheet is made from."""

    office: Office
    workflow: Workflow
    case: Case
    moment: Moment
    outlook: Outlook

    def sheet(self) -> Sheet:
        case, workflow = self.case, self.workflow
        state = workflow.states[case.state]
        standing = self.outlook.standing
        bodies = tuple(entries(self.office, case, after=max(0, case.seq - LAST)))
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
            lead=self.holder(state.lead) if state.lead and not case.cancelled else None,
            opened_on=case.opened_on,
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
            values=case.facts,
            locked=tuple(case.locked),
            letters=tuple(self.letters()),
            owing=self.owing(),
            corrections=tuple(self.corrections()),
            last=tuple(map(self.entry, reversed(bodies))),
            bodies=bodies,
        )

    def holder(self, role: str) -> Holder:
        return holder(self.workflow, self.case, self.office.directory, self.moment, role)

    def suspended(self) -> Suspended | None:
        found = self.case.suspension
        if found is None:
            return None
        return Suspended(found.state, self.workflow.states[found.state].title, found.on)

    def limit(self, item: OpenLimit) -> ShownLimit:
        limit = item.limit
        return ShownLimit(
            title=limit.title,
            since=item.since,
            due_on=item.due.on,
            provisional=item.due.provisional,
            amount=limit.amount,
            unit=limit.unit,
            span=SPANS[limit.unit],
            basis=limit.basis,
            inner=limit.inner,
            main=limit is self.workflow.states[self.case.state].due,
        )

    def way(self, judged: Way) -> ShownWay:
        transition = judged.transition
        return ShownWay(
            name=transition.name,
            title=transition.title,
            kind=transition.kind,
            to=transition.to,
            by=tuple(map(self.holder, transition.by)),
            mine=judged.is_mine,
            gates=judged.gates,
            missing=judged.missing,
            asks=tuple(transition.asks),
        )

    def opinions(self) -> Iterator[ShownOpinion]:
        for transition, seat in self.outlook.seats:
            status, text = opinion_status(transition, seat, self.case, self.moment)
            said = seat.opinion
            unit = self.moment.names.get(seat.unit, seat.unit)
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
            )

    def materials(self) -> Iterator[ShownMaterial]:
        for name, file in self.case.materials.items():
            yield ShownMaterial(
                name=name,
                title=self.workflow.materials[name].title,
                file=file.name,
                size=file.size,
                sha256=file.sha256,
                on=file.on,
                locked=name in self.case.locked,
            )

    def facts(self) -> Iterator[ShownFact]:
        """Tell the facts in the order of the workflow."""
        for name, fact in self.workflow.facts.items():
            if name in self.case.facts:
                text = show_value(fact, self.case.facts[name], self.moment.names)
                yield ShownFact(name, fact.title, text, name in self.case.locked)

    def letters(self) -> Iterator[LetterCount]:
        counts = count_by_state(self.office.store, self.case)
        for state, title in STATES.items():
            if state in counts:
                yield LetterCount(title, counts[state])

    def corrections(self) -> Iterator[str]:
        """Tell of the corrections that wait, and of the steps that a correction upset."""
        case = self.case
        for proposal in waiting_proposals(case):
            what = "、".join(title_of(self.workflow, name) for name in proposal.editions)
            command = f"lifecycle confirm {case.number} {proposal.seq}"
            yield f"待确认（第 {proposal.seq} 笔）：{what}，{proposal.note}　{command}"
        for step in case.steps:
            if str(step.seq) in case.unsettled:
                title = self.workflow.titles[step.transition]
                yield f"“{title}”（第 {step.seq} 笔）更正后条件不再成立，须退回重办"

    def owing(self) -> tuple[str, ...]:
        found = (
            addressee.name
            for letter in owed_in(self.office.store, self.case)
            for addressee in owed(self.workflow, self.case, letter)
        )
        return tuple(dict.fromkeys(found))

    def entry(self, body: Mapping[str, Any]) -> LastEntry:
        on = body["intent"]["occurred_on"]
        names = self.office.directory.names(on, body["office"])
        sentence = tell(self.workflow, body, names)
        return LastEntry(on, who(body), sentence, account_of(body))
