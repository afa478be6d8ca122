"""Letters (公文) from draft to number: list, show, render; draft, review, issue, freeze, void.

Cases and letters are named as officers name them; every act is one entry on the case's chain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle.correspondence.drafts import find_drafted
from lifecycle.correspondence.forms import (
    freeze_forms,
    frozen_form,
    letter_of,
    letters_of,
    see_printable,
)
from lifecycle.correspondence.press import SUFFIXES, render
from lifecycle.correspondence.signing_off import (
    dead_promise,
    digest_of,
    issued_letter,
    see_addressed,
    to_issue,
)
from lifecycle.correspondence.source import to_source
from lifecycle.correspondence.writing import template_of, write_letter
from lifecycle.engine.acts import Act, DraftLetter, ReviewLetter, VoidLetter
from lifecycle.engine.case_letter import DRAFT, ISSUED, REVIEWED, STATES
from lifecycle.engine.docket import Docket, RefusedError
from lifecycle.engine.letters.letter_gates import RULES, judge_duty, judge_hands, judge_unit
from lifecycle.engine.letters.letter_steps import Lapse, lapse_of, outlived
from lifecycle.engine.values import clean_text
from lifecycle.errors import (
    AmbiguousError,
    InvalidError,
    LifecycleError,
    UnavailableError,
    UncertainError,
    UnknownError,
)
from lifecycle.frozen import dataclass
from lifecycle.ledger.register import Request
from lifecycle.letter.model import dump_letter
from lifecycle.office.telling import told_unshown
from lifecycle.template.compose import WRITER
from lifecycle.template.template import read_template, title_of
from lifecycle.workflow.naming import find_recipient

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.engine.case_letter import CaseLetter
    from lifecycle.ledger.register import Outcome
    from lifecycle.letter.fonts import Fonts
    from lifecycle.letter.model import Letter
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Transition

MOST_TEXT_BYTES = 1 << 20
"""Size of a text that an officer edited, beyond which it is refused."""
_WORD = re.compile(r"\w+")
_TEMPLATE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,60}")


@dataclass(frozen=True, slots=True)
class Shown:
    """One letter as it now stands: its life in the case, its paper or why it cannot be written, and
    why it is out of time, where it is.
    """

    case: Case
    letter: CaseLetter
    paper: Letter | None
    error: LifecycleError | None = None
    lapse: Lapse | None = None

    @property
    def state(self) -> str:
        """Give the state in Chinese, and why the letter is out of time."""
        late = f"（{self.lapse.title}）" if self.lapse else ""
        return f"{STATES[self.letter.state]}{late}"

    @property
    def day(self) -> str:
        """Give the day that it was issued on, or else drafted (YYYY-MM-DD)."""
        return self.letter.issued_on or self.letter.on

    @property
    def values(self) -> dict[str, Any] | None:
        """Give the letter as plain values; None where it cannot be written."""
        return dump_letter(self.paper) if self.paper else None


@dataclass(frozen=True, slots=True)
class LetterText:
    """One letter to read: as plain values, and as text in the form asked for; `others` are letters
    out of time that the same name may mean.
    """

    name: str
    values: Mapping[str, Any]
    text: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """One letter laid out for a file: the file's name without suffix, its bytes; or why there are
    none.
    """

    name: str
    suffix: str
    body: bytes = b""
    error: LifecycleError | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A letter that an officer asks for: of a template, to roles and parties by name or title; or
    in place of another letter (`replaces`), where `text` is a file with edited words.
    """

    template: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    replaces: str | None = None
    text: Path | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Handled:
    """What was done to a letter: the outcome, and the letter after it; its title, where it was
    written to do it.
    """

    outcome: Outcome
    letter: CaseLetter
    title: str = ""


@dataclass(frozen=True, slots=True)
class Draftable:
    """A letter that an officer may draft: the title that such letters bear, with … for what is
    filled in, and the template's name, which is typed.
    """

    title: str
    template: str


@dataclass(frozen=True, slots=True)
class Hands:
    """Requests in the names of two officers: one may review a letter, the other may issue it."""

    review: Request
    issue: Request


# Looking.


def letter_called(case: Case, name: str) -> CaseLetter:
    """Find a letter by its name, its number, or a part of either that one letter, or one that
    lives, has.
    """
    found = letters_called(case, name)
    if len(found) > 1:
        raise AmbiguousError("公文", name, [n.name for n in found])
    return found[0]


