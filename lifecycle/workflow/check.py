"""Is a workflow sound? Unknown names, dead ends, conditions that cannot hold, letters that cannot
be written.

Each check is one function that gives Problems; all are run, so that one run shows every fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from lifecycle.errors import Location, Problem, nearest
from lifecycle.expression.language import FUNCTIONS, LETTER_FUNCTIONS, SPACES, VARIABLES
from lifecycle.workflow.choice_lists import ChoiceList
from lifecycle.workflow.conditions import CASE_PARTS, check_conditions
from lifecycle.workflow.graph import check_graph
from lifecycle.workflow.language import MENTIONED
from lifecycle.workflow.letter_variables import LETTER_NAMES, STAGE
from lifecycle.workflow.model import (
    ENTERED,
    LINKED,
    OPENING,
    PREVIOUS,
    ROW,
    Fact,
    NoticeRule,
    Use,
    Workflow,
)
from lifecycle.workflow.supply import Supply, supplied
from lifecycle.workflow.words.choice_words import check_choices
from lifecycle.workflow.words.clock_words import check_clock
from lifecycle.workflow.words.collection_words import check_collections
from lifecycle.workflow.words.cosign_words import check_cosigns
from lifecycle.workflow.words.decision_tables import check_tables
from lifecycle.workflow.words.edition_words import check_editions
from lifecycle.workflow.words.effect_words import check_effects
from lifecycle.workflow.words.every_words import check_every
from lifecycle.workflow.words.limit_words import check_limits
from lifecycle.workflow.words.link_words import check_links
from lifecycle.workflow.words.number_words import check_number
from lifecycle.workflow.words.setting_words import check_settings
from lifecycle.workflow.words.variant_words import check_variant
from lifecycle.workflow.words.visible_words import check_visible
from lifecycle.workflow.yaml.fields import MOST_SHOWN

_WORDS = (
    "and",
    "or",
    "not",
    "in",
    "is",
    "if",
    "else",
    "true",
    "false",
    "none",
    "loop",
    "self",
    "super",
    ENTERED,
)
RESERVED = frozenset(
    (*FUNCTIONS, *LETTER_FUNCTIONS, *SPACES, *VARIABLES, *LETTER_NAMES, *_WORDS, ROW)
)
"""Names that a fact cannot have, because they mean something else in conditions, letters or the
workflow itself.
"""


HIDDEN = ("number", "final", "suspended")
"""What every case has under these names hides a fact that is called so, where others read it."""


class TemplateLike(Protocol):
    """What the check needs of a letter's template; `template.template.Template` is one."""

    @property
    def variables(self) -> tuple[tuple[str, Location], ...]:
        """The names that must be supplied, each with its place in the template."""

    @property
    def location(self) -> Location:
        """The template's file."""


def check(
    workflow: Workflow,
    templates: Mapping[str, TemplateLike] | None = None,
    others: Mapping[str, Workflow] | None = None,
    *,
    lists: Mapping[str, ChoiceList] | None = None,
    vague: frozenset[str] = frozenset(),
) -> list[Problem]:
    """Give every fault of a workflow that was read; with templates, also those of its letters.

    `others` are the workflows that links may lead to, `lists` the shared lists that may give
    choices, each by name; None where they are not at hand.
    `vague` names facts whose own type could not be read, so that nothing is said about it.
    """
    problems = [
        *_check_names(workflow, vague),
        *_check_clashes(workflow),
        *_check_subject(workflow, vague),
        *_check_opening(workflow),
        *check_choices(workflow, lists),
        *check_number(workflow, vague),
        *check_graph(workflow),
        *check_conditions(workflow, vague, others),
        *check_links(workflow, others),
        *check_settings(workflow, vague, others),
        *check_collections(workflow, others),
        *check_tables(workflow, vague, others),
        *check_effects(workflow, vague, others),
        *check_editions(workflow),
        *check_limits(workflow),
        *check_clock(workflow),
        *check_every(workflow, others),
        *check_cosigns(workflow),
        *check_visible(workflow, others),
        *check_variant(workflow, others),
    ]
    if templates is not None:
        problems += _check_letters(workflow, templates, others)
    return problems


