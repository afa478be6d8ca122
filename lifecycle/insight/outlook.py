"""Where a case stands and what waits for whom: the gates of every way out, as `decide`
judges them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from lifecycle.engine.acts import Advance
from lifecycle.engine.acts.changes import told_proposal
from lifecycle.engine.case import Case
from lifecycle.engine.clock.standing import (
    OpenLimit,
    OwnDays,
    Standing,
    limits_of_others,
    next_limit,
    running_limits,
    stand,
    urging_due,
)
from lifecycle.engine.corrections.consequences import waiting_proposals
from lifecycle.engine.corrections.foresight import foresee
from lifecycle.engine.decide import decide
from lifecycle.engine.gates.asking import asked_seats, due_of_seat
from lifecycle.engine.gates.awaited import ONWARD, awaited_items, awaited_records
from lifecycle.engine.gates.cosign import (
    keeper_of,
    may_speak,
    must_speak_anew,
    signer_of,
    who_is,
)
from lifecycle.engine.gates.gates import (
    ABOUT_COMMAND,
    ABOUT_WHO,
    Gate,
    command_of,
    confirmers_of,
    holds,
    is_set_alone,
    leads_of,
    makers_told,
    resolvers_of,
    role_titles,
    title_of,
)
from lifecycle.engine.gates.quorum import blocking_objections, lasting_objections
from lifecycle.engine.gates.renewals import due_of_renewal, is_settleable, renewals_waiting
from lifecycle.engine.gates.seats import Seat, seats_of, typed
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.errors import ChoiceError, InvalidError
from lifecycle.expression.language import COUNTED
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Fact, Material, Transition, Workflow
from lifecycle.workflow.reliance import doors_of

When = Callable[[str], str | None]
"""Gives the day by which an officer makes what bears a name, or supplies it."""
BY_TIME = ("dwell",)
"""Kinds of gates that a day meets, which their mend tells, and nothing that anybody does."""
_WAYS_BACK = ("resume", "reopen")
"""The kinds of transitions by which a case that stands still goes on."""
ANYBODY = Officer("-", "", "", {})
"""Nobody in particular: judging for this one leaves the role gate to say whose turn it is."""


@dataclass(frozen=True, slots=True)
class Way:
    """One transition out of the case's state, with every gate as judged for an officer."""

    transition: Transition
    gates: tuple[Gate, ...]

    @property
    def is_mine(self) -> bool:
        """Tell whether the officer holds the role and separation of duties allows it."""
        return all(gate.met for gate in self.gates if gate.kind in ABOUT_WHO)

    @property
    def barred(self) -> tuple[str, ...]:
        """Say why somebody who holds the role may not make it all the same: separation of
        duties.
        """
        about_who = [gate for gate in self.gates if gate.kind in ABOUT_WHO]
        if any(gate.kind == "role" and not gate.met for gate in about_who):
            return ()
        return tuple(gate.text for gate in about_who if not gate.met)

    @property
    def is_over(self) -> bool:
        """Tell whether it cannot be made any more, as long as what was made stands."""
        return any(gate.over for gate in self.gates)

    @property
    def missing(self) -> tuple[Gate, ...]:
        """List the unmet gates that are about the case: not who asks, nor what is supplied with the
        command.
        """
        return tuple(
            gate
            for gate in self.gates
            if not gate.met
            and gate.kind not in (*ABOUT_WHO, *ABOUT_COMMAND)
            and gate.act != self.transition.name
        )


