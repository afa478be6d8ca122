"""The chancery (文书): drafts, checks, signs off, freezes, voids letters, and records what their
recipients answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle.correspondence.drafts import drafted_letters, find_drafted
from lifecycle.correspondence.issue import (
    digest_of,
    issued_letter,
    see_addressed,
    shown_draft,
    to_issue,
)
from lifecycle.correspondence.press import SUFFIXES, made_with, render
from lifecycle.correspondence.sample import sample_letter, uses
from lifecycle.correspondence.scope import letter_scope
from lifecycle.correspondence.writing import write_letter
from lifecycle.engine.acts import (
    FORMS,
    Act,
    AnswerLetter,
    DraftLetter,
    FreezeLetter,
    ReceiveLetter,
    ReviewLetter,
    SendLetter,
    Verdict,
    VoidLetter,
)
from lifecycle.engine.case import Case, File
from lifecycle.engine.notice import CHECKED, DRAFT, ISSUED, Notice, addressee_of
from lifecycle.errors import (
    AmbiguousError,
    InvalidError,
    LifecycleError,
    UnavailableError,
    UncertainError,
    UnknownError,
)
from lifecycle.ledger.case_rows import read_case
from lifecycle.ledger.files import keep_bytes, keep_file, read_file
from lifecycle.ledger.letter_rows import last_of
from lifecycle.ledger.record import stored
from lifecycle.ledger.register import Outcome, Register, Request
from lifecycle.letter.model import Letter
from lifecycle.template.compose import WRITER, compose
from lifecycle.template.template import Template, read_template
from lifecycle.template.trial import tried

if TYPE_CHECKING:
    from lifecycle.letter.fonts import Fonts

MOST_MB = 50
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,60}")


@dataclass(frozen=True, slots=True)
class Shown:
    """One letter as it now stands: the notice, and the letter or why it cannot be written."""

    case: Case
    notice: Notice
    letter: Letter | None
    error: Exception | None = None


def _see_printable(letter: Letter, name: str, fonts: Fonts) -> None:
    """See that an issued letter can be printed as it stands; raises InvalidError with every
    character that cannot be.

    Within the transaction that numbers it: the refusal gives the number back.
    """
    from lifecycle.letter.fonts import missing_glyphs

    missing = missing_glyphs(letter, fonts)
    if missing:
        mend = (
            "请换用通行的字，"
            "或装入含该字的字体后再签发"
            "；"
            "文号里的字在发文规则（notices/issuing.yaml）"
            "里改"
        )
        raise InvalidError(f"不能签发 {name}，未编号：{'；'.join(map(str, missing))}", mend)


class Chancery:
    """Deals with the letters of an office's cases; every act is one entry on the case's chain."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.library = register.library
        self.store = register.store

    # Looking.

    def case(self, case_id: str) -> Case:
        """Give a case by its id."""
        found = self.store.case(case_id)
        if found is None:
            raise UnknownError("事项", case_id)
        return read_case(found[1])

    def find(self, case: Case, name: str) -> Notice:
        """Find a letter by its name, its number, or a part of either that one letter, or one that
        lives, has.
        """
        exact = [n for n in case.notices.values() if name in (n.name, n.number)]
        found = exact or [
            n for n in case.notices.values() if name and (name in n.name or name in n.number)
        ]
        if len(found) > 1:
            found = [
                n for n in found if n.state in (DRAFT, CHECKED, ISSUED) and not n.replaced_by
            ] or found
        if len(found) > 1:
            raise AmbiguousError("公文", name, [n.name for n in found])
        if not found:
            raise UnknownError(
                "公文", name, case.notices, f"用 lifecycle notice list {case.number} 查看"
            )
        return found[0]

    def intent(self, case: Case, notice: Notice) -> Mapping[str, Any]:
        """Give the intent of the entry that issued a letter."""
        found = self._issued(case).get(notice.entry)
        if found is not None:
            return found
        raise UnavailableError(f"{notice.name} 的签发记录不见了", "请运行 lifecycle audit")

    def letter(self, case: Case, notice: Notice) -> Letter:
        """Give a letter as it now stands: as issued, or else as drafted."""
        if notice.entry:
            return issued_letter(case.number, notice, self.intent(case, notice))
        drafted = find_drafted(self.library, case, notice.name)
        return shown_draft(drafted, write_letter(self.library, self.library.directory(), drafted))

    def draft_of(self, case: Case, notice: Notice) -> Letter:
        """Give a letter as it was drafted, with the day for an answer still open."""
        return write_letter(
            self.library, self.library.directory(), find_drafted(self.library, case, notice.name)
        )

    def letters(self, case: Case) -> Iterator[Shown]:
        """Stream a case's letters as they now stand; one that cannot be written comes with its
        error.
        """
        directory = self.library.directory()
        issued = self._issued(case)
        for drafted in drafted_letters(self.library, case.id):
            notice = case.notices[drafted.name]
            try:
                if notice.entry:
                    letter = issued_letter(case.number, notice, issued[notice.entry])
                else:
                    letter = shown_draft(drafted, write_letter(self.library, directory, drafted))
                yield Shown(case, notice, letter)
            except LifecycleError as error:
                yield Shown(case, notice, None, error)

    def _issued(self, case: Case) -> dict[str, Mapping[str, Any]]:
        """Map the hashes of the entries that issued a case's letters to what they say."""
        wanted = {notice.entry for notice in case.notices.values() if notice.entry}
        if not wanted:
            return {}
        rows = self.store.entries(case.id)
        return {
            digest: stored(raw)["intent"] for _idx, _seq, digest, raw in rows if digest in wanted
        }

    def form(self, case: Case, notice: Notice, form: str, fonts: Fonts | None = None) -> bytes:
        """Give one form of a letter: the frozen bytes once there are any, else as laid out now."""
        if notice.forms:
            return self._kept(case, notice, form)
        return render(self.letter(case, notice), form, fonts)

    def _kept(self, case: Case, notice: Notice, form: str) -> bytes:
        for _idx, _seq, _digest, raw in self.store.entries(case.id, after=notice.seq):
            intent = stored(raw)["intent"]
            if intent["type"] == "notice_frozen" and intent["data"]["notice"] == notice.name:
                file = intent["files"][FORMS.index(form)]
                return read_file(self.store.path, file["sha256"], file["size"])
        raise UnavailableError(f"{notice.name} 的版式文件没有记录", "请运行 lifecycle audit")

    def side_by_side(self, template: Template) -> tuple[Letter, Letter, str]:
        """Write one letter with the template in force and with another: the last sent of that name,
        or a sample.
        """
        directory = self.library.directory()
        digest = directory.document("template", template.name)
        if digest is None:
            known = [d.name for d in directory.documents if d.kind == "template"]
            raise UnknownError("现行公文模板", template.name, known)
        in_force = read_template(
            template.name, self.store.definition(digest), f"template:{template.name}"
        )
        for case_id, name in last_of(self.store, template.name):
            drafted = find_drafted(self.library, self.case(case_id), name)
            scope = letter_scope(self.library, directory, drafted)
            on = date.fromisoformat(drafted.notice.on)
            both = (compose(in_force, scope, on=on), tried(template, scope, on=on))
            return (
                shown_draft(drafted, both[0]),
                shown_draft(drafted, both[1]),
                f"{self.case(case_id).number} {name}",
            )
        digests = {d.name: d.digest for d in directory.documents if d.kind == "workflow"}
        workflows = [self.library.workflow(digest) for digest in digests.values()]
        found = [next(uses(workflows, {template.name: t})) for t in (in_force, template)]
        return sample_letter(found[0]), sample_letter(found[1]), "样张"

    # Acting.

    def _submit(self, request: Request, case: Case, command: Act) -> Outcome:
        return self.register.submit(request, None, case.id, command)

    def draft(
        self, request: Request, case: Case, command: DraftLetter, text: Path | None = None
    ) -> Outcome:
        """Draft a letter: of a template in force, anew from the case as it now is, or from an
        edited text.
        """
        directory = self.library.directory()
        if not _NAME.fullmatch(command.template):
            raise InvalidError(
                f"模板名“{command.template[:40]}”不合规",
                "用字母、数字与横线，如 siting-consultation",
            )
        if text is not None:
            file = keep_file(self.store.path, text, most_bytes=1 << 20)
            read_template(
                command.template, read_file(self.store.path, file.sha256, file.size), str(text)
            )
            command = replace(command, text=file)
        elif directory.document("template", command.template) is None:
            known = [d.name for d in directory.documents if d.kind == "template"]
            raise UnknownError("公文模板", command.template, known)
        with self.register.together():
            outcome = self._submit(request, case, command)
            if (
                not request.dry_run and not outcome.repeated
            ):  # what cannot be written is not drafted
                name = f"{outcome.body['intent']['seq']}-{command.template}"
                see_addressed(
                    self.library, directory, find_drafted(self.library, outcome.case, name)
                )
        return outcome

    def check(self, request: Request, case: Case, name: str) -> Outcome:
        """Find a draft in order (核稿), by the digest of what it says."""
        drafted = find_drafted(self.library, case, name)
        letter = see_addressed(self.library, self.library.directory(), drafted)
        return self._submit(request, case, ReviewLetter(name, digest_of(letter), WRITER))

    def sign_off(self, request: Request, case: Case, name: str, fonts: Fonts) -> Outcome:
        """Sign a checked letter off: its number in the transaction of the entry, then, after it,
        the frozen forms.

        Should the machine stop before the forms are frozen, `freeze` does it later.
        """
        outcome = self.number(request, case, name, fonts)
        if request.dry_run:
            return outcome
        now = self.case(case.id)
        issued = now.notices[name]
        if issued.in_force and not issued.forms:
            try:
                now = self.freeze(replace(request, request_id=None, on=None), now, name, fonts).case
            except UncertainError:
                raise  # it says itself what is not known
            except LifecycleError as error:
                mend = (
                    f"文号已经编好，不必重签；原因消除后运行 lifecycle notice "
                    f"freeze "
                    f"{case.number} {name}"
                )
                raise UnavailableError(
                    f"已签发为 {issued.number}，但版式文件没有固定：{error.message}", mend
                ) from error
        return replace(outcome, case=now)

    def number(self, request: Request, case: Case, name: str, fonts: Fonts) -> Outcome:
        """Record the signing-off with its number, or neither where the letter with that number
        cannot be printed.
        """
        with (
            self.register.together()
        ):  # so that no rule, name or calendar changes between writing and recording it
            return self._number(request, case, name, fonts)

    def _number(self, request: Request, case: Case, name: str, fonts: Fonts) -> Outcome:
        directory = self.library.directory()
        moment = self.register.moment(directory, self.register.today())
        directory.officer(
            request.officer, moment.on, principal=request.principal
        )  # or say who is unknown or has left
        title = directory.people[request.principal or request.officer].title
        command = to_issue(self.library, directory, case, name, moment=moment, signer=title)
        outcome = self._submit(request, case, command)
        if not outcome.repeated:
            issued = outcome.case.notices[name]
            _see_printable(
                issued_letter(case.number, issued, {"data": {"letter": command.letter}}),
                name,
                fonts,
            )
        return outcome

    def freeze(self, request: Request, case: Case, name: str, fonts: Fonts) -> Outcome:
        """Lay an issued letter out in every form, keep the bytes, and record their SHA-256."""
        notice = case.notices[name] if name in case.notices else self.find(case, name)
        if not notice.entry:
            raise InvalidError(f"{name} 尚未签发，没有可固定的版式", "先核稿、签发")
        letter = self.letter(case, notice)
        files = tuple(self._keep_form(letter, notice, form, fonts) for form in FORMS)
        return self._submit(
            request, case, FreezeLetter(notice.name, FORMS, files, made_with(fonts))
        )

    def _keep_form(self, letter: Letter, notice: Notice, form: str, fonts: Fonts) -> File:
        return keep_bytes(
            self.store.path, render(letter, form, fonts), f"{notice.number}.{SUFFIXES[form]}"
        )

    def void(self, request: Request, case: Case, name: str, note: str) -> Outcome:
        """Declare a letter void; its number stays taken."""
        return self._submit(request, case, VoidLetter(name, note))

    def addressee(self, request: Request, case: Case, notice: Notice, named: str = "") -> str:
        """Name the addressee for whom somebody acts: the one named, or the officer's own unit."""
        directory = self.library.directory()
        if named:
            found = next((a for a in notice.addressed if a.name == named), None)
            code = directory.unit_code(named) if found is None else ""
            found = found or addressee_of(notice, code)
        else:
            on = self.register.today() if request.on is None else request.on
            found = addressee_of(
                notice, directory.officer(request.officer, on, principal=request.principal).unit
            )
        if found is None:
            listed = [a.name for a in notice.addressed]
            raise UnknownError(
                "收文单位",
                named or "本单位",
                listed,
                f"这件公文发给 {'、'.join(listed) or '（尚未签发）'}；替收文方登记的写 --unit",
            )
        return found.name

    def receive(
        self, request: Request, case: Case, notice: Notice, named: str = "", note: str = ""
    ) -> Outcome:
        """Record a receipt (签收)."""
        return self._submit(
            request,
            case,
            ReceiveLetter(notice.name, self.addressee(request, case, notice, named), note),
        )

    def reply(
        self,
        request: Request,
        case: Case,
        notice: Notice,
        *,
        file: Path | None,
        verdict: Verdict | None,
        note: str = "",
        named: str = "",
    ) -> Outcome:
        """Record an answer (复函) with its file; with a verdict it is the unit's opinion on what
        the letter asks.
        """
        kept = keep_file(self.store.path, file, most_bytes=MOST_MB << 20) if file else None
        name = self.addressee(request, case, notice, named)
        return self._submit(request, case, AnswerLetter(notice.name, name, note, verdict, kept))

    def dispatched(self, request: Request, case: Case, command: SendLetter) -> Outcome:
        """Record that a letter was handed over."""
        return self._submit(request, case, command)
