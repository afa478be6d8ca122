"""Whether a letter is of the right kind for whom it goes to: the rules on who writes what to whom
(行文规则).

党政机关公文处理工作条例 (中办发〔2012〕14号), articles 8 and 14 to 17. Which role or party stands
where is what the office knows; it is read from `notices/relations.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lifecycle.errors import Location, Problem
from lifecycle.letter.kinds import kinds
from lifecycle.template.template import Template
from lifecycle.workflow.model import NoticeRule, Transition, Workflow
from lifecycle.workflow.yaml.fields import Fields
from lifecycle.workflow.yaml.file import YamlFile

if TYPE_CHECKING:
    from jinja2 import nodes

FILE = "relations.yaml"
"""The file's name, in the folder of the templates."""
_KEYS = ("relations", "basis", "default", "levels")
_LEVEL = ("title", "names", "inside", "one", "below", "basis", "mend", "allow")
_ALLOW = ("kinds", "by", "says", "basis")


@dataclass(frozen=True, slots=True)
class Allowed:
    """Kinds that may go somewhere.

    Only from the roles of `by` and with one of `says` in the text, where given.
    """

    kinds: tuple[str, ...]
    by: tuple[str, ...]
    says: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True)
class Level:
    """Where recipients stand towards the issuer, and what may be sent there.

    `inside`: slips may, too.
    """

    title: str
    allowed: tuple[Allowed, ...]
    basis: str
    mend: str
    inside: bool = False
    one: bool = False
    below: bool = False


@dataclass(frozen=True, slots=True)
class Relations:
    """The levels by role and party; those not listed stand at `role` or `party`."""

    levels: Mapping[str, Level]
    role: Level
    party: Level

    def level(self, workflow: Workflow, name: str) -> Level:
        """Give the level of a workflow's role or party."""
        return self.levels.get(name) or (self.party if name in workflow.parties else self.role)


class Sent(NamedTuple):
    """One place in a workflow where a letter is sent."""

    workflow: Workflow
    transition: Transition
    rule: NoticeRule


@lru_cache(maxsize=8)
def read_relations(body: bytes, file: str = f"notices/{FILE}") -> Relations:
    """Read the relations; raises WorkflowError with every fault."""
    yaml = YamlFile(Path(file), known=_KEYS, required=_KEYS, body=body)
    levels: dict[str, Level] = {}
    by_name: dict[str, Level] = {}
    for key, _scalar, node in yaml.top.definitions("levels", "类别"):
        fields = Fields(
            yaml.reading,
            node,
            f"类别 {key} ",
            yaml.reading.at(node),
            known=_LEVEL,
            required=("title", "basis", "mend", "allow"),
        )
        levels[key] = _read_level(yaml, fields)
        for name in fields.scalars("names"):
            if name.value in by_name:
                yaml.reading.fault("repeated", name, f"“{name.value}” 归了两个类别", "只归一个类别")
            by_name[name.value] = levels[key]
    default = yaml.top.inner(
        "default", "default ", known=("role", "party"), required=("role", "party")
    )
    for key in ("role", "party"):
        scalar = default.scalar(key) if default else None
        if scalar and scalar.value not in levels:
            yaml.reading.fault(
                "undefined", scalar, f"default 的 {key} 写了未定义的类别 “{scalar.value}”"
            )
    yaml.end()
    assert default is not None  # a missing one is a fault
    return Relations(by_name, levels[default.line("role")], levels[default.line("party")])


def _read_level(yaml: YamlFile, fields: Fields) -> Level:
    allowed = []
    for node, at in fields.placed("allow"):
        inner = Fields(
            yaml.reading,
            node,
            f"{fields.owner}的 allow ",
            at,
            known=_ALLOW,
            required=("kinds", "basis"),
        )
        named = _words(inner, "kinds")
        for kind in inner.scalars("kinds"):
            if kind.value not in kinds().statutory:
                mend = f"文种有 {'、'.join(kinds().statutory)}"
                yaml.reading.fault("kind", kind, f"没有文种 “{kind.value}”", mend)
        allowed.append(
            Allowed(named, _words(inner, "by"), _words(inner, "says"), inner.text("basis"))
        )
    return Level(
        fields.line("title"),
        tuple(allowed),
        fields.text("basis"),
        fields.text("mend"),
        fields.flag("inside"),
        fields.flag("one"),
        fields.flag("below"),
    )


def _words(fields: Fields, key: str) -> tuple[str, ...]:
    return tuple(scalar.value for scalar in fields.scalars(key))


def sent(workflows: Iterable[Workflow], template: str = "") -> list[Sent]:
    """List where the workflows send letters, or letters of one template."""
    return [
        Sent(workflow, transition, rule)
        for workflow in workflows
        for transition in workflow.transitions
        for rule in transition.notices
        if not template or rule.template == template
    ]


