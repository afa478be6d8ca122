"""The rows kept beside the log for letters: where each stands, its forms, and the outbox of what is
to be sent.

They are computed from the cases and compared with them by the audit; only the outbox's attempts are
its own.
"""

from __future__ import annotations

import json
from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from typing import Any

from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import (
    CaseLetter,
    dump_case_letter,
    load_case_letter,
    rule_of,
)
from lifecycle.engine.letters.owed import unanswered
from lifecycle.frozen import dataclass
from lifecycle.ledger.record import canonical, damaged, read_kept
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import Store
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class QueuedSending:
    """One sending as it stands in the outbox: its id, the letter, who is to get it, and how it went
    so far.
    """

    id: str
    case_id: str
    name: str
    addressee: str
    unit: str
    state: str
    attempts: int
    next_at: str
    error: str


def waiting_units(workflow: Workflow, case: Case, letter: CaseLetter) -> str:
    """Name the units that have not received a letter in force or not answered it, as `,a,b,`.

    So also where its step was undone since: whoever reads the rows sees who still owes it.
    """
    if not letter.in_force or not letter.forms:
        return ""
    units = {a.unit for a in letter.addressed if a.unit and not a.received_on}
    units |= {a.unit for a in unanswered(workflow, case, letter)}
    return f",{','.join(sorted(units))}," if units else ""


ANY_ANSWER = "*"
"""What a letter asks that wants an answer and no opinion."""


def asked_by(workflow: Workflow, letter: CaseLetter) -> str:
    """Name the transition on which a letter asks opinions, `*` where it asks an answer only, or
    "".
    """
    rule = rule_of(workflow, letter)
    if rule is None or rule.reply is None:
        return ""
    return rule.reply.cosign or ANY_ANSWER


def letter_row(workflow: Workflow, case: Case, letter: CaseLetter) -> dict[str, Any]:
    """Give the columns of a letter's row, in the table's order."""
    return {
        "case_id": case.id,
        "name": letter.name,
        "seq": letter.seq,
        "place": letter.index,
        "state": letter.state,
        "unit": letter.unit,
        "number": letter.number or None,
        "code": letter.code or None,
        "title": letter.title,
        "issued_on": letter.issued_on,
        "asks": asked_by(workflow, letter),
        "waiting": waiting_units(workflow, case, letter),
        "body": canonical(dump_case_letter(letter)),
    }


class StoredLetters(Mapping[str, CaseLetter]):
    """The letters kept for a case, each read when it is asked for, all of them at once when all
    are.

    Raises UnavailableError where one is damaged.
    """

    def __init__(self, store: Store, case_id: str) -> None:
        self._store = store
        self._case_id = case_id
        self._read: dict[str, CaseLetter] = {}

    def __getitem__(self, name: str) -> CaseLetter:
        if name not in self._read:
            found = self._store.row(text.LETTER, case_id=self._case_id, name=name)
            if found is None:
                raise KeyError(name)
            self._read[name] = _letter_in(found[0])
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return self._store.row(text.LETTER_EXISTS, case_id=self._case_id, name=name) is not None

    def __iter__(self) -> Iterator[str]:
        rows = self._store.rows(text.LETTER_NAMES, case_id=self._case_id)
        return iter([name for (name,) in rows])

    def __len__(self) -> int:
        return int(self._store.row(text.COUNT_LETTERS, case_id=self._case_id)[0])

    def values(self) -> ValuesView[CaseLetter]:
        """Give all letters, read by one statement."""
        return self._all().values()

    def items(self) -> ItemsView[str, CaseLetter]:
        """Give all letters with their names, read by one statement."""
        return self._all().items()

    def _all(self) -> dict[str, CaseLetter]:
        rows = self._store.rows(text.LETTER_BODIES, case_id=self._case_id)
        return {name: _letter_in(body) for name, body in rows}


_WHAT = "公文状态"


def _letter_in(body: bytes) -> CaseLetter:
    return read_kept(body, load_case_letter, _WHAT)


def kept_letter(case: Case, name: str) -> CaseLetter:
    """Give the letter of a case that its entries, or other rows, say that there is.

    Raises UnavailableError where it is not kept.
    """
    letter = case.letters.get(name)
    if letter is None:
        raise damaged(_WHAT)
    return letter


def sendings_of(case: Case, letter: CaseLetter) -> list[tuple[str, str, str, str, str]]:
    """List what is to be handed over of a letter whose forms are frozen: id, case, name, addressee,
    unit.

    The id is the letter's code and the addressee's place: the same for ever, so that a receiver can
    drop what it has.
    """
    if not letter.forms:
        return []
    return [
        (f"{letter.code}.{n}", case.id, letter.name, addressee.name, addressee.unit)
        for n, addressee in enumerate(letter.addressed, 1)
    ]