@dataclass(frozen=True, slots=True)
class Outlook:
    """All that `show` tells of a case."""

    standing: Standing
    limits: tuple[OpenLimit, ...]
    ways: tuple[Way, ...]
    seats: tuple[tuple[Transition, Seat], ...]


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits for an officer: `sign`, `resolve`, `advance`, `supply`, `confirm` or
    `overdue`, on which case and transition. `correction` is the seq of the entry that confirmed the
    correction on which an opinion is owed anew.
    """

    kind: str
    case: Case
    transition: Transition | None
    text: str
    command: str
    due_on: str | None
    correction: int | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A correction that waits: which, of what, and why; whose word it waits for, and by which
    commands they give it.
    """

    seq: int
    change: str
    note: str
    whose: str
    confirm: str
    decline: str

    @property
    def text(self) -> str:
        """Say in a clause that it waits, and for whom."""
        return f"第 {self.seq} 笔更正（{self.change}）待 {self.whose} 确认或不同意"


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends a limit that runs: in words, by which command, by whom (role titles), and the
    transition that does, where it is one.
    """

    text: str
    command: str
    by: tuple[str, ...]
    transition: Transition | None


def endings_of(workflow: Workflow, case: Case, item: OpenLimit) -> Iterator[Ending]:
    """List what ends a limit of the state in which a case is: transitions, and facts with the
    transition that asks them, if one does. None where only leaving the state does.
    """
    if item.state != case.state:
        return
    leaving = workflow.leaving[case.state]
    for name in item.limit.done:
        fact = workflow.facts.get(name)
        way = leaving.get(name) if fact is None else _asking_here(workflow, case, fact)
        if way is not None:
            asked = f"（填 {fact.title}）" if fact else ""
            yield Ending(f"办理 {way.title}{asked}", command_of(case, way), way.by, way)
        elif fact is not None and is_set_alone(workflow, case, fact):
            command = f"lifecycle set {case.number} {name}=…"
            yield Ending(f"填 {fact.title}", command, fact.by or leads_of(workflow, case), None)


def _asking_here(workflow: Workflow, case: Case, fact: Fact) -> Transition | None:
    """Give the transition out of the case's state that asks a fact, if there is one."""
    leaving = workflow.leaving[case.state]
    asking = doors_of(workflow, fact.name).asking
    return next((way for way in asking if leaving.get(way.name) is way), None)


def pending_corrections(workflow: Workflow, case: Case, moment: Moment) -> list[Pending]:
    """List the corrections that wait for the lead, the oldest first."""
    waiting = waiting_proposals(case)
    if not waiting:
        return []  # nor is asked who would confirm: that may look at all steps of the case
    lead = role_titles(workflow, confirmers_of(workflow, case))
    return [
        Pending(
            seq=proposal.seq,
            change=told_proposal(workflow, case, proposal, moment.names),
            note=proposal.note,
            whose=f"{lead}（{'、'.join(proposal.persons)} 以外的人）",
            confirm=f"lifecycle confirm {case.number} {proposal.seq}",
            decline=f"lifecycle decline {case.number} {proposal.seq} --note …",
        )
        for proposal in waiting
    ]


def judge_way(
    workflow: Workflow, case: Case, name: str, officer: Officer, moment: Moment
) -> Way | Gate:
    """Judge one transition for an officer.

    The unmet state gate where it does not leave the case's state.
    """
    decision = decide(workflow, case, Advance(name), officer, moment)
    transition = workflow.leaving[case.state].get(name)
    return Way(transition, decision.gates) if transition else decision.gates[0]


def only_forward(
    workflow: Workflow, case: Case, officer: Officer, moment: Moment, command: str = "advance"
) -> Transition:
    """Give the one forward transition that can be meant where none is named: of those that leave
    the state and that the officer makes, the one that nothing has excluded; `command` is to name
    one where there are several.

    Where none is the officer's, the only one there is, for its gates say whose it is. Raises
    ChoiceError or InvalidError.
    """
    leaving = workflow.leaving[case.state].values()
    forward = [t for t in leaving if t.kind == "forward" and t.by]
    if not forward:
        raise _leads_nowhere(workflow, case)
    mine = [t for t in forward if any(holds(workflow, case, officer, role) for role in t.by)]
    found = _still_open(workflow, case, mine or forward, officer, moment)
    if len(found) == 1:
        return found[0]
    named = [f"{t.title}（{t.name}，{makers_told(workflow, t)}）" for t in found]
    example = f"lifecycle {command} {case.number} {found[0].name}"
    if mine or command == "why":
        what = f"{case.number} 可推进的流转"
        raise ChoiceError(what, named, f"写明是哪一项，如：{example}")
    whose = "、".join(dict.fromkeys(makers_told(workflow, t) for t in found))
    title = workflow.states[case.state].title
    raise InvalidError(
        f"{case.number} 现为“{title}”，没有由您推进的流转；"
        f"下一步由 {whose} 办理：{'、'.join(named)}",
        f"用 lifecycle show {case.number} 查看可办事项",
    )


