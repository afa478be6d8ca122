"""Replay of the office's own chain: units, officers, grants and published definitions, each entry
judged again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from lifecycle.errors import InvalidError, LifecycleError, UnavailableError
from lifecycle.ledger.library import Library
from lifecycle.ledger.reading.chain import Problem, Step
from lifecycle.ledger.reading.entry_checks import (
    check_account,
    check_link,
    check_times,
    differences,
    unreadable,
)
from lifecycle.ledger.record import (
    GENESIS,
    OFFICE,
    Place,
    Stamp,
    account_of,
    actor_of,
    bytes_in_form,
    office_entry,
    read,
)
from lifecycle.ledger.store import EntryRow, LostDefinitionError
from lifecycle.people.changes import OfficeChange, OfficeDocket, read_change
from lifecycle.people.directory import Directory
from lifecycle.people.evolve import evolve_directory


def replay_office_entry(library: Library, directory: Directory, row: EntryRow) -> Step[Directory]:
    """Replay one office entry on the office before it; whatever a forged entry does wrong is a
    problem.
    """
    body: Mapping[str, Any] = {}
    after: Directory | None = None
    problems: list[Problem] = []
    try:
        body = read(row.raw)
        problems += check_link(body, row, directory.seq, directory.head or GENESIS)
        problems += check_times(body, directory.last_on)
        change = read_change(body["intent"])
        problems += _rejudge(library, directory, change, body, row.raw)
        after = evolve_directory(directory, body, row.hash)
    except UnavailableError:
        raise
    except InvalidError as error:
        problems.append(("form", error.message))
    except Exception:  # noqa: BLE001 - a forged entry may make any step of the judgement stumble
        problems += [("illegal", "记录的内容对不上，无法回放")] if body else unreadable(row)
    return Step(row, body, directory, after, tuple(problems))


def _rejudge(
    library: Library,
    directory: Directory,
    change: OfficeChange,
    body: Mapping[str, Any],
    raw: bytes,
) -> Iterator[Problem]:
    intent = body["intent"]
    on, at = date.fromisoformat(intent["occurred_on"]), body["recorded_at"]
    try:
        officer = directory.officer(intent["actor"]["id"], on) if directory.seq else None
        calendar = library.calendar_of(directory)
        sealing = _sealing(library, directory, change)
        role = change.judge(OfficeDocket(directory, officer, on, at, calendar, sealing))
    except UnavailableError:
        raise
    except LifecycleError as error:
        yield "authority", error.message
        return
    actor = actor_of(officer) if officer is not None else change.founder
    assert actor is not None, "what was judged has somebody who did it"
    place = Place(
        intent["log"], OFFICE, directory.seq + 1, directory.head or GENESIS, directory.seq
    )
    yield from check_account(directory, body, directory.seq)
    stamp = Stamp(
        intent["eid"],
        body["recorded_at"],
        intent["signed_at"],
        body["software"],
        account_of(body),
    )
    wanted = office_entry(place, stamp, change, actor=actor, on=on.isoformat(), role=role)
    wanted["intent"]["v"] = intent["v"]
    if bytes_in_form(wanted) != raw:
        yield from differences(wanted, body)


def _sealing(library: Library, directory: Directory, change: OfficeChange) -> frozenset[str] | None:
    """Name the roles that two persons grant; None where a workflow in force cannot be read, which
    is told of the workflow.
    """
    if not change.gives_roles:
        return frozenset()
    try:
        return library.sealing(directory)
    except LostDefinitionError:
        return None
