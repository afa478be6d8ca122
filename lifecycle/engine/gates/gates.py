"""The gates of a transition, one small function each: what it looked at, whether it is met, and how
to meet it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from lifecycle.engine.case import Case, File
from lifecycle.engine.editions import is_free
from lifecycle.engine.gates.seats import is_vacant
from lifecycle.engine.gates.wording import (
    ToldCondition,
    World,
    acts_lacking,
    is_every,
    tell_guard,
    text_of,
    yet_to_judge,
)
from lifecycle.engine.values import Value, show_value
from lifecycle.engine.world.clocks import earliest_of
from lifecycle.engine.world.collected import Collected
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.engine.world.others import NO_OTHERS, CaseRecord, pins_of, read_along, recorded_pins
from lifecycle.engine.world.scope import history_of, plain, scope_of
from lifecycle.errors import UnknownError
from lifecycle.expression.expression import Expression
from lifecycle.expression.faults import ExpressionError, MissingName
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import (
    CLOCK,
    ENTERED,
    LINKED,
    Counter,
    Dwell,
    Fact,
    Guard,
    Material,
    Role,
    Transition,
    Workflow,
)
from lifecycle.workflow.reliance import counting_states, doors_of, required_by

BY_CLOCK = "到期自动办理"
"""Who makes a transition that the clock makes."""
LIST = "list"
"""The kind of gate that pins the version of a shared list from which a fact was chosen."""
LABELS = {
    "does": "带动",
    "due": "到期",
    "state": "环节",
    "role": "角色",
    "not_by": "回避",
    "reason": "理由",
    "facts": "要素",
    "materials": "材料",
    "cosign": "会签",
    "guard": "条件",
    "dwell": "期限",
    "counter": "次数",
    "lock": "锁定",
    "door": "填报",
    "edition": "更正",
    "opinion": "意见",
    "unit": "单位",
    "person": "人员",
    "letter": "公文",
    "own": "本人",
    "relied": "采用",
    "sets": "计算",
    "link": "关联",
    "migration": "改版",
    "declared": "接管",
    LIST: "选项",
}
ABOUT_WHO = ("role", "not_by")
"""Kinds of gates about who asks, not about the case."""
ABOUT_COMMAND = ("reason",)
"""Kinds of gates that what comes with the command meets."""
MOST_NAMED = 3
"""So many steps or states are named in one sentence; of more it is told how many."""
SPANS = {"day": "日", "workday": "个工作日", "month": "个月"}
VERDICTS = {"agree": "同意", "conditional": "附条件同意", "object": "不同意"}
"""What an opinion can be, in the product's own words: the gates and the ledger know these three."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition as judged: its kind, whether it is met, what it relied on, and what an officer
    reads.

    `given` and `wanted` are what there is and what should be, in words, for machines that show them
    apart; `act` names the transition that would meet it: another one, or the one that is judged,
    with a fact that it asks. `over`: it has been made so often, or something else has been made
    after which it is not to be made, that it stays unmet as long as that stands.
    """

    kind: str
    met: bool
    inputs: Mapping[str, Any]
    text: str
    mend: str = ""
    basis: str = ""
    given: str = ""
    wanted: str = ""
    act: str = ""
    over: bool = False

    @property
    def label(self) -> str:
        """Give the kind's Chinese name."""
        return LABELS[self.kind]


def unknown(kind: str, what: str, name: str, known: Iterable[str], otherwise: str = "") -> Gate:
    """Make the unmet gate for a name that nothing bears.

    `otherwise` is the mend where nothing known is like it.
    """
    error = UnknownError(what, name, known, otherwise)
    return Gate(kind, False, {"name": name}, error.message, error.mend)


def holds(workflow: Workflow, case: Case | None, officer: Officer, role: str) -> bool:
    """Tell whether an officer holds a role in a case.

    A role bound to units is held by officers of those units only: by those to whom it was granted,
    or by anyone in office there where the role says so. One bound to a person or a post is held by
    that person (or that person's division, or its leader in charge), or by who holds that post,
    without a grant. Somebody of another unit who acts for
    the holder needs a role that may be delegated across units, and whoever acts for another only
    what was delegated.
    """
    rule = workflow.roles[role]
    if not is_lent(officer, rule):
        return False
    if rule.sealing and officer.principal:
        return False
    if rule.named is not None:
        return case is not None and _is_named(rule, case, officer)
    if rule.held_by != "any" and role not in officer.held:
        return False
    bound = rule.bound
    return bound is None or (case is not None and officer.unit in case.bound_units(bound))