def _check_names(workflow: Workflow, vague: frozenset[str]) -> Iterator[Problem]:
    """See that every name mentioned is defined, and as something that fits."""
    transitions = workflow.titles
    tables: dict[str, Mapping[str, object]] = {
        "state": workflow.states,
        "role": workflow.roles,
        "fact": workflow.facts,
        "material": workflow.materials,
        "transition": transitions,
        "recipient": {**workflow.roles, **workflow.parties},
        "item": {**workflow.facts, **workflow.materials},
        "done": {**workflow.facts, **transitions},
        "cosign": {cosign.name: cosign for t in workflow.transitions for cosign in t.cosigns},
        "collection": workflow.collections,
        "moved": {**workflow.facts, **workflow.collections},
    }
    misspelt = 0
    for use in workflow.uses:
        table = tables.get(use.kind, workflow.facts)
        if use.name not in table:
            misspelt += 1
            yield _unknown(use, table if misspelt <= MOST_SHOWN else {})
        elif (
            MENTIONED[use.kind].fit
            and use.name not in vague
            and not _fits(workflow.facts[use.name], use.kind)
        ):
            fact = workflow.facts[use.name]
            message = f"{use.by}要素 “{use.name}”，但它的类型是 {fact.type}"
            mend = f"这里要类型为 {MENTIONED[use.kind].fit}的要素"
            yield Problem("wrong-fact-type", use.location, message, mend)
        elif use.kind == "done" and use.name in workflow.facts and use.name in transitions:
            yield Problem(
                "ambiguous",
                use.location,
                f"{use.by} “{use.name}”，既是要素又是流转",
                "把其中一个改名",
            )


def _unknown(use: Use, table: Mapping[str, object]) -> Problem:
    target = MENTIONED[use.kind]
    titled = [
        name for name, item in table.items() if use.name in (item, getattr(item, "title", None))
    ]
    near = titled[0] if titled else nearest(use.name, table)
    mend = (
        f"是否为 “{near}”？否则请在 {target.sections}: 下补充定义。"
        if near
        else f"请在 {target.sections}: 下补充定义。"
    )
    return Problem(
        f"unknown-{'fact' if target.fit else use.kind}",
        use.location,
        f"{use.by}未定义的{target.title} “{use.name}”",
        mend,
    )


def _fits(fact: Fact, kind: str) -> bool:
    if kind == "units":
        return fact.type == "list" and fact.of == "unit"
    return fact.type in (("text", "unit") if kind == "called" else (kind,))


def _check_clashes(workflow: Workflow) -> Iterator[Problem]:
    """See that no name means two things in a place where both are known."""
    for name, fact in workflow.facts.items():
        if name in RESERVED:
            message = f"要素不能叫 “{name}”，条件或公文里它另有所指"
            yield Problem("reserved-name", fact.location, message, f"换一个名称，例如 {name}_fact")
        elif name in HIDDEN:
            message = f"要素不能叫 “{name}”，别的事项读它时另有所指"
            yield Problem("reserved-name", fact.location, message, f"换一个名称，例如 {name}_fact")
    for name, state in workflow.states.items():
        if name in ("all", ENTERED, PREVIOUS):
            yield Problem(
                "reserved-name",
                state.location,
                f"环节不能叫 “{name}”，它另有所指",
                f"换一个名称，例如 {name}_state",
            )
    for transition in workflow.transitions:
        if transition.name == OPENING:
            yield Problem(
                "reserved-name",
                transition.location,
                "流转不能叫 “open”，它指立项",
                "换一个名称，例如 open_site",
            )
    for label, first, second in (
        ("要素", workflow.facts, workflow.materials),
        ("角色", workflow.roles, workflow.parties),
    ):
        other = "材料" if label == "要素" else "收文方"
        for name in first.keys() & second.keys():
            line = first[name].location.line
            message = f"{other} “{name}” 与第 {line} 行的{label}同名"
            yield Problem("ambiguous", second[name].location, message, "把其中一个改名")
    for name, collection in workflow.collections.items():
        if name in RESERVED or name in workflow.facts:
            message = f"汇集 “{name}” 与要素、内置名称同名"
            yield Problem("ambiguous", collection.location, message, "把汇集改名")


