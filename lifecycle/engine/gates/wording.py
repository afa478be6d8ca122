"""A condition in words: for each comparison in it what is given and what is wanted, with their
values, and the transition that would change it.

`意向书有效期至 2030-01-01，最迟 2027-05-29（续期不超过6个月）`
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from lifecycle.engine.case import Case
from lifecycle.engine.values import Value, plain_decimal, show_value
from lifecycle.engine.world.collected import MOST_NAMED, CollectedCase
from lifecycle.engine.world.moment import Moment
from lifecycle.engine.world.others import NO_OTHERS, CaseRecord, OtherCase
from lifecycle.errors import LifecycleError
from lifecycle.expression import nodes
from lifecycle.expression.builder import build
from lifecycle.expression.faults import CONDITION, MissingName
from lifecycle.expression.language import COUNTED, FILTERS, FUNCTIONS, SPACES, VARIABLES
from lifecycle.expression.sorts import constant
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import LINKED, Fact, Guard, Workflow

Run = Callable[[Mapping[str, Any]], Any]

_NEGATED = {
    "eq": "ne",
    "ne": "eq",
    "gt": "lteq",
    "gteq": "lt",
    "lt": "gteq",
    "lteq": "gt",
    "in": "notin",
    "notin": "in",
}
_TURNED = {"gt": "lt", "gteq": "lteq", "lt": "gt", "lteq": "gteq", "eq": "eq", "ne": "ne"}
"""What a comparison becomes when its sides change places."""
_HELD = {"in": "has", "notin": "lacks"}
"""The same for what a list has; its words begin with the list."""
_DAYS = {
    "lteq": "最迟",
    "lt": "须早于",
    "gteq": "最早",
    "gt": "须晚于",
    "eq": "应为",
    "ne": "不能是",
}
_NUMBERS = {
    "lteq": "至多",
    "lt": "须小于",
    "gteq": "至少",
    "gt": "须大于",
    "eq": "应为",
    "ne": "不能是",
}
_NAMES = {
    "today": "办理日",
    "entered_on": "进入本环节之日",
    "opened_on": "立项之日",
    "state": "环节",
}
_CALLS = {
    "days_after": "{}后{}日",
    "workdays_after": "{}后第{}个工作日",
    "months_after": "{}后{}个月",
    "days_between": "{}至{}相隔的日数",
}
_PARTS = {
    "year": "年份",
    "month": "月份",
    "day": "日",
    "number": "编号",
    "title": "名称",
    "state": "环节",
    "final": "终结",
    "suspended": "中止",
}
_FILLED = "须填"
_MADE = "须先办"
_UNMADE = "须没有办过"
_COUNTS = ("length", "count")
_SIGNS = {"*": "×", "/": "÷", "//": "整除以", "%": "除以后余", "+": "＋", "-": "－"}


@dataclass(frozen=True, slots=True)
class ToldCondition:
    """What one condition gives and wants, in words.

    `act` names the transition that would have to be made, `missing` the fact or material that is
    not there yet, `blame` the fact or material whose value does not do; each "" where it is none.
    `from_on` is the first day on which it would hold by itself; `lacks_too` is what is not there
    on the other side either.
    """

    given: str
    wanted: str
    act: str = ""
    missing: str = ""
    blame: str = ""
    from_on: str = ""
    lacks_too: str = ""

    @property
    def is_over(self) -> bool:
        """Tell whether it wants something not made, which only a return or a taking back undoes."""
        return self.wanted == _UNMADE

    @property
    def is_open(self) -> bool:
        """Tell whether it cannot be judged yet, for what it compares is not there."""
        return bool(self.missing) and self.wanted != _FILLED


@dataclass(frozen=True, slots=True)
class World:
    """What a condition is told by: the case with what comes with the command, on a day."""

    workflow: Workflow
    case: Case
    facts: Mapping[str, Value]
    moment: Moment
    scope: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison; `space` and `name` where it is a name."""

    node: nodes.Expr
    run: Run
    space: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison that must hold; `sign` is empty for a name that must be so by itself."""

    holds: Run
    left: Side
    sign: str
    right: Side | None = None


@dataclass(frozen=True, slots=True)
class Clauses:
    """Several, all of which must hold, or one of which."""

    every: bool
    parts: tuple[Clauses | Clause, ...]


def tell_guard(world: World, guard: Guard, *, met: bool) -> tuple[ToldCondition, ...]:
    """Tell a condition: of an unmet one what fails, of a met one what holds."""
    plan = _plan(guard.when.source, guard)
    return tuple(_tell(world, plan, met=met))


def text_of(told: tuple[ToldCondition, ...], otherwise: str, *, met: bool, every: bool) -> str:
    """Give the text of a gate: given and wanted, and for an unmet one the words of the workflow.

    These may say what is so where the condition fails (`评价不达标，不得兑现`): as long as what is
    compared is not there, nothing is known to be so, and they are given as what will be judged.
    """
    wanted: dict[str, list[str]] = {}
    for one in told:
        want = "" if met and one.wanted in (_MADE, _UNMADE) else one.wanted
        wanted.setdefault(one.given, []).append(want)
    clauses = (_joined(given, wants, every=every) for given, wants in wanted.items())
    text = ("；" if every else "；或 ").join(clauses)
    if met:
        return text or "符合"
    if told and (all if every else any)(one.is_open for one in told):
        return f"{text}（{yet_to_judge(otherwise)}）"
    return f"{text}（{otherwise}）" if text else otherwise


def yet_to_judge(otherwise: str) -> str:
    """Give the words of the workflow for a condition that cannot be judged yet."""
    return f"尚不能判断：{otherwise}"


def _joined(given: str, wants: list[str], *, every: bool) -> str:
    """Write one clause: what is given once, with all that is wanted of it.

    What is to come after something has to be made in any case.
    """
    found = [want for want in dict.fromkeys(wants) if want]
    if every and len(found) > 1 and _MADE in found:
        found.remove(_MADE)
    wanted = ("，" if every else "，或 ").join(found)
    return f"{given}，{wanted}" if wanted else given


def is_every(guard: Guard) -> bool:
    """Tell whether a condition asks that all of its parts hold, not one of them."""
    plan = _plan(guard.when.source, guard)
    return isinstance(plan, Clause) or plan.every


def acts_lacking(guard: Guard, history: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    """Name the transitions that a condition wants made, or made once more, as far as what a case
    has made tells: by comparisons of counts and places, and days that are not there yet.
    """
    days = history["last"]
    yield from (name for space, name in guard.when.paths if space == "last" and name not in days)
    yield from _acts_lacking(_plan(guard.when.source, guard), history)


def _acts_lacking(
    plan: Clauses | Clause, history: Mapping[str, Mapping[str, object]]
) -> Iterator[str]:
    if isinstance(plan, Clauses):
        for part in plan.parts:
            yield from _acts_lacking(part, history)
    elif plan.left.space in COUNTED and plan.right is not None and _is_history(plan.right):
        made, wanted = plan.left.run(history), plan.right.run(history)
        if not plan.holds(history) and _wants_more(plan.sign, made, wanted):
            yield plan.left.name


def _is_history(side: Side) -> bool:
    """Tell whether a side is a constant or of what the case has made."""
    return constant(side.node)[0] or side.space in COUNTED


def _wants_more(sign: str, made: object, wanted: object) -> bool:
    """Tell whether an unmet comparison is met once its transition has been made more often."""
    if not (isinstance(made, int) and isinstance(wanted, int | Decimal)):
        return False
    return sign in ("gt", "gteq", "ne") or (sign == "eq" and made < wanted)


# ── A condition taken apart, once ──


@lru_cache(maxsize=4096)
def _plan(source: str, guard: Guard) -> Clauses | Clause:
    return _taken_apart(source, guard.when.tree, wanted=True)


def _taken_apart(source: str, node: nodes.Expr, *, wanted: bool) -> Clauses | Clause:
    if isinstance(node, nodes.Not):
        return _taken_apart(source, node.node, wanted=not wanted)
    if isinstance(node, nodes.And | nodes.Or):
        every = isinstance(node, nodes.And) is wanted
        parts = (_taken_apart(source, part, wanted=wanted) for part in (node.left, node.right))
        return Clauses(every, tuple(_flat(every, parts)))
    if isinstance(node, nodes.Compare):
        links = tuple(_links(source, node, wanted=wanted))
        return links[0] if len(links) == 1 else Clauses(wanted, links)
    run = _run(source, node)
    return Clause((lambda scope: bool(run(scope)) is wanted), _side(source, node), _alone(wanted))


def _flat(every: bool, parts: Iterator[Clauses | Clause]) -> Iterator[Clauses | Clause]:
    for part in parts:
        if isinstance(part, Clauses) and part.every is every:
            yield from part.parts
        else:
            yield part


def _alone(wanted: bool) -> str:
    return "yes" if wanted else "no"


def _links(source: str, node: nodes.Compare, *, wanted: bool) -> Iterator[Clause]:
    left = node.expr
    for operand in node.ops:
        single = nodes.Compare(node.offset, left, (operand,))
        run = _run(source, single)
        sign = operand.op if wanted else _NEGATED[operand.op]
        first, second = _side(source, left), _side(source, operand.expr)
        if sign in _TURNED and _is_less_telling(left, operand.expr):
            first, second, sign = second, first, _TURNED[sign]
        elif sign in _HELD and constant(left)[0]:
            first, second, sign = second, first, _HELD[sign]
        yield Clause(_compared(run, wanted=wanted), first, sign, second)
        left = operand.expr


def _compared(run: Run, *, wanted: bool) -> Run:
    return lambda scope: bool(run(scope)) is wanted


def _is_less_telling(left: nodes.Expr, right: nodes.Expr) -> bool:
    """Tell whether a comparison reads better from its right side."""
    if constant(left)[0]:
        return True
    return isinstance(left, nodes.Call) and isinstance(right, nodes.Name)


def _run(source: str, node: nodes.Expr) -> Run:
    return build(node, source, CONDITION)[0].run


def _side(source: str, node: nodes.Expr) -> Side:
    if isinstance(node, nodes.Name):
        return Side(node, _run(source, node), "", node.name)
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        space = node.node.name
        if space in SPACES:
            return Side(node, _run(source, node), space, node.attr)
    return Side(node, _run(source, node))


# ── ToldCondition of a case ──


def _tell(world: World, plan: Clauses | Clause, *, met: bool) -> Iterator[ToldCondition]:
    if isinstance(plan, Clause):
        yield _clause(world, plan)
        return
    for part in plan.parts:
        if not plan.every and not met:
            yield from _tell(world, part, met=met)
        elif _holds(world, part) is met:
            yield from _tell(world, part, met=met)
            if not plan.every:
                return


def _holds(world: World, plan: Clauses | Clause) -> bool:
    """Tell whether a part holds; what cannot be worked out does not."""
    if isinstance(plan, Clauses):
        outcomes = (_holds(world, part) for part in plan.parts)
        return all(outcomes) if plan.every else any(outcomes)
    try:
        return bool(plan.holds(world.scope))
    except (LifecycleError, ArithmeticError, TypeError, ValueError, LookupError):
        return False


def _clause(world: World, clause: Clause) -> ToldCondition:
    left, right = clause.left, clause.right
    if isinstance(left.node, nodes.Test):
        return _tested(world, clause, left.node)
    if right is None:
        return _alone_told(world, clause)
    if left.space in COUNTED:
        return _made(world, clause, left, right)
    if left.space == "sha256" and right.space == "sha256":
        return _files(world, clause, left, right)
    value = _value(world, left)
    given = _given(world, left, value)
    wanted = _wanted(world, clause.sign, left, right)
    lacks = [name for name in (_missing(world, left), _missing(world, right)) if name]
    missing, lacks_too = (*lacks, "", "")[:2]
    from_on = ""
    if left.name == "today" and clause.sign in ("gteq", "gt"):
        from_on = _day_after(_value(world, right), strictly=clause.sign == "gt")
    blame = left.name if left.name in world.workflow.facts else ""
    act = _act_of(left, right, missing)
    return ToldCondition(given, wanted, act, missing, blame, from_on, lacks_too)


def _act_of(left: Side, right: Side, missing: str) -> str:
    """Name the transition that has to be made for its day to be known."""
    for side in (left, right):
        if side.space == "last" and missing == side.name:
            return side.name
    return ""


def _alone_told(world: World, clause: Clause) -> ToldCondition:
    """Tell of a yes or no that must be so by itself."""
    left = clause.left
    value = _value(world, left)
    given = _given(world, left, value)
    facts = world.workflow.facts
    is_yesno = isinstance(value, bool) or (left.name in facts and facts[left.name].type == "yesno")
    wanted = ""
    if is_yesno:
        wanted = "应为 是" if clause.sign == "yes" else "应为 否"
    blame = left.name if left.name in facts else ""
    return ToldCondition(given, wanted, "", _missing(world, left), blame)


def _tested(world: World, clause: Clause, node: nodes.Test) -> ToldCondition:
    """Tell of `is defined` and its like."""
    inner = node.node
    side = _side("", inner) if isinstance(inner, nodes.Name) else None
    words = _words(world, inner) if inner is not None else ""
    filled = side is not None and _missing(world, side) == ""
    wants = (node.name == "defined") is (clause.sign == "yes")
    if node.name not in ("defined", "undefined", "none"):
        return ToldCondition(words, "")
    given = f"{words} {'已填' if filled else '未填'}"
    missing = side.name if side is not None and wants and not filled else ""
    return ToldCondition(given, _FILLED if wants else "须未填", "", missing)


def _made(world: World, clause: Clause, left: Side, right: Side) -> ToldCondition:
    """Tell of how often, or in which order, transitions were made."""
    mine, sign = world.case.fired.get(left.name), clause.sign
    title = f"“{_title(world, left.name)}”"
    if left.space == "order":
        given = f"{title}{mine.on} 办过" if mine else f"{title}未办过"
        return ToldCondition(given, *_after(world, sign, right, left.name))
    times = mine.count if mine else 0
    limit = _value(world, right)
    if right.space == "count":
        more = {"gt": "须多于", "gteq": "不得少于", "lt": "须少于", "lteq": "不得多于"}
        word = more.get(sign, "应同于" if sign == "eq" else "不得同于")
        wanted = f"{word}“{_title(world, right.name)}”的 {limit} 次"
    elif limit == 0 and sign in ("eq", "lteq"):
        wanted = _UNMADE
    elif limit == 0 and sign in ("gt", "ne"):
        wanted = _MADE
    else:
        wanted = f"{_NUMBERS.get(sign, '应为')} {_plain(limit)} 次"
    act = left.name if _wants_more(sign, times, limit) else ""
    given = f"{title}已办 {times} 次" if times else f"{title}未办过"
    return ToldCondition(given, wanted, act)


def _after(world: World, sign: str, right: Side, name: str) -> tuple[str, str]:
    """Say after what a transition must have been made, or not; and its name if it must be."""
    other = world.case.fired.get(right.name) if right.space == "order" else None
    what = f"“{_title(world, right.name)}”（{other.on}）" if other else ""
    if sign in ("gt", "gteq", "ne"):
        return (f"须在{what}之后办" if other else _MADE), name
    if sign in ("lt", "lteq"):
        return (f"{what}之后不得再办" if other else _UNMADE), ""
    return _UNMADE, ""


def _files(world: World, clause: Clause, left: Side, right: Side) -> ToldCondition:
    """Tell of two materials that must be one file, or two."""
    same = "须与{}为同一文件" if clause.sign == "eq" else "须不同于{}"
    missing = _missing(world, left) or _missing(world, right)
    given, wanted = _file(world, left.name), same.format(_file(world, right.name))
    locked = left.name in world.case.locked
    return ToldCondition(given, wanted, "", missing, right.name if locked else left.name)


def _file(world: World, name: str) -> str:
    title = _title(world, name)
    file = world.case.materials.get(name)
    return f"{title}（{file.name}，{file.sha256[:8]}）" if file else f"{title}（未交）"


def _given(world: World, side: Side, value: object) -> str:
    words = _words(world, side.node)
    if value is None:
        return f"{words} {_lacking(world, side) or ('未办过' if side.space else '未填')}"
    rows = _rows(world, side.node)
    if rows is not None:
        return _rows_told(world, side.node, rows, value)
    shown = _shown(world, side, value)
    plain = side.name or isinstance(side.node, nodes.Getattr)
    return f"{words} {shown}" if plain else f"{words} 为 {shown}"


def _lacking(world: World, side: Side) -> str:
    """Say what is missing where a figure is made of other cases: what a member lacks, by its
    number, or a fact of this one; "" for anything else.
    """
    if not isinstance(side.node, nodes.Filter) or not _is_many(world, side.node):
        return ""
    try:
        side.run(world.scope)
    except MissingName as missing:
        which = f"（{missing.of}）" if missing.of else ""
        title = _title_among(world, missing.name) if missing.of else _title(world, missing.name)
        return f"算不出：缺 {title}{which}"
    except (LifecycleError, ArithmeticError, TypeError, ValueError, LookupError):
        return ""
    return ""


def _title_among(world: World, name: str) -> str:
    """Give the title of a fact of other cases that are read."""
    return (world.moment.others or NO_OTHERS).title_of(name) or name


def _rows(world: World, node: nodes.Expr) -> list[CaseRecord | CollectedCase] | None:
    """Give the cases of which a piece is the number or the sum; None for any other piece."""
    if not isinstance(node, nodes.Filter) or node.name not in (*_COUNTS, "sum"):
        return None
    found = _value(world, _side("", node.node)) if node.node is not None else None
    if not isinstance(found, list):
        return None
    if not all(isinstance(row, CaseRecord | CollectedCase) for row in found):
        return None
    return found if found or _is_many(world, node.node) else None


def _is_many(world: World, node: nodes.Expr | None) -> bool:
    """Tell whether a piece is the cases that link to this one, or a collection, or some of
    these.
    """
    while isinstance(node, nodes.Filter):
        node = node.node
    if isinstance(node, nodes.Name):
        return node.name in world.workflow.collections
    return (
        isinstance(node, nodes.Getattr)
        and isinstance(node.node, nodes.Name)
        and node.node.name == LINKED
    )


def _rows_told(
    world: World, node: nodes.Expr, rows: list[CaseRecord | CollectedCase], value: object
) -> str:
    """Tell how many cases there are and which, or what they add up to."""
    assert isinstance(node, nodes.Filter)
    assert node.node is not None
    words = _words(world, node.node)
    if node.name == "sum":
        fact = _summed(world, node, rows)
        unit = f" {fact.unit}" if fact is not None and fact.unit else ""
        what = f"的{fact.title}" if fact is not None else ""
        return f"{words}{what}合计 {_plain(value)}{unit}"
    named = "、".join(f"{row['number']} {row['title']}" for row in rows[:MOST_NAMED])
    more = "等" if len(rows) > MOST_NAMED else ""
    listed = f"（{named}{more}）" if rows else ""
    return f"{words} {value} 件{listed}"


def _summed(
    world: World, node: nodes.Filter, rows: list[CaseRecord | CollectedCase]
) -> Fact | None:
    """Give the fact that is added up."""
    known, name = constant(node.args[0]) if node.args else (False, None)
    if not known or not rows:
        return None
    first = rows[0]
    workflow = first.case.workflow if isinstance(first, CaseRecord) else first.workflow
    return workflow.facts.get(str(name))


def _wanted(world: World, sign: str, left: Side, right: Side) -> str:
    value = _value(world, right)
    if value is None and sign in ("has", "lacks", "in", "notin"):
        word = {"has": "须含", "lacks": "不得含", "in": "须在", "notin": "不得在"}[sign]
        among = " 之中" if sign in ("in", "notin") else ""
        return f"{word} {_words(world, right.node)}（未填）{among}"
    if sign in ("has", "lacks"):
        return f"{'须含' if sign == 'has' else '不得含'} {_shown(world, left, value)}"
    if sign in ("in", "notin"):
        items = value if isinstance(value, list | tuple) else [value]
        listed = "、".join(_shown(world, left, item) for item in items)
        if right.name:
            listed = f"{_words(world, right.node)}（{listed}）"
            return f"须在 {listed}之中" if sign == "in" else f"不得在 {listed}之中"
        return f"应为 {listed} 之一" if sign == "in" else f"不能是 {listed}"
    word = (_DAYS if _is_day(world, left) or _is_day(world, right) else _NUMBERS)[sign]
    words = _words(world, right.node)
    if value is None:
        return f"{word} {words}{_not_there(world, right)}"
    shown = _shown(world, left if not right.name else right, value)
    return f"{word} {words} {shown}" if right.name else f"{word} {shown}"


def _not_there(world: World, side: Side) -> str:
    """Say of what is compared with that it is not there, in brackets: the fact is not entered, the
    transition not made; of what is worked out, which of its parts is not there.
    """
    if side.name:
        return "（未办过）" if side.space else "（未填）"
    missing = _missing(world, side)
    title = _title(world, missing) if missing else ""
    if title == missing:
        title = _title_among(world, missing) if missing else ""
    if title == missing:  # an identifier of another workflow, or nothing
        return "（未填）" if missing else ""
    made = missing in world.workflow.titles and missing not in world.workflow.facts
    return f"（“{title}”未办过）" if made else f"（{title} 未填）"


def _is_day(world: World, side: Side) -> bool:
    """Tell whether a side is a date, known or not."""
    if side.name and not side.space:
        fact = world.workflow.facts.get(side.name)
        return fact.type == "date" if fact else side.name in VARIABLES and side.name != "state"
    called = side.node.node if isinstance(side.node, nodes.Call) else None
    word = FUNCTIONS.get(called.name) if isinstance(called, nodes.Name) else None
    return side.space == "last" or (word is not None and word.gives == "date")


def _day_after(value: object, *, strictly: bool) -> str:
    if not isinstance(value, date):
        return ""
    return date.fromordinal(value.toordinal() + strictly).isoformat()


def _value(world: World, side: Side) -> object:
    """Work a side out; None where something is missing."""
    try:
        return side.run(world.scope)
    except (LifecycleError, ArithmeticError, TypeError, ValueError, LookupError):
        return None


def _missing(world: World, side: Side) -> str:
    """Name what a side lacks."""
    try:
        side.run(world.scope)
    except MissingName as missing:
        return missing.name.rpartition(".")[2]
    except (LifecycleError, ArithmeticError, TypeError, ValueError, LookupError):
        return ""
    return ""


def _shown(world: World, side: Side, value: object) -> str:
    """Write a value as officers read it, with the unit of what it is compared with."""
    fact = None if _is_count(side.node) else next(_facts_in(world, side.node), None)
    fact = fact if fact is None or not fact.is_table else _column(world, side.node)
    other = _linked(world, side.node)
    if other is not None and isinstance(side.node, nodes.Getattr):
        return _shown_of(world, other, side.node.attr, value)
    if side.name == "state":
        state = world.workflow.states.get(str(value))
        return state.title if state else str(value)
    if fact is not None and side.name == fact.name and not isinstance(value, list | tuple):
        return show_value(fact, _canonical(value), world.moment.names)
    text = _plain(value, world.moment.names)
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return f"{text} {fact.unit}" if fact is not None and fact.unit and number else text


def _shown_of(world: World, other: OtherCase, name: str, value: object) -> str:
    """Write what a linked case has under a name, or what it is compared with."""
    if name == "state":
        state = other.workflow.states.get(str(value))
        return state.title if state else str(value)
    fact = other.workflow.facts.get(name)
    if fact is not None and not fact.is_link and not isinstance(value, list | tuple):
        return show_value(fact, _canonical(value), world.moment.names)
    return _plain(value, world.moment.names)


def _is_count(node: nodes.Expr) -> bool:
    """Tell whether a piece counts items, or places, which have no unit of measure."""
    return isinstance(node, nodes.Filter) and node.name in (*_COUNTS, "rank")


def _canonical(value: object) -> Value:
    if isinstance(value, bool | int | str):
        return value
    return _plain(value)


def _plain(value: object, names: Mapping[str, str] | None = None) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, list | tuple):
        return "、".join(_plain(item, names) for item in value) or "（无）"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, CaseRecord):
        return f"{value.case.number} {value.case.title}"
    return (names or {}).get(str(value), str(value))


def _facts_in(world: World, node: nodes.Expr) -> Iterator[Fact]:
    if isinstance(node, nodes.Name) and node.name in world.workflow.facts:
        yield world.workflow.facts[node.name]
    for part in node.values():
        yield from _facts_in(world, part)


def _title(world: World, name: str) -> str:
    workflow = world.workflow
    known = (
        workflow.facts.get(name) or workflow.materials.get(name) or workflow.collections.get(name)
    )
    return known.title if known else workflow.titles.get(name, _NAMES.get(name, name))


def _words(world: World, node: nodes.Expr) -> str:
    """Write a piece without its value: titles for names, sayings for functions."""
    known, value = constant(node)
    if known:
        return _plain(value)
    if isinstance(node, nodes.Name):
        return _title(world, node.name)
    if isinstance(node, nodes.Decided):
        return node.title
    if isinstance(node, nodes.Getattr):
        if isinstance(node.node, nodes.Name) and node.node.name in SPACES:
            return _words_in(world, node.node.name, node.attr)
        return f"{_words(world, node.node)}的{_title_of_part(world, node)}"
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
        said = _CALLS.get(node.node.name, "{}")
        return said.format(*(_words(world, arg) for arg in node.args))
    if isinstance(node, nodes.Filter) and node.node is not None and node.name == "open":
        return f"{FILTERS['open'].title}{_words(world, node.node)}"
    if isinstance(node, nodes.Filter) and node.node is not None and node.name in ("rank", "known"):
        return _words_among(world, node, node.node)
    if isinstance(node, nodes.Filter) and node.node is not None and node.name in FILTERS:
        column = _column(world, node)
        of = "行数" if column is None and node.name in _COUNTS and _table(world, node) else ""
        title = of or (column.title if column is not None else "") + FILTERS[node.name].title
        return f"{_words(world, node.node)}的{title}"
    if isinstance(node, nodes.BinExpr) and node.operator in _SIGNS:
        sign = _SIGNS[node.operator]
        return f"{_words(world, node.left)}{sign}{_words(world, node.right)}"
    if isinstance(node, nodes.List | nodes.Tuple):
        return "、".join(_words(world, item) for item in node.items)
    inside = dict.fromkeys(fact.title for fact in _facts_in(world, node))
    return "、".join(inside) or "条件"


def _table(world: World, node: nodes.Expr | None) -> Fact | None:
    """Give the table whose rows, or some of them, a piece goes through."""
    while isinstance(node, nodes.Filter):
        node = node.node
    fact = world.workflow.facts.get(node.name) if isinstance(node, nodes.Name) else None
    return fact if fact is not None and fact.is_table else None


def _column(world: World, node: nodes.Expr) -> Fact | None:
    """Give the column of a table of which a piece makes a figure: a sum, a rank."""
    table = _table(world, node)
    if table is None or not isinstance(node, nodes.Filter) or not node.args:
        return None
    known, name = constant(node.args[0])
    return next((one for one in table.columns if known and one.name == name), None)


def _words_among(world: World, node: nodes.Filter, cases: nodes.Expr) -> str:
    """Write which of some cases are meant, or in what a value has its place among them."""
    known, name = constant(node.args[0]) if node.args else (False, "")
    column = _column(world, node)
    title = _title_among(world, str(name)) if known else ""
    title = column.title if column is not None else title
    if node.name == "known":
        return f"{_words(world, cases)}（已填{title}的）"
    own = "、".join(_words(world, arg) for arg in node.args[1:])
    return f"{own} 在{_words(world, cases)}的{title}里的名次"


def _title_of_part(world: World, node: nodes.Getattr) -> str:
    """Name what a date or a linked case has under a name."""
    fact = _linked_fact(world, node)
    if fact is not None:
        return fact.title
    return _PARTS.get(node.attr, node.attr)


def _linked(world: World, node: nodes.Expr) -> OtherCase | None:
    """Give the linked case of which a piece reads something."""
    if not isinstance(node, nodes.Getattr):
        return None
    seen = _value(world, _side("", node.node))
    return seen.case if isinstance(seen, CaseRecord) else None


def _linked_fact(world: World, node: nodes.Expr) -> Fact | None:
    """Give the fact of a linked case that a piece reads."""
    other = _linked(world, node)
    if other is None or not isinstance(node, nodes.Getattr):
        return None
    return other.workflow.facts.get(node.attr)


def _words_in(world: World, space: str, name: str) -> str:
    if space == LINKED:
        others = world.moment.others
        return others.titles.get(name, name) if others is not None else name
    title = _title(world, name)
    return {
        "last": f"“{title}”办理之日",
        "count": f"“{title}”办过的次数",
        "order": f"“{title}”",
        "sha256": f"{title}的文件",
    }[space]
