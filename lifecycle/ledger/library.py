"""Definitions as used: the workflow, calendar or template with a given SHA-256, read
once and kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from lifecycle.engine.case import Moment, Officer
from lifecycle.engine.workdays import Calendar, read_calendar
from lifecycle.ledger.record import read_kept
from lifecycle.ledger.rows.compiled_rows import put_compiled, read_compiled, read_source
from lifecycle.ledger.store import Store
from lifecycle.people.directory import Directory, load_directory
from lifecycle.workflow.model import Workflow

_MOST_KEPT = 20_000


class Library:
    """Reads definitions and the office out of a store, and keeps what it has read.

    `unaided`: workflows are read from their YAML only, for an audit must not judge by what is kept
    for speed.
    """

    def __init__(self, store: Store, *, unaided: bool = False) -> None:
        self.store = store
        self._unaided = unaided
        self._workflows: dict[str, Workflow] = {}
        self._uncompiled: list[Workflow] = []
        self._calendars: dict[str, Calendar] = {}
        self._directory = Directory()
        self._officers: dict[tuple[str, str, str | None, int], Officer] = {}

    def workflow(self, digest: str) -> Workflow:
        """Give the workflow with that SHA-256."""
        if digest not in self._workflows:
            self._workflows[digest] = self._read(digest)
        return self._workflows[digest]

    def _read(self, digest: str) -> Workflow:
        found = None if self._unaided else read_compiled(self.store, digest)
        if found is not None:
            return found
        workflow = read_source(self.store, digest)
        self._uncompiled.append(workflow)
        return workflow

    def publish(self, digest: str) -> None:
        """Read a workflow that has just been published, and keep its compiled form; within a
        transaction.
        """
        put_compiled(self.store, read_source(self.store, digest))

    def keep_compiled(self) -> None:
        """Keep the compiled form of every workflow that had none yet; within a transaction.

        So a command that writes spares the next ones its own trouble; one that only reads writes
        nothing.
        """
        while self._uncompiled:
            put_compiled(self.store, self._uncompiled.pop())

    def calendar(self, digest: str) -> Calendar:
        """Give the calendar with that SHA-256."""
        if digest not in self._calendars:
            self._calendars[digest] = read_calendar(
                json.loads(self.store.definition(digest)), digest
            )
        return self._calendars[digest]

    def directory(self) -> Directory:
        """Give the office as it now is."""
        head = self.store.office_head()
        if head is None:
            self._directory = Directory()
        elif head != self._directory.head:
            found = self.store.office()
            assert found is not None, "an office that has a head is there"
            self._directory = read_kept(found[2], load_directory, "单位与人员状态")
        return self._directory

    def officer(self, directory: Directory, actor: Mapping[str, str], on: str, seq: int) -> Officer:
        """Say who acted in an entry, with the roles held on that day as known after so many office
        entries.
        """
        key = (actor["id"], on, actor.get("for"), seq)
        found = self._officers.get(key)
        if found is None:
            if len(self._officers) > _MOST_KEPT:
                self._officers.clear()
            found = directory.officer(
                actor["id"], date.fromisoformat(on), principal=actor.get("for"), seq=seq
            )
            self._officers[key] = found
        return found

    def moment(self, on: str, calendar: str, names: Mapping[str, str] | None = None) -> Moment:
        """Give the moment at which an entry was judged."""
        return Moment(date.fromisoformat(on), self.calendar(calendar), names or {})
