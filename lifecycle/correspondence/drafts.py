"""Which letters a case's entries draft, and what they say: a function of the log alone, so they
never change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lifecycle.correspondence.scope import letter_scope
from lifecycle.engine.case import Case
from lifecycle.engine.notice import Notice, rule_of
from lifecycle.errors import UnavailableError, UnknownError
from lifecycle.ledger.chain import CaseStep, follow
from lifecycle.ledger.files import read_file
from lifecycle.ledger.library import Library
from lifecycle.letter.model import Letter
from lifecycle.people.directory import Directory
from lifecycle.template.compose import compose
from lifecycle.template.template import Template, read_template
from lifecycle.workflow.model import Transition, Workflow

_DRAFTING = ("transition_made", "notice_drafted")
"""The entries that may draft letters."""


class UnpublishedError(UnavailableError):
    """A definition that a letter needs had not been published when it was needed."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One letter as an entry drafts it, with all that it is made of; `transition` is None for an
    officer's own.
    """

    notice: Notice
    workflow: Workflow
    before: Case
    after: Case
    body: Mapping[str, Any]
    transition: Transition | None
    origin: Sending | None = None
    """The letter that this one redoes, as it was first drafted: what it tells of the act is told
    from there.
    """

    @property
    def name(self) -> str:
        """Give its name, `seq-template`."""
        return self.notice.name

    @property
    def to(self) -> tuple[str, ...]:
        """Name the roles and parties that it goes to."""
        return self._chosen or (rule.to if (rule := rule_of(self.workflow, self.notice)) else ())

    @property
    def cc(self) -> tuple[str, ...]:
        """Name the roles and parties that get a copy."""
        rule = rule_of(self.workflow, self.notice)
        return self.notice.cc if self._chosen else rule.cc if rule else ()

    @property
    def _chosen(self) -> tuple[str, ...]:
        return self.notice.to


def sendings(library: Library, case_id: str) -> Iterator[Sending]:
    """List the letters that a case's entries draft, in their order."""
    earlier: dict[str, Sending] = {}
    for step in follow(library, library.store.entries(case_id)):
        for sending in drafted(library, step, earlier):
            earlier[sending.name] = sending
            yield sending


def drafted(library: Library, step: CaseStep, earlier: Mapping[str, Sending]) -> Iterator[Sending]:
    """List the letters that one entry drafts; `earlier` are those of the case before
    it, by name.
    """
    before, after, body = step.before, step.after, step.body
    if before is None or after is None or body["intent"]["type"] not in _DRAFTING:
        return
    workflow = library.workflow(after.workflow)
    for name, notice in after.notices.items():
        if name not in before.notices:
            made = body["intent"]["transition"]
            transition = workflow.leaving[before.state][made] if made else None
            redone = earlier.get(body["intent"]["data"].get("replaces", ""))
            origin = redone.origin or redone if redone else None
            yield Sending(notice, workflow, before, after, body, transition, origin)


def find_sending(library: Library, case: Case, name: str) -> Sending:
    """Find a letter of a case; raises UnknownError."""
    if name in case.notices:
        for sending in sendings(library, case.id):
            if sending.name == name:
                return sending
    raise UnknownError("公文", name, case.notices)


def template_of(library: Library, directory: Directory, sending: Sending) -> Template:
    """Give the template that a letter is written with: the one in force at its entry, or the
    officer's own text.
    """
    notice = sending.notice
    if notice.text:
        size = sending.body["intent"]["files"][0]["size"]
        return read_template(
            notice.template, read_file(library.store.path, notice.text, size), notice.name
        )
    digest = directory.document("template", notice.template, sending.body["office"])
    if digest is None:
        raise UnpublishedError(
            f"公文模板 {notice.template} 当时尚未发布", "请管理员先发布：lifecycle notice publish"
        )
    return read_template(
        notice.template, library.store.definition(digest), f"template:{notice.template}"
    )


def write_letter(library: Library, directory: Directory, sending: Sending) -> Letter:
    """Write a letter as drafted, with the template, the units' names and the calendar in force at
    its entry.
    """
    on = date.fromisoformat(sending.body["intent"]["occurred_on"])
    return compose(
        template_of(library, directory, sending), letter_scope(library, directory, sending), on=on
    )