def is_lent(officer: Officer, rule: Role) -> bool:
    """Tell whether a delegation, if an officer acts by one, is of a role too."""
    if officer.away and rule.delegate != "across":
        return False
    return not officer.limited or rule.name in officer.limited


def _is_named(rule: Role, case: Case, officer: Officer) -> bool:
    """Tell whether a case names this officer, or a post that they hold, for a role; or an officer
    of their division, or of one of which they are in charge, where that holds the role.
    """
    return case.facts.get(str(rule.named)) in names_for(officer, rule)


def names_for(officer: Officer, rule: Role) -> Collection[str]:
    """Give what a case may name so that an officer holds a role that is bound to a person or a
    post.
    """
    if rule.post:
        return officer.posts
    if rule.held_by == "division":
        return officer.mates
    if rule.held_by == "leader":
        return officer.led
    return (officer.acts_as,)


def title_of(workflow: Workflow, name: str) -> str:
    """Give the title of a fact or material."""
    known = workflow.facts.get(name) or workflow.materials[name]
    return known.title


def role_titles(workflow: Workflow, roles: tuple[str, ...]) -> str:
    """Write the titles of roles for an officer."""
    return "、".join(workflow.roles[role].title for role in roles)


def makers_told(workflow: Workflow, transition: Transition) -> str:
    """Say who makes a transition: the titles of roles, or of what it is an effect only."""
    if transition.by:
        return role_titles(workflow, transition.by)
    return BY_CLOCK if CLOCK in transition.causes else f"随 {'、'.join(transition.causes)} 办理"


def made_by(cause: str) -> str:
    """Say of a step with a cause how it came about: as an effect, or by the clock."""
    return BY_CLOCK if cause == CLOCK else f"由别的事项的办理（{cause}）带动"


def judge_maker(
    workflow: Workflow, case: Case | None, transition: Transition, officer: Officer, moment: Moment
) -> tuple[Gate, str]:
    """Judge whether the officer may make a transition, or the effect of another may; also give the
    role relied on, or the cause, empty if none.
    """
    cause = officer.cause
    if cause == CLOCK and cause in transition.causes:
        return Gate("role", True, {"role": cause}, BY_CLOCK), cause
    if cause and cause in transition.causes:
        return Gate("role", True, {"role": cause}, f"由 {cause} 带动"), cause
    if cause:
        return Gate("role", False, {}, f"“{transition.title}”没有许可由 {cause} 带动"), ""
    if not transition.by and CLOCK in transition.causes:
        text = f"“{transition.title}”{BY_CLOCK}，不能由人办"
        return Gate("role", False, {}, text, "到期那一天起，办理本事项以前自动办"), ""
    if not transition.by:
        text = f"“{transition.title}”只随 {'、'.join(transition.causes)} 一并办理，不能单独办"
        return Gate("role", False, {}, text), ""
    return judge_role(workflow, case, officer, moment, transition.by)


def judge_role(
    workflow: Workflow, case: Case | None, officer: Officer, moment: Moment, roles: tuple[str, ...]
) -> tuple[Gate, str]:
    """Judge whether the officer may act at all; also give the role relied on, empty if none."""
    held = next((role for role in roles if holds(workflow, case, officer, role)), "")
    if held:
        return Gate(
            "role", True, {"role": held}, f"{workflow.roles[held].title}（{officer.id}）"
        ), held
    unit = moment.names.get(officer.unit, officer.unit)
    who = f"{unit} {officer.id}" + (f"，代 {officer.principal}" if officer.principal else "")
    wanted = role_titles(workflow, roles)
    if officer.principal and any(r in officer.held and workflow.roles[r].sealing for r in roles):
        text = f"{wanted} 须两人授权，不能委托；您（{who}）不能代办"
        return Gate("role", False, {}, text, f"请 {officer.principal} 本人办理"), ""
    if officer.away and any(role in officer.held for role in roles):
        text = f"{wanted} 只能委托给本单位的人；您（{officer.id}）是别的单位的"
        return Gate("role", False, {}, text, f"请 {officer.principal} 委托本单位的人"), ""
    bound = [workflow.roles[r] for r in roles if case and is_vacant(workflow, case, r)]
    if bound and case:
        fact = workflow.facts[str(bound[0].binding)]
        mend = f"先指定{fact.title}：lifecycle set {case.number} {fact.name}=…"
    else:
        mend = f"请 {wanted} 的经办人办理；受委托的，加 --for 委托人"
    return Gate("role", False, {}, f"由 {wanted} 办理；您（{who}）不具备该角色", mend), ""


