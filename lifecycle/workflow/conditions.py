"""Are a workflow's conditions sound? They parse, their names are known, their values go together
and can come out either way; and between the ways out of a state no value falls through or fits two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import combinations

from lifecycle.errors import Location, Problem, nearest
from lifecycle.expression.dates import add_days
from lifecycle.expression.expression import Expression
from lifecycle.expression.faults import ExpressionError, MissingName, piece
from lifecycle.expression.language import FUNCTIONS, SPACES, VARIABLES
from lifecycle.expression.ranges import (
    Named,
    Piece,
    constants_of,
    holds_for,
    pieces_of,
    subject_of,
)
from lifecycle.expression.sorts import ANY, Sort, SortFault, find_faults
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import (
    LINKED,
    OFFICER,
    ROW,
    TABLES,
    Fact,
    Guard,
    Transition,
    Workflow,
)

_SECTIONS = {
    "sha256": ("材料", "materials"),
    "count": ("流转", "transitions"),
    "last": ("流转", "transitions"),
    "order": ("流转", "transitions"),
    OFFICER: ("办理人的名称", ""),
    TABLES: ("判定表", "tables"),
}
OFFICER_PARTS = ("unit", "code")
"""What is known of who acts, where a value is computed."""
CASE_PARTS = ("number", "title", "state", "final", "suspended")
"""What every linked case has besides its facts."""
_NUMERIC = ("integer", "decimal", "money")
_CODE = "[A-Za-z0-9][A-Za-z0-9._-]{0,39}"
"""How the directory writes the code of a unit, an officer or a post."""
_LEAVING = ("forward", "return", "withdraw", "terminate")
"""The kinds of transitions among which one chooses where a state is left to."""


def _expressions(workflow: Workflow) -> Iterator[tuple[Expression, Location]]:
    opening = (workflow.opening,) if workflow.opening else ()
    for transition in (*opening, *workflow.transitions):
        for guard in transition.guards:
            if guard.when.source:
                yield guard.when, guard.location
    for light in workflow.lights:
        if light.when:
            yield light.when, light.location


def check_conditions(
    workflow: Workflow, vague: frozenset[str], others: Others | None = None
) -> Iterator[Problem]:
    """See that conditions parse, that their names are known, and that their values go together.

    `others` are the workflows to which links lead, by name; None where they are not at hand.
    """
    sound: set[str] = set()
    for expression, location in _expressions(workflow):
        faults = judge_condition(workflow, expression, location, vague, others)
        yield from faults
        if not faults and not vague & expression.names:
            sound.add(expression.source)
    yield from _check_ways(workflow, sound)


def judge_condition(
    workflow: Workflow,
    expression: Expression,
    location: Location,
    vague: frozenset[str],
    others: Others | None,
) -> list[Problem]:
    """Give every fault of one condition."""
    try:
        compiled = expression.compiled
    except ExpressionError as error:
        return [error.problem("wrong-expression", expression.source, location)]
    unknown = list(unknown_in(workflow, expression, location, known_names(workflow)))
    if unknown or vague & compiled.names:
        return unknown
    return list(_check_values(workflow, expression, location, _sample(workflow), others))


Spaces = Mapping[str, Mapping[str, object]]
"""What names there are within each space; those of `linked` are another workflow's."""


def known_names(workflow: Workflow, *, sets: bool = False) -> Spaces:
    """Give the names within the spaces of a workflow's expressions; who acts is known where a value
    is computed (`sets`) only.
    """
    return {
        "sha256": workflow.materials,
        "count": workflow.titles,
        "last": workflow.titles,
        "order": workflow.titles,
        OFFICER: dict.fromkeys(OFFICER_PARTS if sets else ()),
        TABLES: workflow.tables,
    }


def unknown_in(
    workflow: Workflow,
    expression: Expression,
    location: Location,
    spaces: Spaces,
    also: tuple[str, ...] = (),
) -> Iterator[Problem]:
    """Give a fault for each name of an expression that there is not; `also` are known here only."""
    known = (*workflow.facts, *workflow.collections, *also, *VARIABLES, *FUNCTIONS, *SPACES)
    unknown = [
        (name, name, known, "名称", "facts") for name in expression.names if name not in known
    ]
    for space, name in expression.paths:
        if space == LINKED:
            continue  # of another workflow: see `check_links`
        if name not in spaces[space]:
            label, section = _SECTIONS[space]
            unknown.append((f"{space}.{name}", name, tuple(spaces[space]), label, section))
    for written, name, choices, label, section in unknown:
        near = nearest(name, choices)
        mend = f"是否为 “{near}”？" if near else ""
        if section:
            mend += f"{'否则' if near else ''}请在 {section}: 下补充定义。"
        elif not choices:
            mend = "办理人只用于 sets；条件里办理人写在 by、not_by"
        if name == ROW:
            mend = "row 是汇集中的那一件：写了 each，或 on 写的是汇集，才可以用"
        found = re.search(rf"\b{re.escape(written)}\b", expression.source)
        place = piece(expression.source, location, found.start() if found else 0, len(written))
        message = f"条件中有未定义的{label} “{written}”"
        yield Problem("unknown-in-expression", place, message, mend)


