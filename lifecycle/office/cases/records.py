"""The record: a case's log, and replay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lifecycle.callers import file_named
from lifecycle.engine.case import Case, dump_case
from lifecycle.engine.corrections.amendments import Amendment, with_amendments
from lifecycle.errors import InvalidError, WorkflowError
from lifecycle.frozen import dataclass, replace
from lifecycle.insight.chronicle import who
from lifecycle.insight.document import case_document
from lifecycle.insight.sight import CANCELLED
from lifecycle.ledger.library import Library
from lifecycle.ledger.reading.as_of import NOW, AsOf
from lifecycle.ledger.reading.chain import follow
from lifecycle.ledger.store import LostDefinitionError
from lifecycle.office.cases.values import (
    ShownAmendment,
    ShownFact,
    amendment_told,
    shown_amendments,
    shown_facts,
)
from lifecycle.office.telling import told, told_late

if TYPE_CHECKING:
    from lifecycle.ledger.reading.chain import CaseStep
    from lifecycle.office.office import Office
    from lifecycle.office.seeing import Viewer
    from lifecycle.workflow.model import Workflow


_UNTOLD = (KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What telling a forged entry may stumble over."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry told: its place in the case's chain, its day, who, and what was done."""

    seq: int
    on: str
    who: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Found:
    """An entry found by its request id, and where it stands and what it did, in words."""

    body: Mapping[str, Any]
    told: str


def log(office: Office, case: Case, *, after: int = 0) -> Iterator[LogLine]:
    """Tell a case's entries in a line each, with the workflow and the names of their own time."""
    unseen = office.viewer.unseen(office.workflow_of(case), case)
    for step in follow(office.library, office.store.entries(case.id)):
        if step.row.seq > after:
            line = _line(office, step.body, step.before)
            sentence = unseen.tell_sentence(step.body, line.sentence) + told_late(step.body)
            yield replace(line, sentence=office.viewer.tell(sentence))


def _line(office: Office, body: Mapping[str, Any], before: Case | None = None) -> LogLine:
    intent = body["intent"]
    on = intent["occurred_on"]
    workflow = office.library.workflow(intent["workflow"])
    names = office.directory.titles(on, body["office"])
    sentence = told(office, workflow, body, names, before)
    return LogLine(intent["seq"], on, who(body), sentence)


def find_entry(office: Office, request_id: str) -> Found | None:
    """Find the entry that was recorded under a request id, which is its eid."""
    body = office.recorded(request_id)
    if body is None or not _is_seen(office, body):
        return None
    return Found(body, _where_recorded(office, body))


def _is_seen(office: Office, body: Mapping[str, Any]) -> bool:
    """Tell whether whoever looks may see the case of an entry, and all that the entry says."""
    if body["intent"]["workflow"] is None:
        return True
    case = office.register.case(body["intent"]["case"])
    workflow, viewer = office.workflow_of(case), office.viewer
    return viewer.sees(workflow, case) and not viewer.unseen(workflow, case).is_in(body)


def _where_recorded(office: Office, body: Mapping[str, Any]) -> str:
    intent = body["intent"]
    seq = intent["seq"]
    if intent["workflow"] is None:
        return f"已写入，单位记录第 {seq} 条，{intent['type']}，{intent['actor']['id']}"
    case = office.register.case(intent["case"])
    line = _line(office, body)
    return f"已写入，{case.number} 第 {seq} 条，{line.on}，{line.who}，{line.sentence}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an entry: a code of the audit, its name in Chinese, and the message."""

    code: str
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class ReplayedEntry:
    """One entry replayed; what cannot be read of it is None.

    `told` tells it in a line, `state` is the case's after it.
    """

    idx: int
    hash: str
    seq: int | None
    type: str | None
    transition: str | None
    source: str | None
    target: str | None
    occurred_on: str | None
    recorded_at: str | None
    state: str | None
    problems: tuple[Fault, ...]
    told: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A case as replay rebuilt it; `document` is the whole of it for machines, `values` are its
    facts, `amended` says which of them later corrections amended.
    """

    number: str
    title: str
    seq: int
    state: str
    stage: str
    entered_on: str
    facts: int
    materials: int
    opinions: int
    document: Mapping[str, object]
    values: tuple[ShownFact, ...]
    amended: tuple[ShownAmendment, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """One case replayed; `case` is None where nothing could be rebuilt.

    `same` tells whether it is what is stored, byte for byte; None where that was not asked.
    """

    number: str
    title: str
    workflow_title: str
    version: int
    entries: tuple[ReplayedEntry, ...]
    case: Rebuilt | None
    same: bool | None

    @property
    def ok(self) -> bool:
        """Tell whether nothing is wrong."""
        return self.same is not False and not any(entry.problems for entry in self.entries)


@dataclass(frozen=True, slots=True)
class ReplayedCase:
    """One of all cases replayed: how many entries, and those of them that have problems."""

    id: str
    entries: int
    faulty: tuple[ReplayedEntry, ...]
    case: Rebuilt | None


def read_workflow_file(file: str) -> Workflow:
    """Read a workflow to judge by; raises WorkflowError with every fault."""
    from lifecycle.office.administration.workflow_files import read_one

    return read_one(file_named(file), file)


def replay(
    office: Office, case: Case, as_of: AsOf = NOW, under: Workflow | None = None
) -> Replayed:
    """Replay the entries of a case that count, judging each again; `under` judges by another
    workflow.

    The values are as later corrections have amended them.
    """
    from lifecycle.ledger.replay import amended_later, replay_case

    if office.viewer.unseen(office.workflow_of(case), case):
        raise InvalidError(f"{case.number} 有不对您公开的内容，不能回放", "请审计员回放")
    if under is not None and under.reads_others and not office.viewer.sees_everything:
        raise InvalidError(
            f"{under.title} 的条件读别的事项，其中有不对您公开的，不能换用它来判定", "请审计员回放"
        )
    library = Library(office.store, unaided=True)
    steps = list(replay_case(library, office.directory, case.id, under=under, as_of=as_of))
    after = _last_case(steps)
    workflow = library.workflow(after.workflow if after else case.workflow)
    amended: tuple[Amendment, ...] = ()
    if after is not None and as_of:
        later = amended_later(library, office.directory, case.id, as_of)
        after, amended = with_amendments(workflow, after, later)
    same = None
    if not as_of and under is None:
        same = after is not None and _is_same(after, case)
    viewer = office.viewer
    return Replayed(
        number=case.number,
        title=case.title,
        workflow_title=workflow.title,
        version=workflow.version,
        entries=tuple(_told_of(viewer, _replayed(office, workflow, step)) for step in steps),
        case=_seen_of(viewer, _rebuilt(office, workflow, after, amended)) if after else None,
        same=same,
    )


def _told_of(viewer: Viewer, entry: ReplayedEntry) -> ReplayedEntry:
    """Give an entry without the cases that whoever looks may not see."""
    problems = (replace(one, message=viewer.tell(one.message)) for one in entry.problems)
    return replace(entry, told=viewer.tell(entry.told), problems=tuple(problems))


def _seen_of(viewer: Viewer, case: Rebuilt) -> Rebuilt:
    """Give a case as rebuilt without the cases that whoever looks may not see."""
    return replace(
        case,
        document=viewer.tell_document(case.document),
        values=tuple(replace(one, text=viewer.tell(one.text)) for one in case.values),
        amended=tuple(amendment_told(viewer, one) for one in case.amended),
    )


def _is_same(replayed: Case, kept: Case) -> bool:
    return (
        dump_case(replayed) == dump_case(kept)
        and replayed.letters == kept.letters
        and replayed.steps == kept.steps
    )


def count_entries(office: Office) -> int:
    """Give the index of the log's last entry: how far a replay of everything has to go."""
    return office.store.last_index()


