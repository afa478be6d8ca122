"""The audit of what is kept beside the log for letters: their rows, their forms and the outbox,
against the replay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lifecycle.engine.case import Case
from lifecycle.ledger.reading.chain import Problem
from lifecycle.ledger.rows.letter_rows import letter_row, sending_state, sendings_of
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import Store
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class KeptLetters:
    """What is kept for a case's letters as read at one moment."""

    letters: dict[str, tuple[Any, ...]]
    forms: set[tuple[Any, ...]]
    sendings: dict[str, tuple[Any, ...]]


def read_kept_letters(store: Store, case_id: str) -> KeptLetters:
    """Read what is kept for a case's letters.

    Within a read, so that it is as of one moment with the case.
    """
    return KeptLetters(
        {row[1]: tuple(row) for row in store.rows(text.LETTERS_OF_CASE, case_id=case_id)},
        set(store.rows(text.FORMS_OF_CASE, case_id=case_id)),
        {row[0]: tuple(row[1:]) for row in store.rows(text.SENDINGS_OF_CASE, case_id=case_id)},
    )


def check_kept_letters(found: KeptLetters, workflow: Workflow, case: Case) -> Iterator[Problem]:
    """Compare a case's letters as replayed with what is kept for them."""
    wanted = {
        name: tuple(letter_row(workflow, case, letter).values())
        for name, letter in case.letters.items()
    }
    wrong = [
        name
        for name in wanted.keys() | found.letters.keys()
        if wanted.get(name) != found.letters.get(name)
    ]
    if wrong:
        yield "state", f"存储的公文状态与回放结果不一致：{'、'.join(sorted(wrong))}"
    frozen = {
        (n.name, form, digest) for n in case.letters.values() for form, digest in n.forms.items()
    }
    if frozen != found.forms:
        names = sorted({str(row[0]) for row in frozen ^ found.forms})
        yield "state", f"存储的公文版式登记与回放结果不一致：{'、'.join(names)}"
    sendings = dict(found.sendings)
    for letter in case.letters.values():
        for id_, _case, name, addressee, unit in sendings_of(case, letter):
            sent, due = sendings.pop(id_, None), sending_state(letter, addressee)
            allowed = (due, "dead") if due == "pending" else (due,)
            if sent is None:
                yield "outbox", f"{name} 致 {addressee} 的待发件不见了"
            elif sent[:3] != (name, addressee, unit) or sent[3] not in allowed:
                yield "outbox", f"{name} 致 {addressee} 的待发件与台账不符"
    for id_ in sendings:
        yield "outbox", f"待发件 {id_} 没有对应的公文"