def judge_persons(
    workflow: Workflow, case: Case, transition: Transition, officer: Officer
) -> Iterator[Gate]:
    """Judge separation of duties: nobody who made the named transitions last may make this one."""
    for other in transition.not_by:
        fired = case.fired.get(other)
        same = sorted(set(fired.persons) & set(officer.persons)) if fired else []
        title = "立项" if other == "open" else workflow.titles[other]
        inputs = {"of": other, "persons": list(fired.persons) if fired else []}
        if same:
            yield Gate(
                "not_by",
                False,
                inputs,
                f"{title} 由 {'、'.join(same)} 办理，须换人",
                "请同单位的另一位经办人办理",
            )
        else:
            yield Gate("not_by", True, inputs, f"不与 {title} 同一人")


def judge_second_person(
    workflow: Workflow, case: Case, transition: Transition, officer: Officer
) -> Iterator[Gate]:
    """Judge that nobody reopens a case that they have ended themselves: the step by which it ended
    is its last.
    """
    if not transition.reopens or not case.steps:
        return
    ending = case.steps[-1]
    same = sorted(set(ending.persons) & set(officer.persons))
    inputs = {"of": ending.transition, "persons": list(ending.persons)}
    title = workflow.titles[ending.transition]
    if same:
        text = f"{title} 由 {'、'.join(same)} 办理，{transition.title} 须换人"
        yield Gate("not_by", False, inputs, text, "请同单位的另一位经办人办理")
    else:
        yield Gate("not_by", True, inputs, f"不与 {title} 同一人")


def way_in(workflow: Workflow, case: Case, fact: Fact) -> str:
    """Say how a fact is entered: by itself, or with a transition that can be made now, or else with
    one from another state.
    """
    computing = workflow.computed.get(fact.name, ())
    if computing:
        return f"办理{titles_of_ways(computing)}时自动填写"
    if is_set_alone(workflow, case, fact):
        return f"lifecycle set {case.number} {fact.name}=…"
    here = door_here(workflow, case, fact)
    if here is not None:
        return f"随“{here.title}”填：{_with_fact(case, here, fact)}"
    ways = _ways_of(workflow, fact)
    states = list(dict.fromkeys(workflow.states[s].title for way in ways for s in way.sources))
    more = f"等 {len(states)} 个环节" if len(states) > MOST_NAMED else ""
    return f"在“{'、'.join(states[:MOST_NAMED])}”{more}办理 {titles_of_ways(ways)} 时填"


def is_set_alone(workflow: Workflow, case: Case, fact: Fact) -> bool:
    """Tell whether a fact is entered by itself, without a transition."""
    if fact.name in workflow.computed or fact.is_link:
        return False
    asking = doors_of(workflow, fact.name).asking
    return not asking and is_free(workflow, case, fact.name)


def door_here(workflow: Workflow, case: Case, fact: Fact) -> Transition | None:
    """Give the transition out of the case's state by which a fact may be entered, if there is
    one.
    """
    ways = _ways_of(workflow, fact)
    return next((way for way in ways if case.state in way.sources), None)


def _ways_of(workflow: Workflow, fact: Fact) -> tuple[Transition, ...]:
    doors = doors_of(workflow, fact.name)
    return (*doors.asking, *doors.maybe)


def _with_fact(case: Case, way: Transition, fact: Fact) -> str:
    """Give the command that makes a transition with a fact, and with all else that must come."""
    command = command_of(case, way)
    return command if fact.name in way.asks else f"{command} --set {fact.name}=…"


def titles_of_ways(ways: tuple[Transition, ...]) -> str:
    """Name transitions by their titles."""
    return "".join(dict.fromkeys(f"“{way.title}”" for way in ways))


