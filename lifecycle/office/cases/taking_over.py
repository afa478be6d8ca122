"""Running cases taken in when the ledger begins (存量接管): read from a table, proposed by one
person, and taken in once another has confirmed the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from lifecycle.engine.acts import Open
from lifecycle.engine.declared import Declared, digest_of, misfits_of
from lifecycle.errors import EnteredFault, InvalidError, LifecycleError, UnknownError, at_once
from lifecycle.exchange.sheets.declarable import OPENED, PAPER, STATE, STEP
from lifecycle.ledger.queries import CaseFilter, stream
from lifecycle.office.cases.bulk import BulkLine
from lifecycle.office.cases.entering import read_entry
from lifecycle.people.changes import ConfirmTakeOver, LimitTakeOver, ProposeTakeOver
from lifecycle.workflow.model import PREVIOUS
from lifecycle.workflow.naming import find_material, find_state

if TYPE_CHECKING:
    from lifecycle.engine.values import Entered, Value
    from lifecycle.ledger.register import Request
    from lifecycle.office.office import Office
    from lifecycle.people.decided import Declaration
    from lifecycle.workflow.model import Workflow

STATE_HEADS = ("环节", "state")
OPENED_HEADS = ("立项日", "立项日期", "立项时间", "opened_on")
_YES = ("有", "是", "√", "yes")
_NO = ("", "无", "否", "×", "no")


@dataclass(frozen=True, slots=True)
class RunningCase:
    """A running case as read: where it stands in the file, its title, that of its state, its facts
    and what is declared beside them.
    """

    place: str
    title: str
    stage: str
    facts: dict[str, Value]
    declared: Declared


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Running cases proposed or taken in: the workflow's name and title, the cases, who proposed
    them, who may confirm it; and, once done, their numbers.
    """

    name: str
    title: str
    cases: tuple[RunningCase, ...]
    officer: str
    confirmers: tuple[str, ...]
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunningTable:
    """The lines of a table of running cases; those that do not say in which state they are, are in
    `state`. One that was `mapped` says by its map what its columns are, else by their heads.
    """

    lines: Sequence[BulkLine]
    state: str
    mapped: bool = False


def limit_take_over(office: Office, request: Request, until: str) -> None:
    """Set the last day on which running cases may be taken in."""
    office.register.change_office(request, LimitTakeOver(until))


def propose_take_over(office: Office, request: Request, name: str, table: RunningTable) -> TakeOver:
    """Propose to take running cases in; a dry run only reads them. Raises every fault at once."""
    workflow = office.workflow(name)
    cases = tuple(_read(office, workflow, table))
    if not (request.request_id and office.store.entry(request.request_id)):
        _see_once(office, workflow, cases)
    if not request.dry_run:
        rows = tuple(digest_of(workflow.digest, one.facts, one.declared) for one in cases)
        change = ProposeTakeOver(workflow.name, workflow.digest, rows)
        office.register.change_office(request, change)
    confirmers = office.confirmers(request.officer)
    return TakeOver(workflow.name, workflow.title, cases, request.officer, confirmers)


def confirm_take_over(office: Office, request: Request, name: str, table: RunningTable) -> TakeOver:
    """Confirm, by a table of one's own, what was proposed, and take every case in, all or none."""
    workflow = office.workflow(name)
    meant = _proposed(office, workflow)
    cases = tuple(_read(office, workflow, table))
    rows = tuple(digest_of(workflow.digest, one.facts, one.declared) for one in cases)
    if rows != meant.rows:
        raise _unlike(cases, rows, meant.rows, meant.officer)
    confirmers = office.confirmers(meant.officer)
    plan = TakeOver(workflow.name, workflow.title, cases, meant.officer, confirmers)
    if request.dry_run:
        return plan
    numbers = []
    with office.register.together():
        office.register.change_office(request, ConfirmTakeOver(meant.id))
        own = replace(request, request_id=None)
        for row, one in enumerate(cases, 1):
            act = Open(one.facts, declared=replace(one.declared, by=meant.id, row=row))
            numbers.append(office.register.submit(own, workflow, None, act).case.number)
    return replace(plan, numbers=tuple(numbers))


