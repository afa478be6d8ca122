"""What a letter looks like before any case has sent one: sample facts for every name that a
template may use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from lifecycle.correspondence.citing import Citing, shipped_bases
from lifecycle.correspondence.letter_names import LetterNames, Reminded
from lifecycle.correspondence.rules.issuing_rules import Issuing
from lifecycle.correspondence.samples_file import Samples, shipped_samples
from lifecycle.errors import InvalidError
from lifecycle.letter.code import code_of
from lifecycle.letter.kinds import kinds
from lifecycle.letter.model import Letter
from lifecycle.letter.text import day as day_text
from lifecycle.template.compose import MissingError, compose
from lifecycle.template.template import Template
from lifecycle.workflow.bases import Bases
from lifecycle.workflow.model import Fact, NoticeRule, Transition, Workflow
from lifecycle.workflow.numbers import facts_in, number_of, pattern_of

_CODE = "XX"
"""The code that a sample number has for an entry of a shared list."""
_ENTRY = "5a" * 32
"""Stands for the entry in which a sample was issued."""


@dataclass(frozen=True, slots=True)
class SampleUse:
    """One way in which a template is used: by which transition of which workflow, or by none
    (`transition` None).
    """

    template: Template
    workflow: Workflow
    transition: Transition | None
    rule: NoticeRule | None


def uses(
    workflows: list[Workflow], templates: dict[str, Template], *, others: bool = True
) -> Iterator[SampleUse]:
    """List every letter of these workflows once, in their order; then, unless told not to, those
    sent by rule.
    """
    seen: set[str] = set()
    for workflow in workflows:
        for transition in workflow.transitions:
            for rule in transition.notices:
                if rule.template in templates and rule.template not in seen:
                    seen.add(rule.template)
                    yield SampleUse(templates[rule.template], workflow, transition, rule)
    for name, template in templates.items():
        if others and name not in seen and workflows:
            yield SampleUse(template, workflows[0], None, None)


def sample_letter(
    use: SampleUse,
    rules: Issuing | None = None,
    issuers: Mapping[str, tuple[str, str]] | None = None,
    bases: Bases | None = None,
) -> Letter:
    """Write a sample of a letter, with number and code as if it were issued.

    Raises InvalidError where it cannot be. `issuers` maps roles to the unit, by code and name, that
    would send it; `bases` are the legal grounds, the shipped ones if not said.
    """
    samples = shipped_samples()
    role = use.transition.by[0] if use.transition and use.transition.by else "bureau"
    unit, title = (issuers or {}).get(role, ("", samples.lines["issuer"]))
    if rules is not None and unit in rules.issuers:
        title = rules.issuers[unit].name or title
    named = {name: title for name, (_unit, title) in (issuers or {}).items()}
    letter = _written(use, sample_scope(use, named, title, samples, bases), samples.day)
    code = code_of(_ENTRY)
    return replace(
        letter,
        number=_series(use, rules, unit, samples).replace("{serial}", samples.lines["serial"]),
        signer=samples.lines["signer"] if letter.kind in kinds().upward else None,
        printed=samples.day if letter.shape.printed == "recorded" else None,
        code=code,
        proof=f"LIFECYCLE:1:SAMPLE:{use.template.name}:{_ENTRY}:{code}",
    )


def _written(use: SampleUse, scope: dict[str, object], on: date) -> Letter:
    """Write the letter; a name that the workflow does not have is written as 〔name〕."""
    for _ in range(len(scope) + 1):
        try:
            return compose(use.template, scope, on=on)
        except MissingError as error:
            scope = {**scope, error.name: f"〔{error.name}〕"}
    raise InvalidError(f"公文模板 {use.template.name} 写不出样张")


def _series(use: SampleUse, rules: Issuing | None, unit: str, samples: Samples) -> str:
    """Give the number by the rules in force, with {serial} to fill in, or a made-up one."""
    pattern = rules.patterns.get(use.template.kind) if rules is not None else None
    if rules is None or pattern is None:
        return samples.lines["number"]
    issuer = rules.issuers.get(unit) or next(iter(rules.issuers.values()), None)
    code = issuer.code if issuer else "某"
    return pattern.replace("{code}", code).replace("{year}", str(samples.day.year))


def sample_scope(
    use: SampleUse,
    named: Mapping[str, str],
    issuer: str,
    samples: Samples,
    bases: Bases | None = None,
) -> dict[str, object]:
    """Give a sample value for every fact of the workflow and every built-in name.

    `named` are units by their roles, `bases` the legal grounds, the shipped ones if not said.
    """
    workflow, rule, lines = use.workflow, use.rule, samples.lines
    source = use.transition.sources[0] if use.transition else workflow.initial
    target = (use.transition.to if use.transition else None) or source
    stages = list(workflow.states.values())
    next_stage = workflow.states.get(target) or stages[0]
    due, limit, earlier = _later(samples, samples.limit.days), samples.limit, samples.earlier
    due_text = f"{day_text(due)}前"
    reply_text = f"{day_text(_later(samples, samples.reply_days))}前"
    told = LetterNames(
        to=_titles(workflow, rule.to, named) if rule else list(samples.units),
        cc=_titles(workflow, rule.cc, named) if rule else [],
        issuer=issuer,
        case_number=_number_of(workflow, samples.day),
        case_title=_title(workflow, samples),
        stage=workflow.states[source].title,
        next_stage=next_stage.title,
        on=samples.day,
        note=lines["note"],
        contact=lines["contact"],
        division=lines["division"],
        due_on=due,
        due_text=due_text,
        materials=[material.title for material in list(workflow.materials.values())[:3]],
        opinions=[
            {"unit": unit, "verdict": verdict, "note": note}
            for unit, (verdict, note) in zip(samples.units, samples.opinions, strict=False)
        ],
        last=dict.fromkeys(workflow.titles, _later(samples, -7)),
        count=dict.fromkeys(workflow.titles, 1),
        linked=_AnyLinked(),
        limits=[{"title": limit.title, "due_text": due_text, "basis": limit.basis, "inner": True}],
        reply_due_text=reply_text if rule and rule.reply else None,
        reminded=Reminded(
            letter_title=earlier.title,
            letter_number=earlier.number,
            letter_date=_later(samples, earlier.days),
            overdue_days=earlier.overdue,
        ),
    )
    cite = Citing(samples.day, shipped_bases if bases is None else lambda: bases)
    return {**_facts(use, samples), **told.scope(), "cite": cite}


class _AnyCase(Mapping[str, object]):
    """Another case as a sample names it: whatever is asked of it is written as 〔name〕."""

    def __getitem__(self, name: str) -> object:
        return f"〔{name}〕"

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __iter__(self) -> Iterator[str]:
        return iter(("number",))

    def __len__(self) -> int:
        return 1


class _AnyLinked(Mapping[str, object]):
    """The cases that link to a sample's: none of any workflow."""

    def __getitem__(self, name: str) -> object:
        return []

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _later(samples: Samples, days: int) -> date:
    return samples.day + timedelta(days=days)