def _leads_nowhere(workflow: Workflow, case: Case) -> InvalidError:
    """Say that no transition leads on from a case's state, and which lead back on the way."""
    title = workflow.states[case.state].title
    leaving = workflow.leaving[case.state].values()
    ways = "、".join(f"{t.title}（{t.name}）" for t in leaving if t.kind in _WAYS_BACK)
    also = f"；要办 {ways}，写明它的名称" if ways else ""
    return InvalidError(
        f"{case.number} 现为“{title}”，没有可以推进的流转",
        f"用 lifecycle show {case.number} 查看可办事项{also}",
    )


def _still_open(
    workflow: Workflow, case: Case, ways: list[Transition], officer: Officer, moment: Moment
) -> list[Transition]:
    """Give those of some transitions that can still be made; all of them where none can."""
    if len(ways) < 2:
        return ways
    open_ways = [t for t in ways if not _judged(workflow, case, t, officer, moment).is_over]
    return open_ways or ways


def look(workflow: Workflow, case: Case, officer: Officer, moment: Moment) -> Outlook:
    """Work out where a case stands for an officer; there is no way out of a cancelled one."""
    if case.cancelled:
        return Outlook(stand(workflow, case, moment.calendar), (), (), ())
    ways = []
    for name, transition in workflow.leaving[case.state].items():
        decision = decide(workflow, case, Advance(name), officer, moment)
        ways.append(Way(transition, decision.gates))
    seats = tuple(
        (t, seat)
        for t in workflow.leaving[case.state].values()
        for seat in seats_of(workflow, case, t)
    )
    limits = running_limits(workflow, case, moment.calendar)
    standing = stand(workflow, case, moment.calendar, moment.on)
    return Outlook(standing, limits, tuple(ways), seats)


def tasks_of(workflow: Workflow, case: Case, officer: Officer, moment: Moment) -> Iterator[Task]:
    """List what one case asks of an officer: opinions owed, transitions open to them, what these
    still lack.

    Only what may be the officer's is judged: an inbox looks at many cases.
    """
    following = next_limit(workflow, case, moment.calendar)
    due = following.due.on.isoformat() if following else None
    days = OwnDays.of(workflow, case, moment.calendar)
    leads = any(holds(workflow, case, officer, lead) for lead in days.leads)
    when = partial(days.day, leads=leads)
    found: list[Task] = list(_corrections_waiting(workflow, case, officer, moment))
    found += _renewals_owed(workflow, case, officer, moment, due)
    records = awaited_records(workflow, case)
    is_waited_for = any(
        holds(workflow, case, officer, role) for record in records for role in record.by
    )
    for transition in workflow.leaving[case.state].values():
        found += _signatures_owed(workflow, case, transition, officer, moment, due)
        found += _objections_standing(workflow, case, transition, officer, moment, due)
        if transition.kind not in ONWARD:
            continue
        if any(holds(workflow, case, officer, r) for r in transition.by):
            found += _moves_open(workflow, case, transition, officer, moment, when)
        elif is_waited_for:
            found += _steps_open(workflow, case, transition, officer, moment, when)
    found += _items_owed(workflow, case, officer, records, when)
    found += _limits_owed(workflow, case, officer, moment, when)
    if leads:
        found += _limits_led(workflow, case, officer, moment, known=found)
    for task in _told_once(workflow, case, found, officer, moment):
        yield _with_pending(workflow, task, moment, known=found)
    yield from _urging_owed(workflow, case, officer, moment)
    if following is None or following.due.on >= moment.on or found:
        return
    if leads:
        text = f"{workflow.states[following.state].title} 已逾期（限 {due}）"
        ready = "、".join(_ready_ways(workflow, case, officer, moment))
        text += f"；可办：{ready}" if ready else ""
        ends = (
            f"{end.text}（{role_titles(workflow, end.by)}）"
            for end in endings_of(workflow, case, following)
        )
        text += f"；办结以 {ended} 为准" if (ended := "或 ".join(ends)) else ""
        yield Task("overdue", case, None, text, f"lifecycle show {case.number}", due)


