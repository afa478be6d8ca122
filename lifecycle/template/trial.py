"""Templates that are not in force yet: judged and tried where they can do no harm (`cage`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from lifecycle.cage import caged
from lifecycle.letter.model import Letter, dump_letter, load_letter
from lifecycle.template.compose import compose
from lifecycle.template.template import Template, read_template


def judged(name: str, source: bytes, file: str) -> Template:
    """Read a template as `read_template` does, after a child process has read and compiled it
    within its limits.

    Raise WorkflowError with every fault, InvalidError where reading takes too long or too much
    memory.
    """
    caged(_judge, name, source, file, what=f"模板 {name} ")
    return read_template(name, source, file)


def _judge(name: str, source: bytes, file: str) -> None:
    from lifecycle.template.program import program

    program(read_template(name, source, file).source)


def tried(template: Template, scope: Mapping[str, object], *, on: date) -> Letter:
    """Compose a letter as `compose` does, in a child process with limits."""
    data: dict[str, Any] = caged(_try, template, scope, on, what=f"模板 {template.name} ")
    return load_letter(data)


def _try(template: Template, scope: Mapping[str, object], on: date) -> dict[str, Any]:
    return dump_letter(compose(template, scope, on=on))