def _check_values(
    workflow: Workflow,
    expression: Expression,
    location: Location,
    sample: dict[str, object],
    others: Others | None,
) -> Iterator[Problem]:
    """See that values are compared with what they can be, and that a condition is no constant.

    What its types allow is tried on sample values.
    """
    faults = type_faults(workflow, expression, others)
    for fault in faults:
        yield fault.error.problem(fault.rule, expression.source, location)
    if faults:
        return
    try:
        expression.evaluate(sample)
    except MissingName:
        pass
    except ExpressionError as error:
        if isinstance(error.__cause__, TypeError | None):
            mend = error.mend or "核对各要素的类型"
            yield Problem("wrong-expression-type", location, error.message, mend)
    yield from _check_outcomes(workflow, expression, location)


def type_faults(
    workflow: Workflow, expression: Expression, others: Others | None = None
) -> list[SortFault]:
    """Give every piece of a condition that the types of a workflow, and of those that it links to,
    forbid, or that can come out one way only.
    """
    return find_faults(
        expression.tree,
        expression.source,
        lambda space, name: sort_of(workflow, space, name, others),
    )


def _check_outcomes(
    workflow: Workflow, expression: Expression, location: Location
) -> Iterator[Problem]:
    """See that a condition on one name does not come out the same for all its values."""
    tried = _tried(workflow, [expression])
    if tried is None:
        return
    subject, pieces = tried
    outcomes = {holds_for(expression, subject, each.sample) for each in pieces}
    if len(outcomes) == 1 and len(pieces) > 1:
        always = "永远成立" if outcomes.pop() else "永远不成立"
        message = f"无论{_named(workflow, subject)}是多少，这个条件{always}"
        yield Problem("constant-condition", location, message, "改正数目，或删去该条件")


def tried_together(
    workflow: Workflow, expressions: list[Expression]
) -> tuple[Named, list[Piece], str] | None:
    """Give the one name that all these conditions compare with constants, its values cut at them,
    and how it is called; None where they do anything else.
    """
    tried = _tried(workflow, expressions) if expressions else None
    return None if tried is None else (*tried, _named(workflow, tried[0]))


def _tried(workflow: Workflow, expressions: list[Expression]) -> tuple[Named, list[Piece]] | None:
    """Give the one name that all these conditions compare with constants, and its values cut at
    them.
    """
    subjects = {subject_of(expression) for expression in expressions}
    subject = subjects.pop() if len(subjects) == 1 else None
    sort = sort_of(workflow, *subject) if subject else None
    if subject is None or sort is None:
        return None
    constants = [value for expression in expressions for value in constants_of(expression)]
    pieces = pieces_of(sort, constants)
    try:
        for expression in expressions:
            for each in pieces:
                holds_for(expression, subject, each.sample)
    except (MissingName, ExpressionError):
        return None
    return subject, pieces


# ── Between the ways out of a state ──


@dataclass(frozen=True, slots=True)
class _Guarded:
    """A way out of a state with those of its guards that compare one name with constants."""

    transition: Transition
    guards: tuple[Guard, ...]

    def holds(self, subject: Named, value: object) -> bool:
        """Tell whether all these guards hold for one value of the name."""
        return all(holds_for(guard.when, subject, value) for guard in self.guards)


def _check_ways(workflow: Workflow, sound: set[str]) -> Iterator[Problem]:
    """Warn of values at which no way out of a state is open, or two are, as far as guards compare
    one name with constants.
    """
    told: set[tuple[Location, ...]] = set()
    for state, leaving in workflow.leaving.items():
        found: dict[Named, list[_Guarded]] = {}
        for transition in leaving.values():
            if transition.kind in _LEAVING:
                for subject, guards in _by_subject(transition, sound):
                    found.setdefault(subject, []).append(_Guarded(transition, guards))
        apart = {
            frozenset((one.transition.name, other.transition.name))
            for subject, ways in found.items()
            for one, other in combinations(ways, 2)
            if not _overlaps(workflow, subject, [one, other])
        }
        for ways in found.values():
            places = tuple(guard.location for way in ways for guard in way.guards)
            if places not in told and _differ(workflow, ways):
                told.add(places)
                yield from _check_gap(workflow, state, ways)
                yield from _check_overlaps(workflow, state, ways, apart)