def _check_subject(workflow: Workflow, vague: frozenset[str]) -> Iterator[Problem]:
    """See that the fact that names the case is a text and there from the start."""
    fact = workflow.facts.get(workflow.subject)
    if fact is None or fact.name in vague:
        return
    if fact.type != "text":
        message = f"作为事项名称（subject）的要素 {fact.name} 的类型是 {fact.type}"
        yield Problem("wrong-subject", fact.location, message, "把 type 改为 text，或另选一个要素")
    if fact.required is not True:
        message = f"作为事项名称（subject）的要素 {fact.name} 不是立项必填"
        yield Problem("wrong-subject", fact.location, message, "补上 required: true")


def _check_opening(workflow: Workflow) -> Iterator[Problem]:
    """See that who opens a case holds the role before there is one, and may enter what the opening
    requires.

    Roles that are not defined are told elsewhere.
    """
    yield from _check_openers(workflow)
    openers = [workflow.roles[name] for name in workflow.opened_by if name in workflow.roles]
    opening = workflow.opening
    asked = (*opening.asks, *opening.set_facts) if opening and opening.asks else ()
    for fact in workflow.facts.values():
        if asked and fact.required is True and fact.name not in asked:
            message = f"要素 {fact.name} 立项时必填，opening 的 asks 却没有写它，立不了项"
            mend = f"在 opening 的 asks 里加上 {fact.name}"
            yield Problem("closed-opening", fact.location, message, mend)
    for fact in workflow.facts.values():
        keepers = [workflow.roles[name] for name in fact.by if name in workflow.roles]
        known = openers and len(keepers) == len(fact.by)
        if (
            fact.required is not True
            or not keepers
            or not known
            or any(role in keepers for role in openers)
        ):
            continue
        who, opener = ("、".join(role.title for role in roles) for roles in (keepers, openers))
        message = f"要素 {fact.name} 立项时必填，却只许 {who} 填，由 {opener} 立项就办不成"
        mend = f"在 by 里加上 {openers[0].name}；或者把 required 改为以后才要它的环节"
        yield Problem("closed-opening", fact.location, message, mend)


def _check_openers(workflow: Workflow) -> Iterator[Problem]:
    """See that no opener is of a unit which only the case names: before it is open nobody is."""
    for use in workflow.uses:
        role = workflow.roles.get(use.name)
        opens = use.kind == "role" and ("opened_by" in use.by or "panel 的 lead" in use.by)
        if opens and role is not None and role.binding and role.name in workflow.opened_by:
            what = f"{role.title}（{role.name}）由要素 {role.binding} 确定"
            message = f"{what}{'单位' if role.bound else ''}，立项时还没有，立不了项"
            mend = "改写不由要素确定的角色；要由其立项的，另设一个这样的角色"
            yield Problem("bound-opener", use.location, message, mend)


def _check_letters(
    workflow: Workflow,
    templates: Mapping[str, TemplateLike],
    others: Mapping[str, Workflow] | None,
) -> Iterator[Problem]:
    """See that each letter's template is there, and that the case can surely supply what the letter
    needs.
    """
    surely = supplied(workflow)
    for transition in workflow.transitions:
        for rule in transition.notices:
            template = templates.get(rule.template)
            if template is None:
                near = nearest(rule.template, templates)
                mend = (
                    f"是否为 “{near}”？否则" if near else ""
                ) + f"请补充模板 notices/{rule.template}.j2"
                message = f"流转 {transition.name} 的公文没有模板 “{rule.template}”"
                yield Problem("unknown-template", rule.location, message, mend)
                continue
            said = f"流转 {transition.name} 的公文 {rule.template} "
            known = surely.get(transition.location)
            yield from _check_variables(workflow, said, rule.location, template, known)
            yield from _check_cells(workflow, said, rule.location, template)
            if others is not None:
                yield from _check_linked(workflow, said, rule.location, template, others)
            yield from _check_addresses(workflow, said, rule.location, (*rule.to, *rule.cc), known)
            yield from _check_reply(workflow, said, rule)
            yield from _check_secrets(workflow, said, rule, template)


