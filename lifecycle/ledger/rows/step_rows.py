"""The rows kept beside the log for the transitions of a case that stand: a case may have thousands,
and few commands look at more than some of them.

They are computed from the cases and compared with them by the audit.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from lifecycle.engine.case import Case
from lifecycle.engine.steps import MadeStep, Steps, step_in, step_row
from lifecycle.ledger.record import canonical, read_kept
from lifecycle.ledger.sql import text
from lifecycle.ledger.sql.statement import Statement
from lifecycle.ledger.store import Store


class StepKept(NamedTuple):
    """A step as it is kept: the seq of its entry, its transition, and all of it in canonical
    JSON.
    """

    seq: int
    transition: str
    body: bytes


class StoredSteps:
    """The steps kept for a case up to an entry of it, read when they are asked for.

    Raises UnavailableError where one is damaged.
    """

    def __init__(self, store: Store, case_id: str, upto: int) -> None:
        self._store = store
        self._case_id = case_id
        self._upto = upto
        self._all: list[MadeStep] | None = None
        self._of: dict[str, list[MadeStep]] = {}

    def all(self) -> list[MadeStep]:
        """Give all of them; read once."""
        if self._all is None:
            self._all = _steps_in(self._rows(text.STEPS_OF_CASE))
        return self._all

    def at(self, seq: int) -> MadeStep | None:
        """Give the one that the entry with this seq made; None where none stands."""
        if seq > self._upto:
            return None
        found = _steps_in(self._store.rows(text.STEP, case_id=self._case_id, seq=seq))
        return found[0] if found else None

    def after(self, seq: int) -> list[MadeStep]:
        """Give those made after an entry."""
        return _steps_in(self._rows(text.STEPS_AFTER, after=seq))

    def of(self, transition: str) -> list[MadeStep]:
        """Give those of a transition; read once."""
        if transition not in self._of:
            rows = self._rows(text.STEPS_OF_TRANSITION, transition=transition)
            self._of[transition] = _steps_in(rows)
        return self._of[transition]

    def _rows(self, statement: Statement, **bound: Any) -> list[tuple[bytes]]:
        return self._store.rows(statement, case_id=self._case_id, upto=self._upto, **bound)


def _steps_in(rows: list[tuple[bytes]]) -> list[MadeStep]:
    return [read_kept(body, step_in, "办理过的流转") for (body,) in rows]


def stored_steps(store: Store, case_id: str, upto: int) -> Steps:
    """Give the steps kept for a case, as they stand after an entry of it."""
    return Steps(StoredSteps(store, case_id, upto))


def step_kept(step: MadeStep) -> StepKept:
    """Give a step as it is kept."""
    return StepKept(step.seq, step.transition, canonical(step_row(step)))


def put_steps(store: Store, after: Case) -> None:
    """Keep what was made since the case was read, and drop what was undone; within a
    transaction.
    """
    for seq in after.steps.undone:
        store.run(text.DROP_STEP, case_id=after.id, seq=seq)
    for step in after.steps.made:
        store.run(text.ADD_STEP, case_id=after.id, **step_kept(step)._asdict())


def forget_steps(store: Store) -> None:
    """Remove all steps, to be written anew; within a transaction."""
    store.run(text.FORGET_STEPS)


def kept_steps(store: Store, case_id: str) -> list[StepKept]:
    """List the steps as they are kept for a case."""
    return [StepKept(*row) for row in store.rows(text.STEP_ROWS, case_id=case_id)]


def are_kept(kept: list[StepKept], case: Case) -> bool:
    """Tell whether the steps kept are those of a case."""
    return kept == [step_kept(step) for step in case.steps]