def relation_faults(
    workflow: Workflow, templates: Mapping[str, Template], relations: Relations
) -> list[Problem]:
    """Judge each letter of a workflow by the kind of its template.

    Each fault points at the line that sends it. A letter whose template is not given is passed
    over: that it lacks is told by the workflow's check.
    """
    return [
        Problem(
            "relation",
            use.rule.location,
            f"流转 {use.transition.name} 的公文 {use.rule.template} {what}",
            mend,
        )
        for use in sent([workflow])
        if use.rule.template in templates
        for what, mend in _judge(templates[use.rule.template], use, relations)
    ]


def template_relation_faults(
    template: Template, uses: Iterable[Sent], relations: Relations
) -> list[Problem]:
    """Judge one template by all the places that send it; each fault points at its 文种."""
    at = kind_place(template)
    found = {
        (f"用于 {use.workflow.name} 的流转 {use.transition.name} 时{what}", mend): None
        for use in uses
        for what, mend in _judge(template, use, relations)
    }
    return [Problem("relation", at, message, mend) for message, mend in found]


def kind_place(template: Template) -> Location:
    """Find the 文种 of a template's header."""
    for number, line in enumerate(template.source.split("\n"), 1):
        if line.lstrip().startswith("文种"):
            return Location(
                template.location.file, number, line.index(template.kind) + 1, len(template.kind)
            )
    return template.location


def _judge(template: Template, use: Sent, relations: Relations) -> Iterator[tuple[str, str]]:
    """Give what is wrong with one letter, with the basis, and how to mend it."""
    kind, workflow, rule = template.kind, use.workflow, use.rule
    to = _by_level(workflow, rule.to, relations)
    copied = _by_level(workflow, rule.cc, relations)
    for level, names in to:
        who = f"{'、'.join(_titles(workflow, names))}（{level.title}）"
        if kind in kinds().slips:
            if not level.inside:
                yield f"是内部单据“{kind}”，不能发给{who}", level.mend
            continue
        if not _is_allowed(template, level, use.transition.by):
            yield f"是“{kind}”，{_lacking(level, kind)}不能发给{who}：{level.basis}", level.mend
        if level.one and len(rule.to) > 1:
            yield (
                f"主送了 {len(rule.to)} 个单位，其中有{who}：{level.basis}",
                "主送只写一个上级机关，其余抄送",
            )
    for level, names in copied:
        who = f"{'、'.join(_titles(workflow, names))}（{level.title}）"
        if kind in kinds().slips and not level.inside:
            yield f"是内部单据“{kind}”，不能抄送{who}", "另外用函告知"
        above = next((upper for upper, _ in to if upper.one), None)
        if above is not None and level.below:
            yield f"是上行文，不能抄送{who}：{above.basis}", "从 cc 里删去，另外用函告知"


def _by_level(
    workflow: Workflow, names: Iterable[str], relations: Relations
) -> list[tuple[Level, list[str]]]:
    found: dict[int, tuple[Level, list[str]]] = {}
    for name in names:
        level = relations.level(workflow, name)
        found.setdefault(id(level), (level, []))[1].append(name)
    return list(found.values())


def _titles(workflow: Workflow, names: Iterable[str]) -> list[str]:
    known = {
        name: one.title for part in (workflow.roles, workflow.parties) for name, one in part.items()
    }
    return [known.get(name, name) for name in names]


def _is_allowed(template: Template, level: Level, by: tuple[str, ...]) -> bool:
    """Tell whether one rule lets this kind through, from whoever may make the transition."""
    return any(
        template.kind in allowed.kinds
        and (not allowed.by or set(by) <= set(allowed.by))
        and (not allowed.says or _always_says(template, allowed.says))
        for allowed in level.allowed
    )


def _lacking(level: Level, kind: str) -> str:
    """Say what this letter lacks of the conditions under which its kind could go there, if there
    are any.
    """
    ways: dict[str, None] = {}
    for allowed in level.allowed:
        if kind in allowed.kinds:
            ways |= {f"正文没有写明“{allowed.says[0]}”": None} if allowed.says else {}
            ways |= {"不是由有职权的主管部门发出": None} if allowed.by else {}
    return "".join(f"{way}，" for way in ways)


def _always_says(template: Template, phrases: tuple[str, ...]) -> bool:
    """Tell whether every letter of a template holds one of the phrases, whatever its case."""
    from lifecycle.expression.syntax import parse_template

    return _holds(parse_template(template.source).body, phrases)


def _holds(body: Iterable[nodes.Node], phrases: tuple[str, ...]) -> bool:
    from jinja2 import nodes

    for node in body:
        if isinstance(node, nodes.Output):
            texts = [part.data for part in node.nodes if isinstance(part, nodes.TemplateData)]
            if any(phrase in text for text in texts for phrase in phrases):
                return True
        elif isinstance(node, nodes.If) and node.else_:
            branches = (node.body, *(branch.body for branch in node.elif_), node.else_)
            if all(_holds(branch, phrases) for branch in branches):
                return True
    return False