def _told_once(
    workflow: Workflow, case: Case, found: list[Task], officer: Officer, moment: Moment
) -> Iterable[Task]:
    """Give each kind and command once, for the last of the transitions that want it; but not for
    one that the case's history keeps from being next, where another is not kept.
    """

    def comes_first(one: Transition | None, other: Transition | None) -> bool:
        if one is None or other is None or one is other:
            return False
        is_kept_back = _is_held_up(workflow, case, other, officer, moment)
        return is_kept_back and not _is_held_up(workflow, case, one, officer, moment)

    kept: dict[tuple[str, str], Task] = {}
    for task in found:
        former = kept.get((task.kind, task.command))
        if former is None or not comes_first(former.transition, task.transition):
            kept[task.kind, task.command] = task
    return kept.values()


def _is_held_up(
    workflow: Workflow, case: Case, transition: Transition, officer: Officer, moment: Moment
) -> bool:
    """Tell whether a condition about what the case has made keeps a transition from being next."""
    about_history = (*COUNTED, "last")
    whens = {
        guard.when.source
        for guard in transition.guards
        if any(space in about_history for space, _name in guard.when.paths)
    }
    way = _judged(workflow, case, transition, officer, moment)
    return any(gate.kind == "guard" and gate.inputs.get("when") in whens for gate in way.missing)


def _with_pending(workflow: Workflow, task: Task, moment: Moment, *, known: list[Task]) -> Task:
    """Say with a transition that corrections wait, and for whom, unless it is for the officer, who
    has that as a task.
    """
    if task.kind not in ("advance", "supply") or task.transition is None:
        return task
    mine = {other.command for other in known if other.kind == "confirm"}
    found = pending_corrections(workflow, task.case, moment)
    others = [one for one in found if one.confirm not in mine]
    if not others:
        return task
    sign = "".join(f"〔第 {one.seq} 笔更正待确认〕" for one in others)
    told = (f"{one.text}：{one.confirm}" for one in others)
    return replace(task, text="；".join((f"{sign}{task.text}", *told)))


def _ready_ways(workflow: Workflow, case: Case, officer: Officer, moment: Moment) -> Iterator[str]:
    """Name the ways out of the state that an officer can go now, but for those that only note."""
    for way in workflow.leaving[case.state].values():
        if way.kind != "record" and any(holds(workflow, case, officer, r) for r in way.by):
            judged = _judged(workflow, case, way, officer, moment)
            if judged.is_mine and not judged.missing:
                yield f"{way.title}（{way.name}）"


def _limits_owed(
    workflow: Workflow, case: Case, officer: Officer, moment: Moment, when: When
) -> Iterator[Task]:
    """List what ends the limits that run for others than who leads, where it is the officer's: to
    enter a fact or, where a transition asks it, to make that one, for it is not entered alone.
    """
    for item, fact in limits_of_others(workflow, case, moment.calendar):
        if not any(holds(workflow, case, officer, role) for role in fact.by):
            continue
        mark, day = f"（期限“{item.limit.title}”）", when(fact.name)
        way = _asking_here(workflow, case, fact)
        if is_set_alone(workflow, case, fact):
            command = f"lifecycle set {case.number} {fact.name}=…"
            yield Task("supply", case, None, f"填 {fact.title}{mark}", command, day)
        elif way is not None and any(holds(workflow, case, officer, role) for role in way.by):
            for task in _moves_open(workflow, case, way, officer, moment, when):
                ends = task.transition is way
                yield replace(task, text=f"{task.text}{mark}", due_on=day) if ends else task


def _urging_owed(
    workflow: Workflow, case: Case, officer: Officer, moment: Moment
) -> Iterator[Task]:
    """List the records by which the officer urges, as far as a limit has passed since."""
    for way, item in urging_due(workflow, case, moment.calendar):
        if item.due.on >= moment.on or not any(holds(workflow, case, officer, r) for r in way.by):
            continue
        judged = _judged(workflow, case, way, officer, moment)
        if judged.is_mine and not judged.is_over:
            day = item.due.on.isoformat()
            move = _move(case, judged, (), {way.name: day}.get)
            yield replace(move, text=f"{move.text}（期限“{item.limit.title}”已过，限 {day}）")