def leads_of(workflow: Workflow, case: Case) -> tuple[str, ...]:
    """Name the role that leads: the panel's, else that of the present or last state that has one,
    else those who open cases.
    """
    if workflow.panel is not None:
        return (workflow.panel.lead,)
    for state in (case.state, *(step.source for step in reversed(case.steps))):
        lead = workflow.states[state].lead
        if lead is not None:
            return (lead,)
    return workflow.opened_by


def resolvers_of(workflow: Workflow, case: Case, transition: Transition) -> tuple[str, ...]:
    """Name the roles that settle an objection to a transition: the lead of the panel and of the
    state, else those who make it.
    """
    leads = (workflow.panel.lead if workflow.panel else None, workflow.states[case.state].lead)
    return tuple(dict.fromkeys(lead for lead in leads if lead)) or transition.by


def confirmers_of(workflow: Workflow, case: Case) -> tuple[str, ...]:
    """Name the role that confirms a correction, as the lead: the panel's, else that of the present
    or last state that has one, else those who open cases; never one whose holder the case names,
    for that is who the case is about. Steps are read only where the present state has none.
    """
    leads: Iterable[str | None] = (workflow.states[state].lead for state in _states_back(case))
    if workflow.panel is not None:
        leads = (workflow.panel.lead,)
    for lead in leads:
        if lead is not None and workflow.roles[lead].binding is None:
            return (lead,)
    return workflow.opened_by


def _states_back(case: Case) -> Iterator[str]:
    """Name the state that a case is in, and those before it, the last first."""
    yield case.state
    yield from (step.source for step in reversed(case.steps))


def judge_asked(
    workflow: Workflow,
    case: Case,
    transition: Transition,
    facts: Mapping[str, Value],
    moment: Moment,
) -> Iterator[Gate]:
    """Judge the facts that must come with the transition: those it asks; where a record only may
    ask some, one of them at least, for else it would record nothing; and that what it prolongs does
    become later.
    """
    for name in transition.asks:
        yield _fact_gate(workflow, case, transition, moment, name, facts.get(name))
    if transition.must_enter and facts.keys().isdisjoint(transition.may):
        titles = "、".join(title_of(workflow, name) for name in transition.may)
        text = f"须同时填 {titles}{' 中至少一项' if len(transition.may) > 1 else ''}"
        mend, _act = how_to_fill(workflow, case, transition, transition.may[0])
        inputs = dict.fromkeys(transition.may)
        yield Gate("facts", False, inputs, text, mend, act=transition.name)
    for name in transition.asks + transition.may if transition.prolongs else ():
        if name in facts and name in case.facts and _is_term(workflow, name):
            yield from _judge_later(workflow, case, transition, name, facts[name])


def _is_term(workflow: Workflow, name: str) -> bool:
    """Tell whether a fact says until when: a day to come, or one from which a limit counts."""
    return workflow.facts[name].future or bool(counting_states(workflow, name))


def _judge_later(
    workflow: Workflow, case: Case, transition: Transition, name: str, value: Value
) -> Iterator[Gate]:
    """Give the unmet gate for a day that is to prolong a limit and is none after the one in
    hand.
    """
    fact, held = workflow.facts[name], case.facts[name]
    if str(value) > str(held):
        return
    given, wanted = f"{fact.title} {value}", f"须晚于 {held}"
    text = f"{given}，{wanted}（{transition.title}只延长期限）"
    mend, act = how_to_fill(workflow, case, transition, name)
    yield Gate("facts", False, {name: value}, text, mend, fact.basis, given, wanted, act)


def judge_needed(
    workflow: Workflow,
    case: Case,
    transition: Transition,
    facts: Mapping[str, Value],
    moment: Moment,
) -> Iterator[Gate]:
    """Judge the facts needed, or required where the transition leads."""
    required = required_by(workflow, case.state, transition.name)
    for name in dict.fromkeys((*transition.facts, *required)):
        if name in (*transition.asks, *transition.set_facts):
            continue
        value = facts.get(name, case.facts.get(name))
        required_here = workflow.facts[name].required == transition.to
        if name not in transition.facts and not required_here and value is not None:
            continue  # it was told where it was first required
        yield _fact_gate(workflow, case, transition, moment, name, value)