def see_proposed(office: Office, name: str) -> None:
    """Refuse to confirm, whatever the table says, where nothing waits for it."""
    _proposed(office, office.workflow(name))


def _proposed(office: Office, workflow: Workflow) -> Declaration:
    found = office.directory.declaration(workflow.name)
    if found is None:
        mend = f"管理员先提出：lifecycle takeover propose {workflow.name} 文件"
        raise InvalidError(f"流程 {workflow.name} 没有待确认的接管", mend)
    return found


def _see_once(office: Office, workflow: Workflow, cases: Sequence[RunningCase]) -> None:
    """Refuse what is about the same as a row before it, or as a case that is there and has not
    ended; raises all faults at once.
    """
    names = dict.fromkeys((workflow.subject, *workflow.identity))

    def matter(facts: Mapping[str, Value]) -> tuple[str, ...]:
        return tuple(str(facts.get(name, "")) for name in names)

    titles = {one.title for one in cases}
    wanted = CaseFilter(workflow=workflow.name, seen_by=office.viewer.parts)
    there = [row.number for row in stream(office.store, wanted) if row.title in titles]
    known = (case for case in map(office.case, there) if not case.has_ended(workflow))
    places = {matter(case.facts): f"事项 {case.number}" for case in known}
    faults = []
    for one in cases:
        first = places.setdefault(matter(one.facts), one.place)
        if first != one.place:
            same = "、".join(workflow.facts[name].title for name in names)
            error = InvalidError(f"“{one.title}”与 {first} 相同：{same}", "是同一个的，删去这一行")
            faults.append(EnteredFault(one.place, error))
    if faults:
        raise at_once(faults)


def _unlike(
    cases: Sequence[RunningCase], rows: Sequence[str], proposed: Sequence[str], officer: str
) -> InvalidError:
    """Say where a table is not what was proposed."""
    if len(rows) != len(proposed):
        message = f"文件有 {len(rows)} 件，{officer} 提出的有 {len(proposed)} 件"
    else:
        differing = [one for one, row, its in zip(cases, rows, proposed, strict=True) if row != its]
        told = "、".join(f"{one.place} {one.title}" for one in differing[:5])
        message = f"与 {officer} 提出的不一致：{told} 等 {len(differing)} 件"
    return InvalidError(message, "与提出的人核对；提出的有误，请管理员改好重新提出")


class _FaultyError(LifecycleError):
    """The faults of one line."""

    def __init__(self, faults: list[EnteredFault]) -> None:
        super().__init__("")
        self.faults = faults


def _read(office: Office, workflow: Workflow, table: RunningTable) -> Iterator[RunningCase]:
    """Read every line; raises all faults at once."""
    faults: list[EnteredFault] = []
    found = []
    for line in table.lines:
        if line.faults:
            faults += (EnteredFault("", error) for error in line.faults)
            continue
        try:
            found.append(_case(office, workflow, line, table))
        except _FaultyError as error:
            faults += (EnteredFault(one.place or line.place, one.error) for one in error.faults)
        except LifecycleError as error:
            faults.append(EnteredFault(line.place, error))
    if faults:
        raise at_once(faults)
    if not found:
        raise InvalidError("文件里没有事项", "每行写一项，第一行写列名")
    yield from found


@dataclass(slots=True)
class _Told:
    """What a line says of a running case, as it is written: where it stands, its transitions with
    their days, its materials, and its facts.
    """

    state: str = ""
    opened: str = ""
    steps: dict[str, Entered] = field(default_factory=dict)
    materials: dict[str, Entered] = field(default_factory=dict)
    facts: dict[str, Entered] = field(default_factory=dict)


def _told_by_heads(workflow: Workflow, line: BulkLine) -> _Told:
    """Read a line whose columns are headed by what they are."""
    told = _Told(line.pick(*STATE_HEADS), line.pick(*OPENED_HEADS))
    for head, entered in line.others(*STATE_HEADS, *OPENED_HEADS).items():
        transition, material = _transition(workflow, head), _material(workflow, head)
        if transition is not None:
            told.steps[transition] = entered
        elif material is not None:
            told.materials[material] = entered
        else:
            told.facts[head] = entered
    return told


