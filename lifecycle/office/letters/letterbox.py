"""What letters ask of an officer: to check, sign off, receive, answer, and to remind of what is
overdue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import (
    DRAFT,
    REVIEWED,
    CaseLetter,
    asked_about,
)
from lifecycle.engine.gates.cosign import may_speak
from lifecycle.engine.gates.gates import holds, title_of
from lifecycle.engine.gates.seats import floor_of, rests_on, seats_of
from lifecycle.engine.letters.letter_gates import hands_before
from lifecycle.engine.letters.letter_steps import (
    corrected_since,
    is_finished,
    lapse_of,
    outlived,
)
from lifecycle.engine.letters.owed import owed, sent_before
from lifecycle.engine.world.moment import Officer
from lifecycle.errors import LifecycleError
from lifecycle.frozen import dataclass, replace
from lifecycle.ledger.rows.letter_rows import asked_by, count_sendings
from lifecycle.office.letters.reminders import debts, overdue
from lifecycle.office.telling import told_unshown

if TYPE_CHECKING:
    from lifecycle.correspondence.drafts import Drafted
    from lifecycle.correspondence.rules.issuing_rules import Issuing
    from lifecycle.letter.model import Letter
    from lifecycle.office.letters.shelf import Shelf
    from lifecycle.office.office import Office
    from lifecycle.office.view import View
    from lifecycle.workflow.model import Transition, Workflow

MOST = 30
"""Drafts of one kind that `todo` looks at, the oldest first; `notice list` has them all."""
WORDS = {
    "approve": "核稿",
    "issue": "签发",
    "draft": "重拟",
    "void": "作废",
    "freeze": "补版式",
    "receipt": "签收",
    "reply": "复函",
    "urge": "催办",
}


@dataclass(frozen=True, slots=True)
class LetterErrand:
    """One thing that a letter asks.

    `due_on` is YYYY-MM-DD or None, `principal` whose it is if not the officer's; `who` are all of
    the officers that were looked for of whom it is asked.
    """

    kind: str
    case: Case
    letter: CaseLetter
    text: str
    command: str
    due_on: str | None = None
    principal: str | None = None
    who: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """Give the kind in Chinese."""
        return WORDS[self.kind]


@dataclass(frozen=True, slots=True)
class Letterbox:
    """An officer's errands, the most urgent first, what has no day last.

    For a clerk, how many sendings wait, how many of these for a messenger (`by_hand`), and how many
    died.
    """

    errands: tuple[LetterErrand, ...]
    waiting: int = 0
    by_hand: int = 0
    dead: int = 0


def letterbox(
    view: View, shelf: Shelf, acting: Sequence[Officer], environ: Mapping[str, str]
) -> Letterbox:
    """Look what letters ask of an officer, and of those they act for.

    What waits to be sent is known as it now is only; `environ` may name the file that says who is
    reached how.
    """
    office = view.office
    rules = cache(lambda: _rules_in_force(view))
    found: dict[tuple[str, str, str], LetterErrand] = {}
    for officer in acting:
        for errand in _errands_of(view, shelf, officer, rules):
            if not office.viewer.sees_number(errand.case.number):
                continue
            key = (errand.kind, errand.case.id, errand.letter.name)
            first = found.setdefault(key, errand)
            found[key] = replace(first, who=(*first.who, officer.acts_as))
    ordered = sorted(
        found.values(), key=lambda e: (e.due_on or "9999", e.case.number, e.letter.seq)
    )
    sends = bool(acting) and "clerk" in acting[0].held and not view.as_of
    waiting, dead = count_sendings(office.store) if sends else (0, 0)
    by_hand = _by_hand(office, environ) if waiting else 0
    return Letterbox(tuple(ordered), waiting, by_hand, dead)


def _by_hand(office: Office, environ: Mapping[str, str]) -> int:
    # Imported late: most who look at what they have to do send nothing.
    from lifecycle.office.letters.outbox import count_by_hand

    return count_by_hand(office, environ)


def _rules_in_force(view: View) -> Issuing | None:
    """Read the issuing rules: of whom no letter asks anything is spared their YAML."""
    from lifecycle.correspondence.rules.issuing_rules import ISSUING, read_issuing

    digest = view.directory.document(ISSUING, ISSUING)
    return read_issuing(view.office.store.definition(digest)) if digest else None


def _errands_of(
    view: View, shelf: Shelf, officer: Officer, rules: Callable[[], Issuing | None]
) -> Iterator[LetterErrand]:
    if "reviewer" in officer.held or "signer" in officer.held:
        yield from _desk(view, shelf, officer)
    for case, letter in shelf.to_replace(officer.unit) if officer.held else ():
        yield from _to_replace(view, case, letter, officer)
    for case, letter in shelf.waiting(officer.unit):
        yield from _owed(view, case, letter, officer, rules())
    unanswered = list(shelf.unanswered(officer.unit)) if officer.held else []
    known = rules() if unanswered else None
    if known is None:
        return
    for late in overdue(view.office, view.moment, unanswered, known):
        text = f"{late.letter.number} {'、'.join(late.names)} 逾期（限 {late.due_on}），可拟催办函"
        yield _errand("urge", late.case, late.letter, officer, text, late.due_on)


class _Drafts:
    """Drafts as they are written, which are in no row: from their case's log, which is read once
    for all drafts of the case.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._drafts: dict[str, dict[str, Drafted]] = {}

    def written(self, case: Case, letter: CaseLetter) -> tuple[Drafted, Letter] | None:
        """Write a draft; None where it cannot be written."""
        from lifecycle.correspondence.drafts import drafted_letters
        from lifecycle.correspondence.writing import write_letter

        library, directory = self._office.library, self._office.directory
        if case.id not in self._drafts:
            found = drafted_letters(library, case.id)
            self._drafts[case.id] = {drafted.name: drafted for drafted in found}
        drafted = self._drafts[case.id][letter.name]
        with suppress(LifecycleError):
            return drafted, write_letter(library, directory, drafted)
        return None