def _differ(workflow: Workflow, ways: list[_Guarded]) -> bool:
    """Tell whether ways are open at different values; where they ask the same, that is what comes
    before any of them, and an officer chooses.
    """
    tried = _pieces(workflow, ways) if len(ways) > 1 else None
    if tried is None:
        return False
    subject, pieces = tried
    return len({tuple(way.holds(subject, each.sample) for each in pieces) for way in ways}) > 1


def _by_subject(
    transition: Transition, sound: set[str]
) -> Iterator[tuple[Named, tuple[Guard, ...]]]:
    guards = [guard for guard in transition.guards if guard.when.source in sound]
    pairs = [(subject_of(guard.when), guard) for guard in guards]
    # Whether something was made at all orders the ways; it does not part them by values.
    named = [
        (subject, guard)
        for subject, guard in pairs
        if subject is not None and not (subject[0] and set(constants_of(guard.when)) == {0})
    ]
    for subject in dict.fromkeys(subject for subject, _ in named):
        yield subject, tuple(guard for own, guard in named if own == subject)


def _pieces(workflow: Workflow, ways: list[_Guarded]) -> tuple[Named, list[Piece]] | None:
    return _tried(workflow, [guard.when for way in ways for guard in way.guards])


def _overlaps(workflow: Workflow, subject: Named, ways: list[_Guarded]) -> list[Piece]:
    """List the values at which all these ways are open."""
    tried = _pieces(workflow, ways)
    if tried is None:
        return []
    return [each for each in tried[1] if all(way.holds(subject, each.sample) for way in ways)]


def _check_gap(workflow: Workflow, state: str, ways: list[_Guarded]) -> Iterator[Problem]:
    tried = _pieces(workflow, ways)
    if tried is None:
        return
    subject, pieces = tried
    left = [each for each in pieces if not any(way.holds(subject, each.sample) for way in ways)]
    if left:
        message = (
            f"环节“{workflow.states[state].title}”：{_named(workflow, subject)}{_told(left)} 时，"
            f"{_ways(ways)}都不能办"
        )
        place = ways[-1].guards[-1].location
        yield Problem("guard-gap", place, message, "补上漏掉的值，或另写一条出路", warning=True)


def _check_overlaps(
    workflow: Workflow, state: str, ways: list[_Guarded], apart: set[frozenset[str]]
) -> Iterator[Problem]:
    for one, other in combinations(ways, 2):
        subject = subject_of(one.guards[0].when)
        if subject is None or frozenset((one.transition.name, other.transition.name)) in apart:
            continue
        both = _overlaps(workflow, subject, [one, other])
        if both and _differ(workflow, [one, other]):
            message = (
                f"环节“{workflow.states[state].title}”：{_named(workflow, subject)}{_told(both)}"
                f" 时，{_ways([one, other])}都可以办"
            )
            place = other.guards[-1].location
            yield Problem("guard-overlap", place, message, "把两处的界限对齐", warning=True)


def _told(pieces: list[Piece]) -> str:
    return "，或".join(each.told for each in pieces)


def _ways(ways: list[_Guarded]) -> str:
    return "、".join(f"“{way.transition.title}”" for way in ways)


def _named(workflow: Workflow, subject: Named) -> str:
    space, name = subject
    if not space:
        fact = workflow.facts.get(name)
        return f"要素 {name}（{fact.title}）" if fact else name
    return f"{space}.{name} "


# ── What values the names of a workflow can have ──


Others = Mapping[str, Workflow]
"""Workflows by name: those to which links lead, or whose cases link here."""


def sort_of(workflow: Workflow, space: str, name: str, others: Others | None = None) -> Sort | None:
    """Give what values a name of a workflow's conditions can have; None for one that it lacks."""
    if space == OFFICER:
        return Sort("text", f"officer.{name} ")
    if space == TABLES:
        return ANY  # not put in: told elsewhere
    if space == LINKED:
        return Sort("list", f"linked.{name} ", of=sort_of_case(name, f"linked.{name} ", others))
    if space:
        return _sort_within(workflow, space, name)
    if name in workflow.facts:
        fact = workflow.facts[name]
        if fact.is_link:
            return sort_of_case(fact.workflow, f"要素 {name} ", others)
        return _sort_of_fact(fact)
    if name in workflow.collections:
        over = workflow.collections[name].over
        known = {**(others or {}), workflow.name: workflow}
        return Sort("list", f"汇集 {name} ", of=sort_of_case(over, f"汇集 {name} ", known))
    if name == "state":
        return Sort("text", "环节 state ", options=tuple(workflow.states))
    return Sort("date", name) if name in VARIABLES else None


