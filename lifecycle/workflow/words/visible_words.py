"""The words of who may see: whoever acts must see what they act on, and what is kept from others
must not come out by another way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from lifecycle.errors import Location, Problem
from lifecycle.expression import nodes
from lifecycle.expression.expression import Expression
from lifecycle.expression.faults import ExpressionError
from lifecycle.workflow.model import LINKED, ROW, Fact, Material, Transition, Workflow
from lifecycle.workflow.reliance import gate_names, names_in, parts_in

_MEND_TAKEN = "换一个要素，或从那个流程的要素里删去 visible"


def check_visible(workflow: Workflow, others: Mapping[str, Workflow] | None) -> Iterator[Problem]:
    """Give the faults of these words; `others` as for `check`."""
    yield from _check_actors(workflow)
    for name in workflow.secret:
        yield from _check_item(workflow, workflow.facts.get(name) or workflow.materials[name])
    yield from _check_shown(workflow)
    for way in workflow.ways:
        yield from _check_way(workflow, way)
        for expression in way.expressions:
            yield from _check_taken(workflow, way, expression, others or {})
        yield from _check_rows(workflow, way, others or {})
    for collection in workflow.collections.values():
        other = (others or {}).get(collection.over)
        for name in sorted(names_in(collection.where) & (other.secret.keys() if other else set())):
            message = f"汇集 {collection.name} 读只给部分角色看的 “{name}”"
            yield Problem("secret-taken", collection.location, message, _MEND_TAKEN)


def _check_actors(workflow: Workflow) -> Iterator[Problem]:
    """See that every role which does something in a case may see it."""
    missing = [role for role in _actors(workflow) if role not in workflow.visible]
    if workflow.visible and missing:
        titles = _titles(workflow, missing)
        message = f"{titles} 要在这个流程里办事，visible 却没有写，就看不到自己要办的事项"
        mend = f"在 visible 里加上 {'、'.join(missing)}"
        yield Problem("unseen-actor", workflow.location, message, mend)


def _actors(workflow: Workflow) -> list[str]:
    """Name the roles that open, lead, make, sign, enter or supply something, or get a letter."""
    names: list[str] = list(workflow.opened_by)
    if workflow.panel is not None:
        panel = workflow.panel
        names += [panel.lead, *panel.core, *((panel.extra,) if panel.extra else ())]
    names += [state.lead for state in workflow.states.values() if state.lead]
    for way in workflow.ways:
        names += _who(way)
        names += [name for rule in way.notices for name in (*rule.to, *rule.cc)]
    names += [role for fact in workflow.facts.values() for role in fact.by]
    names += [role for material in workflow.materials.values() for role in material.by]
    return [name for name in dict.fromkeys(names) if name in workflow.roles]


def _who(way: Transition) -> list[str]:
    """Name the roles that make a transition or sign it."""
    return [*way.by, *(role for cosign in way.cosigns for role in cosign.roles)]


def _check_item(workflow: Workflow, item: Fact | Material) -> Iterator[Problem]:
    """See that what is not for all is neither a case's name nor found by searching, and that who
    enters it sees it.
    """
    if item.name == workflow.subject:
        message = f"要素 {item.name} 是事项名称，看得到事项的都看得到，visible 不起作用"
        yield Problem("secret-subject", item.location, message, "删去 visible，或另设名称要素")
    if isinstance(item, Fact) and item.search:
        message = f"要素 {item.name} 写了 visible，又写了 search：检索会露出它"
        yield Problem("secret-search", item.location, message, "删去 search")
    blind = [role for role in item.by if role in workflow.roles and role not in item.visible]
    if blind:
        message = f"{_titles(workflow, blind)} 要填“{item.title}”，它的 visible 却没有写"
        mend = f"在 {item.name} 的 visible 里加上 {'、'.join(blind)}"
        yield Problem("secret-entry", item.location, message, mend)


def _check_way(workflow: Workflow, way: Transition) -> Iterator[Problem]:
    """See that who makes or signs a transition sees what it reads and asks."""
    read = {*gate_names(workflow, way)[0], *way.asks, *way.may}
    who = [role for role in dict.fromkeys(_who(way)) if role in workflow.roles]
    for name, visible in workflow.secret.items():
        blind = [role for role in who if role not in visible]
        if name in read and blind:
            item = workflow.facts.get(name) or workflow.materials[name]
            titles = _titles(workflow, blind)
            message = f"流转 {way.name} 用到“{item.title}”，{titles} 却看不到它（visible）"
            mend = f"在 {name} 的 visible 里加上 {'、'.join(blind)}"
            yield Problem("secret-read", way.location, message, mend)


def _check_taken(
    workflow: Workflow, way: Transition, expression: Expression, others: Mapping[str, Workflow]
) -> Iterator[Problem]:
    """See that no condition reads of another workflow what that keeps from some: along links, or in
    a figure made of many cases.
    """
    taken = {
        *(one for parts in parts_in(expression) for one in _along(workflow, parts, others)),
        *_figured(workflow, expression, others),
    }
    for name, title in sorted(taken):
        yield _taken(way, title, name)


def _taken(way: Transition, title: str, name: str) -> Problem:
    message = f"流转 {way.name} 读 {title} 只给部分角色看的 “{name}”"
    return Problem("secret-taken", way.location, message, _MEND_TAKEN)


def _along(
    workflow: Workflow, parts: tuple[str, ...], others: Mapping[str, Workflow]
) -> Iterator[tuple[str, str]]:
    """Give the secrets of other workflows that are read along names, each with the workflow's
    title.
    """
    here: Workflow | None = workflow
    for link, name in pairwise(parts):
        fact = here.facts.get(link) if here is not None else None
        here = others.get(fact.workflow) if fact is not None else None
        if here is not None and name in here.secret:
            yield name, here.title


def _figured(
    workflow: Workflow, expression: Expression, others: Mapping[str, Workflow]
) -> Iterator[tuple[str, str]]:
    """Give the secrets of other workflows of which a figure is made: `calls|sum('price')`."""
    try:
        named, paths, tree = expression.names, expression.paths, expression.tree
    except ExpressionError:
        return
    read = {workflow.collections[name].over for name in named & workflow.collections.keys()}
    read |= {name for space, name in paths if space == LINKED}
    texts = frozenset(_texts(tree)) if read else frozenset()
    for other in (others[name] for name in read & others.keys()):
        yield from ((name, other.title) for name in texts & other.secret.keys())


def _texts(node: object) -> Iterator[str]:
    """Give the constant texts of a tree."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    inside = vars(node).values() if isinstance(node, nodes.Node) else ()
    for part in node if isinstance(node, tuple) else inside:
        yield from _texts(part)