def _limits_led(
    workflow: Workflow, case: Case, officer: Officer, moment: Moment, *, known: list[Task]
) -> Iterator[Task]:
    """List what ends the limits that run for who leads, as far as the officer does it and it is not
    told already: else they would see a day pass, and not what for.
    """
    told = {task.transition.name for task in known if task.transition is not None}
    for item in running_limits(workflow, case, moment.calendar):
        day, mark = item.due.on.isoformat(), f"（期限“{item.limit.title}”）"
        for end in endings_of(workflow, case, item):
            if not any(holds(workflow, case, officer, role) for role in end.by):
                continue
            if end.transition is None:
                yield Task("supply", case, None, f"{end.text}{mark}", end.command, day)
            elif end.transition.name not in told:
                told.add(end.transition.name)
                way = _judged(workflow, case, end.transition, officer, moment)
                if way.is_mine and not way.is_over:
                    move = _move(case, way, (), {end.transition.name: day}.get)
                    yield replace(move, text=f"{move.text}{mark}")


def _items_owed(
    workflow: Workflow,
    case: Case,
    officer: Officer,
    records: Iterable[Transition],
    when: When,
) -> Iterator[Task]:
    """List the facts and materials that the officer supplies and others wait for."""
    for awaited in awaited_items(workflow, case, records):
        item, way = awaited.item, awaited.way
        if any(holds(workflow, case, officer, role) for role in way.by):
            continue  # it is told with the transition itself
        if any(holds(workflow, case, officer, role) for role in item.by):
            is_file = item.name in workflow.materials
            text = f"{'交' if is_file else '填'} {item.title}（{way.title} 要用）"
            command = f"lifecycle set {case.number} {item.name}=…"
            if is_file:
                command = f"lifecycle attach {case.number} {item.name} 文件"
            yield Task("supply", case, way, text, command, when(item.name))


def _corrections_waiting(
    workflow: Workflow, case: Case, officer: Officer, moment: Moment
) -> Iterator[Task]:
    """List the corrections that the officer may confirm: as the lead, and another person. No rule
    says by when.
    """
    waiting = waiting_proposals(case)
    if not (waiting and _confirms(workflow, case, officer)):
        return
    for proposal in waiting:
        if set(proposal.persons) & set(officer.persons):
            continue
        change = told_proposal(workflow, case, proposal, moment.names)
        needs = foresee(workflow, case, proposal, moment).needs
        text = "；".join((f"确认更正 {change}：{proposal.note}", *needs))
        command = f"lifecycle confirm {case.number} {proposal.seq}"
        yield Task("confirm", case, None, text, command, None)


def _confirms(workflow: Workflow, case: Case, officer: Officer) -> bool:
    """Tell whether an officer confirms corrections; that looks at the steps of a case."""
    return any(holds(workflow, case, officer, role) for role in confirmers_of(workflow, case))


def _renewals_owed(
    workflow: Workflow, case: Case, officer: Officer, moment: Moment, due: str | None
) -> Iterator[Task]:
    """List the opinions that the officer's unit has to give anew, since a correction changed what
    they covered; and, for the lead, the objections to settle.
    """
    waiting = renewals_waiting(workflow, case)
    leads = bool(waiting) and _confirms(workflow, case, officer)
    for renewal in waiting:
        for seat in renewal.objecting if leads else ():
            if is_settleable(workflow, renewal, seat):
                name = who_is(workflow, moment, seat.role, seat.unit)
                text = f"处理 {name} 对第 {renewal.correction} 笔更正的不同意见"
                place = f"{renewal.correction} {typed(seat.role, seat.unit)}"
                command = f"lifecycle resolve {case.number} {place} --note …"
                yield Task("resolve", case, None, text, command, due)
        for seat in renewal.owing:
            signer = signer_of(case, renewal, seat, moment)
            if not may_speak(workflow, case, officer, seat) or signer not in ("", officer.unit):
                continue
            own = due_of_renewal(workflow, case, renewal, seat, moment.calendar)
            what = "、".join(title_of(workflow, name) for name in renewal.renewal.names)
            text = f"{what} 已更正（第 {renewal.correction} 笔），须重新表示意见"
            if own is not None and own.on < moment.on:
                text += f"（已逾期，限 {own.on}）"
            command = f"lifecycle sign {case.number} {renewal.correction} agree"
            day = own.on.isoformat() if own is not None else due
            yield Task("sign", case, None, text, command, day, renewal.correction)


