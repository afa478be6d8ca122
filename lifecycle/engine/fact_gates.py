"""The gates of one fact or material: whether there is such a thing, whether its value may be,
whether it is locked, through which door it is entered, and whether a step rests on it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from lifecycle.engine.case import Case
from lifecycle.engine.docket import Docket
from lifecycle.engine.editions import (
    as_read,
    binding_readers,
    called_step,
    edition_of,
    is_bound,
    is_free,
    transition_of,
    unlocked_since,
)
from lifecycle.engine.gates.asking import seats_dropped_by
from lifecycle.engine.gates.gates import (
    LIST,
    MOST_NAMED,
    Gate,
    judge_guard,
    titles_of_ways,
    unknown,
    way_in,
)
from lifecycle.engine.gates.settled import returns_past
from lifecycle.engine.gates.staffing import judge_staffing
from lifecycle.engine.steps import MadeStep
from lifecycle.engine.values import Value, check_value
from lifecycle.engine.world.others import NO_OTHERS
from lifecycle.errors import InvalidError
from lifecycle.frozen import replace
from lifecycle.workflow.model import LINKED, Fact, Guard, Material, Transition, Workflow
from lifecycle.workflow.reliance import doors_of, renews


def judge_value(docket: Docket, name: str, value: Value) -> Fact | None:
    """See that there is such a fact and that it may have this value; gives the fact."""
    fact = docket.workflow.facts.get(name)
    if fact is None:
        docket.add(unknown("facts", "要素", name, docket.workflow.facts))
        return None
    try:
        check_value(fact, value)
    except InvalidError as error:
        docket.add(Gate("facts", False, {name: value}, error.message, error.mend))
    else:
        judge_fitting(docket, fact, value)
        _judge_link(docket, fact, value)
        judge_not_computed(docket, fact)
    return fact


def judge_fitting(docket: Docket, fact: Fact, value: Value) -> None:
    """See that a value that a fact can have fits the day and the office: no later day than it may
    be, no choice that its list does not have, no unit in which nobody could act.
    """
    _judge_day(docket, fact, value)
    for one, items in _chosen_in(fact, value):
        _judge_listed(docket, fact, one, items)
    for gate in judge_staffing(docket.workflow, {fact.name: value}, docket.moment):
        docket.add(gate)


def _judge_day(docket: Docket, fact: Fact, value: Value) -> None:
    """See that a date, or each of a list, does not lie after the day of the act, unless its fact
    may lie in the future.
    """
    on = docket.moment.on.isoformat()
    for one, days in _days_in(fact, value):
        for day in (str(day) for day in days if str(day) > on):
            given, wanted = f"{one.title} {day}", f"最迟 {on}"
            called = f"{fact.title} 的 " if one is not fact else ""
            text = f"{called}{given}，{wanted}（不能填办理之日以后的日子）"
            mend = "改正日期；还没有发生的，到发生时再填"
            inputs = {fact.name: value}
            docket.add(Gate("facts", False, inputs, text, mend, fact.basis, given, wanted))


def _days_in(fact: Fact, value: Value) -> Iterator[tuple[Fact, list[object]]]:
    """Give the days of a fact, or of each column of a table, that may not lie in the future."""
    for one, items in _fields_of(fact, value):
        if not one.future and "date" in (one.type, one.of):
            yield one, items


def _chosen_in(fact: Fact, value: Value) -> Iterator[tuple[Fact, list[object]]]:
    """Give what a fact, or each column of a table, has of a shared list."""
    for one, items in _fields_of(fact, value):
        if one.listed:
            yield one, items


def _fields_of(fact: Fact, value: Value) -> Iterator[tuple[Fact, list[object]]]:
    """Give the fact with its items, or the columns of a table each with its cells."""
    if not fact.is_table:
        yield fact, [*value] if isinstance(value, list) else [value]
        return
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    for column in fact.columns:
        yield column, [row[column.name] for row in rows if column.name in row]


def _judge_listed(docket: Docket, whole: Fact, fact: Fact, items: list[object]) -> None:
    """See that what is chosen may be chosen on the day of the act from the list in force, and pin
    that version of the list. What the case has from it already is not chosen anew; nor is what an
    effect carries from another case, so that an entry which is withdrawn stops no case that has it.
    """
    held = _held_of(docket, fact.listed)
    chosen = list(dict.fromkeys(str(item) for item in items if item not in held))
    if not chosen:
        return
    inputs = {whole.name: chosen}
    shared = docket.moment.lists.get(fact.listed)
    if shared is None:
        text = f"{fact.title} 的选项表 {fact.listed} 还没有发布"
        mend = "请管理员发布：lifecycle choices publish 文件"
        docket.add(Gate("facts", False, inputs, text, mend, fact.basis))
        return
    day = docket.moment.on.isoformat()
    refused = [
        found
        for item in chosen
        if (found := shared.refusal(item, day)) is not None
        and not (docket.officer.cause and item in shared.titled)
    ]
    for why, mend in refused:
        docket.add(Gate("facts", False, inputs, f"{fact.title} {why}", mend, shared.basis))
    if not refused:
        version = shared.digest[:12]
        told = f"{fact.title} {'、'.join(chosen)} 在选项表“{shared.title}”（{version}）里"
        pin = {"fact": whole.name, "list": shared.name, "sha256": shared.digest}
        column = {} if fact is whole else {"column": fact.name}
        docket.pin(Gate(LIST, True, {**pin, **column}, told))


def _held_of(docket: Docket, listed: str) -> list[object]:
    """Give what a case has been given of the entries of a list."""
    if docket.opened is None:
        return []
    facts, workflow = docket.case.facts, docket.workflow
    kept = (one for name, value in facts.items() for one in _chosen_in(workflow.facts[name], value))
    return [item for one, items in kept if one.listed == listed for item in items]


def judge_not_computed(docket: Docket, fact: Fact) -> None:
    """See that nobody types, or clears, what is computed."""
    ways = docket.workflow.computed.get(fact.name, ())
    if ways:
        text = f"{fact.title} 由 {titles_of_ways(ways)} 自动填写，不能填、不能改"
        mend = "去掉它；据以计算的要素填错了的，更正那些要素"
        docket.add(Gate("door", False, {"name": fact.name}, text, mend, fact.basis))


def _judge_link(docket: Docket, fact: Fact, value: Value) -> None:
    """See that a link names another case that there is, of the workflow that it leads to."""
    if not fact.is_link:
        return
    others = docket.moment.others or NO_OTHERS
    other = others.cases.get(str(value))
    title = others.titles.get(fact.workflow, fact.workflow)
    inputs = {fact.name: value}
    mend = f"写{title}的编号：lifecycle list --workflow {fact.workflow}"
    if other is None or other.cancelled:
        text = f"{fact.title} {value}：{docket.moment.on} 没有编号为 {value} 的事项"
        docket.add(Gate("facts", False, inputs, text, mend, fact.basis))
    elif not other.workflow.is_a(fact.workflow):
        text = f"{fact.title} {value} 是{other.workflow.title}，应为{title}"
        docket.add(Gate("facts", False, inputs, text, mend, fact.basis))
    elif docket.opened is not None and docket.case.number == value:
        docket.add(Gate("facts", False, inputs, f"{fact.title} 不能是本事项自己", mend, fact.basis))
    else:
        pins = {"cases": [list(other.pin)], "link": fact.name, **inputs}
        _add_in_order(docket, Gate("facts", True, pins, f"{fact.title} {value} {other.title}"))


def _add_in_order(docket: Docket, gate: Gate) -> None:
    """Note the gate of a link among those of other links by the order of their facts: an entry does
    not tell in which order they were typed.
    """
    name = gate.inputs["link"]
    later = (place for place, one in enumerate(docket.gates) if one.inputs.get("link", "") > name)
    docket.gates.insert(next(later, len(docket.gates)), gate)


def judge_relinked(docket: Docket, facts: Mapping[str, Value]) -> None:
    """See that what the opening asked of a case that is linked to holds for another one, too."""
    workflow, case = docket.workflow, docket.case
    opening = workflow.opening
    links = {fact.name for fact in workflow.links} & facts.keys()
    if opening is None or not links:
        return
    after = replace(case, facts={**case.facts, **facts})
    moment = docket.moment.once_corrected()
    for guard in opening.guards:
        if links & guard.when.names:
            docket.add(judge_guard(workflow, after, opening, guard, {}, moment))


def judge_lock(docket: Docket, name: str, title: str) -> None:
    """See that what is to be changed is not locked."""
    if name in docket.case.locked:
        mend = "须先办理解除锁定的流转（退回）"
        docket.add(Gate("lock", False, {"name": name}, f"{title} 已锁定，不能更改", mend))


def judge_present(docket: Docket, item: Fact | Material) -> None:
    """See that nobody goes on entering what only a version before has: it stays as it is, and may
    be corrected.
    """
    if item.name in docket.workflow.past_items:
        what = "要素" if isinstance(item, Fact) else "材料"
        text = f"{item.title}：新版流程没有这个{what}，原有的留在记录里"
        docket.add(Gate("migration", False, {"name": item.name}, text, "写错了的，办理更正"))


def judge_no_door(docket: Docket, fact: Fact) -> bool:
    """See that a fact is not asked by some transition: it is then entered with that only."""
    asking = doors_of(docket.workflow, fact.name).asking
    if fact.is_link and not asking:
        text = f"{fact.title} 立项时填报，不能单独填"
        mend = f"填错了的，更正：lifecycle correct {docket.case.number} {fact.name}=… --note 理由"
        docket.add(Gate("door", False, {"name": fact.name}, text, mend))
        return False
    if asking:
        text = f"{fact.title} 随 {titles_of_ways(asking)} 填报，不能单独填"
        mend = way_in(docket.workflow, docket.case, fact)
        docket.add(Gate("door", False, {"name": fact.name}, text, mend))
    return not asking


def judge_asked_later(docket: Docket, fact: Fact) -> None:
    """See that who opens a case does not enter what a later transition asks: unless the opening
    must, or one may enter it with a transition that leaves the first state.
    """
    doors = doors_of(docket.workflow, fact.name)
    asking = doors.asking
    first = any(docket.workflow.initial in way.sources for way in doors.maybe)
    if asking and not first and fact.required is not True:
        text = f"{fact.title} 随 {titles_of_ways(asking)} 填报，立项时不填"
        mend = f"立项时去掉，办理 {asking[0].title} 时填：--set {fact.name}=…"
        docket.add(Gate("door", False, {"name": fact.name}, text, mend))


def judge_relied_on(docket: Docket, item: Fact | Material, *, same: bool) -> None:
    """See that no standing step has read the edition in hand, unless it renews; what stays the
    `same` harms none.
    """
    case, workflow = docket.case, docket.workflow
    if same or item.name in case.locked or is_free(workflow, case, item.name):
        return  # of what is locked, that has been said
    docket.add(_relied_on(workflow, case, item))


def judge_absence_read(docket: Docket, facts: Mapping[str, Value]) -> None:
    """See that what is filled in for the first time upsets no condition that held while it was
    empty: the step that it let pass rests on that as on a value. Conditions that look at other
    cases are not judged again.
    """
    workflow, case = docket.workflow, docket.case
    unmet = [gate.inputs for gate in docket.gates if not gate.met]
    faulty = {name for inputs in unmet for name in (*inputs, str(inputs.get("name")))}
    new = {
        name: value
        for name, value in facts.items()
        if name in workflow.facts.keys() - case.facts.keys() - faulty and not renews(workflow, name)
    }
    ways = [t for t in workflow.transitions if t.name in case.fired]
    ways += [workflow.opening] if workflow.opening is not None else []
    for step in case.steps.of(*dict.fromkeys(t.name for t in ways if _mentions(t, new))):
        for guard in transition_of(workflow, step).guards:
            _judge_filled(docket, step, guard, new)


def _mentions(transition: Transition, names: Collection[str]) -> bool:
    """Tell whether a condition of a transition may read one of these names."""
    return any(name in guard.when.source for guard in transition.guards for name in names)


def _judge_filled(docket: Docket, step: MadeStep, guard: Guard, new: Mapping[str, Value]) -> None:
    """See that a condition of a standing step holds with what the step found empty, too."""
    workflow, case = docket.workflow, docket.case
    read = guard.when.names
    links = {fact.name for fact in workflow.links}
    if read & {LINKED, *workflow.collections, *links}:
        return
    filled = {
        name: value
        for name, value in new.items()
        if name in read
        and name not in step.reads
        and not unlocked_since(workflow, case, name, step)
    }
    if not filled:
        return
    transition = transition_of(workflow, step)
    then, day = as_read(case, step, docket.moment)
    was = judge_guard(workflow, then, transition, guard, {}, day)
    now = judge_guard(workflow, then, transition, guard, filled, day)
    if was.met and not now.met:
        titles = "、".join(workflow.facts[name].title for name in filled)
        text = (
            f"{called_step(workflow, step)}是在 {titles} 空着时办的，填了其条件不再成立：{now.text}"
        )
        ways = "、".join(f"{t.title}（{t.name}）" for t in returns_past(workflow, case, step))
        mend = f"先退回：{ways}，再填" if ways else "没有退回可办，只能照空着的办下去"
        inputs = {"name": next(iter(filled)), "steps": [step.seq]}
        docket.add(Gate("edition", False, inputs, text, mend, guard.basis))


def judge_seats_kept(docket: Docket, fact: Fact, value: Value | None) -> None:
    """See that nobody takes a unit off a co-sign that was asked, or has spoken, by another value or
    by none: that takes a reason and the lead.
    """
    case, workflow = docket.case, docket.workflow
    if any(fact.name in gate.inputs for gate in docket.gates if not gate.met):
        return  # what is no unit is told to be none
    dropped = seats_dropped_by(workflow, case, fact.name, value)
    if not dropped:
        return
    names = docket.moment.names
    units = "、".join(dict.fromkeys(names.get(d.seat.unit, d.seat.unit) for d in dropped))
    titles = "".join(dict.fromkeys(f"“{d.transition.title}”" for d in dropped))
    text = f"{units} 已送{titles}会签，不能直接去掉"
    correct = f"lifecycle correct {case.number} {fact.name}=… --note 理由"
    mend = f"要增加的，连同原有的单位一起写；确不须其会签的，更正：{correct}"
    docket.add(Gate("opinion", False, {"name": fact.name}, text, mend))


def judge_renewed(docket: Docket, transition: Transition, fact: Fact) -> None:
    """See that a transition does not replace what another one entered and a step has read, unless
    it renews the fact.
    """
    case = docket.case
    by = edition_of(case, fact.name).by
    if by in ("", transition.name) or fact.name in transition.renews:
        return
    if is_bound(docket.workflow, case, fact.name):
        docket.add(_relied_on(docket.workflow, case, fact))


def _relied_on(workflow: Workflow, case: Case, item: Fact | Material) -> Gate:
    """Make the unmet gate for what a standing step has read: who did, and how it changes."""
    readers = binding_readers(workflow, case, item.name)
    if not readers and case.declared_on:
        text = f"{item.title} 是接管时声明的，不能直接更改"
        inputs: dict[str, Any] = {"name": item.name, "steps": []}
        return Gate("edition", False, inputs, text, _how_to_change(workflow, case, item))
    titles = list(dict.fromkeys(f"“{workflow.titles[s.transition]}”" for s in readers))
    more = f"等 {len(titles)} 项" if len(titles) > MOST_NAMED else ""
    text = f"{item.title} 已由{''.join(titles[:MOST_NAMED])}{more}采用，不能直接更改"
    inputs = {"name": item.name, "steps": [step.seq for step in readers]}
    return Gate("edition", False, inputs, text, _how_to_change(workflow, case, item))


def how_to_enter(workflow: Workflow, case: Case, fact: Fact) -> str:
    """Say how a fact is entered; of what a step rests on and no transition enters, how it is
    corrected.
    """
    doors = doors_of(workflow, fact.name)
    if doors.asking or doors.maybe or is_free(workflow, case, fact.name):
        return f"请先办：{way_in(workflow, case, fact)}"
    return _how_to_change(workflow, case, fact)


def _how_to_change(workflow: Workflow, case: Case, item: Fact | Material) -> str:
    if isinstance(item, Material):
        correct = f"lifecycle correct {case.number} --material {item.name} --file 文件 --note 理由"
        return f"确属交错的，更正：{correct}"
    correct = f"确属填错的，更正：lifecycle correct {case.number} {item.name}=… --note 理由"
    ways = doors_of(workflow, item.name)
    if not (ways.asking or ways.maybe):
        return correct
    return f"{way_in(workflow, case, item)}；{correct}"