def letters_called(case: Case, name: str) -> list[CaseLetter]:
    """Find the letters that a name or number, or a part of either, may mean: those that live, where
    there are any, and of them those of the template that it names in full. Raises UnknownError.
    """
    letters = list(case.letters.values())
    found = [n for n in letters if name in (n.name, n.number)]
    if not found and name:
        found = [n for n in letters if name in n.name or name in n.number]
    if not found:
        raise UnknownError(
            "公文", name, case.letters, f"用 lifecycle notice list {case.number} 查看"
        )
    living = [n for n in found if n.state in (DRAFT, REVIEWED, ISSUED) and not n.replaced_by]
    likely = living or found
    return [n for n in likely if n.template == name] or likely


def _letter_to_show(office: Office, case: Case, name: str) -> tuple[CaseLetter, tuple[str, ...]]:
    """Find a letter to look at: of several that may be meant the one that is not out of time; also
    name the others.
    """
    found = letters_called(case, name)
    workflow, today = office.workflow_of(case), office.register.today().isoformat()
    timely = [one for one in found if lapse_of(workflow, case, one, today) is None]
    if len(found) > 1 and len(timely) == 1:
        others = tuple(one.name for one in found if one is not timely[0])
        return timely[0], others
    return letter_called(case, name), ()


def letters(office: Office, case: str | None = None) -> Iterator[Shown]:
    """Stream the letters of a case, or of all cases, as they now stand."""
    for found in _cases(office, case):
        yield from _letters(office, found)


def _letters(office: Office, case: Case) -> Iterator[Shown]:
    workflow, today = office.workflow_of(case), office.register.today().isoformat()
    for letter, paper in letters_of(office.library, case):
        lapse = lapse_of(workflow, case, letter, today) or outlived(case, letter)
        try:
            _see_all_of(office, case, letter)
        except LifecycleError as error:
            yield Shown(case, letter, None, error, lapse)
            continue
        if isinstance(paper, LifecycleError):
            yield Shown(case, letter, None, paper, lapse)
        else:
            yield Shown(case, letter, paper, None, lapse)


def _see_all_of(office: Office, case: Case, letter: CaseLetter) -> None:
    """Refuse a letter that may print what whoever looks may not see: by its template, and what an
    officer wrote in place of that.

    Raises InvalidError.
    """
    if office.viewer.sees_everything:
        return
    unseen = office.viewer.unseen(office.workflow_of(case), case)
    drafted = find_drafted(office.library, case, letter.name)
    templates = [template_of(office.library, office.directory, drafted)]
    if letter.text:
        plain = replace(drafted, letter=replace(letter, text=""))
        templates.append(template_of(office.library, office.directory, plain))
    printed = {name for one in templates for name, _ in (*one.variables, *one.optional)}
    words = {word for one in templates for word in _WORD.findall(one.source)}
    if not unseen.names.isdisjoint(printed) or not office.viewer.may_print(drafted.after, words):
        raise InvalidError(
            f"{letter.name} 写有不对您公开的内容", "请看得到这些内容的人查看，或请审计员查看"
        )


def _cases(office: Office, case: str | None) -> Iterator[Case]:
    if case is not None:
        yield office.case(case)
        return
    from lifecycle.ledger.queries import CaseFilter, stream

    for item in stream(office.store, CaseFilter(seen_by=office.viewer.parts)):
        yield office.case(item.number)


def show(office: Office, case: str, name: str, form: str = "text") -> LetterText:
    """Show one letter as `text` or `markdown`, or as the `source` in which an officer edits it."""
    found = office.case(case)
    letter, others = _letter_to_show(office, found, name)
    _see_all_of(office, found, letter)
    paper = letter_of(office.library, found, letter)
    if form == "source":
        drafted = find_drafted(office.library, found, letter.name)
        text = to_source(write_letter(office.library, office.directory, drafted))
    else:
        text = render(paper, form).decode()
    return LetterText(letter.name, dump_letter(paper), text, others)


def rendered(
    office: Office,
    case: str | None,
    name: str | None = None,
    *,
    form: str,
    since: date | None = None,
) -> Iterator[Rendered]:
    """Lay letters out one by one: one, a case's, or all, of a day or later.

    The frozen bytes where there are any.
    """
    from lifecycle.letter.fonts import Fonts

    fonts = Fonts.find() if form == "pdf" else None
    for found in _cases(office, case):
        only = letter_called(found, name).name if name else None
        for shown in _letters(office, found):
            if only is not None and shown.letter.name != only:
                continue
            if since is not None and shown.day < since.isoformat():
                continue
            yield _rendered(office, shown, form, fonts)