def _signatures_owed(
    workflow: Workflow,
    case: Case,
    transition: Transition,
    officer: Officer,
    moment: Moment,
    due: str | None,
) -> Iterator[Task]:
    """List the opinions that the officer was asked for, each with its own day."""
    mine = [
        seat
        for seat in seats_of(workflow, case, transition)
        if may_speak(workflow, case, officer, seat)
        and keeper_of(case, transition, seat, moment) in ("", officer.unit)
    ]
    several = len({id(transition.cosign_of(seat.role)) for seat in mine}) > 1
    for seat in asked_seats(workflow, case, transition):
        if seat not in mine:
            continue
        own = due_of_seat(workflow, case, transition, seat, moment.calendar)
        late = own is not None and own.on < moment.on
        again = "，原意见已失效，须重新会签" if seat.stale else ""
        text = f"会签 {transition.title}{again}"
        if own is not None and late:
            text += f"（已逾期，限 {own.on}）"
        command = f"lifecycle sign {case.number} {transition.name} agree"
        if several:  # a role says at which of the co-signs
            command += f" --role {seat.role}"
        day = own.on.isoformat() if own is not None else due
        yield Task("sign", case, transition, text, command, day)


def _objections_standing(
    workflow: Workflow,
    case: Case,
    transition: Transition,
    officer: Officer,
    moment: Moment,
    due: str | None,
) -> Iterator[Task]:
    """List the objections that block: for their unit, where things have changed since, and for the
    lead, who may settle them.
    """
    for objection in lasting_objections(workflow, case, transition):
        if objection.by_unit == officer.unit and _speaks(workflow, case, officer, objection.role):
            text = f"会签 {transition.title}：其后有退回或变更，原不同意见仍在，可改变或撤回"
            command = f"lifecycle sign {case.number} {transition.name} agree"
            yield Task("sign", case, transition, text, command, due)
    roles = resolvers_of(workflow, case, transition)
    if not any(holds(workflow, case, officer, role) for role in roles):
        return
    for cosign in transition.cosigns:
        for objection in blocking_objections(case, transition, cosign):
            name = who_is(workflow, moment, objection.role, objection.unit)
            seat = typed(objection.role, objection.unit)
            text = f"处理 {name} 对 {transition.title} 的不同意见：{objection.note}"
            if must_speak_anew(workflow, case, transition, objection):
                text += "（其后有退回或变更：处理以后仍须其重新会签，宜请其直接重新会签）"
            command = f"lifecycle resolve {case.number} {transition.name} {seat} --note …"
            yield Task("resolve", case, transition, text, command, due)


def _speaks(workflow: Workflow, case: Case, officer: Officer, role: str) -> bool:
    """Tell whether an officer may speak for their unit's objection: it may be off the panel."""
    return role in officer.held or holds(workflow, case, officer, role)


def _moves_open(
    workflow: Workflow,
    case: Case,
    transition: Transition,
    officer: Officer,
    moment: Moment,
    when: When,
) -> Iterator[Task]:
    """List what an officer can do to make a transition: the steps that have to be made before it,
    those that are theirs first, then the transition itself. Whoever may not make it, having made or
    signed something before, learns that, and what they may still supply for it.
    """
    way = _judged(workflow, case, transition, officer, moment)
    if way.is_over or not (way.is_mine or way.barred):
        return
    steps = tuple(_steps_before(workflow, case, way, officer, moment, {transition.name}))
    for step in steps:
        yield from _open_to(workflow, case, step, officer, when)
    if way.is_mine:
        yield _move(case, way, tuple(_said(workflow, step) for step in steps), when)
    else:
        yield from _supplies_of_barred(workflow, case, way, officer, when)


