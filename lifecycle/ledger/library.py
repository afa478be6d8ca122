"""Definitions as used: the workflow, calendar or template with a given SHA-256, read
once and kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from lifecycle.engine.entry import recorded_day
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.engine.world.workdays import Calendar, read_calendar
from lifecycle.ledger.record import CALENDAR, read_kept
from lifecycle.ledger.rows.compiled_rows import (
    BASES,
    KINDS,
    LIST,
    WORKFLOW,
    CompiledKind,
    put_compiled,
    read_compiled,
    read_source,
)
from lifecycle.ledger.store import LostDefinitionError, Store
from lifecycle.people.appointments import WEEKDAYS
from lifecycle.people.directory import Directory, load_directory
from lifecycle.workflow.bases import Bases
from lifecycle.workflow.choice_lists import ChoiceList
from lifecycle.workflow.compiled import Made
from lifecycle.workflow.migration import VersionMap, parts_of, taken_over
from lifecycle.workflow.model import Workflow

_MOST_KEPT = 20_000
_MOST_DAYS = 2_000
_ACTOR = {"for": "principal", "done_by": "done_by", "because": "because"}
"""What an entry says of its actor, beside who it is, and what the directory calls it."""


class PublishedLists(Mapping[str, ChoiceList]):
    """The shared lists in force, by name, each read when it is asked for."""

    __slots__ = ("_digests", "_library")

    def __init__(self, library: Library, digests: Mapping[str, str]) -> None:
        self._library = library
        self._digests = digests

    def __getitem__(self, name: str) -> ChoiceList:
        return self._library.choice_list(self._digests[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._digests)

    def __len__(self) -> int:
        return len(self._digests)


class Library:
    """Reads definitions and the office out of a store, and keeps what it has read.

    `unaided`: workflows are read from their YAML only, for an audit must not judge by what is kept
    for speed.
    """

    def __init__(self, store: Store, *, unaided: bool = False) -> None:
        self.store = store
        self._unaided = unaided
        self._workflows: dict[str, Workflow] = {}
        self._uncompiled: list[Workflow | ChoiceList | Bases] = []
        self._calendars: dict[str, Calendar] = {}
        self._lists: dict[str, ChoiceList] = {}
        self._bases: dict[str, Bases] = {}
        self._directory = Directory()
        self._officers: dict[tuple[Any, ...], Officer] = {}
        self._moments: dict[tuple[str, int, str, str], Moment] = {}

    def workflow(self, digest: str) -> Workflow:
        """Give the workflow with that SHA-256 or, of a case that was taken over from one version
        into another, what governs it by now.
        """
        if digest not in self._workflows:
            self._workflows[digest] = self._read(digest)
        return self._workflows[digest]

    def _read(self, digest: str) -> Workflow:
        parts = parts_of(digest)
        if parts is not None:
            after, moved, before = parts
            return taken_over(
                self.workflow(after), self.version_map(moved), self.workflow(before), digest
            )
        return self._definition(WORKFLOW, digest)

    def _definition(self, kind: CompiledKind[Made], digest: str) -> Made:
        """Read a definition out of its compiled form; where there is none, out of its YAML."""
        found = None if self._unaided else read_compiled(self.store, digest, kind)
        if found is None:
            found = read_source(self.store, digest, kind)
            self._uncompiled.append(found)
        return found

    def version_map(self, digest: str) -> VersionMap:
        """Give the map between two versions with that SHA-256."""
        # Not at the top: few cases were taken over, and YAML is slow to import.
        from lifecycle.workflow.reading.version_maps import read_version_map

        return read_version_map(self.store.definition(digest), f"map:{digest[:12]}")

    def publish(self, kind: str, digest: str) -> None:
        """Read a definition that has just been published, and keep its compiled form, where its
        kind has one; within a transaction.
        """
        if kind in KINDS:
            put_compiled(self.store, read_source(self.store, digest, KINDS[kind]))

    def keep_compiled(self) -> None:
        """Keep the compiled form of each definition that had none yet; within a transaction.

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

    def choice_list(self, digest: str) -> ChoiceList:
        """Give the shared list with that SHA-256."""
        if digest not in self._lists:
            self._lists[digest] = self._definition(LIST, digest)
        return self._lists[digest]

    def lists(self, directory: Directory, seq: int | None = None) -> PublishedLists:
        """Give the shared lists in force after so many office entries (now, if not said)."""
        last = directory.seq if seq is None else seq
        found = (d for d in directory.documents if d.kind == "list" and d.seq <= last)
        return PublishedLists(self, {d.name: d.digest for d in found})

    def bases_as_published(self, digest: str) -> Bases:
        """Give the legal grounds with that SHA-256."""
        if digest not in self._bases:
            self._bases[digest] = self._definition(BASES, digest)
        return self._bases[digest]

    def bases(self, directory: Directory, seq: int | None = None) -> Bases | None:
        """Give the legal grounds in force after so many office entries (now, if not said); None
        where none were published by then.
        """
        digest = directory.document(BASES.kind, BASES.kind, seq)
        return None if digest is None else self.bases_as_published(digest)

    def sealing(self, directory: Directory) -> frozenset[str]:
        """Name the roles that two persons grant, by the workflows in force."""
        names = {d.name for d in directory.documents if d.kind == "workflow"}
        digests = (directory.document("workflow", name) for name in sorted(names))
        sealed = (self.workflow(digest).sealing for digest in digests if digest)
        return frozenset().union(*sealed)

    def calendar_of(self, directory: Directory) -> Calendar | None:
        """Give the calendar that counts an office's workdays: Monday to Friday where none is
        published, None where it is not what was published.
        """
        digest = directory.document("calendar", CALENDAR)
        try:
            return self.calendar(digest) if digest else WEEKDAYS
        except (LostDefinitionError, ValueError, KeyError, TypeError):
            return None

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

    def officer(
        self, directory: Directory, actor: Mapping[str, str], on: str, recorded: str, seq: int
    ) -> Officer:
        """Say who acted in an entry, with the roles held on that day and on the day of recording,
        as known after so many office entries.
        """
        told = {name: actor[key] for key, name in _ACTOR.items() if key in actor}
        key = (actor["id"], on, recorded, seq, *told.values())
        found = self._officers.get(key)
        if found is None:
            if len(self._officers) > _MOST_KEPT:
                self._officers.clear()
            found = directory.officer(
                actor["id"], date.fromisoformat(on), recorded=recorded, seq=seq, **told
            )
            self._officers[key] = found
        return found

    def moment_of(self, directory: Directory, body: Mapping[str, Any]) -> Moment:
        """Give the moment at which an entry was judged, with who was in office then."""
        recorded = recorded_day(body["recorded_at"])
        on, seq = body["intent"]["occurred_on"], body["office"]
        return self.moment_on(directory, on, seq, body["calendar"], recorded)

    def moment_on(
        self, directory: Directory, on: str, seq: int, calendar: str, recorded: str
    ) -> Moment:
        """Give a day (YYYY-MM-DD) with who was in office then, as known after so many office
        entries, under a calendar (its digest), recorded on another day.
        """
        key = (on, seq, calendar, recorded)
        if key not in self._moments:
            if len(self._moments) > _MOST_DAYS:
                self._moments.clear()
            self._moments[key] = Moment(
                date.fromisoformat(on),
                self.calendar(calendar),
                staff=directory.staff(on, seq),
                people=directory.people_on(on, seq),
                posts=directory.posts_on(on, seq),
                migrations=directory.migrated(seq),
                declared=directory.declared(seq),
                recorded=date.fromisoformat(recorded),
                lists=self.lists(directory, seq),
                leaders=directory.leaders_on(on, seq),
            )
        return self._moments[key]

    def moment(self, on: str, calendar: str, names: Mapping[str, str] | None = None) -> Moment:
        """Give the moment at which an entry was judged."""
        return Moment(date.fromisoformat(on), self.calendar(calendar), names or {})