def _rendered(office: Office, shown: Shown, form: str, fonts: Fonts | None) -> Rendered:
    if shown.paper is None:
        return Rendered(shown.letter.name, SUFFIXES[form], error=shown.error)
    if shown.letter.forms:
        body = frozen_form(office.library, shown.case, shown.letter, form)
    else:
        body = render(shown.paper, form, fonts)
    return Rendered(f"{shown.case.number}-{shown.letter.name}", SUFFIXES[form], body)


# Acting.


def submit(office: Office, request: Request, case: Case, act: Act, name: str) -> Handled:
    """Submit an act on a letter of that name."""
    outcome = office.register.submit(request, None, case.id, act)
    return Handled(outcome, outcome.case.letters[name])


def draft(office: Office, request: Request, case: str, wish: Wish) -> Handled:
    """Draft a letter: of a template in force, anew from the case as it now is, or from an edited
    text.
    """
    found = office.case(case)
    old = letter_called(found, wish.replaces) if wish.replaces else None
    workflow = office.workflow_of(found)
    template = find_template(office, found, wish.template) if wish.template else ""
    act = DraftLetter(
        template or (old.template if old else ""),
        tuple(find_recipient(workflow, name) for name in wish.to),
        tuple(find_recipient(workflow, name) for name in wish.cc),
        clean_text(wish.note, "说明"),
        old.name if old else "",
    )
    outcome = draft_letter(office, request, found, act, wish.text)
    made = list(outcome.case.letters)[-1]
    if request.dry_run:
        return Handled(outcome, outcome.case.letters[made])
    return Handled(outcome, outcome.case.letters[made], _title(office, outcome.case, made))


def _title(office: Office, case: Case, name: str) -> str:
    """Give the title of a letter that is drafted, "" where it cannot be written."""
    try:
        drafted = find_drafted(office.library, case, name)
        return write_letter(office.library, office.directory, drafted).title
    except LifecycleError:
        return ""


def draftable(office: Office, case: str) -> tuple[str, tuple[Draftable, ...], int]:
    """Give a case's number, the letters of its workflow that the transitions of its present state
    send, and how many others there are.
    """
    found = office.case(case)
    leaving = office.workflow_of(found).leaving[found.state].values()
    here = tuple(_draftable(office, found, leaving))
    others = sum(1 for _one in _draftable(office, found)) - len(here)
    return found.number, here, others


def _draftable(
    office: Office, case: Case, transitions: Iterable[Transition] | None = None
) -> Iterator[Draftable]:
    """List the letters that transitions send, by default all of a case's workflow, in the order of
    these.
    """
    directory = office.directory
    sending = office.workflow_of(case).transitions if transitions is None else transitions
    rules = (rule for transition in sending for rule in transition.notices)
    for name in dict.fromkeys(rule.template for rule in rules):
        digest = directory.document("template", name)
        if digest is not None:
            template = read_template(name, office.store.definition(digest), f"template:{name}")
            yield Draftable(title_of(template), name)


def find_template(office: Office, case: Case, text: str) -> str:
    """Find a template by its name, or by a part of the title that only the letters of one template
    of the case's workflow bear. A name that nothing bears is given back: who drafts says so.
    """
    if office.directory.document("template", text) is not None or _TEMPLATE_NAME.fullmatch(text):
        return text
    known = list(_draftable(office, case))
    found = [one for one in known if text in one.title]
    if len(found) > 1:
        named = [f"{one.title}　{one.template}" for one in found]
        mend = f"写得更完整些，或写其后的模板名，如：{found[0].template}"
        raise AmbiguousError("公文", text, named, mend)
    if not found:
        mend = f"可拟的公文：lifecycle notice draft {case.number}"
        raise UnknownError("公文模板", text, [one.title for one in known], mend)
    return found[0].template


