"""All rows that are kept beside the log for a case: written in the transaction of its entry, and
written anew by an upgrade or a copy.
"""

from __future__ import annotations

from lifecycle.engine.case import Case
from lifecycle.engine.world.workdays import Calendar
from lifecycle.ledger.rows.case_rows import case_row
from lifecycle.ledger.rows.letter_rows import put_letters
from lifecycle.ledger.rows.link_rows import forget_links, put_links
from lifecycle.ledger.rows.search_rows import forget_search, put_search
from lifecycle.ledger.rows.step_rows import forget_steps, put_steps
from lifecycle.ledger.rows.task_rows import clock_rows, follow_tasks, put_tasks, tasks_now
from lifecycle.ledger.rows.value_rows import forget_values, put_values
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import Store
from lifecycle.workflow.model import Workflow


def put_rows(
    store: Store, workflow: Workflow, before: Case | None, after: Case, calendar: Calendar
) -> None:
    """Bring the rows up to a case that an entry has moved on; within a transaction.

    `before` is None for a case just opened; the calendar is the one in force. Raises ConflictError
    if somebody else was first.
    """
    row = case_row(workflow, after, calendar, store.last_read)
    store.put_case(row)
    put_steps(store, after)
    # Before the letters: what the case had is compared with what it has, and it is read by need.
    follow_tasks(store, workflow, before, after, calendar)
    put_letters(store, workflow, before, after)
    put_search(store, workflow, before, after)
    put_values(store, before, after)
    put_links(store, workflow, before, after)


def rewrite_rows(
    store: Store, workflow: Workflow, case: Case, calendar: Calendar, in_force: Calendar
) -> None:
    """Write the rows of a case anew, wherever it stood; within a transaction. `calendar` is that of
    its last entry, `in_force` the one by which something falls due now.

    Those that `forget_rows` has removed are only added: the values of its facts by its entries.
    """
    row = case_row(workflow, case, calendar)
    store.put(text.PUT_CASE, **row)
    put_steps(store, case)
    put_letters(store, workflow, None, case)
    tasks = tasks_now(workflow, case, calendar) | clock_rows(workflow, case, in_force)
    put_tasks(store, case.id, tasks)
    put_search(store, workflow, None, case)


def forget_rows(store: Store) -> None:
    """Remove the rows that are simpler to write anew than to compare; within a transaction."""
    forget_search(store)
    forget_steps(store)
    forget_links(store)
    forget_values(store)