def replay_all(
    office: Office, as_of: AsOf = NOW, under: Workflow | None = None
) -> Iterator[ReplayedCase]:
    """Replay every case, one at a time; one that had not begun by then is left out."""
    office.viewer.check_sees_all()
    from lifecycle.ledger.replay import amended_later
    from lifecycle.ledger.replay import replay_all as replay_cases

    library, directory = Library(office.store, unaided=True), office.directory
    for case_id, replayed in replay_cases(library, directory, under=under, as_of=as_of):
        steps = list(replayed)
        if not steps:
            continue
        after = _last_case(steps)
        amended: tuple[Amendment, ...] = ()
        workflow = library.workflow(after.workflow) if after else None
        if workflow and after and as_of:
            later = amended_later(library, directory, case_id, as_of)
            after, amended = with_amendments(workflow, after, later)
        yield ReplayedCase(
            id=case_id,
            entries=len(steps),
            faulty=tuple(_replayed(office, workflow, step) for step in steps if step.problems),
            case=_rebuilt(office, workflow, after, amended) if workflow and after else None,
        )


def _last_case(steps: list[CaseStep]) -> Case | None:
    return next((step.after for step in reversed(steps) if step.after), None)


def _replayed(office: Office, workflow: Workflow | None, step: CaseStep) -> ReplayedEntry:
    from lifecycle.ledger.audit.finding import CODES

    intent = step.body["intent"] if step.body else {}
    return ReplayedEntry(
        idx=step.row.idx,
        hash=step.row.hash,
        seq=intent.get("seq"),
        type=intent.get("type"),
        transition=intent.get("transition"),
        source=intent.get("from"),
        target=intent.get("to"),
        occurred_on=intent.get("occurred_on"),
        recorded_at=step.body.get("recorded_at"),
        state=step.after.state if step.after else None,
        problems=tuple(Fault(code, CODES[code], message) for code, message in step.problems),
        told=_told(office, workflow, step),
    )


def _told(office: Office, workflow: Workflow | None, step: CaseStep) -> str:
    """Tell an entry in a line; one that a forger has been at may have nothing to tell."""
    unreadable = f"   ?  序号 {step.row.idx} 的记录读不出来"
    if workflow is None:
        return unreadable
    try:
        intent = step.body["intent"]
        names = office.directory.titles(intent["occurred_on"], step.body["office"])
        own = office.library.workflow(intent["workflow"])
        sentence = told(office, own, step.body, names, step.before)
        return f"{intent['seq']:>4}  {intent['occurred_on']}  {who(step.body)}　{sentence}"
    except (InvalidError, WorkflowError, LostDefinitionError, *_UNTOLD):
        return unreadable


def _rebuilt(
    office: Office, workflow: Workflow, case: Case, amended: tuple[Amendment, ...]
) -> Rebuilt:
    names = office.directory.titles(case.last_on)
    return Rebuilt(
        number=case.number,
        title=case.title,
        seq=case.seq,
        state=case.state,
        stage=_stage(workflow, case),
        entered_on=case.entered_on,
        facts=len(case.facts),
        materials=len(case.materials),
        opinions=len(case.opinions),
        document=case_document(workflow, case),
        values=tuple(shown_facts(workflow, case, names)),
        amended=tuple(shown_amendments(workflow, amended, names)),
    )


def _stage(workflow: Workflow, case: Case) -> str:
    """Name the state of a case, also where the workflow that it is replayed under has none such."""
    if case.cancelled:
        return CANCELLED
    return workflow.states[case.state].title if case.state in workflow.states else case.state