def draft_letter(
    office: Office, request: Request, case: Case, act: DraftLetter, text: Path | None = None
) -> Outcome:
    """Record a draft, or nothing where it cannot be written or names others than it goes to."""
    directory = office.directory
    if not _TEMPLATE_NAME.fullmatch(act.template):
        raise InvalidError(
            f"模板名“{act.template[:40]}”不合规",
            "用字母、数字与横线，如 siting-consultation",
        )
    if text is not None:
        file = office.store.files.keep_file(text, most_bytes=MOST_TEXT_BYTES)
        body = office.store.files.read(file.sha256, file.size)
        read_template(act.template, body, str(text))
        act = replace(act, text=file)
    elif directory.document("template", act.template) is None:
        known = [d.name for d in directory.documents if d.kind == "template"]
        mend = f"可拟的公文：lifecycle notice draft {case.number}"
        raise UnknownError("公文模板", act.template, known, mend)
    with office.register.together():
        outcome = office.register.submit(request, None, case.id, act)
        if not request.dry_run and not outcome.repeated:
            name = f"{outcome.body['intent']['seq']}-{act.template}"
            drafted = find_drafted(office.library, outcome.case, name)
            if office.viewer.is_named:
                _see_all_of(office, outcome.case, drafted.letter)
            see_addressed(office.library, directory, drafted)
    return outcome


def review(office: Office, request: Request, case: str, name: str) -> Handled:
    """Find a draft in order (核稿), by the digest of what it says."""
    found = office.case(case)
    called = letter_called(found, name)
    meant = called.name
    with _whose_first(office, request, found, called, "核稿", "reviewer"):
        drafted = find_drafted(office.library, found, meant)
        letter = see_addressed(office.library, office.directory, drafted)
    act = ReviewLetter(meant, digest_of(letter), WRITER)
    return replace(submit(office, request, found, act, meant), title=letter.title)


def after_review(office: Office, case: Case, letter: CaseLetter) -> str:
    """Say what is next for a reviewed letter, with the command after a colon: to sign it off, with
    the reason where it is late; to redraft it where a day that it promises does not count any more;
    to void it where its step was undone.
    """
    on, number, name = office.register.today().isoformat(), case.number, letter.name
    issuing = f"lifecycle notice issue {number} {name}"
    lapse = lapse_of(office.workflow_of(case), case, letter, on)
    if lapse is None:
        unshown = told_unshown(office.workflow_of(case), case, letter)
        told = f"（{unshown}；宜齐了再签发）" if unshown else ""
        return f"下一步由签发人办{told}：{issuing}"
    if lapse.kind == "undone":
        return f"{lapse.text}，不能签发，应作废：lifecycle notice void {number} {name} --note 理由"
    drafted = find_drafted(office.library, case, name)
    content = dump_letter(write_letter(office.library, office.directory, drafted))
    dead = dead_promise(office.library, drafted, case, content, on)
    if dead:
        return f"{dead}，应重拟或作废：lifecycle notice draft {number} --replace {name}"
    return f"下一步由签发人办（{lapse.text}，迟发须写明理由；不发的作废）：{issuing} --note 理由"


def after_issue(office: Office, case: Case, letter: CaseLetter) -> tuple[str, ...]:
    """Say what those who are asked by an issued letter cannot speak on yet, if anything."""
    unshown = told_unshown(office.workflow_of(case), case, letter)
    return (unshown,) if unshown else ()


def issue(office: Office, request: Request, case: str, name: str, note: str = "") -> Handled:
    """Issue a reviewed letter (签发): its number in the transaction of the entry, then, after it,
    the frozen forms. `note` says why one goes out late.

    Should the machine stop before the forms are frozen, `freeze` does it later.
    """
    from lifecycle.letter.fonts import Fonts

    found = office.case(case)
    called = letter_called(found, name)
    meant, why = called.name, clean_text(note, "理由")
    with _whose_first(office, request, found, called, "签发", "signer"):
        fonts = Fonts.find()
        outcome = number(office, request, found, meant, fonts, why)
    if request.dry_run:
        return Handled(outcome, outcome.case.letters[meant])
    now = office.register.case(found.id)
    issued = now.letters[meant]
    if issued.in_force and not issued.forms:
        later = replace(request, request_id=None, on=None)
        now = _freeze_numbered(office, later, now, issued, fonts)
    return Handled(replace(outcome, case=now), now.letters[meant])