def sort_of_case(name: str, called: str, others: Others | None) -> Sort:
    """Give the sort of a case of another workflow; nothing is known of one that is not at hand."""
    other = others.get(name) if others else None
    has = (*other.facts, *CASE_PARTS) if other else ()
    return Sort("record", called, inside=lambda part: _sort_inside(other, part, others), has=has)


def _sort_inside(other: Workflow | None, part: str, others: Others | None) -> Sort | None:
    return ANY if other is None else sort_of_part(other, part, others)


def sort_of_part(other: Workflow, part: str, others: Others | None) -> Sort | None:
    """Give what values a part of a case can have: a fact, or what every case has; None for what it
    has not.
    """
    if part == "state":
        return Sort("text", "环节 state ", options=tuple(other.states))
    if part in ("final", "suspended"):
        return Sort("yesno", f"{part} ")
    if part in CASE_PARTS:
        return Sort("text", f"{part} ")
    return sort_of(other, "", part, others) if part in other.facts else None


def _sort_within(workflow: Workflow, space: str, name: str) -> Sort | None:
    called = f"{space}.{name} "
    if space == "sha256":
        written = "文件指纹只与另一种材料的比：sha256.甲 == sha256.乙"
        return Sort("text", called, pattern="[0-9a-f]{64}", written=written)
    if space == "last":
        return Sort("date", called)
    most = None
    if space == "count":
        made = [t for t in workflow.transitions if t.name == name]
        bounds = [[c.at_most for c in t.counters if c.of == name] for t in made]
        if bounds and all(bounds):
            most = Decimal(max(min(each) for each in bounds))
    return Sort("number", called, least=Decimal(0), most=most, whole=True)


def _sort_of_fact(fact: Fact) -> Sort:
    called = f"要素 {fact.name} "
    if fact.type == "list":
        return Sort("list", called, of=_sort_of_value(fact, fact.of, f"{called}的各项"))
    if fact.is_table:
        return Sort("list", called, of=_sort_of_row(fact))
    return _sort_of_value(fact, fact.type, called)


def _sort_of_row(table: Fact) -> Sort:
    """Give what a row of a table has: its columns."""
    columns = {column.name: column for column in table.columns}

    def inside(name: str) -> Sort | None:
        column = columns.get(name)
        called = f"要素 {table.name} 的列 {name} "
        return None if column is None else _sort_of_value(column, column.type, called)

    return Sort("record", f"要素 {table.name} 的各行 ", inside=inside, has=tuple(columns))


def _sort_of_value(fact: Fact, kind: str, called: str) -> Sort:
    if kind == "date":
        return Sort("date", called, past=not fact.future)
    if kind == "yesno":
        return Sort("yesno", called)
    if kind in _NUMERIC:
        least, most = (
            bound if isinstance(bound, Decimal) else None for bound in (fact.min, fact.max)
        )
        return Sort("number", called, least=least, most=most, whole=kind == "integer")
    if kind == "unit":
        written = "单位写代码（lifecycle unit list 可查），不写名称"
        return Sort("text", called, pattern=_CODE, written=written)
    if kind in ("officer", "post"):
        written = "经办人写工号，岗位写代码，不写名称"
        return Sort("text", called, pattern=_CODE, written=written)
    written = fact.note if fact.pattern else ""
    return Sort("text", called, options=fact.choices, pattern=fact.pattern or "", written=written)


def _sample(workflow: Workflow) -> dict[str, object]:
    day = date(2026, 1, 5)
    values: dict[str, object] = {
        "integer": 1,
        "decimal": Decimal(1),
        "money": Decimal(1),
        "date": day,
        "yesno": True,
    }
    scope: dict[str, object] = dict.fromkeys(("today", "entered_on", "opened_on"), day)
    for name, fact in workflow.facts.items():
        if fact.is_link:
            continue  # what a linked case has is judged by its own workflow
        text = fact.choices[0] if fact.choices else "文字"
        if fact.is_table:
            scope[name] = [{one.name: values.get(one.type, "文字") for one in fact.columns}]
        elif fact.type == "list":
            scope[name] = [values.get(fact.of, text)]
        else:
            scope[name] = values.get(fact.type, text)
    scope |= {name: add_days for name, word in FUNCTIONS.items() if word.work is None}
    made = dict.fromkeys(workflow.titles, day)
    files = dict.fromkeys(workflow.materials, "0" * 64)
    return scope | {
        "state": workflow.initial,
        "count": dict.fromkeys(made, 1),
        "order": dict.fromkeys(made, 1),
        "last": made,
        "sha256": files,
    }
