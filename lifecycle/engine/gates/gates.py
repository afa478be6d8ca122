"""The gates of a transition, one small function each: what it looked at, whether it is met, and how
to meet it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lifecycle.engine.case import Case, Moment, Officer
from lifecycle.engine.clocks import earliest_of
from lifecycle.engine.gates.wording import ToldCondition, World, is_every, tell_guard, text_of
from lifecycle.engine.scope import plain, scope_of
from lifecycle.engine.values import Value, show_value
from lifecycle.errors import UnknownError
from lifecycle.expression.faults import ExpressionError, MissingName
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import ENTERED, Dwell, Guard, Transition, Workflow

LABELS = {
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
    "opinion": "意见",
    "unit": "单位",
    "letter": "公文",
}
ABOUT_WHO = ("role", "not_by")
"""Kinds of gates about who asks, not about the case."""
ABOUT_COMMAND = ("reason",)
"""Kinds of gates that what comes with the command meets."""
SPANS = {"day": "日", "workday": "个工作日", "month": "个月"}
VERDICTS = {"agree": "同意", "conditional": "附条件同意", "object": "不同意"}
"""What an opinion can be, in the product's own words: the gates and the ledger know these three."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition as judged: its kind, whether it is met, what it relied on, and what an officer
    reads.

    `given` and `wanted` are what there is and what should be, in words, for machines that show them
    apart; `act` names the transition that would meet it: another one, or the one that is judged,
    with a fact that it asks.
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
    or by anyone in office there where the role says so. Somebody of another unit who acts for the
    holder needs a role that may be delegated across units.
    """
    rule = workflow.roles[role]
    if rule.held_by != "any" and role not in officer.held:
        return False
    if officer.away and rule.delegate != "across":
        return False
    bound = rule.bound
    return bound is None or (case is not None and officer.unit in case.bound_units(bound))


def role_titles(workflow: Workflow, roles: tuple[str, ...]) -> str:
    """Write the titles of roles for an officer."""
    return "、".join(workflow.roles[role].title for role in roles)


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
    if officer.away and any(role in officer.held for role in roles):
        text = f"{wanted} 只能委托给本单位的人；您（{officer.id}）是别的单位的"
        return Gate("role", False, {}, text, f"请 {officer.principal} 委托本单位的人"), ""
    bound = [
        workflow.roles[r]
        for r in roles
        if workflow.roles[r].bound and case and not case.bound_units(workflow.roles[r].bound)
    ]
    if bound and case:
        fact = workflow.facts[str(bound[0].bound)]
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


def judge_facts(
    workflow: Workflow,
    case: Case,
    transition: Transition,
    facts: Mapping[str, Value],
    moment: Moment,
) -> Iterator[Gate]:
    """Judge the facts asked for, needed, or required on entering the target."""
    for name in transition.asks:
        yield _fact_gate(workflow, case, transition, moment, name, facts.get(name))
    required = [
        f.name
        for f in workflow.facts.values()
        if f.required and f.required == transition.to and transition.kind == "forward"
    ]
    for name in dict.fromkeys((*transition.facts, *required)):
        if name not in transition.asks:
            yield _fact_gate(workflow, case, transition, moment, name, case.facts.get(name))


def _fact_gate(
    workflow: Workflow,
    case: Case,
    transition: Transition,
    moment: Moment,
    name: str,
    value: Value | None,
) -> Gate:
    fact, asked = workflow.facts[name], name in transition.asks
    inputs, wanted = {name: value}, "须同时填" if asked else "须填"
    if value is not None:
        shown = show_value(fact, value, moment.names)
        text = f"{fact.title} {shown}"
        return Gate("facts", True, inputs, text, "", fact.basis, shown, wanted)
    text = f"须同时填 {fact.title}" if asked else f"缺 {fact.title}"
    mend, act = how_to_fill(workflow, case, transition, name)
    return Gate("facts", False, inputs, text, mend, fact.basis, "未填", wanted, act)


def how_to_fill(
    workflow: Workflow, case: Case, transition: Transition, name: str
) -> tuple[str, str]:
    """Give the command that enters a fact, and the transition that it makes, if it makes one."""
    if name in transition.asks:
        command = f"lifecycle advance {case.number} {transition.name} --set {name}=…"
        return command, transition.name
    leaving = workflow.leaving[case.state].values()
    asking = next((t for t in leaving if name in t.asks and t.kind == "record"), None)
    if asking is None:
        return f"lifecycle set {case.number} {name}=…", ""
    return command_of(case, asking), asking.name


def command_of(case: Case, transition: Transition) -> str:
    """Give the command that makes a transition, with what has to come with it."""
    sets = "".join(f" --set {name}=…" for name in transition.asks)
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
            text = f"缺 {material.title}"
            yield Gate("materials", False, inputs, text, mend, material.basis, "未交", "须上传")


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
    known = {name: plain(value) for name, value in sorted(scope.items()) if not callable(value)}
    inputs = {"when": guard.when.source, "with": known}
    try:
        met = bool(guard.when.evaluate(scope))
    except MissingName:
        met = False
    except (ExpressionError, ArithmeticError, OverflowError) as error:
        text = f"{guard.otherwise}（无法计算：{error}）"
        return Gate("guard", False, inputs, text, "", guard.basis)
    told = tell_guard(World(workflow, case, facts, moment, scope), guard, met=met)
    text = text_of(told, guard.otherwise, met=met, every=is_every(guard))
    given = "；".join(dict.fromkeys(one.given for one in told))
    wanted = "；".join(dict.fromkeys(one.wanted for one in told))
    mend, act = ("", "") if met else _how_to_meet(workflow, case, transition, told)
    return Gate("guard", met, inputs, text, mend, guard.basis, given, wanted, act)


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
    """Give the command that would meet an unmet condition, and the transition that it makes."""
    leaving = workflow.leaving[case.state]
    for one in told:
        if one.missing in workflow.facts:
            return how_to_fill(workflow, case, transition, one.missing)
        if one.missing in workflow.materials:
            return f"lifecycle attach {case.number} {one.missing} 文件", ""
        if one.act in leaving and one.act != transition.name:
            return command_of(case, leaving[one.act]), one.act
        if one.blame in transition.asks:
            return how_to_fill(workflow, case, transition, one.blame)
        if one.blame in workflow.materials and one.blame not in case.locked:
            return f"lifecycle attach {case.number} {one.blame} 文件", ""
        if one.from_on:
            return f"{one.from_on} 起可办", ""
    return "", ""


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
    given, wanted = f"今天 {moment.on}", f"最早 {earliest}"
    return Gate("dwell", met, inputs, text, mend, dwell.basis, given, wanted)


def judge_counters(workflow: Workflow, case: Case, transition: Transition) -> Iterator[Gate]:
    """Judge how often a transition was made already."""
    for counter in transition.counters:
        made = case.fired[counter.of].count if counter.of in case.fired else 0
        given, wanted = f"已 {made} 次", f"至多 {counter.at_most} 次"
        text = f"{workflow.titles[counter.of]} {given}，{wanted}"
        inputs = {"of": counter.of, "count": made}
        met = made < counter.at_most
        yield Gate("counter", met, inputs, text, "", counter.basis, given, wanted)
