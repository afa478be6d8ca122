"""The worked example: an office to found, the stories played in it, and the materials for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle import places
from lifecycle.correspondence.drafts import drafted_letters
from lifecycle.exchange.directory_file import read_directory_file
from lifecycle.exchange.story_file import Step, Stories, Story, read_stories
from lifecycle.office import cases
from lifecycle.office.cases import Case, Request
from lifecycle.office.definitions import shipped
from lifecycle.office.init import found_with
from lifecycle.outfile import write_file
from lifecycle.people.directory import SYSTEM_ROLES
from lifecycle.sharing import make_folders
from lifecycle.workflow.naming import find_material
from lifecycle.workflow.reader import read_workflow

if TYPE_CHECKING:
    from lifecycle.office.office import Office

__all__ = [
    "Founded",
    "Materials",
    "Standing",
    "Step",
    "Stories",
    "Story",
    "found",
    "letters_to_show",
    "shipped_stories",
    "standing",
]


@dataclass(frozen=True, slots=True)
class Founded:
    """How many units and officers the office was founded with."""

    units: int
    officers: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case of the example stands: its area, its entries, its state and that one's title."""

    area: str
    entries: int
    state: str
    stage: str


def shipped_stories() -> Stories:
    """Read the stories that are shipped."""
    return read_stories(places.demo() / "projects.yaml")


def found(office: Office) -> Founded:
    """Found the office in which the stories are played."""
    definitions = shipped()
    workflows = [
        read_workflow(body, name, checked=False)
        for kind, name, body in definitions
        if kind == "workflow"
    ]
    roles = {role.name: role.title for w in workflows for role in w.roles.values()} | SYSTEM_ROLES
    changes = read_directory_file(places.demo() / "office.yaml", roles)
    found_with(office, Request(changes[0][1]["officer"]), changes, definitions)
    directory = office.directory
    return Founded(len(directory.units), len(directory.people))


def standing(office: Office, number: str) -> Standing:
    """Tell where a case stands."""
    case = office.case(number)
    stage = office.workflow_of(case).states[case.state].title
    return Standing(str(case.facts["area"]), case.seq, case.state, stage)


def letters_to_show(office: Office, stories: Stories) -> Iterator[tuple[str, str]]:
    """Name the letters to show, each by its case's number and its name: the first of the template
    in the case.
    """
    for title, template in stories.letters:
        case = office.case(title)
        drafted = drafted_letters(office.library, case.id)
        yield case.number, next(d.name for d in drafted if d.letter.template == template)


class Materials:
    """Makes up the materials that officers attach, in `folder`, a folder for each case."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office = office
        self.folder = folder
        self._written: dict[tuple[str, str], Path] = {}

    def attach(self, request: Request, case: Case, word: str) -> None:
        """Write a material and attach it.

        `a=b` attaches as `a` the very bytes of what was attached as `b`.
        """
        name, _, same = word.partition("=")
        title = find_material(self.office.workflow_of(case), name).title
        path = self.folder / case.number / f"{request.on} {_file_name(title)}.txt"
        make_folders(path.parent)
        text = (
            "演示材料（虚构）\n"
            f"项目：{case.number} {case.title}\n"
            f"材料：{title}\n"
            f"上传：{request.on} {request.officer}\n"
        )
        body = self._written[case.number, same].read_bytes() if same else text.encode()
        write_file(path, body, "演示材料")
        self._written[case.number, name] = path
        cases.attach(self.office, request, case, name, path)


def _file_name(title: str) -> str:
    return re.sub(r'[/\\:*?"<>|\s]', "_", title)