def sending_state(letter: CaseLetter, addressee: str) -> str:
    """Say what the ledger knows of a sending: sent, cancelled since the letter is no longer in
    force, or pending.
    """
    if any(a.name == addressee and a.sent_on for a in letter.addressed):
        return "sent"
    return "pending" if letter.in_force else "cancelled"


def put_letters(store: Store, workflow: Workflow, before: Case | None, after: Case) -> None:
    """Bring the rows up to a case that has moved on; within a transaction.

    Only the letters that changed are written, and of those that asked something who still owes it.
    """
    migrated = before is not None and before.workflow != after.workflow
    for name, letter in after.letters.changed.items():
        old = before.letters.get(name) if before else None
        if (
            old == letter and not migrated
        ):  # on what it asks opinions may be called otherwise by now
            continue
        store.put(text.PUT_LETTER, **letter_row(workflow, after, letter))
        if letter.forms and not (old and old.forms):
            for form, digest in letter.forms.items():
                store.put(text.PUT_FORM, case_id=after.id, name=name, form=form, sha256=digest)
            for id_, case_id, _name, addressee, unit in sendings_of(after, letter):
                found = {"id": id_, "case_id": case_id, "name": name}
                store.put(text.PUT_SENDING, **found, addressee=addressee, unit=unit)
        elif letter.forms:
            _settle_sendings(store, after, letter, old)
    if before is not None:
        _put_waiting(store, workflow, before, after)


def _settle_sendings(store: Store, case: Case, letter: CaseLetter, old: CaseLetter | None) -> None:
    for sending in sendings_of(case, letter):
        state = sending_state(letter, sending[3])
        if state != "pending":
            store.put(text.END_SENDING, id=sending[0], state=state)
        elif old is not None and sending_state(old, sending[3]) == "sent":
            store.put(text.REOPEN_SENDING, id=sending[0])


def _put_waiting(store: Store, workflow: Workflow, before: Case, after: Case) -> None:
    """Note who no longer owes an answer, or owes one again, now that an opinion was given or taken
    back, or the case is in another state.
    """
    asks = sorted(_touched(workflow, before, after))
    if not asks:
        return
    for (name,) in store.rows(text.LETTERS_ASKING, case_id=after.id, asks=json.dumps(asks)):
        units = waiting_units(workflow, after, after.letters[name])
        store.put(text.NOTE_WAITING, case_id=after.id, name=name, waiting=units)


def _touched(workflow: Workflow, before: Case, after: Case) -> set[str]:
    """Name what letters ask, in which something has changed for those who owe an answer."""
    if before.workflow != after.workflow:
        return {ANY_ANSWER}  # a transition's letters have all been written anew
    touched: set[str] = set()
    if before.opinions is not after.opinions:
        for key in before.opinions.keys() | after.opinions.keys():
            old, new = before.opinions.get(key), after.opinions.get(key)
            if old != new:
                touched.update(opinion.transition for opinion in (old, new) if opinion)
    if before.state != after.state:
        touched.update(workflow.leaving[before.state], workflow.leaving[after.state], (ANY_ANSWER,))
    return touched


def by_code(store: Store, code: str) -> tuple[str, str] | None:
    """Find the letter with a verification code: its case's id and its name."""
    found: tuple[str, str] | None = store.row(text.LETTER_WITH_CODE, code=code)
    return found


def by_number(store: Store, number: str) -> tuple[str, str] | None:
    """Find the letter with a number: its case's id and its name."""
    found: tuple[str, str] | None = store.row(text.LETTER_NUMBERED, number=number)
    return found


def by_form(store: Store, sha256: str) -> tuple[str, str, str] | None:
    """Find the letter of which a file is a frozen form: its case's id, its name, and the form."""
    found: tuple[str, str, str] | None = store.row(text.LETTER_OF_FORM, sha256=sha256)
    return found


def last_of(store: Store, template: str) -> list[tuple[str, str]]:
    """Find the letter of a template that was drafted last, as (case id, name); none or one."""
    return store.rows(text.LAST_LETTER_OF_TEMPLATE, template=template)


def drafts_of(store: Store, unit: str, state: str, *, most: int) -> list[tuple[str, str]]:
    """List a unit's letters in a state of drafting, the oldest first, as (case id, name)."""
    return store.rows(text.LETTERS_IN_STATE, unit=unit, state=state, most=most)


