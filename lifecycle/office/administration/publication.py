"""Putting definitions into force: their files as read, what is in force by now, all or none at
once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle import places
from lifecycle.errors import Problem
from lifecycle.infile import read_file
from lifecycle.ledger.record import hash_of
from lifecycle.people.changes import PublishDefinition
from lifecycle.template.template import Template, read_published
from lifecycle.workflow.reading.whole import family_of

if TYPE_CHECKING:
    from lifecycle.ledger.register import Request
    from lifecycle.office.office import Office
    from lifecycle.people.directory import Directory

Definition = tuple[str, str, bytes]
"""Kind (workflow, template, issuing, calendar, list, bases), name and exact bytes."""
MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class InForce:
    """A definition that was put into force: its kind, its name and its SHA-256."""

    kind: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RunningVersion:
    """How many open cases are under an earlier version of a workflow."""

    name: str
    version: int
    cases: int


@dataclass(frozen=True, slots=True)
class Publication:
    """What was put into force, what was asked for but was in force already, the warnings about
    what was put into force, and which open cases go on under a version before it.
    """

    published: tuple[InForce, ...]
    unchanged: tuple[str, ...]
    warnings: tuple[Problem, ...] = ()
    running: tuple[RunningVersion, ...] = ()


def publish(
    office: Office, request: Request, definitions: Sequence[Definition], names: Sequence[str]
) -> Publication:
    """Put judged definitions into force, all or none.

    `names` are those asked for, of which some may be in force already.
    """
    with office.register.together():
        for left, (kind, name, body) in enumerate(definitions, 1 - len(definitions)):
            # The one asked for comes last and carries the request id; what it needs goes before it.
            one = replace(request, request_id=None) if left else request
            put_into_force(office, one, kind, name, body)
    published = tuple(InForce(kind, name, hash_of(body)) for kind, name, body in definitions)
    done = {item.name for item in published}
    return Publication(published, tuple(name for name in names if name not in done))


def put_into_force(office: Office, request: Request, kind: str, name: str, body: bytes) -> None:
    """Record the publication of one judged definition."""
    family = family_of(body) if kind == "workflow" else ()
    change = PublishDefinition.of(kind, name, body, family)
    office.register.change_office(request, change, definition=body)


def read_definition(path: Path) -> bytes:
    """Read a definition's file; raises InvalidError."""
    return read_file(path, most_bytes=MOST_BYTES)


def names_in_force(directory: Directory, kind: str) -> dict[str, str]:
    """Map the names of the definitions of a kind to the SHA-256 in force."""
    return {d.name: d.digest for d in directory.documents if d.kind == kind}


def templates_in_force(office: Office) -> dict[str, Template]:
    """Read the templates in force."""
    return {
        name: read_published(name, office.store.definition(digest), f"notices/{name}.j2")
        for name, digest in names_in_force(office.directory, "template").items()
    }


def shipped_templates(folder: Path | None = None) -> dict[str, bytes]:
    """Give the templates of a folder, the shipped ones if none is named, by name."""
    paths = sorted((folder or places.notices()).glob("*.j2"))
    return {path.stem: read_definition(path) for path in paths}