def _check_rows(
    workflow: Workflow, way: Transition, others: Mapping[str, Workflow]
) -> Iterator[Problem]:
    """See that no effect hands on what the rows of a collection keep from some."""
    for effect in way.does:
        collection = workflow.collections.get(effect.each)
        other = others.get(collection.over) if collection is not None else None
        if other is None:
            continue
        read = {parts for setting in effect.facts for parts in parts_in(setting.value)}
        names = {parts[1] for parts in read if parts[0] == ROW and parts[1:]}
        for name in sorted(names & other.secret.keys()):
            yield _taken(way, other.title, name)


def _check_shown(workflow: Workflow) -> Iterator[Problem]:
    """See that nothing that all who see the case are shown is worked out from what is kept from
    some of them: time limits, lights, and when a transition makes itself.
    """
    for state in workflow.states.values():
        for limit in (*((state.due,) if state.due else ()), *state.limits):
            if limit.since in workflow.secret:
                what = f"环节 {state.name} 的期限“{limit.title}”"
                yield _shown(what, limit.since, limit.location)
    for light in workflow.lights:
        read = names_in(light.when) if light.when is not None else frozenset()
        for name in sorted(read & workflow.secret.keys()):
            yield _shown(f"亮灯“{light.title}”", name, light.location)
    for way in workflow.ways:
        if way.after is not None and way.after.since in workflow.secret:
            yield _shown(f"流转 {way.name} 自动办理的日子", way.after.since, way.location)


def _shown(what: str, name: str, location: Location) -> Problem:
    message = f"{what} 由只给部分角色看的 “{name}” 算出，看得到事项的都看得到它"
    return Problem("secret-shown", location, message, f"换一个要素，或从 {name} 里删去 visible")


def _titles(workflow: Workflow, roles: Iterable[str]) -> str:
    return "、".join(workflow.roles[role].title for role in roles)
