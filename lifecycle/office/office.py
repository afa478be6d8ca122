"""The use cases, one short method per verb: names as officers write them in, the rooms' answers
out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle.engine.acts import (
    Act,
    Advance,
    Attach,
    Open,
    ResolveObjection,
    SetFacts,
    Sign,
    Verdict,
    WithdrawOpinion,
)
from lifecycle.engine.case import Case
from lifecycle.engine.values import Entered, Value, parse_fact
from lifecycle.errors import AmbiguousError, InvalidError, UnknownError
from lifecycle.ledger.case_rows import read_case
from lifecycle.ledger.record import stamp_text
from lifecycle.ledger.register import Outcome, Register, Request
from lifecycle.ledger.sqlite.database import default_url
from lifecycle.ledger.sqlite.store import Store
from lifecycle.office.clock import Clock, now
from lifecycle.people.directory import Directory
from lifecycle.workflow.model import Fact, Workflow
from lifecycle.workflow.naming import find_fact, find_material, find_role, find_transition_name

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from lifecycle.engine.case import Moment, Officer
    from lifecycle.insight.inbox import Waiting
    from lifecycle.insight.outlook import Outlook
    from lifecycle.ledger.audit.audit import Auditor
    from lifecycle.ledger.register import ClockState
    from lifecycle.ledger.replay import Step
    from lifecycle.ledger.tree import Checkpoint
    from lifecycle.office.letterbox import Letterbox
    from lifecycle.office.letters import Chancery


class Office:
    """An open office: its store and its clock. Everything an officer can do goes through here."""

    def __init__(self, store: Store, clock: Clock = now) -> None:
        self.store = store
        self.register = Register(store, clock)
        self.library = self.register.library

    @classmethod
    def open(cls, url: str | None = None, *, clock: Clock = now, create: bool = False) -> Office:
        """Open the office in a database; the embedded file in the user's data folder where none is
        named.
        """
        return cls(Store.open(url or default_url(), create=create), clock)

    def close(self) -> None:
        """Close the database."""
        self.store.close()

    @property
    def chancery(self) -> Chancery:
        """Give the place where letters are dealt with."""
        from lifecycle.office.letters import Chancery

        return Chancery(self.register)

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
        directory = self.directory
        names = dict.fromkeys(d.name for d in directory.documents if d.kind == "workflow")
        return [self.library.workflow(str(directory.document("workflow", name))) for name in names]

    def case(self, text: str) -> Case:
        """Find a case by number, or an unambiguous part of number or title; raises UnknownError or
        AmbiguousError.
        """
        found = self.store.numbered(text)
        if found is None:
            matching = self.store.matching(text) if text else []
            exact = [row for row in matching if row[1] == text]
            if len(exact) == 1:
                matching = exact
            if len(matching) > 1:
                raise AmbiguousError(
                    "事项", text, [f"{number} {title}" for number, title in matching]
                )
            if not matching:
                raise UnknownError("事项", text, self.store.some_names())
            found = self.store.numbered(matching[0][0])
        return read_case(found[1] if found else b"")

    def workflow_of(self, case: Case) -> Workflow:
        """Give the workflow version that governs a case."""
        return self.library.workflow(case.workflow)

    def facts(self, workflow: Workflow, texts: Mapping[str, Entered]) -> dict[str, Value]:
        """Read facts as officers enter them: by name or title, units by code or name."""
        found: dict[str, Value] = {}
        for name, entered in texts.items():
            fact = find_fact(workflow, name)
            if fact.name in found:
                raise InvalidError(
                    f"{fact.title}（{fact.name}）写了两次，一次用标识，一次用名称", "只留一处"
                )
            found[fact.name] = self._value(fact, entered)
        return found

    def _value(self, fact: Fact, entered: Entered) -> Value:
        value = parse_fact(fact, entered)
        if fact.type == "unit":
            return self.directory.unit_code(str(value))
        if fact.of == "unit" and isinstance(value, list):
            return list(dict.fromkeys(self.directory.unit_code(item) for item in value))
        return value

    def day(self, on: date | None) -> date:
        """Give the day that is asked about: today if none is named; raises InvalidError for one to
        come.
        """
        today = self.register.today()
        if on is not None and on > today:
            raise InvalidError(f"{on} 在今天（{today}）之后", "--on 只能写今天或以前的日期")
        return on or today

    def moment(self, on: date | None = None) -> Moment:
        """Give the day that is asked about, with the calendar and the units' names of that day."""
        return self.register.moment(self.directory, self.day(on))

    def roles(self) -> dict[str, str]:
        """Map every role to its title: those of all workflows in force, and those of the office
        itself.
        """
        from lifecycle.people.directory import SYSTEM_ROLES

        return {
            role.name: role.title for w in self.workflows() for role in w.roles.values()
        } | SYSTEM_ROLES

    # What officers do to cases.

    def together(self) -> AbstractContextManager[None]:
        """Do several commands in one transaction: all of them or, when the block raises, none."""
        return self.register.together()

    def open_case(
        self, request: Request, workflow: Workflow, texts: Mapping[str, Entered]
    ) -> Outcome:
        """Open a case."""
        return self.register.submit(request, workflow, None, Open(self.facts(workflow, texts)))

    def set_facts(self, request: Request, case: Case, texts: Mapping[str, Entered]) -> Outcome:
        """Set facts of a case."""
        if not texts:
            raise InvalidError("没有写要填什么", "例如：lifecycle set 编号 investment=32000")
        return self._submit(request, case, SetFacts(self.facts(self.workflow_of(case), texts)))

    def attach(self, request: Request, case: Case, material: str, source: Path) -> Outcome:
        """Attach a file as a material."""
        from lifecycle.ledger.files import keep_file

        found = find_material(self.workflow_of(case), material)
        file = keep_file(self.store.path, source, most_bytes=found.max_mb << 20)
        return self._submit(request, case, Attach(found.name, file))

    def sign(
        self,
        request: Request,
        case: Case,
        transition: str,
        verdict: Verdict,
        note: str = "",
        role: str | None = None,
    ) -> Outcome:
        """Give an opinion on a transition."""
        workflow = self.workflow_of(case)
        return self._submit(
            request,
            case,
            Sign(
                find_transition_name(workflow, transition),
                verdict,
                clean(note),
                role and find_role(workflow, role),
            ),
        )

    def withdraw(
        self, request: Request, case: Case, transition: str, note: str = "", role: str | None = None
    ) -> Outcome:
        """Take an opinion back."""
        workflow = self.workflow_of(case)
        return self._submit(
            request,
            case,
            WithdrawOpinion(
                find_transition_name(workflow, transition),
                clean(note),
                role and find_role(workflow, role),
            ),
        )

    def resolve(
        self, request: Request, case: Case, transition: str, whose: str, note: str
    ) -> Outcome:
        """Record how an objection was resolved; `whose` is `role` or `role/unit`, or a unit."""
        workflow = self.workflow_of(case)
        role, _, unit = whose.partition("/")
        if (
            not unit
            and role not in workflow.roles
            and role not in {r.title for r in workflow.roles.values()}
        ):
            code = self.directory.unit_code(role)
            role = next(
                (r.name for r in workflow.roles.values() if code in case.bound_units(r.bound)), role
            )
            unit = code
        command = ResolveObjection(
            find_transition_name(workflow, transition),
            find_role(workflow, role),
            self.directory.unit_code(unit) if unit else "",
            clean(note),
        )
        return self._submit(request, case, command)

    def advance(
        self,
        request: Request,
        case: Case,
        transition: str | None = None,
        note: str = "",
        texts: Mapping[str, Entered] | None = None,
    ) -> Outcome:
        """Make a transition; its name may be left out where exactly one forward transition leaves
        the state.
        """
        workflow = self.workflow_of(case)
        name = (
            find_transition_name(workflow, transition)
            if transition
            else self._only_forward(request, case)
        )
        return self._submit(
            request, case, Advance(name, clean(note), self.facts(workflow, texts or {}))
        )

    def _only_forward(self, request: Request, case: Case) -> str:
        """Name the one transition that can be meant; for a request sent again, the one that was
        made then.
        """
        from lifecycle.insight.outlook import only_forward

        found = self.store.entry(request.request_id) if request.request_id else None
        made = json.loads(found[0])["intent"]["transition"] if found else None
        return str(made or only_forward(self.workflow_of(case), case).name)

    def _submit(self, request: Request, case: Case, command: Act) -> Outcome:
        return self.register.submit(request, None, case.id, command)

    def look(self, case: Case, officer: Officer | None = None, on: date | None = None) -> Outlook:
        """Work out where a case stands, and every way out of its state as judged for an officer, or
        for nobody.
        """
        from lifecycle.insight.outlook import ANYBODY, look

        return look(self.workflow_of(case), case, officer or ANYBODY, self.moment(on))

    def inbox(self, code: str, on: date | None = None) -> Iterator[Waiting]:
        """Stream what waits for an officer, and for those who delegated to them, the most urgent
        first.
        """
        from lifecycle.insight.inbox import inbox

        return inbox(self.library, self.moment(on), code)

    def letterbox(self, code: str, on: date | None = None) -> Letterbox:
        """Give what letters ask of an officer and of those who delegated to them, and what a clerk
        has to send.
        """
        from lifecycle.office.letterbox import letterbox

        return letterbox(self.chancery, self.moment(on), code)

    # What the administrator does to the office.

    def found(
        self,
        request: Request,
        changes: Iterable[tuple[str, Mapping[str, Any]]],
        definitions: Iterable[tuple[str, str, bytes]],
    ) -> None:
        """Found the office, put judged definitions into force and make the other changes: all or
        nothing.

        The first change is the founding; `request.officer` is the administrator that it names. A
        definition is its kind, name and bytes (see `lifecycle.office.definitions`).
        """
        if request.request_id and self.store.entry(request.request_id):
            return
        if self.directory.seq:
            raise InvalidError("本单位已经建立，不能重复建立")
        from lifecycle.people.clock import shipped_rules

        kind, data = next(changes := iter(changes))
        with self.together():
            self.change(request, kind, {**data, "clock_days": shipped_rules().most_days})
            later = replace(request, request_id=None)
            for kind, name, body in definitions:
                self.publish(later, kind, name, body)
            for kind, data in changes:
                self.change(later, kind, data)

    def change(self, request: Request, kind: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Change units, officers, grants or delegations; gives the entry's body."""
        return self.register.change_office(request, kind, data)

    def publish(self, request: Request, kind: str, name: str, body: bytes) -> Mapping[str, Any]:
        """Put a judged definition into force; gives the entry's body."""
        return self.register.change_office(
            request, "definition_published", {"kind": kind, "name": name}, definition=body
        )

    def clock_state(self) -> ClockState:
        """Say how the clock stands to the last entry."""
        return self.register.clock_state()

    def announce_clock(self, request: Request) -> Mapping[str, Any]:
        """Announce that the clock is right though it has jumped past the bound; gives the entry's
        body.
        """
        from lifecycle.people.clock import ANNOUNCED

        return self.change(request, ANNOUNCED, {"clock": stamp_text(self.register.clock())})

    def confirm_clock(self, request: Request) -> Mapping[str, Any]:
        """Confirm, as another person, what was announced last; gives the entry's body."""
        from lifecycle.people.clock import CONFIRMED

        if request.request_id and (body := self.recorded(request.request_id)):
            return self.change(request, CONFIRMED, body["intent"]["data"])
        steps = self.directory.clock_steps
        return self.change(request, CONFIRMED, {"step": steps[-1].id if steps else ""})

    def entries(self, case: Case, *, after: int = 0) -> Iterator[Mapping[str, Any]]:
        """Stream a case's entries."""
        from lifecycle.ledger.record import stored

        for idx, _seq, digest, raw in self.store.entries(case.id, after=after):
            yield {**stored(raw), "idx": idx, "hash": digest}

    def recorded(self, request_id: str) -> Mapping[str, Any] | None:
        """Give the entry that was recorded under a request id, or None."""
        from lifecycle.ledger.record import stored

        found = self.store.entry(request_id)
        return stored(found[0]) if found else None

    def replay(self, case: Case, under: Workflow | None = None) -> Iterator[Step]:
        """Replay a case, judging every entry again."""
        from lifecycle.ledger.replay import replay_case

        return replay_case(self.library, self.directory, case.id, under=under)

    def auditor(
        self,
        report: Callable[[int, int], None] = lambda _done, _of: None,
        since: Checkpoint | None = None,
    ) -> Auditor:
        """Prepare an audit of everything, against a checkpoint of an earlier one if
        there is one.
        """
        from lifecycle.correspondence.press import PaperJudge
        from lifecycle.ledger.audit.audit import Auditor

        return Auditor(self.library, self.register.clock(), report, since, PaperJudge(self.library))


def clean(note: str) -> str:
    """Give a note as it is recorded."""
    from lifecycle.engine.values import clean_text

    return clean_text(note, "说明")
