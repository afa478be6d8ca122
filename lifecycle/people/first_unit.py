"""The unit that an office is founded with where no directory is given: `settings/office.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from lifecycle import places
from lifecycle.workflow.yaml.file import YamlFile


class FirstUnit(NamedTuple):
    """The first unit's code and name."""

    code: str
    title: str


def first_unit(path: Path | None = None) -> FirstUnit:
    """Read the first unit; raises WorkflowError with every fault."""
    yaml = YamlFile(
        path or places.settings() / "office.yaml", known=("first_unit",), required=("first_unit",)
    )
    keys = ("code", "title")
    fields = yaml.top.inner("first_unit", "first_unit ", known=keys, required=keys)
    found = FirstUnit(fields.line("code"), fields.line("title")) if fields else FirstUnit("", "")
    yaml.end()
    return found