def _desk(view: View, shelf: Shelf, officer: Officer) -> Iterator[LetterErrand]:
    """List what an issuing unit's reviewer and signer have before them, but not what went through
    their own hands; what a return undid is to be voided, and what reminds of such a letter;
    what promises a day that does not count any more is to be redrafted.
    """
    drafts = _Drafts(view.office)
    for duty, verb, state in (("signer", "issue", REVIEWED), ("reviewer", "approve", DRAFT)):
        if duty not in officer.held:
            continue
        for case, letter in shelf.drafts(officer.unit, state, MOST):
            before = {
                person
                for persons in hands_before(letter, WORDS[verb]).values()
                for person in persons
            }
            if not before & set(officer.persons):
                yield _drafted(view, case, letter, officer, verb, drafts)
    for case, letter in shelf.unfrozen(officer.unit):
        text = f"{letter.number}　{letter.title}　已签发，版式文件尚未固定"
        yield _errand("freeze", case, letter, officer, text)


def _drafted(
    view: View, case: Case, letter: CaseLetter, officer: Officer, verb: str, drafts: _Drafts
) -> LetterErrand:
    """Make the errand of a draft, told by its title; one that is out of time says so.

    What promises a day that does not count any more, its stage being finished, is void, and
    redrafted only where it has to go out all the same.
    """
    workflow, on = view.office.workflow_of(case), view.moment.on.isoformat()
    written = drafts.written(case, letter)
    text = written[1].title if written else f"{case.title}　{letter.name}"
    lapse = lapse_of(workflow, case, letter, on)
    reminded = case.letters.get(letter.about)
    if reminded is not None and outlived(case, reminded) is not None:
        moot = f"{reminded.number} 所属流转已退回，不必再催"
        return _errand("void", case, letter, officer, f"{text}（{moot}）")
    if lapse is None:
        unshown = told_unshown(workflow, case, letter)
        text += f"（{unshown}；宜齐了再签发）" if unshown else ""
        twins = "、".join(one.number or one.name for one in sent_before(workflow, case, letter))
        if twins:
            text += f"（同一流转先前所拟的 {twins} 还没有办完；不必再发的，作废其一）"
        return _errand(verb, case, letter, officer, text)
    if lapse.kind == "undone":
        return _errand("void", case, letter, officer, f"{text}（{lapse.text}）")
    dead = _dead_promise(view, case, written, on) if written else ""
    if dead:
        redraft = f"lifecycle notice draft {case.number} --replace {letter.name}"
        moot = f"{dead}，应作废；确须补发的，先重拟：{redraft}"
        return _errand("void", case, letter, officer, f"{text}（{moot}）")
    late = f"{text}（{lapse.text}，迟发须写明理由；不发的作废）"
    return _errand(verb, case, letter, officer, late, noted=verb == "issue")


