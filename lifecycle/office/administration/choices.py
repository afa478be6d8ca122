"""The shared lists of choices (选项表): in force, to check, compare and publish."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle import places
from lifecycle.callers import file_named
from lifecycle.errors import Problem, UnknownError, WorkflowError
from lifecycle.exchange.schema import CHOICE_LIST, schema, schema_text
from lifecycle.office.administration.publication import publish, read_definition
from lifecycle.workflow.choice_lists import ChoiceList, ListEntry, lists_of
from lifecycle.workflow.difference import Change, compare_lists
from lifecycle.workflow.reading.choice_lists import examine_list, read_list

if TYPE_CHECKING:
    from lifecycle.ledger.register import Request
    from lifecycle.office.administration.publication import Definition, Publication
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

__all__ = [
    "CHOICE_LIST",
    "ListEntry",
    "ListLine",
    "check_lists",
    "compare_list",
    "list_in_force",
    "lists_in_force",
    "publish_list",
    "schema",
    "schema_text",
]

FOLDER = "lists"
"""The folder beside workflow files in which the lists lie that they use."""
FILES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list in force: which version, put into force by which office entry, how many of its entries
    may be chosen today, and which workflows in force use it.
    """

    name: str
    title: str
    sha256: str
    office_seq: int
    offered: int
    entries: int
    workflows: tuple[str, ...]


def lists_in_force(office: Office) -> list[ListLine]:
    """List the lists in force."""
    directory, today = office.directory, office.day(None).isoformat()
    since = {d.name: d.seq for d in directory.documents if d.kind == "list"}
    users: dict[str, list[str]] = {}
    for workflow in office.workflows():
        for name in lists_of(workflow):
            users.setdefault(name, []).append(workflow.name)
    return [
        ListLine(
            name=name,
            title=shared.title,
            sha256=shared.digest,
            office_seq=since[name],
            offered=len(shared.offered(today)),
            entries=len(shared.entries),
            workflows=tuple(users.get(name, ())),
        )
        for name, shared in office.library.lists(directory).items()
    ]


def list_in_force(office: Office, text: str) -> tuple[ChoiceList, dict[str, bool]]:
    """Find a list in force by name or title, and tell for each entry whether it may be chosen
    today; raises UnknownError.
    """
    lists = office.library.lists(office.directory)
    found = lists.get(text) or next((one for one in lists.values() if one.title == text), None)
    if found is None:
        raise UnknownError("选项表", text, list(lists))
    today = office.day(None).isoformat()
    return found, {entry.title: entry.stands_on(today) for entry in found.entries}


def check_lists(files: Iterable[str]) -> list[Problem]:
    """Judge files of shared lists."""
    found: list[Problem] = []
    for file in files:
        found += examine_list(read_definition(file_named(file)), file)[1]
    return found


def compare_list(open_office: Callable[[], Office], before: str, after: str) -> list[Change]:
    """List what differs between two lists, each a file, or a list in force by name or title. The
    office is opened only for the latter.
    """
    return list(compare_lists(_meant(open_office, before), _meant(open_office, after)))


def _meant(open_office: Callable[[], Office], text: str) -> ChoiceList:
    path = file_named(text)
    if path.suffix.lower() in FILES or path.is_file():
        return read_list(read_definition(path), text)
    return list_in_force(open_office(), text)[0]


def publish_list(office: Office, request: Request, file: str) -> Publication:
    """Put a shared list into force: what is entered from now on is chosen from it. Raises
    WorkflowError where it is faulty, or lacks what cases may have recorded.
    """
    body = read_definition(file_named(file))
    name, definitions = _list_to_publish(office, body, file)
    return publish(office, request, definitions, [name])


def _list_to_publish(office: Office, body: bytes, file: str) -> tuple[str, list[Definition]]:
    """Judge a list against its version in force; nothing is to be published where that is the same
    bytes.
    """
    name = read_list(body, file).name
    before = office.library.lists(office.directory).get(name)
    shared, problems, source = examine_list(body, file, before)
    if shared is None or problems:
        raise WorkflowError(problems, source)
    if before is not None and before.digest == shared.digest:
        return name, []
    return name, [("list", name, body)]


# Lists as workflows need them when they are checked and published.


def lists_in(folder: Path) -> dict[str, tuple[ChoiceList, bytes]]:
    """Read the lists beside workflow files, by name, with their bytes; a faulty one counts as
    missing, `choices check` says why. Where the folder has none, the shipped ones.
    """
    own = folder / FOLDER
    if not own.is_dir():
        own = places.workflows() / FOLDER
    found: dict[str, tuple[ChoiceList, bytes]] = {}
    for path in sorted(own.glob("*.yaml")):
        body = read_definition(path)
        shared, problems, _source = examine_list(body, str(path))
        if shared is not None and not problems:
            found[shared.name] = (shared, body)
    return found


def lists_beside(office: Office, folder: Path) -> tuple[dict[str, ChoiceList], dict[str, bytes]]:
    """Give the lists that a workflow of a folder may use when it is published: those in force, and
    those beside it that are not; of the latter also the bytes.
    """
    known = dict(office.library.lists(office.directory).items())
    new = {name: found for name, found in lists_in(folder).items() if name not in known}
    known |= {name: shared for name, (shared, _body) in new.items()}
    return known, {name: body for name, (_shared, body) in new.items()}


def lacking(workflow: Workflow, new: Mapping[str, bytes]) -> list[Definition]:
    """Give the lists that are to be published before a workflow, for it uses them."""
    return [("list", name, new[name]) for name in lists_of(workflow) if name in new]