def _check_secrets(
    workflow: Workflow, said: str, rule: NoticeRule, template: TemplateLike
) -> Iterator[Problem]:
    """See that a letter tells nobody of a role what that role may not see."""
    printed = {name for name, _ in (*template.variables, *getattr(template, "optional", ()))}
    for name, visible in workflow.secret.items():
        told = (role for role in (*rule.to, *rule.cc) if role in workflow.roles)
        blind = [role for role in told if role not in visible]
        if name in printed and blind:
            titles = "、".join(workflow.roles[role].title for role in blind)
            message = f"{said}写着“{workflow.facts[name].title}”，收文的 {titles} 却看不到它"
            mend = f"在 {name} 的 visible 里加上 {'、'.join(blind)}，或从模板里删去"
            yield Problem("secret-letter", rule.location, message, mend)


def _check_reply(workflow: Workflow, said: str, rule: NoticeRule) -> Iterator[Problem]:
    """See that the transition to which an answer counts as an opinion asks for opinions at all."""
    name = rule.reply.cosign if rule.reply else None
    if (
        rule.reply
        and name in workflow.titles
        and not any(t.cosigns for t in workflow.transitions if t.name == name)
    ):
        message = f"{said}的复函算作对流转 {name} 的会签意见，但该流转不须会签"
        yield Problem(
            "idle-reply",
            rule.reply.limit.location,
            message,
            "删去 reply 的 cosign，或给该流转补上 needs: cosign",
        )


def _check_variables(
    workflow: Workflow,
    said: str,
    at: Location,
    template: TemplateLike,
    known: Supply | None,
) -> Iterator[Problem]:
    """`known` is None for a transition that no case can come to: nothing can be said of it."""
    for name, place in (*template.variables, *getattr(template, "optional", ())):
        if name not in workflow.facts and name not in LETTER_NAMES:
            near = nearest(name, (*workflow.facts, *LETTER_NAMES))
            mend = (
                (f"是否为 “{near}”？" if near else "")
                + "公文里可用要素的名称和 "
                + "、".join(LETTER_NAMES)
            )
            yield Problem(
                "unknown-in-template", at, f"{said}用到未定义的名称 “{name}”（{place}）", mend
            )
    for (space, name), place in getattr(template, "paths", ()):
        if space != LINKED and name not in workflow.titles:
            near = nearest(name, workflow.titles)
            mend = f"是否为 “{near}”？" if near else f"{space}. 后面写流转的名称"
            yield Problem(
                "unknown-in-template",
                at,
                f"{said}用到未定义的流转 “{space}.{name}”（{place}）",
                mend,
            )
    for name, place in template.variables:
        if known is not None and name in workflow.facts and name not in known.everywhere:
            where, mend = _unsupplied(workflow, known, name)
            message = f"{said}要用要素 “{name}”（{place}），但{where}它不一定已填"
            mend += f"，或在模板里写 {{% if {name} is defined %}}"
            yield Problem("unsupplied", at, message, mend)


def _unsupplied(workflow: Workflow, known: Supply, fact: str) -> tuple[str, str]:
    """Say where a fact may be unknown, if not everywhere, and how it is made known."""
    lacking = known.lacking(fact)
    mend = f"把 {fact} 列入该流转的 needs: facts"
    if len(lacking) == len(known.by_state):
        return "办理时", mend
    where = "、".join(f"“{workflow.states[state].title}”" for state in lacking)
    if len(lacking) == 1:
        mend = f"在要素 {fact} 写 required: {lacking[0]}（进入该环节前必填），或{mend}"
    return f"在环节{where}办理时", mend