def unfrozen_of(store: Store, unit: str) -> list[tuple[str, str]]:
    """List a unit's letters that were signed off and whose forms are not frozen yet."""
    return store.rows(text.LETTERS_UNFROZEN, unit=unit)


def waiting_for(store: Store, unit: str) -> list[tuple[str, str]]:
    """List the letters that a unit has not received or not answered."""
    return store.rows(text.LETTERS_WAITING_FOR, unit=unit)


def count_by_state(store: Store, case: Case) -> dict[str, int]:
    """Count the letters kept for a case by their state."""
    return dict(store.rows(text.COUNT_LETTERS_BY_STATE, case_id=case.id))


def unissued_in(store: Store, case: Case) -> Iterator[CaseLetter]:
    """Read the letters kept for a case that were drafted and not issued, in that order."""
    for (body,) in store.rows(text.LETTERS_UNISSUED, case_id=case.id):
        yield _letter_in(body)


def owed_in(store: Store, case: Case) -> Iterator[CaseLetter]:
    """Read the letters kept for a case to which an answer may be owed, in the order of drafting."""
    for (name,) in store.rows(text.LETTERS_OWED, case_id=case.id):
        yield kept_letter(case, name)


def unanswered_of(store: Store, unit: str | None = None) -> list[tuple[str, str]]:
    """List the letters in force, of one unit or all, that somebody has not received or not
    answered.
    """
    if unit is None:
        return store.rows(text.LETTERS_UNANSWERED)
    return store.rows(text.LETTERS_UNANSWERED_OF_UNIT, unit=unit)


def outbox(store: Store, *states: str, after: str = "", most: int = 500) -> list[QueuedSending]:
    """List sendings in these states in the order of their ids, after an id."""
    rows = store.rows(text.SENDINGS, states=json.dumps(states), after=after, most=most)
    return [QueuedSending(*row) for row in rows]


def all_sendings(store: Store, *states: str) -> Iterator[QueuedSending]:
    """Stream the sendings in these states, in the order of their ids, but for those that wait for
    an addressee who has the letter: signed for it, or answered it.
    """
    after = ""
    while page := outbox(store, *states, after=after):
        yield from (one for one in page if not _has_arrived(store, one))
        after = page[-1].id


def _has_arrived(store: Store, sending: QueuedSending) -> bool:
    """Tell whether a sending waits for somebody who has the letter. Raises UnavailableError."""
    if sending.state != "pending":
        return False
    row = store.row(text.LETTER, case_id=sending.case_id, name=sending.name)
    if row is None:
        raise damaged(_WHAT)
    return is_there(_letter_in(row[0]), sending.addressee)


def is_there(letter: CaseLetter, addressee: str) -> bool:
    """Tell whether an addressee has a letter: signed for it, or answered it."""
    return any(one.name == addressee and one.has_it for one in letter.addressed)


def count_sendings(store: Store) -> tuple[int, int]:
    """Count the sendings that wait and those that are dead."""
    counts = dict(store.rows(text.COUNT_SENDINGS))
    waiting = counts.get("pending", 0)
    return waiting and sum(1 for _one in all_sendings(store, "pending")), counts.get("dead", 0)


def due_sendings(store: Store, now: str) -> Iterator[QueuedSending]:
    """Stream the sendings whose time has come, each read anew just before it is given: another may
    have sent it.
    """
    for (sending,) in store.rows(text.SENDINGS_DUE, now=now):
        row = store.row(text.SENDING_IF_DUE, id=sending, now=now)
        if row is not None:
            yield QueuedSending(*row)


def lease(store: Store, sending: QueuedSending, until: str) -> bool:
    """Take a sending for oneself until a time, so that two senders do not both send it.

    False if another was first.
    """
    with store.writing():
        found = {"id": sending.id, "state": sending.state, "found_next_at": sending.next_at}
        return store.run(text.LEASE_SENDING, next_at=until, **found) == 1


def note_failure(store: Store, sending: str, *, state: str, next_at: str, error: str) -> None:
    """Note that a sending could not be handed over: when to try again, or that it is dead."""
    with store.writing():
        went = {"state": state, "next_at": next_at, "error": error[:500]}
        store.put(text.NOTE_FAILURE, id=sending, **went)


def revive(store: Store, sending: str) -> bool:
    """Put a dead sending back among those to be sent, or let one that waits for its time
    go at once.
    """
    with store.writing():
        return store.run(text.REVIVE_SENDING, id=sending) == 1