def _fact_gate(
    workflow: Workflow,
    case: Case,
    transition: Transition,
    moment: Moment,
    name: str,
    value: Value | None,
) -> Gate:
    fact, asked = workflow.facts[name], name in transition.asks
    inputs = {name: None if value is None else plain(value)}
    wanted = "须同时填" if asked else "须填"
    if value is not None:
        shown = show_value(fact, value, moment.names)
        text = f"{fact.title} {shown}"
        return Gate("facts", True, inputs, text, "", fact.basis, shown, wanted)
    text = (
        f"须同时填 {fact.title}"
        if asked
        else f"缺 {fact.title}{_whose(workflow, transition, fact, '填')}"
    )
    mend, act = how_to_fill(workflow, case, transition, name)
    return Gate("facts", False, inputs, text, mend, fact.basis, "未填", wanted, act)


def _whose(workflow: Workflow, transition: Transition, item: Fact | Material, verb: str) -> str:
    """Say in brackets who supplies something, where who makes the transition may not."""
    others = item.by and set(item.by).isdisjoint(transition.by)
    return f"（由 {role_titles(workflow, item.by)} {verb}）" if others else ""


def how_to_fill(
    workflow: Workflow, case: Case, transition: Transition, name: str
) -> tuple[str, str]:
    """Say how a fact is entered, and name the transition by which, if it is one that can be made
    now.
    """
    fact = workflow.facts[name]
    if name in (*transition.asks, *transition.may):
        return _with_fact(case, transition, fact), transition.name
    computing = workflow.computed.get(name, ())
    made = next((way for way in computing if case.state in way.sources), None)
    if made is not None and made.name != transition.name:
        how = command_of(case, made) if made.by else makers_told(workflow, made)
        return f"办理“{made.title}”时自动填写：{how}", made.name
    here = None if is_set_alone(workflow, case, fact) else door_here(workflow, case, fact)
    if here is not None and any(not gate.met for gate in judge_counters(workflow, case, here)):
        return f"随“{here.title}”填，但它已办满次数，不能再办", ""
    if here is not None:
        return _with_fact(case, here, fact), here.name
    return way_in(workflow, case, fact), ""


def command_of(case: Case, transition: Transition) -> str:
    """Give the command that makes a transition, with what has to come with it; of an opening what
    is to be typed with it.
    """
    sets = "".join(f" --set {name}=…" for name in transition.asks)
    if not case.number:
        return f"立项时写{sets}"
    note = " --note …" if transition.reason else ""
    return f"lifecycle advance {case.number} {transition.name}{sets}{note}"


def judge_materials(workflow: Workflow, case: Case, transition: Transition) -> Iterator[Gate]:
    """Judge the materials needed."""
    for name in transition.materials:
        material = workflow.materials[name]
        file = case.materials.get(name)
        inputs = {name: file.sha256 if file else None}
        if file:
            text = f"{material.title}（{file.name}）"
            yield Gate("materials", True, inputs, text, given=file.name, wanted="须上传")
        else:
            mend = f"lifecycle attach {case.number} {name} 文件"
            text = f"缺 {material.title}{_whose(workflow, transition, material, '交')}"
            yield Gate("materials", False, inputs, text, mend, material.basis, "未交", "须上传")


def judge_editions(workflow: Workflow, case: Case, transition: Transition) -> Iterator[Gate]:
    """Judge whether what must be new, or of the edition that another step read, is so."""
    for name in transition.fresh:
        if name in case.editions and (case.editions[name].used or _is_old_file(case, name)):
            yield _stale_gate(workflow, case, name)
    for same in transition.read_by:
        for name in same.items:
            yield from _judge_same(workflow, case, name, same.step)


def _is_old_file(case: Case, name: str) -> bool:
    """Tell whether a file is byte for byte one that a standing step has read: attached again it is
    another edition, but nothing new.
    """
    file = case.materials.get(name)
    return file is not None and any(
        isinstance(one.value, File)
        and one.value.sha256 == file.sha256
        and one.edition.last_reader > 0
        for one in case.past.get(name, ())
    )