def _open_to(
    workflow: Workflow, case: Case, step: Way, officer: Officer, when: When
) -> Iterator[Task]:
    """List what a step that waits for no other one asks of an officer, if anything."""
    if step.is_mine:
        yield _move(case, step, (), when)
    elif step.barred:
        yield from _supplies_of_barred(workflow, case, step, officer, when)


def _supplies_of_barred(
    workflow: Workflow, case: Case, way: Way, officer: Officer, when: When
) -> Iterator[Task]:
    """List the facts and materials that a transition lacks and that an officer may supply who may
    not make it.
    """
    title = way.transition.title
    barred = "；".join(way.barred)
    for gate in {gate.mend: gate for gate in reversed(way.missing)}.values():
        item = _supplied_by(workflow, case, gate)
        if item is None:
            continue
        if item.by and not any(holds(workflow, case, officer, role) for role in item.by):
            continue
        text = f"{title} 尚缺：{gate.text}；您可补，但不能办这一步（{barred}）"
        yield Task("supply", case, way.transition, text, gate.mend, when(item.name))


def _supplied_by(workflow: Workflow, case: Case, gate: Gate) -> Fact | Material | None:
    """Give the fact or material that, entered or attached by itself, would meet a gate."""
    for verb, items in (("set", workflow.facts), ("attach", workflow.materials)):
        lead = f"lifecycle {verb} {case.number} "
        if gate.mend.startswith(lead):
            name = gate.mend.removeprefix(lead).partition("=")[0].partition(" ")[0]
            return items.get(name)
    return None


def _steps_open(
    workflow: Workflow,
    case: Case,
    transition: Transition,
    officer: Officer,
    moment: Moment,
    when: When,
) -> Iterator[Task]:
    """List the officer's own steps that a transition of others waits for."""
    way = _judged(workflow, case, transition, officer, moment)
    if way.is_over:
        return
    for step in _steps_before(workflow, case, way, officer, moment, {transition.name}):
        yield from _open_to(workflow, case, step, officer, when)


def _judged(
    workflow: Workflow, case: Case, transition: Transition, officer: Officer, moment: Moment
) -> Way:
    decision = decide(workflow, case, Advance(transition.name), officer, moment)
    return Way(transition, decision.gates)


def _steps_before(
    workflow: Workflow,
    case: Case,
    way: Way,
    officer: Officer,
    moment: Moment,
    seen: set[str],
) -> Iterator[Way]:
    """Give the records that have to be made before a transition and wait for no other one: the
    nearest steps towards it.
    """
    for name in dict.fromkeys(gate.act for gate in way.missing if gate.act):
        step = workflow.leaving[case.state].get(name)
        if step is None or step.kind != "record" or name in seen:
            continue
        seen.add(name)
        judged = _judged(workflow, case, step, officer, moment)
        if judged.is_over:
            continue
        if any(gate.act for gate in judged.missing):
            yield from _steps_before(workflow, case, judged, officer, moment, seen)
        else:
            yield judged


def _move(case: Case, way: Way, steps: tuple[str, ...], when: When) -> Task:
    """Make the task of one transition; `steps` tell what has to be made before it."""
    transition, due = way.transition, when(way.transition.name)
    if not way.missing:
        command = command_of(case, transition)
        return Task("advance", case, transition, f"可办 {transition.title}", command, due)
    lacks = "；".join((*steps, *(_lack(gate) for gate in way.missing if not (steps and gate.act))))
    command = f"lifecycle why {case.number} {transition.name}"
    text = f"{transition.title} 尚不能办：{lacks}"
    return Task("supply", case, transition, text, command, due)


def _lack(gate: Gate) -> str:
    """Say what an unmet gate lacks; of one that time meets, from which day it is met."""
    return f"{gate.text}（{gate.mend}）" if gate.kind in BY_TIME and gate.mend else gate.text


def _said(workflow: Workflow, step: Way) -> str:
    """Say of a step before a transition what it is and whose."""
    transition = step.transition
    return f"先办 {transition.title}（{makers_told(workflow, transition)}）"