def _told_by_map(line: BulkLine) -> _Told:
    """Read a line that came by a map, which has said what its columns are."""
    told = _Told(line.pick(STATE), line.pick(OPENED))
    for name, entered in line.others(STATE, OPENED).items():
        if name.startswith(STEP):
            told.steps[name.removeprefix(STEP)] = entered
        elif name.startswith(PAPER):
            told.materials[name.removeprefix(PAPER)] = entered
        else:
            told.facts[name] = entered
    return told


def _case(office: Office, workflow: Workflow, line: BulkLine, table: RunningTable) -> RunningCase:
    told = _told_by_map(line) if table.mapped else _told_by_heads(workflow, line)
    state = find_state(workflow, told.state or table.state)
    titles = workflow.titles
    steps = [(name, _day(titles[name], day)) for name, day in told.steps.items() if day]
    materials = tuple(
        name
        for name, entered in told.materials.items()
        if _is_there(workflow.materials[name].title, entered)
    )
    entry = read_entry(office, workflow, told.facts, line.origin)
    faults = list(entry.faults)
    lacking = [
        f for f in workflow.facts.values() if f.required is True and f.name not in entry.facts
    ]
    faults += [EnteredFault("", InvalidError(f"缺 {fact.title}")) for fact in lacking]
    steps.sort(key=lambda step: step[1])
    first = steps[0][1] if steps else office.register.today().isoformat()
    day = _day("立项日", told.opened) if told.opened else first
    declared = Declared(state, day, tuple(steps), materials)
    today = office.register.today().isoformat()
    faults += [
        EnteredFault("", InvalidError(*one))
        for one in (
            *misfits_of(workflow, declared, today),
            *_dead_ends(workflow, declared, entry.facts),
        )
    ]
    if faults:
        raise _FaultyError(faults)
    title = str(entry.facts.get(workflow.subject, ""))
    stage = workflow.states[state].title
    return RunningCase(line.place, title, stage, dict(entry.facts), declared)


def _dead_ends(
    workflow: Workflow, declared: Declared, facts: Mapping[str, Value]
) -> Iterator[tuple[str, str]]:
    """Say where a case could never go on, and how it is declared instead: it would be suspended
    from nowhere, or lacks what only comes with a transition that was made already.
    """
    leaving = workflow.leaving[declared.state].values()
    if any(way.to == PREVIOUS for way in leaving):
        title = workflow.states[declared.state].title
        message = f"“{title}”里的事项接管以后恢复不了：没有记录它原来在哪个环节"
        yield message, f"环节写{title}以前的那个，接管以后再办{title}"
    made = {name for name, _day in declared.steps}
    ahead = [way for way in leaving if way.name not in made]
    for name in dict.fromkeys(name for way in ahead for name in way.facts):
        sources = [way for way in workflow.transitions if name in (*way.asks, *way.may)]
        if name in facts or not sources or not {way.name for way in sources} <= made:
            continue
        fact, users = (
            workflow.facts[name].title,
            [way.title for way in ahead if name in way.facts],
        )
        message = f"缺 {fact}：办过“{sources[0].title}”的不能再填，“{users[0]}”要用"
        yield message, f"表里写上 {fact}；还没有办“{sources[0].title}”的，不写它的日期"


def _transition(workflow: Workflow, head: str) -> str | None:
    """Find the transition that a column is headed by, by name or title."""
    if head in workflow.titles:
        return head
    named = {title: name for name, title in workflow.titles.items()}
    return named.get(head)


def _material(workflow: Workflow, head: str) -> str | None:
    try:
        return find_material(workflow, head).name
    except (UnknownError, LifecycleError):
        return None


def _is_there(head: str, entered: Entered) -> bool:
    if entered in _YES:
        return True
    if entered in _NO:
        return False
    raise InvalidError(f"材料“{head}”写了“{entered}”", f"有的写 {_YES[0]}，没有的留空")


def _day(head: str, entered: Entered) -> str:
    try:
        return date.fromisoformat(str(entered).strip()).isoformat()
    except ValueError as error:
        raise InvalidError(f"{head} “{entered}” 不是日期", "写作 2026-08-01 的样子") from error
