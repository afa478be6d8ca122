"""An open office: its database and clock, and the names that officers write.

What is done with it stands in the files beside this one: cases, letters, todo, lists, show, why,
records, audit …
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from lifecycle.engine.case import Case
from lifecycle.engine.values import typed_text
from lifecycle.errors import AmbiguousError, InvalidError, UnknownError
from lifecycle.frozen import replace
from lifecycle.ledger.opening import default_url, open_store
from lifecycle.ledger.queries import CaseFilter, list_page
from lifecycle.ledger.reading.as_of import NOW, AsOf
from lifecycle.ledger.record import stamp_text, stored
from lifecycle.ledger.register import Register, Request, acting_officer
from lifecycle.ledger.rows.case_rows import read_case
from lifecycle.ledger.rows.search_rows import named
from lifecycle.ledger.store import Store
from lifecycle.office.clock import Clock, now
from lifecycle.office.seeing import Viewer, workflows_in_force
from lifecycle.people.clock import may_confirm
from lifecycle.people.directory import Directory
from lifecycle.workflow.model import Workflow

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from lifecycle.engine.world.moment import Moment, Officer

__all__ = ["Case", "Directory", "Office", "Request", "Workflow", "clean"]


class Office:
    """An open office: what every use case is handed first."""

    def __init__(self, store: Store, clock: Clock = now) -> None:
        self.store = store
        self.register = Register(store, clock)
        self.library = self.register.library
        self.looks(None)

    def looks(self, officer: str | None) -> None:
        """Say who looks: they find, and are told, what they may see."""
        self.viewer = Viewer(self.library, self.register.today, officer)
        self.register.as_told = self.viewer.tell_refusal

    @classmethod
    def open(cls, url: str | None = None, *, clock: Clock = now, create: bool = False) -> Office:
        """Open the office in a database.

        The embedded file in the user's data folder where none is named.
        """
        return cls(open_store(url or default_url(), create=create), clock)

    def close(self) -> None:
        """Close the database."""
        self.store.close()

    @property
    def directory(self) -> Directory:
        """Give the office's units, officers, grants and published definitions as they now are."""
        return self.library.directory()

    # Names as officers write them.

    def workflow(self, name: str) -> Workflow:
        """Find the workflow in force by name or title; raises UnknownError."""
        directory = self.directory
        names = list(dict.fromkeys(d.name for d in directory.documents if d.kind == "workflow"))
        for candidate in [name] if name in names else names:
            workflow = self.library.workflow(str(directory.document("workflow", candidate)))
            if name in (workflow.name, workflow.title):
                return workflow
        raise UnknownError("流程", name, names)

    def workflows(self) -> list[Workflow]:
        """List the workflows in force."""
        return workflows_in_force(self.library)

    def case(self, text: str) -> Case:
        """Find a case by number, or an unambiguous part of number or title.

        What whoever looks may not see is not there. Raises UnknownError or AmbiguousError.
        """
        found = self.store.numbered(text)
        case = read_case(self.store, found[1]) if found else self._named_case(text)
        if not self.viewer.sees(self.workflow_of(case), case):
            raise UnknownError("事项", text, self._some_names())
        return case

    def _named_case(self, text: str) -> Case:
        """Find a case by a part of its number or title."""
        matching = named(self.store, text, seen_by=self.viewer.parts)
        exact = [row for row in matching if row[1] == text]
        if len(exact) == 1:
            matching = exact
        if len(matching) > 1:
            raise AmbiguousError("事项", text, [f"{number} {title}" for number, title in matching])
        found = self.store.numbered(matching[0][0]) if matching else None
        if found is None:
            raise UnknownError("事项", text, self._some_names())
        return read_case(self.store, found[1])

    def _some_names(self) -> list[str]:
        """Give numbers and titles to suggest, of cases that may be seen."""
        parts = self.viewer.parts
        if parts is None:
            return self.store.some_names()
        rows = list_page(self.store, CaseFilter(seen_by=parts), size=500)
        return [name for row in rows for name in (row.number, row.title)]

    def workflow_of(self, case: Case) -> Workflow:
        """Give the workflow version that governs a case."""
        return self.library.workflow(case.workflow)

    def day(self, on: date | None) -> date:
        """Give the day that is asked about: today if none is named.

        Raises InvalidError for one to come.
        """
        today = self.register.today()
        if on is not None and on > today:
            raise InvalidError(f"{on} 在今天（{today}）之后", "--on 只能写今天或以前的日期")
        return on or today

    def officer(
        self, code: str, on: date | None = None, *, principal: str | None = None
    ) -> Officer:
        """Give an officer as on a day, or acting for somebody who delegated to them."""
        return self.directory.officer(code, self.day(on), principal=principal)

    def confirmers(self, proposer: str) -> tuple[str, ...]:
        """Name who may confirm today what somebody has proposed for the office."""
        return tuple(may_confirm(self.directory, proposer, stamp_text(self.register.clock())))

    def acting(self, request: Request, on: date) -> Officer:
        """Give the officer whose act a request is, as it would be recorded today."""
        return acting_officer(self.directory, request, on, self.register.today())

    def moment(self, on: date | None = None) -> Moment:
        """Give the day that is asked about, with the calendar and the units' names of that day."""
        return self.register.moment(self.directory, self.day(on))

    def moment_of(self, workflow: Workflow, case: Case, moment: Moment) -> Moment:
        """Give a moment with the other cases that a judgement on a case may read then."""
        if not workflow.reads_others:
            return moment
        reading = self.register.others(self.directory)
        return replace(moment, others=reading.for_view(workflow, case, moment.on.isoformat()))

    def roles(self) -> dict[str, str]:
        """Map every role to its title: those of all workflows in force, and those of the office
        itself.
        """
        from lifecycle.people.directory import SYSTEM_ROLES

        return {
            role.name: role.title for w in self.workflows() for role in w.roles.values()
        } | SYSTEM_ROLES

    def common_roles(self) -> set[str]:
        """Name the roles that anyone in office in a case's unit holds, in the workflows in
        force.
        """
        roles = (role for workflow in self.workflows() for role in workflow.roles.values())
        return {role.name for role in roles if role.held_by == "any"}

    def named_roles(self) -> dict[str, set[str]]:
        """Name the roles that whom a case names holds, in the workflows in force, and by whom each
        is held: that one, the division or its leader in charge.
        """
        found: dict[str, set[str]] = {}
        for workflow in self.workflows():
            for role in workflow.roles.values():
                if role.named:
                    found.setdefault(role.name, set()).add(role.held_by)
        return found

    def together(self) -> AbstractContextManager[None]:
        """Do several commands in one transaction: all of them or, when the block raises, none."""
        return self.register.together()

    def as_if_due(self) -> AbstractContextManager[object]:
        """Look at the office as if everything were made that is due by itself."""
        return self.register.as_if_due()

    def rehearsing(self) -> AbstractContextManager[None]:
        """Try several commands out, each after those before it, and undo them all."""
        return self.register.rehearsing()

    def recorded(self, request_id: str) -> Mapping[str, Any] | None:
        """Give the entry that was recorded under a request id, or None."""
        found = self.store.entry(request_id)
        return stored(found[0]) if found else None


def entries(
    office: Office, case: Case, *, after: int = 0, as_of: AsOf = NOW
) -> Iterator[Mapping[str, Any]]:
    """Stream a case's entries that count as stored, each with its index in the log and its hash;
    without what whoever looks may not see.
    """
    unseen = office.viewer.unseen(office.workflow_of(case), case)
    for row in as_of.counted(office.store.entries(case.id, after=after)):
        body = office.viewer.tell_document(unseen.tell_body(stored(row.raw)))
        yield {**body, "idx": row.idx, "hash": row.hash}


def clean(note: str) -> str:
    """Give a note as it is recorded."""
    return typed_text(note, "说明")