def _check_cells(
    workflow: Workflow, said: str, at: Location, template: TemplateLike
) -> Iterator[Problem]:
    """See that what a letter reads of the rows of a table are its columns, and that it provides for
    those that may be empty.
    """
    sure = dict(getattr(template, "cells", ()))
    for (name, part), place in {**dict(getattr(template, "perhaps", ())), **sure}.items():
        table = workflow.facts.get(name)
        if table is None or not table.is_table:
            continue
        columns = {column.name: column for column in table.columns}
        column = columns.get(part)
        if column is None:
            near = nearest(part, columns)
            mend = f"是否为 “{near}”？" if near else f"可用的列：{'、'.join(columns)}"
            message = f"{said}用到表格 {name} 没有的列 “{part}”（{place}）"
            yield Problem("unknown-in-template", at, message, mend)
        elif (name, part) in sure and not column.required:
            message = f"{said}要用表格 {name} 的列 “{part}”（{place}），但有的行可以空着"
            mend = f"在模板里写 | default('')，或在 {name} 的列 {part} 里写 required: true"
            yield Problem("unsupplied", at, message, mend)
    whole = (((name,), place) for name, place in getattr(template, "whole", ()))
    for parts, place in (*getattr(template, "parts", ()), *whole):
        table = workflow.facts.get(parts[0])
        if table is not None and table.is_table:
            part = parts[1] if len(parts) > 1 else table.columns[0].name
            message = f"{said}写了 “{'.'.join(parts)}”（{place}），{parts[0]} 是表格"
            mend = f"逐行写：{{% for row in {parts[0]} %}}{{{{ row.{part} }}}}{{% endfor %}}"
            yield Problem("unknown-in-template", at, message, mend)


def _check_linked(
    workflow: Workflow,
    said: str,
    at: Location,
    template: TemplateLike,
    others: Mapping[str, Workflow],
) -> Iterator[Problem]:
    """See that what a letter names of other cases is there: their workflows, and their facts."""
    beside = {**others, workflow.name: workflow}
    for (space, name), place in getattr(template, "paths", ()):
        if space == LINKED and name not in beside:
            near = nearest(name, beside)
            mend = f"是否为 “{near}”？" if near else f"先发布流程 {name}"
            message = f"{said}用到未知的流程 “{LINKED}.{name}”（{place}）"
            yield Problem("unknown-in-template", at, message, mend)
    for parts, place in getattr(template, "parts", ()):
        fact = workflow.facts.get(parts[0])
        for part in parts[1:]:
            other = beside.get(fact.workflow) if fact is not None and fact.is_link else None
            if other is None or part in (*CASE_PARTS, STAGE):
                break
            fact = other.facts.get(part)
            if fact is None:
                near = nearest(part, (*other.facts, *CASE_PARTS, STAGE))
                mend = f"是否为 “{near}”？" if near else f"看 {other.title} 有哪些要素"
                message = f"{said}用到 {other.title} 没有的 “{'.'.join(parts)}”（{place}）"
                yield Problem("unknown-in-template", at, message, mend)
                break


def _named_by(workflow: Workflow, recipient: str) -> str | None:
    """Name the fact that says who a recipient is, if one does."""
    if recipient in workflow.parties:
        return workflow.parties[recipient].fact
    role = workflow.roles.get(recipient)
    return (role.unit or role.named) if role else None


def _check_addresses(
    workflow: Workflow,
    said: str,
    at: Location,
    recipients: tuple[str, ...],
    known: Supply | None,
) -> Iterator[Problem]:
    """See that a recipient whom a fact names is known by then.

    The units of `units` may well be none.
    """
    for name in recipients:
        fact = _named_by(workflow, name)
        if known is not None and fact in workflow.facts and fact not in known.everywhere:
            where, mend = _unsupplied(workflow, known, fact)
            message = f"{said}发给 “{name}”，但{where}要素 {fact} 不一定已填"
            yield Problem("unsupplied", at, message, mend)
