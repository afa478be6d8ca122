"""The audit of what is kept beside the log for letters: their rows, their forms and the outbox, against the replay."""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.engine.case import Case
from lifecycle.ledger.post import notice_row, parcel_state, parcels_of
from lifecycle.ledger.store import Store
from lifecycle.workflow.model import Workflow


def check_post(store: Store, workflow: Workflow, case: Case) -> Iterator[tuple[str, str]]:
    """Compare a case's letters as replayed with the rows kept for them; both are read as of one moment."""
    with store.reading():
        rows = {row[1]: tuple(row) for row in store.rows("SELECT * FROM notice WHERE case_id = ?", case.id)}
        forms = set(store.rows("SELECT name, form, sha256 FROM form WHERE case_id = ?", case.id))
        kept = {row[0]: row[1:] for row in store.rows(_OUTBOX, case.id)}
    wanted = {name: notice_row(workflow, case, notice) for name, notice in case.notices.items()}
    wrong = [name for name in wanted.keys() | rows.keys() if wanted.get(name) != rows.get(name)]
    if wrong:
        yield "state", f"存储的公文状态与回放结果不一致：{'、'.join(sorted(wrong))}"
    frozen = {(n.name, form, digest) for n in case.notices.values() for form, digest in n.forms.items()}
    if frozen != forms:
        yield "state", f"存储的公文版式登记与回放结果不一致：{'、'.join(sorted({row[0] for row in frozen ^ forms}))}"
    for notice in case.notices.values():
        for id_, _case, name, addressee, unit in parcels_of(case, notice):
            found, due = kept.pop(id_, None), parcel_state(notice, addressee)
            if found is None:
                yield "outbox", f"{name} 致 {addressee} 的待发件不见了"
            elif found[:3] != (name, addressee, unit) or found[3] not in (
                (due, "dead") if due == "pending" else (due,)
            ):
                yield "outbox", f"{name} 致 {addressee} 的待发件与台账不符"
    for id_ in kept:
        yield "outbox", f"待发件 {id_} 没有对应的公文"


_OUTBOX = "SELECT id, name, addressee, unit, state FROM outbox WHERE case_id = ?"
