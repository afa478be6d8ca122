"""Stories in YAML → what officers did on which day, command by command: how a worked example is
written down.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lifecycle.engine.values import Entered
from lifecycle.workflow.yaml.fields import Fields
from lifecycle.workflow.yaml.file import YamlFile
from lifecycle.workflow.yaml.tree import Node, Scalar, Sequence

_TOP = ("as_of", "letters", "projects")
_LETTER = ("case", "letter")
_PROJECT = ("open", "facts", "story")
_STEP = ("refused", "tell")


@dataclass(frozen=True, slots=True)
class StoryStep:
    """One command: the day on which it is given, the officers who each give it, its words without
    case.

    `refused`: it must be refused.
    """

    on: date
    officers: tuple[str, ...]
    words: tuple[str, ...]
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """One case: who opens it when with which facts, as written; then steps, and sentences to tell
    between them.
    """

    on: date
    officer: str
    facts: dict[str, Entered]
    steps: tuple[StoryStep | str, ...]


@dataclass(frozen=True, slots=True)
class Stories:
    """All stories up to the day `as_of`, and the letters to show at the end, each by its case's
    title and template.
    """

    as_of: date
    letters: tuple[tuple[str, str], ...]
    stories: tuple[Story, ...]


def read_stories(path: Path) -> Stories:
    """Read a file of stories; raises WorkflowError with every fault."""
    file = YamlFile(path, known=_TOP, required=("as_of", "projects"))
    as_of = file.day(file.top, "as_of")
    letters = [
        (fields.line("case"), fields.line("letter"))
        for fields in _items(file, "letters", "公文", known=_LETTER, required=_LETTER)
    ]
    projects = _items(file, "projects", "项目", known=_PROJECT, required=_PROJECT)
    stories = [story for fields in projects if (story := _story(file, fields))]
    file.end()
    return Stories(date.fromisoformat(str(as_of)), tuple(letters), tuple(stories))


def _items(
    file: YamlFile, key: str, what: str, *, known: tuple[str, ...], required: tuple[str, ...]
) -> Iterator[Fields]:
    for number, node in enumerate(file.top.items(key, single=False), 1):
        place = file.reading.at(node)
        yield Fields(
            file.reading, node, f"第 {number} 个{what}", place, known=known, required=required
        )


def _story(file: YamlFile, fields: Fields) -> Story | None:
    opened = fields.scalar("open")
    step = _step(file, opened, refused=False, words=0) if opened else None
    facts = fields.inner("facts", f"{fields.owner}的 facts ", known=())
    steps: list[StoryStep | str] = []
    last = step.on if step else None
    for node in fields.items("story"):
        found = _told(file, node)
        if found is None:
            continue
        steps.append(found)
        if isinstance(found, StoryStep):
            if last is not None and found.on < last:
                mend = "各步按日期先后写；补录的写记录那天，后面加 --on 实际日期"
                file.reading.fault("wrong-order", node, f"{found.on} 在上一步的 {last} 之前", mend)
            last = found.on
    if step is None or facts is None:
        return None
    return Story(
        step.on,
        step.officers[0],
        {name: _entered(facts, name) for name in facts.pairs},
        tuple(steps),
    )


def _entered(facts: Fields, name: str) -> Entered:
    """Read a fact's value, or the items of a list."""
    if isinstance(facts.node(name), Sequence):
        return tuple(scalar.value for scalar in facts.scalars(name))
    return facts.text(name)


def _told(file: YamlFile, node: Node) -> StoryStep | str | None:
    """Read a step, written as one line; or the sentence to tell, or the step to be refused, under
    its key.
    """
    if isinstance(node, Scalar):
        return _step(file, node, refused=False)
    fields = Fields(file.reading, node, "这一步", file.reading.at(node), known=_STEP)
    if fields.has("tell"):
        return fields.line("tell")
    refused = fields.scalar("refused")
    return _step(file, refused, refused=True) if refused else None


def _step(file: YamlFile, scalar: Scalar, *, refused: bool, words: int = 2) -> StoryStep | None:
    """Read `day officer,officer word …`; `words` is how many words there must be at least."""
    try:
        day, officers, *rest = shlex.split(scalar.value)
    except ValueError:
        day, officers, rest = "", "", []
    if not officers or len(rest) < words:
        file.reading.fault(
            "wrong-step", scalar, f"“{scalar.value}” 不是一步", "写作 日期 工号 命令 …，引号要成对"
        )
        return None
    on = file.check_day(scalar, day)
    return (
        StoryStep(date.fromisoformat(on), tuple(officers.split(",")), tuple(rest), refused)
        if on
        else None
    )