def number(
    office: Office, request: Request, case: Case, name: str, fonts: Fonts, note: str = ""
) -> Outcome:
    """Record that a letter is issued, with its number; or neither, where the letter with that
    number cannot be printed.

    One transaction, so that no rule, name or calendar changes between writing and recording it.
    """
    with office.register.together():
        directory = office.directory
        moment = office.register.moment(directory, office.register.today())
        # Says who is unknown or has left, before the letter is written.
        office.acting(request, moment.on)
        signer = directory.people[request.principal or request.officer].title
        act = to_issue(office.library, directory, case, name, moment=moment, signer=signer)
        act = replace(act, note=note)
        outcome = office.register.submit(request, None, case.id, act)
        if not outcome.repeated:
            issued = outcome.case.letters[name]
            letter = issued_letter(case.number, issued, act.content)
            see_printable(letter, name, fonts)
        return outcome


def _freeze_numbered(
    office: Office, request: Request, case: Case, issued: CaseLetter, fonts: Fonts
) -> Case:
    """Freeze a letter that just got its number; where that fails, say that the number stands."""
    try:
        act = freeze_forms(office.library, case, issued, fonts)
        return submit(office, request, case, act, issued.name).outcome.case
    except UncertainError:
        raise  # it says itself what is not known
    except LifecycleError as error:
        raise UnavailableError(
            f"已签发为 {issued.number}，但版式文件没有固定：{error.message}",
            f"文号已经编好，不必重签；原因消除后运行 lifecycle notice freeze "
            f"{case.number} {issued.name}",
        ) from error


def freeze(office: Office, request: Request, case: str, name: str) -> Handled:
    """Lay an issued letter out in every form, keep the bytes, and record their SHA-256."""
    from lifecycle.letter.fonts import Fonts

    found = office.case(case)
    letter = letter_called(found, name)
    with _whose_first(office, request, found, letter, "固定版式"):
        act = freeze_forms(office.library, found, letter, Fonts.find())
    return submit(office, request, found, act, letter.name)


@contextmanager
def _whose_first(
    office: Office, request: Request, case: Case, letter: CaseLetter, verb: str, duty: str = ""
) -> Iterator[None]:
    """Where what is to be done to a letter fails before it is judged (fonts, the text, a rule that
    is not published), say first that it is not the officer's to do, where it is not: raises
    RefusedError with the gates of unit, duty and hands. Without a duty, only the unit is asked.
    """
    try:
        yield
    except RefusedError:
        raise
    except LifecycleError:
        moment = office.moment()
        docket = Docket(office.workflow_of(case), case, office.acting(request, moment.on), moment)
        if duty:
            judge_duty(docket, letter, duty)
            judge_hands(docket, letter, verb)
        else:
            judge_unit(docket, letter.unit)
        unmet = [gate.kind for gate in docket.gates if not gate.met]
        if unmet:
            asked = f"{case.number} {case.title}　{verb} {letter.name}"
            if not request.dry_run:
                office.register.count_refusal(request.officer, asked, ",".join(unmet))
            raise RefusedError(case, asked, tuple(docket.gates), RULES) from None
        raise


def void(office: Office, request: Request, case: str, name: str, note: str) -> Handled:
    """Declare a letter void; its number stays taken."""
    found = office.case(case)
    meant = letter_called(found, name).name
    return submit(office, request, found, VoidLetter(meant, clean_text(note, "说明")), meant)


def see_fonts() -> None:
    """See that the fonts are there without which no letter is issued; raises UnavailableError."""
    from lifecycle.letter.fonts import Fonts

    Fonts.find()


def hands_for(office: Office, case: str, name: str) -> Hands:
    """Find a reviewer and a signer of the issuing unit, through whose hands the letter did not go
    yet, and not the same person; raises UnavailableError.
    """
    letter = letter_called(office.case(case), name)
    reviewer = _who(office, letter.unit, "reviewer", but=letter.persons)
    signer = _who(office, letter.unit, "signer", but=(*letter.persons, reviewer))
    return Hands(Request(reviewer), Request(signer))


def _who(office: Office, unit: str, duty: str, *, but: tuple[str, ...]) -> str:
    directory, on = office.directory, office.day(None).isoformat()
    for grant in directory.grants:
        person = directory.people[grant.officer]
        able = duty in grant.roles and grant.principal is None and grant.holds(on, directory.seq)
        if able and person.unit == unit and person.code not in but:
            return person.code
    raise UnavailableError(f"{unit} 没有能办的人", f"授予 {duty}：lifecycle officer grant")