def _title(workflow: Workflow, samples: Samples) -> str:
    """Name the sample's case by the fact that names cases of this workflow."""
    found = samples.facts.get(workflow.subject)
    return found if isinstance(found, str) else samples.lines["case_title"]


def _titles(workflow: Workflow, names: tuple[str, ...], named: Mapping[str, str]) -> list[str]:
    """Name recipients by the units that hold their roles, else by the roles' titles."""
    titles = {name: role.title for name, role in workflow.roles.items()}
    titles |= {name: party.title for name, party in workflow.parties.items()}
    return [named.get(name) or titles.get(name, name) for name in names]


def _number_of(workflow: Workflow, day: date) -> str:
    """Give a sample number: for a fact that stands in it, its first choice."""
    facts = (workflow.facts[name] for name in facts_in(workflow.number))
    codes = {fact.name: next(iter(fact.choices), _CODE) for fact in facts}
    return number_of(pattern_of(workflow, day, codes), 1)


def _facts(use: SampleUse, samples: Samples) -> dict[str, object]:
    """Give a sample value for every fact of the workflow that the letter's case would have."""
    own = samples.own(use.template.name)
    facts, days = {**samples.facts, **own.facts}, {**samples.days, **own.days}
    samples = replace(samples, facts=facts, days=days)
    return {
        name: _value(fact, samples)
        for name, fact in use.workflow.facts.items()
        if name not in own.without
    }


def _value(fact: Fact, samples: Samples) -> object:
    """Give a sample value of a fact's type."""
    if fact.is_link:
        return _AnyCase()
    if fact.type == "date":
        return _later(samples, samples.days.get(fact.name, samples.other_days))
    written = samples.facts.get(fact.name)
    if fact.type in ("money", "decimal", "integer"):
        number = Decimal(written) if isinstance(written, str) else _number(fact, samples)
        return int(number) if fact.type == "integer" else number
    if fact.type == "yesno":
        return written != "false"
    if fact.type == "list":
        return _listed(fact, written, samples)
    if fact.is_table:
        row = {column.name: _value(column, samples) for column in fact.columns}
        return [row] * max(2, fact.min_rows)
    if written is not None:
        return written
    if fact.choices:
        return fact.choices[0]
    return samples.lines["owner"] if fact.type == "unit" else f"{fact.title}（示例）"


def _listed(fact: Fact, written: str | tuple[str, ...] | None, samples: Samples) -> list[str]:
    if written is not None:
        return [written] if isinstance(written, str) else list(written)
    return list(samples.units if fact.of == "unit" else samples.policies)


def _number(fact: Fact, samples: Samples) -> Decimal:
    """Give the sample number of a fact's type, kept within the fact's bounds."""
    wanted = samples.numbers[fact.type]
    if isinstance(fact.max, Decimal):
        wanted = min(wanted, fact.max if fact.max > 1 else fact.max / 2)
    if isinstance(fact.min, Decimal):
        wanted = max(wanted, fact.min)
    return wanted
