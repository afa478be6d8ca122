"""What a letter looks like before any case has sent one: sample facts for every name that a
template may use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from lifecycle.correspondence.issuing import Issuing
from lifecycle.correspondence.letter_names import LetterNames, Reminded
from lifecycle.errors import InvalidError
from lifecycle.letter.code import code_of
from lifecycle.letter.model import UPWARD, Letter
from lifecycle.template.compose import MissingError, compose
from lifecycle.template.template import Template
from lifecycle.workflow.model import Fact, NoticeRule, Transition, Workflow

DAY = date(2026, 9, 30)
"""The day of every sample."""
_ENTRY = "5a" * 32
_TEXTS = {
    "name": "瓯江云栖康养度假综合体",
    "investor": "浙江某某康养产业有限公司（示例）",
    "month": "2026-09",
}
_DAYS = {
    "start_due_on": 90,
    "finish_due_on": 800,
    "new_start_due_on": 180,
    "land_start_due_on": 120,
    "loi_valid_to": 150,
    "listing_start_on": 21,
    "listing_end_on": 31,
    "deadline_on": 20,
    "issue_due_on": 20,
}
"""How many days after the sample's day some dates lie; the others lie a month before it."""
_UNITS = ("市自然资源局（示例）", "市生态环境局（示例）")


@dataclass(frozen=True, slots=True)
class Use:
    """One way in which a template is used: by which transition of which workflow, or by none
    (`transition` None).
    """

    template: Template
    workflow: Workflow
    transition: Transition | None
    rule: NoticeRule | None


def uses(
    workflows: list[Workflow], templates: dict[str, Template], *, others: bool = True
) -> Iterator[Use]:
    """List every letter of these workflows once, in their order; then, unless told not to, those
    sent by rule.
    """
    seen: set[str] = set()
    for workflow in workflows:
        for transition in workflow.transitions:
            for rule in transition.notices:
                if rule.template in templates and rule.template not in seen:
                    seen.add(rule.template)
                    yield Use(templates[rule.template], workflow, transition, rule)
    for name, template in templates.items():
        if others and name not in seen and workflows:
            yield Use(template, workflows[0], None, None)


def sample_letter(
    use: Use, rules: Issuing | None = None, issuers: Mapping[str, tuple[str, str]] | None = None
) -> Letter:
    """Write a sample of a letter, with number and code as if it were issued; raises InvalidError
    where it cannot be.

    `issuers` maps roles to the unit, by code and name, that would send it.
    """
    role = use.transition.by[0] if use.transition else "bureau"
    unit, title = (issuers or {}).get(role, ("", "市招商局"))
    if rules is not None and unit in rules.issuers:
        title = rules.issuers[unit].name or title
    named = {name: title for name, (_unit, title) in (issuers or {}).items()}
    scope = sample_scope(use, named, title)
    for _ in range(len(scope) + 1):
        try:
            letter = compose(use.template, scope, on=DAY)
            break
        except (
            MissingError
        ) as error:  # a name that the workflow does not have: say what would stand there
            scope = {**scope, error.name: f"〔{error.name}〕"}
    else:
        raise InvalidError(f"公文模板 {use.template.name} 写不出样张")
    series = "丽招商函〔2026〕{serial}号"
    if rules is not None and use.template.kind in rules.patterns:
        issuer = rules.issuers.get(unit) or next(iter(rules.issuers.values()), None)
        pattern = rules.patterns[use.template.kind]
        series = pattern.replace("{code}", issuer.code if issuer else "某").replace(
            "{year}", str(DAY.year)
        )
    code = code_of(_ENTRY)
    return replace(
        letter,
        number=series.replace("{serial}", "12"),
        signer="分管负责人" if letter.kind in UPWARD else None,
        printed=DAY if letter.layout == "document" else None,
        code=code,
        proof=f"LIFECYCLE:1:SAMPLE:{use.template.name}:{_ENTRY}:{code}",
    )


def sample_scope(use: Use, named: Mapping[str, str], issuer: str) -> dict[str, object]:
    """Give a sample value for every fact of the workflow and every built-in name; `named` are units
    by their roles.
    """
    workflow = use.workflow
    stages = list(workflow.states.values())
    source = use.transition.sources[0] if use.transition else workflow.initial
    target = (use.transition.to if use.transition else None) or source
    rule = use.rule
    told = LetterNames(
        to=_titles(workflow, rule.to, named) if rule else list(_UNITS),
        cc=_titles(workflow, rule.cc, named) if rule else [],
        issuer=issuer,
        case_number=workflow.number.format(year=DAY.year, serial=1),
        case_title=_TEXTS.get(workflow.subject, "示例事项"),
        stage=workflow.states[source].title,
        next_stage=workflow.states[target].title if target in workflow.states else stages[0].title,
        on=DAY,
        note="（此处是经办人写的说明）",
        contact="项目科经办人，电话0578-0000000",
        due_on=DAY + timedelta(days=21),
        due_text="2026年10月21日前",
        materials=[material.title for material in list(workflow.materials.values())[:3]],
        opinions=[
            {"unit": _UNITS[0], "verdict": "同意", "note": ""},
            {"unit": _UNITS[1], "verdict": "附条件同意", "note": "建筑高度控制在12米以内"},
        ],
        last=dict.fromkeys(workflow.titles, DAY - timedelta(days=7)),
        count=dict.fromkeys(workflow.titles, 1),
        limits=[
            {
                "title": "办理时限",
                "due_text": "2026年10月21日前",
                "basis": "内部承诺",
                "inner": True,
            }
        ],
        reply_due_text="2026年10月13日前" if rule and rule.reply else None,
        reminded=Reminded(
            letter_title="关于瓯江云栖康养度假综合体项目选址征求意见的函",
            letter_number="丽招商函〔2026〕7号",
            letter_date=DAY - timedelta(days=20),
            overdue_days=3,
        ),
    )
    return {**{name: _value(fact) for name, fact in workflow.facts.items()}, **told.scope()}


def _titles(workflow: Workflow, names: tuple[str, ...], named: Mapping[str, str]) -> list[str]:
    """Name recipients by the units that hold their roles, else by the roles' titles."""
    titles = {name: role.title for name, role in workflow.roles.items()}
    titles |= {name: party.title for name, party in workflow.parties.items()}
    return [named.get(name) or titles.get(name, name) for name in names]


def _value(fact: Fact) -> object:
    """Give a sample value of a fact's type."""
    if fact.name in _TEXTS:
        return _TEXTS[fact.name]
    if fact.choices:
        return fact.choices[0]
    if fact.type in ("money", "decimal", "integer"):
        return _number(fact)
    if fact.type == "date":
        return DAY + timedelta(days=_DAYS.get(fact.name, -30))
    if fact.type == "yesno":
        return True
    if fact.type == "list":
        return list(_UNITS) if fact.of == "unit" else ["普惠-文旅-2024-07", "普惠-康养-2025-03"]
    if fact.type == "unit":
        return "市文旅平台公司（示例）"
    return f"{fact.title}（示例）"


def _number(fact: Fact) -> object:
    """Give a sample number within the fact's bounds."""
    wanted = {"money": Decimal(32000), "decimal": Decimal("42.5"), "integer": Decimal(40)}[
        fact.type
    ]
    if isinstance(fact.max, Decimal):
        wanted = min(wanted, fact.max if fact.max > 1 else fact.max / 2)
    if isinstance(fact.min, Decimal):
        wanted = max(wanted, fact.min)
    return int(wanted) if fact.type == "integer" else wanted