def _to_replace(
    view: View, case: Case, letter: CaseLetter, officer: Officer
) -> Iterator[LetterErrand]:
    """Make the errand of an issued letter that says what is not so any more: for whoever may draft
    another in its place, and for the signer, who may void it.
    """
    workflow = view.office.workflow_of(case)
    named = tuple(workflow.roles)
    if letter.transition:
        named = workflow.leaving[letter.source][letter.transition].by or named
    drafts_it = any(holds(workflow, case, officer, role) for role in named)
    if not drafts_it and "signer" not in officer.held:
        return
    why = _why_to_replace(view, case, letter, workflow)
    if why:
        void = f"lifecycle notice void {case.number} {letter.name} --note 理由"
        text = f"{letter.number}　{letter.title}（已签发；{why}）"
        text += f"：另拟一件替代，不再发的由签发人作废：{void}" if drafts_it else "：作废或替代"
        kind = "draft" if drafts_it else "void"
        yield _errand(kind, case, letter, officer, text)


def _why_to_replace(view: View, case: Case, letter: CaseLetter, workflow: Workflow) -> str:
    """Say what an issued letter tells that is not so any more; "" where nothing is, or where what
    was corrected since does not matter any more: its stage is finished, and nobody owes an answer.
    """
    gone = outlived(case, letter)
    if gone is not None:
        return "所属流转已退回"
    is_over = is_finished(workflow, case, letter, view.moment.on.isoformat())
    if is_over and not any(owed(workflow, case, letter)):
        return ""
    names = corrected_since(case, letter)
    if not letter.text:
        printed = _printed(view, case, letter)
        names = tuple(name for name in names if name in printed)
    titles = "、".join(title_of(workflow, name) for name in names)
    may = "可能" if letter.text else ""
    return f"其后更正了 {titles}，{may}印的是原来的" if titles else ""


def _printed(view: View, case: Case, letter: CaseLetter) -> set[str]:
    """Name the facts and materials that a letter fills in, and those by which its addressees are
    known.
    """
    from lifecycle.correspondence.drafts import find_drafted
    from lifecycle.correspondence.writing import template_of

    library = view.office.library
    drafted = find_drafted(library, case, letter.name)
    template = template_of(library, view.office.directory, drafted)
    workflow = drafted.workflow
    found = {name for name, _place in (*template.variables, *template.optional)}
    if "case_title" in found:
        found.add(workflow.subject)
    if "materials" in found:
        found |= set(workflow.materials)
    for name in () if letter.units else (*drafted.to, *drafted.cc):
        party, role = workflow.parties.get(name), workflow.roles.get(name)
        found |= {party.fact} if party and party.fact else set()
        found |= {role.bound} if role and role.bound else set()
    return found


def _dead_promise(view: View, case: Case, written: tuple[Drafted, Letter], on: str) -> str:
    from lifecycle.correspondence.signing_off import dead_promise
    from lifecycle.letter.model import dump_letter

    drafted, paper = written
    return dead_promise(view.office.library, drafted, case, dump_letter(paper), on)