def _stale_gate(workflow: Workflow, case: Case, name: str) -> Gate:
    """Make the unmet gate for what a step has read and that must be new."""
    edition = case.editions[name]
    step = case.steps.at(edition.last_reader) if edition.last_reader else None
    user = f"“{workflow.titles[step.transition]}”" if step else "先前的办理"
    kind, title, mend = _entered(workflow, case, name)
    text = f"{title} 已由{user}用过，须是新的"
    return Gate(kind, False, {"name": name, "edition": edition.number}, text, mend)


def _judge_same(workflow: Workflow, case: Case, name: str, by: str) -> Iterator[Gate]:
    """Judge whether an item is of the very edition that the last standing step of a transition
    read; where it is not there at all, that is told elsewhere.
    """
    kind, title, _mend = _entered(workflow, case, name)
    edition = case.editions.get(name)
    step = case.steps.last_of(by)
    read = step.reads.get(name) if step else None
    inputs = {"name": name, "edition": edition.number if edition else 0, "read": read or 0}
    whose = f"“{workflow.titles[by]}”"
    if step is None:
        yield Gate(kind, False, inputs, f"{title} 须是{whose}采用的那一份，但{whose}还没有办理")
    elif edition is not None and (edition.number != read or edition.amended > step.seq):
        mend = f"请重新办理 {workflow.titles[by]}（{by}）"
        yield Gate(kind, False, inputs, f"{title} 不是{whose}采用的那一份，其后换过", mend)
    elif edition is not None:
        yield Gate(kind, True, inputs, f"{title} 是{whose}采用的那一份")


def _entered(workflow: Workflow, case: Case, name: str) -> tuple[str, str, str]:
    """Say of a fact or material its kind of gate, its title, and how a new one comes."""
    if name in workflow.materials:
        mend = f"lifecycle attach {case.number} {name} 文件"
        return "materials", workflow.materials[name].title, mend
    return "facts", workflow.facts[name].title, f"lifecycle set {case.number} {name}=…"


def judge_guard(
    workflow: Workflow,
    case: Case,
    transition: Transition,
    guard: Guard,
    facts: Mapping[str, Value],
    moment: Moment,
) -> Gate:
    """Judge one condition; a name that is not known yet leaves it unmet."""
    scope = scope_of(workflow, case, guard.when, facts, moment)
    inputs = inputs_of(guard.when, scope, moment)
    barred = barred_by(workflow, guard.when, moment)
    if barred is not None:
        text, mend = barred
        told_so = f"{text}（{yet_to_judge(guard.otherwise)}）"
        return Gate("guard", False, inputs, told_so, mend, guard.basis)
    try:
        met = bool(guard.when.evaluate(scope))
    except MissingName:
        met = False
    except (ExpressionError, ArithmeticError, OverflowError) as error:
        text = f"无法计算：{error}（{yet_to_judge(guard.otherwise)}）"
        return Gate("guard", False, inputs, text, "", guard.basis)
    told = tell_guard(World(workflow, case, facts, moment, scope), guard, met=met)
    every = is_every(guard)
    text = text_of(told, guard.otherwise, met=met, every=every)
    given = "；".join(dict.fromkeys(one.given for one in told))
    wanted = "；".join(dict.fromkeys(one.wanted for one in told))
    mend, act = ("", "") if met else _how_to_meet(workflow, case, transition, told)
    over = not met and (any if every else all)(one.is_over for one in told)
    return Gate("guard", met, inputs, text, mend, guard.basis, given, wanted, act, over)


def collected_in(expression: Expression, moment: Moment) -> dict[str, Collected]:
    """Map the collections that an expression reads to what was read."""
    others = moment.others or NO_OTHERS
    return {name: others.collected[name] for name in expression.names & others.collected.keys()}


def barred_by(workflow: Workflow, expression: Expression, moment: Moment) -> tuple[str, str] | None:
    """Say why no figure can be made of a collection that an expression reads, and how to mend it:
    the reading case lacks a fact, or of some cases it cannot be told whether they belong to it.
    """
    for found in collected_in(expression, moment).values():
        if found.lacks:
            title = (
                title_of(workflow, found.lacks) if found.lacks in workflow.facts else found.lacks
            )
            return f"{found.title}：本事项缺 {title}", f"--set {found.lacks}=…"
        if found.undecided:
            return found.told_undecided(), "补齐那几件的要素"
    return None


