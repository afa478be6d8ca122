"""The words of what is opened once in every period: it reaches a workflow that there is and that
lets the clock in, and carries what is asked there.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.errors import Problem, nearest
from lifecycle.expression.language import TYPES
from lifecycle.expression.sorts import Sort
from lifecycle.workflow.conditions import Others
from lifecycle.workflow.model import (
    BEFORE,
    CLOCK,
    PERIOD,
    Effect,
    Every,
    Fact,
    Setting,
    Transition,
    Workflow,
)
from lifecycle.workflow.reliance import names_in
from lifecycle.workflow.words.effect_words import ALSO_AS, lacking, takes
from lifecycle.workflow.words.setting_words import COMPUTED_AS, sort_computed

PERIOD_PARTS = {"label": "text", "code": "text", "begin": "date", "end": "date"}
"""What is known of a period, each with its type."""


def check_every(workflow: Workflow, others: Others | None) -> Iterator[Problem]:
    """See that what is opened every period can be, as far as the other workflows are at hand."""
    opening = workflow.opening
    if opening is not None and CLOCK in opening.causes:
        yield from _check_opened(workflow, opening, others)
    for every in workflow.every:
        target = workflow if every.opens == workflow.name else (others or {}).get(every.opens)
        if target is not None:
            yield from _check_target(workflow, every, target)
        elif others is not None and every.opens:
            near = nearest(every.opens, others)
            mend = f"是否为 “{near}”？" if near else f"先发布流程 {every.opens}"
            message = f"every 立未知的流程 “{every.opens}”"
            yield Problem("unknown-workflow", every.location, message, mend)


def _check_opened(
    workflow: Workflow, opening: Transition, others: Others | None
) -> Iterator[Problem]:
    """See that some workflow at hand opens what the clock may open."""
    known = (*(others or {}).values(), workflow)
    named = (every.opens for other in known for every in other.every)
    if others is not None and workflow.name not in named:
        message = "立项写着由 clock 办，却没有流程的 every 立它"
        mend = f"在某个流程里写 every: … opens: {workflow.name}，或从 by 里删去 clock"
        yield Problem("never-caused", opening.location, message, mend, warning=True)


def _check_target(workflow: Workflow, every: Every, target: Workflow) -> Iterator[Problem]:
    opening = target.opening
    if opening is None or CLOCK not in opening.causes:
        message = f"{target.title} 的 opening 没有许可由 clock 立项"
        mend = f"在流程 {target.name} 的 opening 的 by 里加上 clock"
        yield Problem("not-let-in", every.location, message, mend)
        return
    effect = Effect(every.location, opens=target.name, facts=every.facts)
    for fact in lacking(target, effect, (opening,), {setting.fact for setting in every.facts}):
        message = f"{target.title} 要填 {fact.title}（{fact.name}），这里没有写怎样算"
        yield Problem("unfed-effect", every.location, message, f"在 facts 里补上 {fact.name}: …")
    for setting in every.facts:
        fed = target.facts.get(setting.fact)
        if fed is None:
            near = nearest(setting.fact, target.facts)
            mend = f"是否为 “{near}”？" if near else f"看 {target.title} 有哪些要素"
            message = f"{target.title} 没有要素 “{setting.fact}”"
            yield Problem("unknown-fact", setting.location, message, mend)
        elif not takes(effect, (opening,), fed):
            message = f"{target.title} 的要素 {fed.name} 不随这里填报"
            mend = "删去；或在那里的 asks 里加上它"
            yield Problem("wrong-effect", setting.location, message, mend)
        else:
            yield from _check_value(workflow, fed, setting)


def _check_value(workflow: Workflow, fact: Fact, setting: Setting) -> Iterator[Problem]:
    own = sorted(names_in(setting.value) & {*workflow.facts, *workflow.collections})
    if own:
        message = f"every 里还没有事项，不能用 “{own[0]}”"
        mend = "写 period、before 的 label、code、begin、end，或固定的文字"
        yield Problem("unknown-in-expression", setting.location, message, mend)
        return
    sort, problems = sort_computed(workflow, setting, _sort_of, frozenset(), (PERIOD, BEFORE))
    yield from problems
    if fact.is_table:
        message = f"{fact.title}（{fact.name}）是表格，不能自动填"
        yield Problem("wrong-effect", setting.location, message, "从 facts 里删去，由人填")
        return
    wanted = ALSO_AS.get(fact.type) or (COMPUTED_AS[fact.type],)
    if sort is not None and sort.type not in (*wanted, "any"):
        what = TYPES[wanted[0]].title
        message = f"{fact.title}（{fact.name}）要{what}，这里算出的是{sort.title}"
        yield Problem("wrong-effect", setting.location, message, "改正式子，或改那里的要素的类型")


def _sort_of(space: str, name: str) -> Sort | None:
    """Give what values the names can have that are known here: no case is there yet."""
    if not space and name in (PERIOD, BEFORE):
        parts = tuple(PERIOD_PARTS)
        return Sort("record", f"{name} ", inside=lambda part: _sort_of_part(name, part), has=parts)
    return Sort("date", "today ") if not space and name == "today" else None


def _sort_of_part(name: str, part: str) -> Sort | None:
    found = PERIOD_PARTS.get(part)
    return Sort(found, f"{name}.{part} ") if found else None