def _owed(
    view: View, case: Case, letter: CaseLetter, officer: Officer, rules: Issuing | None
) -> Iterator[LetterErrand]:
    workflow = view.office.workflow_of(case)
    mine = [
        d
        for d in debts(workflow, case, letter, moment=view.moment, rules=rules)
        if d.addressee.unit == officer.unit
    ]
    # Who answers has received: one line is enough where both are owed.
    for debt in [d for d in mine if d.kind == "reply"] or mine:
        due = debt.due_on if debt.due_on and not debt.provisional else None
        asks = debt.kind == "reply" and _has_seat(workflow, case, letter, officer)
        fits = asks and is_still_asked(workflow, case, letter, officer)
        text = f"{letter.number}　{letter.title}"
        if asks:
            text += f"　{_what_an_answer_is(workflow, case, letter, officer, fits=fits)}"
        elif outlived(case, letter) is not None:
            text += "　所属流转已退回，只签收" if asked_by(workflow, letter) else "　所属流转已退回"
        yield _errand(debt.kind, case, letter, officer, text, due, opinion=fits)


def _what_an_answer_is(
    workflow: Workflow, case: Case, letter: CaseLetter, officer: Officer, *, fits: bool
) -> str:
    """Say whether an answer to a letter is the opinion, as it `fits` what the letter asked; not
    while some of what that would be on is not there.
    """
    if not fits:
        return "其后内容已变更或已退回，意见另行会签"
    transition = workflow.leaving[case.state][asked_about(workflow, letter) or ""]
    seats = seats_of(workflow, case, transition)
    roles = (seat.role for seat in seats if may_speak(workflow, case, officer, seat))
    names = (name for role in roles for name in rests_on(workflow, case, transition, role))
    titles = "、".join(title_of(workflow, name) for name in dict.fromkeys(names))
    return f"会签要看的 {titles} 还没有，齐了即送会签" if titles else "复函即为会签，不必另签"


def _has_seat(workflow: Workflow, case: Case, letter: CaseLetter, officer: Officer) -> bool:
    """Tell whether an officer's unit may give an opinion on the transition that a letter asks
    about: whoever has no seat only answers.
    """
    transition = workflow.leaving[case.state].get(asked_about(workflow, letter) or "")
    if transition is None:
        return False
    seats = seats_of(workflow, case, transition)
    return any(may_speak(workflow, case, officer, seat) for seat in seats)


def is_still_asked(workflow: Workflow, case: Case, letter: CaseLetter, officer: Officer) -> bool:
    """Tell whether an answer to a letter still counts as an opinion: nothing that it would cover
    has changed since the letter was issued.
    """
    transition = workflow.leaving[case.state][asked_about(workflow, letter) or ""]
    seats = seats_of(workflow, case, transition)
    mine = {seat.role for seat in seats if may_speak(workflow, case, officer, seat)}
    floors = (
        floor_of(workflow, case, transition, cosign)
        for cosign in transition.cosigns
        if not mine.isdisjoint(cosign.roles)
    )
    return letter.issued_seq >= max(floors, default=0)


def answerable(
    workflow: Workflow, case: Case, transition: Transition, officer: Officer
) -> CaseLetter | None:
    """Give a letter that an officer's unit may answer instead of signing a transition: the answer
    is owed, and it would be the opinion.
    """
    rules = (rule for way in workflow.transitions for rule in way.notices)
    if not any(rule.reply and rule.reply.cosign == transition.name for rule in rules):
        return None
    for letter in case.letters.values():
        if letter.forms and asked_about(workflow, letter) == transition.name:
            owing = any(one.unit == officer.unit for one in owed(workflow, case, letter))
            if owing and is_still_asked(workflow, case, letter, officer):
                return letter
    return None


def _errand(
    kind: str,
    case: Case,
    letter: CaseLetter,
    officer: Officer,
    text: str,
    due_on: str | None = None,
    *,
    opinion: bool = False,
    noted: bool = False,
) -> LetterErrand:
    behalf = f" --for {officer.principal}" if officer.principal else ""
    named = f"{case.number} {letter.name}"
    if kind == "urge":
        named = case.number
    elif kind == "draft":
        named = f"{case.number} --replace {letter.name}"
    tail = (" 同意" if opinion else "") + (" --file 复函文件" if kind == "reply" else "")
    tail += " --note 理由" if noted or kind == "void" else ""
    return LetterErrand(
        kind,
        case,
        letter,
        text,
        f"lifecycle notice {kind} {named}{tail}{behalf}",
        due_on,
        officer.principal,
    )