def inputs_of(
    expression: Expression, scope: Mapping[str, object], moment: Moment
) -> dict[str, Any]:
    """Give what an expression was worked out with: the names with their values and, of other cases,
    what of them was read, and at which entries.
    """
    collected = collected_in(expression, moment)
    known = {
        name: plain(value)
        for name, value in sorted(scope.items())
        if not callable(value) and name != LINKED and name not in collected
    }
    for name, *rest in sorted(expression.parts):
        if isinstance(scope.get(name), CaseRecord):
            known[".".join((name, *rest))] = plain(read_along(scope[name], tuple(rest)))
    inputs: dict[str, Any] = {"when": expression.source, "with": known}
    pins = pins_of(expression, scope)
    if pins or LINKED in scope:
        inputs["cases"] = recorded_pins(pins)
    many = (moment.others or NO_OTHERS).many
    linked = {
        name: many[name].to_dict()
        for space, name in expression.paths
        if space == LINKED and name in many
    }
    if linked:
        inputs["linked"] = linked
    if collected:
        inputs["collections"] = {name: one.to_dict() for name, one in sorted(collected.items())}
    return inputs


def holds_guard(
    workflow: Workflow, case: Case, guard: Guard, facts: Mapping[str, Value], moment: Moment
) -> bool:
    """Tell whether a condition holds, without a word about it."""
    try:
        return bool(guard.when.evaluate(scope_of(workflow, case, guard.when, facts, moment)))
    except (MissingName, ExpressionError, ArithmeticError, OverflowError):
        return False


def _how_to_meet(
    workflow: Workflow, case: Case, transition: Transition, told: tuple[ToldCondition, ...]
) -> tuple[str, str]:
    """Give the command that would meet an unmet condition, and the transition that it makes.

    What comes with the transition itself does not do where something else is lacking too: that is
    told first.
    """
    leaving = workflow.leaving[case.state]
    for one in told:
        if one.missing in transition.asks and one.lacks_too in workflow.facts:
            return how_to_fill(workflow, case, transition, one.lacks_too)
        if one.missing in workflow.facts:
            return how_to_fill(workflow, case, transition, one.missing)
        if one.missing in workflow.materials:
            return f"lifecycle attach {case.number} {one.missing} 文件", ""
        if one.act in leaving and one.act != transition.name:
            return _first_made(workflow, case, transition, leaving[one.act])
        if one.blame in transition.asks:
            return how_to_fill(workflow, case, transition, one.blame)
        if one.blame in workflow.materials and one.blame not in case.locked:
            return _another_file(workflow, case, one.blame), ""
        if one.from_on:
            return f"{one.from_on} 起可办", ""
    return "", ""


def _first_made(
    workflow: Workflow, case: Case, transition: Transition, wanted: Transition
) -> tuple[str, str]:
    """Give the command of a record that is wanted before a transition, or of the one that has to be
    made before that, and its name; whose it is where others make it.
    """
    leaving = workflow.leaving[case.state]
    way, seen = wanted, {transition.name, wanted.name}
    while True:
        lacking = (name for guard in way.guards for name in _acts_before(case, guard))
        before = next((leaving[n] for n in lacking if n in leaving and n not in seen), None)
        if before is None or before.kind != "record":
            break
        way = before
        seen.add(way.name)
    if not way.by:
        return f"{way.title}：{makers_told(workflow, way)}", way.name
    command = command_of(case, way)
    if way is not wanted or set(way.by).isdisjoint(transition.by):
        command = f"先办 {way.title}（{makers_told(workflow, way)}）：{command}"
    return command, way.name


def _acts_before(case: Case, guard: Guard) -> Iterator[str]:
    return acts_lacking(guard, history_of(case, guard.when)) if guard.when.paths else iter(())


def _another_file(workflow: Workflow, case: Case, name: str) -> str:
    """Say how another file of a material comes: one that a step has read is corrected."""
    if is_free(workflow, case, name):
        return f"lifecycle attach {case.number} {name} 文件"
    return f"lifecycle correct {case.number} --material {name} --file 文件 --note 理由"


