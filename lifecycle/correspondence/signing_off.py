"""From draft to issued letter: what signing off records, and the letter as it then
stands on paper.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lifecycle.correspondence.citing import Citing, misnamed_grounds
from lifecycle.correspondence.drafts import Drafted, find_drafted
from lifecycle.correspondence.rules.issuing_rules import ISSUING, Issuing, read_issuing
from lifecycle.correspondence.scope import REPLY_DUE, addressees
from lifecycle.correspondence.writing import (
    UnpublishedError,
    template_of,
    write_citing,
    write_letter,
)
from lifecycle.engine.acts import IssueLetter
from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import CaseLetter, rule_of
from lifecycle.engine.clock.standing import open_limits
from lifecycle.engine.gates.asking import (
    asked_of,
    due_within,
    seats_asked_by,
    transition_asked_by,
)
from lifecycle.engine.gates.gates import SPANS
from lifecycle.engine.gates.seats import rests_on
from lifecycle.engine.letters.letter_steps import lapse_of
from lifecycle.engine.world.moment import Moment
from lifecycle.errors import InvalidError
from lifecycle.ledger.library import Library
from lifecycle.ledger.record import canonical, hash_of
from lifecycle.letter.kinds import kinds
from lifecycle.letter.model import Letter, dump_letter, load_letter
from lifecycle.people.directory import Directory
from lifecycle.template.compose import WRITER
from lifecycle.workflow.bases import Bases
from lifecycle.workflow.model import Limit, Workflow


def rules_in_force(library: Library, directory: Directory, seq: int | None = None) -> Issuing:
    """Read the issuing rules in force after so many office entries (now, if not said)."""
    digest = directory.document(ISSUING, ISSUING, seq)
    if digest is None:
        raise UnpublishedError(
            "尚未发布发文规则", "请管理员运行：lifecycle notice publish notices/issuing.yaml"
        )
    return read_issuing(library.store.definition(digest))


def digest_of(letter: Letter) -> str:
    """Give the SHA-256 by which a draft is known: what a reviewer found in order is what is signed
    off.
    """
    return hash_of(canonical(dump_letter(letter)))


def see_addressed(library: Library, directory: Directory, drafted: Drafted) -> Letter:
    """Write a draft and see that it names its issuer and those to whom it will be sent, and no
    legal ground that was not in force.

    Raises InvalidError if not.
    """
    letter, citing = write_citing(library, directory, drafted)
    see_in_force(library, directory, drafted, (letter, citing))
    intent = drafted.body["intent"]
    names = directory.titles(intent["occurred_on"], drafted.body["office"])
    moment = library.moment(intent["occurred_on"], drafted.body["calendar"], names)
    sent = addressees(directory, drafted, moment)
    named = {"发文单位": [letter.issuer], "主送": list(letter.to), "抄送": list(letter.cc)}
    going = {
        "发文单位": [names.get(drafted.letter.unit, drafted.letter.unit)],
        "主送": [a.name for a in sent if not a.copy],
        "抄送": [a.name for a in sent if a.copy],
    }
    words = {"发文单位": "issuer", "主送": "to", "抄送": "cc"}
    for word, there in named.items():
        if set(there) != set(going[word]) and (there or word != "主送"):
            said, wanted = ("、".join(part) or "（无）" for part in (there, going[word]))
            mend = f"表头写 {word}：{{{{ {words[word]} }}}}；发给谁用 --to、--cc 写明"
            raise InvalidError(f"{drafted.name} 写的{word}是 {said}，实际是 {wanted}", mend)
    return letter


def to_issue(
    library: Library, directory: Directory, case: Case, name: str, *, moment: Moment, signer: str
) -> IssueLetter:
    """Prepare the signing-off of a letter on a day.

    `signer` is what stands as 签发人 on letters to a superior.
    """
    drafted = find_drafted(library, case, name)
    act = issue_of(
        library, directory, drafted, moment=moment, case=case, signer=signer, seq=directory.seq
    )
    _see_dates(library, drafted, case, act, moment)
    written = write_citing(library, directory, drafted)
    see_in_force(library, directory, drafted, written, moment.on.isoformat())
    return act


def see_in_force(
    library: Library,
    directory: Directory,
    drafted: Drafted,
    written: tuple[Letter, Citing],
    on: str = "",
) -> None:
    """See that a draft, as written, names no legal ground that was in force neither on the day of
    the act of which it speaks nor on that of signing off, as the office now knows them. Raises
    InvalidError if it does.
    """
    wrong = ungrounded(library.bases(directory), written, on)
    if wrong:
        mend = "改引当时施行的依据，或在模板里写 {{ cite('…') }}，再重新拟稿"
        raise InvalidError(f"{drafted.name} {wrong}", mend)


def ungrounded(bases: Bases | None, written: tuple[Letter, Citing], on: str = "") -> str:
    """Say which ground a letter names that was in force neither on the day of its act nor on that
    of signing off; "" where there is none, or the office had published none.
    """
    if bases is None:
        return ""
    letter, citing = written
    acted = citing.on.isoformat()
    return misnamed_grounds(letter, bases, (acted, on or acted), citing.given)


def _see_dates(
    library: Library, drafted: Drafted, case: Case, act: IssueLetter, moment: Moment
) -> None:
    """See that a letter that goes out late does not promise the day of a limit that was the left
    state's: it is drafted anew. Raises InvalidError if not.
    """
    dead = dead_promise(library, drafted, case, act.content, moment.on.isoformat())
    if dead:
        raise InvalidError(
            f"{drafted.name} {dead}",
            f"按现在的情况重拟：lifecycle notice draft {case.number} --replace {drafted.name}",
        )


def dead_promise(
    library: Library, drafted: Drafted, case: Case, content: Mapping[str, Any], on: str
) -> str:
    """Say which day a letter promises though it goes out late and the day is that of a limit of the
    state that the case has left; "" where it promises none. `content` is the letter as plain
    values. What was drafted anew since the case left the state is let through.
    """
    letter = case.letters[drafted.name]
    # Not the workflow under which it was drafted: the case may have been taken over since.
    lapse = lapse_of(library.workflow(case.workflow), case, letter, on)
    if lapse is None or lapse.kind != "finished" or (letter.first and letter.on >= lapse.on):
        return ""
    calendar = library.calendar(drafted.body["calendar"])
    printed = json.dumps(content, ensure_ascii=False)
    for item in open_limits(drafted.workflow, drafted.after, calendar):
        day = f"{item.due.on.year}年{item.due.on.month}月{item.due.on.day}日前"
        if day in printed:
            return f"写着“{day}”，{lapse.text}，期限已不算数"
    return ""


def issue_of(
    library: Library,
    directory: Directory,
    drafted: Drafted,
    *,
    moment: Moment,
    case: Case,
    signer: str,
    seq: int,
) -> IssueLetter:
    """Work out what signing a letter of a case off records, by the rules in force after so many
    office entries.
    """
    rules = rules_in_force(library, directory, seq)
    draft = write_letter(library, directory, drafted)
    on = moment.on.isoformat()
    issuer = _issuer(rules, directory, drafted.letter, draft, on=on, seq=seq)
    letter = replace(
        draft,
        date=moment.on,
        issuer=issuer,
        signer=signer if draft.kind in kinds().upward else None,
        printed=moment.on if draft.shape.printed == "recorded" else None,
        mark="" if draft.shape.mark is None else issuer + draft.shape.mark,
    )
    there = library.moment(
        drafted.body["intent"]["occurred_on"],
        drafted.body["calendar"],
        directory.titles(drafted.body["intent"]["occurred_on"], drafted.body["office"]),
    )
    # Not the workflow under which it was drafted: the case may have been taken over since.
    workflow = library.workflow(case.workflow)
    content, answer_on = _with_time(dump_letter(letter), case, drafted, workflow, moment)
    return IssueLetter(
        letter=drafted.name,
        content=content,
        digest=digest_of(draft),
        series=rules.series(drafted.letter.unit, draft.kind, moment.on.year),
        rules=rules.digest,
        template=template_of(library, directory, drafted).digest,
        addressed=tuple(
            {"name": a.name, "unit": a.unit, "copy": a.copy}
            for a in addressees(directory, drafted, there)
        ),
        writer=WRITER,
        answer_on=answer_on,
    )


def _issuer(
    rules: Issuing, directory: Directory, letter: CaseLetter, paper: Letter, *, on: str, seq: int
) -> str:
    """Give the issuer's full name by the rules, else the unit's name on that day.

    Mark and signature bear it.
    """
    issuer = rules.issuers.get(letter.unit)
    return (issuer.name if issuer else "") or directory.names(on, seq).get(
        letter.unit, paper.issuer
    )


def _with_time(
    data: dict[str, Any], case: Case, drafted: Drafted, workflow: Workflow, moment: Moment
) -> tuple[dict[str, Any], str]:
    """Write by when an answer is due, as far as that is certain on the day of signing off. Gives
    the letter's data and the day that it names, "" for none.
    """
    letter = case.letters[drafted.name]
    rule = rule_of(workflow, letter)
    if rule is None or rule.reply is None:
        return data, ""
    text, day = time_to_answer(workflow, case, letter, rule.reply.limit, moment)
    return _with_due(data, text), day


def time_to_answer(
    workflow: Workflow, case: Case, letter: CaseLetter, limit: Limit, moment: Moment
) -> tuple[str, str]:
    """Say by when a letter that is signed off on a day wants its answer; with the day on which that
    falls, "" where the paper cannot name one.

    It names that of the co-sign where the letter asks opinions that are all due on one day, and
    that before so long after any receipt as the letter leaves time. Whatever else counts from the
    receipt is said in these words: its day is known only then.
    """
    words = _from_receipt(limit)
    transition = transition_asked_by(workflow, case, letter)
    if transition is None:
        return words, ""
    seats = [
        seat
        for seat in seats_asked_by(workflow, case, letter)
        if seat.is_open and not rests_on(workflow, case, transition, seat.role)
    ]
    if not seats:
        return words, ""
    dues = set()
    for seat in seats:
        asked = asked_of(case, transition, seat)
        since = asked.on if asked else moment.on.isoformat()
        dues.add(due_within(case, transition, seat, since, moment.calendar))
    if dues == {None}:
        return words, ""
    due = next(iter(dues)) if len(dues) == 1 else None
    if due is None or due.provisional or due.on < moment.on:
        return f"{words}（会签期限在先的，以会签期限为准）", ""
    day = f"{due.on.year}年{due.on.month}月{due.on.day}日"
    if moment.calendar.due(moment.on, limit).on < due.on:
        return f"{words}（会签至迟{day}）", ""
    return f"{day}前", due.on.isoformat()


def _from_receipt(limit: Limit) -> str:
    """Write how long there is for an answer, from the receipt."""
    return f"收到本函之日起{limit.amount}{SPANS[limit.unit]}内"


def _with_due(data: dict[str, Any], text: str) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(
        json.dumps(data, ensure_ascii=False).replace(REPLY_DUE, text)
    )
    return written


def shown_draft(drafted: Drafted, letter: Letter) -> Letter:
    """Give a draft as people see it: where the day for an answer will stand, how long there is from
    signing off.
    """
    rule = rule_of(drafted.workflow, drafted.letter)
    if rule is None or rule.reply is None:
        return letter
    return load_letter(_with_due(dump_letter(letter), _from_receipt(rule.reply.limit)))


def issued_letter(case_number: str, letter: CaseLetter, content: Mapping[str, Any]) -> Letter:
    """Give a letter as it stands on paper, from the content of the act that issued it: with number,
    code and QR text.
    """
    paper = load_letter(content)
    return replace(
        paper, number=letter.number, code=letter.code, proof=proof_of(case_number, letter)
    )


def proof_of(case_number: str, letter: CaseLetter) -> str:
    """Write what the QR symbol says: case, letter, the hash of the entry that issued it, and the
    code.
    """
    return f"LIFECYCLE:1:{case_number}:{letter.name}:{letter.entry}:{letter.code}"
