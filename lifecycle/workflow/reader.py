"""A workflow file read: YAML text to a Workflow, or every fault at once with its line, its column
and its mend.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from lifecycle.errors import Location, Problem, WorkflowError, faults_among
from lifecycle.workflow.choice_lists import ChoiceList, with_choices
from lifecycle.workflow.language import FORMS, Defined, Several
from lifecycle.workflow.model import Panel, Transition, Use, Workflow
from lifecycle.workflow.numbers import facts_in, faults_in
from lifecycle.workflow.reading.facts import read_facts
from lifecycle.workflow.reading.form_fields import FormFields
from lifecycle.workflow.reading.moves import read_every, read_opening, read_transitions
from lifecycle.workflow.reading.sections import (
    read_collections,
    read_lights,
    read_materials,
    read_panel,
    read_parties,
    read_roles,
    read_states,
    read_tables,
)
from lifecycle.workflow.reading.whole import Parents, Texts, read_whole
from lifecycle.workflow.words.decision_tables import with_tables
from lifecycle.workflow.yaml.fields import MOST_SHOWN, Reading
from lifecycle.workflow.yaml.tree import Mapping as Mapped
from lifecycle.workflow.yaml.tree import Sequence

if TYPE_CHECKING:
    from lifecycle.workflow.check import TemplateLike

_SECTIONS = ("roles", "facts", "states")


def read_workflow(text: str | bytes, file: str, *, checked: bool = True) -> Workflow:
    """Read a workflow; raises WorkflowError with all its faults.

    `checked=False` leaves out the soundness check, for bytes that passed it when they were
    published.
    """
    return _read_sound(text, file, checked)


@lru_cache(maxsize=16)
def _read_sound(text: str | bytes, file: str, checked: bool) -> Workflow:
    """Read it once for all offices of a process: what it gives is never changed."""
    workflow, problems, source = examine(text, file, checked=checked)
    faults = faults_among(problems)
    if workflow is None or faults:
        raise WorkflowError(faults, source)
    return workflow


def examine(
    text: str | bytes,
    file: str,
    templates: Mapping[str, TemplateLike] | None = None,
    others: Mapping[str, Workflow] | None = None,
    *,
    lists: Mapping[str, ChoiceList] | None = None,
    checked: bool = True,
    parents: Parents | None = None,
) -> tuple[Workflow | None, tuple[Problem, ...], Texts]:
    """Read and judge a workflow together with its letters, raising nothing: what was read, all
    faults and warnings, their text (of a variant, the texts of its files).

    `others` are the workflows that links may lead to, `lists` the shared lists that may give
    choices, each by name; None where they are not at hand. `parents` gives the files that a variant
    extends. The workflow is None when the file cannot be read far enough to judge it; with faults
    it is only for looking at.
    """
    source = read_whole(text, file, parents)
    if source.root is None:
        return None, _in_order(list(source.problems)), source.text
    reading = Reading(file, source.problems)
    if _too_long(source.root, reading):
        return None, _in_order(reading.problems), source.text
    workflow = _read_top(source.root, reading, hashlib.sha256(source.body).hexdigest())
    # Where a whole section is missing, every name in it would be unknown: one fault says it better
    # than a hundred.
    sections = {
        name: source.root.pairs.get(name, (None, None))[1] for name in (*_SECTIONS, "transitions")
    }
    wanted = {name: Sequence if name == "transitions" else Mapped for name in sections}
    whole = (
        all(isinstance(node, wanted[name]) for name, node in sections.items()) and workflow.states
    )
    if checked and whole:
        from lifecycle.workflow.check import (
            check,
        )  # not needed for what passed it before: a cold start stays short

        vague = frozenset(reading.vague)
        whole_one = with_choices(workflow, lists or {})
        reading.problems += check(whole_one, templates, others, lists=lists, vague=vague)
    return workflow, _in_order(reading.problems), source.text


def _read_top(root: Mapped, reading: Reading, digest: str) -> Workflow:
    key = root.pairs.get("workflow")
    at = reading.at(key[1] if key else root)
    opens = {"panel", "opening"} & root.pairs.keys()
    also = () if opens else ("opened_by",)
    top = FormFields(reading, root, "流程", at, "workflow", also=also)
    name = top.scalar("workflow")
    if (
        "states" in root.pairs
        and isinstance(root.pairs["states"][1], Mapped)
        and not root.pairs["states"][1].pairs
    ):
        top.fault(
            "empty-value",
            root.pairs["states"][0],
            "流程的 states 是空的",
            "至少写一个环节和一个终结环节",
        )
    panel = read_panel(top)
    states = read_states(top)
    opening = read_opening(top, next(iter(states), ""))
    made = Workflow(
        name=top.ident(name, "流程") if name else "",
        title=top.line("title"),
        version=top.count("version"),
        basis=top.text("basis"),
        number=_read_number(top),
        subject=top.one("subject") or "",
        opened_by=_read_opened_by(top, panel, opening),
        roles=read_roles(top),
        parties=read_parties(top),
        panel=panel,
        facts=read_facts(top),
        materials=read_materials(top),
        states=states,
        transitions=read_transitions(top, states),
        lights=read_lights(top),
        digest=digest,
        location=at,
        identity=top.many("identity"),
        note=top.text("note"),
        opening=opening,
        collections=read_collections(top),
        tables=read_tables(top),
        every=read_every(top),
        visible=top.many("visible"),
        variant_of=tuple(one.value for one in top.texts("variant_of")),
        uses=tuple(reading.uses),
    )
    return with_tables(made)


def _too_long(root: Mapped, reading: Reading) -> bool:
    """Refuse sections so long that judging every item against every other would take minutes."""
    found = False
    for section, entry in FORMS["workflow"].by_name.items():
        most = entry.value.most if isinstance(entry.value, Defined | Several) else None
        key, node = root.pairs.get(section, (None, None))
        count = 0
        if isinstance(node, Mapped):
            count = len(node.pairs)
        elif isinstance(node, Sequence):
            count = len(node.items)
        if key and most is not None and count > most:
            message = f"流程的 {section} 有 {count} 项，超过 {most} 项"
            reading.fault("long-section", key, message, "拆成几个流程")
            found = True
    return found


def _read_opened_by(
    top: FormFields, panel: Panel | None, opening: Transition | None
) -> tuple[str, ...]:
    if top.has("opened_by") and opening is not None:
        mend = "谁立项写在 opening 的 by 里，删去 opened_by"
        top.fault("either-or", top.place("opened_by"), "流程的 opened_by 和 opening 只写其一", mend)
    if top.has("opened_by"):
        return top.many("opened_by")
    if opening is not None and (opening.by or opening.causes):
        return opening.by
    if opening is not None and panel is None:
        mend = "补上 by: [角色]"
        top.fault("missing-key", opening.location, "流程的 opening 缺少 by", mend)
    return (panel.lead,) if panel else ()


def _read_number(top: FormFields) -> str:
    """Read the pattern of case numbers, and note the facts that stand in it."""
    text, at = top.line("number"), top.place("number")
    said = "流程的 number 写了（日期写 {year}、{quarter}、{month}，顺序号写 {serial}）"
    top.reading.uses += (Use("fact", name, at, said) for name in facts_in(text))
    for mend in faults_in(text) if text else ():
        message = f"流程的 number “{text}” 不是编号的样式"
        top.fault("wrong-number-pattern", at, message, mend)
    return text


def _in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """Sort by place, drop what was said twice, and end a very long list with a count."""
    files = list(dict.fromkeys(p.location.file for p in problems))
    ordered = sorted(
        dict.fromkeys(problems),
        key=lambda p: (files.index(p.location.file), p.location.line, p.location.column),
    )
    if len(ordered) <= MOST_SHOWN:
        return tuple(ordered)
    place = ordered[MOST_SHOWN].location
    left = len(ordered) - MOST_SHOWN
    last = Problem(
        "too-many",
        Location(place.file, place.line, place.column),
        f"另有 {left} 处错误未列出",
        "先改正以上各处，再检查一次",
    )
    return (*ordered[:MOST_SHOWN], last)