def judge_dwell(
    workflow: Workflow,
    case: Case,
    transition: Transition,
    dwell: Dwell,
    facts: Mapping[str, Value],
    moment: Moment,
) -> Gate:
    """Judge a least time since the state was entered or since a dated fact."""
    since = (
        case.entered_on
        if dwell.since == ENTERED
        else facts.get(dwell.since, case.facts.get(dwell.since))
    )
    span = f"{dwell.amount} {SPANS[dwell.unit]}"
    if since is None:
        title = workflow.facts[dwell.since].title
        text = f"{title}未填，无从起算 {span}"
        mend, act = how_to_fill(workflow, case, transition, dwell.since)
        given, wanted = f"{title} 未填", f"须满 {span}"
        return Gate("dwell", False, {"since": None}, text, mend, dwell.basis, given, wanted, act)
    due = earliest_of(case, str(since), dwell, moment.calendar)
    earliest = due.on
    inputs = {"since": since, "earliest": earliest.isoformat(), "provisional": due.provisional}
    origin = "进入本环节" if dwell.since == ENTERED else workflow.facts[dwell.since].title
    told = "（暂定，次年放假安排未公布）" if due.provisional else ""
    met = moment.on >= earliest
    text = f"自{origin} {since} 起{'已' if met else '须'}满 {span}"
    mend = "" if met else f"{earliest} 起可办{told}"
    given, wanted = f"办理日 {moment.on}", f"最早 {earliest}"
    return Gate("dwell", met, inputs, text, mend, dwell.basis, given, wanted)


def judge_supplies(
    workflow: Workflow,
    case: Case,
    transition: Transition,
    facts: Mapping[str, Value],
    moment: Moment,
) -> Iterator[Gate]:
    """Judge what has to be there: facts and materials. A correction has it judged again."""
    yield from judge_needed(workflow, case, transition, facts, moment)
    yield from judge_materials(workflow, case, transition)


def judge_values(
    workflow: Workflow,
    case: Case,
    transition: Transition,
    facts: Mapping[str, Value],
    moment: Moment,
) -> Iterator[Gate]:
    """Judge what facts and materials say: conditions and least times. A correction has it judged
    again.
    """
    for guard in transition.guards:
        yield judge_guard(workflow, case, transition, guard, facts, moment)
    for dwell in transition.dwells:
        yield judge_dwell(workflow, case, transition, dwell, facts, moment)


def judge_history(
    workflow: Workflow, case: Case, transition: Transition, moment: Moment
) -> Iterator[Gate]:
    """Judge what may say that a transition can be made no more: its conditions and its counters."""
    for guard in transition.guards:
        yield judge_guard(workflow, case, transition, guard, {}, moment)
    yield from judge_counters(workflow, case, transition)


def judge_counters(workflow: Workflow, case: Case, transition: Transition) -> Iterator[Gate]:
    """Judge how often a transition was made already: ever, or as far as it stands and since the
    case was last reopened.
    """
    for counter in transition.counters:
        made = case.made.get(counter.of, 0)
        if counter.inner:
            made = _made_since_reopened(workflow, case, counter.of)
        given, wanted = f"已办 {made} 次", f"至多 {counter.at_most} 次"
        text = f"{workflow.titles[counter.of]} {given}，{wanted}"
        inputs = {"of": counter.of, "count": made}
        met = made < counter.at_most
        mend = "" if met else _when_used_up(workflow, case, counter)
        yield Gate("counter", met, inputs, text, mend, counter.basis, given, wanted, over=not met)


def _when_used_up(workflow: Workflow, case: Case, counter: Counter) -> str:
    """Say how a mistake in what cannot be made again is mended."""
    made = next(way for way in workflow.transitions if way.name == counter.of)
    entered = [name for name in (*made.asks, *made.may) if name in case.facts]
    mends = [
        f"填错的，更正：lifecycle correct {case.number} {name}=… --note 理由"
        for name in entered[:1]
    ]
    if counter.inner and made.kind == "record":
        mends.append(
            f"误办的，由办理人收回：lifecycle take-back {case.number} {made.name} --note 理由"
        )
    return "；".join(mends)


def _made_since_reopened(workflow: Workflow, case: Case, name: str) -> int:
    """Count the steps of a transition that stand, of those since the case was last reopened."""
    reopening = (t.name for t in workflow.transitions if t.reopens)
    since = max((case.fired[way].seq for way in reopening if way in case.fired), default=0)
    return sum(step.seq > since for step in case.steps.of(name))
