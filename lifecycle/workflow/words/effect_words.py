"""Are a workflow's effects sound? They reach workflows that there are and that let them in, carry
what is asked there, and never come back to themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.errors import Problem, nearest
from lifecycle.expression import nodes
from lifecycle.expression.language import TYPES
from lifecycle.expression.sorts import Names, Sort
from lifecycle.workflow.conditions import (
    Others,
    sort_of,
    sort_of_case,
)
from lifecycle.workflow.model import OPENING, ROW, THIS, Effect, Fact, Setting, Transition, Workflow
from lifecycle.workflow.reliance import target_of
from lifecycle.workflow.words.collection_words import sort_of_this
from lifecycle.workflow.words.setting_words import COMPUTED_AS, sort_computed

ALSO_AS = {"case": ("text", "record"), "list": ("list",)}
"""The types of expression that give a fact what nothing computes for its own case."""


def check_effects(
    workflow: Workflow, vague: frozenset[str], others: Others | None
) -> Iterator[Problem]:
    """See that what transitions do can be done, as far as the other workflows are at hand."""
    yield from _check_causes(workflow, others)
    for way in workflow.transitions:
        for effect in way.does:
            yield from _check_one(workflow, way, effect, vague, others)
    if others is not None:
        yield from _check_circles(workflow, {**others, workflow.name: workflow})


def _check_causes(workflow: Workflow, others: Others | None) -> Iterator[Problem]:
    """See that what is made by other workflows only is made by one, and that somebody leads what
    nobody opens.
    """
    opening, first = workflow.opening, workflow.states[workflow.initial]
    lead = workflow.roles.get(first.lead or "")
    led = workflow.panel is not None or (lead is not None and lead.bound is None)
    if opening is not None and opening.causes and not workflow.opened_by and not led:
        message = f"立项只由别的流程带动，“{first.title}”却没有写谁牵头：更正没有人确认"
        mend = "在这个环节写 lead（不由要素确定单位的角色），或在 opening 的 by 里加上一个角色"
        yield Problem("caused-lead", opening.location, message, mend)
    for way in workflow.ways:
        for cause in way.causes:
            other = (others or {}).get(cause.partition(".")[0])
            effects = list(_of(other, cause)) if other is not None else []
            if other is not None and not any(_reaches(one, workflow, way) for one in effects):
                message = f"“{way.title}”写着由 {cause} 带动，那个流转的 does 却没有写它"
                mend = f"在流程 {other.name} 里补上 does，或从 by 里删去"
                yield Problem("never-caused", way.location, message, mend, warning=True)


def _of(workflow: Workflow, cause: str) -> Iterator[Effect]:
    """Give the effects of the transition that a cause names."""
    for way in workflow.transitions:
        if f"{workflow.name}.{way.name}" == cause:
            yield from way.does


def _reaches(effect: Effect, workflow: Workflow, way: Transition) -> bool:
    """Tell whether an effect may be this transition, or the opening, of a workflow: of what a
    link or a collection names, the transition's name decides.
    """
    if way.name == OPENING:
        return effect.opens == workflow.name
    return effect.transition == way.name


def _check_one(
    workflow: Workflow,
    way: Transition,
    effect: Effect,
    vague: frozenset[str],
    others: Others | None,
) -> Iterator[Problem]:
    fact = workflow.facts.get(effect.on)
    if fact is not None and not fact.is_link and fact.name not in vague:
        message = f"“{way.title}”带动要素 {fact.name}，它不关联事项（类型是 {fact.type}）"
        yield Problem("wrong-effect", effect.location, message, "写类型为 case 的要素，或一个汇集")
    name = target_of(workflow, effect)
    if others is None or not name or bool(effect.opens) is bool(effect.transition):
        return  # what is not whole has been told
    known = {**others, workflow.name: workflow}
    target = known.get(name)
    if target is None:
        near = nearest(name, known)
        mend = f"是否为 “{near}”？否则先发布那个流程" if near else "先发布那个流程"
        message = f"“{way.title}”带动未知的流程 “{name}”"
        yield Problem("unknown-workflow", effect.location, message, mend)
        return
    ways = _ways_of(target, effect)
    if not ways:
        near = nearest(effect.transition, target.titles)
        mend = f"是否为 “{near}”？" if near else f"看 {target.title} 有哪些流转"
        message = f"{target.title} 没有流转 “{effect.transition}”"
        if effect.opens:
            message, mend = f"{target.title} 没有写 opening，不能带动立项", "在那个流程里写 opening"
        yield Problem("unknown-transition", effect.location, message, mend)
        return
    yield from _check_let_in(workflow, way, effect, target, ways)
    yield from _check_facts(workflow, effect, target, ways, vague, known)


def _ways_of(target: Workflow, effect: Effect) -> tuple[Transition, ...]:
    """Give the transitions that an effect may be: several where states share the name."""
    if effect.opens:
        return (target.opening,) if target.opening is not None else ()
    return tuple(way for way in target.transitions if way.name == effect.transition)


def _check_let_in(
    workflow: Workflow,
    way: Transition,
    effect: Effect,
    target: Workflow,
    ways: tuple[Transition, ...],
) -> Iterator[Problem]:
    """See that the other workflow lets the effect in, and asks no reason that it has not got."""
    cause = f"{workflow.name}.{way.name}"
    where = "opening " if effect.opens else f"流转 {effect.transition} "
    if any(cause not in one.causes for one in ways):
        message = f"{target.title} 的{where}没有许可由 {cause} 带动"
        mend = f"在流程 {target.name} 的{where}的 by 里加上 {cause}"
        yield Problem("not-let-in", effect.location, message, mend)
    if any(one.reason for one in ways) and not way.reason:
        message = f"{target.title} 的{where}必须写理由，“{way.title}”却不必写"
        mend = f"在“{way.title}”写 reason: required：带动时用它的理由"
        yield Problem("no-reason", effect.location, message, mend)


def _check_facts(
    workflow: Workflow,
    effect: Effect,
    target: Workflow,
    ways: tuple[Transition, ...],
    vague: frozenset[str],
    known: Others,
) -> Iterator[Problem]:
    given = {setting.fact for setting in effect.facts}
    for fact in lacking(target, effect, ways, given):
        message = f"{target.title} 要填 {fact.title}（{fact.name}），这里没有写怎样算"
        yield Problem("unfed-effect", effect.location, message, f"在 facts 里补上 {fact.name}: …")
    for setting in effect.facts:
        fed = target.facts.get(setting.fact)
        if fed is None:
            near = nearest(setting.fact, target.facts)
            mend = f"是否为 “{near}”？" if near else f"看 {target.title} 有哪些要素"
            message = f"{target.title} 没有要素 “{setting.fact}”"
            yield Problem("unknown-fact", setting.location, message, mend)
        elif not takes(effect, ways, fed):
            message = f"{target.title} 的要素 {fed.name} 不随这里填报"
            mend = "删去；或在那里的 asks、may 里加上它"
            yield Problem("wrong-effect", setting.location, message, mend)
        else:
            yield from _check_value(workflow, effect, fed, setting, vague, known)


def lacking(
    target: Workflow, effect: Effect, ways: tuple[Transition, ...], given: set[str]
) -> Iterator[Fact]:
    """Give the facts of the other case that have to come with what is done to it, and do not."""
    set_there = {name for way in ways for name in way.set_facts}
    asked = {name for way in ways for name in way.asks}
    for fact in target.facts.values():
        wanted = fact.required is True if effect.opens else fact.name in asked
        if wanted and fact.name not in given | set_there:
            yield fact


def takes(effect: Effect, ways: tuple[Transition, ...], fact: Fact) -> bool:
    """Tell whether a fact may be given with what is done to the other case."""
    if effect.opens:
        return all(not way.asks or fact.name in way.asks for way in ways)
    return all(fact.name in (*way.asks, *way.may) for way in ways)


def _check_value(
    workflow: Workflow,
    effect: Effect,
    fact: Fact,
    setting: Setting,
    vague: frozenset[str],
    known: Others,
) -> Iterator[Problem]:
    rows = workflow.collections.get(effect.each or effect.on)
    also = (THIS, ROW) if rows is not None else (THIS,)
    names = _sorts(workflow, rows.over if rows is not None else "", known)
    sort, problems = sort_computed(workflow, setting, names, vague, also)
    yield from problems
    if fact.is_table:
        message = f"{fact.title}（{fact.name}）是表格，不能带过去"
        yield Problem("wrong-effect", setting.location, message, "从 facts 里删去，在那里另填")
        return
    wanted = ALSO_AS.get(fact.type) or (COMPUTED_AS[fact.type],)
    if sort is None:
        return
    given = _given(workflow, setting, known.get(rows.over) if rows is not None else None)
    if given is not None and (given.unit or "") != (fact.unit or ""):
        here, there = given.unit or "（无）", fact.unit or "（无）"
        message = f"{given.title}的单位是{here}，{fact.title}的是{there}"
        yield Problem("wrong-effect", setting.location, message, "换算过再带，例如 cost / 10000")
    if sort.type not in (*wanted, "any"):
        what = TYPES[wanted[0]].title
        message = f"{fact.title}（{fact.name}）要{what}，这里算出的是{sort.title}"
        yield Problem("wrong-effect", setting.location, message, "改正式子，或改那里的要素的类型")


def _given(workflow: Workflow, setting: Setting, over: Workflow | None) -> Fact | None:
    """Give the fact that is carried as it is, of the case itself or of a row."""
    tree = setting.value.tree
    if isinstance(tree, nodes.Name):
        return workflow.facts.get(tree.name)
    if over is None or not isinstance(tree, nodes.Getattr):
        return None
    of_row = isinstance(tree.node, nodes.Name) and tree.node.name == ROW
    return over.facts.get(tree.attr) if of_row else None


def _sorts(workflow: Workflow, over: str, known: Others) -> Names:
    """Give what values the names of what an effect carries can have."""

    def sort(space: str, name: str) -> Sort | None:
        if not space and name == ROW and over:
            return sort_of_case(over, f"{ROW} ", known)
        if not space and name == THIS:
            return sort_of_this(workflow)
        return sort_of(workflow, space, name, known)

    return sort


# ── Circles ──


def _check_circles(workflow: Workflow, known: Others) -> Iterator[Problem]:
    """See that no transition reaches itself by its effects, on however many ways."""
    for way in workflow.transitions:
        path = _path_back(known, (workflow.name, way.name), (workflow.name, way.name), ())
        if path:
            told = " → ".join(f"{name}.{made}" for name, made in (*path, path[0]))
            message = f"“{way.title}”带动到最后又带动它自己：{told}"
            yield Problem("circular-effect", way.location, message, "去掉其中一步带动")


_Place = tuple[str, str]
"""A transition of a workflow, by the names of both."""


def _path_back(
    known: Others, wanted: _Place, at: _Place, path: tuple[_Place, ...]
) -> tuple[_Place, ...]:
    """Give the way by which effects lead from a transition back to the one wanted; () for none."""
    workflow = known.get(at[0])
    if workflow is None or at in path:
        return ()
    path = (*path, at)
    for way in workflow.transitions:
        for effect in way.does if way.name == at[1] else ():
            following = (target_of(workflow, effect), effect.transition)
            if following == wanted:
                return path
            found = _path_back(known, wanted, following, path) if effect.transition else ()
            if found:
                return found
    return ()
